package dev.hone.metrics.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Work on folders that hold only files. */
final class Folders {
  private Folders() {}

  /** Deletes a folder and the files in it, if it is there. */
  static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    for (Path file : list(folder)) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }

  /** What lies in a folder, sorted by name; nothing when it is not there. */
  static List<Path> list(Path folder) throws IOException {
    var entries = new ArrayList<Path>();
    if (Files.isDirectory(folder)) {
      try (var files = Files.newDirectoryStream(folder)) {
        files.forEach(entries::add);
      }
    }
    entries.sort(null);
    return entries;
  }
}

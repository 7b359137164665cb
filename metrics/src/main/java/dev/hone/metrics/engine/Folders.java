package dev.hone.metrics.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

  /** Deletes a folder and all in it, if it is there. */
  static void deleteTree(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : list(folder)) {
        deleteTree(entry);
      }
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

  /** Replaces a small file as a whole, durably. */
  static void replace(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path parent = file.getParent();
    if (parent != null) {
      WriteLog.syncFolder(parent);
    }
  }
}

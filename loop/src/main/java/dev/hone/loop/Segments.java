package dev.hone.loop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The files of a journal: {@code journal.log}, which grows, and {@code journal.log.000001}, {@code
 * .000002} …, which are full and never change again.
 *
 * @param current the file that grows
 */
record Segments(Path current) {
  private static final int DIGITS = 6;

  /** A full file. */
  record Closed(int number, Path file) {}

  /** The full files after segment {@code number}, oldest first. */
  List<Closed> closedAfter(int number) throws IOException {
    var found = new ArrayList<Closed>();
    Path folder = current.toAbsolutePath().getParent();
    String prefix = current.getFileName() + ".";
    if (folder == null || !Files.isDirectory(folder)) {
      return found;
    }
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String tail = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        if (tail.length() == DIGITS && tail.chars().allMatch(c -> c >= '0' && c <= '9')) {
          int parsed = Integer.parseInt(tail);
          if (parsed > number) {
            found.add(new Closed(parsed, file));
          }
        }
      }
    }
    found.sort(Comparator.comparingInt(Closed::number));
    return found;
  }

  /** Where the current file goes when it is full. */
  Path closed(int number) {
    return current.resolveSibling(
        current.getFileName() + "." + String.format("%0" + DIGITS + "d", number));
  }
}

package dev.hone.metrics.remote;

import dev.hone.metrics.engine.Outbox.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The file that says up to where each backend has acknowledged: name, segment and offset a line. An
 * old or lost one has samples sent again, which does no harm.
 */
final class Positions {
  private Positions() {}

  /** What the file says; nothing where it cannot be understood. */
  static Map<String, Position> read(Path file) throws IOException {
    var positions = new HashMap<String, Position>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ");
        if (words.length == 3
            && words[1].matches("[0-9]{1,9}")
            && words[2].matches("[0-9]{1,18}")) {
          positions.put(
              words[0], new Position(Integer.parseInt(words[1]), Long.parseLong(words[2])));
        }
      }
    }
    return positions;
  }

  static void write(Path file, Map<String, Position> positions) throws IOException {
    List<String> lines = new ArrayList<>();
    positions.forEach(
        (name, position) -> lines.add(name + " " + position.segment() + " " + position.offset()));
    Placement.write(file, lines);
  }
}

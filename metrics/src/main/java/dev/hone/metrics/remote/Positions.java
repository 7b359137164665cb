package dev.hone.metrics.remote;

import dev.hone.metrics.engine.Outbox.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The file that says up to where each backend surely has everything: name, segment and offset a
 * line. An old or lost one has samples sent again, which does no harm.
 */
final class Positions {
  private final Path file;
  private Map<String, Position> noted = Map.of();

  Positions(Path file) {
    this.file = file;
  }

  /** What the file says; nothing where it cannot be understood. */
  Map<String, Position> read() throws IOException {
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

  /**
   * Notes where the lanes are.
   *
   * @param end where the outbox ends
   * @return the place that all have passed
   */
  Position note(List<Node> nodes, Position end) throws IOException {
    var positions = new TreeMap<String, Position>();
    Position least = end;
    for (Node node : nodes) {
      Position settled = node.lane().settled();
      positions.put(node.name(), settled);
      least = settled.compareTo(least) < 0 ? settled : least;
    }
    if (!positions.equals(noted)) {
      List<String> lines = new ArrayList<>();
      positions.forEach(
          (name, position) -> lines.add(name + " " + position.segment() + " " + position.offset()));
      Placement.write(file, lines);
      noted = positions;
    }
    return least;
  }
}

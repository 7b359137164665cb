package dev.hone.bench;

import dev.hone.loop.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** Where figures go: one JSON object a line, on standard output and into a file if one is given. */
final class Figures {
  private final @Nullable Path file;
  private boolean allHold = true;

  Figures(@Nullable Path file) {
    this.file = file;
  }

  /**
   * A figure.
   *
   * @param name begins with the benchmark's name
   * @param goal the bound as it is written in the requirement, for example {@code >=5}
   * @param holds whether the goal is reached
   */
  void add(String name, double value, String unit, String goal, boolean holds) throws IOException {
    var figure = new LinkedHashMap<String, @Nullable Object>();
    figure.put("figure", name);
    figure.put("value", value);
    figure.put("unit", unit);
    figure.put("goal", goal);
    figure.put("holds", holds);
    allHold &= holds;
    String line = Json.write(figure) + "\n";
    System.out.print(line);
    if (file != null) {
      Files.writeString(
          file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  /** Whether every goal was reached. */
  boolean allHold() {
    return allHold;
  }
}

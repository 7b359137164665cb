package dev.hone.bench;

import dev.hone.loop.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where figures go: one JSON object a line, on standard output and into a file if one is given. */
final class Figures {
  private final @Nullable Path file;
  private boolean allHold = true;

  Figures(@Nullable Path file) {
    this.file = file;
  }

  /** What a peer reached in the same run. */
  record Peer(String name, double value) {}

  /**
   * A figure.
   *
   * @param name begins with the benchmark's name
   * @param goal the bound as it is written in the requirement, for example {@code >=5}
   * @param holds whether the goal is reached
   */
  void add(String name, double value, String unit, String goal, boolean holds) throws IOException {
    var figure = figure(name, value, unit);
    judge(figure, goal, holds);
    write(figure);
  }

  /** A figure whose goal bounds the value itself. */
  void add(String name, double value, String unit, Goal goal) throws IOException {
    add(name, value, unit, goal.text(), goal.holds(value));
  }

  /** A figure beside a peer's; the goal bounds the ratio of the two. */
  void compare(String name, double value, String unit, Peer peer, Goal goal) throws IOException {
    var figure = beside(name, value, unit, peer);
    judge(figure, goal.text(), goal.holds(value / peer.value()));
    write(figure);
  }

  /** A figure beside a peer's without a goal. */
  void compare(String name, double value, String unit, Peer peer) throws IOException {
    write(beside(name, value, unit, peer));
  }

  /** A figure without a goal. */
  void report(String name, double value, String unit) throws IOException {
    write(figure(name, value, unit));
  }

  /** What could not be measured and why; it never counts as reached. */
  void skipped(String name, String why) throws IOException {
    var figure = new LinkedHashMap<String, @Nullable Object>();
    figure.put("figure", name);
    figure.put("skipped", why);
    allHold = false;
    write(figure);
  }

  /** Whether every goal was reached. */
  boolean allHold() {
    return allHold;
  }

  private void judge(Map<String, @Nullable Object> figure, String goal, boolean holds) {
    figure.put("goal", goal);
    figure.put("holds", holds);
    allHold &= holds;
  }

  private static Map<String, @Nullable Object> beside(
      String name, double value, String unit, Peer peer) {
    var figure = figure(name, value, unit);
    figure.put("peer", peer.name());
    figure.put("peerValue", rounded(peer.value()));
    figure.put("ratio", rounded(value / peer.value()));
    return figure;
  }

  private static Map<String, @Nullable Object> figure(String name, double value, String unit) {
    var figure = new LinkedHashMap<String, @Nullable Object>();
    figure.put("figure", name);
    figure.put("value", rounded(value));
    figure.put("unit", unit);
    return figure;
  }

  /** Four significant digits: more would pretend to an accuracy that no run has. */
  private static double rounded(double value) {
    if (value == 0 || !Double.isFinite(value) || value == Math.rint(value)) {
      return value;
    }
    double unit = Math.pow(10, 3 - Math.floor(Math.log10(Math.abs(value))));
    return Math.rint(value * unit) / unit;
  }

  private void write(Map<String, @Nullable Object> figure) throws IOException {
    String line = Json.write(figure) + "\n";
    System.out.print(line);
    if (file != null) {
      Files.writeString(
          file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }
}

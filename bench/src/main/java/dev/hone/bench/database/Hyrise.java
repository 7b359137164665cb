package dev.hone.bench.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The algorithms of hyrise/index_selection_evaluation (Kossmann et al., "Magic mirror in my hand,
 * which is the best in the land?", VLDB 2020), which ask HypoPG. Their budget is of HypoPG's bytes,
 * so that each is run with many and the largest real size that fits counts.
 */
final class Hyrise {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_INDEXES = 16;

  /** From one nominal budget to the next. */
  private static final double STEP = 1.25;

  /** HypoPG takes indexes for up to so many times larger than they become. */
  private static final double OVERESTIMATED = 3.2;

  private final Path folder;
  private final String python;
  private final String version;

  /**
   * A checkout.
   *
   * @param folder holds the package {@code selection}
   * @param python an interpreter that has psycopg2
   */
  Hyrise(Path folder, String python) throws IOException {
    this.folder = folder;
    this.python = python;
    if (!Files.isDirectory(folder.resolve("selection/algorithms"))) {
      throw new IOException(
          folder + " holds no package `selection`; give a checkout of index_selection_evaluation");
    }
    version = "hyrise" + commit(folder);
  }

  /** What git says of a checkout, and nothing of other folders. */
  private static String commit(Path folder) {
    try {
      var git = List.of("git", "-C", folder.toString(), "rev-parse", "--short", "HEAD");
      return "@" + Program.run(git, Map.of(), "").text().strip();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** Nominal budgets, among them such whose real sizes lie around the real ones given. */
  static List<Double> nominal(double smallestBytes, double largestBytes) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToDouble(i -> smallestBytes * Math.pow(STEP, i))
        .takeWhile(bytes -> bytes <= OVERESTIMATED * largestBytes)
        .boxed()
        .toList();
  }

  /** Runs an algorithm with every budget. */
  List<Advice> advise(
      ScratchServer server,
      String database,
      Workload workload,
      String algorithm,
      List<Double> budgets)
      throws IOException, InterruptedException {
    Path driver = Files.createTempFile("hone-bench-hyrise-", ".py");
    try {
      Files.writeString(driver, Workload.text("hyrise.py"));
      var environment =
          Map.of(
              "PGHOST",
              "127.0.0.1",
              "PGPORT",
              "" + server.port(),
              "PGUSER",
              ScratchServer.SUPERUSER,
              "PGPASSWORD",
              server.password());
      var task =
          Map.of(
              "database", database,
              "queries", workload.entries().stream().map(Workload.Entry::sql).toList(),
              "runs", runs(algorithm, budgets),
              "most_bytes", budgets.getLast());
      Program.Answer answer =
          Program.run(
              List.of(python, driver.toString(), folder.toString()),
              environment,
              JSON.writeValueAsString(task));
      return answers(version, answer.text());
    } finally {
      Files.delete(driver);
    }
  }

  private static List<Map<String, Object>> runs(String algorithm, List<Double> budgets) {
    if (algorithm.equals("auto_admin")) {
      return IntStream.rangeClosed(1, MOST_INDEXES)
          .mapToObj(most -> run(algorithm, most + " indexes", Map.of("max_indexes", most)))
          .toList();
    }
    return budgets.stream()
        .map(bytes -> run(algorithm, megabytes(bytes), parameters(algorithm, bytes)))
        .toList();
  }

  /** As in its own configuration for TPC-H; its MB are 10⁶ bytes. */
  private static Map<String, Object> parameters(String algorithm, double bytes) {
    return algorithm.equals("db2advis")
        ? Map.of("budget_MB", bytes / 1e6, "try_variations_seconds", 0)
        : Map.of("budget_MB", bytes / 1e6);
  }

  private static Map<String, Object> run(
      String algorithm, String setting, Map<String, Object> parameters) {
    return Map.of("algorithm", algorithm, "setting", setting, "parameters", parameters);
  }

  private static String megabytes(double bytes) {
    return String.format(java.util.Locale.ROOT, "%.1f MB nominal", bytes / 1e6);
  }

  /** One advice a line. */
  static List<Advice> answers(String version, String lines) throws IOException {
    var answers = new ArrayList<Advice>();
    for (String line : lines.lines().toList()) {
      JsonNode answer = JSON.readTree(line);
      var indexes = new ArrayList<IndexDefinition>();
      for (JsonNode index : answer.path("indexes")) {
        var columns = new ArrayList<String>();
        index.path("columns").forEach(column -> columns.add(column.asText()));
        indexes.add(IndexDefinition.of(index.path("table").asText(), columns));
      }
      answers.add(
          new Advice(
              version + " " + answer.path("algorithm").asText(),
              answer.path("setting").asText(),
              indexes,
              answer.path("seconds").asDouble()));
    }
    return answers;
  }
}

package dev.hone.bench.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ankane/dexter, which asks HypoPG. It knows no budget; what it can be told is how much of a
 * statement's cost an index must save, and that is raised until its indexes fit.
 */
final class Dexter {
  /** What it takes unless told otherwise, in per cent. */
  static final String DEFAULT_SAVINGS = "50";

  /** Savings beyond the default, in per cent. */
  static final List<String> HIGHER_SAVINGS = List.of("60", "70", "80", "90", "95", "98", "99");

  private static final Pattern FOUND = Pattern.compile("Index found: (\\S+) \\(([^)]*)\\)");

  private final List<String> command;
  private final String title;

  /**
   * The program.
   *
   * @param command how it is called, words separated by blanks
   */
  Dexter(String command) throws IOException, InterruptedException {
    this.command = List.of(command.strip().split("\\s+"));
    title = "dexter " + Program.run(with("--version"), Map.of(), "").text().strip();
  }

  String title() {
    return title;
  }

  Advice advise(ScratchServer server, String database, Workload workload, String savings)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("hone-bench-dexter-", ".sql");
    try {
      Files.writeString(file, workload.weighted(entry -> 1).text());
      String address = server.address(ScratchServer.SUPERUSER, database);
      Program.Answer answer =
          Program.run(
              with(
                  "-d",
                  address,
                  "--enable-hypopg",
                  "--min-cost-savings-pct",
                  savings,
                  "--input-format",
                  "sql",
                  file.toString()),
              Map.of(),
              "");
      return new Advice(title, savings + " %", found(answer.text()), answer.seconds());
    } finally {
      Files.delete(file);
    }
  }

  private List<String> with(String... arguments) {
    var all = new ArrayList<>(command);
    all.addAll(List.of(arguments));
    return all;
  }

  /** The indexes of its log. */
  static List<IndexDefinition> found(String log) {
    var found = new ArrayList<IndexDefinition>();
    Matcher line = FOUND.matcher(log);
    while (line.find()) {
      found.add(IndexDefinition.of(line.group(1), List.of(line.group(2).split(", "))));
    }
    return found;
  }
}

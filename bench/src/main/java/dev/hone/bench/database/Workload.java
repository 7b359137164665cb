package dev.hone.bench.database;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Statements and how often each is called. As text a statement ends with a semicolon at the end of
 * a line; the comments {@code -- name:} and {@code -- weight:} before it belong to it.
 *
 * @param entries in the order in which they run
 */
record Workload(List<Entry> entries) {
  Workload {
    entries = List.copyOf(entries);
  }

  /**
   * A statement.
   *
   * @param name what it is called in tables
   * @param sql without the semicolon
   * @param weight its share of the calls
   */
  record Entry(String name, String sql, double weight) {
    boolean reads() {
      String start = sql.toLowerCase(Locale.ROOT);
      return start.startsWith("select") || start.startsWith("with");
    }

    /** The statement with the values of {@code {name}} filled in. */
    Entry filled(Map<String, String> values) {
      String text = sql;
      for (var value : values.entrySet()) {
        text = text.replace("{" + value.getKey() + "}", value.getValue());
      }
      return new Entry(name, text, weight);
    }

    /** Whether it names something that is to be filled in. */
    boolean open() {
      return sql.contains("{");
    }
  }

  static Workload parse(String text) {
    var entries = new ArrayList<Entry>();
    var sql = new StringBuilder();
    String name = "";
    double weight = 1;
    for (String line : text.lines().toList()) {
      String bare = line.strip();
      if (bare.startsWith("-- name:")) {
        name = bare.substring("-- name:".length()).strip();
      } else if (bare.startsWith("-- weight:")) {
        weight = Double.parseDouble(bare.substring("-- weight:".length()).strip());
      } else if (!bare.isEmpty() && !bare.startsWith("--")) {
        sql.append(sql.isEmpty() ? "" : "\n").append(line);
        if (bare.endsWith(";")) {
          sql.setLength(sql.lastIndexOf(";"));
          entries.add(new Entry(name, sql.toString().strip(), weight));
          sql.setLength(0);
          name = "";
          weight = 1;
        }
      }
    }
    if (!sql.isEmpty()) {
      throw new IllegalArgumentException(
          "the statement `" + sql + "` has no end; close it with a semicolon at the end of a line");
    }
    return new Workload(entries);
  }

  /** One that lies beside this class. */
  static Workload resource(String file) throws IOException {
    return parse(text(file));
  }

  /** A file that lies beside this class. */
  static String text(String file) throws IOException {
    try (InputStream in = Workload.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IOException("there is no " + file + " in the jar of the benchmarks; build again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Workload filled(Map<String, String> values) {
    return new Workload(entries.stream().map(entry -> entry.filled(values)).toList());
  }

  Workload and(Workload more) {
    return new Workload(Stream.concat(entries.stream(), more.entries.stream()).toList());
  }

  Workload weighted(ToDoubleFunction<Entry> weight) {
    return new Workload(
        entries.stream()
            .map(entry -> new Entry(entry.name, entry.sql, weight.applyAsDouble(entry)))
            .toList());
  }

  /** As {@code hone advise --workload} reads it. */
  String text() {
    var text = new StringBuilder();
    for (Entry entry : entries) {
      if (entry.weight != 1) {
        var rounded =
            BigDecimal.valueOf(entry.weight).round(new MathContext(6)).stripTrailingZeros();
        text.append("-- weight: ").append(rounded.toPlainString()).append('\n');
      }
      text.append(entry.sql).append(";\n\n");
    }
    return text.toString();
  }
}

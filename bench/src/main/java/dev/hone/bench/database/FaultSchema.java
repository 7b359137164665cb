package dev.hone.bench.database;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schema in good order with a load, and the faults that can be planted in it. In its file a line
 * {@code === base} begins the statements that make it, {@code === load} what is executed always,
 * and {@code === fault NAME: KIND TABLE; KIND TABLE} what one fault adds: statements that plant it,
 * and statements to execute, which come after {@code -- times N}. The first pair of kind and table
 * is what must be recommended, the others may be too; {@code *} is any table. {@code {9}} in a
 * statement is a number from 1 to 9 drawn each time.
 */
record FaultSchema(String name, List<String> base, List<Call> load, List<Fault> faults) {
  private static final Pattern TIMES = Pattern.compile("-- times (\\d+)");
  private static final Pattern DRAWN = Pattern.compile("\\{(\\d+)}");

  /** A statement and how often it is executed. */
  record Call(String statement, int times) {
    /** The statement with numbers drawn. */
    String drawn(RandomGenerator random) {
      return DRAWN
          .matcher(statement)
          .replaceAll(bound -> "" + (1 + random.nextInt(Integer.parseInt(bound.group(1)))));
    }
  }

  /** A recommendation by its kind and table. */
  record Expected(String kind, String table) {
    boolean matches(String otherKind, String otherTable) {
      return kind.equals(otherKind) && (table.equals("*") || table.equals(otherTable));
    }
  }

  /**
   * A fault.
   *
   * @param expected what must be recommended, and what may be
   * @param planting statements; one that fails does so on purpose
   */
  record Fault(String name, List<Expected> expected, List<String> planting, List<Call> calls) {}

  /** Reads a file that lies beside this class. */
  static FaultSchema read(String name) throws IOException {
    return parse(name, Workload.text("faults-" + name + ".sql"));
  }

  static FaultSchema parse(String name, String text) {
    List<String> base = List.of();
    List<Call> load = List.of();
    var faults = new ArrayList<Fault>();
    for (String part : text.split("(?m)^=== ")) {
      if (part.isBlank()) {
        continue;
      }
      String head = part.lines().findFirst().orElseThrow();
      var planting = new ArrayList<String>();
      var calls = new ArrayList<Call>();
      read(part.substring(head.length()), planting, calls);
      if (head.equals("base")) {
        base = planting;
      } else if (head.equals("load")) {
        load = calls;
      } else {
        faults.add(fault(head, planting, calls));
      }
    }
    return new FaultSchema(name, List.copyOf(base), List.copyOf(load), List.copyOf(faults));
  }

  private static void read(String body, List<String> planting, List<Call> calls) {
    int times = 0;
    for (String line : body.lines().map(String::strip).filter(l -> !l.isEmpty()).toList()) {
      Matcher counted = TIMES.matcher(line);
      if (counted.matches()) {
        times = Integer.parseInt(counted.group(1));
      } else if (!line.endsWith(";")) {
        throw new IllegalArgumentException("`" + line + "` does not end with a semicolon");
      } else if (times > 0) {
        calls.add(new Call(line.substring(0, line.length() - 1), times));
      } else {
        planting.add(line.substring(0, line.length() - 1));
      }
    }
  }

  private static Fault fault(String head, List<String> planting, List<Call> calls) {
    Matcher parts = Pattern.compile("fault ([\\w-]+): (.+)").matcher(head);
    if (!parts.matches()) {
      throw new IllegalArgumentException("`" + head + "` is no base, no load and no fault");
    }
    var expected = new ArrayList<Expected>();
    for (String pair : parts.group(2).split(";\\s*")) {
      String[] words = pair.strip().split(" ");
      expected.add(new Expected(words[0], words[1]));
    }
    return new Fault(parts.group(1), expected, List.copyOf(planting), List.copyOf(calls));
  }
}

package dev.hone.layer.database.advisor;

import dev.hone.layer.database.advisor.WorkloadReader.Measured;
import dev.hone.layer.database.advisor.WorkloadReader.Rejected;
import dev.hone.layer.database.twin.Plans;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of statements, each of which ends with a semicolon at the end of a line. */
final class WorkloadFile {
  private static final int LARGEST_FILE = 16 << 20;
  private static final double LARGEST_WEIGHT = 1e15;
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final Pattern WEIGHT = Pattern.compile("--\\s*weight:\\s*(\\S+)\\s*$");

  private final Path file;
  private final Map<String, Measured> known;
  private final List<Workload.Statement> statements = new ArrayList<>();
  private final List<String> notices;

  private WorkloadFile(Path file, Map<String, Measured> known, List<String> notices) {
    this.file = file;
    this.known = known;
    this.notices = new ArrayList<>(notices);
  }

  /**
   * Reads it.
   *
   * @param known what the server has measured, by {@link StatementShape}
   * @param notices what is not known of that
   */
  static Workload read(Path file, Map<String, Measured> known, List<String> notices)
      throws Rejected {
    return new WorkloadFile(file, known, notices).read();
  }

  private Workload read() throws Rejected {
    double weight = 1;
    var statement = new StringBuilder();
    int line = 0;
    int first = 1;
    for (String each : text(file).lines().toList()) {
      line++;
      Matcher weighted = WEIGHT.matcher(each.strip());
      if (weighted.matches()) {
        weight = weight(file, line, weighted.group(1));
        continue;
      }
      if (statement.isEmpty()) {
        first = line;
      }
      if (!each.isBlank() && !(statement.isEmpty() && each.strip().startsWith("--"))) {
        statement.append(each).append('\n');
      }
      if (each.strip().endsWith(";")) {
        add(statement.toString(), weight, first);
        statement.setLength(0);
        weight = 1;
      }
    }
    if (!statement.toString().isBlank()) {
      add(statement.toString(), weight, first);
    }
    if (statements.isEmpty()) {
      throw new Rejected(
          file
              + " holds no statement; write SELECT, INSERT, UPDATE or DELETE, each with a semicolon"
              + " at the end of a line.");
    }
    return new Workload(file.toString(), heaviest(statements, notices), notices);
  }

  private void add(String written, double weight, int line) {
    String text = WorkloadReader.withoutEnd(written);
    if (!Plans.explainable(text)) {
      notices.add(
          file + ":" + line + ": no SELECT, INSERT, UPDATE or DELETE by itself; it is left out");
      return;
    }
    Measured measured = known.get(StatementShape.of(text));
    statements.add(
        measured == null
            ? new Workload.Statement("", text, weight, Double.NaN, Double.NaN)
            : new Workload.Statement(
                measured.queryid(),
                text,
                weight,
                weight * measured.seconds() / measured.calls(),
                weight * measured.rows() / measured.calls()));
  }

  /** Each text once, with all its weight. */
  private static List<Workload.Statement> heaviest(
      List<Workload.Statement> all, List<String> notices) {
    var byText = new LinkedHashMap<String, Workload.Statement>();
    all.forEach(statement -> byText.merge(statement.text(), statement, WorkloadFile::together));
    List<Workload.Statement> heaviest =
        byText.values().stream()
            .sorted(Comparator.comparingDouble(statement -> -statement.calls()))
            .limit(WorkloadReader.MOST_STATEMENTS)
            .toList();
    if (heaviest.size() < byText.size()) {
      notices.add(
          "the "
              + WorkloadReader.MOST_STATEMENTS
              + " statements of the greatest weight are looked at, not "
              + (byText.size() - heaviest.size())
              + " others");
      return heaviest;
    }
    return List.copyOf(byText.values());
  }

  private static Workload.Statement together(Workload.Statement one, Workload.Statement other) {
    return new Workload.Statement(
        one.queryid(),
        one.text(),
        one.calls() + other.calls(),
        one.seconds() + other.seconds(),
        one.rows() + other.rows());
  }

  private static double weight(Path file, int line, String text) throws Rejected {
    try {
      double weight = Double.parseDouble(text);
      if (weight > 0 && weight <= LARGEST_WEIGHT) {
        return weight;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new Rejected(
        file
            + ":"
            + line
            + ": weight `"
            + text
            + "` is no number above 0 and up to 1e15; write `-- weight: 2.5`.");
  }

  private static String text(Path file) throws Rejected {
    try {
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LARGEST_FILE + 1);
      }
      if (bytes.length > LARGEST_FILE) {
        throw new Rejected(file + " has more than 16 MiB; leave out what is executed rarely.");
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw new Rejected("there is no file " + file + "; check the path after --workload.", e);
    } catch (IOException e) {
      throw new Rejected(
          file
              + " cannot be read as UTF-8 text ("
              + e.getMessage()
              + "); name a file of SQL statements in UTF-8.",
          e);
    }
  }
}

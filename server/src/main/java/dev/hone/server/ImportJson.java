package dev.hone.server;

import dev.hone.metrics.engine.Backfill;
import dev.hone.metrics.prometheus.ImportReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an import tells while it runs, as JSON: one object a line. */
final class ImportJson {
  private ImportJson() {}

  /**
   * A line.
   *
   * @param share how much of the path has been read, NaN when that is not known, 1 at the end
   */
  static Map<String, @Nullable Object> of(String path, double share, ImportReport report) {
    var line = new LinkedHashMap<String, @Nullable Object>();
    Backfill.Outcome outcome = report.outcome();
    line.put("path", path);
    line.put("share", share);
    line.put("series", report.series());
    line.put("added", outcome.added());
    line.put("already", outcome.already());
    line.put("conflicting", outcome.conflicting());
    line.put("tooOld", outcome.tooOld());
    line.put("tooNew", outcome.tooNew());
    line.put("from", outcome.from());
    line.put("to", outcome.to());
    line.put("histogramChunks", report.histogramChunks());
    line.put("notices", report.notices());
    return line;
  }

  static ImportReport report(Map<String, @Nullable Object> line) {
    var notices =
        line.get("notices") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.<String>of();
    return new ImportReport(
        number(line, "series"),
        new Backfill.Outcome(
            number(line, "added"),
            number(line, "already"),
            number(line, "conflicting"),
            number(line, "tooOld"),
            number(line, "tooNew"),
            number(line, "from"),
            number(line, "to")),
        number(line, "histogramChunks"),
        notices);
  }

  private static long number(Map<String, @Nullable Object> line, String key) {
    return line.get(key) instanceof Number number ? number.longValue() : 0;
  }

  static double share(Map<String, @Nullable Object> line) {
    return line.get("share") instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}

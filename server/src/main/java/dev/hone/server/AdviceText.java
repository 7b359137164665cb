package dev.hone.server;

import dev.hone.layer.database.Advisor;
import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.loop.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Advice on a database as people and programs read it. */
final class AdviceText {
  private static final double KIB = 1024;
  private static final double DAY = 86_400;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\t]]");

  private final DatabaseConnection database;
  private final Advisor.Answer answer;
  private final Advice advice;
  private final int limit;

  AdviceText(DatabaseConnection database, Advisor.Answer answer, int limit) {
    this.database = database;
    this.answer = answer;
    this.advice = answer.advice();
    this.limit = limit;
  }

  private String version() {
    return answer.version() / 10_000 + "." + answer.version() % 10_000;
  }

  /** One object. */
  String json() {
    return Json.write(tree());
  }

  /** The same as plain values. */
  Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("database", database.address());
    object.put("server", version());
    object.put("budgetBytes", advice.budget() == Long.MAX_VALUE ? null : advice.budget());
    Map<String, @Nullable Object> workload = new LinkedHashMap<>();
    workload.put("source", advice.workload().source());
    workload.put("statements", advice.workload().statements().size());
    workload.put("analysed", advice.analysed());
    workload.put("measured", advice.isMeasured());
    workload.put("seconds", advice.secondsNow());
    workload.put("secondsThen", advice.secondsThen());
    Workload.Period period = advice.workload().period();
    workload.put("periodSeconds", period.isKnown() ? period.seconds() : null);
    object.put("workload", workload);
    var recommendations = new ArrayList<Map<String, @Nullable Object>>();
    for (Advice.Recommended each : advice.recommendations()) {
      recommendations.add(json(each, recommendations.size() + 1));
    }
    object.put("recommendations", recommendations);
    object.put("notices", advice.notices());
    return object;
  }

  private static Map<String, @Nullable Object> json(Advice.Recommended each, int rank) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("rank", rank);
    object.put("kind", each.kind().toString());
    object.put("title", each.title());
    object.put("table", each.table().isEmpty() ? "" : each.schema() + "." + each.table());
    object.put("index", each.index());
    object.put("ddl", each.ddl());
    object.put("undo", each.undo());
    object.put("bytes", each.bytes());
    object.put("gainSeconds", each.gainSeconds());
    object.put("writeCostSeconds", each.writeSeconds());
    var statements = new ArrayList<Map<String, @Nullable Object>>();
    for (Advice.Effect effect : each.effects()) {
      Map<String, @Nullable Object> statement = new LinkedHashMap<>();
      statement.put("statement", effect.statement().text());
      statement.put("queryid", effect.statement().queryid());
      statement.put("costBefore", effect.costBefore());
      statement.put("costAfter", effect.costAfter());
      statement.put("planBefore", effect.planBefore());
      statement.put("planAfter", effect.planAfter());
      statement.put("gainSeconds", effect.gainSeconds());
      statements.add(statement);
    }
    object.put("statements", statements);
    object.put("why", each.why());
    return object;
  }

  /** For the terminal. */
  List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s, PostgreSQL %s: %d of %d statements analysed (%s)",
            database.address(),
            version(),
            advice.analysed(),
            advice.workload().statements().size(),
            advice.workload().source()));
    if (advice.recommendations().isEmpty()) {
      lines.add("");
      lines.add(
          advice.analysed() == 0
              ? "Nothing to recommend, as no statement was seen that could be analysed."
              : "Nothing to recommend: no change would make this workload noticeably faster.");
    } else {
      summary(lines);
    }
    int rank = 0;
    for (Advice.Recommended each : advice.recommendations()) {
      if (rank == limit) {
        lines.add("");
        lines.add(
            (advice.recommendations().size() - limit)
                + " more; print them with --limit "
                + advice.recommendations().size());
        break;
      }
      rank++;
      lines.add("");
      lines.addAll(lines(each, rank));
    }
    if (!advice.notices().isEmpty()) {
      lines.add("");
      advice.notices().forEach(notice -> lines.add("Note: " + notice));
    }
    return lines.stream().map(AdviceText::visible).toList();
  }

  /** A text whose control characters are spelled: names may hold what a terminal would obey. */
  static String visible(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll(
            found -> String.format(Locale.ROOT, "\\\\u%04x", (int) found.group().charAt(0)));
  }

  private void summary(List<String> lines) {
    double then = advice.secondsThen() / advice.secondsNow();
    Workload.Period period = advice.workload().period();
    long bytes = advice.recommendations().stream().mapToLong(Advice.Recommended::bytes).sum();
    lines.add(
        advice.secondsNow() > 0
            ? String.format(
                Locale.ROOT,
                "Time of the workload: %s %s%s, expected %s (%.0f %%) with all indexes; %s on disk",
                seconds(advice.secondsNow()),
                advice.isMeasured() ? "as measured" : "as the planner's costs let expect",
                period.isKnown() ? " in " + seconds(period.seconds()) : "",
                seconds(advice.secondsThen()),
                100 * (then - 1),
                size(bytes))
            : "The time of the workload is not known; " + size(bytes) + " on disk");
  }

  private List<String> lines(Advice.Recommended each, int rank) {
    var lines = new ArrayList<String>();
    if (each.kind().changesText()) {
      lines.add(String.format(Locale.ROOT, "%d. %s%s", rank, each.title(), balance(each)));
      each.effects().forEach(effect -> lines.add("   Instead of: " + effect.statement().title()));
      lines.add("   Send: " + each.ddl());
      each.why().forEach(reason -> lines.add("   " + reason));
      return lines;
    }
    lines.add(String.format(Locale.ROOT, "%d. %s%s", rank, each.title(), balance(each)));
    lines.add("   " + each.ddl() + ";");
    each.why().forEach(reason -> lines.add("   " + reason));
    if (each.kind() == Advice.Kind.SETTING) {
      each.effects().forEach(effect -> lines.add("     otherwise: " + effect.statement().title()));
      lines.add("   Undo: " + each.undo() + ";");
      return lines;
    }
    for (Advice.Effect effect : each.effects().subList(0, Math.min(3, each.effects().size()))) {
      lines.add(
          String.format(
              Locale.ROOT,
              "     cost %.0f -> %.0f  %s",
              effect.costBefore(),
              effect.costAfter(),
              effect.statement().title()));
    }
    lines.add("   Undo: " + each.undo() + (each.undo().startsWith("--") ? "" : ";"));
    return lines;
  }

  /** What it gains and costs, as far as that is known. */
  private String balance(Advice.Recommended each) {
    if (each.kind() == Advice.Kind.DROP_INDEX) {
      return String.format(
          Locale.ROOT,
          ": frees %s%s",
          size(-each.bytes()),
          each.writeSeconds() < 0 ? ", saves writes " + seconds(-each.writeSeconds()) : "");
    }
    if (each.kind().changesIndex()) {
      return String.format(
          Locale.ROOT,
          ": gains %s%s%s, %s",
          seconds(each.gainSeconds()),
          share(each.gainSeconds()),
          each.writeSeconds() > 0 ? ", costs writes " + seconds(each.writeSeconds()) : "",
          size(each.bytes()));
    }
    return each.gainSeconds() > 0
        ? ": gains about " + seconds(each.gainSeconds()) + share(each.gainSeconds())
        : "";
  }

  /** Of the workload's time; a share is the same however long was counted. */
  private String share(double seconds) {
    return advice.secondsNow() > 0
        ? String.format(Locale.ROOT, " (%.1f %%)", 100 * seconds / advice.secondsNow())
        : "";
  }

  /** A time with a fitting unit. */
  static String seconds(double seconds) {
    if (seconds == 0) {
      return "0 s";
    }
    double size = Math.abs(seconds);
    return size >= 2 * DAY
        ? String.format(Locale.ROOT, "%.1f d", seconds / DAY)
        : size >= 7200
            ? String.format(Locale.ROOT, "%.1f h", seconds / 3600)
            : size >= 120
                ? String.format(Locale.ROOT, "%.1f min", seconds / 60)
                : size >= 1
                    ? String.format(Locale.ROOT, "%.1f s", seconds)
                    : size >= 1e-3
                        ? String.format(Locale.ROOT, "%.1f ms", 1e3 * seconds)
                        : String.format(Locale.ROOT, "%.1f µs", 1e6 * seconds);
  }

  /** A size with a fitting unit. */
  static String size(long bytes) {
    double size = Math.abs((double) bytes);
    return size >= KIB * KIB * KIB
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / KIB / KIB / KIB)
        : size >= KIB * KIB
            ? String.format(Locale.ROOT, "%.1f MiB", bytes / KIB / KIB)
            : String.format(Locale.ROOT, "%.0f KiB", bytes / KIB);
  }
}

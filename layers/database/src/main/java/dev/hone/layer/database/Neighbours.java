package dev.hone.layer.database;

import dev.hone.loop.Guardrail;
import dev.hone.loop.Objective;
import dev.hone.loop.SignalRef;
import dev.hone.metrics.MetricStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The other statements of the database: those a change must not touch and those it may slow. */
final class Neighbours {
  private static final int MOST_CONTROLS = 8;

  /** With fewer calls a second, a window of four seconds may hold none. */
  private static final double LEAST_CALLS_PER_SECOND = 1;

  /** With fewer calls a second, the time of a window is that of a few calls … */
  private static final double TIMED_CALLS_PER_SECOND = 2;

  /** … and with fewer than that, a trial holds too few to tell anything. */
  private static final double GUARDED_CALLS_PER_SECOND = 0.1;

  private static final int MOST_TIMED = 8;
  private static final int MOST_GUARDED = 16;

  /** Long enough to see statements that are called seldom. */
  private static final Duration LATELY = Duration.ofMinutes(2);

  private final StatementTexts texts;
  private final MetricStore store;
  private final String database;
  private final StatementSignals signals;

  Neighbours(StatementTexts texts, MetricStore store, String database) {
    this.texts = texts;
    this.store = store;
    this.database = database;
    this.signals = new StatementSignals(database);
  }

  /** Time per call of often called statements that have nothing to do with the table. */
  List<SignalRef> controls(String treated, String table, Instant now) throws SQLException {
    Map<StatementLoad, String> statements = recent(now);
    return statements.entrySet().stream()
        .filter(entry -> !entry.getKey().queryid().equals(treated))
        .filter(entry -> entry.getKey().callsPerSecond() >= LEAST_CALLS_PER_SECOND)
        .filter(entry -> reads(entry.getValue()) || writes(entry.getValue()))
        .filter(entry -> !mentions(entry.getValue(), table))
        .sorted(Comparator.comparingDouble(entry -> -entry.getKey().calls()))
        .limit(MOST_CONTROLS)
        .map(entry -> signals.secondsPerCall(entry.getKey().queryid(), entry.getValue()))
        .toList();
  }

  /**
   * What would tell soonest that something on the table is done another way: the buffers per write
   * to it, or else of the read that is called most; empty when neither is called once a second.
   */
  Optional<SignalRef> felt(String table, Instant now) throws SQLException {
    List<Map.Entry<StatementLoad, String>> affected =
        recent(now).entrySet().stream()
            .filter(entry -> mentions(entry.getValue(), table))
            .sorted(Comparator.comparingDouble(entry -> -entry.getKey().calls()))
            .toList();
    List<Map.Entry<StatementLoad, String>> writers =
        affected.stream().filter(entry -> writes(entry.getValue())).toList();
    double rate = writers.stream().mapToDouble(entry -> entry.getKey().callsPerSecond()).sum();
    if (rate >= LEAST_CALLS_PER_SECOND) {
      return Optional.of(signals.buffersPerCall("buffers per write to " + table, ids(writers)));
    }
    return affected.stream()
        .filter(entry -> reads(entry.getValue()))
        .filter(entry -> entry.getKey().callsPerSecond() >= LEAST_CALLS_PER_SECOND)
        .findFirst()
        .map(entry -> signals.buffersPerCall(entry.getKey().queryid(), entry.getValue()));
  }

  private static List<String> ids(List<Map.Entry<StatementLoad, String>> statements) {
    return statements.stream().map(entry -> entry.getKey().queryid()).sorted().toList();
  }

  private SignalRef timePerWrite(String table, List<Map.Entry<StatementLoad, String>> writers) {
    return signals.secondsPerCall("time per write to " + table, ids(writers));
  }

  /**
   * The owner's guardrails, and that other statements on the table stay as fast as they are: its
   * writes together, and each of the reads by what it touches and, when it is called often, by its
   * time.
   *
   * @param treated the statement that the change is for
   */
  List<Guardrail> guardrails(
      String treated, String table, Optional<Objective> objective, Instant now)
      throws SQLException {
    var guardrails = new ArrayList<Guardrail>();
    objective.ifPresent(o -> guardrails.addAll(o.guardrails()));
    List<Map.Entry<StatementLoad, String>> affected =
        recent(now).entrySet().stream()
            .filter(entry -> !entry.getKey().queryid().equals(treated))
            .filter(entry -> mentions(entry.getValue(), table))
            .sorted(Comparator.comparingDouble(entry -> -entry.getKey().seconds()))
            .toList();
    var seconds = new ArrayList<SignalRef>();
    var buffers = new ArrayList<SignalRef>();
    List<Map.Entry<StatementLoad, String>> writers =
        affected.stream().filter(entry -> writes(entry.getValue())).toList();
    if (!writers.isEmpty()) {
      seconds.add(timePerWrite(table, writers));
    }
    affected.stream()
        .filter(entry -> reads(entry.getValue()))
        .filter(entry -> entry.getKey().callsPerSecond() >= GUARDED_CALLS_PER_SECOND)
        .limit(MOST_GUARDED)
        .forEach(
            entry -> {
              String queryid = entry.getKey().queryid();
              if (entry.getKey().callsPerSecond() >= TIMED_CALLS_PER_SECOND
                  && seconds.size() < MOST_TIMED) {
                seconds.add(signals.secondsPerCall(queryid, entry.getValue()));
              }
              buffers.add(signals.buffersPerCall(queryid, entry.getValue()));
            });
    guardrails.addAll(IndexTrial.guardrails(seconds, buffers));
    return guardrails;
  }

  private Map<StatementLoad, String> recent(Instant now) throws SQLException {
    long to = now.toEpochMilli();
    List<StatementLoad> loads = StatementLoad.over(store, database, to - LATELY.toMillis(), to);
    Map<String, String> known = texts.of(loads.stream().map(StatementLoad::queryid).toList());
    var statements = new HashMap<StatementLoad, String>();
    for (StatementLoad load : loads) {
      String text = known.get(load.queryid());
      if (text != null && !text.contains(Session.MARK)) {
        statements.put(load, text);
      }
    }
    return statements;
  }

  private static boolean reads(String text) {
    return starts(text, "select");
  }

  private static boolean writes(String text) {
    return starts(text, "insert|update|delete|merge|with");
  }

  private static boolean starts(String text, String words) {
    return Pattern.compile("\\s*(/\\*.*?\\*/\\s*)*(" + words + ")\\b.*", Pattern.DOTALL)
        .matcher(text.toLowerCase(Locale.ROOT))
        .matches();
  }

  /** Whether the table's name stands in the text as a word. */
  static boolean mentions(String text, String table) {
    return Pattern.compile(
            "(?<![\\w$])" + Pattern.quote(table) + "(?![\\w$])", Pattern.CASE_INSENSITIVE)
        .matcher(text)
        .find();
  }
}

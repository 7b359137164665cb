package dev.hone.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the kills of all chains gave. Safe for several threads. */
final class CrashTally {
  private final Map<Shot.Kind, Integer> kills = new EnumMap<>(Shot.Kind.class);
  private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
  private final List<Double> restored = new ArrayList<>();
  private final List<Double> starts = new ArrayList<>();
  private final List<Double> reconciles = new ArrayList<>();
  private long acknowledged;
  private long openAtKill;

  /** What must not be. */
  enum Fault {
    /** A value was neither the old one nor the one of a kept loop although the guard had time. */
    NOT_RESTORED,
    /** After the next start, a value is not what the state of its loop says. */
    STATE_AND_VALUE_DIFFER,
    /** After the next start, a loop is still open. */
    STILL_OPEN,
    /** An acknowledged entry is not in the journal. */
    LOST_ENTRY,
    /** The chain of hashes does not fit. */
    BROKEN_CHAIN,
    /** The next start failed. */
    NO_START
  }

  /** A kill, and how many changes were on. */
  synchronized void kill(Shot.Kind kind, int open, double restoredMillis) {
    kills.merge(kind, 1, Integer::sum);
    openAtKill += open;
    if (open > 0) {
      restored.add(restoredMillis);
    }
  }

  synchronized void start(double wallMillis, double reconcileMillis) {
    starts.add(wallMillis);
    reconciles.add(reconcileMillis);
  }

  synchronized void acknowledged(long entries) {
    acknowledged += entries;
  }

  synchronized void fault(Fault fault, String where) {
    faults.merge(fault, 1, Integer::sum);
    System.err.println(fault + ": " + where);
  }

  synchronized int kills() {
    return kills.values().stream().mapToInt(Integer::intValue).sum();
  }

  synchronized int kills(Shot.Kind kind) {
    return kills.getOrDefault(kind, 0);
  }

  synchronized int faults(Fault fault) {
    return faults.getOrDefault(fault, 0);
  }

  synchronized long acknowledged() {
    return acknowledged;
  }

  synchronized long openAtKill() {
    return openAtKill;
  }

  /** Milliseconds from a kill until the last value was the old one, as seen from outside. */
  synchronized double restored(double quantile) {
    return quantile(restored, quantile);
  }

  /** Milliseconds from the start of the process until it serves. */
  synchronized double starts(double quantile) {
    return quantile(starts, quantile);
  }

  /** Milliseconds of these in the kernel. */
  synchronized double reconciles(double quantile) {
    return quantile(reconciles, quantile);
  }

  /** How far it is. */
  @Override
  public synchronized String toString() {
    return String.format(
        Locale.ROOT,
        "%d kills, %d changes on, %d faults; restored in %.0f ms, started in %.0f ms at the longest",
        kills(),
        openAtKill,
        faults.values().stream().mapToInt(Integer::intValue).sum(),
        restored(1),
        starts(1));
  }

  private static double quantile(List<Double> values, double quantile) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    var sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get((int) Math.ceil(quantile * (sorted.size() - 1)));
  }
}

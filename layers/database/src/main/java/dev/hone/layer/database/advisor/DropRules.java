package dev.hone.layer.database.advisor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which indexes cost writes and room for nothing. "Unused" is not "droppable": what enforces a
 * constraint, serves a foreign key, tells rows apart for replication, orders its table or belongs
 * to a partitioned index stays, and so does what may be in use on a replica that cannot be asked.
 */
public final class DropRules {
  /** A month-end must have been seen. */
  static final double LEAST_DAYS = 35;

  /** Below that, dropping is not worth anybody's attention. */
  static final long LEAST_BYTES = 1 << 20;

  private DropRules() {}

  /** Why an index is of no use. */
  public enum Reason {
    /** A build failed and left it. */
    INVALID,
    /** Another is the same. */
    DUPLICATE,
    /** Another does all it does. */
    REDUNDANT,
    /** Nothing has read it for long. */
    UNUSED
  }

  /**
   * What is known of the use of indexes.
   *
   * @param days since the statistics began
   * @param blindReplicas replicas whose statistics are not known
   * @param onReplica whether the server itself is a replica
   * @param hidden whether statements of other roles, and the server's replicas, cannot be seen
   */
  public record Observation(double days, int blindReplicas, boolean onReplica, boolean hidden) {}

  /**
   * An index that may go.
   *
   * @param instead what takes over; empty where nothing has to
   */
  public record Drop(ExistingIndex index, Reason reason, String instead, String why) {
    /** The same with another sentence. */
    public Drop noting(String sentence) {
      return new Drop(index, reason, instead, why + " " + sentence);
    }
  }

  /** All indexes that may go together: what one rests on is never dropped with it. */
  public static List<Drop> of(List<ExistingIndex> indexes, Observation observation) {
    var drops = new ArrayList<Drop>();
    if (observation.onReplica()) {
      return drops;
    }
    Set<Long> gone = new HashSet<>();
    Set<Long> kept = new HashSet<>();
    for (ExistingIndex index : indexes) {
      if (!index.valid() && !index.building() && !index.constraint() && !index.partition()) {
        take(drops, gone, index, Reason.INVALID, "", "Its build failed; no query can use it.");
      }
    }
    List<ExistingIndex> valid =
        indexes.stream()
            .filter(index -> index.valid() && !gone.contains(index.oid()))
            .sorted(Comparator.comparingLong(ExistingIndex::oid))
            .toList();
    duplicates(valid, drops, gone, kept);
    if (!observation.hidden()) {
      redundant(valid, drops, gone, kept);
      unused(valid, observation, drops, gone, kept);
    }
    return drops;
  }

  private static void take(
      List<Drop> drops,
      Set<Long> gone,
      ExistingIndex index,
      Reason reason,
      String instead,
      String why) {
    gone.add(index.oid());
    drops.add(new Drop(index, reason, instead, why));
  }

  /** The other takes over, and therefore stays. */
  private static void replace(
      List<Drop> drops,
      Set<Long> gone,
      Set<Long> kept,
      ExistingIndex index,
      Reason reason,
      ExistingIndex other,
      String why) {
    kept.add(other.oid());
    take(drops, gone, index, reason, other.name(), why);
  }

  /** Of indexes that are the same the one stays that cannot go, else the oldest. */
  private static void duplicates(
      List<ExistingIndex> indexes, List<Drop> drops, Set<Long> gone, Set<Long> kept) {
    for (ExistingIndex index : indexes) {
      if (index.isBound()) {
        continue;
      }
      indexes.stream()
          .filter(other -> other.oid() != index.oid() && !gone.contains(other.oid()))
          .filter(other -> index.sameAs(other) && index.uniqueness(other))
          .filter(
              other ->
                  other.isBound()
                      || (other.unique() && !index.unique())
                      || other.oid() < index.oid())
          .findFirst()
          .ifPresent(
              other ->
                  replace(
                      drops,
                      gone,
                      kept,
                      index,
                      Reason.DUPLICATE,
                      other,
                      "`"
                          + other.name()
                          + "` is the same but for its name"
                          + (index.unique() ? ", and refuses equal keys as well." : ".")));
    }
  }

  private static void redundant(
      List<ExistingIndex> indexes, List<Drop> drops, Set<Long> gone, Set<Long> kept) {
    for (ExistingIndex index : indexes) {
      if (index.indispensable() || gone.contains(index.oid())) {
        continue;
      }
      indexes.stream()
          .filter(other -> other.oid() != index.oid() && !gone.contains(other.oid()))
          .filter(other -> index.coveredBy(other) && !index.sameAs(other))
          .findFirst()
          .ifPresent(
              other ->
                  replace(
                      drops,
                      gone,
                      kept,
                      index,
                      Reason.REDUNDANT,
                      other,
                      "`"
                          + other.name()
                          + "` begins with the same columns and serves its queries."));
    }
  }

  private static void unused(
      List<ExistingIndex> indexes,
      Observation observation,
      List<Drop> drops,
      Set<Long> gone,
      Set<Long> kept) {
    if (observation.days() < LEAST_DAYS || observation.blindReplicas() > 0) {
      return;
    }
    for (ExistingIndex index : indexes) {
      boolean stale = index.scans() == 0 || index.daysSinceScan() >= LEAST_DAYS;
      boolean idle = stale && index.replicaScans() == 0;
      if (!index.indispensable()
          && otherwiseServed(index, indexes, gone)
          && idle
          && index.bytes() >= LEAST_BYTES
          && !kept.contains(index.oid())
          && !gone.contains(index.oid())) {
        double days =
            Double.isNaN(index.daysSinceScan()) ? observation.days() : index.daysSinceScan();
        take(
            drops,
            gone,
            index,
            Reason.UNUSED,
            "",
            String.format(Locale.ROOT, "No query has used it for %.0f days.", days));
      }
    }
  }

  /** Whether each foreign key that the index serves has another index that stays. */
  private static boolean otherwiseServed(
      ExistingIndex index, List<ExistingIndex> indexes, Set<Long> gone) {
    return index.foreignKeys().stream()
        .allMatch(
            key ->
                indexes.stream()
                    .filter(other -> other.oid() != index.oid() && !gone.contains(other.oid()))
                    .anyMatch(
                        other -> other.sameTable(index) && other.foreignKeys().contains(key)));
  }

  /** Why nothing is said of unused indexes, or less, or empty. */
  public static String blindness(Observation observation) {
    if (observation.onReplica()) {
      return "the server is a replica; ask its primary which indexes may go";
    }
    if (observation.hidden()) {
      return "statements of other roles, and replicas, are hidden, so that of the indexes to drop"
          + " only copies and failed builds are named; grant Hone's role pg_monitor";
    }
    if (observation.blindReplicas() > 0) {
      return observation.blindReplicas()
          + " replicas may use indexes that the primary does not; unused indexes are not named"
          + " unless each replica is given with --replica";
    }
    if (observation.days() < LEAST_DAYS) {
      return String.format(
          Locale.ROOT,
          "the server's statistics are %.1f days old; unused indexes are named after %.0f days",
          observation.days(),
          LEAST_DAYS);
    }
    return "";
  }
}

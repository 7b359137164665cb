package dev.hone.layer.database.upkeep;

import dev.hone.layer.database.advisor.Advice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What to do about what holds on to the past. Nothing of it is ended by Hone. */
final class HolderRules {
  private static final String TIMEOUT = "idle_in_transaction_session_timeout";
  private static final double MINUTE = 60;
  private static final double HOUR = 3600;

  private HolderRules() {}

  static List<Advice.Recommended> of(Upkeep upkeep) {
    var recommended = new ArrayList<Advice.Recommended>();
    boolean unlimited = upkeep.number(TIMEOUT) == 0;
    for (Upkeep.Holder holder : upkeep.holders()) {
      switch (holder.hold()) {
        case IDLE_SESSION -> {
          if (unlimited) {
            recommended.add(idle(upkeep, holder));
            unlimited = false;
          }
        }
        case PREPARED -> recommended.add(prepared(holder));
        case SLOT -> recommended.add(slot(holder));
      }
    }
    return recommended;
  }

  private static Advice.Recommended idle(Upkeep upkeep, Upkeep.Holder holder) {
    return Advice.Recommended.of(
        Advice.Kind.VACUUM,
        "End transactions that are open and do nothing",
        upkeep.set(TIMEOUT, "'10min'"),
        upkeep.unset(TIMEOUT),
        List.of(
            "Session "
                + holder.name()
                + " ("
                + holder.who()
                + ") has had a transaction open for "
                + time(holder.seconds())
                + " and executes nothing in it. What it locked stays locked, and vacuum removes no"
                + " row of the database that was deleted since.",
            "New sessions take it up, and lose a transaction that they leave idle for longer. This"
                + " session goes on; SELECT pg_terminate_backend("
                + holder.name()
                + ") ends it, and its transaction is rolled back."));
  }

  private static Advice.Recommended prepared(Upkeep.Holder holder) {
    String gid = "'" + holder.name().replace("'", "''") + "'";
    return Advice.Recommended.of(
        Advice.Kind.HINT,
        "Finish a prepared transaction",
        "COMMIT PREPARED " + gid + " or ROLLBACK PREPARED " + gid + ", as its coordinator decided",
        "neither can be taken back",
        List.of(
            "It was prepared "
                + time(holder.seconds())
                + " ago ("
                + holder.who()
                + ") and outlives restarts. What it locked stays locked, and vacuum removes no row of"
                + " the database that was deleted since."));
  }

  private static Advice.Recommended slot(Upkeep.Holder holder) {
    return Advice.Recommended.of(
        Advice.Kind.HINT,
        "Look after a replication slot that nobody reads",
        "SELECT pg_drop_replication_slot('"
            + holder.name().replace("'", "''")
            + "'), unless its reader comes back",
        "a slot that is made again begins at the present",
        List.of(
            String.format(
                Locale.ROOT,
                "Slot `%s` keeps %.1f GiB of the log for a reader that is not there, until the disk is"
                    + " full; max_slot_wal_keep_size limits that.",
                holder.name(),
                holder.bytes() / (double) (1L << 30))));
  }

  private static String time(double seconds) {
    return seconds < 2 * HOUR
        ? String.format(Locale.ROOT, "%.0f minutes", seconds / MINUTE)
        : String.format(Locale.ROOT, "%.1f hours", seconds / HOUR);
  }
}

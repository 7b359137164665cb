package dev.hone.loop;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who did what, and when: the journal read back, from the newest line to the oldest. Every line
 * carries the hash of the chain up to it, see {@link ChainedLine}; a reader who keeps the newest
 * hash elsewhere can prove later that nothing before it was changed or left out.
 *
 * @param journal the file that grows
 */
public record Audit(Path journal) {
  /**
   * One line.
   *
   * @param sequence counted from 1
   * @param at when
   * @param loop the loop, empty for what belongs to none
   * @param kind what happened: {@code Approved}, {@code Intent}, {@code Switched} …
   * @param by who: a person, {@code hone}, {@code guard} or {@code policy MODE}
   * @param text the event's facts, for people
   * @param hash of the chain
   */
  public record Line(
      long sequence, Instant at, String loop, String kind, String by, String text, String hash) {}

  /**
   * Which lines; an empty text lets every line through.
   *
   * @param loop lines of this loop
   * @param by lines of this actor, in any case
   * @param kind lines of this kind, in any case
   * @param text lines that contain this, in any case
   * @param from not before
   * @param to before this
   */
  public record Filter(String loop, String by, String kind, String text, Instant from, Instant to) {
    /** Every line. */
    public static final Filter ALL = new Filter("", "", "", "", Instant.MIN, Instant.MAX);

    private boolean lets(Line line) {
      return (loop.isEmpty() || line.loop.equals(loop))
          && (by.isEmpty() || line.by.equalsIgnoreCase(by))
          && (kind.isEmpty() || line.kind.equalsIgnoreCase(kind))
          && (text.isEmpty() || lower(line.text).contains(lower(text)))
          && !line.at.isBefore(from)
          && line.at.isBefore(to);
    }

    private static String lower(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a check of the whole chain found.
   *
   * @param entries how many whole lines there are
   * @param hash the newest hash
   * @param problem the first line that does not fit; empty when all do
   */
  public record Check(long entries, String hash, Optional<String> problem) {}

  /**
   * The newest lines that a filter lets through, newest first.
   *
   * @param before only lines with a smaller sequence; {@link Long#MAX_VALUE} for all
   * @param limit the most there may be
   */
  public List<Line> find(Filter filter, long before, int limit) throws IOException {
    var segments = new Segments(journal);
    while (true) {
      List<Segments.Closed> closed = segments.closedAfter(0);
      List<Line> found = find(closed, filter, before, limit);
      if (segments.closedAfter(0).equals(closed)) {
        return found;
      }
    }
  }

  private List<Line> find(List<Segments.Closed> closed, Filter filter, long before, int limit)
      throws IOException {
    var found = new ArrayList<Line>();
    if (limit > 0 && Files.exists(journal)) {
      found.addAll(newest(journal, filter, before, limit));
    }
    for (Segments.Closed each : closed.reversed()) {
      if (found.size() < limit) {
        found.addAll(newest(each.file(), filter, before, limit - found.size()));
      }
    }
    return found;
  }

  /** Lines whose check does not fit are left out: {@link #check} names them. */
  private static List<Line> newest(Path file, Filter filter, long before, int limit)
      throws IOException {
    var last = new ArrayDeque<Line>();
    try (var data = new RandomAccessFile(file.toFile(), "r")) {
      var reader = new LineReader(data);
      byte[] bytes;
      while ((bytes = reader.next()) != null && reader.terminated()) {
        String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        int json = text.indexOf(' ') + 1;
        boolean mayFit = filter.loop.isEmpty() || text.contains("\"loop\":\"" + filter.loop + "\"");
        if (json > 0 && mayFit) {
          Line line = line(text, json);
          if (line.sequence < before && filter.lets(line)) {
            last.addLast(line);
            if (last.size() > limit) {
              last.removeFirst();
            }
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "journal `"
              + file
              + "` has a line that cannot be read; check it with `hone audit verify`",
          e);
    }
    var newest = new ArrayList<>(last);
    Collections.reverse(newest);
    return newest;
  }

  private static Line line(String text, int json) {
    String hash = text.substring(0, json - 1);
    Journal.Entry entry = ChainedLine.decode(new ChainedLine.Checked(text.substring(json), hash));
    return new Line(
        entry.sequence(),
        entry.at(),
        entry.loop(),
        entry.event().getClass().getSimpleName(),
        by(entry.event()),
        text(entry.event()),
        hash);
  }

  /** Reads every line from the first and checks the chain. */
  public Check check() throws IOException {
    var count = new long[1];
    var last = new String[] {ChainedLine.GENESIS};
    try {
      Journal.read(
          journal,
          entry -> {
            count[0] = entry.sequence();
            last[0] = entry.hash();
          });
      return new Check(count[0], last[0], Optional.empty());
    } catch (Journal.JournalException e) {
      return new Check(count[0], last[0], Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private static String by(LoopEvent event) {
    return switch (event) {
      case LoopEvent.Approved e -> e.by();
      case LoopEvent.Endorsed e -> e.by();
      case LoopEvent.Rejected e -> e.by();
      case LoopEvent.Kept e -> e.by();
      case LoopEvent.RollingBack e -> e.by();
      case LoopEvent.RolledBack e -> e.by();
      case LoopEvent.Revoked e -> e.by();
      case LoopEvent.Switched e -> e.by();
      case LoopEvent.PolicyChanged e -> e.by();
      case LoopEvent.Froze e -> e.by();
      case LoopEvent.Thawed e -> e.by();
      default -> "hone";
    };
  }

  private static String text(LoopEvent event) {
    return switch (event) {
      case LoopEvent.Proposed e -> e.recommendation().title();
      case LoopEvent.Approved e -> "plan " + e.planHash();
      case LoopEvent.Endorsed e -> "plan " + e.planHash() + ", first of two";
      case LoopEvent.Rejected e -> e.why();
      case LoopEvent.Expired e -> e.why();
      case LoopEvent.Scheduled e -> "waits for its turn";
      case LoopEvent.Armed e -> "plan " + e.planHash() + ", until " + e.deadline();
      case LoopEvent.Applying e -> "first write";
      case LoopEvent.Intent e ->
          e.knob() + ": " + e.expected() + " to " + e.value() + ", undo " + e.prior();
      case LoopEvent.Applied e -> "reads " + e.readBack();
      case LoopEvent.Experimenting e -> "measuring";
      case LoopEvent.SettlingMeasured e ->
          "settles in "
              + e.settling().toSeconds()
              + " s, blocks of "
              + e.block().toSeconds()
              + " s";
      case LoopEvent.PairMeasured e ->
          String.format(
              Locale.ROOT,
              "pair %d: %+.1f %%",
              e.pair().index(),
              100 * Math.expm1(e.pair().difference()));
      case LoopEvent.WindowMeasured e ->
          (e.window().after() ? "after" : "before") + " until " + e.window().to();
      case LoopEvent.Judged e ->
          e.verdict().decision()
              + ", "
              + e.verdict().effectText()
              + ": "
              + String.join("; ", e.verdict().reasons());
      case LoopEvent.Keeping e -> "making it last";
      case LoopEvent.Kept e -> "in force: " + e.value();
      case LoopEvent.Remeasured e ->
          "measured again by loop " + e.byLoop() + ": " + e.verdict().effectText();
      case LoopEvent.Suspended e -> e.why();
      case LoopEvent.RollingBack e -> e.why();
      case LoopEvent.RolledBack e -> "restored: " + e.value();
      case LoopEvent.Revoked e -> e.why() + "; restored: " + e.value();
      case LoopEvent.Stuck e -> e.why() + " Run: " + e.command();
      case LoopEvent.Switched e -> (e.stopped() ? "stopped: " : "resumed: ") + e.why();
      case LoopEvent.PolicyChanged e -> e.why() + ": " + RecordCodec.write(e.policy());
      case LoopEvent.Froze e -> e.cause() + " until " + e.until() + ": " + e.why();
      case LoopEvent.Thawed e -> e.why();
      case LoopEvent.BudgetBurning e -> e.why();
      case LoopEvent.BudgetRecovered e -> e.why();
      case LoopEvent.LoadShifted e ->
          String.format(
              Locale.ROOT,
              "%s went from %.3g to %.3g %s and stays there",
              e.signal(),
              e.before(),
              e.after(),
              e.unit());
      case LoopEvent.NullMeasured e ->
          e.design() + " of " + e.signal() + " without a change: " + e.decision();
    };
  }
}

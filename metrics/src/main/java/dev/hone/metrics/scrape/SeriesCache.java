package dev.hone.metrics.scrape;

import dev.hone.metrics.Labels;
import dev.hone.metrics.wire.ExpositionLines;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a target exposed lately: for each text of a metric the number of its series, so that a line
 * that comes again costs no labels. A target nearly always writes its lines in the same order, so
 * the line after one is first compared with the line that followed it last time; only when that
 * differs is it looked up by its hash. Not safe for several threads.
 */
final class SeriesCache {
  /** What failed scrapes may add to what the last good one held. */
  private static final int SPARE = 1_000;

  private static final int FIRST_SLOTS = 64;
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A line, but for value and time. */
  static final class Line {
    /** It is not yet known which series of the store it is. */
    static final int UNKNOWN = -1;

    /** Rules drop it, or it is a comment. */
    static final int DROPPED = -2;

    final byte[] text;
    private final int hash;
    private @Nullable Line chained;
    private @Nullable Line following;

    /** The number of the series in the store, or one of the constants. */
    int series = UNKNOWN;

    /** The labels while the series is not yet known. */
    @Nullable Labels labels;

    /** The first line that is the same series of the store, after relabelling. */
    @Nullable Line original;

    /** The round in which it was there last. */
    int seen;

    /** The last round in which it had a sample without a time of its own, and the one before. */
    private int tracked;

    private int trackedBefore;

    /** The round and time of the last sample that was stored for the series. */
    int stored;

    long time = Long.MIN_VALUE;

    Line(byte[] text, int hash) {
      this.text = text;
      this.hash = hash;
    }

    boolean isComment() {
      return text.length > 0 && text[0] == '#';
    }

    /** The line that stands for the series. */
    Line first() {
      return original == null ? this : original;
    }

    /** Notes a sample without a time of its own. */
    void track(int round) {
      if (tracked != round) {
        trackedBefore = tracked;
        tracked = round;
      }
    }
  }

  private Line[] slots = new Line[FIRST_SLOTS];
  private int size;
  private int sizeAfterSuccess;
  private int round = 1;
  private final Line start = new Line(new byte[0], 0);
  private Line last = start;

  /** The number of this round of reading. */
  int round() {
    return round;
  }

  int size() {
    return size;
  }

  /**
   * The line that is being read, made when it is new; then {@link Line#seen} is 0.
   *
   * @param text the bytes that are read
   */
  Line line(ExpositionLines lines, byte[] text) {
    Line guess = last.following;
    boolean comment = lines.isComment();
    if (guess != null && (comment ? lines.commentIs(guess.text) : lines.metricIs(guess.text))) {
      last = guess;
      return guess;
    }
    if (!comment) {
      lines.metric();
    }
    Line found = find(text, lines.from(), lines.to());
    last.following = found;
    last = found;
    return found;
  }

  private Line find(byte[] text, int from, int to) {
    int hash = hash(text, from, to);
    for (Line line = slots[hash & (slots.length - 1)]; line != null; line = line.chained) {
      if (line.hash == hash && Arrays.equals(line.text, 0, line.text.length, text, from, to)) {
        return line;
      }
    }
    if (size >= slots.length) {
      resize(slots.length * 2);
    }
    var line = new Line(Arrays.copyOfRange(text, from, to), hash);
    put(line);
    size++;
    return line;
  }

  private void put(Line line) {
    int slot = line.hash & (slots.length - 1);
    line.chained = slots[slot];
    slots[slot] = line;
  }

  private void resize(int number) {
    List<Line> all = all();
    slots = new Line[number];
    all.forEach(this::put);
  }

  private List<Line> all() {
    var all = new ArrayList<Line>(size);
    forEach(all::add);
    return all;
  }

  void forEach(Consumer<Line> visitor) {
    for (Line slot : slots) {
      for (Line line = slot; line != null; line = line.chained) {
        visitor.accept(line);
      }
    }
  }

  /** Takes back what was tracked in this round, because it failed. */
  void untrack() {
    forEach(
        line -> {
          if (line.tracked == round) {
            line.tracked = line.trackedBefore;
          }
        });
  }

  /** The series that had a sample in the round before this and have none in this. */
  List<Line> vanished() {
    var vanished = new ArrayList<Line>();
    forEach(
        line -> {
          if (line.tracked == round - 1) {
            vanished.add(line);
          }
        });
    return vanished;
  }

  /**
   * Ends a round.
   *
   * @param complete whether the target's text was read to its end: then lines that were not in it
   *     are forgotten
   * @return whether lines were forgotten
   */
  boolean end(boolean complete) {
    last.following = null;
    last = start;
    boolean forgotten = false;
    if (complete || size / 2 > sizeAfterSuccess + SPARE / 2) {
      List<Line> all = all();
      int before = size;
      all.removeIf(line -> line.seen != round);
      size = all.size();
      forgotten = size < before;
      if (forgotten) {
        slots = new Line[slots.length];
        all.forEach(this::put);
      }
      sizeAfterSuccess = complete ? size : sizeAfterSuccess;
    }
    round++;
    return forgotten;
  }

  private static int hash(byte[] text, int from, int to) {
    long hash = (long) to - from;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = (hash ^ (long) LONG.get(text, at)) * MIX;
      hash ^= hash >>> 32;
    }
    for (; at < to; at++) {
      hash = (hash ^ text[at]) * MIX;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }
}

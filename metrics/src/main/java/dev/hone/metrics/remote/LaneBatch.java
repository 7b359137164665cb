package dev.hone.metrics.remote;

import dev.hone.metrics.Labels;
import dev.hone.metrics.wire.WriteRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Samples on their way to one backend, together by series; reused. */
final class LaneBatch {
  private final Map<Integer, Run> series = new HashMap<>();
  private final List<Run> touched = new ArrayList<>();
  private int samples;

  /** The samples of a series in the batch. */
  private static final class Run {
    /** Encoded; empty when the series is not the backend's. */
    final byte[] labels;

    long[] times = new long[4];
    long[] bits = new long[4];
    int count;

    Run(byte[] labels) {
      this.labels = labels;
    }
  }

  /** Samples of one series in one request. */
  record Piece(Run run, int from, int to) {
    void addTo(WriteRequest request) {
      int count = to - from;
      if (from == 0) {
        request.add(run.labels, run.times, run.bits, count);
      } else {
        request.add(
            run.labels,
            Arrays.copyOfRange(run.times, from, to),
            Arrays.copyOfRange(run.bits, from, to),
            count);
      }
    }
  }

  /** Drops all samples; the series stay known. */
  void clear() {
    for (Run run : touched) {
      run.count = 0;
    }
    touched.clear();
    samples = 0;
  }

  /** Forgets which series are meant by numbers; the samples stay. */
  void forgetSeries() {
    series.clear();
  }

  /**
   * A series is meant by a number from now on.
   *
   * @param slot its slot, or -1 when it is not to be sent
   */
  void define(int number, Labels labels, int slot) {
    series.put(
        number,
        new Run(
            slot < 0
                ? new byte[0]
                : WriteRequest.labels(labels.with(Slots.LABEL, Integer.toString(slot)))));
  }

  void add(int number, long time, long bits) {
    Run run = series.get(number);
    if (run == null || run.labels.length == 0) {
      return;
    }
    if (run.count == 0) {
      touched.add(run);
    }
    if (run.count == run.times.length) {
      run.times = Arrays.copyOf(run.times, run.count * 2);
      run.bits = Arrays.copyOf(run.bits, run.count * 2);
    }
    run.times[run.count] = time;
    run.bits[run.count++] = bits;
    samples++;
  }

  int samples() {
    return samples;
  }

  /** What to send, in requests of at most so many samples; each series in its order. */
  List<List<Piece>> requests(int most) {
    var requests = new ArrayList<List<Piece>>();
    List<Piece> now = new ArrayList<>();
    int room = most;
    for (Run run : touched) {
      for (int from = 0; from < run.count; ) {
        int to = Math.min(run.count, from + room);
        now.add(new Piece(run, from, to));
        room -= to - from;
        from = to;
        if (room == 0) {
          requests.add(now);
          now = new ArrayList<>();
          room = most;
        }
      }
    }
    if (!now.isEmpty()) {
      requests.add(now);
    }
    return requests;
  }

  static int samples(List<Piece> pieces) {
    return pieces.stream().mapToInt(piece -> piece.to() - piece.from()).sum();
  }

  /** The pieces in two parts, the first with half of the samples. */
  static List<List<Piece>> halves(List<Piece> pieces, int samples) {
    var first = new ArrayList<Piece>();
    var second = new ArrayList<Piece>();
    int room = samples / 2;
    for (Piece piece : pieces) {
      int cut = Math.min(piece.to(), piece.from() + room);
      if (cut > piece.from()) {
        first.add(new Piece(piece.run(), piece.from(), cut));
      }
      if (cut < piece.to()) {
        second.add(new Piece(piece.run(), cut, piece.to()));
      }
      room -= cut - piece.from();
    }
    return List.of(first, second);
  }
}

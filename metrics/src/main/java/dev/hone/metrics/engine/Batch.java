package dev.hone.metrics.engine;

import dev.hone.metrics.TooLargeException;
import java.util.Arrays;

/** Samples that are to be stored together; reused. */
final class Batch {
  /** As many samples as surely fit into one record of the log. */
  static final int MOST = 1 << 21;

  private static final int USUAL = 1 << 10;

  /** Arrays up to this length are kept for the next batch. */
  private static final int KEPT = 1 << 17;

  HeadSeries[] series = new HeadSeries[USUAL];
  long[] times = new long[USUAL];
  long[] bits = new long[USUAL];
  int size;
  int number;
  long duplicate;
  long tooOld;
  long tooNew;
  long already;
  String example = "";

  void begin() {
    if (times.length > KEPT) {
      series = new HeadSeries[USUAL];
      times = new long[USUAL];
      bits = new long[USUAL];
    }
    size = 0;
    duplicate = 0;
    tooOld = 0;
    tooNew = 0;
    already = 0;
    example = "";
    number++;
  }

  void add(HeadSeries one, long time, long value) {
    if (size == times.length) {
      if (size == MOST) {
        throw new TooLargeException(
            "there are more than " + MOST + " samples in a batch; send less");
      }
      series = Arrays.copyOf(series, size * 2);
      times = Arrays.copyOf(times, size * 2);
      bits = Arrays.copyOf(bits, size * 2);
    }
    series[size] = one;
    times[size] = time;
    bits[size++] = value;
  }

  void refuse(String sentence, HeadSeries one, long time) {
    if (example.isEmpty()) {
      example = "sample of `" + one.labels + "` at " + time + " ms refused: " + sentence;
    }
  }

  /** Writes the batch as the inside of a log record, definitions of new series first. */
  void encode(Head head, ByteSink out) {
    for (int i = 0; i < size; i++) {
      if (!series[i].logged) {
        series[i].logged = true;
        LogRecord.series(series[i].ref, head.key(series[i]), out);
      }
    }
    LogRecord.samples(size, out);
    out.ensure(size * 28);
    long ref = 0;
    long time = 0;
    for (int i = 0; i < size; i++) {
      out.putSigned(series[i].ref - ref);
      out.putSigned(times[i] - time);
      out.putLong(bits[i]);
      ref = series[i].ref;
      time = times[i];
    }
  }

  /** After a failed write: the definitions are to be written again. */
  void forgetLogged(int firstNewRef) {
    for (int i = 0; i < size; i++) {
      if (series[i].ref >= firstNewRef) {
        series[i].logged = false;
      }
    }
  }
}

package dev.hone.metrics.engine;

import java.util.Arrays;

/** Samples that are to be stored together; reused. */
final class Batch {
  HeadSeries[] series = new HeadSeries[1024];
  long[] times = new long[1024];
  long[] bits = new long[1024];
  int size;
  int number;
  long duplicate;
  long tooOld;
  long tooNew;
  long already;
  String example = "";

  void begin() {
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

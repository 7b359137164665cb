package dev.hone.metrics.scrape;

import java.util.Arrays;

/** The samples of one scrape before they are stored. */
final class ScrapedSamples {
  private static final int LEAST = 16;

  SeriesCache.Line[] lines;
  long[] times;
  long[] bits;
  int size;

  /** Samples in the text, and those that rules did not drop. */
  long scraped;

  long kept;

  /** Metrics that were not there the time before. */
  long fresh;

  boolean newComments;

  ScrapedSamples(int expected) {
    int capacity = Math.max(LEAST, expected);
    lines = new SeriesCache.Line[capacity];
    times = new long[capacity];
    bits = new long[capacity];
  }

  void add(SeriesCache.Line line, long time, long value) {
    if (size == times.length) {
      lines = Arrays.copyOf(lines, size * 2);
      times = Arrays.copyOf(times, size * 2);
      bits = Arrays.copyOf(bits, size * 2);
    }
    lines[size] = line;
    times[size] = time;
    bits[size++] = value;
  }

  /** Forgets the samples; the counts stay. */
  void clear() {
    size = 0;
  }
}

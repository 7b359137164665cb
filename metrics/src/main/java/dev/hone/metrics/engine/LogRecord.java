package dev.hone.metrics.engine;

/**
 * Records of the write-ahead log: definitions of series (type 1: number, length, key) and samples
 * (type 2: for each the distance of its series' number and of its time from the sample before, and
 * the value's eight bytes), in any sequence until the record's end.
 */
final class LogRecord {
  static final int SERIES = 1;
  static final int SAMPLES = 2;

  private LogRecord() {}

  static void series(int ref, byte[] key, ByteSink out) {
    out.put(SERIES);
    out.putVar(ref);
    out.putVar(key.length);
    out.put(key);
  }

  /** Begins a run of samples. */
  static void samples(int count, ByteSink out) {
    out.put(SAMPLES);
    out.putVar(count);
  }

  /** Takes what is in a record. */
  interface Target {
    void series(int ref, byte[] key);

    void sample(int ref, long time, long bits);
  }

  /**
   * Reads one record.
   *
   * @throws IllegalArgumentException when it is not one
   */
  static void read(ByteSource in, Target target) {
    while (in.hasMore()) {
      int type = in.get();
      if (type == SERIES) {
        int ref = in.getCount();
        target.series(ref, in.get(in.getCount()));
      } else if (type == SAMPLES) {
        int count = in.getCount();
        long ref = 0;
        long time = 0;
        for (int i = 0; i < count; i++) {
          ref += in.getSigned();
          time += in.getSigned();
          target.sample((int) ref, time, in.getLong());
        }
      } else {
        throw new IllegalArgumentException("a record of type " + type + " at " + in.position());
      }
    }
  }
}

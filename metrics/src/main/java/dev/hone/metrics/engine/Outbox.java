package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import dev.hone.metrics.TooLargeException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A durable queue of samples on the disk: a log ({@link WriteLog}) that several readers follow,
 * each at a place of its own. A segment defines every series it has samples of, so that the
 * segments before it can be deleted. One thread appends at a time; a reader belongs to one thread.
 */
public final class Outbox implements AutoCloseable {
  private final Path folder;
  private final long segmentBytes;
  private final long limitBytes;
  private final Consumer<String> notices;
  private final WriteLog log;
  private final ByteSink record = new ByteSink(1 << 16);
  private final ArrayDeque<long[]> old = new ArrayDeque<>();
  private long oldBytes;
  private boolean[] defined = new boolean[1024];
  private int[] definedNow = new int[64];
  private long samplesHere;
  private long startedAt;
  private volatile Position end;

  /**
   * A place in the queue.
   *
   * @param segment number of a segment of the log
   * @param offset bytes of it that lie before
   */
  public record Position(int segment, long offset) implements Comparable<Position> {
    /** Before everything. */
    public static final Position START = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
      return segment != other.segment
          ? Integer.compare(segment, other.segment)
          : Long.compare(offset, other.offset);
    }
  }

  /** Takes what a reader reads. */
  public interface Target {
    /** A series that is meant by a number from now on. */
    void series(int number, Labels labels);

    /** A sample of a series that was told before. */
    void sample(int number, long timeMillis, long bits);
  }

  /** There is no room; samples are to be sent again when some was made. */
  public static final class FullException extends IOException {
    FullException(String message) {
      super(message);
    }
  }

  /**
   * Opens the queue in a folder, which is made when it is not there.
   *
   * @param segmentBytes samples of a segment, in bytes
   * @param limitBytes what all segments may take
   * @param notices takes sentences on what is damaged
   */
  public static Outbox open(
      Path folder, long segmentBytes, long limitBytes, Consumer<String> notices)
      throws IOException {
    return new Outbox(folder, segmentBytes, limitBytes, notices);
  }

  private Outbox(Path folder, long segmentBytes, long limitBytes, Consumer<String> notices)
      throws IOException {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
    this.limitBytes = limitBytes;
    this.notices = notices;
    List<Integer> segments = WriteLog.segments(folder);
    for (int segment : segments) {
      remember(segment, Files.size(WriteLog.segment(folder, segment)));
    }
    int next = segments.isEmpty() ? 1 : segments.getLast() + 1;
    this.log = new WriteLog(folder, next, Long.MAX_VALUE);
    this.end = new Position(log.rotate(), 0);
  }

  private void remember(int segment, long bytes) {
    old.addLast(new long[] {segment, bytes});
    oldBytes += bytes;
  }

  /** Where the next sample will lie. */
  public Position end() {
    return end;
  }

  /** What the queue takes on the disk, in bytes. */
  public synchronized long bytes() {
    return oldBytes + end.offset();
  }

  /** How many bytes lie between a place and the end. */
  public synchronized long bytesAfter(Position position) {
    long bytes = end.offset() - (position.segment() == end.segment() ? position.offset() : 0);
    for (long[] segment : old) {
      if (segment[0] > position.segment()) {
        bytes += segment[1];
      } else if (segment[0] == position.segment()) {
        bytes += Math.max(0, segment[1] - position.offset());
      }
    }
    return bytes;
  }

  /**
   * Appends samples; {@link #sync} makes them durable.
   *
   * @param series their series, by numbers that are small and may be used again for another series
   *     after {@link #forget}
   * @param labels the labels of a number
   * @return where they end
   * @throws FullException when there is no room
   * @throws IOException when they cannot be written; then none of them is in the queue
   */
  public synchronized Position append(
      int[] series, long[] times, long[] bits, int count, IntFunction<Labels> labels)
      throws IOException {
    if (samplesHere >= segmentBytes || end.offset() >= limitBytes / 4) {
      rotate();
    }
    record.clear();
    int began = Frames.begin(record);
    int news = define(series, count, labels);
    int samplesFrom = record.length;
    LogRecord.samples(count, record);
    long lastSeries = 0;
    long lastTime = 0;
    for (int i = 0; i < count; i++) {
      record.putSigned(series[i] - lastSeries);
      record.putSigned(times[i] - lastTime);
      record.putLong(bits[i]);
      lastSeries = series[i];
      lastTime = times[i];
    }
    Frames.end(record, began);
    try {
      if (bytes() + record.length > limitBytes) {
        throw new FullException(
            "the buffer of samples that are still to be sent holds its maximum of %d MiB; bring a backend back or raise `metrics.buffer`"
                .formatted(limitBytes >> 20));
      }
      if (record.length - began > Frames.MAX_PAYLOAD) {
        throw new TooLargeException("a batch of " + count + " samples is too large; send less");
      }
      long written = log.write(record.bytes, record.length);
      samplesHere += record.length - samplesFrom;
      Position reached = new Position(end.segment(), written - startedAt);
      end = reached;
      return reached;
    } catch (IOException e) {
      for (int i = 0; i < news; i++) {
        defined[definedNow[i]] = false;
      }
      throw e;
    }
  }

  private int define(int[] series, int count, IntFunction<Labels> labels) {
    int news = 0;
    for (int i = 0; i < count; i++) {
      int number = series[i];
      if (number >= defined.length) {
        defined = Arrays.copyOf(defined, Math.max(number + 1, defined.length * 2));
      }
      if (!defined[number]) {
        defined[number] = true;
        LogRecord.series(number, KeyBytes.of(labels.apply(number)), record);
        if (news == definedNow.length) {
          definedNow = Arrays.copyOf(definedNow, news * 2);
        }
        definedNow[news++] = number;
      }
    }
    return news;
  }

  /** The number of a series is free for another one. */
  public synchronized void forget(int number) {
    if (number < defined.length) {
      defined[number] = false;
    }
  }

  private void rotate() throws IOException {
    int number = log.rotate();
    remember(end.segment(), end.offset());
    startedAt = log.written();
    samplesHere = 0;
    Arrays.fill(defined, false);
    end = new Position(number, 0);
  }

  /** Brings what was appended to the disk. */
  public void sync() throws IOException {
    log.sync(log.written());
  }

  /** Deletes what lies before a place, as far as it fills whole segments. */
  public synchronized void deleteBefore(Position position) throws IOException {
    boolean any = false;
    while (!old.isEmpty() && old.getFirst()[0] < position.segment()) {
      oldBytes -= old.removeFirst()[1];
      any = true;
    }
    if (any) {
      log.deleteBefore(position.segment());
    }
  }

  /** A reader that goes on where another one stopped, or with the oldest that is there. */
  public synchronized Reader reader(Position from) {
    int first = old.isEmpty() ? end.segment() : (int) old.getFirst()[0];
    return new Reader(from.segment() < first ? new Position(first, 0) : from);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  /** Reads record by record, never further than {@link #end}. */
  public final class Reader implements AutoCloseable {
    private Position position;
    private Frames.@Nullable Reader frames;
    private @Nullable BufferedInputStream in;

    Reader(Position from) {
      this.position = from;
    }

    /** What was read lies before it. */
    public Position position() {
      return position;
    }

    /**
     * Reads one record.
     *
     * @return false when there is none
     * @throws IOException when the log cannot be read
     */
    public boolean next(Target target) throws IOException {
      while (true) {
        Position last = end;
        if (position.compareTo(last) >= 0) {
          return false;
        }
        Frames.@Nullable Reader open = frames == null ? open(target) : frames;
        if (open != null && read(open, last, target)) {
          return true;
        }
        if (position.segment() == last.segment()) {
          throw new IOException(
              "the log in " + folder + " ends before byte " + last.offset() + " of its last part");
        }
        close();
        position = new Position(position.segment() + 1, 0);
      }
    }

    /** Reads a record, or the end of a segment that is not the last. */
    private boolean read(Frames.Reader open, Position last, Target target) throws IOException {
      try {
        ByteSource payload = open.next();
        if (payload == null) {
          return false;
        }
        LogRecord.read(payload, decoding(target));
        position = new Position(position.segment(), open.position());
        return true;
      } catch (Frames.DamagedException | IllegalArgumentException e) {
        if (position.segment() == last.segment()) {
          throw new IOException(e.getMessage(), e);
        }
        notices.accept(
            "%s: %s; what follows in this file cannot be sent"
                .formatted(WriteLog.segment(folder, position.segment()), e.getMessage()));
        return false;
      }
    }

    /** Opens the segment of the position and learns the series that are defined before it. */
    private Frames.@Nullable Reader open(Target target) throws IOException {
      Path file = WriteLog.segment(folder, position.segment());
      if (!Files.exists(file)) {
        return null;
      }
      in = new BufferedInputStream(Files.newInputStream(file), 1 << 18);
      Frames.Reader opened = new Frames.Reader(in);
      LogRecord.Target definitions =
          new LogRecord.Target() {
            @Override
            public void series(int ref, byte[] key) {
              target.series(ref, KeyBytes.labels(key));
            }

            @Override
            public void sample(int ref, long time, long bits) {}
          };
      try {
        while (opened.position() < position.offset()) {
          ByteSource payload = opened.next();
          if (payload == null) {
            break;
          }
          LogRecord.read(payload, definitions);
        }
      } catch (Frames.DamagedException | IllegalArgumentException e) {
        return null;
      }
      frames = opened;
      return opened;
    }

    private static LogRecord.Target decoding(Target target) {
      return new LogRecord.Target() {
        @Override
        public void series(int ref, byte[] key) {
          target.series(ref, KeyBytes.labels(key));
        }

        @Override
        public void sample(int ref, long time, long bits) {
          target.sample(ref, time, bits);
        }
      };
    }

    @Override
    public void close() throws IOException {
      BufferedInputStream open = in;
      in = null;
      frames = null;
      if (open != null) {
        open.close();
      }
    }
  }
}

package dev.hone.metrics.engine;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The whole head in one file, chunks as they are, so that the log before it is not needed and a
 * start costs no more memory than running does. Its number is that of the first segment that still
 * has to be read after it; samples in both are recognised by their times.
 */
final class Checkpoint {
  private static final String PREFIX = "checkpoint-";
  private static final int FRAME = 1 << 20;
  private static final int END = 0x454E4421;

  private Checkpoint() {}

  /** Writes a checkpoint; older ones are deleted. */
  static void write(Path folder, int firstSegment, Head head) throws IOException {
    Path temporary = folder.resolve("checkpoint.tmp");
    Path file = folder.resolve("%s%08d".formatted(PREFIX, firstSegment));
    try (var out =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var sink = new ByteSink(FRAME + (1 << 16));
      int began = Frames.begin(sink);
      for (HeadSeries series : head.all()) {
        head.lock.readLock().lock();
        try {
          if (!series.dropped) {
            encode(series, head.key(series), sink);
          }
        } finally {
          head.lock.readLock().unlock();
        }
        if (sink.length >= FRAME) {
          flush(out, sink, began);
          sink.clear();
          began = Frames.begin(sink);
        }
      }
      flush(out, sink, began);
      sink.clear();
      began = Frames.begin(sink);
      sink.putInt(END);
      flush(out, sink, began);
      out.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    WriteLog.syncFolder(folder);
    for (Path other : Folders.list(folder)) {
      String name = String.valueOf(other.getFileName());
      if (name.startsWith(PREFIX) && !other.equals(file)) {
        Files.deleteIfExists(other);
      }
    }
  }

  private static void flush(FileChannel out, ByteSink sink, int began) throws IOException {
    Frames.end(sink, began);
    var buffer = ByteBuffer.wrap(sink.bytes, 0, sink.length);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  private static void encode(HeadSeries series, byte[] key, ByteSink out) {
    out.putVar(series.ref);
    out.putVar(key.length);
    out.put(key);
    var chunks = new ArrayList<Chunk>();
    for (Chunk chunk = series.closed(); chunk != null; chunk = chunk.previous()) {
      chunks.add(chunk);
    }
    out.putVar(chunks.size());
    chunks.reversed().forEach(chunk -> encode(chunk, out));
    out.put(series.count() > 0 ? 1 : 0);
    if (series.count() > 0) {
      encode(series.copy(null), out);
    }
    LateSamples late = series.late();
    out.putVar(late == null ? 0 : late.size());
    for (int i = 0; late != null && i < late.size(); i++) {
      out.putSigned(late.time(i));
      out.putLong(late.bits(i));
    }
  }

  private static void encode(Chunk chunk, ByteSink out) {
    out.putSigned(chunk.firstTime());
    out.putVar(chunk.lastTime() - chunk.firstTime());
    out.putVar(chunk.count());
    out.putVar(chunk.data().length);
    out.put(chunk.data());
  }

  private static Chunk chunk(ByteSource in) {
    long first = in.getSigned();
    long last = first + in.getVar();
    int count = in.getCount();
    return new Chunk(null, first, last, count, in.get(in.getCount()));
  }

  /**
   * Fills an empty head from the newest checkpoint.
   *
   * @return the number of the first segment that still has to be read; 0 without a checkpoint
   * @throws IOException when the checkpoint cannot be read
   * @throws CorruptException when it is damaged
   */
  static int load(Path folder, Head head) throws IOException {
    @Nullable Path newest = null;
    for (Path file : Folders.list(folder)) {
      if (String.valueOf(file.getFileName()).matches(PREFIX + "[0-9]{8,9}")) {
        newest = file;
      }
    }
    if (newest == null) {
      return 0;
    }
    boolean complete = false;
    try (var in = new BufferedInputStream(Files.newInputStream(newest), 1 << 18)) {
      var frames = new Frames.Reader(in);
      for (ByteSource frame; (frame = frames.next()) != null; ) {
        if (frame.size() == 4) {
          complete = frame.getInt() == END;
        }
        while (frame.hasMore()) {
          decode(frame, head);
        }
      }
    } catch (IllegalArgumentException | IllegalStateException | Frames.DamagedException e) {
      throw new CorruptException("the checkpoint " + newest + " is damaged: " + e.getMessage(), e);
    }
    if (!complete) {
      throw new CorruptException("the checkpoint " + newest + " is cut off");
    }
    return Integer.parseInt(String.valueOf(newest.getFileName()).substring(PREFIX.length()));
  }

  private static void decode(ByteSource in, Head head) {
    int ref = in.getCount();
    HeadSeries series = head.create(in.get(in.getCount()), ref);
    series.logged = true;
    int chunks = in.getCount();
    for (int i = 0; i < chunks; i++) {
      series.restoreClosed(chunk(in));
    }
    if (in.get() == 1) {
      series.restoreOpen(chunk(in));
    }
    int late = in.getCount();
    for (int i = 0; i < late; i++) {
      series.addLate(in.getSigned(), in.getLong());
    }
    head.noteTime(series);
  }
}

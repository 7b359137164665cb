package dev.hone.metrics.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead log: numbered segments of records ({@link Frames}) in one folder. A segment is
 * never written again after a restart. What fails to be written whole is cut off again, so that a
 * refused record leaves no trace.
 */
final class WriteLog implements AutoCloseable {
  private static final String SUFFIX = ".log";

  private final Path folder;
  private final long segmentBytes;
  private int number;
  private @Nullable FileChannel channel;
  private @Nullable FileChannel unsynced;
  private long length;
  private volatile long written;
  private volatile long synced;
  private final Object syncing = new Object();

  /**
   * Opens the log for writing in a new segment.
   *
   * @param next number of the segment
   */
  WriteLog(Path folder, int next, long segmentBytes) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.number = next - 1;
    this.segmentBytes = segmentBytes;
  }

  /** The numbers of the segments in a folder, ascending. */
  static List<Integer> segments(Path folder) throws IOException {
    var numbers = new ArrayList<Integer>();
    if (Files.isDirectory(folder)) {
      try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        for (Path file : files) {
          String name = String.valueOf(file.getFileName());
          String digits = name.substring(0, name.length() - SUFFIX.length());
          if (digits.matches("[0-9]{1,9}")) {
            numbers.add(Integer.parseInt(digits));
          }
        }
      }
    }
    numbers.sort(null);
    return numbers;
  }

  static Path segment(Path folder, int number) {
    return folder.resolve("%08d%s".formatted(number, SUFFIX));
  }

  /** All that has been written since the log was opened, in bytes. */
  long written() {
    return written;
  }

  /**
   * Writes whole records.
   *
   * @return what to give to {@link #sync} to have them on the disk
   * @throws IOException when they could not be written; then none of them is in the log
   */
  long write(byte[] records, int count) throws IOException {
    FileChannel open = channel;
    if (open == null || (length + count > segmentBytes && length > 0)) {
      rotate();
      open = channel;
    }
    if (open == null) {
      throw new IOException("the write-ahead log in " + folder + " is closed");
    }
    var buffer = ByteBuffer.wrap(records, 0, count);
    try {
      while (buffer.hasRemaining()) {
        open.write(buffer);
      }
    } catch (IOException e) {
      cutOff(open, e);
      throw e;
    }
    length += count;
    long reached = written + count;
    written = reached;
    return reached;
  }

  private void cutOff(FileChannel open, IOException cause) {
    try {
      open.truncate(length);
    } catch (IOException e) {
      cause.addSuppressed(e);
      channel = null;
      try {
        open.force(false);
        open.close();
      } catch (IOException again) {
        cause.addSuppressed(again);
      }
    }
  }

  /** Ends the current segment and begins the next; returns the new one's number. */
  int rotate() throws IOException {
    Path next = segment(folder, number + 1);
    FileChannel opened =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    syncFolder(folder);
    synchronized (syncing) {
      FileChannel old = channel;
      if (old != null) {
        old.force(false);
        old.close();
        synced = written;
      }
      unsynced = opened;
    }
    number++;
    channel = opened;
    length = 0;
    return number;
  }

  /** Makes sure that what was written up to {@code position} is on the disk. */
  void sync(long position) throws IOException {
    if (synced >= position) {
      return;
    }
    synchronized (syncing) {
      FileChannel open = unsynced;
      if (synced >= position || open == null) {
        return;
      }
      long reached = written;
      open.force(false);
      synced = reached;
    }
  }

  /** Deletes the segments before a number. */
  void deleteBefore(int first) throws IOException {
    for (int segment : segments(folder)) {
      if (segment < first) {
        Files.deleteIfExists(segment(folder, segment));
      }
    }
  }

  static void syncFolder(Path folder) throws IOException {
    try (var open = FileChannel.open(folder, StandardOpenOption.READ)) {
      open.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    if (open != null) {
      sync(written);
      open.close();
      channel = null;
    }
  }
}

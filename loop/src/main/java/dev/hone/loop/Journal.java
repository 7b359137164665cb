package dev.hone.loop;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The append-only files that are the truth about all loops, one line an entry, see {@link
 * ChainedLine}. An append returns when the entry is on disk (fsync). One process at a time: {@code
 * FILE.lock} beside it is locked (the system drops the lock of a file as soon as its process closes
 * any handle on it, so a reader of the journal itself would release it). Writing survives an
 * interrupt of the thread, which a channel would not.
 *
 * <p>A last line that is torn by a crash is cut off: it was never acknowledged. Damage anywhere
 * else is an error, because what follows cannot be trusted.
 */
public final class Journal implements AutoCloseable {
  static final int MAX_ENTRY_BYTES = 4 << 20;

  private final Segments files;
  private final Opener opener;
  private final RandomAccessFile lock;
  private RandomAccessFile data;
  private Head head;
  private int closedSegments;
  private @Nullable String failure;

  private Journal(
      Segments files,
      Opener opener,
      RandomAccessFile data,
      RandomAccessFile lock,
      Head head,
      int closedSegments) {
    this.files = files;
    this.opener = opener;
    this.data = data;
    this.lock = lock;
    this.head = head;
    this.closedSegments = closedSegments;
  }

  /**
   * One entry.
   *
   * @param sequence counted from 1 without gaps
   * @param at when it was written
   * @param loop the loop's id, empty for events that belong to none
   * @param event what happened
   * @param hash of the chain up to here, see {@link ChainedLine}
   */
  public record Entry(long sequence, Instant at, String loop, LoopEvent event, String hash) {}

  /** The last entry: what the next one follows. */
  record Head(long sequence, String hash) {
    /** Before the first entry. */
    static final Head NONE = new Head(0, ChainedLine.GENESIS);
  }

  /** From where a journal is replayed: everything before is known from elsewhere. */
  record Start(int closedSegments, Head head) {
    /** From the first entry. */
    static final Start FIRST = new Start(0, Head.NONE);
  }

  /** The journal cannot be used. The message names file, cause and remedy. */
  public static final class JournalException extends RuntimeException {
    JournalException(String message) {
      super(message);
    }

    JournalException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Opens a file for reading and writing. */
  interface Opener {
    RandomAccessFile open(Path file) throws IOException;
  }

  /** The system's own. */
  static final Opener DISK = path -> new RandomAccessFile(path.toFile(), "rw");

  /**
   * Opens or makes the journal and hands every entry to {@code replay}, oldest first.
   *
   * @throws JournalException when another process has it open, it cannot be written, or it is
   *     damaged
   */
  public static Journal open(Path file, Consumer<Entry> replay) {
    return open(file, DISK, () -> Start.FIRST, replay);
  }

  static Journal open(Path file, Opener opener, Consumer<Entry> replay) {
    return open(file, opener, () -> Start.FIRST, replay);
  }

  /** Tells from where to replay, once the journal is locked. */
  interface Beginning {
    Start find() throws IOException;
  }

  static Journal open(Path file, Opener opener, Beginning beginning, Consumer<Entry> replay) {
    RandomAccessFile data = null;
    RandomAccessFile lock = null;
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      lock = new RandomAccessFile(file + ".lock", "rw");
      lock(lock.getChannel(), file);
      var files = new Segments(file);
      Start start = beginning.find();
      Start reached = replayClosed(files, start, replay);
      data = opener.open(file);
      Scan scan = scan(data, file, reached.head, replay);
      if (scan.end < data.length()) {
        data.setLength(scan.end);
        data.getFD().sync();
      }
      data.seek(scan.end);
      return new Journal(files, opener, data, lock, scan.head, reached.closedSegments);
    } catch (IOException e) {
      closeQuietly(data);
      closeQuietly(lock);
      throw new JournalException(
          "journal `"
              + file
              + "` cannot be opened: "
              + reason(e)
              + "; give Hone a data directory that it may write with --data-dir",
          e);
    } catch (RuntimeException e) {
      closeQuietly(data);
      closeQuietly(lock);
      throw e;
    }
  }

  /** Whether there is a journal, even one whose growing file is not there: see {@link #rotate}. */
  public static boolean exists(Path file) throws IOException {
    return Files.exists(file) || !new Segments(file).closedAfter(0).isEmpty();
  }

  /**
   * Reads all whole entries of a journal without locking or changing it, while it may be written.
   */
  public static void read(Path file, Consumer<Entry> replay) throws IOException {
    read(file, Start.FIRST, replay);
  }

  /** The growing file counts only when none was put aside between what was read and its opening. */
  static void read(Path file, Start start, Consumer<Entry> replay) throws IOException {
    var files = new Segments(file);
    Start reached = start;
    while (true) {
      reached = replayClosed(files, reached, replay);
      try (var data = new RandomAccessFile(file.toFile(), "r")) {
        if (files.closedAfter(reached.closedSegments).isEmpty()) {
          scan(data, file, reached.head, replay);
          return;
        }
      } catch (FileNotFoundException e) {
        if (Files.exists(file) || reached.closedSegments == 0) {
          throw e;
        } else if (files.closedAfter(reached.closedSegments).isEmpty()) {
          return;
        }
      }
    }
  }

  private static Start replayClosed(Segments files, Start start, Consumer<Entry> replay)
      throws IOException {
    Start reached = start;
    for (Segments.Closed closed : files.closedAfter(start.closedSegments)) {
      if (closed.number() != reached.closedSegments + 1) {
        throw new JournalException(
            "journal `"
                + files.closed(reached.closedSegments + 1)
                + "` is missing; restore the file from a backup");
      }
      try (var data = new RandomAccessFile(closed.file().toFile(), "r")) {
        Scan scan = scan(data, closed.file(), reached.head, replay);
        if (scan.end < data.length()) {
          throw damaged(closed.file(), scan.lines + 1, "its check does not fit", null);
        }
        reached = new Start(closed.number(), scan.head);
      }
    }
    return reached;
  }

  @SuppressWarnings("resource")
  private static void lock(FileChannel channel, Path file) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new JournalException(
          "data directory `"
              + file.toAbsolutePath().getParent()
              + "` is in use by another Hone; stop it or choose another with --data-dir");
    }
  }

  /** How far the whole entries reach. */
  private record Scan(long end, Head head, long lines) {}

  private static Scan scan(RandomAccessFile data, Path file, Head before, Consumer<Entry> replay)
      throws IOException {
    long end = 0;
    Head head = before;
    long line = 0;
    var reader = new LineReader(data);
    byte[] text;
    while ((text = reader.next()) != null && reader.terminated()) {
      ChainedLine.Checked checked = ChainedLine.check(text, head.hash);
      if (checked == null) {
        if (reader.position() >= data.length()) {
          break;
        }
        throw damaged(file, line + 1, "its check does not fit", null);
      }
      try {
        Entry entry = ChainedLine.decode(checked);
        if (entry.sequence() != head.sequence + 1) {
          throw new IllegalArgumentException(
              "entry " + entry.sequence() + " follows entry " + head.sequence);
        }
        replay.accept(entry);
      } catch (IllegalArgumentException | IllegalStateException | DateTimeException e) {
        throw damaged(file, line + 1, String.valueOf(e.getMessage()), e);
      }
      line++;
      head = new Head(head.sequence + 1, checked.hash());
      end = reader.position();
    }
    return new Scan(end, head, line);
  }

  private static JournalException damaged(
      Path file, long line, String why, @Nullable RuntimeException cause) {
    return new JournalException(
        "journal `"
            + file
            + "` is damaged at line "
            + line
            + ": "
            + why
            + "; restore the file from a backup, or move it away to start anew (open changes are"
            + " then yours to undo)",
        cause);
  }

  /**
   * Writes an entry; it is durable when this returns.
   *
   * @throws JournalException when the disk refuses; nothing of the entry remains then
   */
  public synchronized Entry append(String loop, LoopEvent event, Instant at) {
    if (failure != null) {
      throw new JournalException(failure);
    }
    String json = ChainedLine.json(head.sequence + 1, at, loop, event);
    String hash = ChainedLine.hash(head.hash, json.getBytes(StandardCharsets.UTF_8));
    byte[] line = ChainedLine.encode(hash, json);
    if (line.length > MAX_ENTRY_BYTES) {
      throw new JournalException(
          "an entry of "
              + line.length
              + " bytes does not fit the journal; the maximum is "
              + MAX_ENTRY_BYTES);
    }
    long start = -1;
    try {
      start = data.getFilePointer();
      data.write(line);
      data.getFD().sync();
      head = new Head(head.sequence + 1, hash);
      return new Entry(head.sequence, at, loop, event, hash);
    } catch (IOException e) {
      cutBack(start);
      throw new JournalException(
          "journal `"
              + files.current()
              + "` cannot be written: "
              + reason(e)
              + "; free some space or check the disk",
          e);
    }
  }

  /** The bytes of the file that grows. */
  synchronized long size() throws IOException {
    return data.length();
  }

  /** The last entry and the number of full files. */
  synchronized Start reached() {
    return new Start(closedSegments, head);
  }

  /**
   * Puts the file that grows beside the full ones and begins another. A crash between the two
   * leaves a journal without a growing file, which is a whole one. Where no other can be made, the
   * full one goes on growing.
   */
  synchronized void rotate() throws IOException {
    Path full = files.closed(closedSegments + 1);
    Files.move(files.current(), full, StandardCopyOption.ATOMIC_MOVE);
    RandomAccessFile next;
    try {
      next = opener.open(files.current());
    } catch (IOException e) {
      Files.move(full, files.current(), StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    closeQuietly(data);
    data = next;
    closedSegments++;
  }

  /**
   * An event as a replay would give it: the same, but for numbers without a JSON form. What is in
   * memory is so always what the file says.
   */
  static LoopEvent asReplayed(LoopEvent event) {
    return RecordCodec.read(LoopEvent.class, RecordCodec.write((Record) event));
  }

  private void cutBack(long start) {
    try {
      if (start >= 0) {
        data.setLength(start);
        data.seek(start);
        data.getFD().sync();
      }
    } catch (IOException e) {
      failure = "journal `" + files.current() + "` is in doubt after a failed write; restart Hone";
    }
  }

  @Override
  public synchronized void close() {
    closeQuietly(data);
    closeQuietly(lock);
  }

  private static void closeQuietly(@Nullable RandomAccessFile data) {
    if (data != null) {
      try {
        data.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return switch (e) {
      case java.nio.file.AccessDeniedException denied -> "permission denied";
      case java.nio.file.FileAlreadyExistsException exists -> "a file of that name is in the way";
      case java.nio.file.NoSuchFileException missing -> "no such file or folder";
      default -> message == null ? e.getClass().getSimpleName() : message;
    };
  }
}

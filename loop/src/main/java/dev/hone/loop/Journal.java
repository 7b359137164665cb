package dev.hone.loop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The append-only file that is the truth about all loops. One line an entry: CRC-32C of the rest in
 * eight hexadecimal digits, a space, and a JSON object with {@code seq}, {@code at}, {@code loop}
 * and {@code event}. An append returns when the entry is on disk (fsync). One process at a time:
 * {@code FILE.lock} beside it is locked (the system drops the lock of a file as soon as its process
 * closes any handle on it, so a reader of the journal itself would release it). Writing survives an
 * interrupt of the thread, which a channel would not.
 *
 * <p>A last line that is torn by a crash is cut off: it was never acknowledged. Damage anywhere
 * else is an error, because what follows cannot be trusted.
 */
public final class Journal implements AutoCloseable {
  private static final int MAX_ENTRY_BYTES = 4 << 20;

  private final Path file;
  private final RandomAccessFile data;
  private final RandomAccessFile lock;
  private long nextSequence;
  private @Nullable String failure;

  private Journal(Path file, RandomAccessFile data, RandomAccessFile lock, long nextSequence) {
    this.file = file;
    this.data = data;
    this.lock = lock;
    this.nextSequence = nextSequence;
  }

  /**
   * One entry.
   *
   * @param sequence counted from 1 without gaps
   * @param at when it was written
   * @param loop the loop's id, empty for events that belong to none
   * @param event what happened
   */
  public record Entry(long sequence, Instant at, String loop, LoopEvent event) {}

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

  /**
   * Opens or makes the journal and hands every entry to {@code replay}, oldest first.
   *
   * @throws JournalException when another process has it open, it cannot be written, or it is
   *     damaged
   */
  public static Journal open(Path file, Consumer<Entry> replay) {
    return open(file, path -> new RandomAccessFile(path.toFile(), "rw"), replay);
  }

  static Journal open(Path file, Opener opener, Consumer<Entry> replay) {
    RandomAccessFile data = null;
    RandomAccessFile lock = null;
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      lock = new RandomAccessFile(file + ".lock", "rw");
      lock(lock.getChannel(), file);
      data = opener.open(file);
      long sequence = replay(data, file, replay);
      return new Journal(file, data, lock, sequence + 1);
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

  /** Reads all whole entries of a journal without locking or changing it. */
  public static void read(Path file, Consumer<Entry> replay) throws IOException {
    try (var data = new RandomAccessFile(file.toFile(), "r")) {
      scan(data, file, replay);
    }
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

  private static long replay(RandomAccessFile data, Path file, Consumer<Entry> replay)
      throws IOException {
    Scan scan = scan(data, file, replay);
    if (scan.end < data.length()) {
      data.setLength(scan.end);
      data.getFD().sync();
    }
    data.seek(scan.end);
    return scan.sequence;
  }

  /** How far the whole entries reach. */
  private record Scan(long end, long sequence) {}

  private static Scan scan(RandomAccessFile data, Path file, Consumer<Entry> replay)
      throws IOException {
    long end = 0;
    long sequence = 0;
    long line = 0;
    var reader = new LineReader(data);
    byte[] text;
    while ((text = reader.next()) != null) {
      line++;
      if (!reader.terminated()) {
        break;
      }
      String json = checked(text);
      if (json == null) {
        if (reader.position() >= data.length()) {
          break;
        }
        throw damaged(file, line, "its checksum does not fit", null);
      }
      try {
        Entry entry = decode(json);
        if (entry.sequence() != sequence + 1) {
          throw new IllegalArgumentException(
              "entry " + entry.sequence() + " follows entry " + sequence);
        }
        replay.accept(entry);
      } catch (IllegalArgumentException | IllegalStateException | DateTimeException e) {
        throw damaged(file, line, String.valueOf(e.getMessage()), e);
      }
      sequence++;
      end = reader.position();
    }
    return new Scan(end, sequence);
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
    var entry = new Entry(nextSequence, at, loop, event);
    byte[] line = encode(entry);
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
      nextSequence++;
      return entry;
    } catch (IOException e) {
      cutBack(start);
      throw new JournalException(
          "journal `"
              + file
              + "` cannot be written: "
              + reason(e)
              + "; free some space or check the disk",
          e);
    }
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
      failure = "journal `" + file + "` is in doubt after a failed write; restart Hone";
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

  private static byte[] encode(Entry entry) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("seq", entry.sequence());
    tree.put("at", entry.at().toString());
    tree.put("loop", entry.loop());
    tree.put("event", RecordCodec.toTree((Record) entry.event()));
    String json = Json.write(tree);
    return (checksum(json) + " " + json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The JSON text of a line, or null when its checksum does not fit. */
  private static @Nullable String checked(byte[] line) {
    String text = new String(line, StandardCharsets.UTF_8);
    if (text.length() < 10 || text.charAt(8) != ' ') {
      return null;
    }
    String json = text.substring(9);
    return checksum(json).equals(text.substring(0, 8)) ? json : null;
  }

  private static Entry decode(String json) {
    Map<String, @Nullable Object> tree = Json.parseObject(json);
    if (!(tree.get("seq") instanceof Long sequence)
        || !(tree.get("at") instanceof String at)
        || !(tree.get("event") instanceof Map<?, ?> event)) {
      throw new IllegalArgumentException("it has no `seq`, `at` or `event`");
    }
    @SuppressWarnings("unchecked")
    var fields = (Map<String, @Nullable Object>) event;
    return new Entry(
        sequence,
        Instant.parse(at),
        String.valueOf(tree.get("loop")),
        RecordCodec.fromTree(LoopEvent.class, fields));
  }

  private static String checksum(String json) {
    var crc = new CRC32C();
    crc.update(json.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
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

  /** Lines of a file as bytes, cut at the size of the largest entry, with the position after. */
  private static final class LineReader {
    private final RandomAccessFile data;
    private final byte[] buffer = new byte[1 << 16];
    private int next;
    private int limit;
    private long position;
    private boolean terminated;

    LineReader(RandomAccessFile data) throws IOException {
      this.data = data;
      data.seek(0);
    }

    long position() {
      return position;
    }

    boolean terminated() {
      return terminated;
    }

    byte @Nullable [] next() throws IOException {
      var line = new ByteArrayOutputStream(512);
      while (true) {
        if (next == limit) {
          limit = Math.max(0, data.read(buffer));
          next = 0;
          if (limit == 0) {
            terminated = false;
            return line.size() == 0 ? null : line.toByteArray();
          }
        }
        byte b = buffer[next++];
        position++;
        if (b == '\n') {
          terminated = true;
          return line.toByteArray();
        }
        if (line.size() < MAX_ENTRY_BYTES) {
          line.write(b);
        }
      }
    }
  }
}

package dev.hone.layer.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads files below {@code /proc} and {@code /sys} again and again through descriptors that stay
 * open. One reader for one thread: buffer and cursor are shared by all its files.
 *
 * <p>A kernel file is made anew by every read from position 0. The kernel hands out whole records
 * and at least half a page of them at a time (fs/seq_file.c), so a first read of less than {@link
 * #SURELY_ALL} bytes was everything, as no file read here has records that long.
 */
final class ProcFiles {
  private static final int SURELY_ALL = 2048;
  private static final int FIRST_BUFFER = 1 << 14;
  private static final int LARGEST_BUFFER = 1 << 22;

  private static final int MOST_KEPT = 1000;

  /** A quarter of the limit of 1024 that systems set where they set a low one. */
  private static final int FEW_KEPT = 256;

  /**
   * After a file could not be opened, or not be read when it had been, so many rounds pass before
   * the next attempt.
   */
  private static final int PAUSE_AFTER_FAILURE = 60;

  private final int mostKept;
  private int kept;
  private final ByteBuffer direct = ByteBuffer.allocateDirect(FIRST_BUFFER);
  private byte[] bytes = new byte[FIRST_BUFFER];
  private final Scan scan = new Scan();

  /**
   * A reader.
   *
   * @param mostKept how many descriptors it keeps; further files are opened for each read
   */
  ProcFiles(int mostKept) {
    this.mostKept = mostKept;
  }

  /**
   * How many descriptors a reader should keep in this process: a quarter of those it may have (the
   * soft limit of {@code self/limits}), so that neither sockets nor files of others run out.
   */
  static int budget(Path proc) {
    for (String line : HostProcesses.text(proc.resolve("self/limits")).split("\n")) {
      if (line.startsWith("Max open files")) {
        String soft = line.substring("Max open files".length()).strip().split("\\s+")[0];
        return soft.matches("\\d{1,9}")
            ? Math.min(MOST_KEPT, Integer.parseInt(soft) / 4)
            : MOST_KEPT;
      }
    }
    return FEW_KEPT;
  }

  ProcFile file(Path path) {
    return new ProcFile(path);
  }

  /** The number of descriptors that are open now. */
  int kept() {
    return kept;
  }

  /** One file. */
  final class ProcFile implements AutoCloseable {
    private final Path path;
    private @Nullable FileChannel channel;
    private int pause;
    private boolean firstRead;

    private ProcFile(Path path) {
      this.path = path;
    }

    /**
     * Reads the file anew. The cursor is valid until the next read of any file.
     *
     * @return null when it cannot be read at present: it does not exist, or this user may not
     */
    @Nullable Scan read() throws InterruptedException {
      if (pause > 0) {
        pause--;
        return null;
      }
      try {
        FileChannel open = channel;
        firstRead = open == null;
        if (open == null) {
          open = FileChannel.open(path, StandardOpenOption.READ);
          channel = open;
          kept++;
        }
        // Reading may replace the array by a larger one.
        int length = fill(open);
        scan.reset(bytes, length);
        if (kept > mostKept) {
          close();
        }
        return scan;
      } catch (ClosedByInterruptException e) {
        close();
        throw new InterruptedException("reading " + path + " was interrupted");
      } catch (IOException e) {
        if (firstRead) {
          pause = PAUSE_AFTER_FAILURE;
        }
        close();
        return null;
      }
    }

    private int fill(FileChannel open) throws IOException {
      int length = 0;
      while (true) {
        direct.clear();
        int got = open.read(direct, length);
        if (got <= 0) {
          return length;
        }
        if (length + got > bytes.length) {
          bytes = java.util.Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + got));
        }
        direct.flip();
        direct.get(bytes, length, got);
        length += got;
        if ((length == got && got < SURELY_ALL) || length >= LARGEST_BUFFER) {
          return length;
        }
      }
    }

    @Override
    public void close() {
      FileChannel open = channel;
      if (open != null) {
        channel = null;
        kept--;
        try {
          open.close();
        } catch (IOException e) {
          // A read-only descriptor has nothing to lose.
        }
      }
    }
  }
}

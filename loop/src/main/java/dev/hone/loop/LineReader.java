package dev.hone.loop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import org.jspecify.annotations.Nullable;

/** Lines of a file as bytes, cut at the size of the largest entry, with the position after. */
final class LineReader {
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
      if (line.size() < Journal.MAX_ENTRY_BYTES) {
        line.write(b);
      }
    }
  }
}

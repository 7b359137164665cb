package dev.hone.metrics.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Records in a file: length and CRC-32C (RFC 3720, section 12.1) of four bytes each, little-endian,
 * then the payload.
 */
final class Frames {
  static final int HEADER = 8;

  /** Larger records do not exist; a larger length is damage. */
  static final int MAX_PAYLOAD = 64 << 20;

  private Frames() {}

  /** Starts a record in a sink; returns the place to give to {@link #end}. */
  static int begin(ByteSink sink) {
    sink.putLong(0);
    return sink.length;
  }

  /** Ends the record that began at a place: fills in length and checksum. */
  static void end(ByteSink sink, int began) {
    var crc = new CRC32C();
    crc.update(sink.bytes, began, sink.length - began);
    sink.setInt(began - HEADER, sink.length - began);
    sink.setInt(began - HEADER + 4, (int) crc.getValue());
  }

  /** The next record is cut off or its checksum is wrong. */
  static final class DamagedException extends IOException {
    DamagedException(String message) {
      super(message);
    }
  }

  /** Reads records one after the other into one buffer. */
  static final class Reader {
    private final InputStream in;
    private final CRC32C crc = new CRC32C();
    private final byte[] header = new byte[HEADER];
    private byte[] payload = new byte[1 << 16];
    private long position;

    Reader(InputStream in) {
      this.in = in;
    }

    /** Where the last good record ended, in bytes from where reading began. */
    long position() {
      return position;
    }

    /**
     * The next record's payload, or null at a clean end; valid until the next call.
     *
     * @throws DamagedException when it is cut off or damaged
     */
    @Nullable ByteSource next() throws IOException {
      int read = in.readNBytes(header, 0, HEADER);
      if (read == 0) {
        return null;
      }
      if (read < HEADER) {
        throw new DamagedException("a record is cut off at byte " + position);
      }
      int length = (int) ByteSink.INT.get(header, 0);
      int expected = (int) ByteSink.INT.get(header, 4);
      if (length < 0 || length > MAX_PAYLOAD) {
        throw new DamagedException(
            "a record at byte " + position + " claims a length of " + length);
      }
      if (payload.length < length) {
        payload = new byte[Math.max(length, payload.length * 2)];
      }
      if (in.readNBytes(payload, 0, length) < length) {
        throw new DamagedException("a record is cut off at byte " + position);
      }
      crc.reset();
      crc.update(payload, 0, length);
      if ((int) crc.getValue() != expected) {
        throw new DamagedException("the checksum of the record at byte " + position + " is wrong");
      }
      position += HEADER + length;
      return new ByteSource(payload, 0, length);
    }
  }
}

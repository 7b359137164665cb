package dev.hone.metrics.wire;

import dev.hone.metrics.TooLargeException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A decompressed body. All large bodies held at once are bounded together, so that a few small
 * requests cannot fill the memory; close one when its samples are stored.
 */
public final class Unpacked implements AutoCloseable {
  /** What one body may be when decompressed, in bytes. */
  public static final int MAX = 64 << 20;

  private static final int STEP = 1 << 20;
  private static final Semaphore ROOM = new Semaphore(2 * (MAX / STEP));

  private byte[] bytes;
  private int length;
  private int steps;

  private Unpacked(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /** A body that was not compressed. */
  public static Unpacked plain(byte[] bytes) {
    return new Unpacked(bytes, bytes.length);
  }

  /**
   * Decompresses a body.
   *
   * @throws MalformedException when it is not gzip
   * @throws TooLargeException when it is larger than one may be
   * @throws IOException when too much is held at once; worth another try
   */
  public static Unpacked gunzip(byte[] packed) throws IOException {
    var unpacked = new Unpacked(new byte[(int) Math.min(STEP, 4L * packed.length + 64)], 0);
    boolean good = false;
    try {
      unpacked.read(packed);
      good = true;
      return unpacked;
    } finally {
      if (!good) {
        unpacked.close();
      }
    }
  }

  /**
   * Decompresses a body in snappy's block format.
   *
   * @param reuse an array to decode into when it is large enough
   * @throws MalformedException when it is not one, or would be too large
   * @throws IOException when too much is held at once; worth another try
   */
  static Unpacked snappy(byte[] body, int length, byte[] reuse) throws IOException {
    var unpacked = new Unpacked(reuse, Snappy.decodedSize(body, length, MAX));
    boolean good = false;
    try {
      if (unpacked.length > reuse.length) {
        unpacked.reserve(unpacked.length / STEP);
        unpacked.bytes = new byte[unpacked.length];
      }
      Snappy.decode(body, length, unpacked.bytes, unpacked.length);
      good = true;
      return unpacked;
    } finally {
      if (!good) {
        unpacked.close();
      }
    }
  }

  private void read(byte[] packed) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      int read = 0;
      while (read >= 0) {
        length += read;
        if (length == bytes.length) {
          grow();
        }
        read = in.read(bytes, length, bytes.length - length);
      }
    } catch (ZipException | EOFException e) {
      throw new MalformedException("the body is not gzip: " + e.getMessage(), e);
    }
  }

  private void grow() throws IOException {
    if (length > MAX) {
      throw new TooLargeException(
          "the body is larger than " + MAX + " bytes when decompressed; send smaller batches");
    }
    int larger = (int) Math.min(MAX + 1L, 2L * bytes.length);
    reserve(larger / STEP);
    bytes = Arrays.copyOf(bytes, larger);
  }

  private void reserve(int all) throws IOException {
    if (!ROOM.tryAcquire(all - steps)) {
      throw new IOException("too many large bodies are decompressed at once");
    }
    steps = all;
  }

  /** The bytes, of which the first {@link #length()} count. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many bytes there are. */
  public int length() {
    return length;
  }

  @Override
  public void close() {
    ROOM.release(steps);
    steps = 0;
  }
}

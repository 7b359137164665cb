package dev.hone.metrics.wire;

import io.airlift.compress.v3.snappy.SnappyCompressor;
import io.airlift.compress.v3.snappy.SnappyDecompressor;
import java.util.Arrays;

/** Snappy's block format, with a limit on what comes out. */
final class Snappy {
  private Snappy() {}

  /**
   * How many bytes a block says it decodes to.
   *
   * @throws MalformedException when it does not say, or more than {@code limit}
   */
  static int decodedSize(byte[] body, int length, int limit) {
    int size = declaredSize(body, length);
    if (size > limit) {
      throw new MalformedException(
          "the body would be %d bytes when decompressed; the maximum is %d, send smaller batches"
              .formatted(size, limit));
    }
    return size;
  }

  /**
   * Decodes a block into an array that has room for what it says it decodes to.
   *
   * @throws MalformedException when it is not a block of that size
   */
  static void decode(byte[] body, int length, byte[] out, int size) {
    int written;
    try {
      written = SnappyDecompressor.create().decompress(body, 0, length, out, 0, out.length);
    } catch (RuntimeException e) {
      throw new MalformedException(
          "the body is not snappy's block format (" + e.getMessage() + ")", e);
    }
    if (written != size) {
      throw new MalformedException(
          "the body declares " + size + " bytes and decompresses to " + written);
    }
  }

  /** A block of the first {@code length} bytes. */
  static byte[] encode(byte[] bytes, int length) {
    SnappyCompressor compressor = SnappyCompressor.create();
    byte[] out = new byte[compressor.maxCompressedLength(length)];
    return Arrays.copyOf(out, compressor.compress(bytes, 0, length, out, 0, out.length));
  }

  private static int declaredSize(byte[] body, int length) {
    long size = 0;
    for (int i = 0; i < 5; i++) {
      if (i >= length) {
        break;
      }
      size |= (body[i] & 0x7FL) << (7 * i);
      if (body[i] >= 0) {
        return (int) Math.min(size, Integer.MAX_VALUE);
      }
    }
    throw new MalformedException("the body is not snappy's block format: it has no length");
  }
}

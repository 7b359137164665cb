package dev.hone.metrics.wire;

import io.airlift.compress.v3.snappy.SnappyCompressor;
import io.airlift.compress.v3.snappy.SnappyDecompressor;
import java.util.Arrays;

/** Snappy's block format, with a limit on what comes out. */
final class Snappy {
  private Snappy() {}

  /** The decoded bytes and how many there are. */
  @SuppressWarnings("ArrayRecordComponent")
  record Decoded(byte[] bytes, int length) {}

  /**
   * Decodes a block.
   *
   * @param reuse an array to decode into when it is large enough
   * @throws MalformedException when it is not one, or is larger than {@code limit} when decoded
   */
  static Decoded decode(byte[] body, int length, int limit, byte[] reuse) {
    int size = declaredSize(body, length);
    if (size > limit) {
      throw new MalformedException(
          "the body would be %d bytes when decompressed; the maximum is %d, send smaller batches"
              .formatted(size, limit));
    }
    byte[] out = reuse.length >= size ? reuse : new byte[size];
    try {
      int written = SnappyDecompressor.create().decompress(body, 0, length, out, 0, out.length);
      if (written != size) {
        throw new MalformedException(
            "the body declares " + size + " bytes and decompresses to " + written);
      }
      return new Decoded(out, written);
    } catch (MalformedException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new MalformedException(
          "the body is not snappy's block format (" + e.getMessage() + ")", e);
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

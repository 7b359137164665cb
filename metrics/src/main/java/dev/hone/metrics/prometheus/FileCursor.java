package dev.hone.metrics.prometheus;

import dev.hone.metrics.wire.MalformedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Reads a mapped file of Prometheus: big-endian numbers, and varints as Go's encoding/binary. */
final class FileCursor {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** How many bytes one buffer holds at most. */
  private static final long CHECKED = 1 << 30;

  private final Path file;
  private final MemorySegment bytes;
  long at;

  FileCursor(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  static FileCursor map(Path file, Arena arena) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new FileCursor(
          file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    }
  }

  /** Another place in the same file. */
  FileCursor at(long place) {
    var other = new FileCursor(file, bytes);
    other.at = place;
    return other;
  }

  long size() {
    return bytes.byteSize();
  }

  int u8() {
    need(1);
    return bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xFF;
  }

  long u32() {
    need(4);
    at += 4;
    return bytes.get(INT, at - 4) & 0xFFFFFFFFL;
  }

  long u64() {
    need(8);
    at += 8;
    return bytes.get(LONG, at - 8);
  }

  long uvarint() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = u8();
      result |= (b & 0x7FL) << shift;
      if (b < 0x80) {
        return result;
      }
    }
    throw damaged("a number longer than ten bytes");
  }

  long varint() {
    long raw = uvarint();
    return raw >>> 1 ^ -(raw & 1);
  }

  /** A length or count of things that take at least a byte each. */
  int count() {
    return inside(uvarint());
  }

  /** Checks that so many bytes may follow. */
  int inside(long count) {
    if (count < 0 || count > Math.min(size() - at, Integer.MAX_VALUE - 8)) {
      throw damaged(count + " bytes or entries where " + (size() - at) + " bytes are left");
    }
    return (int) count;
  }

  String text() {
    return new String(bytes(count()), StandardCharsets.UTF_8);
  }

  byte[] bytes(int count) {
    need(count);
    var copy = new byte[count];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, count);
    at += count;
    return copy;
  }

  /** Checks {@code count} bytes from {@code from} against the CRC-32C that stands behind them. */
  void check(long from, long count) {
    long here = at;
    at = from + count;
    long expected = u32();
    at = here;
    var crc = new CRC32C();
    for (long done = 0; done < count; done += CHECKED) {
      crc.update(bytes.asSlice(from + done, Math.min(CHECKED, count - done)).asByteBuffer());
    }
    if (crc.getValue() != expected) {
      throw damaged("a wrong checksum");
    }
  }

  private void need(long count) {
    if (at < 0 || count < 0 || count > bytes.byteSize() - at) {
      throw damaged("it ends early");
    }
  }

  MalformedException damaged(String what) {
    return new MalformedException(
        "`" + file + "` is damaged at byte " + at + ": " + what + "; leave this block out");
  }
}

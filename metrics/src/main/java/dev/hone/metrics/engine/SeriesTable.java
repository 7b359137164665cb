package dev.hone.metrics.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds a series by its key bytes: open addressing with linear probing; keys lie in pages of a
 * megabyte. Not safe for several threads.
 */
final class SeriesTable {
  /** The longest key, so that it fits a page. */
  static final int MAX_KEY = 1 << 16;

  private static final int PAGE = 1 << 20;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long seed;
  private final List<byte[]> pages = new ArrayList<>();
  private int pageUsed = PAGE;
  private long[] hashes = new long[1024];
  private @Nullable HeadSeries[] slots = new HeadSeries[1024];
  private int size;

  SeriesTable(long seed) {
    this.seed = seed;
  }

  /** The series with a key, or null. */
  @Nullable HeadSeries find(byte[] key, int from, int length) {
    long hash = hash(key, from, length);
    int mask = slots.length - 1;
    for (int i = (int) hash & mask; ; i = (i + 1) & mask) {
      HeadSeries series = slots[i];
      if (series == null) {
        return null;
      }
      if (hashes[i] == hash && equal(series.key, key, from, length)) {
        return series;
      }
    }
  }

  private boolean equal(long place, byte[] key, int from, int length) {
    byte[] page = pages.get((int) (place >>> 40));
    int at = (int) (place >>> 17) & (1 << 23) - 1;
    int stored = (int) place & (1 << 17) - 1;
    return stored == length && Arrays.equals(page, at, at + stored, key, from, from + length);
  }

  /** Copies a key to where it stays and tells the place. */
  long keep(byte[] key) {
    if (pageUsed + key.length > PAGE) {
      pages.add(new byte[PAGE]);
      pageUsed = 0;
    }
    System.arraycopy(key, 0, pages.getLast(), pageUsed, key.length);
    long place = (long) (pages.size() - 1) << 40 | (long) pageUsed << 17 | key.length;
    pageUsed += key.length;
    return place;
  }

  /** A copy of the key that lies at a place. */
  byte[] key(long place) {
    int at = (int) (place >>> 17) & (1 << 23) - 1;
    return Arrays.copyOfRange(
        pages.get((int) (place >>> 40)), at, at + ((int) place & (1 << 17) - 1));
  }

  /** Adds a series whose key is not there yet. */
  void add(HeadSeries series) {
    if ((size + 1) * 2 > slots.length) {
      grow();
    }
    byte[] key = key(series.key);
    insert(hash(key, 0, key.length), series);
    size++;
  }

  private void insert(long hash, HeadSeries series) {
    int mask = slots.length - 1;
    int i = (int) hash & mask;
    while (slots[i] != null) {
      i = (i + 1) & mask;
    }
    hashes[i] = hash;
    slots[i] = series;
  }

  private void grow() {
    long[] oldHashes = hashes;
    @Nullable HeadSeries[] oldSlots = slots;
    hashes = new long[oldSlots.length * 2];
    slots = new HeadSeries[oldSlots.length * 2];
    for (int i = 0; i < oldSlots.length; i++) {
      HeadSeries series = oldSlots[i];
      if (series != null) {
        insert(oldHashes[i], series);
      }
    }
  }

  private long hash(byte[] key, int from, int length) {
    long hash = seed ^ length * 0x9E3779B97F4A7C15L;
    int at = from;
    int end = from + length;
    for (; at + 8 <= end; at += 8) {
      hash = mix(hash ^ (long) LONG.get(key, at));
    }
    long last = 0;
    for (int shift = 0; at < end; at++, shift += 8) {
      last |= (key[at] & 0xFFL) << shift;
    }
    return mix(hash ^ last);
  }

  private static long mix(long number) {
    long high = Math.unsignedMultiplyHigh(number, 0xD6E8FEB86659FD93L);
    return high ^ number * 0xD6E8FEB86659FD93L;
  }
}

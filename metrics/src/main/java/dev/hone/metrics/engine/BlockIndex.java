package dev.hone.metrics.engine;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.SoftReference;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;

/**
 * The index of a block, mapped. Layout, all little-endian: CRC-32C of the rest (4 bytes); six
 * numbers of 4 bytes: symbols, series, label names, and where the places of symbols, the places of
 * series and the table of label names begin; the bytes; the three tables. A posting list with one
 * series is that series' number with the sign bit set, any other a place of a Roaring bitmap.
 */
final class BlockIndex {
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HEADER = 28;

  private final MemorySegment file;
  private final int symbolCount;
  private final int seriesCount;
  private final int nameCount;
  private final long symbolTable;
  private final long seriesTable;
  private final long nameTable;
  private volatile @Nullable SoftReference<@Nullable String[]> symbolCache;

  BlockIndex(MemorySegment file) {
    this.file = file;
    if (file.byteSize() < HEADER) {
      throw new CorruptException("the index of a block is cut off");
    }
    var crc = new CRC32C();
    crc.update(file.asSlice(4).asByteBuffer());
    if ((int) crc.getValue() != file.get(INT, 0)) {
      throw new CorruptException("the checksum of the index of a block is wrong");
    }
    symbolCount = file.get(INT, 4);
    seriesCount = file.get(INT, 8);
    nameCount = file.get(INT, 12);
    symbolTable = file.get(INT, 16) & 0xFFFFFFFFL;
    seriesTable = file.get(INT, 20) & 0xFFFFFFFFL;
    nameTable = file.get(INT, 24) & 0xFFFFFFFFL;
  }

  static ByteSink encode(
      List<byte[]> symbolBytes,
      Map<String, Integer> symbols,
      ByteSink series,
      int[] seriesPlaces,
      int seriesCount,
      SortedMap<String, ? extends SortedMap<String, RoaringBitmap>> postings) {
    var out = new ByteSink(HEADER + series.length * 2);
    out.ensure(HEADER);
    out.length = HEADER;
    var places = new int[symbolBytes.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = out.length;
      out.putVar(symbolBytes.get(i).length);
      out.put(symbolBytes.get(i));
    }
    int seriesBegin = out.length;
    out.put(series.bytes, 0, series.length);
    var tables = new ByteSink(1 << 16);
    var names = new ByteSink(1 << 10);
    for (var entry : postings.entrySet()) {
      names.putInt(symbols.getOrDefault(entry.getKey(), 0));
      names.putInt(entry.getValue().size());
      names.putInt(tables.length);
      for (var value : entry.getValue().entrySet()) {
        tables.putInt(symbols.getOrDefault(value.getKey(), 0));
        tables.putInt(list(value.getValue(), out));
      }
    }
    int valueTables = out.length;
    out.put(tables.bytes, 0, tables.length);
    int symbolTable = out.length;
    for (int place : places) {
      out.putInt(place);
    }
    int seriesTable = out.length;
    for (int i = 0; i < seriesCount; i++) {
      out.putInt(seriesBegin + seriesPlaces[i]);
    }
    int nameTable = out.length;
    for (int i = 0; i < names.length; i += 12) {
      out.put(names.bytes, i, 8);
      out.putInt(valueTables + (int) ByteSink.INT.get(names.bytes, i + 8));
    }
    out.setInt(4, symbolBytes.size());
    out.setInt(8, seriesCount);
    out.setInt(12, postings.size());
    out.setInt(16, symbolTable);
    out.setInt(20, seriesTable);
    out.setInt(24, nameTable);
    var crc = new CRC32C();
    crc.update(out.bytes, 4, out.length - 4);
    out.setInt(0, (int) crc.getValue());
    return out;
  }

  private static int list(RoaringBitmap bitmap, ByteSink out) {
    if (bitmap.getCardinality() == 1) {
      return bitmap.first() | Integer.MIN_VALUE;
    }
    bitmap.runOptimize();
    int place = out.length;
    int size = bitmap.serializedSizeInBytes();
    out.ensure(size);
    bitmap.serialize(java.nio.ByteBuffer.wrap(out.bytes, place, size));
    out.length += size;
    return place;
  }

  int seriesCount() {
    return seriesCount;
  }

  /** A cursor at the entry of a series. */
  Cursor series(int number) {
    return new Cursor(file.get(INT, seriesTable + 4L * number) & 0xFFFFFFFFL);
  }

  private @Nullable String[] symbolCache() {
    SoftReference<@Nullable String[]> held = symbolCache;
    @Nullable String[] cache = held == null ? null : held.get();
    if (cache == null) {
      cache = new String[symbolCount];
      symbolCache = new SoftReference<>(cache);
    }
    return cache;
  }

  private String symbol(int number, @Nullable String[] cache) {
    String known = cache[number];
    if (known != null) {
      return known;
    }
    var cursor = new Cursor(file.get(INT, symbolTable + 4L * number) & 0xFFFFFFFFL);
    byte[] bytes = new byte[(int) cursor.getVar()];
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, cursor.at, bytes, 0, bytes.length);
    String text = new String(bytes, StandardCharsets.UTF_8);
    cache[number] = text;
    return text;
  }

  /** Reads variable-length numbers of an entry. */
  final class Cursor {
    private long at;

    private Cursor(long at) {
      this.at = at;
    }

    long getVar() {
      long result = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        byte b = file.get(ValueLayout.JAVA_BYTE, at++);
        result |= (b & 0x7FL) << shift;
        if (b >= 0) {
          break;
        }
      }
      return result;
    }

    long getSigned() {
      long raw = getVar();
      return raw >>> 1 ^ -(raw & 1);
    }

    Labels labels() {
      @Nullable String[] cache = symbolCache();
      var pairs = new String[2 * (int) getVar()];
      for (int i = 0; i < pairs.length; i++) {
        pairs[i] = symbol((int) getVar(), cache);
      }
      return Labels.ofSorted(pairs);
    }
  }

  /** The values of one label. */
  private record Values(int count, long table) {}

  private @Nullable Values values(String name) {
    @Nullable String[] cache = symbolCache();
    int low = 0;
    int high = nameCount - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long at = nameTable + 12L * middle;
      int order = symbol(file.get(INT, at), cache).compareTo(name);
      if (order == 0) {
        return new Values(file.get(INT, at + 4), file.get(INT, at + 8) & 0xFFFFFFFFL);
      } else if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  void addNames(Set<String> into) {
    @Nullable String[] cache = symbolCache();
    for (int i = 0; i < nameCount; i++) {
      into.add(symbol(file.get(INT, nameTable + 12L * i), cache));
    }
  }

  void addValues(String name, Set<String> into) {
    Values values = values(name);
    @Nullable String[] cache = symbolCache();
    for (int i = 0; values != null && i < values.count; i++) {
      into.add(symbol(file.get(INT, values.table + 8L * i), cache));
    }
  }

  /** The numbers of the series that fulfil every condition. */
  ImmutableRoaringBitmap select(List<LabelTest> tests) {
    RoaringBitmap found = null;
    for (LabelTest test : tests) {
      RoaringBitmap matching = matching(test);
      if (found == null) {
        found = matching;
      } else {
        found.and(matching);
      }
      if (found.isEmpty()) {
        break;
      }
    }
    if (found == null) {
      found = RoaringBitmap.bitmapOfRange(0, seriesCount);
    }
    return found.toMutableRoaringBitmap();
  }

  private RoaringBitmap matching(LabelTest test) {
    var matching = new RoaringBitmap();
    Values values = values(test.label());
    boolean absentToo = test.matches("");
    Set<String> only = test.only();
    if (values != null && !only.isEmpty()) {
      for (String word : only) {
        addWord(values, word, matching);
      }
    } else if (values != null) {
      @Nullable String[] cache = symbolCache();
      for (int i = 0; i < values.count; i++) {
        long at = values.table + 8L * i;
        if (test.matches(symbol(file.get(INT, at), cache)) != absentToo) {
          addList(file.get(INT, at + 4), matching);
        }
      }
    }
    if (absentToo) {
      matching.flip(0L, seriesCount);
    }
    return matching;
  }

  private void addWord(Values values, String word, RoaringBitmap into) {
    @Nullable String[] cache = symbolCache();
    int low = 0;
    int high = values.count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long at = values.table + 8L * middle;
      int order = symbol(file.get(INT, at), cache).compareTo(word);
      if (order == 0) {
        addList(file.get(INT, at + 4), into);
        return;
      } else if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
  }

  private void addList(int place, RoaringBitmap into) {
    if (place < 0) {
      into.add(place & Integer.MAX_VALUE);
      return;
    }
    var bitmap = new ImmutableRoaringBitmap(file.asSlice(place).asByteBuffer());
    into.or(new RoaringBitmap(bitmap));
  }
}

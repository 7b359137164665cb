package dev.hone.metrics.prometheus;

import dev.hone.metrics.Labels;
import dev.hone.metrics.wire.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The index of a block of Prometheus, versions 1 and 2 (tsdb/docs/format/index.md): symbols, series
 * with their chunks, and at the end a table of where things are.
 */
final class PrometheusIndex {
  private static final long MAGIC = 0xBAAAD700L;
  private static final int TABLE = 52;
  private static final int HEADER = 5;
  private static final int ALIGNMENT = 16;
  private static final int CACHED = 1 << 16;

  private final FileCursor file;
  private final int version;

  /** Places of the symbols by number; empty in version 1, which names them by place. */
  private final long[] symbols;

  /** The references of all series in the order of their labels. */
  private final long[] series;

  private final String[] cache = new String[CACHED];
  private final long[] cached = new long[CACHED];

  /** A chunk of a series: its times, both inclusive, and where it lies. */
  record ChunkRef(long from, long to, long place) {}

  /** A series and its chunks. */
  record Entry(Labels labels, List<ChunkRef> chunks) {}

  PrometheusIndex(FileCursor file) {
    this.file = file;
    Arrays.fill(cached, -1);
    FileCursor start = file.at(0);
    if (start.u32() != MAGIC) {
      throw start.damaged("it is no index of Prometheus");
    }
    version = start.u8();
    if (version != 1 && version != 2) {
      throw new MalformedException(
          "an index of Prometheus has version " + version + "; versions 1 and 2 are read");
    }
    FileCursor table = file.at(file.size() - TABLE);
    file.check(file.size() - TABLE, TABLE - 4);
    long symbolsAt = table.u64();
    table.at = file.size() - TABLE + 40;
    long postingsTable = table.u64();
    checkSection(symbolsAt);
    symbols = version == 1 ? new long[0] : symbolPlaces(file.at(symbolsAt));
    checkSection(postingsTable);
    series = allSeries(file.at(postingsTable));
    sort();
  }

  /** Checks the sum of a section: its length, so many bytes, and their sum. */
  private void checkSection(long place) {
    FileCursor in = file.at(place);
    long length = in.u32();
    file.check(in.at, length);
  }

  private static long[] symbolPlaces(FileCursor in) {
    in.u32();
    var places = new long[in.inside(in.u32())];
    for (int i = 0; i < places.length; i++) {
      places[i] = in.at;
      int length = in.count();
      in.at += length;
    }
    return places;
  }

  /** The posting list of the empty label, which holds all series. */
  private long[] allSeries(FileCursor table) {
    table.u32();
    for (long left = table.u32(); left > 0; left--) {
      if (table.u8() != 2) {
        throw table.damaged("an entry of postings that is no name and value");
      }
      String label = table.text() + table.text();
      long place = table.uvarint();
      if (label.isEmpty()) {
        checkSection(place);
        FileCursor list = file.at(place);
        list.u32();
        var found = new long[list.inside(list.u32())];
        for (int i = 0; i < found.length; i++) {
          found[i] = list.u32();
        }
        return found;
      }
    }
    throw table.damaged("the list of all series is missing");
  }

  /** Prometheus sorts by bytes of UTF-8, Hone by UTF-16; they differ beyond U+FFFF. */
  private void sort() {
    Labels before = Labels.NONE;
    for (int i = 0; i < series.length; i++) {
      Labels labels = entry(i, false).labels();
      if (labels.compareTo(before) < 0) {
        long[] sorted =
            IntStream.range(0, series.length)
                .boxed()
                .sorted(Comparator.comparing(each -> entry(each, false).labels()))
                .mapToLong(each -> series[each])
                .toArray();
        System.arraycopy(sorted, 0, series, 0, series.length);
        return;
      }
      before = labels;
    }
  }

  int seriesCount() {
    return series.length;
  }

  /** The reference by which tombstones name a series. */
  long reference(int number) {
    return series[number];
  }

  Entry entry(int number) {
    return entry(number, true);
  }

  private Entry entry(int number, boolean withChunks) {
    FileCursor in = file.at(version == 1 ? series[number] : series[number] * ALIGNMENT);
    if (in.at < HEADER) {
      throw in.damaged("a series outside the index");
    }
    int length = in.count();
    file.check(in.at, length);
    var labels = new TreeMap<String, String>();
    for (int left = in.count(); left > 0; left--) {
      String name = symbol(in.uvarint());
      labels.put(name, symbol(in.uvarint()));
    }
    if (!withChunks) {
      return new Entry(Labels.of(labels), List.of());
    }
    int count = in.count();
    var chunks = new ArrayList<ChunkRef>(Math.min(count, 1 << 12));
    long from = 0;
    long to = 0;
    long place = 0;
    for (int i = 0; i < count; i++) {
      from = i == 0 ? in.varint() : to + in.uvarint();
      to = from + in.uvarint();
      place = i == 0 ? in.uvarint() : place + in.varint();
      chunks.add(new ChunkRef(from, to, place));
    }
    return new Entry(Labels.of(labels), chunks);
  }

  private String symbol(long reference) {
    int slot = (int) (reference & CACHED - 1);
    if (cached[slot] == reference) {
      return cache[slot];
    }
    long place = reference;
    if (version == 2) {
      if (reference < 0 || reference >= symbols.length) {
        throw file.damaged("a symbol " + reference + " of " + symbols.length);
      }
      place = symbols[(int) reference];
    }
    String text = file.at(place).text();
    cached[slot] = reference;
    cache[slot] = text;
    return text;
  }
}

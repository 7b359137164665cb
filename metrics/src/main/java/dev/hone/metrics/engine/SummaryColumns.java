package dev.hone.metrics.engine;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Summaries;
import dev.hone.metrics.Summaries.Column;
import java.io.IOException;
import java.util.Arrays;

/**
 * Buckets in the columns of a block. Where the least and the greatest of all buckets of a series
 * are first or last samples too, as with counters, their columns say only that.
 */
@SuppressWarnings("EnumOrdinal") // a column is found by its number
final class SummaryColumns {
  private static final Column[] COLUMNS = Column.values();

  /** In place of the least or greatest value: it is that of first and last. */
  private static final double AS_ENDS = Double.longBitsToDouble(0x7FFABCDE00000001L);

  private final SampleBuffer buffer = new SampleBuffer();
  private final double[][] columns = new double[COLUMNS.length][];

  /** Adds a series to a block. */
  void write(BlockWriter writer, Labels labels, Summaries summaries) throws IOException {
    int size = summaries.size();
    for (Column column : COLUMNS) {
      columns[column.ordinal()] = summaries.column(column);
    }
    boolean leastAtEnds = true;
    boolean greatestAtEnds = true;
    for (int i = 0; i < size; i++) {
      leastAtEnds &= same(summaries.get(Column.MIN, i), least(summaries, i));
      greatestAtEnds &= same(summaries.get(Column.MAX, i), greatest(summaries, i));
    }
    if (leastAtEnds) {
      columns[Column.MIN.ordinal()] = asEnds(size);
    }
    if (greatestAtEnds) {
      columns[Column.MAX.ordinal()] = asEnds(size);
    }
    writer.add(labels, summaries.ends(), columns, size);
  }

  private static double[] asEnds(int size) {
    var values = new double[size];
    Arrays.fill(values, AS_ENDS);
    return values;
  }

  private static boolean same(double a, double b) {
    return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
  }

  private static double least(Summaries summaries, int bucket) {
    double first = summaries.get(Column.FIRST, bucket);
    double last = summaries.get(Column.LAST, bucket);
    return last < first || Double.isNaN(first) ? last : first;
  }

  private static double greatest(Summaries summaries, int bucket) {
    double first = summaries.get(Column.FIRST, bucket);
    double last = summaries.get(Column.LAST, bucket);
    return last > first || Double.isNaN(first) ? last : first;
  }

  /** Adds the buckets of a series that end in {@code (from, to]}, all after those held. */
  void read(Block.Reader reader, int series, long from, long to, Summaries into) {
    int began = into.size();
    for (Column column : COLUMNS) {
      buffer.clear();
      reader.read(series, column.ordinal(), from, to, buffer);
      for (int i = 0; i < buffer.size; i++) {
        if (column.ordinal() == 0) {
          into.add(buffer.times[i]);
        }
        into.set(column, began + i, buffer.values[i]);
      }
    }
    for (int i = began; i < into.size(); i++) {
      if (same(into.get(Column.MIN, i), AS_ENDS)) {
        into.set(Column.MIN, i, least(into, i));
      }
      if (same(into.get(Column.MAX, i), AS_ENDS)) {
        into.set(Column.MAX, i, greatest(into, i));
      }
    }
  }
}

package dev.hone.metrics.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  private static final int ROOM = 2048;

  @Property(seed = "1")
  void anyBitPatternsComeBack(@ForAll @Size(min = 1, max = 1024) long[] bits) {
    var values = new double[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Double.longBitsToDouble(bits[i]);
    }
    roundTrip(values);
  }

  @Property(seed = "2", tries = 300)
  void realisticValuesComeBack(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 8) int kind,
      @ForAll @IntRange(min = 1, max = 1024) int count) {
    roundTrip(values(new Random(seed), kind, count));
  }

  @Property(seed = "3")
  void anyWholeNumbersComeBack(@ForAll @Size(min = 1, max = 700) long[] numbers) {
    var sink = new ByteSink(16);
    IntColumn.write(numbers, numbers.length, new long[ROOM], sink);
    var back = new long[numbers.length];
    IntColumn.read(loaded(sink), numbers.length, back);
    assertThat(back).isEqualTo(numbers);
  }

  @Property(seed = "4", tries = 300)
  void timesComeBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 1024) int count) {
    var random = new Random(seed);
    var times = new long[count];
    long time = random.nextLong(-1L << 40, 1L << 41);
    for (int i = 0; i < count; i++) {
      times[i] = time;
      time += random.nextInt(20) == 0 ? 1 + random.nextInt(1 << 20) : 15_000 + random.nextInt(9);
    }
    var sink = new ByteSink(16);
    TimeColumn.write(times, 0, count, new TimeColumn.Scratch(ROOM), sink);
    var back = new long[count];
    TimeColumn.read(loaded(sink), count, back);
    assertThat(back).isEqualTo(times);
  }

  @Test
  void usualMetricsTakeLittleRoom() {
    var random = new Random(7);
    assertThat(bytesPerValue(values(random, 0, 1000))).isLessThan(0.1);
    assertThat(bytesPerValue(values(random, 1, 1000))).isLessThan(1.3);
    assertThat(bytesPerValue(values(random, 2, 1000))).isLessThan(1.2);
    assertThat(bytesPerValue(values(random, 3, 1000))).isLessThan(2.1);
    assertThat(bytesPerValue(values(random, 7, 1000))).isLessThan(0.1);
    assertThat(bytesPerValue(values(random, 8, 1000))).isLessThan(5.7);
  }

  /**
   * Constant, counter, two decimals, sum of decimals, with exceptions, noise, steps, sum of
   * anything.
   */
  private static double[] values(Random random, int kind, int count) {
    var values = new double[count];
    double current = kind == 2 ? 50 : 1000;
    for (int i = 0; i < count; i++) {
      switch (kind) {
        case 0 -> current = 42;
        case 1 -> current += random.nextInt(200);
        case 2 -> current = Math.round((current + random.nextGaussian() * 0.5) * 100) / 100.0;
        case 3 -> current += random.nextInt(1000) / 1000.0;
        case 4 -> current = random.nextInt(10) == 0 ? Double.NaN : random.nextInt(100) / 10.0;
        case 5 -> current = random.nextGaussian();
        case 7 -> current = random.nextInt(100) == 0 ? random.nextInt(64) : current;
        case 8 -> current += random.nextDouble() * 0.1;
        default -> current = Double.longBitsToDouble(random.nextLong());
      }
      values[i] = current;
    }
    return values;
  }

  private static double bytesPerValue(double[] values) {
    return roundTrip(values) / (double) values.length;
  }

  private static int roundTrip(double[] values) {
    var sink = new ByteSink(16);
    ValueColumn.write(values, 0, values.length, new TimeColumn.Scratch(ROOM), sink);
    int length = sink.length;
    var back = new double[values.length];
    ValueColumn.read(loaded(sink), values.length, new long[ROOM], back, 0);
    for (int i = 0; i < values.length; i++) {
      assertThat(Double.doubleToRawLongBits(back[i]))
          .isEqualTo(Double.doubleToRawLongBits(values[i]));
    }
    return length;
  }

  private static PackedBytes loaded(ByteSink sink) {
    int length = sink.length;
    var crc = new java.util.zip.CRC32C();
    crc.update(sink.bytes, 0, length);
    sink.putInt((int) crc.getValue());
    var bytes = new PackedBytes();
    bytes.load(MemorySegment.ofArray(sink.toArray()), 0, length);
    return bytes;
  }
}

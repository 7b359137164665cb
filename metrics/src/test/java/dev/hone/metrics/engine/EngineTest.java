package dev.hone.metrics.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
  private static final long START = 1_750_000_000_000L / 7_200_000 * 7_200_000;
  private static final long HOUR = 3_600_000;

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();
  private long now = START + 400 * HOUR;

  @Test
  void whatWasAcknowledgedIsThereAfterACrash() throws Exception {
    var expected = new TreeMap<Labels, TreeMap<Long, Long>>();
    try (var engine = open(folder)) {
      write(engine, expected, new Random(1), 0, 200);
      Path crashed = copyOf(folder, "crashed");
      try (var again = open(crashed)) {
        assertHolds(again, expected);
      }
    }
    try (var again = open(folder)) {
      assertHolds(again, expected);
    }
    assertThat(notices).isEmpty();
  }

  @Test
  void blocksHoldWhatTheHeadHeld() throws Exception {
    var expected = new TreeMap<Labels, TreeMap<Long, Long>>();
    try (var engine = open(folder)) {
      write(engine, expected, new Random(2), 0, 3_000);
      engine.compact();
      assertThat(Folders.list(folder.resolve("blocks"))).isNotEmpty();
      assertHolds(engine, expected);
      write(engine, expected, new Random(3), 3_000, 12_000);
      engine.compact();
      assertHolds(engine, expected);
    }
    try (var again = open(folder)) {
      assertHolds(again, expected);
      assertThat(again.labelNames()).contains("__name__", "instance", "job");
      assertThat(again.labelValues("instance")).hasSize(20);
    }
    assertThat(notices).isEmpty();
  }

  @Test
  void aSnapshotIsAStoreOfItsOwn() throws Exception {
    var expected = new TreeMap<Labels, TreeMap<Long, Long>>();
    Path snapshot;
    try (var engine = open(folder)) {
      write(engine, expected, new Random(4), 0, 2_000);
      engine.compact();
      snapshot = engine.snapshot("one");
    }
    try (var restored = open(snapshot)) {
      assertHolds(restored, expected);
      Path second = restored.snapshot("two");
      for (Path block : Folders.list(second.resolve("blocks"))) {
        BlockMeta meta = Block.open(block).meta();
        assertThat(meta.maxTime() / (24 * HOUR)).isEqualTo(meta.minTime() / (24 * HOUR));
      }
      try (var again = open(second)) {
        assertHolds(again, expected);
      }
      assertThat(Folders.list(snapshot.resolve("snapshots"))).containsExactly(second);
    }
  }

  @Test
  void whatWasAcceptedStaysThoughAnotherValueComesLater() throws Exception {
    var labels = Labels.of("m", "a", "b");
    long last = START + 100 * HOUR;
    try (var engine = open(folder)) {
      put(engine, labels, last - 10_000, 5);
      put(engine, labels, last, 12);
      put(engine, labels, last - 5_000, 8);
      put(engine, labels, last - 10_000, 24);
      put(engine, labels, last - 5_000, 25);
      assertThat(only(engine).values()).containsExactly(5, 8, 12);
      put(engine, labels, last + 10 * HOUR, 13);
      engine.compact();
      put(engine, labels, last - 10_000, 26);
      assertThat(only(engine).values()).containsExactly(5, 8, 12, 13);
      put(engine, labels, last + 30 * HOUR, 14);
      engine.compact();
      engine.compact();
      assertThat(only(engine).values()).containsExactly(5, 8, 12, 13, 14);
    }
    try (var again = open(folder)) {
      assertThat(only(again).values()).containsExactly(5, 8, 12, 13, 14);
    }
  }

  @Test
  void whatALaterReaderDoesNotSeeIsKeptForAnEarlierOne() throws Exception {
    var views = new Views();
    var reader = views.open();
    Views.View first = views.replace(List.of());
    Views.View second = views.replace(List.of());
    assertThat(second.awaitIdle(0)).isFalse();
    Views.View third = views.replace(List.of());
    assertThat(third.awaitIdle(0)).isFalse();
    reader.close();
    assertThat(third.awaitIdle(0)).isTrue();
    assertThat(first.awaitIdle(0)).isTrue();
  }

  @Test
  void seriesOfWhichNoSampleIsTakenLeaveTheHead() throws Exception {
    var held = Labels.of("held", "a", "b");
    try (var engine = open(folder)) {
      put(engine, held, START + 100 * HOUR, 1);
      for (int i = 0; i < 50; i++) {
        var refused = Labels.of("refused", "n", Integer.toString(i));
        assertThat(put(engine, refused, START, 1).tooOld()).isEqualTo(1);
      }
      assertThat(engine.seriesCount()).isEqualTo(51);
      put(engine, held, START + 106 * HOUR, 2);
      engine.compact();
      assertThat(engine.seriesCount()).isEqualTo(1);
      put(engine, Labels.of("refused", "n", "7"), START + 106 * HOUR, 3);
      assertThat(engine.seriesCount()).isEqualTo(2);
    }
  }

  @Test
  void lateSamplesAreMergedAndTooOldOnesRefused() throws Exception {
    var labels = Labels.of("m", "a", "b");
    try (var engine = open(folder)) {
      long last = START + 100 * HOUR;
      put(engine, labels, last, 1);
      put(engine, labels, last - HOUR, 2);
      put(engine, labels, last - 2 * HOUR, 3);
      assertThat(put(engine, labels, last - 25 * HOUR, 4).tooOld()).isEqualTo(1);
      assertThat(put(engine, labels, last, 1).taken()).isEqualTo(1);
      Appender.Outcome other = put(engine, labels, last, 9);
      assertThat(other.duplicate()).isEqualTo(1);
      assertThat(other.example()).contains("m{a=\"b\"}").contains("another value");
      assertThat(put(engine, labels, now + HOUR, 1).tooNew()).isEqualTo(1);
      assertThat(only(engine).values()).containsExactly(3, 2, 1);
      engine.compact();
      put(engine, labels, last - 90 * 60_000, 5);
      assertThat(only(engine).values()).containsExactly(3, 5, 2, 1);
      engine.compact();
      assertThat(only(engine).values()).containsExactly(3, 5, 2, 1);
    }
    try (var again = open(folder)) {
      assertThat(only(again).values()).containsExactly(3, 5, 2, 1);
    }
  }

  @Test
  void tornAndFlippedBytesCostOnlyWhatTheyHit() throws Exception {
    var random = new Random(5);
    for (int trial = 0; trial < 30; trial++) {
      var expected = new TreeMap<Labels, TreeMap<Long, Long>>();
      Path original = folder.resolve("trial-" + trial);
      try (var engine = open(original)) {
        write(engine, expected, new Random(trial), 0, 50);
        Path crashed = copyOf(original, "torn-" + trial);
        Path log = Folders.list(crashed.resolve("wal")).getLast();
        byte[] bytes = Files.readAllBytes(log);
        int place = random.nextInt(bytes.length);
        if (trial % 2 == 0) {
          bytes = java.util.Arrays.copyOf(bytes, place);
        } else {
          bytes[place] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(log, bytes);
        try (var again = open(crashed)) {
          again.scan(
              List.of(),
              Long.MIN_VALUE,
              Long.MAX_VALUE,
              false,
              (labels, times, values, count) -> {
                Map<Long, Long> sent = expected.getOrDefault(labels, new TreeMap<>());
                for (int i = 0; i < count; i++) {
                  assertThat(sent).containsEntry(times[i], Double.doubleToRawLongBits(values[i]));
                }
              });
          assertThat(put(again, Labels.of("after"), START + HOUR, 1).taken()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void aDamagedBlockIsPutAside() throws Exception {
    var expected = new TreeMap<Labels, TreeMap<Long, Long>>();
    try (var engine = open(folder)) {
      write(engine, expected, new Random(6), 0, 3_000);
      engine.compact();
    }
    Path block = Folders.list(folder.resolve("blocks")).getFirst();
    byte[] index = Files.readAllBytes(block.resolve("index.bin"));
    index[index.length / 2] ^= 4;
    Files.write(block.resolve("index.bin"), index);
    try (var again = open(folder)) {
      assertThat(notices).hasSize(1).first().asString().contains("damaged-").contains("checksum");
      assertThat(again.seriesCount()).isPositive();
    }
  }

  @Test
  void aFullStoreNamesWhatFillsIt() throws Exception {
    try (var engine =
        Engine.open(
            folder,
            EngineOptions.standard().withMaxSeries(10),
            InstantSource.system(),
            1,
            n -> {})) {
      for (int i = 0; i < 10; i++) {
        engine.series(Labels.of("requests", "user", "u" + i));
      }
      assertThatThrownBy(() -> engine.series(Labels.of("requests", "user", "u10")))
          .isInstanceOf(MetricStore.LimitException.class)
          .hasMessageContaining("`requests` (10 series)")
          .hasMessageContaining("`user` (10 values)");
    }
  }

  @Test
  void aSeriesThatWentSilentLeavesTheHeadAndCanComeBack() throws Exception {
    try (var engine = open(folder)) {
      long handle = engine.series(Labels.of("gone"));
      assertThat(engine.append(handle, START, 1)).isTrue();
      put(engine, Labels.of("here"), START + 10 * HOUR, 1);
      engine.compact();
      assertThat(engine.seriesCount()).isEqualTo(1);
      assertThat(engine.append(handle, START + 11 * HOUR, 2)).isTrue();
      assertThat(find(engine, "gone").values()).containsExactly(1, 2);
    }
    try (var again = open(folder)) {
      assertThat(find(again, "gone").values()).containsExactly(1, 2);
    }
  }

  @Test
  void aSampleFromLongAgoCostsNoMoreThanAnother() throws Exception {
    try (var engine = open(folder)) {
      put(engine, Labels.of("old"), 1_000, 1);
      put(engine, Labels.of("new"), START, 2);
      engine.compact();
      assertThat(Folders.list(folder.resolve("blocks"))).isEmpty();
      assertThat(only(engine).values()).containsExactly(2);
    }
  }

  @Test
  void aClockThatGoesBackLosesNothing() throws Exception {
    var own = Labels.of("own");
    var others = Labels.of("others");
    long before = now;
    try (var engine = open(folder)) {
      put(engine, own, before, 1);
      put(engine, others, before, 1);
      engine.compact();
      now = before - 3 * HOUR;
      assertThat(put(engine, own, now, 2).taken()).isEqualTo(1);
      Appender.Outcome ahead = put(engine, others, before + 1_000, 2);
      assertThat(ahead.tooNew()).isEqualTo(1);
      assertThat(ahead.example()).contains("others").contains("lies in the future");
      engine.compact();
      now = before + 2_000;
      assertThat(put(engine, others, before + 1_000, 2).taken()).isEqualTo(1);
      assertThat(put(engine, own, now, 3).taken()).isEqualTo(1);
      engine.compact();
      assertThat(find(engine, "own").values()).containsExactly(2, 1, 3);
      assertThat(find(engine, "others").values()).containsExactly(1, 2);
    }
    try (var again = open(folder)) {
      assertThat(find(again, "own").values()).containsExactly(2, 1, 3);
    }
  }

  @Test
  void aSeriesMayHaveAnyNumberOfChunks() throws Exception {
    int samples = 3_000_000;
    var labels = Labels.of("m");
    try (var engine = open(folder)) {
      for (int from = 0; from < samples; from += 100_000) {
        try (var appender = engine.appender()) {
          int series = appender.series(labels);
          for (int i = from; i < from + 100_000; i++) {
            appender.add(series, START + i, Double.doubleToRawLongBits(i));
          }
          assertThat(appender.commit().taken()).isEqualTo(100_000);
        }
      }
      assertThat(only(engine).size()).isEqualTo(samples);
    }
  }

  @Test
  void blocksOlderThanTheRetentionAreDeleted() throws Exception {
    try (var engine = open(folder)) {
      put(engine, Labels.of("m"), START, 1);
      engine.compact();
      for (int day = 1; day <= 9; day++) {
        put(engine, Labels.of("m"), START + day * 24 * HOUR, day);
      }
      engine.compact();
      assertThat(only(engine).times()[0]).isEqualTo(START + 2 * 24 * HOUR);
    }
  }

  private Engine open(Path where) throws IOException {
    return Engine.open(
        where,
        EngineOptions.standard().withSync(EngineOptions.Sync.NONE),
        () -> Instant.ofEpochMilli(now),
        42,
        notices::add);
  }

  private static Series only(Engine engine) {
    return engine.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE).getFirst();
  }

  private static Series find(Engine engine, String name) {
    return engine
        .select(List.of(Matcher.equal("__name__", name)), Long.MIN_VALUE, Long.MAX_VALUE)
        .getFirst();
  }

  private static Appender.Outcome put(Engine engine, Labels labels, long time, double value)
      throws IOException {
    try (var appender = engine.appender()) {
      appender.add(appender.series(labels), time, Double.doubleToRawLongBits(value));
      return appender.commit();
    }
  }

  private void write(
      Engine engine, Map<Labels, TreeMap<Long, Long>> expected, Random random, int from, int to)
      throws IOException {
    for (int step = from; step < to; step++) {
      try (var appender = engine.appender()) {
        for (int i = 0; i < 20; i++) {
          var labels = Labels.of("metric_" + i % 4, "job", "test", "instance", "host-" + i);
          long time = START + step * 10_000L + i * 13 + random.nextInt(5);
          long bits =
              random.nextInt(50) == 0
                  ? 0x7ff0000000000002L
                  : Double.doubleToRawLongBits(random.nextInt(1000) / 10.0 * (i + 1));
          if (random.nextInt(100) > 2) {
            appender.add(appender.series(labels), time, bits);
            expected.computeIfAbsent(labels, l -> new TreeMap<>()).put(time, bits);
          }
        }
        assertThat(appender.commit().refused()).isZero();
      }
    }
  }

  private static void assertHolds(Engine engine, Map<Labels, ? extends Map<Long, Long>> expected) {
    var held = new TreeMap<Labels, TreeMap<Long, Long>>();
    for (Series series : engine.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      var samples = new TreeMap<Long, Long>();
      for (int i = 0; i < series.size(); i++) {
        samples.put(series.times()[i], Double.doubleToRawLongBits(series.values()[i]));
      }
      held.put(series.labels(), samples);
    }
    assertThat(held.equals(expected)).isTrue();
  }

  private Path copyOf(Path from, String name) {
    Path to = folder.resolveSibling(folder.getFileName() + name);
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }
}

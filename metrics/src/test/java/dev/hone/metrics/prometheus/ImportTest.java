package dev.hone.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Retention;
import dev.hone.metrics.Series;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.wire.MalformedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportTest {
  private static final long DAY = 86_400_000;
  private static final long START = 1_750_000_000_000L / DAY * DAY;
  private static final long PROMETHEUS_NAN = 0x7FF8000000000001L;
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  @TempDir static Path shared;
  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();

  /** Samples by series, their values bit for bit. */
  private static final class Expected extends TreeMap<Labels, TreeMap<Long, Long>> {
    private static final long serialVersionUID = 1;

    void add(Labels labels, long time, double value) {
      computeIfAbsent(labels, l -> new TreeMap<>())
          .putIfAbsent(time, Double.doubleToRawLongBits(value));
    }

    TreeMap<Long, Long> of(Labels labels) {
      return getOrDefault(labels, new TreeMap<>());
    }

    long samples() {
      return values().stream().mapToLong(Map::size).sum();
    }
  }

  /** Writes three days of several kinds of series as OpenMetrics. */
  private Path openMetrics(Expected expected, long seed) throws IOException {
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int s = 0; s < 20; s++) {
      String name = "metric_" + s % 3;
      String odd =
          s == 7 ? "a\\\"b\\\\c\\nd" : s == 8 ? "\uFFEE" : s == 9 ? "\uD83D\uDE00" : "v" + s;
      String plain = s == 7 ? "a\"b\\c\nd" : odd;
      Labels labels = Labels.of(name, "instance", plain, "zone", "z" + s % 2);
      double value = 0;
      for (long time = START; time < START + 3 * DAY; time += 15_000L * (1 + random.nextInt(20))) {
        value =
            switch (s % 5) {
              case 0 -> value + random.nextInt(100);
              case 1 -> random.nextDouble();
              case 2 -> 1;
              case 3 -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
              default ->
                  List.of(Double.NaN, -0.0, Double.POSITIVE_INFINITY, Double.MIN_VALUE)
                      .get(random.nextInt(4));
            };
        expected.add(
            labels, time, Double.isNaN(value) ? Double.longBitsToDouble(PROMETHEUS_NAN) : value);
        String shown =
            Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? "+Inf" : Double.toString(value);
        text.append(
            "%s{zone=\"z%d\",instance=\"%s\"} %s %d.%d%n"
                .formatted(name, s % 2, odd, shown, time / 1000, time % 1000 / 100));
      }
    }
    text.append("# EOF\n");
    Path file = folder.resolve("samples.om");
    Files.writeString(file, text);
    return file;
  }

  /** Blocks of three days that each test may damage; the first that needs them has them made. */
  private Path blocks(Expected expected) throws Exception {
    Path file = openMetrics(expected, 1);
    Path made = shared.resolve("prometheus");
    if (!Files.exists(made)) {
      make(made, file);
    }
    Path blocks = folder.resolve("prometheus");
    copy(made, blocks);
    return blocks;
  }

  private static void make(Path blocks, Path openMetrics, String... options) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(PROMTOOL), "needs promtool");
    var command = new ArrayList<>(List.of(PROMTOOL.toString(), "tsdb", "create-blocks-from"));
    command.addAll(List.of(options));
    command.addAll(List.of("openmetrics", openMetrics.toString(), blocks.toString()));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private Engine open(String name) throws IOException {
    return open(name, Duration.ofDays(30));
  }

  private Engine open(String name, Duration retention) throws IOException {
    return Engine.open(
        folder.resolve(name),
        EngineOptions.standard()
            .withSync(EngineOptions.Sync.NONE)
            .withRetention(
                new Retention(
                    new Retention.Keep(retention, Duration.ZERO, Duration.ZERO, Duration.ZERO),
                    List.of())),
        () -> Instant.ofEpochMilli(START + 4 * DAY),
        1,
        notices::add);
  }

  private static ImportReport bring(Engine engine, Path path)
      throws IOException, InterruptedException {
    var one = new Import(engine, false, (p, share, report) -> {});
    one.path(path, Import.Format.AUTO);
    return one.report();
  }

  private static Expected held(Engine engine) {
    var all = new Expected();
    for (Series series : engine.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      for (int i = 0; i < series.size(); i++) {
        all.add(series.labels(), series.times()[i], series.values()[i]);
      }
    }
    return all;
  }

  @Test
  void blocksOfPrometheusComeInBitForBit() throws Exception {
    var expected = new Expected();
    Path blocks = blocks(expected);
    try (var engine = open("store")) {
      ImportReport report = bring(engine, blocks);
      assertThat(report.outcome().added()).isEqualTo(expected.samples());
      assertThat(report.series()).isEqualTo(20);
      assertThat(report.outcome().from()).isEqualTo(START);
      assertThat(report.notices()).isEmpty();
      assertThat(held(engine)).isEqualTo(expected);
      ImportReport again = bring(engine, blocks);
      assertThat(again.outcome().added()).isZero();
      assertThat(again.outcome().already()).isEqualTo(expected.samples());
      engine.compact();
      assertThat(held(engine)).isEqualTo(expected);
    }
    try (var engine = open("store")) {
      assertThat(held(engine)).isEqualTo(expected);
    }
    assertThat(notices).isEmpty();
  }

  @Test
  void blocksOfManyDaysComeInToo() throws Exception {
    var expected = new Expected();
    Path blocks = folder.resolve("prometheus");
    make(blocks, openMetrics(expected, 2), "--max-block-duration=168h");
    try (var engine = open("store")) {
      bring(engine, blocks);
      assertThat(held(engine)).isEqualTo(expected);
    }
  }

  @Test
  void textComesInLikeTheBlocksMadeOfIt() throws Exception {
    var expected = new Expected();
    Path file = openMetrics(expected, 3);
    try (var engine = open("store")) {
      ImportReport report = bring(engine, file);
      assertThat(report.outcome().added()).isEqualTo(expected.samples());
      assertThat(report.notices()).isEmpty();
      assertThat(held(engine)).isEqualTo(expected);
      assertThat(bring(engine, file).outcome().already()).isEqualTo(expected.samples());
    }
  }

  @Test
  void ofDaysBeforeTheRetentionTheTiersStay() throws Exception {
    var expected = new Expected();
    Path file = openMetrics(expected, 4);
    double counted = expected.values().stream().mapToLong(s -> s.headMap(START + DAY).size()).sum();
    var brief =
        new Retention(
            new Retention.Keep(
                Duration.ofDays(1), Duration.ZERO, Duration.ofDays(9), Duration.ofDays(99)),
            List.of());
    var options = EngineOptions.standard().withSync(EngineOptions.Sync.NONE).withRetention(brief);
    try (var engine =
        Engine.open(
            folder.resolve("store"),
            options,
            () -> Instant.ofEpochMilli(START + 4 * DAY),
            1,
            notices::add)) {
      try (var appender = engine.appender()) {
        appender.add(appender.series(Labels.of("now")), START + 4 * DAY, 0);
        appender.commit();
      }
      assertThat(bring(engine, file).outcome().added()).isEqualTo(expected.samples());
      engine.compact();
      assertThat(held(engine).samples()).isLessThan(expected.samples());
      var result =
          dev.hone.metrics.promql.Query.parse("sum(count_over_time({__name__=~'metric_.'}[1d]))")
              .instant(engine, START + DAY, dev.hone.metrics.promql.Limits.STANDARD);
      assertThat(result).isInstanceOf(dev.hone.metrics.promql.Query.Vector.class);
      var points = ((dev.hone.metrics.promql.Query.Vector) result).points();
      assertThat(points.getFirst().value()).isBetween(counted, counted + 20);
    }
  }

  @Test
  void whatIsThereStays() throws Exception {
    Labels labels = Labels.of("m");
    Path file = folder.resolve("text");
    Files.writeString(
        file,
        "m 1 %d\nm 2 %d\nm 3 %d\nm 4 %d\nm 9 %d\nother 5 %d\n"
            .formatted(START + 3, START + 2, START + 1, START, START, START + 3 * DAY));
    try (var engine = open("store")) {
      append(engine, labels, START + 2, 2);
      append(engine, labels, START + 3, 7);
      ImportReport report = bring(engine, file);
      assertThat(report.outcome().added()).isEqualTo(3);
      assertThat(report.outcome().already()).isEqualTo(1);
      assertThat(report.outcome().conflicting()).isEqualTo(1);
      assertThat(held(engine).of(labels).values().stream().map(Double::longBitsToDouble))
          .containsExactly(4.0, 3.0, 2.0, 7.0);
      append(engine, labels, START + 3 * DAY, 8);
      engine.compact();
      assertThat(held(engine).of(labels).values().stream().map(Double::longBitsToDouble))
          .containsExactly(4.0, 3.0, 2.0, 7.0, 8.0);
      assertThat(bring(engine, file).outcome().already()).isEqualTo(4);
    }
  }

  /** All that is now there; the NaN of text has other bits than Prometheus'. */
  private static long total(ImportReport report) {
    var outcome = report.outcome();
    return outcome.added() + outcome.already() + outcome.conflicting();
  }

  @Test
  void manyImportsIntoOneDayAreMerged() throws Exception {
    Path file = folder.resolve("text");
    var expected = new Expected();
    try (var engine = open("store")) {
      for (int i = 0; i < 20; i++) {
        expected.add(Labels.of("m"), START + i, i);
        Files.writeString(file, "m %d %d%n".formatted(i, START + i));
        bring(engine, file);
      }
      assertThat(held(engine)).isEqualTo(expected);
    }
    try (var blocks = Files.list(folder.resolve("store/blocks"))) {
      assertThat(blocks.count()).isLessThan(10);
    }
  }

  @Test
  void samplesThatAreStillInTheWalAreToldOf() throws Exception {
    Files.createDirectories(folder.resolve("data/wal"));
    try (var engine = open("store")) {
      assertThatThrownBy(() -> bring(engine, folder.resolve("data")))
          .hasMessageContaining("lie in its wal")
          .hasMessageContaining("snapshot");
    }
  }

  private static void append(Engine engine, Labels labels, long time, double value)
      throws IOException {
    try (Appender batch = engine.appender()) {
      batch.add(batch.series(labels), time, Double.doubleToRawLongBits(value));
      assertThat(batch.commit().refused()).isZero();
    }
  }

  @Test
  void anImportCutOffAnywhereCanBeRepeated() throws Exception {
    var expected = new Expected();
    Path blocks = blocks(expected);
    var crashed = new ArrayList<Path>();
    try (var engine = open("store")) {
      var one =
          new Import(
              engine,
              false,
              (path, share, report) -> {
                Path copy = folder.resolve("crashed-" + crashed.size());
                copy(folder.resolve("store"), copy);
                Path torn = copy.resolve("blocks/1-2-import-0.tmp");
                Files.createDirectories(torn);
                Files.writeString(torn.resolve("columns.bin"), "half of it");
                crashed.add(copy);
              });
      one.path(blocks, Import.Format.AUTO);
    }
    assertThat(crashed).hasSize(3);
    for (Path copy : crashed) {
      try (var engine = open(copy.getFileName().toString())) {
        ImportReport report = bring(engine, blocks);
        assertThat(total(report)).isEqualTo(expected.samples());
        assertThat(held(engine)).isEqualTo(expected);
      }
    }
    assertThat(notices).isEmpty();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    var expected = new Expected();
    Path file = openMetrics(expected, 5);
    try (var engine = open("store")) {
      var dry = new Import(engine, true, (path, share, report) -> {});
      dry.path(file, Import.Format.AUTO);
      assertThat(dry.report().outcome().added()).isEqualTo(expected.samples());
      assertThat(dry.report().series()).isEqualTo(20);
      assertThat(held(engine)).isEmpty();
    }
  }

  @Test
  void whatRetentionWouldDeleteIsLeftOutAndTold() throws Exception {
    var expected = new Expected();
    Path blocks = blocks(expected);
    try (var engine = open("store", Duration.ofDays(2))) {
      for (Path path : List.of(blocks, folder.resolve("samples.om"))) {
        ImportReport report = bring(engine, path);
        assertThat(report.notices())
            .singleElement()
            .asString()
            .contains("older than anything is kept (2 days)", "retention:");
        assertThat(total(report))
            .isEqualTo(
                expected.values().stream().mapToLong(s -> s.tailMap(START + 2 * DAY).size()).sum());
      }
    }
  }

  @Test
  void deletedSamplesDoNotComeIn() throws Exception {
    var expected = new Expected();
    Path blocks = blocks(expected);
    Path block;
    try (var folders = Files.newDirectoryStream(blocks)) {
      block = folders.iterator().next();
    }
    long begin = PrometheusBlock.Place.of(block).from();
    Labels first;
    long reference;
    try (var arena = Arena.ofConfined()) {
      var index = new PrometheusIndex(FileCursor.map(block.resolve("index"), arena));
      first = index.entry(0).labels();
      reference = index.reference(0);
    }
    Files.write(block.resolve("tombstones"), tombstone(reference, begin, begin + 3_600_000));
    expected.of(first).keySet().removeIf(t -> t >= begin && t <= begin + 3_600_000);
    try (var engine = open("store")) {
      bring(engine, blocks);
      assertThat(held(engine)).isEqualTo(expected);
    }
  }

  private static byte[] tombstone(long series, long from, long to) {
    var out = ByteBuffer.allocate(64);
    out.putInt(0x0130BA30).put((byte) 1);
    uvarint(out, series);
    uvarint(out, from << 1);
    uvarint(out, to << 1);
    var crc = new CRC32C();
    crc.update(out.array(), 5, out.position() - 5);
    out.putInt((int) crc.getValue());
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void uvarint(ByteBuffer out, long number) {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  @Test
  void damageIsToldAndNothingDoneByHalves() throws Exception {
    var expected = new Expected();
    Path blocks = blocks(expected);
    List<Path> folders;
    try (var walk = Files.list(blocks)) {
      folders = walk.limit(4).toList();
    }
    var random = new Random(1);
    int told = 0;
    for (int i = 0; i < 200; i++) {
      Path folder = folders.get(random.nextInt(folders.size()));
      Path file = folder.resolve(random.nextBoolean() ? "index" : "chunks/000001");
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      boolean cut = random.nextInt(4) == 0;
      Files.write(file, cut ? Arrays.copyOf(bad, random.nextInt(bad.length)) : bad);
      try (var block = new PrometheusBlock(folder)) {
        while (block.next()) {
          block.read(Long.MIN_VALUE, Long.MAX_VALUE, (times, values, from, to) -> {});
        }
      } catch (MalformedException e) {
        assertThat(e).hasMessageMatching("(?s).+");
        told++;
      }
      Files.write(file, good);
    }
    assertThat(told).isGreaterThan(100);
  }

  @Test
  void whatIsNoSourceGetsASentence() throws Exception {
    try (var engine = open("store")) {
      Path file = folder.resolve("file");
      assertThatThrownBy(() -> bring(engine, folder.resolve("nothing")))
          .hasMessageContaining("is no file, and no folder");
      Files.writeString(file, "m 1 1750000000\n");
      assertThatThrownBy(() -> bring(engine, file)).hasMessageContaining("--format openmetrics");
      Files.writeString(file, "m 1 1750000000000\n# EOF\n");
      assertThatThrownBy(() -> bring(engine, file)).hasMessageContaining("--format text");
      Files.writeString(file, "m 1\n");
      assertThatThrownBy(() -> bring(engine, file)).hasMessageContaining("`m` has no time");
      Files.writeString(file, "m 1 " + START + "\nm{a=1} 2\n");
      assertThatThrownBy(() -> bring(engine, file)).hasMessageContaining("line 2");
      assertThat(held(engine)).isEmpty();
    }
  }
}

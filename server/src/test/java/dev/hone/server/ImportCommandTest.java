package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Mode;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hone import}, with a running Hone and without. */
class ImportCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();
  private final Instant begin =
      Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofDays(3));
  private Path data;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    data = directory.resolve("data");
    file = directory.resolve("samples.om");
    var text = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      text.append("shop_orders %d %d%n".formatted(i, begin.plusSeconds(60L * i).getEpochSecond()));
    }
    Files.writeString(file, text.append("# EOF\n"));
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    errors.getBuffer().setLength(0);
    var all = new ArrayList<>(List.of("import", "--data-dir", data.toString()));
    all.addAll(List.of(arguments));
    return HoneCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(errors, true))
        .execute(all.toArray(String[]::new));
  }

  private static long held(MetricStore store) {
    return store
        .select(List.of(Matcher.equal(Labels.NAME, "shop_orders")), 0, Long.MAX_VALUE)
        .stream()
        .mapToLong(series -> series.size())
        .sum();
  }

  private long heldOnDisk() throws IOException {
    try (var engine =
        Engine.open(
            data.resolve("metrics"), EngineOptions.standard(), Clock.systemUTC(), 1, n -> {})) {
      return held(engine);
    }
  }

  @Test
  void aRunningHoneTakesItIn() throws Exception {
    Files.createDirectories(data);
    try (var running = RunningHone.start(data, Mode.OBSERVE)) {
      String[] server = {"--server", running.web.address(), file.toString()};
      assertThat(run("--server", running.web.address(), file.toString(), "--dry-run")).isZero();
      assertThat(out.toString())
          .startsWith("1,000 samples of 1 series would come in, from " + begin);
      assertThat(held(running.hone.store())).isZero();
      assertThat(run(server)).as(errors.toString()).isZero();
      assertThat(out.toString()).startsWith("1,000 samples of 1 series came in, from " + begin);
      assertThat(held(running.hone.store())).isEqualTo(1_000);
      assertThat(run(server)).isZero();
      assertThat(out.toString()).contains("1,000 samples were there already");
      assertThat(run("--server", running.web.address(), "/no/such/path")).isEqualTo(1);
      assertThat(errors.toString()).contains("`/no/such/path` is no file, and no folder");
    }
  }

  @Test
  void withoutOneTheDataDirectoryTakesItIn() throws Exception {
    assertThat(run(file.toString())).as(errors.toString()).isZero();
    assertThat(out.toString()).startsWith("1,000 samples of 1 series came in, from " + begin);
    assertThat(heldOnDisk()).isEqualTo(1_000);
  }

  @Test
  void aRunningHoneThatIsNotFoundIsNotBypassed() throws Exception {
    Files.createDirectories(data);
    Path config = directory.resolve("hone.yaml");
    Files.writeString(config, "port: 1\n");
    try (var running = RunningHone.start(data, Mode.OBSERVE)) {
      assertThat(run("--config", config.toString(), file.toString())).isEqualTo(2);
      assertThat(errors.toString()).contains("one runs on its data directory", "--server");
      assertThat(held(running.hone.store())).isZero();
    }
  }

  @Test
  void theStandardInputComesIn() throws Exception {
    InputStream before = System.in;
    String text = "shop_orders 1 " + begin.toEpochMilli() + "\n";
    System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(run("-", "--format", "text")).as(errors.toString()).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(heldOnDisk()).isEqualTo(1);
  }

  @Test
  void whatIsTooOldIsToldWithTheRemedy() throws Exception {
    Files.writeString(file, "shop_orders 1 1500000000\n# EOF\n");
    assertThat(run(file.toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains("0 samples of 0 series came in", "older than anything is kept (365 days)")
        .contains("set `metrics: retention: daily:`");
  }

  @Test
  void aLineThatIsWrongIsToldAndWhatCameInIsKept() throws Exception {
    Files.writeString(
        file, "shop_orders 1 " + begin.getEpochSecond() + "\nshop_orders x 1\n# EOF\n");
    assertThat(run(file.toString())).isEqualTo(1);
    assertThat(errors.toString()).contains("line 2", "`x` is not a number", "can be repeated");
  }
}

package dev.hone.metrics.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real file system that is full: one of four megabytes, in memory. */
class FullDiskTest {
  private static final long START = 20_000L * 86_400_000;
  private static final int SERIES = 500;

  @TempDir Path folder;
  private Path disk = Path.of("");
  private boolean mounted;
  private final List<String> notices = new ArrayList<>();
  private final Random random = new Random(3);
  private long now = START;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString());
    assumeTrue(mounted, "a file system of its own can be mounted by root only");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  @Test
  void samplesAreRefusedWhileTheDiskIsFullAndTakenAgainAfterwards() throws Exception {
    var filler = disk.resolve("filler");
    Files.write(filler, new byte[2 << 20]);
    long acknowledged = 0;
    try (var engine = open()) {
      IOException refusal = null;
      while (refusal == null) {
        try {
          put(engine);
          acknowledged++;
        } catch (IOException e) {
          refusal = e;
        }
      }
      assertThat(acknowledged).isGreaterThan(20);
      assertThat(refusal).hasMessageContaining("No space left on device");
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> put(engine)).isInstanceOf(IOException.class);
      }
      assertHolds(engine, acknowledged);

      Files.delete(filler);
      engine.ingest.checkpoint();
      for (int i = 0; i < 10; i++) {
        put(engine);
        acknowledged++;
      }
      assertHolds(engine, acknowledged);
    }
    try (var again = open()) {
      assertHolds(again, acknowledged);
    }
  }

  /** One sample of each series; a refused one leaves nothing. */
  private void put(Engine engine) throws IOException {
    now += 1_000;
    try (var appender = engine.appender()) {
      for (int i = 0; i < SERIES; i++) {
        int series = appender.series(Labels.of("m", "i", "" + i));
        appender.add(series, now, Double.doubleToRawLongBits(random.nextDouble()));
      }
      appender.commit();
    }
  }

  private static void assertHolds(Engine engine, long samples) {
    List<Series> held = engine.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(held)
        .hasSize(SERIES)
        .allSatisfy(s -> assertThat((long) s.size()).isEqualTo(samples));
  }

  private Engine open() throws IOException {
    return Engine.open(
        disk.resolve("metrics"),
        EngineOptions.standard(),
        () -> Instant.ofEpochMilli(now),
        1,
        notices::add);
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }
}

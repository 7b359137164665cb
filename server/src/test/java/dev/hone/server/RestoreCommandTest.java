package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Mode;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hone snapshot} and {@code hone restore}. */
class RestoreCommandTest {
  private static final Labels SHOP = Labels.of("shop_orders");

  @TempDir Path data;
  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    errors.getBuffer().setLength(0);
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data-dir", data.toString()));
    return HoneCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(errors, true))
        .execute(all.toArray(String[]::new));
  }

  private List<Double> held() throws IOException {
    try (var engine =
        Engine.open(
            data.resolve("metrics"), EngineOptions.standard(), Clock.systemUTC(), 1, n -> {})) {
      return engine
          .select(List.of(Matcher.equal(Labels.NAME, "shop_orders")), 0, Long.MAX_VALUE)
          .stream()
          .flatMap(series -> Arrays.stream(series.values()).boxed())
          .toList();
    }
  }

  /** Takes a snapshot of one sample, then a second sample comes. */
  private String snapshot() throws Exception {
    long now = System.currentTimeMillis();
    try (var running = RunningHone.start(data, Mode.OBSERVE)) {
      running.hone.store().append(SHOP, now, 1);
      assertThat(run("snapshot", "--server", running.web.address())).as(errors.toString()).isZero();
      String name = out.toString().strip();
      running.hone.store().append(SHOP, now + 1, 2);
      assertThat(run("restore", name)).isEqualTo(2);
      assertThat(errors.toString()).contains("a Hone runs on the data directory", "stop it");
      return name;
    }
  }

  @Test
  void aSnapshotIsPutBackAndWhatWasThereKept() throws Exception {
    String name = snapshot();
    assertThat(held()).containsExactly(1.0, 2.0);
    assertThat(run("snapshot", "--list")).isZero();
    assertThat(out.toString()).startsWith(name).contains(" bytes");
    assertThat(run("restore", name)).as(errors.toString()).isZero();
    assertThat(out.toString()).contains("metrics.before-restore-");
    assertThat(held()).containsExactly(1.0);
    assertThat(run("snapshot", "--list")).isZero();
    assertThat(out.toString()).startsWith(name);
    Path aside;
    try (var folders = Files.newDirectoryStream(data, "metrics.before-restore-*")) {
      aside = folders.iterator().next();
    }
    assertThat(run("restore", aside.toString())).as(errors.toString()).isZero();
    assertThat(held()).containsExactly(1.0, 2.0);
  }

  @Test
  void aDamagedSnapshotChangesNothing() throws Exception {
    String name = snapshot();
    Path blocks = data.resolve("metrics/snapshots").resolve(name).resolve("blocks");
    Path block;
    try (var folders = Files.newDirectoryStream(blocks)) {
      block = folders.iterator().next();
    }
    for (String file : List.of("index.bin", "columns.bin")) {
      byte[] good = Files.readAllBytes(block.resolve(file));
      byte[] bad = good.clone();
      bad[bad.length / 2] ^= 1;
      Files.write(block.resolve(file), bad);
      assertUnchanged(name);
      Files.write(block.resolve(file), good);
    }
    Files.move(block, data.resolve("elsewhere"));
    assertUnchanged(name);
  }

  private void assertUnchanged(String name) throws Exception {
    assertThat(run("restore", name)).isEqualTo(2);
    assertThat(errors.toString()).contains("is damaged", "what was there is unchanged");
    assertThat(held()).containsExactly(1.0, 2.0);
    assertThat(data.resolve("metrics.copying")).doesNotExist();
    assertThat(data.resolve("metrics.restoring")).doesNotExist();
  }

  @Test
  void aRestoreCutOffBetweenTheRenamesIsCompleted() throws Exception {
    snapshot();
    Files.move(data.resolve("metrics"), data.resolve("metrics.restoring"));
    StoreRestore.complete(data);
    assertThat(held()).containsExactly(1.0, 2.0);
  }

  @Test
  void whatIsNoSnapshotGetsASentence() {
    assertThat(run("restore", "nothing")).isEqualTo(2);
    assertThat(errors.toString()).contains("`nothing` is no snapshot", "hone snapshot --list");
  }
}

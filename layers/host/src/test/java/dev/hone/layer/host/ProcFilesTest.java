package dev.hone.layer.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.MemoryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors that are kept. */
class ProcFilesTest {
  private RecordedHost host;

  @BeforeEach
  void record(@TempDir Path root) {
    host = new RecordedHost(root);
  }

  private ProcFiles.ProcFile file(ProcFiles files, String name) {
    return files.file(host.root().resolve("proc").resolve(name));
  }

  private static Scan read(ProcFiles.ProcFile file) throws InterruptedException {
    return Objects.requireNonNull(file.read());
  }

  @Test
  void readsAFileAnewThroughTheDescriptorThatItKeeps() throws Exception {
    var files = new ProcFiles(10);
    host.file("proc/loadavg", "1 2");
    try (var loadavg = file(files, "loadavg")) {
      assertThat(read(loadavg).number()).isEqualTo(1);
      host.file("proc/loadavg", "37 2");
      assertThat(read(loadavg).number()).isEqualTo(37);
      assertThat(files.kept()).isEqualTo(1);
    }
    assertThat(files.kept()).isZero();
  }

  @Test
  void keepsNoMoreDescriptorsThanItMayAndStillReadsTheRest() throws Exception {
    var files = new ProcFiles(3);
    var open = new ArrayList<ProcFiles.ProcFile>();
    for (int i = 0; i < 8; i++) {
      host.file("proc/f" + i, Integer.toString(i));
      open.add(file(files, "f" + i));
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 8; i++) {
        assertThat(read(open.get(i)).number()).isEqualTo(i);
        assertThat(files.kept()).isLessThanOrEqualTo(3);
      }
    }
    open.forEach(ProcFiles.ProcFile::close);
    assertThat(files.kept()).isZero();
  }

  @Test
  void readsFilesThatAreLongerThanItsBuffer() throws Exception {
    var files = new ProcFiles(3);
    host.file("proc/long", "x".repeat(100_000) + " 7");
    try (var file = file(files, "long")) {
      assertThat(read(file).word()).isTrue();
      Scan scan = read(file);
      scan.skipWords(1);
      assertThat(scan.number()).isEqualTo(7);
    }
  }

  @Test
  void asksForAMissingFileAgainOnlyAfterAPause() throws Exception {
    var files = new ProcFiles(3);
    try (var file = file(files, "late")) {
      assertThat(file.read()).isNull();
      host.file("proc/late", "5");
      for (int i = 0; i < 60; i++) {
        assertThat(file.read()).isNull();
      }
      assertThat(read(file).number()).isEqualTo(5);
    }
  }

  @Test
  void takesAQuarterOfTheDescriptorsThatTheProcessMayHave() {
    Path proc = host.root().resolve("proc");
    assertThat(ProcFiles.budget(proc)).isEqualTo(256);
    host.file("proc/self/limits", "Limit   Soft Hard\nMax open files   1024   4096   files\n");
    assertThat(ProcFiles.budget(proc)).isEqualTo(256);
    host.file("proc/self/limits", "Max open files            1048576    1048576    files\n");
    assertThat(ProcFiles.budget(proc)).isEqualTo(1000);
    host.file("proc/self/limits", "Max open files            unlimited  unlimited  files\n");
    assertThat(ProcFiles.budget(proc)).isEqualTo(1000);
    host.file("proc/self/limits", "Max open files            64  64  files\n");
    assertThat(ProcFiles.budget(proc)).isEqualTo(16);
  }

  @Test
  void closesTheDescriptorsOfProcessesThatAreGone() throws Exception {
    var files = new ProcFiles(100);
    LongSupplier unknown = () -> -1;
    Path proc = host.root().resolve("proc");
    try (var store = new MemoryStore(1000, 10);
        var metrics =
            new ProcessMetrics(files, proc, new Samples(store), 4096, unknown, List::of)) {
      metrics.sample();
      assertThat(files.kept()).isZero();
      for (int pid = 50; pid < 60; pid++) {
        host.process(pid, "batch", 1, 900, 100).waited(pid, pid, 5).waited(pid, pid + 100, 5);
        Files.writeString(proc.resolve(pid + "/io"), "rchar: 1\n");
      }
      for (int round = 0; round < 6; round++) {
        metrics.sample();
      }
      // Its stat and io and the schedstat of its two threads each.
      assertThat(files.kept()).isEqualTo(40);
      for (int pid = 50; pid < 60; pid++) {
        host.without("proc/" + pid);
      }
      metrics.sample();
      assertThat(files.kept()).isZero();
    }
  }

  @Test
  void readsAStormOfNewProcessesOverSeveralRounds() throws Exception {
    var files = new ProcFiles(1000);
    Path proc = host.root().resolve("proc");
    try (var store = new MemoryStore(1000, 10);
        var metrics =
            new ProcessMetrics(files, proc, new Samples(store), 4096, () -> 5, List::of)) {
      metrics.sample();
      for (int pid = 100; pid < 180; pid++) {
        host.process(pid, "short", 1, 900, 0);
      }
      int[] kept = new int[12];
      for (int round = 0; round < kept.length; round++) {
        metrics.sample();
        kept[round] = files.kept();
      }
      // The fork count stands still, so the directory is listed in the fifth round and then until
      // all are known.
      assertThat(kept).startsWith(0, 0, 0, 0, 32, 64, 80);
    }
  }
}

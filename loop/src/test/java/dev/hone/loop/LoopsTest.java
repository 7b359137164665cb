package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many loops: full files, archive and checkpoint. */
class LoopsTest {
  private static final Loops.Bounds BOUNDS = new Loops.Bounds(64 << 10, 40);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("journal.log");
  }

  private Loops open() {
    return new Loops(file, Journal.DISK, () -> Examples.START, BOUNDS);
  }

  /** Adds loops that were rejected, but for the first three. */
  private static void fill(Loops loops, int from, int to) {
    for (int i = from; i < to; i++) {
      String id = String.format("loop%06d", i);
      Recommendation recommendation = Examples.recommendation("k" + i % 7, Examples.SWITCHBACK);
      Plan plan = PlanTest.plan(id);
      loops.append(
          id, new LoopEvent.Proposed(Examples.finding("k" + i % 7), recommendation, plan, null));
      if (i > 2) {
        loops.append(id, new LoopEvent.Rejected("ann", "no " + i));
      }
    }
  }

  private static Map<String, LoopRecord> everything(Loops loops) {
    var all = new HashMap<String, LoopRecord>();
    loops.summaries().forEach(s -> all.put(s.id(), loops.require(s.id())));
    return all;
  }

  @Test
  void allLoopsAreThereAfterARestartHoweverManyFilesAreFull() throws IOException {
    Map<String, LoopRecord> before;
    try (Loops loops = open()) {
      fill(loops, 0, 200);
      before = everything(loops);
      assertThat(before).hasSize(200);
      assertThat(loops.all().size()).isLessThan(150);
    }
    assertThat(new Segments(file).closedAfter(0)).hasSizeGreaterThan(3);
    try (Loops loops = open()) {
      assertThat(everything(loops)).isEqualTo(before);
      assertThat(loops.counts())
          .containsEntry(LoopState.REJECTED, 197L)
          .containsEntry(LoopState.PROPOSED, 3L);
      assertThat(loops.page(s -> true, "", 3))
          .extracting(LoopRecord::id)
          .containsExactly("loop000199", "loop000198", "loop000197");
      assertThat(loops.page(s -> true, "loop000003", 9)).hasSize(3);
      fill(loops, 200, 250);
      loops.append("loop000001", new LoopEvent.Rejected("ann", "late"));
    }
    try (Loops loops = Loops.read(file)) {
      assertThat(everything(loops)).hasSize(250);
      assertThat(loops.require("loop000001").state()).isEqualTo(LoopState.REJECTED);
      assertThatThrownBy(() -> loops.append("loop000002", new LoopEvent.Rejected("eve", "")))
          .hasMessageContaining("for reading only");
    }
  }

  @Test
  void withoutOrWithADamagedCheckpointOrArchiveEverythingComesFromTheJournal() throws IOException {
    Map<String, LoopRecord> before;
    try (Loops loops = open()) {
      fill(loops, 0, 150);
      before = everything(loops);
    }
    for (String suffix : List.of(".checkpoint", ".index", ".archive")) {
      Path damaged = folder.resolve("journal.log" + suffix);
      try (var data = new RandomAccessFile(damaged.toFile(), "rw")) {
        if (suffix.equals(".archive")) {
          data.setLength(data.length() / 2);
        } else {
          data.seek(200);
          data.write(0x7f);
        }
      }
      try (Loops loops = open()) {
        assertThat(everything(loops)).as(suffix).isEqualTo(before);
        fill(loops, before.size(), before.size() + 10);
        before = everything(loops);
      }
      Files.deleteIfExists(folder.resolve("journal.log.checkpoint"));
      try (Loops loops = open()) {
        assertThat(everything(loops)).as(suffix).isEqualTo(before);
        assertThat(Optional.of(loops.all().size())).isPresent();
      }
    }
  }

  @Test
  void aMissingOrChangedFullFileIsNamed() throws IOException {
    try (Loops loops = open()) {
      fill(loops, 0, 120);
    }
    Path first = folder.resolve("journal.log.000001");
    byte[] bytes = Files.readAllBytes(first);
    Files.delete(folder.resolve("journal.log.checkpoint"));
    Files.delete(first);
    assertThatThrownBy(this::open).hasMessageContaining("journal.log.000001` is missing");
    byte[] forged = bytes.clone();
    forged[bytes.length / 2] ^= 1;
    Files.write(first, forged);
    assertThatThrownBy(this::open).hasMessageContaining("journal.log.000001` is damaged at line ");
    Files.write(first, bytes);
    open().close();
  }
}

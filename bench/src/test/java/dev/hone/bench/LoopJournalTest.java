package dev.hone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Audit;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopJournalTest {
  @Test
  void theJournalIsOneThatTheKernelReads(@TempDir Path directory) throws Exception {
    Path journal = directory.resolve(CrashChild.JOURNAL);
    LoopJournal.write(journal, 10);
    assertThat(new Audit(journal).check().problem()).isEmpty();
    try (var loops = new Loops(journal, InstantSource.system())) {
      assertThat(loops.counts())
          .containsEntry(LoopState.KEPT, 5L)
          .containsEntry(LoopState.ROLLED_BACK, 5L);
      assertThat(LoopJournal.page(loops)).hasSize(10);
    }
    assertThat(LoopJournal.newest(journal)).hasSize(100);
  }
}

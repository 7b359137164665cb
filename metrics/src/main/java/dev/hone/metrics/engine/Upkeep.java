package dev.hone.metrics.engine;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What the engine does by itself: sync each second, checkpoint and compact when due. */
final class Upkeep {
  private static final long COMPACT_SECONDS = 60;

  private final Engine engine;
  private final Compactor compactor;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().name("store-", 0).factory());
  private long checkpointed;
  private boolean failing;

  Upkeep(Engine engine, Compactor compactor) {
    this.engine = engine;
    this.compactor = compactor;
  }

  void start() {
    var sync = threads.scheduleWithFixedDelay(this::second, 1, 1, TimeUnit.SECONDS);
    var compaction =
        threads.scheduleWithFixedDelay(
            this::compact, COMPACT_SECONDS, COMPACT_SECONDS, TimeUnit.SECONDS);
    assert sync != compaction;
  }

  private void second() {
    try {
      engine.ingest.flushAndSync();
      if (failing
          || engine.ingest.logFailed()
          || engine.ingest.logBytes() - checkpointed > EngineOptions.CHECKPOINT_BYTES) {
        engine.ingest.checkpoint();
        checkpointed = engine.ingest.logBytes();
      }
      failing = false;
    } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
      if (!failing) {
        engine.notices.accept(
            "metrics cannot be written to %s (%s); new samples are refused until they can"
                .formatted(engine.folder, e.getMessage()));
      }
      failing = true;
    }
  }

  private void compact() {
    try {
      compactor.run(false);
    } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
      engine.notices.accept(
          "blocks in %s cannot be written or deleted: %s".formatted(engine.folder, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void stop() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

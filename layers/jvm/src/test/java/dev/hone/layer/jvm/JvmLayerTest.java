package dev.hone.layer.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Finding;
import dev.hone.loop.Ids;
import dev.hone.loop.Layer;
import dev.hone.loop.Probe;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Ticker;
import dev.hone.metrics.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** From a real JVM with a starving pool to a proposal that can be applied. */
class JvmLayerTest {
  private static final Duration PAUSE = Duration.ofMillis(3);
  private static final Duration DISCOVERED = Duration.ofSeconds(30);

  private final MemoryStore store = new MemoryStore(2_000, 1_000);
  private final List<String> notices = new CopyOnWriteArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  /** Looks as often as the layer would in 20 s, but faster; a look is answered within a pause. */
  private void observe(Probe probe) throws Exception {
    for (int look = 0; look < 100; look++) {
      now = now.plus(probe.interval());
      probe.sample(now);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  @Test
  void findsAStarvingPoolAndProposesALargerOne() throws Exception {
    try (Child starving = Child.start("orders", 2, 100, 40);
        Child ample = Child.start("ample", 20, 20, 10)) {
      List<Long> ours = List.of(starving.pid(), ample.pid());
      JvmLayer created =
          JvmLayer.create(
              store,
              new Ids(Ticker.system(), new Random(1)),
              new JvmLayer.Options(
                  pid -> !ours.contains(pid), Optional.empty(), OptionalInt::empty, notices::add));
      Layer layer = created.layer();
      Probe probe = layer.probes().getFirst();
      try {
        Poll.until(
            "both are watched and one starves",
            DISCOVERED,
            () -> {
              observe(probe);
              return created.watched().get().size() == 2
                  && store.labelValues("pool").containsAll(List.of("ample", "orders"))
                  && !layer.diagnoses().getFirst().examine(now).isEmpty();
            });
        List<Finding> findings = layer.diagnoses().getFirst().examine(now);
        assertThat(findings).hasSize(1);
        Finding finding = findings.getFirst();
        assertThat(finding.summary()).contains("pool `orders`");
        List<Recommendation> proposals =
            layer.techniques().getFirst().recommend(finding, Optional.empty(), now);
        assertThat(proposals).hasSize(1);
        Recommendation proposal = proposals.getFirst();
        assertThat(proposal.title()).isEqualTo("Grow pool `orders` from 2 to 8 connections");
        assertThat(proposal.appliable()).isTrue();
        assertThat(proposal.explanation().undoCommand()).isNotBlank();
        assertThat(store.labelValues("__name__"))
            .anyMatch(name -> name.startsWith("jvm_"))
            .contains("hikaricp_connections_pending");
      } finally {
        probe.close();
      }
    }
  }

  @Test
  void aJvmThatEndsIsForgottenWithoutAnError() throws Exception {
    Child child = Child.start("orders", 2, 0, 1);
    JvmLayer created =
        JvmLayer.create(
            store,
            new Ids(Ticker.system(), new Random(1)),
            new JvmLayer.Options(
                pid -> pid != child.pid(), Optional.empty(), OptionalInt::empty, notices::add));
    Probe probe = created.layer().probes().getFirst();
    try {
      Poll.until(
          "it is watched",
          DISCOVERED,
          () -> {
            observe(probe);
            return created.watched().get().size() == 1;
          });
      child.kill();
      Poll.until(
          "it is forgotten",
          DISCOVERED,
          () -> {
            observe(probe);
            return created.watched().get().isEmpty();
          });
      assertThat(created.layer().diagnoses().getFirst().examine(now)).isEmpty();
    } finally {
      probe.close();
      child.close();
    }
  }
}

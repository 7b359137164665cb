package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the other tests stand on. */
class FakesTest {
  private final FakeTicker ticker = new FakeTicker();
  private final FakeFactory factory = new FakeFactory(ticker);
  private final FakeKnob knob = factory.knob("k");

  @Test
  void timePassesOnlyByWaitingAndPlansHappenOnTheWay() throws InterruptedException {
    var seen = new ArrayList<Duration>();
    ticker.in(Duration.ofSeconds(3), () -> seen.add(sinceStart()));
    ticker.in(Duration.ofSeconds(1), () -> seen.add(sinceStart()));
    ticker.waitUntil(Examples.START.plusSeconds(2));
    assertThat(seen).containsExactly(Duration.ofSeconds(1));
    ticker.waitUntil(Examples.START);
    assertThat(sinceStart()).isEqualTo(Duration.ofSeconds(2));
    ticker.pass(Duration.ofSeconds(5));
    assertThat(seen).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(3));
    assertThat(sinceStart()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void anInterruptOnTheWayEndsTheWaitThere() {
    ticker.in(Duration.ofSeconds(1), () -> Thread.currentThread().interrupt());
    assertThatThrownBy(() -> ticker.waitUntil(Examples.START.plusSeconds(9)))
        .isInstanceOf(InterruptedException.class);
    assertThat(sinceStart()).isEqualTo(Duration.ofSeconds(1));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void threadsSeeTheirMomentsInOrderWithoutRealWaiting() {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    for (int i = 1; i <= 3; i++) {
      int period = i;
      ticker
          .threads()
          .execute(
              () -> {
                try {
                  for (int round = 1; round <= 2; round++) {
                    ticker.waitUntil(
                        Examples.START.plusSeconds((long) period * round * 10 + period));
                    seen.add(period + " at " + sinceStart().toSeconds());
                  }
                } catch (InterruptedException e) {
                  seen.add("interrupted");
                }
              });
    }
    ticker.pass(Duration.ofHours(1));
    assertThat(seen)
        .containsExactly("1 at 11", "1 at 21", "2 at 22", "3 at 33", "2 at 42", "3 at 63");
  }

  @Test
  void theKnobComparesAndSetsAndRemembers() throws Exception {
    knob.write("a", "b");
    assertThat(knob.read()).isEqualTo("b");
    knob.write("a", "b");
    assertThatThrownBy(() -> knob.write("a", "c"))
        .isInstanceOfSatisfying(
            KnobException.class, e -> assertThat(e.reason()).isEqualTo(KnobException.Reason.DRIFT));
    ticker.pass(Duration.ofSeconds(3));
    knob.setByPerson("x");
    assertThat(knob.changes())
        .containsExactly(
            new FakeKnob.Change(Examples.START, "b", true),
            new FakeKnob.Change(Examples.START.plusSeconds(3), "x", false));
    assertThat(knob.share("b", Examples.START, Examples.START.plusSeconds(4))).isEqualTo(0.75);
    assertThat(knob.share("a", Examples.START.minusSeconds(1), Examples.START.plusSeconds(1)))
        .isEqualTo(0.5);
  }

  @Test
  void theKnobFailsAsToldAndManglesWhatIsWritten() throws Exception {
    knob.mangled = Optional.of("8");
    knob.write("a", "b");
    assertThat(knob.read()).isEqualTo("8");
    knob.undo("a", "8");
    assertThat(knob.read()).isEqualTo("a");
    knob.failure = Optional.of(KnobException.Reason.GONE);
    assertThatThrownBy(knob::read).isInstanceOf(KnobException.class);
    assertThatThrownBy(() -> factory.open(knob.ref(), java.util.Map.of()))
        .isInstanceOf(KnobException.class);
    assertThat(knob.probe().appliable()).isFalse();
  }

  @Test
  void theSignalsFollowTheKnobAndReadTheSameTwice() throws Exception {
    var signals = new FakeSignals(factory, "k", 1, -0.5);
    signals.noise = 0;
    var from = Examples.START;
    knob.write("a", "b");
    ticker.pass(Duration.ofSeconds(10));
    assertThat(signals.read(Examples.LATENCY, from, ticker.instant()).value()).isEqualTo(0.5);
    assertThat(signals.read(Examples.LATENCY, from.minusSeconds(10), from).value()).isEqualTo(1);
    signals.noise = 0.1;
    assertThat(signals.read(Examples.LATENCY, from, ticker.instant()))
        .isEqualTo(signals.read(Examples.LATENCY, from, ticker.instant()));
    signals.completeness = 0;
    assertThat(signals.read(Examples.LATENCY, from, ticker.instant()).present()).isFalse();
  }

  @Test
  void theGuardHoldsUntilItIsDisarmed() throws Exception {
    var guard = new FakeGuard();
    guard.arm("1", knob.ref(), java.util.Map.of(), "a", "b");
    assertThat(guard.held()).containsExactly("1");
    guard.disarm("1");
    assertThat(guard.held()).isEmpty();
    assertThat(guard.everHeld()).containsExactly("1");
    guard.refuses = true;
    assertThatThrownBy(() -> guard.arm("2", knob.ref(), java.util.Map.of(), "a", "b"))
        .isInstanceOf(Guard.GuardException.class);
  }

  @Test
  void aFullDiskStoresHalfAndFails(@TempDir Path folder) throws Exception {
    var disk = new FakeDisk();
    try (var file = disk.open(folder.resolve("file"))) {
      disk.full = true;
      assertThatThrownBy(() -> file.write(new byte[10])).hasMessage("No space left on device");
      assertThat(Files.size(folder.resolve("file"))).isEqualTo(5);
    }
  }

  private Duration sinceStart() {
    return Duration.between(Examples.START, ticker.instant());
  }
}

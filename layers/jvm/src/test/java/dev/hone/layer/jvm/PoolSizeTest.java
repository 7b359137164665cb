package dev.hone.layer.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Target;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.management.Attribute;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PoolSizeTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Target TARGET = new Target("pool", "orders");

  private static Child child;
  private static KnobRef ref;
  private static Map<String, String> settings;
  private static JmxConnection watcher;
  private static HikariPools.Beans beans;

  private Knob knob;

  @BeforeAll
  static void startsAProcessWithABusyPool() throws Exception {
    child = Child.start("orders", 4, 400, 40);
    ref = PoolSizeKnobs.ref(TARGET, child.id(), "orders");
    settings = new PoolSizeKnobs(process -> Optional.empty()).settings(ref);
    watcher = JmxConnection.open(java.util.Objects.requireNonNull(settings.get("url")));
    beans = HikariPools.find(watcher, "orders").orElseThrow();
  }

  @AfterAll
  static void endsIt() throws Exception {
    watcher.close();
    child.close();
  }

  @BeforeEach
  void opensTheKnobAtFour() throws Exception {
    set(4);
    knob = factory().open(ref, settings);
  }

  private static PoolSizeKnobs factory() {
    return new PoolSizeKnobs(process -> Optional.empty());
  }

  private static void set(int size) throws Exception {
    watcher.beans().setAttribute(beans.config(), new Attribute(HikariPools.MAXIMUM, size));
  }

  private static HikariPools.Reading look() throws Exception {
    return HikariPools.read(watcher, beans);
  }

  @Test
  void readsBackWhatItWrote() throws Exception {
    assertThat(knob.probe()).isEqualTo(Knob.Capability.FULL);
    knob.write("4", "7");
    assertThat(knob.read()).isEqualTo("7");
    knob.write("4", "7");
    assertThat(knob.read()).isEqualTo("7");
  }

  @Test
  void growsAndShrinksTheConnectionsThatAreInUse() throws Exception {
    knob.write("4", "12");
    Poll.until("twelve in use", SOON, () -> look().active() == 12);
    knob.write("12", "2");
    Poll.until("two left", SOON, () -> look().total() <= 2);
    Poll.until("two in use again", SOON, () -> look().active() == 2);
    assertThat(look().total()).isLessThanOrEqualTo(2);
  }

  @Test
  void leavesAValueAloneThatSomebodyElseSet() throws Exception {
    set(5);
    assertThatExceptionOfType(KnobException.class)
        .isThrownBy(() -> knob.write("4", "8"))
        .matches(e -> e.reason() == KnobException.Reason.DRIFT)
        .withMessageContaining("is 5, expected was 4");
    assertThatExceptionOfType(KnobException.class)
        .isThrownBy(() -> knob.undo("4", "8"))
        .matches(e -> e.reason() == KnobException.Reason.DRIFT);
    assertThat(knob.read()).isEqualTo("5");
  }

  @Test
  void undoesFromAConnectionThatKnowsOnlyTheSettings() throws Exception {
    knob.write("4", "9");
    Knob guards = factory().open(ref, Map.copyOf(settings));
    guards.undo("4", "9");
    guards.undo("4", "9");
    assertThat(knob.read()).isEqualTo("4");
    Poll.until("four left", SOON, () -> look().total() <= 4);
  }

  @Test
  void finishesAnUndoThatWasCutShortBeforeItEvicted() throws Exception {
    knob.write("4", "12");
    Poll.until("twelve in use", SOON, () -> look().active() == 12);
    set(4);
    knob.undo("4", "12");
    Poll.until("four left", SOON, () -> look().total() <= 4);
  }

  @Test
  void refusesWhatIsNoSize() {
    for (String value : new String[] {"0", "-1", "many", "08", ""}) {
      assertThatExceptionOfType(KnobException.class)
          .isThrownBy(() -> knob.write("4", value))
          .matches(e -> e.reason() == KnobException.Reason.FAILED)
          .withMessageContaining("`" + value + "` is no size");
    }
  }

  @Test
  void saysThatAPoolOfAnotherNameIsNotThere() {
    KnobRef other = PoolSizeKnobs.ref(TARGET, child.id(), "baskets");
    assertThatExceptionOfType(KnobException.class)
        .isThrownBy(() -> factory().open(other, settings))
        .matches(e -> e.reason() == KnobException.Reason.GONE)
        .withMessageContaining("baskets");
  }

  @Test
  void takesALaterProcessWithTheSamePidForAnother() {
    var later = new ProcessId(child.pid(), child.id().start() + 1, child.id().boot());
    KnobRef reused = PoolSizeKnobs.ref(TARGET, later, "orders");
    assertThatExceptionOfType(KnobException.class)
        .isThrownBy(() -> factory().open(reused, settings))
        .matches(e -> e.reason() == KnobException.Reason.GONE);
    assertThatExceptionOfType(KnobException.class)
        .isThrownBy(() -> factory().settings(reused))
        .matches(e -> e.reason() == KnobException.Reason.GONE);
  }

  @Test
  void saysThatAProcessHasEnded() throws Exception {
    try (var brief = Child.start("orders", 2, 0, 1)) {
      KnobRef briefRef = PoolSizeKnobs.ref(TARGET, brief.id(), "orders");
      Knob briefKnob = factory().open(briefRef, factory().settings(briefRef));
      assertThat(briefKnob.read()).isEqualTo("2");
      brief.kill();
      assertThatExceptionOfType(KnobException.class)
          .isThrownBy(() -> briefKnob.undo("2", "8"))
          .matches(e -> e.reason() == KnobException.Reason.GONE);
      assertThat(briefKnob.probe().appliable()).isFalse();
    }
  }

  @Test
  void theCommandsForPeopleDoTheSame() throws Exception {
    String pid = Long.toString(child.pid());
    run(PoolCommand.set(pid, "orders", 6, false));
    assertThat(knob.read()).isEqualTo("6");
    run(PoolCommand.set(pid, "orders", 3, true));
    assertThat(knob.read()).isEqualTo("3");
    Poll.until("three left", SOON, () -> look().total() <= 3);
  }

  private static void run(String command) throws Exception {
    var builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
    builder
        .environment()
        .merge("PATH", System.getProperty("java.home") + "/bin", (path, bin) -> bin + ":" + path);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).doesNotContain("Exception", "Error", "error:");
  }
}

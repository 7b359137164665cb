package dev.hone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class FuseTest {
  private final ArrayList<String> blown = new ArrayList<>();

  private Fuse fuse(Fuse.Step step, int count, boolean atStart) {
    return new Fuse(new Fuse.Setting(step, count, atStart), () -> blown.add("blown"));
  }

  @Test
  void blowsOnceAtItsStepAndNotBeforeItIsLit() {
    Fuse fuse = fuse(Fuse.Step.BEFORE_KNOB, 2, false);
    fuse.pass(Fuse.Step.BEFORE_KNOB);
    fuse.pass(Fuse.Step.BEFORE_KNOB);
    fuse.light();
    fuse.pass(Fuse.Step.BEFORE_KNOB);
    fuse.pass(Fuse.Step.AFTER_KNOB);
    fuse.pass(Fuse.Step.AFTER_KNOB);
    assertThat(blown).isEmpty();
    fuse.pass(Fuse.Step.BEFORE_KNOB);
    fuse.pass(Fuse.Step.BEFORE_KNOB);
    assertThat(blown).hasSize(1);
    assertThat(fuse.passed(Fuse.Step.BEFORE_KNOB)).isEqualTo(3);
  }

  @Test
  void countsFromTheStartWhereItsSettingSaysSo() {
    Fuse fuse = fuse(Fuse.Step.AFTER_APPEND, 1, true);
    fuse.pass(Fuse.Step.AFTER_APPEND);
    assertThat(blown).hasSize(1);
  }

  @Test
  void neverBlowsAtZero() {
    Fuse fuse = new Fuse(Fuse.Setting.NEVER, () -> blown.add("blown"));
    fuse.light();
    fuse.pass(Fuse.Step.BEFORE_APPEND);
    assertThat(blown).isEmpty();
  }

  @Test
  void itsSettingSurvivesACommandLine() {
    var setting = new Fuse.Setting(Fuse.Step.CHECKPOINT, 3, true);
    assertThat(Fuse.Setting.parse(setting.toString())).isEqualTo(setting);
  }
}

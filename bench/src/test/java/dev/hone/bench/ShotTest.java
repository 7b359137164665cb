package dev.hone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ShotTest {
  @Test
  void everyStepIsShotAtBeforeAndAfter() {
    List<Shot> shots = Shot.enumerated(Map.of(Fate.KEEP, new Shot.Steps(3, 2)));
    assertThat(shots)
        .extracting(shot -> shot.fuse().title())
        .containsExactly(
            "before append 1",
            "after append 1",
            "before append 2",
            "after append 2",
            "before append 3",
            "after append 3",
            "before knob 1",
            "after knob 1",
            "before knob 2",
            "after knob 2");
    assertThat(shots).allMatch(shot -> shot.fates().contains(Fate.OPEN));
  }

  @Test
  void aSeedGivesTheSameKillsOfEveryKindEachTime() {
    List<Shot> shots = Shot.random(200, new SplittableRandom(1));
    assertThat(shots).hasSize(200).isEqualTo(Shot.random(200, new SplittableRandom(1)));
    assertThat(shots)
        .extracting(Shot::kind)
        .contains(Shot.Kind.RANDOM, Shot.Kind.ROTATION, Shot.Kind.START);
    assertThat(Shot.random(50, new SplittableRandom(1), Set.of(Shot.Kind.ROTATION)))
        .hasSize(50)
        .allMatch(shot -> shot.kind() == Shot.Kind.ROTATION);
  }
}

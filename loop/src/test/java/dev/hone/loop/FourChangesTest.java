package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The course of the demo in virtual time: an index, a pool, a neighbour and an idea that hurts, all
 * of one group, found within seconds of each other on a system that was not watched before.
 */
class FourChangesTest {
  private static final Duration LONGEST = Duration.ofMinutes(6);
  private static final Design.Switchback SWITCHBACK =
      new Design.Switchback(Duration.ofSeconds(5), Duration.ofSeconds(2), 30);
  private static final Design.DifferenceInDifferences DIFFERENCE =
      new Design.DifferenceInDifferences(
          Duration.ofSeconds(4),
          10,
          10,
          Examples.DIFFERENCE.controls(),
          Examples.DIFFERENCE.proof());

  /** Index, pool and neighbour with what the demo promised of them, and the idea that hurts. */
  private static Map<String, String> propose(World world) {
    world.signals.since = Examples.START.minusSeconds(15);
    world.signals.others.putAll(Map.of("pool", -0.59, "neighbour", -0.4, "idea", 1.5));
    var loops = new LinkedHashMap<String, String>();
    var promised = Map.of("k", 0.95, "pool", 0.6, "neighbour", 0.3, "idea", 0.24);
    for (String knob : List.of("k", "neighbour", "idea", "pool")) {
      world.factory.knob(knob).group = "service-latency";
      Design design = knob.equals("k") ? DIFFERENCE : SWITCHBACK;
      String loop =
          world.propose(
              knob,
              Examples.recommendation(
                  knob, design, -promised.getOrDefault(knob, 0.0), Knob.Risk.R1));
      world.approve(loop);
      loops.put(knob, loop);
    }
    return loops;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.2, 0.3})
  void threeAreKeptAndTheIdeaThatHurtsIsTakenBackWithinMinutes(double noise) throws Exception {
    int closed = 0;
    int runs = 20;
    var courses = new ArrayList<String>();
    for (long seed = 1; seed <= runs; seed++) {
      try (var world = new World(seed, -0.9)) {
        world.signals.noise = noise;
        world.executor = world.ticker.threads();
        Map<String, String> loops = propose(world);
        world.pass(LONGEST);
        var course = new StringBuilder();
        boolean good = true;
        for (var entry : loops.entrySet()) {
          LoopRecord loop = world.loops.require(entry.getValue());
          LoopState wanted = entry.getKey().equals("idea") ? LoopState.ROLLED_BACK : LoopState.KEPT;
          good &= loop.state() == wanted;
          Instant last = loop.history().getLast().at();
          course
              .append(entry.getKey() + " " + loop.state() + " after ")
              .append(Duration.between(Examples.START, last).toSeconds() + " s, ");
        }
        courses.add(course.toString());
        closed += good ? 1 : 0;
        world.conductor.stopEverything("ann", "end of test");
      }
    }
    assertThat(closed).as("%s", courses).isGreaterThanOrEqualTo(noise <= 0.2 ? 19 : 15);
  }
}

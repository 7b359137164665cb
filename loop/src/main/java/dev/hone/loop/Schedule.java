package dev.hone.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The order of on and off within each pair, drawn before the experiment from the plan's seed and so
 * independent of anything that is measured. With a fixed order a periodic job of the length of a
 * pair would decide the verdict.
 *
 * @param onFirst for each pair, whether the change is on in its first block
 */
record Schedule(List<Boolean> onFirst) {
  Schedule {
    onFirst = List.copyOf(onFirst);
  }

  /** One coin flip a pair; no coin for designs without pairs. */
  static Schedule draw(long seed, Design design) {
    int pairs =
        switch (design) {
          case Design.Paired paired -> paired.maxPairs();
          case Design.OneWay oneWay -> 0;
        };
    var random = new SplittableRandom(seed);
    var flips = new ArrayList<Boolean>(pairs);
    for (int i = 0; i < pairs; i++) {
      flips.add(random.nextBoolean());
    }
    return new Schedule(flips);
  }
}

package dev.hone.bench.loop;

import dev.hone.loop.BettingJudge;
import dev.hone.loop.Policy;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;

/** Processor time of judging: bet, decision, futility and interval after each pair. */
final class JudgeCost {
  private static final int PAIRS = 45;
  private static final int WARM_UP = 60;
  private static final int RUNS = 200;
  private static final double NOISE = 0.1;

  private JudgeCost() {}

  static void run(Report report, double scale) {
    judge((int) Math.ceil(WARM_UP * scale), 1);
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    int judged = judge((int) Math.ceil(RUNS * scale), 2);
    double millis = (threads.getCurrentThreadCpuTime() - before) / 1e6 / judged;
    report.figure("judge.processor-time-a-pair", millis, "ms", "<=1");
  }

  /** Judges pairs without an effect; gives how many, all of which had an interval. */
  private static int judge(int runs, long seed) {
    var random = new SplittableRandom(seed);
    Policy policy = Policy.observing();
    int judged = 0;
    for (int run = 0; run < runs; run++) {
      var judge = new BettingJudge(policy.leastGain(), policy.alpha(), policy.alphaHarm());
      for (int pair = 1; pair <= PAIRS; pair++) {
        judge.add(NOISE * random.nextGaussian());
        boolean decided = judge.decision() != null && judge.futility(PAIRS - pair) != null;
        judged += decided && judge.interval().low() >= -1 ? 1 : 0;
      }
    }
    return judged;
  }
}

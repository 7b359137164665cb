package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Disasters: how soon the fast guard undoes them, and how often it undoes what does nothing. */
final class Guards {
  private static final int COUNT = 1000;
  private static final int NULLS = 1000;
  private static final int LIMIT_SECONDS = 30;
  private static final double SLOWER = Math.log(1.65);
  private static final int EARLIEST_ONSET = 600;
  private static final int LATEST_ONSET = 1200;
  private static final int LEAST_DELAY = 30;
  private static final int MOST_DELAY = 80;

  /** Deviations of ten-second windows in log units; each experiment has one of them. */
  private static final List<Double> NOISES = List.of(0.03, 0.05, 0.10, 0.15);

  /** White noise, and noise that is remembered from one window to the next. */
  private static final List<Double> MEMORIES = List.of(0.0, 0.5);

  private final Lab lab;
  private final Report report;
  private final double scale;

  Guards(Lab lab, Report report, double scale) {
    this.lab = lab;
    this.report = report;
    this.scale = scale;
  }

  private enum Harm {
    SLOWER,
    ERRORS
  }

  private enum Onset {
    /** As soon as the change is on. */
    AT_ONCE,
    /** When the change has been on for 30 to 80 s, in every block. */
    DELAYED,
    /**
     * The same, but the change is harmless when it is turned on in the first 10 to 20 minutes. What
     * ends before harm begins does not count.
     */
    LATER
  }

  void run() {
    report.heading("Disasters and the fast guard, noise of 3 to 15 %");
    for (Method method : List.of(Method.SPLIT, Method.SWITCHBACK)) {
      String id = method.id().toLowerCase(Locale.ROOT);
      for (Harm harm : Harm.values()) {
        for (Onset onset : Onset.values()) {
          disaster(method, id, harm, onset);
        }
      }
      for (double memory : MEMORIES) {
        nulls(method, id, memory);
      }
    }
  }

  private void disaster(Method method, String id, Harm harm, Onset onset) {
    var experiments = new ArrayList<Experiment>();
    for (int i = 0; i < Math.max(8, COUNT * scale); i++) {
      long seed = Batch.seed("guard", i);
      Injection injection = injection(harm, onset, new SplittableRandom(Batch.seed("onset", i)));
      double memory = MEMORIES.get(i / NOISES.size() % MEMORIES.size());
      experiments.add(experiment(method, injection, i, memory, seed));
    }
    var all = lab.play(experiments);
    Tally tally = all.where(play -> play.harmSeconds() > 0);
    String text = (harm + "." + onset).toLowerCase(Locale.ROOT).replace('_', '-');
    String name = "guard." + id + "." + text;
    report.row(method.id(), text, "harm", tally);
    report.figure(name + ".undone-in-30s", tally.share(Guards::isUndoneInTime), "%", ">=98");
    report.figure(name + ".aborted", tally.share(Play::aborted), "%");
    report.figure(name + ".harm-median", tally.harmSeconds(0.5), "s");
    report.figure(name + ".harm-p98", tally.harmSeconds(0.98), "s");
    for (int n = 0; n < NOISES.size() && harm == Harm.SLOWER && onset != Onset.AT_ONCE; n++) {
      report.figure(
          name + ".undone-in-30s-at-noise-" + NOISES.get(n),
          all.ofWorld(n, NOISES.size())
              .where(play -> play.harmSeconds() > 0)
              .share(Guards::isUndoneInTime),
          "%");
    }
  }

  private static boolean isUndoneInTime(Play play) {
    return play.aborted() && play.harmSeconds() <= LIMIT_SECONDS;
  }

  private static Injection injection(Harm harm, Onset onset, SplittableRandom random) {
    Injection injection =
        harm == Harm.SLOWER
            ? Injection.NOTHING.withPrimary(SLOWER)
            : Injection.NOTHING.withErrors(5);
    int delay = random.nextInt(LEAST_DELAY, MOST_DELAY + 1);
    int later = random.nextInt(EARLIEST_ONSET, LATEST_ONSET + 1);
    return switch (onset) {
      case AT_ONCE -> injection;
      case DELAYED -> injection.withOnset(0, delay);
      case LATER -> injection.withOnset(later, delay);
    };
  }

  private void nulls(Method method, String id, double memory) {
    var experiments = new ArrayList<Experiment>();
    for (int i = 0; i < Math.max(8, NULLS * scale); i++) {
      long seed = Batch.seed("guarded null", i);
      experiments.add(experiment(method, Injection.NOTHING, i, memory, seed));
    }
    Tally tally = lab.play(experiments);
    String name = "guard." + id + ".false-aborts-at-memory-" + memory;
    report.row(method.id(), "memory " + memory, "none", tally);
    report.figure(name, tally.share(Play::aborted), "%", "<=2");
    for (int n = 0; n < NOISES.size(); n++) {
      report.figure(
          name + "-and-noise-" + NOISES.get(n),
          tally.ofWorld(n, NOISES.size()).share(Play::aborted),
          "%");
    }
  }

  /** The experiments take the noises in turn. */
  private static Experiment experiment(
      Method method, Injection injection, int index, double memory, long seed) {
    double noise = NOISES.get(index % NOISES.size());
    var world = new World("noise", "noise", memory, new Autoregression(memory, noise)::path);
    return new Experiment(method, world, injection, Trap.NONE, Experiment.Watch.USUAL, seed);
  }
}

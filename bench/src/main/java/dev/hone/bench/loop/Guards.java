package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Disasters: how soon the fast guard undoes them, and how often it undoes what does nothing. */
final class Guards {
  private static final int COUNT = 1000;
  private static final int NULLS = 2000;
  private static final int LIMIT_SECONDS = 30;
  private static final double LEAST_NOISE = 0.03;
  private static final double MOST_NOISE = 0.15;
  private static final double MEMORY = 0.5;
  private static final double SLOWER = Math.log(1.65);
  private static final int EARLIEST_ONSET = 1200;
  private static final int LATEST_ONSET = 2400;
  private static final int LEAST_DELAY = 30;
  private static final int MOST_DELAY = 80;

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
    /** The same, but nothing happens in the first 20 to 40 minutes. */
    LATER
  }

  void run() {
    report.heading("Disasters and the fast guard (n, share stopped within 30 s)");
    for (Method method : List.of(Method.SPLIT, Method.SWITCHBACK)) {
      String id = method.id().toLowerCase(Locale.ROOT);
      for (Harm harm : Harm.values()) {
        for (Onset onset : Onset.values()) {
          disaster(method, id, harm, onset);
        }
      }
      Tally nulls = lab.play(nulls(method));
      report.row(method.id(), "noise of 3 to 15 %", "none", nulls);
      report.figure("guard." + id + ".false-aborts", nulls.share(Play::aborted), "%", "<=2");
    }
  }

  private void disaster(Method method, String id, Harm harm, Onset onset) {
    Tally tally = lab.play(experiments(method, harm, onset));
    String text = (harm + " " + onset).toLowerCase(Locale.ROOT).replace('_', '-');
    double undone = tally.share(play -> play.aborted() && play.harmSeconds() <= LIMIT_SECONDS);
    String name = "guard." + id + "." + text.replace(' ', '.');
    report.row(method.id(), text, "", tally);
    report.figure(name + ".undone-in-30s", undone, "%", ">=98");
    report.figure(name + ".aborted", tally.share(Play::aborted), "%");
    report.figure(name + ".median-harm", tally.harmSeconds(0.5), "s");
    report.figure(name + ".p98-harm", tally.harmSeconds(0.98), "s");
  }

  private List<Experiment> experiments(Method method, Harm harm, Onset onset) {
    var experiments = new ArrayList<Experiment>();
    for (int i = 0; i < Math.max(20, COUNT * scale); i++) {
      long seed = Batch.seed("guard", i);
      var random = new SplittableRandom(seed);
      Injection injection = harm == Harm.SLOWER ? slower() : Injection.NOTHING.withErrors(5);
      int delay = random.nextInt(LEAST_DELAY, MOST_DELAY + 1);
      int later = random.nextInt(EARLIEST_ONSET, LATEST_ONSET + 1);
      experiments.add(
          experiment(
              method,
              switch (onset) {
                case AT_ONCE -> injection;
                case DELAYED -> injection.withOnset(0, delay);
                case LATER -> injection.withOnset(later, delay);
              },
              seed));
    }
    return experiments;
  }

  private static Injection slower() {
    return new Injection(SLOWER, SLOWER, 0, 0, 1, 0, 0, 0);
  }

  private List<Experiment> nulls(Method method) {
    var experiments = new ArrayList<Experiment>();
    for (int i = 0; i < Math.max(20, NULLS * scale); i++) {
      experiments.add(experiment(method, Injection.NOTHING, Batch.seed("guarded null", i)));
    }
    return experiments;
  }

  private static Experiment experiment(Method method, Injection injection, long seed) {
    double noise = new SplittableRandom(seed).split().nextDouble(LEAST_NOISE, MOST_NOISE);
    var world = new World("noise", MEMORY, new Autoregression(MEMORY, noise)::path);
    return new Experiment(method, world, injection, Trap.NONE, Experiment.Watch.USUAL, seed);
  }
}

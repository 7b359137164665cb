package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Changes with a known effect: whether they are found, how soon, how exactly, at what harm. */
final class Effects {
  private static final List<Double> SIZES = List.of(-0.05, -0.10, -0.20, 0.20);
  private static final double SMALL = -0.10;
  private static final double LARGE = -0.20;
  private static final double HUGE = -0.50;
  private static final List<Double> SETTLINGS = List.of(0.0, 15.0, 30.0, 60.0, 120.0);
  private static final int PER_WORLD = 500;
  private static final int GROUP = 600;

  private final Lab lab;
  private final Report report;
  private final Worlds worlds;
  private final double scale;

  Effects(Lab lab, Report report, Worlds worlds, double scale) {
    this.lab = lab;
    this.report = report;
    this.worlds = worlds;
    this.scale = scale;
  }

  void run() {
    report.heading("A change of known size, plain autoregressions of deviation 0.10");
    for (double size : SIZES) {
      Tally peer = plain(Method.BEFORE_AFTER, size);
      for (Method method : Method.HONES) {
        Tally all = plain(method, size);
        String name = name(method, "ar", size);
        if (method == Method.SWITCHBACK) {
          goals(name, size, all);
        } else {
          found(name, all);
        }
        figures(name, size, all, peer);
      }
    }
    report.heading("A change of known size, other worlds; then the judge alone");
    for (Method method : Method.HONES) {
      worlds.groups(method).forEach((group, among) -> group(method, group, among));
    }
    settling();
  }

  private void group(Method method, String group, List<World> among) {
    for (double size : SIZES) {
      Tally peer = play(Method.BEFORE_AFTER, among, size, GROUP, Experiment.Watch.USUAL);
      Tally guarded = play(method, among, size, GROUP, Experiment.Watch.USUAL);
      Tally alone = play(method, among, size, GROUP, Experiment.Watch.UNGUARDED);
      report.row(Method.BEFORE_AFTER.id(), group, text(size), peer);
      report.row(method.id(), group, text(size), guarded);
      report.row(method.id() + " alone", group, text(size), alone);
      String name = name(method, group, size);
      found(name, guarded);
      figures(name, size, guarded, peer);
      found(name + ".judge-alone", alone);
    }
  }

  /** Plays in each plain world; the goals, where there are any, hold in each and over all. */
  private Tally plain(Method method, double size) {
    var all = new ArrayList<Play>();
    for (World world : worlds.plain(method)) {
      Tally tally = play(method, List.of(world), size, PER_WORLD, Experiment.Watch.USUAL);
      report.row(method.id(), world.name(), text(size), tally);
      all.addAll(tally.plays());
      if (method == Method.SWITCHBACK) {
        goals(name(method, world.name(), size), size, tally);
      }
    }
    var tally = new Tally(all);
    report.row(method.id(), "ar", text(size), tally);
    return tally;
  }

  private Tally play(
      Method method, List<World> among, double size, int count, Experiment.Watch watch) {
    var batch = new Batch(method, among, Injection.of(size), Trap.NONE, watch, "effect" + size);
    return lab.play(batch.experiments(Math.max(4, (int) (count * scale))));
  }

  private void figures(String name, double size, Tally tally, Tally peer) {
    report.figure(name + ".minutes-p90", tally.minutesToKeep(0.9), "min");
    report.figure(name + ".size-error", tally.sizeError(), "log units");
    report.figure(name + ".blamed", tally.blamed(), "%");
    report.figure(name + ".undecided", tally.undecided(), "%");
    report.beside(name + ".kept-beside", tally.kept(), "%", peer.kept());
    if (size > 0) {
      int kept = tally.count(Play::kept);
      report.figure(name + ".kept-count", kept, "of " + tally.count(), "<=0");
      report.beside(name + ".exposure", tally.exposure(), "%*min", peer.exposure());
    }
  }

  private void found(String name, Tally tally) {
    report.figure(name + ".kept", tally.kept(), "%");
    report.figure(name + ".minutes", tally.minutesToKeep(0.5), "min");
    report.figure(name + ".coverage", tally.coverage(), "%");
  }

  private void goals(String name, double size, Tally tally) {
    report.figure(name + ".coverage", tally.coverage(), "%", ">=93");
    report.figure(name + ".blocks-lengthened", tally.share(Play::lengthened), "%");
    if (size == SMALL || size == LARGE) {
      boolean large = size == LARGE;
      report.figure(name + ".kept", tally.kept(), "%", large ? ">=99" : ">=95");
      report.figure(name + ".minutes", tally.minutesToKeep(0.5), "min", large ? "<=25" : "<=40");
    } else {
      report.figure(name + ".kept", tally.kept(), "%");
    }
  }

  /** Effects that come and go slowly: how much of them a switchback sees. */
  private void settling() {
    report.heading("An effect that settles with a time constant, memory 0.5");
    var world = List.of(SyntheticWorlds.plain(0.5));
    for (double size : List.of(LARGE, HUGE)) {
      for (double seconds : SETTLINGS) {
        Injection injection = Injection.of(size).withSettling(seconds);
        var batch = new Batch(Method.SWITCHBACK, world, injection, "settling" + seconds);
        Tally tally = lab.play(batch.experiments(Math.max(4, (int) (PER_WORLD * scale))));
        String text = String.format(Locale.ROOT, "%.0f-s", seconds);
        report.row(Method.SWITCHBACK.id(), "settles with " + text, text(size), tally);
        String name = "settling.b." + text + "." + text(size).replace("%", "");
        report.figure(name + ".kept", tally.kept(), "%");
        report.figure(name + ".minutes", tally.minutesToKeep(0.5), "min");
        report.figure(name + ".blocks-lengthened", tally.share(Play::lengthened), "%");
        report.figure(name + ".size-bias", tally.sizeBias(), "log units");
        report.figure(name + ".coverage", tally.coverage(), "%");
      }
    }
  }

  private static String name(Method method, String where, double size) {
    return "effect."
        + method.id().toLowerCase(Locale.ROOT)
        + "-"
        + where
        + "."
        + text(size).replace("%", "");
  }

  private static String text(double size) {
    return String.format(Locale.ROOT, "%+.0f%%", 100 * size);
  }
}

package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Changes with a known effect: whether they are found, how soon, how exactly, at what harm. */
final class Effects {
  private static final List<Double> SIZES = List.of(-0.05, -0.10, -0.20, 0.20);
  private static final double SMALL = -0.10;
  private static final double LARGE = -0.20;
  private static final int PER_WORLD = 250;
  private static final int REAL = 630;

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
      Tally peer = plain(Method.BEFORE_AFTER, size, PER_WORLD, false);
      for (Method method : Method.HONES) {
        boolean promised = method == Method.SWITCHBACK;
        Tally all = plain(method, size, PER_WORLD, promised);
        figures(method, "ar", size, all, peer, promised);
      }
    }
    report.heading("A change of known size, recorded noise");
    for (Method method : Method.HONES) {
      List<World> real = worlds.real(method);
      for (double size : real.isEmpty() ? List.<Double>of() : SIZES) {
        int count = Math.max(real.size(), (int) (REAL * scale));
        Tally tally = play(method, real, size, count);
        Tally peer = play(Method.BEFORE_AFTER, real, size, count);
        report.row(method.id(), "real", text(size), tally);
        report.row(Method.BEFORE_AFTER.id(), "real", text(size), peer);
        figures(method, "real", size, tally, peer, false);
      }
    }
  }

  /** Plays in each plain world; the goals, where there are any, hold in each and over all. */
  private Tally plain(Method method, double size, int perWorld, boolean promised) {
    var all = new ArrayList<Play>();
    int count = Math.max(10, (int) (perWorld * scale));
    for (World world : worlds.plain(method)) {
      Tally tally = play(method, List.of(world), size, count);
      report.row(method.id(), world.name(), text(size), tally);
      all.addAll(tally.plays());
      if (promised) {
        goals(name(method, world.name(), size), size, tally);
      }
    }
    return new Tally(all);
  }

  private Tally play(Method method, List<World> among, double size, int count) {
    return lab.play(
        new Batch(method, among, Injection.of(size), "effect" + size).experiments(count));
  }

  private void figures(
      Method method, String where, double size, Tally tally, Tally peer, boolean promised) {
    String name = name(method, where, size);
    if (where.equals("ar")) {
      report.row(method.id(), where, text(size), tally);
    }
    if (promised) {
      goals(name, size, tally);
    } else {
      report.figure(name + ".kept", tally.kept(), "%");
      report.figure(name + ".coverage", tally.coverage(), "%");
      report.figure(name + ".minutes", tally.minutesToKeep(0.5), "min");
    }
    report.figure(name + ".minutes-p90", tally.minutesToKeep(0.9), "min");
    report.figure(name + ".size-error", tally.sizeError(), "log units");
    report.figure(name + ".undecided", tally.undecided(), "%");
    report.beside(name + ".kept-beside", tally.kept(), "%", peer.kept());
    if (size > 0) {
      report.figure(name + ".kept-count", tally.count(Play::kept), "of " + tally.count(), "<=0");
      report.figure(name + ".blamed", tally.blamed(), "%");
      report.beside(name + ".exposure", tally.exposure(), "%*min", peer.exposure());
    }
  }

  private void goals(String name, double size, Tally tally) {
    report.figure(name + ".coverage", tally.coverage(), "%", ">=93");
    if (size == SMALL || size == LARGE) {
      boolean large = size == LARGE;
      report.figure(name + ".kept", tally.kept(), "%", large ? ">=99" : ">=95");
      report.figure(name + ".minutes", tally.minutesToKeep(0.5), "min", large ? "<=25" : "<=40");
    } else {
      report.figure(name + ".kept", tally.kept(), "%");
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

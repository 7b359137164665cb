package dev.hone.bench.loop;

import dev.hone.loop.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What misleads: for each trap the decision that is right, and how often it is taken. */
final class Traps {
  private static final int COUNT = 300;
  private static final double MEMORY = 0.8;
  private static final Set<Method> LIVE =
      Set.of(Method.SPLIT, Method.SWITCHBACK, Method.DIFFERENCE);
  private static final Set<Method> IMMUNE = Set.of(Method.SPLIT, Method.SWITCHBACK);
  private static final Set<Method> NONE = Set.of();

  private final Lab lab;
  private final Report report;
  private final double scale;

  Traps(Lab lab, Report report, double scale) {
    this.lab = lab;
    this.report = report;
    this.scale = scale;
  }

  /** A right decision. */
  private enum Right {
    KEPT,
    NOT_KEPT,
    ROLLED_BACK;

    boolean isTaken(Play play) {
      return switch (this) {
        case KEPT -> play.kept();
        case NOT_KEPT -> !play.kept();
        case ROLLED_BACK -> play.decision() == Verdict.Decision.ROLL_BACK;
      };
    }
  }

  /**
   * A trap.
   *
   * @param claims the methods that claim to be immune
   */
  private record Case(
      String name,
      Injection injection,
      Trap trap,
      Experiment.Watch watch,
      Right right,
      Set<Method> claims) {}

  private static Case usual(
      String name, double effect, Trap trap, Right right, Set<Method> claims) {
    Injection injection = effect == 0 ? Injection.NOTHING : Injection.of(effect);
    return new Case(name, injection, trap, Experiment.Watch.USUAL, right, claims);
  }

  private static List<Case> cases() {
    return List.of(
        usual("shift-looks-like-gain", 0, Trap.shift(-0.2), Right.NOT_KEPT, LIVE),
        usual("shift-hides-gain", -0.2, Trap.shift(0.25), Right.KEPT, IMMUNE),
        usual("shift-hides-harm", 0.1, Trap.shift(-0.2), Right.NOT_KEPT, LIVE),
        usual("shift-of-the-treated-alone", 0, Trap.lonelyShift(-0.2), Right.NOT_KEPT, IMMUNE),
        usual("mix-looks-like-gain", 0, Trap.mix(-0.2), Right.NOT_KEPT, IMMUNE),
        usual("mix-hides-gain", -0.2, Trap.mix(0.25), Right.KEPT, IMMUNE),
        usual("a-fifth-of-samples-lost", -0.2, Trap.loss(0.2), Right.NOT_KEPT, LIVE),
        usual("gap-of-20s-at-switches", -0.2, Trap.gap(20), Right.KEPT, IMMUNE),
        usual("gap-of-60s-at-switches", -0.2, Trap.gap(60), Right.NOT_KEPT, IMMUNE),
        usual("clock-steps-30s-late-nothing", 0, Trap.clockSteps(30), Right.NOT_KEPT, IMMUNE),
        usual("clock-steps-30s-late-gain", -0.2, Trap.clockSteps(30), Right.KEPT, NONE),
        usual("clock-steps-30s-early-nothing", 0, Trap.clockSteps(-30), Right.NOT_KEPT, IMMUNE),
        usual("clock-steps-30s-early-gain", -0.2, Trap.clockSteps(-30), Right.KEPT, NONE),
        usual("clock-is-30s-late-nothing", 0, Trap.clockIsOff(30), Right.NOT_KEPT, IMMUNE),
        usual("clock-is-30s-late-gain", -0.2, Trap.clockIsOff(30), Right.KEPT, NONE),
        usual("clock-is-30s-early-nothing", 0, Trap.clockIsOff(-30), Right.NOT_KEPT, IMMUNE),
        usual("clock-is-30s-early-gain", -0.2, Trap.clockIsOff(-30), Right.KEPT, NONE),
        new Case(
            "only-the-tail-harmed",
            Injection.NOTHING.withP99(1),
            Trap.NONE,
            Experiment.Watch.TAIL_GUARDED,
            Right.ROLLED_BACK,
            LIVE),
        new Case(
            "only-the-tail-helped",
            Injection.NOTHING.withP99(-0.2),
            Trap.NONE,
            Experiment.Watch.TAIL_JUDGED,
            Right.KEPT,
            Set.of(Method.SWITCHBACK)),
        new Case(
            "gain-with-five-times-the-errors",
            Injection.of(-0.1).withErrors(5),
            Trap.NONE,
            Experiment.Watch.USUAL,
            Right.ROLLED_BACK,
            LIVE),
        new Case(
            "twice-the-spread",
            Injection.NOTHING.withSpread(2),
            Trap.NONE,
            Experiment.Watch.USUAL,
            Right.NOT_KEPT,
            IMMUNE));
  }

  void run() {
    report.heading("Traps, in noise of deviation 0.10 and memory 0.8");
    for (Case each : cases()) {
      Tally peer = play(Method.BEFORE_AFTER, each);
      row(Method.BEFORE_AFTER, each, peer);
      for (Method method : LIVE.stream().sorted().toList()) {
        if (each.watch == Experiment.Watch.TAIL_JUDGED && method != Method.SWITCHBACK) {
          continue;
        }
        Tally tally = play(method, each);
        row(method, each, tally);
        String name = "trap." + each.name + "." + method.id().toLowerCase(Locale.ROOT) + ".right";
        double right = tally.share(each.right::isTaken);
        if (each.claims.contains(method)) {
          report.figure(name, right, "%", ">=95");
        }
        report.beside(name + "-beside", right, "%", peer.share(each.right::isTaken));
      }
    }
  }

  private void row(Method method, Case each, Tally tally) {
    report.row(method.id(), each.name, each.right == Right.KEPT ? "keep" : "don't", tally);
  }

  private Tally play(Method method, Case each) {
    var batch =
        new Batch(
            method,
            List.of(SyntheticWorlds.plain(MEMORY)),
            each.injection,
            each.trap,
            each.watch,
            each.name);
    return lab.play(batch.experiments(Math.max(4, (int) (COUNT * scale))));
  }
}

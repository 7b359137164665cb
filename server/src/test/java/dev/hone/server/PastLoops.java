package dev.hone.server;

import dev.hone.loop.Block;
import dev.hone.loop.ChangeWindow;
import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Forecast;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobRef;
import dev.hone.loop.LoopEvent;
import dev.hone.loop.Loops;
import dev.hone.loop.Mode;
import dev.hone.loop.Pair;
import dev.hone.loop.Plan;
import dev.hone.loop.Policy;
import dev.hone.loop.Recommendation;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Target;
import dev.hone.loop.Verdict;
import dev.hone.loop.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Writes a journal of a Hone that has been at work, before one is started on it. */
final class PastLoops implements AutoCloseable {
  static final SignalRef LATENCY =
      new SignalRef("p95 latency of the shop", "s", "latency", SignalRef.Better.LOWER);
  static final SignalRef ODD = half("odd");
  static final SignalRef EVEN = half("even");
  private static final Design.Switchback SWITCHBACK =
      new Design.Switchback(Duration.ofSeconds(30), Duration.ofSeconds(10), 20);

  /**
   * People decide, and nothing starts, so that what waits goes on waiting. The layer is one that is
   * not watched, so that nothing is proposed for this machine.
   */
  static final Policy POLICY =
      Policy.observing()
          .withModes(Map.of("database", Mode.APPROVE, "database/grow-pool", Mode.AUTO))
          .withWindows(
              List.of(
                  new ChangeWindow(
                      ChangeWindow.Kind.DENY, "", List.of(), "00:00", "00:00", "UTC", "year end")));

  private final Loops loops;
  private final SplittableRandom random = new SplittableRandom(7);
  private final Ids ids;
  private Instant now;

  PastLoops(Path dataDirectory, Instant start) {
    now = start;
    InstantSource clock = () -> now;
    loops = new Loops(DataDirectory.journal(dataDirectory), clock);
    ids = new Ids(clock, random);
  }

  private static SignalRef half(String name) {
    return new SignalRef(
        "latency of " + name + " requests",
        "s",
        "latency{half=\"" + name + "\"}",
        SignalRef.Better.LOWER);
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  static Design split() {
    return new Design.ConcurrentSplit(Duration.ofMinutes(1), Duration.ofSeconds(20), 16, ODD, EVEN);
  }

  static Design loadTest() {
    return new Design.RepeatedLoadTest(
        Duration.ofMinutes(3), Duration.ofMinutes(1), 10, "shop at 200 requests a second");
  }

  private static Design difference() {
    return new Design.DifferenceInDifferences(Duration.ofSeconds(10), 12, 12, List.of(ODD), EVEN);
  }

  private static Design harmless() {
    return new Design.NonInferiority(Duration.ofSeconds(10), 12, 12, List.of(), 0.1);
  }

  /** A proposal of an index, or of a pool, that nobody has decided on. */
  String proposed(String name, String technique, Design design, double expected, Knob.Risk risk) {
    String loop = ids.next();
    var target = new Target(technique.equals("missing-index") ? "table" : "pool", name);
    var knob = new KnobRef("past", target, Map.of("name", name));
    Recommendation recommendation =
        new Recommendation(
            "r-" + loop,
            "f-" + loop,
            "database",
            technique,
            knob,
            "10",
            "30",
            technique.equals("missing-index")
                ? "Create an index on `" + name + "`"
                : "Give pool `" + name + "` more connections",
            new Recommendation.Expected(expected * 1.3, expected * 0.7),
            "20 more connections of 10 MB each.",
            risk,
            new Recommendation.Explanation(
                List.of("requests wait for a connection"),
                "a pool is as large as the requests that need it at once",
                List.of(new Recommendation.Rejected("shorter transactions", "needs other code")),
                "the database has more sessions than it serves well",
                "jmxterm set maximumPoolSize 30",
                "jmxterm set maximumPoolSize 10"),
            design,
            LATENCY,
            List.of(new Guardrail(LATENCY, 0.5, 0.01)),
            true,
            "",
            now.plus(Duration.ofDays(40)));
    var finding =
        new Finding(
            "f-" + loop,
            recommendation.layer(),
            technique.equals("missing-index") ? "slow-statement" : "pool-exhausted",
            target,
            "Requests wait for " + name + ".",
            now.minusSeconds(300),
            now,
            List.of(new Finding.Evidence("waiting", 0.4, "ratio", "pool_waiting")),
            Map.of(),
            1);
    var plan =
        new Plan(
            loop,
            knob,
            name,
            "10",
            "30",
            design,
            LATENCY,
            0.02,
            0.04,
            0.05,
            recommendation.guardrails(),
            7,
            Duration.ofHours(3));
    loops.append(
        loop,
        new LoopEvent.Proposed(
            finding,
            recommendation,
            plan,
            new Forecast(
                40,
                0.08,
                0.97,
                Duration.ofMinutes(26),
                0.06,
                "an experiment sees a gain of 20 % with a chance of 97 %, typically after 26 min")));
    return loop;
  }

  /** Tries a proposal; {@code effect} is what the pairs show. */
  void tried(String loop, double effect, int pairs) {
    Plan plan = loops.require(loop).plan();
    var design = (Design.Paired) plan.design();
    loops.append(loop, new LoopEvent.Approved(loops.require(loop).planHash(), "ada"));
    loops.append(loop, new LoopEvent.Scheduled());
    var firsts = new ArrayList<Boolean>();
    for (int i = 0; i < pairs; i++) {
      firsts.add(random.nextBoolean());
    }
    loops.append(loop, new LoopEvent.Armed(plan.hash(), firsts, now.plus(Duration.ofHours(3))));
    loops.append(loop, new LoopEvent.Applying());
    loops.append(loop, new LoopEvent.Experimenting());
    loops.append(
        loop,
        new LoopEvent.SettlingMeasured(Duration.ofSeconds(7), design.block(), design.burnIn()));
    double wealth = 1;
    for (int i = 0; i < pairs; i++) {
      double noise = 0.04 * random.nextGaussian();
      wealth *= effect < 0 ? 1.6 : 0.8;
      boolean split = design instanceof Design.ConcurrentSplit;
      double base = split ? 1 : 0.2;
      Block on = block(true, base * (1 + effect) * Math.exp(noise), design);
      Block off = block(false, base / (split ? 1 + effect : 1) * Math.exp(-noise), design);
      boolean onFirst = firsts.get(i);
      loops.append(
          loop,
          new LoopEvent.PairMeasured(
              new Pair(
                  i + 1,
                  onFirst ? on : off,
                  onFirst ? off : on,
                  Math.log1p(effect) + 2 * noise,
                  wealth,
                  1 / wealth)));
    }
  }

  /** Tries a one-way proposal; the signal is {@code ratio} times as large afterwards. */
  void watched(String loop, double ratio) {
    Plan plan = loops.require(loop).plan();
    var design = (Design.OneWay) plan.design();
    boolean controlled = !design.controls().isEmpty();
    loops.append(loop, new LoopEvent.Approved(loops.require(loop).planHash(), "ada"));
    loops.append(loop, new LoopEvent.Scheduled());
    loops.append(loop, new LoopEvent.Armed(plan.hash(), List.of(), now.plus(Duration.ofHours(3))));
    loops.append(loop, new LoopEvent.Applying());
    loops.append(loop, new LoopEvent.Experimenting());
    for (int i = 0; i < 24; i++) {
      boolean after = i >= 12;
      Instant from = now;
      pass(design.window());
      double noise = Math.exp(0.04 * random.nextGaussian());
      loops.append(
          loop,
          new LoopEvent.WindowMeasured(
              new Window(
                  after,
                  from,
                  now,
                  0.2 * noise * (after ? ratio : 1),
                  controlled ? 1 / noise : Double.NaN,
                  controlled && i != 5 ? 400 * (after ? ratio : 1) : Double.NaN)));
    }
  }

  private Block block(boolean on, double value, Design.Paired design) {
    Instant from = now;
    pass(design.block());
    return new Block(on, from, now, value, 1);
  }

  /** Ends an experiment with a change that is kept. */
  void kept(String loop, double effect) {
    judged(loop, Verdict.Decision.KEEP, effect);
    loops.append(loop, new LoopEvent.Keeping());
    loops.append(loop, new LoopEvent.Kept("30", "hone"));
  }

  /** Ends an experiment with an undo. */
  void undone(String loop, Verdict.Decision decision, double effect) {
    judged(loop, decision, effect);
    loops.append(loop, new LoopEvent.RollingBack("hone", "the verdict is " + decision));
    loops.append(loop, new LoopEvent.RolledBack("10", "hone"));
  }

  private void judged(String loop, Verdict.Decision decision, double effect) {
    loops.append(loop, new LoopEvent.Judged(verdict(loop, decision, effect)));
  }

  private Verdict verdict(String loop, Verdict.Decision decision, double effect) {
    return new Verdict(
        decision,
        loops.require(loop).plan().design().grade(),
        effect,
        effect - 0.08,
        effect + 0.08,
        loops.require(loop).pairs().size(),
        decision == Verdict.Decision.KEEP ? 120 : 0.3,
        decision == Verdict.Decision.ROLL_BACK ? 30 : 0.1,
        1,
        List.of("the evidence suffices"));
  }

  /** A kept change was measured again. */
  void remeasured(String loop, double effect) {
    loops.append(
        loop, new LoopEvent.Remeasured("again", verdict(loop, Verdict.Decision.KEEP, effect)));
  }

  /** Experiments in which nothing was changed. */
  void nothing(Design design, int experiments, int kept, int rolledBack) {
    for (int i = 0; i < experiments; i++) {
      Verdict.Decision decision =
          i < kept
              ? Verdict.Decision.KEEP
              : i < kept + rolledBack ? Verdict.Decision.ROLL_BACK : Verdict.Decision.INCONCLUSIVE;
      boolean covered = decision == Verdict.Decision.INCONCLUSIVE;
      loops.append(
          new LoopEvent.NullMeasured(
              LATENCY.name(),
              design.title(),
              decision,
              covered ? 0 : 0.1,
              covered ? -0.05 : 0.02,
              0.15,
              now,
              now.plusSeconds(60)));
    }
  }

  void approve(String loop) {
    loops.append(loop, new LoopEvent.Approved(loops.require(loop).planHash(), "ada"));
    loops.append(loop, new LoopEvent.Scheduled());
  }

  /** What happened in two ordinary weeks until {@code end}. */
  static void weeks(Path dataDirectory, Instant end) {
    try (var past = new PastLoops(dataDirectory, end.minus(Duration.ofDays(12)))) {
      past.nothing(SWITCHBACK, 120, 2, 4);
      past.nothing(split(), 30, 1, 0);
      past.nothing(loadTest(), 8, 0, 0);
      for (int i = 0; i < 6; i++) {
        String loop = past.proposed("pool-" + i, "grow-pool", SWITCHBACK, -0.25, Knob.Risk.R1);
        past.tried(loop, i == 3 ? 0.3 : -0.22, i == 3 ? 6 : 9);
        if (i == 3) {
          past.undone(loop, Verdict.Decision.ROLL_BACK, 0.3);
        } else {
          past.kept(loop, -0.22);
          past.pass(Duration.ofDays(2));
          past.remeasured(loop, -0.19);
        }
      }
      String index = past.proposed("orders", "missing-index", split(), -0.6, Knob.Risk.R2);
      past.tried(index, -0.55, 8);
      past.kept(index, -0.55);
      past.pass(Duration.ofDays(1));
      past.proposed("baskets", "missing-index", split(), -0.5, Knob.Risk.R3);
      past.proposed("checkout", "grow-pool", SWITCHBACK, -0.2, Knob.Risk.R1);
      past.proposed("search", "grow-pool", loadTest(), -0.1, Knob.Risk.R2);
      past.approve(past.proposed("mail", "grow-pool", SWITCHBACK, -0.15, Knob.Risk.R1));
    }
  }

  /** Two changes more that went one way, with an untouched control and without one. */
  static void oneWay(Path dataDirectory, Instant end) {
    try (var past = new PastLoops(dataDirectory, end.minus(Duration.ofHours(5)))) {
      String added = past.proposed("users", "missing-index", difference(), -0.6, Knob.Risk.R2);
      past.watched(added, 0.4);
      past.kept(added, -0.6);
      String dropped = past.proposed("visits", "drop-index", harmless(), -0.1, Knob.Risk.R2);
      past.watched(dropped, 1);
      past.kept(dropped, 0);
    }
  }

  @Override
  public void close() {
    loops.close();
  }
}

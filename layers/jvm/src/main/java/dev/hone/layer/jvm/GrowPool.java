package dev.hone.layer.jvm;

import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Objective;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Recommendation.Expected;
import dev.hone.loop.Recommendation.Explanation;
import dev.hone.loop.Recommendation.Rejected;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Technique;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Proposes a larger pool where threads wait for connections.
 *
 * <p>By Little's law (1961) the mean number of threads that hold or want a connection is L = mean
 * active + mean pending, whatever the distributions. A pool of L would still make half of the
 * bursts wait, so that square-root head-room is added: L + 2·√L (square-root staffing, Halfin and
 * Whitt, Operations Research 29, 1981). The step is at most {@value #MAX_STEP} times the present
 * size and never beyond what the database server has room for: many more connections than cores and
 * disks make a database slower (HikariCP wiki, "About Pool Sizing").
 */
final class GrowPool implements Technique {
  static final int MAX_STEP = 4;
  static final int DEFAULT_BOUND = 32;

  private static final Duration VALID = Duration.ofMinutes(10);
  private static final Duration LEAST_BLOCK = Duration.ofSeconds(5);
  private static final int MAX_PAIRS = 30;

  private final Ids ids;
  private final KnobFactory knobs;
  private final Supplier<OptionalInt> serverConnections;

  /**
   * The technique.
   *
   * @param serverConnections how many connections the database server can give to one pool, if
   *     known: {@code max_connections} less those reserved
   */
  GrowPool(Ids ids, KnobFactory knobs, Supplier<OptionalInt> serverConnections) {
    this.ids = ids;
    this.knobs = knobs;
    this.serverConnections = serverConnections;
  }

  @Override
  public String name() {
    return "grow-pool";
  }

  @Override
  public String answers() {
    return PoolStarvation.KIND;
  }

  /** The proposed size; not above {@code max} when there is no room for a larger one. */
  static int size(double active, double pending, int max, int bound) {
    double inSystem = active + pending;
    double wanted = Math.ceil(inSystem + 2 * Math.sqrt(inSystem));
    int step = (int) Math.min((long) MAX_STEP * max, Integer.MAX_VALUE);
    return (int) Math.min(Math.max(wanted, max + 1.0), Math.min(step, bound));
  }

  @Override
  public List<Recommendation> recommend(Finding finding, Optional<Objective> objective, Instant now)
      throws InterruptedException {
    String pool = finding.details().getOrDefault("pool", "");
    KnobRef ref = PoolSizeKnobs.ref(finding.target(), ProcessId.of(finding.details()), pool);
    Knob knob;
    int max;
    try {
      knob = knobs.open(ref, knobs.settings(ref));
      max = Integer.parseInt(knob.read());
    } catch (KnobException e) {
      return List.of(); // the pool cannot be asked for its size: there is nothing to propose from
    }
    double active = number(finding, "active");
    double pending = number(finding, "pending");
    OptionalInt known = serverConnections.get();
    int bound = known.orElse(DEFAULT_BOUND);
    int size = size(active, pending, max, bound);
    if (size <= max) {
      return List.of();
    }
    Knob.Capability capability = knob.probe();
    return List.of(
        new Recommendation(
            ids.next(),
            finding.id(),
            finding.layer(),
            name(),
            ref,
            Integer.toString(max),
            Integer.toString(size),
            "Grow pool `" + pool + "` from " + max + " to " + size + " connections",
            expected(active, pending, objective.isPresent()),
            "Up to "
                + (size - max)
                + " more connections, each a process of the database server while it is open.",
            knob.risk(),
            explanation(finding, pool, max, size, known, active, pending),
            Design.Switchback.forSettling(knob.settlingTime(), LEAST_BLOCK, MAX_PAIRS),
            objective.map(Objective::primary).orElseGet(() -> pendingSignal(finding, pool)),
            objective.map(Objective::guardrails).orElse(List.<Guardrail>of()),
            capability.appliable(),
            capability.why(),
            now.plus(VALID)));
  }

  private static double number(Finding finding, String detail) {
    return Double.parseDouble(finding.details().getOrDefault(detail, "0"));
  }

  /**
   * By Little's law pending/(active + pending) is the share of waiting in the time that threads
   * spend on getting and using a connection. A latency can fall by all of it at the best; a quarter
   * of it is left for time spent elsewhere and for statements that slow each other down. The
   * waiting itself falls by half to all.
   */
  static Expected expected(double active, double pending, boolean latency) {
    double waiting = pending / (active + pending);
    return latency ? new Expected(-waiting, -waiting / 4) : new Expected(-1, -0.5);
  }

  private static SignalRef pendingSignal(Finding finding, String pool) {
    String selector =
        PoolStarvation.selector(PoolMean.PENDING, finding.details().getOrDefault("pid", ""), pool);
    return new SignalRef(
        "threads waiting for pool " + pool,
        "threads",
        "avg_over_time(" + selector + "[$window])",
        SignalRef.Better.LOWER);
  }

  private static Explanation explanation(
      Finding finding,
      String pool,
      int max,
      int size,
      OptionalInt bound,
      double active,
      double pending) {
    String pid = finding.details().getOrDefault("pid", "");
    double inSystem = active + pending;
    return new Explanation(
        List.of(
            String.format(Locale.ROOT, "%.1f threads wait for a connection in the mean.", pending),
            String.format(
                Locale.ROOT, "%.1f of at most %d connections are in use in the mean.", active, max),
            String.format(
                Locale.ROOT,
                "Threads wait for %.0f %% of the time they spend on getting and using a"
                    + " connection.",
                100 * pending / inSystem),
            bound.isPresent()
                ? "The database server has room for " + bound.getAsInt() + " connections."
                : "How many connections the database server has room for is not known; "
                    + DEFAULT_BOUND
                    + " is assumed."),
        String.format(
            Locale.ROOT,
            "Little's law: %.1f in use + %.1f waiting = %.1f connections wanted at a time; with"
                + " square-root head-room %.1f + 2·√%.1f = %.1f, in a step of at most %d times the"
                + " present size and within the server's room. Sources: Little 1961; Halfin and"
                + " Whitt 1981; HikariCP wiki, About Pool Sizing.",
            active,
            pending,
            inSystem,
            inSystem,
            inSystem,
            inSystem + 2 * Math.sqrt(inSystem),
            MAX_STEP),
        List.of(
            new Rejected(
                "a longer `connectionTimeout`",
                "fewer requests would fail, but each would wait as long or longer"),
            new Rejected(
                "more instances of the application",
                "costs a whole process to open the same connections"),
            new Rejected(
                "a much larger pool",
                "more statements at a time than the server has cores and disks for slow each other"
                    + " down; the next step can follow when this one has proved itself")),
        "If the connections are not what limits the service, the statements slow each other down:"
            + " latency stays or rises, the experiment shows it, and the pool goes back to "
            + max
            + " within a second. A kept size lasts until the application restarts: set"
            + " `maximumPoolSize` ("
            + size
            + ") in its configuration too.",
        PoolCommand.set(pid, pool, size, false),
        PoolCommand.set(pid, pool, max, true));
  }
}

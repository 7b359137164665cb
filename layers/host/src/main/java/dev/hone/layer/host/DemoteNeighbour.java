package dev.hone.layer.host;

import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Ids;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a process that makes protected ones wait run only where a processor is left over: class
 * SCHED_IDLE (sched(7)), and nice 19 for its autogroup where it has one of its own.
 */
final class DemoteNeighbour implements Technique {
  static final String NAME = "demote-neighbour";

  private static final int LOWEST_AUTOGROUP = 19;
  private static final Duration LEAST_BLOCK = Duration.ofSeconds(5);
  private static final int MOST_PAIRS = 30;
  private static final Duration VALID = Duration.ofMinutes(10);

  /** The slowed-down process keeps a twentieth of its processor time, or it counts as starved. */
  private static final double LARGEST_LOSS = 0.95;

  /** Less processor use than this is not worth guarding. */
  private static final double UNIMPORTANT_CORES = 0.02;

  /** Of the waiting that the culprit causes, at least this part is expected to go. */
  private static final double LEAST_RELIEF = 0.25;

  private final Ids ids;
  private final ProcessSchedulingKnobs knobs;
  private final HostProcesses processes;

  DemoteNeighbour(Ids ids, ProcessSchedulingKnobs knobs, HostProcesses processes) {
    this.ids = ids;
    this.knobs = knobs;
    this.processes = processes;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String answers() {
    return CpuContention.KIND;
  }

  @Override
  public List<Recommendation> recommend(Finding finding, Optional<Objective> objective, Instant now)
      throws InterruptedException {
    CulpritDetails culprit = CulpritDetails.of(finding.details());
    if (!processes.running(culprit.process())) {
      return List.of();
    }
    KnobRef ref = knobs.ref(culprit.process(), finding.target());
    try {
      Knob knob = knobs.open(ref, Map.of());
      Knob.Capability can = knob.probe();
      String from = knob.read();
      if (!can.effective() || from.startsWith("mixed")) {
        return List.of();
      }
      return List.of(recommendation(finding, culprit, knob, can, from, objective, now));
    } catch (KnobException e) {
      return List.of();
    }
  }

  private Recommendation recommendation(
      Finding finding,
      CulpritDetails culprit,
      Knob knob,
      Knob.Capability can,
      String from,
      Optional<Objective> objective,
      Instant now) {
    SchedulingValue old = SchedulingValue.parse(from);
    Integer group = old.autogroup();
    var wanted =
        new SchedulingValue(
            SchedulingValue.Policy.IDLE, old.nice(), group == null ? null : LOWEST_AUTOGROUP);
    SignalRef primary = objective.map(Objective::primary).orElseGet(DemoteNeighbour::runDelay);
    return new Recommendation(
        ids.next(),
        finding.id(),
        finding.layer(),
        NAME,
        knob.ref(),
        from,
        wanted.toString(),
        "Let " + culprit.name() + " use only the CPU time that nobody else wants",
        expected(culprit, objective.isPresent()),
        String.format(
            Locale.ROOT,
            "%s, which uses %.1f cores now, runs slower while the others are busy.",
            culprit.name(),
            culprit.cores()),
        knob.risk(),
        explanation(culprit, old, wanted),
        Design.Switchback.forSettling(knob.settlingTime(), LEAST_BLOCK, MOST_PAIRS),
        primary,
        guardrails(culprit, objective),
        can.appliable(),
        can.why(),
        now.plus(VALID));
  }

  /** The primary signal where the owner named none. */
  private static SignalRef runDelay() {
    return new SignalRef(
        "run delay of the protected processes",
        "s/s",
        CpuContention.WAIT_QUERY,
        SignalRef.Better.LOWER);
  }

  /**
   * At best all waiting that this process causes goes: its part of the culprits' processor use. A
   * latency has other parts than running and waiting, so it falls by no more than the share of
   * waiting.
   */
  private static Expected expected(CulpritDetails culprit, boolean latency) {
    double most = culprit.shareOfCulprits() * (latency ? culprit.waitShare() : 1);
    return new Expected(-most, -most * LEAST_RELIEF);
  }

  private static List<Guardrail> guardrails(CulpritDetails culprit, Optional<Objective> objective) {
    var guardrails = new ArrayList<Guardrail>();
    objective.ifPresent(o -> guardrails.addAll(o.guardrails()));
    String pid = Long.toString(culprit.process().pid());
    guardrails.add(
        new Guardrail(
            new SignalRef(
                "CPU left to " + culprit.name(),
                "cores",
                CpuContention.cpuQuery(pid, culprit.name()),
                SignalRef.Better.HIGHER),
            LARGEST_LOSS,
            UNIMPORTANT_CORES));
    return guardrails;
  }

  private static Explanation explanation(
      CulpritDetails culprit, SchedulingValue old, SchedulingValue wanted) {
    return new Explanation(
        List.of(
            String.format(
                Locale.ROOT,
                "The protected processes waited for a CPU %.2f s in every second, %.0f %% of the"
                    + " time they could have run.",
                culprit.waitPerSecond(),
                culprit.waitShare() * 100),
            String.format(
                Locale.ROOT,
                "%s (pid %d) used %.2f cores meanwhile, %.0f %% of what all such neighbours used.",
                culprit.name(),
                culprit.process().pid(),
                culprit.cores(),
                culprit.shareOfCulprits() * 100)),
        "A process whose result nobody waits for yields to those that somebody does: class"
            + " SCHED_IDLE weighs 3 against 1024 of an ordinary thread and is preempted at once"
            + " (sched(7); kernel/sched/fair.c).",
        List.of(
            new Rejected(
                "nice 19",
                "weighs 15 against 1024 and still waits for a time slice to end: weaker than class"
                    + " idle (Documentation/scheduler/sched-nice-design.rst)"),
            new Rejected(
                "cpu.weight of a control group",
                "needs a control group that holds this process alone, or moving it into one,"
                    + " which its service manager would not expect"),
            new Rejected(
                "pinning it to one CPU",
                "wastes the other CPUs when they are free, and slows whatever shares that one")),
        culprit.name()
            + " may finish later than somebody expects, and a lock it shares with a protected"
            + " process may be held longer; the guardrails watch both, and the undo brings the old"
            + " class back to all threads and to children that inherited it. In a CPU control"
            + " group of its own the change has little effect, and the experiment will say so.",
        command(culprit.process().pid(), old, wanted),
        command(culprit.process().pid(), wanted, old));
  }

  /** The commands of util-linux that bring about {@code to}, for all threads. */
  static String command(long pid, SchedulingValue from, SchedulingValue to) {
    var command = new StringBuilder();
    command.append("chrt --all-tasks --" + to.policy().text() + " --pid 0 " + pid);
    if (to.nice() != from.nice()) {
      command.append(
          " && for t in /proc/"
              + pid
              + "/task/*; do renice -n "
              + to.nice()
              + " -p ${t##*/}; done");
    }
    Integer group = to.autogroup();
    if (group != null && !group.equals(from.autogroup())) {
      command.append(" && echo " + group + " > /proc/" + pid + "/autogroup");
    }
    return command.toString();
  }
}

package dev.hone.layer.host;

import dev.hone.layer.host.Rates.Rate;
import dev.hone.loop.Diagnosis;
import dev.hone.loop.Finding;
import dev.hone.loop.Finding.Evidence;
import dev.hone.loop.Ids;
import dev.hone.loop.Target;
import dev.hone.metrics.MetricStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Protected processes wait for a processor while others, which are not protected, use one. The
 * proof that it is the protected ones who wait is their own run delay; pressure alone could be
 * anybody's.
 */
final class CpuContention implements Diagnosis {
  static final String KIND = "cpu-contention";
  static final String LAYER = "host";

  /** Below this share of time with a waiting task the processors are not scarce (psi.rst). */
  static final double LEAST_PRESSURE = 0.10;

  /** Less than this share of a run waited for is within what scheduling always costs. */
  static final double LEAST_WAIT_SHARE = 0.10;

  /** Less waiting than this, in seconds a second, cannot be felt in a service's latency. */
  static final double LEAST_WAIT = 0.02;

  /** A process that uses less of a core makes nobody wait for long; naming it would be noise. */
  static final double LEAST_CORES = 0.10;

  /** Long enough to be no hiccup, short enough that the fault is still there when found. */
  static final Duration WINDOW = Duration.ofSeconds(15);

  /** With less of the expected samples nothing is said. */
  static final double LEAST_COMPLETENESS = 0.6;

  static final String PRESSURE_QUERY = "rate(" + Pressure.CPU_WAITING + "[$window])";
  static final String WAIT_QUERY = "sum(rate(" + ProcessMetrics.PROTECTED_RUN_DELAY + "[$window]))";
  private static final String USE_QUERY =
      "sum(rate(" + ProcessMetrics.PROTECTED_CPU + "[$window]))";
  static final String WAIT_SHARE_QUERY = WAIT_QUERY + " / (" + WAIT_QUERY + " + " + USE_QUERY + ")";

  private static final Duration FURTHEST_BACK = Duration.ofMinutes(10);

  private final Rates rates;
  private final Ids ids;
  private final HostProcesses processes;
  private final UntouchableProcesses untouchable;
  private final Supplier<List<ProtectedProcess>> protectedProcesses;

  CpuContention(
      MetricStore store,
      Ids ids,
      HostProcesses processes,
      UntouchableProcesses untouchable,
      Supplier<List<ProtectedProcess>> protectedProcesses) {
    this.rates = new Rates(store, HostProbe.INTERVAL);
    this.ids = ids;
    this.processes = processes;
    this.untouchable = untouchable;
    this.protectedProcesses = protectedProcesses;
  }

  /** How much the protected processes waited, in one window. */
  private record Wait(double pressure, double perSecond, double share, double completeness) {
    boolean contended() {
      return completeness >= LEAST_COMPLETENESS
          && pressure >= LEAST_PRESSURE
          && perSecond >= LEAST_WAIT
          && share >= LEAST_WAIT_SHARE;
    }
  }

  /** A process that makes others wait. */
  private record Culprit(ProcessIdentity process, String name, Rate cpu) {}

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public List<Finding> examine(Instant now) {
    List<ProtectedProcess> watched = protectedProcesses.get();
    if (watched.isEmpty()) {
      return List.of();
    }
    Wait wait = waiting(now.toEpochMilli());
    if (!wait.contended()) {
      return List.of();
    }
    List<Culprit> culprits = culprits(now, watched);
    if (culprits.isEmpty()) {
      return List.of();
    }
    Instant since = since(now);
    double allCores = culprits.stream().mapToDouble(c -> c.cpu.perSecond()).sum();
    return culprits.stream().map(c -> finding(c, wait, allCores, since, now)).toList();
  }

  private Wait waiting(long atMillis) {
    List<Rate> delays = rates.of(ProcessMetrics.PROTECTED_RUN_DELAY, atMillis, WINDOW);
    List<Rate> uses = rates.of(ProcessMetrics.PROTECTED_CPU, atMillis, WINDOW);
    List<Rate> pressures = rates.of(Pressure.CPU_WAITING, atMillis, WINDOW);
    double delay = sum(delays);
    double use = sum(uses);
    double completeness =
        Math.min(completeness(pressures), Math.min(completeness(delays), completeness(uses)));
    return new Wait(
        sum(pressures), delay, delay + use > 0 ? delay / (delay + use) : 0, completeness);
  }

  private static double sum(List<Rate> rates) {
    return rates.stream().mapToDouble(Rate::perSecond).sum();
  }

  private static double completeness(List<Rate> rates) {
    return rates.stream().mapToDouble(Rate::completeness).max().orElse(0);
  }

  private List<Culprit> culprits(Instant now, List<ProtectedProcess> watched) {
    Set<Long> spared = untouchable.byNumber(watched);
    var culprits = new ArrayList<Culprit>();
    for (Rate cpu : rates.of(ProcessMetrics.CPU, now.toEpochMilli(), WINDOW)) {
      long pid = Long.parseLong(label(cpu, "pid"));
      String name = label(cpu, "name");
      if (cpu.perSecond() < LEAST_CORES || spared.contains(pid) || untouchable.byName(name)) {
        continue;
      }
      ProcessStat stat = processes.stat(pid);
      if (stat != null && blameable(stat, watched)) {
        var process = new ProcessIdentity(pid, stat.startTicks(), processes.bootId());
        culprits.add(new Culprit(process, name, cpu));
      }
    }
    culprits.sort(Comparator.comparingDouble((Culprit c) -> c.cpu.perSecond()).reversed());
    return culprits;
  }

  private static String label(Rate rate, String label) {
    String value = rate.labels().get(label);
    return value == null ? "" : value;
  }

  /** Neither of the kernel, nor a protected one's child, nor in a class that yields already. */
  private static boolean blameable(ProcessStat stat, List<ProtectedProcess> watched) {
    int policy = stat.policy();
    return !stat.kernelThread()
        && (policy == SchedulingValue.Policy.OTHER.number()
            || policy == SchedulingValue.Policy.BATCH.number())
        && watched.stream().noneMatch(p -> p.withChildren() && p.pid() == stat.parent());
  }

  /** Goes back window by window as long as the protected processes waited. */
  private Instant since(Instant now) {
    Instant since = now.minus(WINDOW);
    while (since.isAfter(now.minus(FURTHEST_BACK)) && waiting(since.toEpochMilli()).contended()) {
      since = since.minus(WINDOW);
    }
    return since;
  }

  private Finding finding(Culprit culprit, Wait wait, double allCores, Instant since, Instant now) {
    String pid = Long.toString(culprit.process.pid());
    double cores = culprit.cpu.perSecond();
    var target = new Target("process", culprit.name + " " + pid);
    var evidence =
        List.of(
            new Evidence(
                "time with a task waiting for a CPU", wait.pressure, "ratio", PRESSURE_QUERY),
            new Evidence("run delay of the protected processes", wait.perSecond, "s/s", WAIT_QUERY),
            new Evidence(
                "share of their runs that they waited", wait.share, "ratio", WAIT_SHARE_QUERY),
            new Evidence(
                "CPU used by " + culprit.name, cores, "cores", cpuQuery(pid, culprit.name)));
    return new Finding(
        ids.next(),
        LAYER,
        KIND,
        target,
        String.format(
            Locale.ROOT,
            "%s (pid %s) uses %.1f cores while the protected processes wait for a CPU %.0f %% of"
                + " the time they could run.",
            culprit.name,
            pid,
            cores,
            wait.share * 100),
        since,
        now,
        evidence,
        new CulpritDetails(
                culprit.process, culprit.name, cores, cores / allCores, wait.share, wait.perSecond)
            .asMap(),
        Math.min(wait.completeness, culprit.cpu.completeness()));
  }

  /** The processor use of one process, in cores. */
  static String cpuQuery(String pid, String name) {
    return "sum(rate("
        + ProcessMetrics.CPU
        + "{pid=\""
        + pid
        + "\",name=\""
        + name
        + "\"}[$window]))";
  }
}

package dev.hone.layer.host;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Sums over a protected process and its children. Children come and go; what they used and waited
 * stays in the sums, so these never fall.
 */
final class ProtectedGroup {
  private final long cpuSeries;
  private final long delaySeries;
  private final Map<Long, Share> members = new HashMap<>();
  private double cpuSeconds;
  private double delaySeconds;
  private boolean started;

  /** What a member had used and waited when it was last seen. */
  private record Share(double cpuSeconds, double delaySeconds) {}

  ProtectedGroup(ProtectedProcess process, Samples samples) {
    String[] labels = {"pid", Long.toString(process.pid()), "name", process.name()};
    this.cpuSeries = samples.series(ProcessMetrics.PROTECTED_CPU, labels);
    this.delaySeries = samples.series(ProcessMetrics.PROTECTED_RUN_DELAY, labels);
  }

  void sample(Collection<TrackedProcess> present, Samples samples) throws InterruptedException {
    var seen = new HashMap<Long, Share>();
    for (TrackedProcess process : present) {
      ProcessStat stat = process.stat();
      if (stat == null) {
        continue;
      }
      var now = new Share(stat.cpuTicks() / CpuTimes.TICKS_PER_SECOND, process.delaySeconds(true));
      Share before = members.get(process.pid());
      if (before == null) {
        before = started ? new Share(0, 0) : now;
      }
      cpuSeconds += Math.max(0, now.cpuSeconds - before.cpuSeconds);
      delaySeconds += Math.max(0, now.delaySeconds - before.delaySeconds);
      seen.put(process.pid(), now);
    }
    started = true;
    members.clear();
    members.putAll(seen);
    samples.put(cpuSeries, cpuSeconds);
    samples.put(delaySeries, delaySeconds);
  }
}

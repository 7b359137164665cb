package dev.hone.layer.host;

import dev.hone.loop.Ids;
import dev.hone.loop.Layer;
import dev.hone.metrics.MetricStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The layer of the Linux host that Hone runs on. */
public final class HostLayer {
  private HostLayer() {}

  /**
   * Makes the layer.
   *
   * @param store where samples go and are looked up
   * @param ids names findings and recommendations
   * @param protectedProcesses the services that are watched and what they depend on, asked each
   *     second; series of a process are kept for as long as it is equal to itself
   * @param helpers numbers of processes that belong to Hone itself, such as its guard, and must
   *     never be slowed down; its own process and whatever started it are known
   */
  public static Layer create(
      MetricStore store,
      Ids ids,
      Supplier<List<ProtectedProcess>> protectedProcesses,
      Supplier<Set<Long>> helpers) {
    Path root = Path.of("/");
    var processes = new HostProcesses(root);
    var knobs = new ProcessSchedulingKnobs();
    var untouchable = new UntouchableProcesses(processes, helpers, ProcessHandle.current().pid());
    return new Layer(
        CpuContention.LAYER,
        List.of(new HostProbe(root, store, protectedProcesses)),
        List.of(new CpuContention(store, ids, processes, untouchable, protectedProcesses)),
        List.of(new DemoteNeighbour(ids, knobs, processes)),
        List.of(knobs));
  }
}

package dev.hone.layer.host;

import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Target;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Opens the scheduling of processes of this host. It needs no settings, so that the guard can make
 * one by itself.
 */
public final class ProcessSchedulingKnobs implements KnobFactory {
  /** The kind of its knobs. */
  public static final String KIND = "process-scheduling";

  private static final String PID = "pid";
  private static final String START_TICKS = "start-ticks";
  private static final String BOOT_ID = "boot-id";
  private static final String AUTOGROUP = "autogroup";

  private final HostProcesses processes = new HostProcesses(Path.of("/"));

  /** A factory for this host. */
  public ProcessSchedulingKnobs() {}

  /** The address of a process' scheduling; looks up whether its autogroup is its own. */
  KnobRef ref(ProcessIdentity process, Target target) {
    var parameters = new TreeMap<String, String>();
    parameters.put(PID, Long.toString(process.pid()));
    parameters.put(START_TICKS, Long.toString(process.startTicks()));
    parameters.put(BOOT_ID, process.bootId());
    HostProcesses.Autogroup group = processes.autogroup(process.pid());
    if (group != null) {
      Set<Long> others = processes.autogroupMembers(group.name());
      others.remove(process.pid());
      others.removeAll(processes.descendants(process.pid()));
      if (others.isEmpty()) {
        parameters.put(AUTOGROUP, group.name());
      }
    }
    return new KnobRef(KIND, target, parameters);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Map<String, String> settings(KnobRef ref) {
    return Map.of();
  }

  @Override
  public Knob open(KnobRef ref, Map<String, String> settings) throws KnobException {
    var process =
        new ProcessIdentity(
            Long.parseLong(ref.parameter(PID)),
            Long.parseLong(ref.parameter(START_TICKS)),
            ref.parameter(BOOT_ID));
    Scheduler.prepare();
    return new ProcessScheduling(ref, process, ref.parameters().get(AUTOGROUP), processes);
  }
}

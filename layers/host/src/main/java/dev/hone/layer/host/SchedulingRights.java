package dev.hone.layer.host;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether this process may change the scheduling of another and change it back, by the kernel's
 * rules (kernel/sched/syscalls.c, sched(7)) and without trying it: raising a priority, and leaving
 * class idle, need CAP_SYS_NICE or the owner's RLIMIT_NICE; lowering needs the same owner.
 */
final class SchedulingRights {
  private static final int CAP_SYS_NICE = 23;

  private final HostProcesses processes;

  SchedulingRights(HostProcesses processes) {
    this.processes = processes;
  }

  /** Whether the capability to change any process is there, in the system's own name space. */
  boolean privileged() {
    Path self = processes.directory(ProcessHandle.current().pid());
    String effective = field(self.resolve("status"), "CapEff:");
    boolean capable =
        !effective.isEmpty() && (Long.parseUnsignedLong(effective, 16) >>> CAP_SYS_NICE & 1) == 1;
    String[] map = HostProcesses.text(self.resolve("uid_map")).split("\\s+");
    return capable && map.length == 3 && map[0].equals("0") && map[1].equals("0");
  }

  /** Whether this user's processes may lower the priority of that one. */
  boolean sameOwner(long pid) {
    Path self = processes.directory(ProcessHandle.current().pid());
    String[] mine = field(self.resolve("status"), "Uid:").split("\\s+");
    String[] theirs = field(processes.directory(pid).resolve("status"), "Uid:").split("\\s+");
    return mine.length == 4
        && theirs.length == 4
        && (mine[1].equals(theirs[0]) || mine[1].equals(theirs[1]));
  }

  /** Whether RLIMIT_NICE of the process lets its owner bring it back to this nice value. */
  boolean mayRaiseTo(long pid, int nice) {
    String limits = field(processes.directory(pid).resolve("limits"), "Max nice priority");
    String soft = limits.split("\\s+")[0];
    return soft.equals("unlimited") || (!soft.isEmpty() && Long.parseLong(soft) >= 20 - nice);
  }

  /** Whether the nice value of the process' autogroup can be written. */
  boolean mayWriteAutogroup(long pid) {
    return Files.isWritable(processes.directory(pid).resolve("autogroup"));
  }

  private static String field(Path file, String name) {
    for (String line : HostProcesses.text(file).split("\n")) {
      if (line.startsWith(name)) {
        return line.substring(name.length()).strip();
      }
    }
    return "";
  }
}

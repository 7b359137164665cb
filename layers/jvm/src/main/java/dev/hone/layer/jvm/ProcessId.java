package dev.hone.layer.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Names one process for good, though the kernel uses its pid again later.
 *
 * @param pid its process id
 * @param start when it started: clock ticks since boot, field 22 of {@code /proc/PID/stat}
 *     (proc_pid_stat(5)); for a process behind a remote JMX address, the start that its {@code
 *     RuntimeMXBean} tells, in milliseconds since the epoch
 * @param boot {@code /proc/sys/kernel/random/boot_id}, or {@link #REMOTE}
 */
record ProcessId(long pid, long start, String boot) {
  /** Stands for the boot of a host that is not this one. */
  static final String REMOTE = "remote";

  private static final int START_TIME = 22 - 3;

  /** The process on this host that has the pid now. */
  static Optional<ProcessId> local(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      return Optional.of(new ProcessId(pid, startTime(stat), boot));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Reads field 22; the second field, the command, may hold blanks and brackets. */
  static long startTime(String stat) {
    String[] afterCommand = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(afterCommand[START_TIME]);
  }

  /** The process that {@link #details} describes. */
  static ProcessId of(Map<String, String> details) {
    return new ProcessId(
        Long.parseLong(details.getOrDefault("pid", "-1")),
        Long.parseLong(details.getOrDefault("start", "-1")),
        details.getOrDefault("boot", ""));
  }

  /** As parameters of a knob or details of a finding. */
  Map<String, String> details() {
    return Map.of("pid", Long.toString(pid), "start", Long.toString(start), "boot", boot);
  }

  boolean isLocal() {
    return !boot.equals(REMOTE);
  }

  /** Whether it has ended for certain; of a remote process only its connection can tell. */
  boolean ended() {
    return isLocal() && !local(pid).equals(Optional.of(this));
  }
}

package dev.hone.layer.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks {@code /proc} about single processes, for diagnosis and knobs; not for each round. */
final class HostProcesses {
  private static final int DEEPEST = 64;

  private final Path proc;

  /**
   * The processes of a host.
   *
   * @param root the directory that {@code proc} is in, {@code /} but for tests
   */
  HostProcesses(Path root) {
    this.proc = root.resolve("proc");
  }

  /** A group of processes that shares processor time as one (sched(7), autogroup). */
  record Autogroup(String name, int nice) {}

  Path directory(long pid) {
    return proc.resolve(Long.toString(pid));
  }

  /** What the process is doing; null when there is no such process. */
  @Nullable ProcessStat stat(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(directory(pid).resolve("stat"));
      var scan = new Scan();
      scan.reset(bytes, bytes.length);
      ProcessStat stat = ProcessStat.parse(scan);
      return stat == null || stat.ended() ? null : stat;
    } catch (IOException e) {
      return null;
    }
  }

  /** The identity of a running process; null when there is no such process. */
  @Nullable ProcessIdentity identify(long pid) {
    ProcessStat stat = stat(pid);
    return stat == null ? null : new ProcessIdentity(pid, stat.startTicks(), bootId());
  }

  boolean running(ProcessIdentity process) {
    return process.equals(identify(process.pid()));
  }

  /** The kernel's name of this life of the system; empty when it cannot be read. */
  String bootId() {
    return text(proc.resolve("sys/kernel/random/boot_id"));
  }

  /** Numbers of all processes. */
  List<Long> pids() {
    return numbers(proc);
  }

  /** Numbers of the process' threads; empty when it is gone. */
  List<Long> threads(long pid) {
    return numbers(directory(pid).resolve("task"));
  }

  private static List<Long> numbers(Path directory) {
    String[] names = directory.toFile().list();
    var numbers = new ArrayList<Long>();
    if (names != null) {
      for (String name : names) {
        if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
          numbers.add(Long.parseLong(name));
        }
      }
    }
    return numbers;
  }

  /** The process, its parent, the parent's parent … up to the first of all. */
  Set<Long> withAncestors(long pid) {
    var line = new HashSet<Long>();
    long next = pid;
    for (int i = 0; i < DEEPEST && next > 0 && line.add(next); i++) {
      ProcessStat stat = stat(next);
      next = stat == null ? 0 : stat.parent();
    }
    return line;
  }

  /** Its children, their children …, without itself. */
  Set<Long> descendants(long pid) {
    Map<Long, List<Long>> children = new HashMap<>();
    for (long other : pids()) {
      ProcessStat stat = stat(other);
      if (stat != null) {
        children.computeIfAbsent(stat.parent(), p -> new ArrayList<>()).add(other);
      }
    }
    var found = new HashSet<Long>();
    var open = new ArrayList<>(List.of(pid));
    while (!open.isEmpty()) {
      for (long child : children.getOrDefault(open.removeLast(), List.of())) {
        if (child != pid && found.add(child)) {
          open.add(child);
        }
      }
    }
    return found;
  }

  /** The process' autogroup; null when autogroups are off or it is in none. */
  @Nullable Autogroup autogroup(long pid) {
    if (!text(proc.resolve("sys/kernel/sched_autogroup_enabled")).equals("1")) {
      return null;
    }
    // "/autogroup-13 nice 0"
    String[] words = text(directory(pid).resolve("autogroup")).split(" ");
    return words.length == 3 ? new Autogroup(words[0], Integer.parseInt(words[2])) : null;
  }

  /** All processes in the autogroup of this name. */
  Set<Long> autogroupMembers(String name) {
    var members = new HashSet<Long>();
    for (long pid : pids()) {
      Autogroup group = autogroup(pid);
      if (group != null && group.name().equals(name)) {
        members.add(pid);
      }
    }
    return members;
  }

  /** Text of a file without surrounding blanks; empty when it cannot be read. */
  static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }
}

package dev.hone.layer.host;

import dev.hone.layer.host.HostProcesses.Autogroup;
import dev.hone.layer.host.Scheduler.ErrnoException;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobException.Reason;
import dev.hone.loop.KnobRef;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Scheduling class and nice value of a whole process: of every thread, and of its autogroup where
 * that holds no process but it and its descendants. New threads and children inherit from their
 * creator, so a change goes over the threads until none differs, and a change away from class idle
 * takes along the descendants that inherited it.
 */
final class ProcessScheduling implements Knob {
  /** What everything that is judged by the owner's objective has in common. */
  static final String GROUP = "service-latency";

  private static final Duration SETTLING = Duration.ofSeconds(1);
  private static final int MOST_PASSES = 100;
  private static final int AUTOGROUP_ATTEMPTS = 5;
  private static final int AUTOGROUP_PAUSE_MILLIS = 50;

  private final KnobRef ref;
  private final ProcessIdentity process;
  private final @Nullable String ownAutogroup;
  private final HostProcesses processes;

  /**
   * A knob.
   *
   * @param ownAutogroup the name of the process' autogroup when that is part of the value
   */
  ProcessScheduling(
      KnobRef ref,
      ProcessIdentity process,
      @Nullable String ownAutogroup,
      HostProcesses processes) {
    this.ref = ref;
    this.process = process;
    this.ownAutogroup = ownAutogroup;
    this.processes = processes;
  }

  @Override
  public KnobRef ref() {
    return ref;
  }

  @Override
  public Capability probe() {
    SchedulingValue value;
    try {
      String text = read();
      if (text.startsWith("mixed")) {
        return new Capability(
            true,
            false,
            false,
            true,
            "the threads of "
                + ref.target()
                + " are scheduled differently ("
                + text
                + "), which"
                + " an undo could not bring back; give them one class and nice value first");
      }
      value = SchedulingValue.parse(text);
    } catch (KnobException e) {
      return Capability.none(String.valueOf(e.getMessage()));
    }
    if (!value.policy().shares() || value.policy() == SchedulingValue.Policy.IDLE) {
      return new Capability(
          true,
          false,
          false,
          false,
          ref.target() + " is in class " + value.policy().text() + " already and stays");
    }
    return rights(value);
  }

  private Capability rights(SchedulingValue value) {
    var rights = new SchedulingRights(processes);
    long pid = process.pid();
    boolean privileged = rights.privileged();
    boolean writable =
        (privileged || rights.sameOwner(pid))
            && (ownAutogroup == null || rights.mayWriteAutogroup(pid));
    if (!writable) {
      return new Capability(
          true,
          false,
          false,
          true,
          ref.target() + " belongs to another user; run Hone as root or with CAP_SYS_NICE");
    }
    if (!privileged && !rights.mayRaiseTo(pid, value.nice())) {
      return new Capability(
          true,
          true,
          false,
          true,
          "this user may put "
              + ref.target()
              + " into class idle but not bring it back; run Hone"
              + " as root or with CAP_SYS_NICE, or start the process with `ulimit -e "
              + (20 - value.nice())
              + "`");
    }
    for (long child : processes.descendants(pid)) {
      ProcessStat stat = processes.stat(child);
      if (stat != null && stat.policy() == SchedulingValue.Policy.IDLE.number()) {
        return new Capability(
            true,
            true,
            false,
            true,
            "process "
                + child
                + ", started by "
                + ref.target()
                + ", is in class idle already: an"
                + " undo could not tell it from those that inherit the class");
      }
    }
    return Capability.FULL;
  }

  @Override
  public String read() throws KnobException {
    checkIdentity();
    try {
      var values = new HashSet<SchedulingValue>();
      for (long tid : processes.threads(process.pid())) {
        SchedulingValue value = Scheduler.read(tid);
        if (value != null) {
          values.add(value);
        }
      }
      checkIdentity();
      Integer group = autogroupNice();
      Set<String> texts =
          values.stream()
              .map(v -> new SchedulingValue(v.policy(), v.nice(), group).toString())
              .collect(Collectors.toCollection(TreeSet::new));
      return texts.size() == 1 ? texts.iterator().next() : "mixed: " + String.join(", ", texts);
    } catch (ErrnoException e) {
      throw refused(e);
    }
  }

  @Override
  public void write(String expected, String value) throws KnobException, InterruptedException {
    String current = read();
    if (current.equals(value)) {
      return;
    }
    if (!current.equals(expected)) {
      throw drift(current, expected, value);
    }
    change(SchedulingValue.parse(expected), SchedulingValue.parse(value), thread -> true);
    String now = read();
    if (!now.equals(value)) {
      throw new KnobException(
          Reason.FAILED,
          ref + " is `" + now + "` after `" + value + "` was written; something else changes it");
    }
  }

  @Override
  public void undo(String prior, String written) throws KnobException, InterruptedException {
    SchedulingValue from = SchedulingValue.parse(written);
    SchedulingValue to = SchedulingValue.parse(prior);
    if (!processes.running(process)) {
      if (processes.bootId().equals(process.bootId())) {
        restoreAutogroup(from, to);
        changeFamily(from, to);
      }
      checkIdentity();
    }
    change(from, to, thread -> between(thread, from, to));
    String now = read();
    if (!now.equals(prior)) {
      throw drift(now, written, prior);
    }
  }

  /** Whether a half-done change of a thread from one value to the other can look like this. */
  private static boolean between(SchedulingValue thread, SchedulingValue a, SchedulingValue b) {
    return (thread.policy() == a.policy() || thread.policy() == b.policy())
        && (thread.nice() == a.nice() || thread.nice() == b.nice());
  }

  private void change(SchedulingValue from, SchedulingValue to, Predicate<SchedulingValue> ours)
      throws KnobException, InterruptedException {
    try {
      restoreAutogroup(from, to);
      int passes = 0;
      while (changeThreads(process.pid(), to.ofThread(), ours)) {
        if (++passes == MOST_PASSES) {
          throw new KnobException(
              Reason.FAILED,
              ref.target()
                  + " starts threads faster than they can be changed; stop it for a"
                  + " moment with SIGSTOP");
        }
        checkIdentity();
      }
      changeFamily(from, to);
    } catch (ErrnoException e) {
      throw refused(e);
    }
  }

  /** Goes once over the threads of a process; whether one had to be changed. */
  private boolean changeThreads(long pid, SchedulingValue to, Predicate<SchedulingValue> ours)
      throws ErrnoException {
    boolean changed = false;
    for (long tid : processes.threads(pid)) {
      SchedulingValue value = Scheduler.read(tid);
      if (value != null && !value.equals(to) && ours.test(value)) {
        Scheduler.write(tid, value, to);
        changed = true;
      }
    }
    return changed;
  }

  /** Brings back the descendants that inherited class idle. */
  private void changeFamily(SchedulingValue from, SchedulingValue to) throws KnobException {
    if (from.policy() != SchedulingValue.Policy.IDLE) {
      return;
    }
    Set<Long> family = processes.descendants(process.pid());
    if (ownAutogroup != null) {
      family.addAll(processes.autogroupMembers(ownAutogroup));
    }
    family.remove(process.pid());
    try {
      for (long pid : family) {
        changeThreads(pid, to.ofThread(), from.ofThread()::equals);
      }
    } catch (ErrnoException e) {
      throw refused(e);
    }
  }

  private @Nullable Integer autogroupNice() {
    if (ownAutogroup == null) {
      return null;
    }
    Autogroup group = processes.autogroup(process.pid());
    return group == null || !group.name().equals(ownAutogroup) ? null : group.nice();
  }

  /** Sets the autogroup's nice value where it is the one that is left. */
  private void restoreAutogroup(SchedulingValue from, SchedulingValue to)
      throws KnobException, InterruptedException {
    Integer wanted = to.autogroup();
    if (ownAutogroup == null || wanted == null || wanted.equals(from.autogroup())) {
      return;
    }
    Set<Long> members =
        ownAutogroup.equals(nameOf(processes.autogroup(process.pid())))
            ? Set.of(process.pid())
            : processes.autogroupMembers(ownAutogroup);
    for (long member : members) {
      Autogroup group = processes.autogroup(member);
      if (group != null && Integer.valueOf(group.nice()).equals(from.autogroup())) {
        writeAutogroup(member, wanted);
      }
    }
  }

  private static String nameOf(@Nullable Autogroup group) {
    return group == null ? "" : group.name();
  }

  /** The kernel takes one such change in 100 ms from ordinary users (EAGAIN otherwise). */
  private void writeAutogroup(long pid, int nice) throws KnobException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.writeString(processes.directory(pid).resolve("autogroup"), Integer.toString(nice));
        return;
      } catch (IOException e) {
        if (attempt == AUTOGROUP_ATTEMPTS) {
          throw new KnobException(
              Reason.DENIED,
              "`/proc/" + pid + "/autogroup` did not take " + nice + "; run Hone as root",
              e);
        }
        Thread.sleep(AUTOGROUP_PAUSE_MILLIS);
      }
    }
  }

  private void checkIdentity() throws KnobException {
    if (!processes.running(process)) {
      throw new KnobException(
          Reason.GONE, ref.target() + " has ended; there is nothing left to change or undo");
    }
  }

  private KnobException refused(ErrnoException e) {
    return e.denied()
        ? new KnobException(
            Reason.DENIED,
            ref + " may not be changed by this user; run Hone as root or with CAP_SYS_NICE",
            e)
        : new KnobException(Reason.FAILED, ref + ": " + e.getMessage() + "; see sched(7)", e);
  }

  private KnobException drift(String current, String expected, String value) {
    return new KnobException(
        Reason.DRIFT,
        ref
            + " is `"
            + current
            + "`, neither `"
            + expected
            + "` nor `"
            + value
            + "`: somebody else changed it, so it stays");
  }

  @Override
  public Duration settlingTime() {
    return SETTLING;
  }

  @Override
  public Reversibility reversibility() {
    return Reversibility.TOGGLE;
  }

  @Override
  public Risk risk() {
    return Risk.R1;
  }

  @Override
  public String group() {
    return GROUP;
  }
}

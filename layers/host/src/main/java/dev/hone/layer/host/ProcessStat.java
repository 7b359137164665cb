package dev.hone.layer.host;

import org.jspecify.annotations.Nullable;

/**
 * What {@code /proc/PID/stat} tells of a process (proc_pid_stat(5)).
 *
 * @param state one letter: {@code R}, {@code S}, {@code Z} …
 * @param parent pid of its parent
 * @param kernelThread whether it is a thread of the kernel
 * @param minorFaults pages that were found in memory
 * @param majorFaults pages that had to be read from a disk
 * @param systemTicks the part of {@code cpuTicks} that the kernel used on its behalf
 * @param cpuTicks time on a processor of all its threads, user and system, in {@link
 *     CpuTimes#TICKS_PER_SECOND}
 * @param threads how many threads it has
 * @param startTicks when it began, in ticks since boot; with pid and boot id its identity
 * @param virtualBytes the size of its address space
 * @param residentPages its pages in memory
 * @param policy scheduling policy of its main thread, as in sched(7)
 */
record ProcessStat(
    char state,
    long parent,
    boolean kernelThread,
    long minorFaults,
    long majorFaults,
    long systemTicks,
    long cpuTicks,
    int threads,
    long startTicks,
    long virtualBytes,
    long residentPages,
    int policy) {
  /** PF_KTHREAD of include/linux/sched.h. */
  private static final long KERNEL_THREAD = 0x0020_0000;

  /** Takes the fields; null when the text is not such a file. */
  static @Nullable ProcessStat parse(Scan scan) {
    if (!scan.skipPastLast(')') || !scan.word()) {
      return null;
    }
    char state = scan.wordFirst();
    long parent = scan.number();
    scan.skipWords(4);
    long flags = scan.number();
    long minorFaults = scan.number();
    scan.skipWords(1);
    long majorFaults = scan.number();
    scan.skipWords(1);
    long userTicks = scan.number();
    long systemTicks = scan.number();
    scan.skipWords(4);
    int threads = (int) scan.number();
    scan.skipWords(1);
    long startTicks = scan.number();
    long virtualBytes = scan.number();
    long residentPages = scan.number();
    scan.skipWords(16);
    int policy = (int) scan.number();
    return new ProcessStat(
        state,
        parent,
        (flags & KERNEL_THREAD) != 0,
        minorFaults,
        majorFaults,
        systemTicks,
        userTicks + systemTicks,
        threads,
        startTicks,
        virtualBytes,
        residentPages,
        policy);
  }

  /** Whether it has ended and only waits to be collected. */
  boolean ended() {
    return state == 'Z' || state == 'X';
  }
}

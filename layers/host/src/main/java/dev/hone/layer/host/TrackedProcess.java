package dev.hone.layer.host;

import java.io.File;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A process that the probe reads each round, and its series while it is among the top ones. */
final class TrackedProcess implements AutoCloseable {
  /** Time constant of the moving average that processes are ranked by. */
  private static final double RANKING_SECONDS = 10;

  /** After so many readings without a tick used, a process counts as quiet. */
  private static final int READINGS_TO_QUIET = 5;

  /** A process that did not use a tick is asked for its waiting time in every such round. */
  private static final int IDLE_ROUNDS = 10;

  /** With more threads, their waiting time is read once in {@link #MANY_THREADS_ROUNDS}. */
  private static final int FEW_THREADS = 4;

  private static final int MANY_THREADS_ROUNDS = 5;

  /** Open descriptors are counted once in so many readings. */
  private static final int DESCRIPTOR_READINGS = 5;

  private final ProcFiles files;
  private final Path directory;
  private final long pid;
  private final ProcFiles.ProcFile statFile;
  private File openFiles = new File("");
  private @Nullable ProcessStat stat;
  private @Nullable ThreadDelays delays;
  private @Nullable Series series;
  private long delayTicks = -1;
  private int delayAge = IDLE_ROUNDS;
  private double recentCores;
  private int rounds;
  private int seenInRound;
  private int readInRound;
  private long readMillis;
  private int readingsUnchanged;
  private long descriptors;

  /** The handles of a top process. */
  private record Series(
      long cpu,
      long system,
      long delay,
      long switches,
      long resident,
      long virtual,
      long threads,
      long minorFaults,
      long majorFaults,
      long descriptors,
      ProcessIo io) {}

  TrackedProcess(ProcFiles files, Path directory, long pid) {
    this.files = files;
    this.directory = directory;
    this.pid = pid;
    this.statFile = files.file(directory.resolve("stat"));
  }

  long pid() {
    return pid;
  }

  Path directory() {
    return directory;
  }

  /** How many rounds it has been seen in. */
  int rounds() {
    return rounds;
  }

  int seenInRound() {
    return seenInRound;
  }

  int readInRound() {
    return readInRound;
  }

  /** What the last round read; null before the first. */
  @Nullable ProcessStat stat() {
    return stat;
  }

  boolean kernelThread() {
    ProcessStat now = stat;
    return now != null && now.kernelThread();
  }

  /** Pid of its parent, 0 before the first round. */
  long parent() {
    ProcessStat now = stat;
    return now == null ? 0 : now.parent();
  }

  long residentPages() {
    ProcessStat now = stat;
    return now == null ? 0 : now.residentPages();
  }

  /** Processor use of late, in cores. */
  double recentCores() {
    return recentCores;
  }

  /**
   * Reads its state.
   *
   * @return whether it is still there and still the same process
   */
  boolean refresh(int round, long nowMillis) throws InterruptedException {
    ProcessStat before = stat;
    Scan scan = statFile.read();
    ProcessStat now = scan == null ? null : ProcessStat.parse(scan);
    if (now == null || (before != null && before.startTicks() != now.startTicks())) {
      return false;
    }
    double seconds = (nowMillis - readMillis) / 1000.0;
    if (before != null && seconds > 0) {
      readingsUnchanged = before.cpuTicks() == now.cpuTicks() ? readingsUnchanged + 1 : 0;
      double cores = (now.cpuTicks() - before.cpuTicks()) / CpuTimes.TICKS_PER_SECOND / seconds;
      recentCores += (cores - recentCores) * Math.min(1, seconds / RANKING_SECONDS);
    }
    seenInRound = round;
    stat = now;
    readMillis = nowMillis;
    readInRound = round;
    rounds++;
    if (now.kernelThread()) {
      statFile.close();
    }
    return true;
  }

  /** It is still listed, but need not be read in this round. */
  void skip(int round) {
    seenInRound = round;
  }

  /** Whether it has used no processor time of late. */
  boolean quiet() {
    return readingsUnchanged >= READINGS_TO_QUIET;
  }

  /**
   * Time that its threads waited for a processor in all, in seconds.
   *
   * @param always whether it must be as of this round; else it may be some rounds old when the
   *     process does nothing or has many threads
   */
  double delaySeconds(boolean always) throws InterruptedException {
    ProcessStat now = stat;
    ThreadDelays all = delays;
    if (now == null) {
      return 0;
    }
    if (all == null) {
      all = new ThreadDelays(files, directory);
      delays = all;
      delayAge = IDLE_ROUNDS;
    }
    delayAge++;
    boolean due = delayAge >= (now.threads() > FEW_THREADS ? MANY_THREADS_ROUNDS : 1);
    if (always || (due && now.cpuTicks() != delayTicks) || delayAge >= IDLE_ROUNDS) {
      all.read(now.threads());
      delayTicks = now.cpuTicks();
      delayAge = 0;
    }
    return all.seconds();
  }

  boolean top() {
    return series != null;
  }

  /** Makes it one of the top processes. */
  void promote(String name, Samples samples) {
    String[] labels = {"pid", Long.toString(pid), "name", name};
    series =
        new Series(
            samples.series(ProcessMetrics.CPU, labels),
            samples.series("hone_process_system_seconds_total", labels),
            samples.series(ProcessMetrics.RUN_DELAY, labels),
            samples.series("hone_process_context_switches_total", labels),
            samples.series("hone_process_resident_bytes", labels),
            samples.series("hone_process_virtual_bytes", labels),
            samples.series("hone_process_threads", labels),
            samples.series("hone_process_minor_faults_total", labels),
            samples.series("hone_process_major_faults_total", labels),
            samples.series("hone_process_open_fds", labels),
            new ProcessIo(files, directory, samples, labels));
    openFiles = directory.resolve("fd").toFile();
    descriptors = openFiles.length();
  }

  void demote() {
    if (series != null) {
      series.io.close();
      series = null;
    }
    if (delays != null) {
      delays.close();
      delays = null;
    }
  }

  /** Puts the numbers of a top process. */
  void put(Samples samples, long pageBytes, boolean watched) throws InterruptedException {
    Series to = series;
    ProcessStat now = stat;
    if (to == null || now == null) {
      return;
    }
    samples.put(to.cpu, now.cpuTicks() / CpuTimes.TICKS_PER_SECOND);
    samples.put(to.system, now.systemTicks() / CpuTimes.TICKS_PER_SECOND);
    samples.put(to.delay, delaySeconds(watched));
    ThreadDelays threads = delays;
    if (threads != null) {
      samples.put(to.switches, threads.slices());
    }
    samples.put(to.resident, now.residentPages() * (double) pageBytes);
    samples.put(to.virtual, now.virtualBytes());
    samples.put(to.threads, now.threads());
    samples.put(to.minorFaults, now.minorFaults());
    samples.put(to.majorFaults, now.majorFaults());
    boolean fresh = readInRound == seenInRound;
    if (fresh && rounds % DESCRIPTOR_READINGS == 0) {
      descriptors = openFiles.length();
    }
    // Before Linux 6.2 the directory of descriptors says 0; so it does to those who may not look.
    if (descriptors > 0) {
      samples.put(to.descriptors, descriptors);
    }
    to.io.put(samples, fresh);
  }

  @Override
  public void close() {
    demote();
    statFile.close();
  }
}

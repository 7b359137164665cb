package dev.hone.layer.host;

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

  private final ProcFiles files;
  private final Path directory;
  private final long pid;
  private final ProcFiles.ProcFile statFile;
  private @Nullable ProcessStat stat;
  private @Nullable ThreadDelays delays;
  private @Nullable Series series;
  private double delaySeconds;
  private long delayTicks = -1;
  private int delayRound;
  private double recentCores;
  private int rounds;
  private int seenInRound;
  private int readInRound;
  private long readMillis;
  private int readingsUnchanged;
  private long bytesRead;
  private long bytesWritten;
  private boolean ioKnown;

  /** The handles of a top process. */
  private record Series(
      long cpu,
      long delay,
      long resident,
      long threads,
      long readBytes,
      long writtenBytes,
      ProcFiles.ProcFile io) {}

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
    seenInRound = round;
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

  /** Time that its threads waited for a processor in all, in seconds. */
  double delaySeconds(boolean always) throws InterruptedException {
    ProcessStat now = stat;
    long ticks = now == null ? 0 : now.cpuTicks();
    if (always || ticks != delayTicks || ++delayRound >= IDLE_ROUNDS) {
      if (delays == null) {
        delays = new ThreadDelays(files, directory);
      }
      delaySeconds = delays.read(now == null ? 0 : now.threads());
      delayTicks = ticks;
      delayRound = 0;
    }
    return delaySeconds;
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
            samples.series(ProcessMetrics.RUN_DELAY, labels),
            samples.series("hone_process_resident_bytes", labels),
            samples.series("hone_process_threads", labels),
            samples.series("hone_process_read_bytes_total", labels),
            samples.series("hone_process_written_bytes_total", labels),
            files.file(directory.resolve("io")));
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
    samples.put(to.delay, delaySeconds(watched));
    samples.put(to.resident, now.residentPages() * (double) pageBytes);
    samples.put(to.threads, now.threads());
    if (readInRound == seenInRound) {
      readIo(to.io);
    }
    if (ioKnown) {
      samples.put(to.readBytes, bytesRead);
      samples.put(to.writtenBytes, bytesWritten);
    }
  }

  /**
   * Takes {@code read_bytes} and {@code write_bytes}, the fifth and sixth line (proc_pid_io(5)).
   */
  private void readIo(ProcFiles.ProcFile io) throws InterruptedException {
    Scan scan = io.read();
    ioKnown = scan != null;
    if (scan != null) {
      for (int line = 0; line < 4; line++) {
        scan.nextLine();
      }
      scan.word();
      bytesRead = scan.number();
      scan.nextLine();
      scan.word();
      bytesWritten = scan.number();
    }
  }

  @Override
  public void close() {
    demote();
    statFile.close();
  }
}

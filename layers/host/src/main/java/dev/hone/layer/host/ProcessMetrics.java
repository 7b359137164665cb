package dev.hone.layer.host;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The processes: all are looked at, the top ones by processor and memory have series of their own.
 * A process holds its place until it ends or one that deserves it clearly more comes, and places
 * are given away at a bounded rate, so that a host with many short processes does not fill the
 * store with series.
 */
final class ProcessMetrics implements Source {
  static final String CPU = "hone_process_cpu_seconds_total";
  static final String RUN_DELAY = "hone_process_run_delay_seconds_total";
  static final String PROTECTED_CPU = "hone_protected_cpu_seconds_total";
  static final String PROTECTED_RUN_DELAY = "hone_protected_run_delay_seconds_total";

  private static final int PLACES = 50;

  /** Rounds that a process must have lived to get a place: a build's compilers get none. */
  private static final int PROBATION_ROUNDS = 5;

  /** One more place may be given away in so many rounds, beyond the first {@link #PLACES}. */
  private static final int ROUNDS_PER_PLACE = 6;

  /** How much memory counts as much as a core when processes are ranked. */
  private static final double BYTES_PER_CORE = 10.0 * (1 << 30);

  /** A newcomer must rank so many times as high as the last of the top ones. */
  private static final double CLEARLY = 2;

  private static final double CLEARLY_CORES = 0.02;

  /** A kernel thread's number may be given to a process; it is looked at again after so long. */
  private static final int KERNEL_ROUNDS = 30;

  /** A process that used no processor time of late is read once in so many rounds. */
  private static final int QUIET_ROUNDS = 5;

  private final ProcFiles files;
  private final Path proc;
  private final File directory;
  private final Samples samples;
  private final Supplier<List<ProtectedProcess>> protectedProcesses;
  private final long pageBytes;
  private final Map<String, TrackedProcess> processes = new HashMap<>();
  private final Map<ProtectedProcess, ProtectedGroup> groups = new HashMap<>();
  private final Set<Long> watchedBefore = new HashSet<>();
  private int round;
  private int placesToGive = PLACES;

  ProcessMetrics(
      ProcFiles files,
      Path proc,
      Samples samples,
      Supplier<List<ProtectedProcess>> protectedProcesses) {
    this.files = files;
    this.proc = proc;
    this.directory = proc.toFile();
    this.samples = samples;
    this.protectedProcesses = protectedProcesses;
    this.pageBytes = pageBytes(proc);
  }

  /** The size of a page: AT_PAGESZ of getauxval(3); 4096 where that cannot be read. */
  private static long pageBytes(Path proc) {
    final long atPageSize = 6;
    try {
      ByteBuffer pairs =
          ByteBuffer.wrap(Files.readAllBytes(proc.resolve("self/auxv")))
              .order(ByteOrder.nativeOrder());
      while (pairs.remaining() >= 16) {
        long key = pairs.getLong();
        long value = pairs.getLong();
        if (key == atPageSize) {
          return value;
        }
      }
    } catch (IOException e) {
      // Taken to be the commonest one.
    }
    return 4096;
  }

  @Override
  public void sample() throws InterruptedException {
    round++;
    if (round % ROUNDS_PER_PLACE == 0 && placesToGive < PLACES) {
      placesToGive++;
    }
    look();
    Map<Long, TrackedProcess> watched = watch();
    givePlaces(watched);
    watchedBefore.clear();
    watchedBefore.addAll(watched.keySet());
    for (TrackedProcess process : processes.values()) {
      process.put(samples, pageBytes, watched.containsKey(process.pid()));
    }
  }

  private void look() throws InterruptedException {
    String[] names = directory.list();
    if (names == null) {
      return;
    }
    for (String name : names) {
      char first = name.charAt(0);
      if (first < '1' || first > '9') {
        continue;
      }
      TrackedProcess process = processes.get(name);
      if (process != null && mayRest(process)) {
        process.skip(round);
      } else if (process == null || !process.refresh(round, samples.nowMillis())) {
        forget(name, process);
        meet(name);
      }
    }
    processes.values().removeIf(this::gone);
  }

  /** Whether this round may do without reading the process: most of a host's do nothing. */
  private boolean mayRest(TrackedProcess process) {
    int every = process.kernelThread() ? KERNEL_ROUNDS : QUIET_ROUNDS;
    return (process.kernelThread() || process.quiet())
        && (round + process.pid()) % every != 0
        && !watchedBefore.contains(process.pid());
  }

  private void meet(String name) throws InterruptedException {
    var process = new TrackedProcess(files, proc.resolve(name), Long.parseLong(name));
    if (process.refresh(round, samples.nowMillis())) {
      processes.put(name, process);
    } else {
      process.close();
    }
  }

  private void forget(String name, @Nullable TrackedProcess process) {
    if (process != null) {
      process.close();
      processes.remove(name);
    }
  }

  private boolean gone(TrackedProcess process) {
    if (process.seenInRound() == round) {
      return false;
    }
    process.close();
    return true;
  }

  /** Sums up the protected groups; gives those protected processes that count alone. */
  private Map<Long, TrackedProcess> watch() throws InterruptedException {
    var members = new HashMap<Long, TrackedProcess>();
    List<ProtectedProcess> wanted = protectedProcesses.get();
    groups.keySet().retainAll(new HashSet<>(wanted));
    for (ProtectedProcess one : wanted) {
      var present = new ArrayList<TrackedProcess>();
      for (TrackedProcess process : processes.values()) {
        if (process.pid() == one.pid() || (one.withChildren() && process.parent() == one.pid())) {
          present.add(process);
          members.put(process.pid(), process);
        }
      }
      groups.computeIfAbsent(one, p -> new ProtectedGroup(p, samples)).sample(present, samples);
    }
    return members;
  }

  private void givePlaces(Map<Long, TrackedProcess> watched) {
    var outside = new ArrayList<TrackedProcess>();
    var top = new ArrayList<TrackedProcess>();
    for (TrackedProcess process : processes.values()) {
      if (process.top()) {
        top.add(process);
      } else if (!process.kernelThread()
          && !watched.containsKey(process.pid())
          && (process.rounds() >= PROBATION_ROUNDS || round == 1)) {
        outside.add(process);
      }
    }
    Comparator<TrackedProcess> byRank = Comparator.comparingDouble(this::rank);
    outside.sort(byRank.reversed());
    top.sort(byRank);
    int free = PLACES - top.size();
    int replaced = 0;
    for (TrackedProcess process : outside) {
      if (placesToGive == 0) {
        return;
      }
      if (free > 0) {
        free--;
      } else if (replaced < top.size() && deserves(process, top.get(replaced))) {
        top.get(replaced++).demote();
      } else {
        return;
      }
      placesToGive--;
      process.promote(ProcessName.of(process.directory()), samples);
    }
  }

  private boolean deserves(TrackedProcess newcomer, TrackedProcess last) {
    return rank(newcomer) > CLEARLY * rank(last) + CLEARLY_CORES;
  }

  private double rank(TrackedProcess process) {
    return process.recentCores() + process.residentPages() * (double) pageBytes / BYTES_PER_CORE;
  }

  @Override
  public void close() {
    processes.values().forEach(TrackedProcess::close);
    processes.clear();
  }
}

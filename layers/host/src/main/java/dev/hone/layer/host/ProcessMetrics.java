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
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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

  /** A quiet process that ended is missed after so many rounds at the latest. */
  private static final int LIST_ROUNDS = 5;

  /**
   * So many new processes are read in a round; more of them wait for the next one, so that a storm
   * of short ones costs little. The first round reads all.
   */
  private static final int MOST_NEW = 32;

  private final ProcFiles files;
  private final Path proc;
  private final File directory;
  private final Samples samples;
  private final Supplier<List<ProtectedProcess>> protectedProcesses;
  private final long pageBytes;
  private final LongSupplier forks;
  private final Map<String, TrackedProcess> processes = new HashMap<>();

  /** The processes without the kernel's threads. */
  private final List<TrackedProcess> ordinary = new ArrayList<>();

  private final Map<ProtectedProcess, ProtectedGroup> groups = new HashMap<>();
  private final Set<Long> watchedBefore = new HashSet<>();
  private final Predicate<TrackedProcess> gone = this::closeIfGone;
  private int round;
  private long forksWhenListed = -1;
  private int listedInRound;
  private int met;
  private int placesToGive = PLACES;

  ProcessMetrics(
      ProcFiles files,
      Path proc,
      Samples samples,
      long pageBytes,
      LongSupplier forks,
      Supplier<List<ProtectedProcess>> protectedProcesses) {
    this.files = files;
    this.proc = proc;
    this.directory = proc.toFile();
    this.samples = samples;
    this.protectedProcesses = protectedProcesses;
    this.pageBytes = pageBytes;
    this.forks = forks;
  }

  /** The size of a page: AT_PAGESZ of getauxval(3); 4096 where that cannot be read. */
  static long pageBytes(Path proc) {
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
    for (TrackedProcess process : ordinary) {
      process.put(samples, pageBytes, watched.containsKey(process.pid()));
    }
  }

  /**
   * Visits all processes. The directory is listed only when something was forked since the last
   * time, or that was long ago; else there can be none but those that are known.
   */
  private void look() throws InterruptedException {
    long made = forks.getAsLong();
    boolean ended = false;
    boolean listed = made < 0 || made != forksWhenListed || round - listedInRound >= LIST_ROUNDS;
    if (listed) {
      forksWhenListed = made;
      listedInRound = round;
      list();
    } else {
      for (TrackedProcess process : ordinary) {
        if (mayRest(process)) {
          process.skip(round);
        } else if (!process.refresh(round, samples.nowMillis())) {
          ended = true;
        }
      }
    }
    if (listed || ended) {
      ordinary.clear();
      processes.values().removeIf(gone);
    }
  }

  private void list() throws InterruptedException {
    String[] names = directory.list();
    if (names == null) {
      return;
    }
    met = 0;
    for (String name : names) {
      char first = name.charAt(0);
      if (first >= '1' && first <= '9') {
        visit(name);
      }
    }
  }

  private void visit(String name) throws InterruptedException {
    TrackedProcess process = processes.get(name);
    if (process != null && mayRest(process)) {
      process.skip(round);
    } else if (process == null || !process.refresh(round, samples.nowMillis())) {
      forget(name, process);
      meet(name);
    }
  }

  /** Whether this round may do without reading the process: most of a host's do nothing. */
  private boolean mayRest(TrackedProcess process) {
    if (process.kernelThread()) {
      return round - process.readInRound() < KERNEL_ROUNDS + process.pid() % KERNEL_ROUNDS;
    }
    return process.quiet()
        && (round + process.pid()) % QUIET_ROUNDS != 0
        && !watchedBefore.contains(process.pid());
  }

  private void meet(String name) throws InterruptedException {
    if (++met > MOST_NEW && round > 1) {
      forksWhenListed = -1;
      return;
    }
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

  /** Sorts a process out that is gone, or in among the ordinary ones. */
  private boolean closeIfGone(TrackedProcess process) {
    if (process.seenInRound() >= (process.kernelThread() ? listedInRound : round)) {
      if (!process.kernelThread()) {
        ordinary.add(process);
      }
      return false;
    }
    process.close();
    return true;
  }

  /** Sums up the protected groups; gives those protected processes that count alone. */
  private Map<Long, TrackedProcess> watch() throws InterruptedException {
    List<ProtectedProcess> wanted = protectedProcesses.get();
    if (wanted.isEmpty() && groups.isEmpty()) {
      return Map.of();
    }
    var members = new HashMap<Long, TrackedProcess>();
    groups.keySet().retainAll(new HashSet<>(wanted));
    for (ProtectedProcess one : wanted) {
      var present = new ArrayList<TrackedProcess>();
      for (TrackedProcess process : ordinary) {
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
    int top = 0;
    double lastInside = Double.POSITIVE_INFINITY;
    double firstOutside = Double.NEGATIVE_INFINITY;
    for (TrackedProcess process : ordinary) {
      if (process.top()) {
        top++;
        lastInside = Math.min(lastInside, rank(process));
      } else if (mayHavePlace(process, watched)) {
        firstOutside = Math.max(firstOutside, rank(process));
      }
    }
    boolean anyOutside = firstOutside >= 0;
    if (placesToGive > 0 && anyOutside && (top < PLACES || deserves(firstOutside, lastInside))) {
      exchangePlaces(watched);
    }
  }

  private boolean mayHavePlace(TrackedProcess process, Map<Long, TrackedProcess> watched) {
    return !watched.containsKey(process.pid())
        && (process.rounds() >= PROBATION_ROUNDS || round == 1);
  }

  private void exchangePlaces(Map<Long, TrackedProcess> watched) {
    var outside = new ArrayList<TrackedProcess>();
    var top = new ArrayList<TrackedProcess>();
    for (TrackedProcess process : ordinary) {
      if (process.top()) {
        top.add(process);
      } else if (mayHavePlace(process, watched)) {
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
      } else if (replaced < top.size() && deserves(rank(process), rank(top.get(replaced)))) {
        top.get(replaced++).demote();
      } else {
        return;
      }
      placesToGive--;
      process.promote(ProcessName.of(process.directory()), samples);
    }
  }

  private static boolean deserves(double newcomer, double last) {
    return newcomer > CLEARLY * last + CLEARLY_CORES;
  }

  private double rank(TrackedProcess process) {
    return process.recentCores() + process.residentPages() * (double) pageBytes / BYTES_PER_CORE;
  }

  @Override
  public void close() {
    processes.values().forEach(TrackedProcess::close);
    processes.clear();
    ordinary.clear();
  }
}

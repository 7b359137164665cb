package dev.hone.bench;

import dev.hone.layer.host.HostLayer;
import dev.hone.loop.Ids;
import dev.hone.loop.Json;
import dev.hone.loop.Probe;
import dev.hone.metrics.MemoryStore;
import dev.hone.metrics.Series;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code hone bench collect}: what a sample of the host's metrics costs Hone, netdata's proc plugin
 * and node_exporter. Each runs alone and is started anew each round. The cost is the processor time
 * of the whole process, so that compiling and collecting garbage count, by clock_getcpuclockid(3):
 * the sum of user and system time in {@code /proc/PID/stat} without the rounding to ticks.
 */
final class Collect {
  private final @Nullable Path json;
  private final Map<String, List<Cost>> costs = new LinkedHashMap<>();
  private boolean allHold = true;

  /**
   * The benchmark.
   *
   * @param json where figures are added too
   */
  Collect(@Nullable Path json) {
    this.json = json;
  }

  /** What a collector did in a window. */
  private record Cost(
      double micros, double samples, double ofProcesses, double seconds, double residentBytes) {
    double microsPerSample() {
      return micros / samples;
    }

    double samplesPerSecond() {
      return samples / seconds;
    }

    double megabytes() {
      return residentBytes / 1e6;
    }
  }

  /** How many samples there were until now, and how many of them were of single processes. */
  record Count(double all, double ofProcesses) {}

  /** A collector in a process of its own. */
  interface Collector extends AutoCloseable {
    Process process();

    Count count() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Starts a collector. */
  private interface Start {
    Collector start() throws IOException, InterruptedException;
  }

  /**
   * Measures and reports.
   *
   * @param flags of the collector's JVM, beyond those of the launcher
   * @return whether every goal was reached
   */
  boolean run(int rounds, int warmUpSeconds, int seconds, List<String> flags)
      throws IOException, InterruptedException {
    Map<String, Start> starts = new LinkedHashMap<>();
    starts.put("hone", () -> new Child(flags));
    if (Files.isExecutable(CollectPeers.NETDATA)) {
      starts.put("netdata 1.37", CollectPeers.Netdata::new);
    }
    if (Files.isExecutable(CollectPeers.EXPORTER)) {
      starts.put("node_exporter 1.5", CollectPeers.Exporter::new);
    }
    for (int round = 1; round <= rounds; round++) {
      for (var start : starts.entrySet()) {
        Cost cost = measure(start.getValue(), warmUpSeconds, seconds);
        costs.computeIfAbsent(start.getKey(), n -> new ArrayList<>()).add(cost);
        System.err.printf(
            "round %d of %d: %-17s %5.2f ms cpu/s, %6.1f samples/s (%5.1f of processes),"
                + " %5.2f us/sample, %3.0f MB%n",
            round,
            rounds,
            start.getKey(),
            cost.micros / 1e3 / cost.seconds,
            cost.samplesPerSecond(),
            cost.ofProcesses / cost.seconds,
            cost.microsPerSample(),
            cost.megabytes());
      }
    }
    report();
    return allHold;
  }

  private static Cost measure(Start start, int warmUpSeconds, int seconds)
      throws IOException, InterruptedException {
    try (Collector collector = start.start()) {
      TimeUnit.SECONDS.sleep(warmUpSeconds);
      Count before = collector.count();
      double micros = cpuMicros(collector.process());
      long began = System.nanoTime();
      TimeUnit.SECONDS.sleep(seconds);
      double used = cpuMicros(collector.process()) - micros;
      double took = (System.nanoTime() - began) / 1e9;
      Count after = collector.count();
      return new Cost(
          used,
          after.all - before.all,
          after.ofProcesses - before.ofProcesses,
          took,
          resident(collector.process()));
    }
  }

  private void report() throws IOException {
    double rate = median("hone", Cost::samplesPerSecond);
    add("collect.samples", rate, "samples/s", Map.of("goal", ">=800", "holds", rate >= 800));
    compare("netdata 1.37", "", "<=1.0");
    compare("node_exporter 1.5", "-node-exporter", "<=1.0");
  }

  private void compare(String peer, String suffix, String goal) throws IOException {
    if (!costs.containsKey(peer)) {
      add("collect.cpu" + suffix, null, "us cpu/sample", Map.of("skipped", peer + " is missing"));
      return;
    }
    double cost = median("hone", Cost::microsPerSample);
    double peerCost = median(peer, Cost::microsPerSample);
    var more = against(peer, cost, peerCost);
    more.put("goal", goal);
    more.put("holds", cost <= peerCost);
    add("collect.cpu" + suffix, cost, "us cpu/sample", more);
    double rate = median("hone", Cost::samplesPerSecond);
    double peerRate = median(peer, Cost::samplesPerSecond);
    add("collect.rate" + suffix, rate, "samples/s", against(peer, rate, peerRate));
    double memory = median("hone", Cost::megabytes);
    double peerMemory = median(peer, Cost::megabytes);
    add("collect.memory" + suffix, memory, "MB resident", against(peer, memory, peerMemory));
  }

  private static Map<String, @Nullable Object> against(String peer, double value, double theirs) {
    var more = new LinkedHashMap<String, @Nullable Object>();
    more.put("peer", peer);
    more.put("peerValue", rounded(theirs));
    more.put("ratio", rounded(value / theirs));
    return more;
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private void add(
      String name,
      @Nullable Double value,
      String unit,
      Map<String, ? extends @Nullable Object> more)
      throws IOException {
    var figure = new LinkedHashMap<String, @Nullable Object>();
    figure.put("figure", name);
    if (value != null) {
      figure.put("value", rounded(value));
      figure.put("unit", unit);
    }
    figure.putAll(more);
    allHold &= !Boolean.FALSE.equals(more.get("holds"));
    String line = Json.write(figure) + "\n";
    System.out.print(line);
    if (json != null) {
      Files.writeString(json, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  private double median(String collector, ToDoubleFunction<Cost> of) {
    double[] sorted =
        costs.getOrDefault(collector, List.of()).stream().mapToDouble(of).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double resident(Process process) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Double.parseDouble(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return Double.NaN;
  }

  /** Processor time of a process and all its threads, ended ones too. */
  private static double cpuMicros(Process process) {
    // MAKE_PROCESS_CPUCLOCK of the kernel's include/linux/posix-timers_types.h.
    int clock = ((int) ~process.pid() << 3) | 2;
    var linker = Linker.nativeLinker();
    try (var arena = Arena.ofConfined()) {
      var gettime =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("clock_gettime"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
      MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
      if ((int) gettime.invokeExact(clock, time) != 0) {
        throw new IllegalStateException("process " + process.pid() + " has ended");
      }
      return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * 1e6
          + time.getAtIndex(ValueLayout.JAVA_LONG, 1) / 1e3;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Hone's host probe and a store, in a JVM with the launcher's flags; asked through a pipe. */
  private static final class Child implements Collector {
    private final Process process;
    private final BufferedReader answers;

    Child(List<String> flags) throws IOException {
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of(
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-XX:+UseSerialGC",
              "-Xmx512m"));
      command.addAll(flags);
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), Collect.class.getName()));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      answers = process.inputReader();
    }

    @Override
    public Process process() {
      return process;
    }

    @Override
    public Count count() throws IOException {
      process.outputWriter().write('\n');
      process.outputWriter().flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IOException("the collector ended by itself");
      }
      String[] words = answer.split(" ");
      return new Count(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
    }

    @Override
    public void close() {
      end(process);
    }
  }

  /** The collector's own process: a round each second, scheduled as Hone does it. */
  public static void main(String[] arguments) throws IOException {
    var store = new MemoryStore(50_000, 1_800);
    var ids = new Ids(InstantSource.system(), new SplittableRandom(1));
    Probe probe = HostLayer.create(store, ids, List::of, Set::of).probes().getFirst();
    try (var rounds = Executors.newScheduledThreadPool(1)) {
      var unused = rounds.scheduleAtFixedRate(() -> sample(probe), 0, 1, TimeUnit.SECONDS);
      while (System.in.read() >= 0) {
        List<Series> kept = store.select(List.of(), 0, Long.MAX_VALUE);
        int ofProcesses =
            kept.stream().filter(s -> s.labels().get("pid") != null).mapToInt(Series::size).sum();
        System.out.println(kept.stream().mapToInt(Series::size).sum() + " " + ofProcesses);
      }
      rounds.shutdownNow();
    }
  }

  private static void sample(Probe probe) {
    try {
      probe.sample(InstantSource.system().instant());
    } catch (Probe.ProbeException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

package dev.hone.bench;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.promql.Limits;
import dev.hone.metrics.promql.Query;
import dev.hone.metrics.promql.QueryException;
import dev.hone.metrics.promql.ResultJson;
import dev.hone.metrics.remote.Backend;
import dev.hone.metrics.remote.Flavour;
import dev.hone.metrics.remote.RemoteOptions;
import dev.hone.metrics.remote.RemoteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench remote}: several backends, one of which fails while Hone writes and asks. */
@Command(
    name = "remote",
    description = "Four backends, two copies, an outage: samples lost, wrong answers, bytes moved.")
final class RemoteBenchmark implements Callable<Integer> {
  private static final int BACKENDS = 4;
  private static final int COPIES = 2;
  private static final int BEFORE = 150;
  private static final int WRITES_A_SECOND = 2;
  private static final String PUSHED = "sum by (job) (rate(bench_requests_total[5m]))";

  private static final List<String> QUERIES =
      List.of(
          "sum(bench_requests_total)",
          PUSHED,
          "sum by (instance, path) (increase(bench_seconds_total[2m]))",
          "sum without (series, instance) (bench_connections)",
          "avg by (job) (bench_temperature)",
          "avg(rate(bench_requests_total[1m]))",
          "min by (path) (min_over_time(bench_temperature[3m]))",
          "max(max_over_time(bench_temperature[5m]) - 20)",
          "count by (job) (bench_connections > 100)",
          "group by (path) (bench_connections)",
          "topk(5, rate(bench_seconds_total[5m]))",
          "bottomk by (job) (2, avg_over_time(bench_temperature[4m]))",
          "stddev by (job) (bench_temperature)",
          "quantile(0.9, rate(bench_requests_total[5m]))",
          "histogram_quantile(0.9, sum by (le) (rate(bench_requests_total[5m])))",
          "sum(rate(bench_seconds_total[5m])) / sum(rate(bench_requests_total[5m]))",
          "bench_temperature{series=~\"1.\"}",
          "rate(bench_requests_total{instance=\"host-3\"}[90s])",
          "bench_connections{instance=\"host-2\"} offset 1m",
          "sum by (job) (bench_requests_total) - on (job) sum by (job) (bench_requests_total offset"
              + " 2m)",
          "max_over_time(sum(rate(bench_requests_total[1m]))[5m:30s])",
          "changes(bench_connections{instance=\"host-1\"}[5m])",
          "sum(resets(bench_requests_total[10m]))",
          "deriv(bench_temperature{series=~\"2..\"}[5m])",
          "count(timestamp(bench_seconds_total))",
          "label_replace(sum by (path) (bench_connections), \"p\", \"$1\", \"path\", \"/p/(.*)\")",
          "absent(bench_requests_total{job=\"none\"})",
          "sum(clamp_max(bench_temperature, 25)) + count(bench_temperature)",
          "last_over_time(bench_connections{series=\"7\"}[1m])",
          "sum(count_over_time({__name__=~\"bench_.*\",job=\"job-1\"}[1m]))");

  @ParentCommand private Bench bench = new Bench();

  @Option(names = "--series", defaultValue = "2000")
  private int series;

  @Option(names = "--outage", defaultValue = "60", description = "Seconds.")
  private int outage;

  @Option(
      names = "--victoria",
      defaultValue = "0",
      description = "So many of the four are VictoriaMetrics; then the samples are not read back.")
  private int victoria;

  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong warned = new AtomicLong();

  /** How a backend is out for a while. */
  private enum Outage {
    STOPPED,
    KILLED
  }

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    Product other = Product.VICTORIA_METRICS;
    for (Product product :
        victoria > 0 ? List.of(Product.PROMETHEUS, other) : List.of(Product.PROMETHEUS)) {
      if (product.missing().isPresent()) {
        figures.skipped("remote", product.missing().get());
        return 1;
      }
    }
    long lost = 0;
    long misplaced = 0;
    double catchUp = 0;
    double share = 0;
    for (Outage outage : Outage.values()) {
      Path directory = Files.createTempDirectory("hone-bench-remote-");
      var servers = new ArrayList<Server>();
      try {
        for (int i = 0; i < BACKENDS; i++) {
          servers.add(Server.start(i < victoria ? other : Product.PROMETHEUS));
        }
        Round round = round(directory, servers, outage);
        lost += round.found().missing();
        misplaced += round.found().misplaced() + round.found().wrong();
        catchUp = Math.max(catchUp, round.catchUp());
        share = Math.max(share, round.share());
        System.err.println(outage + ": " + round);
      } finally {
        for (Server server : servers) {
          server.close();
        }
        Tree.delete(directory);
      }
    }
    figures.add("remote.lost", (double) lost, "samples", new Goal("<=0"));
    figures.add("remote.misplaced", (double) misplaced, "samples and series", new Goal("<=0"));
    figures.report("remote.asked", (double) asked.get(), "answers");
    figures.add("remote.wrong", (double) wrong.get(), "answers", new Goal("<=0"));
    figures.report("remote.warned", (double) warned.get(), "answers");
    figures.add("remote.bytes", 100 * share, "% of raw", new Goal("<=5"));
    figures.report("remote.catchup", catchUp, "s");
    return figures.allHold() ? 0 : 1;
  }

  /**
   * What one outage did.
   *
   * @param catchUp seconds from the backend's return until it had everything
   * @param share bytes moved by a pushed aggregation, as a part of those of its raw samples
   */
  private record Round(RemoteTruth.Found found, double catchUp, double share, long samples) {}

  private Round round(Path directory, List<Server> servers, Outage outage) throws Exception {
    var backends = new ArrayList<Backend>();
    for (int i = 0; i < servers.size(); i++) {
      Server server = servers.get(i);
      boolean prometheus = server.product() == Product.PROMETHEUS;
      backends.add(
          new Backend(
              "b" + i,
              server.address(),
              prometheus ? Flavour.PROMETHEUS : Flavour.VICTORIA,
              Optional.empty(),
              Backend.Access.OPEN));
    }
    RemoteOptions usual = RemoteOptions.of(backends);
    var options =
        new RemoteOptions(
            backends,
            COPIES,
            usual.partial(),
            usual.bufferBytes(),
            usual.maxSeries(),
            Duration.ofMinutes(30),
            usual.pace());
    InstantSource clock = InstantSource.system();
    EngineOptions keeping = EngineOptions.standard().withSync(EngineOptions.Sync.NONE);
    try (Engine truth =
            Engine.open(directory.resolve("truth"), keeping, clock, 1, RemoteBenchmark::tell);
        RemoteStore store =
            RemoteStore.open(
                directory.resolve("remote"),
                options,
                clock,
                new Random(1),
                RemoteBenchmark::tell)) {
      int steps = BEFORE + (this.outage + 30) * WRITES_A_SECOND;
      long start = clock.millis() / 60_000 * 60_000 - (steps + 12) * RemoteData.STEP;
      return new Running(servers, truth, store, new RemoteData(series, start, 3)).run(outage);
    }
  }

  private static void tell(String notice) {
    System.err.println("  " + notice);
  }

  /** Writing, asking and an outage at once. */
  private final class Running {
    private final List<Server> servers;
    private final Engine truth;
    private final RemoteStore store;
    private final RemoteData data;
    private final AtomicLong written = new AtomicLong();
    private final AtomicBoolean ended = new AtomicBoolean();

    Running(List<Server> servers, Engine truth, RemoteStore store, RemoteData data) {
      this.servers = servers;
      this.truth = truth;
      this.store = store;
      this.data = data;
    }

    Round run(Outage outage) throws Exception {
      write(BEFORE);
      askAll();
      Server victim = servers.getLast();
      double catchUp;
      try (ExecutorService worker = Executors.newSingleThreadExecutor()) {
        Future<Integer> writer = worker.submit(this::writeOn);
        try {
          out(victim, outage);
          long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(RemoteBenchmark.this.outage);
          while (System.nanoTime() < end) {
            askAll();
          }
          back(victim, outage);
          catchUp = caughtUp();
        } finally {
          ended.set(true);
        }
        done(writer);
      }
      double last = caughtUp();
      askAll();
      askAll();
      System.err.printf("  caught up after %.1f s, drained after %.1f s%n", catchUp, last);
      double share = share();
      var found =
          victoria > 0
              ? new RemoteTruth.Found(0, 0, 0, 0)
              : RemoteTruth.check(truth, servers, COPIES, data.start() - 1, data.time() + 60_000);
      return new Round(found, catchUp, share, data.samples());
    }

    private static void done(Future<Integer> writer) throws Exception {
      try {
        System.err.println("  steps written beside: " + writer.get());
      } catch (ExecutionException e) {
        throw new IOException("the writer failed", e);
      }
    }

    private void write(int steps) throws IOException {
      for (int i = 0; i < steps; i++) {
        data.write(List.of(truth, store));
        written.set(data.time() + RemoteData.STEP - 1);
      }
    }

    private Integer writeOn() throws IOException, InterruptedException {
      int steps = 0;
      while (!ended.get()) {
        if (data.time() < InstantSource.system().millis()) {
          write(1);
          steps++;
        }
        TimeUnit.MILLISECONDS.sleep(1_000 / WRITES_A_SECOND);
      }
      return steps;
    }

    private static void out(Server victim, Outage outage) throws Exception {
      if (outage == Outage.STOPPED) {
        victim.signal("STOP");
      } else {
        victim.kill();
      }
    }

    private static void back(Server victim, Outage outage) throws Exception {
      if (outage == Outage.STOPPED) {
        victim.signal("CONT");
      } else {
        victim.restartInPlace();
      }
    }

    /** Waits until every backend has everything; in seconds. */
    private double caughtUp() throws InterruptedException {
      long began = System.nanoTime();
      // What is written meanwhile is a step behind for a moment, the backlog of an outage is not.
      long step = 64L * series;
      while (store.status().stream().anyMatch(s -> s.waiting() > (ended.get() ? 0 : step))) {
        TimeUnit.MILLISECONDS.sleep(5);
        if (System.nanoTime() - began > TimeUnit.MINUTES.toNanos(5)) {
          throw new IllegalStateException("not caught up in five minutes: " + store.status());
        }
      }
      return (System.nanoTime() - began) / 1e9;
    }

    /** Every query at the newest moment, and over the last minutes. */
    private void askAll() throws IOException {
      for (String text : QUERIES) {
        Query query = Query.parse(text);
        long time = written.get();
        compare(text, time, s -> query.instant(s, time, Limits.STANDARD));
        compare(text, time, s -> query.range(s, time - 300_000, time, 15_000, Limits.STANDARD));
      }
    }

    private void compare(String text, long time, Asking asking) throws IOException {
      var lacks = new LinkedHashSet<String>();
      Answer expected = answer(asking, truth);
      Answer actual = answer(asking, store.telling(lacks::add));
      asked.incrementAndGet();
      Optional<String> difference = AnswerComparison.difference(expected, actual, false, 0);
      warned.addAndGet(lacks.isEmpty() ? 0 : 1);
      lacks.forEach(lack -> System.err.println("  warned: " + lack));
      if (difference.isPresent() && lacks.isEmpty()) {
        wrong.incrementAndGet();
        System.err.println("  wrong at " + time + ": " + text + ": " + difference.get());
      }
    }

    private static Answer answer(Asking asking, MetricStore from) throws IOException {
      try {
        byte[] json = ResultJson.success(asking.of(from));
        return Answer.parse(json, json.length);
      } catch (QueryException e) {
        return new Answer(Answer.Kind.FAILURE, List.of(), String.valueOf(e.getMessage()));
      }
    }

    private long received() {
      return store.status().stream().mapToLong(RemoteStore.Status::received).sum();
    }

    /** Bytes of the answers to a pushed aggregation ÷ those of the raw samples it reads. */
    private double share() {
      long end = data.time();
      long start = end - 600_000;
      long before = received();
      Query.parse(PUSHED).range(store, start, end, 15_000, Limits.STANDARD);
      long pushed = received() - before;
      var named = Matcher.equal(Labels.NAME, "bench_requests_total");
      Set<Labels> seen = new LinkedHashSet<>();
      store
          .select(List.of(named), start - 300_000 - 1, end)
          .forEach(found -> seen.add(found.labels()));
      long raw = received() - before - pushed;
      System.err.printf(
          "  %s: %d bytes, raw samples of %d series: %d bytes%n", PUSHED, pushed, seen.size(), raw);
      return (double) pushed / raw;
    }
  }

  /** One question to a store. */
  private interface Asking {
    Query.Result of(MetricStore store);
  }
}

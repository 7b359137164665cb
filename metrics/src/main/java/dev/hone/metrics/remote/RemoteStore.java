package dev.hone.metrics.remote;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.SeriesVisitor;
import dev.hone.metrics.engine.Outbox;
import dev.hone.metrics.engine.Outbox.Position;
import dev.hone.metrics.promql.PushDown;
import dev.hone.metrics.promql.Query;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Samples in Prometheus-compatible backends, each series on some of them. What is acknowledged lies
 * in a durable outbox until every backend it belongs to has it; questions go to backends that have
 * all of what is asked. The folder holds {@code outbox/}, {@code positions} and {@code placement}.
 */
public final class RemoteStore implements MetricStore, PushDown {
  private static final long SEGMENT_BYTES = 32 << 20;
  private static final int FLUSHED_TOGETHER = 8_192;
  private static final int MOST_WAITING = 65_536;
  private static final long IDLE_MILLIS = 3_600_000;
  private static final long FUTURE_MILLIS = 600_000;

  /** How much older than the newest of all a Prometheus takes samples at all. */
  private static final long HEAD_MILLIS = 3_600_000;

  private final RemoteOptions options;
  private final Path folder;
  private final InstantSource clock;
  private final Consumer<String> notices;
  private final Outbox outbox;
  private final Unsent unsent = new Unsent();
  private final List<Node> nodes = new ArrayList<>();
  private final Planner planner;

  /** Refuses an answer that would lack something. */
  private final ToldStore strict = new ToldStore(this, new Questions(this, null));

  private final ScheduledExecutorService upkeep =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("outbox").factory());
  private final ReentrantLock writing = new ReentrantLock();
  private final Positions positions;
  private final KnownSeries series;
  private final SampleList batch = new SampleList();

  /** Samples of {@link #append} that are not in the outbox yet. */
  private final SampleList waiting = new SampleList();

  private long newest = Long.MIN_VALUE;
  private long forgotAt;
  private boolean failing;
  private volatile boolean closed;

  /**
   * What is known of a backend.
   *
   * @param alive whether it answers
   * @param waiting bytes of the outbox that cannot be read from it yet
   * @param sent samples it took since the start
   * @param refused samples it refused for good since the start
   * @param received bytes of its answers since the start, decompressed
   */
  public record Status(
      String name, boolean alive, long waiting, long sent, long refused, long received) {}

  /**
   * Opens the store; backends need not be there yet.
   *
   * @param folder for what is still to be sent; made when it is not there
   * @param notices takes sentences on what people should know
   * @throws IOException when the folder or a certificate cannot be used
   */
  public static RemoteStore open(
      Path folder,
      RemoteOptions options,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> notices)
      throws IOException {
    var store = new RemoteStore(folder, options, clock, random, notices);
    store.start();
    return store;
  }

  private RemoteStore(
      Path folder,
      RemoteOptions options,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> notices)
      throws IOException {
    this.options = options;
    this.folder = Files.createDirectories(folder);
    this.clock = clock;
    this.notices = notices;
    this.series = new KnownSeries(options.maxSeries());
    this.outbox =
        Outbox.open(folder.resolve("outbox"), SEGMENT_BYTES, options.bufferBytes(), notices);
    Position end = outbox.end();
    Placement placement =
        Placement.open(folder.resolve("placement"), options, end.segment(), clock.millis());
    this.positions = new Positions(folder.resolve("positions"));
    Map<String, Position> known = positions.read();
    unsent.add(end, Long.MIN_VALUE);
    for (Backend backend : options.backends()) {
      Position from = known.getOrDefault(backend.name(), Position.START);
      var link = new Link(backend);
      var lane =
          new Lane(
              backend,
              link,
              outbox,
              placement,
              from.compareTo(end) > 0 ? Position.START : from,
              options.pace(),
              clock,
              random,
              notices,
              () -> planner().advanced());
      nodes.add(new Node(backend, link, lane));
    }
    known.forEach(
        (name, position) -> {
          long waiting = outbox.bytesAfter(position);
          if (waiting > 0 && nodes.stream().noneMatch(node -> node.name().equals(name))) {
            notices.accept(
                "backend `%s` is not named any more; up to %d bytes of samples that were still to be sent to it go as soon as the others have theirs"
                    .formatted(name, waiting));
          }
        });
    this.planner = new Planner(nodes, outbox, placement, unsent, options);
  }

  private void start() {
    nodes.forEach(node -> node.lane().start());
    var unused = upkeep.scheduleWithFixedDelay(this::second, 1, 1, TimeUnit.SECONDS);
    assert !unused.isCancelled();
  }

  RemoteOptions options() {
    return options;
  }

  Planner planner() {
    return planner;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** What is known of each backend. */
  public List<Status> status() {
    return nodes.stream()
        .map(
            node ->
                new Status(
                    node.name(),
                    node.link().alive(),
                    outbox.bytesAfter(node.lane().shown()),
                    node.lane().sent(),
                    node.lane().refused(),
                    node.link().received()))
        .toList();
  }

  /** The place before which everything lies that was acknowledged so far. */
  Position acknowledged() {
    try {
      flush();
    } catch (IOException e) {
      notices.accept("samples wait because the outbox cannot be written: " + e.getMessage());
    }
    return outbox.end();
  }

  @Override
  public Appender appender() {
    writing.lock();
    batch.clear();
    long now = clock.millis();
    if (series.full() && now - forgotAt > IDLE_MILLIS / 60) {
      forgotAt = now;
      series.forgetBefore(now - IDLE_MILLIS, outbox::forget);
    }
    return new Batched();
  }

  private KnownSeries.One known(Labels labels) {
    String foreign = labels.get(Slots.LABEL);
    return series.of(
        foreign == null ? labels : labels.with(Slots.LABEL, "").with(Slots.FOREIGN, foreign));
  }

  /** The batch of the thread that holds the writing lock. */
  private final class Batched implements Appender {
    private boolean open = true;

    @Override
    public int series(Labels labels) {
      return known(labels).number;
    }

    @Override
    public boolean knows(int number) {
      return series.find(number) != null;
    }

    @Override
    public long newest(int number) {
      return series.get(number).lastTime;
    }

    @Override
    public void add(int number, long timeMillis, long valueBits) {
      batch.add(number, timeMillis, valueBits);
    }

    @Override
    public Outcome commit() throws IOException {
      Outcome outcome = commitSoon();
      if (outcome.taken() > 0) {
        outbox.sync();
      }
      return outcome;
    }

    @Override
    public Outcome commitSoon() throws IOException {
      Outcome outcome;
      try {
        if (closed) {
          throw new IOException("the store is closed");
        }
        var sieve = new Sieve(series, newest, clock.millis() + FUTURE_MILLIS, limits());
        outcome = sieve.sift(batch);
        flush();
        if (batch.size() > 0) {
          send(batch);
          sieve.accepted(batch);
          newest = Math.max(newest, batch.newest());
        }
      } finally {
        close();
      }
      return outcome;
    }

    @Override
    public void close() {
      if (open) {
        open = false;
        writing.unlock();
      }
    }
  }

  private Sieve.Limits limits() {
    long late = options.outOfOrder().toMillis();
    return new Sieve.Limits(late, Math.max(late, HEAD_MILLIS));
  }

  private void send(SampleList samples) throws IOException {
    Position end =
        outbox.append(
            samples.series(),
            samples.times(),
            samples.bits(),
            samples.size(),
            number -> series.get(number).labels);
    unsent.add(end, samples.oldest());
    nodes.forEach(node -> node.lane().wake());
  }

  @Override
  public long series(Labels labels) {
    writing.lock();
    try {
      KnownSeries.One one = known(labels);
      one.kept = true;
      return one.number;
    } finally {
      writing.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The sample is in the outbox, and on the disk, within a second.
   */
  @Override
  public boolean append(long handle, long timeMillis, double value) {
    writing.lock();
    try {
      KnownSeries.One one = series.get((int) handle);
      if (closed
          || waiting.size() >= MOST_WAITING
          || timeMillis <= one.lastTime
          || timeMillis > clock.millis() + FUTURE_MILLIS) {
        return false;
      }
      one.lastTime = timeMillis;
      one.lastBits = Double.doubleToRawLongBits(value);
      newest = Math.max(newest, timeMillis);
      waiting.add(one.number, timeMillis, one.lastBits);
      if (waiting.size() >= FLUSHED_TOGETHER) {
        flush();
      }
      return true;
    } catch (IOException e) {
      notices.accept("samples wait because the outbox cannot be written: " + e.getMessage());
      return true;
    } finally {
      writing.unlock();
    }
  }

  private void flush() throws IOException {
    writing.lock();
    try {
      if (waiting.size() > 0) {
        send(waiting);
        waiting.clear();
      }
    } finally {
      writing.unlock();
    }
  }

  private void second() {
    try {
      flush();
      outbox.sync();
      Position passed = positions.note(nodes, outbox.end());
      outbox.deleteBefore(passed);
      unsent.forget(passed);
      failing = false;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      if (!failing) {
        notices.accept(
            "the outbox in %s cannot be written (%s); samples may be refused until it can"
                .formatted(folder, e.getMessage()));
      }
      failing = true;
    }
  }

  @Override
  public MetricStore telling(Consumer<String> lacks) {
    return new ToldStore(this, new Questions(this, lacks));
  }

  @Override
  public void scan(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      boolean newestOnly,
      SeriesVisitor visitor) {
    strict.scan(matchers, fromMillis, toMillis, newestOnly, visitor);
  }

  @Override
  public void series(
      List<Matcher> matchers, long fromMillis, long toMillis, Consumer<Labels> visitor) {
    strict.series(matchers, fromMillis, toMillis, visitor);
  }

  @Override
  public List<String> labelNames() {
    return strict.labelNames();
  }

  @Override
  public List<String> labelValues(String label) {
    return strict.labelValues(label);
  }

  @Override
  public int seriesCount() {
    return series.count();
  }

  @Override
  public String label() {
    return Slots.LABEL;
  }

  @Override
  public List<List<Query.Line>> evaluate(Part part) {
    return strict.evaluate(part);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    upkeep.shutdown();
    try {
      if (!upkeep.awaitTermination(10, TimeUnit.SECONDS)) {
        upkeep.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    nodes.forEach(Node::close);
    second();
    try {
      outbox.close();
    } catch (IOException e) {
      notices.accept("the outbox was not closed in order: " + e.getMessage());
    }
  }
}

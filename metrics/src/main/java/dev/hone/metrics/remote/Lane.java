package dev.hone.metrics.remote;

import dev.hone.metrics.Labels;
import dev.hone.metrics.engine.Outbox;
import dev.hone.metrics.engine.Outbox.Position;
import dev.hone.metrics.wire.WriteRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Sends one backend its samples in the order of the outbox, again and again until it has them. What
 * it refuses as such (400, 409, 413, 422) is narrowed down to single samples, which are counted and
 * left out; everything else, a wrong password among it, is tried again.
 */
final class Lane implements AutoCloseable {
  private static final Duration LONGEST_WISH = Duration.ofMinutes(5);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration IDLE_UNSETTLED = Duration.ofMillis(100);

  private final Backend backend;
  private final Link link;
  private final Outbox outbox;
  private final Placement placement;
  private final RemoteOptions.Pace pace;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Consumer<String> notices;
  private final Runnable progress;
  private final WriteRequest request = new WriteRequest();
  private static final Pattern LATE =
      Pattern.compile("too old sample|out of order sample|out of bounds|duplicate sample");

  private final LaneBatch batch = new LaneBatch();

  /** The segment whose series the batch knows: each segment defines its own. */
  private int definedSegment = -1;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final ArrayDeque<Taken> unsettled = new ArrayDeque<>();
  private final ArrayDeque<Taken> unseen = new ArrayDeque<>();
  private final Thread thread;
  private Outbox.Reader reader;
  private boolean failing;
  private volatile Position settled;
  private volatile Position shown;
  private volatile boolean closed;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private long told;

  /** A place up to which samples were acknowledged, and when. */
  private record Taken(Position position, long nanos) {}

  /**
   * A lane that begins to send at once.
   *
   * @param from up to where the backend has everything
   * @param progress is told after each acknowledgement
   */
  Lane(
      Backend backend,
      Link link,
      Outbox outbox,
      Placement placement,
      Position from,
      RemoteOptions.Pace pace,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> notices,
      Runnable progress) {
    this.backend = backend;
    this.link = link;
    this.outbox = outbox;
    this.placement = placement;
    this.settled = from;
    this.shown = from;
    this.reader = outbox.reader(from);
    this.pace = pace;
    this.clock = clock;
    this.random = random;
    this.notices = notices;
    this.progress = progress;
    this.thread = Thread.ofPlatform().daemon().name("send-" + backend.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Everything before it survives a sudden end of the backend. */
  Position settled() {
    return settled;
  }

  /** Everything before it can be read from the backend. */
  Position shown() {
    return shown;
  }

  /** Samples it took. */
  long sent() {
    return sent.get();
  }

  /** Samples it refused for good. */
  long refused() {
    return refused.get();
  }

  /** Says that there is something to send. */
  void wake() {
    lock.lock();
    try {
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (!closed) {
        try {
          if (!sendSome()) {
            rest();
          }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
          notices.accept(
              "samples for backend `%s` cannot be read: %s"
                  .formatted(
                      backend.name(), e instanceof IOException ? e.getMessage() : e.toString()));
          restart();
          pause(pace.longestPause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeReader();
    }
  }

  /** Sends a batch; false when there is nothing to send. */
  private boolean sendSome() throws IOException, InterruptedException {
    batch.clear();
    Position before = reader.position();
    Outbox.Target target =
        new Outbox.Target() {
          @Override
          public void series(int number, Labels labels) {
            int slot = Slots.of(labels);
            int segment = reader.position().segment();
            if (segment != definedSegment) {
              batch.forgetSeries();
              definedSegment = segment;
            }
            boolean mine = placement.ofSegment(segment).owners(slot).contains(backend.name());
            batch.define(number, labels, mine ? slot : -1);
          }

          @Override
          public void sample(int number, long timeMillis, long bits) {
            batch.add(number, timeMillis, bits);
          }
        };
    while (batch.samples() < pace.batch() && reader.next(target)) {
      // until it is full
    }
    if (reader.position().equals(before)) {
      return false;
    }
    for (List<LaneBatch.Piece> pieces : batch.requests(pace.batch())) {
      if (!deliver(pieces)) {
        return true;
      }
    }
    acknowledged(reader.position());
    return true;
  }

  private void acknowledged(Position position) {
    if (backend.flavour().settling().isZero()) {
      settled = position;
      shown = position;
    } else {
      var taken = new Taken(position, System.nanoTime());
      unsettled.addLast(taken);
      unseen.addLast(taken);
      settle();
    }
    progress.run();
  }

  private void settle() {
    settled = passed(unsettled, backend.flavour().settling(), settled);
    shown = passed(unseen, backend.flavour().showing(), shown);
  }

  /** Up to where acknowledgements are older than a time. */
  private static Position passed(ArrayDeque<Taken> taken, Duration time, Position before) {
    Position passed = before;
    long since = System.nanoTime() - time.toNanos();
    while (!taken.isEmpty() && taken.getFirst().nanos() - since <= 0) {
      passed = taken.removeFirst().position();
    }
    return passed;
  }

  /** Sends until it is taken or refused for good; false when sending starts again further back. */
  private boolean deliver(List<LaneBatch.Piece> pieces) throws InterruptedException {
    int samples = LaneBatch.samples(pieces);
    if (samples == 0) {
      return true;
    }
    for (LaneBatch.Piece piece : pieces) {
      piece.addTo(request);
    }
    byte[] body = request.take();
    Duration next = pace.firstPause();
    while (!closed) {
      Duration wish = Duration.ZERO;
      String why;
      try {
        Link.Reply reply = link.write(body, pace.request());
        if (reply.isGood()) {
          sent.addAndGet(samples);
          recovered();
          return true;
        }
        why = "it answers " + reply.status() + ": " + reply.text();
        if (refusesSamples(reply)) {
          recovered();
          return split(pieces, samples, why);
        }
        wish = wish(reply.retryAfter());
      } catch (IOException e) {
        why = link.problem();
      }
      failed(why);
      if (!unsettled.isEmpty()) {
        restart();
        return false;
      }
      long jittered = (long) (next.toNanos() * (0.5 + random.nextDouble() / 2));
      pause(wish.toNanos() > jittered ? wish : Duration.ofNanos(jittered));
      Duration twice = next.multipliedBy(2);
      next = twice.compareTo(pace.longestPause()) < 0 ? twice : pace.longestPause();
    }
    return false;
  }

  /** Whether sending the same again cannot help. Prometheus 2.42 answers 500 to late samples. */
  private static boolean refusesSamples(Link.Reply reply) {
    return switch (reply.status()) {
      case 400, 409, 413, 422 -> true;
      case 500 -> LATE.matcher(reply.text()).find();
      default -> false;
    };
  }

  private boolean split(List<LaneBatch.Piece> pieces, int samples, String why)
      throws InterruptedException {
    if (samples > 1) {
      List<List<LaneBatch.Piece>> halves = LaneBatch.halves(pieces, samples);
      return deliver(halves.getFirst()) && deliver(halves.getLast());
    }
    long all = refused.incrementAndGet();
    if (all >= told * 2) {
      told = all;
      notices.accept(
          "backend `%s` refused %d samples for good; the last because %s"
              .formatted(backend.name(), all, why));
    }
    return true;
  }

  /** What the header Retry-After wishes (RFC 9110, section 10.2.3). */
  private Duration wish(String header) {
    Duration wish = Duration.ZERO;
    if (header.matches("[0-9]{1,9}")) {
      wish = Duration.ofSeconds(Long.parseLong(header));
    } else if (!header.isEmpty()) {
      try {
        Instant time =
            ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        wish = Duration.between(clock.instant(), time);
      } catch (DateTimeParseException e) {
        return Duration.ZERO;
      }
    }
    return wish.compareTo(LONGEST_WISH) < 0 ? wish : LONGEST_WISH;
  }

  private void failed(String why) {
    if (!failing) {
      failing = true;
      notices.accept(
          "backend `%s` takes no samples (%s); they wait in the buffer"
              .formatted(backend.name(), why));
    }
  }

  private void recovered() {
    if (failing) {
      failing = false;
      notices.accept("backend `%s` takes samples again".formatted(backend.name()));
    }
  }

  /** Goes back to what surely arrived. */
  private void restart() {
    closeReader();
    unsettled.clear();
    unseen.clear();
    shown = settled;
    reader = outbox.reader(settled);
    batch.forgetSeries();
    definedSegment = -1;
  }

  private void closeReader() {
    try {
      reader.close();
    } catch (IOException e) {
      notices.accept("a file of the buffer was not closed in order: " + e.getMessage());
    }
  }

  /** Waits for something to send; a backend that did not answer is asked whether it does again. */
  private void rest() throws InterruptedException {
    if (!unsettled.isEmpty()) {
      settle();
      progress.run();
    }
    if (!link.alive()) {
      link.probe();
    }
    lock.lockInterruptibly();
    try {
      long left = (unsettled.isEmpty() ? IDLE : IDLE_UNSETTLED).toNanos();
      while (left > 0 && !closed && reader.position().compareTo(outbox.end()) >= 0) {
        left = news.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = time.toNanos();
      while (left > 0 && !closed) {
        left = news.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    wake();
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

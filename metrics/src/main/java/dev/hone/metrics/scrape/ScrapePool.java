package dev.hone.metrics.scrape;

import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.MetricStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** The targets of one job and when each is scraped. */
final class ScrapePool {
  /** A scrape that begins this little late is stamped with the time it was due, in ms. */
  private static final long TOLERANCE = 2;

  /** Down targets of one job that are told one by one. */
  private static final int MOST_TOLD = 5;

  final Job job;
  private final MetricStore store;
  private final Timetable clock;
  private final Network network;
  private final TlsSockets tls;
  private final ConcurrentHashMap<MetricMetadata, MetricMetadata> shared;
  private final Semaphore turns;
  private final Consumer<String> notices;
  private Map<Long, Turn> active = new LinkedHashMap<>();
  private List<TargetStatus.Dropped> dropped = List.of();

  ScrapePool(
      Job job,
      MetricStore store,
      Timetable clock,
      Network network,
      ConcurrentHashMap<MetricMetadata, MetricMetadata> shared,
      Semaphore turns,
      Consumer<String> notices) {
    this.job = job;
    this.store = store;
    this.clock = clock;
    this.network = network;
    this.tls = new TlsSockets(job.access().tls());
    this.shared = shared;
    this.turns = turns;
    this.notices = notices;
  }

  /** Begins to scrape what is new, and ends what is gone. */
  synchronized void update(List<TargetGroup> groups) {
    var targets = new LinkedHashMap<Long, Target>();
    var nowDropped = new ArrayList<TargetStatus.Dropped>();
    for (TargetGroup group : groups) {
      for (String address : group.addresses()) {
        resolve(address, group.labels(), targets, nowDropped);
      }
    }
    var next = new LinkedHashMap<Long, Turn>();
    targets.forEach(
        (hash, target) -> {
          Turn known = active.get(hash);
          next.put(hash, known == null ? begin(target) : known);
        });
    active.forEach(
        (hash, turn) -> {
          if (!next.containsKey(hash)) {
            turn.removed = true;
          }
        });
    long limit = job.limits().targets();
    String refusal =
        limit > 0 && next.size() > limit
            ? "target_limit of %d exceeded: the job has %d targets".formatted(limit, next.size())
            : "";
    next.values().forEach(turn -> turn.loop.refuse(refusal));
    active = next;
    dropped = List.copyOf(nowDropped);
  }

  private void resolve(
      String address,
      Map<String, String> labels,
      Map<Long, Target> targets,
      List<TargetStatus.Dropped> nowDropped) {
    SortedMap<String, String> discovered = Target.discovered(job, address, labels);
    SortedMap<String, String> relabelled = new TreeMap<>(discovered);
    if (!Relabel.apply(job.relabel(), relabelled)) {
      nowDropped.add(new TargetStatus.Dropped(job.name(), discovered));
      return;
    }
    try {
      Target target = Target.of(job, discovered, relabelled);
      targets.putIfAbsent(target.hash(), target);
    } catch (IllegalArgumentException e) {
      notices.accept(
          "target `%s` of job `%s` is not scraped: %s"
              .formatted(HostAndPort.shown(address), job.name(), e.getMessage()));
    }
  }

  private Turn begin(Target target) {
    var loop =
        new ScrapeLoop(
            job,
            target,
            store,
            clock,
            new TargetClient(job, target, network, tls),
            shared,
            this::told);
    var turn = new Turn(loop);
    turn.schedule(target.next(clock.millis()));
    return turn;
  }

  private void told(String sentence) {
    long down = active().stream().filter(t -> t.health() == TargetStatus.Health.DOWN).count();
    if (down < MOST_TOLD) {
      notices.accept(sentence);
    }
  }

  synchronized List<TargetStatus> active() {
    return active.values().stream()
        .map(turn -> turn.loop.status())
        .sorted(Comparator.comparing(TargetStatus::url))
        .toList();
  }

  synchronized List<TargetStatus.Dropped> dropped() {
    return dropped;
  }

  synchronized void close() {
    active.values().forEach(turn -> turn.loop.close());
  }

  /** When a target is scraped. */
  private final class Turn {
    private final ScrapeLoop loop;
    private volatile boolean removed;

    Turn(ScrapeLoop loop) {
      this.loop = loop;
    }

    void schedule(long due) {
      clock.at(Instant.ofEpochMilli(due), () -> run(due));
    }

    private void run(long due) {
      if (removed) {
        end(due);
        return;
      }
      long interval = loop.target.interval().toMillis();
      try {
        turns.acquire();
        try {
          long now = clock.millis();
          boolean punctual = Math.abs(now - due) <= Math.min(TOLERANCE, interval / 100);
          loop.scrape(punctual ? due : now);
        } finally {
          turns.release();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
        notices.accept("internal error while scraping `" + loop.target.url() + "`: " + e);
      }
      long now = clock.millis();
      boolean clockWentBack = due - now > interval;
      schedule(loop.target.next(clockWentBack ? now : Math.max(now, due)));
    }

    /**
     * The target is gone: its series end at the time of the scrape that would follow. They are
     * marked an interval and a tenth later, so that a target that took its place has written.
     */
    private void end(long due) {
      long interval = loop.target.interval().toMillis();
      clock.at(Instant.ofEpochMilli(due + interval + interval / 10), () -> loop.end(due));
    }
  }
}

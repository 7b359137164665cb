package dev.hone.metrics.scrape;

import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.MetricStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Scrapes the targets of all jobs into a store. Each target has its own moment within the interval;
 * targets come and go with {@link #targets}.
 */
public final class Scrapes implements AutoCloseable {
  private static final int MOST_AT_ONCE = 512;

  private final Map<String, ScrapePool> pools = new LinkedHashMap<>();
  private final Timetable clock;
  private final Network network = new Network();

  /**
   * No target is scraped until {@link #targets} names it.
   *
   * @param jobs with different names
   * @param clock is closed with this
   * @param notices takes sentences on what people should know
   */
  public Scrapes(List<Job> jobs, MetricStore store, Timetable clock, Consumer<String> notices) {
    this.clock = clock;
    var shared = new ConcurrentHashMap<MetricMetadata, MetricMetadata>();
    var turns = new Semaphore(MOST_AT_ONCE);
    for (Job job : jobs) {
      pools.put(job.name(), new ScrapePool(job, store, clock, network, shared, turns, notices));
    }
  }

  /** Says which targets a job has from now on. */
  public void targets(String job, List<TargetGroup> groups) {
    ScrapePool pool = pools.get(job);
    if (pool == null) {
      throw new IllegalArgumentException("there is no job `" + job + "`");
    }
    pool.update(groups);
  }

  /** The jobs, as they were given. */
  public List<Job> jobs() {
    return pools.values().stream().map(pool -> pool.job).toList();
  }

  /** All targets that are scraped. */
  public List<TargetStatus> active() {
    var all = new ArrayList<TargetStatus>();
    pools.values().forEach(pool -> all.addAll(pool.active()));
    return all;
  }

  /** All targets that rules dropped. */
  public List<TargetStatus.Dropped> dropped() {
    var all = new ArrayList<TargetStatus.Dropped>();
    pools.values().forEach(pool -> all.addAll(pool.dropped()));
    return all;
  }

  /** Ends scraping; series are not marked as ended, since the next start goes on. */
  @Override
  public void close() {
    clock.close();
    pools.values().forEach(ScrapePool::close);
    network.close();
  }
}

package dev.hone.server;

import dev.hone.metrics.scrape.Job;
import dev.hone.metrics.scrape.TargetGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is scraped beside plain addresses.
 *
 * @param jobs with different names
 * @param notices what of a Prometheus configuration is not taken over
 */
public record ScrapeConfig(List<Entry> jobs, List<String> notices) {
  /** Nothing. */
  public static final ScrapeConfig NONE = new ScrapeConfig(List.of(), List.of());

  public ScrapeConfig {
    jobs = List.copyOf(jobs);
    notices = List.copyOf(notices);
  }

  /**
   * A job and where its targets come from.
   *
   * @param fixed targets that are written in the configuration
   * @param files files that name targets
   */
  public record Entry(Job job, List<TargetGroup> fixed, List<TargetFiles> files) {
    public Entry {
      fixed = List.copyOf(fixed);
      files = List.copyOf(files);
    }
  }

  /**
   * Files that name targets.
   *
   * @param directory where they lie
   * @param pattern of their names, {@code *} for any characters
   * @param refresh how often they are read even when they look unchanged
   */
  public record TargetFiles(Path directory, String pattern, Duration refresh) {}
}

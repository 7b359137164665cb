package dev.hone.metrics.scrape;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How the targets of one kind are scraped (Prometheus' {@code scrape_config}).
 *
 * @param name the label {@code job}
 * @param interval time from scrape to scrape of a target
 * @param timeout how long a scrape may take, at most the interval
 * @param scheme http or https
 * @param path where the metrics are
 * @param parameters of the address
 * @param honorLabels whether a label of the target's text wins over one of the target
 * @param honorTimestamps whether a time in the target's text is taken
 * @param followRedirects whether a response 3xx is followed
 * @param access credentials and TLS
 * @param relabel rules for targets
 * @param metricRelabel rules for samples
 * @param limits of a scrape
 */
public record Job(
    String name,
    Duration interval,
    Duration timeout,
    String scheme,
    String path,
    Map<String, List<String>> parameters,
    boolean honorLabels,
    boolean honorTimestamps,
    boolean followRedirects,
    Access access,
    List<Relabel> relabel,
    List<Relabel> metricRelabel,
    ScrapeLimits limits) {
  public Job {
    parameters = Map.copyOf(parameters);
    relabel = List.copyOf(relabel);
    metricRelabel = List.copyOf(metricRelabel);
  }
}

package dev.hone.metrics.scrape;

import java.util.List;
import java.util.Map;

/**
 * Targets that were found together.
 *
 * @param addresses host and port of each
 * @param labels what they have in common
 */
public record TargetGroup(List<String> addresses, Map<String, String> labels) {
  public TargetGroup {
    addresses = List.copyOf(addresses);
    labels = Map.copyOf(labels);
  }
}

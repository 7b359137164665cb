package dev.hone.metrics.prometheus;

import dev.hone.metrics.engine.Backfill;
import java.util.List;

/**
 * What an import has brought in so far.
 *
 * @param series how many series came in
 * @param outcome what became of the samples
 * @param histogramChunks chunks of native histograms that were passed over
 * @param notices sentences on what was left out and why
 */
public record ImportReport(
    long series, Backfill.Outcome outcome, long histogramChunks, List<String> notices) {
  public ImportReport {
    notices = List.copyOf(notices);
  }
}

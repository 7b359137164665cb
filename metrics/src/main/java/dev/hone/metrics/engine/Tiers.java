package dev.hone.metrics.engine;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.Retention.Tier;
import dev.hone.metrics.Summaries;
import dev.hone.metrics.SummaryStore;
import java.util.List;

/** What an engine tells in buckets. */
final class Tiers implements SummaryStore {
  private final Engine engine;
  private final RetentionHistory history;
  private final long span;

  Tiers(Engine engine, RetentionHistory history) {
    this.engine = engine;
    this.history = history;
    this.span = EngineOptions.MERGED_SPAN.toMillis();
  }

  @Override
  public List<Long> resolutions() {
    return TierCompactor.tiers(engine.options).stream().map(Tier::millis).toList();
  }

  @Override
  public long completeSince(List<Matcher> matchers, long resolution) {
    long newest = engine.head.maxTime();
    long now = newest == Long.MIN_VALUE ? engine.now() : Math.min(newest, engine.now());
    long since = since(matchers, resolution, now);
    return resolution == RAW ? since : Math.min(since, since(matchers, RAW, now));
  }

  private long since(List<Matcher> matchers, long resolution, long now) {
    long first = Long.MAX_VALUE;
    long firstOfAll = Long.MAX_VALUE;
    for (Block block : engine.views.blocks()) {
      long begin = block.meta().minTime();
      firstOfAll = Math.min(firstOfAll, begin);
      first = block.meta().resolution() == resolution ? Math.min(first, begin) : first;
    }
    Tier tier = Tier.of(resolution);
    long kept = now - engine.options.retention().shortest(matchers, tier).toMillis();
    long since = firstOfAll < kept ? kept : Long.MIN_VALUE;
    since = Math.max(since, history.completeSince(matchers, tier));
    // A tier that is kept longer, or at all, only since a while.
    return first != Long.MAX_VALUE && firstOfAll + span < first ? Math.max(since, first) : since;
  }

  @Override
  public void summaries(
      List<Matcher> matchers,
      long resolution,
      long fromMillis,
      long toMillis,
      Summaries.Visitor visitor) {
    List<LabelTest> tests = matchers.stream().map(LabelTest::of).toList();
    try (var view = engine.views.open()) {
      new SummaryScan(engine.head, view.blocks(), span, resolution, fromMillis, toMillis, visitor)
          .run(tests);
    }
  }
}

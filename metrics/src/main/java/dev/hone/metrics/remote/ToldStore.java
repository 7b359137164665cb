package dev.hone.metrics.remote;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.SeriesVisitor;
import dev.hone.metrics.promql.PushDown;
import dev.hone.metrics.promql.Query;
import java.util.List;
import java.util.function.Consumer;

/** A remote store for one who is told what its answers lack. */
record ToldStore(RemoteStore store, Questions questions) implements MetricStore, PushDown {
  @Override
  public long series(Labels labels) {
    return store.series(labels);
  }

  @Override
  public boolean append(long series, long timeMillis, double value) {
    return store.append(series, timeMillis, value);
  }

  @Override
  public Appender appender() {
    return store.appender();
  }

  @Override
  public void scan(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      boolean newestOnly,
      SeriesVisitor visitor) {
    questions.scan(matchers, fromMillis, toMillis, visitor);
  }

  @Override
  public void series(
      List<Matcher> matchers, long fromMillis, long toMillis, Consumer<Labels> visitor) {
    questions.series(matchers, fromMillis, toMillis, visitor);
  }

  @Override
  public List<String> labelNames() {
    return questions.texts("/api/v1/labels").stream()
        .filter(name -> !name.equals(Slots.LABEL))
        .toList();
  }

  @Override
  public List<String> labelValues(String label) {
    return label.equals(Slots.LABEL) || !dev.hone.metrics.wire.Names.isLabel(label)
        ? List.of()
        : questions.texts("/api/v1/label/" + label + "/values");
  }

  @Override
  public int seriesCount() {
    return store.seriesCount();
  }

  @Override
  public String label() {
    return store.label();
  }

  @Override
  public List<List<Query.Line>> evaluate(Part part) {
    return questions.evaluate(part);
  }

  @Override
  public void close() {}
}

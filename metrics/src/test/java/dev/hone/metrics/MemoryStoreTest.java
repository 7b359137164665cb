package dev.hone.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {
  @Property(tries = 100, seed = "42")
  void keepsTheNewestSamplesOfEachSeries(
      @ForAll @IntRange(min = 1, max = 300) int limit,
      @ForAll @IntRange(min = 0, max = 1_000) int samples) {
    var store = new MemoryStore(1, limit);
    for (int i = 1; i <= samples; i++) {
      assertThat(store.append(Labels.of("m"), i, i)).isTrue();
    }
    List<Series> found = store.select(List.of(), 0, Long.MAX_VALUE);
    int kept = Math.min(limit, samples);
    assertThat(found).hasSize(kept == 0 ? 0 : 1);
    if (kept > 0) {
      assertThat(found.getFirst().size()).isEqualTo(kept);
      assertThat(found.getFirst().times()[0]).isEqualTo(samples - kept + 1L);
      assertThat(found.getFirst().values()[kept - 1]).isEqualTo(samples);
    }
  }

  @Test
  void refusesASampleThatIsNotNewer() {
    var store = new MemoryStore(10, 10);
    assertThat(store.append(Labels.of("m"), 5, 1)).isTrue();
    assertThat(store.append(Labels.of("m"), 5, 2)).isFalse();
    assertThat(store.append(Labels.of("m"), 4, 2)).isFalse();
  }

  @Test
  void refusesSeriesBeyondItsLimitAndKeepsTheOthers() {
    var store = new MemoryStore(2, 10);
    store.append(Labels.of("a"), 1, 1);
    store.append(Labels.of("b"), 1, 1);
    assertThatThrownBy(() -> store.append(Labels.of("c"), 1, 1))
        .isInstanceOf(MetricStore.LimitException.class)
        .hasMessageContaining("`c`")
        .hasMessageContaining("2 series");
    assertThat(store.append(Labels.of("a"), 2, 1)).isTrue();
  }

  @Test
  void matchesLabelsAsPrometheusDoes() {
    var store = new MemoryStore(10, 10);
    store.append(Labels.of("m", "k", "one"), 1, 1);
    store.append(Labels.of("m", "k", "two"), 1, 1);
    store.append(Labels.of("m"), 1, 1);
    assertThat(select(store, "k", Matcher.Operator.EQUAL, "")).isEqualTo(1);
    assertThat(select(store, "k", Matcher.Operator.REGEX, "t.*")).isEqualTo(1);
    assertThat(select(store, "k", Matcher.Operator.REGEX, "w")).isZero();
    assertThat(select(store, "k", Matcher.Operator.NOT_EQUAL, "one")).isEqualTo(2);
    assertThat(select(store, "k", Matcher.Operator.NOT_REGEX, ".+")).isEqualTo(1);
    assertThat(store.labelValues("k")).containsExactly("one", "two");
  }

  private static int select(
      MemoryStore store, String label, Matcher.Operator operator, String value) {
    return store.select(List.of(new Matcher(label, operator, value)), 0, 10).size();
  }
}

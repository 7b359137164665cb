package dev.hone.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WindowQueryTest {
  private final MemoryStore store = new MemoryStore(1_000, 1_000);

  @Test
  void ratesACounterWithoutExtrapolation() {
    fill(Labels.of("c_total"), 0, 20, i -> 5.0 * i);
    assertThat(value("rate(c_total[$window])", 5_000, 15_000)).isEqualTo(5);
    assertThat(value("increase(c_total[$window])", 5_000, 15_000)).isEqualTo(50);
  }

  @Test
  void correctsResets() {
    fill(Labels.of("c_total"), 0, 10, i -> i < 5 ? 10.0 * i : 10.0 * (i - 5));
    assertThat(value("increase(c_total[$window])", 0, 9_000)).isEqualTo(40 + 40);
  }

  @Test
  void dividesSeriesWithEqualLabels() {
    fill(Labels.of("s", "id", "1"), 0, 10, i -> 2.0 * i);
    fill(Labels.of("s", "id", "2"), 0, 10, i -> 3.0 * i);
    fill(Labels.of("n", "id", "1"), 0, 10, i -> 4.0 * i);
    fill(Labels.of("n", "id", "2"), 0, 10, i -> 1.0 * i);
    assertThat(value("rate(s{id=\"2\"}[$window]) / rate(n{id=\"2\"}[$window])", 1_000, 9_000))
        .isEqualTo(3);
    assertThat(value("sum(rate(s[$window])) / sum(rate(n[$window]))", 1_000, 9_000)).isEqualTo(1);
  }

  @Test
  void interpolatesAQuantileWithinItsBucket() {
    fill(Labels.of("h_bucket", "le", "0.1", "route", "a"), 0, 10, i -> 5.0 * i);
    fill(Labels.of("h_bucket", "le", "0.2", "route", "a"), 0, 10, i -> 10.0 * i);
    fill(Labels.of("h_bucket", "le", "+Inf", "route", "a"), 0, 10, i -> 10.0 * i);
    assertThat(
            value("histogram_quantile(0.75, sum by (le) (rate(h_bucket[$window])))", 1_000, 9_000))
        .isCloseTo(0.15, within(1e-9));
  }

  @Test
  void saysHowMuchOfTheWindowHadData() {
    for (int i = 0; i < 10; i++) {
      store.append(Labels.of("g"), i * 1_000L, 1);
    }
    for (int i = 20; i < 30; i++) {
      store.append(Labels.of("g"), i * 1_000L, 1);
    }
    assertThat(reading("avg_over_time(g[$window])", 0, 9_000).completeness()).isEqualTo(1);
    assertThat(reading("avg_over_time(g[$window])", 0, 29_000).completeness()).isBetween(0.6, 0.75);
    assertThat(reading("avg_over_time(g[$window])", 100_000, 110_000)).isEqualTo(Reading.NONE);
  }

  @Test
  void toleratesJitterOfASampleInterval() {
    for (int i = 0; i < 10; i++) {
      store.append(Labels.of("g"), i * 1_000L + (i % 3) * 150, 1);
    }
    assertThat(reading("avg_over_time(g[$window])", 3_000, 6_000).completeness()).isEqualTo(1);
  }

  @Test
  void namesThePlaceOfAMistake() {
    assertThatThrownBy(() -> WindowQuery.parse("sum(rate(x[5m]))"))
        .hasMessageContaining("character 12")
        .hasMessageContaining("$window");
    assertThatThrownBy(() -> WindowQuery.parse("stddev(x)")).hasMessageContaining("stddev");
    assertThatThrownBy(() -> WindowQuery.parse("a{b=\"c\"")).hasMessageContaining("expected");
    assertThatThrownBy(() -> WindowQuery.parse("(".repeat(100))).hasMessageContaining("nested");
  }

  private void fill(Labels labels, int from, int to, java.util.function.IntToDoubleFunction value) {
    for (int i = from; i < to; i++) {
      store.append(labels, i * 1_000L, value.applyAsDouble(i));
    }
  }

  private Reading reading(String query, long from, long to) {
    return WindowQuery.parse(query).evaluate(store, from, to);
  }

  private double value(String query, long from, long to) {
    return reading(query, from, to).value();
  }
}

package dev.hone.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MemoryStore;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the comparison with Prometheus cannot say: positions of errors, limits, shapes. */
class QueryTest {
  private final MemoryStore store = new MemoryStore(1_000, 1_000);

  @BeforeEach
  void fill() {
    for (int i = 0; i <= 60; i++) {
      for (int host = 0; host < 3; host++) {
        store.append(
            Labels.of("requests_total", "host", "h" + host), i * 10_000L, (host + 1.0) * i);
      }
    }
    store.append(Labels.of("ended"), 590_000, 1);
    store.append(Labels.of("ended"), 595_000, Double.longBitsToDouble(0x7FF0000000000002L));
  }

  private String answer(String query) {
    return new String(
        ResultJson.success(Query.parse(query).instant(store, 600_000, Limits.STANDARD)),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void answersAsThePrometheusApiDoes() {
    assertThat(answer("count(rate(requests_total[1m]))"))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":"
                + "[{\"metric\":{},\"value\":[600,\"3\"]}]}}\n");
    assertThat(answer("requests_total{host=\"h2\"} - 0.25"))
        .contains("[{\"metric\":{\"host\":\"h2\"},\"value\":[600,\"179.75\"]}]");
    assertThat(answer("1e-7 * 3")).contains("\"scalar\",\"result\":[600,\"0.0000003\"]");
    assertThat(answer("\"a\\nb\"")).contains("\"string\",\"result\":[600,\"a\\u000ab\"]");
    assertThat(answer("ended")).contains("\"result\":[]");
    assertThat(answer("topk(1, requests_total)")).contains("\"host\":\"h2\"").doesNotContain("h1");
  }

  @Test
  void anIncreaseOfNothingHasTheSignOfPrometheus() {
    Labels reset = Labels.of("zeros", "kind", "reset");
    Labels plain = Labels.of("zeros", "kind", "plain");
    double[] values = {0.0, -1, -0.0};
    for (int i = 0; i < values.length; i++) {
      store.append(reset, 570_000 + i * 10_000L, values[i]);
      store.append(plain, 570_000 + i * 10_000L, i == 1 ? 0.0 : values[i]);
    }
    assertThat(answer("increase(zeros{kind=\"reset\"}[1m])")).contains(",\"0\"]");
    assertThat(answer("increase(zeros{kind=\"plain\"}[1m])")).contains(",\"-0\"]");
  }

  @Test
  void aMistakeIsNamedWithItsPlace() {
    assertThatThrownBy(() -> Query.parse("sum(rate(x[5m])"))
        .isInstanceOf(QueryException.Syntax.class)
        .hasMessageStartingWith("1:16: parse error: unexpected end of input");
    assertThatThrownBy(() -> Query.parse("a +\n  nosuch(b)"))
        .hasMessageStartingWith("2:3: parse error: unknown function");
    assertThatThrownBy(() -> Query.parse("rate(a)")).hasMessageContaining("expected type range");
    assertThatThrownBy(() -> Query.parse("{}")).hasMessageContaining("non-empty matcher");
    assertThatThrownBy(() -> Query.parse("a{b=~\"(\"}")).hasMessageContaining("regular expression");
    assertThatThrownBy(() -> Query.parse("(".repeat(5_000))).hasMessageContaining("nested");
    assertThatThrownBy(() -> Query.parse("-".repeat(5_000) + "1")).hasMessageContaining("nested");
  }

  @Test
  void ambiguousMatchesAreErrors() {
    assertThatThrownBy(() -> answer("requests_total + on() requests_total"))
        .isInstanceOf(QueryException.Execution.class)
        .hasMessageContaining("duplicate series");
    assertThatThrownBy(() -> answer("label_replace(requests_total, \"host\", \"x\", \"\", \"\")"))
        .hasMessageContaining("same labelset");
  }

  @Test
  void aQueryThatTakesTooMuchIsEnded() {
    var small =
        new Limits(
            Duration.ofMinutes(1),
            100,
            10_000,
            11_000,
            Duration.ofMinutes(5),
            Duration.ofMinutes(1));
    assertThatThrownBy(
            () -> Query.parse("rate(requests_total[10m])").instant(store, 600_000, small))
        .isInstanceOf(QueryException.Limit.class)
        .hasMessageContaining("100 samples");
    assertThatThrownBy(() -> Query.parse("1").range(store, 0, 12_000_000, 1, Limits.STANDARD))
        .hasMessageContaining("11000 points");
    var few =
        new Limits(
            Duration.ofMinutes(1), 1_000, 10, 11_000, Duration.ofMinutes(5), Duration.ofMinutes(1));
    assertThatThrownBy(() -> Query.parse("requests_total").instant(store, 600_000, few))
        .hasMessageContaining("holds more than 10 values");
  }

  @Test
  void warningsStandBesideTheData() {
    byte[] json =
        ResultJson.success(
            new Query.Scalar(1_500, 2), java.util.List.of("say \"why\"", "and more"));
    assertThat(new String(json, java.nio.charset.StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines(
            "{\"status\":\"success\",\"warnings\":[\"say \\\"why\\\"\",\"and more\"],"
                + "\"data\":{\"resultType\":\"scalar\",\"result\":[1.5,\"2\"]}}");
  }
}

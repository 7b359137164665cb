package dev.hone.metrics.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExpositionTest {
  private final List<String> read = new ArrayList<>();

  private void read(String text, boolean openMetrics) {
    Exposition.read(
        text,
        openMetrics,
        new Exposition.Target() {
          @Override
          public void sample(
              SortedMap<String, String> labels, double value, @Nullable Long millis) {
            read.add(Labels.of(labels) + " " + value + " " + millis);
          }

          @Override
          public void metadata(String metric, String what, String value) {
            read.add(what + " " + metric + " " + value);
          }
        });
  }

  @Test
  void readsTheTextFormat() {
    read(
        """
        # HELP http_requests_total Requests so far.
        # TYPE http_requests_total counter
        http_requests_total{method="post",path="/a\\"b\\\\c\\n"} 1027 1395066363000
          spaced { le = "+Inf" , } 3
        up 1
        free NaN
        low -Inf
        """,
        false);
    assertThat(read)
        .containsExactly(
            "HELP http_requests_total Requests so far.",
            "TYPE http_requests_total counter",
            "http_requests_total{method=\"post\",path=\"/a\\\"b\\\\c\\n\"} 1027.0 1395066363000",
            "spaced{le=\"+Inf\"} 3.0 null",
            "up 1.0 null",
            "free NaN null",
            "low -Infinity null");
  }

  @Test
  void readsOpenMetricsWithTimesInSecondsAndExemplars() {
    read(
        """
        # TYPE a counter
        # UNIT a seconds
        a_total 5 1395066363.123 # {trace_id="x"} 0.5
        a_bucket{le="1"} 2 # {trace_id="y"} 0.5 12
        # EOF
        """,
        true);
    assertThat(read)
        .containsExactly(
            "TYPE a counter",
            "UNIT a seconds",
            "a_total 5.0 1395066363123",
            "a_bucket{le=\"1\"} 2.0 null");
  }

  @Test
  void namesTheLineOfAMistake() {
    assertThatThrownBy(() -> read("a 1\nb{c=\"d} 2", false))
        .hasMessageContaining("line 2")
        .hasMessageContaining("without end");
    assertThatThrownBy(() -> read("a one", false)).hasMessageContaining("`one`");
    assertThatThrownBy(() -> read("a{b=1} 1", false)).hasMessageContaining("not quoted");
    assertThatThrownBy(() -> read("a{b=\"1\",b=\"2\"} 1", false)).hasMessageContaining("twice");
    assertThatThrownBy(() -> read("a", false)).hasMessageContaining("no value");
    assertThatThrownBy(() -> read("a 1\n", true)).hasMessageContaining("# EOF");
    assertThatThrownBy(() -> read("# EOF\na 1\n", true)).hasMessageContaining("after");
  }
}

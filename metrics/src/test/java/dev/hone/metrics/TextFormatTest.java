package dev.hone.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextFormatTest {
  @Test
  void readsSamplesLabelsAndSpecialNumbers() {
    var samples =
        TextFormat.parse(
            """
            # HELP http_requests_total Requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",path="/a\\"b\\\\c\\n"} 1027 1395066363000
            h_bucket{le="+Inf",} 3
            up 1
            free NaN
            low -Inf
            """);
    assertThat(samples).hasSize(5);
    assertThat(samples.get(0).labels())
        .isEqualTo(Labels.of("http_requests_total", "method", "post", "path", "/a\"b\\c\n"));
    assertThat(samples.get(0).value()).isEqualTo(1027);
    assertThat(samples.get(1).labels()).isEqualTo(Labels.of("h_bucket", "le", "+Inf"));
    assertThat(samples.get(3).value()).isNaN();
    assertThat(samples.get(4).value()).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void namesTheLineOfAMistake() {
    assertThatThrownBy(() -> TextFormat.parse("a 1\nb{c=\"d} 2"))
        .hasMessageContaining("line 2")
        .hasMessageContaining("without end");
    assertThatThrownBy(() -> TextFormat.parse("a one")).hasMessageContaining("`one`");
  }
}

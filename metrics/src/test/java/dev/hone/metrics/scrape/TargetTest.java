package dev.hone.metrics.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What becomes of a discovered address. */
class TargetTest {
  private static final long NOW = 1_767_225_600_123L;

  @Test
  void everyTargetHasItsOwnMomentWithinTheInterval() {
    var moments = new long[10];
    for (int i = 0; i < 1_000; i++) {
      Target target = target("host-" + i + ":9100", Map.of());
      long next = target.next(NOW);
      assertThat(next).isGreaterThan(NOW).isLessThanOrEqualTo(NOW + 10_000);
      assertThat(target.next(next)).isEqualTo(next + 10_000);
      assertThat(target.next(next - 1)).isEqualTo(next);
      moments[(int) (next % 10_000 / 1_000)]++;
    }
    assertThat(Arrays.stream(moments)).allMatch(share -> share > 50 && share < 150);
  }

  @Test
  void labelsOverrideWhatTheJobSays() {
    Target target =
        target(
            "[::1]",
            Map.of(
                "__scheme__", "https",
                "__metrics_path__", "probe x",
                "__param_module", "a b",
                "__scrape_interval__", "1m30s",
                "__scrape_timeout__", "5s",
                "__meta_x", "y",
                "zone", "eu"));
    assertThat(target.url()).isEqualTo("https://[::1]:443/probe%20x?module=a+b");
    assertThat(target.host()).isEqualTo("::1");
    assertThat(target.interval()).hasSeconds(90);
    assertThat(target.labels().asMap())
        .isEqualTo(Map.of("instance", "[::1]:443", "job", "j", "zone", "eu"));
  }

  @Test
  void tellsWhatIsNoTarget() {
    for (String address : List.of("", "http://x", "x:y", "x:0", "x:70000", "a:b:c", "a b")) {
      assertThatThrownBy(() -> target(address, Map.of())).hasMessageContaining("`" + address);
    }
    assertThatThrownBy(() -> target("user:geheim@x:1", Map.of()))
        .hasMessageContaining("`…@x:1`")
        .hasMessageNotContaining("geheim");
    refused("__scheme__", "ftp", "http or https");
    refused("__scrape_interval__", "soon", "soon");
    refused("__scrape_timeout__", "11s", "more than");
    refused("__scrape_timeout__", "0s", "is 0");
  }

  private static void refused(String label, String value, String part) {
    assertThatThrownBy(() -> target("x:1", Map.of(label, value))).hasMessageContaining(part);
  }

  private static Target target(String address, Map<String, String> labels) {
    Job job = Jobs.job("j");
    var discovered = Target.discovered(job, address, labels);
    return Target.of(job, discovered, new TreeMap<>(discovered));
  }
}

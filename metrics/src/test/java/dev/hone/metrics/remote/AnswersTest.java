package dev.hone.metrics.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers of backends as they come over the wire. */
class AnswersTest {
  private final List<String> seen = new ArrayList<>();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void see(dev.hone.metrics.Labels labels, long[] times, double[] values, int count) {
    for (int i = 0; i < count; i++) {
      seen.add(labels + " " + times[i] + " " + values[i]);
    }
  }

  @Test
  void vectorsAndMatricesWithEveryKindOfNumber() throws IOException {
    assertThat(
            Answers.series(
                bytes(
                    """
                    {"status":"success","warnings":["half of it"],"data":{"resultType":"matrix",
                     "result":[{"metric":{"__name__":"a","x":"q\\"\\u00e9\\n"},
                       "values":[[1.5,"+Inf"],[2,"-1e-7"]]},
                      {"values":[[3.001,"NaN"]],"metric":{}}]},"stats":{"a":[1,{"b":null}]}}
                    """),
                this::see))
        .containsExactly("half of it");
    assertThat(seen)
        .containsExactly(
            "a{x=\"q\\\"é\\n\"} 1500 Infinity", "a{x=\"q\\\"é\\n\"} 2000 -1.0E-7", " 3001 NaN");
    seen.clear();
    Answers.series(
        bytes(
            "{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{\"a\":\"b\"},\"value\":[1,\"2\"]}]}}"),
        this::see);
    assertThat(seen).containsExactly("{a=\"b\"} 1000 2.0");
  }

  @Test
  void linesOfAnExportWithStaleMarkers() throws IOException {
    Answers.export(
        bytes(
            "{\"metric\":{\"__name__\":\"a\"},\"values\":[1,null,+Inf],\"timestamps\":[1,2,3]}\n"
                + "{\"timestamps\":[9],\"values\":[0.5],\"metric\":{\"__name__\":\"b\"}}\n"),
        this::see);
    assertThat(seen).containsExactly("a 1 1.0", "a 2 NaN", "a 3 Infinity", "b 9 0.5");
  }

  @Test
  void whatIsNoAnswerIsToldAsSuch() throws IOException {
    assertThat(Answers.texts(bytes("{\"status\":\"success\",\"data\":[\"a\",\"b\"]}")))
        .containsExactly("a", "b");
    assertThatThrownBy(() -> Answers.texts(bytes("{\"status\":\"error\",\"error\":\"too much\"}")))
        .hasMessageContaining("too much");
    for (String text :
        List.of(
            "",
            "<html>",
            "{\"status\":\"success\"",
            "{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{},\"value\":[1,\"x\"]}]}}",
            "{\"x\":" + "[".repeat(100_000),
            "{\"status\":\"suc\\u12")) {
      assertThatThrownBy(() -> Answers.series(bytes(text), this::see))
          .isInstanceOf(IOException.class);
    }
  }
}

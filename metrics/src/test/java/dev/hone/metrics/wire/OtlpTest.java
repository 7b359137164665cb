package dev.hone.metrics.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.MemoryStore;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.Series;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtlpTest {
  private static final long NOW = 1_750_000_000_000L;
  private static final long NANOS = NOW * 1_000_000;

  /** All kinds of metrics, with keys nobody knows among them. */
  private static final String JSON =
      """
      {"resourceMetrics":[{"schemaUrl":"x","resource":{"droppedAttributesCount":0,"attributes":[
         {"key":"service.name","value":{"stringValue":"sh\\u00f6p"}},
         {"key":"cores","value":{"intValue":"-4"}},
         {"key":"share","value":{"doubleValue":0.5}},
         {"key":"up","value":{"boolValue":true}},
         {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"a"}]}}}]},
       "scopeMetrics":[{"scope":{"name":"s"},"metrics":[
        {"name":"load","unit":"1","gauge":{"dataPoints":[
          {"timeUnixNano":"1750000000000000000","asDouble":-0.0},
          {"timeUnixNano":1750000000001000000,"asDouble":"NaN",
           "attributes":[{"key":"k","value":{"stringValue":"v"}}]},
          {"timeUnixNano":"1750000000000000000","flags":1,
           "attributes":[{"key":"gone","value":{"stringValue":"1"}}]}]}},
        {"name":"requests","unit":"{request}","description":"d","sum":{"isMonotonic":true,
          "aggregationTemporality":2,"dataPoints":[{"timeUnixNano":"1750000000000000000",
          "asInt":"-9007199254740993","exemplars":[{"traceId":"5b8efff798038103d269b633813fc60c",
          "asDouble":1,"filteredAttributes":[]}]}]}},
        {"name":"duration","unit":"s","histogram":{"aggregationTemporality":2,"dataPoints":[
          {"timeUnixNano":"1750000000000000000","count":"6","sum":1e-1,"min":null,
           "bucketCounts":["1",2,3],"explicitBounds":[0.1,1]}]}},
        {"name":"size","unit":"By","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[
          {"timeUnixNano":"1750000000000000000","count":7,"sum":10,"scale":-1,"zeroCount":"1",
           "positive":{"offset":-1,"bucketCounts":["1","0",300]},
           "negative":{"offset":2,"bucketCounts":[2]}}]}},
        {"name":"wait","summary":{"dataPoints":[{"timeUnixNano":"1750000000000000000","count":2,
           "sum":3,"quantileValues":[{"quantile":0.5,"value":1.5},{"quantile":1,"value":"Infinity"}]
           }]}}]}]}]}
      """;

  @TempDir Path folder;

  private static ProtoWriter attribute(String key, ProtoWriter value) {
    return new ProtoWriter().text(1, key).message(2, value);
  }

  private static ProtoWriter text(String value) {
    return new ProtoWriter().text(1, value);
  }

  private static byte[] proto() {
    var resource =
        new ProtoWriter()
            .message(1, attribute("service.name", text("shöp")))
            .message(1, attribute("cores", new ProtoWriter().number(3, -4)))
            .message(1, attribute("share", new ProtoWriter().real(4, 0.5)))
            .message(1, attribute("up", new ProtoWriter().number(2, 1)))
            .message(
                1,
                attribute(
                    "list", new ProtoWriter().message(5, new ProtoWriter().message(1, text("a")))));
    var gauge =
        new ProtoWriter()
            .message(1, new ProtoWriter().fixed(3, NANOS).real(4, -0.0))
            .message(
                1,
                new ProtoWriter()
                    .fixed(3, NANOS + 1_000_000)
                    .real(4, Double.NaN)
                    .message(7, attribute("k", text("v"))))
            .message(
                1,
                new ProtoWriter()
                    .fixed(3, NANOS)
                    .number(8, 1)
                    .message(7, attribute("gone", text("1"))));
    var sum =
        new ProtoWriter()
            .message(1, new ProtoWriter().fixed(3, NANOS).fixed(6, -9007199254740993L))
            .number(2, 2)
            .number(3, 1);
    var histogram =
        new ProtoWriter()
            .message(
                1,
                new ProtoWriter()
                    .fixed(3, NANOS)
                    .fixed(4, 6)
                    .real(5, 0.1)
                    .bytes(6, new ProtoWriter().toBytesOf(1, 2, 3))
                    .bytes(
                        7,
                        new ProtoWriter()
                            .toBytesOf(
                                Double.doubleToRawLongBits(0.1), Double.doubleToRawLongBits(1))))
            .number(2, 2);
    var exponential =
        new ProtoWriter()
            .message(
                1,
                new ProtoWriter()
                    .fixed(3, NANOS)
                    .fixed(4, 7)
                    .real(5, 10)
                    .number(6, 1)
                    .fixed(7, 1)
                    .message(
                        8,
                        new ProtoWriter().number(1, 1).bytes(2, new byte[] {1, 0, (byte) 172, 2}))
                    .message(9, new ProtoWriter().number(1, 4).bytes(2, new byte[] {2})))
            .number(2, 2);
    var summary =
        new ProtoWriter()
            .message(
                1,
                new ProtoWriter()
                    .fixed(3, NANOS)
                    .fixed(4, 2)
                    .real(5, 3)
                    .message(6, new ProtoWriter().real(1, 0.5).real(2, 1.5))
                    .message(6, new ProtoWriter().real(1, 1).real(2, Double.POSITIVE_INFINITY)));
    var scope =
        new ProtoWriter()
            .message(2, new ProtoWriter().text(1, "load").text(3, "1").message(5, gauge))
            .message(2, new ProtoWriter().text(1, "requests").text(3, "{request}").message(7, sum))
            .message(2, new ProtoWriter().text(1, "duration").text(3, "s").message(9, histogram))
            .message(2, new ProtoWriter().text(1, "size").text(3, "By").message(10, exponential))
            .message(2, new ProtoWriter().text(1, "wait").message(11, summary));
    return new ProtoWriter()
        .message(1, new ProtoWriter().message(1, resource).message(2, scope))
        .toBytes();
  }

  @Test
  void jsonBecomesTheSameSeriesAsProtocolBuffers() throws IOException {
    byte[] proto = proto();
    try (var one = open("one");
        var other = open("other")) {
      assertThat(Otlp.receive(proto, 0, proto.length, new OtlpSums(9), one).refusal()).isEmpty();
      assertThat(receiveJson(JSON, other).refusal()).isEmpty();
      assertThat(bits(other)).isEqualTo(bits(one)).hasSize(20);
      assertThat(bits(one).keySet())
          .contains("size_bytes_bucket{job=\"shöp\",le=\"-16\"}")
          .noneMatch(name -> name.contains("gone"));
    }
  }

  @Test
  void jsonThatIsWrongGetsASentence() {
    assertMalformed("", "ends early");
    assertMalformed("[]", "`{` is expected where `[` stands");
    assertMalformed("{} x", "text after the end");
    assertMalformed("{\"resourceMetrics\":[{]}", "`\"` is expected");
    assertMalformed("{\"a\":" + "[".repeat(1_000_000), "nested deeper than 64");
    assertMalformed("{\"a\":nul}", "`nul` is no value");
    assertMalformed("{\"a\":\"\\x\"}", "escape");
    assertMalformed("{\"a\":\"\\u12\"}", "hexadecimal");
    assertMalformed(point("\"timeUnixNano\":\"soon\""), "`timeUnixNano` is `soon`");
    assertMalformed(point("\"timeUnixNano\":1.5"), "`timeUnixNano` is `1.5`");
    assertMalformed(point("\"asInt\":1e999999999"), "`asInt` is `1e999999999`");
    assertMalformed(point("\"asDouble\":1e999"), "`asDouble` is `1e999`");
    assertMalformed(point("\"asDouble\":\"0x1p3\""), "`asDouble` is `0x1p3`");
    assertMalformed(
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"sum\":{\"aggregationTemporality\""
            + ":\"AGGREGATION_TEMPORALITY_DELTA\"}}]}]}]}",
        "must be a whole number");
  }

  private static String point(String inside) {
    return "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":"
        + "{\"dataPoints\":[{"
        + inside
        + "}]}}]}]}]}";
  }

  private static byte[] toProto(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return OtlpJson.toProto(bytes, bytes.length);
  }

  private static Received receiveJson(String json, MetricStore store) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return Otlp.receiveJson(bytes, bytes.length, new OtlpSums(9), store);
  }

  private static void assertMalformed(String json, String part) {
    assertThatThrownBy(() -> toProto(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(part);
  }

  @Test
  void noTextDoesHarm() {
    var random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder(JSON);
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        text.setCharAt(random.nextInt(text.length()), JSON.charAt(random.nextInt(JSON.length())));
      }
      text.setLength(random.nextInt(3) == 0 ? random.nextInt(text.length()) : text.length());
      try {
        byte[] proto = toProto(text.toString());
        Otlp.receive(proto, 0, proto.length, new OtlpSums(9), new MemoryStore(100, 100));
      } catch (MalformedException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void differencesCountOnceThoughTheStoreFailedOnce() throws IOException {
    var sums = new OtlpSums(9);
    try (var store = new FailingOnce(open("one"))) {
      assertThatThrownBy(() -> difference(0, 3, sums, store)).isInstanceOf(IOException.class);
      difference(0, 3, sums, store);
      difference(1, 4, sums, store);
      assertThat(bits(store).get("n_total"))
          .isEqualTo(
              List.of(
                  NOW + ":" + Double.doubleToRawLongBits(3),
                  NOW + 1 + ":" + Double.doubleToRawLongBits(7)));
    }
  }

  @Test
  void differencesOfOneSeriesInOneRequestAreAllAdded() throws IOException {
    var sums = new OtlpSums(9);
    try (var store = open("one")) {
      byte[] body = request(delta(0, 3), delta(1, 4));
      Otlp.receive(body, 0, body.length, sums, store);
      difference(2, 5, sums, store);
      assertThat(bits(store).getOrDefault("n_total", List.of()).getLast())
          .isEqualTo(NOW + 2 + ":" + Double.doubleToRawLongBits(12));
    }
  }

  private static void difference(int millis, double value, OtlpSums sums, MetricStore store)
      throws IOException {
    byte[] body = request(delta(millis, value));
    assertThat(Otlp.receive(body, 0, body.length, sums, store).refusal()).isEmpty();
  }

  private static ProtoWriter delta(int millis, double value) {
    return new ProtoWriter().fixed(3, NANOS + millis * 1_000_000L).real(4, value);
  }

  private static byte[] request(ProtoWriter... points) {
    var sum = new ProtoWriter().number(2, 1).number(3, 1);
    for (ProtoWriter point : points) {
      sum.message(1, point);
    }
    var metric = new ProtoWriter().text(1, "n").message(7, sum);
    return new ProtoWriter()
        .message(1, new ProtoWriter().message(2, new ProtoWriter().message(2, metric)))
        .toBytes();
  }

  private Engine open(String name) throws IOException {
    return Engine.open(
        folder.resolve(name),
        EngineOptions.standard().withSync(EngineOptions.Sync.NONE),
        () -> Instant.ofEpochMilli(NOW),
        1,
        n -> {});
  }

  private static Map<String, List<String>> bits(MetricStore store) {
    var all = new TreeMap<String, List<String>>();
    for (Series series : store.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      var samples = new java.util.ArrayList<String>();
      for (int i = 0; i < series.size(); i++) {
        samples.add(series.times()[i] + ":" + Double.doubleToRawLongBits(series.values()[i]));
      }
      all.put(series.labels().toString(), samples);
    }
    return all;
  }

  /** A store whose first batch fails as if the disk were full. */
  private static final class FailingOnce implements MetricStore {
    private final MetricStore store;
    private boolean failed;

    FailingOnce(MetricStore store) {
      this.store = store;
    }

    @Override
    public Appender appender() {
      Appender batch = store.appender();
      if (failed) {
        return batch;
      }
      failed = true;
      return new Appender() {
        @Override
        public int series(Labels labels) {
          return batch.series(labels);
        }

        @Override
        public long newest(int series) {
          return batch.newest(series);
        }

        @Override
        public void add(int series, long timeMillis, long valueBits) {
          batch.add(series, timeMillis, valueBits);
        }

        @Override
        public Outcome commit() throws IOException {
          throw new IOException("no space left on device");
        }

        @Override
        public void close() {
          batch.close();
        }
      };
    }

    @Override
    public long series(Labels labels) {
      return store.series(labels);
    }

    @Override
    public boolean append(long series, long timeMillis, double value) {
      return store.append(series, timeMillis, value);
    }

    @Override
    public List<Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
      return store.select(matchers, fromMillis, toMillis);
    }

    @Override
    public List<String> labelNames() {
      return store.labelNames();
    }

    @Override
    public List<String> labelValues(String label) {
      return store.labelValues(label);
    }

    @Override
    public int seriesCount() {
      return store.seriesCount();
    }

    @Override
    public void close() {
      store.close();
    }
  }
}

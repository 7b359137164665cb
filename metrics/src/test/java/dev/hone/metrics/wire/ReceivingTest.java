package dev.hone.metrics.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.Series;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.engine.EngineOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivingTest {
  private final MetricMetadata.Table metadata = new MetricMetadata.Table();
  private static final long NOW = 1_750_000_000_000L;

  @TempDir Path folder;
  private Engine store;

  @BeforeEach
  void open() throws IOException {
    store =
        Engine.open(
            folder,
            EngineOptions.standard().withSync(EngineOptions.Sync.NONE).withMaxSeries(50),
            () -> Instant.ofEpochMilli(NOW),
            1,
            n -> {});
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void remoteWriteKeepsEveryBit() throws IOException {
    byte[] body =
        new ProtoWriter()
            .message(
                1,
                series("up", "job", "a")
                    .message(2, sample(NOW, 0x7FF0000000000002L))
                    .message(2, sample(NOW + 1, Double.doubleToRawLongBits(-0.0))))
            .message(3, new ProtoWriter().number(1, 2).text(2, "up").text(4, "Is it up?"))
            .snappy();
    Received received = RemoteWrite.receive(body, body.length, store, metadata);
    assertThat(received.refusal()).isEmpty();
    assertThat(received.outcome().taken()).isEqualTo(2);
    assertThat(metadata.all())
        .isEqualTo(Map.of("up", Set.of(new MetricMetadata("gauge", "Is it up?", ""))));
    Series series = held().getFirst();
    assertThat(series.labels()).isEqualTo(Labels.of("up", "job", "a"));
    assertThat(Double.doubleToRawLongBits(series.values()[0])).isEqualTo(0x7FF0000000000002L);
    assertThat(series.values()[1]).isEqualTo(-0.0);
  }

  @Test
  void remoteWriteFindsASeriesWhoseLabelsComeInAnyOrder() throws IOException {
    byte[] sorted =
        new ProtoWriter()
            .message(1, series("m", "a", "1", "b", "2").message(2, sample(NOW, 1)))
            .snappy();
    byte[] other =
        new ProtoWriter()
            .message(
                1,
                new ProtoWriter()
                    .message(1, label("b", "2"))
                    .message(1, label("__name__", "m"))
                    .message(1, label("a", "1"))
                    .message(2, sample(NOW + 5, 2)))
            .snappy();
    assertThat(RemoteWrite.receive(sorted, sorted.length, store, metadata).refusal()).isEmpty();
    assertThat(RemoteWrite.receive(other, other.length, store, metadata).refusal()).isEmpty();
    assertThat(held()).hasSize(1);
    assertThat(held().getFirst().size()).isEqualTo(2);
  }

  @Test
  void whatIsInvalidIsRefusedAndTheRestTaken() throws IOException {
    byte[] body =
        new ProtoWriter()
            .message(1, series("good").message(2, sample(NOW, 1)))
            .message(1, series("bad-name").message(2, sample(NOW, 1)))
            .message(1, series("good", "le gume", "x").message(2, sample(NOW, 1)))
            .snappy();
    Received received = RemoteWrite.receive(body, body.length, store, metadata);
    assertThat(received.outcome().taken()).isEqualTo(1);
    assertThat(received.refusal()).startsWith("2 refused").contains("`bad-name`");
  }

  @Test
  void aFullStoreTakesTheSeriesItKnows() throws IOException {
    var all = new ProtoWriter();
    for (int i = 0; i < 60; i++) {
      all.message(1, series("m", "user", "u" + i).message(2, sample(NOW, 1)));
    }
    byte[] body = all.snappy();
    Received received = RemoteWrite.receive(body, body.length, store, metadata);
    assertThat(received.outcome().taken()).isEqualTo(50);
    assertThat(received.refusal()).startsWith("10 refused").contains("`user` (50 values)");
  }

  @Test
  void noBytesDoHarm() {
    byte[] good =
        new ProtoWriter().message(1, series("m", "a", "b").message(2, sample(NOW, 1))).toBytes();
    var random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      byte[] body = new ProtoWriter().bytes(1, bytes).snappy();
      byte[] raw = random.nextBoolean() ? body : bytes;
      tolerate(() -> RemoteWrite.receive(raw, raw.length, store, metadata));
      tolerate(() -> RemoteWrite2.receive(raw, raw.length, store, metadata));
      tolerate(() -> Otlp.receive(bytes, 0, bytes.length, new OtlpSums(10), store));
    }
    assertThat(store.seriesCount()).isLessThanOrEqualTo(50);
  }

  private interface Receive {
    Received run() throws IOException;
  }

  private static void tolerate(Receive receive) {
    try {
      assertThat(receive.run()).isNotNull();
    } catch (MalformedException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBombIsRefusedBeforeItIsUnpacked() {
    byte[] bomb = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07, 0};
    assertThatThrownBy(() -> RemoteWrite.receive(bomb, bomb.length, store, metadata))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("maximum is 67108864");
  }

  @Test
  void remoteWrite2UsesItsTableOfSymbols() throws IOException {
    byte[] refs = {1, 2, 3, 4};
    byte[] body =
        new ProtoWriter()
            .text(4, "")
            .text(4, "__name__")
            .text(4, "requests_total")
            .text(4, "code")
            .text(4, "200")
            .text(4, "Requests.")
            .message(
                5,
                new ProtoWriter()
                    .bytes(1, refs)
                    .message(2, sample(NOW, 7.5))
                    .message(5, new ProtoWriter().number(1, 1).number(3, 5)))
            .snappy();
    assertThat(RemoteWrite2.receive(body, body.length, store, metadata).outcome().taken())
        .isEqualTo(1);
    assertThat(values()).containsExactly(Map.entry("requests_total{code=\"200\"}", 7.5));
    assertThat(metadata.all())
        .isEqualTo(
            Map.of("requests_total", Set.of(new MetricMetadata("counter", "Requests.", ""))));
  }

  @Test
  void otlpBecomesPrometheusSeries() throws IOException {
    var resource =
        new ProtoWriter()
            .message(1, attribute("service.name", "shop"))
            .message(1, attribute("service.instance.id", "i1"))
            .message(1, attribute("cloud.region", "eu"));
    var point =
        new ProtoWriter()
            .message(7, attribute("http.method", "GET"))
            .fixed(3, NOW * 1_000_000)
            .fixed(6, 3);
    var sum = new ProtoWriter().message(1, point).number(2, 1).number(3, 1);
    var histogram =
        new ProtoWriter()
            .message(
                1,
                new ProtoWriter()
                    .fixed(3, NOW * 1_000_000)
                    .fixed(4, 3)
                    .real(5, 1.5)
                    .bytes(6, new ProtoWriter().toBytesOf(1, 1, 1))
                    .bytes(
                        7,
                        new ProtoWriter()
                            .toBytesOf(
                                Double.doubleToRawLongBits(0.1), Double.doubleToRawLongBits(1))))
            .number(2, 2);
    var scope =
        new ProtoWriter()
            .message(
                2, new ProtoWriter().text(1, "http.requests").text(3, "{request}").message(7, sum))
            .message(
                2, new ProtoWriter().text(1, "http.duration").text(3, "s").message(9, histogram));
    byte[] body =
        new ProtoWriter()
            .message(1, new ProtoWriter().message(1, resource).message(2, scope))
            .toBytes();
    var sums = new OtlpSums(100);
    Received first = Otlp.receive(body, 0, body.length, sums, store);
    assertThat(first.refusal()).isEmpty();
    assertThat(values())
        .containsEntry("http_requests_total{http_method=\"GET\",instance=\"i1\",job=\"shop\"}", 3.0)
        .containsEntry("http_duration_seconds_bucket{instance=\"i1\",job=\"shop\",le=\"0.1\"}", 1.0)
        .containsEntry("http_duration_seconds_bucket{instance=\"i1\",job=\"shop\",le=\"1\"}", 2.0)
        .containsEntry(
            "http_duration_seconds_bucket{instance=\"i1\",job=\"shop\",le=\"+Inf\"}", 3.0)
        .containsEntry("http_duration_seconds_count{instance=\"i1\",job=\"shop\"}", 3.0)
        .containsEntry("http_duration_seconds_sum{instance=\"i1\",job=\"shop\"}", 1.5)
        .containsEntry("target_info{cloud_region=\"eu\",instance=\"i1\",job=\"shop\"}", 1.0);
  }

  @Test
  void influxLinesBecomeSeries() throws IOException {
    Received received =
        InfluxLines.receive(
            """
            # comment
            cpu,host=a\\ b,dc=x usage=1.5,n=3i,ok=true,name="text, with space" %d
            disk free.space=7u
            """
                .formatted(NOW * 1_000_000),
            "ns",
            NOW,
            store);
    assertThat(received.refusal()).isEmpty();
    assertThat(values())
        .containsOnly(
            Map.entry("cpu_usage{dc=\"x\",host=\"a b\"}", 1.5),
            Map.entry("cpu_n{dc=\"x\",host=\"a b\"}", 3.0),
            Map.entry("cpu_ok{dc=\"x\",host=\"a b\"}", 1.0),
            Map.entry("disk_free_space", 7.0));
  }

  @Test
  void aWrongInfluxLineIsRefusedAndTheOthersAreTaken() throws IOException {
    Received received = InfluxLines.receive("m f=1\nm f=x\nm\nm g=2", "ns", NOW, store);
    assertThat(received.refusal())
        .isEqualTo(
            "2 refused, the rest was taken: line 2: `x` is not a number, truth value or quoted"
                + " text");
    assertThat(values()).containsOnly(Map.entry("m_f", 1.0), Map.entry("m_g", 2.0));
    assertThat(InfluxLines.receive("m", "ns", NOW, store).refusal())
        .isEqualTo("all refused: line 1, character 2: ` ` is missing before the fields");
  }

  private Map<String, Double> values() {
    var values = new TreeMap<String, Double>();
    held().forEach(series -> values.put(series.labels().toString(), series.values()[0]));
    return values;
  }

  private List<Series> held() {
    return new ArrayList<>(store.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE));
  }

  private static ProtoWriter label(String name, String value) {
    return new ProtoWriter().text(1, name).text(2, value);
  }

  private static ProtoWriter attribute(String key, String value) {
    return new ProtoWriter().text(1, key).message(2, new ProtoWriter().text(1, value));
  }

  private static ProtoWriter series(String name, String... labels) {
    var series = new ProtoWriter().message(1, label("__name__", name));
    for (int i = 0; i < labels.length; i += 2) {
      series.message(1, label(labels[i], labels[i + 1]));
    }
    return series;
  }

  private static ProtoWriter sample(long time, double value) {
    return sample(time, Double.doubleToRawLongBits(value));
  }

  private static ProtoWriter sample(long time, long bits) {
    return new ProtoWriter().fixed(1, bits).number(2, time);
  }
}

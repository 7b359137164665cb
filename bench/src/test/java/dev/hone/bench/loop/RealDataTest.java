package dev.hone.bench.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.demo.Recording;
import dev.hone.metrics.Labels;
import dev.hone.metrics.MemoryStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded noise is read as it is, and what cannot be read is named. */
class RealDataTest {
  @TempDir private Path folder;

  private static Series parse(String text) throws IOException {
    return Series.parse(new BufferedReader(new StringReader(text)));
  }

  private static String csv(int lines, String every) {
    return "timestamp,value\n"
        + IntStream.range(0, lines)
            .mapToObj(i -> "2026-01-01 00:00:00," + (i % 10 == 0 ? every : "" + (1 + i % 7)))
            .collect(Collectors.joining("\n"));
  }

  @Test
  void badLinesAreCountedAndLeftOut() throws IOException {
    Series series =
        parse(
            """
            timestamp,value
            2014-04-10 00:04:00,91.958
            2014-04-10 00:09:00,
            nonsense
            2014-04-10 00:14:00,NaN
            2014-04-10 00:19:00,x1

            2014-04-10 00:24:00, 0
            2014-04-10 00:29:00,2e2
            """);
    assertThat(series.length()).isEqualTo(3);
    assertThat(series.badLines()).isEqualTo(4);
    assertThat(series.logs())
        .containsExactly(
            new double[] {Math.log(91.958), Math.log(91.958), Math.log(200)}, within(1e-12));
  }

  @Test
  void aSeriesThatIsSeldomPositiveIsOfNoUse() throws IOException {
    assertThat(parse(csv(2000, "0")).isUsable(1000)).isTrue();
    assertThat(parse(csv(2000, "0").replace(",3", ",0")).isUsable(1000)).isFalse();
    assertThat(parse(csv(900, "1")).isUsable(1000)).isFalse();
  }

  @Test
  void sumsTakeSoManyValuesEach() throws IOException {
    Series sums = parse("a,1\na,2\na,3\na,4\na,5\n").sums(2);
    assertThat(sums.logs()).containsExactly(new double[] {Math.log(3), Math.log(7)}, within(1e-12));
  }

  @Test
  void whatTheDemoRecordsIsRead() throws IOException {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    int seconds = 10 * 1500;
    try (var store = new MemoryStore(10, seconds + 1)) {
      Labels requests = Labels.of(Map.of("__name__", "requests_total"));
      double total = 0;
      for (int second = 0; second <= seconds; second++) {
        total += second % 20 < 10 ? 100 : 200;
        if (second / 100 != 7) {
          store.append(requests, start.plusSeconds(second).toEpochMilli(), total);
        }
      }
      var recording =
          new Recording(
              folder,
              Map.of(
                  "demo-requests", "sum(rate(requests_total[$window]))",
                  "demo-failed", "sum(rate(errors_total[$window]))"));
      recording.prepare();
      recording.write(store, start, start.plusSeconds(seconds + 9));
    }
    RealData data = RealData.read(folder);
    assertThat(data.traffic()).extracting(World::name).containsExactly("demo-requests");
    assertThat(data.leftOut()).singleElement().asString().startsWith("demo-failed: 0 values");
    double[] path = data.traffic().getFirst().draw().path(1440, new SplittableRandom(1));
    assertThat(Arrays.stream(path).max().orElseThrow() - Arrays.stream(path).min().orElseThrow())
        .as("between 100 and 200 a second, in logs")
        .isBetween(0.55, Math.log(2));
  }

  @Test
  void aFolderIsReadAndWhatIsMissingIsNamed() throws IOException {
    Path real = Files.createDirectories(folder.resolve("nab").resolve("realThings"));
    Files.writeString(real.resolve("good.csv"), csv(2000, "5"));
    Files.writeString(real.resolve("short.csv"), csv(20, "5"));
    Path made = Files.createDirectories(folder.resolve("nab").resolve("artificialThings"));
    Files.writeString(made.resolve("made.csv"), csv(2000, "5"));
    Path traces = Files.createDirectories(folder.resolve("traces"));
    Files.writeString(traces.resolve("demo.csv"), csv(1500, "5"));
    RealData data = RealData.read(folder);
    assertThat(data.traffic()).extracting(World::name).containsExactly("good", "demo");
    assertThat(data.skipped())
        .extracting(Line.Skipped::name)
        .containsExactlyInAnyOrder("loop.data.worldcup", "loop.data.nasa", "loop.data.vm-noise");
    assertThat(data.leftOut()).singleElement().asString().startsWith("short: 20 values");
    double[] path = data.traffic().getFirst().draw().path(500, new SplittableRandom(1));
    assertThat(Arrays.stream(path).sorted().toArray()[250]).isZero();
  }
}

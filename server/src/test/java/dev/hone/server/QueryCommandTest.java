package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.loop.Json;
import dev.hone.loop.Mode;
import dev.hone.metrics.Labels;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hone query}, asked of a running Hone. */
class QueryCommandTest {
  private static final Instant MOMENT =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(30));
  private static final String LATER = MOMENT.plusSeconds(60).toString();
  private static final String SECONDS = Long.toString(MOMENT.getEpochSecond());

  @TempDir Path directory;
  private RunningHone running;
  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @BeforeEach
  void start() throws Exception {
    running = RunningHone.start(directory, Mode.OBSERVE);
    for (int i = 0; i < 5; i++) {
      long at = MOMENT.plusSeconds(15L * i).toEpochMilli();
      append("shop_orders", "north", at, 10 + i);
      append("shop_orders", "south-west", at, 1000.5);
    }
  }

  private void append(String name, String region, long at, double value) throws Exception {
    var labels = Labels.of(Map.of("__name__", name, "region", region));
    running.hone.store().append(labels, at, value);
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private int query(String... arguments) {
    var line =
        HoneCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(errors, true));
    var all = new ArrayList<>(List.of("query", "--server", running.web.address()));
    all.addAll(List.of(arguments));
    return line.execute(all.toArray(String[]::new));
  }

  @Test
  void aMomentIsAnAlignedTableOfLabelsValueAndTime() {
    assertThat(query("shop_orders", "--time", LATER)).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "SERIES                             VALUE  TIME",
            "shop_orders{region=\"north\"}           14  " + LATER,
            "shop_orders{region=\"south-west\"}  1000.5  " + LATER);
  }

  @Test
  void numbersAndTextsHaveNoSeries() {
    assertThat(query("1 + 1", "--time", SECONDS)).isZero();
    assertThat(out.toString()).contains("scalar      2  " + MOMENT);
    assertThat(query("\"yes\"", "--time", SECONDS)).isZero();
    assertThat(out.toString()).contains("string    yes");
  }

  @Test
  void aRangeHasARowForEachStep() {
    assertThat(
            query(
                "shop_orders{region=\"north\"}", "--range", "1m", "--step", "15s", "--end", LATER))
        .isZero();
    assertThat(out.toString().lines()).hasSize(6).element(1).asString().endsWith("  10  " + MOMENT);
    assertThat(out.toString()).contains("  13  " + MOMENT.plusSeconds(45));
  }

  @Test
  void jsonIsTheDataOfTheApi() {
    assertThat(
            query(
                "sum(shop_orders)",
                "--json",
                "--start",
                SECONDS,
                "--end",
                MOMENT.plusSeconds(30).toString(),
                "--step",
                "30s"))
        .isZero();
    assertThat(out.toString().strip())
        .isEqualTo(
            "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":"
                + "[[%s,\"1010.5\"],[%s,\"1012.5\"]]}]}"
                    .formatted(SECONDS, MOMENT.plusSeconds(30).getEpochSecond()));
    assertThat(Json.parseObject(out.toString())).containsEntry("resultType", "matrix");
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThat(query("nothing_of_this_name")).isZero();
    assertThat(out.toString().strip()).isEqualTo("no data");
  }

  @Test
  void anErrorHasACaretBelowItsPlace() {
    assertThat(query("sum by (region) (\n  rate(shop_orders[1m)\n)")).isEqualTo(2);
    assertThat(errors.toString().lines())
        .contains("    rate(shop_orders[1m)", "                       ^")
        .anyMatch(line -> line.startsWith("line 2, column 22: "));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aResultThatCannotBeComputedIsOneSentence() {
    assertThat(query("shop_orders * on () shop_orders", "--time", LATER)).isEqualTo(1);
    assertThat(errors.toString()).startsWith("hone: ").hasLineCount(1);
  }

  @Test
  void optionsThatDoNotFitAreNamedWithTheirRemedy() {
    assertThat(query("up", "--range", "soon")).isEqualTo(2);
    assertThat(query("up", "--time", "noon")).isEqualTo(2);
    assertThat(query("up", "--step", "15s")).isEqualTo(2);
    assertThat(query("up", "--time", "1", "--range", "1h")).isEqualTo(2);
    assertThat(errors.toString().lines())
        .hasSize(4)
        .allMatch(line -> line.startsWith("hone: "))
        .anyMatch(line -> line.contains("`soon`") && line.contains("15s"))
        .anyMatch(line -> line.contains("`noon`") && line.contains("2026-11-21T14:00:00Z"))
        .anyMatch(line -> line.contains("--start"));
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedWithTheRemedy() {
    var line = HoneCommand.commandLine().setErr(new PrintWriter(errors, true));
    assertThat(line.execute("query", "up", "--server", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(errors.toString())
        .contains("no Hone answers at http://127.0.0.1:1/")
        .contains("hone serve")
        .hasLineCount(1);
  }
}

package dev.hone.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.Matcher;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed reads back as the same query. */
class PrinterTest {
  private static final List<String> QUERIES =
      List.of(
          "up",
          "up{job=\"a\\\"b\\\\c\\n\",x!='y',z=~`a.*|b`,w!~\"\"} ",
          "{__name__=~\"a|b\",c=\"é\"}",
          "sum:rate5m",
          "-up + +up - -2 ^ 3 ^ 2 * (-2) ^ 2",
          "2 ^ -up",
          "1 + 2 * 3 - 0x1F + .5 + 1e300 - 1.5e-7 + Inf - NaN + -Inf",
          "a and on() b or ignoring(x, y) c unless d",
          "a * on (x) group_left (y, z) (b)",
          "a / ignoring (x) group_right b",
          "a == bool 3",
          "a >= bool on (x) b atan2 c % 2",
          "rate(up[1h30m] offset 5m)",
          "up @ 1.5 offset -3m",
          "up @ -1.5",
          "sum_over_time(up[5m] @ start()) + sum_over_time(up[5m:] @ end() offset 1w)",
          "max_over_time((a + b)[1h:30s])",
          "max_over_time(rate(a[1m])[1h:30s] offset 1m)",
          "min_over_time(a offset 1m [5m:])",
          "sum by (a, b) (x)",
          "sum(x) without (a)",
          "sum by () (x)",
          "avg without () (x)",
          "topk by (a) (3, x)",
          "quantile(0.9, x)",
          "count_values(\"v\", x)",
          "histogram_quantile(0.9, sum by (le) (rate(b[5m])))",
          "label_replace(up, \"a\", \"$1\\\\\", \"b\", \"(.*)\\t\")",
          "label_join(up, \"a\", \",\", \"b\", \"c\")",
          "time() - pi() * scalar(up)",
          "vector(1) > 2",
          "day_of_week()",
          "clamp(x, -1, 1)",
          "quantile_over_time(0.5, x[5m])",
          "holt_winters(x[5m], 0.3, 0.7)",
          "\"text\\\\ 'x'\"",
          "x[5m]",
          "absent(x{a=\"b\"})",
          "((x))");

  private static String shape(Expr expr) {
    return expr.toString().replaceAll("position=\\d+", "").replaceAll("text=[^,\\]]*", "");
  }

  @Test
  void printedAndReadAgainItIsTheSame() {
    for (String query : QUERIES) {
      Expr expr = Parser.parse(query);
      String printed = Printer.text(expr);
      assertThat(shape(Parser.parse(printed))).as(query + " → " + printed).isEqualTo(shape(expr));
      assertThat(Printer.text(Parser.parse(printed))).isEqualTo(printed);
    }
  }

  @Test
  void forAnotherEngineEdgesAreTimesAndSelectorsCarryTheShare() {
    String text =
        Printer.text(
            Parser.parse("rate(a[5m] @ end()) + b @ start()"),
            new Grid(1_500, 1_000, 3),
            List.of(new Matcher("s", Matcher.Operator.REGEX, "1|2")));
    assertThat(text)
        .isEqualTo(
            "rate({__name__=\"a\",s=~\"1|2\"}[300000ms] @ 3.500)"
                + " + {__name__=\"b\",s=~\"1|2\"} @ 1.500");
  }
}

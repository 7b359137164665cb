package dev.hone.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Differences that PromQL leaves open. Each is a rule with a name; how often it was used is part of
 * the result.
 *
 * <ul>
 *   <li>{@code series-order}: Prometheus, asked again, or a second one that got the same series in
 *       another order, gives another answer too. Ties of {@code topk}, sums of floating-point
 *       numbers and what depends on them are not defined further.
 *   <li>{@code residue}: what is left when numbers of the data's size cancel out, both at most
 *       10⁻¹⁴ of the largest number that the query reads.
 *   <li>{@code fixed-window}: Prometheus 2.42 moves the window of {@code predict_linear(x[r] @ t,
 *       d)} from step to step although {@code @} fixes it. Instant queries are not exempt.
 *   <li>{@code ties}: {@code topk} and {@code bottomk} chose others among equal values or NaN; the
 *       values of each moment are the same.
 *   <li>{@code last-digit-in-label}: {@code count_values} writes values into labels; the answers
 *       are equal when numbers in labels are rounded to ten digits.
 * </ul>
 */
final class Exemptions {
  private static final Pattern BYTES = Pattern.compile("demo_memory_bytes");
  private static final Pattern SECONDS = Pattern.compile("demo_boot_seconds|time\\(|timestamp\\(");

  private static final Pattern FIXED_WINDOW =
      Pattern.compile("predict_linear\\(.*@", Pattern.DOTALL);
  private static final Pattern TOP = Pattern.compile("(topk|bottomk)\\b");
  private static final Pattern LONG_NUMBER =
      Pattern.compile("-?[0-9]+\\.?[0-9]{11,}|-?[0-9]{6,}\\.[0-9]+");

  private Exemptions() {}

  /** The name of the rule that applies; empty when none does. */
  static String rule(Query query, Answer expected, List<Answer> reordered, Answer actual) {
    if (open(expected, reordered, actual)) {
      return "series-order";
    }
    if (AnswerComparison.difference(expected, actual, query.ordered(), residue(query)).isEmpty()) {
      return "residue";
    }
    if (!query.instant() && FIXED_WINDOW.matcher(query.text()).find()) {
      return "fixed-window";
    }
    if (TOP.matcher(query.text()).find() && sameValues(expected, actual)) {
      return "ties";
    }
    if (query.text().contains("count_values")
        && AnswerComparison.difference(rounded(expected), rounded(actual), false, residue(query))
            .isEmpty()) {
      return "last-digit-in-label";
    }
    return "";
  }

  /** Whether the answers have the same values at each moment, whatever their labels. */
  private static boolean sameValues(Answer expected, Answer actual) {
    return expected.kind() == actual.kind() && valuesByTime(expected).equals(valuesByTime(actual));
  }

  private static SortedMap<Long, List<Float>> valuesByTime(Answer answer) {
    var values = new TreeMap<Long, List<Float>>();
    for (Answer.Series series : answer.series()) {
      for (int i = 0; i < series.times().length; i++) {
        values
            .computeIfAbsent(series.times()[i], t -> new ArrayList<>())
            .add((float) series.values()[i]);
      }
    }
    values.values().forEach(each -> each.sort(null));
    return values;
  }

  /** The answer with numbers in labels rounded; series that become the same are added up. */
  private static Answer rounded(Answer answer) {
    var points = new HashMap<SortedMap<String, String>, TreeMap<Long, Double>>();
    for (Answer.Series one : answer.series()) {
      var labels = new TreeMap<>(one.labels());
      labels.replaceAll((name, value) -> rounded(value));
      TreeMap<Long, Double> merged = points.computeIfAbsent(labels, l -> new TreeMap<>());
      for (int i = 0; i < one.times().length; i++) {
        merged.merge(one.times()[i], one.values()[i], Double::sum);
      }
    }
    var series = new ArrayList<Answer.Series>();
    points.forEach(
        (labels, merged) ->
            series.add(
                new Answer.Series(
                    labels,
                    merged.keySet().stream().mapToLong(Long::longValue).toArray(),
                    merged.values().stream().mapToDouble(Double::doubleValue).toArray())));
    return new Answer(answer.kind(), series, answer.text());
  }

  private static String rounded(String value) {
    return LONG_NUMBER.matcher(value).matches()
        ? new BigDecimal(value).round(new MathContext(10)).stripTrailingZeros().toPlainString()
        : value;
  }

  /**
   * Whether every series in which the answer differs is one in which the others differ among
   * themselves; when they disagree about which series there are, it may be any.
   */
  private static boolean open(Answer expected, List<Answer> others, Answer actual) {
    var unstable = new HashSet<SortedMap<String, String>>();
    for (Answer other : others) {
      if (other.kind() != expected.kind() || !labels(other).equals(labels(expected))) {
        return true;
      }
      unstable.addAll(differing(expected, other));
    }
    return actual.kind() == expected.kind()
        && labels(actual).equals(labels(expected))
        && !unstable.isEmpty()
        && unstable.containsAll(differing(expected, actual));
  }

  private static Set<SortedMap<String, String>> labels(Answer answer) {
    return byLabels(answer).keySet();
  }

  /** The label sets whose points differ; both answers have the same label sets. */
  private static Set<SortedMap<String, String>> differing(Answer left, Answer right) {
    Map<SortedMap<String, String>, Answer.Series> found = byLabels(right);
    var differing = new HashSet<SortedMap<String, String>>();
    for (Answer.Series series : left.series()) {
      Answer.Series other = found.get(series.labels());
      if (other == null || differs(series, other)) {
        differing.add(series.labels());
      }
    }
    return differing;
  }

  private static boolean differs(Answer.Series left, Answer.Series right) {
    Answer one = new Answer(Answer.Kind.MATRIX, List.of(left), "");
    Answer two = new Answer(Answer.Kind.MATRIX, List.of(right), "");
    return AnswerComparison.difference(one, two, false, 0).isPresent();
  }

  private static Map<SortedMap<String, String>, Answer.Series> byLabels(Answer answer) {
    Map<SortedMap<String, String>, Answer.Series> found = new HashMap<>();
    answer.series().forEach(series -> found.put(series.labels(), series));
    return found;
  }

  private static double residue(Query query) {
    double largest = 1e5;
    if (BYTES.matcher(query.text()).find()) {
      largest = 1e11;
    } else if (SECONDS.matcher(query.text()).find()) {
      largest = 2e9;
    }
    return 1e-14 * largest;
  }
}

package dev.hone.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
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
 * </ul>
 */
final class Exemptions {
  private static final Pattern BYTES = Pattern.compile("demo_memory_bytes");
  private static final Pattern SECONDS = Pattern.compile("demo_boot_seconds|time\\(|timestamp\\(");

  private Exemptions() {}

  /** The name of the rule that applies; empty when none does. */
  static String rule(Query query, Answer expected, List<Answer> reordered, Answer actual) {
    for (Answer other : reordered) {
      if (AnswerComparison.difference(expected, other, false, 0).isPresent()
          && confined(expected, other, actual)) {
        return "series-order";
      }
    }
    if (AnswerComparison.difference(expected, actual, query.ordered(), residue(query)).isEmpty()) {
      return "residue";
    }
    return "";
  }

  /**
   * Whether every series in which the answer differs is one in which the two orders differ too;
   * when the orders disagree about which series there are, they may be any of those.
   */
  private static boolean confined(Answer expected, Answer reordered, Answer actual) {
    if (expected.kind() != reordered.kind()) {
      return true;
    }
    if (expected.kind() != actual.kind()) {
      return false;
    }
    Map<SortedMap<String, String>, Answer.Series> second = byLabels(reordered);
    Map<SortedMap<String, String>, Answer.Series> answered = byLabels(actual);
    if (!byLabels(expected).keySet().equals(second.keySet())) {
      return true;
    }
    for (Answer.Series series : expected.series()) {
      Answer.Series got = answered.remove(series.labels());
      Answer.Series other = second.get(series.labels());
      if (got == null || other == null || (differs(series, got) && !differs(series, other))) {
        return false;
      }
    }
    return answered.isEmpty();
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

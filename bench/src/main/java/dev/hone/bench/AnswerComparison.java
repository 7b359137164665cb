package dev.hone.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Whether two answers to the same query mean the same. */
final class AnswerComparison {
  /** The tolerance of the PromQL compliance tester. */
  private static final double RELATIVE = 1e-5;

  private AnswerComparison() {}

  /**
   * The first difference.
   *
   * @param ordered whether the order of values counts, as it does for an instant {@code sort}
   * @param residue two numbers up to this size are the same
   */
  static Optional<String> difference(
      Answer expected, Answer actual, boolean ordered, double residue) {
    if (expected.kind() != actual.kind()) {
      return Optional.of("expected " + told(expected) + " but the answer is " + told(actual));
    }
    return switch (expected.kind()) {
      case FAILURE -> Optional.empty();
      case STRING ->
          expected.text().equals(actual.text())
              ? Optional.empty()
              : Optional.of("expected `" + expected.text() + "` but got `" + actual.text() + "`");
      case SCALAR, VECTOR, MATRIX -> {
        Optional<String> order = ordered ? order(expected, actual) : Optional.empty();
        yield order.isPresent() ? order : series(expected, actual, residue);
      }
    };
  }

  private static String told(Answer answer) {
    return answer.kind() == Answer.Kind.FAILURE ? "failure: " + answer.text() : "" + answer.kind();
  }

  private static Optional<String> order(Answer expected, Answer actual) {
    int count = Math.min(expected.series().size(), actual.series().size());
    for (int i = 0; i < count; i++) {
      double left = expected.series().get(i).values()[0];
      double right = actual.series().get(i).values()[0];
      if (!same(left, right, 0)) {
        return Optional.of("place " + i + " holds " + right + " and not " + left);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> series(Answer expected, Answer actual, double residue) {
    Map<SortedMap<String, String>, Answer.Series> found = new HashMap<>();
    for (Answer.Series series : actual.series()) {
      if (found.put(series.labels(), series) != null) {
        return Optional.of("twice in the answer: " + series.labels());
      }
    }
    for (Answer.Series wanted : expected.series()) {
      Answer.Series got = found.remove(wanted.labels());
      if (got == null) {
        return Optional.of("missing: " + wanted.labels());
      }
      Optional<String> points = points(wanted, got, residue);
      if (points.isPresent()) {
        return points;
      }
    }
    return found.keySet().stream().findFirst().map(labels -> "not expected: " + labels);
  }

  private static Optional<String> points(Answer.Series wanted, Answer.Series got, double residue) {
    int count = Math.min(wanted.times().length, got.times().length);
    for (int i = 0; i < count; i++) {
      if (wanted.times()[i] != got.times()[i]) {
        return Optional.of(
            wanted.labels() + " has a point at " + got.times()[i] + ", not " + wanted.times()[i]);
      }
      if (!same(wanted.values()[i], got.values()[i], residue)) {
        return Optional.of(
            wanted.labels()
                + (" at " + wanted.times()[i] + ": ")
                + (got.values()[i] + ", not " + wanted.values()[i]));
      }
    }
    if (wanted.times().length != got.times().length) {
      return Optional.of(
          wanted.labels() + " has " + got.times().length + " points, not " + wanted.times().length);
    }
    return Optional.empty();
  }

  private static boolean same(double left, double right, double residue) {
    if (left == right || (Double.isNaN(left) && Double.isNaN(right))) {
      return true;
    }
    double apart = Math.abs(left - right);
    double largest = Math.max(Math.abs(left), Math.abs(right));
    return Double.isFinite(apart) && (apart <= RELATIVE * largest || largest <= residue);
  }
}

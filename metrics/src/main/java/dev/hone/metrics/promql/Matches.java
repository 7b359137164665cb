package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import dev.hone.metrics.promql.Expr.Matching.Card;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Binary operators between two vectors (Prometheus, "Vector matching"). */
final class Matches {
  private final Expr.Binary binary;
  private final Expr.Matching matching;
  private final int steps;
  private final Set<String> names;

  Matches(Expr.Binary binary, int steps) {
    this.binary = binary;
    this.matching = binary.matching();
    this.steps = steps;
    this.names = new HashSet<>(matching.labels());
    if (!matching.on()) {
      names.add(Labels.NAME);
    }
  }

  List<Row> apply(List<Row> left, List<Row> right) {
    return switch (binary.operator()) {
      case AND -> filter(left, right, true);
      case UNLESS -> filter(left, right, false);
      case OR -> or(left, right);
      default -> arithmetic(left, right);
    };
  }

  private Labels key(Labels labels) {
    return labels.only(names, matching.on());
  }

  private Map<Labels, boolean[]> presence(List<Row> rows) {
    Map<Labels, boolean[]> presence = new HashMap<>();
    for (Row row : rows) {
      boolean[] present = presence.computeIfAbsent(key(row.labels()), k -> new boolean[steps]);
      for (int i = 0; i < steps; i++) {
        present[i] |= !Row.isAbsent(row.values()[i]);
      }
    }
    return presence;
  }

  private List<Row> filter(List<Row> left, List<Row> right, boolean wanted) {
    Map<Labels, boolean[]> presence = presence(right);
    var result = new ArrayList<Row>();
    for (Row row : left) {
      boolean[] present = presence.get(key(row.labels()));
      if (present == null) {
        if (!wanted) {
          result.add(row);
        }
        continue;
      }
      double[] values = row.values().clone();
      for (int i = 0; i < steps; i++) {
        if (present[i] != wanted) {
          values[i] = Row.ABSENT;
        }
      }
      result.add(new Row(row.labels(), values));
    }
    return result;
  }

  private List<Row> or(List<Row> left, List<Row> right) {
    Map<Labels, boolean[]> presence = presence(left);
    var result = new ArrayList<Row>(left);
    for (Row row : right) {
      boolean[] present = presence.get(key(row.labels()));
      double[] values = row.values().clone();
      for (int i = 0; present != null && i < steps; i++) {
        if (present[i]) {
          values[i] = Row.ABSENT;
        }
      }
      result.add(new Row(row.labels(), values));
    }
    return Rows.merged(copies(result), false);
  }

  /** Merging writes into rows, so they must not be shared. */
  private static List<Row> copies(List<Row> rows) {
    rows.replaceAll(row -> new Row(row.labels(), row.values().clone()));
    return rows;
  }

  private List<Row> arithmetic(List<Row> left, List<Row> right) {
    boolean swapped = matching.card() == Card.ONE_TO_MANY;
    List<Row> many = swapped ? right : left;
    List<Row> one = swapped ? left : right;
    boolean[] anyMany = any(many);
    Map<Labels, List<Row>> ones = new LinkedHashMap<>();
    for (Row row : one) {
      ones.computeIfAbsent(key(row.labels()), k -> new ArrayList<>(1)).add(row);
    }
    ones.forEach((key, rows) -> requireOne(key, rows, anyMany, swapped));
    Map<Labels, List<Row>> manies = new LinkedHashMap<>();
    for (Row row : many) {
      manies.computeIfAbsent(key(row.labels()), k -> new ArrayList<>(1)).add(row);
    }
    var result = new ArrayList<Row>();
    manies.forEach(
        (key, rows) -> {
          List<Row> others = ones.get(key);
          if (others != null) {
            match(rows, others, swapped, result);
          }
        });
    return Rows.merged(result, false);
  }

  private boolean[] any(List<Row> rows) {
    var any = new boolean[steps];
    for (Row row : rows) {
      for (int i = 0; i < steps; i++) {
        any[i] |= !Row.isAbsent(row.values()[i]);
      }
    }
    return any;
  }

  private void requireOne(Labels key, List<Row> rows, boolean[] anyMany, boolean swapped) {
    for (int i = 0; rows.size() > 1 && i < steps; i++) {
      int present = 0;
      for (Row row : rows) {
        present += Row.isAbsent(row.values()[i]) ? 0 : 1;
      }
      if (present > 1 && anyMany[i]) {
        throw new QueryException.Execution(
            "found duplicate series for the match group "
                + key
                + " on the "
                + (swapped ? "left" : "right")
                + " hand-side of the operation: ["
                + rows.get(0).labels()
                + ", "
                + rows.get(1).labels()
                + "];many-to-many matching not allowed: matching labels must be unique on one side");
      }
    }
  }

  private void match(List<Row> many, List<Row> ones, boolean swapped, List<Row> result) {
    boolean oneToOne = matching.card() == Card.ONE_TO_ONE;
    boolean @Nullable [] taken = oneToOne && many.size() > 1 ? new boolean[steps] : null;
    for (Row row : many) {
      for (Row other : ones) {
        double[] values = combine(row.values(), other.values(), swapped, taken);
        Labels labels = labels(row.labels(), other.labels());
        result.add(new Row(labels, values));
      }
    }
  }

  private double[] combine(
      double[] many, double[] one, boolean swapped, boolean @Nullable [] taken) {
    Operator operator = binary.operator();
    double[] values = Row.absent(steps);
    for (int i = 0; i < steps; i++) {
      if (Row.isAbsent(many[i]) || Row.isAbsent(one[i])) {
        continue;
      }
      double l = swapped ? one[i] : many[i];
      double r = swapped ? many[i] : one[i];
      if (!operator.isComparison()) {
        values[i] = operator.apply(l, r);
      } else if (binary.bool()) {
        values[i] = operator.holds(l, r) ? 1 : 0;
      } else if (operator.holds(l, r)) {
        values[i] = l;
      } else {
        continue;
      }
      if (taken != null) {
        if (taken[i]) {
          throw new QueryException.Execution(
              "multiple matches for labels: many-to-one matching must be explicit"
                  + " (group_left/group_right)");
        }
        taken[i] = true;
      }
    }
    return values;
  }

  private Labels labels(Labels many, Labels one) {
    Labels labels = many;
    if (binary.operator().dropsName() || binary.bool()) {
      labels = labels.withoutName();
    }
    if (matching.card() == Card.ONE_TO_ONE) {
      labels = labels.only(matching.labels(), matching.on());
    }
    for (String name : matching.include()) {
      String value = one.get(name);
      labels = labels.with(name, value == null ? "" : value);
    }
    return labels;
  }
}

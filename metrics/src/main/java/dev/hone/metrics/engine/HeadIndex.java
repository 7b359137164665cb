package dev.hone.metrics.engine;

import dev.hone.metrics.LabelTest;
import dev.hone.metrics.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which series of the head carry which label. Guarded by the head's lock. */
final class HeadIndex {
  /** References of series, ascending. */
  static final class Refs {
    int[] refs = new int[1];
    int size;

    void add(int ref) {
      if (size == refs.length) {
        refs = Arrays.copyOf(refs, size * 2);
      }
      refs[size++] = ref;
    }
  }

  private static final Refs NONE = new Refs();

  private final Map<String, Map<String, Refs>> postings = new HashMap<>();
  private @Nullable HeadSeries[] byRef = new HeadSeries[1024];
  private int end;
  private int live;

  /** The reference the next series gets. */
  int nextRef() {
    return end;
  }

  /** Leaves out references below {@code ref}. */
  void skipTo(int ref) {
    end = Math.max(end, ref);
  }

  int size() {
    return live;
  }

  @Nullable HeadSeries get(int ref) {
    return ref >= 0 && ref < end && ref < byRef.length ? byRef[ref] : null;
  }

  void add(HeadSeries series) {
    if (series.ref >= byRef.length) {
      byRef = Arrays.copyOf(byRef, Math.max(series.ref + 1, byRef.length * 2));
    }
    byRef[series.ref] = series;
    end = Math.max(end, series.ref + 1);
    live++;
    Labels labels = series.labels;
    for (int i = 0; i < labels.size(); i++) {
      postings
          .computeIfAbsent(labels.labelName(i), n -> new HashMap<>())
          .computeIfAbsent(labels.labelValue(i), v -> new Refs())
          .add(series.ref);
    }
  }

  /** Takes dropped series out; those somebody keeps the number of can still be found by it. */
  void removeDropped() {
    for (var values : postings.values()) {
      for (Refs refs : values.values()) {
        int kept = 0;
        for (int i = 0; i < refs.size; i++) {
          HeadSeries series = byRef[refs.refs[i]];
          if (series != null && !series.dropped) {
            refs.refs[kept++] = refs.refs[i];
          }
        }
        refs.size = kept;
      }
      values.values().removeIf(refs -> refs.size == 0);
    }
    postings.values().removeIf(Map::isEmpty);
    live = 0;
    for (int ref = 0; ref < end && ref < byRef.length; ref++) {
      HeadSeries series = byRef[ref];
      if (series != null && series.dropped && !series.kept) {
        byRef[ref] = null;
      } else if (series != null && !series.dropped) {
        live++;
      }
    }
  }

  /** All live series, in the order they came. */
  List<HeadSeries> all() {
    var all = new ArrayList<HeadSeries>(live);
    for (int ref = 0; ref < end && ref < byRef.length; ref++) {
      HeadSeries series = byRef[ref];
      if (series != null && !series.dropped) {
        all.add(series);
      }
    }
    return all;
  }

  /** The series that fulfil every condition. */
  List<HeadSeries> select(List<LabelTest> tests) {
    @Nullable Refs smallest = null;
    LabelTest decided = null;
    for (LabelTest test : tests) {
      Set<String> only = test.only();
      if (only.isEmpty()) {
        continue;
      }
      Refs refs = union(test.label(), only);
      if (smallest == null || refs.size < smallest.size) {
        smallest = refs;
        decided = test;
      }
    }
    var found = new ArrayList<HeadSeries>();
    if (smallest == null) {
      for (HeadSeries series : all()) {
        if (matches(series, tests, null)) {
          found.add(series);
        }
      }
      return found;
    }
    for (int i = 0; i < smallest.size; i++) {
      HeadSeries series = byRef[smallest.refs[i]];
      if (series != null && matches(series, tests, decided)) {
        found.add(series);
      }
    }
    return found;
  }

  private static boolean matches(
      HeadSeries series, List<LabelTest> tests, @Nullable LabelTest decided) {
    for (LabelTest test : tests) {
      if (test != decided && !test.matches(series.labels)) {
        return false;
      }
    }
    return true;
  }

  private Refs union(String label, Set<String> words) {
    Map<String, Refs> values = postings.get(label);
    if (values == null) {
      return NONE;
    }
    if (words.size() == 1) {
      return values.getOrDefault(words.iterator().next(), NONE);
    }
    var all = new Refs();
    for (String word : words) {
      Refs refs = values.getOrDefault(word, NONE);
      for (int i = 0; i < refs.size; i++) {
        all.add(refs.refs[i]);
      }
    }
    Arrays.sort(all.refs, 0, all.size);
    return all;
  }

  Collection<String> labelNames() {
    return new TreeSet<>(postings.keySet());
  }

  Collection<String> labelValues(String label) {
    return new TreeSet<>(postings.getOrDefault(label, Map.of()).keySet());
  }

  /** How many series carry each value of a label. */
  Map<String, Integer> counts(String label) {
    var counts = new HashMap<String, Integer>();
    postings.getOrDefault(label, Map.of()).forEach((value, refs) -> counts.put(value, refs.size));
    return counts;
  }

  /** How many values each label has. */
  Map<String, Integer> valueCounts() {
    var counts = new HashMap<String, Integer>();
    postings.forEach((label, values) -> counts.put(label, values.size()));
    return counts;
  }
}

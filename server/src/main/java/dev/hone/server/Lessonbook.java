package dev.hone.server;

import dev.hone.loop.Lessons;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopSummary;
import dev.hone.loop.Loops;
import dev.hone.loop.Ranking;
import dev.hone.loop.Recommendation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was learnt, by technique and context, with the loops it was learnt from. */
final class Lessonbook {
  private static final int MOST = 300;
  private static final int MOST_LOOPS = 20;

  private Lessonbook() {}

  /** As the API answers it, bounded. */
  static List<Object> of(Loops loops, Ranking ranking) {
    Lessons lessons = ranking.lessons();
    List<LoopSummary> tried =
        loops
            .summaries()
            .filter(LoopSummary::tried)
            .sorted(Comparator.comparing(LoopSummary::id).reversed())
            .toList();
    var book = new ArrayList<Object>();
    for (String technique : new TreeSet<>(lessons.techniques())) {
      for (String context : lessons.contexts(technique)) {
        if (book.size() < MOST) {
          List<LoopSummary> from =
              tried.stream()
                  .filter(s -> s.technique().equals(technique) && s.context().equals(context))
                  .toList();
          book.add(page(lessons, technique, context, from, loops));
        }
      }
    }
    return book;
  }

  private static Map<String, @Nullable Object> page(
      Lessons lessons, String technique, String context, List<LoopSummary> from, Loops loops) {
    double promised =
        from.stream()
            .findFirst()
            .flatMap(newest -> loops.find(newest.id()))
            .map(LoopRecord::recommendation)
            .map(Lessonbook::promised)
            .orElse(Double.NaN);
    Lessons.Lesson lesson = lessons.of(technique, context, Double.isNaN(promised) ? 0 : promised);
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("technique", technique);
    tree.put("context", context);
    tree.put("layer", from.isEmpty() ? "" : from.getFirst().layer());
    tree.put("weight", lesson.weight());
    tree.put("chance", lesson.chance());
    tree.put("chanceLow", lesson.chanceLow());
    tree.put("promisedGain", gain(promised));
    tree.put("gain", gain(lesson.effect()));
    tree.put("gainLow", gain(lesson.effect() - 1.645 * lesson.effectSd()));
    tree.put("gainHigh", gain(lesson.effect() + 1.645 * lesson.effectSd()));
    tree.put("tried", from.size());
    tree.put("loops", from.stream().limit(MOST_LOOPS).map(Lessonbook::line).toList());
    return tree;
  }

  private static Map<String, @Nullable Object> line(LoopSummary loop) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("id", loop.id());
    tree.put("state", loop.state().name());
    tree.put("target", loop.target());
    tree.put("effect", loop.effect());
    tree.put("updatedAt", loop.updatedAt().toString());
    return tree;
  }

  /** The gain that a technique promises, in log units. */
  private static double promised(Recommendation recommendation) {
    Recommendation.Expected expected = recommendation.expected();
    double middle = (Math.abs(expected.low()) + Math.abs(expected.high())) / 2;
    return -Math.log1p(-Math.min(middle, 0.999));
  }

  /** A gain in log units as the share that is saved. */
  private static double gain(double logUnits) {
    return -Math.expm1(-logUnits);
  }
}

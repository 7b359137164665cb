package dev.hone.server;

import dev.hone.loop.Calibration;
import dev.hone.loop.Policy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far Hone's own verdicts can be trusted, and what it learnt. */
final class LearningRoutes implements Routes {
  private final Hone hone;

  LearningRoutes(Hone hone) {
    this.hone = hone;
  }

  @Override
  public @Nullable Object get(Question question) {
    switch (question.path()) {
      case "/api/v1/calibration" -> {
        question.end();
        return calibration();
      }
      case "/api/v1/lessons" -> {
        question.end();
        return Map.of("lessons", Lessonbook.of(hone.loops(), hone.conductor().ranking()));
      }
      default -> {
        return null;
      }
    }
  }

  private Map<String, @Nullable Object> calibration() {
    Calibration calibration =
        Calibration.of(hone.loops().registry(), hone.loops().summaries().toList());
    Policy policy = hone.conductor().policy();
    var answer = new LinkedHashMap<String, @Nullable Object>();
    answer.put("falseKeepsBound", policy.alpha());
    answer.put("falseRollBacksBound", policy.alphaHarm());
    answer.put("falseDiscoveryRate", Calibration.FALSE_DISCOVERY_RATE);
    answer.put("kept", calibration.kept());
    answer.put("standTogether", calibration.discoveries().size());
    answer.put("discoveries", calibration.discoveries().stream().sorted().limit(500).toList());
    answer.put("rates", calibration.rates().stream().map(LearningRoutes::rate).toList());
    return answer;
  }

  private static Map<String, @Nullable Object> rate(Calibration.Rate rate) {
    var tally = rate.tally();
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("signal", tally.signal());
    tree.put("design", tally.design());
    tree.put("experiments", tally.experiments());
    tree.put("measuredTo", tally.measuredTo().toString());
    tree.put("falseKeeps", share(tally.kept(), tally.experiments()));
    tree.put("falseRollBacks", share(tally.rolledBack(), tally.experiments()));
    tree.put("coverage", share(tally.covered(), tally.experiments()));
    return tree;
  }

  /** A share with both ends of Wilson's 95 % interval. */
  private static Map<String, @Nullable Object> share(int count, int of) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("count", count);
    tree.put("share", of == 0 ? Double.NaN : (double) count / of);
    tree.put("low", of == 0 ? 0.0 : Math.max(0, 1 - Calibration.wilsonHigh(of - count, of)));
    tree.put("high", Calibration.wilsonHigh(count, of));
    return tree;
  }
}

package dev.hone.server;

import dev.hone.loop.Conductor;
import dev.hone.loop.Design;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import dev.hone.loop.Plan;
import dev.hone.loop.Ranking;
import dev.hone.loop.Recommendation;
import dev.hone.loop.RecordCodec;
import dev.hone.loop.Trust;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be decided or waits for its turn, the most promising first.
 *
 * @param loops the journal
 * @param conductor ranks, and knows what waits for what
 */
record Roadmap(Loops loops, Conductor conductor) {
  private static final int MOST = 200;
  private static final Set<LoopState> PENDING =
      EnumSet.of(LoopState.PROPOSED, LoopState.APPROVED, LoopState.SCHEDULED);

  /**
   * One recommendation.
   *
   * @param loop its loop
   * @param score its worth, and how that comes about
   * @param effort what it takes to try it
   * @param needs how many people must agree to it
   * @param waitsFor why it does not start although it is approved
   * @param standing how far its technique may go
   */
  record Item(
      LoopRecord loop,
      Ranking.Score score,
      String effort,
      int needs,
      Optional<String> waitsFor,
      Trust.Standing standing) {
    /** As the API answers it. */
    Map<String, @Nullable Object> tree(Map<String, @Nullable Object> brief) {
      Recommendation recommendation = loop.recommendation();
      var tree = new LinkedHashMap<String, @Nullable Object>();
      tree.put("loop", brief);
      tree.put("risk", recommendation.risk().name());
      tree.put("cost", recommendation.cost());
      Object forecast = brief.get("forecast");
      tree.put("forecast", forecast);
      explain(tree);
      return tree;
    }

    /** Adds what only a comparison with the other loops tells. */
    void explain(Map<String, @Nullable Object> tree) {
      tree.put("score", RecordCodec.toTree(score));
      tree.put("effort", effort);
      tree.put("needs", needs);
      tree.put("waitsFor", waitsFor.orElse(null));
      tree.put("standing", RecordCodec.toTree(standing));
    }
  }

  /** The pending ones, the most promising first, bounded. */
  List<Item> items() {
    Ranking ranking = conductor.ranking();
    List<LoopRecord> pending =
        loops.all().stream().filter(loop -> PENDING.contains(loop.state())).toList();
    return ranking.sorted(pending).stream().limit(MOST).map(loop -> item(loop, ranking)).toList();
  }

  /** One loop, pending or not. */
  Item item(LoopRecord loop) {
    return item(loop, conductor.ranking());
  }

  private Item item(LoopRecord loop, Ranking ranking) {
    Recommendation recommendation = loop.recommendation();
    boolean two = conductor.policy().limits().fourEyes().contains(recommendation.risk());
    boolean waits = loop.state() == LoopState.APPROVED || loop.state() == LoopState.SCHEDULED;
    return new Item(
        loop,
        ranking.score(loop),
        effort(loop),
        two ? 2 : 1,
        waits ? conductor.waitsFor(loop) : Optional.empty(),
        conductor.standing(
            recommendation.layer(), recommendation.technique(), recommendation.knob().target()));
  }

  private static String effort(LoopRecord loop) {
    if (!loop.recommendation().appliable()) {
      return "a person runs one command; nothing is measured";
    }
    String longest = words(longest(loop.plan()));
    return switch (loop.plan().design()) {
      case Design.RepeatedLoadTest test -> "none by hand; load tests of up to " + longest;
      case Design.Paired paired -> "none by hand; up to " + longest + " on and off in turns";
      case Design.OneWay oneWay ->
          "none by hand; watched for up to " + longest + " after the change";
    };
  }

  /** A length of time in hours and minutes, a minute at least. */
  private static String words(Duration length) {
    long minutes = Math.max(1, length.toMinutes());
    long rest = minutes % 60;
    return minutes < 60
        ? minutes + " min"
        : minutes / 60 + " h" + (rest == 0 ? "" : " " + rest + " min");
  }

  private static Duration longest(Plan plan) {
    Duration planned =
        switch (plan.design()) {
          case Design.Paired paired -> paired.block().multipliedBy(2L * paired.maxPairs());
          case Design.OneWay oneWay -> oneWay.longest();
        };
    return planned.compareTo(plan.deadline()) < 0 ? planned : plan.deadline();
  }
}

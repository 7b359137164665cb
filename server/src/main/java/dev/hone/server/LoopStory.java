package dev.hone.server;

import dev.hone.loop.Finding;
import dev.hone.loop.Forecast;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One loop in words, line by line. */
final class LoopStory {
  private LoopStory() {}

  /** Where it stands, what it changes, and how it is undone. */
  static List<String> shown(Roadmap.Item item) {
    LoopRecord loop = item.loop();
    Recommendation r = loop.recommendation();
    var lines = new ArrayList<String>();
    lines.add(r.title());
    lines.add(loop.finding().summary());
    lines.add("state:    " + loop.state());
    item.waitsFor().ifPresent(why -> lines.add("waits:    " + why));
    lines.add("change:   " + loop.plan().from() + " -> " + loop.plan().to());
    lines.add("undo:     " + r.explanation().undoCommand());
    lines.add("risk:     " + r.risk() + "; " + r.cost());
    lines.add("design:   " + loop.plan().design().title());
    Forecast forecast = loop.forecast();
    if (forecast != null) {
      lines.add("forecast: " + forecast.sentence());
    }
    lines.add("score:    " + item.score().sentence());
    lines.add("effort:   " + item.effort());
    if (!item.standing().why().isEmpty()) {
      lines.add("mode:     " + item.standing().mode() + ": " + item.standing().why());
    }
    LoopRecord.Approval first = loop.endorsement();
    if (first != null && loop.approval() == null) {
      lines.add("agreed:   " + first.by() + ", 1 of " + item.needs());
    }
    Verdict verdict = loop.verdict();
    if (verdict != null) {
      lines.add("verdict:  " + words(verdict));
    }
    var remeasured = loop.remeasured();
    if (remeasured != null) {
      lines.add("later:    " + words(remeasured.verdict()) + ", by loop " + remeasured.byLoop());
    }
    lines.add("plan:     " + loop.planHash());
    for (var step : loop.history()) {
      lines.add(
          String.format("%s  %-13s %s (%s)", step.at(), step.state(), step.text(), step.by()));
    }
    return lines;
  }

  private static String words(Verdict verdict) {
    return verdict.decision()
        + ", "
        + verdict.effectText()
        + ", evidence of grade "
        + verdict.grade()
        + " (A to D)";
  }

  /** Why Hone did it, from the first measurement to the last decision. */
  static List<String> why(LoopRecord loop) {
    Recommendation r = loop.recommendation();
    Finding finding = loop.finding();
    var lines = new ArrayList<String>();
    lines.add("What was wrong: " + finding.summary());
    for (Finding.Evidence evidence : finding.evidence()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  measured: %s is %.4g %s (%s)",
              evidence.name(),
              evidence.value(),
              evidence.unit(),
              evidence.query()));
    }
    r.explanation().facts().forEach(fact -> lines.add("  fact: " + fact));
    lines.add("What was proposed: " + r.title() + " (" + r.technique() + " of " + r.layer() + ")");
    lines.add(
        "  change: "
            + loop.plan().knob()
            + " from "
            + loop.plan().from()
            + " to "
            + loop.plan().to());
    lines.add("  rule: " + r.explanation().rule());
    for (Recommendation.Rejected other : r.explanation().rejected()) {
      lines.add("  not chosen: " + other.alternative() + ", because " + other.why());
    }
    lines.add("  if that is wrong: " + r.explanation().ifWrong());
    Forecast forecast = loop.forecast();
    if (forecast != null) {
      lines.add("What was expected of the experiment: " + forecast.sentence());
    }
    lines.add(agreed(loop));
    if (loop.pairs().size() + loop.windows().size() > 0) {
      lines.add(
          "How it was tried: "
              + loop.plan().design().title()
              + ", "
              + (loop.pairs().isEmpty()
                  ? loop.windows().size() + " windows"
                  : loop.pairs().size() + " pairs of blocks"));
    }
    Verdict verdict = loop.verdict();
    if (verdict != null) {
      lines.add("What it showed: " + words(verdict));
      verdict.reasons().forEach(reason -> lines.add("  because " + reason));
    }
    LoopRecord.Step last = loop.history().getLast();
    lines.add("How it stands: " + loop.state() + " since " + last.at() + ": " + last.text());
    var remeasured = loop.remeasured();
    if (remeasured != null) {
      lines.add("Measured again: " + words(remeasured.verdict()));
    }
    boolean inForce = loop.state() == LoopState.KEPT || loop.state().isActive();
    if (inForce) {
      lines.add(
          "How to undo it: `hone loops rollback "
              + loop.id()
              + "`, or by hand: "
              + r.explanation().undoCommand());
    }
    return lines;
  }

  private static String agreed(LoopRecord loop) {
    LoopRecord.Approval approval = loop.approval();
    LoopRecord.Approval first = loop.endorsement();
    if (approval == null) {
      return first == null
          ? "Who agreed: nobody"
          : "Who agreed: " + first.by() + " at " + first.at() + "; a second person is missing";
    }
    return "Who agreed: "
        + (first == null ? "" : first.by() + " at " + first.at() + ", then ")
        + approval.by()
        + " at "
        + approval.at()
        + ", to plan "
        + approval.planHash();
  }
}

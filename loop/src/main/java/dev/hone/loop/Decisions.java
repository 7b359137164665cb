package dev.hone.loop;

import java.time.Instant;

/**
 * What becomes of a recommendation before anything is tried: planned, approved by the policy or by
 * people, or refused.
 *
 * @param loops the journal
 * @param knobs opens what is to be changed
 * @param signals noise of late
 * @param policy what the owner allows
 * @param now the present
 */
record Decisions(Loops loops, Knobs knobs, Signals signals, Policy policy, Instant now) {

  /** Journals a proposal; approves and schedules it where the policy says so. */
  String propose(String loop, long seed, Finding finding, Recommendation recommendation)
      throws KnobException {
    Knob.Reversibility reversibility = Knob.Reversibility.IRREVERSIBLE;
    String group = recommendation.knob().id();
    if (recommendation.appliable()) {
      Knob knob = knobs.open(recommendation.knob());
      reversibility = knob.reversibility();
      group = knob.group();
    }
    Planner.Choice choice =
        new Planner(signals, now, Untouched.of(loops.all(), group, now))
            .choose(
                plan(loop, seed, group, recommendation, recommendation.design()),
                Ranking.promised(recommendation));
    Plan plan = plan(loop, seed, group, recommendation, choice.design());
    loops.append(loop, new LoopEvent.Proposed(finding, recommendation, plan, choice.forecast()));
    Mode mode = mode(recommendation);
    boolean approves =
        recommendation.appliable()
            && mode.approves(recommendation.risk(), reversibility)
            && !needsTwo(recommendation)
            && isBounded(policy, recommendation);
    if (approves) {
      loops.append(loop, new LoopEvent.Approved(plan.hash(), Turns.byPolicy(mode)));
      loops.append(loop, new LoopEvent.Scheduled());
    }
    return loop;
  }

  /**
   * The plan of a recommendation. When a kept change is measured again, the old value is on trial:
   * both sides of the interval are of interest then, and the experiment ends when it is refuted
   * that the old value is worse by the least worthwhile gain, see {@link BettingJudge}. What must
   * not lose more than a margin has that as its least gain, negative.
   */
  private Plan plan(
      String loop, long seed, String group, Recommendation recommendation, Design design) {
    boolean check = recommendation.technique().equals(Watch.TECHNIQUE);
    double alpha = check ? BettingJudge.INTERVAL_ERROR / 2 : policy.alpha();
    double alphaHarm = check ? BettingJudge.INTERVAL_ERROR / 2 : policy.alphaHarm();
    double leastGain =
        design instanceof Design.NonInferiority nonInferiority
            ? -nonInferiority.margin()
            : check ? -policy.leastGain() : policy.leastGain();
    return new Plan(
        loop,
        recommendation.knob(),
        group,
        recommendation.from(),
        recommendation.to(),
        design,
        recommendation.primary(),
        leastGain,
        alpha,
        alphaHarm,
        recommendation.guardrails(),
        seed,
        policy.deadline());
  }

  private Mode mode(Recommendation recommendation) {
    return Trust.of(policy, loops.registry())
        .standing(
            recommendation.layer(),
            recommendation.technique(),
            recommendation.knob().target(),
            loops.summaries().toList())
        .mode();
  }

  private boolean needsTwo(Recommendation recommendation) {
    return policy.limits().fourEyes().contains(recommendation.risk());
  }

  /** Whether a number stays within the step that needs no person. */
  static boolean isBounded(Policy policy, Recommendation recommendation) {
    try {
      double from = Double.parseDouble(recommendation.from());
      double to = Double.parseDouble(recommendation.to());
      double step = policy.limits().step();
      return from == to || (from > 0 && to > 0 && to <= from * step && to >= from / step);
    } catch (NumberFormatException notNumbers) {
      return true;
    }
  }

  /** A person agrees to exactly this plan. */
  void approve(LoopRecord record, String planHash, String by) throws Conductor.RefusedException {
    if (!record.planHash().equals(planHash)) {
      throw new Conductor.RefusedException(
          "the plan of loop "
              + record.id()
              + " is "
              + abbreviate(record.planHash())
              + ", not "
              + abbreviate(planHash)
              + "; read it again and approve what it says now");
    }
    Recommendation recommendation = record.recommendation();
    if (!recommendation.appliable()) {
      throw new Conductor.RefusedException(
          "loop " + record.id() + " cannot be applied by Hone: " + recommendation.hindrance());
    }
    String layer = recommendation.layer();
    Mode mode = policy.mode(layer, recommendation.technique(), recommendation.knob().target());
    if (mode.compareTo(Mode.APPROVE) < 0) {
      throw new Conductor.RefusedException(
          "layer `"
              + layer
              + "` is in mode "
              + mode
              + ", which changes nothing; raise it with `modes."
              + layer
              + ": APPROVE`");
    }
    LoopRecord.Approval first = record.endorsement();
    try {
      if (needsTwo(recommendation) && first == null) {
        record.state().requireNext(LoopState.APPROVED, record.id());
        loops.append(record.id(), new LoopEvent.Endorsed(planHash, by));
        return;
      }
      if (needsTwo(recommendation) && first != null && first.by().equals(by)) {
        throw new Conductor.RefusedException(
            "`"
                + by
                + "` has agreed already; risk "
                + recommendation.risk()
                + " needs a second person");
      }
      record.state().requireNext(LoopState.APPROVED, record.id());
      loops.append(record.id(), new LoopEvent.Approved(planHash, by));
    } catch (IllegalStateException e) {
      throw new Conductor.RefusedException(String.valueOf(e.getMessage()));
    }
    loops.append(record.id(), new LoopEvent.Scheduled());
  }

  private static String abbreviate(String hash) {
    return hash.length() > 12 ? hash.substring(0, 12) + "…" : hash;
  }
}

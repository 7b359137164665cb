package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Watches an error budget. While it burns too fast nothing starts, and when it begins to, what is
 * on trial is undone. No data is no burn: guardrails take care of missing data. Where the store
 * reaches back less far than a long window, what there is counts, if the short one is covered.
 */
public final class BurnWatch {
  /** A window is read anew when this part of its length has passed. */
  private static final int READINGS = 60;

  private final ErrorBudget budget;
  private final Signals signals;
  private final Loops loops;
  private final Conductor conductor;
  private final Map<Duration, Known> known = new HashMap<>();
  private volatile List<Burn> burns = List.of();

  /** What a window showed, and whether there were data at its beginning. */
  private record Known(Instant at, double failed, boolean covered) {}

  /**
   * How a rule stands.
   *
   * @param shortRate burn rate over its short window, NaN without data
   * @param longRate burn rate over its long window, NaN while the short one makes it needless
   * @param tooFast whether both are above the rule's rate
   */
  public record Burn(ErrorBudget.Rule rule, double shortRate, double longRate, boolean tooFast) {}

  public BurnWatch(ErrorBudget budget, Signals signals, Loops loops, Conductor conductor) {
    this.budget = budget;
    this.signals = signals;
    this.loops = loops;
    this.conductor = conductor;
  }

  /** What is watched. */
  public ErrorBudget budget() {
    return budget;
  }

  /** How each rule stood at the last look. */
  public List<Burn> burns() {
    return burns;
  }

  /** One round; call it every few seconds. */
  public void look(Instant now) {
    var found = new ArrayList<Burn>();
    for (ErrorBudget.Rule rule : ErrorBudget.RULES) {
      found.add(burn(rule, now));
    }
    burns = List.copyOf(found);
    Optional<Burn> worst = found.stream().filter(Burn::tooFast).findFirst();
    boolean before = loops.registry().burn() != null;
    if (worst.isPresent() && !before) {
      conductor.burning(sentence(worst.get(), now));
    } else if (worst.isEmpty() && before) {
      conductor.noLongerBurning(recovery(now));
    }
  }

  private Burn burn(ErrorBudget.Rule rule, Instant now) {
    Known last = read(rule.shortWindow(), now);
    double shortRate = budget.burnRate(last.failed);
    if (!(shortRate > rule.rate() && last.covered)) {
      return new Burn(rule, shortRate, Double.NaN, false);
    }
    double longRate = budget.burnRate(read(rule.longWindow(), now).failed);
    return new Burn(rule, shortRate, longRate, longRate > rule.rate());
  }

  private Known read(Duration window, Instant now) {
    Known old = known.get(window);
    boolean stale =
        old == null
            || Double.isNaN(old.failed)
            || now.isBefore(old.at)
            || !now.isBefore(old.at.plus(window.dividedBy(READINGS)));
    if (old != null && !stale) {
      return old;
    }
    Instant from = now.minus(window);
    double failed = signals.read(budget.failed(), from, now).value();
    boolean covered =
        failed > 0 && signals.read(budget.failed(), from, from.plus(window.dividedBy(4))).present();
    var fresh = new Known(now, failed, covered);
    known.put(window, fresh);
    return fresh;
  }

  private String sentence(Burn burn, Instant now) {
    ErrorBudget.Rule rule = burn.rule();
    return String.format(
        Locale.ROOT,
        "the error budget burns too fast: %.3g %% of requests failed in %s and %.3g %% in %s,"
            + " %.3g and %.3g times what a target of %s allows; no more than %s times is in order",
        100 * read(rule.shortWindow(), now).failed,
        text(rule.shortWindow()),
        100 * read(rule.longWindow(), now).failed,
        text(rule.longWindow()),
        burn.shortRate(),
        burn.longRate(),
        budget.targetText(),
        rule.rate() == Math.rint(rule.rate())
            ? String.valueOf((long) rule.rate())
            : String.valueOf(rule.rate()));
  }

  private String recovery(Instant now) {
    Duration window = ErrorBudget.RULES.getFirst().shortWindow();
    double failed = read(window, now).failed;
    return Double.isNaN(failed)
        ? "there are no data of failed requests in " + text(window) + " any more"
        : String.format(
            Locale.ROOT, "%.3g %% of requests failed in %s", 100 * failed, text(window));
  }

  private static String text(Duration window) {
    long minutes = window.toMinutes();
    return minutes < 60
        ? minutes + " min"
        : minutes < 48 * 60 ? minutes / 60 + " h" : minutes / (24 * 60) + " days";
  }
}

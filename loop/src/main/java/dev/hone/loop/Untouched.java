package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The time in which signals did what they do by themselves, on the level of now: no change of a
 * group was on trial, and none of it came into force or went since. A pair of blocks that reaches
 * into a trial shows the trial's effect, and noise from before a kept change is another system's.
 *
 * @param since when the last change of the group came into force to stay, or was taken back later
 * @param trials when changes of the group were on trial, the time that undoing takes to show
 *     included
 */
record Untouched(Instant since, List<Span> trials) {
  /** Nothing was ever changed. */
  static final Untouched ALWAYS = new Untouched(Instant.MIN, List.of());

  Untouched {
    trials = List.copyOf(trials);
  }

  /** A stretch of time. */
  record Span(Instant from, Instant to) {
    boolean overlaps(Instant otherFrom, Instant otherTo) {
      return from.isBefore(otherTo) && otherFrom.isBefore(to);
    }
  }

  /** What the journal tells of a group until {@code now}. */
  static Untouched of(Collection<LoopRecord> loops, String group, Instant now) {
    var trials = new ArrayList<Span>();
    Instant since = Instant.MIN;
    for (LoopRecord loop : loops) {
      if (loop.plan().group().equals(group)) {
        Instant changed = read(loop, now, trials);
        since = changed.isAfter(since) ? changed : since;
      }
    }
    return new Untouched(since, trials);
  }

  /** Adds a loop's trials; tells when it changed the level for good, long ago for never. */
  private static Instant read(LoopRecord loop, Instant now, List<Span> trials) {
    Duration aftermath = aftermath(loop);
    Optional<Instant> begun = Optional.empty();
    Instant since = Instant.MIN;
    for (LoopRecord.Step step : loop.history()) {
      Instant over = step.at().plus(aftermath);
      switch (step.state()) {
        case APPLYING -> begun = Optional.of(step.at());
        case KEPT, ROLLED_BACK -> {
          if (begun.isPresent()) {
            trials.add(new Span(begun.get(), over));
            since = step.state() == LoopState.KEPT ? over : since;
          }
          begun = Optional.empty();
        }
        case REVOKED -> since = over;
        default -> {}
      }
    }
    begun.ifPresent(from -> trials.add(new Span(from, now)));
    return since;
  }

  /** How long after the last write the signals may still be on the way. */
  private static Duration aftermath(LoopRecord loop) {
    LoopEvent.SettlingMeasured measured = loop.settling();
    return switch (loop.plan().design()) {
      case Design.Paired design -> measured == null ? design.burnIn() : measured.burnIn();
      case Design.OneWay design -> design.window();
    };
  }

  /** The end of the newest untouched stretch of this length that ends by {@code end}. */
  Optional<Instant> newest(Instant end, Duration length) {
    Instant to = end;
    Optional<Span> hit = hit(to, length);
    while (hit.isPresent()) {
      to = hit.get().from();
      hit = hit(to, length);
    }
    return to.minus(length).isBefore(since) ? Optional.empty() : Optional.of(to);
  }

  /** Signals that tell nothing of time that is not untouched. */
  Signals only(Signals signals) {
    return (signal, from, to) ->
        from.isBefore(since) || trials.stream().anyMatch(trial -> trial.overlaps(from, to))
            ? Signals.Reading.NONE
            : signals.read(signal, from, to);
  }

  private Optional<Span> hit(Instant to, Duration length) {
    return trials.stream().filter(t -> t.overlaps(to.minus(length), to)).findFirst();
  }
}

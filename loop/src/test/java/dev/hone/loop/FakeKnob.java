package dev.hone.loop;

import dev.hone.loop.search.NumericRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A knob in memory that keeps compare-and-set, remembers its past and can be made to fail. */
final class FakeKnob implements Knob {
  private final KnobRef ref;
  private final FakeTicker clock;
  private final FakeFactory factory;
  private final List<Change> changes = new ArrayList<>();
  private String value = "a";
  private @Nullable String persisted;
  Reversibility reversibility = Reversibility.TOGGLE;
  String group = "";
  Optional<KnobException.Reason> failure = Optional.empty();
  Optional<RuntimeException> bug = Optional.empty();

  /** What a write leaves behind instead of the value; empty for the value itself. */
  Optional<String> mangled = Optional.empty();

  /** How long writing takes; no interrupt shortens it. */
  Duration slowness = Duration.ZERO;

  Runnable beforeWrite = () -> {};
  Runnable duringPersist = () -> {};

  /** A value that came into force. */
  record Change(Instant at, String value, boolean byHone) {}

  FakeKnob(String name, FakeTicker clock, FakeFactory factory) {
    this.factory = factory;
    this.ref = Examples.knob(name);
    this.clock = clock;
    this.group = name;
  }

  @Override
  public KnobRef ref() {
    return ref;
  }

  @Override
  public Capability probe() {
    return failure.isPresent() ? Capability.none("it is " + failure.get()) : Capability.FULL;
  }

  @Override
  public synchronized String read() throws KnobException {
    fail();
    return value;
  }

  @Override
  public void write(String expected, String wanted) throws KnobException {
    if (slowness.isPositive()) {
      beSlow(clock.instant().plus(slowness));
    }
    set(expected, wanted);
  }

  private void beSlow(Instant end) {
    boolean interrupted = false;
    while (clock.instant().isBefore(end)) {
      try {
        clock.waitUntil(end);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void set(String expected, String wanted) throws KnobException {
    fail();
    if (value.equals(wanted)) {
      return;
    }
    if (!value.equals(expected)) {
      throw new KnobException(
          KnobException.Reason.DRIFT, "it is `" + value + "`, not `" + expected + "`");
    }
    beforeWrite.run();
    set(mangled.filter(m -> !wanted.equals("a")).orElse(wanted), true);
  }

  @Override
  public void persist(String kept) throws KnobException {
    fail();
    duringPersist.run();
    persisted = kept;
  }

  /** Fails when it was told to. */
  void fail() throws KnobException {
    if (factory.dead) {
      throw new World.Death();
    }
    if (bug.isPresent()) {
      throw bug.get();
    }
    if (failure.isPresent()) {
      throw new KnobException(failure.get(), "the fake is " + failure.get());
    }
  }

  /** A person, or another tool, changes it. */
  synchronized void setByPerson(String other) {
    set(other, false);
  }

  private void set(String changed, boolean byHone) {
    value = changed;
    changes.add(new Change(clock.instant(), changed, byHone));
  }

  synchronized String value() {
    return value;
  }

  @Nullable String persisted() {
    return persisted;
  }

  synchronized List<Change> changes() {
    return List.copyOf(changes);
  }

  /** The value in force at a time. */
  synchronized String valueAt(Instant time) {
    String current = "a";
    for (Change change : changes) {
      if (!change.at().isAfter(time)) {
        current = change.value();
      }
    }
    return current;
  }

  /** The share of a span in which {@code sought} was in force. */
  synchronized double share(String sought, Instant from, Instant to) {
    double total = Duration.between(from, to).toNanos();
    double share = 0;
    Instant since = from;
    String current = "a";
    for (Change change : changes) {
      if (!change.at().isAfter(since)) {
        current = change.value();
      } else if (change.at().isBefore(to)) {
        share += current.equals(sought) ? Duration.between(since, change.at()).toNanos() : 0;
        since = change.at();
        current = change.value();
      }
    }
    share += current.equals(sought) ? Duration.between(since, to).toNanos() : 0;
    return total == 0 ? 0 : share / total;
  }

  Optional<NumericRange> range = Optional.empty();

  @Override
  public Optional<NumericRange> range() {
    return range;
  }

  /** Whether both values can be in force at a time, as {@code b|a} and {@code a|b}. */
  boolean divisible;

  @Override
  public Optional<String> divided(String from, String to, Half half) {
    return divisible
        ? Optional.of(half == Half.FIRST ? to + "|" + from : from + "|" + to)
        : Optional.empty();
  }

  @Override
  public Duration settlingTime() {
    return Duration.ofSeconds(1);
  }

  @Override
  public Reversibility reversibility() {
    return reversibility;
  }

  @Override
  public Risk risk() {
    return Risk.R1;
  }

  @Override
  public String group() {
    return group;
  }
}

package dev.hone.bench;

import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.search.NumericRange;
import java.time.Duration;
import java.util.Optional;

/** A knob that leaves everything to another one. */
class ForwardingKnob implements Knob {
  private final Knob knob;

  ForwardingKnob(Knob knob) {
    this.knob = knob;
  }

  @Override
  public KnobRef ref() {
    return knob.ref();
  }

  @Override
  public Capability probe() {
    return knob.probe();
  }

  @Override
  public String read() throws KnobException, InterruptedException {
    return knob.read();
  }

  @Override
  public void write(String expected, String value) throws KnobException, InterruptedException {
    knob.write(expected, value);
  }

  @Override
  public void undo(String prior, String written) throws KnobException, InterruptedException {
    knob.undo(prior, written);
  }

  @Override
  public void persist(String value) throws KnobException, InterruptedException {
    knob.persist(value);
  }

  @Override
  public Optional<NumericRange> range() {
    return knob.range();
  }

  @Override
  public Optional<String> divided(String from, String to, Half half) {
    return knob.divided(from, to, half);
  }

  @Override
  public Duration settlingTime() {
    return knob.settlingTime();
  }

  @Override
  public Reversibility reversibility() {
    return knob.reversibility();
  }

  @Override
  public Risk risk() {
    return knob.risk();
  }

  @Override
  public String group() {
    return knob.group();
  }
}

package dev.hone.loop;

import java.util.LinkedHashMap;
import java.util.Map;

/** Fake knobs by name; opening one that fails fails in the same way. */
final class FakeFactory implements KnobFactory {
  private final Map<String, FakeKnob> knobs = new LinkedHashMap<>();
  private final FakeTicker clock;
  volatile boolean dead;

  FakeFactory(FakeTicker clock) {
    this.clock = clock;
  }

  /** The knob of this name, made when there is none. */
  synchronized FakeKnob knob(String name) {
    return knobs.computeIfAbsent(name, n -> new FakeKnob(n, clock, this));
  }

  @Override
  public String kind() {
    return "fake";
  }

  @Override
  public Map<String, String> settings(KnobRef ref) {
    return Map.of("port", "1");
  }

  @Override
  public Knob open(KnobRef ref, Map<String, String> settings) throws KnobException {
    FakeKnob knob = knob(ref.parameter("name"));
    knob.fail();
    return knob;
  }
}

package dev.hone.bench;

import dev.hone.layer.database.IndexKnobs;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.KnobRef;
import java.time.Duration;
import java.util.Map;

/** Knobs of indexes that settle at once, and whose values are remembered for the signals. */
final class TracedKnobs implements KnobFactory, AutoCloseable {
  private static final Duration SETTLING = Duration.ofMillis(10);
  private static final String ABSENT = "absent";

  private final IndexKnobs real;
  private final Switchings switchings = new Switchings();

  TracedKnobs(IndexKnobs real) {
    this.real = real;
  }

  /** When which indexes, by their names, were made and dropped. */
  Switchings switchings() {
    return switchings;
  }

  private void changed(KnobRef ref, String value) {
    switchings.add(ref.parameter("index"), !value.equals(ABSENT));
  }

  @Override
  public String kind() {
    return real.kind();
  }

  @Override
  public Map<String, String> settings(KnobRef ref) throws KnobException {
    return real.settings(ref);
  }

  @Override
  public Knob open(KnobRef ref, Map<String, String> settings) throws KnobException {
    return new Traced(real.open(ref, settings));
  }

  @Override
  public void close() {
    real.close();
  }

  /** One index. */
  private final class Traced extends ForwardingKnob {
    Traced(Knob knob) {
      super(knob);
    }

    @Override
    public void write(String expected, String value) throws KnobException, InterruptedException {
      super.write(expected, value);
      changed(ref(), value);
    }

    @Override
    public void undo(String prior, String written) throws KnobException, InterruptedException {
      super.undo(prior, written);
      changed(ref(), prior);
    }

    @Override
    public Duration settlingTime() {
      return SETTLING;
    }
  }
}

package dev.hone.bench;

import dev.hone.layer.host.ProcessSchedulingKnobs;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.KnobRef;
import java.util.Map;

/**
 * The scheduling of processes, each a group of its own so that many are on trial at a time. Every
 * use passes a fuse, and what is in force when is remembered for the signals.
 */
final class FusedKnobs implements KnobFactory {
  private final ProcessSchedulingKnobs real = new ProcessSchedulingKnobs();
  private final Fuse fuse;
  private final Switchings switchings = new Switchings();

  private volatile boolean reachable = true;
  private volatile Runnable afterWrite = () -> {};

  FusedKnobs(Fuse fuse) {
    this.fuse = fuse;
  }

  /** Those that no fuse disturbs. */
  static FusedKnobs unfused() {
    return new FusedKnobs(new Fuse(Fuse.Setting.NEVER, () -> {}));
  }

  /** Whether the targets answer. */
  void reachable(boolean now) {
    reachable = now;
  }

  /** What somebody else does between the next write and its read-back. */
  void afterWrite(Runnable deed) {
    afterWrite = deed;
  }

  /** When the changes of which processes, by their ids, were put on and taken off. */
  Switchings switchings() {
    return switchings;
  }

  private void changed(KnobRef ref, String value) {
    switchings.add(ref.parameter("pid"), value.equals(Sleeper.ON));
  }

  @Override
  public String kind() {
    return real.kind();
  }

  @Override
  public Map<String, String> settings(KnobRef ref) {
    return real.settings(ref);
  }

  @Override
  public Knob open(KnobRef ref, Map<String, String> settings) throws KnobException {
    return new Fused(real.open(ref, settings));
  }

  /** A use of a knob. */
  private interface Use<T> {
    T make() throws KnobException, InterruptedException;
  }

  private <T> T fused(Use<T> use) throws KnobException, InterruptedException {
    if (!reachable) {
      throw new KnobException(
          KnobException.Reason.UNREACHABLE, "the process does not answer; try again later");
    }
    fuse.pass(Fuse.Step.BEFORE_KNOB);
    T result = use.make();
    fuse.pass(Fuse.Step.AFTER_KNOB);
    return result;
  }

  /** One process. */
  private final class Fused extends ForwardingKnob {
    Fused(Knob knob) {
      super(knob);
    }

    @Override
    public String read() throws KnobException, InterruptedException {
      return fused(super::read);
    }

    @Override
    public void write(String expected, String value) throws KnobException, InterruptedException {
      fused(
          () -> {
            super.write(expected, value);
            return value;
          });
      changed(ref(), value);
      afterWrite.run();
    }

    @Override
    public void undo(String prior, String written) throws KnobException, InterruptedException {
      fused(
          () -> {
            super.undo(prior, written);
            return prior;
          });
      changed(ref(), prior);
    }

    @Override
    public void persist(String value) throws KnobException, InterruptedException {
      fused(
          () -> {
            super.persist(value);
            return value;
          });
    }

    @Override
    public String group() {
      return "crash " + ref().parameter("pid");
    }
  }
}

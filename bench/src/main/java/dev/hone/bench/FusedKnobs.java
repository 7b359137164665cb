package dev.hone.bench;

import dev.hone.layer.host.ProcessSchedulingKnobs;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.KnobRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The scheduling of processes, each a group of its own so that many are on trial at a time. Every
 * use passes a fuse, and what is in force when is remembered for the signals.
 */
final class FusedKnobs implements KnobFactory {
  private final ProcessSchedulingKnobs real = new ProcessSchedulingKnobs();
  private final Fuse fuse;
  private final Map<String, TreeMap<Instant, Boolean>> changes = new ConcurrentHashMap<>();

  private volatile boolean reachable = true;
  private volatile Runnable afterWrite = () -> {};

  FusedKnobs(Fuse fuse) {
    this.fuse = fuse;
  }

  /** Whether the targets answer. */
  void reachable(boolean now) {
    reachable = now;
  }

  /** What somebody else does between the next write and its read-back. */
  void afterWrite(Runnable deed) {
    afterWrite = deed;
  }

  /** Whether the change of a process was on at a time. */
  boolean on(String pid, Instant time) {
    TreeMap<Instant, Boolean> known = changes.getOrDefault(pid, new TreeMap<>());
    synchronized (known) {
      Map.Entry<Instant, Boolean> last = known.floorEntry(time);
      return last != null && last.getValue();
    }
  }

  private void changed(KnobRef ref, String value) {
    TreeMap<Instant, Boolean> known =
        changes.computeIfAbsent(ref.parameter("pid"), pid -> new TreeMap<>());
    synchronized (known) {
      known.put(InstantSource.system().instant(), value.equals(Sleeper.ON));
    }
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
  private final class Fused implements Knob {
    private final Knob knob;

    Fused(Knob knob) {
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
      return fused(knob::read);
    }

    @Override
    public void write(String expected, String value) throws KnobException, InterruptedException {
      fused(
          () -> {
            knob.write(expected, value);
            return value;
          });
      changed(ref(), value);
      afterWrite.run();
    }

    @Override
    public void undo(String prior, String written) throws KnobException, InterruptedException {
      fused(
          () -> {
            knob.undo(prior, written);
            return prior;
          });
      changed(ref(), prior);
    }

    @Override
    public void persist(String value) throws KnobException, InterruptedException {
      fused(
          () -> {
            knob.persist(value);
            return value;
          });
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
      return "crash " + ref().parameter("pid");
    }
  }
}

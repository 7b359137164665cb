package dev.hone.bench;

import dev.hone.layer.database.IndexKnobs;
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

/** Knobs of indexes that settle at once, and whose values are remembered for the signals. */
final class TracedKnobs implements KnobFactory, AutoCloseable {
  private static final Duration SETTLING = Duration.ofMillis(10);
  private static final String ABSENT = "absent";

  private final IndexKnobs real;
  private final Map<String, TreeMap<Instant, Boolean>> changes = new ConcurrentHashMap<>();

  TracedKnobs(IndexKnobs real) {
    this.real = real;
  }

  /** Whether an index was there at a time. */
  boolean on(String index, Instant time) {
    TreeMap<Instant, Boolean> known = changes.getOrDefault(index, new TreeMap<>());
    synchronized (known) {
      Map.Entry<Instant, Boolean> last = known.floorEntry(time);
      return last != null && last.getValue();
    }
  }

  private void changed(KnobRef ref, String value) {
    TreeMap<Instant, Boolean> known =
        changes.computeIfAbsent(ref.parameter("index"), index -> new TreeMap<>());
    synchronized (known) {
      known.put(InstantSource.system().instant(), !value.equals(ABSENT));
    }
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
  private final class Traced implements Knob {
    private final Knob knob;

    Traced(Knob knob) {
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
      changed(ref(), value);
    }

    @Override
    public void undo(String prior, String written) throws KnobException, InterruptedException {
      knob.undo(prior, written);
      changed(ref(), prior);
    }

    @Override
    public void persist(String value) throws KnobException, InterruptedException {
      knob.persist(value);
    }

    @Override
    public Duration settlingTime() {
      return SETTLING;
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
}

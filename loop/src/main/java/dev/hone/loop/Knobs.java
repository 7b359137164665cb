package dev.hone.loop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Opens knobs of every kind. */
public final class Knobs {
  private final Map<String, KnobFactory> factories = new LinkedHashMap<>();

  public Knobs(List<KnobFactory> factories) {
    factories.forEach(f -> this.factories.put(f.kind(), f));
  }

  /** Opens the knob at an address. */
  public Knob open(KnobRef ref) throws KnobException {
    return factory(ref).open(ref, factory(ref).settings(ref));
  }

  /** What another process needs to open it. */
  public Map<String, String> settings(KnobRef ref) throws KnobException {
    return factory(ref).settings(ref);
  }

  private KnobFactory factory(KnobRef ref) throws KnobException {
    KnobFactory factory = factories.get(ref.kind());
    if (factory == null) {
      throw new KnobException(
          KnobException.Reason.UNREACHABLE,
          "no layer of this Hone has knobs of kind `" + ref.kind() + "`");
    }
    return factory;
  }
}

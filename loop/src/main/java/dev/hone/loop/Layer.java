package dev.hone.loop;

import java.util.List;

/**
 * One layer of the system, as its four small parts.
 *
 * @param name {@code host}, {@code database}, {@code jvm} …
 */
public record Layer(
    String name,
    List<Probe> probes,
    List<Diagnosis> diagnoses,
    List<Technique> techniques,
    List<KnobFactory> knobs) {
  public Layer {
    probes = List.copyOf(probes);
    diagnoses = List.copyOf(diagnoses);
    techniques = List.copyOf(techniques);
    knobs = List.copyOf(knobs);
  }
}

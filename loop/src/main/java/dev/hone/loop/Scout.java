package dev.hone.loop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Goes round the layers, asks the diagnoses what is wrong and the techniques what would help, and
 * proposes it. A fault that is already being dealt with is not proposed again.
 */
public final class Scout {
  private final List<Layer> layers;
  private final Conductor conductor;
  private final Optional<Objective> objective;
  private final Consumer<String> notice;
  private volatile List<Finding> findings = List.of();

  /**
   * A scout.
   *
   * @param notice takes one sentence for each diagnosis or technique that failed
   */
  public Scout(
      List<Layer> layers,
      Conductor conductor,
      Optional<Objective> objective,
      Consumer<String> notice) {
    this.layers = List.copyOf(layers);
    this.conductor = conductor;
    this.objective = objective;
    this.notice = notice;
  }

  /** What was wrong at the last round. */
  public List<Finding> findings() {
    return findings;
  }

  /** One round over all layers. */
  public void look(Instant now) throws InterruptedException {
    var seen = new LinkedHashMap<String, Finding>();
    for (Layer layer : layers) {
      for (Diagnosis diagnosis : layer.diagnoses()) {
        for (Finding finding : examine(diagnosis, now)) {
          seen.putIfAbsent(finding.key(), finding);
        }
      }
    }
    findings = List.copyOf(seen.values());
    conductor.see(findings);
    for (Layer layer : layers) {
      if (conductor.policy().mayRecommend(layer.name())) {
        recommend(layer, seen, now);
      }
    }
  }

  private List<Finding> examine(Diagnosis diagnosis, Instant now) throws InterruptedException {
    try {
      return diagnosis.examine(now);
    } catch (RuntimeException e) {
      notice.accept("diagnosis " + diagnosis.name() + " failed: " + e.getMessage());
      return List.of();
    }
  }

  private void recommend(Layer layer, Map<String, Finding> seen, Instant now)
      throws InterruptedException {
    for (Technique technique : layer.techniques()) {
      prepare(technique);
      for (Finding finding : seen.values()) {
        boolean answers =
            finding.layer().equals(layer.name()) && finding.kind().equals(technique.answers());
        if (answers && !conductor.dealsWith(finding)) {
          propose(technique, finding, now);
        }
      }
    }
  }

  private void prepare(Technique technique) {
    try {
      technique.prepare();
    } catch (RuntimeException e) {
      notice.accept("technique " + technique.name() + " failed: " + e.getMessage());
    }
  }

  private void propose(Technique technique, Finding finding, Instant now)
      throws InterruptedException {
    try {
      var options = new ArrayList<>(technique.recommend(finding, objective, now));
      options.removeIf(
          r ->
              !conductor.accepts(r.knob(), r.to())
                  || !conductor.mayPropose(r.layer(), r.technique(), r.knob()));
      if (!options.isEmpty()) {
        conductor.propose(finding, options.getFirst());
      }
    } catch (KnobException | RuntimeException e) {
      notice.accept("technique " + technique.name() + " failed: " + e.getMessage());
    }
  }
}

package dev.hone.layer.jvm;

import static dev.hone.loop.KnobException.Reason.GONE;
import static dev.hone.loop.KnobException.Reason.UNREACHABLE;

import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Opens {@link PoolSize} knobs. An address holds pid, start, boot id and pool; the settings hold
 * the JMX service URL of the management agent, by which another process connects without attaching
 * again. One connection a pool is kept open, until its process ends.
 */
final class PoolSizeKnobs implements KnobFactory {
  static final String KIND = "hikari-pool";

  private static final String URL = "url";
  private static final Duration ATTACH = Duration.ofSeconds(10);

  private final Function<ProcessId, Optional<String>> knownUrls;
  private final Map<KnobRef, PoolSize> open = new HashMap<>();

  /** A factory that attaches to processes whose URL {@code knownUrls} does not tell. */
  PoolSizeKnobs(Function<ProcessId, Optional<String>> knownUrls) {
    this.knownUrls = knownUrls;
  }

  /** The address of a pool's size. */
  static KnobRef ref(Target target, ProcessId process, String pool) {
    var parameters = new HashMap<>(process.details());
    parameters.put("pool", pool);
    return new KnobRef(KIND, target, parameters);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Map<String, String> settings(KnobRef ref) throws KnobException {
    var process = ProcessId.of(ref.parameters());
    if (process.ended()) {
      throw new KnobException(GONE, "The process of " + ref.target() + " has ended");
    }
    Optional<String> known = knownUrls.apply(process);
    return Map.of(URL, known.isPresent() ? known.get() : attach(ref, process));
  }

  private static String attach(KnobRef ref, ProcessId process) throws KnobException {
    if (!process.isLocal()) {
      throw new KnobException(
          UNREACHABLE,
          "The JMX service URL of " + ref.target() + " is not configured; give it to Hone again");
    }
    try {
      return LocalJvms.agentUrl(process.pid(), ATTACH);
    } catch (IOException e) {
      throw new KnobException(
          UNREACHABLE, "Attaching to the JVM of " + ref.target() + " failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KnobException(
          UNREACHABLE, "Attaching to the JVM of " + ref.target() + " was interrupted", e);
    }
  }

  @Override
  public synchronized Knob open(KnobRef ref, Map<String, String> settings) throws KnobException {
    open.values()
        .removeIf(
            knob -> {
              boolean gone = knob.gone();
              if (gone) {
                knob.close();
              }
              return gone;
            });
    PoolSize known = open.get(ref);
    if (known != null) {
      return known;
    }
    String url = settings.get(URL);
    if (url == null) {
      throw new KnobException(
          UNREACHABLE,
          "The settings of " + ref + " have no JMX service URL; observe its JVM first");
    }
    PoolSize knob = PoolSize.open(ref, url);
    open.put(ref, knob);
    return knob;
  }
}

package dev.hone.layer.jvm;

import dev.hone.loop.Ids;
import dev.hone.loop.KnobFactory;
import dev.hone.loop.Layer;
import dev.hone.metrics.MetricStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The JVM layer, ready to be used: observes at most {@value JvmRegistry#MAX_JVMS} JVMs. Closing its
 * probe closes all connections.
 *
 * @param layer its parts
 * @param watched tells which JVMs of this host are observed at present; safe from any thread
 */
public record JvmLayer(Layer layer, Supplier<List<WatchedJvm>> watched) {
  private static final Duration DISCOVERY = Duration.ofSeconds(10);

  /**
   * What the layer is told about its surroundings.
   *
   * @param excludedPids processes never to attach to: the guard; Hone itself never is
   * @param jmxUrl the JMX service URL of one further JVM, here or elsewhere
   * @param serverConnections how many connections the database server has for one pool, if known:
   *     {@code max_connections} less those reserved; otherwise 32 is assumed
   * @param notices takes a sentence for people on each thing that cannot be observed, once each,
   *     from any thread
   */
  public record Options(
      Predicate<Long> excludedPids,
      Optional<String> jmxUrl,
      Supplier<OptionalInt> serverConnections,
      Consumer<String> notices) {}

  /** A layer that has not observed anything yet; its probe drives it. */
  public static JvmLayer create(MetricStore store, Ids ids, Options options) {
    var registry =
        new JvmRegistry(
            store, options.excludedPids(), options.jmxUrl(), options.notices(), DISCOVERY);
    var knobs = new PoolSizeKnobs(registry::url);
    var layer =
        new Layer(
            "jvm",
            List.of(new JvmProbe(registry)),
            List.of(new PoolStarvation(store, ids, registry::process)),
            List.of(new GrowPool(ids, knobs, options.serverConnections())),
            List.of(knobs));
    return new JvmLayer(layer, registry::local);
  }

  /** The knobs alone, for the guard: they open by their settings and observe nothing. */
  public static List<KnobFactory> knobs() {
    return List.of(new PoolSizeKnobs(process -> Optional.empty()));
  }
}

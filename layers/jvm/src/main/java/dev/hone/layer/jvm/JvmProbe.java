package dev.hone.layer.jvm;

import dev.hone.loop.Probe;
import dev.hone.metrics.MetricStore;
import java.time.Duration;
import java.time.Instant;

/**
 * Samples every JVM that the registry knows: pools at each call, everything else once a second; all
 * series get one sample a second. Five looks a second cost a target about one thousandth of a core
 * a pool.
 */
final class JvmProbe implements Probe {
  static final Duration LOOK = Duration.ofMillis(200);

  private final JvmRegistry registry;

  JvmProbe(JvmRegistry registry) {
    this.registry = registry;
  }

  @Override
  public String name() {
    return "jvm";
  }

  @Override
  public Duration interval() {
    return LOOK;
  }

  @Override
  public void sample(Instant now) throws ProbeException {
    registry.maintain(now);
    try {
      for (JvmWatch watch : registry.watches()) {
        watch.step(now.toEpochMilli());
      }
    } catch (MetricStore.LimitException e) {
      throw new ProbeException("JVMs are observed in part: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    registry.close();
  }
}

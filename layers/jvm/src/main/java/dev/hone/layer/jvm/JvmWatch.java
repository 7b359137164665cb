package dev.hone.layer.jvm;

import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import org.jspecify.annotations.Nullable;

/**
 * One observed JVM. Each step starts a look at it on a virtual thread and takes the result of the
 * look before, so that a JVM that does not answer delays nobody: it only has no samples. Samples
 * carry the time of the step that stores them, one step after they were read.
 */
final class JvmWatch implements AutoCloseable {
  private final ProcessId process;
  private final String name;
  private final JmxConnection connection;
  private final MetricStore store;
  private final PlatformBeans platform;
  private final Map<String, PoolMean> pools = new HashMap<>();
  private List<HikariPools.Beans> poolBeans = List.of();
  private @Nullable FutureTask<Look> running;
  private long lastFullSecond = -1;
  private long lastFlushSecond = -1;
  private volatile boolean lost;

  /** What one look saw; the platform's values only when they were asked for. */
  private record Look(
      List<PlatformBeans.Value> platform,
      List<HikariPools.Beans> beans,
      List<HikariPools.Reading> pools) {}

  /** Connects nothing, but asks which memory pools and collectors there are. */
  JvmWatch(ProcessId process, String name, JmxConnection connection, MetricStore store)
      throws IOException {
    this.process = process;
    this.name = name;
    this.connection = connection;
    this.store = store;
    this.platform = new PlatformBeans(connection, store, Long.toString(process.pid()), name);
  }

  ProcessId process() {
    return process;
  }

  String name() {
    return name;
  }

  String url() {
    return connection.url();
  }

  /** Whether the process has ended or its connection broke. */
  boolean lost() {
    return lost || process.ended();
  }

  /** Takes what the last look saw and starts the next; never blocks. */
  void step(long timeMillis) {
    long second = timeMillis / 1000;
    FutureTask<Look> last = running;
    if (last != null && last.isDone()) {
      running = null;
      take(last, timeMillis);
    }
    if (second != lastFlushSecond) {
      lastFlushSecond = second;
      pools.values().forEach(pool -> pool.flush(timeMillis));
    }
    if (running == null && !lost) {
      boolean full = second != lastFullSecond;
      lastFullSecond = second;
      List<HikariPools.Beans> known = poolBeans;
      var next = new FutureTask<>(() -> look(full, known));
      running = next;
      Thread.ofVirtual().name("jvm-look-" + process.pid()).start(next);
    }
  }

  private void take(FutureTask<Look> done, long timeMillis) {
    Look look;
    try {
      look = done.get();
    } catch (ExecutionException e) {
      lost = true;
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    for (PlatformBeans.Value value : look.platform()) {
      store.append(value.series(), timeMillis, value.value());
    }
    poolBeans = look.beans();
    pools.keySet().retainAll(look.beans().stream().map(HikariPools.Beans::pool).toList());
    for (HikariPools.Reading reading : look.pools()) {
      pools
          .computeIfAbsent(
              reading.pool(), pool -> new PoolMean(store, pool, Long.toString(process.pid()), name))
          .add(reading);
    }
  }

  private Look look(boolean full, List<HikariPools.Beans> known) throws IOException, JMException {
    List<HikariPools.Beans> beans = full ? HikariPools.find(connection) : known;
    var readings = new ArrayList<HikariPools.Reading>();
    for (HikariPools.Beans pool : beans) {
      try {
        readings.add(HikariPools.read(connection, pool));
      } catch (InstanceNotFoundException ignored) {
        // Closed since it was found; the next full look no longer lists it.
      }
    }
    return new Look(full ? platform.read(connection) : List.of(), beans, readings);
  }

  @Override
  public void close() {
    FutureTask<Look> last = running;
    if (last != null) {
      last.cancel(true);
    }
    connection.close();
  }
}

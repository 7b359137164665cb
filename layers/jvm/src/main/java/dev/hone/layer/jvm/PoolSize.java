package dev.hone.layer.jvm;

import static dev.hone.loop.KnobException.Reason.DENIED;
import static dev.hone.loop.KnobException.Reason.DRIFT;
import static dev.hone.loop.KnobException.Reason.FAILED;
import static dev.hone.loop.KnobException.Reason.GONE;
import static dev.hone.loop.KnobException.Reason.UNREACHABLE;

import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.search.NumericRange;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;

/**
 * The largest size of a live HikariCP pool. The value is {@code maximumPoolSize} as a decimal
 * number.
 *
 * <p>How HikariCP 7.1.0 takes the change: {@code HikariConfig.setMaximumPoolSize} only stores the
 * number.
 *
 * <ul>
 *   <li>A larger size takes effect at once: each borrower that finds no free connection asks for a
 *       new one ({@code HikariPool.addBagItem}), and one is opened while there are fewer than the
 *       maximum ({@code PoolEntryCreator.shouldContinueCreating}), one after the other with 30 ms
 *       between.
 *   <li>A smaller size is respected for new connections only. Those above it stay: the housekeeper
 *       closes idle ones every 30 s, only after {@code idleTimeout} (10 minutes) and never those of
 *       a pool with {@code minimumIdle >= maximumPoolSize}. So a write that leaves too many calls
 *       {@code softEvictConnections}: idle connections are closed at once, those in use when they
 *       are returned ({@code HikariPool.recycle}), and the pool refills up to the smaller size. No
 *       statement is interrupted; a transaction longer than the settling time keeps its connection
 *       longer.
 * </ul>
 *
 * <p>{@code minimumIdle} stays as it is, so that the size is all there is to undo: HikariCP opens
 * no connection beyond the maximum for its sake ({@code fillPool}), and a pool created with {@code
 * minimumIdle = maximumPoolSize} grows on demand above it. In a pool with {@code minimumIdle = 0}
 * the evicted connections are replaced when the next thread asks for one.
 *
 * <p>JMX has no compare-and-set: somebody else's write between this knob's reading and writing,
 * less than a millisecond apart on one host, would be overwritten.
 */
final class PoolSize implements Knob {
  /** More threads than this waiting for one database are a fault of another kind. */
  private static final int MOST = 200;

  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration SETTLING = Duration.ofSeconds(1);

  private final KnobRef ref;
  private final ProcessId process;
  private final String pool;
  private final String url;
  private JmxConnection connection;
  private HikariPools.Beans beans;

  private PoolSize(
      KnobRef ref, ProcessId process, JmxConnection connection, HikariPools.Beans beans) {
    this.ref = ref;
    this.process = process;
    this.pool = beans.pool();
    this.url = connection.url();
    this.connection = connection;
    this.beans = beans;
  }

  /** Something that is done over the connection. */
  private interface Call<T> {
    T run(JmxConnection connection, HikariPools.Beans beans) throws IOException, JMException;
  }

  /** Connects to the pool. */
  static PoolSize open(KnobRef ref, String url) throws KnobException {
    var process = ProcessId.of(ref.parameters());
    String pool = ref.parameter("pool");
    requireAlive(process, ref);
    try {
      return JmxConnection.within(
          ANSWER,
          () -> {
            JmxConnection connection = JmxConnection.open(url);
            HikariPools.Beans beans = null;
            try {
              beans = locate(connection, process, pool);
              return new PoolSize(ref, process, connection, beans);
            } finally {
              if (beans == null) {
                connection.close();
              }
            }
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KnobException(UNREACHABLE, "Connecting to " + ref.target() + " was interrupted", e);
    } catch (IOException | JMException | RuntimeException e) {
      throw explain(e, process, ref);
    }
  }

  /** The pool's MBeans, after making sure that a remote process is still the same. */
  private static HikariPools.Beans locate(JmxConnection connection, ProcessId process, String pool)
      throws IOException, JMException {
    if (!process.isLocal() && connection.startMillis() != process.start()) {
      throw new InstanceNotFoundException("the JVM was restarted");
    }
    return HikariPools.find(connection, pool)
        .orElseThrow(() -> new InstanceNotFoundException("pool `" + pool + "` is closed"));
  }

  @Override
  public KnobRef ref() {
    return ref;
  }

  /** From two to {@value #MOST} connections, at most doubled or halved at a time. */
  @Override
  public Optional<NumericRange> range() {
    return Optional.of(
        new NumericRange(2, MOST, NumericRange.Scale.LOG, true, new NumericRange.Factor(2)));
  }

  /** Whether the process it belongs to has ended. */
  boolean gone() {
    return process.ended();
  }

  void close() {
    connection.close();
  }

  @Override
  public Capability probe() {
    try {
      read();
      return call(PoolSize::writable)
          ? Capability.FULL
          : new Capability(
              true,
              false,
              false,
              true,
              "The size of "
                  + ref.target()
                  + " cannot be written over JMX: its HikariCP is older"
                  + " than 2.4; set `maximumPoolSize` in the application and restart it.");
    } catch (KnobException e) {
      return Capability.none(e.getMessage() == null ? ref + " cannot be read" : e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Capability.none("Asking " + ref.target() + " was interrupted.");
    }
  }

  private static boolean writable(JmxConnection connection, HikariPools.Beans beans)
      throws IOException, JMException {
    for (var attribute : connection.beans().getMBeanInfo(beans.config()).getAttributes()) {
      if (attribute.getName().equals(HikariPools.MAXIMUM)) {
        return attribute.isWritable();
      }
    }
    return false;
  }

  @Override
  public String read() throws KnobException, InterruptedException {
    return call((jmx, pools) -> jmx.beans().getAttribute(pools.config(), HikariPools.MAXIMUM))
        .toString();
  }

  @Override
  public void write(String expected, String value) throws KnobException, InterruptedException {
    int size = parse(value);
    String current = read();
    if (current.equals(value)) {
      return;
    }
    if (!current.equals(expected)) {
      throw new KnobException(
          DRIFT,
          "The size of "
              + ref.target()
              + " is "
              + current
              + ", expected was "
              + expected
              + ": somebody else changed it; it is left alone");
    }
    call(
        (jmx, pools) -> {
          jmx.beans().setAttribute(pools.config(), new Attribute(HikariPools.MAXIMUM, size));
          return evictSurplus(jmx, pools);
        });
    String after = read();
    if (!after.equals(value)) {
      throw new KnobException(
          FAILED, "The size of " + ref.target() + " is " + after + " after writing " + value);
    }
  }

  /** As described there; also evicts what a write that was cut short left above the maximum. */
  @Override
  public void undo(String prior, String written) throws KnobException, InterruptedException {
    if (read().equals(prior)) {
      call(PoolSize::evictSurplus);
    } else {
      write(written, prior);
    }
  }

  /** Whether there were more connections than the maximum, which are then evicted. */
  private static boolean evictSurplus(JmxConnection connection, HikariPools.Beans beans)
      throws IOException, JMException {
    HikariPools.Reading now = HikariPools.read(connection, beans);
    if (now.total() <= now.max()) {
      return false;
    }
    connection.beans().invoke(beans.state(), HikariPools.EVICT, new Object[0], new String[0]);
    return true;
  }

  private int parse(String value) throws KnobException {
    try {
      int size = Integer.parseInt(value);
      if (size >= 1 && Integer.toString(size).equals(value)) {
        return size;
      }
    } catch (NumberFormatException e) {
      // said below, together with numbers that are too small
    }
    throw new KnobException(
        FAILED, "`" + value + "` is no size for " + ref.target() + ": use a whole number from 1");
  }

  /** Runs a call; a broken connection to a living process is opened anew once. */
  private synchronized <T> T call(Call<T> call) throws KnobException, InterruptedException {
    requireAlive(process, ref);
    try {
      try {
        return JmxConnection.within(ANSWER, () -> call.run(connection, beans));
      } catch (IOException e) {
        requireAlive(process, ref);
        return JmxConnection.within(
            ANSWER,
            () -> {
              connection.close();
              connection = JmxConnection.open(url);
              beans = locate(connection, process, pool);
              return call.run(connection, beans);
            });
      }
    } catch (IOException | JMException | RuntimeException e) {
      throw explain(e, process, ref);
    }
  }

  private static void requireAlive(ProcessId process, KnobRef ref) throws KnobException {
    if (process.ended()) {
      throw new KnobException(
          GONE,
          "The process of "
              + ref.target()
              + " has ended: its pool size starts from its own"
              + " configuration again");
    }
  }

  private static KnobException explain(Exception e, ProcessId process, KnobRef ref) {
    return switch (e) {
      case InstanceNotFoundException missing ->
          new KnobException(GONE, ref.target() + " is there no more: " + e.getMessage(), e);
      case SecurityException denied ->
          new KnobException(
              DENIED,
              "JMX of "
                  + ref.target()
                  + " does not permit this: "
                  + e.getMessage()
                  + "; give its user the role `readwrite`",
              e);
      case IOException silent when process.ended() ->
          new KnobException(GONE, "The process of " + ref.target() + " has ended", e);
      case IOException silent ->
          new KnobException(
              UNREACHABLE, ref.target() + " does not answer over JMX: " + e.getMessage(), e);
      default -> new KnobException(FAILED, ref.target() + " refused: " + e.getMessage(), e);
    };
  }

  @Override
  public Duration settlingTime() {
    return SETTLING;
  }

  @Override
  public Reversibility reversibility() {
    return Reversibility.TOGGLE;
  }

  @Override
  public Risk risk() {
    return Risk.R1;
  }

  @Override
  public String group() {
    return "service-latency";
  }
}

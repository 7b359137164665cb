package dev.hone.layer.jvm;

import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.management.JMException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.jspecify.annotations.Nullable;

/**
 * Finds JVMs, connects to them and forgets them when they end. Looking around and attaching happen
 * on daemon threads, one for each JVM, so that one that hangs keeps only itself unobserved.
 */
final class JvmRegistry implements AutoCloseable {
  static final int MAX_JVMS = 20;

  private static final Duration RETRY = Duration.ofMinutes(1);
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final MetricStore store;
  private final Predicate<Long> excludedPids;
  private final Optional<String> jmxUrl;
  private final Consumer<String> notices;
  private final Duration discovery;
  private final Map<ProcessId, JvmWatch> watches = new ConcurrentHashMap<>();
  private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();
  private final Set<String> given = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile boolean closed;
  private @Nullable Instant nextDiscovery;

  /** Attaching to one JVM: under way, or failed and not to be repeated before a time. */
  private static final class Attempt {
    private volatile @Nullable ProcessId process;
    private volatile @Nullable Instant retryAt;

    Attempt(@Nullable ProcessId process) {
      this.process = process;
    }

    boolean pointless() {
      ProcessId tried = process;
      return tried != null && tried.ended();
    }
  }

  /**
   * A registry that knows no JVM yet.
   *
   * @param excludedPids processes never to attach to, besides this one
   * @param jmxUrl the JMX service URL of a further JVM
   * @param notices takes one sentence for people on what cannot be observed; each is said once
   * @param discovery time between two looks around
   */
  JvmRegistry(
      MetricStore store,
      Predicate<Long> excludedPids,
      Optional<String> jmxUrl,
      Consumer<String> notices,
      Duration discovery) {
    this.store = store;
    this.excludedPids = excludedPids;
    this.jmxUrl = jmxUrl;
    this.notices = notices;
    this.discovery = discovery;
  }

  /** The JVMs that are connected. */
  Collection<JvmWatch> watches() {
    return watches.values();
  }

  /** The watched process with the pid. */
  Optional<ProcessId> process(String pid) {
    return watches.keySet().stream()
        .filter(process -> Long.toString(process.pid()).equals(pid))
        .findFirst();
  }

  /** The JMX service URL of a watched process, or that which is configured for remote ones. */
  Optional<String> url(ProcessId process) {
    JvmWatch watch = watches.get(process);
    if (watch != null) {
      return Optional.of(watch.url());
    }
    return process.isLocal() ? Optional.empty() : jmxUrl;
  }

  /** Forgets what ended and, when it is time, starts to look around. Never blocks. */
  void maintain(Instant now) {
    for (JvmWatch watch : List.copyOf(watches.values())) {
      if (watch.lost()) {
        watches.remove(watch.process());
        attempts.values().removeIf(attempt -> watch.process().equals(attempt.process));
        watch.close();
      }
    }
    boolean due = nextDiscovery == null || !now.isBefore(nextDiscovery);
    if (due && looking.compareAndSet(false, true)) {
      nextDiscovery = now.plus(discovery);
      Thread.ofPlatform()
          .daemon()
          .name("jvm-discovery")
          .start(
              () -> {
                try {
                  lookAround(now);
                } finally {
                  looking.set(false);
                }
              });
    }
  }

  private void lookAround(Instant now) {
    attempts.values().removeIf(Attempt::pointless);
    jmxUrl.ifPresent(url -> connect(url, null, now, "the JVM at `" + url + "`", () -> url, null));
    int foreign = 0;
    for (LocalJvms.Candidate jvm : LocalJvms.list()) {
      long pid = jvm.pid();
      if (pid == ProcessHandle.current().pid() || excludedPids.test(pid)) {
        continue;
      }
      if (jvm.foreign()) {
        foreign++;
        continue;
      }
      Optional<ProcessId> process = ProcessId.local(pid);
      if (process.isPresent() && !watches.containsKey(process.get())) {
        String what = "JVM `" + jvm.name() + "` (pid " + pid + ")";
        connect(
            process.get().toString(),
            process.get(),
            now,
            what,
            () -> LocalJvms.agentUrl(pid),
            jvm.name());
      }
    }
    if (foreign > 0) {
      notice(
          "foreign",
          "JVMs of other users are not observed ("
              + foreign
              + " now): run Hone as root or as the user they belong to.");
    }
  }

  private interface Address {
    String find() throws IOException;
  }

  private void connect(
      String key,
      @Nullable ProcessId process,
      Instant now,
      String what,
      Address address,
      @Nullable String name) {
    Attempt known = attempts.get(key);
    if (known != null) {
      Instant retryAt = known.retryAt;
      if (retryAt == null || now.isBefore(retryAt)) {
        return;
      }
      attempts.remove(key);
    }
    if (attempts.size() >= MAX_JVMS) {
      notice(
          "limit",
          "More than " + MAX_JVMS + " JVMs run here; " + what + " and others are not observed.");
      return;
    }
    // A command that ends in a moment cannot be observed, and nobody wants to know.
    boolean again = known != null || process == null;
    var attempt = new Attempt(process);
    attempts.put(key, attempt);
    Thread.ofPlatform()
        .daemon()
        .name("jvm-connect")
        .start(
            () -> {
              try {
                watch(attempt, name, address.find());
              } catch (IOException | JMException | RuntimeException e) {
                attempt.retryAt = now.plus(RETRY);
                ProcessId tried = attempt.process;
                if (again && (tried == null || !tried.ended())) {
                  String why = e.getMessage() + "; give its JMX service URL instead.";
                  notice(key, what + " cannot be observed: " + why);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void watch(Attempt attempt, @Nullable String name, String url)
      throws IOException, JMException, InterruptedException {
    JmxConnection connection = JmxConnection.within(CONNECT, () -> JmxConnection.open(url));
    JvmWatch watch = null;
    try {
      ProcessId known = attempt.process;
      ProcessId id = known == null ? identify(connection) : known;
      attempt.process = id;
      String shown = name == null ? mainClass(connection) : name;
      watch = new JvmWatch(id, shown, connection, store);
      if (closed || watches.putIfAbsent(id, watch) != null) {
        connection.close();
      }
    } finally {
      if (watch == null) {
        connection.close();
      }
    }
  }

  /** The process at the other end: a local one when it says it runs on this host. */
  private static ProcessId identify(JmxConnection connection) throws IOException, JMException {
    String name = (String) connection.beans().getAttribute(JmxConnection.RUNTIME, "Name");
    long pid = Long.parseLong(name.substring(0, name.indexOf('@')));
    String own = ManagementFactory.getRuntimeMXBean().getName();
    boolean here = own.substring(own.indexOf('@')).equals(name.substring(name.indexOf('@')));
    var remote = new ProcessId(pid, connection.startMillis(), ProcessId.REMOTE);
    return here ? ProcessId.local(pid).orElse(remote) : remote;
  }

  private static String mainClass(JmxConnection connection) throws IOException, JMException {
    var properties =
        (TabularData) connection.beans().getAttribute(JmxConnection.RUNTIME, "SystemProperties");
    CompositeData command = properties.get(new Object[] {"sun.java.command"});
    return LocalJvms.shortName(command == null ? "" : (String) command.get("value"));
  }

  private void notice(String key, String sentence) {
    if (given.size() < 1_000 && given.add(key)) {
      notices.accept(sentence);
    }
  }

  /** The observed JVMs of this host. */
  List<WatchedJvm> local() {
    return watches.values().stream()
        .filter(watch -> watch.process().isLocal())
        .map(watch -> new WatchedJvm(watch.process().pid(), watch.name()))
        .toList();
  }

  @Override
  public void close() {
    closed = true;
    watches.values().forEach(JvmWatch::close);
    watches.clear();
  }
}

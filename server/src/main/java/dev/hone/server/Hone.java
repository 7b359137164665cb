package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.DatabaseLayer;
import dev.hone.layer.database.Inspector;
import dev.hone.layer.host.HostLayer;
import dev.hone.layer.jvm.JvmLayer;
import dev.hone.loop.Audit;
import dev.hone.loop.BurnWatch;
import dev.hone.loop.Conductor;
import dev.hone.loop.Ids;
import dev.hone.loop.Journal;
import dev.hone.loop.Knobs;
import dev.hone.loop.Layer;
import dev.hone.loop.Loops;
import dev.hone.loop.Mode;
import dev.hone.loop.Objective;
import dev.hone.loop.Policy;
import dev.hone.loop.Probe;
import dev.hone.loop.Registry;
import dev.hone.loop.Scout;
import dev.hone.loop.Ticker;
import dev.hone.loop.Workload;
import dev.hone.metrics.MetricStore;
import dev.hone.metrics.engine.Engine;
import dev.hone.metrics.remote.RemoteStore;
import dev.hone.metrics.scrape.Scrapes;
import dev.hone.metrics.scrape.Timetable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** The control plane: the one place where layers, kernel, guard and store are put together. */
public final class Hone implements AutoCloseable {
  /** How long after a start nothing is tried, see {@link Conductor#gather}. */
  public static final Duration GATHERED = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration UPKEEP = Duration.ofMinutes(1);
  private static final Duration TICK = Duration.ofMillis(500);

  private final Settings settings;
  private final Instant startedAt;
  private final Ticker ticker = Ticker.system();
  private final MetricStore store;
  private final Notices notices = new Notices();
  private final List<Probe> probes = new ArrayList<>();
  private final List<Inspector> inspectors = new ArrayList<>();
  private final Rounds rounds;
  private final Loops loops;
  private final GuardProcess guard;
  private final Conductor conductor;
  private final Scout scout;
  private final Optional<BurnWatch> burnWatch;
  private final Token token;
  private final Access access;
  private final Scrapes scrapes;

  /**
   * Puts Hone together, ends what an earlier one left open, and starts to observe.
   *
   * @throws StartException when it cannot run: data directory, database or guard
   */
  public static Hone start(Settings settings) throws StartException {
    DataDirectory.prepare(settings.dataDirectory());
    var checked = new ArrayList<String>();
    if (settings.database().isPresent()) {
      try {
        checked.addAll(settings.database().get().check());
      } catch (DatabaseConnection.Refused e) {
        throw new StartException(String.valueOf(e.getMessage()), e);
      }
    }
    try {
      return new Hone(settings, checked);
    } catch (Journal.JournalException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Tells early whether Hone could start with this data directory.
   *
   * @throws StartException when it cannot be written, or another Hone uses it
   */
  public static void requireUsable(Path directory) throws StartException {
    DataDirectory.requireUsable(directory);
  }

  private Hone(Settings settings, List<String> firstNotices) throws StartException {
    this.settings = settings;
    this.startedAt = ticker.instant();
    firstNotices.forEach(this::notice);
    var random = new SecureRandom();
    this.token = Token.open(settings.dataDirectory(), random);
    this.access = new Access(token, NamedTokens.in(settings.dataDirectory()), this::notice);
    this.loops = new Loops(DataDirectory.journal(settings.dataDirectory()), ticker);
    var ids = new Ids(ticker, random);
    this.store = openStore(random);
    try {
      this.guard =
          GuardProcess.start(settings.dataDirectory(), this::undoneByGuard, this::guardGone);
    } catch (StartException e) {
      store.close();
      loops.close();
      throw e;
    }
    List<Layer> layers = layers(ids);
    ThreadFactory trials = Thread.ofPlatform().daemon().name("trial-", 0).factory();
    var knobs = new Knobs(layers.stream().flatMap(l -> l.knobs().stream()).toList());
    this.conductor =
        new Conductor(
            loops,
            knobs,
            guard,
            new MetricSignals(store),
            Workload.NONE,
            ticker,
            ids,
            random,
            task -> trials.newThread(task).start(),
            lastPolicy(),
            this::notice);
    if (!settings.policy().equals(loops.registry().configured())) {
      conductor.setPolicy(settings.policy(), Registry.CONFIGURATION, "flags and hone.yaml say so");
    }
    this.scout = new Scout(layers, conductor, settings.objective(), this::notice);
    this.burnWatch =
        settings
            .objective()
            .flatMap(Objective::errorBudget)
            .map(b -> new BurnWatch(b, new MetricSignals(store), loops, conductor));
    if (burnWatch.isEmpty() && loops.registry().burn() != null) {
      conductor.noLongerBurning("the configuration has no `objective.errorBudget` any more");
    }
    var guardLog = new GuardLog(settings.dataDirectory());
    conductor.reconcile(guardLog.read());
    if (loops.all().stream().noneMatch(loop -> loop.state().isActive())) {
      guardLog.clear();
    }
    layers.forEach(layer -> probes.addAll(layer.probes()));
    this.rounds = new Rounds(probes, ticker, this::notice);
    rounds.every(TICK, this::tick);
    rounds.every(LOOK, this::look);
    burnWatch.ifPresent(watch -> rounds.every(LOOK, () -> watch.look(ticker.instant())));
    var upkeep =
        new Upkeep(
            conductor,
            loops,
            knobs,
            new MetricSignals(store),
            ids,
            random,
            settings.objective(),
            this::notice);
    rounds.every(UPKEEP, () -> upkeep.look(ticker.instant()));
    this.scrapes = scrapes();
  }

  /** The policy that was saved last, by whom ever. */
  private Policy lastPolicy() {
    Registry.Saved saved = loops.registry().policy();
    return saved == null ? settings.policy() : saved.policy();
  }

  private Scrapes scrapes() {
    var entries = new ArrayList<ScrapeConfig.Entry>();
    settings.metrics().scrape().stream().distinct().map(JobReader::plain).forEach(entries::add);
    entries.addAll(settings.metrics().jobs().jobs());
    settings.metrics().jobs().notices().forEach(this::notice);
    var all =
        new Scrapes(
            entries.stream().map(ScrapeConfig.Entry::job).toList(),
            store,
            Timetable.system(),
            this::notice);
    entries.forEach(entry -> all.targets(entry.job().name(), entry.fixed()));
    var files = new TargetFileReader(entries, all, this::notice);
    if (files.isNeeded()) {
      rounds.every(LOOK, () -> files.look(ticker.instant()));
    }
    return all;
  }

  private MetricStore openStore(SecureRandom random) throws StartException {
    Path folder = settings.dataDirectory().resolve(StoreRestore.METRICS);
    try {
      if (settings.metrics().remote().isPresent()) {
        return RemoteStore.open(
            folder.resolveSibling("remote"),
            settings.metrics().remote().get(),
            ticker,
            random,
            this::notice);
      }
      StoreRestore.complete(settings.dataDirectory());
      return Engine.open(
          folder, settings.metrics().engine(), ticker, random.nextLong(), this::notice);
    } catch (IOException e) {
      loops.close();
      throw new StartException(
          "the metrics in `" + folder + "` cannot be opened: " + e.getMessage(), e);
    }
  }

  private List<Layer> layers(Ids ids) {
    var layers = new ArrayList<Layer>();
    var jvm =
        JvmLayer.create(
            store,
            ids,
            new JvmLayer.Options(
                pid -> guard.pid() == pid || settings.helpers().contains(pid),
                Optional.empty(),
                OptionalInt::empty,
                this::notice));
    var services = new Services(store, jvm.watched(), settings.database());
    layers.add(HostLayer.create(store, ids, services::protectedProcesses, this::helpers));
    layers.add(jvm.layer());
    layers.add(Upkeep.outlook(new MetricSignals(store), ids));
    settings
        .database()
        .ifPresent(
            connection -> {
              var watched =
                  DatabaseLayer.watch(
                      connection,
                      store,
                      ticker,
                      ids,
                      DataDirectory.database(settings.dataDirectory()));
              layers.add(watched.layer());
              inspectors.add(watched.inspector());
            });
    return layers;
  }

  private Set<Long> helpers() {
    var helpers = new HashSet<>(settings.helpers());
    helpers.add(guard.pid());
    return helpers;
  }

  private void tick() {
    Path stopFile = settings.dataDirectory().resolve("STOP");
    if (Files.exists(stopFile) && !loops.killSwitch().stopped()) {
      try {
        conductor.stopEverything("file", "the file " + stopFile + " exists");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    conductor.tick();
  }

  private void look() throws InterruptedException {
    scout.look(ticker.instant());
  }

  private void undoneByGuard(String loop, String value) {
    notice("the guard restored `" + value + "` for loop " + loop + " because Hone fell silent");
    try {
      conductor.rollBack(loop, "guard", "Hone fell silent; the guard restored " + value);
    } catch (Conductor.RefusedException e) {
      notice(String.valueOf(e.getMessage()));
    }
  }

  /** Without a guard no change may be on: a kill of Hone would leave it on. */
  private void guardGone() {
    notice(
        "the guard process has ended; what was on trial is undone and nothing starts any more;"
            + " restart Hone");
    try {
      conductor.endTrials("the guard process has ended");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void notice(String sentence) {
    notices.add(sentence);
  }

  /** Has every new notice shown to somebody, those there are at once; it must not wait. */
  public void showNotices(Consumer<String> to) {
    notices.show(to);
  }

  /** What people should know: what is missing or failed, oldest first. */
  public List<String> notices() {
    return notices.all();
  }

  /** How it runs. */
  public Settings settings() {
    return settings;
  }

  /** When it started. */
  public Instant startedAt() {
    return startedAt;
  }

  /** The samples. */
  public MetricStore store() {
    return store;
  }

  /** Who answers what people ask of the databases that are watched. */
  List<Inspector> inspectors() {
    return List.copyOf(inspectors);
  }

  /** What is scraped. */
  Scrapes scraped() {
    return scrapes;
  }

  /** The samples, when they are kept here. */
  Optional<Engine> engine() {
    return store instanceof Engine engine ? Optional.of(engine) : Optional.empty();
  }

  /**
   * Copies all samples into a folder of their own; nothing when they are not kept here.
   *
   * @return its name below {@code metrics/snapshots}
   */
  Optional<String> snapshot() throws IOException, InterruptedException {
    if (!(store instanceof Engine engine)) {
      return Optional.empty();
    }
    String name = ticker.instant().toString().replaceAll("[^0-9TZ]", "");
    engine.snapshot(name);
    return Optional.of(name);
  }

  /** What is known of each backend; empty when samples are kept here. */
  List<RemoteStore.Status> backends() {
    return store instanceof RemoteStore remote ? remote.status() : List.of();
  }

  /** All loops. */
  public Loops loops() {
    return loops;
  }

  /** Decisions. */
  public Conductor conductor() {
    return conductor;
  }

  /** What is wrong now. */
  public Scout scout() {
    return scout;
  }

  /** What watches the error budget, where there is one. */
  Optional<BurnWatch> burnWatch() {
    return burnWatch;
  }

  /** The secret that changes need. */
  public Token token() {
    return token;
  }

  /** Who may decide. */
  Access access() {
    return access;
  }

  /** Who did what. */
  Audit audit() {
    return new Audit(DataDirectory.journal(settings.dataDirectory()));
  }

  /** The modes in force. */
  public Mode mode(String layer) {
    return conductor.policy().mode(layer);
  }

  /** Ends what is on trial with an undo, then everything else. */
  @Override
  public void close() {
    rounds.end();
    try {
      conductor.endTrials("Hone is being stopped");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scrapes.close();
    probes.forEach(Probe::close);
    guard.close();
    loops.close();
    store.close();
  }
}

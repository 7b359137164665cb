package dev.hone.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All loops as the journal tells them. An event is checked against the transition table, made
 * durable, applied and announced, in this order. Loops that ended long ago are kept on disk with a
 * summary in memory. Safe for several threads.
 */
public final class Loops implements AutoCloseable {
  /**
   * How much is kept where.
   *
   * @param segmentBytes a journal file of this size is full
   * @param endedInMemory how many loops that have ended stay in memory as a whole
   */
  public record Bounds(long segmentBytes, int endedInMemory) {
    /** Unless something else is asked for. */
    public static final Bounds STANDARD = new Bounds(8L << 20, 1_000);
  }

  private static final System.Logger LOG = System.getLogger(Loops.class.getName());

  private final Path file;
  private final Map<String, LoopRecord> records = new ConcurrentSkipListMap<>();
  private final Map<String, Archive.Place> archived = new ConcurrentSkipListMap<>();
  private final List<Consumer<LoopRecord>> listeners = new CopyOnWriteArrayList<>();
  private final @Nullable Journal journal;
  private final InstantSource clock;
  private final Bounds bounds;
  private volatile @Nullable Archive archive;
  private volatile Registry registry = Registry.empty();

  /**
   * Opens the journal and replays what is newer than its checkpoint.
   *
   * @throws Journal.JournalException when it cannot be used
   */
  public Loops(Path journalFile, InstantSource clock) {
    this(journalFile, Journal.DISK, clock, Bounds.STANDARD);
  }

  /**
   * Opens a journal that is cut into files of another size.
   *
   * @throws Journal.JournalException when it cannot be used
   */
  public Loops(Path journalFile, InstantSource clock, Bounds bounds) {
    this(journalFile, Journal.DISK, clock, bounds);
  }

  Loops(Path journalFile, Journal.Opener opener, InstantSource clock) {
    this(journalFile, opener, clock, Bounds.STANDARD);
  }

  Loops(Path journalFile, Journal.Opener opener, InstantSource clock, Bounds bounds) {
    this.file = journalFile;
    this.clock = clock;
    this.bounds = bounds;
    this.journal = open(opener);
  }

  /** Once more without the archive when it holds a record that cannot be read. */
  private Journal open(Journal.Opener opener) {
    try {
      return Journal.open(file, opener, () -> begin(true), this::replay);
    } catch (UnreadableException e) {
      forget(e);
      return Journal.open(file, opener, this::beginAnew, this::replay);
    } catch (RuntimeException e) {
      closeArchive();
      throw e;
    }
  }

  /** A journal that is read only. */
  private Loops(Path journalFile) throws IOException {
    this.file = journalFile;
    this.clock = InstantSource.system();
    this.bounds = Bounds.STANDARD;
    this.journal = null;
    boolean archives =
        Files.exists(journalFile.resolveSibling(journalFile.getFileName() + ".index"));
    try {
      Journal.read(journalFile, archives ? begin(false) : Journal.Start.FIRST, this::replay);
    } catch (UnreadableException e) {
      forget(e);
      Journal.read(journalFile, this::replay);
    }
  }

  /**
   * All loops of a journal without locking or changing it.
   *
   * @throws Journal.JournalException when it is damaged
   */
  public static Loops read(Path journalFile) throws IOException {
    return new Loops(journalFile);
  }

  /** Fills what is known without a replay and tells where that begins. */
  private Journal.Start begin(boolean writable) throws IOException {
    Optional<Checkpoint> checkpoint = Checkpoint.read(file);
    if (checkpoint.isPresent()) {
      try {
        archive =
            Archive.open(
                file,
                checkpoint.get().extent(),
                writable,
                place -> archived.put(place.summary().id(), place));
        checkpoint.get().loops().forEach(loop -> records.put(loop.id(), loop));
        records.keySet().forEach(archived::remove);
        registry = checkpoint.get().registry();
        return checkpoint.get().start();
      } catch (Archive.DamagedException e) {
        forget(e);
      }
    }
    return writable ? beginAnew() : Journal.Start.FIRST;
  }

  /** The checkpoint goes first: it must never count bytes of an archive that is made again. */
  private Journal.Start beginAnew() throws IOException {
    Checkpoint.delete(file);
    archive = Archive.open(file, Archive.Extent.NONE, true, place -> {});
    return Journal.Start.FIRST;
  }

  /** Back to before the checkpoint: its archive is damaged. */
  private void forget(Exception why) {
    LOG.log(System.Logger.Level.WARNING, "the archive is made again: " + why.getMessage());
    closeArchive();
    archived.clear();
    records.clear();
    registry = Registry.empty();
  }

  private void replay(Journal.Entry entry) {
    switch (entry.event()) {
      case LoopEvent.General e -> registry = registry.after(e, entry.at());
      case LoopEvent.Proposed e ->
          records.put(entry.loop(), LoopRecord.first(entry.loop(), entry.at(), e));
      case LoopEvent e -> {
        LoopRecord after = require(entry.loop()).after(e, entry.at());
        records.put(entry.loop(), after);
        archived.remove(entry.loop());
      }
    }
  }

  /**
   * Adds an event to a loop.
   *
   * @return the loop after it
   * @throws IllegalStateException when the transition is not allowed; nothing is written then
   */
  public LoopRecord append(String loop, LoopEvent happened) {
    LoopEvent event = Journal.asReplayed(happened);
    LoopRecord after;
    synchronized (this) {
      Instant now = clock.instant();
      after =
          event instanceof LoopEvent.Proposed proposed && find(loop).isEmpty()
              ? LoopRecord.first(loop, now, proposed)
              : require(loop).after(event, now);
      journal().append(loop, event, now);
      records.put(loop, after);
      archived.remove(loop);
      tidy();
    }
    listeners.forEach(listener -> announce(listener, after));
    return after;
  }

  /** Adds an event that belongs to no loop. */
  public synchronized void append(LoopEvent.General event) {
    Instant now = clock.instant();
    var replayed = (LoopEvent.General) Journal.asReplayed(event);
    journal().append("", replayed, now);
    registry = registry.after(replayed, now);
    tidy();
  }

  private Archive archive() {
    Archive known = archive;
    if (known == null) {
      throw new IllegalStateException("journal `" + file + "` has no archive");
    }
    return known;
  }

  private Journal journal() {
    if (journal == null) {
      throw new IllegalStateException("journal `" + file + "` is open for reading only");
    }
    return journal;
  }

  /**
   * Puts a full file aside and archives. When the first fails, it is tried again with the next
   * entry; when the second does, with the next full file.
   */
  private void tidy() {
    try {
      if (journal().size() >= bounds.segmentBytes) {
        journal().rotate();
        checkpoint();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "journal `" + file + "` stays as it is: " + e);
    }
  }

  private void checkpoint() throws IOException {
    List<LoopRecord> ended =
        records.values().stream()
            .filter(Loops::isArchivable)
            .sorted(Comparator.comparing(LoopRecord::updatedAt).reversed())
            .skip(bounds.endedInMemory)
            .toList();
    var places = new ArrayList<Archive.Place>();
    for (LoopRecord loop : ended) {
      places.add(archive().add(loop));
    }
    Archive.Extent extent = archive().sync();
    for (Archive.Place place : places) {
      archived.put(place.summary().id(), place);
      records.remove(place.summary().id());
    }
    Journal.Start reached = journal().reached();
    new Checkpoint(
            reached.closedSegments(),
            reached.head().sequence(),
            reached.head().hash(),
            extent.records(),
            extent.index(),
            registry,
            List.copyOf(records.values()))
        .write(file);
  }

  private static boolean isArchivable(LoopRecord loop) {
    return loop.state().isFinal() && loop.state() != LoopState.STUCK && loop.openIntent() == null;
  }

  /** What listens must not disturb what is journalled. */
  private static void announce(Consumer<LoopRecord> listener, LoopRecord loop) {
    try {
      listener.accept(loop);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "a listener failed on loop " + loop.id(), e);
    }
  }

  /**
   * Sets the kill switch, durably. A stop counts even if it cannot be journalled; a release does
   * not.
   *
   * @throws Journal.JournalException when it could not be journalled
   */
  public synchronized void setKillSwitch(boolean stopped, String by, String why) {
    if (stopped) {
      registry = registry.withSwitch(new Registry.Switch(true, by, why, clock.instant()));
    }
    append(new LoopEvent.Switched(stopped, by, why));
  }

  /** The state of the kill switch. */
  public Registry.Switch killSwitch() {
    return registry.killSwitch();
  }

  /** What belongs to no loop. */
  public Registry registry() {
    return registry;
  }

  /** A loop, if there is one of this id. */
  public Optional<LoopRecord> find(String loop) {
    LoopRecord known = records.get(loop);
    Archive.Place place = known == null ? archived.get(loop) : null;
    return place == null ? Optional.ofNullable(known) : Optional.of(archivedAt(place));
  }

  private LoopRecord archivedAt(Archive.Place place) {
    try {
      return archive().read(place);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new UnreadableException(
          new IOException(
              "loop " + place.summary().id() + " cannot be read from the archive of " + file, e));
    }
  }

  /** A record of the archive is damaged. */
  private static final class UnreadableException extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    UnreadableException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** A loop that must exist. */
  public LoopRecord require(String loop) {
    return find(loop)
        .orElseThrow(() -> new IllegalArgumentException("there is no loop `" + loop + "`"));
  }

  /** The loops that have not ended, and the newest that have, oldest first. */
  public Collection<LoopRecord> all() {
    return List.copyOf(records.values());
  }

  /** Every loop that ever was, in brief, in no order. */
  public Stream<LoopSummary> summaries() {
    return Stream.concat(
        archived.values().stream().map(Archive.Place::summary),
        records.values().stream().map(LoopSummary::of));
  }

  /**
   * Loops from the newest to the oldest.
   *
   * @param wanted which of them
   * @param before only loops older than this id; empty for all
   * @param limit the most there may be
   */
  public List<LoopRecord> page(Predicate<LoopSummary> wanted, String before, int limit) {
    return summaries()
        .filter(s -> before.isEmpty() || s.id().compareTo(before) < 0)
        .filter(wanted)
        .sorted(Comparator.comparing(LoopSummary::id).reversed())
        .limit(limit)
        .map(s -> find(s.id()))
        .flatMap(Optional::stream)
        .toList();
  }

  /** How many loops are in each state. */
  public Map<LoopState, Long> counts() {
    var counts = new EnumMap<LoopState, Long>(LoopState.class);
    archived.values().forEach(p -> counts.merge(p.summary().state(), 1L, Long::sum));
    records.values().forEach(r -> counts.merge(r.state(), 1L, Long::sum));
    return counts;
  }

  /** Calls {@code listener} after each event, in the thread that added it. */
  public void onChange(Consumer<LoopRecord> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    if (journal != null) {
      journal.close();
    }
    closeArchive();
  }

  private void closeArchive() {
    Archive known = archive;
    try {
      if (known != null) {
        known.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

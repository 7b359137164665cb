package dev.hone.loop;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * All loops as the journal tells them. An event is checked against the transition table, made
 * durable, applied and announced, in this order. Safe for several threads.
 */
public final class Loops implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Loops.class.getName());

  private final Map<String, LoopRecord> records = new ConcurrentSkipListMap<>();
  private final List<Consumer<LoopRecord>> listeners = new CopyOnWriteArrayList<>();
  private final Journal journal;
  private final InstantSource clock;
  private volatile Switch killSwitch = new Switch(false, "", "", Instant.EPOCH);

  /** The state of the kill switch. */
  public record Switch(boolean stopped, String by, String why, Instant at) {}

  /**
   * Opens the journal and replays it.
   *
   * @throws Journal.JournalException when it cannot be used
   */
  public Loops(Path journalFile, InstantSource clock) {
    this.clock = clock;
    this.journal = Journal.open(journalFile, this::replay);
  }

  Loops(Path journalFile, Journal.Opener opener, InstantSource clock) {
    this.clock = clock;
    this.journal = Journal.open(journalFile, opener, this::replay);
  }

  /**
   * The loops of a journal by id, oldest first, without locking or changing it.
   *
   * @throws Journal.JournalException when it is damaged
   */
  public static Map<String, LoopRecord> read(Path journalFile) throws IOException {
    var found = new TreeMap<String, LoopRecord>();
    Journal.read(
        journalFile,
        entry -> {
          switch (entry.event()) {
            case LoopEvent.Switched all -> {}
            case LoopEvent.Proposed e ->
                found.put(entry.loop(), LoopRecord.first(entry.loop(), entry.at(), e));
            case LoopEvent e ->
                found.computeIfPresent(entry.loop(), (id, loop) -> loop.after(e, entry.at()));
          }
        });
    return found;
  }

  private void replay(Journal.Entry entry) {
    switch (entry.event()) {
      case LoopEvent.Switched e ->
          killSwitch = new Switch(e.stopped(), e.by(), e.why(), entry.at());
      case LoopEvent.Proposed e ->
          records.put(entry.loop(), LoopRecord.first(entry.loop(), entry.at(), e));
      case LoopEvent e -> records.put(entry.loop(), require(entry.loop()).after(e, entry.at()));
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
          event instanceof LoopEvent.Proposed proposed && !records.containsKey(loop)
              ? LoopRecord.first(loop, now, proposed)
              : require(loop).after(event, now);
      journal.append(loop, event, now);
      records.put(loop, after);
    }
    listeners.forEach(listener -> announce(listener, after));
    return after;
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
    Instant now = clock.instant();
    var wanted = new Switch(stopped, by, why, now);
    if (stopped) {
      killSwitch = wanted;
    }
    journal.append("", new LoopEvent.Switched(stopped, by, why), now);
    killSwitch = wanted;
  }

  /** The state of the kill switch. */
  public Switch killSwitch() {
    return killSwitch;
  }

  /** A loop, if there is one of this id. */
  public Optional<LoopRecord> find(String loop) {
    return Optional.ofNullable(records.get(loop));
  }

  /** A loop that must exist. */
  public LoopRecord require(String loop) {
    return find(loop)
        .orElseThrow(() -> new IllegalArgumentException("there is no loop `" + loop + "`"));
  }

  /** All loops, oldest first. */
  public Collection<LoopRecord> all() {
    return List.copyOf(records.values());
  }

  /** Calls {@code listener} after each event, in the thread that added it. */
  public void onChange(Consumer<LoopRecord> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    journal.close();
  }
}

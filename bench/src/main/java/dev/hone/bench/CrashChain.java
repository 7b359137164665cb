package dev.hone.bench;

import dev.hone.loop.Audit;
import dev.hone.loop.Journal;
import dev.hone.loop.KnobException;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lives on one journal, each ended by a kill and followed by the next, which cleans up after it.
 * After each kill it looks at the values themselves, at the journal, and at what was acknowledged.
 */
final class CrashChain implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);

  private final CrashTally tally;
  private final List<String> flags;
  private final Path directory;
  private final List<Sleeper> sleepers = new ArrayList<>();
  private Map<String, LoopRecord> before = new HashMap<>();
  private boolean faulty;

  /**
   * A chain without a life.
   *
   * @param flags for the JVMs
   */
  CrashChain(CrashTally tally, List<String> flags) throws IOException {
    this.tally = tally;
    this.flags = flags;
    this.directory = Files.createTempDirectory("hone-crash-");
  }

  /** Lives and dies, and starts once more at last. */
  void run(List<Shot> shots) throws Exception {
    for (Shot shot : shots) {
      shoot(shot);
    }
    shoot(new Shot(Shot.Kind.MEASURE, List.of(), Fuse.Setting.NEVER, -1, false));
  }

  /** One life and its end; gives how many steps it had, if it got that far. */
  Shot.@Nullable Steps shoot(Shot shot) throws Exception {
    List<Sleeper> fresh = fresh(shot.fates().size());
    Shot.Steps steps = null;
    try (var child = CrashProcess.start(directory, flags, shot, fresh)) {
      long guard = -1;
      boolean ready = false;
      String late = "";
      try {
        if (shot.kind() == Shot.Kind.START && shot.millis() >= 0) {
          Thread.sleep(shot.millis());
        } else {
          String pid = child.await("guard");
          guard = pid == null ? -1 : Long.parseLong(pid);
          String millis = child.await("ready");
          ready = millis != null;
          if (millis != null) {
            tally.start((System.nanoTime() - child.began()) / 1e6, Double.parseDouble(millis));
          }
          if (shot.millis() >= 0 && child.await("lit") != null) {
            Thread.sleep(shot.millis());
          } else {
            String done = child.await("done");
            steps = done == null ? null : steps(done);
          }
        }
      } catch (CrashProcess.LateException e) {
        late = String.valueOf(e.getMessage());
      }
      long killed = child.kill();
      List<Long> byFuse = CrashChild.killedAt(directory);
      try (var watch = new ValueWatch(sleepers)) {
        var end =
            new End(byFuse.isEmpty() ? killed : byFuse.getFirst(), ready, !byFuse.isEmpty(), late);
        judge(shot, fresh, end, watch, guard);
      }
    }
    return steps;
  }

  /**
   * Has a JVM keep loaded classes for later starts.
   *
   * @return the flags that make use of them; none where it cannot be done
   */
  static List<String> train(Path cache) throws Exception {
    Path directory = Files.createTempDirectory("hone-crash-");
    Shot shot = Shot.measure(Fate.KEEP);
    var sleepers = new ArrayList<Sleeper>();
    for (int i = 0; i < shot.fates().size(); i++) {
      sleepers.add(Sleeper.start());
    }
    var output = List.of("-XX:AOTCacheOutput=" + cache);
    try (var child = CrashProcess.start(directory, output, shot, sleepers)) {
      if (child.await("done") != null) {
        child.leave();
      }
    } finally {
      sleepers.forEach(Sleeper::close);
      clear(directory);
    }
    return Files.exists(cache) ? List.of("-XX:AOTCache=" + cache) : List.of();
  }

  /** Deletes a directory that a guard may still write its last line into. */
  static void clear(Path directory) throws IOException {
    long end = System.nanoTime() + PATIENCE;
    while (true) {
      try {
        Tree.delete(directory);
        return;
      } catch (IOException | UncheckedIOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  private static Shot.Steps steps(String text) {
    String[] words = text.split(" ");
    return new Shot.Steps(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
  }

  private List<Sleeper> fresh(int count) throws IOException, KnobException {
    var fresh = new ArrayList<Sleeper>();
    for (int i = 0; i < count; i++) {
      fresh.add(Sleeper.start());
    }
    sleepers.addAll(fresh);
    return fresh;
  }

  /**
   * How a life ended.
   *
   * @param at when, in the clock of {@link System#nanoTime}
   * @param ready whether it had cleaned up before
   * @param byFuse whether it killed itself
   * @param late what it did not say in time; it was killed where it was then
   */
  private record End(long at, boolean ready, boolean byFuse, String late) {}

  private void judge(Shot shot, List<Sleeper> fresh, End how, ValueWatch watch, long guard)
      throws Exception {
    String where = shot.kind() + " " + shot.fates() + " " + shot.fuse().title();
    Path journal = directory.resolve(CrashChild.JOURNAL);
    Map<String, LoopRecord> loops = Journal.exists(journal) ? read(journal) : Map.of();
    int open = (int) loops.values().stream().filter(l -> l.state().isActive()).count();
    long end = how.at + PATIENCE;
    while (!offValues(loops).isEmpty() && System.nanoTime() < end) {
      Thread.sleep(2);
    }
    for (String value : offValues(loops)) {
      fault(CrashTally.Fault.NOT_RESTORED, where + ": " + value);
    }
    tally.kill(shot.kind(), open, (watch.lastRestored(how.at) - how.at) / 1e6);
    if (!shot.hasty()) {
      awaitEnd(guard);
    }
    if (Journal.exists(journal)) {
      checkJournal(journal, where);
    }
    if (how.ready) {
      checkEnds(loops, where);
      retire(loops, fresh);
    } else if (!how.late.isEmpty() || (!how.byFuse && shot.kind() != Shot.Kind.START)) {
      fault(CrashTally.Fault.NO_START, where + " " + how.late);
    }
    before = loops;
  }

  private static Map<String, LoopRecord> read(Path journal) throws IOException {
    var byProcess = new HashMap<String, LoopRecord>();
    try (var loops = Loops.read(journal)) {
      for (LoopRecord loop : loops.page(summary -> true, "", Integer.MAX_VALUE)) {
        byProcess.put(loop.plan().knob().parameter("pid"), loop);
      }
    }
    return byProcess;
  }

  /** Its directory stays, so that somebody can look why. */
  private void fault(CrashTally.Fault fault, String where) {
    faulty = true;
    tally.fault(fault, where + ", see " + directory);
  }

  /** Values that are neither the old one nor that of a kept loop. */
  private List<String> offValues(Map<String, LoopRecord> loops) throws InterruptedException {
    var off = new ArrayList<String>();
    for (Sleeper sleeper : sleepers) {
      LoopRecord loop = loops.get(Long.toString(sleeper.pid()));
      String value = sleeper.value();
      boolean kept = loop != null && loop.state() == LoopState.KEPT && value.equals(Sleeper.ON);
      if (!kept && !value.equals(Sleeper.OFF)) {
        off.add(value + " with " + (loop == null ? "no loop" : loop.id() + " " + loop.history()));
      }
    }
    return off;
  }

  private static void awaitEnd(long pid) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    while (pid > 0
        && System.nanoTime() < end
        && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
      Thread.sleep(2);
    }
  }

  private void checkJournal(Path journal, String where) throws IOException {
    var check = new Audit(journal).check();
    check.problem().ifPresent(p -> fault(CrashTally.Fault.BROKEN_CHAIN, where + ": " + p));
    var times = new HashSet<String>();
    Journal.read(journal, entry -> times.add(entry.at().toString()));
    for (String acknowledged : Files.readAllLines(directory.resolve(CrashChild.ACKS))) {
      if (!times.contains(acknowledged)) {
        fault(CrashTally.Fault.LOST_ENTRY, where + ": " + acknowledged);
      }
    }
  }

  /** What earlier lives left open has ended, and the values are what the states say. */
  private void checkEnds(Map<String, LoopRecord> now, String where) throws InterruptedException {
    for (Sleeper sleeper : sleepers) {
      String pid = Long.toString(sleeper.pid());
      LoopRecord loop = now.get(pid);
      LoopRecord earlier = before.get(pid);
      if (loop == null || earlier == null || mayBegin(earlier)) {
        continue;
      }
      boolean kept = loop.state() == LoopState.KEPT && loop.openIntent() == null;
      boolean beingRevoked = loop.state() == LoopState.KEPT && loop.openIntent() != null;
      String value = sleeper.value();
      if (!beingRevoked && !value.equals(kept ? Sleeper.ON : Sleeper.OFF)) {
        fault(
            CrashTally.Fault.STATE_AND_VALUE_DIFFER,
            where + ": " + value + " with " + loop.id() + " " + loop.history());
      }
      if (loop.state().isActive() || loop.state() == LoopState.STUCK) {
        fault(CrashTally.Fault.STILL_OPEN, where + ": " + loop.id() + " is " + loop.state());
      }
    }
  }

  private static boolean mayBegin(LoopRecord loop) {
    return loop.state() == LoopState.APPROVED || loop.state() == LoopState.SCHEDULED;
  }

  private static boolean isUnderWay(LoopRecord loop) {
    return loop.state().isActive() || loop.openIntent() != null;
  }

  /** Lets go of the processes that an earlier life's loops were about. */
  private void retire(Map<String, LoopRecord> now, List<Sleeper> fresh) {
    for (Sleeper sleeper : List.copyOf(sleepers)) {
      String pid = Long.toString(sleeper.pid());
      LoopRecord loop = now.get(pid);
      boolean over =
          loop == null
              ? !fresh.contains(sleeper)
              : before.containsKey(pid) && !mayBegin(loop) && !isUnderWay(loop);
      if (over) {
        sleepers.remove(sleeper);
        sleeper.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    sleepers.forEach(Sleeper::close);
    Path acks = directory.resolve(CrashChild.ACKS);
    tally.acknowledged(Files.exists(acks) ? Files.readAllLines(acks).size() : 0);
    if (!faulty) {
      clear(directory);
    }
  }
}

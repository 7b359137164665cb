package dev.hone.bench;

import dev.hone.loop.Conductor;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Loops;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A Hone that is there to be killed: ends what the one before left open, brings changes under way,
 * and dies where its fuse says, by a SIGKILL of its own, or lives until somebody kills it.
 *
 * <p>It writes each acknowledged entry's time into {@code acks}, which no two entries share, and
 * the moment of its death into {@code killed}, and says on standard output how far it is.
 */
final class CrashChild {
  static final String JOURNAL = "journal.log";
  static final String ACKS = "acks";
  static final String KILLED = "killed";
  private static final int SIGKILL = 9;
  private static final long TICK_MILLIS = 5;

  /** A look at the files so often takes little of a processor and misses no checkpoint. */
  private static final long ROTATION_NANOS = 20_000;

  private final Path directory;
  private final Fuse fuse;
  private final FileOutputStream acks;
  private final List<String> own = new ArrayList<>();
  private final List<String> revoked = new ArrayList<>();
  private Instant last = Instant.MIN;

  private CrashChild(Path directory, Fuse fuse, FileOutputStream acks) {
    this.directory = directory;
    this.fuse = fuse;
    this.acks = acks;
  }

  /**
   * Arguments: the directory, the setting of the fuse, a seed, the size of a journal file, and for
   * each change its fate and process, {@code KEEP:4711}.
   */
  public static void main(String[] arguments) throws Exception {
    Thread.ofPlatform().daemon().start(CrashChild::endWithParent);
    Path directory = Path.of(arguments[0]);
    Fuse.Setting setting = Fuse.Setting.parse(arguments[1]);
    var acks = new FileOutputStream(directory.resolve(ACKS).toFile(), true);
    var killed = new FileOutputStream(directory.resolve(KILLED).toFile());
    var fuse = new Fuse(setting, killer(killed));
    long seed = Long.parseLong(arguments[2]);
    var bounds = new Loops.Bounds(Long.parseLong(arguments[3]), 4);
    var fates = List.of(arguments).subList(4, arguments.length);
    var child = new CrashChild(directory, fuse, acks);
    if (setting.count() > 0 && setting.step().compareTo(Fuse.Step.ROTATED) >= 0) {
      Thread.ofPlatform().daemon().start(() -> child.watchRotation(setting.step()));
    }
    child.live(seed, bounds, fates);
  }

  /** A word from the parent is an orderly end, silence for good is the parent's. */
  private static void endWithParent() {
    try {
      if (System.in.read() >= 0) {
        System.exit(0);
      }
    } catch (IOException e) {
      // The pipe is gone, and so is the parent.
    }
    Runtime.getRuntime().halt(1);
  }

  private void live(long seed, Loops.Bounds bounds, List<String> fates) throws Exception {
    long began = System.nanoTime();
    var knobs = new FusedKnobs(fuse);
    try (var loops = new Loops(directory.resolve(JOURNAL), clock(), bounds);
        var hone =
            SmallHone.start(
                directory,
                loops,
                SmallHone.Parts.of(
                    knobs,
                    new FateSignals(knobs.switchings(), InstantSource.system().instant()),
                    seed))) {
      loops.onChange(this::acknowledge);
      say("guard " + hone.guard().pid());
      hone.reconcile(directory);
      say("ready " + (System.nanoTime() - began) / 1_000_000);
      begin(hone, fates, true);
      while (loops.all().stream().anyMatch(l -> own.contains(l.id()) && !isMeasured(l))) {
        tick(hone);
      }
      fuse.light();
      say("lit");
      begin(hone, fates, false);
      while (loops.all().stream().anyMatch(l -> own.contains(l.id()) && !isOpen(l) && !isOver(l))) {
        tick(hone);
      }
      say("done " + fuse.passed(Fuse.Step.AFTER_APPEND) + " " + fuse.passed(Fuse.Step.AFTER_KNOB));
      while (true) {
        tick(hone);
      }
    }
  }

  /** A time for each entry that no other has; the journal asks for it just before it writes. */
  private InstantSource clock() {
    return () -> {
      synchronized (acks) {
        Instant now = InstantSource.system().instant();
        last = now.isAfter(last) ? now : last.plusNanos(1_000);
        fuse.pass(Fuse.Step.BEFORE_APPEND);
        return last;
      }
    };
  }

  private void acknowledge(LoopRecord loop) {
    try {
      acks.write((loop.updatedAt() + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    fuse.pass(Fuse.Step.AFTER_APPEND);
  }

  private void begin(SmallHone hone, List<String> fates, boolean open)
      throws KnobException, IOException {
    for (String text : fates) {
      String[] words = text.split(":");
      Fate fate = Fate.valueOf(words[0]);
      if ((fate == Fate.OPEN) == open) {
        KnobRef ref = Sleeper.ref(Long.parseLong(words[1]));
        own.add(hone.begin(ref, fate, InstantSource.system().instant()));
      }
    }
  }

  private void tick(SmallHone hone) throws InterruptedException {
    hone.conductor().tick();
    for (LoopRecord loop : hone.loops().all()) {
      boolean revoke =
          loop.state() == LoopState.KEPT
              && Fate.of(loop.plan().primary()) == Fate.REVOKE
              && !revoked.contains(loop.id());
      if (revoke) {
        revoked.add(loop.id());
        try {
          hone.conductor().rollBack(loop.id(), "bench", "no longer wanted");
        } catch (Conductor.RefusedException e) {
          System.err.println(e.getMessage());
        }
      }
    }
    Thread.sleep(TICK_MILLIS);
  }

  private static boolean isOpen(LoopRecord loop) {
    return Fate.of(loop.plan().primary()) == Fate.OPEN && !loop.state().isFinal();
  }

  private static boolean isMeasured(LoopRecord loop) {
    return loop.state() == LoopState.EXPERIMENTING;
  }

  private static boolean isOver(LoopRecord loop) {
    boolean revoke = Fate.of(loop.plan().primary()) == Fate.REVOKE;
    return loop.state().isFinal() && !(revoke && loop.state() == LoopState.KEPT);
  }

  /** Blows the fuse when a journal file was put aside, or while a checkpoint is being written. */
  private void watchRotation(Fuse.Step step) {
    var checkpoint = directory.resolve(JOURNAL + ".checkpoint.new").toFile();
    long stale = checkpoint.lastModified();
    int number = 1;
    while (directory.resolve(closed(number)).toFile().exists()) {
      number++;
    }
    var full = directory.resolve(closed(number)).toFile();
    while (!(step == Fuse.Step.ROTATED
        ? full.exists()
        : checkpoint.exists() && checkpoint.lastModified() != stale)) {
      LockSupport.parkNanos(ROTATION_NANOS);
    }
    fuse.light();
    fuse.pass(step);
  }

  private static String closed(int number) {
    return JOURNAL + "." + String.format("%06d", number);
  }

  private static void say(String sentence) {
    System.out.println(sentence);
    System.out.flush();
  }

  /** SIGKILL to this process, with the moment written down before. */
  private static Runnable killer(FileOutputStream killed) {
    MethodHandle kill =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().find("kill").orElseThrow(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    int self = (int) ProcessHandle.current().pid();
    return () -> {
      try {
        killed.write(Long.toString(System.nanoTime()).getBytes(StandardCharsets.US_ASCII));
        int result = (int) kill.invokeExact(self, SIGKILL);
        throw new IllegalStateException("kill gave " + result);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    };
  }

  /** When it died by its fuse; nothing when somebody else killed it. */
  static List<Long> killedAt(Path directory) throws IOException {
    Path file = directory.resolve(KILLED);
    String text = Files.exists(file) ? Files.readString(file) : "";
    return text.isEmpty() ? List.of() : List.of(Long.parseLong(text));
  }
}

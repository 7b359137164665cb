package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.host.ProcessSchedulingKnobs;
import dev.hone.loop.GuardPost;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobRef;
import dev.hone.loop.LoopState;
import dev.hone.loop.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard against a real {@code kill -9} of the process it guards. */
class GuardProcessTest {
  private static final String LOOP = "loop-1";
  private static final String ON = "idle nice 0";

  @TempDir Path directory;

  /** The process that is killed: puts a change on under guard, says so, and never ends. */
  public static final class Guarded {
    private Guarded() {}

    /** Arguments: data directory, process to change. */
    public static void main(String[] arguments) throws Exception {
      KnobRef ref = RunningHone.knob(Long.parseLong(arguments[1]));
      Knob knob = new ProcessSchedulingKnobs().open(ref, Map.of());
      GuardProcess guard =
          GuardProcess.start(
              Path.of(arguments[0]), (loop, value) -> System.out.println(value), () -> {});
      String prior = knob.read();
      guard.arm(LOOP, ref, Map.of(), prior, ON);
      knob.write(prior, ON);
      System.out.println("on");
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @Test
  void whatIsOnTrialIsUndoneWhenTheGuardEnds() throws Exception {
    RunningHone.needsRightsToReschedule();
    try (var running = RunningHone.start(directory, Mode.APPROVE)) {
      Knob knob =
          new ProcessSchedulingKnobs().open(RunningHone.knob(running.victim.pid()), Map.of());
      String prior = knob.read();
      String loop = running.propose();
      String hash = running.hone.loops().require(loop).planHash();
      running.hone.conductor().approve(loop, hash, "ann");
      RunningHone.await(
          "the experiment",
          () -> running.hone.loops().require(loop).state() == LoopState.EXPERIMENTING);
      ProcessHandle.current()
          .children()
          .filter(GuardProcessTest::isGuard)
          .forEach(ProcessHandle::destroyForcibly);
      RunningHone.await("the end", () -> running.hone.loops().require(loop).state().isFinal());
      assertThat(running.hone.loops().require(loop).state()).isEqualTo(LoopState.ROLLED_BACK);
      assertThat(knob.read()).isEqualTo(prior);
      assertThat(running.hone.notices()).anyMatch(n -> n.contains("the guard process has ended"));
    }
  }

  /** The command line of {@link ProcessHandle.Info} ends after a page. */
  private static boolean isGuard(ProcessHandle process) {
    Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
    try {
      return Files.readString(file).contains(GuardMain.class.getName());
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void restoresTheOldValueWhenHoneIsKilledAndWritesItDown() throws Exception {
    RunningHone.needsRightsToReschedule();
    Process victim = new ProcessBuilder("sleep", "600").start();
    Knob knob = new ProcessSchedulingKnobs().open(RunningHone.knob(victim.pid()), Map.of());
    String prior = knob.read();
    Process guarded =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Guarded.class.getName(),
                directory.toString(),
                Long.toString(victim.pid()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(guarded.inputReader().readLine()).isEqualTo("on");
      assertThat(knob.read()).isEqualTo(ON);
      guarded.destroyForcibly();
      var log = new GuardLog(directory);
      RunningHone.await("the guard's entry", () -> log.read().containsKey(LOOP));
      assertThat(knob.read()).isEqualTo(prior);
      assertThat(log.read()).containsEntry(LOOP, new GuardPost.Undone(LOOP, prior, true));
    } finally {
      guarded.destroyForcibly();
      victim.destroyForcibly();
    }
  }
}

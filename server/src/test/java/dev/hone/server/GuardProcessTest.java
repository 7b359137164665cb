package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.host.ProcessSchedulingKnobs;
import dev.hone.loop.GuardPost;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobRef;
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
          GuardProcess.start(Path.of(arguments[0]), (loop, value) -> System.out.println(value));
      String prior = knob.read();
      guard.arm(LOOP, ref, Map.of(), prior, ON);
      knob.write(prior, ON);
      System.out.println("on");
      Thread.sleep(Long.MAX_VALUE);
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

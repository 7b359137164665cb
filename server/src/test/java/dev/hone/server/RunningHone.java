package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.host.ProcessSchedulingKnobs;
import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Guardrail;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.LoopState;
import dev.hone.loop.Mode;
import dev.hone.loop.Objective;
import dev.hone.loop.Policy;
import dev.hone.loop.Recommendation;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** A real Hone with its pages, on a free port, and an idle process that it may reschedule. */
final class RunningHone implements AutoCloseable {
  static final SignalRef SIGNAL =
      new SignalRef("load", "tasks", "node_load1 + 1", SignalRef.Better.LOWER);

  final Hone hone;
  final WebServer web;
  final Process victim;

  private RunningHone(Hone hone, WebServer web, Process victim) {
    this.hone = hone;
    this.web = web;
    this.victim = victim;
  }

  static RunningHone start(Path dataDirectory, Mode mode) throws StartException, IOException {
    return start(dataDirectory, Policy.observing().withModes(Map.of("host", mode)));
  }

  static RunningHone start(Path dataDirectory, Policy policy) throws StartException, IOException {
    return start(dataDirectory, policy, Optional.empty());
  }

  static RunningHone start(Path dataDirectory, Policy policy, Optional<Objective> objective)
      throws StartException, IOException {
    return start(dataDirectory, policy, objective, Optional.empty());
  }

  static RunningHone start(
      Path dataDirectory,
      Policy policy,
      Optional<Objective> objective,
      Optional<DatabaseConnection> database)
      throws StartException, IOException {
    var settings =
        new Settings(
            0, dataDirectory, database, objective, policy, Set.of(), Settings.Metrics.of());
    var hone = Hone.start(settings);
    return new RunningHone(hone, WebServer.start(hone), new ProcessBuilder("sleep", "600").start());
  }

  /** Skips a test where this user could not undo a change of scheduling. */
  static void needsRightsToReschedule() throws KnobException, InterruptedException, IOException {
    Knob knob = new ProcessSchedulingKnobs().open(knob(ProcessHandle.current().pid()), Map.of());
    Assumptions.assumeTrue(knob.probe().appliable(), "needs root or CAP_SYS_NICE to undo");
  }

  /** Proposes to let the idle process run at the lowest priority. */
  String propose() throws KnobException, InterruptedException, IOException {
    return propose("");
  }

  /** The same where this user may not do it, for the reason given. */
  String propose(String hindrance) throws KnobException, InterruptedException, IOException {
    return propose(Knob.Risk.R1, hindrance);
  }

  /** The same with another risk. */
  String propose(Knob.Risk risk, String hindrance)
      throws KnobException, InterruptedException, IOException {
    KnobRef ref = knob(victim.pid());
    Knob knob = new ProcessSchedulingKnobs().open(ref, Map.of());
    var finding =
        new Finding(
            "f-1",
            "host",
            "cpu-contention",
            ref.target(),
            "sleep (pid " + victim.pid() + ") makes others wait.",
            Instant.now().minusSeconds(60),
            Instant.now(),
            List.of(new Finding.Evidence("load", 1.5, "tasks", SIGNAL.query())),
            Map.of(),
            1);
    var recommendation =
        new Recommendation(
            "r-1",
            "f-1",
            "host",
            "demote-neighbour",
            ref,
            knob.read(),
            "idle nice 0",
            "Let sleep yield",
            new Recommendation.Expected(-0.4, -0.1),
            "sleep runs later.",
            risk,
            new Recommendation.Explanation(
                List.of("others wait"),
                "what nobody waits for yields",
                List.of(new Recommendation.Rejected("nice 19", "weaker")),
                "it finishes later",
                "chrt --idle --pid 0 " + victim.pid(),
                "chrt --other --pid 0 " + victim.pid()),
            new Design.Switchback(Duration.ofSeconds(5), Duration.ofSeconds(2), 30),
            SIGNAL,
            List.of(new Guardrail(SIGNAL, 50, 50)),
            hindrance.isEmpty(),
            hindrance,
            Instant.now().plusSeconds(3_600));
    return hone.conductor().propose(finding, recommendation);
  }

  /** The scheduling of a process, as its knob is named. */
  static KnobRef knob(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    String startTicks = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
    String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    return new KnobRef(
        ProcessSchedulingKnobs.KIND,
        new Target("process", "sleep " + pid),
        Map.of("pid", Long.toString(pid), "start-ticks", startTicks, "boot-id", bootId));
  }

  LoopState state(String loop) {
    return hone.loops().require(loop).state();
  }

  /** Waits for something that must happen; fails after a minute. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited a minute in vain: " + what);
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    web.close();
    hone.close();
    victim.destroyForcibly();
  }
}

package dev.hone.layer.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Target;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The knob on real processes. */
class ProcessSchedulingTest {
  private final ProcessSchedulingKnobs knobs = new ProcessSchedulingKnobs();
  private final HostProcesses processes = new HostProcesses(Path.of("/"));
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void needsRightsToUndo() {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/stat")), "needs a Linux host");
    Assumptions.assumeTrue(
        new SchedulingRights(processes).privileged(), "needs root or CAP_SYS_NICE to undo");
  }

  @AfterEach
  void endChildren() throws Exception {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private Process start(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    started.add(process);
    return process;
  }

  private Process burner(String... before) throws Exception {
    var command = new ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Burner.class.getName()));
    Process process = start(command.toArray(String[]::new));
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    assertThat(line).isEqualTo("ready");
    return process;
  }

  private ProcessIdentity identity(long pid) {
    return java.util.Objects.requireNonNull(processes.identify(pid), "no process " + pid);
  }

  private KnobRef ref(Process process) {
    return knobs.ref(identity(process.pid()), new Target("process", "burner"));
  }

  private Knob open(Process process) throws KnobException {
    return knobs.open(ref(process), Map.of());
  }

  private static KnobException.Reason reasonOf(Throwable e) {
    return ((KnobException) e).reason();
  }

  @Test
  void changesEveryThreadWhileNewOnesStartAndBringsAllBack() throws Exception {
    Process process = burner();
    Knob knob = open(process);
    String prior = knob.read();
    assertThat(prior).startsWith("other nice 0");
    assertThat(knob.probe()).isEqualTo(Knob.Capability.FULL);
    String wanted = prior.replace("other", "idle");
    for (int i = 0; i < 10; i++) {
      knob.write(prior, wanted);
      assertThat(knob.read()).isEqualTo(wanted);
      assertThat(processes.threads(process.pid()).size()).isGreaterThan(8);
      knob.undo(prior, wanted);
      assertThat(knob.read()).isEqualTo(prior);
    }
  }

  @Test
  void takesTheAutogroupAlongWhenItBelongsToTheProcessAlone() throws Exception {
    Assumptions.assumeTrue(
        HostProcesses.text(Path.of("/proc/sys/kernel/sched_autogroup_enabled")).equals("1"),
        "autogroups are off on this host");
    Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/setsid")), "needs setsid");
    Process process = burner("setsid");
    Knob knob = open(process);
    assertThat(knob.read()).isEqualTo("other nice 0 autogroup 0");
    knob.write("other nice 0 autogroup 0", "idle nice 0 autogroup 19");
    assertThat(HostProcesses.text(processes.directory(process.pid()).resolve("autogroup")))
        .endsWith("nice 19");
    knob.undo("other nice 0 autogroup 0", "idle nice 0 autogroup 19");
    assertThat(HostProcesses.text(processes.directory(process.pid()).resolve("autogroup")))
        .endsWith("nice 0");
  }

  @Test
  void leavesAnAutogroupAloneThatOthersShare() throws Exception {
    assertThat(open(start("sleep", "60")).read()).isEqualTo("other nice 0");
  }

  @Test
  void undoesAHalfDoneChangeAndIsIdempotent() throws Exception {
    Process process = burner();
    Knob knob = open(process);
    String prior = knob.read();
    String wanted = prior.replace("other", "idle");
    SchedulingValue other = SchedulingValue.parse(prior).ofThread();
    SchedulingValue idle = SchedulingValue.parse(wanted).ofThread();
    Scheduler.write(process.pid(), other, idle);
    assertThat(knob.read()).startsWith("mixed: ");
    assertThat(knob.probe().appliable()).isFalse();
    knob.undo(prior, wanted);
    knob.undo(prior, wanted);
    assertThat(knob.read()).isEqualTo(prior);
  }

  @Test
  void undoBringsBackAChildThatInheritedTheClass() throws Exception {
    Process process = start("sh", "-c", "read go; sleep 60 & wait");
    Knob knob = open(process);
    String prior = knob.read();
    String wanted = prior.replace("other", "idle");
    knob.write(prior, wanted);
    process.outputWriter().append("go\n").flush();
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (processes.descendants(process.pid()).isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    long child = processes.descendants(process.pid()).iterator().next();
    assertThat(String.valueOf(Scheduler.read(child))).isEqualTo("idle nice 0");
    knob.undo(prior, wanted);
    assertThat(String.valueOf(Scheduler.read(child))).isEqualTo("other nice 0");
  }

  @Test
  void neverFightsSomebodyWhoChangedTheValue() throws Exception {
    Process process = start("sleep", "60");
    Knob knob = open(process);
    String prior = knob.read();
    String wanted = prior.replace("other", "idle");
    String others = prior.replace("other nice 0", "batch nice 5");
    knob.write(prior, others);
    assertThatThrownBy(() -> knob.write(prior, wanted))
        .hasMessageContaining("`batch nice 5")
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(KnobException.Reason.DRIFT));
    assertThatThrownBy(() -> knob.undo(prior, wanted))
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(KnobException.Reason.DRIFT));
    assertThat(knob.read()).isEqualTo(others);
  }

  @Test
  void refusesAnotherProcessThatHasTheSameNumber() throws Exception {
    Process process = start("sleep", "60");
    var parameters = new TreeMap<>(ref(process).parameters());
    parameters.put("start-ticks", "1");
    Knob knob =
        knobs.open(
            new KnobRef(ProcessSchedulingKnobs.KIND, new Target("process", "old"), parameters),
            Map.of());
    assertThat(knob.probe().readable()).isFalse();
    assertThatThrownBy(() -> knob.undo("other nice 0", "idle nice 0"))
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(KnobException.Reason.GONE));
  }

  @Test
  void saysThatAnEndedProcessIsGone() throws Exception {
    Process process = start("sleep", "60");
    Knob knob = open(process);
    process.destroyForcibly().waitFor();
    assertThatThrownBy(knob::read)
        .hasMessageContaining("has ended")
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(KnobException.Reason.GONE));
  }

  @Test
  void hasNoEffectOnAProcessThatIsIdleClassAlready() throws Exception {
    Process process = start("sleep", "60");
    Knob knob = open(process);
    knob.write("other nice 0", "idle nice 0");
    assertThat(knob.probe().effective()).isFalse();
  }

  @Test
  void anOrdinaryUserMayNotApplyWhatItCannotUndo() throws Exception {
    Path setpriv = Path.of("/usr/bin/setpriv");
    Assumptions.assumeTrue(Files.exists(setpriv), "needs setpriv of util-linux");
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "needs root to become another user");
    Process process = start("sleep", "60");
    Process other =
        start(
            setpriv.toString(),
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            KnobOfAnotherUser.class.getName(),
            Long.toString(process.pid()));
    String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assumptions.assumeFalse(
        output.contains("ClassNotFoundException") || output.contains("NoClassDefFound"),
        "the class path is not readable for another user: " + output.lines().findFirst());
    assertThat(output).contains("own true true false false this user may put");
    assertThat(output).contains("foreign true false false false process foreign belongs to");
  }
}

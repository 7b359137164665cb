package dev.hone.bench;

import dev.hone.layer.host.ProcessSchedulingKnobs;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A process that does nothing, for changes of its scheduling.
 *
 * @param process the process
 * @param ref the address of its scheduling
 * @param knob its scheduling
 */
record Sleeper(Process process, KnobRef ref, Knob knob) implements AutoCloseable {
  /** The value before a change. */
  static final String OFF = "other nice 0";

  /** The value that is tried. */
  static final String ON = "idle nice 0";

  /** A value that somebody else might choose. */
  static final String OTHER = "batch nice 0";

  private static final int START_TICKS = 19;

  static Sleeper start() throws IOException, KnobException {
    Process process = new ProcessBuilder("sleep", "3600").start();
    KnobRef ref = ref(process.pid());
    return new Sleeper(process, ref, new ProcessSchedulingKnobs().open(ref, Map.of()));
  }

  /** The address of the scheduling of a process. */
  static KnobRef ref(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    String ticks = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TICKS];
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    return new KnobRef(
        ProcessSchedulingKnobs.KIND,
        new Target("process", "sleep " + pid),
        Map.of("pid", Long.toString(pid), "start-ticks", ticks, "boot-id", boot));
  }

  long pid() {
    return process.pid();
  }

  /** The value in force, or why there is none. */
  String value() throws InterruptedException {
    try {
      return knob.read();
    } catch (KnobException e) {
      return String.valueOf(e.reason());
    }
  }

  /** Somebody else changes the class, as chrt(1) does it. */
  void reschedule() {
    try {
      new ProcessBuilder("chrt", "--batch", "--pid", "0", Long.toString(pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

package dev.hone.layer.host;

import dev.hone.loop.Target;
import java.nio.file.Path;
import java.util.Map;

/** Prints what its user may do with a child of its own and with the process that it is given. */
final class KnobOfAnotherUser {
  private KnobOfAnotherUser() {}

  public static void main(String[] args) throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      print("own", child.pid());
      print("foreign", Long.parseLong(args[0]));
    } finally {
      child.destroyForcibly();
    }
  }

  private static void print(String name, long pid) throws Exception {
    var knobs = new ProcessSchedulingKnobs();
    ProcessIdentity identity = new HostProcesses(Path.of("/")).identify(pid);
    if (identity == null) {
      throw new IllegalStateException("no process " + pid);
    }
    var ref = knobs.ref(identity, new Target("process", name));
    var can = knobs.open(ref, Map.of()).probe();
    System.out.println(
        name
            + " "
            + can.readable()
            + " "
            + can.writable()
            + " "
            + can.undoable()
            + " "
            + can.appliable()
            + " "
            + can.why());
  }
}

package dev.hone.server;

import dev.hone.layer.database.DatabaseLayer;
import dev.hone.layer.database.IndexKnobs;
import dev.hone.layer.host.ProcessSchedulingKnobs;
import dev.hone.layer.jvm.JvmLayer;
import dev.hone.loop.GuardPost;
import dev.hone.loop.KnobFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The guard: a small JVM of its own that holds the undo of every open change and carries it out
 * when its pipe to Hone ends or falls silent. It leaves Hone's session first, so that neither
 * Ctrl-C nor a signal to the process group ends it.
 */
final class GuardMain {
  static final Duration SILENCE = Duration.ofSeconds(5);
  private static final Duration CHECK = Duration.ofMillis(500);

  private GuardMain() {}

  /** The only argument is the data directory. */
  public static void main(String[] arguments) throws Exception {
    leaveSession();
    var log = new GuardLog(Path.of(arguments[0]));
    List<KnobFactory> factories = new ArrayList<>(JvmLayer.knobs());
    factories.add(new ProcessSchedulingKnobs());
    factories.add(new IndexKnobs(List.of()));
    var answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var post = new GuardPost(factories, answers, log::add, System::nanoTime);
    Thread.ofPlatform().daemon().name("heartbeat").start(() -> watch(post));
    answers.println("ready");
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    post.serve(orders);
    endTwin(Path.of(arguments[0]));
    System.exit(0);
  }

  /** Hone is gone: nothing else would end the server that it tested indexes on. */
  private static void endTwin(Path dataDirectory) {
    try {
      DatabaseLayer.endOrphanedTwin(DataDirectory.twin(dataDirectory));
    } catch (IOException | RuntimeException e) {
      System.err.println("the planner twin is left to the next start: " + e.getMessage());
    }
  }

  private static void watch(GuardPost post) {
    try {
      while (true) {
        Thread.sleep(CHECK);
        post.checkHeartbeat(SILENCE.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void leaveSession() throws IOException {
    try {
      var linker = Linker.nativeLinker();
      var setsid = linker.defaultLookup().find("setsid").orElseThrow();
      int session =
          (int)
              linker
                  .downcallHandle(setsid, FunctionDescriptor.of(ValueLayout.JAVA_INT))
                  .invokeExact();
      if (session < 0) {
        System.err.println("the guard stays in Hone's session");
      }
    } catch (Throwable e) {
      throw new IOException("setsid cannot be called", e);
    }
  }
}

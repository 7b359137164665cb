package dev.hone.bench;

import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Mode;
import dev.hone.server.Hone;
import dev.hone.server.Settings;
import dev.hone.server.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Kills a Hone while a change of a layer is on, takes the time until the guard has restored the old
 * value and written that down durably, and reads what the next start says about it.
 */
final class KillTrial {
  private static final Duration LONGEST = Duration.ofMinutes(8);
  private static final long GOAL_MILLIS = 1_000;

  private KillTrial() {}

  static void run(String layer, Figures figures)
      throws IOException, InterruptedException, StartException {
    try (var demo = DemoChild.start(List.of("--duration", "10m"))) {
      String loop = awaitOn(demo, layer);
      Path log = demo.dataDirectory().resolve("guard.log");
      long began = System.nanoTime();
      demo.kill();
      while (!(Files.exists(log) && Files.readString(log).contains(loop))
          && System.nanoTime() - began < Duration.ofSeconds(30).toNanos()) {
        Thread.sleep(2);
      }
      double millis = (System.nanoTime() - began) / 1e6;
      String entry = Files.exists(log) ? Files.readString(log).strip() : "nothing";
      System.err.println("the guard wrote " + entry + " after " + Math.round(millis) + " ms");
      boolean restored = entry.contains("\"restored\":true");
      figures.add(
          "kill." + layer + ".restored", millis, "ms", "<=1000", restored && millis <= GOAL_MILLIS);
      LoopRecord after = nextStart(demo.dataDirectory(), loop);
      LoopRecord.Step last = after.history().getLast();
      System.err.println(last.at() + " " + last.state() + ": " + last.text() + ", by " + last.by());
      boolean told = after.state() == LoopState.ROLLED_BACK && !last.text().isBlank();
      figures.add("kill." + layer + ".told", told ? 1 : 0, "of 1", ">=1", told);
    }
  }

  /** Waits until a change of the layer is on and measured; gives its loop. */
  private static String awaitOn(DemoChild demo, String layer)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (System.nanoTime() < end && demo.alive()) {
      for (Map<?, ?> loop : demo.loops()) {
        Map<?, ?> recommendation = DemoChild.object(loop, "recommendation");
        Optional<String> written = DemoChild.text(DemoChild.object(loop, "openIntent"), "value");
        boolean on =
            DemoChild.text(loop, "state").filter("EXPERIMENTING"::equals).isPresent()
                && DemoChild.text(recommendation, "layer").filter(layer::equals).isPresent()
                && written.equals(DemoChild.text(recommendation, "to"));
        if (on) {
          return DemoChild.text(loop, "id").orElseThrow();
        }
      }
      Thread.sleep(100);
    }
    throw new IOException("no change of layer " + layer + " was on: " + demo.output());
  }

  private static LoopRecord nextStart(Path data, String loop) throws StartException {
    var settings =
        new Settings(
            0,
            data,
            Optional.empty(),
            Optional.empty(),
            Map.of("host", Mode.OBSERVE),
            Set.of(),
            Settings.Metrics.of());
    try (Hone hone = Hone.start(settings)) {
      return hone.loops().require(loop);
    }
  }
}

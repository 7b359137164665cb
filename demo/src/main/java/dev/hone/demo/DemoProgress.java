package dev.hone.demo;

import dev.hone.loop.Design;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells in plain lines what happens, with the seconds since the start in front. */
final class DemoProgress {
  private final long started = System.nanoTime();
  private final Map<String, LoopState> shown = new ConcurrentHashMap<>();

  synchronized void say(String line) {
    System.out.printf("%5.0f s  %s%n", (System.nanoTime() - started) / 1e9, line);
    System.out.flush();
  }

  void show(LoopRecord loop) {
    boolean changed = shown.put(loop.id(), loop.state()) != loop.state();
    if (changed && loop.state() != LoopState.APPROVED && loop.state() != LoopState.APPLYING) {
      say(
          String.format(
              "%-13s %s%s",
              loop.state(),
              loop.recommendation().title(),
              loop.state().isFinal() ? end(loop) : ""));
    }
  }

  private static String end(LoopRecord loop) {
    var verdict = loop.verdict();
    if (verdict == null) {
      return " (" + loop.history().getLast().text() + ")";
    }
    String unit = loop.plan().design() instanceof Design.Paired ? "pair" : "window";
    return String.format(
        ": %s, %d %s%s, %s",
        verdict.effectText(),
        verdict.pairs(),
        unit,
        verdict.pairs() == 1 ? "" : "s",
        String.join("; ", verdict.reasons()));
  }
}

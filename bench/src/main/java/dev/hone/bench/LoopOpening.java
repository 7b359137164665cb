package dev.hone.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.hone.loop.Conductor;
import dev.hone.loop.Guard;
import dev.hone.loop.Ids;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Knobs;
import dev.hone.loop.Loops;
import dev.hone.loop.Signals;
import dev.hone.loop.Ticker;
import dev.hone.loop.Workload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** Opens a journal of many loops and tells what that and its use cost, in milliseconds. */
final class LoopOpening {
  private static final int ROUNDS = 5;

  private LoopOpening() {}

  /** The only argument is the directory of the journal. */
  public static void main(String[] arguments) throws Exception {
    Path journal = Path.of(arguments[0]).resolve(CrashChild.JOURNAL);
    Ticker ticker = Ticker.system();
    long cpu = cpu();
    long began = System.nanoTime();
    try (var loops = new Loops(journal, ticker)) {
      say("open", (System.nanoTime() - began) / 1e6);
      say("open-cpu", (cpu() - cpu) / 1e6);
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      say("heap", (runtime.totalMemory() - runtime.freeMemory()) / 1e6);
      Conductor conductor = conductor(loops, ticker);
      say("page", millis(() -> LoopJournal.page(loops)));
      say("tick", millis(conductor::tick));
      say("audit", millis(() -> LoopJournal.newest(journal)));
    }
  }

  private static Conductor conductor(Loops loops, Ticker ticker) {
    var random = new SplittableRandom(1);
    return new Conductor(
        loops,
        new Knobs(List.of()),
        new NoGuard(),
        (signal, from, to) -> Signals.Reading.NONE,
        Workload.NONE,
        ticker,
        new Ids(ticker, random),
        random,
        Runnable::run,
        SmallHone.policy(),
        System.err::println);
  }

  /** Something that takes time. */
  private interface Work {
    void make() throws IOException;
  }

  /** The median of some rounds. */
  private static double millis(Work work) throws IOException {
    var times = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long began = System.nanoTime();
      work.make();
      times[i] = (System.nanoTime() - began) / 1e6;
    }
    Arrays.sort(times);
    return times[ROUNDS / 2];
  }

  private static long cpu() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static void say(String name, double value) {
    System.out.println(String.format(Locale.ROOT, "%s %.3f", name, value));
  }

  /** Nothing is armed here. */
  private static final class NoGuard implements Guard {
    @Override
    public void arm(
        String loop, KnobRef knob, Map<String, String> settings, String prior, String written)
        throws GuardException {
      throw new GuardException("there is none");
    }

    @Override
    public void disarm(String loop) {}
  }
}

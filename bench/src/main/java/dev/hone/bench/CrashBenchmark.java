package dev.hone.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench crash}: whatever ends Hone, wherever it is, nothing stays changed unproven. */
@Command(
    name = "crash",
    description = "kill -9 at every step, full disks, dead guards, and a journal of 100,000 loops.")
final class CrashBenchmark implements Callable<Integer> {
  private static final int CHAIN = 20;

  @ParentCommand private Bench bench = new Bench();

  @Option(names = "--trials", defaultValue = "1000", description = "Kills.")
  private int trials;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  @Option(
      names = "--minutes",
      defaultValue = "600",
      description = "Chains of lives begin within this time; the figures tell how many did.")
  private int minutes;

  @Option(names = "--at-a-time", defaultValue = "2", description = "Chains of lives.")
  private int parallel;

  @Option(
      names = "--kinds",
      split = ",",
      description = "Kills of these kinds only: APPEND, KNOB, RANDOM, ROTATION or START.")
  private Set<Shot.Kind> kinds = EnumSet.allOf(Shot.Kind.class);

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "kills,stop,disturbances,journal",
      description = "kills, stop, disturbances or journal.")
  private List<String> parts = List.of();

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    if (parts.contains("kills")) {
      kills(figures);
    }
    if (parts.contains("stop")) {
      StopTrial.run(figures);
    }
    if (parts.contains("disturbances")) {
      Disturbances.run(figures);
    }
    if (parts.contains("journal")) {
      LoopJournal.run(figures);
    }
    return figures.allHold() ? 0 : 1;
  }

  private void kills(Figures figures) throws Exception {
    var tally = new CrashTally();
    Path cache = Files.createTempDirectory("hone-crash-cache-");
    try {
      kills(figures, tally, CrashChain.train(cache.resolve("child.aot")));
    } finally {
      Tree.delete(cache);
    }
  }

  private void kills(Figures figures, CrashTally tally, List<String> flags) throws Exception {
    List<Shot> shots = shots(tally, flags);
    System.err.printf("%d kills, %d at a time%n", shots.size(), parallel);
    long began = System.nanoTime();
    try (ExecutorService chains = Executors.newFixedThreadPool(parallel)) {
      var ends = new ArrayList<Future<?>>();
      for (List<Shot> lives : chains(shots)) {
        ends.add(
            chains.submit(
                () -> {
                  boolean late = System.nanoTime() - began > TimeUnit.MINUTES.toNanos(minutes);
                  return late ? null : chain(lives, tally, flags);
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    }
    double minutes = (System.nanoTime() - began) / 60e9;
    report(figures, tally, minutes);
  }

  /** In an order by chance, so that each part of them is a sample of all. */
  private List<List<Shot>> chains(List<Shot> shots) {
    var chains = new ArrayList<List<Shot>>();
    for (int from = 0; from < shots.size(); from += CHAIN) {
      chains.add(shots.subList(from, Math.min(from + CHAIN, shots.size())));
    }
    Collections.shuffle(chains, new SplittableRandom(seed));
    return chains;
  }

  private static Void chain(List<Shot> lives, CrashTally tally, List<String> flags)
      throws Exception {
    try (var chain = new CrashChain(tally, flags)) {
      chain.run(lives);
    }
    System.err.println(tally);
    return null;
  }

  /** Every step of each life, and then as many by chance as are asked for. */
  private List<Shot> shots(CrashTally tally, List<String> flags) throws Exception {
    Map<Fate, Shot.Steps> lives = new EnumMap<>(Fate.class);
    try (var chain = new CrashChain(tally, flags)) {
      for (Fate fate : List.of(Fate.KEEP, Fate.WORSEN, Fate.REVOKE)) {
        Shot.Steps steps = chain.shoot(Shot.measure(fate));
        if (steps == null) {
          throw new IllegalStateException("a life of " + fate + " did not reach its end");
        }
        System.err.println("a life of " + fate + " has " + steps);
        lives.put(fate, steps);
      }
    }
    var random = new SplittableRandom(seed);
    var shots = new ArrayList<>(Shot.enumerated(lives));
    shots.removeIf(shot -> !kinds.contains(shot.kind()));
    if (shots.size() > trials) {
      for (int i = shots.size() - 1; i > 0; i--) {
        Collections.swap(shots, i, random.nextInt(i + 1));
      }
      return shots.subList(0, trials);
    }
    if (kinds.contains(Shot.Kind.RANDOM) || kinds.contains(Shot.Kind.ROTATION)) {
      shots.addAll(Shot.random(trials - shots.size(), random, kinds));
    }
    return shots;
  }

  private static void report(Figures figures, CrashTally tally, double minutes) throws IOException {
    figures.report("crash.kills", tally.kills(), "kills");
    for (Shot.Kind kind : Shot.Kind.values()) {
      String name = kind.name().toLowerCase(Locale.ROOT);
      figures.report("crash.kills-" + name, tally.kills(kind), "kills");
    }
    figures.report("crash.kills-took", minutes, "min");
    figures.report("crash.open-at-kill", (double) tally.openAtKill(), "changes");
    figures.report("crash.acknowledged", (double) tally.acknowledged(), "entries");
    for (CrashTally.Fault fault : CrashTally.Fault.values()) {
      String name = fault.name().toLowerCase(Locale.ROOT).replace('_', '-');
      figures.add("crash." + name, tally.faults(fault), "times", new Goal("<=0"));
    }
    figures.report("crash.restored-p50", tally.restored(0.5), "ms");
    figures.report("crash.restored-p99", tally.restored(0.99), "ms");
    figures.add("crash.restored-longest", tally.restored(1), "ms", new Goal("<=1000"));
    figures.report("crash.start-p50", tally.starts(0.5), "ms");
    figures.add("crash.start-longest", tally.starts(1), "ms", new Goal("<=5000"));
    figures.report("crash.reconcile-longest", tally.reconciles(1), "ms");
  }
}

package dev.hone.bench;

import dev.hone.loop.Audit;
import dev.hone.loop.Block;
import dev.hone.loop.Design;
import dev.hone.loop.KnobRef;
import dev.hone.loop.LoopEvent;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.Loops;
import dev.hone.loop.Pair;
import dev.hone.loop.Plan;
import dev.hone.loop.Recommendation;
import dev.hone.loop.Target;
import dev.hone.loop.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A journal of many loops that have ended, written through the kernel itself, and what it costs to
 * open and to use it in a JVM of its own, with the files out of the page cache.
 */
final class LoopJournal {
  private static final int LOOPS = 100_000;
  private static final int PAIRS = 6;
  private static final int OPENINGS = 3;
  private static final Duration BLOCK = Duration.ofSeconds(30);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private LoopJournal() {}

  static void run(Figures figures) throws Exception {
    Path memory = Path.of("/dev/shm");
    Path made =
        Files.createTempDirectory(
            Files.isDirectory(memory) ? memory : Path.of("/tmp"), "hone-journal-");
    Path disk = Files.createTempDirectory("hone-journal-");
    try {
      write(made.resolve(CrashChild.JOURNAL), LOOPS);
      Tree.copy(made, disk);
      Tree.delete(made);
      measure(figures, disk);
    } finally {
      Tree.delete(disk);
    }
  }

  /** Loops one after the other, half of them kept. */
  static void write(Path journal, int count) {
    var now = new Instant[] {START};
    try (var loops =
        new Loops(
            journal,
            () -> {
              now[0] = now[0].plusMillis(200);
              return now[0];
            })) {
      for (int i = 0; i < count; i++) {
        write(loops, i, now[0]);
      }
    }
  }

  private static void write(Loops loops, int number, Instant now) {
    String id = String.format(Locale.ROOT, "01m%015d", number);
    var ref =
        new KnobRef(
            "process-scheduling",
            new Target("process", "worker " + number % 500),
            Map.of("pid", "" + number % 500, "start-ticks", "" + number, "boot-id", "b"));
    Recommendation recommendation = Fate.KEEP.recommendation(ref, now);
    boolean kept = number % 2 == 0;
    var plan =
        new Plan(
            id,
            ref,
            "service-latency",
            recommendation.from(),
            recommendation.to(),
            recommendation.design(),
            recommendation.primary(),
            0.02,
            0.04,
            0.05,
            recommendation.guardrails(),
            number,
            Duration.ofHours(3));
    loops.append(
        id, new LoopEvent.Proposed(Fate.KEEP.finding(ref, now), recommendation, plan, null));
    loops.append(id, new LoopEvent.Approved(plan.hash(), "ann"));
    loops.append(id, new LoopEvent.Scheduled());
    var coins = Collections.nCopies(PAIRS, true);
    loops.append(id, new LoopEvent.Armed(plan.hash(), coins, now.plus(Duration.ofHours(3))));
    loops.append(id, new LoopEvent.Applying());
    loops.append(id, new LoopEvent.Intent(ref, plan.from(), plan.to(), plan.from()));
    loops.append(id, new LoopEvent.Applied(plan.to()));
    loops.append(id, new LoopEvent.Experimenting());
    double effect = kept ? -0.3 : 0.2;
    for (int i = 1; i <= PAIRS; i++) {
      var on = new Block(true, now, now.plus(BLOCK), 1 + effect, 1);
      var off = new Block(false, now.plus(BLOCK), now.plus(BLOCK.multipliedBy(2)), 1, 1);
      loops.append(id, new LoopEvent.PairMeasured(new Pair(i, on, off, Math.log1p(effect), i, 1)));
    }
    loops.append(id, new LoopEvent.Judged(verdict(kept, effect)));
    if (kept) {
      loops.append(id, new LoopEvent.Keeping());
      loops.append(id, new LoopEvent.Kept(plan.to(), "hone"));
    } else {
      loops.append(id, new LoopEvent.RollingBack("hone", "it was worse"));
      loops.append(id, new LoopEvent.RolledBack(plan.from(), "hone"));
    }
  }

  private static Verdict verdict(boolean kept, double effect) {
    return new Verdict(
        kept ? Verdict.Decision.KEEP : Verdict.Decision.ROLL_BACK,
        Design.Grade.B,
        effect,
        effect - 0.1,
        effect + 0.1,
        PAIRS,
        kept ? 30 : 0.1,
        kept ? 0.1 : 30,
        1,
        List.of("the bet won"));
  }

  private static void measure(Figures figures, Path directory) throws Exception {
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    figures.report("crash.journal-loops", LOOPS, "loops");
    figures.report("crash.journal-size", bytes / 1e6, "MB");
    var openings = new ArrayList<Map<String, Double>>();
    for (int i = 0; i < OPENINGS; i++) {
      openings.add(open(directory));
    }
    openings.sort(Comparator.comparing(o -> number(o, "open")));
    Map<String, Double> middle = openings.get(OPENINGS / 2);
    figures.add("crash.journal-open", number(middle, "open") / 1e3, "s", new Goal("<=3"));
    for (String name : List.of("open-cpu", "process", "page", "tick", "audit")) {
      figures.report("crash.journal-" + name, number(middle, name), "ms");
    }
    figures.report("crash.journal-heap", number(middle, "heap"), "MB");
    Files.delete(directory.resolve(CrashChild.JOURNAL + ".checkpoint"));
    Map<String, Double> without = open(directory);
    figures.report("crash.journal-open-without-checkpoint", number(without, "open") / 1e3, "s");
    figures.report("crash.journal-heap-without-checkpoint", number(without, "heap"), "MB");
  }

  private static double number(Map<String, Double> figures, String name) {
    return figures.getOrDefault(name, Double.NaN);
  }

  private static Map<String, Double> open(Path directory) throws IOException, InterruptedException {
    dropCache(directory);
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:MaxRAMPercentage=25",
                "-cp",
                System.getProperty("java.class.path"),
                LoopOpening.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var figures = new HashMap<String, Double>();
    try (var reader = process.inputReader()) {
      String line;
      while ((line = reader.readLine()) != null) {
        String[] words = line.split(" ");
        figures.put(words[0], Double.parseDouble(words[1]));
        if (words[0].equals("open")) {
          figures.put("process", (System.nanoTime() - began) / 1e6);
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException("the journal in `" + directory + "` could not be opened");
    }
    return figures;
  }

  /** Asks the kernel to forget the files' pages; where dd(1) cannot, they stay and it is warm. */
  private static void dropCache(Path directory) throws IOException, InterruptedException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        int exit =
            new ProcessBuilder(
                    "dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (exit != 0) {
          System.err.println("`" + file + "` stays in the page cache");
        }
      }
    }
  }

  /** The newest hundred of all lines. */
  static List<Audit.Line> newest(Path journal) throws IOException {
    return new Audit(journal).find(Audit.Filter.ALL, Long.MAX_VALUE, 100);
  }

  /** The newest hundred loops. */
  static List<LoopRecord> page(Loops loops) {
    return loops.page(loop -> true, "", 100);
  }
}

package dev.hone.bench;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.IndexKnobs;
import dev.hone.loop.Design;
import dev.hone.loop.Finding;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.Loops;
import dev.hone.loop.Recommendation;
import dev.hone.loop.SignalRef;
import dev.hone.loop.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A Hone that makes indexes and is there to be disturbed. Its standard input gives the address of a
 * database and then a change a line, {@code INDEX COLUMN FATE [TABLESPACE]}; it says {@code guard
 * PID}, {@code ready} when what an earlier one left open has ended, {@code begun} and {@code over
 * STATE} of each change.
 */
final class IndexChild {
  static final String JOURNAL = "journal.log";
  static final String DATABASE = "disturbed";
  static final String TABLE = "entries";

  private static final long TICK_MILLIS = 5;
  private static final Duration WINDOW = Duration.ofMillis(60);
  private static final int WINDOWS = 8;
  private static final String END = "";

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final Path directory;

  private IndexChild(Path directory) {
    this.directory = directory;
  }

  /** Argument: the directory of its journal. */
  public static void main(String[] arguments) throws Exception {
    new IndexChild(Path.of(arguments[0])).live();
  }

  private void listen(BufferedReader in) {
    try {
      String line;
      while ((line = in.readLine()) != null) {
        told.add(line);
      }
    } catch (IOException e) {
      // The parent is gone.
    }
    told.add(END);
  }

  private void live() throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    DatabaseConnection database = DatabaseConnection.of(DATABASE, in.readLine());
    Thread.ofPlatform().daemon().start(() -> listen(in));
    try (var knobs = new TracedKnobs(new IndexKnobs(List.of(database)));
        var loops = new Loops(directory.resolve(JOURNAL), InstantSource.system());
        var hone =
            SmallHone.start(
                directory,
                loops,
                SmallHone.Parts.of(knobs, new FateSignals(knobs.switchings(), Instant.MIN), 1))) {
      say("guard " + hone.guard().pid());
      hone.reconcile(directory);
      while (loops.all().stream().anyMatch(loop -> loop.state().isActive())) {
        tick(hone);
      }
      say("ready");
      while (true) {
        String line = told.take();
        if (line.equals(END)) {
          return;
        }
        String[] words = line.split(" ");
        String place = words.length > 3 ? " TABLESPACE " + words[3] : "";
        String loop =
            begin(hone, words[0], words[1].replace("+", ", "), Fate.valueOf(words[2]), place);
        say("begun");
        while (!loops.require(loop).state().isFinal()) {
          tick(hone);
        }
        LoopRecord ended = loops.require(loop);
        say("over " + ended.state() + " " + ended.history().getLast());
      }
    }
  }

  private static void tick(SmallHone hone) throws InterruptedException {
    hone.conductor().tick();
    TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
  }

  private static String begin(SmallHone hone, String index, String column, Fate fate, String place)
      throws KnobException {
    Instant now = InstantSource.system().instant();
    String ddl =
        "CREATE INDEX CONCURRENTLY "
            + index
            + " ON public."
            + TABLE
            + " USING btree ("
            + column
            + ")"
            + place;
    var target = new Target("table", DATABASE + "/public." + TABLE);
    var ref =
        new KnobRef(
            IndexKnobs.KIND,
            target,
            Map.of(
                "database", DATABASE,
                "schema", "public",
                "table", TABLE,
                "index", index,
                "ddl", ddl));
    var signal = new SignalRef("time", "s/call", fate + " " + index, SignalRef.Better.LOWER);
    var finding =
        new Finding(
            "f-" + index,
            Fate.LAYER,
            "slow",
            target,
            "a statement is slow",
            now,
            now,
            List.of(new Finding.Evidence("time", 1, "s", "time")),
            Map.of(),
            1);
    var recommendation =
        new Recommendation(
            "r-" + index,
            "f-" + index,
            Fate.LAYER,
            "index-" + index,
            ref,
            "absent",
            ddl,
            "Index " + index,
            new Recommendation.Expected(-0.4, -0.2),
            "bytes",
            Knob.Risk.R1,
            new Recommendation.Explanation(
                List.of("a statement is slow"),
                "an index makes it quick",
                List.of(new Recommendation.Rejected("another", "larger")),
                "it is built for nothing",
                ddl,
                "DROP INDEX CONCURRENTLY " + index),
            new Design.DifferenceInDifferences(WINDOW, WINDOWS, WINDOWS, List.of(), signal),
            signal,
            List.of(),
            true,
            "",
            now.plus(Duration.ofMinutes(2)));
    return hone.begin(finding, recommendation);
  }

  private static void say(String sentence) {
    System.out.println(sentence);
    System.out.flush();
  }
}

package dev.hone.bench.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The whole study in small: every design plays, and every goal has its line. */
class StudyTest {
  private static final double SMALL = 0.002;

  private static List<Line> run(int threads, ByteArrayOutputStream table) throws IOException {
    var lines = new ArrayList<Line>();
    try (var out = new PrintStream(table, true, StandardCharsets.UTF_8)) {
      study(threads, EnumSet.allOf(Study.Part.class), Study.USUAL_SEED).run(lines::add, out);
    }
    return lines;
  }

  private static Study study(int threads, Set<Study.Part> parts, long seed) {
    return new Study(null, SMALL, threads, true, parts, seed);
  }

  private static List<String> withoutTheClock(List<Line> lines) {
    return lines.stream()
        .filter(line -> !line.name().startsWith("loop.judge."))
        .map(Line::toString)
        .toList();
  }

  @Test
  void everyGoalHasALineHoweverManyThreads() throws IOException {
    var table = new ByteArrayOutputStream();
    List<Line> lines = run(2, table);
    List<String> goals =
        lines.stream()
            .filter(line -> line instanceof Line.Figure figure && figure.goal() != null)
            .map(Line::name)
            .toList();
    assertThat(goals).doesNotHaveDuplicates();
    for (String design : List.of("a", "b", "c", "d")) {
      assertThat(goals)
          .contains(
              "loop.null." + design + "-synthetic.false-keeps",
              "loop.null." + design + "-synthetic.false-keeps-upper",
              "loop.null." + design + "-synthetic.false-rollbacks",
              "loop.effect." + design + "-ar.+20.kept-count");
    }
    for (String memory : List.of("0.0", "0.5", "0.8", "0.95")) {
      assertThat(goals)
          .contains(
              "loop.effect.b-ar" + memory + ".-10.kept",
              "loop.effect.b-ar" + memory + ".-20.kept",
              "loop.effect.b-ar" + memory + ".-10.minutes",
              "loop.effect.b-ar" + memory + ".-20.minutes",
              "loop.effect.b-ar" + memory + ".-20.coverage");
    }
    assertThat(goals)
        .contains(
            "loop.guard.b.slower.at-once.undone-in-30s",
            "loop.guard.b.slower.later.undone-in-30s",
            "loop.guard.b.errors.at-once.undone-in-30s",
            "loop.guard.b.false-aborts-at-memory-0.0",
            "loop.trap.shift-looks-like-gain.a.right",
            "loop.trap.shift-looks-like-gain.b.right",
            "loop.judge.processor-time-a-pair");
    assertThat(lines)
        .filteredOn(line -> line instanceof Line.Skipped)
        .extracting(Line::name)
        .contains("loop.data", "loop.null.b-real");
    assertThat(table.toString(StandardCharsets.UTF_8)).contains("ar0.95", "shift-hides-gain");
    assertThat(withoutTheClock(run(5, new ByteArrayOutputStream())))
        .isEqualTo(withoutTheClock(lines));
  }

  @Test
  void aPartIsPlayedAloneAndAnotherSeedPlaysOtherExperiments() throws IOException {
    var usual = new ArrayList<Line>();
    String table = traps(Study.USUAL_SEED, usual);
    assertThat(usual).extracting(Line::name).allMatch(n -> n.matches("loop\\.(data|trap\\..*)"));
    assertThat(traps(Study.USUAL_SEED + 1, new ArrayList<>())).isNotEqualTo(table);
  }

  /** The table of this part alone. */
  private static String traps(long seed, List<Line> lines) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var table = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      study(2, Set.of(Study.Part.TRAPS), seed).run(lines::add, table);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trail of who did what, and what another policy would have made of it. */
class AuditTest {
  @Test
  void theTrailTellsWhoDidWhatNewestFirst() throws IOException {
    try (var world = new World(1, -0.4)) {
      LoopRecord loop = world.run(Examples.SWITCHBACK);
      world.conductor.setPolicy(Examples.policy(Mode.OBSERVE), "bob", "enough for today");
      var audit = new Audit(world.journal());
      List<Audit.Line> all = audit.find(Audit.Filter.ALL, Long.MAX_VALUE, 1_000);
      assertThat(all.getFirst().kind()).isEqualTo("PolicyChanged");
      assertThat(all.getFirst().by()).isEqualTo("bob");
      assertThat(all.getFirst().text()).startsWith("enough for today: {");
      assertThat(all.getLast().kind()).isEqualTo("Proposed");
      assertThat(all).extracting(Audit.Line::sequence).doesNotHaveDuplicates();
      var anns =
          new Audit.Filter(
              loop.id(), "ANN", "approved", "plan", Examples.START, all.getFirst().at());
      assertThat(audit.find(anns, Long.MAX_VALUE, 9)).hasSize(1);
      List<Audit.Line> page = audit.find(Audit.Filter.ALL, all.get(2).sequence(), 2);
      assertThat(page).containsExactly(all.get(3), all.get(4));
      Audit.Check check = audit.check();
      assertThat(check.problem()).isEmpty();
      assertThat(check.entries()).isEqualTo(all.size());
      assertThat(check.hash()).isEqualTo(all.getFirst().hash());
    }
  }

  @Test
  void aLineThatWasChangedIsNamed(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("journal.log");
    try (var loops =
        new Loops(file, Journal.DISK, () -> Examples.START, new Loops.Bounds(2_000, 5))) {
      for (int i = 0; i < 40; i++) {
        loops.append(new LoopEvent.Thawed("ann", "no " + i));
      }
    }
    Path first = folder.resolve("journal.log.000001");
    Files.writeString(first, Files.readString(first).replace("no 3\"", "no 4\""));
    Audit.Check check = new Audit(file).check();
    assertThat(check.problem().orElseThrow()).contains("journal.log.000001` is damaged at line 4");
    assertThat(check.entries()).isEqualTo(3);
  }

  @Test
  void anotherPolicyIsShownByWhatItWouldHaveMadeOfTheLastThirtyDays() {
    try (var world = new World(1, 0)) {
      for (int i = 0; i < 4; i++) {
        world.run(Examples.SWITCHBACK);
        world.ticker.pass(Duration.ofHours(1));
      }
      Policy present = world.policy;
      Policy auto = present.withModes(Map.of("host", Mode.AUTO));
      PolicyPreview preview =
          PolicyPreview.of(
              present, auto, world.loops.registry(), world.loops.all(), world.ticker.instant());
      assertThat(preview.recommendations()).isEqualTo(4);
      assertThat(preview.before().asks()).isEqualTo(4);
      assertThat(preview.after().starts()).isEqualTo(4);
      assertThat(preview.changed()).hasSize(4);
      Policy nights =
          present.withWindows(
              List.of(
                  new ChangeWindow(
                      ChangeWindow.Kind.ALLOW, "", List.of(), "22:00", "23:00", "UTC", "night")));
      PolicyPreview waits =
          PolicyPreview.of(
              present, nights, world.loops.registry(), world.loops.all(), world.ticker.instant());
      assertThat(waits.after().waitMinutes()).isBetween(4L * 18 * 60, 4L * 22 * 60);
      PolicyPreview late =
          PolicyPreview.of(
              present,
              auto,
              world.loops.registry(),
              world.loops.all(),
              world.ticker.instant().plus(Duration.ofDays(31)));
      assertThat(late.recommendations()).isZero();
    }
  }
}

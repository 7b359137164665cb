package dev.hone.metrics.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a series lies. */
class SlotsTest {
  @TempDir Path directory;

  @Test
  void theSlotOfASeriesNeverChanges() {
    assertThat(Slots.of(Labels.of("up"))).isEqualTo(Slots.of(Labels.of("up")));
    assertThat(
            IntStream.range(0, 6)
                .map(i -> Slots.of(Labels.of("up", "instance", "h" + i)))
                .toArray())
        .containsExactly(FIXED);
  }

  /** Stored data hang on these numbers. */
  private static final int[] FIXED = {44, 45, 8, 22, 44, 9};

  @Test
  void seriesSpreadEvenly() {
    var counts = new int[Slots.COUNT];
    for (int i = 0; i < 64_000; i++) {
      counts[Slots.of(Labels.of("m", "instance", "host-" + i % 640, "cpu", "" + i / 640))]++;
    }
    assertThat(IntStream.of(counts).boxed()).allMatch(count -> count > 850 && count < 1_150);
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "b" + i).toList();
  }

  @Property
  void aBackendThatIsAddedOnlyTakes(
      @ForAll @IntRange(min = 1, max = 12) int count,
      @ForAll @IntRange(min = 1, max = 3) int copies) {
    List<String> before = names(count);
    List<String> after = new ArrayList<>(before);
    after.add("new");
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      List<String> old = Slots.owners(slot, before, copies);
      List<String> now = Slots.owners(slot, after, copies);
      assertThat(now).hasSize(Math.min(copies, count + 1)).doesNotHaveDuplicates();
      assertThat(before).containsAll(old);
      assertThat(now.stream().filter(name -> !old.contains(name)).toList())
          .allMatch(name -> name.equals("new") || old.size() < copies);
    }
  }

  @Test
  void everyBackendHasItsShare() {
    Map<String, Integer> counts = new HashMap<>();
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      Slots.owners(slot, names(4), 2).forEach(name -> counts.merge(name, 1, Integer::sum));
    }
    assertThat(counts).hasSize(4);
    assertThat(counts.values()).allMatch(count -> count >= 20 && count <= 46);
  }

  @Property
  void slotsSurviveTheirMatcher(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 63) Integer> numbers) {
    var slots = new BitSet();
    numbers.forEach(slots::set);
    assertThat(Slots.slots(Slots.matcher(slots))).isEqualTo(slots);
  }

  @Test
  void anotherMatcherOnTheMarkMeansNoSlot() {
    assertThat(Slots.slots(Matcher.equal(Slots.LABEL, "3")).isEmpty()).isTrue();
    assertThat(Slots.slots(new Matcher(Slots.LABEL, Matcher.Operator.REGEX, ".+")).isEmpty())
        .isTrue();
  }

  private static RemoteOptions options(int count) {
    return RemoteOptions.of(
        names(count).stream()
            .map(
                name ->
                    new Backend(
                        name,
                        URI.create("http://127.0.0.1:9"),
                        Flavour.PROMETHEUS,
                        Optional.empty(),
                        Backend.Access.OPEN))
            .toList());
  }

  @Test
  void earlierPlacesAreRemembered() throws Exception {
    Path file = directory.resolve("placement");
    long hour = Duration.ofHours(1).toMillis();
    Placement.open(file, options(2), 1, 10 * hour);
    Placement.open(file, options(2), 4, 12 * hour);
    Placement placement = Placement.open(file, options(3), 7, 20 * hour);
    assertThat(Files.readAllLines(file)).hasSize(2);
    assertThat(placement.ofSegment(6).backends).containsExactly("b0", "b1");
    assertThat(placement.ofSegment(7).backends).hasSize(3);
    assertThat(placement.of(15 * hour, 16 * hour, hour, 0)).hasSize(1);
    assertThat(placement.of(15 * hour, 19 * hour + 1, hour, 0)).hasSize(2);
    assertThat(placement.of(21 * hour, 22 * hour, hour, 0)).hasSize(1);
  }
}

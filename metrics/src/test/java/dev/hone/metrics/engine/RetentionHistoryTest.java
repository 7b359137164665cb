package dev.hone.metrics.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Matcher;
import dev.hone.metrics.Retention;
import dev.hone.metrics.Retention.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionHistoryTest {
  private static final long DAY = 86_400_000;
  private static final Matcher SHOP = new Matcher("job", Matcher.Operator.REGEX, "shop \"#=.");

  @TempDir Path folder;
  private long oldest;

  private static Retention.Keep keep(int raw) {
    return new Retention.Keep(
        Duration.ofDays(raw), Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(365));
  }

  private static Retention with(int raw, int ofTheShop) {
    return new Retention(keep(raw), List.of(new Retention.Rule(List.of(SHOP), keep(ofTheShop))));
  }

  private long since(Retention current, long day, List<Matcher> matchers) throws IOException {
    return RetentionHistory.open(folder, current, day * DAY, oldest)
        .completeSince(matchers, Tier.RAW);
  }

  @Test
  void whatAnEarlierRetentionDeletedIsRemembered() throws IOException {
    assertThat(since(with(7, 60), 1_000, List.of())).isEqualTo(Long.MIN_VALUE);
    assertThat(since(with(7, 60), 1_001, List.of())).isEqualTo(Long.MIN_VALUE);
    assertThat(since(with(20, 60), 1_002, List.of())).isEqualTo((1_002 - 7) * DAY);
    List<Matcher> shop = List.of(Matcher.equal("job", "shop \"#=!"));
    List<Matcher> other = List.of(Matcher.equal("job", "other"));
    assertThat(since(with(20, 60), 1_003, shop)).isEqualTo((1_002 - 60) * DAY);
    assertThat(since(with(20, 60), 1_003, other)).isEqualTo((1_002 - 7) * DAY);
    assertThat(since(with(10, 60), 1_010, other)).isEqualTo((1_002 - 7) * DAY);
    assertThat(since(with(30, 60), 1_040, other)).isEqualTo((1_040 - 10) * DAY);
  }

  @Test
  void whatWasNeverThereWasNotDeleted() throws IOException {
    oldest = Long.MAX_VALUE;
    since(with(7, 60), 1_000, List.of());
    assertThat(since(with(20, 60), 1_001, List.of())).isEqualTo(Long.MIN_VALUE);
    oldest = 990 * DAY;
    assertThat(since(with(30, 60), 1_002, List.of())).isEqualTo(Long.MIN_VALUE);
    assertThat(since(with(40, 60), 1_030, List.of())).isEqualTo(1_000 * DAY);
  }

  @Test
  void whatIsTooOldToBeFeltGoes() throws IOException {
    since(with(7, 60), 1_000, List.of());
    since(with(20, 60), 1_002, List.of());
    assertThat(Files.readString(folder.resolve("retention"))).contains("0.until");
    since(with(30, 60), 1_400, List.of());
    assertThat(Files.readString(folder.resolve("retention"))).doesNotContain("1.until");
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Files.writeString(folder.resolve("retention"), "now.standard=P7D");
    assertThatThrownBy(() -> since(with(7, 60), 1_000, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("`retention`");
  }
}

package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.loop.Diagnosis;
import dev.hone.loop.Finding;
import dev.hone.loop.Finding.Evidence;
import dev.hone.loop.Ids;
import dev.hone.loop.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds indexes that writes pay for and nothing needs, as the advisor names them. */
final class NeedlessIndexes implements Diagnosis {
  /** The kind of its findings. */
  static final String KIND = "needless-index";

  /** What has been of no use for weeks is still so some hours later. */
  private static final Duration ADVICE_LIFE = Duration.ofHours(6);

  /** A start must not cost more because of what can wait. */
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(10);

  private final AdviceDesk desk;
  private final String database;
  private final Ids ids;
  private @Nullable Instant started;

  NeedlessIndexes(AdviceDesk desk, String database, Ids ids) {
    this.desk = desk;
    this.database = database;
    this.ids = ids;
  }

  @Override
  public String name() {
    return KIND;
  }

  @Override
  public List<Finding> examine(Instant now) {
    Instant first = started == null ? now : started;
    started = first;
    if (!now.isBefore(first.plus(FIRST_PAUSE))) {
      desk.request(ADVICE_LIFE);
    }
    return desk.state().last().stream()
        .flatMap(
            last ->
                last.answer().advice().recommendations().stream()
                    .filter(each -> each.kind() == Advice.Kind.DROP_INDEX)
                    .map(each -> finding(each, last.at(), now)))
        .toList();
  }

  private Finding finding(Advice.Recommended drop, Instant advisedAt, Instant now) {
    String size = "SELECT pg_relation_size('" + drop.schema() + "." + drop.index() + "')";
    return new Finding(
        ids.next(),
        DatabaseLayer.NAME,
        KIND,
        new Target("index", database + "/" + drop.schema() + "." + drop.index()),
        String.format(
            Locale.ROOT,
            "Index `%s` on `%s` of database %s takes %s and nothing needs it. %s",
            drop.index(),
            drop.table(),
            database,
            IndexChoice.megabytes(-drop.bytes()),
            String.join(" ", drop.why())),
        advisedAt,
        now,
        List.of(
            new Evidence("size of the index", -drop.bytes(), "B", size),
            new Evidence(
                "time that writes spend on it",
                -drop.writeSeconds(),
                "s",
                "hone advise: write cost")),
        Map.of(
            "database", database,
            "schema", drop.schema(),
            "table", drop.table(),
            "index", drop.index(),
            "ddl", drop.undo()),
        1);
  }
}

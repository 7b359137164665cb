package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Identifiers;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.TableCopy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says the same index on the partitions of a table once, as an index on the whole table. */
public final class PartitionIndexes {
  /** PostgreSQL cuts longer names: NAMEDATALEN is 64. */
  private static final int LONGEST_NAME = 63;

  private PartitionIndexes() {}

  /**
   * The recommendations, in which indexes that at least two partitions, and half of those that are
   * known, should have are one.
   */
  public static List<Advice.Recommended> together(
      List<Advice.Recommended> recommendations, SchemaCopy schema) {
    Map<String, List<Advice.Recommended>> groups = new LinkedHashMap<>();
    for (Advice.Recommended each : recommendations) {
      groups.computeIfAbsent(key(each, schema), k -> new ArrayList<>()).add(each);
    }
    var together = new ArrayList<Advice.Recommended>();
    for (List<Advice.Recommended> group : groups.values()) {
      TableCopy parent = parent(group.getFirst(), schema).orElse(null);
      if (parent != null && group.size() > 1 && 2L * group.size() >= partitions(parent, schema)) {
        together.add(whole(parent, group));
      } else {
        together.addAll(group);
      }
    }
    return together;
  }

  /** What partitions of a table have in common; of other indexes their own name. */
  private static String key(Advice.Recommended each, SchemaCopy schema) {
    return parent(each, schema)
        .map(parent -> parent.title() + body(each))
        .orElse("\0" + each.kind() + each.schema() + "." + each.index() + each.title());
  }

  private static Optional<TableCopy> parent(Advice.Recommended each, SchemaCopy schema) {
    return each.kind() == Advice.Kind.CREATE_INDEX
        ? schema
            .table(each.schema(), each.table())
            .filter(table -> !table.bound().isEmpty())
            .flatMap(table -> schema.table(table.parent()))
        : Optional.empty();
  }

  private static long partitions(TableCopy parent, SchemaCopy schema) {
    return schema.tables().stream().filter(table -> table.parent() == parent.oid()).count();
  }

  private static String body(Advice.Recommended each) {
    return each.ddl().substring(Math.max(0, each.ddl().indexOf(" USING ")));
  }

  private static Advice.Recommended whole(TableCopy parent, List<Advice.Recommended> group) {
    Advice.Recommended first = group.getFirst();
    String name = name(parent, first);
    String table = Identifiers.quoted(parent.schema(), parent.table());
    String index = Identifiers.quoted(parent.schema(), name);
    return new Advice.Recommended(
        Advice.Kind.CREATE_INDEX,
        parent.schema(),
        parent.table(),
        name,
        first.title().replace(first.table(), parent.table()),
        "CREATE INDEX " + Identifiers.quoted(name) + " ON " + table + body(first),
        "DROP INDEX IF EXISTS " + index,
        group.stream().mapToLong(Advice.Recommended::bytes).sum(),
        group.stream().mapToDouble(Advice.Recommended::gainSeconds).sum(),
        group.stream().mapToDouble(Advice.Recommended::writeSeconds).sum(),
        effects(group),
        why(table, index, group));
  }

  private static String name(TableCopy parent, Advice.Recommended first) {
    String full = first.index().replace(first.table(), parent.table());
    while (full.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      full = full.substring(0, full.length() - 1);
    }
    return full;
  }

  private static List<Advice.Effect> effects(List<Advice.Recommended> group) {
    Map<Workload.Statement, Advice.Effect> effects = new LinkedHashMap<>();
    for (Advice.Recommended each : group) {
      for (Advice.Effect effect : each.effects()) {
        effects.merge(
            effect.statement(),
            effect,
            (known, more) ->
                new Advice.Effect(
                    known.statement(),
                    known.costBefore(),
                    known.costAfter(),
                    known.planBefore(),
                    known.planAfter(),
                    known.gainSeconds() + more.gainSeconds()));
      }
    }
    return effects.values().stream()
        .sorted(Comparator.comparingDouble(effect -> -effect.gainSeconds()))
        .toList();
  }

  private static List<String> why(String table, String index, List<Advice.Recommended> group) {
    var why = new LinkedHashSet<String>();
    why.add(
        String.format(
            Locale.ROOT,
            "%d partitions should have it; made on the whole table, later ones get it too.",
            group.size()));
    why.add(
        "PostgreSQL cannot make it CONCURRENTLY: it blocks writes to each partition while it is"
            + " built there. Without that: CREATE INDEX … ON ONLY "
            + table
            + ", then on each partition CREATE INDEX CONCURRENTLY and ALTER INDEX "
            + index
            + " ATTACH PARTITION.");
    group.forEach(each -> why.addAll(each.why()));
    return List.copyOf(why);
  }
}

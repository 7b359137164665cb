package dev.hone.layer.database.rewrite;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.ScratchDatabase;
import dev.hone.layer.database.twin.TableCopy;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.twin.Unavailable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Recommends other texts for statements. One is recommended when the planner expects it to cost at
 * least a fifth less, with the indexes that exist or with those recommended, and not more with the
 * others, and when both gave the same rows in scratch databases of Hone's own server. Nothing of it
 * is executed on the user's server.
 */
public final class RewriteAdvisor {
  /** Fewer measured statements do not tell what a unit of cost takes. */
  private static final int ENOUGH_MEASURED = 4;

  private static final double WORTHWHILE = 0.8;
  private static final double TOLERATED = 1.05;

  /** A text that pays with an index may cost this much without it. */
  private static final double TOLERATED_WITHOUT_INDEX = 1.25;

  /** What a unit of cost takes where nothing was measured, as for indexes. */
  private static final double SECONDS_PER_COST = 1e-5;

  private static final int ROUNDS = 4;
  private static final String UNDO = "use the old text";

  private final Twin twin;
  private final TwinServer server;
  private final Workload workload;
  private final TreeMap<String, Integer> discarded = new TreeMap<>();
  private double secondsPerCost = Double.NaN;
  private int unknown;

  /** A text with its cost with the indexes that exist, and with those recommended as well. */
  private record Costed(String text, PlanNode plain, PlanNode indexed, List<Rule> rules) {
    boolean better(Costed than) {
      double plainly = plain.cost() / than.plain().cost();
      double indexedly = indexed.cost() / than.indexed().cost();
      return Math.min(plainly, indexedly) <= WORTHWHILE
          && indexedly <= TOLERATED
          && plainly <= (indexedly <= WORTHWHILE ? TOLERATED_WITHOUT_INDEX : TOLERATED);
    }

    double total() {
      return plain.cost() + indexed.cost();
    }
  }

  /** An advisor on the statements of a workload. */
  public RewriteAdvisor(Twin twin, TwinServer server, Workload workload) {
    this.twin = twin;
    this.server = server;
    this.workload = workload;
  }

  /**
   * Finds other texts.
   *
   * @param indexes names of the recommended indexes
   * @param notices takes what was left out, a sentence each
   * @throws Unavailable when no scratch database can be made
   */
  public List<Advice.Recommended> advise(Set<String> indexes, List<String> notices)
      throws SQLException, Unavailable {
    var recommended = new ArrayList<Advice.Recommended>();
    try (ScratchDatabase scratch = ScratchDatabase.of(server, twin.schema())) {
      var rewriter = new Rewriter(twin.schema(), scratch);
      for (Workload.Statement statement : workload.statements()) {
        // Another text would be looked up elsewhere than this one.
        if (!statement.searchPath().isEmpty()
            || !statement.text().stripLeading().matches("(?is)(select|with)\\b.*")) {
          continue;
        }
        try {
          look(rewriter, statement, indexes).ifPresent(recommended::add);
        } catch (StackOverflowError e) {
          // Its terms are nested thousands deep.
          unknown++;
        } catch (SQLException e) {
          // A scratch database that is gone has no answer for any; a text of this one may have
          // none.
          if (String.valueOf(e.getSQLState()).startsWith("08")) {
            throw e;
          }
        }
      }
      recommended.addAll(NPlusOne.of(workload, rewriter));
    } finally {
      twin.show(Set.of());
    }
    if (unknown > 0) {
      notices.add(
          unknown
              + (unknown == 1 ? " statement was" : " statements were")
              + " not looked at for another text, because the SQL parser does not know the syntax");
    }
    discarded.forEach(
        (why, count) ->
            notices.add(
                count
                    + (count == 1 ? " cheaper text was" : " cheaper texts were")
                    + " discarded: "
                    + why));
    recommended.sort(Comparator.comparingDouble(each -> -each.gainSeconds()));
    return recommended;
  }

  private Optional<Advice.Recommended> look(
      Rewriter rewriter, Workload.Statement statement, Set<String> indexes) throws SQLException {
    if (!rewriter.known(statement.text())) {
      unknown++;
      return Optional.empty();
    }
    Advice.Recommended found = advise(rewriter, statement, indexes);
    if (found != null && !isQuickAlready(statement, found)) {
      return Optional.of(found);
    }
    Tree tree = rewriter.tree(statement.text());
    return tree == null ? Optional.empty() : Hints.of(statement, tree);
  }

  /**
   * Whether a statement takes less time than the other text's cost lets expect, so that the
   * planner's idea of this one is wrong: it does not know, for example, what is looked up again and
   * again.
   */
  private boolean isQuickAlready(Workload.Statement statement, Advice.Recommended found)
      throws SQLException {
    double measured = statement.seconds() / statement.calls();
    if (found.effects().isEmpty() || !Double.isFinite(measured)) {
      return false;
    }
    boolean quick = found.effects().getFirst().costAfter() * secondsPerCost() > measured;
    if (quick) {
      discarded.merge("the statement takes less time than its cost lets expect", 1, Integer::sum);
    }
    return quick;
  }

  /** Of the statements that were measured, the median; 0 when there are too few to tell. */
  private double secondsPerCost() throws SQLException {
    if (Double.isNaN(secondsPerCost)) {
      twin.show(Set.of());
      var each = new ArrayList<Double>();
      for (Workload.Statement statement : workload.statements()) {
        double measured = statement.seconds() / statement.calls();
        Costed costed =
            Double.isFinite(measured) ? costed(statement.text(), Set.of(), List.of()) : null;
        if (costed != null && costed.plain().cost() > 0) {
          each.add(measured / costed.plain().cost());
        }
      }
      each.sort(Comparator.naturalOrder());
      secondsPerCost = each.size() < ENOUGH_MEASURED ? 0 : each.get(each.size() / 2);
    }
    return secondsPerCost;
  }

  private Advice.@Nullable Recommended advise(
      Rewriter rewriter, Workload.Statement statement, Set<String> indexes) throws SQLException {
    Costed original = costed(statement.text(), indexes, List.of());
    if (original == null) {
      return null;
    }
    Costed best = original;
    SameRows.Answer proof = SameRows.Answer.no("");
    for (int round = 0; round < ROUNDS; round++) {
      var better = new ArrayList<Costed>();
      for (Rewriter.Rewritten each : rewriter.rewritten(best.text(), Rules.ALL)) {
        var rules = new ArrayList<>(best.rules());
        rules.add(each.rule());
        Costed costed = costed(each.text(), indexes, rules);
        if (costed != null && costed.better(best)) {
          better.add(costed);
        }
      }
      better.sort(Comparator.comparingDouble(Costed::total));
      Costed next = null;
      for (Costed each : better) {
        SameRows.Answer answer = rewriter.compare(original.text(), each.text());
        if (answer.same()) {
          next = each;
          proof = answer;
          break;
        }
        discarded.merge(each.rules().getLast().name() + ": " + answer.why(), 1, Integer::sum);
      }
      if (next == null) {
        break;
      }
      best = next;
    }
    return best.rules().isEmpty()
        ? withIndex(rewriter, statement, original, indexes)
        : recommended(statement, original, best, proof);
  }

  /** Another text that pays only together with an index that only it can use. */
  private Advice.@Nullable Recommended withIndex(
      Rewriter rewriter, Workload.Statement statement, Costed original, Set<String> indexes)
      throws SQLException {
    for (Rewriter.Rewritten each : rewriter.rewritten(original.text(), Rules.ALL)) {
      Costed costed = costed(each.text(), indexes, List.of(each.rule()));
      if (costed == null
          || costed.plain().cost() > original.plain().cost() * TOLERATED_WITHOUT_INDEX) {
        continue;
      }
      OwnIndex own = OwnIndex.of(twin, original.text(), each.text(), indexes);
      if (own == null) {
        continue;
      }
      SameRows.Answer proof = rewriter.compare(original.text(), each.text());
      if (proof.same()) {
        Advice.Recommended found =
            recommended(
                statement,
                original,
                new Costed(each.text(), own.plan(), own.plan(), costed.rules()),
                proof);
        var why = new ArrayList<String>();
        why.add(
            String.format(
                Locale.ROOT,
                "Only with an index that the old text cannot use, of %.1f MiB: %s; without it the"
                    + " text costs %.0f %% of the old one.",
                own.bytes() / (double) (1 << 20),
                String.join("; ", own.ddl()),
                100 * costed.plain().cost() / original.plain().cost()));
        why.addAll(found.why());
        return text(
            Advice.Kind.REWRITE,
            List.of(found.schema(), found.table()),
            found.title() + " and make an index for it",
            found.ddl(),
            found.gainSeconds(),
            found.effects(),
            why);
      }
      discarded.merge(each.rule().name() + ": " + proof.why(), 1, Integer::sum);
    }
    return null;
  }

  private @Nullable Costed costed(String text, Set<String> indexes, List<Rule> rules)
      throws SQLException {
    try {
      twin.show(Set.of());
      PlanNode plain = twin.plan(text);
      if (indexes.isEmpty()) {
        return new Costed(text, plain, plain, rules);
      }
      twin.show(indexes);
      return new Costed(text, plain, twin.plan(text), rules);
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("08")) {
        throw e;
      }
      return null;
    }
  }

  private Advice.Recommended recommended(
      Workload.Statement statement, Costed before, Costed after, SameRows.Answer proof) {
    double gain = gain(statement, before, after);
    var names = new LinkedHashSet<String>();
    var why = new ArrayList<String>();
    var limits = new LinkedHashSet<String>();
    for (Rule rule : after.rules()) {
      if (names.add(rule.name())) {
        why.add(rule.why());
        limits.add(rule.limits());
      }
    }
    why.add(
        String.format(
            Locale.ROOT,
            "The planner's cost: %.0f before, %.0f after; %.0f and %.0f with the indexes recommended"
                + " here.",
            before.plain().cost(),
            after.plain().cost(),
            before.indexed().cost(),
            after.indexed().cost()));
    why.add(
        "Results were equal on " + proof.databases() + " scratch databases, which is no proof.");
    limits.remove("None.");
    why.addAll(limits);
    return text(
        Advice.Kind.REWRITE,
        table(before.plain()),
        "Rewrite (" + String.join(", ", names) + ")",
        after.text(),
        gain,
        List.of(
            new Advice.Effect(
                statement,
                before.plain().cost(),
                after.plain().cost(),
                before.plain().shape(),
                after.plain().shape(),
                gain)),
        why);
  }

  /** A recommendation that changes a text and nothing on the server. */
  static Advice.Recommended text(
      Advice.Kind kind,
      List<String> table,
      String title,
      String text,
      double gain,
      List<Advice.Effect> effects,
      List<String> why) {
    return Advice.Recommended.of(kind, title, text, UNDO, List.copyOf(why))
        .on(table.getFirst(), table.getLast())
        .gaining(gain, effects);
  }

  /** Schema and name of the first table in a plan. */
  private static List<String> table(PlanNode plan) {
    return plan.nodes()
        .filter(node -> !node.relation().isEmpty())
        .findFirst()
        .map(node -> List.of(node.schema(), node.relation()))
        .orElse(List.of("", ""));
  }

  static List<String> table(TableCopy table) {
    return List.of(table.schema(), table.table());
  }

  /** What another text gains beside the indexes that are recommended. */
  private static double gain(Workload.Statement statement, Costed before, Costed after) {
    double saved = Math.max(0, before.indexed().cost() - after.indexed().cost());
    double now = before.plain().cost();
    if (Double.isFinite(statement.seconds())) {
      return now <= 0 ? 0 : statement.seconds() * Math.min(1, saved / now);
    }
    return SECONDS_PER_COST * saved * statement.calls();
  }
}

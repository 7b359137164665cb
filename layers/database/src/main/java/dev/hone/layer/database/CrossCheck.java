package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.twin.PlanNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where the user's server has the extension HypoPG, its own planner is asked whether it agrees with
 * the copy's about recommended indexes. Nothing is built, and what is asked is gone with the
 * session. Costs differ, as HypoPG does not know that equal keys are merged, and there are no
 * statistics of expressions yet, so that what is compared is which indexes are used.
 */
final class CrossCheck {
  private static final int MOST_STATEMENTS = 30;

  private CrossCheck() {}

  /**
   * The same recommendations, those of indexes with a sentence about what the server's planner
   * says; as they are where it cannot be asked.
   */
  static List<Advice.Recommended> of(
      Connection connection, Server server, List<Advice.Recommended> recommended)
      throws SQLException {
    if (server.hypopg().isEmpty() || !Planning.mayBeLive(connection, server)) {
      return recommended;
    }
    try {
      try (Statement sql = connection.createStatement()) {
        sql.execute("SELECT /* hone */ set_config('hypopg.enabled', 'on', false)");
      }
      Map<String, String> made = new HashMap<>();
      for (Advice.Recommended each : recommended) {
        if (isOneIndex(each)) {
          make(connection, server, each, made);
        }
      }
      Map<Workload.Statement, Set<String>> used = used(connection, server, recommended, made);
      return recommended.stream()
          .map(each -> made.containsValue(each.index()) ? noted(each, used) : each)
          .toList();
    } finally {
      try (Statement sql = connection.createStatement()) {
        sql.execute("SELECT /* hone */ " + server.hypopg() + ".hypopg_reset()");
      } catch (SQLException e) {
        // They are gone with the session.
      }
    }
  }

  private static boolean isOneIndex(Advice.Recommended each) {
    return each.kind() == Advice.Kind.CREATE_INDEX && !each.ddl().contains(";");
  }

  /** Makes a hypothetical index; without those that HypoPG does not know, such as GIN. */
  private static void make(
      Connection connection, Server server, Advice.Recommended index, Map<String, String> made)
      throws SQLException {
    try (PreparedStatement create =
        connection.prepareStatement(
            "SELECT /* hone */ indexname FROM "
                + server.hypopg()
                + ".hypopg_create_index(?::text)")) {
      create.setString(1, index.ddl().replaceFirst(" CONCURRENTLY ", " "));
      try (ResultSet row = create.executeQuery()) {
        if (row.next()) {
          made.put(row.getString(1), index.index());
        }
      }
    } catch (SQLException e) {
      if (Session.isLost(e)) {
        throw e;
      }
    }
  }

  /** For each statement the indexes that the server's planner would use. */
  private static Map<Workload.Statement, Set<String>> used(
      Connection connection,
      Server server,
      List<Advice.Recommended> recommended,
      Map<String, String> made)
      throws SQLException {
    Set<String> unknown =
        recommended.stream()
            .filter(each -> each.kind() == Advice.Kind.CREATE_INDEX)
            .map(Advice.Recommended::index)
            .filter(index -> !made.containsValue(index))
            .collect(Collectors.toSet());
    List<Advice.Effect> effects =
        recommended.stream()
            .filter(each -> made.containsValue(each.index()))
            .flatMap(each -> each.effects().stream())
            .filter(effect -> unknown.stream().noneMatch(index -> names(effect, index)))
            .sorted(Comparator.comparingDouble(effect -> -effect.gainSeconds()))
            .toList();
    var used = new HashMap<Workload.Statement, Set<String>>();
    for (Advice.Effect effect : effects) {
      Workload.Statement statement = effect.statement();
      if (used.size() == MOST_STATEMENTS || used.containsKey(statement)) {
        continue;
      }
      try {
        PlanNode plan =
            Planning.live(
                connection, server, new RoleStatement(statement.text(), statement.searchPath()));
        used.put(
            statement,
            made.entrySet().stream()
                .filter(name -> plan.uses(name.getKey()))
                .map(Map.Entry::getValue)
                .collect(Collectors.toSet()));
      } catch (SQLException e) {
        if (Session.isLost(e)) {
          throw e;
        }
      }
    }
    return used;
  }

  /** Whether the plan with everything recommended names an index, and none that begins like it. */
  private static boolean names(Advice.Effect effect, String index) {
    return Pattern.compile(" using " + Pattern.quote(index) + "(?= on | > |[,)]|$)")
        .matcher(effect.planAfter())
        .find();
  }

  private static Advice.Recommended noted(
      Advice.Recommended index, Map<Workload.Statement, Set<String>> used) {
    List<Workload.Statement> asked =
        index.effects().stream()
            .filter(effect -> names(effect, index.index()))
            .map(Advice.Effect::statement)
            .filter(used::containsKey)
            .toList();
    if (asked.isEmpty()) {
      return index;
    }
    List<Workload.Statement> otherwise =
        asked.stream()
            .filter(statement -> !used.getOrDefault(statement, Set.of()).contains(index.index()))
            .toList();
    String sentence =
        otherwise.isEmpty()
            ? "The server's own planner, asked by HypoPG, would use it too."
            : "The server's own planner, asked by HypoPG, would not use it for "
                + otherwise.size()
                + " of "
                + asked.size()
                + (asked.size() == 1 ? " statement" : " statements")
                + ", such as: "
                + otherwise.getFirst().title();
    var why = new ArrayList<>(index.why());
    why.add(sentence);
    return index.because(why);
  }
}

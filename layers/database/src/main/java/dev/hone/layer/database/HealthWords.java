package dev.hone.layer.database;

import dev.hone.layer.database.view.Figure;
import dev.hone.layer.database.view.Overview;
import dev.hone.layer.database.view.Statements;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a database is, in one sentence: what is off first, else what it does. */
final class HealthWords {
  /** PostgreSQL's manual has vacuum held back by transactions; one this old is rarely meant. */
  private static final double LONG_TRANSACTION_SECONDS = 300;

  private static final double FULL = 0.9;

  private HealthWords() {}

  static Overview.Health of(
      String name,
      String problem,
      Overview.@Nullable Facts facts,
      List<Figure> figures,
      Statements statements) {
    if (facts == null) {
      return new Overview.Health(
          "bad", problem.isEmpty() ? "Database `" + name + "` does not answer." : problem);
    }
    List<String> off = off(facts);
    if (!off.isEmpty()) {
      return new Overview.Health(
          "attention", "Database `" + name + "`: " + String.join("; ", off) + ".");
    }
    String what = what(figures, statements);
    return new Overview.Health(
        "good", "Database `" + name + "` answers" + (what.isEmpty() ? "." : ": " + what + "."));
  }

  private static List<String> off(Overview.Facts facts) {
    var off = new ArrayList<String>();
    if (facts.blocked() > 0) {
      off.add(sessions(facts.blocked()) + " for a lock that another holds");
    }
    if (facts.oldestTransactionSeconds() > LONG_TRANSACTION_SECONDS) {
      off.add(
          String.format(
              Locale.ROOT,
              "a transaction has been open for %.0f min, which keeps vacuum from cleaning up",
              facts.oldestTransactionSeconds() / 60));
    }
    if (facts.connections() > FULL * facts.mostConnections()) {
      off.add(facts.connections() + " of " + facts.mostConnections() + " connections are taken");
    }
    if (!facts.statements()) {
      off.add("its statements cannot be seen");
    } else if (!facts.monitor()) {
      off.add("what other roles do cannot be seen");
    }
    return off;
  }

  private static String sessions(int count) {
    return count == 1 ? "1 session waits" : count + " sessions wait";
  }

  private static String what(List<Figure> figures, Statements statements) {
    var parts = new ArrayList<String>();
    value(figures, "transactions")
        .ifPresent(
            rate -> parts.add(String.format(Locale.ROOT, "%.3g transactions a second", rate)));
    if (!statements.lines().isEmpty()) {
      double share = statements.lines().getFirst().share();
      parts.add(
          String.format(
              Locale.ROOT,
              "its heaviest statement takes %.0f %% of the statement time",
              100 * share));
    }
    return String.join(", ", parts);
  }

  private static java.util.OptionalDouble value(List<Figure> figures, String id) {
    return figures.stream()
        .filter(figure -> figure.id().equals(id))
        .mapToDouble(Figure::value)
        .filter(Double::isFinite)
        .findFirst();
  }
}

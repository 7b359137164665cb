package dev.hone.layer.database;

import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Optional;

/**
 * What-if by the extension HypoPG, in Hone's own session of the user's server. Its sizes ignore the
 * merging of equal keys and are therefore up to three times too big.
 */
final class HypotheticalIndexes implements WhatIf {
  private final Session session;

  HypotheticalIndexes(Session session) {
    this.session = session;
  }

  @Override
  public Answer ask(Question question) throws Unavailable {
    try {
      return session
          .ask(
              (connection, server) ->
                  server.hypopg().isEmpty() || !Planning.mayBeLive(connection, server)
                      ? Optional.<Answer>empty()
                      : Optional.of(answer(connection, server, question)))
          .orElseThrow(
              () ->
                  new Unavailable(
                      "the extension hypopg is not there either, or others than superusers and the"
                          + " owner of the database own something in it"));
    } catch (SQLException e) {
      throw new Unavailable("hypopg failed: " + DatabaseConnection.plain(e), e);
    }
  }

  private static Answer answer(Connection connection, Server server, Question question)
      throws SQLException {
    var trials = new ArrayList<Trial>();
    try (Statement sql = connection.createStatement()) {
      for (IndexSpec candidate : question.candidates()) {
        try {
          trials.add(trial(connection, server, question.statement(), candidate));
        } finally {
          sql.execute("SELECT /* hone */ " + server.hypopg() + ".hypopg_reset()");
        }
      }
      return new Answer("HypoPG", Planning.live(connection, server, question.statement()), trials);
    }
  }

  private static Trial trial(
      Connection connection, Server server, RoleStatement statement, IndexSpec candidate)
      throws SQLException {
    try (PreparedStatement create =
        connection.prepareStatement(
            "SELECT /* hone */ indexname, %1$s.hypopg_relation_size(indexrelid) FROM"
                .concat(" %1$s.hypopg_create_index(?::text)")
                .formatted(server.hypopg()))) {
      create.setString(1, candidate.ddl(connection).replace(" CONCURRENTLY ", " "));
      try (ResultSet row = create.executeQuery()) {
        row.next();
        PlanNode plan = Planning.live(connection, server, statement);
        return new Trial(candidate, plan, plan.uses(row.getString(1)), row.getLong(2));
      }
    }
  }
}

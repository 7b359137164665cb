package dev.hone.layer.database;

import dev.hone.layer.database.advisor.CandidateFinder;
import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Plans;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.twin.Unavailable;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What-if by a {@link Twin} of the statement's tables. */
final class PlannerTwin implements WhatIf {
  private final Session session;
  private final TwinServer server;

  PlannerTwin(Session session, TwinServer server) {
    this.session = session;
    this.server = server;
  }

  @Override
  public Answer ask(Question question) throws Unavailable {
    try {
      SchemaCopy schema =
          session.ask(
              (connection, known) ->
                  SchemaReader.read(connection, known.version(), List.of(question.statement())));
      try (Twin twin = Twin.of(server, schema)) {
        return answer(twin, question);
      }
    } catch (SQLException e) {
      throw new Unavailable("the planner twin could not plan the statement: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new Unavailable("the planner twin's files could not be written: " + e.getMessage(), e);
    }
  }

  private static Answer answer(Twin twin, Question question) throws SQLException, IOException {
    String statement = Plans.repaired(question.statement());
    PlanNode without = twin.plan(statement);
    var candidates = new ArrayList<>(question.candidates());
    if (candidates.isEmpty()) {
      candidates.addAll(new CandidateFinder(twin.schema()).of(without));
    }
    candidates.removeIf(candidate -> isThere(twin.schema(), candidate));
    var trials = new ArrayList<Trial>();
    for (Twin.Defined index : twin.define(candidates)) {
      twin.show(Set.of(index.spec().name()));
      PlanNode with = twin.plan(statement);
      trials.add(new Trial(index.spec(), with, with.uses(index.spec().name()), index.bytes()));
    }
    return new Answer("planner twin", without, trials);
  }

  private static boolean isThere(SchemaCopy schema, IndexSpec candidate) {
    return candidate.isPlain()
        && schema
            .table(candidate.schema(), candidate.table())
            .map(table -> table.covers(candidate.columns()))
            .orElse(false);
  }
}

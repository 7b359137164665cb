package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.DropAdvisor;
import dev.hone.layer.database.advisor.DropRules;
import dev.hone.layer.database.advisor.Examples;
import dev.hone.layer.database.advisor.ExistingIndex;
import dev.hone.layer.database.advisor.ExistingIndexReader;
import dev.hone.layer.database.advisor.IndexAdvisor;
import dev.hone.layer.database.advisor.PartitionIndexes;
import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.advisor.Workload;
import dev.hone.layer.database.advisor.WorkloadReader;
import dev.hone.layer.database.rewrite.RewriteAdvisor;
import dev.hone.layer.database.twin.SchemaCopy;
import dev.hone.layer.database.twin.SchemaReader;
import dev.hone.layer.database.twin.Twin;
import dev.hone.layer.database.twin.TwinLost;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.twin.Unavailable;
import dev.hone.layer.database.upkeep.PlannerAdvisor;
import dev.hone.layer.database.upkeep.Upkeep;
import dev.hone.layer.database.upkeep.UpkeepReader;
import dev.hone.layer.database.upkeep.UpkeepRules;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Advises on a database by itself, without a running Hone. On the user's server it reads catalogues
 * and statistics for a moment; everything else happens in the planner twin.
 */
public final class Advisor {
  private final DatabaseConnection database;
  private final List<DatabaseConnection> replicas;
  private final TwinServer twins;
  private final Watch watch;
  private final Examples examples;
  private final Consumer<String> progress;

  /**
   * An advisor for one database.
   *
   * @param replicas its replicas, which are asked which indexes they use
   * @param twins where the planner twin lives
   * @param watch how long to look at what sessions execute
   * @param progress takes a line on what is being done
   */
  public Advisor(
      DatabaseConnection database,
      List<DatabaseConnection> replicas,
      TwinServer twins,
      Watch watch,
      Consumer<String> progress) {
    this(database, replicas, twins, watch, new Examples(), progress);
  }

  /** The same, that knows what sessions were seen to execute before. */
  Advisor(
      DatabaseConnection database,
      List<DatabaseConnection> replicas,
      TwinServer twins,
      Watch watch,
      Examples examples,
      Consumer<String> progress) {
    this.database = database;
    this.watch = watch;
    this.examples = examples;
    this.replicas = List.copyOf(replicas);
    this.twins = twins;
    this.progress = progress;
  }

  /**
   * What is advised, and where.
   *
   * @param version of the server, as in {@code server_version_num}
   */
  public record Answer(Advice advice, int version) {}

  /** What was read of the user's server. */
  private record Source(
      int version,
      Workload workload,
      SchemaCopy schema,
      List<DropRules.Drop> drops,
      Optional<Upkeep> upkeep,
      List<String> notices) {
    Source weighed(UnaryOperator<Workload> weights) {
      return new Source(version, weights.apply(workload), schema, drops, upkeep, notices);
    }
  }

  /**
   * Reads the workload and tells what it would gain from.
   *
   * @param file a file of statements; without it the server's statistics are read
   * @param budget bytes that new indexes may take; {@link Long#MAX_VALUE} for no limit
   * @throws DatabaseConnection.Refused when the server cannot be used
   * @throws WorkloadReader.Rejected when the file cannot be used
   * @throws Unavailable when the planner twin cannot be made
   */
  public Answer advise(Optional<Path> file, long budget)
      throws DatabaseConnection.Refused, WorkloadReader.Rejected, Unavailable {
    progress.accept("reading the catalogue of " + database.address());
    return advise(source(file), budget, indexes -> {});
  }

  /**
   * The same for what the server has counted.
   *
   * @param weights gives statements other weights
   * @param early takes the indexes to make as soon as they are known, before the rest is
   */
  Answer advise(UnaryOperator<Workload> weights, Consumer<Answer> early)
      throws DatabaseConnection.Refused, Unavailable {
    progress.accept("reading the catalogue of " + database.address());
    try {
      return advise(source(Optional.empty()).weighed(weights), Long.MAX_VALUE, early);
    } catch (WorkloadReader.Rejected e) {
      throw new IllegalStateException("there is no file to reject", e);
    }
  }

  private Answer advise(Source source, long budget, Consumer<Answer> early) throws Unavailable {
    progress.accept(
        String.format("making the planner twin of %d tables", source.schema().tables().size()));
    try (Twin twin = Twin.of(twins, source.schema())) {
      progress.accept(
          String.format(
              "testing indexes for %d statements", source.workload().statements().size()));
      double inMemory =
          source.upkeep().map(each -> each.inMemory(pages(source.schema()))).orElse(0.0);
      Advice advice =
          new IndexAdvisor(twin, source.workload(), budget, inMemory, progress).advise();
      var notices = new ArrayList<>(source.notices());
      notices.addAll(advice.notices());
      twin.show(Set.of());
      var recommendations =
          new ArrayList<>(
              crossChecked(
                  PartitionIndexes.together(advice.recommendations(), twin.schema()), notices));
      early.accept(new Answer(with(advice, recommendations, notices), source.version()));
      Set<String> created = created(advice);
      for (Advice.Recommended drop :
          new DropAdvisor(twin, source.workload()).advise(source.drops(), notices)) {
        if (created.contains(drop.index())) {
          recommendations.addFirst(drop);
        } else {
          recommendations.add(drop);
        }
      }
      if (source.upkeep().isPresent()) {
        Upkeep upkeep = source.upkeep().get();
        List<Advice.Recommended> rules = UpkeepRules.of(upkeep);
        rules.stream().filter(Advisor::isUrgent).forEach(recommendations::addFirst);
        rules.stream().filter(each -> !isUrgent(each)).forEach(recommendations::add);
        recommendations.addAll(
            new PlannerAdvisor(twin, source.workload(), upkeep, advice.recommendations()).advise());
      }
      progress.accept("looking for other texts of statements");
      try {
        recommendations.addAll(
            new RewriteAdvisor(twin, twins, source.workload()).advise(created, notices));
      } catch (SQLException e) {
        notices.add(
            "other texts of statements were not looked for to the end: "
                + DatabaseConnection.plain(e));
      } catch (Unavailable e) {
        notices.add("other texts of statements were not looked for to the end: " + e.getMessage());
      }
      return new Answer(with(advice, recommendations, notices), source.version());
    } catch (TwinLost e) {
      throw new Unavailable(String.valueOf(e.getMessage()), e);
    } catch (SQLException | IOException e) {
      throw new Unavailable("the planner twin failed: " + e.getMessage(), e);
    }
  }

  /** With what the server's own planner says of them, where HypoPG lets it be asked. */
  private List<Advice.Recommended> crossChecked(
      List<Advice.Recommended> indexes, List<String> notices) {
    try (var session = new Session(database)) {
      return session.ask((connection, server) -> CrossCheck.of(connection, server, indexes));
    } catch (SQLException e) {
      notices.add("the server's own planner was not asked: " + DatabaseConnection.plain(e));
      return indexes;
    }
  }

  private static Advice with(
      Advice advice, List<Advice.Recommended> recommendations, List<String> notices) {
    return new Advice(
        advice.workload(),
        advice.analysed(),
        advice.secondsNow(),
        advice.secondsThen(),
        advice.budget(),
        List.copyOf(recommendations),
        List.copyOf(notices));
  }

  private static double pages(SchemaCopy schema) {
    return schema.tables().stream().mapToDouble(table -> table.size().pages()).sum();
  }

  /** Dead rows that nobody removes end in a standstill, and come before what is slow. */
  private static boolean isUrgent(Advice.Recommended recommended) {
    return recommended.kind() == Advice.Kind.VACUUM;
  }

  /** Names of indexes to be made; what is in their place, half built, has to go before. */
  private static Set<String> created(Advice advice) {
    return advice.recommendations().stream()
        .filter(each -> each.kind() == Advice.Kind.CREATE_INDEX)
        .map(Advice.Recommended::index)
        .collect(Collectors.toSet());
  }

  private Source source(Optional<Path> file)
      throws DatabaseConnection.Refused, WorkloadReader.Rejected {
    Map<String, Long> replicaScans = replicaScans();
    var rejected = new ArrayList<WorkloadReader.Rejected>();
    try (var session = new Session(database)) {
      Source source =
          session.ask(
              (connection, server) -> {
                Workload workload;
                try {
                  if (file.isPresent()) {
                    workload =
                        WorkloadReader.ofFile(connection, server.statementsView(), file.get());
                  } else if (server.hasStatements()) {
                    workload =
                        WorkloadReader.ofServer(
                            connection, server.statementsView(), watch, examples);
                  } else {
                    workload = WorkloadReader.ofActivity(connection, watch);
                  }
                } catch (WorkloadReader.Rejected e) {
                  rejected.add(e);
                  workload = new Workload("", List.of(), List.of());
                }
                SchemaCopy schema =
                    SchemaReader.read(
                        connection,
                        server.version(),
                        workload.statements().stream().map(Workload.Statement::text).toList());
                var notices = new ArrayList<>(server.notices(database));
                notices.removeIf(
                    notice -> file.isPresent() && notice.contains("pg_stat_statements"));
                DropRules.Observation observation =
                    ExistingIndexReader.observation(connection, replicas.size());
                String blindness = DropRules.blindness(observation);
                if (!blindness.isEmpty()) {
                  notices.add(blindness);
                }
                List<ExistingIndex> existing =
                    ExistingIndexReader.read(connection, server.version(), replicaScans);
                return new Source(
                    server.version(),
                    workload,
                    schema,
                    noted(connection, DropRules.of(existing, observation)),
                    observation.onReplica()
                        ? Optional.empty()
                        : Optional.of(
                            UpkeepReader.read(
                                connection, server.version(), server.statementsView())),
                    notices);
              });
      if (!rejected.isEmpty()) {
        throw rejected.getFirst();
      }
      return source;
    } catch (SQLException e) {
      throw new DatabaseConnection.Refused(database.sentence(e), e);
    }
  }

  /** Says of each what its undo does not bring back. */
  private static List<DropRules.Drop> noted(Connection connection, List<DropRules.Drop> drops)
      throws SQLException {
    var noted = new ArrayList<DropRules.Drop>();
    for (DropRules.Drop drop : drops) {
      ExistingIndex index = drop.index();
      String lost =
          new IndexCatalog(index.schema(), index.table(), index.name(), index.ddl(), true)
              .peculiarity(connection);
      noted.add(
          lost.isEmpty()
              ? drop
              : drop.noting("It has " + lost + ", which the undo does not bring back."));
    }
    return noted;
  }

  private Map<String, Long> replicaScans() throws DatabaseConnection.Refused {
    Map<String, Long> scans = new HashMap<>();
    for (DatabaseConnection replica : replicas) {
      try (var session = new Session(replica)) {
        session
            .ask((connection, server) -> ExistingIndexReader.scans(connection))
            .forEach((index, count) -> scans.merge(index, count, Long::sum));
      } catch (SQLException e) {
        throw new DatabaseConnection.Refused(replica.sentence(e), e);
      }
    }
    return scans;
  }
}

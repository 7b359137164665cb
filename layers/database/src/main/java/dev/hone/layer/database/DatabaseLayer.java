package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.loop.Ids;
import dev.hone.loop.Layer;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/** The database layer: how a PostgreSQL database is measured, diagnosed and changed. */
public final class DatabaseLayer {
  static final String NAME = "database";

  /** Experiments use windows of four seconds; each should hold several samples. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** What sessions execute meanwhile shows the values that statements are given. */
  private static final Duration WATCHED = Duration.ofSeconds(3);

  private DatabaseLayer() {}

  /**
   * Ends the planner twin of a layer whose process was killed, and removes its files.
   *
   * @param twinDirectory the directory that the layer was given
   * @throws IOException when its files cannot be removed; the next layer tries again
   */
  public static void endOrphanedTwin(Path twinDirectory) throws IOException {
    new TwinServer(twinDirectory, InstantSource.system()).removeRemains();
  }

  /**
   * The layer for one database. It connects when its probe is first called, and ends with its
   * probe: {@link dev.hone.loop.Probe#close} closes all connections and the planner twin.
   *
   * @param store where samples go and are looked up
   * @param files where it keeps what is its own
   */
  public static Layer create(
      DatabaseConnection connection, MetricStore store, InstantSource clock, Ids ids, Files files) {
    return watch(connection, store, clock, ids, files).layer();
  }

  /**
   * Where a layer keeps what is its own.
   *
   * @param twin a directory that belongs to the planner twin alone; made when needed
   * @param plans the file of the plans that were sampled; made when needed
   */
  public record Files(Path twin, Path plans) {}

  /**
   * A layer, and who answers people's questions about its database until the layer's probe is
   * closed.
   */
  public record Watched(Layer layer, Inspector inspector) {}

  /** The same with an inspector. */
  public static Watched watch(
      DatabaseConnection connection, MetricStore store, InstantSource clock, Ids ids, Files files) {
    ThreadFactory advising = Thread.ofPlatform().daemon().name("advice-", 0).factory();
    return watch(
        connection,
        store,
        clock,
        ids,
        files,
        new Advising(task -> advising.newThread(task).start(), () -> Watch.lasting(WATCHED)));
  }

  /**
   * How the advisor works.
   *
   * @param background runs it
   * @param watch how long each run looks at what sessions execute
   */
  record Advising(Executor background, Supplier<Watch> watch) {}

  static Watched watch(
      DatabaseConnection connection,
      MetricStore store,
      InstantSource clock,
      Ids ids,
      Files files,
      Advising advising) {
    var session = new Session(connection);
    var texts = new StatementTexts(session);
    var twin = new TwinServer(files.twin(), clock);
    var plans = new PlanHistory(files.plans());
    var planning = new Planning(twin);
    var knobs = new IndexKnobs(List.of(connection));
    var desk =
        new AdviceDesk(
            connection,
            twin,
            clock,
            advising.background(),
            advising.watch(),
            new RecentLoad(store, connection.name()));
    var neighbours = new Neighbours(texts, store, connection.name());
    var inspector = new Inspector(connection, store, clock, twin, plans, desk);
    var probe =
        new DatabaseProbe(
            connection, store, INTERVAL, List.of(session, resting(twin), knobs, inspector::close));
    var layer =
        new Layer(
            NAME,
            List.of(
                probe,
                new PlanProbe(new Session(connection), planning, store, plans),
                new ExampleProbe(new Session(connection), desk.examples())),
            List.of(
                new SlowStatements(session, planning, texts, store, ids, INTERVAL),
                new PlanChanges(plans, texts, store, connection.name(), ids),
                new NeedlessIndexes(desk, connection.name(), ids)),
            List.of(
                new MissingIndex(
                    session,
                    planning,
                    desk,
                    neighbours,
                    new IndexProposal(store, connection.name()),
                    knobs,
                    ids),
                new DropIndex(session, desk, neighbours, knobs, ids)),
            List.of(knobs));
    return new Watched(layer, inspector);
  }

  private static DatabaseProbe.Companion resting(TwinServer twin) {
    return new DatabaseProbe.Companion() {
      @Override
      public void rest(Instant now) {
        twin.rest(now);
      }

      @Override
      public void close() {
        twin.close();
      }
    };
  }
}

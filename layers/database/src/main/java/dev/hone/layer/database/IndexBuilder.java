package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.view.IndexBuild;
import dev.hone.layer.database.view.IndexBuilds;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Carries out what was recommended, outside of an experiment, with an experiment's precautions. */
public final class IndexBuilder implements AutoCloseable {
  private final DatabaseConnection database;
  private final IndexKnobs knobs;
  private final Session session;

  /** A builder on one database. */
  public IndexBuilder(DatabaseConnection database) {
    this.database = database;
    this.knobs = new IndexKnobs(List.of(database));
    this.session = new Session(database, Session.Purpose.SHOW);
  }

  /**
   * Makes or drops the index, without blocking readers or writers for long.
   *
   * @throws KnobException when it could not be; nothing half built is left
   */
  public void carryOut(Advice.Recommended recommended) throws KnobException, InterruptedException {
    KnobRef ref = ref(recommended);
    boolean create = recommended.kind() == Advice.Kind.CREATE_INDEX;
    String ddl = create ? recommended.ddl() : recommended.undo();
    if (!create) {
      requireUndo(IndexCatalog.of(ref));
    }
    Knob knob = open(ref);
    Knob.Capability capability = knob.probe();
    if (!capability.appliable()) {
      throw new KnobException(KnobException.Reason.DENIED, capability.why() + ".");
    }
    if (create) {
      build(knob, ddl);
    } else {
      knob.write(ddl, IndexCatalog.ABSENT);
    }
  }

  /**
   * Why this role cannot make or drop the index, as far as the server's catalogue tells; empty when
   * it can.
   */
  public Optional<String> refusal(Advice.Recommended recommended) throws KnobException {
    Knob.Capability capability = open(ref(recommended)).probe();
    return capability.appliable() ? Optional.empty() : Optional.of(capability.why());
  }

  private KnobRef ref(Advice.Recommended recommended) {
    String schema = recommended.schema();
    return recommended.kind() == Advice.Kind.CREATE_INDEX
        ? IndexKnobs.ref(
            database.name(), schema, recommended.table(), recommended.index(), recommended.ddl())
        : IndexKnobs.existing(
            database.name(), schema, recommended.table(), recommended.index(), recommended.undo());
  }

  private Knob open(KnobRef ref) throws KnobException {
    return knobs.open(ref, knobs.settings(ref));
  }

  /** What would not come back must not go. */
  private void requireUndo(IndexCatalog catalog) throws KnobException {
    try {
      String peculiarity = session.ask((connection, server) -> catalog.peculiarity(connection));
      if (!peculiarity.isEmpty()) {
        throw new KnobException(
            KnobException.Reason.DENIED,
            "index `"
                + catalog.index()
                + "` was not dropped: it has "
                + peculiarity
                + ", which the undo does not bring back; drop it by hand.");
      }
    } catch (SQLException e) {
      throw new KnobException(KnobException.Reason.UNREACHABLE, database.sentence(e), e);
    }
  }

  /** How far indexes are that are being built in the database; empty when it cannot be told. */
  public List<IndexBuild> progress() {
    try {
      return session.ask((connection, server) -> IndexBuilds.read(connection));
    } catch (SQLException e) {
      return List.of();
    }
  }

  private static void build(Knob knob, String ddl) throws KnobException, InterruptedException {
    try {
      knob.write(IndexCatalog.ABSENT, ddl);
    } catch (KnobException e) {
      if (e.reason() == KnobException.Reason.FAILED) {
        removeHalfBuilt(knob, ddl, e);
      }
      throw e;
    }
  }

  /** What keeps a build from ending may keep its remains from going, so both are told. */
  private static void removeHalfBuilt(Knob knob, String ddl, KnobException failure)
      throws KnobException, InterruptedException {
    try {
      if (knob.read().equals(IndexCatalog.INVALID)) {
        knob.undo(IndexCatalog.ABSENT, ddl);
      }
    } catch (KnobException e) {
      throw new KnobException(
          failure.reason(),
          failure.getMessage()
              + " Its invalid remains are still there and cost time with every write: "
              + e.getMessage()
              + " The next advice names them.",
          failure);
    }
  }

  @Override
  public void close() {
    session.close();
    knobs.close();
  }
}

package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Advice;
import dev.hone.loop.Knob;
import dev.hone.loop.KnobException;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Target;
import java.util.List;
import java.util.Map;

/** Carries out what was recommended, outside of an experiment, with an experiment's precautions. */
public final class IndexBuilder implements AutoCloseable {
  private final DatabaseConnection database;
  private final IndexKnobs knobs;

  /** A builder on one database. */
  public IndexBuilder(DatabaseConnection database) {
    this.database = database;
    this.knobs = new IndexKnobs(List.of(database));
  }

  /**
   * Makes or drops the index, without blocking readers or writers for long.
   *
   * @throws KnobException when it could not be; nothing half built is left
   */
  public void carryOut(Advice.Recommended recommended) throws KnobException, InterruptedException {
    boolean create = recommended.kind() == Advice.Kind.CREATE_INDEX;
    String ddl = create ? recommended.ddl() : recommended.undo();
    var ref =
        new KnobRef(
            IndexKnobs.KIND,
            new Target(
                "table", database.name() + "/" + recommended.schema() + "." + recommended.table()),
            Map.of(
                "database", database.name(),
                "schema", recommended.schema(),
                "table", recommended.table(),
                "index", recommended.index(),
                "ddl", ddl));
    Knob knob = knobs.open(ref, knobs.settings(ref));
    Knob.Capability capability = knob.probe();
    if (!capability.appliable()) {
      throw new KnobException(KnobException.Reason.DENIED, capability.why() + ".");
    }
    String from = create ? IndexCatalog.ABSENT : ddl;
    String to = create ? ddl : IndexCatalog.ABSENT;
    knob.write(from, to);
  }

  @Override
  public void close() {
    knobs.close();
  }
}

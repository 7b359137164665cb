package dev.hone.demo;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the demo is to run.
 *
 * @param seed seed of the data and of the traffic
 * @param faults what is planted
 * @param directory where the processes run, log and keep their data; made when absent
 * @param requestsPerSecond mean rate of the traffic
 * @param databasePort port of the embedded PostgreSQL, 0 for a free one
 * @param shopPort port of the shop, 0 for a free one
 * @param externalDatabase JDBC address, with user and password, of a PostgreSQL to use in place of
 *     the embedded one; its user must be allowed to make roles, schemas and extensions
 */
public record DemoOptions(
    long seed,
    Set<Fault> faults,
    Path directory,
    double requestsPerSecond,
    int databasePort,
    int shopPort,
    @Nullable String externalDatabase) {

  /** The rate for which the demo is sized. */
  public static final double DEFAULT_REQUESTS_PER_SECOND = 110;

  /** Copies the faults. */
  public DemoOptions {
    faults = Set.copyOf(faults);
  }

  /** Free ports, embedded PostgreSQL, default rate. */
  public static DemoOptions of(long seed, Set<Fault> faults, Path directory) {
    return new DemoOptions(seed, faults, directory, DEFAULT_REQUESTS_PER_SECOND, 0, 0, null);
  }
}

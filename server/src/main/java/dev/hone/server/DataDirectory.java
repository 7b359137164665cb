package dev.hone.server;

import dev.hone.layer.database.DatabaseLayer;
import dev.hone.loop.Journal;
import dev.hone.loop.Loops;
import dev.hone.loop.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where Hone keeps its state, and what lies where in it. */
final class DataDirectory {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private DataDirectory() {}

  /**
   * Tells early whether Hone could start with this data directory.
   *
   * @throws StartException when it cannot be written, or another Hone uses it
   */
  static void requireUsable(Path directory) throws StartException {
    prepare(directory);
    try {
      new Loops(journal(directory), Ticker.system()).close();
    } catch (Journal.JournalException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Makes a data directory that can be written. */
  static void prepare(Path directory) throws StartException {
    try {
      if (!Files.exists(directory)) {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      }
      Files.delete(Files.createTempFile(directory, "probe", null));
    } catch (IOException e) {
      throw new StartException(
          "data directory `"
              + directory
              + "` cannot be written; choose another with --data-dir or change its owner",
          e);
    }
  }

  /** Where everything that was decided and done is written down. */
  static Path journal(Path directory) {
    return directory.resolve("journal.log");
  }

  /** Where the database layer keeps what is its own. */
  static DatabaseLayer.Files database(Path directory) {
    return new DatabaseLayer.Files(twin(directory), directory.resolve("plans.json"));
  }

  /** Where the planner twin lives. */
  static Path twin(Path directory) {
    return directory.resolve("twin");
  }
}

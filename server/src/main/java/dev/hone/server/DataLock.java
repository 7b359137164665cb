package dev.hone.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A data directory on which no Hone runs, and none can start until this is closed. */
final class DataLock implements AutoCloseable {
  private final RandomAccessFile file;

  private DataLock(RandomAccessFile file) {
    this.file = file;
  }

  /**
   * Takes it, by the lock that a running Hone holds beside its journal; nothing when one runs.
   *
   * @throws StartException when the directory cannot be written
   */
  @SuppressWarnings("resource")
  static Optional<DataLock> take(Path directory) throws StartException {
    try {
      Files.createDirectories(directory);
      var file = new RandomAccessFile(directory.resolve("journal.log.lock").toFile(), "rw");
      FileLock lock;
      try {
        lock = file.getChannel().tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      }
      if (lock == null) {
        file.close();
        return Optional.empty();
      }
      return Optional.of(new DataLock(file));
    } catch (IOException e) {
      throw new StartException(
          "data directory `"
              + directory
              + "` cannot be used ("
              + e.getMessage()
              + "); name another with --data-dir or change its owner",
          e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

package dev.hone.layer.database.twin;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The room on the disk that a twin may take. Its own files are sparse and take some megabytes;
 * functions that copied definitions execute can write anything.
 */
final class Room {
  private static final long MOST = 512L << 20;

  private final FileStore disk;
  private final long free;

  /** From now on. */
  Room(Path directory) throws IOException {
    this.disk = Files.getFileStore(directory);
    this.free = disk.getUsableSpace();
  }

  /** Whether so much less is free now that nothing more may be executed that could be the cause. */
  boolean isTaken() {
    try {
      return disk.getUsableSpace() < free - MOST;
    } catch (IOException e) {
      return true;
    }
  }
}

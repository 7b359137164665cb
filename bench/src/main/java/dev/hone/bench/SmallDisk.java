package dev.hone.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file system of one megabyte, in memory.
 *
 * @param directory where it is mounted
 */
record SmallDisk(Path directory) implements AutoCloseable {
  /** Mounts one; nothing where that cannot be done. */
  static Optional<SmallDisk> mount(Path directory) throws IOException, InterruptedException {
    int exit = command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.toString());
    return exit == 0 ? Optional.of(new SmallDisk(directory)) : Optional.empty();
  }

  private static int command(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Override
  public void close() throws IOException {
    try {
      command("umount", directory.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

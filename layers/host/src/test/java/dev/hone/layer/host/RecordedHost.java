package dev.hone.layer.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A directory with the files of a host as a kernel would show them. */
final class RecordedHost {
  static final String BOOT_ID = "0f3f1c52-8c6e-4f2e-9d5e-0d7d3f7a1b11";

  private final Path root;

  RecordedHost(Path root) {
    this.root = root;
    file("proc/sys/kernel/random/boot_id", BOOT_ID + "\n");
    file("proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n");
  }

  Path root() {
    return root;
  }

  RecordedHost file(String path, String content) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process with one thread of policy other. */
  RecordedHost process(long pid, String command, long parent, long startTicks, long cpuTicks) {
    return process(pid, command, parent, startTicks, cpuTicks, 0);
  }

  RecordedHost process(
      long pid, String command, long parent, long startTicks, long cpuTicks, int policy) {
    String directory = "proc/" + pid + "/";
    String flags = parent == 2 ? "2097216" : "4194304";
    file(
        directory + "stat",
        pid
            + " ("
            + command
            + ") S "
            + parent
            + " 1 1 0 -1 "
            + flags
            + " 99 0 0 0 "
            + cpuTicks
            + " 0 0 0 20 0 1 0 "
            + startTicks
            + " 3133440 256 18446744073709551615"
            + " 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 "
            + policy
            + " 0 0 0 0 0 0 0 0 0 0 0\n");
    return file(directory + "comm", command + "\n");
  }

  RecordedHost waited(long pid, long tid, long delayNanos) {
    return file("proc/" + pid + "/task/" + tid + "/schedstat", "1326861 " + delayNanos + " 2\n");
  }

  RecordedHost without(String path) {
    try (Stream<Path> below = Files.walk(root.resolve(path))) {
      for (Path file : below.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

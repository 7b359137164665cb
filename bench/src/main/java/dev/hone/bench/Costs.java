package dev.hone.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What a process and those it started use, as proc(5) tells it. */
final class Costs {
  /** {@code USER_HZ}: the unit of process times in {@code /proc/PID/stat}. */
  private static final double TICKS_PER_SECOND = 100;

  private final ProcessHandle process;

  Costs(ProcessHandle process) {
    this.process = process;
  }

  /** User and system time so far. */
  double cpuSeconds() {
    return sum(Costs::cpuSeconds);
  }

  /** Resident now ({@code VmRSS}). */
  double residentBytes() {
    return sum(pid -> status(pid, "VmRSS:"));
  }

  /** The most that was resident at once ({@code VmHWM}). */
  double peakBytes() {
    return sum(pid -> status(pid, "VmHWM:"));
  }

  /** The bytes of all files below a directory, as long as they are written. */
  static long diskBytes(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      throw new IOException("there is no `" + directory + "` to measure");
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private double sum(ToDoubleFunction<Long> of) {
    return Stream.concat(Stream.of(process), process.descendants())
        .mapToDouble(handle -> of.applyAsDouble(handle.pid()))
        .sum();
  }

  private static double cpuSeconds(long pid) {
    List<String> lines = lines(pid, "stat");
    if (lines.isEmpty()) {
      return 0;
    }
    String line = lines.getFirst();
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  private static double status(long pid, String key) {
    for (String line : lines(pid, "status")) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024.0;
      }
    }
    return 0;
  }

  private static List<String> lines(long pid, String file) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/" + file));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}

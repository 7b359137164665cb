package dev.hone.metrics.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a block holds.
 *
 * @param minTime time of its oldest sample, ms since the epoch
 * @param maxTime time of its newest sample
 * @param samples number of samples
 * @param series number of series
 * @param columns values a sample: 1 for raw samples
 * @param level 1 for a block made from the head, more for one made from blocks
 * @param resolution length of a bucket in ms, or 0 for raw samples
 * @param sources names of the blocks of raw samples that its buckets were made from
 * @param rules tells the retention under which they were made from another
 */
record BlockMeta(
    long minTime,
    long maxTime,
    long samples,
    int series,
    int columns,
    int level,
    long resolution,
    Set<String> sources,
    int rules) {
  private static final String VERSION = "1";

  /** Whether it holds samples, not buckets. */
  boolean isRaw() {
    return resolution == 0;
  }

  static BlockMeta read(Path file) throws IOException {
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
    }
    if (!VERSION.equals(properties.getProperty("version"))) {
      throw new IOException(
          file
              + " says version "
              + properties.getProperty("version")
              + "; this Hone reads version "
              + VERSION);
    }
    try {
      return new BlockMeta(
          number(properties, "minTime"),
          number(properties, "maxTime"),
          number(properties, "samples"),
          (int) number(properties, "series"),
          (int) number(properties, "columns"),
          (int) number(properties, "level"),
          Long.parseLong(properties.getProperty("resolution", "0")),
          properties.containsKey("sources")
              ? Set.of(properties.getProperty("sources").split(" "))
              : Set.of(),
          Integer.parseInt(properties.getProperty("rules", "0")));
    } catch (NumberFormatException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static long number(Properties properties, String key) {
    return Long.parseLong(properties.getProperty(key, "missing " + key));
  }

  String text() {
    String raw =
        "version=%s%nminTime=%d%nmaxTime=%d%nsamples=%d%nseries=%d%ncolumns=%d%nlevel=%d%n"
            .formatted(VERSION, minTime, maxTime, samples, series, columns, level);
    return isRaw()
        ? raw
        : raw
            + "resolution=%d%nsources=%s%nrules=%d%n"
                .formatted(resolution, String.join(" ", new TreeSet<>(sources)), rules);
  }
}

package dev.hone.bench.loop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Recorded noise. A world draws a random stretch of a series and reads one recorded value as one
 * sample of ten seconds, in logs around the stretch's median.
 *
 * @param traffic series over time: the Numenta Anomaly Benchmark, requests to two web sites, and
 *     traces of one's own
 * @param runs repeated load tests on virtual machines; one recorded value is one test
 * @param skipped what could not be read, and why
 * @param leftOut series that are too short or too seldom positive, and why
 */
record RealData(
    List<World> traffic, List<World> runs, List<Line.Skipped> skipped, List<String> leftOut) {
  private static final double MEMORY = 0.8;
  private static final double WITHIN_RUN = 0.02;
  private static final int SECONDS_OF_A_SAMPLE = 10;

  /** Everything that is found in a folder. */
  static RealData read(Path folder) throws IOException {
    var data =
        new RealData(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    data.readNab(folder.resolve("nab"));
    data.readTraces(folder.resolve("traces"));
    Path traffic = folder.resolve("traffic");
    data.tryReading(
        "worldcup",
        traffic.resolve("worldcup98-requests-per-minute-58d.csv.gz"),
        file -> data.add("requests", "worldcup", gzipped(file)));
    data.tryReading(
        "nasa",
        traffic.resolve("nasa-requests-per-second.tbz2"),
        file ->
            data.add(
                "requests",
                "nasa",
                Command.run(List.of("tar", "xjOf", file.toString()), RealData::numbers)
                    .sums(SECONDS_OF_A_SAMPLE)));
    data.tryReading("vm-noise", folder.resolve("vm-noise").resolve("redis.tar.xz"), data::readRuns);
    return data;
  }

  @FunctionalInterface
  private interface Step {
    void take(Path file) throws IOException;
  }

  private void tryReading(String what, Path file, Step step) {
    if (!Files.isRegularFile(file)) {
      skipped.add(new Line.Skipped("loop.data." + what, file.getFileName() + " is not there"));
      return;
    }
    try {
      step.take(file);
    } catch (IOException e) {
      skipped.add(new Line.Skipped("loop.data." + what, String.valueOf(e.getMessage())));
    }
  }

  private void readNab(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      skipped.add(new Line.Skipped("loop.data.nab", "the folder nab is not there"));
      return;
    }
    try (Stream<Path> files = Files.walk(folder, 2)) {
      for (Path file : files.filter(RealData::isReal).sorted().toList()) {
        readCsv("nab", file);
      }
    }
  }

  private static boolean isReal(Path file) {
    Path parent = file.getParent();
    return file.toString().endsWith(".csv")
        && parent != null
        && String.valueOf(parent.getFileName()).startsWith("real");
  }

  private void readTraces(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        readCsv("traces", file);
      }
    }
  }

  private void readCsv(String from, Path file) throws IOException {
    String name = name(String.valueOf(file.getFileName()).replaceFirst("\\.csv$", ""));
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      add(from, name, Series.parse(lines));
    }
  }

  /** Adds a series over time if it is of use. */
  private void add(String group, String name, Series series) {
    if (!isUsable(name, series, VirtualSystem.SAMPLES)) {
      return;
    }
    double[] logs = series.logs();
    traffic.add(
        new World(
            group,
            name,
            MEMORY,
            (samples, random) -> {
              int from = random.nextInt(logs.length - samples + 1);
              return centred(Arrays.copyOfRange(logs, from, from + samples));
            }));
  }

  private boolean isUsable(String name, Series series, int needed) {
    boolean usable = series.isUsable(needed);
    if (!usable) {
      leftOut.add(
          String.format(
              Locale.ROOT,
              "%s: %d values, %.0f %% of them positive; %d are needed, %.0f %% positive",
              name,
              series.length(),
              100 * series.positive(),
              needed,
              100 * Series.LEAST_POSITIVE));
    }
    return usable;
  }

  private static Series gzipped(Path file) throws IOException {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return Series.parse(lines);
    }
  }

  /** Numbers that blanks separate. */
  private static Series numbers(BufferedReader text) throws IOException {
    DoubleStream.Builder values = DoubleStream.builder();
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      var words = new StringTokenizer(line);
      while (words.hasMoreTokens()) {
        values.add(Double.parseDouble(words.nextToken()));
      }
    }
    return new Series(values.build().toArray(), 0);
  }

  /** An archive of CSV files whose first column is a test's result, each under a heading. */
  private void readRuns(Path archive) throws IOException {
    List<double[]> files =
        Command.run(
            List.of("tar", "xJOf", archive.toString()),
            text -> {
              var all = new ArrayList<DoubleStream.Builder>();
              for (String line = text.readLine(); line != null; line = text.readLine()) {
                if (line.startsWith("value,")) {
                  all.add(DoubleStream.builder());
                } else if (!all.isEmpty() && line.indexOf(',') > 0) {
                  all.getLast().add(Double.parseDouble(line.substring(0, line.indexOf(','))));
                }
              }
              return all.stream().map(builder -> builder.build().toArray()).toList();
            });
    for (double[] values : files) {
      addRuns("redis" + runs.size(), new Series(values, 0));
    }
  }

  private void addRuns(String name, Series series) {
    int needed = VirtualSystem.SAMPLES / Method.RUN_SAMPLES;
    if (!isUsable(name, series, needed)) {
      return;
    }
    double[] logs = series.logs();
    runs.add(
        new World(
            "redis",
            name,
            0,
            (samples, random) -> {
              int count = (samples + Method.RUN_SAMPLES - 1) / Method.RUN_SAMPLES;
              int from = random.nextInt(logs.length - count + 1);
              double[] levels = centred(Arrays.copyOfRange(logs, from, from + count));
              double[] path = new Autoregression(0, WITHIN_RUN).path(samples, random);
              for (int i = 0; i < samples; i++) {
                path[i] += levels[i / Method.RUN_SAMPLES];
              }
              return path;
            }));
  }

  private static double[] centred(double[] logs) {
    double[] sorted = logs.clone();
    Arrays.sort(sorted);
    double middle = sorted[sorted.length / 2];
    return Arrays.stream(logs).map(v -> v - middle).toArray();
  }

  private static String name(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }
}

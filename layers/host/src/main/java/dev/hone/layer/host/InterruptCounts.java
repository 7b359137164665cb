package dev.hone.layer.host;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code interrupts} and {@code softirqs}: a column for each processor, a line for each kind
 * (proc_interrupts(5)). On a machine with more than {@link #MOST_COLUMNS} processors a line is
 * summed up into one series without a label {@code cpu}.
 */
final class InterruptCounts implements Source {
  private static final int MOST_COLUMNS = 16;
  private static final int MOST_SERIES = 1024;
  private static final Pattern NUMERAL = Pattern.compile("\\d+");
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final String metric;
  private final boolean described;
  private WordTable<long[]> kinds = new WordTable<>(this::kind);
  private String[] processors = {};
  private Scan current = new Scan();
  private int made;
  private byte[] header = {};

  private InterruptCounts(
      ProcFiles.ProcFile file, Samples samples, String metric, boolean described) {
    this.file = file;
    this.samples = samples;
    this.metric = metric;
    this.described = described;
  }

  /** Of devices and of processors among each other. */
  static InterruptCounts hard(ProcFiles files, Path proc, Samples samples) {
    return new InterruptCounts(
        files.file(proc.resolve("interrupts")), samples, "node_interrupts_total", true);
  }

  /** Work that was put off by interrupts. */
  static InterruptCounts soft(ProcFiles files, Path proc, Samples samples) {
    return new InterruptCounts(
        files.file(proc.resolve("softirqs")), samples, "node_softirqs_functions_total", false);
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    if (!scan.restOfLineIs(header)) {
      begin(scan.restOfLine());
    }
    while (scan.nextLine()) {
      line(scan);
    }
  }

  /** Starts anew because there are other processors than before. */
  private void begin(String processorNames) {
    header = processorNames.getBytes(StandardCharsets.UTF_8);
    processors = BLANKS.split(processorNames.replace("CPU", "").strip());
    kinds = new WordTable<>(this::kind);
    made = 0;
  }

  private void line(Scan scan) {
    if (!scan.word()) {
      return;
    }
    current = scan;
    long[] series = kinds.get(scan);
    if (series == null) {
      return;
    }
    if (series.length == processors.length) {
      for (int i = 0; i < series.length && scan.atDigit(); i++) {
        samples.put(series[i], scan.number());
      }
    } else {
      long sum = 0;
      for (int i = 0; i < processors.length && scan.atDigit(); i++) {
        sum += scan.number();
      }
      samples.put(series[0], sum);
    }
  }

  /** The series of a kind; null for lines without a number for each processor. */
  private long @Nullable [] kind(String type) {
    String[] words = BLANKS.split(current.restOfLine().strip());
    int columns = processors.length;
    int needed = described ? columns + 1 : columns;
    int wanted = columns > MOST_COLUMNS ? 1 : columns;
    if (words.length < needed || made + wanted > MOST_SERIES) {
      return null;
    }
    made += wanted;
    // For a device the first word is the controller; for other kinds all is the description.
    boolean device = NUMERAL.matcher(type).matches();
    int split = device ? columns + 1 : words.length;
    String info = described ? join(words, columns, split) : "";
    String devices = described ? join(words, split, words.length) : "";
    var series = new long[wanted];
    for (int i = 0; i < wanted; i++) {
      String cpu = wanted == columns ? processors[i] : "";
      series[i] =
          samples.series(metric, "cpu", cpu, "type", type, "info", info, "devices", devices);
    }
    return series;
  }

  private static String join(String[] words, int from, int to) {
    return String.join(" ", Arrays.asList(words).subList(from, to));
  }

  @Override
  public void close() {
    file.close();
  }
}

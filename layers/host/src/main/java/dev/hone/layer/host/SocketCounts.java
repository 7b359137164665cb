package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code net/sockstat} and {@code net/sockstat6}: lines {@code TCP: inuse 1 orphan 0 …}. The layout
 * is read once, as in {@link ProtocolCounters}.
 */
final class SocketCounts implements Source {
  private static final int MOST_LINES = 16;

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final long pageBytes;
  private final List<WordTable<Count>> lines = new ArrayList<>();

  /** A count; one of pages has a second series in bytes. */
  private record Count(long series, long bytes) {}

  SocketCounts(ProcFiles files, Path path, Samples samples, long pageBytes) {
    this.file = files.file(path);
    this.samples = samples;
    this.pageBytes = pageBytes;
  }

  private Count count(String protocol, String word) {
    String name = "node_sockstat_" + protocol + "_" + word;
    boolean pages = word.equals("mem");
    return new Count(
        samples.series(name), pages ? samples.series(name + "_bytes") : Samples.REFUSED);
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    int line = 0;
    do {
      if (!scan.word() || line == MOST_LINES) {
        return;
      }
      if (line == lines.size()) {
        String protocol = scan.wordText();
        lines.add(new WordTable<>(word -> count(protocol, word)));
      }
      while (scan.word()) {
        Count count = lines.get(line).get(scan);
        long value = scan.number();
        if (count != null) {
          samples.put(count.series, value);
          samples.put(count.bytes, value * pageBytes);
        }
      }
      line++;
    } while (scan.nextLine());
  }

  @Override
  public void close() {
    file.close();
  }
}

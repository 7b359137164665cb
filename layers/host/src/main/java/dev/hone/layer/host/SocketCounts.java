package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code net/sockstat}: lines {@code TCP: inuse 1 orphan 0 …}. The layout is read once, as in
 * {@link ProtocolCounters}.
 */
final class SocketCounts implements Source {
  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final List<WordTable<Count>> lines = new ArrayList<>();

  private record Count(long series) {}

  SocketCounts(ProcFiles files, Path proc, Samples samples) {
    this.file = files.file(proc.resolve("net/sockstat"));
    this.samples = samples;
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    int line = 0;
    do {
      scan.word();
      if (line == lines.size()) {
        String protocol = scan.wordText();
        lines.add(
            new WordTable<>(
                word -> new Count(samples.series("node_sockstat_" + protocol + "_" + word))));
      }
      while (scan.word()) {
        Count count = lines.get(line).get(scan);
        long value = scan.number();
        if (count != null) {
          samples.put(count.series, value);
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

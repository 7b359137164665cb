package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/**
 * Room on the file systems that live on a block device, once a device. Network file systems are
 * left out: asking a server that is gone would block.
 */
final class Filesystems implements Source {
  private static final int EVERY_ROUNDS = 15;
  private static final int MOST = 32;

  private final ProcFiles.ProcFile mounts;
  private final Samples samples;
  private final Map<String, Usage> known = new HashMap<>();
  private int round;

  private record Usage(
      long size, long free, long available, long files, long filesFree, long readOnly) {}

  Filesystems(ProcFiles files, Path proc, Samples samples) {
    this.mounts = files.file(proc.resolve("self/mounts"));
    this.samples = samples;
  }

  @Override
  public void sample() throws InterruptedException {
    if (round++ % EVERY_ROUNDS != 0) {
      return;
    }
    Scan scan = mounts.read();
    if (scan == null) {
      return;
    }
    var seen = new HashSet<String>();
    for (String line : scan.text().split("\n")) {
      String[] words = line.split(" ");
      if (words.length > 2 && words[0].startsWith("/dev/") && seen.add(words[0])) {
        measure(words[0], words[1].replace("\\040", " "), words[2]);
      }
    }
  }

  private void measure(String device, String mountPoint, String type) {
    Usage usage = known.get(mountPoint);
    if (usage == null) {
      if (known.size() == MOST) {
        return;
      }
      String[] labels = {"device", device, "mountpoint", mountPoint, "fstype", type};
      usage =
          new Usage(
              samples.series("node_filesystem_size_bytes", labels),
              samples.series("node_filesystem_free_bytes", labels),
              samples.series("node_filesystem_avail_bytes", labels),
              samples.series("node_filesystem_files", labels),
              samples.series("node_filesystem_files_free", labels),
              samples.series("node_filesystem_readonly", labels));
      known.put(mountPoint, usage);
    }
    FileSystemSpace space = FileSystemSpace.of(mountPoint);
    // Without an answer it is mounted in another name space, or was just unmounted.
    if (space != null) {
      samples.put(usage.size, space.size());
      samples.put(usage.free, space.free());
      samples.put(usage.available, space.available());
      samples.put(usage.files, space.files());
      samples.put(usage.filesFree, space.filesFree());
      samples.put(usage.readOnly, space.readOnly() ? 1 : 0);
    }
  }

  @Override
  public void close() {
    mounts.close();
  }
}

package dev.hone.layer.host;

import java.nio.file.Path;

/**
 * What uname(2) says, as labels of a series that is always 1, and the time of the round: dashboards
 * choose a host by the one and take its age from the other.
 */
final class HostIdentity implements Source {
  private final Path kernel;
  private final Samples samples;
  private long info = Samples.REFUSED;
  private long time = Samples.REFUSED;
  private boolean known;

  HostIdentity(Path proc, Samples samples) {
    this.kernel = proc.resolve("sys/kernel");
    this.samples = samples;
  }

  @Override
  public void sample() {
    if (!known) {
      known = true;
      time = samples.series("node_time_seconds");
      String name = text("hostname");
      if (!name.isEmpty()) {
        info =
            samples.series(
                "node_uname_info",
                "nodename",
                name,
                "domainname",
                text("domainname"),
                "sysname",
                text("ostype"),
                "release",
                text("osrelease"),
                "version",
                text("version"));
      }
    }
    samples.put(info, 1);
    samples.put(time, samples.nowMillis() / 1000.0);
  }

  private String text(String file) {
    return HostProcesses.text(kernel.resolve(file));
  }

  @Override
  public void close() {}
}

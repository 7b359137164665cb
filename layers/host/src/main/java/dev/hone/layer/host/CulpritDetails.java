package dev.hone.layer.host;

import java.util.Map;

/**
 * What {@link CpuContention} hands to techniques about the process that makes others wait.
 *
 * @param cores processor use
 * @param shareOfCulprits its part of the processor use of all such processes, 0 to 1
 * @param waitShare the share of their runs that the protected processes waited, 0 to 1
 * @param waitPerSecond their run delay, in seconds a second
 */
record CulpritDetails(
    ProcessIdentity process,
    String name,
    double cores,
    double shareOfCulprits,
    double waitShare,
    double waitPerSecond) {

  Map<String, String> asMap() {
    return Map.of(
        "pid", Long.toString(process.pid()),
        "startTicks", Long.toString(process.startTicks()),
        "bootId", process.bootId(),
        "name", name,
        "cores", Double.toString(cores),
        "shareOfCulprits", Double.toString(shareOfCulprits),
        "waitShare", Double.toString(waitShare),
        "waitPerSecond", Double.toString(waitPerSecond));
  }

  static CulpritDetails of(Map<String, String> details) {
    return new CulpritDetails(
        new ProcessIdentity(
            Long.parseLong(need(details, "pid")),
            Long.parseLong(need(details, "startTicks")),
            need(details, "bootId")),
        need(details, "name"),
        Double.parseDouble(need(details, "cores")),
        Double.parseDouble(need(details, "shareOfCulprits")),
        Double.parseDouble(need(details, "waitShare")),
        Double.parseDouble(need(details, "waitPerSecond")));
  }

  private static String need(Map<String, String> details, String name) {
    String value = details.get(name);
    if (value == null) {
      throw new IllegalArgumentException("a cpu-contention finding has no detail `" + name + "`");
    }
    return value;
  }
}

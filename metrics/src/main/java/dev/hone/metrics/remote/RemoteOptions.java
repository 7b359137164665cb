package dev.hone.metrics.remote;

import java.time.Duration;
import java.util.List;

/**
 * How samples are spread over backends.
 *
 * @param backends where they go; at least one
 * @param copies on how many backends a series lies; at most as many as there are
 * @param partial what happens when some series cannot be read
 * @param bufferBytes what samples that are still to be sent may take on the disk
 * @param maxSeries series that are known at once; a new one beyond is refused
 * @param outOfOrder how much older than the newest of all a sample may be that comes after a newer
 *     one of its series; what the backends are set to take
 * @param pace how fast it sends and tries again
 */
public record RemoteOptions(
    List<Backend> backends,
    int copies,
    Partial partial,
    long bufferBytes,
    int maxSeries,
    Duration outOfOrder,
    Pace pace) {
  /** What a question gets when a part of the series cannot be read. */
  public enum Partial {
    /** The rest, with a warning that says what is missing. */
    WARN,
    /** An error. */
    REFUSE
  }

  /**
   * Times and sizes of sending.
   *
   * @param batch samples in a request at most
   * @param firstPause before a failed request is tried again; doubled each time
   * @param longestPause at most
   * @param request how long a request with samples may take
   * @param drain how long a question waits for samples that are on their way
   */
  public record Pace(
      int batch, Duration firstPause, Duration longestPause, Duration request, Duration drain) {
    /** For networks as they are. */
    public static final Pace STANDARD =
        new Pace(
            5_000,
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofMillis(1_500));
  }

  public RemoteOptions {
    backends = List.copyOf(backends);
    if (copies < 1 || copies > backends.size()) {
      throw new IllegalArgumentException(
          "%d copies on %d backends; it must be from 1 to the number of backends"
              .formatted(copies, backends.size()));
    }
  }

  /** The usual settings for some backends. */
  public static RemoteOptions of(List<Backend> backends) {
    long room = Runtime.getRuntime().maxMemory() / 4_000;
    return new RemoteOptions(
        backends,
        Math.min(2, backends.size()),
        Partial.WARN,
        10L << 30,
        Math.clamp(room, 50_000, 10_000_000),
        Duration.ZERO,
        Pace.STANDARD);
  }
}

package dev.hone.metrics.scrape;

/**
 * What a job's targets may send; a scrape beyond a limit fails as a whole. 0: no limit of that
 * kind.
 *
 * @param samples samples of a scrape, after relabelling
 * @param labels labels of a series
 * @param labelName length of a label's name, in bytes
 * @param labelValue length of a label's value, in bytes
 * @param targets targets of the job
 * @param body size of a response when unpacked, in bytes
 */
public record ScrapeLimits(
    long samples, long labels, long labelName, long labelValue, long targets, long body) {
  /** The size of a response where nothing is said. */
  public static final long DEFAULT_BODY = 64L << 20;

  /** No limits but the size of a response. */
  public static final ScrapeLimits NONE = new ScrapeLimits(0, 0, 0, 0, 0, 0);

  /** The size a response may have in bytes. */
  int mostBytes() {
    return (int) (body == 0 ? DEFAULT_BODY : Math.min(body, Integer.MAX_VALUE - 64));
  }
}

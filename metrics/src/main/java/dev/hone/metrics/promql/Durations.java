package dev.hone.metrics.promql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as PromQL writes them: {@code 1h30m}, units descending, a week being seven days. */
public final class Durations {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");
  private static final long[] MILLIS = {
    365 * 86_400_000L, 7 * 86_400_000L, 86_400_000L, 3_600_000L, 60_000L, 1_000L, 1L
  };

  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};

  private Durations() {}

  /** Writes a duration as Prometheus does: years, weeks and days only where nothing is left. */
  public static String text(long millis) {
    if (millis == 0) {
      return "0s";
    }
    var text = new StringBuilder();
    long rest = millis;
    for (int i = 0; i < UNITS.length; i++) {
      if (rest >= MILLIS[i] && (i > 2 || rest % MILLIS[i] == 0)) {
        text.append(rest / MILLIS[i]).append(UNITS[i]);
        rest %= MILLIS[i];
      }
    }
    return text.toString();
  }

  /**
   * A duration in milliseconds.
   *
   * @throws IllegalArgumentException when the text is not a duration
   */
  public static long millis(String text) {
    Matcher matcher = FORM.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw new IllegalArgumentException("not a valid duration: `" + text + "`");
    }
    long total = 0;
    try {
      for (int i = 0; i < MILLIS.length; i++) {
        String number = matcher.group(i + 1);
        if (number != null) {
          total = Math.addExact(total, Math.multiplyExact(Long.parseLong(number), MILLIS[i]));
        }
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("duration `" + text + "` is out of range", e);
    }
    return total;
  }
}

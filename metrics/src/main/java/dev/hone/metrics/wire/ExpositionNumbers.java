package dev.hone.metrics.wire;

import dev.hone.metrics.Decimals;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Numbers of exposition text, as Go's {@code ParseFloat} reads them. Decimal numbers of up to 2⁵³
 * times or through up to 10²² need one rounding only, so they are computed at once (Clinger 1990,
 * "How to read floating point numbers accurately"); others go the JDK's way.
 */
final class ExpositionNumbers {
  /** The NaN that Prometheus stores. */
  static final long NAN_BITS = 0x7FF8000000000001L;

  private static final long EXACT = 1L << 53;
  private static final int MOST_DIGITS = 18;
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private final byte[] text;
  private final int length;
  private long bits;
  private long millis;

  ExpositionNumbers(byte[] text, int length) {
    this.text = text;
    this.length = length;
  }

  long bits() {
    return bits;
  }

  long millis() {
    return millis;
  }

  /** Reads a value; returns where it ends. */
  int value(int from) {
    int at = from;
    boolean negative = text[at] == '-';
    if (negative || text[at] == '+') {
      at++;
    }
    long mantissa = 0;
    int digitsFrom = at;
    int point = -1;
    for (; at < length; at++) {
      int digit = text[at] - '0';
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
      } else if (text[at] == '.' && point < 0) {
        point = at;
      } else {
        break;
      }
    }
    int digits = at - digitsFrom - (point < 0 ? 0 : 1);
    int exponent = point < 0 ? 0 : point + 1 - at;
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
      boolean small = at + 1 < length && text[at + 1] == '-';
      at += small || (at + 1 < length && text[at + 1] == '+') ? 2 : 1;
      int exponentFrom = at;
      int written = 0;
      while (at < length && at - exponentFrom < 4 && text[at] >= '0' && text[at] <= '9') {
        written = written * 10 + text[at++] - '0';
      }
      exponent += small ? -written : written;
      digits = at == exponentFrom ? 0 : digits;
    }
    if (digits == 0
        || digits > MOST_DIGITS
        || mantissa > EXACT
        || Math.abs(exponent) >= POWERS.length
        || !isEnd(at)) {
      return slowly(from);
    }
    double value = mantissa;
    value = exponent < 0 ? value / POWERS[-exponent] : value * POWERS[exponent];
    bits = Double.doubleToRawLongBits(negative ? -value : value);
    return at;
  }

  private boolean isEnd(int at) {
    return at >= length
        || text[at] == '\n'
        || text[at] == ' '
        || text[at] == '\t'
        || text[at] == '\r';
  }

  private String word(int from) {
    int to = from;
    while (!isEnd(to)) {
      to++;
    }
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  private int slowly(int from) {
    String word = word(from);
    double value = number(word);
    bits = Double.isNaN(value) ? NAN_BITS : Double.doubleToRawLongBits(value);
    return from + word.length();
  }

  private static double number(String word) {
    switch (word.toLowerCase(Locale.ROOT)) {
      case "inf", "+inf", "infinity", "+infinity" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-inf", "-infinity" -> {
        return Double.NEGATIVE_INFINITY;
      }
      case "nan" -> {
        return Double.NaN;
      }
      default -> {
        if (word.matches("[-+.0-9eE]+")) {
          try {
            return Decimals.parse(word);
          } catch (NumberFormatException e) {
            // Told below like everything that is no number.
          }
        }
        throw new IllegalArgumentException("`" + word + "` is not a number");
      }
    }
  }

  /** Reads a time, in seconds or in milliseconds; returns where it ends. */
  int time(int from, boolean inSeconds) {
    String word = word(from);
    try {
      if (inSeconds) {
        double seconds = number(word);
        if (!(Math.abs(seconds) < 9e15)) {
          throw new IllegalArgumentException("`" + word + "` is not a time");
        }
        millis = Math.round(seconds * 1000);
      } else {
        millis = Long.parseLong(word);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("`" + word + "` is not a time in milliseconds", e);
    }
    return from + word.length();
  }
}

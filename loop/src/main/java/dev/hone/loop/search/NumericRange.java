package dev.hone.loop.search;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The values of a numeric knob that may be tried.
 *
 * @param low least value, in the unit of the knob
 * @param high greatest value
 * @param scale on which axis the response is expected to be smooth
 * @param whole whether only integers are values
 * @param step how far from the value in force a single trial may go
 */
public record NumericRange(double low, double high, Scale scale, boolean whole, Step step) {
  private static final double EXACT = 0x1p53;
  private static final double MOST = 1e100;

  /** Values are rounded so that one factor of two, or a narrower range, has this many at least. */
  private static final double RESOLUTION = 50;

  /** Axes. */
  public enum Scale {
    /** Equal differences matter equally. */
    LINEAR,
    /** Equal ratios matter equally. */
    LOG
  }

  /** The largest step of a single trial. */
  public sealed interface Step {}

  /**
   * A step as a ratio.
   *
   * @param factor above 1: with 2 a value is at most doubled or halved
   */
  public record Factor(double factor) implements Step {
    public Factor {
      if (!(factor > 1) || Double.isInfinite(factor)) {
        throw new IllegalArgumentException(
            "step factor `" + factor + "` allows no step; give a finite one above 1");
      }
    }
  }

  /**
   * A step as a difference; the only kind for a range that reaches zero.
   *
   * @param amount above 0, in the unit of the knob
   */
  public record Amount(double amount) implements Step {
    public Amount {
      if (!(amount > 0) || Double.isInfinite(amount)) {
        throw new IllegalArgumentException(
            "step amount `" + amount + "` allows no step; give a finite one above 0");
      }
    }
  }

  public NumericRange {
    if (!Double.isFinite(low) || !Double.isFinite(high) || !(low < high)) {
      throw new IllegalArgumentException(
          "range `" + low + "` to `" + high + "` holds no two values; give finite low < high");
    }
    if (Math.max(Math.abs(low), Math.abs(high)) > MOST
        || high - low < 1 / MOST
        || high - low < 1e-9 * Math.max(Math.abs(low), Math.abs(high))) {
      throw new IllegalArgumentException(
          "range `"
              + low
              + "` to `"
              + high
              + "` is too wide or too narrow to be divided;"
              + " give ends below 1e100 that differ by a share of at least 1e-9");
    }
    if (low <= 0 && scale == Scale.LOG) {
      throw new IllegalArgumentException(
          "low end `" + low + "` of the range has no place on a LOG scale; give one above 0");
    }
    if (low <= 0 && step instanceof Factor) {
      throw new IllegalArgumentException(
          "low end `"
              + low
              + "` of the range is not above 0, so that a step factor has no meaning;"
              + " give the step as an amount");
    }
    if (whole && (low != Math.rint(low) || high != Math.rint(high))) {
      throw new IllegalArgumentException(
          "range `"
              + low
              + "` to `"
              + high
              + "` of whole values ends between integers;"
              + " give integers");
    }
    if (whole && (Math.abs(low) > EXACT || Math.abs(high) > EXACT)) {
      throw new IllegalArgumentException(
          "range `"
              + low
              + "` to `"
              + high
              + "` exceeds 2^53, where integers are not exact;"
              + " narrow it");
    }
    low = low + 0.0;
    high = high + 0.0;
  }

  /** Whether a value belongs to the range. */
  public boolean contains(double value) {
    return value >= low && value <= high && (!whole || value == Math.rint(value));
  }

  /** Whether a single trial may go from {@code incumbent} to {@code value}. */
  public boolean reaches(double incumbent, double value) {
    return value >= bottom(incumbent) && value <= top(incumbent);
  }

  /**
   * The value that a knob's text stands for.
   *
   * @param text canonical or not: {@code 20} and {@code 20.0} are the same value
   * @throws IllegalArgumentException when it is no number or not in the range
   */
  public double parse(String text) {
    double value;
    try {
      value = new BigDecimal(text.strip()).doubleValue();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "knob value `" + text + "` is not a number; give a decimal number without a unit", e);
    }
    return require(value, "knob value");
  }

  /**
   * The canonical text of a value: plain decimal digits, no exponent, no trailing zero.
   *
   * @throws IllegalArgumentException when it is not in the range
   */
  public String text(double value) {
    return plain(require(value, "knob value"));
  }

  /** The value itself when it is in the range; {@code place} says where it comes from. */
  double require(double value, String place) {
    String ends = "`" + plain(low) + "` to `" + plain(high) + "`";
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          place
              + " `"
              + (Double.isFinite(value) ? plain(value) : value)
              + "` is not in the range "
              + ends
              + "; change the value or the range");
    }
    if (!contains(value)) {
      throw new IllegalArgumentException(
          place + " `" + plain(value) + "` is not one of the whole numbers " + ends + "; round it");
    }
    return value + 0.0;
  }

  /** Least value that one step from {@code incumbent} reaches. */
  double bottom(double incumbent) {
    return Math.max(
        low,
        switch (step) {
          case Factor f -> incumbent / f.factor();
          case Amount a -> incumbent - a.amount();
        });
  }

  /** Greatest value that one step from {@code incumbent} reaches. */
  double top(double incumbent) {
    return Math.min(
        high,
        switch (step) {
          case Factor f -> incumbent * f.factor();
          case Amount a -> incumbent + a.amount();
        });
  }

  /** Place on the scaled axis: 0 at the low end, 1 at the high end; values outside go on beyond. */
  double position(double value) {
    return switch (scale) {
      case LINEAR -> (value - low) / (high - low);
      case LOG -> (Math.log(value) - Math.log(low)) / logSpan();
    };
  }

  /** Whether a value is at most the width of the range away from it on the scaled axis. */
  boolean near(double value) {
    return Math.abs(position(value) - 0.5) <= 1.5;
  }

  /** The rounded value at a place on the scaled axis; outside 0 to 1 the nearer end. */
  double value(double position) {
    double p = Math.clamp(position, 0, 1);
    double exact =
        switch (scale) {
          case LINEAR -> low + p * (high - low);
          case LOG -> low * Math.exp(p * logSpan());
        };
    return Math.clamp(whole ? Math.rint(exact) : rounded(exact), low, high) + 0.0;
  }

  private double logSpan() {
    return Math.log(high) - Math.log(low);
  }

  private double rounded(double exact) {
    double grain =
        switch (scale) {
          case LINEAR -> (high - low) / (10 * RESOLUTION);
          case LOG -> exact * Math.min(logSpan(), Math.log(2)) / RESOLUTION;
        };
    int digits = -(int) Math.floor(Math.log10(grain));
    return BigDecimal.valueOf(exact).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
  }

  static String plain(double value) {
    BigDecimal decimal = BigDecimal.valueOf(value);
    return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
  }
}

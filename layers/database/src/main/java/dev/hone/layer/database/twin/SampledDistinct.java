package dev.hone.layer.database.twin;

/**
 * How many different values a column has that ANALYZE has looked at in a part of its pages. It
 * takes as many pages as rows, and about one row of each; its estimate (Haas and Stokes, IBM RJ
 * 10025, 1998, formula Duj1) takes them for a sample of all rows. Where rows of one value lie side
 * by side, as lines of an order do, two of them meet more often than in such a sample, and the
 * estimate is several times too small: 390,000 orders for 1,500,000 in 6,000,000 lines.
 */
final class SampledDistinct {
  /** From here on rows of one value are taken to lie side by side. */
  private static final double SORTED = 0.9;

  /**
   * Rows of one value are not equally many everywhere, and values with more are met more often. In
   * simulations of equally many, and of one to twice the mean, this lies between both.
   */
  private static final double UNEVEN = 1.15;

  private SampledDistinct() {}

  /**
   * The likely number. For a column in the order of the rows the sample is one of the pages that
   * were read, and other pages hold other values.
   *
   * @param estimate the server's
   * @param rows of the table
   * @param pages of the table
   * @param sampled rows that ANALYZE looked at, and pages at the most
   * @param correlation of values and rows, from −1 to 1
   */
  static double of(double estimate, double rows, double pages, double sampled, double correlation) {
    if (pages <= sampled || sampled >= rows || Math.abs(correlation) < SORTED) {
      return estimate;
    }
    // Values that were met once, if no other was met more than twice.
    double once =
        sampled * (estimate - sampled / 2) / (sampled / 2 + estimate * (1 - sampled / rows));
    if (once <= 0) {
      return estimate;
    }
    double met = (once + sampled) / 2;
    double read = rows * sampled / pages;
    double inThose = sampled * met / (sampled - once + once * sampled / read);
    return Math.clamp(UNEVEN * inThose * pages / sampled, estimate, rows);
  }
}

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

  /** How often the range in which the number lies is halved. */
  private static final int HALVINGS = 40;

  private SampledDistinct() {}

  /**
   * The likely number. For a column in the order of the rows the sample is one of the pages that
   * were read, and other pages hold other values. For others it is one of all rows, and the server
   * is right where all values come equally often; this lies between that and values of which each
   * comes once and a number of times more that is Poisson distributed.
   *
   * @param estimate the server's
   * @param rows of the table
   * @param pages of the table
   * @param sampled rows that ANALYZE looked at, and pages at the most
   * @param correlation of values and rows, from −1 to 1
   */
  static double of(double estimate, double rows, double pages, double sampled, double correlation) {
    if (sampled >= rows) {
      return estimate;
    }
    if (pages <= sampled || Math.abs(correlation) < SORTED) {
      return Math.sqrt(estimate * unequal(estimate, rows, sampled / rows));
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

  /** The number of values of which Duj1 makes the estimate, found by halving. */
  private static double unequal(double estimate, double rows, double share) {
    double least = estimate;
    double most = rows;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (least + most) / 2;
      if (middle * estimated(rows / middle, share) < estimate) {
        least = middle;
      } else {
        most = middle;
      }
    }
    return least;
  }

  /**
   * Duj1's estimate for each value that there is.
   *
   * @param each rows a value in the mean, 1 and a Poisson distributed number
   * @param share of the rows in the sample
   */
  private static double estimated(double each, double share) {
    double unseen = (1 - share) * Math.exp(-(each - 1) * share);
    double once = share * Math.exp(-(each - 1) * share) * (1 + (1 - share) * (each - 1));
    double sample = share * each;
    return sample * (1 - unseen) / (sample - once * (1 - share));
  }
}

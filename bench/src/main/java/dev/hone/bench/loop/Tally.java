package dev.hone.bench.loop;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What became of many experiments; shares are in per cent.
 *
 * @param plays all of them
 */
record Tally(List<Play> plays) {
  Tally {
    plays = List.copyOf(plays);
  }

  int count() {
    return plays.size();
  }

  int count(Predicate<Play> what) {
    return (int) plays.stream().filter(what).count();
  }

  double share(Predicate<Play> what) {
    return 100.0 * count(what) / plays.size();
  }

  double kept() {
    return share(Play::kept);
  }

  double blamed() {
    return share(Play::blamed);
  }

  Tally where(Predicate<Play> what) {
    return new Tally(plays.stream().filter(what).toList());
  }

  /** Those of the plays that a world of the list's {@code index} gave, the worlds in turn. */
  Tally ofWorld(int index, int worlds) {
    return new Tally(
        IntStream.iterate(index, i -> i < plays.size(), i -> i + worlds)
            .mapToObj(plays::get)
            .toList());
  }

  /** Upper 95 % bound of a share. */
  double upper(Predicate<Play> what) {
    return 100 * Binomial.upper(count(what), plays.size());
  }

  /** Share that ended without being kept or blamed. */
  double undecided() {
    return share(play -> !play.kept() && !play.blamed());
  }

  /** A quantile of the minutes to the verdict of those that were kept. */
  double minutesToKeep(double quantile) {
    return quantile(plays.stream().filter(Play::kept).mapToDouble(Play::minutes), quantile);
  }

  /** Mean harm done, in per cent times minutes. */
  double exposure() {
    return plays.stream().mapToDouble(Play::exposure).average().orElse(Double.NaN);
  }

  /** A quantile of the seconds for which harm was in force. */
  double harmSeconds(double quantile) {
    return quantile(plays.stream().mapToDouble(Play::harmSeconds), quantile);
  }

  /** Median of the absolute error of the effect, in log units. */
  double sizeError() {
    return quantile(
        plays.stream()
            .mapToDouble(play -> Math.abs(play.estimate() - play.truth()))
            .filter(Double::isFinite),
        0.5);
  }

  /** Median of the error of the effect in log units; positive where it looks worse than it is. */
  double sizeBias() {
    return quantile(
        plays.stream().mapToDouble(play -> play.estimate() - play.truth()).filter(Double::isFinite),
        0.5);
  }

  /** Share of the intervals that hold the truth. */
  double coverage() {
    return where(Play::hasInterval).share(Play::covers);
  }

  private static double quantile(DoubleStream values, double quantile) {
    double[] sorted = values.sorted().toArray();
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.ceil(quantile * sorted.length) - (quantile > 0 ? 1 : 0)];
  }
}

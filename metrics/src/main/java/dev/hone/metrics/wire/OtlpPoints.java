package dev.hone.metrics.wire;

import java.util.Arrays;
import java.util.SortedMap;

/** Reads the data points of OTLP metrics. */
final class OtlpPoints {
  private static final int MAX_BUCKETS = 10_000;

  private OtlpPoints() {}

  static OtlpSeries.Point read(ProtoReader in, OtlpSeries.Kind kind) {
    var point = new OtlpSeries.Point();
    int attributes =
        switch (kind) {
          case HISTOGRAM -> 9;
          case EXPONENTIAL -> 1;
          default -> 7;
        };
    while (in.hasMore()) {
      int tag = in.tag();
      int field = tag >>> 3;
      if (field == attributes) {
        Otlp.readAttribute(in.message(), point.attributes);
      } else if (field == 3 && (tag & 7) == ProtoReader.FIXED64) {
        point.millis = Math.floorDiv(in.fixed64(), 1_000_000);
      } else {
        boolean known =
            switch (kind) {
              case GAUGE, SUM -> number(in, tag, point);
              case HISTOGRAM -> histogram(in, tag, point);
              case EXPONENTIAL -> exponential(in, tag, point);
              case SUMMARY -> summary(in, tag, point);
            };
        if (!known) {
          in.skip(tag & 7);
        }
      }
    }
    return point;
  }

  private static boolean number(ProtoReader in, int tag, OtlpSeries.Point point) {
    switch (tag >>> 3) {
      case 4 -> point.value = in.float64();
      case 6 -> point.value = in.fixed64();
      case 8 -> point.noValue = (in.varint() & 1) != 0;
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean counts(ProtoReader in, int field, OtlpSeries.Point point) {
    if (field == 4) {
      point.count = in.fixed64();
    } else if (field == 5) {
      point.sum = in.float64();
    } else {
      return false;
    }
    return true;
  }

  private static boolean histogram(ProtoReader in, int tag, OtlpSeries.Point point) {
    switch (tag >>> 3) {
      case 6 -> point.bucketCounts = longs(in.message());
      case 7 -> {
        long[] bits = longs(in.message());
        point.bounds = Arrays.stream(bits).mapToDouble(Double::longBitsToDouble).toArray();
      }
      case 10 -> point.noValue = (in.varint() & 1) != 0;
      default -> {
        return counts(in, tag >>> 3, point);
      }
    }
    return true;
  }

  private static long[] longs(ProtoReader in) {
    var numbers = new long[(in.end - in.at) / 8];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.fixed64();
    }
    return numbers;
  }

  private static boolean summary(ProtoReader in, int tag, OtlpSeries.Point point) {
    if (tag >>> 3 == 8) {
      point.noValue = (in.varint() & 1) != 0;
      return true;
    } else if (tag >>> 3 != 6) {
      return counts(in, tag >>> 3, point);
    }
    ProtoReader quantile = in.message();
    double q = 0;
    double value = 0;
    while (quantile.hasMore()) {
      int inner = quantile.tag();
      switch (inner >>> 3) {
        case 1 -> q = quantile.float64();
        case 2 -> value = quantile.float64();
        default -> quantile.skip(inner & 7);
      }
    }
    point.quantiles.put(q, value);
    return true;
  }

  /** An exponential histogram becomes a classic one with the bounds of its filled buckets. */
  private static boolean exponential(ProtoReader in, int tag, OtlpSeries.Point point) {
    switch (tag >>> 3) {
      case 6 -> point.scale = (int) in.signed();
      case 7 -> point.zeroCount = in.fixed64();
      case 8 -> buckets(in.message(), point.positive);
      case 9 -> buckets(in.message(), point.negative);
      case 10 -> point.noValue = (in.varint() & 1) != 0;
      default -> {
        return counts(in, tag >>> 3, point);
      }
    }
    return true;
  }

  private static void buckets(ProtoReader in, SortedMap<Integer, Long> into) {
    int offset = 0;
    ProtoReader counts = null;
    while (in.hasMore()) {
      int tag = in.tag();
      switch (tag) {
        case 1 << 3 | ProtoReader.VARINT -> offset = (int) in.signed();
        case 2 << 3 | ProtoReader.BYTES -> counts = in.message();
        default -> in.skip(tag & 7);
      }
    }
    for (int i = offset; counts != null && counts.hasMore(); i++) {
      long count = counts.varint();
      if (count != 0) {
        into.put(i, count);
      }
      if (into.size() > MAX_BUCKETS) {
        throw counts.malformed(
            "an exponential histogram has more than " + MAX_BUCKETS + " buckets");
      }
    }
  }
}

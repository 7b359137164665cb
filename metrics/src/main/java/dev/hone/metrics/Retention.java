package dev.hone.metrics;

import java.time.Duration;
import java.util.List;

/**
 * How long series are kept at each resolution.
 *
 * @param standard what holds for series that no rule names
 * @param rules exceptions; the first that matches a series holds for it
 */
public record Retention(Keep standard, List<Rule> rules) {
  /** Raw samples a week, hours a month, days a year; five minutes as long as raw samples. */
  public static final Retention STANDARD =
      new Retention(
          new Keep(
              Duration.ofDays(7), Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(365)),
          List.of());

  public Retention {
    rules = List.copyOf(rules);
  }

  /** What samples are put together to. */
  public enum Tier {
    /** The samples themselves. */
    RAW(SummaryStore.RAW),
    /** Buckets of five minutes. */
    FIVE_MINUTES(300_000),
    /** Buckets of an hour. */
    HOURLY(3_600_000),
    /** Buckets of a day (UTC). */
    DAILY(86_400_000);

    private final long millis;

    Tier(long millis) {
      this.millis = millis;
    }

    /** The length of a bucket, ms; 0 for raw samples. */
    public long millis() {
      return millis;
    }

    /** The tier with buckets of so many ms. */
    public static Tier of(long millis) {
      for (Tier tier : values()) {
        if (tier.millis == millis) {
          return tier;
        }
      }
      throw new IllegalArgumentException("there is no tier of " + millis + " ms");
    }
  }

  /** How long each tier is kept; zero: not at all. */
  public record Keep(Duration raw, Duration fiveMinutes, Duration hourly, Duration daily) {
    /** How long one is kept. */
    public Duration of(Tier tier) {
      return switch (tier) {
        case RAW -> raw;
        case FIVE_MINUTES -> fiveMinutes;
        case HOURLY -> hourly;
        case DAILY -> daily;
      };
    }

    /** The same with another time for raw samples. */
    public Keep withRaw(Duration other) {
      return new Keep(other, fiveMinutes, hourly, daily);
    }
  }

  /** An exception for series that fulfil every matcher. */
  public record Rule(List<Matcher> matchers, Keep keep) {
    public Rule {
      matchers = List.copyOf(matchers);
    }
  }

  /** The longest that any series keeps a tier. */
  public Duration longest(Tier tier) {
    Duration longest = standard.of(tier);
    for (Rule rule : rules) {
      Duration other = rule.keep().of(tier);
      longest = other.compareTo(longest) > 0 ? other : longest;
    }
    return longest;
  }

  /** The longest that anything is kept of any series. */
  public Duration longest() {
    Duration longest = Duration.ZERO;
    for (Tier tier : Tier.values()) {
      longest = longest(tier).compareTo(longest) > 0 ? longest(tier) : longest;
    }
    return longest;
  }

  /** The shortest that any series keeps a tier. */
  public Duration shortest(Tier tier) {
    return shortest(List.of(), tier);
  }

  /** The shortest that a series which a query asks for may keep a tier. */
  public Duration shortest(List<Matcher> query, Tier tier) {
    Duration shortest = null;
    for (Rule rule : rules) {
      Holds holds = holds(rule, query);
      if (holds != Holds.NEVER) {
        Duration kept = rule.keep().of(tier);
        shortest = shortest == null || kept.compareTo(shortest) < 0 ? kept : shortest;
      }
      if (holds == Holds.ALWAYS) {
        return shortest == null ? standard.of(tier) : shortest;
      }
    }
    Duration kept = standard.of(tier);
    return shortest == null || kept.compareTo(shortest) < 0 ? kept : shortest;
  }

  private enum Holds {
    ALWAYS,
    NEVER,
    PERHAPS
  }

  /** Whether a rule holds for the series of a query, as far as their equal signs tell. */
  private static Holds holds(Rule rule, List<Matcher> query) {
    boolean all = true;
    for (Matcher matcher : rule.matchers()) {
      Holds holds = Holds.PERHAPS;
      for (Matcher asked : query) {
        if (asked.label().equals(matcher.label()) && asked.operator() == Matcher.Operator.EQUAL) {
          holds = LabelTest.of(matcher).matches(asked.value()) ? Holds.ALWAYS : Holds.NEVER;
        }
      }
      if (holds == Holds.NEVER) {
        return Holds.NEVER;
      }
      all &= holds == Holds.ALWAYS;
    }
    return all ? Holds.ALWAYS : Holds.PERHAPS;
  }

  /** Tells how long series keep a tier. For one thread. */
  public static final class Chooser {
    private final List<List<LabelTest>> tests;
    private final Retention retention;

    /** For the rules of a retention. */
    public Chooser(Retention retention) {
      this.retention = retention;
      this.tests =
          retention.rules().stream()
              .map(rule -> rule.matchers().stream().map(LabelTest::of).toList())
              .toList();
    }

    /** How long a series is kept. */
    public Keep of(Labels labels) {
      for (int i = 0; i < tests.size(); i++) {
        if (tests.get(i).stream().allMatch(test -> test.matches(labels))) {
          return retention.rules().get(i).keep();
        }
      }
      return retention.standard();
    }
  }
}

package dev.hone.layer.host;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel shares processor time out to a process: {@code other nice 0 autogroup 0}.
 *
 * @param policy the policy of all its threads
 * @param nice the nice value of all its threads, −20 to 19
 * @param autogroup the nice value of its autogroup; null when that is not part of the value
 */
record SchedulingValue(Policy policy, int nice, @Nullable Integer autogroup) {
  private static final Pattern FORM =
      Pattern.compile(
          "(other|batch|idle|fifo|rr|deadline|ext) nice (-?\\d{1,2})(?: autogroup (-?\\d{1,2}))?");

  /** Scheduling policies with the kernel's numbers (include/uapi/linux/sched.h). */
  enum Policy {
    OTHER(0),
    FIFO(1),
    RR(2),
    BATCH(3),
    IDLE(5),
    DEADLINE(6),
    EXT(7);

    private final int number;

    Policy(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    static Policy of(int number) {
      for (Policy value : values()) {
        if (value.number == number) {
          return value;
        }
      }
      throw new IllegalArgumentException("scheduling policy " + number + " is not known");
    }

    /** Whether it is one of those that share time by weight; only these are ever changed. */
    boolean shares() {
      return this == OTHER || this == BATCH || this == IDLE;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The value of this text. */
  static SchedulingValue parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "`" + text + "` is not a scheduling value; one is `idle nice 0 autogroup 19`");
    }
    String group = matcher.group(3);
    return new SchedulingValue(
        Policy.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
        Integer.parseInt(matcher.group(2)),
        group == null ? null : Integer.valueOf(group));
  }

  /** The same for a single thread, which has no autogroup of its own. */
  SchedulingValue ofThread() {
    return new SchedulingValue(policy, nice, null);
  }

  @Override
  public String toString() {
    String text = policy.text() + " nice " + nice;
    return autogroup == null ? text : text + " autogroup " + autogroup;
  }
}

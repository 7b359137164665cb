package dev.hone.loop;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Makes identifiers that sort by time: ten characters of milliseconds and eight of chance in
 * Crockford's base 32 (the layout of a ULID with a shorter random part). Within one generator each
 * id is greater than the one before.
 */
public final class Ids {
  private static final char[] DIGITS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();

  private final InstantSource clock;
  private final RandomGenerator random;
  private long lastMillis = -1;
  private long lastChance;

  public Ids(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** A new identifier of 18 characters. */
  public synchronized String next() {
    long millis = clock.millis();
    if (millis > lastMillis) {
      lastMillis = millis;
      lastChance = random.nextLong(1L << 39);
    } else {
      lastChance++;
    }
    var text = new char[18];
    long rest = lastMillis;
    for (int i = 9; i >= 0; i--) {
      text[i] = DIGITS[(int) (rest & 31)];
      rest >>>= 5;
    }
    rest = lastChance;
    for (int i = 17; i >= 10; i--) {
      text[i] = DIGITS[(int) (rest & 31)];
      rest >>>= 5;
    }
    return new String(text);
  }
}

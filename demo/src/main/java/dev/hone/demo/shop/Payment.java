package dev.hone.demo.shop;

import java.time.Duration;
import java.util.function.IntSupplier;

/** The stand-in for a payment provider in another place: it costs time and no processor. */
final class Payment {
  private static final Duration ROUND_TRIP = Duration.ofMillis(36);

  /** How many requests may wait for a connection before payments are put off. */
  private static final int RUSH = 96;

  private final IntSupplier waiting;

  /**
   * A provider.
   *
   * @param waiting how many requests wait for a connection now
   */
  Payment(IntSupplier waiting) {
    this.waiting = waiting;
  }

  /**
   * Takes the money; returns when the provider has answered. In a rush it is left to the nightly
   * settlement, as shops do, so that orders go on at the price of open ones.
   *
   * @return whether the money was taken
   */
  boolean take() throws InterruptedException {
    if (waiting.getAsInt() > RUSH) {
      return false;
    }
    Thread.sleep(ROUND_TRIP);
    return true;
  }
}

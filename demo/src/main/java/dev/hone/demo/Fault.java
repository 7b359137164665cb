package dev.hone.demo;

/** What is wrong with the demo on purpose. */
public enum Fault {
  /** The order history reads the whole table because {@code orders (customer_id)} has no index. */
  MISSING_INDEX,
  /** A batch process burns every core. */
  NOISY_NEIGHBOUR,
  /** The shop has two database connections. */
  SMALL_POOL,
  /**
   * The pricing service works hard and looks like one more batch process, but the shop's product
   * page waits for it: slowing it down sounds right and hurts.
   */
  TEMPTING_IDEA
}

package dev.hone.loop;

/**
 * A measured quantity that decisions rest on.
 *
 * @param name what people call it, for example {@code shop p95 latency}
 * @param unit {@code s}, {@code ratio}, {@code buffers/call}, {@code cores} …
 * @param query how it is computed over a window, in the store's query language with {@code $window}
 *     for the window's length
 * @param better which way is an improvement
 */
public record SignalRef(String name, String unit, String query, Better better) {
  /** Which way is an improvement. */
  public enum Better {
    LOWER,
    HIGHER
  }
}

package dev.hone.loop;

/**
 * A part of the running system that can be measured or changed.
 *
 * @param kind what it is: {@code host}, {@code process}, {@code jvm}, {@code pool}, {@code
 *     database}, {@code table}, {@code statement}, {@code route} …
 * @param name how people call it, unique within its kind
 */
public record Target(String kind, String name) {
  @Override
  public String toString() {
    return kind + " " + name;
  }
}

package dev.hone.server;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a GET asks for: a path and the parameters of its query. What is wrong with one is told with
 * its name, value and remedy; {@link #end} refuses those that nobody asked for.
 */
final class Question {
  private static final int LONGEST = 1_000;

  private final String path;
  private final Map<String, String> parameters;
  private final Set<String> known = new TreeSet<>();

  Question(String path, Map<String, String> parameters) {
    this.path = path;
    this.parameters = Map.copyOf(parameters);
  }

  /** Below which address. */
  String path() {
    return path;
  }

  /** A text; empty when it is not given. */
  String text(String name) {
    known.add(name);
    String text = parameters.getOrDefault(name, "").strip();
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "`" + name + "` has " + text.length() + " characters; the most are " + LONGEST);
    }
    return text;
  }

  /** How many answers at the most. */
  int limit(int usual, int most) {
    return (int) whole("limit", usual, most);
  }

  /** A whole number from 1. */
  long whole(String name, long usual, long most) {
    String text = text(name);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below like a number out of bounds.
    }
    throw new IllegalArgumentException(
        "`" + name + "` is `" + text + "`; use a whole number from 1 to " + most);
  }

  /** A point in time, ISO 8601 or seconds since 1970. */
  Instant instant(String name, Instant absent) {
    String text = text(name);
    if (text.isEmpty()) {
      return absent;
    }
    try {
      return text.matches("\\d{1,12}")
          ? Instant.ofEpochSecond(Long.parseLong(text))
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "`" + name + "` is `" + text + "`; write it like 2026-11-21T14:00:00Z or 1795269600", e);
    }
  }

  /** Some names of an enumeration, separated by commas; all of them when none is given. */
  <E extends Enum<E>> EnumSet<E> choices(String name, Class<E> type) {
    String text = text(name);
    if (text.isEmpty()) {
      return EnumSet.allOf(type);
    }
    var chosen = EnumSet.noneOf(type);
    for (String word : text.split(",", -1)) {
      chosen.add(choice(name, word.strip(), type));
    }
    return chosen;
  }

  private static <E extends Enum<E>> E choice(String name, String word, Class<E> type) {
    Optional<E> found =
        Arrays.stream(type.getEnumConstants())
            .filter(value -> value.name().equals(word.toUpperCase(Locale.ROOT)))
            .findFirst();
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                "`"
                    + name
                    + "` is `"
                    + word
                    + "`; use one of "
                    + Arrays.stream(type.getEnumConstants())
                        .map(Enum::name)
                        .collect(Collectors.joining(", "))));
  }

  /** Refuses parameters that were never asked for. */
  void end() {
    for (String name : new TreeSet<>(parameters.keySet())) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "unknown parameter `"
                + name
                + "`"
                + Spelling.nearest(name, known)
                    .map(meant -> "; did you mean `" + meant + "`?")
                    .orElse("; there are " + String.join(", ", known)));
      }
    }
  }
}

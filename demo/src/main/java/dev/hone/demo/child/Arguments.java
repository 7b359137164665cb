package dev.hone.demo.child;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code --name value} pairs a process of the demo was started with. */
public final class Arguments {
  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * Reads pairs.
   *
   * @param args the process's arguments
   * @throws IllegalArgumentException when they are not pairs
   */
  public Arguments(String... args) {
    if (args.length % 2 != 0) {
      throw new IllegalArgumentException(
          "`" + args[args.length - 1] + "` has no value; give arguments as `--name value`.");
    }
    for (int i = 0; i < args.length; i += 2) {
      if (!args[i].startsWith("--")) {
        throw new IllegalArgumentException(
            "`" + args[i] + "` is not a name; give arguments as `--name value`.");
      }
      values.put(args[i].substring(2), args[i + 1]);
    }
  }

  /**
   * Looks a text up.
   *
   * @return the value of {@code --name}, or null when it is not given
   */
  public @Nullable String text(String name) {
    return values.get(name);
  }

  /**
   * Looks a text up that must be there.
   *
   * @throws IllegalArgumentException when it is missing
   */
  public String required(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("`--" + name + "` is missing; give it a value.");
    }
    return value;
  }

  /**
   * Looks a whole number up.
   *
   * @throws IllegalArgumentException when the value is not a whole number
   */
  public long number(String name, long otherwise) {
    String value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "`--" + name + "` is `" + value + "`, which is not a whole number.", e);
    }
  }
}

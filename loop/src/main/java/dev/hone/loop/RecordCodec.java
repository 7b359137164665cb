package dev.hone.loop;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of the loop's records, used for the journal, the hash of a plan and the API: an
 * object with the components in their order. Instants and durations are ISO-8601 texts, enums their
 * names; a record behind a sealed interface carries its simple name as {@code type}. Components
 * that are absent in the text are null, empty, zero or false, so that old journals stay readable.
 */
public final class RecordCodec {
  private static final ClassValue<Shape> SHAPES =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return Shape.of(type);
        }
      };
  private static final ClassValue<Map<String, Class<?>>> VARIANTS =
      new ClassValue<>() {
        @Override
        protected Map<String, Class<?>> computeValue(Class<?> type) {
          var byName = new HashMap<String, Class<?>>();
          collect(type, byName);
          return byName;
        }
      };

  private RecordCodec() {}

  /**
   * What reflection tells of a record, asked once: it makes everything anew each time.
   *
   * @param tag the name that tells it from the other records of its sealed type; null for others
   */
  private record Shape(@Nullable String tag, List<Part> parts, Constructor<?> constructor) {
    static Shape of(Class<?> type) {
      RecordComponent[] components = type.getRecordComponents();
      var types = new Class<?>[components.length];
      var parts = new ArrayList<Part>(components.length);
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        var accessor = components[i].getAccessor();
        accessor.setAccessible(true);
        parts.add(
            new Part(components[i].getName(), types[i], components[i].getGenericType(), accessor));
      }
      try {
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return new Shape(isVariant(type) ? type.getSimpleName() : null, parts, constructor);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot make " + type, e);
      }
    }
  }

  /** A component of a record. */
  private record Part(String name, Class<?> type, Type generic, Method accessor) {}

  /** The JSON text of a record. */
  public static String write(Record value) {
    return Json.write(toTree(value));
  }

  /** The plain values of a record, ready for {@link Json#write}. */
  public static Map<String, @Nullable Object> toTree(Record value) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    Shape shape = SHAPES.get(value.getClass());
    if (shape.tag != null) {
      tree.put("type", shape.tag);
    }
    for (Part part : shape.parts) {
      tree.put(part.name, plain(component(value, part)));
    }
    return tree;
  }

  /**
   * Reads a record, or one of a sealed interface's records.
   *
   * @throws IllegalArgumentException when the text does not fit the type
   */
  public static <T> T read(Class<T> type, String text) {
    return type.cast(object(type, Json.parseObject(text)));
  }

  /** Reads a record from plain values. */
  public static <T> T fromTree(Class<T> type, Map<String, @Nullable Object> tree) {
    return type.cast(object(type, tree));
  }

  private static boolean isVariant(Class<?> type) {
    for (Class<?> parent : type.getInterfaces()) {
      if (parent.isSealed()) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Object component(Record value, Part part) {
    try {
      return part.accessor.invoke(value);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + part.accessor, e);
    }
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Record nested -> toTree(nested);
      case Enum<?> constant -> constant.name();
      case Instant instant -> instant.toString();
      case Duration duration -> duration.toString();
      case List<?> list -> {
        var items = new ArrayList<@Nullable Object>(list.size());
        for (Object item : list) {
          items.add(plain(item));
        }
        yield items;
      }
      case Map<?, ?> map -> {
        var entries = new TreeMap<String, @Nullable Object>();
        map.forEach((key, item) -> entries.put(String.valueOf(key), plain(item)));
        yield entries;
      }
      default -> value;
    };
  }

  private static Object object(Class<?> type, Map<?, ?> tree) {
    Class<?> recordType = type;
    if (type.isInterface()) {
      recordType = variant(type, String.valueOf(tree.get("type")));
    }
    Shape shape = SHAPES.get(recordType);
    @Nullable Object[] arguments = new @Nullable Object[shape.parts.size()];
    for (int i = 0; i < arguments.length; i++) {
      Part part = shape.parts.get(i);
      try {
        arguments[i] = typed(part.generic, part.type, tree.get(part.name));
      } catch (ClassCastException | ArithmeticException | DateTimeException e) {
        throw new IllegalArgumentException(
            "`" + part.name + "` of " + recordType.getSimpleName() + " does not fit", e);
      }
    }
    try {
      return shape.constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "not a valid " + recordType.getSimpleName() + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + recordType, e);
    }
  }

  /** The records below a sealed type by their names. */
  private static void collect(Class<?> type, Map<String, Class<?>> byName) {
    for (Class<?> candidate : type.getPermittedSubclasses()) {
      if (candidate.isSealed()) {
        collect(candidate, byName);
      } else {
        byName.putIfAbsent(candidate.getSimpleName(), candidate);
      }
    }
  }

  private static Class<?> variant(Class<?> type, String name) {
    Class<?> found = VARIANTS.get(type).get(name);
    if (found == null) {
      throw new IllegalArgumentException("`" + name + "` is not a " + type.getSimpleName());
    }
    return found;
  }

  private static @Nullable Object typed(Type generic, Class<?> type, @Nullable Object plain) {
    if (plain == null) {
      return absent(type);
    }
    if (type == double.class || type == Double.class) {
      return ((Number) plain).doubleValue();
    } else if (type == long.class || type == Long.class) {
      return whole(plain);
    } else if (type == int.class || type == Integer.class) {
      return Math.toIntExact(whole(plain));
    } else if (type == Instant.class) {
      return Instant.parse((String) plain);
    } else if (type == Duration.class) {
      return Duration.parse((String) plain);
    } else if (type.isEnum()) {
      return constant(type, (String) plain);
    } else if (type == List.class) {
      return list(generic, (List<?>) plain);
    } else if (type == Map.class) {
      return map(generic, (Map<?, ?>) plain);
    } else if (plain instanceof Map<?, ?> tree) {
      return object(type, tree);
    }
    return (type == boolean.class ? Boolean.class : type).cast(plain);
  }

  private static long whole(Object plain) {
    return plain instanceof Integer small ? small : (Long) plain;
  }

  private static @Nullable Object absent(Class<?> type) {
    if (type == double.class) {
      return Double.NaN;
    } else if (type == long.class) {
      return 0L;
    } else if (type == int.class) {
      return 0;
    } else if (type == boolean.class) {
      return false;
    } else if (type == List.class) {
      return List.of();
    } else if (type == Map.class) {
      return Map.of();
    }
    return null;
  }

  private static Object constant(Class<?> type, String name) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("`" + name + "` is not a " + type.getSimpleName());
  }

  private static List<@Nullable Object> list(Type generic, List<?> plain) {
    Type item = ((ParameterizedType) generic).getActualTypeArguments()[0];
    var items = new ArrayList<@Nullable Object>(plain.size());
    for (Object element : plain) {
      items.add(typed(item, (Class<?>) item, element));
    }
    return items;
  }

  private static Map<String, @Nullable Object> map(Type generic, Map<?, ?> plain) {
    Type item = ((ParameterizedType) generic).getActualTypeArguments()[1];
    var entries = new TreeMap<String, @Nullable Object>();
    plain.forEach((key, value) -> entries.put((String) key, typed(item, (Class<?>) item, value)));
    return entries;
  }
}

package dev.hone.metrics.wire;

import java.math.BigDecimal;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns OTLP metrics in JSON (OTLP 1.x, "JSON Protobuf Encoding": keys in lowerCamelCase, numbers
 * of 64 bits as numbers or strings, enums as numbers, unknown keys passed over) into protocol
 * buffers, so that both become the same series.
 */
final class OtlpJson {
  private static final int LONGEST_NUMBER = 400;

  private enum Type {
    TEXT,
    BOOL,
    /** A varint. */
    WHOLE,
    /** A varint, sign last. */
    SIGNED,
    FIXED64,
    DOUBLE,
    MESSAGE
  }

  /** How the value of a key is written. */
  private record Field(int number, Type type, boolean repeated, Message message) {}

  /** The keys of a message that are read. */
  private record Message(Map<String, Field> fields) {}

  private static final Message NONE = new Message(Map.of());

  private static Field one(int number, Type type) {
    return new Field(number, type, false, NONE);
  }

  private static Field one(int number, Message message) {
    return new Field(number, Type.MESSAGE, false, message);
  }

  private static Field packed(int number, Type type) {
    return new Field(number, type, true, NONE);
  }

  private static Field many(int number, Message message) {
    return new Field(number, Type.MESSAGE, true, message);
  }

  private static final Message ANY_VALUE =
      new Message(
          Map.of(
              "stringValue",
              one(1, Type.TEXT),
              "boolValue",
              one(2, Type.BOOL),
              "intValue",
              one(3, Type.WHOLE),
              "doubleValue",
              one(4, Type.DOUBLE)));
  private static final Message KEY_VALUE =
      new Message(Map.of("key", one(1, Type.TEXT), "value", one(2, ANY_VALUE)));
  private static final Message NUMBER =
      new Message(
          Map.of(
              "timeUnixNano",
              one(3, Type.FIXED64),
              "asDouble",
              one(4, Type.DOUBLE),
              "asInt",
              one(6, Type.FIXED64),
              "attributes",
              many(7, KEY_VALUE),
              "flags",
              one(8, Type.WHOLE)));
  private static final Message HISTOGRAM =
      new Message(
          Map.of(
              "timeUnixNano",
              one(3, Type.FIXED64),
              "count",
              one(4, Type.FIXED64),
              "sum",
              one(5, Type.DOUBLE),
              "bucketCounts",
              packed(6, Type.FIXED64),
              "explicitBounds",
              packed(7, Type.DOUBLE),
              "attributes",
              many(9, KEY_VALUE),
              "flags",
              one(10, Type.WHOLE)));
  private static final Message BUCKETS =
      new Message(Map.of("offset", one(1, Type.SIGNED), "bucketCounts", packed(2, Type.WHOLE)));
  private static final Message EXPONENTIAL =
      new Message(
          Map.of(
              "attributes",
              many(1, KEY_VALUE),
              "timeUnixNano",
              one(3, Type.FIXED64),
              "count",
              one(4, Type.FIXED64),
              "sum",
              one(5, Type.DOUBLE),
              "scale",
              one(6, Type.SIGNED),
              "zeroCount",
              one(7, Type.FIXED64),
              "positive",
              one(8, BUCKETS),
              "negative",
              one(9, BUCKETS),
              "flags",
              one(10, Type.WHOLE)));
  private static final Message QUANTILE =
      new Message(Map.of("quantile", one(1, Type.DOUBLE), "value", one(2, Type.DOUBLE)));
  private static final Message SUMMARY =
      new Message(
          Map.of(
              "timeUnixNano",
              one(3, Type.FIXED64),
              "count",
              one(4, Type.FIXED64),
              "sum",
              one(5, Type.DOUBLE),
              "quantileValues",
              many(6, QUANTILE),
              "attributes",
              many(7, KEY_VALUE),
              "flags",
              one(8, Type.WHOLE)));

  private static Message data(Message point) {
    return new Message(
        Map.of(
            "dataPoints",
            many(1, point),
            "aggregationTemporality",
            one(2, Type.WHOLE),
            "isMonotonic",
            one(3, Type.BOOL)));
  }

  private static final Message METRIC =
      new Message(
          Map.of(
              "name",
              one(1, Type.TEXT),
              "unit",
              one(3, Type.TEXT),
              "gauge",
              one(5, data(NUMBER)),
              "sum",
              one(7, data(NUMBER)),
              "histogram",
              one(9, data(HISTOGRAM)),
              "exponentialHistogram",
              one(10, data(EXPONENTIAL)),
              "summary",
              one(11, data(SUMMARY))));
  private static final Message RESOURCE_METRICS =
      new Message(
          Map.of(
              "resource",
              one(1, new Message(Map.of("attributes", many(1, KEY_VALUE)))),
              "scopeMetrics",
              many(2, new Message(Map.of("metrics", many(2, METRIC))))));
  private static final Message REQUEST =
      new Message(Map.of("resourceMetrics", many(1, RESOURCE_METRICS)));

  private final JsonReader in;

  private OtlpJson(JsonReader in) {
    this.in = in;
  }

  /**
   * The request in protocol buffers.
   *
   * @throws MalformedException when the text is not such a request
   */
  static byte[] toProto(byte[] text, int length) {
    var in = new JsonReader(text, length);
    ProtoSink request = new OtlpJson(in).message(REQUEST);
    in.end();
    return request.toArray();
  }

  private ProtoSink message(Message known) {
    var out = new ProtoSink();
    in.expect('{');
    for (boolean first = true; in.more('}', first); first = false) {
      String key = in.name();
      @Nullable Field field = known.fields.get(key);
      if (field == null || in.peek() == 'n') {
        in.skip();
      } else if (!field.repeated) {
        single(key, field, out);
      } else if (field.type == Type.MESSAGE) {
        elements(() -> out.field(field.number, message(field.message)));
      } else {
        var packed = new ProtoSink();
        LongConsumer write = field.type == Type.WHOLE ? packed::varint : packed::fixed64;
        elements(() -> write.accept(number(key, field.type)));
        out.field(field.number, packed);
      }
    }
    return out;
  }

  private void elements(Runnable each) {
    in.expect('[');
    for (boolean first = true; in.more(']', first); first = false) {
      each.run();
    }
  }

  private void single(String key, Field field, ProtoSink out) {
    switch (field.type) {
      case TEXT -> out.field(field.number, in.string());
      case MESSAGE -> out.field(field.number, message(field.message));
      case BOOL, WHOLE -> {
        out.tag(field.number, ProtoReader.VARINT);
        out.varint(field.type == Type.BOOL ? bool(key) : number(key, field.type));
      }
      case SIGNED -> {
        long value = number(key, field.type);
        out.tag(field.number, ProtoReader.VARINT);
        out.varint(value << 1 ^ value >> 63);
      }
      case FIXED64, DOUBLE -> {
        out.tag(field.number, ProtoReader.FIXED64);
        out.fixed64(number(key, field.type));
      }
    }
  }

  private long bool(String key) {
    String word = in.word();
    return switch (word) {
      case "true" -> 1;
      case "false" -> 0;
      default -> throw wrong(key, word, "true or false", null);
    };
  }

  /** A number as the bits that are written. */
  private long number(String key, Type type) {
    String word = in.peek() == '"' ? in.string() : in.word();
    try {
      return type == Type.DOUBLE ? Double.doubleToRawLongBits(real(word)) : whole(word);
    } catch (ArithmeticException | NumberFormatException e) {
      throw wrong(key, word, type == Type.DOUBLE ? "a number" : "a whole number of 64 bits", e);
    }
  }

  private static MalformedException wrong(
      String key, String word, String expected, @Nullable Throwable cause) {
    return new MalformedException(
        "`" + key + "` is `" + JsonReader.shown(word) + "`; it must be " + expected, cause);
  }

  private static double real(String word) {
    return switch (word) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        requireDigits(word);
        double value = Double.parseDouble(word);
        if (Double.isInfinite(value)) {
          throw new NumberFormatException("beyond the range of a double");
        }
        yield value;
      }
    };
  }

  private static long whole(String word) {
    requireDigits(word);
    boolean plain = word.chars().allMatch(c -> c >= '0' && c <= '9');
    return plain ? Long.parseUnsignedLong(word) : new BigDecimal(word).longValueExact();
  }

  /** Keeps out what Java takes for a number and JSON does not, and what takes long to read. */
  private static void requireDigits(String word) {
    if (word.length() > LONGEST_NUMBER
        || !word.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0)) {
      throw new NumberFormatException("no digits");
    }
  }
}

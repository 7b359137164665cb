package dev.hone.metrics.remote;

import dev.hone.metrics.Decimals;
import dev.hone.metrics.Labels;
import dev.hone.metrics.SeriesVisitor;
import dev.hone.metrics.wire.JsonReader;
import dev.hone.metrics.wire.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Reads answers of Prometheus' HTTP API, and of VictoriaMetrics' export. */
final class Answers {
  /** What ends a series (Prometheus, "Staleness"). */
  private static final double STALE = Double.longBitsToDouble(0x7FF0000000000002L);

  private final SeriesVisitor visitor;
  private final List<String> warnings = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();
  private long[] times = new long[64];
  private double[] values = new double[64];
  private int count;
  private boolean success;
  private String error = "";

  private Answers(SeriesVisitor visitor) {
    this.visitor = visitor;
  }

  /**
   * Reads a vector or matrix.
   *
   * @return the warnings in it
   * @throws IOException when it is none, or an error
   */
  static List<String> series(byte[] body, SeriesVisitor visitor) throws IOException {
    return new Answers(visitor).read(body).warnings;
  }

  /** Reads a list of texts, as of labels. */
  static List<String> texts(byte[] body) throws IOException {
    return new Answers((labels, times, values, count) -> {}).read(body).texts;
  }

  /** Reads the label sets of {@code /series}. */
  static void labelSets(byte[] body, SeriesVisitor visitor) throws IOException {
    new Answers(visitor).read(body);
  }

  /** Reads JSON lines of {@code /api/v1/export}. */
  static void export(byte[] body, SeriesVisitor visitor) throws IOException {
    var answers = new Answers(visitor);
    var in = new JsonReader(body, body.length);
    try {
      while (!in.atEnd()) {
        answers.one(in);
      }
    } catch (MalformedException e) {
      throw malformed(e);
    }
  }

  private Answers read(byte[] body) throws IOException {
    try {
      whole(new JsonReader(body, body.length));
    } catch (MalformedException e) {
      throw malformed(e);
    }
    if (!success) {
      throw new IOException("it answers with an error: " + error);
    }
    return this;
  }

  private static IOException malformed(MalformedException e) {
    return new IOException("it answers with something else: " + e.getMessage(), e);
  }

  private void whole(JsonReader in) {
    in.expect('{');
    for (boolean first = true; in.more('}', first); first = false) {
      switch (in.name()) {
        case "status" -> success = in.string().equals("success");
        case "error" -> error = in.string();
        case "warnings" -> list(in, warnings);
        case "data" -> data(in);
        default -> in.skip();
      }
    }
  }

  private static void list(JsonReader in, List<String> into) {
    if (isNull(in)) {
      return;
    }
    in.expect('[');
    for (boolean first = true; in.more(']', first); first = false) {
      into.add(in.string());
    }
  }

  private void data(JsonReader in) {
    if (in.peek() == '[') {
      in.expect('[');
      for (boolean first = true; in.more(']', first); first = false) {
        if (in.peek() == '{') {
          visitor.visit(labels(in), times, values, 0);
        } else {
          texts.add(in.string());
        }
      }
      return;
    }
    if (isNull(in)) {
      return;
    }
    in.expect('{');
    for (boolean first = true; in.more('}', first); first = false) {
      if (in.name().equals("result") && in.peek() == '[') {
        in.expect('[');
        for (boolean begin = true; in.more(']', begin); begin = false) {
          one(in);
        }
      } else {
        in.skip();
      }
    }
  }

  /** A series: {@code metric} with {@code value}, {@code values}, or {@code timestamps} too. */
  private void one(JsonReader in) {
    Labels labels = Labels.NONE;
    count = 0;
    int stamps = -1;
    in.expect('{');
    for (boolean first = true; in.more('}', first); first = false) {
      switch (in.name()) {
        case "metric" -> labels = labels(in);
        case "value" -> point(in);
        case "values" -> {
          in.expect('[');
          int number = 0;
          for (boolean begin = true; in.more(']', begin); begin = false) {
            if (in.peek() == '[') {
              point(in);
            } else {
              ensure(number);
              // No other NaN is kept there; some versions write it as a word.
              double value = isNull(in) ? STALE : value(in);
              values[number++] = Double.isNaN(value) ? STALE : value;
              count = number;
            }
          }
        }
        case "timestamps" -> {
          in.expect('[');
          stamps = 0;
          for (boolean begin = true; in.more(']', begin); begin = false) {
            ensure(stamps);
            times[stamps++] = (long) number(in);
          }
        }
        default -> in.skip();
      }
    }
    if (stamps >= 0 && stamps != count) {
      throw in.wrong(count + " values at " + stamps + " times");
    }
    if (count > 0) {
      visitor.visit(labels, times, values, count);
    }
  }

  private void point(JsonReader in) {
    ensure(count);
    in.expect('[');
    times[count] = Math.round(number(in) * 1000);
    in.expect(',');
    values[count++] = value(in);
    in.expect(']');
  }

  private static boolean isNull(JsonReader in) {
    if (in.peek() == 'n') {
      in.skip();
      return true;
    }
    return false;
  }

  private static double number(JsonReader in) {
    String word = in.word();
    try {
      return Decimals.parse(word);
    } catch (NumberFormatException e) {
      throw new MalformedException("`" + word + "` where a number is expected", e);
    }
  }

  /** A sample's value: a number, or what stands for one, like {@code +Inf}, quoted or not. */
  private static double value(JsonReader in) {
    String word = in.peek() == '"' ? in.string() : in.word();
    return switch (word) {
      case "NaN", "nan" -> Double.NaN;
      case "+Inf", "Inf", "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        try {
          yield Decimals.parse(word);
        } catch (NumberFormatException e) {
          throw new MalformedException("`" + word + "` where a value is expected", e);
        }
      }
    };
  }

  private void ensure(int index) {
    if (index >= times.length) {
      times = Arrays.copyOf(times, times.length * 2);
      values = Arrays.copyOf(values, values.length * 2);
    }
  }

  private static Labels labels(JsonReader in) {
    var labels = new TreeMap<String, String>();
    in.expect('{');
    for (boolean first = true; in.more('}', first); first = false) {
      String name = in.name();
      labels.put(name, in.string());
    }
    return Labels.of(labels);
  }
}

package dev.hone.metrics.promql;

import dev.hone.metrics.Labels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes results as the {@code data} of Prometheus' HTTP API (UTF-8). */
public final class ResultJson {
  private byte[] bytes = new byte[1 << 12];
  private int length;

  private ResultJson() {}

  /** The whole answer: {@code {"status":"success","data":{…}}}. */
  public static byte[] success(Query.Result result) {
    return success(result, List.of());
  }

  /** The whole answer, with sentences on what is not as exact or as complete as asked. */
  public static byte[] success(Query.Result result, List<String> warnings) {
    var json = new ResultJson();
    json.ascii("{\"status\":\"success\",");
    json.warnings(warnings);
    json.ascii("\"data\":{\"resultType\":\"");
    switch (result) {
      case Query.Scalar scalar -> {
        json.ascii("scalar\",\"result\":");
        json.point(scalar.time(), scalar.value());
      }
      case Query.Text text -> {
        json.ascii("string\",\"result\":[");
        json.time(text.time());
        json.put(',');
        json.quoted(text.value());
        json.put(']');
      }
      case Query.Vector vector -> {
        json.ascii("vector\",\"result\":[");
        json.vector(vector);
        json.put(']');
      }
      case Query.Matrix matrix -> {
        json.ascii("matrix\",\"result\":[");
        json.matrix(matrix.lines());
        json.put(']');
      }
    }
    json.ascii("}}\n");
    return Arrays.copyOf(json.bytes, json.length);
  }

  /** The answer of {@code /series}: a list of label sets. */
  public static byte[] series(Iterable<Labels> series, List<String> warnings) {
    var json = new ResultJson();
    json.ascii("{\"status\":\"success\",");
    json.warnings(warnings);
    json.ascii("\"data\":[");
    boolean first = true;
    for (Labels labels : series) {
      if (!first) {
        json.put(',');
      }
      first = false;
      json.labels(labels);
    }
    json.ascii("]}\n");
    return Arrays.copyOf(json.bytes, json.length);
  }

  private void warnings(List<String> warnings) {
    if (warnings.isEmpty()) {
      return;
    }
    ascii("\"warnings\":[");
    for (int i = 0; i < warnings.size(); i++) {
      if (i > 0) {
        put(',');
      }
      quoted(warnings.get(i));
    }
    ascii("],");
  }

  private void vector(Query.Vector vector) {
    boolean first = true;
    for (Query.Point point : vector.points()) {
      if (!first) {
        put(',');
      }
      first = false;
      ascii("{\"metric\":");
      labels(point.labels());
      ascii(",\"value\":");
      point(vector.time(), point.value());
      put('}');
    }
  }

  private void matrix(List<Query.Line> lines) {
    boolean first = true;
    for (Query.Line line : lines) {
      if (!first) {
        put(',');
      }
      first = false;
      ascii("{\"metric\":");
      labels(line.labels());
      ascii(",\"values\":[");
      for (int i = 0; i < line.times().length; i++) {
        if (i > 0) {
          put(',');
        }
        point(line.times()[i], line.values()[i]);
      }
      ascii("]}");
    }
  }

  private void labels(Labels labels) {
    put('{');
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        put(',');
      }
      quoted(labels.labelName(i));
      put(':');
      quoted(labels.labelValue(i));
    }
    put('}');
  }

  private void point(long time, double value) {
    put('[');
    time(time);
    put(',');
    put('"');
    number(value);
    put('"');
    put(']');
  }

  private void time(long millis) {
    if (millis < 0) {
      put('-');
    }
    long whole = Math.abs(millis);
    decimal(whole / 1000);
    int rest = (int) (whole % 1000);
    if (rest != 0) {
      put('.');
      put((char) ('0' + rest / 100));
      if (rest % 100 != 0) {
        put((char) ('0' + rest / 10 % 10));
        if (rest % 10 != 0) {
          put((char) ('0' + rest % 10));
        }
      }
    }
  }

  private void number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15 && (value != 0 || 1 / value > 0)) {
      if (value < 0) {
        put('-');
      }
      decimal((long) Math.abs(value));
    } else {
      ascii(Aggregations.text(value));
    }
  }

  private void decimal(long number) {
    ensure(20);
    int digits = 1;
    for (long limit = 10; digits < 19 && number >= limit; limit *= 10) {
      digits++;
    }
    long rest = number;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  private void quoted(String text) {
    put('"');
    int count = text.length();
    ensure(count);
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == '"' || c == '\\' || c >= 0x7F) {
        escaped(text, i);
        return;
      }
      bytes[length++] = (byte) c;
    }
    put('"');
  }

  private void escaped(String text, int from) {
    var rest = new StringBuilder();
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        rest.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7F) {
        rest.append("\\u%04x".formatted((int) c));
      } else {
        rest.append(c);
      }
    }
    byte[] utf8 = rest.append('"').toString().getBytes(StandardCharsets.UTF_8);
    ensure(utf8.length);
    System.arraycopy(utf8, 0, bytes, length, utf8.length);
    length += utf8.length;
  }

  @SuppressWarnings("deprecation")
  private void ascii(String text) {
    int count = text.length();
    ensure(count);
    text.getBytes(0, count, bytes, length);
    length += count;
  }

  private void put(char c) {
    ensure(1);
    bytes[length++] = (byte) c;
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}

package dev.hone.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the query API answered.
 *
 * @param series in the order of the answer; a scalar is one series without labels
 * @param text the string of a string answer, the reason of a failure
 */
record Answer(Kind kind, List<Series> series, String text) {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** The type of an answer. */
  enum Kind {
    FAILURE,
    MATRIX,
    VECTOR,
    SCALAR,
    STRING
  }

  /**
   * Points of one label set.
   *
   * @param times milliseconds
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Series(SortedMap<String, String> labels, long[] times, double[] values) {}

  /** Reads the JSON text of an answer. */
  static Answer parse(byte[] json, int length) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json, 0, length)) {
      return new Reader(parser).read();
    }
  }

  /** Asks a server. */
  static Answer of(Connection.Reply reply) throws IOException {
    return parse(reply.body(), reply.length());
  }

  /** Points while they are read. */
  private static final class Points {
    private long[] times = new long[64];
    private double[] values = new double[64];
    private int size;

    void add(long time, double value) {
      if (size == times.length) {
        times = Arrays.copyOf(times, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      times[size] = time;
      values[size++] = value;
    }

    Series with(SortedMap<String, String> labels) {
      return new Series(labels, Arrays.copyOf(times, size), Arrays.copyOf(values, size));
    }
  }

  /** One reading of an answer. */
  private static final class Reader {
    private final JsonParser json;
    private Kind kind = Kind.FAILURE;
    private String text = "";
    private final List<Series> series = new ArrayList<>();

    Reader(JsonParser json) {
      this.json = json;
    }

    Answer read() throws IOException {
      boolean success = false;
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "status" -> success = json.getText().equals("success");
          case "error" -> text = json.getText();
          case "data" -> data();
          default -> json.skipChildren();
        }
      }
      return new Answer(success ? kind : Kind.FAILURE, series, text);
    }

    private void data() throws IOException {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "resultType" ->
              kind =
                  switch (json.getText()) {
                    case "matrix" -> Kind.MATRIX;
                    case "vector" -> Kind.VECTOR;
                    case "scalar" -> Kind.SCALAR;
                    default -> Kind.STRING;
                  };
          case "result" -> result();
          default -> json.skipChildren();
        }
      }
    }

    private void result() throws IOException {
      if (json.nextToken() == JsonToken.VALUE_NUMBER_FLOAT
          || json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        var points = new Points();
        long time = Math.round(json.getDoubleValue() * 1000);
        json.nextToken();
        text = json.getText();
        if (kind != Kind.STRING) {
          points.add(time, number(text));
          series.add(points.with(new TreeMap<>()));
        }
        json.nextToken();
        return;
      }
      for (; json.currentToken() == JsonToken.START_OBJECT; json.nextToken()) {
        series.add(one());
      }
    }

    private Series one() throws IOException {
      var labels = new TreeMap<String, String>();
      var points = new Points();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "metric" -> {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              String label = json.currentName();
              json.nextToken();
              labels.put(label, json.getText());
            }
          }
          case "value" -> point(points);
          case "values" -> {
            while (json.nextToken() == JsonToken.START_ARRAY) {
              point(points);
            }
          }
          default -> json.skipChildren();
        }
      }
      return points.with(labels);
    }

    private void point(Points points) throws IOException {
      json.nextToken();
      long time = Math.round(json.getDoubleValue() * 1000);
      json.nextToken();
      points.add(time, number(json.getText()));
      json.nextToken();
    }

    private static double number(String text) {
      return switch (text) {
        case "NaN" -> Double.NaN;
        case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    }
  }
}

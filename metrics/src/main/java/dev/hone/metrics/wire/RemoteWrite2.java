package dev.hone.metrics.wire;

import dev.hone.metrics.Labels;
import dev.hone.metrics.MetricMetadata;
import dev.hone.metrics.MetricStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Receives Prometheus remote-write 2.0: a snappy-compressed {@code io.prometheus.write.v2.Request},
 * whose strings stand once in a table. Exemplars and native histograms are accepted and passed
 * over.
 */
public final class RemoteWrite2 {
  /** The media type's parameter that tells 2.0 from 1.0. */
  public static final String PROTO = "io.prometheus.write.v2.Request";

  private static final int SYMBOL = 4 << 3 | ProtoReader.BYTES;
  private static final int TIME_SERIES = 5 << 3 | ProtoReader.BYTES;
  private static final int LABEL_REFS = 1 << 3 | ProtoReader.BYTES;
  private static final int LABEL_REF = 1 << 3 | ProtoReader.VARINT;
  private static final int SAMPLE = 2 << 3 | ProtoReader.BYTES;
  private static final int METADATA = 5 << 3 | ProtoReader.BYTES;
  private static final int VALUE = 1 << 3 | ProtoReader.FIXED64;
  private static final int TIME = 2 << 3 | ProtoReader.VARINT;
  private static final int METADATA_TYPE = 1 << 3 | ProtoReader.VARINT;
  private static final int METADATA_HELP = 3 << 3 | ProtoReader.VARINT;
  private static final int METADATA_UNIT = 4 << 3 | ProtoReader.VARINT;

  private RemoteWrite2() {}

  /**
   * Stores the samples of a request.
   *
   * @param metadata takes what it says of metrics
   * @throws MalformedException when the body cannot be read; then nothing of it is stored
   * @throws IOException when the store cannot write, or too much is held at once; then nothing of
   *     it is stored
   */
  public static Received receive(
      byte[] body, int length, MetricStore store, MetricMetadata.Table metadata)
      throws IOException {
    try (Unpacked decoded = Unpacked.snappy(body, length, new byte[0]);
        var intake = new Intake(store)) {
      List<String> symbols = symbols(new ProtoReader(decoded.bytes(), 0, decoded.length()));
      var in = new ProtoReader(decoded.bytes(), 0, decoded.length());
      while (in.hasMore()) {
        int tag = in.tag();
        if (tag == TIME_SERIES) {
          timeSeries(in.message(), symbols, intake, metadata);
        } else {
          in.skip(tag & 7);
        }
      }
      return intake.commit();
    }
  }

  private static List<String> symbols(ProtoReader in) {
    var symbols = new ArrayList<String>();
    while (in.hasMore()) {
      int tag = in.tag();
      if (tag == SYMBOL) {
        symbols.add(in.text());
      } else {
        in.skip(tag & 7);
      }
    }
    if (!symbols.isEmpty() && !symbols.getFirst().isEmpty()) {
      throw new MalformedException("the first symbol is not the empty string");
    }
    return symbols;
  }

  private static void timeSeries(
      ProtoReader in, List<String> symbols, Intake intake, MetricMetadata.Table metadata) {
    ProtoReader said = new ProtoReader(in.bytes, in.at, in.at);
    var refs = new ArrayList<Integer>();
    var samples = new ArrayList<ProtoReader>();
    while (in.hasMore()) {
      int tag = in.tag();
      switch (tag) {
        case LABEL_REFS -> {
          ProtoReader packed = in.message();
          while (packed.hasMore()) {
            refs.add((int) packed.varint());
          }
        }
        case LABEL_REF -> refs.add((int) in.varint());
        case SAMPLE -> samples.add(in.message());
        case METADATA -> said = in.message();
        default -> in.skip(tag & 7);
      }
    }
    if (refs.size() % 2 != 0) {
      throw in.malformed("a series has a label without a value");
    }
    var labels = new TreeMap<String, String>();
    for (int i = 0; i < refs.size(); i += 2) {
      String name = symbol(symbols, refs.get(i));
      if (labels.put(name, symbol(symbols, refs.get(i + 1))) != null) {
        intake.refuse("label `" + name + "` is there twice in one series");
        return;
      }
    }
    if (said.hasMore()) {
      metadata(said, labels.getOrDefault(Labels.NAME, ""), symbols, metadata);
    }
    for (ProtoReader sample : samples) {
      double value = 0;
      long time = 0;
      while (sample.hasMore()) {
        int tag = sample.tag();
        switch (tag) {
          case VALUE -> value = Double.longBitsToDouble(sample.fixed64());
          case TIME -> time = sample.varint();
          default -> sample.skip(tag & 7);
        }
      }
      intake.add(labels, time, value);
    }
    if (!labels.containsKey(Labels.NAME) && samples.isEmpty()) {
      intake.refuse("a series without a metric name");
    }
  }

  private static void metadata(
      ProtoReader in, String metric, List<String> symbols, MetricMetadata.Table metadata) {
    int type = 0;
    String help = "";
    String unit = "";
    while (in.hasMore()) {
      int tag = in.tag();
      switch (tag) {
        case METADATA_TYPE -> type = (int) in.varint();
        case METADATA_HELP -> help = symbol(symbols, (int) in.varint());
        case METADATA_UNIT -> unit = symbol(symbols, (int) in.varint());
        default -> in.skip(tag & 7);
      }
    }
    metadata.add(metric, new MetricMetadata(RemoteMetadata.type(type), help, unit));
  }

  private static String symbol(List<String> symbols, int ref) {
    if (ref < 0 || ref >= symbols.size()) {
      throw new MalformedException(
          "a label names symbol " + ref + " of " + symbols.size() + "; the table is too short");
    }
    return symbols.get(ref);
  }
}

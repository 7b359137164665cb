package dev.hone.metrics.wire;

import dev.hone.metrics.MetricMetadata;
import java.util.List;

/** The {@code MetricMetadata} of remote-write 1.0 ({@code types.proto}). */
final class RemoteMetadata {
  private static final int TYPE = 1 << 3 | ProtoReader.VARINT;
  private static final int FAMILY = 2 << 3 | ProtoReader.BYTES;
  private static final int HELP = 4 << 3 | ProtoReader.BYTES;
  private static final int UNIT = 5 << 3 | ProtoReader.BYTES;
  private static final List<String> TYPES =
      List.of(
          "unknown",
          "counter",
          "gauge",
          "histogram",
          "gaugehistogram",
          "summary",
          "info",
          "stateset");

  private RemoteMetadata() {}

  /** The name of a type by its number; 1.0 and 2.0 count them alike. */
  static String type(int number) {
    return number >= 0 && number < TYPES.size() ? TYPES.get(number) : TYPES.getFirst();
  }

  static void read(ProtoReader in, MetricMetadata.Table into) {
    int type = 0;
    String family = "";
    String help = "";
    String unit = "";
    while (in.hasMore()) {
      int tag = in.tag();
      switch (tag) {
        case TYPE -> type = (int) in.varint();
        case FAMILY -> family = in.text();
        case HELP -> help = in.text();
        case UNIT -> unit = in.text();
        default -> in.skip(tag & 7);
      }
    }
    into.add(family, new MetricMetadata(type(type), help, unit));
  }
}

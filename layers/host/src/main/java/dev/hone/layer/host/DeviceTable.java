package dev.hone.layer.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file with a line for each device and a column for each quantity: {@code diskstats} and {@code
 * net/dev}. At most {@link #MOST_DEVICES} devices are kept, in the kernel's order.
 */
final class DeviceTable implements Source {
  private static final int MOST_DEVICES = 32;

  private record Column(String name, double scale) {}

  private static final List<Column> DISK =
      List.of(
          new Column("node_disk_reads_completed_total", 1),
          new Column("node_disk_reads_merged_total", 1),
          new Column("node_disk_read_bytes_total", 512),
          new Column("node_disk_read_time_seconds_total", 1e-3),
          new Column("node_disk_writes_completed_total", 1),
          new Column("node_disk_writes_merged_total", 1),
          new Column("node_disk_written_bytes_total", 512),
          new Column("node_disk_write_time_seconds_total", 1e-3),
          new Column("node_disk_io_now", 1),
          new Column("node_disk_io_time_seconds_total", 1e-3),
          new Column("node_disk_io_time_weighted_seconds_total", 1e-3),
          new Column("node_disk_discards_completed_total", 1),
          new Column("node_disk_discards_merged_total", 1),
          new Column("node_disk_discarded_sectors_total", 1),
          new Column("node_disk_discard_time_seconds_total", 1e-3),
          new Column("node_disk_flush_requests_total", 1),
          new Column("node_disk_flush_requests_time_seconds_total", 1e-3));

  private static final List<Column> NETWORK =
      List.of(
          new Column("node_network_receive_bytes_total", 1),
          new Column("node_network_receive_packets_total", 1),
          new Column("node_network_receive_errs_total", 1),
          new Column("node_network_receive_drop_total", 1),
          new Column("node_network_receive_fifo_total", 1),
          new Column("node_network_receive_frame_total", 1),
          new Column("node_network_receive_compressed_total", 1),
          new Column("node_network_receive_multicast_total", 1),
          new Column("node_network_transmit_bytes_total", 1),
          new Column("node_network_transmit_packets_total", 1),
          new Column("node_network_transmit_errs_total", 1),
          new Column("node_network_transmit_drop_total", 1),
          new Column("node_network_transmit_fifo_total", 1),
          new Column("node_network_transmit_colls_total", 1),
          new Column("node_network_transmit_carrier_total", 1),
          new Column("node_network_transmit_compressed_total", 1));

  private final ProcFiles.ProcFile file;
  private final Samples samples;
  private final List<Column> columns;
  private final int leadingWords;
  private final int headerLines;
  private final WordTable<long[]> devices;
  private int count;

  private DeviceTable(
      ProcFiles.ProcFile file,
      Samples samples,
      List<Column> columns,
      int leadingWords,
      int headerLines,
      java.util.function.Predicate<String> kept) {
    this.file = file;
    this.samples = samples;
    this.columns = columns;
    this.leadingWords = leadingWords;
    this.headerLines = headerLines;
    this.devices = new WordTable<>(name -> kept.test(name) ? series(name) : null);
  }

  /**
   * Whole disks (proc_diskstats(5)): what is a directory below {@code /sys/block} and neither a
   * loop device nor a disk in memory.
   */
  static DeviceTable disks(ProcFiles files, Path proc, Path sys, Samples samples) {
    return new DeviceTable(
        files.file(proc.resolve("diskstats")),
        samples,
        DISK,
        2,
        0,
        name ->
            !name.matches("(loop|ram|zram|fd|sr)\\d+")
                && Files.isDirectory(sys.resolve("block").resolve(name.replace('/', '!'))));
  }

  /** Network interfaces except the host's ends of containers' cables. */
  static DeviceTable interfaces(ProcFiles files, Path proc, Samples samples) {
    return new DeviceTable(
        files.file(proc.resolve("net/dev")), samples, NETWORK, 0, 2, name -> !ofContainer(name));
  }

  /** Whether an interface is the host's end of a container's or a virtual machine's cable. */
  static boolean ofContainer(String device) {
    return device.matches("(veth|ifb|cali|tap).*");
  }

  private long @Nullable [] series(String device) {
    if (++count > MOST_DEVICES) {
      return null;
    }
    return columns.stream()
        .mapToLong(column -> samples.series(column.name, "device", device))
        .toArray();
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    for (int i = 0; i < headerLines; i++) {
      if (!scan.nextLine()) {
        return;
      }
    }
    do {
      line(scan);
    } while (scan.nextLine());
  }

  private void line(Scan scan) {
    scan.skipWords(leadingWords);
    if (scan.word()) {
      long[] series = devices.get(scan);
      for (int i = 0; series != null && i < series.length && !scan.atLineEnd(); i++) {
        samples.put(series[i], scan.number() * columns.get(i).scale);
      }
    }
  }

  @Override
  public void close() {
    file.close();
  }
}

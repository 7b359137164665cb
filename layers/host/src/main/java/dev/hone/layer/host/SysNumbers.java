package dev.hone.layer.host;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Files with a single number each that change slowly: interfaces, temperatures, clock rates, limits
 * of the kernel. Some ask the hardware, so they are read once in {@link #EVERY_ROUNDS} rounds and
 * looked for once in {@link #SEARCH_ROUNDS}.
 */
final class SysNumbers implements Source {
  static final int EVERY_ROUNDS = 15;
  private static final int SEARCH_ROUNDS = 20 * EVERY_ROUNDS;
  private static final int MOST = 512;
  private static final double BYTES_PER_MEGABIT = 125_000;

  private final ProcFiles files;
  private final Path kernel;
  private final Path sys;
  private final Samples samples;
  private final List<Entry> entries = new ArrayList<>();
  private int round;

  private record Entry(ProcFiles.ProcFile file, long series, double scale) {}

  SysNumbers(ProcFiles files, Path root, Samples samples) {
    this.files = files;
    this.kernel = root.resolve("proc/sys");
    this.sys = root.resolve("sys");
    this.samples = samples;
  }

  @Override
  public void sample() throws InterruptedException {
    if (round % SEARCH_ROUNDS == 0) {
      search();
    }
    if (round++ % EVERY_ROUNDS == 0) {
      for (Entry entry : entries) {
        Scan scan = entry.file.read();
        // An interface without a link has no speed: the file cannot be read or says -1.
        if (scan != null && scan.atDigit()) {
          samples.put(entry.series, scan.decimal() * entry.scale);
        }
        entry.file.close();
      }
    }
  }

  private void search() {
    entries.clear();
    add(kernel.resolve("net/netfilter/nf_conntrack_max"), 1, "node_nf_conntrack_entries_limit");
    add(kernel.resolve("kernel/random/poolsize"), 1, "node_entropy_pool_size_bits");
    for (Path device : below("class/net")) {
      if (!DeviceTable.ofContainer(device.getFileName().toString())) {
        networkInterface(device);
      }
    }
    for (Path zone : below("class/thermal")) {
      String name = zone.getFileName().toString();
      if (name.startsWith("thermal_zone")) {
        String type = HostProcesses.text(zone.resolve("type"));
        String number = name.substring("thermal_zone".length());
        add(zone.resolve("temp"), 1e-3, "node_thermal_zone_temp", "zone", number, "type", type);
      }
    }
    for (Path chip : below("class/hwmon")) {
      temperatures(chip);
    }
    for (Path cpu : below("devices/system/cpu")) {
      String name = cpu.getFileName().toString();
      if (name.matches("cpu\\d+")) {
        processor(cpu, name.substring(3));
      }
    }
  }

  private void networkInterface(Path device) {
    String name = device.getFileName().toString();
    add(device.resolve("carrier"), 1, "node_network_carrier", "device", name);
    add(device.resolve("carrier_changes"), 1, "node_network_carrier_changes_total", "device", name);
    add(device.resolve("mtu"), 1, "node_network_mtu_bytes", "device", name);
    add(device.resolve("speed"), BYTES_PER_MEGABIT, "node_network_speed_bytes", "device", name);
  }

  private void temperatures(Path chip) {
    String name = chip.getFileName().toString();
    for (String file : names(chip.toFile())) {
      if (file.matches("temp\\d+_input")) {
        String sensor = file.substring(0, file.indexOf('_'));
        add(chip.resolve(file), 1e-3, "node_hwmon_temp_celsius", "chip", name, "sensor", sensor);
      }
    }
  }

  private void processor(Path directory, String cpu) {
    Path clock = directory.resolve("cpufreq");
    add(clock.resolve("scaling_cur_freq"), 1e3, "node_cpu_scaling_frequency_hertz", "cpu", cpu);
    add(clock.resolve("scaling_max_freq"), 1e3, "node_cpu_scaling_frequency_max_hertz", "cpu", cpu);
    add(
        directory.resolve("thermal_throttle/core_throttle_count"),
        1,
        "hone_host_cpu_throttles_total",
        "cpu",
        cpu);
  }

  private void add(Path file, double scale, String metric, String... labels) {
    if (entries.size() < MOST && file.toFile().exists()) {
      entries.add(new Entry(files.file(file), samples.series(metric, labels), scale));
    }
  }

  private List<Path> below(String directory) {
    Path parent = sys.resolve(directory);
    return names(parent.toFile()).stream().map(parent::resolve).toList();
  }

  private static List<String> names(File directory) {
    String[] names = directory.list();
    if (names == null) {
      return List.of();
    }
    Arrays.sort(names);
    return List.of(names);
  }

  @Override
  public void close() {
    entries.forEach(entry -> entry.file.close());
  }
}

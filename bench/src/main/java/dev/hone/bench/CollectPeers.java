package dev.hone.bench;

import dev.hone.loop.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The collectors of others that {@link Collect} measures, as Debian packages them. */
final class CollectPeers {
  static final Path NETDATA = Path.of("/usr/sbin/netdata");
  static final Path EXPORTER = Path.of("/usr/bin/prometheus-node-exporter");

  private CollectPeers() {}

  /**
   * netdata with nothing but its proc plugin, which also sends values that are zero, as Hone does.
   */
  static final class Netdata implements Collect.Collector {
    private static final List<String> OTHER_PLUGINS =
        List.of(
            "timex",
            "diskspace",
            "cgroups",
            "tc",
            "idlejitter",
            "statsd",
            "slabinfo",
            "apps",
            "charts.d",
            "python.d",
            "go.d",
            "fping",
            "ioping",
            "perf",
            "ebpf",
            "nfacct",
            "xenstat",
            "freeipmi",
            "cups",
            "debugfs",
            "enable running new plugins",
            "netdata monitoring",
            "netdata monitoring extended");

    private final Process process;
    private final int port = freePort();
    private final long began = System.nanoTime();

    Netdata() throws IOException, InterruptedException {
      Path directory = Files.createTempDirectory("hone-bench-netdata-");
      var config = new StringBuilder("[global]\n run as user = " + System.getProperty("user.name"));
      config.append("\n[directories]\n config = ").append(directory);
      for (String kind : List.of("cache", "lib", "log")) {
        Path own = Files.createDirectories(directory.resolve(kind));
        config.append("\n ").append(kind).append(" = ").append(own);
      }
      Path cloud = Files.createDirectories(directory.resolve("lib/cloud.d"));
      Files.writeString(cloud.resolve("cloud.conf"), "[global]\n enabled = no\n");
      config.append("\n[db]\n mode = ram\n update every = 1\n enable zero metrics = yes");
      config.append("\n[web]\n bind to = 127.0.0.1:").append(port).append("\n[plugins]");
      OTHER_PLUGINS.forEach(plugin -> config.append("\n ").append(plugin).append(" = no"));
      config.append("\n[health]\n enabled = no\n[ml]\n enabled = no\n[registry]\n enabled = no\n");
      Path file = Files.writeString(directory.resolve("netdata.conf"), config);
      process =
          new ProcessBuilder(
                  NETDATA.toString(),
                  "-D",
                  "-c",
                  file.toString(),
                  "-P",
                  directory.resolve("pid").toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("out").toFile())
              .start();
      awaitPort(process, port);
    }

    @Override
    public Process process() {
      return process;
    }

    /** As many as its charts have dimensions, each as often as its chart is updated. */
    @Override
    public Collect.Count count() throws IOException {
      String body = get(port, "/api/v1/charts");
      double perSecond = 0;
      for (Object chart : DemoChild.object(Json.parseObject(body), "charts").values()) {
        Map<?, ?> one = (Map<?, ?>) chart;
        int dimensions = DemoChild.object(one, "dimensions").size();
        perSecond += dimensions / DemoChild.number(one, "update_every");
      }
      return new Collect.Count(perSecond * (System.nanoTime() - began) / 1e9, 0);
    }

    @Override
    public void close() {
      Collect.end(process);
    }
  }

  /** node_exporter, asked each second. */
  static final class Exporter implements Collect.Collector {
    private final Process process;
    private final int port = freePort();
    private final AtomicLong samples = new AtomicLong();
    private final ScheduledExecutorService rounds = Executors.newScheduledThreadPool(1);

    Exporter() throws IOException, InterruptedException {
      process =
          new ProcessBuilder(EXPORTER.toString(), "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      awaitPort(process, port);
      var unused = rounds.scheduleAtFixedRate(this::scrape, 0, 1, TimeUnit.SECONDS);
    }

    private void scrape() {
      try {
        long lines = get(port, "/metrics").lines().filter(l -> !l.startsWith("#")).count();
        samples.addAndGet(lines);
      } catch (IOException e) {
        System.err.println("node_exporter did not answer: " + e.getMessage());
      }
    }

    @Override
    public Process process() {
      return process;
    }

    @Override
    public Collect.Count count() {
      return new Collect.Count(samples.get(), 0);
    }

    @Override
    public void close() {
      rounds.shutdownNow();
      Collect.end(process);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What a server answers below its headers; the least that a client can do. */
  private static String get(int port, String path) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private static void awaitPort(Process process, int port)
      throws IOException, InterruptedException {
    for (int i = 0; i < 100 && process.isAlive(); i++) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    throw new IOException("no answer on port " + port + " from " + process.info().command());
  }
}

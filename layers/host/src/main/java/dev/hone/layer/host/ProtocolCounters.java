package dev.hone.layer.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * {@code net/snmp} and {@code net/netstat}: pairs of lines {@code Tcp: names} and {@code Tcp:
 * values}. The names never change while the kernel runs, so they are read once and after that a
 * column is known by its place.
 */
final class ProtocolCounters implements Source {
  private static final Set<String> KEPT =
      Set.of(
          "Ip_InReceives",
          "Ip_OutRequests",
          "Ip_InDiscards",
          "Ip_OutDiscards",
          "Icmp_InErrors",
          "Tcp_ActiveOpens",
          "Tcp_PassiveOpens",
          "Tcp_AttemptFails",
          "Tcp_EstabResets",
          "Tcp_CurrEstab",
          "Tcp_InSegs",
          "Tcp_OutSegs",
          "Tcp_RetransSegs",
          "Tcp_InErrs",
          "Tcp_OutRsts",
          "Udp_InDatagrams",
          "Udp_OutDatagrams",
          "Udp_NoPorts",
          "Udp_InErrors",
          "Udp_RcvbufErrors",
          "Udp_SndbufErrors",
          "TcpExt_ListenOverflows",
          "TcpExt_ListenDrops",
          "TcpExt_TCPTimeouts",
          "TcpExt_TCPSynRetrans",
          "TcpExt_TCPLostRetransmit",
          "TcpExt_TCPFastRetrans",
          "TcpExt_TCPAbortOnTimeout",
          "TcpExt_TCPAbortOnMemory",
          "TcpExt_TCPBacklogDrop",
          "TcpExt_TCPReqQFullDrop",
          "TcpExt_TCPMemoryPressures",
          "TcpExt_PruneCalled",
          "TcpExt_SyncookiesSent",
          "TcpExt_TW",
          "IpExt_InOctets",
          "IpExt_OutOctets");

  private final ProcFiles.ProcFile file;
  private final Samples samples;

  /** For each line of values the series of its columns; {@code REFUSED} where not kept. */
  private final List<long[]> layout = new ArrayList<>();

  ProtocolCounters(ProcFiles files, Path path, Samples samples) {
    this.file = files.file(path);
    this.samples = samples;
  }

  @Override
  public void sample() throws InterruptedException {
    Scan scan = file.read();
    if (scan == null) {
      return;
    }
    for (int pair = 0; !scan.atEnd(); pair++) {
      if (pair == layout.size()) {
        layout.add(columns(scan));
      }
      if (!scan.nextLine()) {
        return;
      }
      scan.word();
      long[] series = layout.get(pair);
      for (int i = 0; i < series.length && !scan.atLineEnd(); i++) {
        samples.put(series[i], scan.number());
      }
      scan.nextLine();
    }
  }

  private long[] columns(Scan scan) {
    scan.word();
    String protocol = scan.wordText();
    var series = new long[WordTable.MOST];
    int count = 0;
    while (count < series.length && scan.word()) {
      String name = protocol + "_" + scan.wordText();
      series[count++] =
          KEPT.contains(name) ? samples.series("node_netstat_" + name) : Samples.REFUSED;
    }
    return Arrays.copyOf(series, count);
  }

  @Override
  public void close() {
    file.close();
  }
}

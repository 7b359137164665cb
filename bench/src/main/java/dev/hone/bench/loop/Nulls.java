package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes that do nothing: how often each method keeps one, or calls one harmful. */
final class Nulls {
  private static final int COUNT = 2100;

  private final Lab lab;
  private final Report report;
  private final Worlds worlds;
  private final double scale;
  private final Map<List<World>, Tally> peers = new HashMap<>();

  Nulls(Lab lab, Report report, Worlds worlds, double scale) {
    this.lab = lab;
    this.report = report;
    this.worlds = worlds;
    this.scale = scale;
  }

  void run() {
    report.heading("A change that does nothing");
    for (Method method : Method.HONES) {
      pool(method, "synthetic", worlds.synthetic(method));
      if (worlds.real(method).isEmpty()) {
        report.skipped(
            new Line.Skipped(
                "loop.null." + name(method, "real"), "needs recorded data; name it with --data"));
      } else {
        pool(method, "real", worlds.real(method));
      }
    }
  }

  private static String name(Method method, String pool) {
    return method.id().toLowerCase(java.util.Locale.ROOT) + "-" + pool;
  }

  private void pool(Method method, String pool, List<World> among) {
    Tally tally = play(method, among);
    byWorld(method, among, tally);
    report.row(method.id(), pool, "none", tally);
    Tally peer = peers.computeIfAbsent(among, key -> playPeer(pool, key));
    String name = "null." + name(method, pool);
    report.figure(name + ".experiments", tally.count(), "experiments");
    report.figure(name + ".false-keeps", tally.kept(), "%", "<=5");
    report.figure(name + ".false-keeps-upper", tally.upper(Play::kept), "%", "<=7");
    report.figure(name + ".false-rollbacks", tally.blamed(), "%", "<=7");
    report.figure(name + ".stopped-for-want-of-data", tally.share(Play::silent), "%");
    report.figure(name + ".undecided", tally.undecided(), "%");
    report.figure(name + ".coverage", tally.coverage(), "%", ">=93");
    report.beside(name + ".false-keeps-beside", tally.kept(), "%", peer.kept());
    report.beside(name + ".false-rollbacks-beside", tally.blamed(), "%", peer.blamed());
  }

  private Tally play(Method method, List<World> among) {
    int count = Math.max(among.size(), (int) (COUNT * scale));
    return lab.play(new Batch(method, among, Injection.NOTHING, "null").experiments(count));
  }

  private Tally playPeer(String pool, List<World> among) {
    Tally tally = play(Method.BEFORE_AFTER, among);
    byWorld(Method.BEFORE_AFTER, among, tally);
    report.row(Method.BEFORE_AFTER.id(), pool, "none", tally);
    return tally;
  }

  /** A row for each world; the plays take the worlds in turn. */
  private void byWorld(Method method, List<World> among, Tally tally) {
    for (int w = 0; w < among.size(); w++) {
      var plays = new ArrayList<Play>();
      for (int i = w; i < tally.count(); i += among.size()) {
        plays.add(tally.plays().get(i));
      }
      report.row(method.id(), among.get(w).name(), "none", new Tally(plays));
    }
  }
}

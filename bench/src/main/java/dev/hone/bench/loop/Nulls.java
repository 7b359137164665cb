package dev.hone.bench.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Changes that do nothing: how often each method keeps one, or calls one harmful. Played with the
 * usual guardrails, and once more without any, which shows the judge alone.
 */
final class Nulls {
  private static final int COUNT = 4200;

  private final Lab lab;
  private final Report report;
  private final Worlds worlds;
  private final double scale;
  private final Map<List<World>, Tally> peers = new HashMap<>();
  private int played;

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
    report.figure("null.experiments", played, "experiments", ">=2000");
  }

  private static String name(Method method, String pool) {
    return method.id().toLowerCase(Locale.ROOT) + "-" + pool;
  }

  private void pool(Method method, String pool, List<World> among) {
    String name = "null." + name(method, pool);
    Tally peer = peers.computeIfAbsent(among, key -> playPeer(pool, key));
    Tally guarded = play(method, among, Experiment.Watch.USUAL);
    played += guarded.count();
    rows(method.id(), pool, among, guarded, name);
    goals(name, guarded);
    beside(name, guarded, peer);
    Tally alone = play(method, among, Experiment.Watch.UNGUARDED);
    played += alone.count();
    rows(method.id() + " alone", pool, among, alone, "");
    goals(name + ".judge-alone", alone);
  }

  private Tally playPeer(String pool, List<World> among) {
    Tally peer = play(Method.BEFORE_AFTER, among, Experiment.Watch.USUAL);
    rows(Method.BEFORE_AFTER.id(), pool, among, peer, "");
    return peer;
  }

  private void goals(String name, Tally tally) {
    report.figure(name + ".experiments", tally.count(), "experiments");
    report.figure(name + ".false-keeps", tally.kept(), "%", "<=5");
    report.figure(name + ".false-keeps-upper", tally.upper(Play::kept), "%", "<=7");
    report.figure(name + ".false-rollbacks", tally.blamed(), "%", "<=7");
    report.figure(name + ".coverage", tally.coverage(), "%", ">=93");
  }

  private void beside(String name, Tally tally, Tally peer) {
    report.figure(name + ".false-rollbacks-by-the-guard", tally.share(Play::stopped), "%");
    report.figure(name + ".stopped-for-want-of-data", tally.share(Play::silent), "%");
    report.figure(name + ".undecided", tally.undecided(), "%");
    report.figure(name + ".size-error", tally.sizeError(), "log units");
    report.beside(name + ".false-keeps-beside", tally.kept(), "%", peer.kept());
    report.beside(name + ".false-rollbacks-beside", tally.blamed(), "%", peer.blamed());
  }

  private Tally play(Method method, List<World> among, Experiment.Watch watch) {
    int count = Math.max(among.size(), (int) (COUNT * scale));
    var batch = new Batch(method, among, Injection.NOTHING, Trap.NONE, watch, "null");
    return lab.play(batch.experiments(count));
  }

  /**
   * A row for each group and all, and where wanted for each world; figures of the groups too when
   * {@code name} is given.
   */
  private void rows(String method, String pool, List<World> among, Tally tally, String name) {
    Map<String, List<Play>> groups = new LinkedHashMap<>();
    for (int w = 0; w < among.size(); w++) {
      Tally one = tally.ofWorld(w, among.size());
      report.detail(method, among.get(w).name(), "none", one);
      groups.computeIfAbsent(among.get(w).group(), key -> new ArrayList<>()).addAll(one.plays());
    }
    groups.forEach(
        (group, plays) -> {
          Tally one = new Tally(plays);
          report.row(method, pool + " " + group, "none", one);
          if (!name.isEmpty()) {
            report.figure(name + "." + group + ".false-keeps", one.kept(), "%");
            report.figure(name + "." + group + ".false-rollbacks", one.blamed(), "%");
          }
        });
    report.row(method, pool, "none", tally);
  }
}

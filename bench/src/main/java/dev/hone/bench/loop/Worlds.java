package dev.hone.bench.loop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The worlds that experiments are played in.
 *
 * @param plain autoregressions
 * @param synthetic all computed ones
 * @param traffic recorded ones
 * @param runs recorded load tests
 */
record Worlds(List<World> plain, List<World> synthetic, List<World> traffic, List<World> runs) {
  /**
   * Computed worlds, and the recorded ones of a folder.
   *
   * @param folder null for none
   */
  static Worlds of(@Nullable Path folder, Report report) throws IOException {
    List<World> traffic = List.of();
    List<World> runs = List.of();
    if (folder != null) {
      RealData data = RealData.read(folder);
      data.skipped().forEach(report::skipped);
      data.leftOut().forEach(why -> report.note("left out: " + why));
      report.figure("data.series", data.traffic().size() + data.runs().size(), "series");
      traffic = data.traffic();
      runs = data.runs();
    }
    return new Worlds(SyntheticWorlds.plain(), SyntheticWorlds.all(), traffic, runs);
  }

  /** The plain ones as a method meets them: every load test has noise of its own. */
  List<World> plain(Method method) {
    return method == Method.LOAD_TEST
        ? plain.stream().map(world -> world.inRunsOf(Method.RUN_SAMPLES)).toList()
        : plain;
  }

  List<World> synthetic(Method method) {
    return method == Method.LOAD_TEST ? SyntheticWorlds.ofRuns() : synthetic;
  }

  /** All but the plain ones for a method, by group. */
  Map<String, List<World>> groups(Method method) {
    Map<String, List<World>> groups = new LinkedHashMap<>();
    for (List<World> pool : List.of(synthetic(method), real(method))) {
      for (World world : pool) {
        if (!world.group().equals(SyntheticWorlds.PLAIN)) {
          groups.computeIfAbsent(world.group(), key -> new ArrayList<>()).add(world);
        }
      }
    }
    return groups;
  }

  /** The recorded ones for a method. */
  List<World> real(Method method) {
    return method == Method.LOAD_TEST ? runs : traffic;
  }
}

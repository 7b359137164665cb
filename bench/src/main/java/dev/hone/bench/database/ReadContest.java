package dev.hone.bench.database;

import dev.hone.bench.database.Scores.Rival;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The 22 queries of TPC-H: what the indexes of each advisor make of them within the same real
 * bytes, which are a share of what Dexter, who knows no budget, asks for.
 */
final class ReadContest {
  private static final String DATABASE = "race";
  private static final List<Integer> SHARES = List.of(25, 50, 100);
  private static final int HALF = 50;

  private final ScratchServer server;
  private final Advisors advisors;
  private final Workload queries;
  private final Scores scores;
  private final PrintStream log;

  ReadContest(
      ScratchServer server, Advisors advisors, Workload queries, Scores scores, PrintStream log) {
    this.server = server;
    this.advisors = advisors;
    this.queries = queries;
    this.scores = scores;
    this.log = log;
  }

  /** What takes part with a budget. */
  private record Entrant(int share, Choice choice) {
    String name() {
      return choice.advice().advisor();
    }

    String column() {
      return share + " " + name();
    }

    Set<IndexDefinition> set() {
      return new LinkedHashSet<>(choice.advice().indexes());
    }
  }

  private Map<Set<IndexDefinition>, Race.Result> race(
      Connection connection, Indexes indexes, Set<Set<IndexDefinition>> sets)
      throws SQLException, IOException {
    double cap = advisors.settings().cap();
    try (var runner = new Runner(connection, cap)) {
      return new Race(runner, indexes, cap, log).run(sets, queries, advisors.settings().rounds());
    }
  }

  void run() throws IOException, InterruptedException, SQLException {
    Dexter dexter = advisors.dexter().orElse(null);
    if (dexter == null) {
      scores.skipped("database.reads", "without Dexter there is no measure for the budgets");
      return;
    }
    server.copy(Contest.PLAIN, DATABASE);
    try (Connection connection = server.connect(DATABASE)) {
      var indexes = new Indexes(connection);
      Choice first =
          advisors.weighed(
              indexes, dexter.advise(server, Contest.PEERS, queries, Dexter.DEFAULT_SAVINGS));
      Map<String, List<Choice>> offers =
          advisors.peers(
              indexes, queries, Hyrise.nominal(first.bytes() / 5.0, (double) first.bytes()));
      offers.computeIfAbsent(first.advice().advisor(), name -> new ArrayList<>()).add(first);
      var entrants = new ArrayList<Entrant>();
      for (int share : SHARES) {
        double budget = first.bytes() * share / 100.0;
        for (List<Choice> offer : offers.values()) {
          Choice.fitting(offer, budget).ifPresent(c -> entrants.add(new Entrant(share, c)));
        }
      }
      Optional<Choice> free = hone(indexes, first.bytes(), entrants);
      indexes.settle();
      log.printf("%d indexes are built%n", indexes.count());
      var sets = new LinkedHashSet<Set<IndexDefinition>>();
      sets.add(Set.of());
      entrants.forEach(entrant -> sets.add(entrant.set()));
      free.ifPresent(choice -> sets.add(new LinkedHashSet<>(choice.advice().indexes())));
      Map<Set<IndexDefinition>, Race.Result> results = race(connection, indexes, sets);
      tell(entrants, free, results);
      score(entrants, results);
    }
  }

  /** What Hone asks for with each budget, and without one. */
  private Optional<Choice> hone(Indexes indexes, long bytes, List<Entrant> entrants)
      throws InterruptedException, SQLException, IOException {
    try {
      for (int share : SHARES) {
        advisors
            .hone(indexes, queries, bytes * share / 100.0)
            .ifPresent(choice -> entrants.add(new Entrant(share, choice)));
      }
      return Optional.of(
          advisors.weighed(
              indexes,
              advisors.hone().advise(server, Contest.PLAIN, queries, OptionalLong.empty())));
    } catch (IOException e) {
      scores.skipped("database.hone", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void tell(
      List<Entrant> entrants,
      Optional<Choice> free,
      Map<Set<IndexDefinition>, Race.Result> results) {
    var columns = new LinkedHashMap<String, Timings>();
    columns.put("none", timings(results, Set.of()));
    for (Entrant entrant : entrants) {
      columns.put(entrant.column(), timings(results, entrant.set()));
      tell(entrant.column(), entrant.choice(), timings(results, entrant.set()));
    }
    free.ifPresent(
        choice -> {
          Timings timings = timings(results, new LinkedHashSet<>(choice.advice().indexes()));
          columns.put("hone without budget", timings);
          tell("hone without budget", choice, timings);
        });
    Race.table(log, queries, columns);
  }

  private void tell(String name, Choice choice, Timings timings) {
    log.printf(
        "%s (%s), %d bytes, total %.3f s, geometric mean %.2f ms%n",
        name, choice.advice().setting(), choice.bytes(), timings.total(), 1000 * timings.geomean());
    choice.advice().indexes().forEach(index -> log.println("    " + index.target()));
  }

  private void score(List<Entrant> entrants, Map<Set<IndexDefinition>, Race.Result> results)
      throws IOException {
    Timings none = timings(results, Set.of());
    scores.report("database.time-none", none.total(), "s");
    scores.report("database.geomean-none", 1000 * none.geomean(), "ms");
    Optional<Entrant> half =
        of(entrants, HALF).filter(e -> e.name().equals(HoneAdvisor.TITLE)).findFirst();
    Optional<Entrant> dexter =
        of(entrants, 100).filter(e -> e.name().startsWith("dexter")).findFirst();
    if (half.isPresent() && dexter.isPresent()) {
      halfTheBytes(half.get(), dexter.get(), results);
    }
    for (int share : SHARES) {
      Optional<Entrant> hone =
          of(entrants, share).filter(e -> e.name().equals(HoneAdvisor.TITLE)).findFirst();
      List<Entrant> rivals =
          of(entrants, share)
              .filter(e -> !e.name().equals(HoneAdvisor.TITLE))
              .sorted(Comparator.comparingDouble(e -> timings(results, e.set()).geomean()))
              .toList();
      if (hone.isEmpty()) {
        scores.skipped("database.geomean-" + share, "Hone asked for nothing that fits");
      } else {
        share(share, hone.get(), rivals, results);
      }
    }
  }

  private void halfTheBytes(
      Entrant half, Entrant dexter, Map<Set<IndexDefinition>, Race.Result> results)
      throws IOException {
    Timings own = timings(results, half.set());
    Timings other = timings(results, dexter.set());
    scores.beside(
        "database.half-bytes",
        (double) half.choice().bytes(),
        "bytes",
        new Rival(dexter.name(), (double) dexter.choice().bytes()),
        "<=0.5");
    scores.beside(
        "database.half-bytes-time",
        own.total(),
        "s",
        new Rival(dexter.name(), other.total()),
        "<=1.05");
    scores.beside(
        "database.half-bytes-time-median",
        own.medianTotal(),
        "s",
        new Rival(dexter.name(), other.medianTotal()),
        null);
    scores.beside(
        "database.half-bytes-time-wall",
        results.getOrDefault(half.set(), NOTHING).clock().total(),
        "s",
        new Rival(dexter.name(), results.getOrDefault(dexter.set(), NOTHING).clock().total()),
        null);
  }

  /** Hone beside the others within the same bytes; the goal is set by the best of them. */
  private void share(
      int share, Entrant hone, List<Entrant> rivals, Map<Set<IndexDefinition>, Race.Result> results)
      throws IOException {
    Race.Result own = results.getOrDefault(hone.set(), NOTHING);
    for (Entrant rival : rivals) {
      Race.Result other = results.getOrDefault(rival.set(), NOTHING);
      String name = rival.name();
      scores.beside(
          "database.geomean-" + share,
          1000 * own.timings().geomean(),
          "ms",
          new Rival(name, 1000 * other.timings().geomean()),
          rival.equals(rivals.getFirst()) ? "<=0.85" : null);
      scores.beside(
          "database.geomean-wall-" + share,
          1000 * own.clock().geomean(),
          "ms",
          new Rival(name, 1000 * other.clock().geomean()),
          null);
      scores.beside(
          "database.time-" + share,
          own.timings().total(),
          "s",
          new Rival(name, other.timings().total()),
          null);
      scores.beside(
          "database.bytes-" + share,
          (double) hone.choice().bytes(),
          "bytes",
          new Rival(name, (double) rival.choice().bytes()),
          null);
      scores.beside(
          "database.pages-" + share, Race.pageRatio(own, other), "ratio", new Rival(name, 1), null);
      scores.beside(
          "database.advised-in-" + share,
          hone.choice().advice().seconds(),
          "s",
          new Rival(name, rival.choice().advice().seconds()),
          null);
    }
  }

  private static final Race.Result NOTHING =
      new Race.Result(new Timings(0, 0, 0), new Timings(0, 0, 0));

  private static Stream<Entrant> of(List<Entrant> entrants, int share) {
    return entrants.stream().filter(entrant -> entrant.share() == share);
  }

  private static Timings timings(
      Map<Set<IndexDefinition>, Race.Result> results, Set<IndexDefinition> set) {
    return results.getOrDefault(set, NOTHING).timings();
  }
}

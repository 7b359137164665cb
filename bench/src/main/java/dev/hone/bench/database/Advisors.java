package dev.hone.bench.database;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who is asked.
 *
 * @param server what all of them look at
 * @param dexter when it is there
 * @param hyrise when it is there
 * @param hone always
 * @param settings which algorithms
 * @param log takes what people may want to see
 */
record Advisors(
    ScratchServer server,
    Optional<Dexter> dexter,
    Optional<Hyrise> hyrise,
    HoneAdvisor hone,
    Contest.Settings settings,
    PrintStream log) {
  /** How often Hone is asked for less when what it asked for takes more than it thought. */
  private static final int TRIES = 5;

  /** What Hone is asked for less each time, beside what it took too much. */
  private static final double LESS = 0.98;

  /** What the peers ask for with each of their settings, by advisor. */
  Map<String, List<Choice>> peers(Indexes indexes, Workload workload, List<Double> nominal)
      throws IOException, InterruptedException, SQLException {
    var offers = new LinkedHashMap<String, List<Choice>>();
    if (dexter.isPresent()) {
      for (String savings : Dexter.HIGHER_SAVINGS) {
        offer(offers, indexes, dexter.get().advise(server, Contest.PEERS, workload, savings));
      }
    }
    if (hyrise.isPresent()) {
      for (String algorithm : settings.algorithms()) {
        for (Advice advice :
            hyrise.get().advise(server, Contest.PEERS, workload, algorithm, nominal)) {
          offer(offers, indexes, advice);
        }
      }
    }
    return offers;
  }

  private void offer(Map<String, List<Choice>> offers, Indexes indexes, Advice advice)
      throws SQLException {
    offers
        .computeIfAbsent(advice.advisor(), name -> new ArrayList<>())
        .add(weighed(indexes, advice));
  }

  /** Builds what is asked for and says so. */
  Choice weighed(Indexes indexes, Advice advice) throws SQLException {
    var choice = new Choice(advice, indexes.bytes(advice.indexes()));
    log.printf(
        "%s, %s: %d indexes, %d bytes, advised in %.2f s%n",
        advice.advisor(),
        advice.setting(),
        advice.indexes().size(),
        choice.bytes(),
        advice.seconds());
    return choice;
  }

  /** What Hone asks for within so many real bytes. */
  Optional<Choice> hone(Indexes indexes, Workload workload, double budget)
      throws IOException, InterruptedException, SQLException {
    double asked = budget;
    for (int i = 0; i < TRIES; i++) {
      Advice advice = hone.advise(server, Contest.PLAIN, workload, OptionalLong.of((long) asked));
      Choice choice = weighed(indexes, advice);
      if (choice.bytes() <= budget) {
        return Optional.of(choice);
      }
      asked *= LESS * budget / choice.bytes();
    }
    return Optional.empty();
  }
}

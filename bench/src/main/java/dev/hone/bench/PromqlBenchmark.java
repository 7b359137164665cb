package dev.hone.bench;

import dev.hone.loop.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench promql}: the same queries to Prometheus and to Hone, answer by answer. */
@Command(
    name = "promql",
    description = "Answers to fixed and to random queries, compared with those of Prometheus.")
final class PromqlBenchmark implements Callable<Integer> {
  private static final int PARALLEL = 2;
  private static final int PRINTED = 20;
  private static final int AGAIN = 8;
  private static final Pattern RANKING = Pattern.compile("topk|bottomk");
  private static final String LIST = "promql-queries.txt";

  @ParentCommand private Bench bench = new Bench();
  @Mixin private Peers peers = new Peers();

  @Option(names = "--random", defaultValue = "100000", description = "How many random queries.")
  private int count;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  @Option(names = "--differences", paramLabel = "FILE", description = "Write all of them here.")
  private @Nullable Path differences;

  /** What became of a list of queries. */
  private static final class Tally {
    private int queries;
    private int failures;
    private int empty;
    private int different;
    private final Map<String, Integer> exempt = new TreeMap<>();
  }

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    if (Product.PROMETHEUS.missing().isPresent()) {
      figures.skipped("promql", Product.PROMETHEUS.missing().get());
      return 1;
    }
    long end = InstantSource.system().millis() / 60_000 * 60_000 - 12 * 60_000;
    var data = new PromqlData(end, seed);
    var reversed = new PromqlData(end, seed);
    reversed.reverse();
    try (Server reference = Server.start(Product.PROMETHEUS);
        Server referee = Server.start(Product.PROMETHEUS);
        Server subject = Server.start(peers.subject());
        BufferedWriter out = Files.newBufferedWriter(differencesFile())) {
      send(reference, data);
      send(referee, reversed);
      send(subject, data);
      Tally fixed = run(fixed(data), reference, referee, subject, out);
      report("fixed", fixed, figures);
      Tally random = run(random(data), reference, referee, subject, out);
      report("random", random, figures);
    }
    return figures.allHold() ? 0 : 1;
  }

  private Path differencesFile() {
    return differences == null ? Path.of("/dev/null") : differences;
  }

  private static void send(Server server, PromqlData data)
      throws IOException, InterruptedException {
    try (Connection connection = server.connect()) {
      data.send(connection);
      if (server.product() == Product.VICTORIA_METRICS) {
        connection.get("/internal/force_flush");
      }
    }
  }

  private static void report(String name, Tally tally, Figures figures) throws IOException {
    figures.report("promql." + name + "-queries", tally.queries, "queries");
    figures.report("promql." + name + "-failing-in-both", tally.failures, "queries");
    figures.report("promql." + name + "-empty-in-both", tally.empty, "queries");
    for (var rule : tally.exempt.entrySet()) {
      figures.report("promql." + name + "-exempt-" + rule.getKey(), rule.getValue(), "queries");
    }
    figures.add("promql." + name + "-differences", tally.different, "queries", new Goal("<=0"));
  }

  /** The published list, each as a range and as an instant query. */
  private static List<Query> fixed(PromqlData data) throws IOException {
    try (InputStream in = PromqlBenchmark.class.getResourceAsStream(LIST)) {
      if (in == null) {
        throw new IOException("the list " + LIST + " is missing in the jar; build again");
      }
      var queries = new ArrayList<Query>();
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : all.lines().toList()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String text = Query.resolve(line, data.start(), data.end());
        long middle = (data.start() + data.end()) / 2;
        queries.add(new Query(text, middle, middle + 600_000, 10_000));
        queries.add(new Query(text, middle, middle + 7_531, 0));
      }
      return queries;
    }
  }

  private List<Query> random(PromqlData data) {
    var queries = new ArrayList<Query>(count);
    var chance = new SplittableRandom(seed);
    var grammar = new QueryGrammar(chance);
    long[] steps = {5_000, 7_000, 15_000, 30_000, 60_000, 61_500, 300_000};
    for (int i = 0; i < count; i++) {
      String text = Query.resolve(grammar.next(), data.start(), data.end());
      long from = data.start() - 60_000 + chance.nextLong(data.end() - data.start() + 300_000);
      long step = chance.nextInt(3) == 0 ? 0 : steps[chance.nextInt(steps.length)];
      queries.add(new Query(text, from, from + step * chance.nextInt(30), step));
    }
    return queries;
  }

  private static Tally run(
      List<Query> queries, Server reference, Server referee, Server subject, BufferedWriter out)
      throws Exception {
    var tally = new Tally();
    try (ExecutorService workers = Executors.newFixedThreadPool(PARALLEL)) {
      var parts = new ArrayList<Future<?>>();
      for (int part = 0; part < PARALLEL; part++) {
        int first = part;
        parts.add(
            workers.submit(
                () -> {
                  try (Connection toReference = reference.connect();
                      Connection toReferee = referee.connect();
                      Connection toSubject = subject.connect()) {
                    for (int i = first; i < queries.size(); i += PARALLEL) {
                      Query query = queries.get(i);
                      String path = query.path(Product.PROMETHEUS);
                      Answer expected = Answer.of(toReference.get(path));
                      Answer actual = Answer.of(toSubject.get(query.path(subject.product())));
                      Optional<String> difference = difference(query, expected, actual);
                      String rule = "";
                      if (difference.isPresent()) {
                        rule = rule(query, expected, actual, toReference, toReferee);
                      }
                      count(tally, query, expected, actual, difference, rule, out);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    }
    return tally;
  }

  /**
   * The exemption that applies. Asks again, in both orders, because ties fall by chance even in one
   * server; oftener where a query ranks, because such a chance can be small.
   */
  private static String rule(
      Query query, Answer expected, Answer actual, Connection reference, Connection referee)
      throws IOException {
    String path = query.path(Product.PROMETHEUS);
    var answers = new ArrayList<Answer>();
    int most = RANKING.matcher(query.text()).find() ? 20 * AGAIN : AGAIN;
    String rule = "";
    for (int i = 0; i < most && rule.isEmpty(); i++) {
      answers.add(Answer.of(reference.get(path)));
      answers.add(Answer.of(referee.get(path)));
      rule = Exemptions.rule(query, expected, answers, actual);
    }
    return rule;
  }

  private static Optional<String> difference(Query query, Answer expected, Answer actual) {
    return AnswerComparison.difference(expected, actual, query.ordered(), 0);
  }

  private static void count(
      Tally tally,
      Query query,
      Answer expected,
      Answer actual,
      Optional<String> difference,
      String rule,
      BufferedWriter out)
      throws IOException {
    synchronized (tally) {
      tally.queries++;
      boolean failed = expected.kind() == Answer.Kind.FAILURE;
      tally.failures += failed && difference.isEmpty() ? 1 : 0;
      tally.empty += !failed && expected.series().isEmpty() && difference.isEmpty() ? 1 : 0;
      if (difference.isEmpty()) {
        return;
      }
      if (!rule.isEmpty()) {
        tally.exempt.merge(rule, 1, Integer::sum);
      } else if (tally.different++ < PRINTED) {
        System.err.println(query + "\n  " + difference.get());
        System.err.println("  prometheus: " + shortened(expected));
        System.err.println("  " + "answer:     " + shortened(actual));
      }
      var line = new LinkedHashMap<String, @Nullable Object>();
      line.put("query", query.text());
      line.put("start", query.start());
      line.put("end", query.end());
      line.put("step", query.step());
      line.put("difference", difference.get());
      line.put("exempt", rule);
      line.put("prometheus", shortened(expected));
      line.put("answer", shortened(actual));
      out.write(Json.write(line) + "\n");
    }
  }

  private static String shortened(Answer answer) {
    var text = new StringBuilder(answer.kind() + " " + answer.text());
    for (Answer.Series series : answer.series()) {
      text.append(' ').append(series.labels()).append('=');
      text.append(java.util.Arrays.toString(series.values()));
      if (text.length() > 1500) {
        return text.substring(0, 1500) + " …";
      }
    }
    return text.toString();
  }
}

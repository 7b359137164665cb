package dev.hone.server;

import dev.hone.metrics.promql.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone query}: asks a running Hone in PromQL, for one moment or over a range. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = "Ask a running Hone in PromQL, for one moment or over a range.")
final class QueryCommand implements Callable<Integer> {
  /** Longer than a query may take. */
  private static final Duration ANSWER = Duration.ofMinutes(3);

  private static final int FAILED = 1;
  private static final int WRONG_QUERY = 2;

  /** How many steps a range has for which no step is named. */
  private static final int USUAL_STEPS = 60;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "EXPR", description = "The query, for example 'rate(x_total[5m])'.")
  private String expression = "";

  @Option(
      names = "--time",
      paramLabel = "TIME",
      description = "The moment, RFC 3339 or seconds since 1970 (default: now).")
  private @Nullable String time;

  @Option(
      names = "--range",
      paramLabel = "LENGTH",
      description = "A range that ends at --end, for example 1h.")
  private @Nullable String range;

  @Option(names = "--start", paramLabel = "TIME", description = "Where a range begins.")
  private @Nullable String start;

  @Option(names = "--end", paramLabel = "TIME", description = "Where a range ends (default: now).")
  private @Nullable String end;

  @Option(
      names = "--step",
      paramLabel = "LENGTH",
      description = "Time between the values of a range, for example 15s (default: a 60th of it).")
  private @Nullable String step;

  @Option(names = "--json", description = "Print the data as the API answers it.")
  private boolean json;

  @Mixin private ServerOptions hone = new ServerOptions();

  private final InstantSource clock = Clock.systemUTC();

  @Override
  public Integer call() throws StartException, InterruptedException {
    Map<String, String> fields = fields();
    URI address = hone.api(fields.containsKey("step") ? "query_range" : "query");
    PrintWriter errors = spec.commandLine().getErr();
    String body;
    try {
      body = ask(address, fields);
    } catch (IOException e) {
      errors.println(
          "hone: no Hone answers at "
              + address.resolve("/")
              + "; start it with `hone serve` or name it with --server");
      return FAILED;
    }
    Map<String, @Nullable Object> answer = ServerOptions.parsed(body, address);
    if (answer.get("error") instanceof String problem) {
      QueryProblem wrong = QueryProblem.of(expression, problem);
      errors.println("hone: " + wrong.text());
      return "bad_data".equals(answer.get("errorType")) ? WRONG_QUERY : FAILED;
    }
    if (answer.get("warnings") instanceof List<?> warnings) {
      warnings.forEach(warning -> errors.println("hone: " + warning));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(QueryTable.data(body));
    } else {
      QueryTable.of(answer.get("data")).lines().forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private Map<String, String> fields() throws StartException {
    var fields = new LinkedHashMap<String, String>();
    fields.put("query", expression);
    boolean ranged = range != null || start != null || end != null || step != null;
    if (!ranged) {
      if (time != null) {
        fields.put("time", seconds(moment("--time", time)));
      }
      return fields;
    }
    if (time != null) {
      throw new StartException("--time is for one moment; leave it out, or leave out the range");
    }
    if ((range == null) == (start == null)) {
      throw new StartException(
          "a range needs either --range, like `--range 1h`, or --start with --end");
    }
    Instant to = end == null ? clock.instant() : moment("--end", end);
    Instant from =
        start == null
            ? to.minus(length("--range", String.valueOf(range)))
            : moment("--start", start);
    if (from.isAfter(to)) {
      throw new StartException("--start is " + from + ", after the end at " + to);
    }
    Duration grain =
        step == null
            ? Duration.ofSeconds(Math.max(1, Duration.between(from, to).toSeconds() / USUAL_STEPS))
            : length("--step", step);
    fields.put("start", seconds(from));
    fields.put("end", seconds(to));
    fields.put("step", seconds(Instant.EPOCH.plus(grain)));
    return fields;
  }

  private static String seconds(Instant instant) {
    return java.math.BigDecimal.valueOf(instant.toEpochMilli(), 3).toPlainString();
  }

  private static Instant moment(String option, String text) throws StartException {
    try {
      return text.matches("\\d+(\\.\\d+)?")
          ? Instant.ofEpochMilli(Math.round(Double.parseDouble(text) * 1000))
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new StartException(
          option + " is `" + text + "`; write it like 2026-11-21T14:00:00Z or 1795269600", e);
    }
  }

  private static Duration length(String option, String text) throws StartException {
    try {
      Duration length = Duration.ofMillis(Durations.millis(text));
      if (length.isPositive()) {
        return length;
      }
    } catch (IllegalArgumentException e) {
      throw new StartException(option + " is `" + text + "`; write it like 15s, 5m or 1h30m", e);
    }
    throw new StartException(option + " is `" + text + "`; it must be longer than nothing");
  }

  private static String ask(URI address, Map<String, String> fields)
      throws IOException, InterruptedException {
    String form =
        fields.entrySet().stream()
            .map(f -> f.getKey() + "=" + URLEncoder.encode(f.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    var request =
        HttpRequest.newBuilder(address)
            .timeout(ANSWER)
            .version(HttpClient.Version.HTTP_1_1)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}

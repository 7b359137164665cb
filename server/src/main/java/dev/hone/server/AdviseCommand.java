package dev.hone.server;

import dev.hone.layer.database.Advisor;
import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.advisor.WorkloadReader;
import dev.hone.layer.database.twin.Unavailable;
import dev.hone.metrics.promql.Durations;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone advise}: what a database would gain from, without a running Hone. */
@Command(
    name = "advise",
    mixinStandardHelpOptions = true,
    description = {
      "Tell which indexes a PostgreSQL lacks for its whole workload, tested on an empty copy of its"
          + " schema. Reads catalogues and statistics only, and changes nothing unless --apply is"
          + " given and confirmed."
    })
final class AdviseCommand implements Callable<Integer> {
  private static final Duration LONGEST_WATCH = Duration.ofMinutes(10);
  private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([kKMGT]?i?B)?");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "URL",
      description =
          "postgres://user:password@host:5432/database; the password may be in"
              + " PGPASSWORD, where other users of this machine do not see it.")
  private String url = "";

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--budget",
      paramLabel = "SIZE",
      description = "What all new indexes together may take, for example 2GB (default: no limit).")
  private @Nullable String budget;

  @Option(
      names = "--workload",
      paramLabel = "FILE",
      description =
          "Statements, each with a semicolon at the end of a line, `-- weight: 3` on a line before"
              + " one (default: what pg_stat_statements has measured).")
  private @Nullable Path workload;

  @Option(
      names = "--replica",
      paramLabel = "URL",
      description = "A replica, which may use indexes that the primary does not; once for each.")
  private List<String> replicas = List.of();

  @Option(
      names = "--watch",
      paramLabel = "TIME",
      defaultValue = "5s",
      description =
          "How long to watch what sessions execute, at most 10m, for the values that"
              + " pg_stat_statements does not keep (default: ${DEFAULT-VALUE}; ends earlier when"
              + " they are known; 0 looks once).")
  private String watch = "";

  @Option(
      names = "--apply",
      description =
          "Afterwards ask for each recommendation whether to carry it out: y, n or q to stop.")
  private boolean apply;

  @Option(names = "--limit", defaultValue = "20", description = "Recommendations to print.")
  private int limit;

  @Override
  public Integer call() throws StartException, InterruptedException {
    if (apply && json) {
      throw new StartException("--apply asks and --json does not; name one of them.");
    }
    if (limit < 1) {
      throw new StartException("--limit is `" + limit + "`; write how many to print, 1 or more.");
    }
    DatabaseConnection database = database(DatabaseConnection.nameIn(url), url);
    PrintWriter errors = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    try (var place = TwinPlace.in(Path.of(System.getProperty("java.io.tmpdir")))) {
      var advisor =
          new Advisor(database, replicas(), place.twins(), watch(), line -> progress(errors, line));
      Advisor.Answer answer = advisor.advise(Optional.ofNullable(workload), bytes());
      var text = new AdviceText(database, answer, limit);
      (json ? List.of(text.json()) : text.lines()).forEach(out::println);
      out.flush();
      boolean typed = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
      return apply
          ? new AdviceApply(database, answer, limit, out, errors).run(System.in, typed)
          : 0;
    } catch (DatabaseConnection.Refused | WorkloadReader.Rejected | Unavailable e) {
      throw new StartException(AdviceText.visible(String.valueOf(e.getMessage())), e);
    }
  }

  private void progress(PrintWriter errors, String line) {
    if (!json) {
      errors.println("hone: " + line + " …");
      errors.flush();
    }
  }

  private List<DatabaseConnection> replicas() throws StartException {
    var all = new ArrayList<DatabaseConnection>();
    for (String replica : replicas) {
      all.add(database("replica " + (all.size() + 1), replica));
    }
    return all;
  }

  private static DatabaseConnection database(String name, String address) throws StartException {
    try {
      return DatabaseConnection.of(name, address).orPassword(System.getenv("PGPASSWORD"));
    } catch (DatabaseConnection.Refused e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private Watch watch() throws StartException {
    try {
      long millis = watch.equals("0") ? 0 : Durations.millis(watch);
      if (millis <= LONGEST_WATCH.toMillis()) {
        return Watch.lasting(Duration.ofMillis(millis));
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new StartException(
        "--watch is `" + watch + "`; write a time up to 10m like 500ms, 5s or 2m, or 0.");
  }

  private long bytes() throws StartException {
    if (budget == null) {
      return Long.MAX_VALUE;
    }
    Matcher size = SIZE.matcher(budget.strip());
    if (!size.matches()) {
      throw new StartException("--budget is `" + budget + "`; write a size like 500MB or 2GB.");
    }
    String unit = size.group(2) == null ? "B" : size.group(2);
    double step = unit.contains("i") ? 1024 : 1000;
    int power = "BKMGT".indexOf(Character.toUpperCase(unit.charAt(0)));
    return (long) (Double.parseDouble(size.group(1)) * Math.pow(step, power));
  }
}

package dev.hone.server;

import dev.hone.loop.Audit;
import dev.hone.loop.Json;
import dev.hone.loop.RecordCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hone audit}: who did what, from the journal; works without a running Hone. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Who did what and when, newest last; works without a running Hone.")
final class AuditCommand implements Callable<Integer> {
  private static final int BROKEN = 1;
  private static final int MOST = 100_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private StoreOptions hone = new StoreOptions();

  @Option(names = "--loop", paramLabel = "LOOP", description = "Only lines of this loop.")
  private String loop = "";

  @Option(names = "--by", paramLabel = "NAME", description = "Only lines of this actor.")
  private String by = "";

  @Option(names = "--kind", paramLabel = "KIND", description = "Only this, like Approved.")
  private String kind = "";

  @Option(names = "--text", paramLabel = "TEXT", description = "Only lines that contain this.")
  private String text = "";

  @Option(names = "--from", paramLabel = "TIME", description = "Not before this time.")
  private String from = "";

  @Option(names = "--to", paramLabel = "TIME", description = "Before this time.")
  private String to = "";

  @Option(
      names = "--limit",
      defaultValue = "100",
      paramLabel = "N",
      description = "The newest N (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Override
  public Integer call() throws StartException {
    if (limit < 1 || limit > MOST) {
      throw new StartException("--limit is " + limit + "; use a number from 1 to " + MOST);
    }
    var filter =
        new Audit.Filter(
            loop,
            by,
            kind,
            text,
            moment("--from", from, Instant.MIN),
            moment("--to", to, Instant.MAX));
    Path file = JournalReader.file(hone.data());
    try {
      List<Audit.Line> lines = new Audit(file).find(filter, Long.MAX_VALUE, limit);
      for (Audit.Line line : lines.reversed()) {
        print(
            json
                ? Json.write(RecordCodec.toTree(line))
                : String.format(
                    "%6d  %s  %-16s %-14s %s%s",
                    line.sequence(),
                    line.at(),
                    line.kind(),
                    line.by(),
                    line.loop().isEmpty() ? "" : line.loop() + "  ",
                    line.text()));
      }
      return 0;
    } catch (IOException e) {
      throw new StartException("journal `" + file + "` cannot be read: " + e.getMessage(), e);
    }
  }

  private static Instant moment(String option, String text, Instant absent) throws StartException {
    try {
      return text.isEmpty() ? absent : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new StartException(
          option + " is `" + text + "`; write it like 2026-11-21T14:00:00Z", e);
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description =
          "Check the hash of every line and print the newest; exit code 1 when one does not fit.")
  int verify() throws StartException {
    Path file = JournalReader.file(hone.data());
    try {
      Audit.Check check = new Audit(file).check();
      if (check.problem().isPresent()) {
        spec.commandLine().getErr().println("hone: " + check.problem().get());
        return BROKEN;
      }
      print(check.entries() + " lines, the chain is whole; newest hash:");
      print(check.hash());
      return 0;
    } catch (IOException e) {
      throw new StartException("journal `" + file + "` cannot be read: " + e.getMessage(), e);
    }
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}

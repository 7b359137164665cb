package dev.hone.server;

import dev.hone.layer.database.Advisor;
import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.IndexBuilder;
import dev.hone.layer.database.StatementRunner;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.loop.KnobException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Carries out advice, one recommendation after the other, when a person says yes to it. */
final class AdviceApply {
  private final DatabaseConnection database;
  private final Advisor.Answer answer;
  private final int limit;
  private final PrintWriter out;
  private final PrintWriter errors;

  /**
   * Carries out advice.
   *
   * @param limit how many recommendations were printed; what nobody has read is not asked for
   */
  AdviceApply(
      DatabaseConnection database,
      Advisor.Answer answer,
      int limit,
      PrintWriter out,
      PrintWriter errors) {
    this.database = database;
    this.answer = answer;
    this.limit = limit;
    this.out = out;
    this.errors = errors;
  }

  /** Asks on standard input; anything but {@code y} or {@code yes} is no. */
  int run() throws InterruptedException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    boolean typed = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    int failed = 0;
    var runner = new StatementRunner(database);
    try (var builder = new IndexBuilder(database)) {
      List<Advice.Recommended> all = answer.advice().recommendations();
      for (Advice.Recommended each : all.subList(0, Math.min(limit, all.size()))) {
        if (each.kind().changesText()) {
          out.println(
              "`"
                  + AdviceText.visible(each.title())
                  + "` is a change of the application; nothing is run for it.");
          continue;
        }
        out.print("Run `" + AdviceText.visible(each.ddl()) + ";`? [y/N] ");
        out.flush();
        String said = input.readLine();
        if (said == null) {
          out.println();
          errors.println("hone: no answer; nothing more is carried out");
          break;
        }
        if (!typed) {
          out.println();
        }
        if (!said.strip().matches("(?i)y|yes")) {
          out.println("Not run.");
          continue;
        }
        try {
          if (each.kind().changesIndex()) {
            new BuildProgress(builder, each, errors).carryOut();
          } else {
            runner.carryOut(each);
          }
          out.println("Done. Undo: " + AdviceText.visible(each.undo()) + ";");
        } catch (KnobException | DatabaseConnection.Refused e) {
          failed++;
          errors.println("hone: " + AdviceText.visible(String.valueOf(e.getMessage())));
        }
      }
    } catch (IOException e) {
      errors.println("hone: standard input cannot be read: " + e.getMessage());
      failed++;
    }
    return failed == 0 ? 0 : 1;
  }
}

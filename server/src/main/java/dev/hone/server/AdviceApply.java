package dev.hone.server;

import dev.hone.layer.database.Advisor;
import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.IndexBuilder;
import dev.hone.layer.database.StatementRunner;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.loop.KnobException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
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

  /**
   * Asks for each recommendation in turn: {@code y} or {@code yes} carries it out, {@code q} ends
   * the questions, anything else is no. An index that the role cannot make or drop is not asked
   * for.
   *
   * @param answers where a person writes
   * @param typed whether that is a terminal, which shows what is written
   * @return 1 when something was refused or failed
   */
  int run(InputStream answers, boolean typed) throws InterruptedException {
    var input = new BufferedReader(new InputStreamReader(answers, StandardCharsets.UTF_8));
    int failed = 0;
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
        try {
          if (each.kind().changesIndex()) {
            Optional<String> refusal = builder.refusal(each);
            if (refusal.isPresent()) {
              failed++;
              tell("`" + each.ddl() + ";` is not asked for: " + refusal.get() + ".");
              continue;
            }
          }
          out.printf(
              Locale.ROOT,
              "%d of %d, %s%nRun `%s;`? [y/N/q] ",
              all.indexOf(each) + 1,
              all.size(),
              AdviceText.visible(each.title()),
              AdviceText.visible(each.ddl()));
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
          if (said.strip().matches("(?i)q|quit")) {
            out.println("Nothing more is run.");
            break;
          }
          if (!said.strip().matches("(?i)y|yes")) {
            out.println("Not run.");
            continue;
          }
          carryOut(builder, each);
          out.println("Done. Undo: " + AdviceText.visible(each.undo()) + ";");
        } catch (KnobException | DatabaseConnection.Refused e) {
          failed++;
          tell(String.valueOf(e.getMessage()));
        }
      }
    } catch (IOException e) {
      errors.println("hone: standard input cannot be read: " + e.getMessage());
      failed++;
    }
    return failed == 0 ? 0 : 1;
  }

  private void carryOut(IndexBuilder builder, Advice.Recommended recommended)
      throws KnobException, DatabaseConnection.Refused, InterruptedException {
    if (recommended.kind().changesIndex()) {
      new BuildProgress(builder, recommended, errors).carryOut();
    } else {
      new StatementRunner(database).carryOut(recommended);
    }
  }

  private void tell(String sentence) {
    out.flush();
    errors.println("hone: " + AdviceText.visible(sentence));
    errors.flush();
  }
}

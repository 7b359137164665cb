package dev.hone.server;

import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code hone} and what goes for all its subcommands. */
@Command(
    name = "hone",
    mixinStandardHelpOptions = true,
    version = "hone 0.1.0",
    description = "Makes running web systems faster and cheaper, with proof and undo.",
    subcommands = {ServeCommand.class, LoopsCommand.class, CommandLine.HelpCommand.class})
public final class HoneCommand {
  @Option(
      names = "--debug",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Print stack traces.")
  private boolean debug;

  /** Libraries log through java.util.logging; only what needs attention is shown. */
  private static final Logger LIBRARIES = Logger.getLogger("");

  /** The command line with all subcommands of the server. */
  public static CommandLine commandLine() {
    LIBRARIES.setLevel(Level.WARNING);
    var command = new HoneCommand();
    var line = new CommandLine(command);
    line.setExecutionExceptionHandler(
        (problem, failed, parsed) -> {
          if (command.debug) {
            problem.printStackTrace(failed.getErr());
          } else {
            failed.getErr().println("hone: " + problem.getMessage());
          }
          return problem instanceof StartException ? 2 : 1;
        });
    line.setErr(new PrintWriter(System.err, true, java.nio.charset.StandardCharsets.UTF_8));
    return line;
  }
}

package dev.hone.server;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code hone} and what goes for all its subcommands. */
@Command(
    name = "hone",
    mixinStandardHelpOptions = true,
    version = "hone 0.1.0",
    description = "Makes running web systems faster and cheaper, with proof and undo.",
    subcommands = {
      ServeCommand.class,
      QueryCommand.class,
      ImportCommand.class,
      SnapshotCommand.class,
      RestoreCommand.class,
      AdviseCommand.class,
      LoopsCommand.class,
      PolicyCommand.class,
      AuditCommand.class,
      TokenCommand.class,
      TrainCommand.class,
      CommandLine.HelpCommand.class
    })
public final class HoneCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--debug",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Print stack traces.")
  private boolean debug;

  /** Libraries log through java.util.logging; only what needs attention is shown. */
  private static final Logger LIBRARIES = Logger.getLogger("");

  /** Without a subcommand: what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return 0;
  }

  /** One sentence on what is wrong with the arguments, and what was perhaps meant. */
  private static int explain(CommandLine.ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    String meant = "";
    if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
      var known = new ArrayList<>(command.getCommandSpec().optionsMap().keySet());
      known.addAll(command.getSubcommands().keySet());
      meant =
          Spelling.nearest(unmatched.getUnmatched().getFirst(), known)
              .map(name -> "; did you mean `" + name + "`?")
              .orElse("");
    }
    command
        .getErr()
        .println(
            "hone: "
                + problem.getMessage()
                + meant
                + " (`"
                + command.getCommandSpec().qualifiedName()
                + " --help` tells what there is)");
    return 2;
  }

  /**
   * Tells that a JVM has ended, which the JVM layer notices itself. A logger of the JDK's own
   * modules takes no level from its parents here, so it is this very one.
   */
  private static final Logger JMX = Logger.getLogger("javax.management.remote.misc");

  /** The command line with all subcommands of the server. */
  public static CommandLine commandLine() {
    LIBRARIES.setLevel(Level.WARNING);
    JMX.setLevel(Level.SEVERE);
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
    line.setParameterExceptionHandler(HoneCommand::explain);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setErr(new PrintWriter(System.err, true, java.nio.charset.StandardCharsets.UTF_8));
    return line;
  }
}

package dev.hone.server;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone token}: who may decide, under which name. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description =
        "Named tokens: what is done with one is recorded under its name. A running Hone notices"
            + " changes at once.")
final class TokenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private StoreOptions hone = new StoreOptions();

  /** Without a subcommand: the list. */
  @Override
  public Integer call() throws StartException {
    return list();
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Make a token; its secret is printed once.")
  int add(
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--role",
              required = true,
              paramLabel = "ROLE",
              description = "reader, announcer, approver or admin.")
          Role role)
      throws StartException {
    DataDirectory.prepare(hone.data());
    var out = spec.commandLine().getOut();
    out.println(
        NamedTokens.in(hone.data())
            .add(name, role, Clock.systemUTC().instant(), new SecureRandom()));
    out.flush();
    spec.commandLine()
        .getErr()
        .println(
            "This is shown once. On the command line set HONE_TOKEN to it; in the page use it to"
                + " sign in.");
    return 0;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Names, roles and age of the tokens; never the secrets.")
  int list() throws StartException {
    var out = spec.commandLine().getOut();
    out.printf("%-24s %-9s %s%n", "owner", "admin", "the file `token`; `hone loops token`");
    for (NamedTokens.Named token : NamedTokens.in(hone.data()).list()) {
      out.printf("%-24s %-9s since %s%n", token.name(), token.role().word(), token.created());
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Take a token back; it is refused from now on.")
  int remove(@Parameters(paramLabel = "NAME") String name) throws StartException {
    if (!NamedTokens.in(hone.data()).remove(name)) {
      throw new StartException(
          "there is no token `" + name + "`; `hone token list` names those there are");
    }
    return 0;
  }
}

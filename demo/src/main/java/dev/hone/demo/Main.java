package dev.hone.demo;

import dev.hone.server.HoneCommand;

/** Entry of {@code hone}: the server's commands and the demo. */
public final class Main {
  private Main() {}

  /** Runs one command and ends with its exit code. */
  public static void main(String[] arguments) {
    System.exit(HoneCommand.commandLine().addSubcommand(new DemoCommand()).execute(arguments));
  }
}

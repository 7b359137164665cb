package dev.hone.layer.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What people call a process: its command, or for a Java program its jar or main class. */
final class ProcessName {
  private static final int LONGEST = 40;
  private static final Set<String> OPTIONS_WITH_VALUE =
      Set.of(
          "-cp",
          "-classpath",
          "--class-path",
          "-p",
          "--module-path",
          "--upgrade-module-path",
          "--add-modules",
          "--add-exports",
          "--add-opens",
          "--add-reads",
          "--enable-native-access",
          "--source");

  private ProcessName() {}

  /** The name of the process whose directory below /proc this is; {@code ?} when it is gone. */
  static String of(Path directory) {
    try {
      String command = Files.readString(directory.resolve("comm")).strip();
      if (command.equals("java")) {
        String line =
            new String(Files.readAllBytes(directory.resolve("cmdline")), StandardCharsets.UTF_8);
        command = ofJava(List.of(line.split("\0")));
      }
      return tidy(command);
    } catch (IOException e) {
      return "?";
    }
  }

  /** The name of a Java program with these arguments, the first of which is the JVM. */
  static String ofJava(List<String> arguments) {
    for (int i = 1; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("-jar") || argument.equals("-m") || argument.equals("--module")) {
        return i + 1 < arguments.size() ? lastPart(arguments.get(i + 1)) : "java";
      }
      if (OPTIONS_WITH_VALUE.contains(argument)) {
        i++;
      } else if (!argument.startsWith("-") && !argument.startsWith("@")) {
        return lastPart(argument);
      }
    }
    return "java";
  }

  private static String lastPart(String program) {
    String file = program.substring(program.lastIndexOf('/') + 1);
    return file.endsWith(".jar") || file.endsWith(".java")
        ? file.substring(0, file.lastIndexOf('.'))
        : file.substring(file.lastIndexOf('.') + 1);
  }

  /** Short, and without characters that need quoting in a query or a shell. */
  private static String tidy(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._+-]", "_");
    return safe.isEmpty() ? "?" : safe.substring(0, Math.min(LONGEST, safe.length()));
  }
}

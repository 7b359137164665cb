package dev.hone.bench.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** {@code hone advise}, which reads as a user without any right to write. */
final class HoneAdvisor {
  static final String TITLE = "hone";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path launcher;

  HoneAdvisor(Path launcher) {
    this.launcher = launcher;
  }

  /** Asks for indexes of at most so many bytes; no bound when empty. */
  Advice advise(ScratchServer server, String database, Workload workload, OptionalLong budget)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("hone-bench-workload-", ".sql");
    try {
      Files.writeString(file, workload.text());
      String address = server.address(ScratchServer.READER, database);
      var command =
          new ArrayList<>(
              List.of(
                  launcher.toString(), "advise", address, "--json", "--workload", file.toString()));
      if (budget.isPresent()) {
        command.addAll(List.of("--budget", Long.toString(budget.getAsLong())));
      }
      Program.Answer answer = Program.run(command, Map.of(), "");
      String setting = budget.isPresent() ? budget.getAsLong() / 1000 + " kB" : "no budget";
      return new Advice(TITLE, setting, indexes(answer.text()), answer.seconds());
    } finally {
      Files.delete(file);
    }
  }

  /** The indexes that it would create. */
  static List<IndexDefinition> indexes(String answer) throws IOException {
    var indexes = new ArrayList<IndexDefinition>();
    for (JsonNode recommendation : JSON.readTree(answer).path("recommendations")) {
      if (recommendation.path("kind").asText().equals("create-index")) {
        indexes.add(IndexDefinition.of(recommendation.path("ddl").asText()));
      }
    }
    return indexes;
  }
}

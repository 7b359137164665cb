package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.promql.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page explains the language that the engine speaks. */
class CompletionWordsTest {
  private static final Path WORDS =
      Path.of("src/main/resources/dev/hone/server/pages/explore/promql.js");
  private static final Pattern EXPLAINED =
      Pattern.compile("^  (\\w+): '[^\\n]{4,}',$", Pattern.MULTILINE);

  @Test
  void everyFunctionHasALineOfExplanationAndNoOtherHas() throws IOException {
    String file = Files.readString(WORDS);
    String functions = file.substring(file.indexOf("FUNCTIONS ="), file.indexOf("AGGREGATIONS ="));
    List<String> explained =
        EXPLAINED.matcher(functions).results().map(match -> match.group(1)).toList();
    assertThat(explained).containsExactlyInAnyOrderElementsOf(Function.names());
  }
}

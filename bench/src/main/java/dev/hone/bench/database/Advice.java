package dev.hone.bench.database;

import java.util.Collection;
import java.util.List;

/**
 * What an advisor asked for.
 *
 * @param advisor its name and version
 * @param setting what it was told beside the statements, for example its budget
 * @param indexes without order and each once
 * @param seconds how long it took
 */
record Advice(String advisor, String setting, List<IndexDefinition> indexes, double seconds) {
  Advice {
    indexes = indexes.stream().distinct().sorted().toList();
  }

  Advice(String advisor, String setting, Collection<IndexDefinition> indexes, double seconds) {
    this(advisor, setting, List.copyOf(indexes), seconds);
  }
}

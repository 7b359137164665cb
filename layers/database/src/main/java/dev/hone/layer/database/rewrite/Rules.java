package dev.hone.layer.database.rewrite;

import java.util.List;
import java.util.stream.Stream;

/** All ways to write a statement anew, those that usually gain most first. */
final class Rules {
  static final List<Rule> ALL =
      Stream.of(
              AggregateRules.all(),
              SubqueryRules.all(),
              JoinRules.all(),
              DuplicateRules.all(),
              TimeRules.all(),
              ConditionRules.all())
          .flatMap(List::stream)
          .toList();

  private Rules() {}
}

package dev.hone.layer.database;

import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import dev.hone.layer.database.twin.Unavailable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Answers what a statement would cost if an index existed, without building it. */
interface WhatIf {
  /**
   * Tests each candidate by itself.
   *
   * @throws Unavailable when this cannot be told here; the message says why and what would help
   */
  Answer ask(Question question) throws Unavailable, InterruptedException;

  /**
   * What is asked.
   *
   * @param plan the plan the user's server has for it now
   * @param candidates the indexes to test
   */
  record Question(RoleStatement statement, PlanNode plan, List<IndexSpec> candidates) {}

  /**
   * The planner's costs.
   *
   * @param by what answered, for people
   * @param plan without any candidate
   * @param trials one for each candidate
   */
  record Answer(String by, PlanNode plan, List<Trial> trials) {
    /**
     * The cheapest candidate whose index is used and that saves at least the share {@code least} of
     * the cost. A second column must save another tenth to be worth its bytes.
     */
    Optional<Trial> best(double least) {
      return trials.stream()
          .filter(trial -> trial.used() && trial.plan().cost() <= (1 - least) * plan.cost())
          .min(
              Comparator.comparingDouble(
                  trial ->
                      trial.plan().cost() * (1 + 0.1 * (trial.candidate().keys().size() - 1))));
    }
  }

  /**
   * What one candidate does.
   *
   * @param plan with the candidate
   * @param used whether that plan reads the candidate
   * @param bytes the size it would have
   */
  record Trial(IndexSpec candidate, PlanNode plan, boolean used, long bytes) {}
}

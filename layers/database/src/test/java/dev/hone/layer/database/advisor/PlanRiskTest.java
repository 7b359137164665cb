package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.layer.database.twin.PlanNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanRiskTest {
  private static String scan(double cost, String filter) {
    return """
        {"Node Type": "Index Scan", "Relation Name": "events", "Schema": "public",
         "Index Name": "events_at", "Filter": "%s", "Total Cost": %s, "Plan Rows": 4000,
         "Parent Relationship": "Outer"}\
        """
        .formatted(filter, cost);
  }

  private static PlanNode plan(double cost, String below) {
    return PlanNode.parse(
        """
        [{"Plan": {"Node Type": "Limit", "Total Cost": %s, "Plan Rows": 20, "Plans": [%s]}}]
        """
            .formatted(cost, below));
  }

  private static double risk(PlanNode plan) {
    return PlanRisk.earlyStop(plan);
  }

  @Test
  void whatStopsAtTheFirstRowsThatPassAFilterMayHaveToReadMore() {
    for (String filter : List.of("(kind <> 'k3'::text)", "(tenant = $1)", "(a = ANY ($1))")) {
      assertThat(risk(plan(95, scan(18_955, filter)))).as(filter).isCloseTo(855, within(1e-9));
    }
    assertThat(risk(plan(95, scan(500, "(kind <> 'k3'::text)")))).isCloseTo(405, within(1e-9));
  }

  @Test
  void whatIsLookedForIsNotKnownSoThatAllMayBeRead() {
    String guessed = scan(18_955, "(payload @> $1)");
    assertThat(risk(plan(95, guessed))).isCloseTo(18_955 - 95, within(1e-9));
    String bounded = guessed.replace("{", "{\"Index Cond\": \"(tenant = $2)\", ");
    assertThat(risk(plan(95, bounded))).isCloseTo(855, within(1e-9));
  }

  @Test
  void whatPassesNoFilterOrIsGatheredFirstReadsWhatThePlannerThinks() {
    assertThat(risk(plan(95, scan(18_955, "")))).isZero();
    String sorted =
        "{\"Node Type\": \"Sort\", \"Total Cost\": 19000, \"Parent Relationship\": \"Outer\","
            + " \"Plans\": ["
            + scan(18_955, "(payload @> $1)")
            + "]}";
    assertThat(risk(plan(18_990, sorted))).isZero();
  }

  @Test
  void aLoopOverWholeScansMayGoThroughThemMoreOftenThanIsThought() {
    String loop =
        """
        [{"Plan": {"Node Type": "Nested Loop", "Total Cost": 500, "Plans": [
          {"Node Type": "Index Scan", "Relation Name": "a", "Plan Rows": 4, "Total Cost": 8,
           "Parent Relationship": "Outer"},
          {"Node Type": "%s", "Relation Name": "b", "Total Cost": 100,
           "Parent Relationship": "Inner"}]}}]
        """;
    assertThat(PlanRisk.cautiousCost(PlanNode.parse(loop.formatted("Seq Scan"))))
        .isCloseTo(500 + 96 * 100, within(1e-9));
    assertThat(PlanRisk.cautiousCost(PlanNode.parse(loop.formatted("Index Scan")))).isEqualTo(500);
  }
}

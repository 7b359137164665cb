package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlanNodeTest {
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
    return plan.earlyStopRisk();
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
}

package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CandidatesTest {
  private static List<List<String>> of(String filter, String sortKey) {
    String json =
        """
        [{"Plan": {"Node Type": "Sort", "Total Cost": 9, "Sort Key": ["%s"], "Plans": [
          {"Node Type": "Seq Scan", "Schema": "public", "Relation Name": "orders", "Alias": "o",
           "Filter": "%s", "Total Cost": 8}]}}]
        """
            .formatted(sortKey, filter.replace("\"", "\\\""));
    return Candidates.of(PlanNode.parse(json)).stream()
        .map(Candidate::columns)
        .collect(Collectors.toList());
  }

  @Test
  void equalityComesBeforeRangeAndSortOrder() {
    assertThat(of("((o.customer_id = $1) AND (o.created_at >= $2))", "o.id DESC"))
        .containsExactly(
            List.of("customer_id"),
            List.of("created_at"),
            List.of("customer_id", "created_at"),
            List.of("customer_id", "id"));
  }

  @Test
  void castsAndQuotedNamesAreUnderstood() {
    assertThat(of("((o.status)::text = 'open'::text)", "o.id").getFirst())
        .isEqualTo(List.of("status"));
    assertThat(of("(o.\"Customer\" = $1)", "o.id").getFirst()).isEqualTo(List.of("Customer"));
    assertThat(of("($1 = o.customer_id)", "o.id").getFirst()).isEqualTo(List.of("customer_id"));
  }

  @Test
  void aConditionWithOrGivesNothingButTheSortOrder() {
    assertThat(of("((o.a = $1) OR (o.b = $2))", "o.id")).containsExactly(List.of("id"));
  }

  @Test
  void aLongNameIsCutWithAHash() {
    var candidate = new Candidate("public", "t".repeat(60), List.of("column"));
    assertThat(candidate.name()).hasSizeLessThanOrEqualTo(63).startsWith("hone_ttt");
    assertThat(candidate.name())
        .isNotEqualTo(new Candidate("public", "t".repeat(60), List.of("other")).name());
  }
}

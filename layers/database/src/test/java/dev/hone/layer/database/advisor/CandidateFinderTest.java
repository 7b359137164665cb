package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.twin.IndexSpec;
import dev.hone.layer.database.twin.PlanNode;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CandidateFinderTest {
  private static List<List<String>> of(String filter, String sortKey) {
    String json =
        """
        [{"Plan": {"Node Type": "Sort", "Total Cost": 9, "Sort Key": ["%s"], "Plans": [
          {"Node Type": "Seq Scan", "Schema": "public", "Relation Name": "orders", "Alias": "o",
           "Filter": "%s", "Total Cost": 8}]}}]
        """
            .formatted(sortKey, filter.replace("\"", "\\\""));
    return CandidateFinder.plain(PlanNode.parse(json)).stream()
        .map(IndexSpec::columns)
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
  void eachSideOfAnOrGetsAnIndexOfItsOwn() {
    assertThat(of("((o.a = $1) OR (o.b = $2))", "o.id"))
        .containsExactly(List.of("a"), List.of("b"), List.of("id"));
  }

  @Test
  void aLongNameIsCutWithAHash() {
    var candidate = IndexSpec.of("public", "t".repeat(60), List.of("column"));
    assertThat(candidate.name()).hasSizeLessThanOrEqualTo(63).startsWith("hone_ttt");
    assertThat(candidate.name())
        .isNotEqualTo(IndexSpec.of("public", "t".repeat(60), List.of("other")).name());
  }
}

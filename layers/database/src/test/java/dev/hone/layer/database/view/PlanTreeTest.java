package dev.hone.layer.database.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlanTreeTest {
  @Test
  void aShapeIsATreeAgain() {
    PlanTree plan =
        PlanTree.ofShape(
            "Sort > Hash Join > (Seq Scan on orders, Hash > Index Scan using by id on item)");
    assertThat(plan.type()).isEqualTo("Sort");
    PlanTree join = plan.children().getFirst();
    assertThat(join.children()).hasSize(2);
    assertThat(join.children().getFirst().relation()).isEqualTo("orders");
    PlanTree scan = join.children().getLast().children().getFirst();
    assertThat(scan.type()).isEqualTo("Index Scan");
    assertThat(scan.index()).isEqualTo("by id");
    assertThat(scan.relation()).isEqualTo("item");
    assertThat(scan.cost()).isNaN();
  }

  @Test
  void nestedBranchesStayApart() {
    PlanTree plan = PlanTree.ofShape("Append > (A > (B, C), D)");
    assertThat(plan.children()).extracting(PlanTree::type).containsExactly("A", "D");
    assertThat(plan.children().getFirst().children())
        .extracting(PlanTree::type)
        .containsExactly("B", "C");
  }

  @Test
  void whatIsNoShapeIsStillShown() {
    assertThat(PlanTree.ofShape("Result").type()).isEqualTo("Result");
    assertThat(PlanTree.ofShape("").children()).isEmpty();
  }
}

package dev.hone.bench.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FaultSchemaTest {
  private static final String TEXT =
      """
      === base
      CREATE TABLE t (id int);
      === load
      -- times 3
      SELECT 1 FROM t WHERE id = {9};
      === fault slow: create-index t; hint *
      DROP INDEX i;
      -- times 2
      SELECT 2;
      """;

  @Test
  void aFileIsRead() {
    FaultSchema schema = FaultSchema.parse("small", TEXT);
    assertThat(schema.base()).containsExactly("CREATE TABLE t (id int)");
    assertThat(schema.load())
        .containsExactly(new FaultSchema.Call("SELECT 1 FROM t WHERE id = {9}", 3));
    FaultSchema.Fault fault = schema.faults().getFirst();
    assertThat(fault.planting()).containsExactly("DROP INDEX i");
    assertThat(fault.calls()).containsExactly(new FaultSchema.Call("SELECT 2", 2));
    assertThat(fault.expected().getFirst().matches("create-index", "t")).isTrue();
    assertThat(fault.expected().getFirst().matches("create-index", "u")).isFalse();
    assertThat(fault.expected().get(1).matches("hint", "u")).isTrue();
  }

  @Test
  void numbersAreDrawnWithinTheirBounds() {
    var call = new FaultSchema.Call("SELECT {9}", 1);
    var random = new SplittableRandom(1);
    for (int i = 0; i < 100; i++) {
      assertThat(call.drawn(random)).matches("SELECT [1-9]");
    }
  }

  @Test
  void aMistakeIsTold() {
    assertThatThrownBy(() -> FaultSchema.parse("x", "=== base\nCREATE TABLE t ()\n"))
        .hasMessageContaining("does not end with a semicolon");
    assertThatThrownBy(() -> FaultSchema.parse("x", "=== fault two words: hint t\n"))
        .hasMessageContaining("is no base, no load and no fault");
  }

  @Test
  void thereAreTwentyFaultsInEachSchema() throws Exception {
    for (String name : List.of("shop", "ledger", "events")) {
      FaultSchema schema = FaultSchema.read(name);
      assertThat(schema.faults()).as(name).hasSize(20);
      assertThat(schema.faults()).extracting(FaultSchema.Fault::name).doesNotHaveDuplicates();
      assertThat(schema.load()).isNotEmpty();
    }
  }
}

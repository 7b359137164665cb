package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private static List<String> read(String condition) {
    return Conditions.of(condition).stream()
        .map(
            c ->
                (c.function().isEmpty() ? "" : c.function() + ":")
                    + c.alias()
                    + "."
                    + c.column()
                    + c.operator()
                    + c.literal()
                    + (c.alternative() ? "?" : ""))
        .toList();
  }

  @Test
  void partsThatMustAllHoldAreReadOneByOne() {
    assertThat(read("((o.a = 5) AND ((o.b)::text = 'x AND y'::text) AND (o.c >= $1))"))
        .containsExactly("o.a=5", "o.b='x AND y'::text", "o.c>=");
  }

  @Test
  void alternativesAreMarked() {
    assertThat(read("((o.a = 5) AND ((o.b = 1) OR (o.c = 2)))"))
        .containsExactly("o.a=5", "o.b=1?", "o.c=2?");
  }

  @Test
  void aFlagIsAnEquality() {
    assertThat(read("o.paid")).containsExactly("o.paid=true");
    assertThat(read("((NOT o.paid) AND (o.a = 1))")).containsExactly("o.paid=false", "o.a=1");
  }

  @Test
  void bothSidesOfAJoinAndFunctionsAreRead() {
    assertThat(read("(o.customer_id = c.id)")).containsExactly("o.customer_id=", "c.id=");
    assertThat(read("(lower(c.email) = 'x'::text)")).containsExactly("lower:c.email=");
    assertThat(read("(c.deleted IS NULL)")).containsExactly("c.deletedIS NULL");
    assertThat(read("(c.name ~~ 'a%'::text)")).containsExactly("c.name~~'a%'::text");
  }
}

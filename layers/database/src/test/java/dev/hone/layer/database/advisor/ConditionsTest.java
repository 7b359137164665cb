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

  @Test
  void comparedExpressionsAreReadAsAnIndexTakesThem() {
    assertThat(Conditions.computed("((a.details ->> 'code'::text) = $1)"))
        .containsExactly(new Conditions.Computed("a", "(details ->> 'code'::text)", "="));
    assertThat(Conditions.computed("((lower(c.name) = 'x = y'::text) AND (c.a = 4))"))
        .containsExactly(new Conditions.Computed("c", "lower(name)", "="));
    assertThat(Conditions.computed("($1 = (o.a + o.\"B\"))"))
        .containsExactly(new Conditions.Computed("o", "(a + \"B\")", "="));
    assertThat(
            Conditions.computed("(to_tsvector('english'::regconfig, p.body) @@ '''x'''::tsquery)"))
        .containsExactly(
            new Conditions.Computed("p", "to_tsvector('english'::regconfig, body)", "@@"));
  }

  @Test
  void whatStandsInATextIsNoColumn() {
    assertThat(Conditions.computed("(lower(c.email) = 'user7@example.org'::text)"))
        .containsExactly(new Conditions.Computed("c", "lower(email)", "="));
    assertThat(Conditions.computed("((c.d ->> 'c.code'::text) = 'a.b'::text)"))
        .containsExactly(new Conditions.Computed("c", "(d ->> 'c.code'::text)", "="));
    assertThat(Conditions.mentioned("(c.a = 'c.b'::text)", "c")).containsExactly("a");
  }

  @Test
  void plainColumnsJoinsAndAlternativesAreNoExpressions() {
    for (String condition :
        List.of(
            "(o.a = 5)",
            "((o.b)::text = 'x'::text)",
            "(lower(o.a) = lower(c.b))",
            "((lower(o.a) = 'x'::text) OR (o.b = 1))",
            "((o.a + $1) = 5)",
            "(o.a IS NULL)")) {
      assertThat(Conditions.computed(condition)).as(condition).isEmpty();
    }
  }
}

package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IndexCatalogTest {
  private static final String PLAIN =
      "CREATE INDEX CONCURRENTLY hone_x ON app.people USING btree (lower(email))";

  @Test
  void castsBracketsAndQuotesAreSpelling() {
    for (String other :
        new String[] {
          "CREATE INDEX CONCURRENTLY hone_x ON app.people USING btree (lower((email)::text))",
          "CREATE INDEX CONCURRENTLY \"hone_x\" ON \"app\".\"people\" USING btree (lower(email))",
          "CREATE INDEX CONCURRENTLY hone_x ON app.people USING btree"
              + " (lower((email)::character varying(20)))",
          "CREATE INDEX CONCURRENTLY hone_x ON app.people USING btree (lower(email::app.\"My T\"[]))"
        }) {
      assertThat(IndexCatalog.alike(PLAIN, other)).as(other).isTrue();
    }
  }

  @Test
  void columnsMethodsOrdersAndPredicatesAreNot() {
    for (String other :
        new String[] {
          "CREATE INDEX CONCURRENTLY hone_x ON app.people USING btree (email)",
          "CREATE INDEX CONCURRENTLY hone_x ON app.people USING hash (lower(email))",
          "CREATE INDEX CONCURRENTLY hone_x ON app.people USING btree (lower(email) DESC)",
          "CREATE INDEX CONCURRENTLY hone_x ON app.people USING btree (lower(email)) WHERE (id > 1)",
          "CREATE INDEX CONCURRENTLY hone_x ON app.people USING btree (lower(\"e mail\"))",
          "CREATE INDEX CONCURRENTLY hone_x ON app.\"people \" USING btree (lower(email))",
          "CREATE INDEX CONCURRENTLY hone_x ON other.people USING btree (lower(email))"
        }) {
      assertThat(IndexCatalog.alike(PLAIN, other)).as(other).isFalse();
    }
  }
}

package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.advisor.DropRules;
import dev.hone.layer.database.advisor.ExistingIndexReader;
import java.sql.Connection;
import java.util.Map;
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

  private static String rests(String name) throws Exception {
    try (Connection connection = LiveDatabase.raw()) {
      return new IndexCatalog("public", "seats", name, "", true).restsOnIt(connection);
    }
  }

  @Test
  void uniquenessRestsOnAnIndexUnlessAnotherSeesToTheSame() throws Exception {
    LiveDatabase.execute(
        "CREATE TABLE seats (id int PRIMARY KEY, row int, place int,"
            + " CONSTRAINT seats_late UNIQUE (place) DEFERRABLE)");
    try {
      LiveDatabase.execute("CREATE UNIQUE INDEX seats_id ON seats (id)");
      LiveDatabase.execute("CREATE UNIQUE INDEX seats_place ON seats (place)");
      LiveDatabase.execute("CREATE UNIQUE INDEX seats_row ON seats (row)");
      LiveDatabase.execute("CREATE UNIQUE INDEX seats_rows ON seats (row) NULLS NOT DISTINCT");
      LiveDatabase.execute("CREATE UNIQUE INDEX seats_part ON seats (row) WHERE place > 3");
      assertThat(rests("seats_id")).isEmpty();
      assertThat(rests("seats_pkey")).isEqualTo("a constraint");
      for (String name : new String[] {"seats_place", "seats_row", "seats_rows", "seats_part"}) {
        assertThat(rests(name)).as(name).isEqualTo("uniqueness");
      }
      try (Connection connection = LiveDatabase.raw()) {
        assertThat(
                DropRules.of(
                    ExistingIndexReader.read(connection, 180000, Map.of()),
                    new DropRules.Observation(100, 0, false, false)))
            .filteredOn(drop -> drop.index().table().equals("seats"))
            .singleElement()
            .satisfies(drop -> assertThat(drop.index().name()).isEqualTo("seats_id"));
      }
    } finally {
      LiveDatabase.execute("DROP TABLE seats");
    }
  }
}

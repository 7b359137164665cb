package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class IdentifiersTest {
  /** The server is the oracle: what it reserves must be quoted. */
  @Test
  void everyReservedWordIsQuoted() throws Exception {
    try (Connection connection = LiveDatabase.raw();
        Statement sql = connection.createStatement();
        ResultSet words =
            sql.executeQuery("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")) {
      while (words.next()) {
        String word = words.getString(1);
        assertThat(Identifiers.quoted(word)).isEqualTo("\"" + word + "\"");
      }
    }
  }

  @Test
  void plainNamesStayAndOthersAreQuoted() {
    assertThat(Identifiers.quoted("orders")).isEqualTo("orders");
    assertThat(Identifiers.quoted("Orders")).isEqualTo("\"Orders\"");
    assertThat(Identifiers.quoted("shop", "a\"b")).isEqualTo("shop.\"a\"\"b\"");
  }
}

package dev.hone.layer.database.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.LiveDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The server itself says how it writes arrays. */
class ArrayTextTest {
  @Test
  void whatTheServerWritesIsReadBack() throws Exception {
    List<String> values =
        List.of(
            "a", "", "b c", "d,e", "{f}", "say \"g\"", "back\\slash", "NULL", "null", " h ", "ü😀");
    try (Connection connection = LiveDatabase.raw();
        PreparedStatement query = connection.prepareStatement("SELECT (?::text[])::text")) {
      query.setArray(1, connection.createArrayOf("text", values.toArray()));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        assertThat(ArrayText.elements(row.getString(1))).isEqualTo(values);
      }
    }
  }

  @Test
  void whatIsNoArrayHasNoElements() {
    assertThat(ArrayText.elements(null)).isEmpty();
    assertThat(ArrayText.elements("{}")).isEmpty();
    assertThat(ArrayText.elements("none")).isEmpty();
    assertThat(ArrayText.elements("{1,NULL,3}")).containsExactly("1", "3");
    assertThat(ArrayText.elements("{unfinished,\"")).containsExactly("unfinished");
  }
}

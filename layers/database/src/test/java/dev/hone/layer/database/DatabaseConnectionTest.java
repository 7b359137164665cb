package dev.hone.layer.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class DatabaseConnectionTest {
  @Test
  void bothFormsOfAddressAreUnderstood() throws Exception {
    var expected =
        new DatabaseConnection("shop", "jdbc:postgresql://db.example:6432/shop", "ann", "p@ss");
    assertThat(DatabaseConnection.of("shop", "postgres://ann:p%40ss@db.example:6432/shop"))
        .isEqualTo(expected);
    assertThat(
            DatabaseConnection.of(
                "shop", "jdbc:postgresql://db.example:6432/shop?user=ann&password=p@ss"))
        .isEqualTo(expected);
    assertThat(
            DatabaseConnection.of("shop", "postgresql://ann@db.example/shop?sslmode=require")
                .jdbcUrl())
        .isEqualTo("jdbc:postgresql://db.example/shop?sslmode=require");
  }

  @Test
  void aBadAddressIsRefusedWithTheFormsThatWork() {
    for (String address :
        new String[] {
          "mysql://a:secret@h/d",
          "postgres://a:secret@h",
          "postgres://h/d",
          "postgres://a:se cret@h/d"
        }) {
      assertThatThrownBy(() -> DatabaseConnection.of("shop", address))
          .isInstanceOf(DatabaseConnection.Refused.class)
          .hasMessageContaining("database `shop`")
          .hasMessageContaining("postgres://user:password@host:5432/database")
          .hasMessageNotContaining("secret")
          .hasMessageNotContaining("se cret");
    }
  }

  @Test
  void aPortThatIsNoneIsNamed() {
    assertThatThrownBy(() -> DatabaseConnection.of("shop", "postgres://a:secret@h:0/d"))
        .isInstanceOf(DatabaseConnection.Refused.class)
        .hasMessageContaining("port 0 is none");
    assertThatThrownBy(() -> DatabaseConnection.of("shop", "postgres://a:secret@h:70000/d"))
        .hasMessageContaining("port 70000 is none")
        .hasMessageNotContaining("secret");
  }

  @Test
  void thePasswordIsNotInTheText() throws Exception {
    assertThat(DatabaseConnection.of("shop", "postgres://ann:hush@h/d").toString())
        .doesNotContain("hush");
  }

  @Test
  void anUnreachableServerIsNamed() throws Exception {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    var nowhere =
        new DatabaseConnection("shop", "jdbc:postgresql://127.0.0.1:" + port + "/shop", "a", "b");
    assertThatThrownBy(nowhere::check)
        .isInstanceOf(DatabaseConnection.Refused.class)
        .hasMessageContaining("127.0.0.1:" + port)
        .hasMessageContaining("check host and port");
  }

  @Test
  void anUnknownHostIsNamed() {
    var nowhere =
        new DatabaseConnection("shop", "jdbc:postgresql://db.example:5432/shop", "a", "b");
    var failed = new SQLException("The connection attempt failed.", "08001");
    failed.initCause(new UnknownHostException("db.example"));
    assertThat(nowhere.sentence(failed))
        .contains("db.example")
        .contains("no address is known for that host");
  }

  @Test
  void anUnknownDatabaseAndAWrongRoleAreTold() {
    DatabaseConnection good = LiveDatabase.connection();
    var noDatabase =
        new DatabaseConnection(
            "shop", good.jdbcUrl().replace("/postgres", "/nothing"), "postgres", "");
    assertThatThrownBy(noDatabase::check).hasMessageContaining("does not exist");
    var noRole = new DatabaseConnection("shop", good.jdbcUrl(), "nobody", "");
    assertThatThrownBy(noRole::check)
        .hasMessageContaining("refuses user `nobody`")
        .hasMessageContaining("check user and password");
  }

  @Test
  void aRoleWithoutPgMonitorIsNoticedNotRefused() throws Exception {
    DatabaseConnection good = LiveDatabase.connection();
    assertThat(good.check()).isEmpty();
    LiveDatabase.execute("CREATE ROLE weak LOGIN");
    try {
      var weak = new DatabaseConnection("shop", good.jdbcUrl(), "weak", "");
      assertThat(weak.check()).singleElement().asString().contains("GRANT pg_monitor TO \"weak\"");
    } finally {
      LiveDatabase.execute("DROP ROLE weak");
    }
  }

  @Test
  void passwordsInAnAddressAreNotShown() {
    var target =
        new DatabaseConnection(
            "shop", "jdbc:postgresql://h/db?sslpassword=geheim&ssl=true&x=1", "hone", "secret");
    assertThat(target.address()).isEqualTo("postgresql://h/db?sslpassword=…&ssl=true&x=1");
    assertThat(target.toString()).doesNotContain("geheim").doesNotContain("secret");
    assertThat(target.sentence(new java.sql.SQLException("no", "08001"))).doesNotContain("geheim");
  }

  @Test
  void itIsCalledByItsOwnName() {
    assertThat(DatabaseConnection.nameIn("postgres://hone:a/b@h:5432/shop?ssl=true#x"))
        .isEqualTo("shop");
    assertThat(DatabaseConnection.nameIn("jdbc:postgresql://h/ledger?user=a&password=b/c"))
        .isEqualTo("ledger");
    assertThat(DatabaseConnection.nameIn("postgres://h")).isEqualTo("postgres");
  }

  @Test
  void aPasswordFromElsewhereTakesThePlaceOfNone() throws Exception {
    DatabaseConnection without = DatabaseConnection.of("shop", "postgres://hone@h/shop");
    assertThat(without.orPassword("secret").password()).isEqualTo("secret");
    assertThat(without.orPassword(null).password()).isEmpty();
    assertThat(
            DatabaseConnection.of("shop", "postgres://hone:own@h/shop")
                .orPassword("secret")
                .password())
        .isEqualTo("own");
  }
}

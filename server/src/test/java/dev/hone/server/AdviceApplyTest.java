package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.Advisor;
import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.advisor.Workload;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdviceApplyTest {
  private static final String DDL =
      "CREATE INDEX CONCURRENTLY hone_orders_%s ON shop.orders USING btree (%s)";
  private static final Advice.Recommended SETTING =
      Advice.Recommended.of(
          Advice.Kind.SETTING,
          "Count more values of a column",
          "ALTER TABLE shop.orders ALTER amount SET STATISTICS 500; ANALYZE shop.orders",
          "ALTER TABLE shop.orders ALTER amount SET STATISTICS -1",
          List.of("Its values are many."));

  private static ShopDatabase shop;

  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @BeforeAll
  static void open() throws Exception {
    shop = ShopDatabase.start();
    shop.execute("CREATE ROLE looker LOGIN; GRANT pg_monitor TO looker");
  }

  @AfterAll
  static void close() throws Exception {
    shop.close();
  }

  @BeforeEach
  void dropIndexes() throws Exception {
    shop.execute("DROP INDEX IF EXISTS shop.hone_orders_amount, shop.hone_orders_customer_id");
  }

  private static Advice.Recommended index(String column) {
    return new Advice.Recommended(
        Advice.Kind.CREATE_INDEX,
        "shop",
        "orders",
        "hone_orders_" + column,
        "Index orders (" + column + ")",
        DDL.formatted(column, column),
        "DROP INDEX CONCURRENTLY IF EXISTS shop.hone_orders_" + column,
        1 << 20,
        5,
        0,
        List.of(),
        List.of());
  }

  private int apply(
      DatabaseConnection database, String answers, Advice.Recommended... recommendations)
      throws InterruptedException {
    var advice =
        new Advice(
            new Workload("pg_stat_statements", List.of(), List.of()),
            1,
            5,
            5,
            Long.MAX_VALUE,
            List.of(recommendations),
            List.of());
    var apply =
        new AdviceApply(
            database,
            new Advisor.Answer(advice, 180_006),
            20,
            new PrintWriter(out, true),
            new PrintWriter(errors, true));
    var input = new ByteArrayInputStream(answers.getBytes(StandardCharsets.UTF_8));
    return apply.run(input, false);
  }

  private static String found(String query) throws Exception {
    return shop.ask("SELECT string_agg(x::text, ',' ORDER BY x::text) FROM (" + query + ") q(x)");
  }

  private static String indexes() throws Exception {
    return found(
        "SELECT indexrelid::regclass FROM pg_index WHERE indisvalid AND indexrelid::regclass::text"
            + " LIKE '%hone%'");
  }

  @Test
  void whatIsAgreedToIsDoneAndNothingElse() throws Exception {
    assertThat(
            apply(
                shop.connection(),
                "y\nNo\n yes \n",
                index("amount"),
                index("customer_id"),
                SETTING))
        .isZero();
    assertThat(indexes()).isEqualTo("shop.hone_orders_amount");
    assertThat(
            found(
                "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'shop.orders'::regclass"
                    + " AND attname = 'amount'"))
        .isEqualTo("500");
    assertThat(out.toString())
        .contains("Done. Undo: DROP INDEX CONCURRENTLY IF EXISTS shop.hone_orders_amount;")
        .contains("Not run.");
    assertThat(errors.toString()).isEmpty();
  }

  @Test
  void questionsEndWhenTheyAreToOrInputDoes() throws Exception {
    assertThat(apply(shop.connection(), "q\ny\n", index("amount"), index("customer_id"))).isZero();
    assertThat(out.toString()).contains("Nothing more is run.").doesNotContain("customer_id");
    assertThat(apply(shop.connection(), "", index("amount"), index("customer_id"))).isZero();
    assertThat(errors.toString()).contains("no answer; nothing more is carried out");
    assertThat(indexes()).isNull();
  }

  @Test
  void whatTheRoleCannotDoIsNotAskedFor() throws Exception {
    var looker = new DatabaseConnection("shop", shop.connection().jdbcUrl(), "looker", "");
    assertThat(apply(looker, "y\ny\n", index("amount"), index("customer_id"))).isOne();
    assertThat(out.toString()).doesNotContain("Run `");
    assertThat(errors.toString())
        .contains("hone_orders_amount ON shop.orders")
        .contains("is not asked for: role `looker` does not own `shop.orders`");
    assertThat(indexes()).isNull();
  }

  @Test
  void oneThatFailsDoesNotKeepTheNextFromBeingDone() throws Exception {
    assertThat(apply(shop.connection(), "y\ny\n", index("no_such"), index("amount"))).isOne();
    assertThat(errors.toString()).contains("no_such");
    assertThat(indexes()).isEqualTo("shop.hone_orders_amount");
  }
}

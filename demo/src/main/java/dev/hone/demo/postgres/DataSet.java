package dev.hone.demo.postgres;

import java.util.List;

/**
 * The shop's data as SQL. Every value is a hash of a row's number and the seed ({@code
 * hashint8extended}), so that the same size and seed give the same rows.
 *
 * @param orders rows of the largest table
 * @param seed the seed of all values
 */
public record DataSet(long orders, long seed) {
  /** Orders of the demo. */
  public static final long DEMO_ORDERS = 1_500_000;

  /** How many products, customers and categories there are; their numbers start at 1. */
  public static final int PRODUCTS = 20_000;

  /** See {@link #PRODUCTS}. */
  public static final int CUSTOMERS = 100_000;

  /** See {@link #PRODUCTS}. */
  public static final int CATEGORIES = 24;

  /** Days over which the orders are spread, from {@link #FIRST_DAY} on. */
  public static final int DAYS = 730;

  /** The day of the first order. */
  public static final java.time.LocalDate FIRST_DAY = java.time.LocalDate.of(2024, 11, 1);

  /** Words of which product names consist; a search asks for one of them. */
  public static final List<String> WORDS =
      List.of(
          "amber", "birch", "cedar", "delft", "ember", "fjord", "grove", "hazel", "ivory", "jade",
          "kelp", "linen", "maple", "north", "olive", "pearl", "quartz", "river", "slate", "tidal");

  private static final String INDEX = "create index orders_customer on shop.orders (customer_id)";

  /** Statements that make and fill the catalogue's tables. */
  List<String> catalogue() {
    return List.of(
        """
        create table shop.category (id int primary key, name text not null)""",
        """
        insert into shop.category select i, 'category ' || i from generate_series(1, %d) i"""
            .formatted(CATEGORIES),
        """
        create table shop.product (id int primary key, name text not null,
          category_id int not null references shop.category, price_cents int not null,
          stock int not null) with (fillfactor = 80)""",
        """
        insert into shop.product
          select i, w[1 + %s] || ' ' || w[1 + %s] || ' ' || i, 1 + %s, 100 + %s, 1000000
          from generate_series(1, %d) i, (select '{%s}'::text[] w) words"""
            .formatted(
                hash(1, WORDS.size()),
                hash(2, WORDS.size()),
                hash(3, CATEGORIES),
                hash(4, 20_000),
                PRODUCTS,
                String.join(",", WORDS)),
        "create index product_category on shop.product (category_id, id)",
        "create index product_name on shop.product (name text_pattern_ops)",
        """
        create table shop.customer (id int primary key, name text not null, city text not null)""",
        """
        insert into shop.customer
          select i, 'customer ' || i, 'city ' || %s from generate_series(1, %d) i"""
            .formatted(hash(5, 500), CUSTOMERS),
        """
        create table shop.basket (customer_id int not null, product_id int not null,
          quantity int not null, primary key (customer_id, product_id))
          with (fillfactor = 70)""");
  }

  /**
   * Statements that make and fill the orders.
   *
   * @param indexed whether the index that the order history needs is made
   */
  List<String> orders(boolean indexed) {
    List<String> statements =
        List.of(
            """
            create table shop.orders (id bigint not null, customer_id int not null,
              created_at timestamptz not null, status text not null, total_cents int not null,
              delivery text not null)""",
            """
            insert into shop.orders
              select i, 1 + %s, timestamptz '%s' + i * interval '%d days' / %d,
                case %s when 0 then 'returned' when 1 then 'open' else 'paid' end, 500 + %s,
                'street ' || %s || ', door ' || %s
              from generate_series(1, %d) i"""
                .formatted(
                    hash(6, CUSTOMERS),
                    FIRST_DAY,
                    DAYS,
                    orders,
                    hash(7, 12),
                    hash(8, 50_000),
                    hash(9, 90_000),
                    hash(10, 900),
                    orders),
            "alter table shop.orders add primary key (id)",
            "create sequence shop.order_number start " + (orders + 1),
            "create index orders_created on shop.orders (created_at)",
            """
            create table shop.order_line (order_id bigint not null, product_id int not null,
              quantity int not null, price_cents int not null, primary key (order_id, product_id))""");
    return indexed
        ? java.util.stream.Stream.concat(statements.stream(), java.util.stream.Stream.of(INDEX))
            .toList()
        : statements;
  }

  /** SQL for a hash of the row's number {@code i} in 0 (inclusive) to bound (exclusive). */
  private String hash(int salt, int bound) {
    return "abs(hashint8extended(i, %d) %% %d)".formatted(seed * 31 + salt, bound);
  }
}

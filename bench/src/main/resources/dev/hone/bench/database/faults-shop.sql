=== base
CREATE EXTENSION pg_trgm;
CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, city text NOT NULL, country text NOT NULL, joined timestamptz NOT NULL);
INSERT INTO customers SELECT i, 'user' || i || '@example.org', 'Name ' || (i * 7919) % 20000, 'city ' || (i * 31) % 100, 'country ' || ((i * 31) % 100) / 5, timestamptz '2024-01-01' + i * interval '11 minutes' FROM generate_series(1, 20000) i;
CREATE TABLE products (id int PRIMARY KEY, sku text NOT NULL UNIQUE, category int NOT NULL, title text NOT NULL, price numeric(10,2) NOT NULL, tags text[] NOT NULL);
INSERT INTO products SELECT i, 'SKU-' || lpad(i::text, 6, '0'), i % 80, md5(i::text) || ' ' || md5((i * 3)::text), (i % 997) / 7.0, ARRAY['tag' || i % 900, 'tag' || i % 31] FROM generate_series(1, 20000) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, status text NOT NULL, placed timestamptz NOT NULL, total numeric(12,2) NOT NULL, note text);
INSERT INTO orders SELECT i, 1 + (i * 7919::bigint) % 20000, CASE WHEN i % 1000 = 0 THEN 'pending' WHEN i % 9 = 0 THEN 'cancelled' ELSE 'done' END, timestamptz '2025-01-01' + i * interval '2 minutes', (i % 9973) / 3.0, md5(i::text) FROM generate_series(1, 200000) i;
CREATE TABLE items (order_id bigint NOT NULL REFERENCES orders, line int NOT NULL, product_id int NOT NULL REFERENCES products, quantity int NOT NULL, PRIMARY KEY (order_id, line));
INSERT INTO items SELECT o, l, 1 + (o * 104729::bigint + l * 7) % 20000, 1 + o % 4 FROM generate_series(1, 200000) o, generate_series(1, 2) l;
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_placed ON orders (placed);
CREATE INDEX items_product ON items (product_id);
CREATE INDEX products_category ON products (category);
=== load
-- times 300
SELECT name, email FROM customers WHERE id = {20000};
-- times 300
SELECT id, status, total FROM orders WHERE customer_id = {20000};
-- times 300
SELECT product_id, quantity FROM items WHERE order_id = {200000};
-- times 200
SELECT order_id FROM items WHERE product_id = {20000};
-- times 100
SELECT id, title FROM products WHERE sku = 'SKU-00{1000}';
-- times 100
UPDATE orders SET note = 'seen {1000}' WHERE id = {200000};
=== fault foreign-key-without-index: create-index orders
DROP INDEX orders_customer;
=== fault second-foreign-key-without-index: create-index items
DROP INDEX items_product;
=== fault equality-without-index: create-index products
-- times 200
SELECT id, title FROM products WHERE price = {140} AND category = {79};
=== fault expression-without-index: create-index customers
-- times 200
SELECT id, name FROM customers WHERE lower(email) = 'user{20000}@example.org';
=== fault newest-first-without-index: create-index orders
DROP INDEX orders_placed;
-- times 60
SELECT id, total FROM orders WHERE placed < timestamptz '2025-06-01' + {300} * interval '1 hour' ORDER BY placed DESC LIMIT 20;
=== fault rare-status-without-index: create-index orders
-- times 60
SELECT id, customer_id FROM orders WHERE status = 'pending';
=== fault prefix-without-index: create-index products
-- times 100
SELECT id FROM products WHERE title LIKE 'a{9}b%';
=== fault substring-without-trigrams: create-index products
-- times 60
SELECT id FROM products WHERE title LIKE '%ab{99}cd%';
=== fault array-without-index: create-index products
-- times 60
SELECT id, title FROM products WHERE tags @> ARRAY['tag{899}'];
=== fault join-filter-without-index: create-index customers
-- times 100
SELECT o.id, o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.name = 'Name {19999}';
=== fault duplicate-index: drop-index orders
CREATE INDEX orders_by_customer ON orders (customer_id);
=== fault redundant-index: drop-index items
CREATE INDEX items_product_quantity ON items (product_id, quantity);
=== fault index-like-the-key: drop-index customers
CREATE INDEX customers_id ON customers (id);
=== fault invalid-index: drop-index customers
CREATE UNIQUE INDEX CONCURRENTLY customers_city ON customers (city);
=== fault old-statistics: statistics orders
UPDATE orders SET total = total + 1 WHERE id % 5 <> 0;
=== fault dependent-columns: statistics customers; create-index customers
-- times 100
SELECT * FROM customers WHERE city = 'city 37' AND country = 'country 7';
=== fault vacuum-turned-off: vacuum orders
ALTER TABLE orders SET (autovacuum_enabled = off);
UPDATE orders SET note = 'x' WHERE id % 3 = 0;
=== fault lookup-for-each-row: n-plus-one customers
-- times 10
SELECT id, customer_id FROM orders WHERE placed BETWEEN '2025-02-01' AND '2025-02-01 02:00';
-- times 610
SELECT email FROM customers WHERE id = {20000};
=== fault many-rows-skipped: hint orders
-- times 20
SELECT id, total FROM orders ORDER BY placed LIMIT 20 OFFSET 50000;
=== fault sort-on-disk: hint *; create-index orders
-- times 12
SELECT id, note, total FROM orders ORDER BY note, total;

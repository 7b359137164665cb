=== base
CREATE TABLE branches (id int PRIMARY KEY, region text NOT NULL, opened date NOT NULL);
INSERT INTO branches SELECT i, 'region ' || i % 12, date '2000-01-01' + i FROM generate_series(1, 400) i;
CREATE TABLE accounts (id int PRIMARY KEY, iban text NOT NULL UNIQUE, branch_id int NOT NULL REFERENCES branches, owner text NOT NULL, currency char(3) NOT NULL, opened date NOT NULL, closed date);
INSERT INTO accounts SELECT i, 'DE' || lpad((i * 7919::bigint % 1000000007)::text, 18, '0'), 1 + i % 400, 'owner ' || (i * 104729::bigint) % 25000, (ARRAY['EUR', 'USD', 'GBP', 'CHF'])[1 + i % 4], date '2015-01-01' + i % 3000, CASE WHEN i % 500 = 0 THEN date '2025-01-01' + i % 90 END FROM generate_series(1, 50000) i;
CREATE TABLE transfers (id bigint PRIMARY KEY, reference text NOT NULL, booked timestamptz NOT NULL, kind smallint NOT NULL, state text NOT NULL);
INSERT INTO transfers SELECT i, 'REF' || md5(i::text), timestamptz '2025-01-01' + i * interval '70 seconds', i % 7, CASE WHEN i % 2000 = 0 THEN 'failed' ELSE 'booked' END FROM generate_series(1, 150000) i;
CREATE TABLE entries (id bigint PRIMARY KEY, transfer_id bigint NOT NULL REFERENCES transfers, account_id int NOT NULL REFERENCES accounts, amount numeric(14,2) NOT NULL, booked timestamptz NOT NULL);
INSERT INTO entries SELECT i, 1 + (i - 1) / 2, 1 + (i * 15485863::bigint) % 50000, (i % 100003) / 13.0, timestamptz '2025-01-01' + (i / 2) * interval '70 seconds' FROM generate_series(1, 300000) i;
CREATE INDEX entries_transfer ON entries (transfer_id);
CREATE INDEX entries_account ON entries (account_id);
CREATE INDEX accounts_branch ON accounts (branch_id);
CREATE INDEX transfers_booked ON transfers (booked);
=== load
-- times 300
SELECT owner, currency FROM accounts WHERE id = {50000};
-- times 300
SELECT amount, account_id FROM entries WHERE transfer_id = {150000};
-- times 300
SELECT sum(amount) FROM entries WHERE account_id = {50000};
-- times 150
SELECT reference, state FROM transfers WHERE id = {150000};
-- times 100
UPDATE transfers SET state = 'booked' WHERE id = {150000};
=== fault foreign-key-without-index: create-index entries
DROP INDEX entries_account;
=== fault second-foreign-key-without-index: create-index entries
DROP INDEX entries_transfer;
=== fault reference-without-index: create-index transfers
-- times 100
SELECT id, state FROM transfers WHERE reference = 'REF{150000}';
=== fault failed-state-without-index: create-index transfers
-- times 60
SELECT id, reference FROM transfers WHERE state = 'failed';
=== fault closed-accounts-without-index: create-index accounts
-- times 100
SELECT id, iban FROM accounts WHERE closed IS NOT NULL AND closed < '2025-02-01';
=== fault owner-without-index: create-index accounts
-- times 150
SELECT id, iban FROM accounts WHERE owner = 'owner {25000}';
=== fault statement-of-account: create-index entries
-- times 12
SELECT account_id, amount FROM entries WHERE amount > 7690 ORDER BY amount DESC LIMIT 50;
=== fault upper-case-iban: create-index accounts
-- times 150
SELECT id FROM accounts WHERE upper(owner) = 'OWNER {25000}';
=== fault day-cut-from-time: rewrite entries; create-index entries
-- times 20
SELECT count(*), sum(amount) FROM entries WHERE date_trunc('day', booked) = '2025-02-{1}4';
=== fault join-without-index: create-index *
DROP INDEX accounts_branch;
-- times 60
SELECT a.iban FROM branches b JOIN accounts a ON a.branch_id = b.id WHERE b.id = {400};
=== fault duplicate-of-unique: drop-index accounts
CREATE INDEX accounts_iban ON accounts (iban);
=== fault duplicate-index: drop-index entries
CREATE INDEX entries_account_again ON entries (account_id);
=== fault redundant-index: drop-index entries
CREATE INDEX entries_transfer_account ON entries (transfer_id, account_id);
=== fault invalid-index: drop-index accounts
CREATE UNIQUE INDEX CONCURRENTLY accounts_owner ON accounts (owner);
=== fault never-analysed: statistics postings
CREATE TABLE postings AS SELECT * FROM entries;
ALTER TABLE postings ADD PRIMARY KEY (id);
-- times 100
SELECT amount FROM postings WHERE id = {300000};
=== fault vacuum-turned-off: vacuum accounts
ALTER TABLE accounts SET (autovacuum_enabled = off);
UPDATE accounts SET owner = owner WHERE id % 3 = 0;
=== fault lookup-for-each-row: n-plus-one accounts
-- times 10
SELECT account_id, amount FROM entries WHERE id BETWEEN 1000 AND 1059;
-- times 600
SELECT iban FROM accounts WHERE id = {50000};
=== fault subquery-for-each-row: rewrite *; create-index *
-- times 4
SELECT b.id, (SELECT count(*) FROM accounts a WHERE a.branch_id = b.id AND a.currency = 'EUR') FROM branches b;
=== fault many-rows-skipped: hint entries
-- times 20
SELECT id, amount FROM entries ORDER BY id LIMIT 50 OFFSET 100000;
=== fault sort-on-disk: hint *; create-index transfers
-- times 12
SELECT id, reference, state FROM transfers ORDER BY reference, state;

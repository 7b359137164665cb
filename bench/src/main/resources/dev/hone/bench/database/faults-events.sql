=== base
CREATE TABLE devices (id int PRIMARY KEY, serial text NOT NULL UNIQUE, model text NOT NULL, site int NOT NULL, vendor text NOT NULL, seen timestamptz NOT NULL);
INSERT INTO devices SELECT i, 'S' || md5(i::text), 'model ' || i % 300, i % 900, 'vendor ' || (i % 300) / 15, timestamptz '2025-05-01' + i * interval '1 second' FROM generate_series(1, 30000) i;
CREATE TABLE readings (device_id int NOT NULL, at timestamptz NOT NULL, value float8 NOT NULL, quality smallint NOT NULL);
INSERT INTO readings SELECT 1 + (i * 7919::bigint) % 30000, timestamptz '2025-01-01' + i * interval '30 seconds', sin(i), CASE WHEN i % 5000 = 0 THEN 2 ELSE 0 END FROM generate_series(1, 400000) i;
CREATE TABLE alarms (id bigint PRIMARY KEY, device_id int NOT NULL REFERENCES devices, raised timestamptz NOT NULL, cleared timestamptz, level smallint NOT NULL, message text NOT NULL, details jsonb NOT NULL);
INSERT INTO alarms SELECT i, 1 + (i * 31::bigint) % 30000, timestamptz '2025-01-01' + i * interval '3 minutes', CASE WHEN i % 1000 <> 0 THEN timestamptz '2025-01-01' + (i + 5) * interval '3 minutes' END, i % 5, md5(i::text) || md5((i * 7)::text), jsonb_build_object('code', i % 4000, 'zone', i % 11) FROM generate_series(1, 80000) i;
CREATE INDEX readings_device ON readings (device_id, at);
CREATE INDEX readings_at ON readings (at);
CREATE INDEX alarms_device ON alarms (device_id);
CREATE INDEX devices_site ON devices (site);
=== load
-- times 300
SELECT model, site FROM devices WHERE id = {30000};
-- times 200
SELECT at, value FROM readings WHERE device_id = {30000} ORDER BY at DESC LIMIT 10;
-- times 200
SELECT raised, level FROM alarms WHERE device_id = {30000};
-- times 150
SELECT id, serial FROM devices WHERE site = {899};
-- times 100
UPDATE devices SET seen = now() WHERE id = {30000};
=== fault device-without-index: create-index readings
DROP INDEX readings_device;
=== fault foreign-key-without-index: create-index alarms
DROP INDEX alarms_device;
=== fault site-without-index: create-index devices
DROP INDEX devices_site;
=== fault time-range-without-index: create-index readings
DROP INDEX readings_at;
-- times 20
SELECT count(*) FROM readings WHERE at BETWEEN timestamptz '2025-02-01' AND timestamptz '2025-02-01 06:00';
=== fault rare-quality-without-index: create-index readings
-- times 15
SELECT device_id, at FROM readings WHERE quality = 2;
=== fault open-alarms-without-index: create-index alarms
-- times 60
SELECT id, device_id FROM alarms WHERE cleared IS NULL;
=== fault json-without-index: create-index alarms
-- times 40
SELECT id, raised FROM alarms WHERE details ->> 'code' = '{3999}';
=== fault json-containment-without-index: create-index alarms
-- times 40
SELECT id FROM alarms WHERE details @> '{"code": 17, "zone": 3}';
=== fault serial-in-lower-case: create-index devices
-- times 100
SELECT id FROM devices WHERE lower(serial) = 's{30000}';
=== fault newest-alarms-without-index: create-index alarms
-- times 40
SELECT id, level, message FROM alarms ORDER BY raised DESC LIMIT 25;
=== fault duplicate-index: drop-index alarms
CREATE INDEX alarms_device_again ON alarms (device_id);
=== fault redundant-index: drop-index readings
CREATE INDEX readings_device_only ON readings (device_id);
=== fault index-like-the-key: drop-index devices
CREATE INDEX devices_id ON devices (id);
=== fault invalid-index: drop-index devices
CREATE UNIQUE INDEX CONCURRENTLY devices_model ON devices (model);
=== fault old-statistics: statistics readings
DELETE FROM readings WHERE device_id % 3 <> 0;
=== fault dependent-columns: statistics devices; create-index devices
-- times 100
SELECT * FROM devices WHERE model = 'model 50' AND vendor = 'vendor 3';
=== fault vacuum-turned-off: vacuum alarms
ALTER TABLE alarms SET (autovacuum_enabled = off);
UPDATE alarms SET message = message WHERE id % 3 = 0;
=== fault lookup-for-each-row: n-plus-one devices
-- times 10
SELECT id, device_id FROM alarms WHERE id BETWEEN 2000 AND 2059;
-- times 600
SELECT serial FROM devices WHERE id = {30000};
=== fault day-cut-from-time: rewrite alarms; create-index alarms
-- times 40
SELECT count(*) FROM alarms WHERE raised::date = '2025-03-0{9}';
=== fault sort-on-disk: hint *; create-index alarms
-- times 12
SELECT id, message, details FROM alarms ORDER BY message, level;

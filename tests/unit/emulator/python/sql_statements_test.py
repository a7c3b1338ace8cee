# SPDX-License-Identifier: Apache-2.0
import unittest
from decimal import Decimal

from sql_session import SqlTest


class StatementsTest(SqlTest):
    def test_catalogs_and_schemas(self):
        self.assertEqual(self.rows("SHOW CATALOGS"), [("hive_metastore",), ("main",), ("samples",), ("system",)])
        self.rows("CREATE CATALOG Dev COMMENT 'c'; CREATE SCHEMA dev.raw COMMENT 'landing'; USE CATALOG dev")
        self.assertEqual(self.rows("SHOW SCHEMAS"), [("default",), ("information_schema",), ("raw",)])
        self.assertEqual(self.rows("SHOW SCHEMAS IN dev LIKE 'r*'"), [("raw",)])
        self.rows("USE raw; CREATE TABLE t AS SELECT 1 AS a; USE main.default; USE dev.raw")
        self.assertEqual(self.row("SELECT current_catalog(), current_schema(), a FROM t"), ("dev", "raw", 1))
        self.assertIn(("Comment", "landing"), self.rows("DESCRIBE SCHEMA EXTENDED dev.raw"))
        self.assertIn("[SCHEMA_ALREADY_EXISTS]", self.error("CREATE SCHEMA dev.raw"))
        self.assertIn("[SCHEMA_NOT_FOUND] The schema `dev`.`nope` cannot be found", self.error("USE dev.nope"))
        self.assertIn("Catalog 'nope' was not found", self.error("USE CATALOG nope"))
        self.assertIn("[SCHEMA_NOT_EMPTY]", self.error("DROP SCHEMA dev.raw"))
        self.rows("DROP SCHEMA dev.raw CASCADE; DROP SCHEMA IF EXISTS dev.raw")
        self.assertIn("[TABLE_OR_VIEW_NOT_FOUND]", self.error("SELECT * FROM dev.raw.t"))
        self.rows("DROP CATALOG dev CASCADE")
        self.assertEqual(self.row("SELECT current_catalog()"), ("main",))

    def test_tables_are_kept_with_their_types(self):
        self.rows(
            "CREATE TABLE IF NOT EXISTS t (id BIGINT NOT NULL COMMENT 'key', tags ARRAY<STRING>, props MAP<STRING, INT>, "
            "s STRUCT<a: INT, b: STRING>, d DECIMAL(10, 2), at TIMESTAMP, CONSTRAINT pk PRIMARY KEY (id)) USING DELTA "
            "PARTITIONED BY (d) COMMENT 'things' TBLPROPERTIES ('owner.team' = 'x')"
        )
        self.rows("INSERT INTO t VALUES (1, array('a'), map('k', 1), named_struct('a', 1, 'b', 'x'), 1.5, '2024-01-02 03:04:05')")
        other = self.new_session()
        columns, rows = other.run_all("SELECT tags[0], props['k'], s.b, d, year(at) FROM main.default.t").fetch(other)
        self.assertEqual(rows, [("a", 1, "x", Decimal("1.50"), 2024)])
        described = self.rows("DESCRIBE TABLE t")
        self.assertEqual(described[:4], [("id", "bigint", "key"), ("tags", "array<string>", None), ("props", "map<string,int>", None), ("s", "struct<a:int,b:string>", None)])
        self.assertIn(("# Partition Information", "", ""), described)
        extended = self.rows("DESCRIBE TABLE EXTENDED t")
        for fact in (("Catalog", "main", ""), ("Type", "MANAGED", ""), ("Comment", "things", ""), ("Owner", "ada@example.com", "")):
            self.assertIn(fact, extended)
        created = self.row("SHOW CREATE TABLE t")[0]
        for line in ("CREATE TABLE main.default.t (\n  id BIGINT NOT NULL COMMENT 'key',", "USING delta", "PARTITIONED BY (d)", "COMMENT 'things'", "'owner.team' = 'x'"):
            self.assertIn(line, created)
        self.assertIn("[DELTA_NOT_NULL_CONSTRAINT_VIOLATED]", self.error("INSERT INTO t (tags) VALUES (NULL)"))
        self.assertIn("[TABLE_OR_VIEW_ALREADY_EXISTS]", self.error("CREATE TABLE t (a INT)"))
        self.rows("CREATE TABLE IF NOT EXISTS t (a INT)")
        self.assertEqual(self.rows("SELECT partitionColumns, format FROM (SELECT array('d') AS partitionColumns, 'delta' AS format)"), [(["d"], "delta")])

    def test_create_table_as_select(self):
        self.rows("CREATE TABLE a AS SELECT 1 AS x, 'y' AS s; CREATE OR REPLACE TABLE a AS SELECT x + 1 AS x FROM a")
        self.assertEqual(self.table("SELECT * FROM a"), ([("x", "integer")], [(2,)]))
        self.rows("CREATE TABLE b LIKE a; CREATE TABLE c (id BIGINT); CREATE OR REPLACE TABLE c (id STRING)")
        self.assertEqual(self.rows("SHOW COLUMNS IN b"), [("x",)])
        self.assertIn("DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES", self.error("CREATE TABLE d AS SELECT count(*), 1 + 1"))
        self.assertIn("[COLUMN_ALREADY_EXISTS]", self.error("CREATE TABLE d AS SELECT 1 AS a, 2 AS A"))
        self.assertIn("[SCHEMA_NOT_FOUND]", self.error("CREATE TABLE main.nope.t (a INT)"))

    def test_inserts(self):
        self.rows("CREATE TABLE t (a BIGINT, b STRING)")
        columns, rows = self.table("INSERT INTO t VALUES (1, '007'), (2, NULL)")
        self.assertEqual(columns, [("num_affected_rows", "long"), ("num_inserted_rows", "long")])
        self.assertEqual(rows, [(2, 2)])
        self.rows("INSERT INTO TABLE t (b) SELECT 'x'; INSERT INTO t BY NAME SELECT 'y' AS b, 9 AS a")
        self.rows("INSERT INTO t SELECT a + 100, b FROM t WHERE a = 1")
        self.rows("WITH q AS (SELECT 50 AS n) INSERT INTO t SELECT n, 'cte' FROM q")
        self.assertEqual(self.rows("SELECT * FROM t ORDER BY a"), [(None, "x"), (1, "007"), (2, None), (9, "y"), (50, "cte"), (101, "007")])
        self.assertEqual(self.rows("INSERT OVERWRITE t SELECT max(a), 'only' FROM t"), [(1, 1)])
        self.assertEqual(self.rows("SELECT * FROM t"), [(101, "only")])
        self.assertIn("[INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS]", self.error("INSERT INTO t VALUES (1)"))
        self.assertIn("[UNRESOLVED_COLUMN.WITH_SUGGESTION]", self.error("INSERT INTO t (zzz) VALUES (1)"))
        self.assertEqual(self.rows("SELECT count(*) FROM t"), [(1,)])

    def test_updates_and_deletes(self):
        self.rows("CREATE TABLE t (a INT, b STRING); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')")
        self.assertEqual(self.rows("UPDATE t AS u SET b = upper(u.b), a = a * 10 WHERE u.a > 1"), [(2,)])
        self.assertEqual(self.rows("DELETE FROM t WHERE a IN (SELECT 20)"), [(1,)])
        self.assertEqual(self.rows("SELECT * FROM t ORDER BY a"), [(1, "x"), (30, "Z")])
        self.assertIn("nope", self.error("UPDATE t SET nope = 1"))
        self.rows("TRUNCATE TABLE t")
        self.assertEqual(self.rows("SELECT count(*) FROM t"), [(0,)])
        self.rows("CREATE VIEW v AS SELECT 1 AS a")
        self.assertIn("[EXPECT_TABLE_NOT_VIEW", self.error("DELETE FROM v"))

    def test_merge(self):
        self.rows(
            "CREATE TABLE t (id INT, v STRING, n INT); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);"
            "CREATE TEMP VIEW s AS SELECT * FROM VALUES (1, 'A', 10), (2, 'B', -1), (4, 'D', 40) AS q(id, v, n)"
        )
        columns, rows = self.table(
            "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.n < 0 THEN DELETE WHEN MATCHED THEN UPDATE SET * "
            "WHEN NOT MATCHED THEN INSERT * WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = 'gone'"
        )
        self.assertEqual([name for name, _ in columns], ["num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows"])
        self.assertEqual(rows, [(4, 2, 1, 1)])
        self.assertEqual(self.rows("SELECT * FROM t ORDER BY id"), [(1, "A", 10), (3, "gone", 3), (4, "D", 40)])
        self.rows("MERGE INTO t AS x USING (SELECT 9 AS k) y ON x.id = y.k WHEN NOT MATCHED AND y.k > 5 THEN INSERT (id, v) VALUES (y.k, concat('new', y.k))")
        self.assertEqual(self.rows("SELECT * FROM t WHERE id = 9"), [(9, "new9", None)])
        self.assertIn(
            "[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE]",
            self.error("MERGE INTO t USING (SELECT 1 AS id UNION ALL SELECT 1) s ON t.id = s.id WHEN MATCHED THEN DELETE"),
        )
        self.assertEqual(self.rows("SELECT count(*) FROM t"), [(4,)])

    def test_alter_and_comment(self):
        self.rows("CREATE TABLE t (a INT); INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMNS (b STRING COMMENT 'second', c DATE); ALTER TABLE t ADD COLUMN d INT")
        self.rows("ALTER TABLE t RENAME COLUMN a TO z; ALTER TABLE t DROP COLUMN c; COMMENT ON TABLE t IS 'it''s'; COMMENT ON COLUMN t.z IS 'key'")
        self.assertEqual(self.rows("DESCRIBE t"), [("z", "int", "key"), ("b", "string", "second"), ("d", "int", None)])
        self.rows("ALTER TABLE t SET TBLPROPERTIES ('k' = 'v'); ALTER TABLE t RENAME TO main.default.u")
        self.assertIn(("k", "v"), self.rows("SHOW TBLPROPERTIES u"))
        self.assertEqual(self.rows("SELECT z, b FROM u"), [(1, None)])
        self.assertIn("[FIELD_ALREADY_EXISTS]", self.error("ALTER TABLE u ADD COLUMN B INT"))
        self.assertIn("[TABLE_OR_VIEW_NOT_FOUND]", self.error("ALTER TABLE t RENAME TO x"))

    def test_views(self):
        self.rows("CREATE TABLE t (a INT, d DECIMAL(5,2)); INSERT INTO t VALUES (1, 2); CREATE VIEW v (x, y) COMMENT 'c' AS SELECT a, d * 2 FROM t")
        other = self.new_session()
        self.assertEqual(other.run_all("SELECT y FROM v").fetch(other)[1], [(Decimal("4.00"),)])
        self.rows("CREATE OR REPLACE VIEW v AS SELECT a = 1 AS yes FROM t")
        self.assertEqual(self.table("SELECT * FROM v"), ([("yes", "boolean")], [(True,)]))
        self.assertIn(("View Text", "SELECT a = 1 AS yes FROM t", ""), self.rows("DESCRIBE EXTENDED v"))
        self.rows("CREATE OR REPLACE TEMP VIEW tmp AS SELECT a + 1 AS b FROM t")
        self.assertEqual(self.rows("SELECT b FROM tmp"), [(2,)])
        self.assertEqual(self.rows("SHOW VIEWS"), [("default", "v", False, False), ("", "tmp", True, False)])
        self.assertEqual(self.rows("SHOW TABLES LIKE 't*'"), [("default", "t", False), ("", "tmp", True)])
        self.assertIn("[EXPECT_TABLE_NOT_VIEW", self.error("DROP TABLE v"))
        self.rows("DROP VIEW v; DROP VIEW tmp; DROP VIEW IF EXISTS v; DROP TABLE t")
        self.assertEqual(self.rows("SHOW TABLES"), [])
        self.assertIn("[TABLE_OR_VIEW_NOT_FOUND]", self.error("DROP TABLE t"))

    def test_history_and_detail(self):
        self.rows("CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2); DELETE FROM t WHERE a = 1; OPTIMIZE t")
        history = self.rows("DESCRIBE HISTORY t")
        self.assertEqual([row[4] for row in history], ["OPTIMIZE", "DELETE", "WRITE", "CREATE TABLE"])
        self.assertEqual(history[2][6], {"numFiles": "1", "numOutputRows": "2"})
        self.assertEqual(self.rows("DESCRIBE HISTORY t LIMIT 1")[0][0], 3)
        columns, ((*_, properties, _, _),) = self.table("DESCRIBE DETAIL t")
        self.assertEqual(properties, {})
        self.assertEqual(columns[0], ("format", "string"))

    def test_the_catalogue_as_tables(self):
        self.rows("CREATE TABLE t (a BIGINT NOT NULL, b STRING)")
        self.assertEqual(
            self.rows("SELECT column_name, full_data_type, is_nullable FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position"),
            [("a", "bigint", "NO"), ("b", "string", "YES")],
        )
        self.assertEqual(self.rows("SELECT table_type FROM main.information_schema.tables"), [("MANAGED",)])

    def test_settings_and_what_means_nothing_here(self):
        self.assertEqual(self.rows("SET spark.sql.x = 5"), [("spark.sql.x", "5")])
        self.assertEqual(self.rows("SET spark.sql.x"), [("spark.sql.x", "5")])
        self.rows("CREATE TABLE t (a INT); CACHE TABLE t; UNCACHE TABLE t; REFRESH TABLE t; ANALYZE TABLE t COMPUTE STATISTICS; VACUUM t; CACHE TABLE c AS SELECT 7 AS x")
        self.assertEqual(self.rows("SELECT x FROM c"), [(7,)])
        self.assertIn("== Physical Plan ==", self.row("EXPLAIN SELECT 1")[0])
        self.assertIn(("upper",), self.rows("SHOW FUNCTIONS LIKE 'up*'"))
        self.assertEqual(self.rows("DESCRIBE QUERY SELECT 1 AS a"), [("a", "int", None)])
        self.assertIn("TABLE_OR_VIEW_NOT_FOUND", self.error("REFRESH TABLE nope"))

    def test_functions_in_sql(self):
        self.rows("CREATE FUNCTION main.default.twice(n INT COMMENT 'x', plus INT DEFAULT 0) RETURNS BIGINT RETURN n * 2 + plus")
        self.assertEqual(self.table("SELECT twice(4), main.default.twice(id, 1) AS b FROM range(1, 2)"), ([("twice(4)", "long"), ("b", "long")], [(8, 3)]))
        other = self.new_session()
        self.assertEqual(other.run_all("SELECT twice(1)").fetch(other)[1], [(2,)])
        self.rows("CREATE TEMPORARY FUNCTION shout(s STRING) RETURNS STRING RETURN upper(s) || '!'")
        self.assertEqual(self.rows("SELECT shout(x) FROM VALUES ('a') t(x)"), [("A!",)])
        self.assertIn("[ROUTINE_ALREADY_EXISTS]", self.error("CREATE FUNCTION twice(n INT) RETURN n"))
        self.assertIn("[REQUIRED_PARAMETER_NOT_FOUND]", self.error("SELECT twice()"))
        self.assertIn("[UNRESOLVED_COLUMN", self.error("CREATE FUNCTION bad(n INT) RETURN m"))
        self.rows("DROP FUNCTION twice; DROP FUNCTION IF EXISTS twice; DROP FUNCTION shout")
        self.assertIn("[UNRESOLVED_ROUTINE]", self.error("SELECT twice(1)"))

    def test_copy_into_loads_each_file_once(self):
        with open(self.folder + "/Volumes/in.csv", "w", encoding="utf-8") as file:
            file.write("a,b\n1,x\n2,y\n")
        self.rows("CREATE TABLE t (a INT, b STRING)")
        copy = "COPY INTO t FROM '/Volumes/in.csv' FILEFORMAT = CSV FORMAT_OPTIONS ('header' = 'true', 'inferSchema' = 'true')"
        self.assertEqual(self.rows(copy), [(2, 2, 0)])
        self.assertEqual(self.rows(copy), [(0, 0, 0)])
        self.assertEqual(self.rows(copy + " COPY_OPTIONS ('force' = 'true')"), [(2, 2, 0)])
        self.rows("COPY INTO t FROM (SELECT b, a FROM '/Volumes/in.csv') FILEFORMAT = CSV FORMAT_OPTIONS ('header' = 'true') COPY_OPTIONS ('force' = 'true')")
        self.assertEqual(self.rows("SELECT a, count(*) FROM t GROUP BY a ORDER BY a"), [(1, 3), (2, 3)])
        self.assertIn("[PATH_NOT_FOUND]", self.error("COPY INTO t FROM '/nope' FILEFORMAT = JSON"))

    def test_another_programs_tables_are_understood(self):
        """Tables of an older data folder, or made by other means, have no details beside them."""
        self.session.db.execute('CREATE TABLE "main.default.old"(n bigint, s text, d decimal(5,2))')
        self.session.db.execute("INSERT INTO \"main.default.old\" VALUES(1, '007', 2.5)")
        self.session.db.execute('CREATE VIEW "main.default.oldview" AS SELECT n + 1 AS m FROM "main.default.old"')
        self.assertEqual(self.table("SELECT * FROM old"), ([("n", "long"), ("s", "string"), ("d", "decimal(5,2)")], [(1, "007", Decimal("2.50"))]))
        self.assertEqual(self.rows("SELECT * FROM oldview"), [(2,)])


if __name__ == "__main__":
    unittest.main()

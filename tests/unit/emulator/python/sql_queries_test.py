# SPDX-License-Identifier: Apache-2.0
import unittest
from decimal import Decimal

from sql_session import SqlTest


class QueriesTest(SqlTest):
    def setUp(self):
        super().setUp()
        self.rows(
            "CREATE TABLE sales (id BIGINT, region STRING, amount DECIMAL(10,2), ok BOOLEAN);"
            "INSERT INTO sales VALUES (1, 'north', 10.50, true), (2, 'south', 20, false), (3, 'north', NULL, true);"
            "CREATE TABLE regions (region STRING, boss STRING);"
            "INSERT INTO regions VALUES ('north', 'Ada'), ('west', 'Bob')"
        )

    def check(self, cases):
        for text, wanted in cases.items():
            with self.subTest(text):
                self.assertEqual(self.rows(text), wanted)

    def test_names_of_tables_and_columns(self):
        for text in ("main.default.sales", "default.sales", "sales", "`main`.`default`.`sales`", "MAIN.DEFAULT.SALES"):
            self.assertEqual(self.rows(f"SELECT sales.ID FROM {text} WHERE main.default.sales.id = 1"), [(1,)])
        self.check(
            {
                "SELECT s.id, s.* FROM sales s WHERE `s`.`id` = 2": [(2, 2, "south", Decimal("20.00"), False)],
                "SELECT * EXCEPT (amount, ok) FROM sales WHERE id = 1": [(1, "north")],
                "SELECT a.n FROM (SELECT id AS n FROM sales) AS a ORDER BY n DESC LIMIT 1": [(3,)],
                "SELECT id + 1 AS next, next * 2 FROM sales WHERE id = 1": [(2, 4)],
                "FROM sales SELECT id WHERE id = 3": [(3,)],
                "SELECT id FROM sales WHERE (region, ok) IN (('north', true), ('x', false)) AND (id, 1) = (3, 1)": [(3,)],
                "SELECT amount / 3 FROM sales WHERE id = 2": [(Decimal("6.666667"),)],
                "TABLE regions": [("north", "Ada"), ("west", "Bob")],
            }
        )
        self.assertIn(
            "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `amout` cannot be resolved. "
            "Did you mean one of the following? [`amount`, ",
            self.error("SELECT amout FROM sales"),
        )
        self.assertIn("SQLSTATE: 42703", self.error("SELECT s.nope FROM sales s"))
        self.assertIn("[AMBIGUOUS_REFERENCE] Reference `region` is ambiguous", self.error("SELECT region FROM sales, regions"))
        missing = self.error("SELECT * FROM main.default.nope")
        self.assertIn("AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `main`.`default`.`nope` cannot be found.", missing)
        self.assertTrue(missing.endswith("SQLSTATE: 42P01"))

    def test_groups(self):
        self.check(
            {
                "SELECT region, count(*), count(amount), sum(amount) FROM sales GROUP BY region ORDER BY region": [
                    ("north", 2, 1, Decimal("10.50")), ("south", 1, 1, Decimal("20.00")),
                ],
                "SELECT upper(region) AS r, max(id) FROM sales GROUP BY r HAVING max(id) > 2": [("NORTH", 3)],
                "SELECT region AS r, count(*) n FROM sales GROUP BY 1 ORDER BY 2 DESC, r": [("north", 2), ("south", 1)],
                "SELECT region, ok, count(*) FROM sales GROUP BY ALL ORDER BY ALL": [("north", True, 2), ("south", False, 1)],
                "SELECT region FROM sales GROUP BY region ORDER BY sum(id) DESC": [("north",), ("south",)],
                "SELECT count(*) FROM sales WHERE id > 100": [(0,)],
                "SELECT count(*) FROM sales HAVING count(*) > 5": [],
                "SELECT id % 2 + 1 FROM sales GROUP BY id % 2 ORDER BY 1": [(1,), (2,)],
                "SELECT region, count(*) FROM sales GROUP BY ROLLUP(region) ORDER BY 1": [(None, 3), ("north", 2), ("south", 1)],
                "SELECT count(DISTINCT region), count(DISTINCT region, ok), count_if(ok) FROM sales": [(2, 2, 2)],
                "SELECT sum(id) FILTER (WHERE ok), min(region), avg(id) FROM sales": [(4, "north", 2.0)],
                "SELECT collect_list(id), collect_set(region), first(amount, true), last(id), any_value(ok) FROM sales": [
                    ([1, 2, 3], ["north", "south"], Decimal("10.50"), 3, True),
                ],
                "SELECT max_by(region, id), median(id), percentile(id, 0.25), bool_and(ok), string_agg(region, '/') FROM sales": [
                    ("north", 2.0, 1.5, False, "north/south/north"),
                ],
                "SELECT round(stddev(id), 3), var_pop(id), corr(id, id) FROM sales": [(1.0, 2 / 3, 1.0)],
            }  # fmt: skip
        )
        self.assertIn("[MISSING_AGGREGATION]", self.error("SELECT id, region FROM sales GROUP BY region"))
        self.assertIn("[GROUP_BY_POS_OUT_OF_RANGE]", self.error("SELECT id FROM sales GROUP BY 5"))
        self.assertIn("not allowed here", self.error("SELECT id FROM sales WHERE count(*) > 1"))

    def test_joins(self):
        self.check(
            {
                "SELECT s.id, r.boss FROM sales s JOIN regions r ON s.region = r.region ORDER BY 1": [(1, "Ada"), (3, "Ada")],
                "SELECT id, boss FROM sales LEFT JOIN regions USING (region) ORDER BY id": [(1, "Ada"), (2, None), (3, "Ada")],
                "SELECT region, id FROM sales NATURAL FULL JOIN regions ORDER BY region, id": [
                    ("north", 1), ("north", 3), ("south", 2), ("west", None),
                ],
                "SELECT boss FROM sales s RIGHT OUTER JOIN regions r ON s.region = r.region WHERE s.id IS NULL": [("Bob",)],
                "SELECT id FROM sales s LEFT SEMI JOIN regions r ON s.region = r.region ORDER BY id": [(1,), (3,)],
                "SELECT id FROM sales ANTI JOIN regions USING (region)": [(2,)],
                "SELECT count(*) FROM sales CROSS JOIN regions, regions r2": [(12,)],
                "SELECT a.id FROM sales a JOIN (sales b JOIN regions c ON b.region = c.region) ON a.id = b.id WHERE a.id = 1": [(1,)],
            }  # fmt: skip
        )

    def test_subqueries_and_common_tables(self):
        self.check(
            {
                "WITH a AS (SELECT 1 AS x), b(y) AS (SELECT x + 1 FROM a) SELECT * FROM a, b": [(1, 2)],
                "WITH a AS (SELECT id FROM sales) SELECT id FROM sales WHERE id IN (SELECT id FROM a WHERE id > 2)": [(3,)],
                "SELECT id FROM sales s WHERE EXISTS (SELECT 1 FROM regions r WHERE r.region = s.region) ORDER BY id": [(1,), (3,)],
                "SELECT (SELECT max(boss) FROM regions r WHERE r.region = s.region) FROM sales s ORDER BY id": [("Ada",), (None,), ("Ada",)],
                "SELECT id FROM sales WHERE id NOT IN (SELECT 1 UNION SELECT 2)": [(3,)],
                "SELECT * FROM VALUES (1, 'a'), (2, 'b') AS t(n, s) WHERE n > 1": [(2, "b")],
                "SELECT 1 UNION ALL SELECT 1 UNION SELECT 2": [(1,), (2,)],
                "(SELECT 1 AS a) EXCEPT SELECT 2": [(1,)],
                "(SELECT * FROM VALUES (1), (1), (1), (2) t(a)) EXCEPT ALL SELECT 1 ORDER BY a": [(1,), (1,), (2,)],
                "(SELECT * FROM VALUES (1), (1), (1), (2) t(a)) INTERSECT ALL SELECT * FROM VALUES (1), (1) s(b)": [(1,), (1,)],
                "SELECT id FROM range(2, 6, 2) INTERSECT SELECT 4": [(4,)],
                "SELECT sum(id) FROM range(5)": [(10,)],
            }
        )
        self.assertEqual(self.table("SELECT 1 AS a UNION ALL SELECT 2.5")[0], [("a", "decimal(11,1)")])
        self.assertIn("[NUM_COLUMNS_MISMATCH]", self.error("SELECT 1 UNION SELECT 1, 2"))

    def test_windows(self):
        self.check(
            {
                "SELECT id, row_number() OVER (PARTITION BY region ORDER BY id DESC) AS n FROM sales QUALIFY n = 1 ORDER BY id": [(2, 1), (3, 1)],
                "SELECT id, sum(id) OVER (ORDER BY id), lag(id, 1, 0) OVER (ORDER BY id) FROM sales": [(1, 1, 0), (2, 3, 1), (3, 6, 2)],
                "SELECT id, sum(id) OVER w FROM sales WINDOW w AS (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)": [(1, 1), (2, 3), (3, 5)],
                "SELECT region, sum(sum(id)) OVER () FROM sales GROUP BY region ORDER BY 1": [("north", 6), ("south", 6)],
                "SELECT rank() OVER (ORDER BY region), dense_rank() OVER (ORDER BY region), ntile(2) OVER (ORDER BY id) FROM sales ORDER BY id": [
                    (1, 1, 1), (3, 2, 1), (1, 1, 2),
                ],
                "SELECT id FROM sales QUALIFY count(*) OVER (PARTITION BY region) = 1": [(2,)],
            }  # fmt: skip
        )
        self.assertIn("can only be evaluated in an ordered", self.error("SELECT row_number() OVER () FROM sales"))

    def test_generators_and_pivot(self):
        self.check(
            {
                "SELECT id, explode(array(id, id * 10)) AS x FROM sales WHERE id < 3": [(1, 1), (1, 10), (2, 2), (2, 20)],
                "SELECT posexplode(array('a', 'b'))": [(0, "a"), (1, "b")],
                "SELECT explode(map('a', 1))": [("a", 1)],
                "SELECT id, w FROM sales LATERAL VIEW explode(split(region, 'o')) v AS w WHERE id = 1": [(1, "n"), (1, "rth")],
                "SELECT id, x FROM sales LATERAL VIEW OUTER explode(array()) v AS x WHERE id = 1": [(1, None)],
                "SELECT n, x FROM VALUES (1, array(2, 3)) t(n, a), LATERAL explode(a) AS e(x)": [(1, 2), (1, 3)],
                "SELECT * FROM (SELECT 1 AS id, 2 AS a, NULL AS b) UNPIVOT (v FOR k IN (a AS `A`, b))": [(1, "A", 2)],
                "SELECT u.k FROM (SELECT 1 AS id, 2 AS a, 3 AS b) UNPIVOT INCLUDE NULLS (v FOR k IN (a, b)) AS u WHERE v > 2": [("b",)],
                "SELECT id, stack(2, 'r', region, 'o', string(ok)) AS (k, v) FROM sales WHERE id = 1": [(1, "r", "north"), (1, "o", "true")],
                "SELECT inline(array(named_struct('a', 1, 'b', 'x')))": [(1, "x")],
                "SELECT * FROM (SELECT region, ok, id FROM sales) PIVOT (sum(id) FOR region IN ('north', 'south' AS s)) ORDER BY ok": [
                    (False, None, 2), (True, 4, None),
                ],
            }  # fmt: skip
        )

    def test_order_and_limits(self):
        self.check(
            {
                "SELECT amount FROM sales ORDER BY amount": [(None,), (Decimal("10.50"),), (Decimal("20.00"),)],
                "SELECT amount FROM sales ORDER BY amount DESC NULLS FIRST LIMIT 1": [(None,)],
                "SELECT id FROM sales ORDER BY id DESC LIMIT 1 OFFSET 1": [(2,)],
                "SELECT DISTINCT region FROM sales ORDER BY region DESC": [("south",), ("north",)],
                "SELECT id FROM sales ORDER BY length(region), -id": [(3,), (2,), (1,)],
                "SELECT s.id AS n FROM sales s ORDER BY s.id DESC LIMIT 1": [(3,)],
            }
        )

    def test_parameters(self):
        self.session.parameters = lambda: {"who": "north"}
        self.assertEqual(self.rows("SELECT count(*) FROM sales WHERE region = :who"), [(2,)])
        relation = self.session.execute("SELECT :a + 1 AS x, :b", {"a": 1, "b": "t"})
        self.assertEqual(relation.fetch(self.session)[1], [(2, "t")])
        self.assertIn("[UNBOUND_SQL_PARAMETER] Found the unbound parameter: nope", self.error("SELECT :nope"))

    def test_syntax_errors_show_where(self):
        wrong = self.error("SELECT 1\nFROM )")
        self.assertTrue(wrong.startswith("ParseException: [PARSE_SYNTAX_ERROR] Syntax error at or near ')'. SQLSTATE: 42601 (line 2, pos 5)"), wrong)
        self.assertIn("FROM )\n-----^^^", wrong)
        self.assertIn("near end of input", self.error("SELECT 1 +"))
        self.assertIn("near 'SELEC'", self.error("SELEC 1"))
        self.assertIn("near ')'", self.error("SELECT 1)"))
        self.assertEqual(self.rows("SELECT 'a;b'; SELECT 2 -- last;"), [(2,)])

    def test_what_is_missing_says_so(self):
        for text in ("CONVERT TO DELTA x", "SELECT * FROM sales VERSION AS OF 1", "SELECT * FROM sales TABLESAMPLE (5 ROWS)"):
            with self.subTest(text):
                self.assertIn("is not part of the Trowel emulator", self.error(text))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
import datetime
import unittest
from decimal import Decimal

from sql_session import SqlTest

DATE = datetime.date
TIME = datetime.datetime


class ExpressionsTest(SqlTest):
    def check(self, cases):
        for text, wanted in cases.items():
            with self.subTest(text):
                self.assertEqual(self.value(text), wanted)

    def test_literals_have_sparks_types(self):
        cases = {
            "1": "integer", "3000000000": "long", "1L": "long", "1S": "short", "1Y": "byte", "1.50": "decimal(3,2)",
            "1e3": "double", "1D": "double", "'x'": "string", "true": "boolean", "NULL": "void", "X'0aff'": "binary",
            "DATE '2024-01-02'": "date", "TIMESTAMP '2024-01-02 03:04:05'": "timestamp",
        }  # fmt: skip
        for text, wanted in cases.items():
            with self.subTest(text):
                self.assertEqual(self.type(text), wanted)
        self.check({"1.50": Decimal("1.50"), "-2": -2, "X'0aff'": b"\x0a\xff", "'it\\'s' \" fine\"": "it's fine", r"r'\d'": r"\d"})

    def test_arithmetic_follows_spark(self):
        self.check(
            {
                "7 / 2": 3.5, "7 DIV 2": 3, "-7 % 3": -1, "pmod(-7, 3)": 2, "1 / 0": None, "5.5 % 2": Decimal("1.5"), "2 + 3 * 4": 14,
                "(1 + 2) * 3": 9, "'3' + 4": 7.0, "1.10 + 2.2": Decimal("3.30"), "1.5 * 1.5": Decimal("2.25"), "~1": -2, "5 & 3": 1, "5 ^ 3": 6,
                "abs(-3)": 3, "round(2.5)": Decimal("3"), "round(-2.567, 2)": Decimal("-2.57"), "round(1234, -2)": 1200, "bround(2.5)": Decimal("2"),
                "ceil(1.2)": Decimal("2"), "floor(-1.5D)": -2, "sqrt(16)": 4.0, "power(2, 10)": 1024.0, "log10(1000)": 3.0, "ln(0)": None,
                "greatest(1, NULL, 3)": 3, "least(2, 1)": 1, "sign(-2)": -1.0, "factorial(5)": 120, "bin(5)": "101", "hex(255)": "FF",
                "conv('ff', 16, 10)": "255", "try_divide(1, 0)": None, "1 <=> NULL": False, "NULL <=> NULL": True, "NOT NULL": None,
            }  # fmt: skip
        )
        self.assertEqual(self.type("1 + 1L"), "long")
        self.assertEqual(self.type("1.1 + 1.22"), "decimal(4,2)")
        self.assertEqual(self.type("1.1 / 3"), "decimal(7,6)")
        self.assertEqual(self.type("1 = 1"), "boolean")

    def test_texts(self):
        self.check(
            {
                "upper('ä') || lower('B')": "Äb", "concat('a', 1, true)": "a1true", "concat('a', NULL)": None, "concat_ws('-', 'a', NULL, 'b')": "a-b",
                "concat_ws(',', array('x', 'y'), 'z')": "x,y,z", "length('äb')": 2, "substring('hello', 2, 3)": "ell", "substr('hello', -3)": "llo",
                "substring('hello' FROM 2 FOR 2)": "el", "left('abc', 2)": "ab", "right('abc', 2)": "bc", "trim('  x ')": "x", "TRIM(BOTH 'x' FROM 'xax')": "a",
                "lpad('7', 3, '0')": "007", "rpad('a', 3)": "a  ", "replace('aXa', 'X', '-')": "a-a", "regexp_replace('a1b22', r'\\d+', '#')": "a#b#",
                "regexp_replace('ab', '(a)(b)', '$2$1')": "ba", "regexp_extract('x12', '([0-9]+)', 1)": "12", "split('a1b2c', r'\\d')": ["a", "b", "c"],
                "split_part('a.b.c', '.', -1)": "c", "instr('abc', 'c')": 3, "locate('b', 'abcb', 3)": 4, "position('b' IN 'abc')": 2, "initcap('hello wORLD')": "Hello World",
                "reverse('abc')": "cba", "repeat('ab', 2)": "abab", "translate('abc', 'ab', 'x')": "xc", "md5('a')": "0cc175b9c0f1b6a831c399e269772661",
                "sha2('a', 256)": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", "base64('abc')": "YWJj", "unbase64('YWJj')": b"abc",
                "'abc' LIKE '_b%'": True, "'a%c' LIKE 'a\\\\%c'": True, "'ABC' ILIKE 'a%'": True, "'abc' LIKE 'A%'": False, "'abc' RLIKE 'B|c'": True, "'abc' NOT LIKE 'x%'": True,
                "startswith('abc', 'ab')": True, "contains('abc', 'z')": False, "levenshtein('kitten', 'sitting')": 3, "soundex('Robert')": "R163",
                "format_number(1234567.891, 2)": "1,234,567.89", "format_string('%s-%03d', 'a', 7)": "a-007", "substring_index('a.b.c', '.', 2)": "a.b",
                "overlay('Spark SQL' , '_', 6)": "Spark_SQL", "ascii('A')": 65, "char(65)": "A", "find_in_set('b', 'a,b')": 2, "url_encode('a b&c')": "a+b%26c",
                "parse_url('http://h/p?q=1', 'QUERY', 'q')": "1", "get_json_object('{\"a\":[{\"b\":2}]}', '$.a[0].b')": "2",
            }  # fmt: skip
        )

    def test_dates(self):
        self.check(
            {
                "to_date('2024-01-02')": DATE(2024, 1, 2), "to_date('02.01.2024', 'dd.MM.yyyy')": DATE(2024, 1, 2), "to_date('nonsense')": None,
                "to_timestamp('2024-01-02 3:04:05.5')": TIME(2024, 1, 2, 3, 4, 5, 500000), "to_timestamp('01/02/24 11:30 PM', 'MM/dd/yy hh:mm a')": TIME(2024, 1, 2, 23, 30),
                "date_add('2024-02-28', 2)": DATE(2024, 3, 1), "date_sub(DATE '2024-03-01', 1)": DATE(2024, 2, 29), "datediff('2024-03-01', '2024-02-01')": 29,
                "dateadd(MONTH, 1, DATE '2024-01-31')": DATE(2024, 2, 29), "datediff(HOUR, TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-02 01:00:00')": 25,
                "DATE '2024-01-31' + INTERVAL 1 MONTH": DATE(2024, 2, 29), "TIMESTAMP '2024-01-01 00:00:00' - INTERVAL '2' HOURS": TIME(2023, 12, 31, 22),
                "DATE '2024-01-01' + INTERVAL 1 DAY 2 HOURS": TIME(2024, 1, 2, 2), "DATE '2024-01-01' + 3": DATE(2024, 1, 4), "add_months('2024-01-31', 1)": DATE(2024, 2, 29),
                "months_between('2024-03-15', '2024-01-15')": 2.0, "last_day('2024-02-10')": DATE(2024, 2, 29), "next_day('2024-01-01', 'Mon')": DATE(2024, 1, 8),
                "trunc('2024-05-17', 'QUARTER')": DATE(2024, 4, 1), "date_trunc('HOUR', TIMESTAMP '2024-01-01 10:59:59')": TIME(2024, 1, 1, 10),
                "year(DATE '2024-05-06')": 2024, "quarter('2024-05-06')": 2, "dayofweek('2024-05-06')": 2, "weekofyear('2024-01-01')": 1, "dayofyear('2024-12-31')": 366,
                "extract(MONTH FROM DATE '2024-05-06')": 5, "hour('2024-01-01 17:00:00')": 17, "date_format('2024-05-06 07:08:09', 'EEE, d MMM yyyy HH:mm:ss')": "Mon, 6 May 2024 07:08:09",
                "date_format(DATE '2024-05-06', \"yyyy-'Q'q\")": "2024-Q2", "unix_timestamp('1970-01-02 00:00:00')": 86400, "unix_timestamp(NULL)": None, "unix_timestamp() > 1700000000": True, "from_unixtime(0)": "1970-01-01 00:00:00",
                "make_date(2024, 2, 30)": None, "make_date(2024, 2, 29)": DATE(2024, 2, 29), "CAST('2024-01-02T03:04:05Z' AS TIMESTAMP)": TIME(2024, 1, 2, 3, 4, 5),
                "CAST(DATE '2024-01-02' AS TIMESTAMP) = TIMESTAMP '2024-01-02 00:00:00'": True, "DATE '2024-01-02' < '2024-01-03'": True, "DATE '2024-01-05' - DATE '2024-01-02'": "INTERVAL '3' DAY",
                "current_date() = to_date(now())": True, "timestamp_seconds(1.5)": TIME(1970, 1, 1, 0, 0, 1, 500000),
            }  # fmt: skip
        )
        self.assertEqual(self.type("date_add('2024-01-01', 1)"), "date")
        self.assertEqual(self.type("current_timestamp()"), "timestamp")

    def test_casts(self):
        self.check(
            {
                "CAST('12' AS INT)": 12, "CAST('x' AS INT)": None, "CAST(1.9D AS INT)": 1, "CAST('1.9' AS INT)": 1, "CAST(300 AS TINYINT)": 44, "CAST(true AS INT)": 1,
                "CAST('yes' AS BOOLEAN)": True, "CAST(2 AS DOUBLE)": 2.0, "CAST(1e10 AS STRING)": "1.0E10", "CAST(1.0D AS STRING)": "1.0", "CAST(0.00001D AS STRING)": "1.0E-5",
                "CAST(true AS STRING)": "true", "CAST(1.005 AS DECIMAL(10,2))": Decimal("1.01"), "CAST('abc' AS DECIMAL(5,2))": None, "CAST(12345 AS DECIMAL(3,0))": None,
                "CAST(array(1, 2) AS STRING)": "[1, 2]", "CAST(map('a', 1) AS STRING)": "{a -> 1}", "'5'::int + 1": 6, "try_cast('x' AS INT)": None, "int('3')": 3,
                "CAST('ab' AS BINARY)": b"ab", "string(12)": "12", "boolean('f')": False, "typeof(CAST(1 AS BIGINT))": "bigint",
            }  # fmt: skip
        )
        self.assertIn('Unsupported data type "FROB"', self.error("SELECT CAST(1 AS FROB)"))

    def test_conditions(self):
        self.check(
            {
                "CASE WHEN 1 > 2 THEN 'a' WHEN NULL THEN 'b' ELSE 'c' END": "c", "CASE 2 WHEN 1 THEN 'x' WHEN 2 THEN 'y' END": "y", "if(true, 1, 2)": 1, "iff(false, 1, 2)": 2,
                "coalesce(NULL, NULL, 5)": 5, "nvl(NULL, 'x')": "x", "nvl2(1, 'a', 'b')": "a", "nullif(1, 1)": None, "1 BETWEEN 0 AND 2": True, "5 NOT BETWEEN 0 AND 2": True,
                "1 IN (1, 2)": True, "'1' IN (1, 2)": True, "3 NOT IN (1, 2)": True, "NULL IS NULL": True, "1 IS NOT NULL": True, "(1 > 2) IS FALSE": True,
                "1 IS DISTINCT FROM NULL": True, "decode(2, 1, 'a', 2, 'b', 'c')": "b", "decode(9, 1, 'a', 'none')": "none", "isnull(NULL)": True,
            }  # fmt: skip
        )

    def test_arrays_maps_and_structs(self):
        self.check(
            {
                "array(1, 2)[1]": 2, "array(1)[9]": None, "element_at(array(1, 2), -1)": 2, "map('a', 1, 'b', 2)": {"a": 1, "b": 2}, "map('a', 1)['a']": 1, "map(1, 'x')[1]": "x",
                "named_struct('a', 1, 'b', 'x').b": "x", "struct(1 AS a, DATE '2024-01-02' AS d).d": DATE(2024, 1, 2), "size(array(1, 2, 3))": 3, "array_contains(array(1, 2), 2)": True,
                "array_distinct(array(1, 1, 2))": [1, 2], "sort_array(array(3, 1, 2), false)": [3, 2, 1], "array_max(array(1, 5))": 5, "array_join(array('a', NULL, 'b'), '-')": "a-b",
                "flatten(array(array(1), array(2, 3)))": [1, 2, 3], "slice(array(1, 2, 3), 2, 2)": [2, 3], "array_union(array(1), array(1, 2))": [1, 2], "array_except(array(1, 2), array(2))": [1],
                "concat(array(1), array(2))": [1, 2], "sequence(1, 5, 2)": [1, 3, 5], "sequence(DATE '2024-01-30', DATE '2024-02-01')": [DATE(2024, 1, 30), DATE(2024, 1, 31), DATE(2024, 2, 1)],
                "map_keys(map('a', 1))": ["a"], "map_values(map('a', 1.5))": [Decimal("1.5")], "map_from_arrays(array('k'), array(1))": {"k": 1}, "str_to_map('a:1,b:2')": {"a": "1", "b": "2"},
                "transform(array(1, 2), x -> x + 1)": [2, 3], "transform(array(5, 6), (x, i) -> x * i)": [0, 6], "filter(array(1, 2, 3), x -> x > 1)": [2, 3], "exists(array(1), x -> x > 1)": False,
                "forall(array(1, 2), x -> x > 0)": True, "aggregate(array(1, 2, 3), 0, (a, x) -> a + x, a -> a * 10)": 60, "map_filter(map('a', 1, 'b', 2), (k, v) -> v > 1)": {"b": 2},
                "transform_values(map('a', 1), (k, v) -> v + 1)": {"a": 2}, "array(true, false)": [True, False], "to_json(named_struct('a', true, 'b', NULL))": '{"a":true}',
                "from_json('{\"a\":1,\"b\":[\"x\"]}', 'a INT, b ARRAY<STRING>').b[0]": "x", "array_append(array(1), 2)": [1, 2], "arrays_overlap(array(1), array(1, 2))": True,
                "array_position(array('a', 'b'), 'b')": 2, "array_repeat('x', 2)": ["x", "x"], "array(named_struct('a', 1), named_struct('a', 2)).a": [1, 2],
            }  # fmt: skip
        )
        self.assertEqual(self.row("SELECT named_struct('a', 1, 'b', array(1, 2)) AS s")[0].asDict(), {"a": 1, "b": [1, 2]})
        self.assertIn("FIELD_NOT_FOUND", self.error("SELECT named_struct('a', 1).z"))

    def test_columns_nobody_named_are_called_as_spark_calls_them(self):
        cases = {
            "1 + 1": "(1 + 1)", "'x'": "x", "count(*)": "count(1)", "count(DISTINCT 1)": "count(DISTINCT 1)", "upper('a')": "upper(a)", "CAST('1' AS INT)": "CAST(1 AS INT)",
            "NOT true": "(NOT true)", "1 != 2": "(NOT (1 = 2))", "'a' || 'b'": "concat(a, b)", "1 IN (1, 2)": "(1 IN (1, 2))", "NULL IS NULL": "(NULL IS NULL)", "array(1)[0]": "array(1)[0]",
            "CASE WHEN true THEN 1 ELSE 2 END": "CASE WHEN true THEN 1 ELSE 2 END", "-1": "-1", "current_date": "current_date()", "if(true, 1, 2)": "(IF(true, 1, 2))",
        }  # fmt: skip
        for text, wanted in cases.items():
            with self.subTest(text):
                self.assertEqual(self.name(text), wanted)
        self.assertEqual(self.table("SELECT CAST(a AS STRING) FROM VALUES (1) t(a)")[0], [("a", "string")])

    def test_paths_lead_into_json_texts(self):
        table = """(SELECT '{"a": {"b": [1, {"c d": "x"}]}, "n": 5}' AS raw) t"""
        columns, rows = self.table(f"SELECT raw:n, t.raw:n::int + 1 AS m, raw:a.b[0], raw:a.b[1]['c d'] AS x, raw:`nope` FROM {table} WHERE raw:n = '5'")
        self.assertEqual(rows, [("5", 6, "1", "x", None)])
        self.assertEqual([name for name, _ in columns], ["n", "m", "0", "x", "nope"])
        self.assertEqual(self.table(f"SELECT upper(raw:a.b) FROM {table}")[0], [("upper(raw:a.b)", "string")])

    def test_a_star_stands_for_all_columns_in_functions(self):
        self.assertEqual(self.rows("SELECT to_json(struct(*)), array(t.*), count(*) OVER () FROM VALUES (1, 'a') t(i, k)"), [('{"i":1,"k":"a"}', ["1", "a"], 1)])

    def test_functions_say_what_is_wrong(self):
        self.assertIn("[UNRESOLVED_ROUTINE] Cannot resolve routine `nope`", self.error("SELECT nope(1)"))
        self.assertIn("[WRONG_NUM_ARGS.WITHOUT_SUGGESTION] The `upper` requires 1 parameters but the actual number is 2", self.error("SELECT upper('a', 'b')"))
        self.assertIn("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", self.error("SELECT row_number()"))
        self.assertIn("stop here", self.error("SELECT raise_error('stop here')"))
        self.assertEqual(self.row("SELECT current_user(), current_catalog(), current_schema()"), ("ada@example.com", "main", "default"))


if __name__ == "__main__":
    unittest.main()

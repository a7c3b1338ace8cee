# SPDX-License-Identifier: Apache-2.0
"""What SQL asks of the workspace around it: secrets, groups, widgets, files, variables."""

import base64
import unittest

from driver_process import DriverProcess, HostError


def secret(given):
    if given["key"] == "no":
        raise HostError("PERMISSION_DENIED", "not yours")
    return {"value": base64.b64encode(b"s3cr3t").decode()}


class SqlWorkspaceTest(unittest.TestCase):
    def setUp(self):
        self.driver = DriverProcess({"secrets/get": secret}, groups=["users", "admins"])
        self.addCleanup(self.driver.close)

    def rows(self, sql):
        result = self.driver.run(sql, language="sql")
        self.assertEqual(result["resultType"], "table", result)
        return result["data"]

    def error(self, sql):
        return self.driver.error(sql, language="sql")

    def test_secrets_are_read_when_a_statement_runs(self):
        self.assertEqual(self.rows("SELECT secret('a', 'b'), length(secret('a', 'b'))"), [["[REDACTED]", 6]])
        self.rows("CREATE VIEW hidden AS SELECT secret('a', 'b') AS s")
        self.assertEqual(len(self.driver.questions), 2)
        self.assertEqual(self.rows("SELECT s FROM hidden"), [["[REDACTED]"]])
        self.assertIn("PERMISSION_DENIED: not yours", self.error("SELECT secret('a', 'no')"))
        self.assertEqual(self.rows("SELECT try_secret('a', 'no', 'else')"), [["else"]])
        self.assertIn("WRONG_NUM_ARGS", self.error("SELECT secret('a')"))

    def test_groups(self):
        self.assertEqual(self.rows("SELECT is_member('admins'), is_account_group_member('others')"), [[True, False]])

    def test_widgets(self):
        self.rows("CREATE WIDGET TEXT w DEFAULT 'v'")
        self.assertEqual(self.rows("SELECT getArgument('w'), '${w}', :w, getArgument('x', 'else')"), [["v", "v", "v", "else"]])
        self.assertEqual(self.driver.text("dbutils.widgets.get('w')"), "'v'")
        self.rows("CREATE WIDGET DROPDOWN d DEFAULT 'a' CHOICES SELECT * FROM (VALUES ('a'), ('b'))")
        self.assertEqual(self.rows("SELECT :d"), [["a"]])
        self.rows("REMOVE WIDGET d")
        self.assertIn("UNBOUND_SQL_PARAMETER", self.error("SELECT getArgument('d')"))

    def test_variables_are_substituted(self):
        self.assertEqual(self.rows("SET x.y=5; SELECT ${x.y} + 1, ${spark:x.y}, '${nope}'"), [[6, 5, "${nope}"]])

    def test_files_and_volumes(self):
        self.driver.write("/dbfs/f/a.txt", "text")
        self.driver.write("/Volumes/main/default/v/b.txt", "b")
        self.assertEqual(self.rows("LIST 'dbfs:/f'")[0][:3], ["dbfs:/f/a.txt", "a.txt", 4])
        self.assertIn("PATH_NOT_FOUND", self.error("LIST '/nope'"))
        self.assertEqual(self.rows("SHOW VOLUMES"), [["default", "v"]])

    def test_files_are_read_as_tables(self):
        self.driver.write("/Volumes/main/default/v/a.csv", "i,k\n1,a\n2,b\n")
        self.driver.write("/dbfs/x/a.json", '{"a": 1}\n{"a": 2}\n')
        self.assertEqual(self.rows("SELECT * FROM read_files('/Volumes/main/default/v')"), [[1, "a"], [2, "b"]])
        plain = "read_files('/Volumes/main/default/v/a.csv', format => 'csv', header => false, schema => 'x string, y string')"
        self.assertEqual(self.rows(f"SELECT f.y FROM {plain} AS f"), [["k"], ["a"], ["b"]])
        self.rows("CREATE TABLE made AS SELECT a + 1 AS b FROM read_files('dbfs:/x/', format => 'json')")
        self.assertEqual(self.rows("SELECT b FROM made"), [[2], [3]])
        self.assertIn("PATH_NOT_FOUND", self.error("SELECT * FROM read_files('/nope')"))


if __name__ == "__main__":
    unittest.main()

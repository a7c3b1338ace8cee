# SPDX-License-Identifier: Apache-2.0
"""A SQL session, and a SparkSession over it, without a driver: for tests of the language alone."""

import os
import shutil
import tempfile
import unittest

from driver_process import import_package

import_package()
from trowel_cluster import spark_session  # noqa: E402
from trowel_cluster.dbutils import Paths  # noqa: E402
from trowel_cluster.sql.session import Session  # noqa: E402


class _Interrupts:
    pending = False


class SqlTest(unittest.TestCase):
    """Each test has tables of its own."""

    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sql-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for tree in ("dbfs", "Volumes", "Workspace"):
            os.makedirs(os.path.join(self.folder, tree))
        self.session = self.new_session()

    def new_session(self):
        session = Session(os.path.join(self.folder, "tables.db"), "ada@example.com", _Interrupts())
        session.paths = Paths(self.folder)
        self.addCleanup(session.db.close)
        return session

    def table(self, text):
        """Columns as pairs of name and type, and the rows."""
        columns, rows = self.session.run_all(text).fetch(self.session)
        return [tuple(column) for column in columns], rows

    def rows(self, text):
        return self.table(text)[1]

    def row(self, text):
        (row,) = self.rows(text)
        return row

    def value(self, text):
        """Of one expression."""
        (value,) = self.row(f"SELECT {text}")
        return value

    def type(self, text):
        ((_, kind),) = self.table(f"SELECT {text}")[0]
        return kind

    def name(self, text):
        ((name, _),) = self.table(f"SELECT {text}")[0]
        return name

    def error(self, text):
        with self.assertRaises(Exception) as caught:
            self.rows(text)
        return f"{type(caught.exception).__name__}: {caught.exception}"


class SparkTest(SqlTest):
    def setUp(self):
        super().setUp()
        self.displayed = []
        self.spark = spark_session.start(self.session, self.displayed.append)

    def error_of(self, action):
        with self.assertRaises(Exception) as caught:
            action()
        return f"{type(caught.exception).__name__}: {caught.exception}"

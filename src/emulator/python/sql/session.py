# SPDX-License-Identifier: Apache-2.0
"""One SQL session: a connection to the emulator's tables, with temporary views and a current schema of its own."""

import itertools
import json
import sqlite3
import sys
import threading
from collections import namedtuple

from . import functions, nodes, routines, types, workspace
from .catalog import Catalog
from .errors import AnalysisException, SparkError, SparkRuntimeException, fail, syntax_error, table_not_found
from .scope import Relation
from .select import Queries
from .statements import Statements
from .tokens import split_statements
from ..tables import Column, type_of_values

# A source for FROM: a table of SQLite by name, or a relation.
Found = namedtuple("Found", "name columns qualifier relation")
UserFunction = namedtuple("UserFunction", "sql type")


class PythonException(SparkError):
    java_class = "org.apache.spark.api.python.PythonException"


class Session:
    _numbers = itertools.count(1)

    def __init__(self, file, user, interrupts):
        sys.setrecursionlimit(max(sys.getrecursionlimit(), 5000))  # long chains of AND are deep trees
        self._interrupts = interrupts
        self._lock = threading.RLock()
        self._raised = None  # by Python code that SQLite called
        self.user = user
        self.catalog, self.schema = "main", "default"
        self.paths = None  # of files, where the driver knows them
        self.utilities = None  # the driver's dbutils
        self.groups = ()  # that the user is in
        self.parameters = dict  # gives named parameters that no call brought: the notebook's widgets
        self.given = {}
        self.views = {}  # temporary ones, by lower-case name
        self.functions = {}
        self.settings = {}
        self.db = sqlite3.connect(file, isolation_level=None, timeout=60, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA case_sensitive_like=ON")
        self.db.execute("PRAGMA legacy_alter_table=ON")  # views may name tables that are gone
        self.db.set_progress_handler(lambda: 1 if interrupts.pending else 0, 10_000)
        self.objects = Catalog(self.db)
        functions.register(self.db, self._failed)
        workspace.register(self)
        self.queries = Queries(self)

    # Names ---------------------------------------------------------------------------------------------------------

    def qualify(self, parts):
        """The full name, in lower case."""
        lowered = [part.lower() for part in parts]
        if len(lowered) > 3:
            raise fail(
                "IDENTIFIER_TOO_MANY_NAME_PARTS",
                f"'{'.'.join(parts)}' is not a valid identifier as it has more than 3 name parts.",
                "42601",
            )
        if lowered[0] == "spark_catalog" and len(lowered) == 3:
            lowered[0] = "hive_metastore"
        return ".".join([self.catalog, self.schema][: 3 - len(lowered)] + lowered)

    def schema_of(self, parts):
        """Catalog and schema of `a`, `a.b`, or of nothing: the current ones."""
        lowered = [part.lower() for part in parts or [self.schema]]
        return tuple(([self.catalog] + lowered)[-2:])

    def temporary(self, parts):
        if len(parts) == 2 and parts[0].lower() == "global_temp":
            parts = parts[1:]
        return self.views.get(parts[0].lower()) if len(parts) == 1 else None

    def find(self, parts):
        """A temporary view, table or view by the name that the user wrote."""
        view = self.temporary(parts)
        if view is not None:
            return Found(None, view.columns, (parts[-1],), view)
        name = self.qualify(parts)
        catalog, schema, _ = name.split(".", 2)
        if schema == "information_schema":
            from .information import relation

            return Found(None, None, (catalog, schema, parts[-1]), relation(self, catalog, name.split(".", 2)[2], parts))
        if parts[0].lower() in ("delta", "parquet", "csv", "json", "text") and len(parts) == 2 and "/" in parts[1]:
            from ..spark_files import relation as of_file

            return Found(None, None, (), of_file(self, parts[0].lower(), parts[1]))
        if self.objects.kind(name) is None:
            raise table_not_found(parts)
        return Found(name, self.objects.columns(name), tuple(name.split(".", 2)), None)

    def parameter(self, name):
        if name in self.given:
            return nodes.literal(self.given[name])
        widgets = self.parameters()
        if name in widgets:
            return nodes.literal(widgets[name])
        raise fail(
            "UNBOUND_SQL_PARAMETER",
            f"Found the unbound parameter: {name}. Please, fix `args` and provide a mapping of the parameter to either a SQL "
            "literal or collection constructor functions such as `map()`, `array()`, `struct()`.",
            "42P02",
        )

    def function(self, name):
        """One of the user: in Python, or in SQL."""
        return routines.find(self, name)

    def register_function(self, name, function, kind):
        """A Python function for SQL: takes Python's values, gives one of the type."""
        sql = f"u_{next(self._numbers)}"

        known = {}

        def call(kinds, *values):
            try:
                if kinds not in known:
                    known[kinds] = json.loads(kinds)
                return types.encode(function(*map(types.decode, values, known[kinds])), kind)
            except BaseException as error:
                self._failed(
                    PythonException(f"An exception was thrown from the Python worker:\n{type(error).__name__}: {error}")
                )
                raise

        self.db.create_function(sql, -1, call)
        made = UserFunction(sql, kind)
        if name:
            self.functions[name.lower()] = made
        return made

    # Running -------------------------------------------------------------------------------------------------------

    def run_all(self, text):
        """All statements of a text; what the last of them gives."""
        outcome = None
        for statement in split_statements(text):
            outcome = self.execute(statement)
        if outcome is None:
            raise syntax_error("end of input", text, len(text)) if not text.strip() else syntax_error("end of input")
        return outcome

    def execute(self, statement, parameters=None):
        """A Relation for a query, which has not run yet; a Result for anything else."""
        outer, self.given = self.given, parameters if parameters is not None else self.given
        try:
            return Statements(self, workspace.substituted(self, statement)).execute()
        finally:
            self.given = outer

    def run(self, text, parameters=()):
        """A statement in SQLite's own words, all its rows; errors come back in Spark's."""
        return self.cursor(text, parameters)[0]

    def cursor(self, text, parameters=()):
        """Rows, and how many rows a change touched."""
        with self._lock:
            self._raised = None
            try:
                cursor = self.db.execute(text, parameters)
                return cursor.fetchall(), cursor.rowcount
            except sqlite3.Error as error:
                if self._interrupts.pending:
                    raise KeyboardInterrupt from None
                if self._raised is not None:
                    raise self._spark_error_of(self._raised) from None
                raise _spark_error(error) from None

    def _failed(self, error):
        self._raised = error

    @staticmethod
    def _spark_error_of(error):
        if isinstance(error, SparkError):
            return error
        return SparkRuntimeException(f"[INVALID_PARAMETER_VALUE] {type(error).__name__}: {error}. SQLSTATE: 22023")

    def fetch(self, relation, limit=None):
        """Columns and rows with values of Python."""
        sql = relation.sql if limit is None else f"SELECT * FROM ({relation.sql}) LIMIT {limit}"
        rows = self.run(sql)
        columns = relation.columns
        for index, column in enumerate(columns):
            if column.type is None:  # nobody but the values can tell
                columns = [
                    *columns[:index],
                    Column(column.name, type_of_values(row[index] for row in rows)),
                    *columns[index + 1 :],
                ]
        kinds = [column.type for column in columns]
        if any(kind not in ("long", "integer", "void") for kind in kinds):
            rows = [tuple(types.decode(value, kind) for value, kind in zip(row, kinds)) for row in rows]
        return columns, rows

    def store(self, columns, rows):
        """Rows of Python's values as a relation: a temporary table."""
        name = f"__rows{next(self._numbers)}"
        declared = ", ".join(f"c{index} {types.declaration(column.type)}" for index, column in enumerate(columns))
        self.run(f"CREATE TEMP TABLE {name}({declared or 'nothing'})")
        if columns:
            marks = ", ".join("?" * len(columns))
            kinds = [column.type for column in columns]
            data = [[types.encode(value, kind) for value, kind in zip(row, kinds)] for row in rows]
            with self._lock, self.objects.transaction():
                self.db.executemany(f"INSERT INTO temp.{name} VALUES({marks})", data)
        listed = ", ".join(f"c{index}" for index in range(len(columns)))
        return Relation(f"SELECT {listed or '1'} FROM temp.{name}{'' if columns else ' WHERE 0'}", list(columns))

    def table(self, parts):
        """A table as a relation."""
        return self.queries.query(nodes.Select([nodes.Star([], [])], source=nodes.Table(parts)))



def _spark_error(error):
    text = str(error)
    if text.startswith("no such table: ") or text.startswith("no such view: "):
        parts = text.partition(": ")[2].split(".")
        return table_not_found(parts[1:] if len(parts) > 3 else parts)  # within a view SQLite names its own database too
    if text.startswith("NOT NULL constraint failed: "):
        column = text.rpartition(".")[2]
        return SparkRuntimeException(
            f"[DELTA_NOT_NULL_CONSTRAINT_VIOLATED] NOT NULL constraint violated for column: {column}. SQLSTATE: 23502"
        )
    if "user-defined function raised exception" in text:
        return SparkRuntimeException("[USER_RAISED_EXCEPTION] A function failed. SQLSTATE: P0001")
    if "malformed JSON" in text:
        return SparkRuntimeException(f"[MALFORMED_RECORD_IN_PARSING] {text}. SQLSTATE: 22023")
    return AnalysisException(f"[INTERNAL_ERROR] {text}. SQLSTATE: XX000")

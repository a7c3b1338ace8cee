# SPDX-License-Identifier: Apache-2.0
"""One SQL session: a connection to the emulator's tables, with temporary views and a current schema of its own."""

import datetime
import decimal
import fnmatch
import re
import sqlite3

from . import sql, sql_functions
from .tables import Column, type_of_values

# Declared type in SQLite -> name in results. The declared ones were chosen for SQLite's affinity rules: a column
# declared STRING would turn '007' into 7.
_RESULT_TYPES = {
    "text": "string", "bigint": "long", "int": "integer", "smallint": "short", "tinyint": "byte", "double": "double",
    "float": "float", "boolean": "boolean", "date": "date", "timestamp": "timestamp", "blob": "binary",
}  # fmt: skip
_DECLARED = {
    "string": "text", "varchar": "text", "char": "text", "text": "text", "bigint": "bigint", "long": "bigint",
    "int": "int", "integer": "int", "smallint": "smallint", "short": "smallint", "tinyint": "tinyint",
    "byte": "tinyint", "double": "double", "float": "float", "real": "float", "boolean": "boolean", "date": "date",
    "timestamp": "timestamp", "timestamp_ntz": "timestamp", "binary": "blob", "decimal": "decimal",
    "numeric": "decimal", "dec": "decimal",
}  # fmt: skip
CATALOGS = ("hive_metastore", "main", "samples", "system")


class Session:
    def __init__(self, file, user, interrupts):
        self._interrupts = interrupts
        self.user = user
        self.catalog, self.schema = "main", "default"
        self.db = sqlite3.connect(file, isolation_level=None, timeout=60)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA case_sensitive_like=ON")
        self.db.execute("CREATE TABLE IF NOT EXISTS __schemas(catalog TEXT, name TEXT, PRIMARY KEY(catalog, name))")
        for catalog in CATALOGS:
            self.db.execute("INSERT OR IGNORE INTO __schemas VALUES(?, 'default')", (catalog,))
        self.db.set_progress_handler(lambda: 1 if interrupts.pending else 0, 10_000)
        sql_functions.register(self.db, self)
        self._next_view = 0

    # Names ---------------------------------------------------------------------------------------------------------

    def qualify(self, parts):
        parts = [part.lower() for part in parts]
        if parts and parts[0] == "spark_catalog":
            parts[0] = "hive_metastore"
        defaults = [self.catalog, self.schema]
        if len(parts) > 3:
            raise sql.table_not_found(".".join(parts))
        return ".".join(defaults[: 3 - len(parts)] + parts)

    def resolve(self, parts, ctes=()):
        """The SQLite name of an existing table, view, temporary view or common table expression."""
        if len(parts) == 1 and parts[0].lower() in ctes:
            return parts[0]
        if len(parts) == 1 and self._exists("sqlite_temp_master", parts[0].lower()):
            return parts[0].lower()
        name = self.qualify(parts)
        if not self._exists("sqlite_master", name):
            raise sql.table_not_found(".".join(parts))
        return name

    def _exists(self, master, name):
        return self.db.execute(f"SELECT 1 FROM {master} WHERE name=?", (name,)).fetchone() is not None

    def exists(self, name):
        return self._exists("sqlite_master", name)

    def kind(self, name):
        row = self.db.execute("SELECT type FROM sqlite_master WHERE name=?", (name,)).fetchone()
        return row[0] if row else None

    def tables(self, catalog, schema):
        prefix = f"{catalog}.{schema}."
        rows = self.db.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table','view') ORDER BY name")
        return [(name[len(prefix) :], kind) for name, kind in rows.fetchall() if name.startswith(prefix)]

    def temp_views(self):
        rows = self.db.execute("SELECT name FROM sqlite_temp_master WHERE type IN ('table','view') ORDER BY name")
        return [name for (name,) in rows.fetchall() if not name.startswith("__")]

    def require_schema(self, catalog, schema):
        found = self.db.execute("SELECT 1 FROM __schemas WHERE catalog=? AND name=?", (catalog, schema)).fetchone()
        if not found:
            raise sql.AnalysisException(
                f"[SCHEMA_NOT_FOUND] The schema `{catalog}`.`{schema}` cannot be found. Verify the spelling and "
                "correctness of the schema and catalog. SQLSTATE: 42704"
            )

    # Running -------------------------------------------------------------------------------------------------------

    def translate(self, text):
        return sql.Translator(self.resolve).translate(text)

    def execute(self, statement):
        """Columns and rows of any statement."""
        from . import sql_statements

        return sql_statements.execute(self, statement)

    def run(self, text, parameters=()):
        """A statement in SQLite's own words; errors come back in Spark's."""
        try:
            return self.db.execute(text, parameters)
        except sqlite3.Error as error:
            if self._interrupts.pending:
                raise KeyboardInterrupt from None
            raise _spark_error(error) from None

    def query(self, text):
        """Columns and rows of a SELECT in SQLite's words."""
        columns = self.columns(text)
        cursor = self.run(text)
        try:
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            if self._interrupts.pending:
                raise KeyboardInterrupt from None
            raise _spark_error(error) from None
        return finish(columns, rows)

    def columns(self, text):
        """Names, and declared types where a column comes straight from a table; a view is asked, as it knows both."""
        names = [entry[0] for entry in self.run(f"SELECT * FROM ({text}) LIMIT 0").description]
        view = f"__columns{self._next_view}"
        self._next_view += 1
        self.run(f"CREATE TEMP VIEW {view} AS {text}")
        try:
            declared = [row[2] for row in self.run(f"PRAGMA temp.table_info({view})").fetchall()]
        finally:
            self.run(f"DROP VIEW temp.{view}")
        return list(zip(names, declared))


def finish(columns, rows):
    """Types for all columns, and values of those types."""
    types = [result_type(declared) for _, declared in columns]
    rows = [tuple(_value(value, kind) for value, kind in zip(row, types)) for row in rows]
    typed = [
        Column(sql.spoken(name), types[i] or type_of_values(row[i] for row in rows)) for i, (name, _) in enumerate(columns)
    ]
    return typed, rows


def result_type(declared):
    """The result's type of a declared one; nothing for an expression."""
    declared = (declared or "").lower()
    if declared.startswith("decimal"):
        return declared.replace(" ", "") if "(" in declared else "decimal(10,0)"
    return _RESULT_TYPES.get(declared)


def declared_type(text):
    """SQLite's declaration of a Spark type."""
    base = re.match(r"\w+", text.strip().lower())
    kind = _DECLARED.get(base.group()) if base else None
    if kind is None:
        raise sql.ParseException(f'[UNSUPPORTED_DATATYPE] Unsupported data type "{text.strip().upper()}". SQLSTATE: 0A000')
    if kind != "decimal":
        return kind
    arguments = re.search(r"\(([^)]*)\)", text)
    return f"decimal({arguments.group(1).replace(' ', '')})" if arguments else "decimal(10,0)"


def spark_type(kind):
    """bigint for long and so on: the names that DESCRIBE prints."""
    return {"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint"}.get(kind, kind or "string")


def _value(value, kind):
    if value is None or kind is None:
        return value
    try:
        if kind == "boolean":
            return bool(value)
        if kind == "date":
            return datetime.date.fromisoformat(str(value)[:10])
        if kind == "timestamp":
            return datetime.datetime.fromisoformat(str(value).replace("Z", ""))
        if kind.startswith("decimal"):
            scale = int(kind.rstrip(")").split(",")[1]) if "," in kind else 0
            return decimal.Decimal(str(value)).quantize(decimal.Decimal(1).scaleb(-scale))
        if kind in ("double", "float"):
            return float(value)
    except (ValueError, decimal.InvalidOperation):
        pass  # SQLite takes any value in any column
    return value


def _spark_error(error):
    text = str(error)
    if found := re.match(r'near "(.*)": syntax error', text, re.DOTALL):
        return sql.syntax_error(f"'{found.group(1)}'")
    if text == "incomplete input":
        return sql.syntax_error("end of input")
    if found := re.match(r"no such column: (.*)", text):
        quoted = ".".join(f"`{part}`" for part in found.group(1).split("."))
        return sql.AnalysisException(
            f"[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name {quoted} "
            "cannot be resolved. SQLSTATE: 42703"
        )
    if found := re.match(r"no such function: (.*)", text):
        return sql.AnalysisException(
            f"[UNRESOLVED_ROUTINE] Cannot resolve routine `{found.group(1)}` on search path [`system`.`builtin`, "
            "`system`.`session`]. SQLSTATE: 42883"
        )
    return sql.AnalysisException(text)


def like(rows, pattern):
    """SHOW's own patterns: `*` is any text, `|` means or."""
    if pattern is None:
        return rows
    patterns = [part.replace("%", "*").lower() for part in pattern.split("|")]
    return [row for row in rows if any(fnmatch.fnmatchcase(row.lower(), part) for part in patterns)]

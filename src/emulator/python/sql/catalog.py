# SPDX-License-Identifier: Apache-2.0
"""Catalogs, schemas, tables and views in the file of tables that all contexts share.

A table or view is one of SQLite's, named "catalog.schema.name" in lower case; a schema is a row of __schemas. Others
read these as well, so what SQLite does not keep (comments, owners, a view's words and types) stands beside, in
__details, and may be missing. A declared type is Spark's own name, except text for strings."""

import contextlib
import datetime
import json

from ..tables import Column
from . import types
from .errors import catalog_not_found, schema_not_found, table_not_found
from .tokens import identifier

CATALOGS = ("hive_metastore", "main", "samples", "system")


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


class Catalog:
    def __init__(self, db):
        self.db = db
        if self.kind("__history") is None:  # no new session waits for somebody's long change
            with self.transaction():
                self._create()

    def _create(self):
        self.db.execute("CREATE TABLE IF NOT EXISTS __schemas(catalog TEXT, name TEXT, PRIMARY KEY(catalog, name))")
        self.db.execute("CREATE TABLE IF NOT EXISTS __details(name TEXT PRIMARY KEY, detail TEXT)")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS __history(name TEXT, version INTEGER, timestamp TEXT, user TEXT, operation TEXT, "
            "parameters TEXT, metrics TEXT, PRIMARY KEY(name, version))"
        )
        for catalog in CATALOGS:
            self.db.execute("INSERT OR IGNORE INTO __schemas VALUES(?, 'default')", (catalog,))

    @contextlib.contextmanager
    def transaction(self):
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            self.db.rollback()
            raise

    # Catalogs and schemas ------------------------------------------------------------------------------------------

    def catalogs(self):
        rows = self.db.execute("SELECT DISTINCT catalog FROM __schemas").fetchall()
        return sorted({*CATALOGS, *(name for (name,) in rows)})

    def require_catalog(self, catalog):
        if catalog not in self.catalogs():
            raise catalog_not_found(catalog)

    def schemas(self, catalog):
        rows = self.db.execute("SELECT name FROM __schemas WHERE catalog=? ORDER BY name", (catalog,)).fetchall()
        return sorted(
            {"information_schema", *(name for (name,) in rows)} if catalog != "hive_metastore" else {
                name for (name,) in rows
            }
        )

    def has_schema(self, catalog, schema):
        return schema in self.schemas(catalog)

    def require_schema(self, catalog, schema):
        self.require_catalog(catalog)
        if not self.has_schema(catalog, schema):
            raise schema_not_found(catalog, schema)

    def add_schema(self, catalog, schema):
        return self.db.execute("INSERT OR IGNORE INTO __schemas VALUES(?, ?)", (catalog, schema)).rowcount == 1

    def remove_schema(self, catalog, schema):
        self.db.execute("DELETE FROM __schemas WHERE catalog=? AND name=?", (catalog, schema))

    # Tables and views ----------------------------------------------------------------------------------------------

    def kind(self, name):
        """table, view, or nothing."""
        row = self.db.execute("SELECT type FROM sqlite_master WHERE name=? AND type IN ('table','view')", (name,)).fetchone()
        return row[0] if row else None

    def tables(self, catalog, schema):
        """Pairs of name and kind."""
        prefix = f"{catalog}.{schema}."
        rows = self.db.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table','view') ORDER BY name")
        return [(name[len(prefix) :], kind) for name, kind in rows.fetchall() if name.startswith(prefix)]

    def columns(self, name):
        """Of a table or view, with the types that they were given."""
        known = {}
        if self.kind(name) == "view":
            known = {column: entry.get("type") for column, entry in self.detail(name).get("columns", {}).items()}
        rows = self.db.execute(f"PRAGMA table_info({identifier(name)})").fetchall()
        return [Column(row[1], known.get(row[1]) or types.of_declaration(row[2])) for row in rows]

    def required(self, name):
        """The columns that take no null."""
        return {row[1] for row in self.db.execute(f"PRAGMA table_info({identifier(name)})").fetchall() if row[3]}

    def drop(self, name):
        self.db.execute(f"DROP {self.kind(name).upper()} {identifier(name)}")
        self.db.execute("DELETE FROM __details WHERE name=?", (name,))
        self.db.execute("DELETE FROM __history WHERE name=?", (name,))

    def rename(self, old, new):
        self.db.execute(f"ALTER TABLE {identifier(old)} RENAME TO {identifier(new)}")
        for table in ("__details", "__history"):
            self.db.execute(f"DELETE FROM {table} WHERE name=?", (new,))
            self.db.execute(f"UPDATE {table} SET name=? WHERE name=?", (new, old))

    def require(self, name, parts):
        if self.kind(name) is None:
            raise table_not_found(parts)

    # Beside SQLite's own -------------------------------------------------------------------------------------------

    def detail(self, name):
        row = self.db.execute("SELECT detail FROM __details WHERE name=?", (name,)).fetchone()
        return json.loads(row[0]) if row else {}

    def set_detail(self, name, detail):
        self.db.execute("INSERT OR REPLACE INTO __details VALUES(?, ?)", (name, json.dumps(detail)))

    def record(self, name, user, operation, parameters=None, metrics=None):
        """A version in the history of a Delta table."""
        (last,) = self.db.execute("SELECT max(version) FROM __history WHERE name=?", (name,)).fetchone()
        texts = {key: str(value) for key, value in (metrics or {}).items()}
        version = 0 if last is None else last + 1
        moment = types.timestamp_text(now().replace(microsecond=now().microsecond // 1000 * 1000))
        entry = (name, version, moment, user, operation, json.dumps(parameters or {}), json.dumps(texts))
        self.db.execute("INSERT INTO __history VALUES(?,?,?,?,?,?,?)", entry)

    def history(self, name):
        return self.db.execute("SELECT * FROM __history WHERE name=? ORDER BY version DESC", (name,)).fetchall()

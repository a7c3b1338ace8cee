# SPDX-License-Identifier: Apache-2.0
"""information_schema: the catalogue as tables, of which schemata, tables, views and columns are here."""

from . import types
from .errors import table_not_found
from ..tables import Column


def _texts(*names):
    return [Column(name, "string") for name in names]


def relation(session, catalog, name, parts):
    if name not in _TABLES:
        raise table_not_found(parts)
    columns, rows = _TABLES[name](session, catalog)
    return session.store(columns, rows)


def _schemata(session, catalog):
    columns = _texts("catalog_name", "schema_name", "schema_owner", "comment")
    rows = []
    for schema in session.objects.schemas(catalog):
        detail = session.objects.detail(f"{catalog}.{schema}")
        rows.append((catalog, schema, detail.get("owner") or session.user, detail.get("comment")))
    return columns, rows


def _entries(session, catalog):
    for schema in session.objects.schemas(catalog):
        for table, kind in session.objects.tables(catalog, schema):
            yield schema, table, kind, session.objects.detail(f"{catalog}.{schema}.{table}")


def _tables(session, catalog):
    columns = _texts(
        "table_catalog", "table_schema", "table_name", "table_type", "table_owner", "comment", "data_source_format"
    )
    rows = [
        (catalog, schema, table, "VIEW" if kind == "view" else "MANAGED", detail.get("owner") or session.user,
         detail.get("comment"), None if kind == "view" else "DELTA")
        for schema, table, kind, detail in _entries(session, catalog)
    ]  # fmt: skip
    return columns, rows


def _views(session, catalog):
    columns = _texts("table_catalog", "table_schema", "table_name", "view_definition")
    entries = [entry for entry in _entries(session, catalog) if entry[2] == "view"]
    return columns, [(catalog, schema, table, detail.get("view")) for schema, table, _, detail in entries]


def _columns(session, catalog):
    columns = [
        *_texts("table_catalog", "table_schema", "table_name", "column_name"), Column("ordinal_position", "integer"),
        *_texts("is_nullable", "full_data_type", "data_type", "comment"),
    ]  # fmt: skip
    rows = []
    for schema, table, _, detail in _entries(session, catalog):
        name = f"{catalog}.{schema}.{table}"
        required, comments = session.objects.required(name), detail.get("comments", {})
        for index, column in enumerate(session.objects.columns(name)):
            kind = types.simple(column.type)
            spoken = {"bigint": "LONG", "smallint": "SHORT", "tinyint": "BYTE"}.get(
                kind, kind.partition("(")[0].partition("<")[0].upper()
            )
            nullable = "NO" if column.name in required else "YES"
            rows.append((catalog, schema, table, column.name, index, nullable, kind, spoken, comments.get(column.name)))
    return columns, rows


def _catalogs(session, _catalog):
    return _texts("catalog_name", "catalog_owner"), [(name, session.user) for name in session.objects.catalogs()]


_TABLES = {"schemata": _schemata, "tables": _tables, "views": _views, "columns": _columns, "catalogs": _catalogs}

# SPDX-License-Identifier: Apache-2.0
"""CREATE and DROP of catalogs, schemas, tables and views."""

import re

from . import column_values, routines, types, workspace
from .catalog import now
from .coercion import cast
from .errors import AnalysisException, already_exists, fail, quoted, table_not_found, unsupported
from .results import Result
from .scope import Relation, Typed
from .tokens import identifier, value_of
from ..tables import Column

_INSERTED = [Column("num_affected_rows", "long"), Column("num_inserted_rows", "long")]


# CREATE --------------------------------------------------------------------------------------------------------------


def create(parser, session):
    replacing = parser.accept("OR", "REPLACE")
    if parser.accept("TABLE"):
        return _create_table(parser, session, replacing)
    if parser.accept("EXTERNAL", "TABLE"):
        return _create_table(parser, session, replacing)
    parser.accept("GLOBAL")
    temporary = bool(parser.accept_any("TEMPORARY", "TEMP"))
    parser.accept("MATERIALIZED")
    if parser.accept("VIEW"):
        return _create_view(parser, session, replacing, temporary)
    if parser.accept("CATALOG"):
        return _create_catalog(parser, session)
    if parser.accept_any("SCHEMA", "DATABASE"):
        return _create_schema(parser, session)
    if parser.sees("WIDGET"):
        return workspace.create_widget(parser, session)
    if parser.sees("FUNCTION"):
        return routines.create(parser, session, replacing, temporary)
    raise parser.error() if parser.token.upper not in ("VOLUME", "SHARE", "RECIPIENT") else unsupported(
        f"CREATE {parser.token.upper} in SQL"
    )


def replace(parser, session):
    parser.expect("TABLE")
    return _create_table(parser, session, True)


def _unless(parser):
    return parser.accept("IF", "NOT", "EXISTS")


def _create_table(parser, session, replacing):
    unless = _unless(parser)
    parts = parser.object_name()
    name = session.qualify(parts)
    session.objects.require_schema(*name.split(".")[:2])
    kind = session.objects.kind(name)
    if kind and not unless and not replacing:
        raise already_exists("table", name)
    columns, required, comments, values, relation = None, set(), {}, {}, None
    if parser.accept("LIKE"):
        columns = session.find(parser.object_name()).columns
        options = _options(parser)
    else:
        if parser.sees("("):
            columns, required, comments, values = _column_list(parser)
        options = _options(parser)
        if parser.accept("AS") or parser.token.upper in ("SELECT", "WITH"):
            relation = session.queries.query(parser.query())
    parser.done()
    if kind and unless:
        return Result()
    if columns is None:
        columns = relation.columns if relation is not None else []
    detail = {"owner": session.user, "created": types.timestamp_text(now()), "comments": comments, **options}
    if values:
        detail["values"] = values
        required -= {column for column, rule in values.items() if column_values.is_generated(rule)}
    count = make_table(session, name, columns, relation, required, detail)
    verb = "CREATE OR REPLACE TABLE" if replacing else "CREATE TABLE"
    session.objects.record(
        name, session.user, verb + (" AS SELECT" if relation is not None else ""), {"isManaged": "true"},
        {"numOutputRows": count} if relation is not None else {},
    )  # fmt: skip
    return Result() if relation is None else Result(_INSERTED)


def make_table(session, name, columns, relation, required=(), detail=None):
    """A new table, in the place of an old one where there is one; how many rows it has."""
    lowered = [column.name.lower() for column in columns]
    for column in lowered:
        if lowered.count(column) > 1:
            raise fail(
                "COLUMN_ALREADY_EXISTS",
                f"The column {quoted([column])} already exists. Choose another name or rename the existing column.",
                "42711",
            )
    for column in columns:
        if relation is not None and re.search(r"[ ,;{}()\n\t=]", column.name):
            raise fail(
                "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES",
                f"Found invalid character(s) among ' ,;{{}}()\\n\\t=' in the column names of your schema.\nInvalid column names: "
                f"{column.name}.\nPlease use other characters and try again.\nAlternatively, enable Column Mapping to keep "
                "using these characters.",
                "42K05",
            )
    declared = ", ".join(
        f"{identifier(column.name)} {types.declaration(column.type)}{' NOT NULL' if column.name in required else ''}"
        for column in columns
    )
    new = identifier(name + ".new")  # the query may read the table that it replaces
    count = 0
    with session.objects.transaction():
        session.run(f"CREATE TABLE {new}({declared or '__none'})")
        if relation is not None:
            listed = ", ".join(
                cast(Typed(f"c{index}", given.type), column.type).sql
                for index, (given, column) in enumerate(zip(relation.columns, columns))
            )
            count = session.cursor(f"INSERT INTO {new} SELECT {listed} FROM ({relation.sql})")[1]
        if session.objects.kind(name):
            session.run(f"DROP {session.objects.kind(name).upper()} {identifier(name)}")
        session.run(f"ALTER TABLE {new} RENAME TO {identifier(name)}")
        session.objects.set_detail(name, detail or {"owner": session.user, "created": types.timestamp_text(now())})
    return count


def _column_list(parser):
    parser.expect("(")
    columns, required, comments, values = [], set(), {}, {}
    while True:
        if parser.token.upper in ("CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE") and parser.ahead().kind == "word":
            _skip_item(parser)
        else:
            _column(parser, columns, required, comments, values)
        if parser.accept(")"):
            return columns, required, comments, values
        parser.expect(",")


def _column(parser, columns, required, comments, values):
    label = parser.name()
    parser.accept(":")
    columns.append(Column(label, parser.type()))
    while parser.token.text not in (",", ")"):
        if parser.accept("NOT", "NULL"):
            required.add(label)
        elif parser.accept("COMMENT"):
            comments[label] = parser.string()
        elif parser.accept("DEFAULT"):
            values[label] = column_values.read_default(parser)
        elif parser.accept("GENERATED"):
            values[label] = column_values.read_generated(parser)
        elif parser.accept("PRIMARY", "KEY") or parser.accept("NULL"):
            pass
        else:
            raise parser.error()


def _skip_item(parser):
    depth = 0
    while depth or parser.token.text not in (",", ")"):
        if parser.token.kind == "end":
            raise parser.error()
        depth += {"(": 1, ")": -1}.get(parser.next().text, 0)


def _options(parser):
    """What may stand after a table's columns: comment and properties are kept, the storage's layout means nothing here."""
    found = {}
    while True:
        if parser.accept("USING"):
            found["provider"] = parser.name().lower()
        elif parser.accept("COMMENT"):
            found["comment"] = parser.string()
        elif parser.accept("LOCATION"):
            found["location"] = parser.string()
        elif parser.accept("TBLPROPERTIES") or parser.accept("DBPROPERTIES") or parser.accept("WITH", "DBPROPERTIES"):
            found["properties"] = properties_list(parser)
        elif parser.accept("OPTIONS"):
            properties_list(parser)
        elif parser.accept("PARTITIONED", "BY"):
            found["partitions"] = names_in_brackets(parser)
        elif parser.accept("CLUSTER", "BY"):
            if not parser.accept_any("AUTO", "NONE"):
                names_in_brackets(parser)
        elif parser.accept("MANAGED", "LOCATION"):
            found["location"] = parser.string()
        else:
            return found


def properties_list(parser):
    parser.expect("(")
    found = {}
    while True:
        key = value_of(parser.next())
        while parser.accept("."):
            key += "." + parser.next().text
        parser.accept("=")
        found[key] = value_of(parser.next())
        if parser.accept(")"):
            return found
        parser.expect(",")


def names_in_brackets(parser):
    parser.expect("(")
    names = []
    while not parser.accept(")"):
        names.append(parser.name())
        if not parser.accept(",") and parser.token.text != ")":
            parser.type()
            parser.accept(",")
    return names


def _create_view(parser, session, replacing, temporary):
    unless = _unless(parser)
    parts = parser.object_name()
    names, comments = None, {}
    if parser.accept("("):
        names = []
        while True:
            names.append(parser.name())
            if parser.accept("COMMENT"):
                comments[names[-1]] = parser.string()
            if parser.accept(")"):
                break
            parser.expect(",")
    options = _options(parser)
    parser.expect("AS")
    text = parser.text[parser.token.position :].strip().rstrip(";")
    session.queries.whole = not temporary
    try:
        relation = session.queries.query(parser.query())
    finally:
        session.queries.whole = False
    parser.done()
    if names:
        if len(names) != len(relation.columns):
            raise fail(
                "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
                f"Cannot create view {quoted(parts)}, the reason is not enough data columns.",
                "21S01",
            )
        relation = Relation(relation.sql, [Column(new, old.type) for new, old in zip(names, relation.columns)])
    if temporary:
        if parts[-1].lower() in session.views and not replacing:
            if unless:
                return Result()
            raise already_exists("temporary view", parts[-1])
        session.views[parts[-1].lower()] = relation
        return Result()
    name = session.qualify(parts)
    session.objects.require_schema(*name.split(".")[:2])
    if session.objects.kind(name):
        if unless:
            return Result()
        if not replacing:
            raise already_exists("view", name)
    if "FROM temp.__" in relation.sql:
        raise fail(
            "INVALID_TEMP_OBJ_REFERENCE",
            f"Cannot create the persistent object {quoted(name)} of the type VIEW because it references to a "
            "temporary object.",
            "42K0F",
        )
    make_view(session, name, relation, text, {**options, "comments": comments})
    return Result()


def make_view(session, name, relation, text, options):
    detail = {
        **options,
        "owner": session.user,
        "created": types.timestamp_text(now()),
        "view": text,
        "columns": {column.name: {"type": column.type} for column in relation.columns},
    }
    names = ", ".join(identifier(column.name) for column in relation.columns)
    with session.objects.transaction():
        if session.objects.kind(name):
            session.objects.drop(name)
        session.run(f"CREATE VIEW {identifier(name)}({names}) AS {relation.sql}")
        session.objects.set_detail(name, detail)


def _create_catalog(parser, session):
    unless = _unless(parser)
    name = parser.name().lower()
    options = _options(parser)
    parser.done()
    if name in session.objects.catalogs():
        if unless:
            return Result()
        raise fail("CATALOG_ALREADY_EXISTS", f"Catalog '{name}' already exists.", "42710")
    session.objects.add_schema(name, "default")
    session.objects.set_detail(name, {**options, "owner": session.user, "created": types.timestamp_text(now())})
    return Result()


def _create_schema(parser, session):
    unless = _unless(parser)
    catalog, schema = session.schema_of(parser.object_name())
    options = _options(parser)
    parser.done()
    session.objects.require_catalog(catalog)
    if session.objects.has_schema(catalog, schema):
        if unless:
            return Result()
        raise fail(
            "SCHEMA_ALREADY_EXISTS",
            f"Cannot create schema {quoted([schema])} because it already exists.\nChoose a different name, drop the existing "
            "schema, or add the IF NOT EXISTS clause to tolerate pre-existing schema.",
            "42P06",
        )
    session.objects.add_schema(catalog, schema)
    session.objects.set_detail(
        f"{catalog}.{schema}", {**options, "owner": session.user, "created": types.timestamp_text(now())}
    )
    return Result()


# DROP ----------------------------------------------------------------------------------------------------------------


def drop(parser, session):
    parser.accept("TEMPORARY")
    parser.accept("MATERIALIZED")
    kind = parser.accept_any("TABLE", "VIEW", "SCHEMA", "DATABASE", "CATALOG", "FUNCTION")
    if kind is None:
        raise parser.error()
    tolerant = parser.accept("IF", "EXISTS")
    parts = parser.object_name()
    ending = parser.accept_any("CASCADE", "RESTRICT", "PURGE")
    parser.done()
    if kind == "FUNCTION":
        return routines.drop(session, parts, tolerant)
    if kind == "CATALOG":
        return _drop_catalog(session, parts[0].lower(), tolerant, ending == "CASCADE")
    if kind in ("SCHEMA", "DATABASE"):
        return _drop_schema(session, parts, tolerant, ending == "CASCADE")
    return drop_table(session, kind, parts, tolerant)


def drop_table(session, kind, parts, tolerant):
    if session.temporary(parts) is not None:
        del session.views[parts[-1].lower()]
        return Result()
    name = session.qualify(parts)
    found = session.objects.kind(name)
    if found is None:
        if tolerant:
            return Result()
        raise table_not_found(parts)
    if found.upper() != kind:
        wanted = "VIEW" if kind == "VIEW" else "TABLE"
        raise fail(
            "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE" if wanted == "VIEW" else "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
            f"'DROP {wanted}' expects a {wanted.lower()} but {quoted(name)} is a {found}.",
            "42809",
        )
    with session.objects.transaction():
        session.objects.drop(name)
    return Result()


def _drop_schema(session, parts, tolerant, cascade):
    catalog, schema = session.schema_of(parts)
    if not session.objects.has_schema(catalog, schema):
        if tolerant:
            return Result()
        session.objects.require_schema(catalog, schema)
    tables = session.objects.tables(catalog, schema)
    if tables and not cascade:
        raise fail(
            "SCHEMA_NOT_EMPTY",
            f"Cannot drop a schema {quoted([schema])} because it contains objects.\nUse DROP SCHEMA ... CASCADE to drop the "
            "schema and all its objects.",
            "2BP01",
        )
    with session.objects.transaction():
        for table, _ in tables:
            session.objects.drop(f"{catalog}.{schema}.{table}")
        session.objects.remove_schema(catalog, schema)
    return Result()


def _drop_catalog(session, catalog, tolerant, cascade):
    if catalog not in session.objects.catalogs():
        if tolerant:
            return Result()
        session.objects.require_catalog(catalog)
    schemas = [schema for schema in session.objects.schemas(catalog) if schema != "information_schema"]
    if not cascade and (schemas != ["default"] or session.objects.tables(catalog, "default")):
        raise AnalysisException(
            f"[UC_CATALOG_NOT_EMPTY] Catalog '{catalog}' is not empty. The catalog has {len(schemas)} schema(s). "
            "SQLSTATE: 2BP01",
        )
    for schema in schemas:
        _drop_schema(session, [catalog, schema], True, True)
    if session.catalog == catalog:
        session.catalog, session.schema = "main", "default"
    return Result()

# SPDX-License-Identifier: Apache-2.0
"""ALTER and COMMENT ON."""

from . import column_values, types
from .ddl import make_view, names_in_brackets, properties_list
from .errors import already_exists, fail, quoted, unresolved_column, unsupported
from .results import Result
from .tokens import identifier, value_of
from ..tables import Column


def alter(parser, session):
    kind = parser.accept_any("TABLE", "VIEW", "SCHEMA", "DATABASE", "CATALOG")
    if kind is None:
        raise parser.error()
    parts = parser.object_name()
    if kind in ("SCHEMA", "DATABASE", "CATALOG"):
        return _alter_schema(parser, session, kind, parts)
    name = session.qualify(parts)
    session.objects.require(name, parts)
    with session.objects.transaction():
        _alter_table(parser, session, name, parts)
        parser.done()
    return Result()


def _alter_table(parser, session, name, parts):
    table, user = identifier(name), session.user
    if parser.accept("RENAME", "TO"):
        new = session.qualify(target if len(target := parser.object_name()) > 1 else [*name.split(".")[:2], target[0]])
        if session.objects.kind(new):
            raise already_exists("table", new)
        session.objects.rename(name, new)
    elif parser.accept("ADD"):
        if parser.accept("CONSTRAINT"):
            parser.skip()
            return
        parser.accept_any("COLUMN", "COLUMNS")
        _add_columns(parser, session, name)
    elif parser.accept("RENAME", "COLUMN"):
        old = _existing_column(session, name, parser.name())
        parser.expect("TO")
        new = parser.name()
        session.run(f"ALTER TABLE {table} RENAME COLUMN {identifier(old)} TO {identifier(new)}")
        column_values.renamed(session, name, old, new)
        session.objects.record(name, user, "RENAME COLUMN", {"oldColumnPath": old, "newColumnPath": new})
    elif parser.accept("DROP"):
        if parser.accept("CONSTRAINT"):
            parser.skip()
            return
        parser.accept_any("COLUMN", "COLUMNS")
        parser.accept("IF", "EXISTS")
        for column in names_in_brackets(parser) if parser.sees("(") else parser.listed(parser.name):
            session.run(f"ALTER TABLE {table} DROP COLUMN {identifier(_existing_column(session, name, column))}")
        session.objects.record(name, user, "DROP COLUMNS")
    elif parser.accept("SET", "TBLPROPERTIES"):
        detail = session.objects.detail(name)
        detail.setdefault("properties", {}).update(properties_list(parser))
        session.objects.set_detail(name, detail)
        session.objects.record(name, user, "SET TBLPROPERTIES", {"properties": str(detail["properties"])})
    elif parser.accept("UNSET", "TBLPROPERTIES"):
        parser.skip()
    elif parser.accept("AS"):
        text = parser.text[parser.token.position :].strip()
        session.queries.whole = True
        try:
            relation = session.queries.query(parser.query())
        finally:
            session.queries.whole = False
        make_view(session, name, relation, text, {})
    elif parser.accept_any("ALTER", "CHANGE"):
        _alter_column(parser, session, name)
    elif parser.accept("OWNER", "TO") or parser.accept("SET", "OWNER", "TO"):
        detail = session.objects.detail(name)
        detail["owner"] = value_of(parser.next())
        session.objects.set_detail(name, detail)
    elif parser.token.upper in ("CLUSTER", "SET", "UNSET", "REPLACE", "RECOVER"):
        parser.skip()
    else:
        raise parser.error()


def _existing_column(session, name, column):
    names = [each.name for each in session.objects.columns(name)]
    for each in names:
        if each.lower() == column.lower():
            return each
    raise unresolved_column([column], names)


def _add_columns(parser, session, name):
    columns, required, comments = [], set(), {}
    bracket = parser.accept("(")
    while True:
        label = parser.name()
        columns.append(Column(label, parser.type()))
        while parser.token.text not in (",", ")", ";", ""):
            if parser.accept("COMMENT"):
                comments[label] = parser.string()
            elif parser.accept("AFTER"):
                parser.name()
            elif not parser.accept("FIRST") and not parser.accept("NULL"):
                raise parser.error()
        if not parser.accept(","):
            break
    if bracket:
        parser.expect(")")
    known = {column.name.lower() for column in session.objects.columns(name)}
    for column in columns:
        if column.name.lower() in known:
            raise fail(
                "FIELD_ALREADY_EXISTS",
                f"Cannot add column, because {quoted([column.name])} already exists in {types.simple(column.type)}.",
                "42710",
            )
        session.run(f"ALTER TABLE {identifier(name)} ADD COLUMN {identifier(column.name)} {types.declaration(column.type)}")
    detail = session.objects.detail(name)
    detail.setdefault("comments", {}).update(comments)
    session.objects.set_detail(name, detail)
    session.objects.record(name, session.user, "ADD COLUMNS", {"columns": str([column.name for column in columns])})


def _alter_column(parser, session, name):
    parser.accept("COLUMN")
    column = _existing_column(session, name, parser.name())
    if parser.accept("COMMENT"):
        detail = session.objects.detail(name)
        detail.setdefault("comments", {})[column] = parser.string()
        session.objects.set_detail(name, detail)
    elif parser.accept("TYPE"):
        raise unsupported("Changing the type of a column")
    elif not column_values.alter(parser, session, name, column):
        parser.skip()  # order, nullability


def _alter_schema(parser, session, kind, parts):
    if kind == "CATALOG":
        session.objects.require_catalog(parts[0].lower())
        name = parts[0].lower()
    else:
        session.objects.require_schema(*session.schema_of(parts))
        name = ".".join(session.schema_of(parts))
    detail = session.objects.detail(name)
    if parser.accept("SET", "DBPROPERTIES"):
        detail.setdefault("properties", {}).update(properties_list(parser))
    elif parser.accept("OWNER", "TO") or parser.accept("SET", "OWNER", "TO"):
        detail["owner"] = value_of(parser.next())
    else:
        parser.skip()
    parser.done()
    session.objects.set_detail(name, detail)
    return Result()


def comment(parser, session):
    parser.expect("ON")
    kind = parser.accept_any("TABLE", "VIEW", "SCHEMA", "DATABASE", "CATALOG", "COLUMN")
    if kind is None:
        raise parser.error()
    parts = parser.object_name()
    parser.expect("IS")
    text = None if parser.accept("NULL") else parser.string()
    parser.done()
    column = parts.pop() if kind == "COLUMN" else None
    if kind == "CATALOG":
        name = parts[0].lower()
        session.objects.require_catalog(name)
    elif kind in ("SCHEMA", "DATABASE"):
        session.objects.require_schema(*session.schema_of(parts))
        name = ".".join(session.schema_of(parts))
    else:
        name = session.qualify(parts)
        session.objects.require(name, parts)
    detail = session.objects.detail(name)
    if column:
        detail.setdefault("comments", {})[_existing_column(session, name, column)] = text
    else:
        detail["comment"] = text
    session.objects.set_detail(name, detail)
    return Result()

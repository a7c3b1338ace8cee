# SPDX-License-Identifier: Apache-2.0
"""INSERT, UPDATE, DELETE and TRUNCATE."""

from . import column_values, nodes
from .coercion import stored
from .errors import fail, quoted, unresolved_column
from .results import Result
from .scope import Attribute, Scope, Typed
from .tokens import identifier
from ..tables import Column


def counts(*names):
    return [Column(name, "long") for name in names]


def target(session, parts):
    """The name and columns of a table that a statement changes; views cannot be changed."""
    name = session.qualify(parts)
    kind = session.objects.kind(name)
    if kind == "view" or session.temporary(parts) is not None:
        raise fail(
            "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
            f"The operation expects a table but {quoted(name)} is a view.",
            "42809",
        )
    session.objects.require(name, parts)
    return name, session.objects.columns(name)


def attributes(name, columns, alias, qualifier=None):
    return [
        Attribute(column.name, column.type, f"{alias}.{identifier(column.name)}", qualifier or tuple(name.split(".", 2)))
        for column in columns
    ]


def insert(parser, session, ctes=()):
    overwrite = parser.accept_any("OVERWRITE", "INTO")
    if overwrite is None:
        raise parser.error()
    parser.accept("INTO")
    parser.accept("TABLE")
    name, columns = target(session, parser.object_name())
    if parser.accept("PARTITION"):
        from .errors import unsupported

        raise unsupported("INSERT ... PARTITION")
    chosen, by_name = None, parser.accept("BY", "NAME")
    if parser.sees("(") and parser.ahead().upper not in ("SELECT", "WITH", "VALUES", "("):
        parser.expect("(")
        chosen = parser.listed(parser.name)
        parser.expect(")")
    if overwrite == "INTO" and parser.accept("REPLACE", "WHERE"):
        from .errors import unsupported

        raise unsupported("INSERT ... REPLACE WHERE")
    query = parser.query()
    parser.done()
    query.ctes = [*ctes, *query.ctes]
    relation = session.queries.query(query)
    if by_name:
        chosen = [column.name for column in relation.columns]
    count = insert_into(session, name, columns, relation, chosen, overwrite == "OVERWRITE")
    return Result(counts("num_affected_rows", "num_inserted_rows"), [(count, count)])


def insert_into(session, name, columns, relation, chosen=None, overwrite=False):
    """Rows of a relation, by position or into the chosen columns."""
    known = {column.name.lower(): column for column in columns}
    if chosen is not None:
        for each in chosen:
            if each.lower() not in known:
                raise unresolved_column([each], [column.name for column in columns])
        into = [known[each.lower()] for each in chosen]
    else:
        into = column_values.positions(session, name, columns, len(relation.columns))
    if len(into) != len(relation.columns):
        which = "NOT_ENOUGH_DATA_COLUMNS" if len(relation.columns) < len(into) else "TOO_MANY_DATA_COLUMNS"
        raise fail(
            f"INSERT_COLUMN_ARITY_MISMATCH.{which}",
            f"Cannot write to {quoted(name)}, the reason is {which.lower().replace('_', ' ')}:\n"
            f"Table columns: {', '.join(quoted([column.name]) for column in into)}.\n"
            f"Data columns: {', '.join(quoted([column.name]) for column in relation.columns)}.",
            "21S01",
        )
    listed = ", ".join(
        stored(Typed(f"c{index}", given.type), column.type, column.name).sql
        for index, (given, column) in enumerate(zip(relation.columns, into))
    )
    more = column_values.left_out(session, name, columns, into)
    names = ", ".join([*(identifier(column.name) for column in into), *(column for column, _ in more)])
    values = ", ".join(["*", *(value for _, value in more)])
    with session.objects.transaction():
        # The rows may come out of the table itself, so they are gathered before it is emptied.
        session.run("DROP TABLE IF EXISTS temp.__new")
        session.run(f"CREATE TEMP TABLE __new AS SELECT {listed} FROM ({relation.sql})")
        if overwrite:
            session.run(f"DELETE FROM {identifier(name)}")
        last = column_values.last_row(session, name)
        count = session.cursor(f"INSERT INTO {identifier(name)}({names}) SELECT {values} FROM temp.__new")[1]
        column_values.generate(session, name, attributes(name, columns, "target"), last)
        session.run("DROP TABLE temp.__new")
        mode = "Overwrite" if overwrite else "Append"
        session.objects.record(name, session.user, "WRITE", {"mode": mode}, {"numFiles": 1, "numOutputRows": count})
    return count


def _alias(parser):
    parser.accept("AS")
    if parser.token.kind in ("word", "quoted") and parser.token.upper not in ("SET", "WHERE", "USING"):
        return parser.name()
    return None


def update(parser, session):
    name, columns = target(session, parser.object_name())
    alias = _alias(parser)
    parser.expect("SET")
    changes = parser.listed(lambda: assignment(parser))
    where = parser.expression() if parser.accept("WHERE") else None
    parser.done()
    scope = Scope(attributes(name, columns, "target", (alias,) if alias else None))
    sets = assigned(session, columns, changes, scope)
    condition = f" WHERE {session.queries.translator.condition(where, scope)}" if where is not None else ""
    with session.objects.transaction():
        count = session.cursor(f"UPDATE {identifier(name)} AS target SET {sets}{condition}")[1]
        column_values.generate(session, name, attributes(name, columns, "target"), column_values.last_row(session, name))
        session.objects.record(name, session.user, "UPDATE", {}, {"numUpdatedRows": count})
    return Result(counts("num_affected_rows"), [(count,)])


def assignment(parser):
    """column = expression; the column perhaps qualified."""
    parts = parser.dotted()
    if parser.token.text not in ("=", "=="):
        raise parser.error()
    parser.next()
    return parts[-1], parser.expression()


def assigned(session, columns, changes, scope):
    """The list of an UPDATE's SET."""
    known = {column.name.lower(): column for column in columns}
    out = []
    for label, expression in changes:
        if label.lower() not in known:
            raise unresolved_column([label], [column.name for column in columns])
        column = known[label.lower()]
        if isinstance(expression, nodes.Name) and expression.parts == ["DEFAULT"]:
            expression = nodes.literal(None)
        value = stored(session.queries.translator.typed(expression, scope), column.type, column.name)
        out.append(f"{identifier(column.name)} = {value.sql}")
    return ", ".join(out)


def delete(parser, session):
    parser.expect("FROM")
    name, columns = target(session, parser.object_name())
    alias = _alias(parser)
    where = parser.expression() if parser.accept("WHERE") else None
    parser.done()
    scope = Scope(attributes(name, columns, "target", (alias,) if alias else None))
    condition = session.queries.translator.condition(where, scope) if where is not None else "1"
    with session.objects.transaction():
        count = session.cursor(f"DELETE FROM {identifier(name)} AS target WHERE {condition}")[1]
        session.objects.record(name, session.user, "DELETE", {}, {"numDeletedRows": count})
    return Result(counts("num_affected_rows"), [(count,)])


def truncate(parser, session):
    parser.accept("TABLE")
    name, _ = target(session, parser.object_name())
    parser.done()
    with session.objects.transaction():
        session.run(f"DELETE FROM {identifier(name)}")
        session.objects.record(name, session.user, "TRUNCATE")
    return Result()

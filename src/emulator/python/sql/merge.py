# SPDX-License-Identifier: Apache-2.0
"""MERGE INTO: pairs of rows are found first, then each clause changes those that fell to it."""

from collections import namedtuple

from . import column_values, nodes
from .changes import assigned, assignment, attributes, counts, target
from .coercion import stored
from .errors import AnalysisException, unresolved_column
from .results import Result
from .scope import Scope
from .tokens import identifier

# side: matched, source (not matched) or target (not matched by source); changes: None for all columns
Clause = namedtuple("Clause", "side condition action changes")


def merge(parser, session):
    parser.accept("WITH", "SCHEMA", "EVOLUTION")
    parser.expect("INTO")
    name, columns = target(session, parser.object_name())
    alias = None
    if parser.accept("AS") or not parser.sees("USING"):
        alias = parser.name()
    parser.expect("USING")
    source = parser._relation()
    parser.expect("ON")
    condition = parser.expression()
    clauses = []
    while parser.accept("WHEN"):
        clauses.append(_clause(parser))
    parser.done()
    if not clauses:
        raise parser.error()
    return run(session, name, columns, alias, source, condition, clauses)


def _clause(parser):
    side = "source" if parser.accept("NOT") else "matched"
    parser.expect("MATCHED")
    if parser.accept("BY"):
        side = "target" if parser.accept_any("TARGET", "SOURCE") == "SOURCE" else "source"
    condition = parser.expression() if parser.accept("AND") else None
    parser.expect("THEN")
    action = parser.accept_any("UPDATE", "DELETE", "INSERT")
    if action is None or (action == "INSERT") != (side == "source"):
        raise parser.error()
    changes = None
    if action == "UPDATE":
        parser.expect("SET")
        if not parser.accept("*"):
            changes = parser.listed(lambda: assignment(parser))
    elif action == "INSERT" and not parser.accept("*"):
        parser.expect("(")
        names = parser.listed(lambda: parser.dotted()[-1])
        parser.expect(")", "VALUES", "(")
        values = parser.listed(parser.expression)
        parser.expect(")")
        changes = list(zip(names, values))
    return Clause(side, condition, action, changes)


def run(session, name, columns, alias, source, condition, clauses):
    """One result row: how many rows were affected, updated, deleted, inserted."""
    queries = session.queries
    select = nodes.Select([nodes.Star([], [])], source=source)
    relation = queries.query(select)
    ours = attributes(name, columns, "target", (alias,) if alias else None)
    label = getattr(source, "alias", None) or (source.parts[-1] if isinstance(source, nodes.Table) else None)
    theirs = relation.attributes("source", (label,) if label else ())
    both, own, other = Scope(ours + theirs), Scope(ours), Scope(theirs)
    table = identifier(name)
    done = {"UPDATE": 0, "DELETE": 0, "INSERT": 0}
    with session.objects.transaction():
        for temporary in ("__source", "__pairs"):
            session.run(f"DROP TABLE IF EXISTS temp.{temporary}")
        session.run(f"CREATE TEMP TABLE __source AS {relation.sql}")
        test = queries.translator.condition(condition, both)
        chosen = _choice(session, clauses, "matched", both)
        session.run(
            f"CREATE TEMP TABLE __pairs AS SELECT target.rowid AS t, source.rowid AS s, {chosen} AS clause "
            f"FROM {table} AS target JOIN temp.__source AS source ON {test}"
        )
        _require_one_match(session)
        inserts = _choice(session, clauses, "source", other)
        deletes = _choice(session, clauses, "target", own)
        new = session.run(
            f"SELECT rowid, {inserts} FROM temp.__source AS source WHERE rowid NOT IN (SELECT s FROM temp.__pairs)"
        )
        old = []
        if deletes != "NULL":
            old = session.run(
                f"SELECT rowid, {deletes} FROM {table} AS target WHERE rowid NOT IN (SELECT t FROM temp.__pairs)"
            )
        session.run("DROP TABLE IF EXISTS temp.__rest")
        session.run("CREATE TEMP TABLE __rest(side TEXT, id INTEGER, clause INTEGER)")
        rest = [("source", *row) for row in new] + [("target", *row) for row in old]
        session.db.executemany("INSERT INTO temp.__rest VALUES(?, ?, ?)", rest)
        last = column_values.last_row(session, name)
        for index, clause in enumerate(clauses):
            done[clause.action] += _apply(session, index, clause, name, columns, relation, both, own, other)
        column_values.generate(session, name, attributes(name, columns, "target"), last)
        for temporary in ("__source", "__pairs", "__rest"):
            session.run(f"DROP TABLE temp.{temporary}")
        metrics = {
            "numTargetRowsUpdated": done["UPDATE"],
            "numTargetRowsDeleted": done["DELETE"],
            "numTargetRowsInserted": done["INSERT"],
        }
        session.objects.record(name, session.user, "MERGE", {}, metrics)
    affected = sum(done.values())
    names = ("num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows")
    return Result(counts(*names), [(affected, done["UPDATE"], done["DELETE"], done["INSERT"])])


def _choice(session, clauses, side, scope):
    """The number of the first clause of this side whose condition holds."""
    whens = ""
    for index, clause in enumerate(clauses):
        if clause.side == side:
            test = "1" if clause.condition is None else session.queries.translator.condition(clause.condition, scope)
            whens += f" WHEN {test} THEN {index}"
    return f"CASE{whens} END" if whens else "NULL"


def _require_one_match(session):
    twice = session.run("SELECT 1 FROM temp.__pairs WHERE clause IS NOT NULL GROUP BY t HAVING count(*) > 1 LIMIT 1")
    if twice:
        raise AnalysisException(
            "[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] Cannot perform Merge as multiple source rows matched and "
            "attempted to modify the same target row in the Delta table in possibly conflicting ways. SQLSTATE: 21506"
        )


def _apply(session, index, clause, name, columns, relation, both, own, other):
    table = identifier(name)
    if clause.action == "INSERT":
        return _insert(session, index, clause, name, columns, relation, other)
    if clause.side == "matched":
        rows = f"SELECT t FROM temp.__pairs WHERE clause = {index}"
    else:
        rows = f"SELECT id FROM temp.__rest WHERE side = 'target' AND clause = {index}"
    if clause.action == "DELETE":
        return session.cursor(f"DELETE FROM {table} WHERE rowid IN ({rows})")[1]
    if clause.side == "target":
        sets = assigned(session, columns, clause.changes or [], own)
        return session.cursor(f"UPDATE {table} AS target SET {sets} WHERE rowid IN ({rows})")[1]
    sets = assigned(
        session, columns, clause.changes or _same_names(_ungenerated(session, name, columns, relation), relation), both
    )
    return session.cursor(
        f"UPDATE {table} AS target SET {sets} FROM temp.__pairs AS pair JOIN temp.__source AS source ON source.rowid = pair.s "
        f"WHERE pair.t = target.rowid AND pair.clause = {index}"
    )[1]


def _ungenerated(session, name, columns, relation):
    """Without those that make their own values, unless the source has them."""
    rules, there = column_values.rules_of(session, name), {column.name.lower() for column in relation.columns}
    return [
        column
        for column in columns
        if column.name.lower() in there or not column_values.is_generated(rules.get(column.name, {}))
    ]


def _same_names(columns, relation):
    """SET *: every column of the target from the source's column of that name."""
    found = {column.name.lower(): position for position, column in enumerate(relation.columns)}
    changes = []
    for column in columns:
        if column.name.lower() not in found:
            raise unresolved_column([column.name], [each.name for each in relation.columns])
        position = found[column.name.lower()]
        changes.append((column.name, nodes.Typed(f"source.c{position}", relation.columns[position].type)))
    return changes


def _insert(session, index, clause, name, columns, relation, other):
    changes = clause.changes or _same_names(_ungenerated(session, name, columns, relation), relation)
    known = {column.name.lower(): column for column in columns}
    into = [known[label.lower()] for label, _ in changes if label.lower() in known]
    more = column_values.left_out(session, name, columns, into)
    names, values = [column for column, _ in more], [value for _, value in more]
    for label, expression in changes:
        if label.lower() not in known:
            raise unresolved_column([label], [column.name for column in columns])
        column = known[label.lower()]
        names.append(identifier(column.name))
        values.append(stored(session.queries.translator.typed(expression, other), column.type, column.name).sql)
    return session.cursor(
        f"INSERT INTO {identifier(name)}({', '.join(names)}) SELECT {', '.join(values)} FROM temp.__source AS source "
        f"WHERE rowid IN (SELECT id FROM temp.__rest WHERE side = 'source' AND clause = {index})"
    )[1]

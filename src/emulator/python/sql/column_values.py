# SPDX-License-Identifier: Apache-2.0
"""Columns that know their own values: DEFAULT, GENERATED ALWAYS AS (expression), GENERATED ... AS IDENTITY.

The rules stand in the table's detail, by column: {"default": text}, {"expression": text}, or {"next", "step", "always"}
of an identity.
"""

from .coercion import cast, stored
from .errors import fail
from .scope import Scope
from .tokens import identifier


def read_default(parser):
    return {"default": _text_of(parser)}


def read_generated(parser):
    """What is behind GENERATED."""
    always = parser.accept("ALWAYS")
    if not always:
        parser.expect("BY", "DEFAULT")
    parser.expect("AS")
    if not parser.accept("IDENTITY"):
        parser.expect("(")
        rule = {"expression": _text_of(parser)}
        parser.expect(")")
        return rule
    rule = {"next": 1, "step": 1, "always": bool(always)}
    if parser.accept("("):
        while not parser.accept(")"):
            if parser.accept("START", "WITH"):
                rule["next"] = _whole(parser)
            else:
                parser.expect("INCREMENT", "BY")
                rule["step"] = _whole(parser)
            parser.accept(",")
    return rule


def _whole(parser):
    return -parser.integer() if parser.accept("-") else parser.integer()


def _text_of(parser):
    start = parser.token.position
    parser.expression()
    return parser.text[start : parser.token.position].strip()


def is_generated(rule):
    return "expression" in rule or "next" in rule


def rules_of(session, name):
    return session.objects.detail(name).get("values") or {}


def positions(session, name, columns, count):
    """The columns that an insert without a list means: those that are generated may be left out."""
    rules = rules_of(session, name)
    given = [column for column in columns if not is_generated(rules.get(column.name, {}))]
    return given if count == len(given) else columns


def left_out(session, name, columns, into):
    """Pairs of name and SQL for columns with defaults that an insert does not name."""
    rules, named = rules_of(session, name), {column.name for column in into}
    for column in into:
        if rules.get(column.name, {}).get("always"):
            raise fail(
                "DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED",
                f"Providing values for GENERATED ALWAYS AS IDENTITY column {column.name} is not supported.",
                "42808",
            )
    found = []
    for column in columns:
        rule = rules.get(column.name, {})
        if column.name not in named and "default" in rule:
            value = session.queries.translator.typed(_parsed(rule["default"]), Scope([]))
            found.append((identifier(column.name), cast(value, column.type).sql))
    return found


def last_row(session, name):
    """What generate() takes as the row behind which the new ones are."""
    return session.run(f"SELECT coalesce(max(rowid), 0) FROM {identifier(name)}")[0][0]


def generate(session, name, attributes, last):
    """Fills the generated columns after a change; identities in rows behind `last`. `attributes` belong to `target`."""
    detail = session.objects.detail(name)
    table, scope = identifier(name), Scope(attributes)
    for attribute in attributes:
        rule = (detail.get("values") or {}).get(attribute.name, {})
        column = identifier(attribute.name)
        if "next" in rule:
            count = session.cursor(
                f"UPDATE {table} AS target SET {column} = {rule['next']} + {rule['step']} * (fresh.n - 1) FROM (SELECT rowid AS r, "
                f"row_number() OVER (ORDER BY rowid) AS n FROM {table} WHERE rowid > {last} AND {column} IS NULL) AS fresh "
                "WHERE target.rowid = fresh.r"
            )[1]
            rule["next"] += rule["step"] * max(count, 0)
            session.objects.set_detail(name, detail)
        elif "expression" in rule:
            value = session.queries.translator.typed(_parsed(rule["expression"]), scope)
            session.run(f"UPDATE {table} AS target SET {column} = {stored(value, attribute.type, attribute.name).sql}")


def renamed(session, name, old, new):
    detail = session.objects.detail(name)
    if old in (detail.get("values") or {}):
        detail["values"][new] = detail["values"].pop(old)
        session.objects.set_detail(name, detail)


def alter(parser, session, name, column):
    """SET DEFAULT expression and DROP DEFAULT; false where it is something else."""
    sets = parser.accept("SET", "DEFAULT")
    if not sets and not parser.accept("DROP", "DEFAULT"):
        return False
    detail = session.objects.detail(name)
    rules = detail.setdefault("values", {})
    rules.pop(column, None)
    if sets:
        rules[column] = read_default(parser)
    session.objects.set_detail(name, detail)
    return True


def _parsed(text):
    from .queries import QueryParser

    return QueryParser(text).expression()

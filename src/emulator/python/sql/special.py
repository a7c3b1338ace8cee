# SPDX-License-Identifier: Apache-2.0
"""Arithmetic, and the functions on plain values whose SQL depends on the types of their arguments."""

from . import containers, nodes, time_windows, types, workspace
from .coercion import argument, cast
from .containers import alike, all_typed
from .scope import Typed
from .tokens import literal


def arithmetic(operator, left, right):
    a, b = types.kind_of(left.type), types.kind_of(right.type)
    if operator in ("+", "-") and a == "date" and b in types.INTEGRAL:
        return Typed(f"f_add_days({left.sql}, {'-' if operator == '-' else ''}{right.sql})", "date")
    if operator == "-" and a == "date" and b == "date":
        return Typed(f"('INTERVAL ''' || f_datediff({left.sql}, {right.sql}) || ''' DAY')", "string")
    left, right = argument(left, "n"), argument(right, "n")
    if operator == "DIV":
        return Typed(f"CAST({left.sql} / {right.sql} AS INTEGER)", "long")
    if operator == "/":
        return Typed(f"({left.sql} * 1.0 / {right.sql})", _quotient(left.type, right.type))
    kind = types.common(left.type, right.type)
    if types.kind_of(kind) == "decimal":
        kind = _decimal(operator, left.type, right.type)
    if operator == "%":
        whole = left.type in types.INTEGRAL and right.type in types.INTEGRAL
        return Typed(f"({left.sql} % {right.sql})" if whole else f"f_mod({left.sql}, {right.sql})", kind)
    return Typed(f"({left.sql} {operator} {right.sql})", kind)


def unbracketed(sql):
    """(a + b) without its brackets, if they are one pair."""
    if not sql.startswith("(") or not sql.endswith(")") or "'" in sql or '"' in sql:
        return sql
    depth = 0
    for index, letter in enumerate(sql):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return sql[1:-1] if index == len(sql) - 1 else sql
    return sql


def narrowed(node, value, other):
    """A whole number as a literal beside a decimal is one of just as many digits."""
    if isinstance(node, nodes.Literal) and value.type in types.INTEGRAL and types.kind_of(other.type) == "decimal":
        return Typed(value.sql, f"decimal({len(str(abs(node.value)))},0)")
    return value


def tuples(one, other):
    """The pairs that (a, b) = (c, d) compares."""
    rows = [each.arguments for each in (one, other) if isinstance(each, nodes.Call) and each.name == "struct"]
    return list(zip(*rows)) if len(rows) == 2 and len(rows[0]) == len(rows[1]) else None


def all_of(tests):
    made = None
    for test in tests:
        made = test if made is None else nodes.Binary("AND", made, test)
    return made


def _quotient(one, other):
    if "decimal" not in (types.kind_of(one), types.kind_of(other)) or {one, other} & {"double", "float", None, "void"}:
        return "double"
    (p1, s1), (p2, s2) = types.precision(one), types.precision(other)
    scale = max(6, s1 + p2 + 1)
    return types.decimal_of(p1 - s1 + s2 + scale, scale)


def _decimal(operator, one, other):
    if {one, other} & {"double", "float"}:
        return "double"
    (p1, s1), (p2, s2) = types.precision(one), types.precision(other)
    if operator == "*":
        return types.decimal_of(p1 + p2 + 1, s1 + s2)
    if operator == "%":
        return types.decimal_of(min(p1 - s1, p2 - s2) + max(s1, s2), max(s1, s2))
    return types.decimal_of(max(p1 - s1, p2 - s2) + max(s1, s2) + 1, max(s1, s2))


# Texts, numbers, dates -------------------------------------------------------------------------------------------------


def _concat(translator, arguments, scope):
    values = all_typed(translator, arguments, scope)
    if not values:
        return Typed("''", "string")
    if types.kind_of(values[0].type) == "array":
        values = alike(values)
        return Typed(f"f_array_concat({', '.join(value.sql for value in values)})", values[0].type)
    return Typed("(" + " || ".join(argument(value, "s").sql for value in values) + ")", "string")


def _concat_ws(translator, arguments, scope):
    values = all_typed(translator, arguments, scope)
    parts = [
        f"(char(1) || {value.sql})" if types.kind_of(value.type) == "array" else argument(value, "s").sql for value in values
    ]
    return Typed(f"f_concat_ws({', '.join(parts)})", "string")


def _reverse(translator, arguments, scope):
    value = translator.typed(arguments[0], scope)
    if types.kind_of(value.type) == "array":
        return Typed(f"f_array_reverse({value.sql})", value.type)
    return Typed(f"f_reverse({argument(value, 's').sql})", "string")


def _rounded(name):
    def translate(translator, arguments, scope):
        value = argument(translator.typed(arguments[0], scope), "n")
        places = translator.typed(arguments[1], scope).sql if len(arguments) > 1 else "0"
        kind = value.type
        if types.kind_of(kind) == "decimal":
            digits, scale = types.precision(kind)
            kept = max(0, min(scale, int(places))) if places.lstrip("-").isdigit() else scale
            kind = types.decimal_of(digits - scale + kept + 1, kept)
        return Typed(f"f_{name}({value.sql}, {places})", kind)

    return translate


def _whole(name):
    def translate(translator, arguments, scope):
        value = argument(translator.typed(arguments[0], scope), "n")
        kind = "long"
        if types.kind_of(value.type) == "decimal":
            digits, scale = types.precision(value.type)
            kind = types.decimal_of(digits - scale + 1, 0)
        return Typed(f"f_{name}({value.sql})", kind)

    return translate


def _log(translator, arguments, scope):
    values = [argument(value, "f").sql for value in all_typed(translator, arguments, scope)]
    return Typed(f"f_ln({values[0]})" if len(values) == 1 else f"f_log({', '.join(values)})", "double")


def _remainder(name):
    def translate(translator, arguments, scope):
        left, right = [argument(value, "n") for value in all_typed(translator, arguments, scope)]
        if name == "mod":
            return arithmetic("%", left, right)
        return Typed(f"f_pmod({left.sql}, {right.sql})", types.common(left.type, right.type))

    return translate


def _operator(operator):
    """try_add and the like, which are null where the operator fails."""
    return lambda translator, arguments, scope: translator.typed(nodes.Binary(operator, *arguments), scope)


def _casting(kind):
    return lambda translator, arguments, scope: cast(translator.typed(arguments[0], scope), kind)


def _decode(translator, arguments, scope):
    """decode(binary, charset), or decode(value, search, result, ..., default)"""
    if len(arguments) == 2:
        values = all_typed(translator, arguments, scope)
        return Typed(f"f_decode({values[0].sql}, {values[1].sql})", "string")
    pairs = arguments[1 : len(arguments) - 1 + len(arguments) % 2]
    whens = [(nodes.Binary("<=>", arguments[0], pairs[i]), pairs[i + 1]) for i in range(0, len(pairs) - 1, 2)]
    return translator.typed(nodes.Case(None, whens, arguments[-1] if len(arguments) % 2 == 0 else None), scope)


def _unit_of(arguments):
    """dateadd(DAY, ...) names its unit without quotes."""
    first = arguments[0]
    if len(arguments) == 3 and isinstance(first, nodes.Name) and len(first.parts) == 1:
        return first.parts[0]
    return first.value if len(arguments) == 3 and isinstance(first, nodes.Literal) else None


def _date_add(sign):
    def translate(translator, arguments, scope):
        if unit := _unit_of(arguments):
            count, value = all_typed(translator, arguments[1:], scope)
            as_date = value.type == "date" and unit.upper().rstrip("S") in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
            made = Typed(f"f_timestampadd({literal(unit)}, {count.sql}, {value.sql})", "timestamp")
            return cast(made, "date") if as_date else made
        value, days = all_typed(translator, arguments, scope)
        return Typed(f"f_add_days({argument(value, 'd').sql}, {sign}{argument(days, 'i').sql})", "date")

    return translate


def _date_diff(translator, arguments, scope):
    if unit := _unit_of(arguments):
        start, end = all_typed(translator, arguments[1:], scope)
        return Typed(f"f_timestampdiff({literal(unit)}, {start.sql}, {end.sql})", "long")
    end, start = all_typed(translator, arguments, scope)
    return Typed(f"f_datediff({end.sql}, {start.sql})", "integer")


def _date_part(translator, arguments, scope):
    unit = str(arguments[0].value if isinstance(arguments[0], nodes.Literal) else arguments[0].parts[0]).lower()
    unit = {"doy": "dayofyear", "dow": "dayofweek", "week": "weekofyear"}.get(unit, unit.rstrip("s"))
    return translator.typed(nodes.Call(unit, arguments[1:]), scope)


def _typeof(translator, arguments, scope):
    return Typed(literal(types.simple(translator.typed(arguments[0], scope).type)), "string")


def _fact(name):
    """What the session knows."""
    return lambda translator, arguments, scope: Typed(literal(str(getattr(translator.session, name))), "string")


_CASTS = (
    "string",
    "int",
    "bigint",
    "smallint",
    "tinyint",
    "double",
    "float",
    "boolean",
    "date",
    "timestamp",
    "binary",
    "decimal",
)

FUNCTIONS = {
    **{name: _casting(types.parse_type(name)) for name in _CASTS},
    "concat": _concat, "concat_ws": _concat_ws, "reverse": _reverse, "round": _rounded("round"), "bround": _rounded("bround"),
    "ceil": _whole("ceil"), "ceiling": _whole("ceil"), "floor": _whole("floor"), "log": _log,
    "mod": _remainder("mod"), "pmod": _remainder("pmod"), "decode": _decode, "typeof": _typeof,
    "try_add": _operator("+"), "try_subtract": _operator("-"), "try_multiply": _operator("*"), "try_divide": _operator("/"),
    "date_add": _date_add(""), "dateadd": _date_add(""), "timestampadd": _date_add(""), "date_sub": _date_add("-"),
    "datediff": _date_diff, "date_diff": _date_diff, "timestampdiff": _date_diff, "date_part": _date_part, "datepart": _date_part,
    "current_user": _fact("user"), "user": _fact("user"), "session_user": _fact("user"), "current_catalog": _fact("catalog"),
    "current_schema": _fact("schema"), "current_database": _fact("schema"),
    **containers.FUNCTIONS, **workspace.FUNCTIONS, **time_windows.FUNCTIONS,
}  # fmt: skip

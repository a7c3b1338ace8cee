# SPDX-License-Identifier: Apache-2.0
"""Arithmetic, and the functions whose SQL depends on the types of their arguments."""

import json

from . import nodes, types
from .coercion import argument, as_json, cast
from .errors import fail, unsupported
from .scope import Typed
from .tokens import literal


def alike(values):
    """All cast to the type that they have in common."""
    kind = values[0].type
    for value in values[1:]:
        kind = types.common(kind, value.type)
    return [cast(value, kind) for value in values]


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


def _all(translator, arguments, scope):
    return [translator.typed(each, scope) for each in arguments]


# Texts, numbers, dates -------------------------------------------------------------------------------------------------


def _concat(translator, arguments, scope):
    values = _all(translator, arguments, scope)
    if not values:
        return Typed("''", "string")
    if types.kind_of(values[0].type) == "array":
        values = alike(values)
        return Typed(f"f_array_concat({', '.join(value.sql for value in values)})", values[0].type)
    return Typed("(" + " || ".join(argument(value, "s").sql for value in values) + ")", "string")


def _concat_ws(translator, arguments, scope):
    values = _all(translator, arguments, scope)
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
    values = [argument(value, "f").sql for value in _all(translator, arguments, scope)]
    return Typed(f"f_ln({values[0]})" if len(values) == 1 else f"f_log({', '.join(values)})", "double")


def _remainder(name):
    def translate(translator, arguments, scope):
        left, right = [argument(value, "n") for value in _all(translator, arguments, scope)]
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
        values = _all(translator, arguments, scope)
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
            count, value = _all(translator, arguments[1:], scope)
            as_date = value.type == "date" and unit.upper().rstrip("S") in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
            made = Typed(f"f_timestampadd({literal(unit)}, {count.sql}, {value.sql})", "timestamp")
            return cast(made, "date") if as_date else made
        value, days = _all(translator, arguments, scope)
        return Typed(f"f_add_days({argument(value, 'd').sql}, {sign}{argument(days, 'i').sql})", "date")

    return translate


def _date_diff(translator, arguments, scope):
    if unit := _unit_of(arguments):
        start, end = _all(translator, arguments[1:], scope)
        return Typed(f"f_timestampdiff({literal(unit)}, {start.sql}, {end.sql})", "long")
    end, start = _all(translator, arguments, scope)
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


# Arrays, maps, structs -------------------------------------------------------------------------------------------------


def _array(translator, arguments, scope):
    values = alike(_all(translator, arguments, scope)) if arguments else []
    return Typed(f"json_array({', '.join(map(as_json, values))})", types.array_of(values[0].type if values else "void"))


def _map(translator, arguments, scope):
    values = _all(translator, arguments, scope)
    keys, items = values[::2], values[1::2]
    if len(keys) != len(items):
        raise fail("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The `map` requires 2n (n > 0) parameters.", "42605")
    if not keys:
        return Typed("'{}'", types.map_of("void", "void"))
    keys, items = alike(keys), alike(items)
    pairs = ", ".join(f"CAST({key.sql} AS TEXT), {as_json(item)}" for key, item in zip(keys, items))
    return Typed(f"json_object({pairs})", types.map_of(keys[0].type, items[0].type))


def _struct(translator, arguments, scope):
    from .captions import name_of

    named = []
    for index, each in enumerate(arguments):
        plain = isinstance(each, (nodes.Name, nodes.Alias, nodes.Field))
        named.append((name_of(each) if plain else f"col{index + 1}", translator.typed(each, scope)))
    return _made_struct(named)


def _named_struct(translator, arguments, scope):
    names = [str(each.value) for each in arguments[::2]]
    return _made_struct(list(zip(names, _all(translator, arguments[1::2], scope))))


def _made_struct(named):
    pairs = ", ".join(f"{literal(name)}, {as_json(value)}" for name, value in named)
    return Typed(f"json_object({pairs})", types.struct_of([(name, value.type) for name, value in named]))


def _element(kind):
    return kind.get("elementType", kind.get("valueType")) if isinstance(kind, dict) else None


def _at(function):
    def translate(translator, arguments, scope):
        value, key = _all(translator, arguments, scope)
        return Typed(f"{function}({value.sql}, {key.sql})", _element(value.type))

    return translate


def _added(function, value_first=False):
    """Functions that put an item into an array."""

    def translate(translator, arguments, scope):
        values = _all(translator, arguments, scope)
        item = values[0] if value_first else values[1]
        nested = ", 1" if types.is_complex(item.type) else ""
        kind = types.array_of(item.type) if value_first else values[0].type
        return Typed(f"{function}({', '.join(value.sql for value in values)}{nested})", kind)

    return translate


def _of_map(function, pick):
    def translate(translator, arguments, scope):
        values = _all(translator, arguments, scope)
        return Typed(f"{function}({', '.join(value.sql for value in values)})", pick([value.type for value in values]))

    return translate


def _sequence(translator, arguments, scope):
    values = _all(translator, arguments[:2], scope)
    step = arguments[2] if len(arguments) > 2 else None
    kind = values[0].type
    sqls = [value.sql for value in values]
    if isinstance(step, nodes.Interval):
        sqls += ["NULL", str(step.months), str(step.days), str(step.micros)]
        return Typed(f"f_sequence({', '.join('0' if sql == 'NULL' else sql for sql in sqls)})", types.array_of(kind))
    if step is not None:
        sqls.append(translator.typed(step, scope).sql)
    return Typed(f"f_sequence({', '.join(sqls)})", types.array_of(kind))


def _arrays_zip(translator, arguments, scope):
    values = _all(translator, arguments, scope)
    fields = [(str(index), value.type["elementType"]) for index, value in enumerate(values)]
    return Typed(f"f_arrays_zip({', '.join(value.sql for value in values)})", types.array_of(types.struct_of(fields)))


def _to_json(translator, arguments, scope):
    value = translator.typed(arguments[0], scope)
    return Typed(f"f_to_json({value.sql}, {literal(json.dumps(value.type))})", "string")


def _from_json(translator, arguments, scope):
    value, schema = translator.typed(arguments[0], scope), arguments[1]
    if not isinstance(schema, nodes.Literal):
        raise unsupported("from_json with a schema that is no literal")
    text = str(schema.value).strip()
    if text.startswith(("{", '"')):
        kind = json.loads(text)
    else:
        kind = types.parse_type(text) if text.lower().startswith(("array", "map", "struct")) else types.struct_of(
            types.parse_schema(text)
        )
    return Typed(f"f_from_json({argument(value, 's').sql})", kind)


# Functions that take functions -------------------------------------------------------------------------------------------


def _over_items(translator, arguments, scope):
    """The array, and each lambda's body over `alias`.value and `alias`.key."""
    value, function = translator.typed(arguments[0], scope), arguments[1]
    if not isinstance(function, nodes.Lambda) or types.kind_of(value.type) not in ("array", "map"):
        raise fail("UNEXPECTED_INPUT_TYPE", "A lambda function and an array or a map are expected.", "42K09")
    alias = translator.queries.alias()
    is_array = types.kind_of(value.type) == "array"
    item = Typed(f"{alias}.value", _element(value.type))
    key = Typed(f"{alias}.key", "integer" if is_array else value.type["keyType"])
    given = (item, key) if is_array else (key, item)
    variables = {name.lower(): what for name, what in zip(function.names, given)}
    body = translator.typed(function.body, scope.derive(variables={**scope.variables, **variables}))
    return value, alias, item, body


def _unless_null(value, sql):
    return f"(CASE WHEN {value.sql} IS NULL THEN NULL ELSE ({sql}) END)"


def _transform(translator, arguments, scope):
    value, alias, _, body = _over_items(translator, arguments, scope)
    sql = f"SELECT json_group_array({as_json(body)}) FROM json_each({value.sql}) AS {alias}"
    return Typed(_unless_null(value, sql), types.array_of(body.type))


def _filter(translator, arguments, scope):
    value, alias, item, body = _over_items(translator, arguments, scope)
    sql = f"SELECT json_group_array({as_json(item)}) FROM json_each({value.sql}) AS {alias} WHERE {body.sql}"
    return Typed(_unless_null(value, sql), value.type)


def _any(wanted):
    def translate(translator, arguments, scope):
        value, alias, _, body = _over_items(translator, arguments, scope)
        test = body.sql if wanted else f"NOT {body.sql}"
        sql = f"{'' if wanted else 'NOT '}EXISTS (SELECT 1 FROM json_each({value.sql}) AS {alias} WHERE {test})"
        return Typed(_unless_null(value, sql), "boolean")

    return translate


def _map_items(part):
    """map_filter, transform_keys, transform_values"""

    def translate(translator, arguments, scope):
        value, alias, item, body = _over_items(translator, arguments, scope)
        key, kept, where, kind = f"{alias}.key", as_json(item), "", value.type
        if part == "filter":
            where = f" WHERE {body.sql}"
        elif part == "values":
            kept, kind = as_json(body), types.map_of(kind["keyType"], body.type)
        else:
            key, kind = f"CAST({body.sql} AS TEXT)", types.map_of(body.type, kind["valueType"])
        sql = f"SELECT json_group_object({key}, {kept}) FROM json_each({value.sql}) AS {alias}{where}"
        return Typed(_unless_null(value, sql), kind)

    return translate


def _reduce(translator, arguments, scope):
    """aggregate(array, start, (sum, x) -> ..., sum -> ...): item by item in a recursive query."""
    value, start = _all(translator, arguments[:2], scope)
    merge = arguments[2]
    table, alias = translator.queries.alias(), translator.queries.alias()
    names = [name.lower() for name in merge.names]
    kind = start.type
    for _ in range(2):  # the sum of an integer and what is added may be a wider type
        given = {names[0]: Typed(f"{table}.total", kind), names[1]: Typed(f"{alias}.value", _element(value.type))}
        body = translator.typed(merge.body, scope.derive(variables={**scope.variables, **given}))
        kind = types.common(kind, body.type)
    result = Typed(f"{table}.total", kind)
    if len(arguments) > 3:
        finish = arguments[3]
        given = {finish.names[0].lower(): result}
        result = translator.typed(finish.body, scope.derive(variables={**scope.variables, **given}))
    sql = (
        f"WITH RECURSIVE {table}(step, total) AS (SELECT 0, {start.sql} UNION ALL SELECT {table}.step + 1, {body.sql} "
        f"FROM {table} JOIN json_each({value.sql}) AS {alias} ON {alias}.key = {table}.step) "
        f"SELECT {result.sql} FROM {table} ORDER BY {table}.step DESC LIMIT 1"
    )
    return Typed(_unless_null(value, sql), result.type)


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
    "array": _array, "map": _map, "create_map": _map, "struct": _struct, "named_struct": _named_struct,
    "element_at": _at("f_element_at"), "try_element_at": _at("f_element_at"), "get": _at("f_item"),
    "array_append": _added("f_array_append"), "array_prepend": _added("f_array_prepend"),
    "array_repeat": _added("f_array_repeat", value_first=True), "sequence": _sequence, "arrays_zip": _arrays_zip,
    "map_keys": _of_map("f_map_keys", lambda kinds: types.array_of(kinds[0]["keyType"])),
    "map_values": _of_map("f_map_values", lambda kinds: types.array_of(kinds[0]["valueType"])),
    "map_entries": _of_map(
        "f_map_entries",
        lambda kinds: types.array_of(types.struct_of([("key", kinds[0]["keyType"]), ("value", kinds[0]["valueType"])])),
    ),
    "map_from_arrays": _of_map("f_map_from_arrays", lambda kinds: types.map_of(kinds[0]["elementType"], kinds[1]["elementType"])),
    "map_from_entries": _of_map(
        "f_map_from_entries", lambda kinds: types.map_of(*(field["type"] for field in kinds[0]["elementType"]["fields"]))
    ),
    "map_concat": _of_map("f_map_concat", lambda kinds: kinds[0]),
    "to_json": _to_json, "from_json": _from_json,
    "transform": _transform, "filter": _filter, "exists": _any(True), "any_match": _any(True), "forall": _any(False),
    "map_filter": _map_items("filter"), "transform_values": _map_items("values"), "transform_keys": _map_items("keys"),
    "aggregate": _reduce, "reduce": _reduce,
}  # fmt: skip

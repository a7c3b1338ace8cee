# SPDX-License-Identifier: Apache-2.0
"""Functions that make arrays, maps and structs, take them apart, or take functions over their items."""

import json

from . import json_schema, nodes, types
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


def all_typed(translator, arguments, scope):
    return [translator.typed(each, scope) for each in arguments]


def _array(translator, arguments, scope):
    values = alike(all_typed(translator, arguments, scope)) if arguments else []
    return Typed(f"json_array({', '.join(map(as_json, values))})", types.array_of(values[0].type if values else "void"))


def _map(translator, arguments, scope):
    values = all_typed(translator, arguments, scope)
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
    return _made_struct(list(zip(names, all_typed(translator, arguments[1::2], scope))))


def _made_struct(named):
    pairs = ", ".join(f"{literal(name)}, {as_json(value)}" for name, value in named)
    return Typed(f"json_object({pairs})", types.struct_of([(name, value.type) for name, value in named]))


def _element(kind):
    return kind.get("elementType", kind.get("valueType")) if isinstance(kind, dict) else None


def _at(function):
    def translate(translator, arguments, scope):
        value, key = all_typed(translator, arguments, scope)
        return Typed(f"{function}({value.sql}, {key.sql})", _element(value.type))

    return translate


def _added(function, value_first=False):
    """Functions that put an item into an array."""

    def translate(translator, arguments, scope):
        values = all_typed(translator, arguments, scope)
        item = values[0] if value_first else values[1]
        nested = ", 1" if types.is_complex(item.type) else ""
        kind = types.array_of(item.type) if value_first else values[0].type
        return Typed(f"{function}({', '.join(value.sql for value in values)}{nested})", kind)

    return translate


def _of_map(function, pick):
    def translate(translator, arguments, scope):
        values = all_typed(translator, arguments, scope)
        return Typed(f"{function}({', '.join(value.sql for value in values)})", pick([value.type for value in values]))

    return translate


def _sequence(translator, arguments, scope):
    values = all_typed(translator, arguments[:2], scope)
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
    values = all_typed(translator, arguments, scope)
    fields = [(str(index), value.type["elementType"]) for index, value in enumerate(values)]
    return Typed(f"f_arrays_zip({', '.join(value.sql for value in values)})", types.array_of(types.struct_of(fields)))


def _to_json(translator, arguments, scope):
    value = translator.typed(arguments[0], scope)
    return Typed(f"f_to_json({value.sql}, {literal(json.dumps(value.type))})", "string")


def _given(arguments):
    """The literal that schema_of_json needs."""
    if not arguments or not isinstance(arguments[0], nodes.Literal):
        raise unsupported("schema_of_json of what is no literal")
    return str(arguments[0].value)


def _schema_of_json(_translator, arguments, _scope):
    return Typed(literal(json_schema.written(json_schema.kind_of(_given(arguments)))), "string")


def _from_json(translator, arguments, scope):
    value, schema = translator.typed(arguments[0], scope), arguments[1]
    if isinstance(schema, nodes.Call) and schema.name == "schema_of_json":
        return Typed(f"f_from_json({argument(value, 's').sql})", json_schema.kind_of(_given(schema.arguments)))
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
    value, start = all_typed(translator, arguments[:2], scope)
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


FUNCTIONS = {
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
    "to_json": _to_json, "from_json": _from_json, "schema_of_json": _schema_of_json,
    "transform": _transform, "filter": _filter, "exists": _any(True), "any_match": _any(True), "forall": _any(False),
    "map_filter": _map_items("filter"), "transform_values": _map_items("values"), "transform_keys": _map_items("keys"),
    "aggregate": _reduce, "reduce": _reduce,
}  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""What FROM takes: each source as text for SQLite's FROM, with the columns that it offers."""

from . import nodes, types
from .coercion import as_json, comparable
from .errors import fail, quoted, unresolved_column
from .scope import Attribute, Scope, Typed
from .special import alike
from .tokens import identifier, literal


class Sources:
    """`queries` makes relations out of queries, `session` knows the tables."""

    def __init__(self, session, queries):
        self.session = session
        self.queries = queries

    def source(self, node, ctes, outer):
        """SQL and attributes."""
        return getattr(self, "_" + type(node).__name__.lower())(node, ctes, outer)

    def wrapped(self, relation, alias=None, columns=None, qualifier=None):
        """A relation as a source."""
        relation = self.queries.shallow(relation)
        name = self.queries.alias()
        qualifier = qualifier if qualifier is not None else (alias,) if alias else ()
        attributes = relation.attributes(name, qualifier)
        return f"({relation.sql}) AS {name}", _renamed(attributes, columns, alias)

    def _table(self, node, ctes, _outer):
        if len(node.parts) == 1 and node.parts[0].lower() in ctes:
            alias = node.alias or node.parts[0]
            return self.wrapped(ctes[node.parts[0].lower()], alias, node.columns)
        found = self.session.find(node.parts)
        qualifier = (node.alias,) if node.alias else found.qualifier
        if found.relation is not None:
            return self.wrapped(found.relation, None, node.columns, qualifier)
        name = self.queries.alias()
        attributes = [
            Attribute(column.name, column.type, f"{name}.{identifier(column.name)}", qualifier) for column in found.columns
        ]
        return f"{identifier(found.name)} AS {name}", _renamed(attributes, node.columns, node.alias)

    def _derived(self, node, ctes, _outer):
        return self.wrapped(self.queries.query(node.query, None, ctes), node.alias, node.columns)

    def _files(self, node, _ctes, _outer):
        from .. import spark_files

        path = node.path.rstrip("/")
        kind = node.options.get("format") or spark_files.format_of(self.session, path)
        schema = types.parse_schema(node.options["schema"]) if "schema" in node.options else None
        # As the service: names in the first line, types from what the lines hold.
        options = {"header": "true", "inferSchema": "true", **node.options}
        return self.wrapped(spark_files.relation(self.session, kind.lower(), path, options, schema), node.alias, node.columns)

    def _given(self, node, _ctes, _outer):
        return self.wrapped(node.relation, node.alias)

    def _tablefunction(self, node, _ctes, outer):
        name = self.queries.alias()
        scope = Scope(parent=outer)
        translate = self.queries.translator.typed
        qualifier = (node.alias,) if node.alias else ()
        if node.name == "range":
            values = [translate(each, scope).sql for each in node.arguments[:3]]
            start, end, step = ("0", values[0], "1") if len(values) == 1 else (values + ["1"])[:3]
            sql = (
                f"(WITH RECURSIVE counter(id) AS (SELECT {start} WHERE ({end} - {start}) * {step} > 0 UNION ALL "
                f"SELECT id + {step} FROM counter WHERE ({end} - id - {step}) * {step} > 0) SELECT id FROM counter) AS {name}"
            )
            return sql, _renamed([Attribute("id", "long", f"{name}.id", qualifier)], node.columns, node.alias)
        if node.name in ("explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "stack"):
            call = nodes.Call(node.name, node.arguments)
            sql, attributes = self.generated(call, scope, qualifier, node.columns)
            return sql, attributes
        raise fail(
            "UNRESOLVABLE_TABLE_VALUED_FUNCTION",
            f"Could not resolve {quoted([node.name])} to a table-valued function.",
            "42883",
        )

    # Generators ----------------------------------------------------------------------------------------------------

    def generated(self, call, scope, qualifier=(), names=None):
        """explode and its like as a source: json_each over the array or map."""
        if call.name == "stack":
            return self._stacked(call, scope, qualifier, names)
        name = self.queries.alias()
        value = self.queries.translator.typed(call.arguments[0], scope)
        kind, form = types.kind_of(value.type), call.name.replace("_outer", "")
        if kind not in ("array", "map"):
            raise fail(
                "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
                f'Cannot resolve "{call.name}" due to data type mismatch: The first parameter requires the ("ARRAY" or "MAP") '
                f'type, however it has the type "{types.simple(value.type).upper()}".',
                "42K09",
            )
        if form == "inline":
            fields = value.type["elementType"]["fields"]
            made = [
                (field["name"], field["type"], f"json_extract({name}.value, {literal('$.' + identifier(field['name']))})")
                for field in fields
            ]
        elif kind == "map":
            made = [("key", value.type["keyType"], f"{name}.key"), ("value", value.type["valueType"], f"{name}.value")]
        else:
            made = [("col", value.type["elementType"], f"{name}.value")]
        if form == "posexplode":
            made.insert(0, ("pos", "integer", f"{name}.key"))
        attributes = [Attribute(label, what, sql, tuple(qualifier)) for label, what, sql in made]
        return f"json_each({value.sql}) AS {name}", _renamed(attributes, names, None)

    def _stacked(self, call, scope, qualifier, names):
        """stack(n, a, b, ...): n rows out of one list of values."""
        count, values = call.arguments[0].value, [self.queries.translator.typed(each, scope) for each in call.arguments[1:]]
        width = -(-len(values) // count)
        rows = [values[start : start + width] for start in range(0, len(values), width)]
        kinds = [row[0].type for row in zip(*rows)]
        name = self.queries.alias()
        listed = ", ".join(f"json_array({', '.join(map(as_json, row))})" for row in rows)
        attributes = [
            Attribute(f"col{index}", kind, f"json_extract({name}.value, '$[{index}]')", tuple(qualifier))
            for index, kind in enumerate(kinds)
        ]
        return f"json_each(json_array({listed})) AS {name}", _renamed(attributes, names, None)

    def _lateralview(self, node, ctes, outer):
        left, attributes = self.source(node.source, ctes, outer)
        qualifier = (node.alias,) if node.alias else ()
        right, made = self.generated(node.call, Scope(attributes, outer), qualifier, node.columns)
        join = "LEFT JOIN" if node.outer or node.call.name.endswith("_outer") else "JOIN"
        return f"{left} {join} {right} ON 1", attributes + made

    # Joins ---------------------------------------------------------------------------------------------------------

    def _join(self, node, ctes, outer):
        left, ours = self.source(node.left, ctes, outer)
        # A function may take columns of what stands before it.
        lateral = isinstance(node.right, nodes.TableFunction)
        right, theirs = self.source(node.right, ctes, Scope(ours, outer) if lateral else outer)
        if isinstance(node.right, (nodes.Join, nodes.LateralView)):
            right = f"({right})"
        using = node.using
        if node.natural:
            known = {attribute.name.lower() for attribute in theirs}
            using = [attribute.name for attribute in ours if attribute.name.lower() in known]
        if using is not None:
            return self._join_using(node.kind, left, ours, right, theirs, using)
        condition = "1"
        if node.condition is not None:
            condition = self.queries.translator.condition(node.condition, Scope(ours + theirs, outer))
        return self.joined(node.kind, left, ours, right, theirs, condition)

    def joined(self, kind, left, ours, right, theirs, condition):
        if kind in ("SEMI", "ANTI"):
            test = "EXISTS" if kind == "SEMI" else "NOT EXISTS"
            name = self.queries.alias()
            listed = ", ".join(f"{attribute.sql} AS c{index}" for index, attribute in enumerate(ours))
            sql = f"(SELECT {listed} FROM {left} WHERE {test} (SELECT 1 FROM {right} WHERE {condition})) AS {name}"
            return sql, [attribute._replace(sql=f"{name}.c{index}") for index, attribute in enumerate(ours)]
        word = {"INNER": "JOIN", "CROSS": "JOIN", "LEFT": "LEFT JOIN", "RIGHT": "RIGHT JOIN", "FULL": "FULL JOIN"}[kind]
        return f"{left} {word} {right} ON {condition}", ours + theirs

    def _join_using(self, kind, left, ours, right, theirs, names):
        pairs = [(_find(name, ours), _find(name, theirs)) for name in names]
        tests = []
        for one, other in pairs:
            first, second = comparable(Typed(one.sql, one.type), Typed(other.sql, other.type))
            tests.append(f"{first.sql} = {second.sql}")
        sql, attributes = self.joined(kind, left, ours, right, theirs, " AND ".join(tests) or "1")
        if kind in ("SEMI", "ANTI"):
            return sql, attributes
        merged = []
        for one, other in pairs:
            value = {"RIGHT": other.sql, "FULL": f"coalesce({one.sql}, {other.sql})"}.get(kind, one.sql)
            merged.append(Attribute(one.name, types.common(one.type, other.type), value, one.qualifier))
        gone = {one.sql for one, _ in pairs}
        hidden = {other.sql for _, other in pairs}
        return sql, merged + [each for each in ours if each.sql not in gone] + [
            each for each in theirs if each.sql not in hidden
        ]

    def _pivot(self, node, ctes, outer):
        source, attributes = self.source(node.source, ctes, outer)
        used = set()
        for part in [*node.aggregates, node.column]:
            for each in nodes.walk(part):
                if isinstance(each, nodes.Name):
                    used.add(each.parts[-1].lower())
        keys = [nodes.Typed(each.sql, each.type, each.name) for each in attributes if each.name.lower() not in used]
        items = [nodes.Alias(key, [key.text]) for key in keys]
        items += pivoted(node.aggregates, node.column, node.values)
        select = nodes.Select(items, groups=nodes.Groups(keys, None), windows={})
        relation = self.queries.select(select, Scope(attributes, outer), source)
        return self.wrapped(relation, node.alias)


    def _unpivot(self, node, ctes, outer):
        source, attributes = self.source(node.source, ctes, outer)
        scope = Scope(attributes, outer)
        typed = [self.queries.translator.typed(column, scope) for column, _ in node.columns]
        values = alike(typed)
        name = self.queries.alias()
        pairs = ", ".join(
            f"json_array({literal(label)}, {as_json(value)})" for (_, label), value in zip(node.columns, values)
        )
        gone = {value.sql for value in typed}
        kept = [each for each in attributes if each.sql not in gone]
        label = Attribute(node.label, "string", f"json_extract({name}.value, '$[0]')", ())
        value = Attribute(node.value, values[0].type, f"json_extract({name}.value, '$[1]')", ())
        condition = "1" if node.nulls else f"{value.sql} IS NOT NULL"
        made = [*kept, label, value]
        if node.alias:
            made = [each._replace(qualifier=(node.alias,)) for each in made]
        return f"{source} JOIN json_each(json_array({pairs})) AS {name} ON {condition}", made


def pivoted(aggregates, column, values):
    """One aggregate for each value: those of its rows only."""
    from .captions import caption, name_of

    items = []
    for value in values:
        plain = value.operand if isinstance(value, nodes.Alias) else value
        label = name_of(value) if isinstance(value, nodes.Alias) else caption(value)
        for aggregate in aggregates:
            call = aggregate.operand if isinstance(aggregate, nodes.Alias) else aggregate
            made = _filtered(call, nodes.Binary("<=>", column, plain))
            name = label if len(aggregates) == 1 else f"{label}_{name_of(aggregate)}"
            items.append(nodes.Alias(made, [name]))
    return items


def _filtered(node, condition):
    """The same expression with every aggregate in it over fewer rows."""
    from .functions import is_aggregate

    if isinstance(node, nodes.Call) and node.over is None and is_aggregate(node.name):
        made = nodes.Call(*(getattr(node, field) for field in node.fields))
        made.where = condition if node.where is None else nodes.Binary("AND", node.where, condition)
        return made
    values = []
    for field in node.fields:
        value = getattr(node, field)
        if isinstance(value, nodes.Node):
            value = _filtered(value, condition)
        elif isinstance(value, list):
            value = [_filtered(each, condition) if isinstance(each, nodes.Node) else each for each in value]
        values.append(value)
    return type(node)(*values)


def _find(name, attributes):
    for attribute in attributes:
        if attribute.name.lower() == name.lower():
            return attribute
    raise unresolved_column([name], [attribute.name for attribute in attributes])


def _renamed(attributes, names, alias):
    """t(a, b): new names for the columns."""
    if not names:
        return attributes
    if len(names) != len(attributes):
        raise fail(
            "ASSIGNMENT_ARITY_MISMATCH",
            f"The number of columns or variables assigned or aliased: {len(names)} does not match the number of source "
            f"expressions: {len(attributes)}.",
            "42802",
        )
    return [attribute._replace(name=name) for attribute, name in zip(attributes, names)]

# SPDX-License-Identifier: Apache-2.0
"""Expressions: from the syntax tree to SQLite's words, with the type that Spark gives them."""

import json

from . import functions, nodes, routines, special, types
from .coercion import argument, cast, comparable
from .errors import SparkError, fail, unresolved_routine, unsupported
from .captions import caption
from .scope import Typed, fields
from .tokens import literal

_PYTHON_WINDOWS = {"first": "first_value", "first_value": "first_value", "last": "last_value", "last_value": "last_value"}


class Translator:
    """`session` answers for parameters and user functions; `queries` analyzes what stands in brackets."""

    def __init__(self, session, queries):
        self.session = session
        self.queries = queries

    def typed(self, node, scope):
        if scope.groups is not None and not scope.inside and not isinstance(node, (nodes.Literal, nodes.Alias)):
            found = self._grouped(node, scope)
            if found is not None:
                return found
        return getattr(self, "_" + type(node).__name__.lower())(node, scope)

    def _grouped(self, node, scope):
        """Where the whole expression is one that the query groups by."""
        try:
            plain = self.typed(node, scope.derive(groups=None))
        except SparkError:
            return None
        if plain.sql in scope.groups:
            return Typed(scope.groups[plain.sql], plain.type)
        return None

    def condition(self, node, scope):
        return argument(self.typed(node, scope), "b").sql

    # Leaves --------------------------------------------------------------------------------------------------------

    def _literal(self, node, _scope):
        value, kind = node.value, node.type
        if value is None:
            return Typed("NULL", kind)
        if isinstance(value, bool):
            return Typed("1" if value else "0", kind)
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            return Typed("9e999" if value > 0 else "-9e999", kind)
        if isinstance(value, float) and value != value:
            return Typed("NULL", kind)
        if isinstance(value, (int, float)) or types.kind_of(kind) == "decimal":
            return Typed(str(value), kind)
        if isinstance(value, bytes):
            return Typed(f"X'{value.hex()}'", kind)
        return Typed(literal(str(types.encode(value))), kind)

    def _jsonpath(self, node, scope):
        return self.typed(nodes.Call("get_json_object", [node.operand, nodes.literal(node.path)]), scope)

    def _typed(self, node, _scope):
        return Typed(node.sql, node.type)

    def _interval(self, node, _scope):
        return Typed(literal(node.text), "string")

    def _name(self, node, scope):
        return self._column(*scope.resolve(node.parts), node.parts[-1], scope)

    def _owned(self, node, scope):
        return self._column(*scope.owned(node.name, node.frame), node.name, scope)

    @staticmethod
    def _column(found, own, name, scope):
        if own and scope.groups is not None and not scope.inside:
            raise fail(
                "MISSING_AGGREGATION",
                f'The non-aggregating expression "{name}" is based on columns which are not participating in the GROUP BY '
                "clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use "
                f'"any_value({name})" if you do not care which of the values within a group is returned.',
                "42803",
            )
        return found

    def _parameter(self, node, scope):
        return self.typed(self.session.parameter(node.name), scope)

    def _star(self, node, scope):
        raise fail("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' in expression.", "42000")

    def _alias(self, node, scope):
        return self.typed(node.operand, scope)

    def _sort(self, node, scope):
        return self.typed(node.operand, scope)

    def _lambda(self, node, _scope):
        raise unsupported("A lambda outside of the functions that take one")

    # Operators -----------------------------------------------------------------------------------------------------

    def _unary(self, node, scope):
        operand = self.typed(node.operand, scope)
        if node.operator == "NOT":
            return Typed(f"(NOT {argument(operand, 'b').sql})", "boolean")
        if node.operator == "~":
            return Typed(f"(~{argument(operand, 'i').sql})", operand.type)
        operand = argument(operand, "n")
        return Typed(f"(-{operand.sql})", operand.type)

    def _binary(self, node, scope):
        operator = node.operator
        if operator in ("AND", "OR", "||"):
            parts = _chain(node, operator)  # side by side: long chains would be deep brackets
            if operator == "||":
                return self.typed(nodes.Call("concat", parts), scope)
            return Typed("(" + f" {operator} ".join(self.condition(part, scope) for part in parts) + ")", "boolean")
        if operator in ("+", "-") and (isinstance(node.right, nodes.Interval) or isinstance(node.left, nodes.Interval)):
            return self._shifted(node, scope)
        if operator in ("=", "<=>", "!=") and (pairs := special.tuples(node.left, node.right)):
            made = special.all_of(nodes.Binary("=" if operator == "!=" else operator, one, other) for one, other in pairs)
            return self.typed(nodes.Unary("NOT", made) if operator == "!=" else made, scope)
        left, right = self.typed(node.left, scope), self.typed(node.right, scope)
        if operator in ("=", "!=", "<", "<=", ">", ">=", "<=>"):
            left, right = comparable(left, right)
            sql = "IS" if operator == "<=>" else "<>" if operator == "!=" else operator
            return Typed(f"({left.sql} {sql} {right.sql})", "boolean")
        if operator in ("&", "|", "^"):
            left, right = argument(left, "i"), argument(right, "i")
            kind = types.common(left.type, right.type)
            return Typed(
                f"f_xor({left.sql}, {right.sql})" if operator == "^" else f"({left.sql} {operator} {right.sql})", kind
            )
        left, right = special.narrowed(node.left, left, right), special.narrowed(node.right, right, left)
        if operator in ("+", "-") and isinstance(node.left, nodes.Binary) and node.left.operator in ("+", "-"):
            left = Typed(special.unbracketed(left.sql), left.type)
        return special.arithmetic(operator, left, right)

    def _shifted(self, node, scope):
        interval, other = (node.right, node.left) if isinstance(node.right, nodes.Interval) else (node.left, node.right)
        value = self.typed(other, scope)
        as_date = value.type == "date" and not interval.micros
        sign = -1 if node.operator == "-" else 1
        sql = f"f_shift({value.sql}, {sign * interval.months}, {sign * interval.days}, {sign * interval.micros}, {int(as_date)})"
        return Typed(sql, "date" if as_date else "timestamp")

    def _between(self, node, scope):
        made = nodes.Binary("AND", nodes.Binary(">=", node.operand, node.low), nodes.Binary("<=", node.operand, node.high))
        return self.typed(nodes.Unary("NOT", made) if node.negated else made, scope)

    def _inlist(self, node, scope):
        operand = self.typed(node.operand, scope)
        items = []
        for item in node.items:
            first, second = comparable(operand, self.typed(item, scope))
            if first.sql != operand.sql or special.tuples(node.operand, item):  # one comparison each
                made = nodes.literal(False)
                for each in node.items:
                    made = nodes.Binary("OR", made, nodes.Binary("=", node.operand, each))
                return self.typed(nodes.Unary("NOT", made) if node.negated else made, scope)
            items.append(second.sql)
        return Typed(f"({operand.sql} {'NOT ' if node.negated else ''}IN ({', '.join(items)}))", "boolean")

    def _inquery(self, node, scope):
        relation = self.queries.query(node.query, scope, scope.ctes)
        operands = node.operand.arguments if isinstance(node.operand, nodes.Call) and node.operand.name == "struct" else [
            node.operand
        ]
        left = ", ".join(self.typed(operand, scope).sql for operand in operands)
        left = f"({left})" if len(operands) > 1 else left
        return Typed(f"({left} {'NOT ' if node.negated else ''}IN ({relation.sql}))", "boolean")

    def _exists(self, node, scope):
        return Typed(f"EXISTS ({self.queries.query(node.query, scope, scope.ctes).sql})", "boolean")

    def _scalar(self, node, scope):
        relation = self.queries.query(node.query, scope, scope.ctes)
        if len(relation.columns) != 1:
            raise fail(
                "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
                f"Invalid subquery: Scalar subquery must return only one column, but got {len(relation.columns)}.",
                "42823",
            )
        return Typed(f"({relation.sql})", relation.columns[0].type)

    def _like(self, node, scope):
        operand = argument(self.typed(node.operand, scope), "s").sql
        pattern = argument(self.typed(node.pattern, scope), "s").sql
        if node.operator == "LIKE":
            sql = f"({operand} LIKE {pattern} ESCAPE {literal(node.escape or chr(92))})"
        else:
            sql = f"f_{node.operator.lower()}({operand}, {pattern})"
        return Typed(f"(NOT {sql})" if node.negated else sql, "boolean")

    def _is(self, node, scope):
        operand = self.typed(node.operand, scope).sql
        what = {"NULL": "NULL", "TRUE": "1", "FALSE": "0"}[node.what]
        return Typed(f"({operand} IS {'NOT ' if node.negated else ''}{what})", "boolean")

    def _case(self, node, scope):
        whens, results = [], []
        while node.operand is None and isinstance(node.otherwise, nodes.Case) and node.otherwise.operand is None:
            node = nodes.Case(None, [*node.whens, *node.otherwise.whens], node.otherwise.otherwise)
        for condition, value in node.whens:
            test = condition if node.operand is None else nodes.Binary("=", node.operand, condition)
            whens.append(self.condition(test, scope))
            results.append(self.typed(value, scope))
        if node.otherwise is not None:
            results.append(self.typed(node.otherwise, scope))
        results = special.alike(results)
        parts = [f"WHEN {test} THEN {result.sql}" for test, result in zip(whens, results)]
        if node.otherwise is not None:
            parts.append(f"ELSE {results[-1].sql}")
        return Typed(f"(CASE {' '.join(parts)} END)", results[0].type)

    def _cast(self, node, scope):
        return cast(self.typed(node.operand, scope), node.type)

    def _item(self, node, scope):
        operand, index = self.typed(node.operand, scope), self.typed(node.index, scope)
        kind = types.kind_of(operand.type)
        if kind == "struct" and isinstance(node.index, nodes.Literal):
            return fields(operand, [str(node.index.value)])
        if kind not in ("array", "map"):
            raise fail(
                "INVALID_EXTRACT_BASE_FIELD_TYPE",
                f'Can\'t extract a value from "{caption(node.operand)}". Need a complex type [STRUCT, ARRAY, MAP] but got '
                f'"{types.simple(operand.type).upper()}".',
                "42000",
            )
        return Typed(f"f_item({operand.sql}, {index.sql})", operand.type["elementType" if kind == "array" else "valueType"])

    def _field(self, node, scope):
        return fields(self.typed(node.operand, scope), [node.name])

    # Calls ---------------------------------------------------------------------------------------------------------

    def _call(self, node, scope):
        name = node.name.rpartition(".")[2] if node.name.startswith(("system.", "builtin.")) else node.name
        if node.over is not None:
            return self._windowed(name, node, scope)
        if functions.is_aggregate(name):
            if scope.groups is None:
                raise fail(
                    "UNSUPPORTED_EXPR_FOR_OPERATOR",
                    f'A query operator contains one or more unsupported expressions: "{caption(node)}". An aggregate function '
                    "is not allowed here.",
                    "42903",
                )
            return self.aggregate(name, node, scope.derive(inside=True))
        if any(isinstance(each, nodes.Star) for each in node.arguments):  # struct(*)
            columns = self.session.queries.expanded(node.arguments, scope)
            node = nodes.Call(node.name, columns if name == "struct" else [getattr(each, "operand", each) for each in columns])
        if name in special.FUNCTIONS:
            return special.FUNCTIONS[name](self, node.arguments, scope)
        if name in functions.SCALARS:
            return self._plain(name, functions.SCALARS[name], node, scope)
        if (user := self.session.function(name)) is not None:
            arguments = [self.typed(each, scope) for each in node.arguments]
            if isinstance(user, routines.SqlFunction):
                return routines.expand(self.session, node.name, user, arguments)
            return self._python(user, arguments)
        if name in functions.WINDOWS:
            raise fail(
                "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
                f'Window function "{caption(node)}" requires an OVER clause.',
                "42601",
            )
        raise unresolved_routine(node.name)

    @staticmethod
    def _python(user, arguments):
        """A function of the user: it is told the types of its arguments, whose values it wants as Python has them."""
        kinds = literal(json.dumps([value.type for value in arguments]))
        return Typed(f"{user.sql}({', '.join([kinds, *(value.sql for value in arguments)])})", user.type)

    def arguments(self, name, function, given, scope):
        """Converted to what the function takes."""
        most = None if function.repeats else len(function.arguments)
        if len(given) < function.least or (most is not None and len(given) > most):
            wanted = str(function.least) if most == function.least else f"[{function.least}, {'...' if most is None else most}]"
            raise fail(
                "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                f"The `{name}` requires {wanted} parameters but the actual number is {len(given)}.",
                "42605",
            )
        typed = [self.typed(each, scope) for each in given]
        codes = function.arguments + function.arguments[-1:] * len(typed)
        return [argument(value, code) for value, code in zip(typed, codes)]

    def _plain(self, name, function, node, scope):
        arguments = self.arguments(name, function, node.arguments, scope)
        kind = functions.result_type(function.result, [value.type for value in arguments] or [None])
        if function.result.startswith("@common"):
            skip = int(function.result[7:] or 0)
            arguments[skip:] = special.alike(arguments[skip:])
        return Typed(self._filled(function.sql, arguments), kind)

    @staticmethod
    def _filled(template, arguments):
        sqls = [value.sql for value in arguments]
        values = {
            "all": ", ".join(sqls),
            "coalesce": f"coalesce({', '.join(sqls)})" if len(sqls) > 1 else (sqls or ["NULL"])[0],
        }
        return template.format(*sqls, **values)

    def aggregate(self, name, node, scope):
        given = node.arguments
        if name == "count" and (not given or isinstance(given[0], nodes.Star)):
            return Typed(f"count(*){self._filter(node, scope)}", "long")
        if name in functions.OTHER_AGGREGATES:
            value = self.typed(given[0], scope)
            distinct = name == "collect_set" or node.distinct
            nested = ", 1" if types.is_complex(value.type) else ""
            call = f"f_collect_{'set' if distinct else 'list'}({value.sql}{nested})"
            return Typed(call + self._filter(node, scope), types.array_of(value.type))
        function = functions.AGGREGATES[name]
        arguments = self.arguments(name, function, given, scope)
        kind = functions.result_type(function.result, [value.type for value in arguments] or [None])
        if name == "count" and len(arguments) > 1:
            return self._count_several(node, arguments, scope)
        ignore = "1" if node.ignore_nulls else arguments[1].sql if len(arguments) > 1 else "0"
        if name == "any_value":
            ignore = "0"
        names = {
            "all": ", ".join(value.sql for value in arguments),
            "ignore": ignore,
            "separator": arguments[1].sql if len(arguments) > 1 else "''",
        }
        sql = function.sql.format(*(value.sql for value in arguments), **names)
        if node.distinct:
            sql = sql.replace("(", "(DISTINCT ", 1)
        return Typed(sql + self._filter(node, scope), kind)

    def _count_several(self, node, arguments, scope):
        """count(a, b): rows without nulls in them; with DISTINCT, how many different ones."""
        solid = " AND ".join(f"{value.sql} IS NOT NULL" for value in arguments)
        row = "json_array(" + ", ".join(value.sql for value in arguments) + ")"
        distinct = "DISTINCT " if node.distinct else ""
        return Typed(f"count({distinct}CASE WHEN {solid} THEN {row} END){self._filter(node, scope)}", "long")

    def _filter(self, node, scope):
        return f" FILTER (WHERE {self.condition(node.where, scope)})" if node.where is not None else ""

    # Windows -------------------------------------------------------------------------------------------------------

    def _windowed(self, name, node, scope):
        over = f" OVER {self._window(node.over, name, scope)}"
        if functions.is_aggregate(name) and name not in ("first_value", "last_value"):
            if name in _PYTHON_WINDOWS and not node.ignore_nulls and len(node.arguments) == 1:
                value = self.typed(node.arguments[0], scope)
                return Typed(f"{_PYTHON_WINDOWS[name]}({value.sql}){over}", value.type)
            made = self.aggregate(name, node, scope)
            return Typed(made.sql + over, made.type)
        if name not in functions.WINDOWS:
            raise unresolved_routine(name) if name not in functions.SCALARS else fail(
                "UNSUPPORTED_EXPR_FOR_WINDOW", f'Expression "{caption(node)}" not supported within a window function.', "42P20"
            )
        if node.ignore_nulls:
            raise unsupported(f"{name} IGNORE NULLS over a window")
        arguments = [self.typed(each, scope) for each in node.arguments]
        kind = functions.result_type(functions.WINDOWS[name], [value.type for value in arguments] or [None])
        if name in ("lag", "lead") and len(arguments) == 3:
            arguments[2] = cast(arguments[2], kind)
        return Typed(f"{name}({', '.join(value.sql for value in arguments)}){over}", kind)

    def _window(self, window, name, scope):
        if window.name is not None:
            named = scope.windows.get(window.name.lower())
            if named is None:
                raise fail(
                    "MISSING_WINDOW_SPECIFICATION",
                    f"Window specification is not defined in the WINDOW clause for `{window.name}`.",
                    "42P20",
                )
            window = nodes.Window(
                window.partition or named.partition, window.order or named.order, window.frame or named.frame
            )
        parts = []
        if window.partition:
            parts.append("PARTITION BY " + ", ".join(self.typed(each, scope).sql for each in window.partition))
        if window.order:
            parts.append("ORDER BY " + ", ".join(self.sort(each, scope) for each in window.order))
        elif name in ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead"):
            raise fail(
                "WINDOW_FUNCTION_AND_FRAME_MISMATCH",
                f"{name} function can only be evaluated in an ordered row-based window frame with a single offset.",
                "42K0E",
            )
        if window.frame and name not in ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead"):
            parts.append(window.frame)
        return f"({' '.join(parts)})"

    def sort(self, node, scope, sql=None):
        sql = sql or self.typed(node.operand, scope).sql
        first = node.nulls_first
        order = " DESC" if node.descending else ""
        return sql + order + (
            "" if first is None or first != bool(node.descending) else " NULLS FIRST" if first else " NULLS LAST"
        )


def _chain(node, operator):
    """a AND b AND c as a list."""
    parts = []
    while isinstance(node, nodes.Binary) and node.operator == operator:
        parts.append(node.right)
        node = node.left
    return [node, *reversed(parts)]

# SPDX-License-Identifier: Apache-2.0
"""What Spark calls a column that nobody named."""

from . import nodes, types


def name_of(node):
    """The name of a result column."""
    if isinstance(node, nodes.Alias):
        return node.names[0]
    if isinstance(node, nodes.Name):
        return node.parts[-1]
    if isinstance(node, (nodes.Field, nodes.Owned, nodes.JsonPath)):
        return node.name
    if isinstance(node, nodes.Cast) and isinstance(node.operand, (nodes.Name, nodes.Alias, nodes.Owned)):
        return name_of(node.operand)
    return caption(node)


def caption(node):
    return _CAPTIONS[type(node)](node)


def _listed(items):
    return ", ".join(caption(item) for item in items)


def _literal(node):
    return node.text if node.text is not None else str(node.value)


def _call(node):
    name, arguments = node.name, node.arguments
    if name == "count" and len(arguments) == 1 and isinstance(arguments[0], nodes.Star):
        text = "count(1)"
    elif name == "if" or name == "iff":
        text = f"(IF({_listed(arguments)}))"
    else:
        text = f"{name}({'DISTINCT ' if node.distinct else ''}{_listed(arguments)})"
    if node.where is not None:
        text += f" FILTER (WHERE {caption(node.where)})"
    return text + (f" OVER {_window(node.over, node.name)}" if node.over is not None else "")


def _window(window, function):
    parts = []
    if window.partition:
        parts.append("PARTITION BY " + _listed(window.partition))
    if window.order:
        parts.append("ORDER BY " + _listed(window.order))
    if window.frame:
        parts.append(window.frame)
    elif window.order and function in ("row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist"):
        parts.append("ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW")
    elif window.order:
        parts.append("RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW")
    else:
        parts.append("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")
    return f"({' '.join(parts)})"


def _sort(node):
    direction = "DESC" if node.descending else "ASC"
    first = node.nulls_first if node.nulls_first is not None else not node.descending
    return f"{caption(node.operand)} {direction} NULLS {'FIRST' if first else 'LAST'}"


def _binary(node):
    left, right = caption(node.left), caption(node.right)
    if node.operator == "!=":
        return f"(NOT ({left} = {right}))"
    if node.operator == "||":
        return f"concat({left}, {right})"
    return f"({left} {node.operator.lower() if node.operator == 'DIV' else node.operator} {right})"


def _negated(node, text):
    return f"(NOT {text})" if node.negated else text


def _case(node):
    text = "CASE"
    for condition, value in node.whens:
        shown = caption(condition) if node.operand is None else f"({caption(node.operand)} = {caption(condition)})"
        text += f" WHEN {shown} THEN {caption(value)}"
    return text + (f" ELSE {caption(node.otherwise)}" if node.otherwise is not None else "") + " END"


def _like(node):
    if node.operator == "RLIKE":
        return _negated(node, f"RLIKE({caption(node.operand)}, {caption(node.pattern)})")
    shown = f"{caption(node.operand)} {node.operator} {caption(node.pattern)}"
    return _negated(node, f"({shown})" if node.negated else shown)


_CAPTIONS = {
    nodes.Literal: _literal,
    nodes.Interval: lambda node: node.text,
    nodes.Name: lambda node: ".".join(node.parts) if len(node.parts) > 1 else node.parts[0],
    nodes.Owned: lambda node: node.name,
    nodes.Star: lambda node: "*",
    nodes.Parameter: lambda node: node.name,
    nodes.Call: _call,
    nodes.Unary: lambda node: f"(NOT {caption(node.operand)})" if node.operator == "NOT" else f"({node.operator} {caption(node.operand)})",
    nodes.Binary: _binary,
    nodes.Between: lambda node: _negated(
        node, f"(({caption(node.operand)} >= {caption(node.low)}) AND ({caption(node.operand)} <= {caption(node.high)}))"
    ),
    nodes.InList: lambda node: _negated(node, f"({caption(node.operand)} IN ({_listed(node.items)}))"),
    nodes.InQuery: lambda node: _negated(node, f"({caption(node.operand)} IN (listquery()))"),
    nodes.Exists: lambda node: "exists()",
    nodes.Scalar: lambda node: "scalarsubquery()",
    nodes.Like: _like,
    nodes.Is: lambda node: f"({caption(node.operand)} IS {'NOT ' if node.negated else ''}{node.what})",
    nodes.Case: _case,
    nodes.Cast: lambda node: f"{'TRY_CAST' if node.tolerant else 'CAST'}({caption(node.operand)} AS {types.simple(node.type).upper()})",
    nodes.Item: lambda node: f"{caption(node.operand)}[{caption(node.index)}]",
    nodes.JsonPath: lambda node: caption(node.operand) + ":" + node.path[3:].replace("['", ".").replace("']", ""),
    nodes.Field: lambda node: f"{caption(node.operand)}.{node.name}",
    nodes.Lambda: lambda node: f"lambdafunction({', '.join([caption(node.body), *node.names])})",
    nodes.Alias: lambda node: caption(node.operand),
    nodes.Sort: _sort,
    nodes.Typed: lambda node: node.text or node.sql,
}

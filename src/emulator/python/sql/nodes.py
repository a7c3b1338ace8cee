# SPDX-License-Identifier: Apache-2.0
"""The syntax tree of expressions and queries. Lists of nodes are Python lists; what may be missing is None."""


class Node:
    fields = ()

    def __init__(self, *values, **named):
        for index, field in enumerate(self.fields):
            setattr(self, field, values[index] if index < len(values) else named.get(field))

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(repr(getattr(self, field)) for field in self.fields)})"


def _node(name, fields):
    return type(name, (Node,), {"fields": tuple(fields.split()), "__module__": __name__})


# Expressions
Literal = _node("Literal", "value type text")  # `text` is what a column is called after it
Interval = _node("Interval", "months days micros text")
Name = _node("Name", "parts")
Owned = _node("Owned", "name frame")  # a column of a certain DataFrame
Star = _node("Star", "qualifier excepts")
Parameter = _node("Parameter", "name")
Call = _node("Call", "name arguments distinct where over ignore_nulls order")
Unary = _node("Unary", "operator operand")
Binary = _node("Binary", "operator left right")
Between = _node("Between", "operand low high negated")
InList = _node("InList", "operand items negated")
InQuery = _node("InQuery", "operand query negated")
Exists = _node("Exists", "query")
Scalar = _node("Scalar", "query")
Like = _node("Like", "operator operand pattern escape negated")  # LIKE, ILIKE, RLIKE
Is = _node("Is", "operand what negated")  # NULL, TRUE, FALSE
Case = _node("Case", "operand whens otherwise")
Cast = _node("Cast", "operand type tolerant")
Item = _node("Item", "operand index")
Field = _node("Field", "operand name")
JsonPath = _node("JsonPath", "operand path name")  # text:a.b[0]; `path` as get_json_object takes it, `name` of a column
Lambda = _node("Lambda", "names body")
Alias = _node("Alias", "operand names")
Sort = _node("Sort", "operand descending nulls_first")
Window = _node("Window", "partition order frame name")
Typed = _node("Typed", "sql type text")  # an expression that is SQLite's already

# Queries
Query = _node("Query", "ctes body order limit offset")
Select = _node("Select", "items distinct source where groups having qualify windows order limit offset")
Groups = _node("Groups", "keys sets")  # `sets` of indices into keys; None: one set of all
Values = _node("Values", "rows")
SetOperation = _node("SetOperation", "operator all left right")
Table = _node("Table", "parts alias columns")
Derived = _node("Derived", "query alias columns")
Files = _node("Files", "path options alias columns")  # read_files(path, name => value, ...)
TableFunction = _node("TableFunction", "name arguments alias columns")
Join = _node("Join", "kind left right condition using natural")
LateralView = _node("LateralView", "source outer call alias columns")
Pivot = _node("Pivot", "source aggregates column values alias")
Unpivot = _node("Unpivot", "source value label columns nulls alias")  # `columns` are pairs of node and text
Given = _node("Given", "relation alias")  # a relation that has been analyzed before


def children(node):
    for field in node.fields:
        value = getattr(node, field)
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(item, (list, tuple)):
                yield from (each for each in item if isinstance(each, Node))
            elif isinstance(item, Node):
                yield item


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


def literal(value):
    """The node of a Python value."""
    import datetime
    import decimal

    if isinstance(value, Node):
        return value
    if value is None:
        return Literal(None, "void", "NULL")
    if isinstance(value, bool):
        return Literal(value, "boolean", str(value).lower())
    if isinstance(value, int):
        return Literal(value, "integer" if -(2**31) <= value < 2**31 else "long", str(value))
    if isinstance(value, float):
        return Literal(value, "double", str(value))
    if isinstance(value, str):
        return Literal(value, "string", value)
    if isinstance(value, decimal.Decimal):
        digits, scale = len(value.as_tuple().digits), max(0, -value.as_tuple().exponent)
        return Literal(value, f"decimal({max(digits, scale)},{scale})", str(value))
    if isinstance(value, datetime.datetime):
        return Literal(value, "timestamp", f"TIMESTAMP '{value}'")
    if isinstance(value, datetime.date):
        return Literal(value, "date", f"DATE '{value}'")
    if isinstance(value, (bytes, bytearray)):
        return Literal(bytes(value), "binary", "X'" + bytes(value).hex().upper() + "'")
    if isinstance(value, (list, tuple)):
        return Call("array", [literal(item) for item in value])
    if isinstance(value, dict):
        pairs = [literal(part) for pair in value.items() for part in pair]
        return Call("map", pairs)
    if hasattr(value, "item"):
        return literal(value.item())
    raise TypeError(f"[UNSUPPORTED_LITERAL] A {type(value).__name__} cannot be a literal.")

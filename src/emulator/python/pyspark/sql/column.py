# SPDX-License-Identifier: Apache-2.0
"""Columns: expressions that a DataFrame gives a meaning to."""

from trowel_cluster.sql import nodes
from trowel_cluster.sql.captions import name_of
from trowel_cluster.sql.errors import unsupported
from trowel_cluster.sql.expressions import ExpressionParser
from trowel_cluster.sql.tokens import tokenize, value_of


def name_node(name):
    """A column by its name, which may be dotted and in backticks."""
    if name == "*":
        return nodes.Star([], [])
    if "`" not in name and not all(part.isidentifier() for part in name.split(".")):
        return nodes.Star(name[:-2].split("."), []) if name.endswith(".*") else nodes.Name(
            [name] if "." not in name else name.split(".")
        )
    tokens = tokenize(name) if "`" in name else None
    return nodes.Name(
        [value_of(token) for token in tokens if token.kind in ("word", "quoted")] if tokens else name.split(".")
    )


def to_node(value):
    """Of what stands for a column: a Column, or the name of one."""
    if isinstance(value, Column):
        return value._node
    if isinstance(value, str):
        return name_node(value)
    if isinstance(value, nodes.Node):
        return value
    raise TypeError(f"[NOT_COLUMN_OR_STR] Argument `col` should be a Column or str, got {type(value).__name__}.")


def value_node(value):
    """Of an operand: a Column, or any value, which is a literal."""
    return value._node if isinstance(value, Column) else nodes.literal(value)


def sort_node(value):
    node = to_node(value)
    return node if isinstance(node, nodes.Sort) else nodes.Sort(node, False, None)


def parse(text):
    """An expression in SQL, perhaps with a name or an order at its end."""
    from trowel_cluster.sql.queries import QueryParser

    parser = QueryParser(text)
    node = parser._select_item()
    if not isinstance(node, nodes.Alias) and parser.token.upper in ("ASC", "DESC"):
        node = nodes.Sort(node, parser.next().upper == "DESC", None)
    parser.finish()
    return node


def parse_type(kind):
    """Spark's JSON form of a type: from a DataType or its name."""
    if isinstance(kind, type):
        kind = kind()
    if hasattr(kind, "jsonValue"):
        return kind.jsonValue()
    parser = ExpressionParser(kind)
    made = parser.type()
    parser.finish()
    return made


def _binary(operator, swapped=False):
    def method(self, other):
        left, right = self._node, value_node(other)
        return Column(nodes.Binary(operator, right, left) if swapped else nodes.Binary(operator, left, right))

    return method


class Column:
    def __init__(self, node):
        self._node = node

    __eq__ = _binary("=")
    __ne__ = _binary("!=")
    __lt__ = _binary("<")
    __le__ = _binary("<=")
    __gt__ = _binary(">")
    __ge__ = _binary(">=")
    __add__ = _binary("+")
    __radd__ = _binary("+", True)
    __sub__ = _binary("-")
    __rsub__ = _binary("-", True)
    __mul__ = _binary("*")
    __rmul__ = _binary("*", True)
    __truediv__ = _binary("/")
    __rtruediv__ = _binary("/", True)
    __mod__ = _binary("%")
    __rmod__ = _binary("%", True)
    __and__ = _binary("AND")
    __rand__ = _binary("AND", True)
    __or__ = _binary("OR")
    __ror__ = _binary("OR", True)
    eqNullSafe = _binary("<=>")
    bitwiseAND = _binary("&")
    bitwiseOR = _binary("|")
    bitwiseXOR = _binary("^")
    __hash__ = object.__hash__

    def __pow__(self, other):
        return Column(nodes.Call("power", [self._node, value_node(other)]))

    def __rpow__(self, other):
        return Column(nodes.Call("power", [value_node(other), self._node]))

    def __neg__(self):
        return Column(nodes.Unary("-", self._node))

    def __invert__(self):
        return Column(nodes.Unary("NOT", self._node))

    def __bool__(self):
        raise ValueError(
            "[CANNOT_CONVERT_COLUMN_INTO_BOOL] Cannot convert column into bool: please use '&' for 'and', '|' for 'or', '~' "
            "for 'not' when building DataFrame boolean expressions."
        )

    def __contains__(self, item):
        raise ValueError(
            "[CANNOT_APPLY_IN_FOR_COLUMN] Cannot apply 'in' operator against a column: please use 'contains' in a string column or 'array_contains' function for an array column."
        )

    def __iter__(self):
        raise TypeError("[NOT_ITERABLE] Column is not iterable.")

    # Names and types -----------------------------------------------------------------------------------------------

    def alias(self, *alias, **_metadata):
        return Column(nodes.Alias(_bare(self._node), list(alias)))

    name = alias

    def cast(self, dataType):
        return Column(nodes.Cast(_bare(self._node), parse_type(dataType), False))

    astype = cast

    def try_cast(self, dataType):
        return Column(nodes.Cast(_bare(self._node), parse_type(dataType), True))

    # Tests ---------------------------------------------------------------------------------------------------------

    def isNull(self):
        return Column(nodes.Is(self._node, "NULL", False))

    def isNotNull(self):
        return Column(nodes.Is(self._node, "NULL", True))

    def isNaN(self):
        return Column(nodes.Call("isnan", [self._node]))

    def isin(self, *cols):
        items = list(cols[0]) if len(cols) == 1 and isinstance(cols[0], (list, set, tuple)) else list(cols)
        if not items:
            return Column(nodes.literal(False))
        return Column(nodes.InList(self._node, [value_node(item) for item in items], False))

    def between(self, lowerBound, upperBound):
        return Column(nodes.Between(self._node, value_node(lowerBound), value_node(upperBound), False))

    def like(self, other):
        return Column(nodes.Like("LIKE", self._node, nodes.literal(other), None, False))

    def ilike(self, other):
        return Column(nodes.Like("ILIKE", self._node, nodes.literal(other), None, False))

    def rlike(self, other):
        return Column(nodes.Like("RLIKE", self._node, nodes.literal(other), None, False))

    def _call(self, function, *values):
        return Column(nodes.Call(function, [self._node, *map(value_node, values)]))

    def startswith(self, other):
        return self._call("startswith", other)

    def endswith(self, other):
        return self._call("endswith", other)

    def contains(self, other):
        return self._call("contains", other)

    def substr(self, startPos, length):
        return self._call("substring", startPos, length)

    # Parts ---------------------------------------------------------------------------------------------------------

    def getItem(self, key):
        return Column(nodes.Item(self._node, value_node(key)))

    def getField(self, name):
        return Column(nodes.Field(self._node, name))

    def __getitem__(self, key):
        if isinstance(key, slice):
            return self.substr(key.start, key.stop)
        return self.getItem(key)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.getField(name)

    def withField(self, fieldName, col):
        raise unsupported("Column.withField")

    def dropFields(self, *fieldNames):
        raise unsupported("Column.dropFields")

    # Order ---------------------------------------------------------------------------------------------------------

    def asc(self):
        return Column(nodes.Sort(self._node, False, None))

    def desc(self):
        return Column(nodes.Sort(self._node, True, None))

    def asc_nulls_first(self):
        return Column(nodes.Sort(self._node, False, True))

    def asc_nulls_last(self):
        return Column(nodes.Sort(self._node, False, False))

    def desc_nulls_first(self):
        return Column(nodes.Sort(self._node, True, True))

    def desc_nulls_last(self):
        return Column(nodes.Sort(self._node, True, False))

    # Conditions and windows ----------------------------------------------------------------------------------------

    def when(self, condition, value):
        if not isinstance(self._node, nodes.Case) or self._node.otherwise is not None:
            raise ValueError("when() can only be applied on a Column previously generated by when() function")
        return Column(nodes.Case(None, [*self._node.whens, (condition._node, value_node(value))], None))

    def otherwise(self, value):
        if not isinstance(self._node, nodes.Case) or self._node.otherwise is not None:
            raise ValueError("otherwise() can only be applied on a Column previously generated by when()")
        return Column(nodes.Case(None, self._node.whens, value_node(value)))

    def over(self, window):
        call = _bare(self._node)
        if not isinstance(call, nodes.Call):
            raise TypeError("over() needs a window function or an aggregate")
        made = nodes.Call(*(getattr(call, field) for field in call.fields))
        made.over = window._window
        return Column(made)

    def __repr__(self):
        node = self._node
        shown = f"{name_of(node.operand)} AS {', '.join(node.names)}" if isinstance(node, nodes.Alias) else name_of(node)
        return f"Column<'{shown}'>"


def _bare(node):
    return node.operand if isinstance(node, nodes.Alias) else node

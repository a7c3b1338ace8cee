# SPDX-License-Identifier: Apache-2.0
"""pyspark.sql.functions: one Python function for each function of the emulator's SQL."""

from trowel_cluster.sql import functions as known
from trowel_cluster.sql import nodes, special
from trowel_cluster.sql.errors import unsupported

from .calls import WORDS, lambda_node, maker
from .column import Column, parse, parse_type, to_node, value_node

for _name in [*known.SCALARS, *known.AGGREGATES, *known.OTHER_AGGREGATES, *known.WINDOWS, *known.GENERATORS, *special.FUNCTIONS]:
    if _name not in WORDS and not _name.endswith("_"):
        globals()[_name] = maker(_name)


# What is not the function of the same name in SQL ------------------------------------------------------------------------


def col(col):
    return Column(to_node(col))


column = col


def lit(col):
    return col if isinstance(col, Column) else Column(nodes.literal(col))


def expr(str):
    return Column(parse(str))


def when(condition, value):
    if not isinstance(condition, Column):
        raise TypeError(f"[NOT_COLUMN] Argument `condition` should be a Column, got {type(condition).__name__}.")
    return Column(nodes.Case(None, [(condition._node, value_node(value))], None))


def broadcast(df):
    return df


def count(col):
    if isinstance(col, str) and col == "*":
        return Column(nodes.Call("count", [nodes.Star([], [])], distinct=False))
    node = to_node(col)
    return Column(nodes.Call("count", [node], distinct=False))


def countDistinct(col, *cols):
    return Column(nodes.Call("count", [to_node(each) for each in (col, *cols)], distinct=True))


def sum_distinct(col):
    return Column(nodes.Call("sum", [to_node(col)], distinct=True))


def first(col, ignorenulls=False):
    return Column(nodes.Call("first", [to_node(col)], distinct=False, ignore_nulls=ignorenulls))


def last(col, ignorenulls=False):
    return Column(nodes.Call("last", [to_node(col)], distinct=False, ignore_nulls=ignorenulls))


def asc(col):
    return Column(nodes.Sort(to_node(col), False, None))


def desc(col):
    return Column(nodes.Sort(to_node(col), True, None))


def asc_nulls_first(col):
    return Column(nodes.Sort(to_node(col), False, True))


def asc_nulls_last(col):
    return Column(nodes.Sort(to_node(col), False, False))


def desc_nulls_first(col):
    return Column(nodes.Sort(to_node(col), True, True))


def desc_nulls_last(col):
    return Column(nodes.Sort(to_node(col), True, False))


def monotonically_increasing_id():
    number = nodes.Call("row_number", [], over=nodes.Window([], [nodes.Sort(nodes.literal(None), False, None)], None, None))
    made = nodes.Binary("-", nodes.Cast(number, "long", False), nodes.literal(1))
    return Column(nodes.Alias(made, ["monotonically_increasing_id()"]))


def row_number():
    return Column(nodes.Call("row_number", []))


def lag(col, offset=1, default=None):
    return _shifted("lag", col, offset, default)


def lead(col, offset=1, default=None):
    return _shifted("lead", col, offset, default)


def _shifted(name, col, offset, default):
    arguments = [to_node(col), nodes.literal(offset)]
    return Column(nodes.Call(name, arguments + ([nodes.literal(default)] if default is not None else [])))


def array_contains(col, value):
    return Column(nodes.Call("array_contains", [to_node(col), value_node(value)]))


def instr(str, substr):
    return Column(nodes.Call("instr", [to_node(str), value_node(substr)]))


def locate(substr, str, pos=1):
    return Column(nodes.Call("locate", [nodes.literal(substr), to_node(str), nodes.literal(pos)]))


def from_json(col, schema, options=None):
    if isinstance(schema, Column):
        return Column(nodes.Call("from_json", [to_node(col), schema._node]))
    text = schema if isinstance(schema, str) else schema.json()
    return Column(nodes.Call("from_json", [to_node(col), nodes.literal(text)]))


def window(timeColumn, windowDuration, slideDuration=None, startTime=None):
    more = [slideDuration or windowDuration] + ([startTime] if startTime else []) if slideDuration or startTime else []
    arguments = [to_node(timeColumn), *map(nodes.literal, [windowDuration, *more])]
    return Column(nodes.Alias(nodes.Call("window", arguments), ["window"]))


def schema_of_json(json, options=None):
    return Column(nodes.Call("schema_of_json", [value_node(json)]))


def to_json(col, options=None):
    return Column(nodes.Call("to_json", [to_node(col)]))


def log(arg1, arg2=None):
    if arg2 is None:
        return Column(nodes.Call("ln", [to_node(arg1)]))
    return Column(nodes.Call("log", [nodes.literal(float(arg1)), to_node(arg2)]))


def rand(seed=None):
    return Column(nodes.Call("rand", []))


def randn(seed=None):
    return Column(nodes.Call("randn", []))


def percentile_approx(col, percentage, accuracy=10000):
    share = percentage._node if isinstance(percentage, Column) else nodes.literal(percentage)
    return Column(nodes.Call("percentile_approx", [to_node(col), share], distinct=False))


def reduce(col, initialValue, merge, finish=None):
    arguments = [to_node(col), value_node(initialValue), lambda_node(merge)] + ([lambda_node(finish)] if finish else [])
    return Column(nodes.Call("aggregate", arguments))


aggregate = reduce


def sort_array(col, asc=True):
    return Column(nodes.Call("sort_array", [to_node(col), nodes.literal(asc)]))


def call_function(funcName, *cols):
    return Column(nodes.Call(funcName.lower(), [to_node(each) for each in cols], distinct=False))


call_udf = call_function


def udf(f=None, returnType="string", **_options):
    """A Python function as a function of columns; also as a decorator, with and without a type."""
    if f is None or not callable(f):
        kind = returnType if f is None else f
        return lambda function: udf(function, kind)
    from .session import SparkSession
    from .udf import UserDefinedFunction

    return UserDefinedFunction(SparkSession.active()._session, f, parse_type(returnType))


def pandas_udf(f=None, returnType=None, functionType=None):
    """A function of pandas Series, which gets one row at a time: how many come together is up to Spark as well."""
    if f is None or not callable(f):
        kind = returnType if f is None else f
        return lambda function: pandas_udf(function, kind)
    from .session import SparkSession
    from .udf import UserDefinedFunction, of_series

    kind = parse_type(returnType)
    return UserDefinedFunction(SparkSession.active()._session, of_series(f, kind), kind)


countDistinct.__name__ = "countDistinct"
count_distinct = countDistinct
sumDistinct = sum_distinct
approxCountDistinct = globals()["approx_count_distinct"]
toDegrees, toRadians = globals()["degrees"], globals()["radians"]
shiftLeft, shiftRight = globals()["shiftleft"], globals()["shiftright"]
bitwiseNOT = globals()["bitwise_not"]
substr = globals()["substring"]
typedLit = lit
to_timestamp_ltz = globals()["to_timestamp"]
_NOT_EXPORTED = {
    "Column", "lambda_node", "len", "any", "maker", "parse", "parse_type", "to_node", "value_node", "unsupported"
}
__all__ = [
    name
    for name, value in list(globals().items())
    if callable(value) and not name.startswith("_") and name not in _NOT_EXPORTED
]


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"pyspark.sql.functions.{name} is not part of the Trowel emulator.")

# SPDX-License-Identifier: Apache-2.0
"""Calls of SQL functions out of Python: which arguments name columns, and which are values.

Apart from functions.py, where len, sum and filter are functions of Spark."""

import inspect

from trowel_cluster.sql import nodes

from .column import Column, to_node, value_node

# Functions all of whose text arguments are names of columns; of others only the first is.
_COLUMNS_ONLY = {
    "concat", "coalesce", "greatest", "least", "array", "struct", "create_map", "map", "count", "datediff", "date_diff",
    "months_between", "corr", "covar_samp", "covar_pop", "atan2", "pow", "power", "hypot", "levenshtein", "nvl", "ifnull",
    "nullif", "nvl2", "max_by", "min_by", "map_from_arrays", "map_concat", "arrays_zip", "arrays_overlap", "array_union",
    "array_intersect", "array_except", "sequence", "hash", "xxhash64", "make_date", "make_timestamp", "named_struct",
    "nanvl", "pmod", "array_repeat", "find_in_set", "width_bucket", "startswith", "endswith", "contains", "date_add",
    "date_sub", "add_months", "mod", "if",
}  # fmt: skip
_FIRST_IS_LITERAL = {"concat_ws", "format_string", "date_trunc", "locate", "printf"}
WORDS = {
    "if",
    "map",
    "int",
    "float",
    "string",
    "date",
    "double",
    "binary",
    "decimal",
    "boolean",
    "bigint",
    "smallint",
    "tinyint",
    "timestamp",
}


def _argument(value, as_column):
    if callable(value) and not isinstance(value, Column):
        return lambda_node(value)
    if isinstance(value, str) and as_column:
        return to_node(value)
    if isinstance(value, str) or not isinstance(value, Column):
        return nodes.literal(value)
    return value._node


def lambda_node(function):
    names = list(inspect.signature(function).parameters)
    made = function(*(Column(nodes.Name([name])) for name in names))
    return nodes.Lambda(names, value_node(made))


def _call(name, arguments):
    out = []
    for index, value in enumerate(arguments):
        as_column = name in _COLUMNS_ONLY or (index != 0 if name in _FIRST_IS_LITERAL else index == 0)
        out.append(_argument(value, as_column))
    return Column(nodes.Call(name, out, distinct=False))


_FLAT = {"concat", "coalesce", "greatest", "least", "array", "struct", "create_map", "map_concat", "arrays_zip"}


def maker(name):
    def function(*cols, **named):
        arguments = [*cols, *(value for value in named.values() if value is not None)]
        if name in _FLAT and len(arguments) == 1 and isinstance(arguments[0], (list, tuple, set)):
            arguments = list(arguments[0])
        return _call(name, arguments)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{name}(...) of Spark SQL as a Column."
    return function

# SPDX-License-Identifier: Apache-2.0
"""Python functions for columns and SQL."""

import functools

from trowel_cluster.sql import nodes, types
from trowel_cluster.sql.errors import unsupported

from .column import Column, parse_type, to_node


class UserDefinedFunction:
    def __init__(self, session, function, kind, name=None):
        self.func = function
        self.returnType = kind
        self._name = name or f"udf{id(self)}"
        self.__name__ = getattr(function, "__name__", "udf")
        self.__doc__ = function.__doc__
        session.register_function(self._name, function, kind)

    def __call__(self, *cols):
        arguments = [to_node(each) for each in cols]
        shown = nodes.Call(self.__name__, arguments)
        from trowel_cluster.sql.captions import caption

        return Column(nodes.Alias(nodes.Call(self._name, arguments), [caption(shown)]))


def of_series(function, kind):
    """A function of single values for one of pandas Series. Null is NaN where numbers come out, as pandas has it."""
    hints = [str(hint) for hint in getattr(function, "__annotations__", {}).values()]
    if any("Iterator" in hint for hint in hints):
        raise unsupported("pandas_udf over iterators")
    if str(function.__annotations__.get("return", "Series")).find("Series") < 0:
        raise unsupported("pandas_udf as an aggregate")
    missing = float("nan") if types.is_numeric(kind) else None

    @functools.wraps(function)
    def single(*values):
        import pandas

        result = function(*(pandas.Series([missing if value is None else value]) for value in values))
        value = result.iloc[0]
        if pandas.api.types.is_scalar(value) and pandas.isna(value):
            return None
        return value.item() if hasattr(value, "item") else value

    return single


class UDFRegistration:
    def __init__(self, session):
        self._session = session

    def register(self, name, f, returnType=None):
        if isinstance(f, UserDefinedFunction):
            self._session.register_function(name, f.func, f.returnType)
            return f
        return UserDefinedFunction(self._session, f, parse_type(returnType or "string"), name)

# SPDX-License-Identifier: Apache-2.0
"""Python functions for columns and SQL."""

from trowel_cluster.sql import nodes

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


class UDFRegistration:
    def __init__(self, session):
        self._session = session

    def register(self, name, f, returnType=None):
        if isinstance(f, UserDefinedFunction):
            self._session.register_function(name, f.func, f.returnType)
            return f
        return UserDefinedFunction(self._session, f, parse_type(returnType or "string"), name)

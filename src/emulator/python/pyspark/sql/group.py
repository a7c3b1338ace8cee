# SPDX-License-Identifier: Apache-2.0
"""df.groupBy()"""

from trowel_cluster.sql import nodes, types as names
from trowel_cluster.sql.captions import name_of
from trowel_cluster.sql.sources import pivoted

from .column import Column, name_node


class GroupedData:
    def __init__(self, df, keys, sets=None, pivot=None):
        self._df = df
        self._keys = keys
        self._sets = sets
        self._pivot = pivot  # a column and its values

    def agg(self, *exprs):
        if len(exprs) == 1 and isinstance(exprs[0], dict):
            calls = [
                nodes.Call(name.lower(), [nodes.Star([], []) if column == "*" else name_node(column)], distinct=False)
                for column, name in exprs[0].items()
            ]
        else:
            for each in exprs:
                if not isinstance(each, Column):
                    raise TypeError("[NOT_LIST_OF_COLUMN] Argument `exprs` should be a list[Column].")
            calls = [each._node for each in exprs]
        if self._pivot is not None:
            calls = pivoted(calls, *self._pivot)
        bare = [key.operand if isinstance(key, nodes.Alias) else key for key in self._keys]
        return self._df._select([*self._keys, *calls], groups=nodes.Groups(bare, self._sets))

    def pivot(self, pivot_col, values=None):
        column = self._df._column(pivot_col)._node
        if values is None:
            found = self._df._select([column], distinct=True).collect()
            values = sorted((row[0] for row in found), key=lambda value: (value is not None, value))
        return GroupedData(self._df, self._keys, self._sets, (column, [nodes.literal(value) for value in values]))

    def _each(self, name, cols):
        """One aggregate of all numeric columns, or of those named."""
        keys = {name_of(key).lower() for key in self._keys}
        chosen = cols or [
            column.name for column in self._df._known() if names.is_numeric(column.type) and column.name.lower() not in keys
        ]
        return self.agg(*(Column(nodes.Call(name, [name_node(each)], distinct=False)) for each in chosen))

    def count(self):
        return self.agg(Column(nodes.Alias(nodes.Call("count", [nodes.Star([], [])], distinct=False), ["count"])))

    def sum(self, *cols):
        return self._each("sum", cols)

    def avg(self, *cols):
        return self._each("avg", cols)

    def mean(self, *cols):
        return self._each("avg", cols)

    def min(self, *cols):
        return self._each("min", cols)

    def max(self, *cols):
        return self._each("max", cols)

    def applyInPandas(self, func, schema):
        import inspect

        import pandas

        frame = self._df.toPandas()
        labels = [name_of(key) for key in self._keys]
        parts = []
        for key, part in frame.groupby(labels[0] if len(labels) == 1 else labels, dropna=False):
            part = part.reset_index(drop=True)
            two = len(inspect.signature(func).parameters) == 2
            parts.append(func(key if isinstance(key, tuple) else (key,), part) if two else func(part))
        return self._df._spark.createDataFrame(pandas.concat(parts, ignore_index=True), schema)

    def __repr__(self):
        return f"GroupedData[grouping expressions: [{', '.join(map(name_of, self._keys))}], value: {self._df!r}]"

# SPDX-License-Identifier: Apache-2.0
"""df.na and df.stat."""

from trowel_cluster.sql import nodes, types as names
from trowel_cluster.sql.errors import unsupported

from .column import Column


def _listed(subset):
    return [subset] if isinstance(subset, str) else list(subset)


class DataFrameNaFunctions:
    def __init__(self, df):
        self._df = df

    def fill(self, value, subset=None):
        df = self._df
        if isinstance(value, dict):
            for name, each in value.items():
                df = df.na.fill(each, [name])
            return df
        wanted = {name.lower() for name in _listed(subset)} if subset is not None else None
        changes = {}
        for column in df._known():
            if wanted is not None and column.name.lower() not in wanted or not _fits(value, column.type):
                continue
            filled = nodes.Call("coalesce", [nodes.Owned(column.name, df._number), nodes.literal(value)])
            changes[column.name] = Column(nodes.Cast(filled, column.type, False))
        return df.withColumns(changes) if changes else df

    def drop(self, how="any", thresh=None, subset=None):
        df = self._df
        chosen = _listed(subset) if subset is not None else df.columns
        filled = [nodes.Is(df._column(name)._node, "NULL", True) for name in chosen]
        if thresh is None:
            thresh = len(filled) if how == "any" else 1
        total = nodes.literal(0)
        for each in filled:
            total = nodes.Binary("+", total, nodes.Cast(each, "integer", False))
        return df.filter(Column(nodes.Binary(">=", total, nodes.literal(thresh))))

    def replace(self, to_replace, value=None, subset=None):
        df = self._df
        if isinstance(to_replace, dict):
            pairs = list(to_replace.items())
        else:
            olds = list(to_replace) if isinstance(to_replace, (list, tuple)) else [to_replace]
            pairs = list(zip(olds, value if isinstance(value, (list, tuple)) else [value] * len(olds)))
        wanted = {name.lower() for name in _listed(subset)} if subset is not None else None
        changes = {}
        for column in df._known():
            if wanted is not None and column.name.lower() not in wanted or not _fits(pairs[0][0], column.type):
                continue
            this = nodes.Owned(column.name, df._number)
            whens = [(nodes.Binary("=", this, nodes.literal(old)), nodes.literal(new)) for old, new in pairs]
            changes[column.name] = Column(nodes.Case(None, whens, this))
        return df.withColumns(changes) if changes else df


def _fits(value, kind):
    """Whether fill() and replace() touch columns of this type."""
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, (int, float)):
        return names.is_numeric(kind)
    return kind == "string"


class DataFrameStatFunctions:
    def __init__(self, df):
        self._df = df

    def _one(self, name, *cols):
        calls = [nodes.Call(name, [nodes.Owned(self._df._column(each)._node.name, self._df._number) for each in cols])]
        return self._df._select(calls).collect()[0][0]

    def corr(self, col1, col2, method=None):
        return self._one("corr", col1, col2)

    def cov(self, col1, col2):
        return self._one("covar_samp", col1, col2)

    def approxQuantile(self, col, probabilities, relativeError):
        if isinstance(col, (list, tuple)):
            return [self.approxQuantile(each, probabilities, relativeError) for each in col]
        call = nodes.Call(
            "percentile_approx", [self._df._column(col)._node, nodes.literal(list(map(float, probabilities)))]
        )
        return [float(value) for value in self._df._select([call]).collect()[0][0] or []]

    def crosstab(self, col1, col2):
        made = self._df.groupBy(col1).pivot(col2).count().na.fill(0)
        return made.withColumnRenamed(col1, f"{col1}_{col2}")

    def freqItems(self, cols, support=None):
        raise unsupported("DataFrameStatFunctions.freqItems")

# SPDX-License-Identifier: Apache-2.0
"""What DataFrames have besides: statistics, shorter names, and what has no meaning on one machine."""

from trowel_cluster.sql import nodes, types as names
from trowel_cluster.sql.captions import name_of
from trowel_cluster.tables import Column as Field

from .column import Column, name_node, parse_type


def _flat(values):
    return list(values[0]) if len(values) == 1 and isinstance(values[0], (list, tuple)) else list(values)


class Conveniences:
    # Statistics ------------------------------------------------------------------------------------------------------

    def describe(self, *cols):
        return self._statistics(_flat(cols), ["count", "mean", "stddev", "min", "max"])

    def summary(self, *statistics):
        return self._statistics([], _flat(statistics) or ["count", "mean", "stddev", "min", "25%", "50%", "75%", "max"])

    def _statistics(self, cols, wanted):
        chosen = [
            column for column in self._known() if (
                column.name in cols if cols else names.is_numeric(column.type) or column.type == "string"
            )
        ]
        calls, rows = [], []
        for statistic in wanted:
            for column in chosen:
                text = nodes.Cast(
                    _statistic(statistic, nodes.Owned(column.name, self._number), column.type), "string", False
                )
                calls.append(nodes.Alias(text, [f"c{len(calls)}"]))
        values = self._select(calls).collect()[0] if calls else ()
        for index, statistic in enumerate(wanted):
            rows.append((statistic, *values[index * len(chosen) : (index + 1) * len(chosen)]))
        fields = [Field("summary", "string"), *(Field(column.name, "string") for column in chosen)]
        return type(self)(self._spark, self._session.store(fields, rows))

    def unpivot(self, ids, values, variableColumnName, valueColumnName):
        keys = [name_node(each) if isinstance(each, str) else each._node for each in _flat([ids])]
        labels = _flat([values]) if values is not None else [
            name for name in self.columns if name.lower() not in {name_of(key).lower() for key in keys}
        ]
        columns = [(name_node(each) if isinstance(each, str) else each._node, str(each)) for each in labels]
        node = nodes.Unpivot(nodes.Given(self._relation), valueColumnName, variableColumnName, columns, True, None)
        chosen = [*keys, nodes.Name([variableColumnName]), nodes.Name([valueColumnName])]
        return type(self)(self._spark, self._session.queries.query(nodes.Select(chosen, source=node)))

    melt = unpivot

    # What has no meaning on one machine ------------------------------------------------------------------------------

    def cache(self):
        return self

    def persist(self, storageLevel=None):
        return self

    def unpersist(self, blocking=False):
        return self

    def checkpoint(self, eager=True):
        return self

    localCheckpoint = checkpoint

    def repartition(self, numPartitions, *cols):
        """Without a meaning but for df.rdd.getNumPartitions()."""
        return self._sliced(numPartitions) if isinstance(numPartitions, int) else self

    repartitionByRange = repartition

    def coalesce(self, numPartitions):
        return self._sliced(min(numPartitions, self._slices or numPartitions))

    def hint(self, name, *parameters):
        return self

    def to(self, schema):
        return self.select(
            *(
                Column(nodes.Cast(name_node(field.name), parse_type(field.dataType), False)).alias(field.name) for field in schema
            )
        )

    # Shorter names for parts of na and stat --------------------------------------------------------------------------

    def fillna(self, value, subset=None):
        return self.na.fill(value, subset)

    def dropna(self, how="any", thresh=None, subset=None):
        return self.na.drop(how, thresh, subset)

    def replace(self, to_replace, value=None, subset=None):
        return self.na.replace(to_replace, value, subset)

    def approxQuantile(self, col, probabilities, relativeError):
        return self.stat.approxQuantile(col, probabilities, relativeError)

    def corr(self, col1, col2, method=None):
        return self.stat.corr(col1, col2)

    def cov(self, col1, col2):
        return self.stat.cov(col1, col2)

    def crosstab(self, col1, col2):
        return self.stat.crosstab(col1, col2)


def _statistic(name, column, kind):
    number = nodes.Cast(column, "double", False) if kind == "string" else column
    if name.endswith("%"):
        return nodes.Call("percentile_approx", [number, nodes.literal(float(name[:-1]) / 100)])
    if name == "count_distinct":
        return nodes.Call("count", [column], distinct=True)
    return nodes.Call(name, [number if name in ("mean", "stddev") else column])

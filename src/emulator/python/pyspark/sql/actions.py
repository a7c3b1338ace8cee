# SPDX-License-Identifier: Apache-2.0
"""What makes a DataFrame's query run, and gives its rows a name or a form."""

import json

from trowel_cluster.sql import types as names
from trowel_cluster.sql.arrays import spoken, dump
from trowel_cluster.sql.errors import already_exists
from trowel_cluster.sql.row import Row
from trowel_cluster.sql.scope import Relation

from . import show


class Actions:
    def collect(self):
        columns, rows = self._trowel_table()
        labels = [column.name for column in columns]
        return [Row.of(labels, row) for row in rows]

    def take(self, num):
        return self.limit(num).collect()

    def tail(self, num):
        return self.collect()[-num:] if num else []

    def head(self, n=None):
        rows = self.take(1 if n is None else n)
        return rows if n is not None else (rows[0] if rows else None)

    def first(self):
        return self.head()

    def count(self):
        return self._session.run(f"SELECT count(*) FROM ({self._relation.sql})")[0][0]

    def isEmpty(self):
        return not self.take(1)

    def toLocalIterator(self, prefetchPartitions=False):
        return iter(self.collect())

    def foreach(self, f):
        for row in self.collect():
            f(row)

    def foreachPartition(self, f):
        f(iter(self.collect()))

    def toJSON(self, use_unicode=True):
        kind = names.struct_of([(column.name, column.type) for column in self._known()])
        return self._spark.sparkContext.parallelize(
            [dump(spoken(json.loads(names.encode(row, kind)), kind)) for row in self.collect()]
        )

    def toPandas(self):
        return show.to_pandas(*self._trowel_table())

    def show(self, n=20, truncate=True, vertical=False):
        columns, rows = self._session.fetch(self._relation, n + 1) if isinstance(self._outcome, Relation) else self._trowel_table()
        show.show(columns, rows, n, truncate, vertical)

    def display(self):
        self._spark._display(self)

    def createOrReplaceTempView(self, name):
        self._session.views[name.lower()] = self._relation

    createOrReplaceGlobalTempView = registerTempTable = createOrReplaceTempView

    def createTempView(self, name):
        if name.lower() in self._session.views:
            raise already_exists("temporary view", [name])
        self.createOrReplaceTempView(name)

    createGlobalTempView = createTempView

    def mapInPandas(self, func, schema, barrier=False):
        import pandas

        frames = list(func(iter([self.toPandas()])))
        return self._spark.createDataFrame(pandas.concat(frames, ignore_index=True), schema)

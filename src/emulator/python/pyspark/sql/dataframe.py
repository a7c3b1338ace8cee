# SPDX-License-Identifier: Apache-2.0
"""DataFrames: a query each, which runs when its rows are asked for. Wrong names are an error at once, as in Spark."""

import itertools
import random

from trowel_cluster.sql import nodes, types as names
from trowel_cluster.sql.captions import name_of
from trowel_cluster.sql.errors import fail, unresolved_column, unsupported
from trowel_cluster.sql.scope import Relation, Scope

from .actions import Actions
from .column import Column, name_node, parse, sort_node, to_node, value_node
from .conveniences import Conveniences
from .na import DataFrameNaFunctions, DataFrameStatFunctions

_JOINS = {
    "inner": "INNER", "cross": "CROSS", "left": "LEFT", "leftouter": "LEFT", "left_outer": "LEFT", "right": "RIGHT",
    "rightouter": "RIGHT", "right_outer": "RIGHT", "outer": "FULL", "full": "FULL", "fullouter": "FULL",
    "full_outer": "FULL", "semi": "SEMI", "leftsemi": "SEMI", "left_semi": "SEMI", "anti": "ANTI", "leftanti": "ANTI",
    "left_anti": "ANTI",
}  # fmt: skip


def flat(values):
    return list(values[0]) if len(values) == 1 and isinstance(values[0], (list, tuple)) else list(values)


class DataFrame(Actions, Conveniences):
    _numbers = itertools.count(1)
    _slices = None  # partitions, where the user chose their number

    def __init__(self, spark, relation, marks=None):
        self._spark = spark
        self._session = spark._session
        self._outcome = relation  # a Relation, or the Result of a statement, which has rows already
        self._number = next(self._numbers)
        # Of each column: the name that qualifies it, and the DataFrames that it came through.
        own = frozenset([self._number])
        self._marks = [
            (qualifier, origins | own) for qualifier, origins in marks or [((), frozenset())] * len(relation.columns)
        ]

    def _sliced(self, count):
        made = DataFrame(self._spark, self._outcome, self._marks)
        made._slices = count
        return made

    # Building blocks -----------------------------------------------------------------------------------------------

    @property
    def _relation(self):
        if not isinstance(self._outcome, Relation):
            self._outcome = self._session.store(self._outcome.columns, self._outcome.rows)
        return self._outcome

    def _source(self):
        """For FROM: SQL, and the columns with their marks."""
        relation = self._session.queries.shallow(self._relation)
        alias = self._session.queries.alias()
        attributes = [
            attribute._replace(qualifier=qualifier, origins=origins)
            for attribute, (qualifier, origins) in zip(relation.attributes(alias), self._marks)
        ]
        return f"({relation.sql}) AS {alias}", attributes

    def _select(self, items, source=None, **clauses):
        """A new DataFrame: SELECT items FROM this one."""
        sql, attributes = source or self._source()
        scope = Scope(attributes)
        queries = self._session.queries
        items = queries.expanded(items, scope)
        select = nodes.Select(items, windows={}, **clauses)
        relation = queries.select(select, scope, sql)
        marks = {attribute.sql: (attribute.qualifier, attribute.origins) for attribute in attributes}
        kept = [self._mark(item, scope, marks) for item in items]
        return DataFrame(self._spark, relation, kept if len(kept) == len(relation.columns) else None)

    def _mark(self, item, scope, marks):
        """Where an item is a column as it was, what is known of that one."""
        bare = item.operand if isinstance(item, nodes.Alias) else item
        if isinstance(bare, (nodes.Typed, nodes.Name, nodes.Owned)) and name_of(item).lower() == name_of(bare).lower():
            return marks.get(self._session.queries.translator.typed(bare, scope).sql, ((), frozenset()))
        return (), frozenset()

    def _all(self, **clauses):
        return self._select([nodes.Star([], [])], **clauses)

    def _own(self):
        """All columns, as nodes."""
        return [nodes.Owned(column.name, self._number) for column in self._relation.columns]

    def _positions(self):
        """All columns by position, so that doubled names do no harm."""
        source, attributes = self._source()
        return (source, attributes), [
            nodes.Alias(nodes.Typed(each.sql, each.type, each.name), [each.name]) for each in attributes
        ]

    def _trowel_table(self):
        return self._outcome.fetch(self._session)

    # What it is ----------------------------------------------------------------------------------------------------

    @property
    def columns(self):
        return [column.name for column in self._outcome.columns]

    @property
    def dtypes(self):
        return [(column.name, names.simple(column.type)) for column in self._known()]

    def _known(self):
        """Columns whose types nobody could tell without their values get them now."""
        if any(column.type is None for column in self._outcome.columns):
            columns, _ = self._session.fetch(self._relation, 100)
            self._outcome = Relation(self._outcome.sql, columns)
        return self._outcome.columns

    @property
    def schema(self):
        from .types import from_json_value

        return from_json_value(names.struct_of([(column.name, column.type) for column in self._known()]))

    def printSchema(self, level=None):
        print(self.schema.treeString())

    def explain(self, extended=None, mode=None):
        print(f"== Physical Plan ==\nSQLite\n{self._relation.sql}\n")

    @property
    def sparkSession(self):
        return self._spark

    sql_ctx = sparkSession

    @property
    def isStreaming(self):
        return False

    @property
    def rdd(self):
        return self._spark.sparkContext.parallelize(self.collect(), self._slices)

    @property
    def na(self):
        return DataFrameNaFunctions(self)

    @property
    def stat(self):
        return DataFrameStatFunctions(self)

    @property
    def write(self):
        from .readwriter import DataFrameWriter

        return DataFrameWriter(self)

    def writeTo(self, table):
        from .readwriter import DataFrameWriterV2

        return DataFrameWriterV2(self, table)

    def __getitem__(self, item):
        if isinstance(item, str):
            if item == "*":
                return Column(nodes.Star([], []))
            return self._column(item)
        if isinstance(item, Column):
            return self.filter(item)
        if isinstance(item, (list, tuple)):
            return self.select(*item)
        return self._column(self.columns[item])

    def _column(self, name):
        if name not in self.columns:
            lowered = [each for each in self.columns if each.lower() == name.lower()]
            if not lowered:
                node = name_node(name)
                self._select([node])  # raises where there is no such column
                return Column(node)
            name = lowered[0]
        return Column(nodes.Owned(name, self._number))

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self.columns:
            return self._column(name)
        if name in _ELSEWHERE:
            raise unsupported(f"DataFrame.{name}")
        raise AttributeError(f"'DataFrame' object has no attribute '{name}'")

    def __dir__(self):
        return [*super().__dir__(), *self.columns]

    def __repr__(self):
        return f"DataFrame[{', '.join(f'{name}: {kind}' for name, kind in self.dtypes)}]"

    # Columns -------------------------------------------------------------------------------------------------------

    def select(self, *cols):
        return self._select([to_node(each) for each in flat(cols)])

    def selectExpr(self, *expr):
        return self._select([parse(each) for each in flat(expr)])

    def withColumn(self, colName, col):
        if not isinstance(col, Column):
            raise TypeError(f"[NOT_COLUMN] Argument `col` should be a Column, got {type(col).__name__}.")
        return self.withColumns({colName: col})

    def withColumns(self, *colsMap):
        new = {name.lower(): nodes.Alias(_unnamed(col), [name]) for name, col in colsMap[0].items()}
        source, items = self._positions()
        made = [new.pop(item.names[0].lower(), item) if item.names[0].lower() in new else item for item in items]
        return self._select(made + list(new.values()), source)

    def withColumnRenamed(self, existing, new):
        return self.withColumnsRenamed({existing: new})

    def withColumnsRenamed(self, colsMap):
        renamed = {old.lower(): new for old, new in colsMap.items()}
        source, items = self._positions()
        return self._select(
            [nodes.Alias(item.operand, [renamed.get(item.names[0].lower(), item.names[0])]) for item in items], source
        )

    def toDF(self, *cols):
        if len(cols) != len(self.columns):
            raise ValueError(
                f"The number of columns doesn't match.\nOld column names ({len(self.columns)}): {', '.join(self.columns)}\nNew "
                f"column names ({len(cols)}): {', '.join(cols)}",
            )
        source, items = self._positions()
        return self._select([nodes.Alias(item.operand, [name]) for item, name in zip(items, cols)], source)

    def drop(self, *cols):
        gone = set()
        source, items = self._positions()
        scope = Scope(source[1])
        for each in flat(cols):
            if isinstance(each, str):
                gone |= {attribute.sql for attribute in source[1] if attribute.name.lower() == each.lower()}
            else:
                gone.add(self._session.queries.translator.typed(each._node, scope).sql)
        return self._select([item for item in items if item.operand.sql not in gone], source)

    def colRegex(self, colName):
        raise unsupported("DataFrame.colRegex")

    # Rows ----------------------------------------------------------------------------------------------------------

    def filter(self, condition):
        return self._all(where=parse(condition) if isinstance(condition, str) else condition._node)

    where = filter

    def distinct(self):
        return self._all(distinct=True)

    def dropDuplicates(self, subset=None):
        if not subset:
            return self.distinct()
        keys = [
            nodes.Owned(self._column(name)._node.name, self._number) for name in (
                [subset] if isinstance(subset, str) else subset
            )
        ]
        number = nodes.Call(
            "row_number", [], over=nodes.Window(keys, [nodes.Sort(nodes.literal(1), False, None)], None, None)
        )
        return self._all(qualify=nodes.Binary("=", number, nodes.literal(1)))

    drop_duplicates = dropDuplicates

    def orderBy(self, *cols, ascending=True):
        items = [sort_node(name_node(self.columns[each - 1]) if isinstance(each, int) else each) for each in flat(cols)]
        wanted = ascending if isinstance(ascending, (list, tuple)) else [ascending] * len(items)
        order = [item if up else nodes.Sort(item.operand, True, item.nulls_first) for item, up in zip(items, wanted)]
        return self._all(order=order)

    sort = orderBy

    def sortWithinPartitions(self, *cols, **options):
        return self.orderBy(*cols, **options)

    def limit(self, num):
        return self._all(limit=nodes.literal(int(num)))

    def offset(self, num):
        return self._all(offset=nodes.literal(int(num)))

    def _of_rows(self, rows):
        columns, _ = self._known(), None
        return DataFrame(self._spark, self._session.store(columns, rows), self._marks)

    def sample(self, withReplacement=None, fraction=None, seed=None):
        if isinstance(withReplacement, float):
            withReplacement, fraction, seed = False, withReplacement, fraction
        chance = random.Random(seed)
        return self._of_rows([row for row in self._trowel_table()[1] if chance.random() < fraction])

    def randomSplit(self, weights, seed=None):
        chance, parts = random.Random(seed), [[] for _ in weights]
        bounds = list(itertools.accumulate(weights))
        for row in self._trowel_table()[1]:
            place = chance.random() * bounds[-1]
            parts[next(index for index, bound in enumerate(bounds) if place < bound)].append(row)
        return [self._of_rows(part) for part in parts]

    # Several DataFrames ----------------------------------------------------------------------------------------------

    def alias(self, alias):
        return DataFrame(self._spark, self._relation, [((alias,), origins) for _, origins in self._marks])

    def join(self, other, on=None, how="inner"):
        kind = _JOINS.get((how or "inner").lower())
        if kind is None:
            raise fail(
                "UNSUPPORTED_JOIN_TYPE",
                f"Unsupported join type '{how}'. Supported join types include: {', '.join(map(repr, _JOINS))}.",
                "0A000",
            )
        (left, ours), (right, theirs) = self._source(), other._source()
        sources = self._session.queries.sources
        if on is None:
            joined = sources.joined(kind, left, ours, right, theirs, "1")
        elif isinstance(on, str) or isinstance(on, (list, tuple)) and on and isinstance(on[0], str):
            joined = sources._join_using(kind, left, ours, right, theirs, [on] if isinstance(on, str) else list(on))
        else:
            condition = None
            for each in on if isinstance(on, (list, tuple)) else [on]:
                condition = each._node if condition is None else nodes.Binary("AND", condition, each._node)
            test = self._session.queries.translator.condition(condition, Scope(ours + theirs))
            joined = sources.joined(kind, left, ours, right, theirs, test)
        items = [nodes.Alias(nodes.Typed(each.sql, each.type, each.name), [each.name]) for each in joined[1]]
        return self._select(items, joined)

    def crossJoin(self, other):
        return self.join(other, how="cross")

    def _combined(self, operator, every, other):
        return DataFrame(
            self._spark, self._session.queries.combined(operator, every, self._relation, other._relation), self._marks
        )

    def union(self, other):
        return self._combined("UNION", True, other)

    unionAll = union

    def unionByName(self, other, allowMissingColumns=False):
        theirs = {name.lower(): name for name in other.columns}
        missing = [name for name in self.columns if name.lower() not in theirs]
        if missing and not allowMissingColumns:
            raise unresolved_column([missing[0]], other.columns)
        items = [
            nodes.Owned(theirs[name.lower()], other._number) if name.lower() in theirs else nodes.Alias(
                nodes.literal(None), [name]
            )
            for name in self.columns
        ]
        ours = {name.lower() for name in self.columns}
        extra = [name for name in other.columns if name.lower() not in ours]
        if extra and not allowMissingColumns:
            raise unresolved_column([extra[0]], self.columns)
        wide = self
        for name in extra:
            wide = wide.withColumn(name, Column(nodes.literal(None)))
        return wide.union(other._select(items + [nodes.Owned(name, other._number) for name in extra]))

    def intersect(self, other):
        return self._combined("INTERSECT", False, other)

    def subtract(self, other):
        return self._combined("EXCEPT", False, other)

    def exceptAll(self, other):
        return self._combined("EXCEPT", True, other)

    def intersectAll(self, other):
        return self._combined("INTERSECT", True, other)

    def transform(self, func, *args, **kwargs):
        return func(self, *args, **kwargs)

    # Groups --------------------------------------------------------------------------------------------------------

    def groupBy(self, *cols):
        from .group import GroupedData

        return GroupedData(
            self, [name_node(self.columns[each - 1]) if isinstance(each, int) else to_node(each) for each in flat(cols)]
        )

    groupby = groupBy

    def rollup(self, *cols):
        from .group import GroupedData

        keys = [to_node(each) for each in flat(cols)]
        return GroupedData(self, keys, [list(range(length)) for length in range(len(keys), -1, -1)])

    def cube(self, *cols):
        from .group import GroupedData

        keys = [to_node(each) for each in flat(cols)]
        sets = [[key for key in range(len(keys)) if bits >> key & 1 == 0] for bits in range(2 ** len(keys))]
        return GroupedData(self, keys, sets)

    def agg(self, *exprs):
        return self.groupBy().agg(*exprs)


_ELSEWHERE = {
    "writeStream",
    "withWatermark",
    "pandas_api",
    "to_pandas_on_spark",
    "observe",
    "inputFiles",
    "semanticHash",
    "mapInArrow",
}


def _unnamed(column):
    node = column._node if isinstance(column, Column) else value_node(column)
    return node.operand if isinstance(node, nodes.Alias) else node

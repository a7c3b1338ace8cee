# SPDX-License-Identifier: Apache-2.0
"""DeltaTable: changes a table by method calls, which are the statements MERGE, UPDATE and DELETE."""

from trowel_cluster.sql import changes, column_values, merge, nodes, show
from trowel_cluster.sql.errors import unsupported
from trowel_cluster.sql.queries import QueryParser
from trowel_cluster.sql.scope import Scope
from trowel_cluster.sql.statements import Statements
from trowel_cluster.sql.tokens import identifier

from pyspark.sql.column import parse, value_node
from pyspark.sql.session import SparkSession

from .builder import DeltaTableBuilder


class IdentityGenerator:
    """For addColumn(generatedAlwaysAs=IdentityGenerator(start, step))."""

    def __init__(self, start=1, step=1):
        self.start = start
        self.step = step


def _expression(value):
    """Texts are SQL here, not literals."""
    return parse(value) if isinstance(value, str) else value_node(value)


def _assignments(values):
    return [(name.rpartition(".")[2].strip("`"), _expression(value)) for name, value in values.items()]


class DeltaTable:
    def __init__(self, spark, parts, alias=None):
        self._spark = spark
        self._session = spark._session
        self._parts = parts
        self._alias = alias

    @classmethod
    def forName(cls, sparkSession, tableOrViewName):
        parser = QueryParser(tableOrViewName)
        parts = parser.dotted()
        parser.finish()
        changes.target(sparkSession._session, parts)
        return cls(sparkSession, parts)

    @classmethod
    def create(cls, sparkSession=None):
        return DeltaTableBuilder(sparkSession or SparkSession.active(), "CREATE TABLE")

    @classmethod
    def createIfNotExists(cls, sparkSession=None):
        return DeltaTableBuilder(sparkSession or SparkSession.active(), "CREATE TABLE IF NOT EXISTS")

    @classmethod
    def createOrReplace(cls, sparkSession=None):
        return DeltaTableBuilder(sparkSession or SparkSession.active(), "CREATE OR REPLACE TABLE")

    replace = createOrReplace

    @classmethod
    def forPath(cls, sparkSession, path, hadoopConf=None):
        raise unsupported("DeltaTable.forPath")

    @classmethod
    def isDeltaTable(cls, sparkSession, identifier):
        import os

        return os.path.isdir(os.path.join(sparkSession._session.paths.local(identifier), "_delta_log"))

    def alias(self, aliasName):
        return DeltaTable(self._spark, self._parts, aliasName)

    def toDF(self):
        frame = self._spark._frame(self._session.table(self._parts))
        return frame.alias(self._alias) if self._alias else frame

    def _target(self):
        name, columns = changes.target(self._session, self._parts)
        return name, columns, Scope(changes.attributes(name, columns, "target", (self._alias,) if self._alias else None))

    def _where(self, condition, scope):
        return "1" if condition is None else self._session.queries.translator.condition(_expression(condition), scope)

    def delete(self, condition=None):
        name, _, scope = self._target()
        with self._session.objects.transaction():
            count = self._session.cursor(f"DELETE FROM {identifier(name)} AS target WHERE {self._where(condition, scope)}")[
                1
            ]
            self._session.objects.record(name, self._session.user, "DELETE", {}, {"numDeletedRows": count})

    def update(self, condition=None, set=None):
        name, columns, scope = self._target()
        sets = changes.assigned(self._session, columns, _assignments(set), scope)
        with self._session.objects.transaction():
            where = self._where(condition, scope)
            count = self._session.cursor(f"UPDATE {identifier(name)} AS target SET {sets} WHERE {where}")[1]
            attributes = changes.attributes(name, columns, "target")
            column_values.generate(self._session, name, attributes, column_values.last_row(self._session, name))
            self._session.objects.record(name, self._session.user, "UPDATE", {}, {"numUpdatedRows": count})

    def merge(self, source, condition):
        return DeltaMergeBuilder(self, source, _expression(condition), [])

    def _shown(self, words):
        text = f"{words} {'.'.join(f'`{part}`' for part in self._parts)}"
        parser = Statements(self._session, text)
        parser.at = 1
        return self._spark._frame(show.describe(parser, self._session))

    def history(self, limit=None):
        frame = self._shown("DESCRIBE HISTORY")
        return frame if limit is None else frame.limit(limit)

    def detail(self):
        return self._shown("DESCRIBE DETAIL")

    def vacuum(self, retentionHours=None):
        return self._spark.sql(f"VACUUM {'.'.join(f'`{part}`' for part in self._parts)}")

    def optimize(self):
        raise unsupported("DeltaTable.optimize; use the statement OPTIMIZE")

    def restoreToVersion(self, version):
        raise unsupported("DeltaTable.restoreToVersion")


class DeltaMergeBuilder:
    def __init__(self, table, source, condition, clauses):
        self._table = table
        self._source = source
        self._condition = condition
        self._clauses = clauses

    def _with(self, side, condition, action, values):
        test = None if condition is None else _expression(condition)
        clause = merge.Clause(side, test, action, None if values is None else _assignments(values))
        return DeltaMergeBuilder(self._table, self._source, self._condition, [*self._clauses, clause])

    def whenMatchedUpdate(self, condition=None, set=None):
        return self._with("matched", condition, "UPDATE", set)

    def whenMatchedUpdateAll(self, condition=None):
        return self._with("matched", condition, "UPDATE", None)

    def whenMatchedDelete(self, condition=None):
        return self._with("matched", condition, "DELETE", None)

    def whenNotMatchedInsert(self, condition=None, values=None):
        return self._with("source", condition, "INSERT", values)

    def whenNotMatchedInsertAll(self, condition=None):
        return self._with("source", condition, "INSERT", None)

    def whenNotMatchedBySourceUpdate(self, condition=None, set=None):
        return self._with("target", condition, "UPDATE", set)

    def whenNotMatchedBySourceDelete(self, condition=None):
        return self._with("target", condition, "DELETE", None)

    def execute(self):
        table = self._table
        name, columns = changes.target(table._session, table._parts)
        qualifier = next((mark[0][0] for mark in self._source._marks if mark[0]), None)
        source = nodes.Given(self._source._relation, qualifier)
        merge.run(table._session, name, columns, table._alias, source, self._condition, self._clauses)

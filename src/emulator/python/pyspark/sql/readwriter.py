# SPDX-License-Identifier: Apache-2.0
"""spark.read and df.write"""

import tempfile

from trowel_cluster import spark_files
from trowel_cluster.sql import changes, ddl, nodes, types as names
from trowel_cluster.sql.catalog import now
from trowel_cluster.sql.errors import already_exists, fail, unsupported
from trowel_cluster.sql.queries import QueryParser

from .dataframe import DataFrame

_MODES = ("append", "overwrite", "error", "errorifexists", "ignore", "default")


def _parts(name):
    parser = QueryParser(name)
    parts = parser.dotted()
    parser.finish()
    return parts


class _Options:
    def __init__(self):
        self._options = {}
        self._format = "delta"

    def format(self, source):
        self._format = source.lower()
        return self

    def option(self, key, value):
        self._options[key] = str(value).lower() if isinstance(value, bool) else value
        return self

    def options(self, **options):
        for key, value in options.items():
            self.option(key, value)
        return self

    def _given(self, options):
        return {key: str(value).lower() if isinstance(value, bool) else value for key, value in options.items() if value is not None}


class DataFrameReader(_Options):
    def __init__(self, spark):
        super().__init__()
        self._spark = spark
        self._schema = None

    def schema(self, schema):
        kind = schema if isinstance(schema, str) else schema.jsonValue()
        self._schema = names.parse_schema(kind) if isinstance(kind, str) else [
            (field["name"], field["type"]) for field in kind["fields"]
        ]
        return self

    def load(self, path=None, format=None, schema=None, **options):
        if schema is not None:
            self.schema(schema)
        merged = {**self._options, **self._given(options)}
        self._refuse_time_travel(merged)
        kind = (format or self._format).lower()
        if kind == "binaryfile":
            raise unsupported("The data source binaryFile")
        return DataFrame(
            self._spark,
            spark_files.relation(self._spark._session, kind, path or merged.get("path"), merged, self._schema),
        )

    def csv(self, path, schema=None, **options):
        return self.load(path, "csv", schema, **options)

    def json(self, path, schema=None, **options):
        if not hasattr(path, "collect"):
            return self.load(path, "json", schema, **options)
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:  # an RDD of lines
            file.write("\n".join(map(str, path.collect())))
            file.flush()
            if schema is not None:
                self.schema(schema)
            given = {**self._options, **self._given(options)}
            return DataFrame(self._spark, spark_files.of_files(self._spark._session, "json", [file.name], given, self._schema))

    def text(self, paths, wholetext=False, **options):
        return self.load(paths, "text", None, wholetext=wholetext, **options)

    def parquet(self, *paths, **options):
        return self.load(list(paths), "parquet", None, **options)

    def table(self, tableName):
        self._refuse_time_travel(self._options)
        return self._spark.table(tableName)

    @staticmethod
    def _refuse_time_travel(options):
        if any(str(key).lower() in ("versionasof", "timestampasof") for key in options):
            raise unsupported("Time travel")

    def jdbc(self, *_arguments, **_options):
        raise unsupported("JDBC")

    def orc(self, *_arguments, **_options):
        raise unsupported("ORC")


class DataFrameWriter(_Options):
    def __init__(self, df):
        super().__init__()
        self._df = df
        self._session = df._session
        self._mode = "errorifexists"
        self._partitions = []

    def mode(self, saveMode):
        if saveMode is not None:
            if saveMode.lower() not in _MODES:
                raise fail(
                    "INVALID_SAVE_MODE",
                    f'The specified save mode "{saveMode}" is invalid. Valid save modes include "append", "overwrite", "ignore", '
                    '"error", "errorifexists", and "default".',
                    "42000",
                )
            self._mode = saveMode.lower()
        return self

    def partitionBy(self, *cols):
        self._partitions = list(cols[0]) if len(cols) == 1 and isinstance(cols[0], (list, tuple)) else list(cols)
        return self

    def bucketBy(self, *_arguments):
        return self

    sortBy = clusterBy = bucketBy

    # Files ---------------------------------------------------------------------------------------------------------

    def save(self, path=None, format=None, mode=None, partitionBy=None, **options):
        self.mode(mode)
        merged = {**self._options, **self._given(options)}
        columns, rows = self._df._trowel_table()
        kind = (format or self._format).lower()
        spark_files.write(self._session, kind, path or merged.get("path"), self._mode, columns, rows, merged)

    def csv(self, path, mode=None, **options):
        self.save(path, "csv", mode, **options)

    def json(self, path, mode=None, **options):
        self.save(path, "json", mode, **options)

    def text(self, path, **options):
        self.save(path, "text", None, **options)

    def parquet(self, path, mode=None, **options):
        self.save(path, "parquet", mode, **options)

    # Tables --------------------------------------------------------------------------------------------------------

    def saveAsTable(self, name, format=None, mode=None, partitionBy=None, **options):
        self.mode(mode)
        if partitionBy:
            self.partitionBy(partitionBy)
        session, parts = self._session, _parts(name)
        full = session.qualify(parts)
        session.objects.require_schema(*full.split(".")[:2])
        exists = session.objects.kind(full) is not None
        if exists and self._mode in ("error", "errorifexists", "default"):
            raise already_exists("table", full)
        if exists and self._mode == "ignore":
            return
        if exists and self._mode == "append":
            self._append(full, parts)
            return
        self._create(full, replacing=exists)

    def _create(self, full, replacing):
        session, relation = self._session, self._df._relation
        self._df._known()
        relation = self._df._relation
        detail = {"owner": session.user, "created": names.timestamp_text(now()), "partitions": self._partitions}
        count = ddl.make_table(session, full, relation.columns, relation, (), detail)
        verb = "CREATE OR REPLACE TABLE AS SELECT" if replacing else "CREATE TABLE AS SELECT"
        session.objects.record(full, session.user, verb, {"isManaged": "true"}, {"numOutputRows": count})

    def _append(self, full, parts):
        session = self._session
        _, columns = changes.target(session, parts)
        known = {column.name.lower() for column in columns}
        extra = [column for column in self._df._relation.columns if column.name.lower() not in known]
        if extra and str(self._options.get("mergeSchema", "false")).lower() != "true":
            raise fail(
                "_LEGACY_ERROR_TEMP_DELTA_0007",
                f"A schema mismatch detected when writing to the Delta table (Table ID: {full}).\nTo enable schema migration using "
                "DataFrameWriter or DataStreamWriter, please set: '.option(\"mergeSchema\", \"true\")'.",
                "KD007",
            )
        for column in extra:
            session.execute(
                f"ALTER TABLE {'.'.join(f'`{part}`' for part in full.split('.', 2))} ADD COLUMN `{column.name}` {names.simple(column.type)}"
            )
        columns = session.objects.columns(full)
        changes.insert_into(session, full, columns, self._df._relation, self._df.columns)

    def insertInto(self, tableName, overwrite=None):
        name, columns = changes.target(self._session, _parts(tableName))
        replace = overwrite if overwrite is not None else self._mode == "overwrite"
        changes.insert_into(self._session, name, columns, self._df._relation, None, replace)

    def jdbc(self, *_arguments, **_options):
        raise unsupported("JDBC")


class DataFrameWriterV2:
    def __init__(self, df, table):
        self._df = df
        self._table = table

    def using(self, provider):
        return self

    def tableProperty(self, property, value):
        return self

    option = tableProperty

    def partitionedBy(self, *cols):
        return self

    def create(self):
        self._df.write.saveAsTable(self._table)

    def createOrReplace(self):
        self._df.write.mode("overwrite").saveAsTable(self._table)

    replace = createOrReplace

    def append(self):
        changes.target(self._df._session, _parts(self._table))
        self._df.write.mode("append").saveAsTable(self._table)

    def overwrite(self, condition):
        session, (name, columns) = self._df._session, changes.target(self._df._session, _parts(self._table))
        scope = changes.Scope(changes.attributes(name, columns, "target"))
        test = session.queries.translator.condition(condition._node, scope)
        with session.objects.transaction():
            session.run(f"DELETE FROM {changes.identifier(name)} AS target WHERE {test}")
            changes.insert_into(session, name, columns, self._df._relation, self._df.columns)

    def overwritePartitions(self):
        self._df.write.insertInto(self._table, overwrite=True)


__all__ = ["DataFrameReader", "DataFrameWriter", "DataFrameWriterV2", "nodes"]

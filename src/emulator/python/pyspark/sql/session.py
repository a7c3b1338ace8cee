# SPDX-License-Identifier: Apache-2.0
"""SparkSession: the one that each notebook has."""

from trowel_cluster import tables
from trowel_cluster.sql import nodes, statements, types as names
from trowel_cluster.sql.errors import SparkError, fail, unsupported
from trowel_cluster.sql.queries import QueryParser
from trowel_cluster.sql.row import Row

from ..context import SparkContext
from .column import Column, parse_type
from .dataframe import DataFrame
from .udf import UDFRegistration

_CONF = {
    "spark.sql.shuffle.partitions": "200",
    "spark.sql.session.timeZone": "Etc/UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.databricks.clusterUsageTags.sparkVersion": "15.4.x-scala2.12",
    "spark.sql.warehouse.dir": "dbfs:/user/hive/warehouse",
    "spark.sql.sources.default": "delta",
    "spark.app.name": "Databricks Shell",
    "spark.master": "local[*]",
    "spark.databricks.delta.preview.enabled": "true",
}


class RuntimeConfig:
    def __init__(self, session, facts):
        self._values = session.settings  # SET changes the same ones
        self._facts = {**_CONF, **facts}

    def get(self, key, *default):
        if key in self._values:
            return self._values[key]
        if key in self._facts:
            return self._facts[key]
        if default:
            return default[0]
        raise fail(
            "SQL_CONF_NOT_FOUND",
            f'The SQL config "{key}" cannot be found. Please verify that the config exists.',
            "42K0I",
        )

    @property
    def getAll(self):
        return {**self._facts, **self._values}

    def set(self, key, value):
        self._values[key] = str(value).lower() if isinstance(value, bool) else str(value)

    def unset(self, key):
        self._values.pop(key, None)

    def isModifiable(self, key):
        return key.startswith("spark.sql.")


class Builder:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_arguments, **_options: self

    def getOrCreate(self):
        return SparkSession.active()

    create = getOrCreate


class SparkSession:
    version = "3.5.0"
    builder = Builder()
    _active = None

    def __init__(self, session, display, facts=None, version=None):
        if version:
            SparkSession.version = SparkContext.version = version
        self._session = session
        self._display = display
        self.sparkContext = SparkContext(self)
        self.conf = RuntimeConfig(session, facts or {})
        self.udf = UDFRegistration(session)
        SparkSession._active = self

    @classmethod
    def active(cls):
        return cls._active

    @classmethod
    def getActiveSession(cls):
        return cls._active

    def newSession(self):
        return self

    def _frame(self, outcome):
        return DataFrame(self, outcome)

    @property
    def catalog(self):
        from .catalog import Catalog

        return Catalog(self)

    @property
    def read(self):
        from .readwriter import DataFrameReader

        return DataFrameReader(self)

    @property
    def readStream(self):
        raise unsupported("Structured Streaming")

    streams = readStream

    def sql(self, sqlQuery, args=None, **kwargs):
        if kwargs:
            for name, value in kwargs.items():
                if isinstance(value, DataFrame):
                    value.createOrReplaceTempView(name)
            sqlQuery = sqlQuery.format(
                **{name: name if isinstance(value, DataFrame) else _sql_text(value) for name, value in kwargs.items()}
            )
        parameters = None
        if isinstance(args, dict):
            parameters = {name: value._node if isinstance(value, Column) else value for name, value in args.items()}
        elif args:
            parameters = {"?": args[0]} if len(args) == 1 else _positional(sqlQuery, args)
            sqlQuery = sqlQuery if len(args) == 1 else _numbered(sqlQuery)
        return DataFrame(self, self._session.execute(statements.single(sqlQuery), parameters))

    def table(self, tableName):
        parser = QueryParser(tableName)
        parts = parser.dotted()
        parser.finish()
        return DataFrame(self, self._session.table(parts))

    def range(self, start, end=None, step=1, numPartitions=None):
        bounds = [0, start, step] if end is None else [start, end, step]
        function = nodes.TableFunction("range", [nodes.literal(bound) for bound in bounds])
        return DataFrame(self, self._session.queries.query(nodes.Select([nodes.Star([], [])], source=function)))

    def createDataFrame(self, data, schema=None, samplingRatio=None, verifySchema=True):
        if hasattr(data, "columns") and hasattr(data, "iloc"):
            columns, rows = tables.from_pandas(data)
            columns, rows = _with_schema(columns, rows, schema)
        else:
            data = data.collect() if hasattr(data, "collect") and not isinstance(data, DataFrame) else list(data)
            columns, rows = _from_rows(data, schema)
        return DataFrame(self, self._session.store(columns, rows))

    def stop(self):
        pass  # a cluster's session is not stopped by a notebook

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        pass

    def __getattr__(self, name):
        if name == "_sc":
            return self.sparkContext
        if name in ("_jvm", "_jsparkSession"):
            raise unsupported(f"SparkSession.{name}")
        if name.startswith("_"):
            raise AttributeError(name)
        if name in ("dataSource", "client", "addArtifacts", "dataStreams"):
            raise unsupported(f"SparkSession.{name}")
        raise AttributeError(f"'SparkSession' object has no attribute '{name}'")

    def __repr__(self):
        return f"<pyspark.sql.session.SparkSession object at {hex(id(self))}>"


def _sql_text(value):
    return "'" + value.replace("'", "\\'") + "'" if isinstance(value, str) else str(value)


def _positional(_text, args):
    return {f"_{index}": value for index, value in enumerate(args)}


def _numbered(text):
    """Question marks as named parameters."""
    from trowel_cluster.sql.tokens import scan

    out, count = [], 0
    for kind, match in scan(text):
        piece = match.group()
        if kind == "op" and piece == "?":
            piece, count = f":_{count}", count + 1
        out.append(piece)
    return "".join(out)


def _fields(schema):
    """Pairs of name and type; the type is None where only names are given."""
    if isinstance(schema, (list, tuple)):
        return [(str(name), None) for name in schema]
    if isinstance(schema, str):
        try:
            return names.parse_schema(schema)
        except SparkError:
            return [("value", names.parse_type(schema))]
    kind = schema.jsonValue()
    if names.kind_of(kind) == "struct":
        return [(field["name"], field["type"]) for field in kind["fields"]]
    return [("value", kind)]


def _with_schema(columns, rows, schema):
    if schema is None:
        return columns, rows
    fields = _fields(schema)
    return [tables.Column(name, kind or column.type) for (name, kind), column in zip(fields, columns)], rows


def _from_rows(data, schema):
    if schema is None and not data:
        raise ValueError("[CANNOT_INFER_EMPTY_SCHEMA] Can not infer schema from empty dataset.")
    fields = _fields(schema) if schema is not None else None
    first = next((row for row in data if row is not None), None)
    if isinstance(first, dict):
        labels = [name for name, _ in fields] if fields else list(dict.fromkeys(name for row in data for name in row))
        rows = [[row.get(name) for name in labels] for row in data]
    elif isinstance(first, (list, tuple)):
        labels = [name for name, _ in fields] if fields else list(getattr(first, "__fields__", [])) or list(
            getattr(first, "_fields", [])
        )
        rows = [_ordered(row, labels, isinstance(row, Row) and fields is not None) for row in data]
        width = max((len(row) for row in rows), default=len(labels))
        if fields and any(len(row) != len(fields) for row in rows) and any(kind for _, kind in fields):
            raise _bad_length(len(fields), next(len(row) for row in rows if len(row) != len(fields)))
        labels = labels + [f"_{index + 1}" for index in range(len(labels), width)]
    else:
        if fields is None and first is not None:
            raise TypeError(f"[CANNOT_INFER_SCHEMA_FOR_TYPE] Can not infer schema for type: `{type(first).__name__}`.")
        labels, rows = [name for name, _ in fields], [[row] for row in data]
    kinds = dict(enumerate(kind for _, kind in fields or []))
    columns = [
        tables.Column(
            name, kinds.get(index) or tables.type_of_values(row[index] if index < len(row) else None for row in rows)
        )
        for index, name in enumerate(labels)
    ]
    return columns, [[*row, *[None] * (len(columns) - len(row))] for row in rows]


def _ordered(row, labels, by_name):
    """Rows with names follow the schema by name."""
    if by_name and set(labels) <= set(getattr(row, "__fields__", [])):
        return [row[name] for name in labels]
    return list(row)


def _bad_length(wanted, given):
    from pyspark.errors import PySparkValueError

    return PySparkValueError(
        f"[LENGTH_SHOULD_BE_THE_SAME] obj and fields should be of the same length, got {given} and {wanted}."
    )


__all__ = ["SparkSession", "parse_type"]

# SPDX-License-Identifier: Apache-2.0
"""A small Spark: sessions and DataFrames over the emulator's SQL. A DataFrame is the text of a query, run when asked."""

import sys
import types

from . import sql, tables
from .sql_session import declared_type, spark_type


def _missing(owner, name):
    return AttributeError(f"{owner}.{name} is not part of the Trowel emulator.")


class Row(tuple):
    def __new__(cls, *values, **named):
        row = super().__new__(cls, values or tuple(named.values()))
        row.__fields__ = list(named)
        return row

    @classmethod
    def of(cls, names, values):
        row = super().__new__(cls, values)
        row.__fields__ = names
        return row

    def __getattr__(self, name):
        if name.startswith("__") or name not in self.__fields__:
            raise AttributeError(name)
        return self[self.__fields__.index(name)]

    def __getitem__(self, key):
        if not isinstance(key, str):
            return super().__getitem__(key)
        if key not in self.__fields__:
            raise KeyError(key)
        return super().__getitem__(self.__fields__.index(key))

    def asDict(self, recursive=False):
        return dict(zip(self.__fields__, self))

    def __repr__(self):
        if not self.__fields__:
            return f"<Row({', '.join(map(repr, self))})>"
        return f"Row({', '.join(f'{name}={value!r}' for name, value in zip(self.__fields__, self))})"


class DataFrame:
    """`text` is a query in SQLite's words; `fixed` columns and rows are of a statement that has been run."""

    def __init__(self, session, text=None, fixed=None):
        self._session = session
        self._fixed = fixed
        self._text = text
        self._columns = fixed[0] if fixed else None
        if text is not None:
            session.columns(text)  # wrong names are an error here, as in Spark, not when rows are wanted

    def _trowel_table(self):
        return self._fixed or self._session.query(self._text)

    def _source(self):
        if self._fixed:
            self._text, self._fixed = _store(self._session, *self._fixed), None
        return f"({self._text})"

    def _derive(self, text):
        return DataFrame(self._session, text)

    def _schema(self):
        if self._columns is None:
            self._columns = self._session.query(f"SELECT * FROM ({self._text}) LIMIT 100")[0]
        return self._columns

    @property
    def columns(self):
        return [column.name for column in self._schema()]

    @property
    def dtypes(self):
        return [(column.name, _type_text(column.type)) for column in self._schema()]

    def printSchema(self):
        print("root")
        for column in self._schema():
            print(f" |-- {column.name}: {_type_text(column.type, False)} (nullable = true)")
        print()

    def collect(self):
        columns, rows = self._trowel_table()
        names = [column.name for column in columns]
        return [Row.of(names, row) for row in rows]

    def toPandas(self):
        import pandas

        columns, rows = self._trowel_table()
        return pandas.DataFrame(rows, columns=[column.name for column in columns])

    def count(self):
        return self._session.run(f"SELECT count(*) FROM {self._source()}").fetchone()[0]

    def isEmpty(self):
        return not self.take(1)

    def limit(self, number):
        return self._derive(f"SELECT * FROM {self._source()} LIMIT {int(number)}")

    def take(self, number):
        return self.limit(number).collect()

    def head(self, number=None):
        rows = self.take(1 if number is None else number)
        return rows if number is not None else (rows[0] if rows else None)

    def first(self):
        return self.head()

    def filter(self, condition):
        return self._derive(f"SELECT * FROM {self._source()} WHERE {self._expression(condition)}")

    where = filter

    def select(self, *names):
        chosen = names[0] if len(names) == 1 and isinstance(names[0], (list, tuple)) else names
        listed = ", ".join("*" if name == "*" else sql.identifier(self._known(name)) for name in chosen)
        return self._derive(f"SELECT {listed} FROM {self._source()}")

    def selectExpr(self, *expressions):
        listed = ", ".join(self._expression(expression) for expression in expressions)
        return self._derive(f"SELECT {listed} FROM {self._source()}")

    def orderBy(self, *names, ascending=True):
        listed = ", ".join(sql.identifier(self._known(name)) + ("" if ascending else " DESC") for name in names)
        return self._derive(f"SELECT * FROM {self._source()} ORDER BY {listed}")

    sort = orderBy

    def distinct(self):
        return self._derive(f"SELECT DISTINCT * FROM {self._source()}")

    def drop(self, *names):
        return self.select(*[name for name in self.columns if name not in names])

    def _known(self, name):
        for column in self.columns:
            if isinstance(name, str) and column.lower() == name.lower():
                return column
        raise sql.AnalysisException(
            f"[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `{name}` cannot "
            f"be resolved. Did you mean one of the following? [{', '.join(f'`{column}`' for column in self.columns)}]. "
            "SQLSTATE: 42703"
        )

    def _expression(self, text):
        if not isinstance(text, str):
            raise TypeError("The Trowel emulator takes expressions as SQL text only.")
        return self._session.translate(text)

    def createOrReplaceTempView(self, name):
        from . import sql_statements

        source = self._source()[1:-1]
        sql_statements.drop_temporary(self._session, name.lower())
        self._session.run(f"CREATE TEMP VIEW {sql.identifier(name.lower())} AS {source}")

    def show(self, n=20, truncate=True):
        columns, rows = self._trowel_table()
        width = 20 if truncate is True else int(truncate)
        print(_box([column.name for column in columns], rows[:n], width))
        if len(rows) > n:
            print(f"only showing top {n} row{'s' if n != 1 else ''}")
        print()

    def display(self):
        sys.modules["__main__"].display(self)

    def cache(self):
        return self

    persist = cache

    def unpersist(self):
        return self

    def __repr__(self):
        return f"DataFrame[{', '.join(f'{name}: {kind}' for name, kind in self.dtypes)}]"

    def __getattr__(self, name):
        raise _missing("DataFrame", name)


def _type_text(kind, short=True):
    if isinstance(kind, str):
        return spark_type(kind) if short else kind
    return kind["type"]


def _box(names, rows, width):
    def cell(value):
        text = "NULL" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        return text[: width - 3] + "..." if width and len(text) > width else text

    lines = [[cell(name) for name in names]] + [[cell(value) for value in row] for row in rows]
    widths = [max([3] + [len(line[i]) for line in lines]) for i in range(len(names))]
    rule = "+" + "+".join("-" * size for size in widths) + "+"
    shown = ["|" + "|".join(text.rjust(size) for text, size in zip(line, widths)) + "|" for line in lines]
    return "\n".join([rule, shown[0], rule] + shown[1:] + ([rule] if rows else [rule]))


def _store(session, columns, rows):
    """Puts rows into a temporary table and returns the query for them."""
    session.stored = getattr(session, "stored", 0) + 1
    name = f"__rows{session.stored}"
    declared = [
        f"{sql.identifier(column.name)} {declared_type(spark_type(column.type)) if isinstance(column.type, str) else 'text'}"
        for column in columns
    ]
    session.run(f"CREATE TEMP TABLE {name}({', '.join(declared)})")
    marks = ", ".join("?" * len(columns))
    session.db.executemany(f"INSERT INTO temp.{name} VALUES({marks})", [[_stored(value) for value in row] for row in rows])
    return f"SELECT * FROM temp.{name}"


def _stored(value):
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    if hasattr(value, "item") and not hasattr(value, "isoformat"):
        return value.item()
    if hasattr(value, "hour"):
        return value.isoformat(sep=" ")
    return str(value)


class _Conf:
    def __init__(self):
        self._values = {}

    def get(self, key, default=None):
        return self._values.get(key, default)

    def set(self, key, value):
        self._values[key] = str(value)


class SparkContext:
    version = "3.5.0"
    appName = "Databricks Shell"
    master = "local[*]"
    defaultParallelism = 2

    def setLogLevel(self, _level):
        pass

    def __getattr__(self, name):
        raise _missing("SparkContext", name)


class SparkSession:
    version = "3.5.0"

    def __init__(self, session):
        self._session = session
        self.sparkContext = SparkContext()
        self.conf = _Conf()

    def sql(self, text, **_arguments):
        statements = sql.split_statements(text)
        if len(statements) != 1:
            raise sql.syntax_error("end of input" if not statements else "';': one statement at a time")
        first = sql.tokenize(statements[0])[0].text.upper()
        if first in ("SELECT", "WITH", "VALUES"):
            return DataFrame(self._session, self._session.translate(statements[0]))
        return DataFrame(self._session, fixed=self._session.execute(statements[0]))

    def table(self, name):
        parts = sql.Translator.read_name(sql.tokenize(name), 0)[0]
        return DataFrame(self._session, f"SELECT * FROM {sql.identifier(self._session.resolve(parts))}")

    def range(self, start, end=None, step=1):
        first, last = (0, start) if end is None else (start, end)
        columns = [tables.Column("id", "long")]
        return DataFrame(self._session, _store(self._session, columns, ((i,) for i in range(first, last, step))))

    def createDataFrame(self, data, schema=None):
        if hasattr(data, "columns") and hasattr(data, "iloc"):
            columns, rows = tables.from_pandas(data)
        else:
            names = schema if isinstance(schema, (list, tuple)) else _schema_names(schema)
            columns, rows = tables.from_rows(list(data), names)
        return DataFrame(self._session, _store(self._session, columns, rows))

    def __getattr__(self, name):
        raise _missing("SparkSession", name)


def _schema_names(schema):
    """Names out of "a INT, b STRING"."""
    return [part.split()[0].rstrip(":") for part in schema.split(",")] if isinstance(schema, str) else None


class _Builder:
    def __init__(self, session):
        self._session = session

    def __getattr__(self, _name):
        return lambda *_arguments, **_options: self

    def getOrCreate(self):
        return self._session


def provide_pyspark(session):
    """`from pyspark.sql import SparkSession, Row` works; the rest of PySpark is not there."""
    SparkSession.builder = _Builder(session)
    SparkSession.getActiveSession = staticmethod(lambda: session)
    package, module = types.ModuleType("pyspark"), types.ModuleType("pyspark.sql")
    package.__path__ = []
    package.sql = module
    package.__version__ = SparkSession.version
    package.SparkContext = SparkContext
    module.SparkSession, module.DataFrame, module.Row = SparkSession, DataFrame, Row
    module.AnalysisException = sql.AnalysisException
    sys.modules["pyspark"], sys.modules["pyspark.sql"] = package, module

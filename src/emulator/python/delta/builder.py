# SPDX-License-Identifier: Apache-2.0
"""DeltaTable.create() and its kin: a CREATE TABLE statement, put together by method calls."""

from trowel_cluster.sql.errors import unsupported


def _quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class DeltaTableBuilder:
    def __init__(self, spark, verb):
        self._spark = spark
        self._verb = verb  # CREATE TABLE and its variants
        self._name = None
        self._columns = []
        self._options = []

    def tableName(self, identifier):
        self._name = identifier
        return self

    def location(self, location):
        raise unsupported("DeltaTableBuilder.location")

    def comment(self, comment):
        self._options.append(f"COMMENT {_quoted(comment)}")
        return self

    def property(self, key, value):
        self._options.append(f"TBLPROPERTIES ({_quoted(key)} = {_quoted(str(value))})")
        return self

    def partitionedBy(self, *cols):
        names = cols[0] if len(cols) == 1 and isinstance(cols[0], (list, tuple)) else cols
        self._options.append(f"PARTITIONED BY ({', '.join(f'`{name}`' for name in names)})")
        return self

    def clusterBy(self, *cols):
        names = cols[0] if len(cols) == 1 and isinstance(cols[0], (list, tuple)) else cols
        self._options.append(f"CLUSTER BY ({', '.join(f'`{name}`' for name in names)})")
        return self

    def addColumn(self, colName, dataType=None, nullable=True, generatedAlwaysAs=None, generatedByDefaultAs=None, comment=None):
        kind = dataType if isinstance(dataType, str) else dataType.simpleString()
        text = f"`{colName}` {kind}" + ("" if nullable else " NOT NULL")
        for mark, rule in (("ALWAYS", generatedAlwaysAs), ("BY DEFAULT", generatedByDefaultAs)):
            if isinstance(rule, str):
                text += f" GENERATED {mark} AS ({rule})"
            elif rule is not None:
                text += f" GENERATED {mark} AS IDENTITY (START WITH {rule.start} INCREMENT BY {rule.step})"
        self._columns.append(text + (f" COMMENT {_quoted(comment)}" if comment else ""))
        return self

    def addColumns(self, cols):
        for field in getattr(cols, "fields", cols):
            self.addColumn(field.name, field.dataType, field.nullable)
        return self

    def execute(self):
        from .tables import DeltaTable

        columns = f" ({', '.join(self._columns)})" if self._columns else ""
        self._spark.sql(f"{self._verb} {self._name}{columns} USING DELTA {' '.join(self._options)}")
        return DeltaTable.forName(self._spark, self._name)

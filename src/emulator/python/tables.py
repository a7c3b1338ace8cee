# SPDX-License-Identifier: Apache-2.0
"""Table results: columns with Spark types, encoded as JSON inside JSON, and values in the API's spelling."""

import base64
import datetime
import decimal
import math
import sys
from collections import namedtuple
from json import dumps  # user code may patch the module's

from .sql.row import Row
from .sql.types import struct_of

MAX_ROWS = 10_000
MAX_BYTES = 2 * 1024 * 1024

# `type` is a name such as "long" or "decimal(12,2)", or a dict for arrays, maps and structs.
Column = namedtuple("Column", "name type")


def result(columns, rows, max_rows=MAX_ROWS, max_bytes=MAX_BYTES):
    """`max_rows` 0: any number."""
    data, size, truncated = [], 0, False
    for row in rows:
        values = [encode(value) for value in row]
        size += len(dumps(values))
        if 0 < max_rows <= len(data) or size > max_bytes:
            truncated = True
            break
        data.append(values)
    schema = [
        {"name": column.name, "type": dumps(column.type, separators=(",", ":")), "metadata": "{}"} for column in columns
    ]
    return {"resultType": "table", "data": data, "schema": schema, "truncated": truncated, "isJsonSchema": True}


def encode(value):
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [encode(item) for item in value]
    if hasattr(value, "item"):  # numpy scalars
        return encode(value.item())
    return str(value)  # decimals among others


def type_of_value(value):
    if value is None:
        return "void"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long"
    if isinstance(value, float):
        return "double"
    if isinstance(value, decimal.Decimal):
        exponent = -value.as_tuple().exponent if value.is_finite() else 0
        return f"decimal(38,{max(0, exponent)})"
    if isinstance(value, datetime.datetime):
        return "timestamp"
    if isinstance(value, datetime.date):
        return "date"
    if isinstance(value, (bytes, bytearray)):
        return "binary"
    if isinstance(value, Row) and hasattr(value, "__fields__"):
        return struct_of([(name, type_of_value(item)) for name, item in zip(value.__fields__, value)])
    if isinstance(value, dict):
        return {
            "type": "map",
            "keyType": "string",
            "valueType": type_of_values(value.values()),
            "valueContainsNull": True,
        }
    if isinstance(value, (list, tuple, set)):
        return {"type": "array", "elementType": type_of_values(value), "containsNull": True}
    if hasattr(value, "dtype") and hasattr(value, "item"):
        return type_of_value(value.item())
    return "string"


def type_of_values(values):
    """One type for all: longs and doubles together are doubles, arrays merge, anything else together is text."""
    found = None
    for value in values:
        if value is not None:
            found = _merge(found, type_of_value(value))
    return found or "string"


def _merge(one, other):
    if one is None or other is None or one == other:
        return one or other
    if {str(one), str(other)} == {"long", "double"}:
        return "double"
    if "void" in (one, other):
        return one if other == "void" else other
    if isinstance(one, dict) and isinstance(other, dict) and one["type"] == other["type"] == "struct":
        pairs = zip(one["fields"], other["fields"])
        return struct_of([(a["name"], _merge(a["type"], b["type"])) for a, b in pairs])
    if isinstance(one, dict) and isinstance(other, dict) and one["type"] == other["type"]:
        part = "elementType" if one["type"] == "array" else "valueType"
        # An empty list says "string" of its elements for want of better knowledge.
        known = [kind[part] for kind in (one, other) if kind[part] != "string"]
        return {**one, part: known[0] if len(known) == 1 else _merge(one[part], other[part])}
    if str(one).startswith("decimal") and str(other).startswith("decimal"):
        return max(one, other, key=lambda kind: int(kind.rstrip(")").split(",")[1]))
    return "string"


_DTYPES = {
    "int64": "long",
    "int32": "integer",
    "int16": "short",
    "int8": "byte",
    "uint64": "decimal(20,0)",
    "uint32": "long",
    "uint16": "integer",
    "uint8": "short",
    "float64": "double",
    "float32": "float",
    "bool": "boolean",
    "Int64": "long",
    "Float64": "double",
    "boolean": "boolean",
    "string": "string",
    "category": "string",
}


def from_pandas(frame):
    """Columns and rows; the index is left out, as Spark has none, and missing values are null."""
    columns, lists = [], []
    for position, name in enumerate(frame.columns):
        series = frame.iloc[:, position]
        missing = series.isna().tolist()
        values = [None if gone else _plain(value) for value, gone in zip(series.tolist(), missing)]
        dtype = str(series.dtype)
        kind = "timestamp" if dtype.startswith("datetime64") else _DTYPES.get(dtype) or type_of_values(values)
        if kind == "string":
            values = [value if value is None or isinstance(value, str) else str(value) for value in values]
        columns.append(Column(str(name), kind))
        lists.append(values)
    return columns, list(zip(*lists))


def _plain(value):
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value


def from_value(value):
    """The table result for something that display() takes as a table, or None."""
    if hasattr(value, "_trowel_table"):  # our Spark DataFrame
        return result(*value._trowel_table())
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        if isinstance(value, pandas.Series):
            value = value.to_frame()
        if isinstance(value, pandas.DataFrame):
            return result(*from_pandas(value))
    if isinstance(value, (list, tuple)) and value and all(isinstance(row, (list, tuple, dict)) for row in value):
        return result(*from_rows(value))
    return None


def from_rows(rows, names=None):
    """Columns and rows of a list of tuples, Rows or dicts."""
    first = rows[0] if rows else ()
    if isinstance(first, dict):
        names = names or list(first)
        rows = [[row.get(name) for name in names] for row in rows]
    names = names or list(getattr(first, "__fields__", [])) or [f"_{i + 1}" for i in range(len(first))]
    rows = [list(row) for row in rows]
    columns = [Column(name, type_of_values(row[i] for row in rows)) for i, name in enumerate(names)]
    return columns, rows

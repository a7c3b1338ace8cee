# SPDX-License-Identifier: Apache-2.0
"""assertDataFrameEqual and assertSchemaEqual, as Spark 3.5 has them."""

import math

from pyspark.errors import PySparkAssertionError
from pyspark.sql.types import StructType


def assertSchemaEqual(actual, expected):
    """The names and types of all columns; whether they may be null does not count."""
    if _types(actual) != _types(expected):
        raise PySparkAssertionError(
            f"[DIFFERENT_SCHEMA] Schemas do not match.\n--- actual\n{actual.simpleString()}\n--- expected\n"
            f"{expected.simpleString()}"
        )


def assertDataFrameEqual(actual, expected, checkRowOrder=False, rtol=1e-5, atol=1e-8):
    """Two DataFrames, or lists of rows, in any order unless that is to be checked."""
    if hasattr(actual, "schema") and hasattr(expected, "schema"):
        assertSchemaEqual(actual.schema, expected.schema)
    one, other = _rows(actual), _rows(expected)
    if not checkRowOrder:
        one, other = sorted(one, key=str), sorted(other, key=str)
    different = [
        (left, right) for left, right in zip(_filled(one, len(other)), _filled(other, len(one))) if not _alike(left, right, rtol, atol)
    ]
    if different:
        percent = 100 * len(different) / max(len(one), len(other))
        shown = "\n".join(f"--- actual\n{left}\n--- expected\n{right}" for left, right in different[:10])
        raise PySparkAssertionError(f"[DIFFERENT_ROWS] Results do not match: ( {percent:.5f} % )\n{shown}")


def _types(schema):
    return [(field.name, field.dataType.simpleString()) for field in schema.fields] if isinstance(schema, StructType) else schema


def _rows(data):
    if hasattr(data, "collect"):
        return data.collect()
    if hasattr(data, "to_dict"):  # pandas
        return [tuple(row) for row in data.itertuples(index=False)]
    return list(data)


def _filled(rows, count):
    return rows + [None] * (count - len(rows))


def _alike(one, other, rtol, atol):
    if isinstance(one, float) and isinstance(other, (int, float)):
        return one == other or math.isnan(one) and math.isnan(other) or abs(one - other) <= atol + rtol * abs(other)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(_alike(a, b, rtol, atol) for a, b in zip(one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key], rtol, atol) for key in one)
    return one == other

# SPDX-License-Identifier: Apache-2.0
"""Spark's errors, by the names that PySpark gives them."""

from trowel_cluster.sql.errors import AnalysisException, ParseException, SparkRuntimeException
from trowel_cluster.sql.errors import SparkError as PySparkException
from trowel_cluster.sql.session import PythonException


class PySparkTypeError(PySparkException, TypeError):
    pass


class PySparkValueError(PySparkException, ValueError):
    pass


class PySparkAttributeError(PySparkException, AttributeError):
    pass


class PySparkRuntimeError(PySparkException, RuntimeError):
    pass


class PySparkAssertionError(PySparkException, AssertionError):
    pass


class IllegalArgumentException(PySparkException):
    pass


__all__ = [
    "AnalysisException", "IllegalArgumentException", "ParseException", "PySparkAssertionError",
    "PySparkAttributeError", "PySparkException", "PySparkRuntimeError", "PySparkTypeError", "PySparkValueError",
    "PythonException", "SparkRuntimeException",
]  # fmt: skip

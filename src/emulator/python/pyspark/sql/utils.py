# SPDX-License-Identifier: Apache-2.0
"""Where older code looks for Spark's errors."""

from pyspark.errors import AnalysisException, IllegalArgumentException, ParseException, PythonException

__all__ = ["AnalysisException", "IllegalArgumentException", "ParseException", "PythonException"]

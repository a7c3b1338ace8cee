# SPDX-License-Identifier: Apache-2.0
"""pyspark.sql over the emulator's SQL."""

from .column import Column
from .dataframe import DataFrame, DataFrameNaFunctions, DataFrameStatFunctions
from .group import GroupedData
from .readwriter import DataFrameReader, DataFrameWriter
from .row import Row
from .session import SparkSession
from .window import Window, WindowSpec

__all__ = [
    "Column", "DataFrame", "DataFrameNaFunctions", "DataFrameReader", "DataFrameStatFunctions", "DataFrameWriter",
    "GroupedData", "Row", "SparkSession", "Window", "WindowSpec",
]  # fmt: skip

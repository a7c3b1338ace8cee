# SPDX-License-Identifier: Apache-2.0
"""PySpark as far as the emulator has it: what its notebooks import instead of Apache's package."""

from .context import SparkConf, SparkContext
from .rdd import RDD
from .storagelevel import StorageLevel
from .sql.row import Row

__version__ = "3.5.0"
__all__ = ["RDD", "Row", "SparkConf", "SparkContext", "StorageLevel"]

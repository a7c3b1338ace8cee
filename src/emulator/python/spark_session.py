# SPDX-License-Identifier: Apache-2.0
"""Makes `pyspark` importable, and the notebook's SparkSession."""

import importlib.util
import os
import sys
import types

_HERE = os.path.dirname(os.path.abspath(__file__))


class _Finder:
    """Finds our PySpark before any that this machine may have, without a folder of ours in the search path."""

    @staticmethod
    def find_spec(name, _path=None, _target=None):
        if name not in ("pyspark", "delta"):
            return None
        folder = os.path.join(_HERE, name)
        return importlib.util.spec_from_file_location(
            name, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
        )


def start(session, display, facts=None):
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    from pyspark.sql.session import SparkSession

    return SparkSession(session, display, facts)


def provide_runtime(**names):
    """`from databricks.sdk.runtime import dbutils, spark` and `from pyspark.dbutils import DBUtils`."""
    runtime = types.ModuleType("databricks.sdk.runtime")
    runtime.__dict__.update(names, __all__=list(names))
    sys.modules["databricks.sdk.runtime"] = runtime
    if importlib.util.find_spec("databricks") is None:
        package, sdk = types.ModuleType("databricks"), types.ModuleType("databricks.sdk")
        package.__path__, sdk.__path__ = [], []
        package.sdk, sdk.runtime = sdk, runtime
        sys.modules["databricks"], sys.modules["databricks.sdk"] = package, sdk
    utilities = types.ModuleType("pyspark.dbutils")
    utilities.DBUtils = lambda *_spark: names["dbutils"]
    sys.modules["pyspark.dbutils"] = utilities

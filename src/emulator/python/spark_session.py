# SPDX-License-Identifier: Apache-2.0
"""Makes `pyspark` importable, and the notebook's SparkSession."""

import importlib.machinery
import importlib.util
import os
import sys
import types

_HERE = os.path.dirname(os.path.abspath(__file__))


class _Missing:
    """Says of modules that Databricks has, and that no other finder found, whose want it is."""

    @staticmethod
    def find_spec(name, _path=None, _target=None):
        if name.startswith(("pyspark.", "delta.")):
            raise ModuleNotFoundError(f"No module named {name!r}: the emulator does not have it")


class _Runtime(types.ModuleType):
    """Stands in for a package of which the emulator has just what a runtime adds. What notebooks mostly want of it has
    an error that tells why it is not there; hasattr() and its like go on with the rest."""

    def __getattr__(self, name):
        if name not in ("WorkspaceClient", "AccountClient", "sql", "connect"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        raise ImportError(
            f"cannot import name {name!r} from {self.__name__!r}: this machine's {sys.executable} does not have the package"
        )


class _Finder:
    """Finds our packages before any that this machine may have, without a folder of ours in the search path."""

    @staticmethod
    def find_spec(name, _path=None, _target=None):
        if name not in ("pyspark", "delta", "IPython"):
            return None
        folders = [os.path.join(_HERE, name)]
        if name == "IPython":  # ours speaks to this driver; what else there is comes from the machine's, if it has one
            installed = importlib.machinery.PathFinder.find_spec(name)
            folders += list(installed.submodule_search_locations or []) if installed else []
        return importlib.util.spec_from_file_location(
            name, os.path.join(folders[0], "__init__.py"), submodule_search_locations=folders
        )


def facts(context, cluster):
    """What a cluster's Spark knows of its place: settings that code reads."""
    tags = "spark.databricks.clusterUsageTags."
    known = {
        tags + "clusterId": context.get("clusterId"),
        tags + "clusterName": cluster.get("name"),
        tags + "clusterOwnerUserName": cluster.get("owner"),
        tags + "sparkVersion": cluster.get("sparkVersion"),
        "spark.databricks.workspaceUrl": (context.get("apiUrl") or "").split("://", 1)[-1].rstrip("/"),
        # Spark 4, which comes with 17, is strict unless it is told otherwise.
        "spark.sql.ansi.enabled": "true" if (cluster.get("spark") or "").startswith("4") else None,
    }
    return {**{name: value for name, value in known.items() if value}, **(cluster.get("conf") or {})}


def start(session, display, facts=None, version=None):
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
        sys.meta_path.append(_Missing())
    from pyspark.sql.session import SparkSession

    return SparkSession(session, display, facts, version)


def provide_runtime(**names):
    """`from databricks.sdk.runtime import dbutils, spark` and `from pyspark.dbutils import DBUtils`."""
    runtime = types.ModuleType("databricks.sdk.runtime")
    runtime.__dict__.update(names, __all__=list(names))
    sys.modules["databricks.sdk.runtime"] = runtime
    if importlib.util.find_spec("databricks") is None:
        package, sdk = _Runtime("databricks"), _Runtime("databricks.sdk")
        package.__path__, sdk.__path__ = [], []
        package.sdk, sdk.runtime = sdk, runtime
        sys.modules["databricks"], sys.modules["databricks.sdk"] = package, sdk
    utilities = types.ModuleType("pyspark.dbutils")
    utilities.DBUtils = lambda *_spark: names["dbutils"]
    sys.modules["pyspark.dbutils"] = utilities

# SPDX-License-Identifier: Apache-2.0
"""dbutils.library: what is left of it is a fresh Python."""

from .manual import Documented


class Restart(BaseException):
    """Ends the command; the driver then starts anew."""


class Library(Documented):
    """dbutils.library restarts Python. Libraries are installed with %pip."""

    _name = "dbutils.library"

    def restartPython(self):
        """Restarts the Python process of this notebook: all variables and imports are gone."""
        raise Restart

    def install(self, path=""):
        """Removed; use %pip."""
        raise _removed("install")

    def installPyPI(self, pypiPackage="", version="", repo="", extras=""):
        """Removed; use %pip."""
        raise _removed("installPyPI")

    def updateCondaEnv(self, envYmlContent=""):
        """Removed; use %pip."""
        raise _removed("updateCondaEnv")

    def list(self):
        """Removed; use %pip list."""
        raise _removed("list")


def _removed(name):
    return NotImplementedError(
        f"dbutils.library.{name} was removed in Databricks Runtime 11.0. Use %pip install for libraries of a notebook."
    )

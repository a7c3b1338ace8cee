# SPDX-License-Identifier: Apache-2.0
"""Errors as the JVM half of dbutils raises them: user code looks for Java's class names in their texts."""

import sys
import types


class ExecutionError(Exception):
    """What dbutils.fs raises."""


class Py4JError(Exception):
    pass


class Py4JJavaError(Py4JError):
    def __init__(self, message, exception=""):
        super().__init__(f"{message}\n: {exception}" if exception else message)
        self.errmsg = message
        self.java_exception = exception


class IllegalArgumentException(Exception):
    pass


def java_error(call, exception):
    return Py4JJavaError(f"An error occurred while calling {call}.", exception)


def fs_error(call, exception):
    owner = "com.databricks.backend.daemon.dbutils.FSUtils"
    return ExecutionError(
        f"An error occurred while calling z:{owner}.{call}.\n: {exception}\n\tat {owner}.{call}(Emulator)"
    )


def provide_py4j():
    """`from py4j.protocol import Py4JJavaError` works; there is no gateway."""
    package, protocol = types.ModuleType("py4j"), types.ModuleType("py4j.protocol")
    package.__path__ = []
    package.protocol = protocol
    protocol.Py4JError, protocol.Py4JJavaError = Py4JError, Py4JJavaError
    sys.modules.setdefault("py4j", package)
    sys.modules.setdefault("py4j.protocol", protocol)

# SPDX-License-Identifier: Apache-2.0
"""dbutils.jobs.taskValues: small values that tasks of one job run leave for each other."""

import json

from .java import java_error
from .manual import Documented
from ..host import HostError

_MAX_KEY = 250  # characters
_MAX_VALUE = 48 * 1024  # bytes of JSON
_NOT_FOUND = ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND")


class TaskValues(Documented):
    """dbutils.jobs.taskValues passes values between the tasks of a job run."""

    _name = "dbutils.jobs.taskValues"

    def __init__(self, host, in_job):
        self._host = host
        self._in_job = in_job

    def set(self, key, value):
        """Leaves a value, which must be JSON, for later tasks. Does nothing outside of a job."""
        if not isinstance(key, str) or not key:
            raise TypeError("key must be a str that is not empty")
        if len(key) > _MAX_KEY:
            raise ValueError(f"The key of a task value has at most {_MAX_KEY} characters.")
        try:
            size = len(json.dumps(value).encode())
        except (TypeError, ValueError):
            raise TypeError(f"The value of {key!r} cannot be written as JSON.") from None
        if size > _MAX_VALUE:
            raise ValueError(f"The value of {key!r} is larger than 48 KiB as JSON.")
        if self._in_job:
            self._host.ask("taskValues/set", key=key, value=value)

    def get(self, taskKey, key, default=None, debugValue=None):
        """Returns the value that a task left; the default where it left none; debugValue outside of a job."""
        if not self._in_job:
            if debugValue is None:
                raise TypeError(
                    "Must pass debugValue when calling get outside of a job context. debugValue cannot be None.",
                )
            return debugValue
        try:
            return self._host.ask("taskValues/get", taskKey=taskKey, key=key)["value"]
        except HostError as error:
            if default is not None and error.code in _NOT_FOUND:
                return default
            reason = f"Task key or task value key does not exist: {taskKey}, {key}" if error.code in _NOT_FOUND else error.message
            raise java_error("get", f"java.lang.IllegalArgumentException: {reason}") from None


class Jobs(Documented):
    """dbutils.jobs has what only job runs need: taskValues."""

    _name = "dbutils.jobs"

    def __init__(self, host, in_job):
        self.taskValues = TaskValues(host, in_job)

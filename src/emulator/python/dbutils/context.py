# SPDX-License-Identifier: Apache-2.0
"""The notebook context: what Scala's half of dbutils tells about a run, each value as an Option."""

import contextlib
import json
import posixpath


class Option:
    """A value of Scala that may be missing."""

    def __init__(self, value):
        self._value = value

    def get(self):
        if self._value is None:
            from .java import java_error

            raise java_error("get", "java.util.NoSuchElementException: None.get")
        return self._value

    def getOrElse(self, other):
        if self._value is not None:
            return self._value
        return other() if callable(other) else other

    def isDefined(self):
        return self._value is not None

    nonEmpty = isDefined

    def isEmpty(self):
        return self._value is None

    def toString(self):
        return "None" if self._value is None else f"Some({self._value})"

    __repr__ = __str__ = toString


class Tags:
    """A map of Scala."""

    def __init__(self, values):
        self._values = values

    def get(self, name):
        return Option(self._values.get(name))

    def apply(self, name):
        if name not in self._values:
            from .java import java_error

            raise java_error("apply", f"java.util.NoSuchElementException: key not found: {name}")
        return self._values[name]

    def getOrElse(self, name, other):
        return self.get(name).getOrElse(other)

    def contains(self, name):
        return name in self._values

    def toString(self):
        return f"Map({', '.join(f'{name} -> {value}' for name, value in self._values.items())})"

    __repr__ = __str__ = toString


class RunId:
    def __init__(self, number):
        self._number = number

    def id(self):
        return self._number

    def toString(self):
        return f"RunId({self._number})"

    __repr__ = __str__ = toString


class NotebookContext:
    def __init__(self, configuration):
        facts = configuration.get("context") or {}
        self._path = configuration.get("notebook")
        self._facts = {name: None if facts.get(name) in (None, "") else str(facts[name]) for name in facts}
        self._facts.setdefault("user", configuration.get("user"))

    def resolve(self, path):
        """Relative to the folder of this notebook."""
        if path.startswith("/") or not self._path:
            return path
        return posixpath.normpath(posixpath.join(posixpath.dirname(self._path), path))

    @contextlib.contextmanager
    def inside(self, path):
        """While %run is in another notebook, that one's relative paths count."""
        outer, self._path = self._path, path
        try:
            yield
        finally:
            self._path = outer

    def _fact(self, name):
        return Option(self._facts.get(name))

    def notebookPath(self):
        return Option(self._path)

    def apiUrl(self):
        return self._fact("apiUrl")

    def apiToken(self):
        return self._fact("apiToken")

    def userName(self):
        return self._fact("user")

    def clusterId(self):
        return self._fact("clusterId")

    def jobId(self):
        return self._fact("jobId")

    def jobTaskKey(self):
        return self._fact("taskKey")

    taskKey = jobTaskKey

    def browserHostName(self):
        url = self._facts.get("apiUrl")
        return Option(url.split("://", 1)[-1].rstrip("/") if url else None)

    def workspaceUrl(self):
        return self.browserHostName()

    def currentRunId(self):
        run = self._facts.get("runId")
        return Option(RunId(int(run)) if run and run.isdigit() else None)

    rootRunId = currentRunId

    def isInJob(self):
        return self._facts.get("jobId") is not None

    def tags(self):
        named = {"taskKey": "taskKey", "jobId": "jobId", "runId": "runId", "clusterId": "clusterId", "user": "user"}
        tags = {name: self._facts[fact] for name, fact in named.items() if self._facts.get(fact)}
        if tags.get("runId"):
            tags["currentRunId"] = tags["idInJob"] = tags["runId"]
        host = self.browserHostName()
        if host.isDefined():
            tags["browserHostName"] = host.get()
        return Tags(tags)

    def extraContext(self):
        extra = {"notebook_path": self._path, "api_url": self._facts.get("apiUrl")}
        return Tags({name: value for name, value in extra.items() if value})

    def toJson(self):
        run = self.currentRunId()
        number = {"id": run.get().id()} if run.isDefined() else None
        return json.dumps(
            {
                "rootRunId": number,
                "currentRunId": number,
                "jobGroup": None,
                "tags": self.tags()._values,
                "extraContext": self.extraContext()._values,
            }
        )

    def safeToJson(self):
        attributes = {**self.tags()._values, **self.extraContext()._values}
        return json.dumps({"attributes": attributes})

    def __repr__(self):
        return f"NotebookContext({self._path or ''})"


class EntryPoint:
    """dbutils.notebook.entry_point.getDbutils().notebook().getContext(): the long way that much code goes."""

    def __init__(self, context):
        self._context = context

    def getDbutils(self):
        return self

    def notebook(self):
        return self

    def getContext(self):
        return self._context

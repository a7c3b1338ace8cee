# SPDX-License-Identifier: Apache-2.0
"""dbutils.notebook: runs other notebooks, ends this one, and tells where it runs."""

from .context import EntryPoint, NotebookContext
from .java import java_error
from .manual import Documented
from ..host import HostError


class NotebookExit(BaseException):
    """Not an Exception: `except Exception` in user code does not stop a notebook from ending."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value


class Notebook(Documented):
    """dbutils.notebook runs other notebooks and ends this one."""

    _name = "dbutils.notebook"

    def __init__(self, host, configuration):
        self._host = host
        self._context = NotebookContext(configuration)
        self.entry_point = EntryPoint(self._context)

    def exit(self, value=""):
        """Ends this notebook with a value, which its caller gets."""
        raise NotebookExit("" if value is None else str(value))

    def run(self, path, timeout_seconds=0, arguments=None):
        """Runs a notebook with widget values, waits for it, and returns the value of its exit()."""
        if not isinstance(path, str) or not path:
            raise java_error(
                "_run",
                "java.lang.IllegalArgumentException: requirement failed: Notebook path cannot be empty",
            )
        arguments = {str(name): str(value) for name, value in (arguments or {}).items()}
        try:
            answer = self._host.ask(
                "notebook/run",
                path=self._context.resolve(path),
                timeout_seconds=int(timeout_seconds),
                arguments=arguments,
            )
        except HostError as error:
            raise java_error("_run", _ended(error)) from None
        return answer.get("result")

    def getContext(self):
        """Returns what is known about this run: notebook path, job, user."""
        return self._context


def _ended(error):
    if error.code in ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"):
        return (
            "com.databricks.WorkflowException: com.databricks.NotebookExecutionException: FAILED: "
            f"Unable to access the notebook. {error.message}"
        )
    state = "TIMEDOUT" if "TIMED" in error.code or "TIMEOUT" in error.code else "CANCELED" if "CANCEL" in error.code else "FAILED"
    return f"com.databricks.WorkflowException: com.databricks.NotebookExecutionException: {state}: {error.message}"

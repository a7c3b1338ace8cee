# SPDX-License-Identifier: Apache-2.0
"""dbutils as notebooks know it."""

import inspect

from .data import Credentials, Data
from .fs import FileSystem, Paths
from .java import provide_py4j
from .jobs import Jobs
from .library import Library, Restart
from .manual import Documented
from .notebook import Notebook, NotebookExit
from .secrets import Secrets
from .widgets import Widgets

__all__ = ["DBUtils", "NotebookExit", "Paths", "Restart"]


class DBUtils(Documented):
    """dbutils: utilities of notebooks."""

    _name = "dbutils"

    def __init__(self, host, configuration, redaction, display):
        provide_py4j()
        in_job = bool((configuration.get("context") or {}).get("taskKey"))
        self.credentials = Credentials()
        self.data = Data(display)
        self.fs = FileSystem(configuration.get("root") or "")
        self.jobs = Jobs(host, in_job)
        self.library = Library()
        self.notebook = Notebook(host, configuration)
        self.secrets = Secrets(host, redaction)
        self.widgets = Widgets(configuration.get("widgets"))

    def help(self, name=None):
        """Prints this text, or the help of a part."""
        if name is not None:
            getattr(self, name).help()
            return
        print("These are the utilities of notebooks. For more about one: dbutils.fs.help()\n")
        for part in sorted(part for part in self.__dict__ if not part.startswith("_")):
            print(f"{part}: {type(self.__dict__[part]).__name__} -> {inspect.getdoc(self.__dict__[part])}")

# SPDX-License-Identifier: Apache-2.0
"""The part of dbutils that works in the emulator; the rest says so."""


class NotebookExit(BaseException):
    """Not an Exception: `except Exception` in user code does not stop a notebook from ending."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value


class _Missing:
    def __init__(self, name):
        self._name = name

    def __getattr__(self, method):
        if method.startswith("_"):
            raise AttributeError(method)
        raise NotImplementedError(f"dbutils.{self._name}.{method} is not part of the Trowel emulator.")


class _Notebook:
    def exit(self, value=""):
        raise NotebookExit(value)

    def run(self, *_arguments, **_options):
        raise NotImplementedError("dbutils.notebook.run is not part of the Trowel emulator.")


class _Widgets:
    def __init__(self):
        self._values = {}

    def _define(self, name, default):
        self._values.setdefault(name, str(default))

    def text(self, name, defaultValue="", label=None):
        self._define(name, defaultValue)

    def dropdown(self, name, defaultValue, choices, label=None):
        if str(defaultValue) not in [str(choice) for choice in choices]:
            raise ValueError(f"The default value {defaultValue!r} of widget {name!r} is not among its choices.")
        self._define(name, defaultValue)

    def combobox(self, name, defaultValue, choices, label=None):
        self._define(name, defaultValue)

    def multiselect(self, name, defaultValue, choices, label=None):
        self._define(name, defaultValue)

    def get(self, name):
        if name not in self._values:
            raise ValueError(f"InputWidgetNotDefined: No input widget named {name} is defined")
        return self._values[name]

    def getAll(self):
        return dict(self._values)

    def remove(self, name):
        self._values.pop(name, None)

    def removeAll(self):
        self._values.clear()


class DBUtils:
    def __init__(self):
        self.notebook = _Notebook()
        self.widgets = _Widgets()
        self.fs = _Missing("fs")
        self.secrets = _Missing("secrets")
        self.library = _Missing("library")
        self.jobs = _Missing("jobs")

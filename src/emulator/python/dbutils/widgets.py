# SPDX-License-Identifier: Apache-2.0
"""dbutils.widgets. A value that came with the notebook's run wins over the defaults in its code."""

from .java import java_error
from .manual import Documented

_MAX_CHOICES = 1024
_MAX_VALUE = 2048  # characters


class Widgets(Documented):
    """dbutils.widgets puts parameters into a notebook. `get` works for what a run passes as well."""

    _name = "dbutils.widgets"

    def __init__(self, preset=None):
        self._preset = {str(name): str(value) for name, value in (preset or {}).items()}
        self._values = {}

    def text(self, name, defaultValue="", label=None):
        """Creates a widget for any text."""
        self._define("text", name, defaultValue)

    def dropdown(self, name, defaultValue, choices, label=None):
        """Creates a widget for one of the choices."""
        self._define("dropdown", name, defaultValue, choices, strict=True)

    def combobox(self, name, defaultValue, choices, label=None):
        """Creates a widget for one of the choices, or any other text."""
        self._define("combobox", name, defaultValue, choices)

    def multiselect(self, name, defaultValue, choices, label=None):
        """Creates a widget for several of the choices; its value joins them with commas."""
        self._define("multiselect", name, defaultValue, choices, strict=True)

    def get(self, name):
        """Returns the current value of a widget."""
        if name in self._values:
            return self._values[name]
        if name in self._preset:
            return self._preset[name]
        raise _undefined("get", name)

    def getArgument(self, name, optional=None):
        """Returns the value of a widget, or the given text where there is no such widget. Use get instead."""
        try:
            return self.get(name)
        except Exception:
            if optional is None:
                raise _undefined("getArgument", name) from None
            return optional

    def getAll(self):
        """Returns the values of all widgets by name."""
        return {**self._preset, **self._values}

    def remove(self, name):
        """Removes a widget."""
        if name not in self._values and name not in self._preset:
            raise _undefined("remove", name)
        self._values.pop(name, None)
        self._preset.pop(name, None)

    def removeAll(self):
        """Removes all widgets."""
        self._values.clear()
        self._preset.clear()

    def _define(self, kind, name, default, choices=None, strict=False):
        if not isinstance(name, str) or not name:
            raise java_error(kind, "java.lang.IllegalArgumentException: requirement failed: Widget name cannot be empty")
        if not isinstance(default, str):
            raise TypeError(f"defaultValue of widget {name!r} must be a str, not {type(default).__name__}")
        if len(default) > _MAX_VALUE:
            raise _invalid(kind, f"The default value of widget {name} is longer than {_MAX_VALUE} characters.")
        if choices is not None:
            choices = [str(choice) for choice in choices]
            if len(choices) > _MAX_CHOICES:
                raise _invalid(kind, f"Widget {name} has more than {_MAX_CHOICES} choices.")
            if len(set(choices)) != len(choices):
                raise _invalid(kind, f"The choices of widget {name} are not distinct.")
            wanted = default.split(",") if kind == "multiselect" else [default]
            if strict and not all(value in choices for value in wanted):
                raise _invalid(kind, f"The default value {default} of widget {name} is not one of its choices.")
        # A widget that exists keeps its value, as the one that a run passed does.
        self._values.setdefault(name, self._preset.get(name, default))

    def _state(self):
        return self.getAll()


def _undefined(call, name):
    return java_error(call, f"com.databricks.dbutils_v1.InputWidgetNotDefined: No input widget named {name} is defined")


def _invalid(call, reason):
    return java_error(call, f"java.lang.IllegalArgumentException: requirement failed: {reason}")

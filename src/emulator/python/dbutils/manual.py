# SPDX-License-Identifier: Apache-2.0
"""help() for every part of dbutils, and helpful words for names that it does not have."""

import difflib
import inspect


class Documented:
    """A part of dbutils. Its docstring and those of its methods are what help() prints."""

    _name = "dbutils"

    def _members(self):
        names = [name for name in dir(type(self)) if not name.startswith("_") and name != "help"]
        return {name: getattr(type(self), name) for name in names}

    def help(self, name=None):
        """Prints this text, or what a method does."""
        members = self._members()
        if name is None:
            print(inspect.getdoc(self) + "\n")
            for method, value in members.items():
                print(f"{_signature(method, value)} -> {(inspect.getdoc(value) or '').splitlines()[0]}")
            print(f"\nFor more about a method: {self._name}.help(\"method\")")
        elif name in members:
            print(f"{_signature(name, members[name])}\n\n{inspect.getdoc(members[name])}")
        else:
            print(f"{self._name} has no method {name}. It has: {', '.join(members)}.")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        known = [*self._members(), *(member for member in self.__dict__ if not member.startswith("_"))]
        close = difflib.get_close_matches(name, known, 1)
        hint = f" Did you mean '{close[0]}'?" if close else f" It has: {', '.join(known)}."
        raise AttributeError(f"'{self._name}' has no attribute '{name}'.{hint}")

    def __repr__(self):
        return f"<{self._name}>"


def _signature(name, value):
    if not callable(value):
        return name
    parameters = list(inspect.signature(value).parameters.values())[1:]
    return f"{name}({', '.join(map(str, parameters))})"

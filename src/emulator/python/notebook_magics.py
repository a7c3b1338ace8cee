# SPDX-License-Identifier: Apache-2.0
"""Cells of notebooks that notebooks translate before their code reaches a cluster: %md, %sh, %fs, %run."""

import re
import shlex

from . import results, shell
from .magics import UsageError
from .source import cells_of

NOTEBOOK_MAGICS = {"md", "md-sandbox", "sh", "fs", "run"}


class NotebookMagics:
    def __init__(self, driver, cells):
        self._driver = driver
        self._cells = cells
        self._running = []  # notebooks that %run is in the middle of

    def run(self, word, rest):
        if word.startswith("md"):
            return results.text("")
        if word == "sh":
            strict = re.match(r"\s*-e\b", rest)
            shell.run(rest[strict.end() :] if strict else rest, strict=bool(strict))
            return None
        return self._fs(rest) if word == "fs" else self._run(rest)

    def _fs(self, rest):
        words = shlex.split(rest.strip(), comments=True)
        if not words or words[0].startswith("_"):
            self._driver.dbutils.fs.help()
            return None
        arguments = [
            {"true": True, "false": False}.get(word.lower(), word) for word in words[1:] if word not in ("-r", "--recurse")
        ]
        options = {"recurse": True} if len(arguments) + 1 < len(words) else {}
        value = getattr(self._driver.dbutils.fs, words[0])(*arguments, **options)
        if isinstance(value, list):
            self._driver.outbox.display(value)
        elif value is not None:
            print(value)
        return None

    def _run(self, rest):
        """Runs another notebook's cells here; arguments `$name=value` become widgets."""
        words = shlex.split(rest.strip(), comments=True)
        if not words:
            raise UsageError("%run needs the path of a notebook.")
        context = self._driver.dbutils.notebook.getContext()
        path = context.resolve(words[0])
        if path in self._running:
            raise RecursionError(f"Notebook {path} runs itself.")
        found = self._driver.host.ask("notebook/source", path=path)
        widgets = self._driver.dbutils.widgets
        for word in words[1:]:
            name, _, value = word.lstrip("$").partition("=")
            widgets._preset[name] = value
            widgets._values.pop(name, None)
        self._running.append(path)
        try:
            with context.inside(path):
                for language, code in cells_of(found["language"].lower(), found["source"]):
                    result = self._cells.run(language, code, with_magics=True)
                    if result is not None and result.get("resultType") == "error":
                        return result
        finally:
            self._running.pop()
        return None

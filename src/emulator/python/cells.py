# SPDX-License-Identifier: Apache-2.0
"""Runs cells: Python and SQL, with the magics of notebooks where the caller is a notebook."""

import ast
import linecache
import pprint

from . import errors, magics, tables
from .event_loop import EventLoop
from .interactive import Interactive
from .notebook_magics import NOTEBOOK_MAGICS, NotebookMagics
from .sql.errors import SparkError, too_complex

_LANGUAGES = {"python": "python", "py": "python", "sql": "sql", "scala": "scala", "r": "r"}
_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class Cells:
    def __init__(self, driver):
        self._driver = driver
        self._loop = EventLoop()
        self.interactive = Interactive(driver, self)
        self._notebook_magics = NotebookMagics(driver, self)

    def globals(self):
        return self.interactive.globals()

    def run(self, language, code, with_magics=False, limits=None):
        """`limits` ("rows", "bytes") are for the table that SQL yields, where they are not those of commands. Nothing where the result is what was shown; else the result itself."""
        if with_magics and (magic := magics.first(code)):
            word, rest = magic
            if word in _LANGUAGES:
                language, code = _LANGUAGES[word], rest
            elif word in NOTEBOOK_MAGICS:
                return self._notebook_magics.run(word, rest)
        if language == "sql":
            return self._sql(code, with_magics, limits)
        if language != "python":
            return errors.language_error(language)
        self.python(code)
        return None

    def _sql(self, code, in_notebook, limits):
        session = self._driver.session
        try:
            relation = session.run_all(code)
            most = (limits["rows"], limits["bytes"]) if limits else ()
            result = tables.result(*relation.fetch(session), *most)
        except SparkError as error:
            return errors.sql_error(error)
        except RecursionError:
            return errors.sql_error(too_complex())
        if in_notebook:
            self._driver.main.__dict__["_sqldf"] = self._driver.main.__dict__["spark"]._frame(relation)
        return result

    def python(self, code):
        number = self.interactive.begin(code)
        value = self.evaluate(code, f"<command-{number}>")
        if value is not None:
            self.interactive.keep(value)
            self._driver.output.write(_shown(value) + "\n")
        self._driver.outbox.collect_figures()

    def evaluate(self, code, name):
        """What the last expression of a cell gives, unless a semicolon hides it."""
        code = code.replace("\r\n", "\n")  # as Python reads it; a shell would not
        if magic := magics.cell_magic(code):
            return self.interactive.run_cell_magic(*magic)
        tree, code = magics.parse(code, name)
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        if last is not None and _ends_with_semicolon(code):
            tree.body.append(last)
            last = None
        parts = [compile(tree, name, "exec", _FLAGS)] if tree.body else []
        if last is not None:
            parts.append(compile(ast.Expression(last.value), name, "eval", _FLAGS))
        return self._loop.run(parts, self._driver.main.__dict__)


def _ends_with_semicolon(code):
    """A last line `x;` shows nothing, as in IPython."""
    return code.rstrip().endswith(";")


class _Printer(pprint.PrettyPrinter):
    """Breaks lines between the members of containers, as IPython does, and never within a text."""

    _dispatch = {
        kind: method for kind, method in pprint.PrettyPrinter._dispatch.items() if kind not in (str.__repr__, bytes.__repr__)
    }


def _shown(value):
    if isinstance(value, (list, dict, tuple, set)) and len(text := repr(value)) > 78:
        if type(value) not in (list, dict, tuple, set):
            return text
        return _Printer(width=78, compact=False, sort_dicts=False).pformat(value)
    return repr(value)

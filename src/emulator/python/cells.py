# SPDX-License-Identifier: Apache-2.0
"""Runs cells: Python and SQL, with the magics of notebooks where the caller is a notebook."""

import ast
import linecache
import types

from . import errors, magics, tables
from .sql.errors import SparkError, too_complex

_LANGUAGES = {"python": "python", "py": "python", "sql": "sql", "scala": "scala", "r": "r"}


class Cells:
    def __init__(self, driver):
        self._driver = driver
        self._count = 0
        self._magics = magics.Magics(driver, self)

    def globals(self):
        return {magics.CALL: self._magics.line}

    def run(self, language, code, with_magics=False, limits=None):
        """`limits` ("rows", "bytes") are for the table that SQL yields, where they are not those of commands. Nothing where the result is what was shown; else the result itself."""
        if with_magics and (magic := magics.first(code)):
            word, rest = magic
            if word in _LANGUAGES:
                language, code = _LANGUAGES[word], rest
            elif word in magics.NOTEBOOK_MAGICS:
                return self._magics.cell(word, rest)
        if language == "sql":
            return self._sql(code, with_magics, limits)
        if language != "python":
            return errors.language_error(language)
        self._python(code)
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

    def _python(self, code):
        self._count += 1
        name = f"<command-{self._count}>"
        tree, code = magics.parse(code, name)
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        if last is not None and _ends_with_semicolon(code):
            tree.body.append(last)
            last = None
        namespace = self._driver.main.__dict__
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        if tree.body:
            _finish(eval(compile(tree, name, "exec", flags), namespace), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval", flags), namespace)
            value = _finish(value, namespace) if _awaits(last) else value
            if value is not None:
                namespace["_"] = value
                self._driver.output.write(_shown(value) + "\n")
        self._driver.outbox.collect_figures()


def _ends_with_semicolon(code):
    """A last line `x;` shows nothing, as in IPython."""
    return code.rstrip().endswith(";")


def _awaits(tree):
    return any(isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)) for node in ast.walk(tree))


def _finish(value, _namespace):
    """Cells may await at top level."""
    if isinstance(value, types.CoroutineType):
        import asyncio

        return asyncio.run(value)
    return value


def _shown(value):
    if isinstance(value, (list, dict, tuple, set)) and len(text := repr(value)) > 78:
        import pprint

        shown = pprint.pformat(value, width=78, compact=False, sort_dicts=False)
        return shown if type(value) in (list, dict, tuple, set) else text
    return repr(value)

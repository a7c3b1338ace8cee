# SPDX-License-Identifier: Apache-2.0
"""Lines that are not Python but that IPython, which runs Python cells on a cluster, would take; and, for the cells of
notebooks, those that notebooks translate before their code reaches a cluster."""

import ast
import os
import re
import shlex
import subprocess
import sys

from . import process, results
from .source import cells_of

CALL = "__trowel_magic__"

# To IPython these are as unknown as to Python: a command of the API that begins with one is a syntax error.
NOTEBOOK_MAGICS = {"md", "md-sandbox", "sh", "fs", "run"}
_LANGUAGES = {"sql", "python", "scala", "r"}
_QUIET = {"matplotlib", "load_ext", "reload_ext", "autoreload", "config"}
_RESTART_NOTE = (
    "Note: you may need to restart the kernel using %restart_python or dbutils.library.restartPython() to use updated packages."
)

_LINE = re.compile(r"^(\s*)(%%?|!)([\w-]*)(.*)$")


class UsageError(Exception):
    pass


def first(code):
    """The magic word that a notebook's cell begins with and what follows; nothing where there is none."""
    found = re.match(r"\s*%([\w-]+)[ \t]*\n?(.*)", code, re.DOTALL)
    if not found:
        return None
    return found.group(1).lower(), found.group(2)


def parse(code, name):
    """The syntax tree and the code that it came from, which differs where magics were replaced by calls."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        return compile(code, name, "exec", flags), code
    except SyntaxError as error:
        problem = error
    # One line after the other, until it is Python: what looks like a magic may stand inside a text.
    lines = code.split("\n")
    for number, line in enumerate(lines):
        match = _LINE.match(line)
        if not match:
            continue
        indent, mark, word, rest = match.groups()
        if mark == "!":
            lines[number] = f"{indent}{CALL}('!', '', {word + rest!r})"
        elif word and word not in NOTEBOOK_MAGICS | _LANGUAGES:
            lines[number] = f"{indent}{CALL}({mark!r}, {word!r}, {rest.strip()!r})"
            if mark == "%%":  # takes the rest of the cell
                del lines[number + 1 :]
        try:
            return compile("\n".join(lines), name, "exec", flags), "\n".join(lines)
        except SyntaxError:
            if mark == "%%":
                break
    raise problem


class Magics:
    def __init__(self, driver, cells):
        self._driver = driver
        self._cells = cells
        self._running = []  # notebooks that %run is in the middle of

    # Lines of Python cells ---------------------------------------------------------------------------------------

    def line(self, mark, name, rest):
        if mark == "!":
            self._shell(rest, report=True)
        elif mark == "%%":
            raise UsageError(f"Cell magic `%%{name}` not found.")
        elif name == "pip":
            self._pip(rest)
        elif name == "restart_python":
            self._driver.dbutils.library.restartPython()
        elif name in ("pwd", "cd"):
            if name == "cd":
                os.chdir(os.path.expanduser(rest or "~"))
            print(os.getcwd())
        elif name == "who":
            names = [name for name in self._driver.main.__dict__ if not name.startswith("_")]
            print("\t ".join(names))
        elif name not in _QUIET:
            raise UsageError(f"Line magic function `%{name}` not found.")

    def _pip(self, rest):
        arguments = shlex.split(rest)
        if arguments[:1] == ["install"]:
            folder = process.libraries(self._driver.configuration)
            if folder not in sys.path:
                sys.path.insert(1, folder)
            # Notebook-scoped: nobody else's Python sees it.
            arguments[1:1] = ["--target", folder, "--upgrade", "--disable-pip-version-check", "--quiet"]
        done = subprocess.run([sys.executable, "-m", "pip", *arguments], stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, f"pip {rest}")
        if arguments[:1] in (["install"], ["uninstall"]):
            print(_RESTART_NOTE)

    def _shell(self, script, report=False, strict=False):
        done = subprocess.run(
            ["/bin/bash", "-e", "-c", script] if strict else ["/bin/bash", "-c", script], stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode and strict:
            raise subprocess.CalledProcessError(done.returncode, "%sh")
        if done.returncode and report:
            print(f"exit status {done.returncode}")

    # Cells of notebooks --------------------------------------------------------------------------------------------

    def cell(self, word, rest):
        if word.startswith("md"):
            return results.text("")
        if word == "sh":
            strict = re.match(r"\s*-e\b", rest)
            self._shell(rest[strict.end() :] if strict else rest, strict=bool(strict))
            return None
        if word == "fs":
            return self._fs(rest)
        return self._run(rest)

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

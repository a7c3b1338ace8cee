# SPDX-License-Identifier: Apache-2.0
"""What IPython gives the code of its cells: magics, get_ipython(), In and Out."""

import contextlib
import inspect
import io
import os
import shlex
import sys

from . import shell, timing
from .magics import CALL, UsageError

_QUIET = {"matplotlib", "load_ext", "reload_ext", "unload_ext", "autoreload", "config", "xmode", "colors", "precision"}
_OF_SHELL = {"ls", "cat", "cp", "mv", "rm", "mkdir", "rmdir", "ll"}
_UNEXPANDED = {"time", "timeit"}


class Captured:
    """What %%capture keeps: texts of both streams."""

    def __init__(self, out, err):
        self._out, self._err = out, err

    @property
    def stdout(self):
        return self._out.getvalue()

    @property
    def stderr(self):
        return self._err.getvalue()

    def show(self):
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)

    __call__ = show

    def __str__(self):
        return self.stdout


class Events:
    """Nothing calls back: matplotlib's figures are collected when a cell has ended."""

    def register(self, _event, _function):
        pass

    unregister = register


class Interactive:
    """get_ipython() gives this: the part of InteractiveShell that notebooks and libraries use."""

    config = {}
    events = Events()

    def __init__(self, driver, cells):
        self._driver = driver
        self._cells = cells
        self._inputs, self._outputs = [""], {}
        self._own_names = set()

    @property
    def user_ns(self):
        return self._driver.main.__dict__

    @property
    def execution_count(self):
        return len(self._inputs)

    def globals(self):
        return {CALL: self.call, "get_ipython": lambda: self, "In": self._inputs, "Out": self._outputs}

    # Cells ----------------------------------------------------------------------------------------------------------

    def begin(self, code):
        """The number of a cell that is about to run."""
        self._own_names = self._own_names or set(self.user_ns)
        self._inputs.append(code)
        return len(self._inputs) - 1

    def keep(self, value):
        number = len(self._inputs) - 1
        names = self.user_ns
        names["___"], names["__"] = names.get("__", ""), names.get("_", "")
        names["_"] = names[f"_{number}"] = self._outputs[number] = value

    def run_cell(self, raw_cell, *_more, **_options):
        self._cells.python(raw_cell)

    def run_line_magic(self, magic_name, line="", *_more):
        return self.call("%", magic_name, line)

    def magic(self, arg_s):
        name, _, rest = arg_s.strip().lstrip("%").partition(" ")
        return self.call("%", name, rest)

    def run_cell_magic(self, magic_name, line, cell):
        action = getattr(self, f"_cell_{magic_name.replace('!', 'bash')}", None)
        if action is None:
            raise UsageError(f"Cell magic `%%{magic_name}` not found.")
        return action(line.strip(), cell)

    def system(self, command):
        shell.run(shell.expanded(command, self.user_ns), report=True)

    def getoutput(self, command, *_more, **_options):
        return shell.lines_of(shell.expanded(command, self.user_ns))

    def ev(self, expression):
        return eval(expression, self.user_ns)

    def ex(self, code):
        exec(code, self.user_ns)

    def enable_gui(self, gui=None):
        pass

    def push(self, variables, interactive=True):
        self.user_ns.update(variables)

    # Lines ----------------------------------------------------------------------------------------------------------

    def call(self, mark, name, rest):
        """What a line of a cell that is no Python stands for."""
        if mark == "?":
            return self._help(rest)
        if mark[0] == "!":
            return self.getoutput(rest) if mark == "!=" else self.system(rest)
        if name in _QUIET:
            return None
        if name not in _UNEXPANDED:
            rest = shell.expanded(rest, self.user_ns)
        if name in _OF_SHELL:
            return shell.run(f"{'ls -l' if name == 'll' else name} {rest}")
        action = getattr(self, f"_line_{name}", None)
        if action is None:
            raise UsageError(f"Line magic function `%{name}` not found.")
        return action(rest)

    def _help(self, path):
        try:
            value = eval(path, self.user_ns)
        except Exception:
            print(f"Object `{path}` not found.")
            return
        with contextlib.suppress(TypeError, ValueError):
            print(f"Signature: {path}{inspect.signature(value)}")
        print(f"Type:      {type(value).__name__}\nDocstring: {inspect.getdoc(value) or '<no docstring>'}")

    def _names(self):
        own = self._own_names
        return sorted(name for name in self.user_ns if not name.startswith("_") and name not in own)

    def _line_who(self, _rest):
        print("\t ".join(self._names()) or "Interactive namespace is empty.")

    def _line_who_ls(self, _rest):
        return self._names()

    def _line_whos(self, _rest):
        for name in self._names():
            print(f"{name}\t{type(self.user_ns[name]).__name__}\t{repr(self.user_ns[name])[:60]}")

    def _line_pwd(self, _rest):
        return os.getcwd()

    def _line_cd(self, rest):
        shell.change_folder(rest)

    def _line_pip(self, rest):
        shell.pip(rest, self._driver.configuration)

    def _line_restart_python(self, _rest):
        self._driver.dbutils.library.restartPython()

    def _line_time(self, rest):
        return timing.timed(lambda: self._cells.evaluate(rest, "<timed>"))

    def _line_timeit(self, rest):
        options, statement = timing.options(rest)
        timing.repeated(statement, "pass", self.user_ns, **options)

    def _line_env(self, rest):
        name, equals, value = rest.partition("=")
        if not equals:
            name, _, value = rest.partition(" ")
        if not rest:
            return dict(os.environ)
        if not equals and not value:
            if name not in os.environ:
                raise UsageError(f"Environment does not have key: {name}")
            return os.environ[name]
        os.environ[name.strip()] = value.strip()
        print(f"env: {name.strip()}={value.strip()}")
        return None

    _line_set_env = _line_env

    def _line_history(self, _rest):
        for code in self._inputs[1:-1]:
            print(code)

    def _line_reset(self, _rest):
        for name in self._names():
            del self.user_ns[name]

    def _line_lsmagic(self, _rest):
        known = [name[len("_line_") :] for name in dir(self) if name.startswith("_line_")]
        cells = [name[len("_cell_") :] for name in dir(self) if name.startswith("_cell_")]
        lines = sorted({*known, *_QUIET, *_OF_SHELL})
        print("Available line magics:\n" + "  ".join(f"%{name}" for name in lines))
        print("\nAvailable cell magics:\n" + "  ".join(f"%%{name}" for name in cells))

    # Whole cells ----------------------------------------------------------------------------------------------------

    def _cell_time(self, _line, cell):
        return timing.timed(lambda: self._cells.evaluate(cell, f"<command-{self.execution_count - 1}>"))

    def _cell_timeit(self, line, cell):
        options, setup = timing.options(line)
        timing.repeated(cell, setup or "pass", self.user_ns, **options)

    def _cell_capture(self, line, cell):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self._cells.evaluate(cell, f"<command-{self.execution_count - 1}>")
        names = [word for word in line.split() if not word.startswith("-")]
        if names:
            self.user_ns[names[0]] = Captured(out, err)

    def _cell_bash(self, _line, cell):
        shell.run(cell, strict=False)

    _cell_sh = _cell_bash

    def _cell_writefile(self, line, cell):
        words = shlex.split(line)
        append = "-a" in words or "--append" in words
        path = os.path.expanduser(next((word for word in words if not word.startswith("-")), ""))
        if not path:
            raise UsageError("%%writefile needs the name of a file.")
        print(("Appending to " if append else "Overwriting " if os.path.exists(path) else "Writing ") + path)
        with open(path, "a" if append else "w", encoding="utf-8") as file:
            file.write(cell)

    def _cell_html(self, _line, cell):
        self._driver.outbox.html(cell)

    _cell_HTML = _cell_html

# SPDX-License-Identifier: Apache-2.0
"""Lines and cells that are not Python but that IPython, which runs Python cells on a cluster, would take: they become
calls of what interactive.py has."""

import ast
import re

CALL = "__trowel_magic__"
# To IPython these are as unknown as to Python: a command of the API that begins with one is a syntax error.
NOT_LINES = {"md", "md-sandbox", "sh", "fs", "run", "sql", "python", "scala", "r"}

_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_LINE = re.compile(r"(\s*)((?:[\w.\[\]'\", ]+?=\s*)?)(%%?|!!?)([\w-]*)(.*)$")
_HELP = re.compile(r"(\s*)(?:\?{1,2}([\w.]+)|([\w.]+)\?{1,2})\s*$")
_CELL = re.compile(r"\s*%%([\w!-]+)[ \t]*([^\n]*)\n?(.*)", re.DOTALL)


class UsageError(Exception):
    pass


def first(code):
    """The magic word that a notebook's cell begins with and what follows; nothing where there is none."""
    found = re.match(r"\s*%([\w-]+)[ \t]*\n?(.*)", code, re.DOTALL)
    if not found:
        return None
    return found.group(1).lower(), found.group(2)


def cell_magic(code):
    """Name, rest of the line and body of a cell that is one magic; nothing where it is none."""
    found = _CELL.match(code)
    return found.groups() if found else None


def parse(code, name):
    """The syntax tree and the code that it came from, which differs where magics were replaced by calls."""
    try:
        return compile(code, name, "exec", _FLAGS), code
    except SyntaxError as error:
        problem = first_problem = error
    # Only lines that Python stumbles over: what looks like a magic may stand inside a text.
    lines = code.split("\n")
    replaced = set()
    while True:
        number = (problem.lineno or 0) - 1
        changed = _as_call(lines[number]) if 0 <= number < len(lines) and number not in replaced else None
        if changed is None:
            raise first_problem
        lines[number] = changed
        replaced.add(number)
        try:
            return compile("\n".join(lines), name, "exec", _FLAGS), "\n".join(lines)
        except SyntaxError as error:
            problem = error


def _as_call(line):
    """The line as Python; nothing where it is no magic either."""
    if found := _HELP.match(line):
        return f"{found.group(1)}{CALL}('?', '', {found.group(2) or found.group(3)!r})"
    found = _LINE.match(line)
    if not found:
        return None
    indent, target, mark, word, rest = found.groups()
    if mark[0] == "!":
        kind = "!=" if target or mark == "!!" else "!"
        return f"{indent}{target}{CALL}({kind!r}, '', {word + rest!r})"
    if not word or mark == "%%" or word in NOT_LINES:
        return None
    return f"{indent}{target}{CALL}('%', {word!r}, {rest.strip()!r})"

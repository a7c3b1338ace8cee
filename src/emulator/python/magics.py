# SPDX-License-Identifier: Apache-2.0
"""Lines that are not Python but that IPython, which runs Python cells on a cluster, would take."""

import ast
import re
import subprocess

CALL = "__trowel_magic__"

# To IPython these are as unknown as to Python: notebooks translate them before they reach a cluster.
NOTEBOOK_MAGICS = {"md", "sql", "sh", "fs", "run", "python", "scala", "r", "md-sandbox"}
QUIET = {"matplotlib", "load_ext", "reload_ext", "autoreload", "config"}
PIP_NOTE = (
    "Note: the Trowel emulator installs nothing. Python cells use the python3 of this machine and the packages that it "
    "has; install there what a notebook needs."
)

_LINE = re.compile(r"^(\s*)(%%?|!)([\w-]*)(.*)$")


class UsageError(Exception):
    pass


def parse(code, name):
    """The syntax tree and the code that it came from, which differs where magics were replaced by calls."""
    try:
        return ast.parse(code, name), code
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
        elif word and word not in NOTEBOOK_MAGICS:
            lines[number] = f"{indent}{CALL}({mark!r}, {word!r}, {rest.strip()!r})"
            if mark == "%%":  # takes the rest of the cell
                del lines[number + 1 :]
        try:
            return ast.parse("\n".join(lines), name), "\n".join(lines)
        except SyntaxError:
            if mark == "%%":
                break
    raise problem


def run(mark, name, rest):
    if mark == "!":
        done = subprocess.run(rest, shell=True, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            print(f"exit status {done.returncode}")
    elif mark == "%%":
        raise UsageError(f"Cell magic `%%{name}` not found.")
    elif name == "pip":
        print(PIP_NOTE)
    elif name not in QUIET:
        raise UsageError(f"Line magic function `%{name}` not found.")

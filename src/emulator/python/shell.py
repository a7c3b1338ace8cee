# SPDX-License-Identifier: Apache-2.0
"""Commands of the shell, and pip, as cells ask for them."""

import os
import re
import shlex
import subprocess
import sys

from . import process

_RESTART_NOTE = (
    "Note: you may need to restart the kernel using %restart_python or dbutils.library.restartPython() to use updated packages."
)


class Lines(list):
    """What `x = !command` gives: the lines of its output."""

    @property
    def l(self):  # noqa: E743 IPython's name
        return list(self)

    @property
    def n(self):
        return "\n".join(self)

    @property
    def s(self):
        return " ".join(self)


def run(script, report=False, strict=False):
    done = subprocess.run(
        ["/bin/bash", "-e", "-c", script] if strict else ["/bin/bash", "-c", script], stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode and strict:
        raise subprocess.CalledProcessError(done.returncode, "%sh")
    if done.returncode and report:
        print(f"exit status {done.returncode}")


def lines_of(script):
    done = subprocess.run(
        ["/bin/bash", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return Lines(done.stdout.decode("utf-8", "replace").splitlines())


def expanded(text, namespace):
    """`$name` and `{expression}` of Python in a command; the text as it is where one of them is none."""

    def value(found):
        name, expression = found.groups()
        if expression is not None:
            return str(eval(expression, namespace))
        if name is None:
            return "$"
        return str(namespace[name]) if name in namespace else found.group()

    try:
        return re.sub(r"\$\$|\$(\w+)|\{([^{}]+)\}", value, text)
    except Exception:  # awk '{print $1}'
        return text


def pip(rest, configuration):
    arguments = shlex.split(rest)
    if arguments[:1] == ["install"]:
        folder = process.libraries(configuration)
        if folder not in sys.path:
            sys.path.insert(1, folder)
        # Notebook-scoped: nobody else's Python sees it.
        arguments[1:1] = ["--target", folder, "--upgrade", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, f"pip {rest}")
    if arguments[:1] in (["install"], ["uninstall"]):
        print(_RESTART_NOTE)


def change_folder(path):
    os.chdir(os.path.expanduser(path or "~"))
    print(os.getcwd())

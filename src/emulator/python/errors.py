# SPDX-License-Identifier: Apache-2.0
"""Exceptions as error results: a summary with HTML, a traceback with ANSI colours, frames of the driver left out."""

import html
import linecache
import sys
import traceback

RED = "\x1b[0;31m"
GREEN = "\x1b[0;32m"
CYAN = "\x1b[0;36m"
END = "\x1b[0m"
RULE = "-" * 75

_MESSAGE_ROOM = 1_000_000  # characters: clients get them twice
_LINE_ROOM = 500  # of a line of source code
RESULT_ROOM = 20 * 1024 * 1024  # bytes of a result, as the service has it


_RUNNER = "trowel_cluster/event_loop.py"


def _error(summary, cause):
    return {"resultType": "error", "summary": summary, "cause": cause}


def _summary(name, message):
    shown = html.escape(message, quote=False)
    return f'<span class="ansi-red-fg">{name}</span>' + (f": {shown}" if message else "")


def _user_frames(error):
    """Without ours, and without those of the event loop between ours and the cell's."""
    frames = traceback.extract_tb(error.__traceback__, limit=-200)
    ours = [index for index, frame in enumerate(frames) if frame.filename.endswith(_RUNNER)]
    return [frame for frame in frames[ours[-1] if ours else 0 :] if "trowel_cluster" not in frame.filename]


def _frame(frame):
    where = f"File {GREEN}{frame.filename}:{frame.lineno}{END}"
    if frame.name != "<module>":
        where += f", in {CYAN}{frame.name}{END}"
    lines = [where]
    for number in range(frame.lineno - 2, frame.lineno + 3):
        text = linecache.getline(frame.filename, number)
        if text:
            mark = f"{GREEN}----> {number}{END}" if number == frame.lineno else f"      {number}"
            lines.append(f"{mark} {_cut(text.rstrip(), _LINE_ROOM)}")
    return "\n".join(lines)


def _cut(text, room):
    return text if len(text) <= room else text[:room] + f"… ({len(text) - room} more characters)"


def _message(error):
    try:
        return _cut(str(error), _MESSAGE_ROOM)
    except Exception:  # user code's own __str__
        return "<exception str() failed>"


def _traceback(error):
    name = type(error).__name__
    if isinstance(error, SyntaxError):
        lines = "".join(traceback.format_exception_only(type(error), error)).rstrip().split("\n")
        body = "\n".join(_cut(line, _LINE_ROOM) for line in lines)
        return f"{RED}{body}{END}"
    lines = [f"{RED}{RULE}{END}", f"{RED}{name}{END}{'Traceback (most recent call last)':>{75 - len(name)}}"]
    lines += [_frame(frame) for frame in _user_frames(error)]
    message = _message(error)
    lines += ["", f"{RED}{name}{END}" + (f": {message}" if message else "")]
    return "\n".join(lines)


def _chain(error):
    parts, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append(_traceback(error))
        if error.__cause__ is not None:
            parts.append("\nThe above exception was the direct cause of the following exception:\n")
            error = error.__cause__
        elif error.__context__ is not None and not error.__suppress_context__:
            parts.append("\nDuring handling of the above exception, another exception occurred:\n")
            error = error.__context__
        else:
            error = None
    return "\n".join(reversed(parts))


def python_error(error):
    message = _message(error)
    cause = _chain(error)
    if isinstance(error, SyntaxError):
        message = error.msg + (f" ({error.filename}, line {error.lineno})" if error.lineno else "")
    if isinstance(error, ModuleNotFoundError):
        cause += f"\n\nThe emulator's clusters have the modules of {sys.executable}; a Databricks Runtime has more."
    return _error(_summary(type(error).__name__, message), cause)


def too_large(size):
    message = f"Command result size exceeds limit: Exceeded {RESULT_ROOM} bytes (current = {size})"
    return _error(_summary("SparkException", message), message)


# For when not even an error can be told: user code may change what Python itself stands on.
LAST_WORDS = (
    '{"resultType":"error","summary":"<span class=\\"ansi-red-fg\\">DriverException</span>: The result cannot be told. '
    'Does the code change Python\'s own modules?","cause":"The result cannot be told."}'
)


def usage_error(message):
    return _error(_summary("UsageError", message), f"{RED}UsageError{END}: {message}")


def any_error(error):
    """Whatever user code ended with."""
    if type(error).__name__ == "UsageError" and type(error).__module__.startswith("trowel_cluster"):
        return usage_error(str(error))
    return python_error(error)


def sql_error(error):
    kind = type(error).__name__
    summary = f"Error in SQL statement: {kind}: {html.escape(str(error), quote=False)}"
    return _error(summary, f"{error.java_class}: {error}\n\tat {error.java_class}.throw(Emulator)")


def language_error(language):
    message = (
        "Your administrator has only allowed sql and python commands on this cluster. "
        f"This execution contained at least one disallowed language: {language}."
    )
    return _error(_summary("SparkException", message), message)

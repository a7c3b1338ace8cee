# SPDX-License-Identifier: Apache-2.0
"""Exceptions as error results: a summary with HTML, a traceback with ANSI colours, frames of the driver left out."""

import html
import linecache
import traceback

RED = "\x1b[0;31m"
GREEN = "\x1b[0;32m"
CYAN = "\x1b[0;36m"
END = "\x1b[0m"
RULE = "-" * 75


def _error(summary, cause):
    return {"resultType": "error", "summary": summary, "cause": cause}


def _summary(name, message):
    shown = html.escape(message, quote=False)
    return f'<span class="ansi-red-fg">{name}</span>' + (f": {shown}" if message else "")


def _is_user_frame(frame):
    return "trowel_cluster" not in frame.filename


def _frame(frame):
    where = f"File {GREEN}{frame.filename}:{frame.lineno}{END}"
    if frame.name != "<module>":
        where += f", in {CYAN}{frame.name}{END}"
    lines = [where]
    for number in range(frame.lineno - 2, frame.lineno + 3):
        text = linecache.getline(frame.filename, number)
        if text:
            mark = f"{GREEN}----> {number}{END}" if number == frame.lineno else f"      {number}"
            lines.append(f"{mark} {text.rstrip()}")
    return "\n".join(lines)


def _message(error):
    try:
        return str(error)
    except Exception:  # user code's own __str__
        return "<exception str() failed>"


def _traceback(error):
    name = type(error).__name__
    if isinstance(error, SyntaxError):
        body = "".join(traceback.format_exception_only(type(error), error)).rstrip()
        return f"{RED}{body}{END}"
    lines = [f"{RED}{RULE}{END}", f"{RED}{name}{END}{'Traceback (most recent call last)':>{75 - len(name)}}"]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__, limit=-200) if _is_user_frame(frame)]
    lines += [_frame(frame) for frame in frames]
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
    if isinstance(error, SyntaxError):
        message = error.msg + (f" ({error.filename}, line {error.lineno})" if error.lineno else "")
    return _error(_summary(type(error).__name__, message), _chain(error))


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

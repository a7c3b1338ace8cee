# SPDX-License-Identifier: Apache-2.0
"""window(time, '1 hour'): the span of a fixed length that a time lies in, as a struct of start and end."""

import datetime
import re

from . import nodes, types
from .coercion import argument
from .errors import fail, unsupported
from .scope import Typed

_SECONDS = {"week": 604_800, "day": 86_400, "hour": 3600, "minute": 60, "second": 1, "millisecond": 0.001}
_EPOCH = datetime.datetime(1970, 1, 1)
_STRUCT = types.struct_of([("start", "timestamp"), ("end", "timestamp")])


def _micros(node):
    text = node.text if isinstance(node, nodes.Interval) else str(getattr(node, "value", ""))
    text = re.sub(r"^\s*interval\s+|['\"]", "", text, flags=re.IGNORECASE)
    found = re.fullmatch(r"\s*(\d+)\s+([a-z]+?)s?\s*", text.lower())
    if not found or found.group(2) not in _SECONDS or not int(found.group(1)):
        raise fail("CANNOT_PARSE_INTERVAL", f"Unable to parse '{text}'. Please ensure a valid interval format.", "22006")
    return round(int(found.group(1)) * _SECONDS[found.group(2)] * 1_000_000)


def _window(translator, arguments, scope):
    if not 2 <= len(arguments) <= 4:
        raise fail("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The `window` requires [2, 4] parameters.", "42605")
    length = _micros(arguments[1])
    if len(arguments) > 2 and _micros(arguments[2]) != length:
        raise unsupported("window() that slides")
    first = _micros(arguments[3]) if len(arguments) > 3 else 0
    at = argument(translator.typed(arguments[0], scope), "t")
    return Typed(f"f_window({at.sql}, {length}, {first})", _STRUCT)


def span(value, length, first):
    """In SQLite: the struct as JSON."""
    at = types.moment(value)
    if at is None:
        return None
    micros = (at - _EPOCH) // datetime.timedelta(microseconds=1)
    start = _EPOCH + datetime.timedelta(microseconds=(micros - first) // length * length + first)
    end = start + datetime.timedelta(microseconds=length)
    return types.encode((start, end), _STRUCT)


FUNCTIONS = {"window": _window}

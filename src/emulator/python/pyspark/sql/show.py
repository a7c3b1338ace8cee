# SPDX-License-Identifier: Apache-2.0
"""Tables as text, and as pandas has them."""

import datetime
import decimal

from trowel_cluster.sql.arrays import shown
from trowel_cluster.sql.scalars import as_text, java_double
from trowel_cluster.sql.types import is_complex, jsonable, timestamp_text


def cell(value, kind):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return java_double(value)
    if isinstance(value, datetime.datetime):
        return timestamp_text(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (bytes, bytearray)):
        return f"[{' '.join(f'{byte:02X}' for byte in value)}]"
    if is_complex(kind):
        return shown(jsonable(value, kind), kind)
    return as_text(value, "string") if not isinstance(value, str) else value


def show(columns, rows, n, truncate, vertical):
    width = 20 if truncate is True else int(truncate)
    more = len(rows) > n

    def cut(text):
        text = text.replace("\n", "\\n").replace("\t", "\\t")
        if not width or len(text) <= width:
            return text
        return text[:width] if width < 4 else text[: width - 3] + "..."

    names = [cut(column.name) for column in columns]
    lines = [[cut(cell(value, column.type)) for value, column in zip(row, columns)] for row in rows[:n]]
    print(_vertical(names, lines) if vertical else _box(names, lines, truncate is not False))
    if more:
        print(f"only showing top {n} row{'s' if n != 1 else ''}")
    if not vertical or more:
        print()


def _box(names, lines, right):
    widths = [max([3] + [len(line[i]) for line in [names, *lines]]) for i in range(len(names))]
    rule = "+" + "+".join("-" * size for size in widths) + "+"
    put = str.rjust if right else str.ljust
    drawn = ["|" + "|".join(put(text, size) for text, size in zip(line, widths)) + "|" for line in [names, *lines]]
    return "\n".join([rule, drawn[0], rule] + drawn[1:] + [rule])


def _vertical(names, lines):
    label = max([len(name) for name in names] or [0])
    value = max([len(text) for line in lines for text in line] or [0])
    out = []
    for index, line in enumerate(lines):
        out.append(f"-RECORD {index}".ljust(label + value + 5, "-"))
        out += [f" {name.ljust(label)} | {text.ljust(value)} " for name, text in zip(names, line)]
    return "\n".join(out) + "\n"


_DTYPES = {
    "long": "int64",
    "integer": "int32",
    "short": "int16",
    "byte": "int8",
    "double": "float64",
    "float": "float32",
    "boolean": "bool",
}


def to_pandas(columns, rows):
    import pandas

    frame = pandas.DataFrame(rows, columns=range(len(columns)))
    for index, column in enumerate(columns):
        if column.type in ("timestamp", "timestamp_ntz"):
            frame[index] = pandas.to_datetime(frame[index], errors="coerce")
        elif column.type in _DTYPES and not frame[index].isna().any():
            frame[index] = frame[index].astype(_DTYPES[column.type])
        elif column.type in ("long", "integer", "short", "byte", "double", "float"):
            frame[index] = frame[index].astype("float64")
        else:
            frame[index] = frame[index].astype(object).where(frame[index].notna(), None)
    frame.columns = [column.name for column in columns]
    return frame

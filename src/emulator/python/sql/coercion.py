# SPDX-License-Identifier: Apache-2.0
"""Implicit and explicit casts between Spark's types, in SQLite's words."""

from . import types
from .errors import fail
from .scope import Typed
from .tokens import literal


def cast(value, target):
    """CAST; what cannot be converted becomes null."""
    source = value.type
    if source == target or target is None or source == "void":
        return Typed(value.sql, target)
    a, b = types.kind_of(source), types.kind_of(target)
    if types.is_complex(target) or types.is_complex(source):
        if b == "string":
            return Typed(f"f_show({value.sql}, {literal(_json(source))})", "string")
        if a != b and source is not None:
            raise fail(
                "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION",
                f'Cannot resolve "CAST(... AS {types.simple(target).upper()})" due to data type mismatch: cannot cast '
                f'"{types.simple(source).upper()}" to "{types.simple(target).upper()}".',
                "42K09",
            )
        return Typed(_rename(value.sql, source, target), target)
    if a in types.INTEGRAL and b in types.INTEGRAL and types.INTEGRAL.index(a) < types.INTEGRAL.index(b):
        return Typed(value.sql, target)
    if a in types.INTEGRAL + ("float", "decimal") and b in ("double", "float"):
        return Typed(f"CAST({value.sql} AS REAL)", target)
    if a in types.INTEGRAL and b == "string":
        return Typed(f"CAST({value.sql} AS TEXT)", target)
    if a in ("date", "timestamp", "timestamp_ntz") and b == "string":
        return Typed(value.sql, target)
    if a == "date" and b.startswith("timestamp"):
        return Typed(f"({value.sql} || ' 00:00:00')", target)
    if a in ("timestamp", "timestamp_ntz") and b == "date":
        return Typed(f"substr({value.sql}, 1, 10)", target)
    if a in ("timestamp", "timestamp_ntz") and b in ("timestamp", "timestamp_ntz"):
        return Typed(value.sql, target)
    return Typed(f"f_cast({value.sql}, {literal(source or '')}, {literal(target)})", target)


def _json(kind):
    import json

    return json.dumps(kind)


def _rename(sql, source, target):
    """Structs whose fields go by other names are written anew."""
    if types.kind_of(source) == "struct" and source["fields"] and len(source["fields"]) == len(target["fields"]):
        pairs = []
        for one, other in zip(source["fields"], target["fields"]):
            if one["name"] == other["name"] and one["type"] == other["type"]:
                pairs.append(None)
                continue
            pairs.append(True)
        if any(pairs):
            from .scope import path

            parts = []
            for one, other in zip(source["fields"], target["fields"]):
                inner = cast(Typed(f"json_extract({sql}, {literal(path(one['name']))})", one["type"]), other["type"])
                parts.append(f"{literal(other['name'])}, {as_json(inner)}")
            return f"(CASE WHEN {sql} IS NULL THEN NULL ELSE json_object({', '.join(parts)}) END)"
    return sql


def as_json(value):
    """As a part of a JSON value: what is JSON already must not become a text in it."""
    return f"json({value.sql})" if types.is_complex(value.type) else value.sql


_KINDS = {"s": "string", "f": "double", "d": "date", "t": "timestamp", "b": "boolean"}


def argument(value, code):
    """For a parameter of functions.py."""
    kind = types.kind_of(value.type)
    if code in "xa" or value.type == "void":
        return value
    if code == "s":
        return value if kind == "string" else cast(value, "string")
    if code == "i":
        return value if kind in types.INTEGRAL else cast(value, "long")
    if code == "n":
        return value if types.is_numeric(value.type) or value.type is None else cast(value, "double")
    if code == "m":
        return value if kind in ("date", "timestamp", "timestamp_ntz", "string") or kind is None else cast(
            value, "timestamp"
        )
    if code == "f":
        return value if types.is_numeric(value.type) or value.type is None else cast(value, "double")
    return value if value.type is None else cast(value, _KINDS[code])


def comparable(one, other):
    """Both as values that SQLite compares as Spark does."""
    a, b = types.kind_of(one.type), types.kind_of(other.type)
    if a == b or a is None or b is None or "void" in (a, b):
        return one, other
    if types.is_numeric(one.type) and types.is_numeric(other.type):
        return one, other
    for kind in ("boolean", "timestamp", "date"):
        if kind in (a, b):
            other_kind = b if a == kind else a
            if kind == "date" and other_kind == "timestamp_ntz":
                kind = other_kind
            return cast(one, kind), cast(other, kind)
    if "string" in (a, b) and (types.is_numeric(one.type) or types.is_numeric(other.type)):
        return cast(one, "double"), cast(other, "double")
    return one, other


def stored(value, target, column):
    """For a column of a table; types that do not fit are an error of the statement."""
    a, b = types.kind_of(value.type), types.kind_of(target)
    if (a in types.INTEGRAL + ("float", "double", "decimal", "boolean") and b in ("date", "timestamp")) or (
        a in ("array", "map", "struct") and b not in (a, "string")
    ):
        raise fail(
            "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST",
            f'Cannot write incompatible data for the table: Cannot safely cast `{column}` "{types.simple(value.type).upper()}" '
            f'to "{types.simple(target).upper()}".',
            "KD000",
        )
    return cast(value, target)

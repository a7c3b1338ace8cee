# SPDX-License-Identifier: Apache-2.0
"""schema_of_json: the type of a JSON text as from_json takes it."""

import json

from . import types
from .errors import fail


def kind_of(text):
    try:
        return _kind(json.loads(text))
    except ValueError:
        raise fail("INVALID_JSON_SCHEMA", f"The text {text[:100]!r} is not JSON.", "22032") from None


def written(kind):
    """STRUCT<a: BIGINT, b: ARRAY<STRING>>"""
    if not isinstance(kind, dict):
        return types.simple(kind).upper()
    if kind["type"] == "array":
        return f"ARRAY<{written(kind['elementType'])}>"
    return "STRUCT<" + ", ".join(f"{field['name']}: {written(field['type'])}" for field in kind["fields"]) + ">"


def _kind(value):
    if isinstance(value, dict):
        return types.struct_of([(name, _kind(value[name])) for name in sorted(value)])
    if isinstance(value, list):
        kind = None
        for each in value:
            kind = _merged(kind, _kind(each) if each is not None else None)
        return types.array_of(kind or "string")
    if isinstance(value, bool):
        return "boolean"
    return "long" if isinstance(value, int) else "double" if isinstance(value, float) else "string"


def _merged(one, other):
    if one is None or other is None or one == other:
        return one or other
    if isinstance(one, dict) and isinstance(other, dict) and one["type"] == other["type"] == "struct":
        fields = {field["name"]: field["type"] for field in one["fields"]}
        for field in other["fields"]:
            fields[field["name"]] = _merged(fields.get(field["name"]), field["type"])
        return types.struct_of(sorted(fields.items()))
    if isinstance(one, dict) and isinstance(other, dict) and one["type"] == other["type"]:
        return types.array_of(_merged(one["elementType"], other["elementType"]))
    return "double" if {str(one), str(other)} == {"long", "double"} else "string"

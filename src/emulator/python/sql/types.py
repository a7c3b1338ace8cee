# SPDX-License-Identifier: Apache-2.0
"""Spark's types, in the form that Spark's own JSON has: a name such as "long" or "decimal(10,2)", or a dict for arrays,
maps and structs. None is the type of a value that only the value itself tells. Here are their names in SQL, the types
that two of them have in common, and how their values are stored in SQLite: dates and timestamps as text, booleans as 0
and 1, arrays, maps and structs as JSON."""

import base64
import datetime
import decimal
import json
import re

from .errors import fail
from .row import Row
from .tokens import identifier, tokenize, value_of

INTEGRAL = ("byte", "short", "integer", "long")
_SQL = {"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint"}
_NAMES = {
    "string": "string", "varchar": "string", "char": "string", "text": "string", "bigint": "long", "long": "long",
    "int": "integer", "integer": "integer", "smallint": "short", "short": "short", "tinyint": "byte", "byte": "byte",
    "double": "double", "float": "float", "real": "float", "boolean": "boolean", "date": "date",
    "timestamp": "timestamp", "timestamp_ltz": "timestamp", "timestamp_ntz": "timestamp_ntz", "binary": "binary",
    "blob": "binary", "decimal": "decimal", "numeric": "decimal", "dec": "decimal", "void": "void", "variant": "string",
}  # fmt: skip


def array_of(element):
    return {"type": "array", "elementType": element or "string", "containsNull": True}


def map_of(key, value):
    return {"type": "map", "keyType": key or "string", "valueType": value or "string", "valueContainsNull": True}


def struct_of(fields):
    """`fields` are pairs of name and type."""
    made = [{"name": name, "type": kind or "string", "nullable": True, "metadata": {}} for name, kind in fields]
    return {"type": "struct", "fields": made}


def kind_of(kind):
    """array, map, struct, decimal, or the name itself."""
    if isinstance(kind, dict):
        return kind["type"]
    return "decimal" if kind and kind.startswith("decimal") else kind


def is_numeric(kind):
    return kind_of(kind) in INTEGRAL + ("float", "double", "decimal")


def is_complex(kind):
    return isinstance(kind, dict)


def precision(kind):
    """Of a decimal, and its scale; integral types as the decimals that hold them."""
    if kind in INTEGRAL:
        return {"byte": 3, "short": 5, "integer": 10, "long": 20}[kind], 0
    numbers = [int(number) for number in re.findall(r"\d+", kind)]
    return (numbers + [0])[0:2] if numbers else (10, 0)


def decimal_of(digits, scale):
    """Within Spark's bounds: what does not fit loses places after the point, but not below six of them."""
    if digits > 38:
        scale = max(38 - (digits - scale), min(scale, 6))
        digits = 38
    return f"decimal({digits},{scale})"


# Names ---------------------------------------------------------------------------------------------------------------


def simple(kind):
    """As DESCRIBE prints it: bigint, array<int>, decimal(10,2)."""
    if kind is None:
        return "string"
    if not isinstance(kind, dict):
        return _SQL.get(kind, kind)
    if kind["type"] == "array":
        return f"array<{simple(kind['elementType'])}>"
    if kind["type"] == "map":
        return f"map<{simple(kind['keyType'])},{simple(kind['valueType'])}>"
    return f"struct<{','.join(field['name'] + ':' + simple(field['type']) for field in kind['fields'])}>"


def declaration(kind):
    """How a column of this type is declared in SQLite. One declared as STRING would turn '007' into 7."""
    if kind is None or kind in ("string", "void"):
        return "text"
    if kind == "binary":
        return "blob"
    return identifier(simple(kind)) if is_complex(kind) else simple(kind)


def of_declaration(text):
    """The inverse; None for the column of a view that is an expression."""
    if not text:
        return None
    try:
        return parse_type(text)
    except Exception:
        return None


def parse_type(text):
    tokens = tokenize(text)
    kind, position = read_type(tokens, 0)
    if tokens[position].kind != "end":
        raise _bad_type(text)
    return kind


def read_type(tokens, position):
    """The type that begins at a token, and where it ends."""
    token = tokens[position]
    name = token.text.lower()
    position += 1
    if name in ("array", "map", "struct") and tokens[position].text in ("<", "<>"):
        if tokens[position].text == "<>":
            return struct_of([]), position + 1
        return _read_complex(name, tokens, position + 1)
    base = _NAMES.get(name)
    if base is None or token.kind != "word":
        raise _bad_type(token.text)
    if name == "double" and tokens[position].upper == "PRECISION":
        position += 1
    numbers = []
    if tokens[position].text == "(":
        while tokens[position].text != ")":
            if tokens[position].kind == "end":
                raise _bad_type(token.text)
            if tokens[position].kind == "number":
                numbers.append(int(tokens[position].text))
            position += 1
        position += 1
    if base == "decimal":
        base = f"decimal({(numbers + [10])[0]},{numbers[1] if len(numbers) > 1 else 0})"
    return base, position


def _read_complex(kind_name, tokens, position):
    def close(position):
        """`>`, also where `>>` of nested types is read as two."""
        if tokens[position].text != ">":
            raise _bad_type(kind_name)
        return position + 1

    if kind_name == "array":
        element, position = read_type(tokens, position)
        return array_of(element), close(position)
    if kind_name == "map":
        key, position = read_type(tokens, position)
        value, position = read_type(tokens, position + 1)
        return map_of(key, value), close(position)
    fields = []
    while tokens[position].text != ">":
        label = value_of(tokens[position])
        position += 2 if tokens[position + 1].text == ":" else 1
        if tokens[position].kind == "parameter":  # a:int without a space
            name = tokens[position].text[1:]
            tokens[position] = tokens[position]._replace(kind="word", text=name, upper=name.upper())
        kind, position = read_type(tokens, position)
        if tokens[position].upper == "NOT":
            position += 2
        if tokens[position].upper == "COMMENT":
            position += 2
        fields.append((label, kind))
        if tokens[position].text == ",":
            position += 1
        elif tokens[position].text != ">":
            raise _bad_type(kind_name)
    return struct_of(fields), position + 1


def _bad_type(text):
    from .errors import ParseException

    return ParseException(f'[UNSUPPORTED_DATATYPE] Unsupported data type "{text.strip().upper()}". SQLSTATE: 0A000')


def parse_schema(text):
    """Columns out of "a INT, b: STRING NOT NULL" or "struct<a:int>": pairs of name and type."""
    text = text.strip()
    if not re.match(r"struct\s*<", text, re.I):
        text = f"struct<{text}>"
    return [(field["name"], field["type"]) for field in parse_type(text)["fields"]]


# Types in common -------------------------------------------------------------------------------------------------------


def common(one, other, where="expression"):
    """The type that values of both have when they stand in one column."""
    if one is None or other is None:
        return one if other == "void" else other if one == "void" else None
    if one == other or other == "void":
        return one
    if one == "void":
        return other
    if is_numeric(one) and is_numeric(other):
        return _common_number(one, other)
    pair = {kind_of(one), kind_of(other)}
    if pair <= {"date", "timestamp", "timestamp_ntz"}:
        return "timestamp"
    if "string" in pair and not pair & {"array", "map", "struct", "binary"}:
        return "string"
    if pair == {"array"}:
        return array_of(common(one["elementType"], other["elementType"], where))
    if pair == {"map"}:
        return map_of(one["keyType"], common(one["valueType"], other["valueType"], where))
    if pair == {"struct"} and len(one["fields"]) == len(other["fields"]):
        merged = [(a["name"], common(a["type"], b["type"], where)) for a, b in zip(one["fields"], other["fields"])]
        return struct_of(merged)
    raise fail(
        "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
        f'Cannot resolve "{where}" due to data type mismatch: Input to `{where}` should all be the same type, but it\'s '
        f'("{simple(one).upper()}" or "{simple(other).upper()}").',
        "42K09",
    )


def _common_number(one, other):
    if "double" in (one, other):
        return "double"
    if "float" in (one, other):
        return "float" if {one, other} <= {"float", *INTEGRAL} else "double"
    if kind_of(one) == "decimal" or kind_of(other) == "decimal":
        (p1, s1), (p2, s2) = precision(one), precision(other)
        scale = max(s1, s2)
        return decimal_of(max(p1 - s1, p2 - s2) + scale, scale)
    return max(one, other, key=INTEGRAL.index)


# Values ------------------------------------------------------------------------------------------------------------


def moment(value):
    """A datetime of text that may have a T, a zone and any number of digits after the second; None of anything else."""
    if isinstance(value, datetime.datetime):
        return value
    found = _MOMENT.match(str(value).strip())
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        made = datetime.datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
            int(((fraction or "") + "000000")[:6]),
        )  # fmt: skip
    except ValueError:
        return None
    if zone and zone not in ("Z", "UTC"):
        sign = 1 if zone[0] == "+" else -1
        hours, _, minutes = zone[1:].partition(":")
        made -= sign * datetime.timedelta(hours=int(hours), minutes=int(minutes or 0))
    return made


_MOMENT = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?\s*"
    r"(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?)?)?)?$"
)


def timestamp_text(value):
    """One spelling for each moment, so that texts compare as the moments do."""
    text = value.strftime("%Y-%m-%d %H:%M:%S") if value.year >= 1000 else value.isoformat(sep=" ", timespec="seconds")
    return f"{text}.{value.microsecond:06}".rstrip("0") if value.microsecond else text


def encode(value, kind=None):
    """A Python value as SQLite stores it."""
    if value is None or isinstance(value, (bool, int, str, bytes)):
        if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
            return float(value)
        if isinstance(value, int) and kind in ("double", "float"):
            return float(value)
        return value
    if isinstance(value, float):
        return None if value != value else value  # SQLite has no NaN
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return timestamp_text(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**63 else float(value)
    if isinstance(value, bytearray):
        return bytes(value)
    if hasattr(value, "item") and not hasattr(value, "__len__"):  # numpy scalars
        return encode(value.item(), kind)
    if isinstance(value, (dict, list, tuple, set)) or hasattr(value, "tolist"):
        return json.dumps(jsonable(value, kind), separators=(",", ":"), ensure_ascii=False)
    return str(value)


def jsonable(value, kind=None):
    """The same with lists and dicts only; structs are dicts."""
    if hasattr(value, "tolist") and not isinstance(value, (str, bytes)):
        value = value.tolist()
    if isinstance(value, Row) and hasattr(value, "__fields__"):
        value = dict(zip(value.__fields__, value))
    if isinstance(value, tuple) and kind_of(kind) == "struct":
        value = {field["name"]: item for field, item in zip(kind["fields"], value)}
    if isinstance(value, dict):
        inner = {field["name"]: field["type"] for field in kind["fields"]} if kind_of(kind) == "struct" else {}
        return {str(encode(key)): jsonable(item, inner.get(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [jsonable(item, kind["elementType"] if kind_of(kind) == "array" else None) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return encode(value)


def decode(value, kind):
    """A stored value as Python has it."""
    if value is None or kind is None:
        return value
    try:
        return _decode(value, kind)
    except (ValueError, TypeError, ArithmeticError):
        return value  # SQLite takes any value in any column


def _decode(value, kind):
    if isinstance(kind, dict):
        return _decode_complex(json.loads(value) if isinstance(value, str) else value, kind)
    if kind == "string":
        return value if isinstance(value, str) else str(value)
    if kind in INTEGRAL:
        return int(value)
    if kind in ("double", "float"):
        return float(value)
    if kind == "boolean":
        return bool(value)
    if kind == "date":
        return datetime.date.fromisoformat(str(value)[:10])
    if kind in ("timestamp", "timestamp_ntz"):
        return moment(value) or value
    if kind.startswith("decimal"):
        scale = precision(kind)[1]
        context = decimal.Context(prec=60, rounding=decimal.ROUND_HALF_UP)
        return exact(value).quantize(decimal.Decimal(1).scaleb(-scale), context=context)
    if kind == "binary":
        return value.encode() if isinstance(value, str) else bytes(value)
    return value


def exact(value):
    """A number as a decimal, without the noise that a double has behind its 15th digit."""
    return decimal.Decimal(format(value, ".15g") if isinstance(value, float) else str(value).strip())


def _decode_complex(value, kind):
    if value is None:
        return None
    if kind["type"] == "array":
        return [_inner(item, kind["elementType"]) for item in value]
    if kind["type"] == "map":
        return {_inner(key, kind["keyType"]): _inner(item, kind["valueType"]) for key, item in value.items()}
    names = [field["name"] for field in kind["fields"]]
    items = value if isinstance(value, list) else [value.get(name) for name in names]
    return Row.of(names, [_inner(item, field["type"]) for item, field in zip(items, kind["fields"])])


def _inner(value, kind):
    if kind == "binary" and isinstance(value, str):
        return base64.b64decode(value)
    return decode(value, kind)

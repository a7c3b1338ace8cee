# SPDX-License-Identifier: Apache-2.0
"""Functions on texts and numbers, and casts, as SQLite calls them: f_<name>."""

import base64
import binascii
import datetime
import decimal
import hashlib
import math
import random
import re
import urllib.parse
import uuid
import zlib

from .errors import SparkRuntimeException
from .types import INTEGRAL, exact, moment, precision, timestamp_text


def java_double(value):
    """A double as Java prints it."""
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    size = abs(value)
    if value == 0 or 1e-3 <= size < 1e7:
        text = repr(value)
        return text if "e" not in text else f"{value:f}".rstrip("0") + ("0" if value == int(value) else "")
    mantissa, _, exponent = f"{decimal.Decimal(repr(value)):e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}{'' if '.' in mantissa else '.0'}E{int(exponent)}"


def as_text(value, kind):
    """A stored value of a type as CAST(x AS STRING) makes it."""
    if value is None:
        return None
    if kind == "boolean":
        return "true" if value else "false"
    if kind in ("double", "float"):
        return java_double(float(value))
    if isinstance(kind, str) and kind.startswith("decimal"):
        return format(exact(value).quantize(decimal.Decimal(1).scaleb(-precision(kind)[1])), "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float):
        return java_double(value)
    return str(value)


_LIMITS = {"byte": 2**7, "short": 2**15, "integer": 2**31, "long": 2**63}
_TRUE, _FALSE = ("t", "true", "y", "yes", "1"), ("f", "false", "n", "no", "0")


def cast(value, source, target):
    """Between stored values; what cannot be converted is null, as without ANSI mode."""
    try:
        return _cast(value, source, target)
    except (ValueError, TypeError, ArithmeticError):
        return None


def _cast(value, source, target):
    if target == "string":
        return as_text(value, source)
    if source in ("timestamp", "date") and (target in INTEGRAL or target == "double"):
        return None if source == "date" else _epoch(moment(value))
    if target == "boolean":
        if isinstance(value, str):
            word = value.strip().lower()
            return 1 if word in _TRUE else 0 if word in _FALSE else None
        return 1 if value else 0
    if target in INTEGRAL:
        number = int(decimal.Decimal(str(value).strip()).to_integral_value(decimal.ROUND_DOWN))
        limit = _LIMITS[target]
        if -limit <= number < limit:
            return number
        return None if isinstance(value, str) or target == "long" else (number + limit) % (2 * limit) - limit
    if target in ("double", "float"):
        number = float(value)
        return None if number != number else number
    if target.startswith("decimal"):
        digits, scale = precision(target)
        number = exact(value).quantize(
            decimal.Decimal(1).scaleb(-scale), rounding=decimal.ROUND_HALF_UP
        )
        if len(number.as_tuple().digits) > digits and abs(number) >= decimal.Decimal(10) ** (digits - scale):
            return None
        return int(number) if scale == 0 and abs(number) < 2**63 else float(number)
    if target == "date":
        at = moment(value)
        return None if at is None else at.date().isoformat()
    if target in ("timestamp", "timestamp_ntz"):
        if isinstance(value, (int, float)):
            from .dates import SCALARS as dates

            return dates["to_timestamp"](value)
        at = moment(value)
        return None if at is None else timestamp_text(at)
    if target == "binary":
        return value.encode() if isinstance(value, str) else value
    return value


def _epoch(at):
    return int((at - datetime.datetime(1970, 1, 1)).total_seconds())


def _round(mode):
    def call(value, places=0):
        number = exact(value).quantize(decimal.Decimal(1).scaleb(-int(places)), rounding=mode)
        return int(number) if isinstance(value, int) else float(number)

    return call


def _java_regex(pattern):
    """Named groups and possessive marks apart, Java's patterns are Python's."""
    return re.compile(re.sub(r"\(\?<([A-Za-z]\w*)>", r"(?P<\1>", pattern))


def _regexp_replace(text, pattern, to, position=1):
    """$1 is a group; a backslash takes what follows as it is."""

    def part(found):
        return f"\\g<{found.group(2)}>" if found.group(2) else found.group(1).replace("\\", "\\\\")

    to = re.sub(r"\\(.)|\$(\d)", part, to, flags=re.DOTALL)
    return text[: position - 1] + _java_regex(pattern).sub(to, text[position - 1 :])


def _regexp_extract(text, pattern, group=1):
    found = _java_regex(pattern).search(text)
    return (found.group(group) or "") if found else ""


def _like_regex(pattern, escape="\\"):
    out, index = "", 0
    while index < len(pattern):
        letter = pattern[index]
        if letter == escape and index + 1 < len(pattern):
            index += 1
            out += re.escape(pattern[index])
        else:
            out += {"%": ".*", "_": "."}.get(letter, re.escape(letter))
        index += 1
    return out


def like(text, pattern, escape="\\", flags=0):
    return 1 if re.fullmatch(_like_regex(pattern, escape), text, re.DOTALL | flags) else 0


def _pad(text, length, pad, left):
    length = int(length)
    if length <= len(text) or not pad:
        return text[: max(0, length)]
    fill = (pad * length)[: length - len(text)]
    return fill + text if left else text + fill


def _substring(text, start, length=None):
    start = int(start)
    begin = start - 1 if start > 0 else len(text) + start if start < 0 else 0
    end = len(text) if length is None else begin + max(0, int(length))
    return text[max(0, begin) : max(0, end)]


def _substring_index(text, mark, count):
    parts = text.split(mark)
    return mark.join(parts[:count] if count > 0 else parts[count:]) if count else ""


def _split_part(text, mark, part):
    parts = text.split(mark) if mark else [text]
    index = part - 1 if part > 0 else len(parts) + part
    return parts[index] if 0 <= index < len(parts) else ""


def _format_string(pattern, *values):
    pattern = re.sub(r"%(\d+)\$", "%", pattern)
    return pattern.replace("%n", "\n") % values


def _translate(text, source, target):
    table = {}
    for index, letter in enumerate(source):
        table.setdefault(ord(letter), target[index] if index < len(target) else None)
    return text.translate(table)


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def _sha2(value, bits):
    return hashlib.new({0: "sha256"}.get(bits, f"sha{bits}"), _bytes(value)).hexdigest()


def _hex(value):
    return format(value & 0xFFFFFFFFFFFFFFFF, "X") if isinstance(value, int) else _bytes(value).hex().upper()


def _conv(number, source, target):
    value, digits, out = int(str(number), source), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", ""
    while value:
        value, rest = divmod(value, abs(target))
        out = digits[rest] + out
    return out or "0"


def _soundex(text):
    codes = {letter: code for code, letters in enumerate(["", "BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"]) for letter in letters}
    text = text.upper()
    out, last = text[:1], codes.get(text[:1])
    for letter in text[1:]:
        code = codes.get(letter)
        if code and code != last:
            out += str(code)
        if letter not in "HW":
            last = code
    return (out + "000")[:4]


def _levenshtein(one, other):
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        before, row[0] = row[0], index
        for place, against in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != against))
    return row[-1]


def _format_number(value, places):
    if isinstance(places, str):
        places = len(places.partition(".")[2])
    return f"{decimal.Decimal(str(value)).quantize(decimal.Decimal(1).scaleb(-places), rounding=decimal.ROUND_HALF_EVEN):,}"


def _hash(*values):
    """Stable, but none of Spark's values: who compares hashes with a real cluster's must know."""
    return zlib.crc32(repr(values).encode()) - 2**31


def _quiet(function):
    def call(*values):
        try:
            return function(*values)
        except (ValueError, ArithmeticError):
            return None

    return call


def _parse_url(url, part, key=None):
    parts = urllib.parse.urlsplit(url)
    if part == "QUERY" and key is not None:
        return (urllib.parse.parse_qs(parts.query).get(key) or [None])[0]
    found = {"HOST": parts.hostname, "PATH": parts.path, "QUERY": parts.query or None, "PROTOCOL": parts.scheme,
             "REF": parts.fragment or None, "AUTHORITY": parts.netloc}  # fmt: skip
    return found.get(part)


def _raise(message):
    raise SparkRuntimeException(f"[USER_RAISED_EXCEPTION] {message} SQLSTATE: P0001")


SCALARS = {
    "cast": cast, "like": like, "ilike": lambda *given: like(*given, flags=re.IGNORECASE),
    "rlike": lambda text, pattern: 1 if _java_regex(pattern).search(text) else 0,
    "upper": str.upper, "lower": str.lower, "initcap": lambda text: re.sub(r"\S+", lambda word: word.group().capitalize(), text),
    "length": len, "octet_length": lambda value: len(_bytes(value)),
    "trim": lambda text, what=" ": text.strip(what), "ltrim": lambda text, what=" ": text.lstrip(what),
    "rtrim": lambda text, what=" ": text.rstrip(what),
    "substring": _substring, "left": lambda text, count: text[: max(0, count)],
    "right": lambda text, count: text[-count:] if count > 0 else "", "substring_index": _substring_index,
    "concat_ws": lambda mark, *parts: None if mark is None else mark.join(_flat_texts(parts)),
    "replace": lambda text, old, new="": text.replace(old, new) if old else text,
    "regexp_replace": _regexp_replace, "regexp_extract": _regexp_extract,
    "regexp_count": lambda text, pattern: len(_java_regex(pattern).findall(text)),
    "split_part": _split_part, "locate": lambda part, text, start=1: text.find(part, max(0, start - 1)) + 1,
    "lpad": lambda text, length, pad=" ": _pad(text, length, pad, True),
    "rpad": lambda text, length, pad=" ": _pad(text, length, pad, False),
    "repeat": lambda text, count: text * max(0, count), "reverse": lambda text: text[::-1],
    "ascii": lambda text: ord(text[0]) if text else 0, "chr": lambda code: chr(code % 256) if code >= 0 else "",
    "base64": lambda value: base64.b64encode(_bytes(value)).decode(), "unbase64": lambda text: base64.b64decode(text),
    "hex": _hex, "unhex": _quiet(lambda text: binascii.unhexlify(text if len(text) % 2 == 0 else "0" + text)),
    "md5": lambda value: hashlib.md5(_bytes(value)).hexdigest(), "sha1": lambda value: hashlib.sha1(_bytes(value)).hexdigest(),
    "sha2": _sha2, "crc32": lambda value: zlib.crc32(_bytes(value)), "hash": _hash,
    "soundex": _soundex, "levenshtein": _levenshtein, "translate": _translate,
    "overlay": lambda text, to, at, size=-1: text[: at - 1] + to + text[at - 1 + (len(to) if size < 0 else size) :],
    "format_number": _format_number, "format_string": _format_string,
    "startswith": lambda text, part: 1 if text.startswith(part) else 0,
    "endswith": lambda text, part: 1 if text.endswith(part) else 0, "contains": lambda text, part: 1 if part in text else 0,
    "find_in_set": lambda text, listed: listed.split(",").index(text) + 1 if text in listed.split(",") else 0,
    "url_encode": lambda text: urllib.parse.quote_plus(text), "url_decode": lambda text: urllib.parse.unquote_plus(text),
    "parse_url": _parse_url, "encode": lambda text, charset: text.encode(charset),
    "decode": lambda data, charset: _bytes(data).decode(charset, "replace"), "space": lambda count: " " * count,
    "ceil": lambda value: math.ceil(value), "floor": lambda value: math.floor(value),
    "round": _round(decimal.ROUND_HALF_UP), "bround": _round(decimal.ROUND_HALF_EVEN),
    "sqrt": lambda value: math.sqrt(value) if value >= 0 else None,
    "cbrt": lambda value: math.copysign(abs(value) ** (1 / 3), value), "exp": _quiet(math.exp),
    "ln": lambda value: math.log(value) if value > 0 else None,
    "log": lambda base, value: math.log(value, base) if value > 0 and base > 0 and base != 1 else None,
    "log2": lambda value: math.log2(value) if value > 0 else None, "log10": lambda value: math.log10(value) if value > 0 else None,
    "log1p": lambda value: math.log1p(value) if value > -1 else None, "expm1": math.expm1,
    "pow": _quiet(lambda value, power: float(value) ** power), "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "asin": _quiet(math.asin), "acos": _quiet(math.acos), "atan": math.atan, "atan2": math.atan2, "sinh": math.sinh,
    "cosh": math.cosh, "tanh": math.tanh, "degrees": math.degrees, "radians": math.radians, "hypot": math.hypot,
    "sign": lambda value: float((value > 0) - (value < 0)), "mod": _quiet(lambda value, by: math.fmod(value, by)),
    "imod": lambda value, by: int(math.fmod(value, by)) if abs(value) < 2**52 else value - by * int(value / by),
    "pmod": _quiet(lambda value, by: ((value % by) + abs(by)) % abs(by) if by else None),
    "factorial": lambda value: math.factorial(value) if 0 <= value <= 20 else None, "bin": lambda value: format(value & (2**64 - 1), "b"),
    "conv": _quiet(_conv), "xor": lambda one, other: one ^ other,
    "rand": lambda *_seed: random.random(), "randn": lambda *_seed: random.gauss(0, 1), "uuid": lambda: str(uuid.uuid4()),
    "greatest": lambda *values: max((value for value in values if value is not None), default=None),
    "least": lambda *values: min((value for value in values if value is not None), default=None),
    "raise_error": _raise,
}  # fmt: skip
NULLABLE = {"concat_ws", "greatest", "least", "hash"}


def _flat_texts(parts):
    import json

    for part in parts:
        if isinstance(part, str) and part.startswith("\x01"):  # an array among texts
            yield from (str(item) for item in json.loads(part[1:]) if item is not None)
        elif part is not None:
            yield str(part)

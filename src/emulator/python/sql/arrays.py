# SPDX-License-Identifier: Apache-2.0
"""Functions on arrays, maps and structs, which are stored as JSON."""

import datetime
import json
import random
import re

from . import dates
from .types import moment, timestamp_text


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _on_array(function):
    """Takes the first argument as a list; lists that come back are stored again."""

    def call(text, *rest):
        made = function(json.loads(text), *rest)
        return dump(made) if isinstance(made, (list, dict)) else made

    return call


def _on_two(function):
    return lambda one, other: dump(function(json.loads(one), json.loads(other)))


def plain(value, nested):
    """A stored value as part of a JSON text."""
    return json.loads(value) if nested and isinstance(value, str) else value


def _distinct(items):
    seen, out = set(), []
    for item in items:
        mark = json.dumps(item, sort_keys=True)
        if mark not in seen:
            seen.add(mark)
            out.append(item)
    return out


def _marks(items):
    return {json.dumps(item, sort_keys=True) for item in items}


def _in(item, marks):
    return json.dumps(item, sort_keys=True) in marks


def _order(item):
    return json.dumps(item) if isinstance(item, (list, dict)) else item


def _sorted(items, ascending=1):
    solid = sorted((item for item in items if item is not None), key=_order, reverse=not ascending)
    nulls = [None] * (len(items) - len(solid))
    return nulls + solid if ascending else solid + nulls


def _element_at(text, key):
    value = json.loads(text)
    if isinstance(value, dict):
        found = value.get(str(key))
    else:
        index = key - 1 if key > 0 else len(value) + key
        found = value[index] if 0 <= index < len(value) and key else None
    return dump(found) if isinstance(found, (list, dict)) else found


def item(text, key):
    """x[key]: arrays count from zero."""
    value = json.loads(text)
    if isinstance(value, dict):
        found = value.get(str(key))
    else:
        found = value[int(key)] if 0 <= int(key) < len(value) else None
    return dump(found) if isinstance(found, (list, dict)) else found


def _slice(items, start, length):
    begin = start - 1 if start > 0 else len(items) + start
    return items[begin : begin + length]


def _sequence(start, stop, step=None, months=0, days=0, micros=0):
    if isinstance(start, int):
        step = step or (1 if stop >= start else -1)
        return dump(list(range(start, stop + (1 if step > 0 else -1), step)))
    as_date, at, end, out = len(str(start)) == 10, moment(start), moment(stop), []
    if not (months or days or micros):
        days = 1
    first, count = at, 0
    while (at <= end) if (months, days, micros) > (0, 0, 0) else (at >= end):
        out.append(at.date().isoformat() if as_date else timestamp_text(at))
        count += 1
        at = dates.add_months(first, months * count) + datetime.timedelta(days=days * count, microseconds=micros * count)
    return dump(out)


def _flatten(items):
    return [item for part in items for item in part]


def _zip(*texts):
    lists = [json.loads(text) for text in texts]
    size = max(map(len, lists), default=0)
    return dump([{str(index): (each + [None] * size)[row] for index, each in enumerate(lists)} for row in range(size)])


def _to_json(text, kind):
    """With true and false, which are stored as 1 and 0."""
    return dump(spoken(json.loads(text), json.loads(kind)))


def spoken(value, kind):
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    if kind == "timestamp":
        return str(value).replace(" ", "T") + ("" if "." in str(value) else ".000") + "Z"
    if not isinstance(kind, dict):
        return value
    if kind["type"] == "array":
        return [spoken(each, kind["elementType"]) for each in value]
    if kind["type"] == "map":
        return {key: spoken(each, kind["valueType"]) for key, each in value.items()}
    return {
        field["name"]: spoken(value.get(field["name"]), field["type"])
        for field in kind["fields"]
        if value.get(field["name"]) is not None
    }


def _from_json(text):
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return dump(value) if isinstance(value, (list, dict)) else None


def _get_json_object(text, path):
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not path.startswith("$"):
        return None
    for found in re.finditer(r"\.(\w+)|\[(\d+)\]|\['([^']+)'\]", path):
        key = found.group(1) or found.group(3)
        if key is not None:
            value = value.get(key) if isinstance(value, dict) else None
        else:
            index = int(found.group(2))
            value = value[index] if isinstance(value, list) and index < len(value) else None
    if value is None:
        return None
    return value if isinstance(value, str) else dump(value)


def _map_of(pairs):
    return dump({str(key): value for key, value in pairs})


def _str_to_map(text, pair=",", mark=":"):
    return _map_of((part.split(mark, 1) + [None])[:2] for part in re.split(pair, text))


def _split(text, pattern, limit=-1):
    from .scalars import _java_regex

    if pattern == "":
        return dump(list(text))
    return dump(_java_regex(pattern).split(text, maxsplit=limit - 1 if limit > 0 else 0))


def _array_join(items, mark, instead=None):
    return mark.join(
        str(each if each is not None else instead) for each in items if each is not None or instead is not None
    )


def _shuffled(items):
    return random.sample(items, len(items))


SCALARS = {
    "item": item, "element_at": _element_at, "size": _on_array(len),
    "array_contains": _on_array(lambda items, value: 1 if value in items else None if None in items else 0),
    "array_distinct": _on_array(_distinct), "sort_array": _on_array(_sorted),
    "array_sort": _on_array(lambda items: _sorted([each for each in items if each is not None]) + [each for each in items if each is None]),
    "array_max": _on_array(lambda items: max((each for each in items if each is not None), default=None)),
    "array_min": _on_array(lambda items: min((each for each in items if each is not None), default=None)),
    "array_join": _on_array(_array_join), "array_remove": _on_array(lambda items, value: [each for each in items if each != value]),
    "array_position": _on_array(lambda items, value: items.index(value) + 1 if value in items else 0),
    "array_append": lambda text, value, nested=0: dump(json.loads(text) + [plain(value, nested)]),
    "array_prepend": lambda text, value, nested=0: dump([plain(value, nested)] + json.loads(text)),
    "array_compact": _on_array(lambda items: [each for each in items if each is not None]),
    "array_reverse": _on_array(lambda items: items[::-1]), "flatten": _on_array(_flatten), "slice": _on_array(_slice),
    "shuffle": _on_array(_shuffled), "array_concat": lambda *texts: dump([each for text in texts for each in json.loads(text)]),
    "array_union": _on_two(lambda one, other: _distinct(one + other)),
    "array_intersect": _on_two(lambda one, other: [each for each in _distinct(one) if _in(each, _marks(other))]),
    "array_except": _on_two(lambda one, other: [each for each in _distinct(one) if not _in(each, _marks(other))]),
    "arrays_overlap": lambda one, other: 1 if _marks(json.loads(one)) & _marks(json.loads(other)) else 0,
    "arrays_zip": _zip, "array_repeat": lambda value, count, nested=0: dump([plain(value, nested)] * max(0, count)),
    "sequence": _sequence, "split": _split,
    "map_keys": _on_array(list), "map_values": _on_array(lambda values: list(values.values())),
    "map_entries": _on_array(lambda values: [{"key": key, "value": value} for key, value in values.items()]),
    "map_from_arrays": lambda keys, values: _map_of(zip(json.loads(keys), json.loads(values))),
    "map_from_entries": lambda text: _map_of(list(entry.values())[:2] for entry in json.loads(text)),
    "map_concat": lambda *texts: dump({key: value for text in texts for key, value in json.loads(text).items()}),
    "map_contains_key": lambda text, key: 1 if str(key) in json.loads(text) else 0, "str_to_map": _str_to_map,
    "to_json": _to_json, "from_json": _from_json, "get_json_object": _get_json_object,
}  # fmt: skip


def show(text, kind):
    """As CAST(x AS STRING) and show() print it: [1, 2], {a -> 1}, {1, x}."""
    return shown(json.loads(text), json.loads(kind))


def shown(value, kind):
    from .scalars import as_text

    if value is None:
        return "null"
    if not isinstance(kind, dict):
        return as_text(value, kind)
    if kind["type"] == "array":
        return f"[{', '.join(shown(each, kind['elementType']) for each in value)}]"
    if kind["type"] == "map":
        return f"{{{', '.join(f'{key} -> ' + shown(each, kind['valueType']) for key, each in value.items())}}}"
    return f"{{{', '.join(shown(value.get(field['name']), field['type']) for field in kind['fields'])}}}"


SCALARS["show"] = show
SCALARS["pluck"] = _on_array(lambda items, name: [each.get(name) if each else None for each in items])

# SPDX-License-Identifier: Apache-2.0
"""Spark's functions that SQLite lacks."""

import datetime
import math
import re
import statistics


def _moment(value):
    return datetime.datetime.fromisoformat(str(value).replace("Z", ""))


def _on_moment(function):
    def call(value, *rest):
        if value is None:
            return None
        try:
            return function(_moment(value), *rest)
        except ValueError:
            return None

    return call


_TRUNCATED = {"YEAR": "%Y-01-01", "MONTH": "%Y-%m-01", "DAY": "%Y-%m-%d", "HOUR": "%Y-%m-%d %H:00:00"}
_JAVA_DATES = [("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S"), ("EEEE", "%A")]


def _date_format(moment, pattern):
    for java, python in _JAVA_DATES:
        pattern = pattern.replace(java, python)
    return moment.strftime(pattern)


def _date_trunc(unit, value):
    return _on_moment(lambda moment: _text(moment.strptime(moment.strftime(_TRUNCATED[unit.upper()]), _TRUNCATED[unit.upper()])))(value)


def _text(moment):
    return moment.isoformat(sep=" ", timespec="seconds")


def _days(value, days):
    return None if value is None else (_moment(value).date() + datetime.timedelta(days=days)).isoformat()


def _concat(*values):
    return None if any(value is None for value in values) else "".join(str(value) for value in values)


def _concat_ws(separator, *values):
    return separator.join(str(value) for value in values if value is not None)


def _strict(function):
    """Null in, null out."""
    return lambda *values: None if any(value is None for value in values) else function(*values)


class _Values:
    def __init__(self):
        self.values = []

    def step(self, value):
        if value is not None:
            self.values.append(value)


def _aggregate(compute):
    class Aggregate(_Values):
        def finalize(self):
            return compute(self.values) if self.values else None

    return Aggregate


class _CountIf:
    def __init__(self):
        self.count = 0

    def step(self, condition):
        self.count += 1 if condition else 0

    def finalize(self):
        return self.count


class _Percentile:
    def __init__(self):
        self.values, self.share = [], 0.5

    def step(self, value, share, *_accuracy):
        self.share = share
        if value is not None:
            self.values.append(value)

    def finalize(self):
        if not self.values:
            return None
        ordered = sorted(self.values)
        place = self.share * (len(ordered) - 1)
        low, high = math.floor(place), math.ceil(place)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def register(db, session):
    import random

    def now():
        return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")

    scalars = {
        "regexp": (2, lambda pattern, value: None if value is None else re.search(pattern, str(value)) is not None),
        "if": (3, lambda condition, yes, no: yes if condition else no),
        "nvl": (2, lambda value, other: other if value is None else value),
        "concat": (-1, _concat),
        "concat_ws": (-1, _concat_ws),
        "spark_left": (2, _strict(lambda text, count: str(text)[:count])),
        "spark_right": (2, _strict(lambda text, count: str(text)[-count:] if count else "")),
        "spark_string": (1, _strict(str)),
        "spark_now": (0, now),
        "spark_today": (0, lambda: now()[:10]),
        "spark_rand": (-1, lambda *_seed: random.random()),
        "current_user": (0, lambda: session.user),
        "current_catalog": (0, lambda: session.catalog),
        "current_schema": (0, lambda: session.schema),
        "current_database": (0, lambda: session.schema),
        "year": (1, _on_moment(lambda moment: moment.year)),
        "month": (1, _on_moment(lambda moment: moment.month)),
        "day": (1, _on_moment(lambda moment: moment.day)),
        "dayofmonth": (1, _on_moment(lambda moment: moment.day)),
        "dayofweek": (1, _on_moment(lambda moment: moment.isoweekday() % 7 + 1)),
        "hour": (1, _on_moment(lambda moment: moment.hour)),
        "minute": (1, _on_moment(lambda moment: moment.minute)),
        "second": (1, _on_moment(lambda moment: moment.second)),
        "to_date": (1, _on_moment(lambda moment: moment.date().isoformat())),
        "to_timestamp": (1, _on_moment(_text)),
        "unix_timestamp": (1, _on_moment(lambda moment: int(moment.replace(tzinfo=datetime.timezone.utc).timestamp()))),
        "date_format": (2, _on_moment(_date_format)),
        "date_trunc": (2, _date_trunc),
        "date_add": (2, _days),
        "date_sub": (2, lambda value, days: _days(value, -days)),
        "datediff": (2, _strict(lambda end, start: (_moment(end).date() - _moment(start).date()).days)),
        "initcap": (1, _strict(lambda text: str(text).title())),
        "reverse": (1, _strict(lambda text: str(text)[::-1])),
        "repeat": (2, _strict(lambda text, count: str(text) * count)),
        "split_part": (3, _strict(lambda text, mark, part: (str(text).split(mark) + [""] * part)[part - 1])),
        "regexp_replace": (3, _strict(lambda text, pattern, to: re.sub(pattern, to, str(text)))),
        "greatest": (-1, lambda *values: max((value for value in values if value is not None), default=None)),
        "least": (-1, lambda *values: min((value for value in values if value is not None), default=None)),
    }
    for name, (arity, function) in scalars.items():
        db.create_function(name, arity, function)
    for name in ("stddev", "stddev_samp", "std"):
        db.create_aggregate(name, 1, _aggregate(lambda values: statistics.stdev(values) if len(values) > 1 else None))
    for name in ("variance", "var_samp"):
        db.create_aggregate(name, 1, _aggregate(lambda values: statistics.variance(values) if len(values) > 1 else None))
    db.create_aggregate("median", 1, _aggregate(statistics.median))
    db.create_aggregate("first", 1, _aggregate(lambda values: values[0]))
    db.create_aggregate("last", 1, _aggregate(lambda values: values[-1]))
    db.create_aggregate("any_value", 1, _aggregate(lambda values: values[0]))
    db.create_aggregate("approx_count_distinct", 1, _aggregate(lambda values: len(set(values))))
    db.create_aggregate("count_if", 1, _CountIf)
    db.create_aggregate("percentile", 2, _Percentile)
    db.create_aggregate("percentile_approx", 2, _Percentile)

# SPDX-License-Identifier: Apache-2.0
"""Aggregates that SQLite lacks, also over windows where this Python can have them there (3.11)."""

import math
import statistics

from .arrays import dump, plain


class _Gather:
    """Keeps the arguments of every row in which none of them is null."""

    keep_nulls = False

    def __init__(self):
        self.rows = []

    def step(self, *values):
        if self.keep_nulls or values[0] is not None:
            self.rows.append(values)

    def inverse(self, *values):
        if self.keep_nulls or values[0] is not None:
            self.rows.pop(0)

    def value(self):
        return self.compute([row[0] for row in self.rows]) if self.rows else self.empty

    finalize = value
    empty = None

    def compute(self, values):
        raise NotImplementedError


def _of_values(compute, empty=None):
    return type("Aggregate", (_Gather,), {"compute": staticmethod(lambda values: compute(values)), "empty": empty})


def _of_rows(compute, empty=None, keep_nulls=False):
    def value(self):
        return compute(self.rows) if self.rows else empty

    return type("Aggregate", (_Gather,), {"value": value, "finalize": value, "keep_nulls": keep_nulls})


def _list(rows):
    return dump([plain(*(row + (0,))[:2]) for row in rows])


def _set(rows):
    return dump([plain(*row) for row in dict.fromkeys((row + (0,))[:2] for row in rows)])


def _percentile(values, share):
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _shares(pick):
    def compute(rows):
        import json

        values, share = [row[0] for row in rows], rows[0][1]
        if isinstance(share, str):
            return dump([pick(values, each) for each in json.loads(share)])
        return pick(values, share)

    return compute


def _moments(values, power):
    mean = statistics.fmean(values)
    return sum((value - mean) ** power for value in values) / len(values)


def _skewness(values):
    spread = _moments(values, 2)
    return _moments(values, 3) / spread**1.5 if spread else None


def _kurtosis(values):
    spread = _moments(values, 2)
    return _moments(values, 4) / spread**2 - 3 if spread else None


def _mode(values):
    counts = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return max(counts, key=counts.get)


def _pairs(compute):
    def over(rows):
        rows = [row for row in rows if row[1] is not None]
        return compute([row[0] for row in rows], [row[1] for row in rows]) if rows else None

    return _of_rows(over)


def _covariance(ones, others, less):
    if len(ones) <= less:
        return None
    one, other = statistics.fmean(ones), statistics.fmean(others)
    return sum((a - one) * (b - other) for a, b in zip(ones, others)) / (len(ones) - less)


def _correlation(ones, others):
    spread = math.sqrt(_covariance(ones, ones, 0) * _covariance(others, others, 0))
    return _covariance(ones, others, 0) / spread if spread else None


def _ends(rows, last):
    """first() and last(); the second argument is whether nulls are passed over."""
    rows = rows[::-1] if last else rows
    for row in rows:
        if row[0] is not None or not row[1]:
            return row[0]
    return None


def _by(rows, best):
    rows = [row for row in rows if row[1] is not None]
    return best(rows, key=lambda row: row[1])[0] if rows else None


AGGREGATES = {
    "stddev_samp": _of_values(lambda values: statistics.stdev(values) if len(values) > 1 else None),
    "stddev_pop": _of_values(statistics.pstdev),
    "var_samp": _of_values(lambda values: statistics.variance(values) if len(values) > 1 else None),
    "var_pop": _of_values(statistics.pvariance),
    "skewness": _of_values(_skewness),
    "kurtosis": _of_values(_kurtosis),
    "median": _of_values(lambda values: float(statistics.median(values))),
    "mode": _of_values(_mode),
    "product": _of_values(math.prod),
    "collect_list": _of_rows(_list, "[]"),
    "collect_set": _of_rows(_set, "[]"),
    "first": _of_rows(lambda rows: _ends(rows, False), keep_nulls=True),
    "last": _of_rows(lambda rows: _ends(rows, True), keep_nulls=True),
    "max_by": _of_rows(lambda rows: _by(rows, max), keep_nulls=True),
    "min_by": _of_rows(lambda rows: _by(rows, min), keep_nulls=True),
    "approx_count_distinct": _of_values(lambda values: len(set(values)), 0),
    "count_if": _of_values(lambda values: sum(1 for value in values if value), 0),
    "bool_and": _of_values(lambda values: 1 if all(values) else 0),
    "bool_or": _of_values(lambda values: 1 if any(values) else 0),
    "percentile": _of_rows(_shares(lambda values, share: float(_percentile(values, share)))),
    "percentile_approx": _of_rows(_shares(lambda values, share: sorted(values)[max(0, math.ceil(share * len(values)) - 1)])),
    "string_agg": _of_rows(lambda rows: rows[0][1].join(str(row[0]) for row in rows)),
    "corr": _pairs(_correlation),
    "covar_samp": _pairs(lambda ones, others: _covariance(ones, others, 1)),
    "covar_pop": _pairs(lambda ones, others: _covariance(ones, others, 0)),
}


def register(db):
    make = getattr(db, "create_window_function", None)
    for name, aggregate in AGGREGATES.items():
        if make:
            make(f"f_{name}", -1, aggregate)
        else:
            db.create_aggregate(f"f_{name}", -1, aggregate)

# SPDX-License-Identifier: Apache-2.0
"""Functions on dates and timestamps. They take and give text, which is how SQLite stores both."""

import datetime
import re

from .types import moment, timestamp_text

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def _part(read):
    def call(value):
        at = moment(value)
        return None if at is None else read(at)

    return call


def add_months(at, months):
    index = at.year * 12 + at.month - 1 + int(months)
    year, month = divmod(index, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, _month_length(year, month + 1)))


def _month_length(year, month):
    first = datetime.date(year + month // 12, month % 12 + 1, 1)
    return (first - datetime.timedelta(days=1)).day


def shift(value, months, days, micros, as_date):
    """A date or timestamp plus an interval."""
    at = moment(value)
    if at is None:
        return None
    at = add_months(at, months) + datetime.timedelta(days=days, microseconds=micros)
    return at.date().isoformat() if as_date else timestamp_text(at)


_UNITS = {
    "year": 12, "quarter": 3, "month": 1,
    "week": datetime.timedelta(days=7), "day": datetime.timedelta(days=1), "hour": datetime.timedelta(hours=1),
    "minute": datetime.timedelta(minutes=1), "second": datetime.timedelta(seconds=1),
    "millisecond": datetime.timedelta(milliseconds=1), "microsecond": datetime.timedelta(microseconds=1),
}  # fmt: skip


def timestampadd(unit, count, value):
    at, step = moment(value), _UNITS[unit.lower().rstrip("s")]
    if at is None:
        return None
    return timestamp_text(add_months(at, step * count) if isinstance(step, int) else at + step * count)


def timestampdiff(unit, start, end):
    first, last, step = moment(start), moment(end), _UNITS[unit.lower().rstrip("s")]
    if first is None or last is None:
        return None
    if isinstance(step, int):
        return int(_whole_months(last, first) / step)
    return int((last - first) / step)


def _whole_months(last, first):
    months = (last.year - first.year) * 12 + last.month - first.month
    rest = (last.day, last.time()) < (first.day, first.time())
    return months - 1 if months > 0 and rest else months + 1 if months < 0 and (last.day, last.time()) > (first.day, first.time()) else months


def months_between(end, start, round_off=True):
    last, first = moment(end), moment(start)
    if last is None or first is None:
        return None
    months = (last.year - first.year) * 12 + last.month - first.month
    both_ends = last.day == _month_length(last.year, last.month) and first.day == _month_length(first.year, first.month)
    if last.day == first.day or both_ends:
        return float(months)
    seconds = (last - last.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    seconds -= (first - first.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    value = months + (last.day - first.day) / 31 + seconds / (31 * 86_400)
    return round(value, 8) if round_off else value


def truncate(unit, value, as_date):
    at, unit = moment(value), unit.upper()
    if at is None:
        return None
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit in ("YEAR", "YYYY", "YY"):
        made = midnight.replace(month=1, day=1)
    elif unit == "QUARTER":
        made = midnight.replace(month=(at.month - 1) // 3 * 3 + 1, day=1)
    elif unit in ("MONTH", "MM", "MON"):
        made = midnight.replace(day=1)
    elif unit == "WEEK":
        made = midnight - datetime.timedelta(days=at.weekday())
    elif as_date:
        return None
    elif unit in ("DAY", "DD"):
        made = midnight
    elif unit in ("HOUR", "MINUTE", "SECOND"):
        made = at.replace(microsecond=0)
        made = made if unit == "SECOND" else made.replace(second=0) if unit == "MINUTE" else made.replace(
            minute=0, second=0
        )
    else:
        return None
    return made.date().isoformat() if as_date else timestamp_text(made)


def next_day(value, day):
    at = moment(value)
    wanted = [index for index, name in enumerate(_DAYS) if name[: max(2, len(day))].lower() == day.lower()[: len(name)]]
    if at is None or not wanted:
        return None
    return (at + datetime.timedelta(days=(wanted[0] - at.weekday() - 1) % 7 + 1)).date().isoformat()


# Patterns of Java ------------------------------------------------------------------------------------------------------

_PATTERN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)


def _written(at, letters):
    letter, count = letters[0], len(letters)
    if letter in "yu":
        return f"{at.year % 100:02}" if count == 2 else f"{at.year:0{count}}"
    if letter in "ML":
        return f"{at.month:0{count}}" if count <= 2 else at.strftime("%b" if count == 3 else "%B")
    if letter == "E":
        return at.strftime("%a" if count <= 3 else "%A")
    if letter == "S":
        return f"{at.microsecond:06}000"[:count]
    if letter == "a":
        return "AM" if at.hour < 12 else "PM"
    if letter in "Qq":
        return f"{(at.month - 1) // 3 + 1:0{count}}"
    if letter == "D":
        return f"{at.timetuple().tm_yday:0{count}}"
    if letter in "zVO":
        return "UTC"
    if letter in "xXZ":
        return "Z" if letter == "X" else "+00:00"[: 6 if count >= 3 else 5].replace(":", "" if count < 3 else ":")
    number = {"d": at.day, "H": at.hour, "h": (at.hour + 11) % 12 + 1, "m": at.minute, "s": at.second, "k": at.hour or 24,
              "K": at.hour % 12, "u": at.isoweekday(), "F": (at.day - 1) // 7 + 1}.get(letter)  # fmt: skip
    if number is None:
        raise ValueError(f"Illegal pattern character: {letter}")
    return f"{number:0{count}}"


def date_format(value, pattern):
    at = moment(value)
    if at is None:
        return None
    out = []
    for found in _PATTERN.finditer(pattern):
        piece = found.group()
        if piece.startswith("'") and len(piece) > 1:
            out.append((found.group(1) or "'").replace("''", "'"))
        else:
            out.append(_written(at, piece) if found.group(2) else piece)
    return "".join(out)


_READ = {
    "y": r"(?P<y>\d{%d,4})", "u": r"(?P<y>\d{%d,4})", "d": r"(?P<d>\d{%d,2})", "H": r"(?P<H>\d{%d,2})", "h": r"(?P<h>\d{%d,2})",
    "m": r"(?P<m>\d{%d,2})", "s": r"(?P<s>\d{%d,2})", "S": r"(?P<S>\d{%d,9})",
}  # fmt: skip
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def parse(text, pattern):
    """A datetime by a pattern of Java; None where the text does not follow it."""
    if pattern is None:
        return moment(text)
    expression = ""
    for found in _PATTERN.finditer(pattern):
        piece = found.group()
        if piece.startswith("'") and len(piece) > 1:
            expression += re.escape(found.group(1) or "'")
        elif not found.group(2):
            expression += re.escape(piece)
        elif piece[0] in "ML":
            expression += r"(?P<M>\d{%d,2})" % min(len(piece), 2) if len(piece) <= 2 else r"(?P<N>[A-Za-z]+)"
        elif piece[0] == "a":
            expression += r"(?P<a>[AaPp][Mm])"
        elif piece[0] == "E":
            expression += r"[A-Za-z]+"
        elif piece[0] in "zZXxVO":
            expression += r"(?:Z|UTC|[+-]\d\d:?\d\d)"
        elif piece[0] in _READ:
            expression += _READ[piece[0]] % (2 if piece == "yy" else min(len(piece), 4 if piece[0] in "yu" else 2))
        else:
            return None
    found = re.fullmatch(expression, str(text).strip())
    if not found:
        return None
    read = found.groupdict()
    year = int(read.get("y") or 1970)
    hour = int(read.get("H") or read.get("h") or 0)
    if read.get("a"):
        hour = hour % 12 + (12 if read["a"].lower() == "pm" else 0)
    try:
        month = _MONTHS.index(read["N"][:3].lower()) + 1 if read.get("N") else int(read.get("M") or 1)
        return datetime.datetime(
            year + 2000 if year < 100 else year, month, int(read.get("d") or 1), hour, int(read.get("m") or 0),
            int(read.get("s") or 0), int(((read.get("S") or "") + "000000")[:6]),
        )  # fmt: skip
    except ValueError:
        return None


def _to_date(value, pattern=None):
    at = parse(value, pattern)
    return None if at is None else at.date().isoformat()


def _to_timestamp(value, pattern=None):
    if isinstance(value, (int, float)):
        return timestamp_text(datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value))
    at = parse(value, pattern)
    return None if at is None else timestamp_text(at)


def _unix(at):
    return int((at - datetime.datetime(1970, 1, 1)).total_seconds())


def _unix_timestamp(*given):
    at = parse(*given, *[None] * (2 - len(given))) if given else now()
    return None if at is None else _unix(at)


def _from_unixtime(seconds, pattern="yyyy-MM-dd HH:mm:ss"):
    return date_format(datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(seconds)), pattern)


def _datediff(end, start):
    last, first = moment(end), moment(start)
    return None if last is None or first is None else (last.date() - first.date()).days


def _made(make):
    def call(*parts):
        try:
            return make(*parts)
        except (ValueError, OverflowError):
            return None

    return call


SCALARS = {
    "year": _part(lambda at: at.year),
    "quarter": _part(lambda at: (at.month - 1) // 3 + 1),
    "month": _part(lambda at: at.month),
    "day": _part(lambda at: at.day),
    "dayofweek": _part(lambda at: at.isoweekday() % 7 + 1),
    "weekday": _part(lambda at: at.weekday()),
    "dayofyear": _part(lambda at: at.timetuple().tm_yday),
    "weekofyear": _part(lambda at: at.isocalendar()[1]),
    "hour": _part(lambda at: at.hour),
    "minute": _part(lambda at: at.minute),
    "second": _part(lambda at: at.second),
    "dayname": _part(lambda at: at.strftime("%a")),
    "monthname": _part(lambda at: at.strftime("%b")),
    "last_day": _part(lambda at: at.replace(day=_month_length(at.year, at.month)).date().isoformat()),
    "shift": shift,
    "add_days": lambda value, days: shift(value, 0, int(days), 0, True),
    "add_months": lambda value, months: shift(value, int(months), 0, 0, True),
    "datediff": _datediff,
    "months_between": months_between,
    "timestampadd": timestampadd,
    "timestampdiff": timestampdiff,
    "trunc": lambda value, unit: truncate(unit, value, True),
    "date_trunc": lambda unit, value: truncate(unit, value, False),
    "next_day": next_day,
    "date_format": date_format,
    "to_date": _to_date,
    "to_timestamp": _to_timestamp,
    "unix_timestamp": _unix_timestamp,
    "from_unixtime": _from_unixtime,
    "unix_date": _part(lambda at: (at.date() - datetime.date(1970, 1, 1)).days),
    "make_date": _made(lambda year, month, day: datetime.date(year, month, day).isoformat()),
    "make_timestamp": _made(
        lambda year, month, day, hour, minute, second: timestamp_text(
            datetime.datetime(year, month, day, hour, minute) + datetime.timedelta(seconds=second)
        )
    ),
    "current_timestamp": lambda: timestamp_text(now().replace(microsecond=now().microsecond // 1000 * 1000)),
    "current_date": lambda: now().date().isoformat(),
}

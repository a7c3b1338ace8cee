# SPDX-License-Identifier: Apache-2.0
"""Words of expressions with a grammar of their own, as CASE, CAST or EXTRACT(... FROM ...)."""

from . import nodes, types
from .errors import ParseException
from .tokens import value_of

_UNITS = {
    "YEAR": (12, 0, 0), "QUARTER": (3, 0, 0), "MONTH": (1, 0, 0), "WEEK": (0, 7, 0), "DAY": (0, 1, 0),
    "HOUR": (0, 0, 3_600_000_000), "MINUTE": (0, 0, 60_000_000), "SECOND": (0, 0, 1_000_000),
    "MILLISECOND": (0, 0, 1000), "MICROSECOND": (0, 0, 1),
}  # fmt: skip


class WordForms:
    """A part of the parser of expressions: a method for each word, named after it. Each returns None, and reads nothing,
    where the word is just a name there."""

    def _null_(self):
        self.at += 1
        return nodes.literal(None)

    def _true_(self):
        self.at += 1
        return nodes.literal(True)

    def _false_(self):
        self.at += 1
        return nodes.literal(False)

    def _case_(self):
        self.at += 1
        operand = None if self.sees("WHEN") else self.expression()
        whens, otherwise = [], None
        while self.accept("WHEN"):
            condition = self.expression()
            self.expect("THEN")
            whens.append((condition, self.expression()))
        if self.accept("ELSE"):
            otherwise = self.expression()
        if not whens:
            raise self.error()
        self.expect("END")
        return nodes.Case(operand, whens, otherwise)

    def _cast_(self, tolerant=False):
        if self.ahead().text != "(":
            return None
        self.at += 2
        operand = self.expression()
        self.expect("AS")
        made = nodes.Cast(operand, self.type(), tolerant)
        self.expect(")")
        return made

    def _try_cast_(self):
        return self._cast_(True)

    def _exists_(self):
        if self.ahead().text != "(" or self.ahead(2).upper not in ("SELECT", "WITH"):
            return None
        self.at += 2
        made = nodes.Exists(self.query())
        self.expect(")")
        return made

    def _extract_(self):
        if self.ahead().text != "(" or self.ahead(3).upper != "FROM":
            return None
        self.at += 2
        unit = self.next().text.lower()
        self.expect("FROM")
        made = nodes.Call(
            {"doy": "dayofyear", "dow": "dayofweek", "week": "weekofyear"}.get(unit, unit), [self.expression()]
        )
        self.expect(")")
        return made

    def _trim_(self):
        """TRIM([BOTH|LEADING|TRAILING] [chars FROM] text)"""
        if self.ahead().text != "(":
            return None
        start = self.at
        self.at += 2
        side = self.accept_any("BOTH", "LEADING", "TRAILING")
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(side, "trim")
        what = None if self.sees("FROM") else self.expression()
        if not self.accept("FROM"):
            if side is None:
                self.at = start
                return None
            self.expect(")")
            return nodes.Call(name, [what])
        text = self.expression()
        self.expect(")")
        return nodes.Call(name, [text] if what is None else [text, what])

    def _substring_(self):
        """SUBSTRING(text FROM start [FOR length])"""
        if self.ahead().text != "(":
            return None
        start = self.at
        self.at += 2
        arguments = [self.expression()]
        if not self.accept("FROM"):
            self.at = start
            return None
        arguments.append(self.expression())
        if self.accept("FOR"):
            arguments.append(self.expression())
        self.expect(")")
        return nodes.Call("substring", arguments)

    def _position_(self):
        """POSITION(part IN text)"""
        if self.ahead().text != "(":
            return None
        start = self.at
        self.at += 2
        part = self._comparison()
        if not self.accept("IN"):
            self.at = start
            return None
        made = nodes.Call("locate", [part, self.expression()])
        self.expect(")")
        return made

    def _interval_(self):
        if self.ahead().kind not in ("number", "string") and self.ahead().text != "-":
            return None
        start = self.next().position
        months = days = micros = 0
        while self.token.kind in ("number", "string") or self.token.text == "-":
            sign = -1 if self.accept("-") else 1
            words = value_of(self.next()).replace("'", "").split()
            if len(words) == 1:
                words.append(self.name())
            for amount, unit in zip(words[::2], words[1::2]):
                scale = _UNITS.get(unit.upper().rstrip("S"))
                if scale is None:
                    raise self.error()
                months += int(sign * float(amount) * scale[0])
                days += int(sign * float(amount) * scale[1])
                micros += int(sign * float(amount) * scale[2])
        return nodes.Interval(months, days, micros, self.text[start : self.token.position].strip())

    def _dated(self):
        if self.ahead().kind != "string":
            return None
        kind = self.next().text.lower()
        text = self.string()
        value = types.moment(text)
        if value is None:
            raise ParseException(
                f"[INVALID_TYPED_LITERAL] The value of the typed literal \"{kind.upper()}\" is invalid: '{text}'. SQLSTATE: 42604"
            )
        return nodes.literal(value.date() if kind == "date" else value)

    _date_ = _timestamp_ = _timestamp_ntz_ = _dated

    def _x_(self):
        if self.ahead().kind != "string" or self.ahead().position != self.token.position + 1:
            return None
        self.at += 1
        return nodes.literal(bytes.fromhex(self.string()))

# SPDX-License-Identifier: Apache-2.0
"""Secrets that user code fetched do not appear in what it shows, in none of the spellings that showing gives them."""

import base64
import html
import json
import re

MARK = "[REDACTED]"

# What the driver itself writes around texts: a short secret must not tear it apart.
_MARKUP = r"\x1b\[[0-9;]*m|<span class=\"ansi-red-fg\">|</span>|<command-\d+>"


def _forms(value):
    """A text as it stands in HTML, in Python's and JSON's literals, and encoded."""
    data = value.encode("utf-8", "replace")
    quoted = repr(value)[1:-1]
    return {
        value, quoted, quoted.replace("\\'", "'"), quoted.replace("'", "\\'"), html.escape(value, quote=False),
        html.escape(value), html.escape(quoted, quote=False), json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1], repr(data)[2:-1], base64.b64encode(data).decode(),
    }  # fmt: skip


class Redaction:
    def __init__(self):
        self._values = set()
        self._pattern = None

    def add(self, value):
        """A text, or bytes, which code may show in base64."""
        if not value:
            return
        forms = _forms(value.decode("utf-8", "replace") if isinstance(value, bytes) else value)
        if isinstance(value, bytes):
            forms |= {repr(value)[2:-1], base64.b64encode(value).decode()}
        if forms <= self._values:
            return
        self._values |= forms
        # The longest first: one value may be the start of another.
        secrets = "|".join(map(re.escape, sorted(self._values, key=len, reverse=True)))
        self._pattern = re.compile(f"({_MARKUP})|{secrets}")

    def text(self, text):
        if not any(value in text for value in self._values):  # much faster than the pattern
            return text
        return self._pattern.sub(lambda found: found.group(1) or MARK, text)

    def apply(self, result):
        """A command's result without secrets. Images are no text, and neither are the names of types."""
        if self._pattern is None:
            return result
        clean = {name: self._value(value) if name in ("data", "summary", "cause", "output") else value for name, value in result.items()}
        if "schema" in clean:
            clean["schema"] = [{**column, "name": self.text(column["name"])} for column in clean["schema"]]
        return clean

    def _value(self, value):
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (int, float)):
            return MARK if not isinstance(value, bool) and str(value) in self._values else value
        if isinstance(value, dict):
            return {self._value(key): self._value(item) for key, item in value.items()}
        return [self._value(item) for item in value] if isinstance(value, (list, tuple)) else value

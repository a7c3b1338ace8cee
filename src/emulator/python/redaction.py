# SPDX-License-Identifier: Apache-2.0
"""Secrets that user code fetched do not appear in what it shows."""

MARK = "[REDACTED]"


class Redaction:
    def __init__(self):
        self._values = []

    def add(self, value):
        if value and value not in self._values:
            self._values.append(value)
            self._values.sort(key=len, reverse=True)  # one value may be the start of another

    def text(self, text):
        for value in self._values:
            text = text.replace(value, MARK)
        return text

    def apply(self, result):
        """The same result without secrets. Images are no text."""
        if not self._values or not isinstance(result, (str, list, tuple, dict)):
            return result
        if isinstance(result, str):
            return result if result.startswith("data:image/") else self.text(result)
        if isinstance(result, dict):
            return {key: self.apply(value) for key, value in result.items()}
        return [self.apply(value) for value in result]

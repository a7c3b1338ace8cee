# SPDX-License-Identifier: Apache-2.0
"""Secrets do not appear in what a context shows, however their text is written down."""

import base64
import unittest

from driver_process import DriverProcess

VALUES = {
    "html": "p<&>w\"x'd",
    "lines": "line1\nline2\\back",
    "long": "many words in a row " * 8 + "end",
    "umlaut": "pässwört",
    "number": "730155",
    "short": "1",
    "binary": b"\xff\xfe\x00raw",
}


class RedactionTest(unittest.TestCase):
    def setUp(self):
        def value(given):
            data = VALUES[given["key"]]
            return {"value": base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()}

        self.driver = DriverProcess({"secrets/get": value})
        self.addCleanup(self.driver.close)
        self.driver.text("import json\ndef get(key): return dbutils.secrets.get('s', key)")

    def hides(self, code, shown):
        result = self.driver.run(code)
        self.assertEqual(result.get("data"), shown, result)

    def test_in_every_spelling(self):
        for name in ("html", "lines", "long", "umlaut"):
            with self.subTest(name):
                self.driver.text(f"v = get('{name}')")
                self.hides("print(v)", "[REDACTED]")
                self.assertNotIn("p<", self.driver.text("v").replace("[REDACTED]", ""))
                self.assertIn("[REDACTED]", self.driver.text("v, {v: 1}, [v]"))
                self.assertNotIn("many words", self.driver.text("[v]"))
                self.hides("print(json.dumps(v))", '"[REDACTED]"')
                self.hides("print(json.dumps(v, ensure_ascii=False))", '"[REDACTED]"')
                self.hides("print(repr(v)[1:-1])", "[REDACTED]")
                self.hides("print(repr(v.encode())[2:-1])", "[REDACTED]")
                self.hides("display([(v.encode(), v)])", [["[REDACTED]", "[REDACTED]"]])
                self.assertEqual(
                    self.driver.run("raise Exception(v)")["summary"], '<span class="ansi-red-fg">Exception</span>: [REDACTED]'
                )

    def test_quotes_of_repr(self):
        self.driver.text("v = get('html')")
        self.hides("f'{v!r}' == repr(v)", "True")
        self.hides("v", "'[REDACTED]'")
        self.hides("{v: 1}", "{'[REDACTED]': 1}")

    def test_bytes_and_numbers(self):
        self.hides("b = dbutils.secrets.getBytes('s', 'binary')\ndisplay([(b,)])", [["[REDACTED]"]])
        self.hides("b", "b'[REDACTED]'")
        self.hides("display([(int(get('number')), 5)])", [["[REDACTED]", 5]])

    def test_a_short_secret_leaves_the_marks_of_errors_alone(self):
        self.driver.text("get('short')")
        result = self.driver.run("raise Exception('1')")
        self.assertEqual(result["summary"], '<span class="ansi-red-fg">Exception</span>: [REDACTED]')
        self.assertIn("\x1b[0;31mException\x1b[0m: [REDACTED]", result["cause"])
        self.assertRegex(result["cause"], r"\x1b\[0;32m<command-\d+>:")


if __name__ == "__main__":
    unittest.main()

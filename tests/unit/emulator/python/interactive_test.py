# SPDX-License-Identifier: Apache-2.0
"""What IPython brings to cells: magics, one event loop, get_ipython(), values as it shows them."""

import importlib.util
import unittest

from driver_process import DriverProcess


class InteractiveTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.driver = DriverProcess()
        cls.addClassCleanup(cls.driver.close)

    def text(self, code, **more):
        return self.driver.text(code, **more)

    def test_one_event_loop_lives_as_long_as_the_driver(self):
        self.assertEqual(self.text("import asyncio\nt = asyncio.create_task(asyncio.sleep(0, 7))\nawait t"), "7")
        self.assertEqual(self.text("later = asyncio.ensure_future(asyncio.sleep(0, 8))\nawait asyncio.sleep(0)"), "")
        self.assertEqual(self.text("await later"), "8")
        self.assertEqual(self.text("asyncio.run(asyncio.sleep(0, 9))"), "9")
        self.assertEqual(self.text("asyncio.get_event_loop().run_until_complete(asyncio.sleep(0, 10))"), "10")
        self.assertEqual(self.text("f = asyncio.get_event_loop().create_future(); f.set_result(11)\nawait f"), "11")
        self.assertIn("ZeroDivisionError", self.driver.error("await asyncio.sleep(0)\n1/0"))
        cause = self.driver.run("async def g(): return 1/0\nawait g()")["cause"]
        self.assertNotIn("asyncio/", cause)
        self.assertIn("in \x1b[0;36mg", cause)

    def test_a_cell_that_awaits_can_be_interrupted(self):
        self.text("import asyncio")
        result = self.driver.request(
            started=self.driver.interrupt_until_it_answers, language="python", command="await asyncio.Event().wait()"
        )
        self.assertIn("KeyboardInterrupt", result["summary"])
        self.assertEqual(self.text("await asyncio.sleep(0, 1)"), "1")

    def test_times_are_taken_of_lines_and_cells(self):
        self.assertRegex(self.text("%%time\nx = 20\nx + 1"), r"^CPU times: user .*\nWall time: .*s\n21$")
        self.assertRegex(self.text("%time y = 5"), r"^CPU times: .*\nWall time: .*$")
        self.assertEqual(self.text("y"), "5")
        self.assertRegex(self.text("%timeit -n2 -r 3 sum(range(9))"), r"per loop \(mean ± std. dev. of 3 runs, 2 loops each\)")
        self.assertIn("1 run, 1 loop each", self.text("%%timeit -n1 -r1 a = 1\nb = a"))
        self.assertIn("ZeroDivisionError", self.driver.error("%%time\n1/0"))
        self.assertRegex(self.text("%%time\nz = 1", magics=True), "^CPU times")

    def test_commands_of_the_shell(self):
        self.assertEqual(self.text("who = 'me'\n!echo {who} $who $HOME_NONE '{not python'"), "me me {not python")
        self.assertEqual(self.text("lines = !echo one; echo two\nlines, lines.n"), r"(['one', 'two'], 'one\ntwo')")
        self.assertEqual(self.text("%%bash\nfor i in 1 2; do echo $i; done"), "1\n2")
        self.assertEqual(self.text("!echo a b | awk '{print $2}'"), "b")
        self.assertEqual(self.text("text = '''\n%not a magic\n'''\n!echo hi\ntext"), "hi\n" + r"'\n%not a magic\n'")
        self.assertEqual(self.text("if True:\n    !echo inner"), "inner")
        self.assertEqual(self.text("%%bash\r\necho a\r\necho b\r\n"), "a\nb")
        self.assertEqual(self.text("x = 1\r\n!echo a\r\nx\r\n"), "a\n1")

    def test_the_environment(self):
        self.assertEqual(self.text("%env MY_VALUE=a b"), "env: MY_VALUE=a b")
        self.assertEqual(self.text("import os\nos.environ['MY_VALUE'], os.system('echo $MY_VALUE')"), "a b\n('a b', 0)")
        self.assertEqual(self.text("v = %env MY_VALUE\nv"), "'a b'")
        self.assertEqual(self.text("%set_env OTHER 5"), "env: OTHER=5")
        self.assertIn("UsageError: Environment does not have key", self.driver.error("%env NO_SUCH_KEY"))

    def test_files_and_captured_output(self):
        self.assertEqual(self.text("%%writefile made.txt\nline\n"), "Writing made.txt")
        self.assertEqual(self.text("%%writefile -a made.txt\nmore"), "Appending to made.txt")
        self.assertEqual(self.text("open('made.txt').read()"), r"'line\nmore'")
        self.assertEqual(self.text("%%capture kept --no-stderr\nprint('hidden')\n5"), "")
        self.assertEqual(self.text("kept.stdout"), r"'hidden\n'")

    def test_what_get_ipython_gives(self):
        self.assertEqual(self.text("get_ipython().run_line_magic('env', 'A=1')"), "env: A=1")
        self.assertEqual(self.text("get_ipython().user_ns is globals()"), "True")
        self.assertEqual(self.text("from IPython import get_ipython as g\ng() is get_ipython()"), "True")
        self.assertEqual(self.text("from IPython.display import display as show, HTML\nshow(HTML('<i>x</i>'))"), "<i>x</i>")
        self.assertEqual(self.text("1 + 1"), "2")
        self.assertEqual(self.text("_, Out[max(Out)], In[-2]"), "(2, 2, '1 + 1')")
        self.assertIn("Docstring: Return the number", self.text("len?"))
        self.assertIn("Object `nothing` not found", self.text("?nothing"))
        self.assertIn("%%time", self.text("%lsmagic"))
        self.assertIn("Cell magic `%%nope` not found", self.driver.error("%%nope\nx"))
        self.assertIn("Line magic function `%nope` not found", self.driver.error("%nope x"))

    @unittest.skipUnless(importlib.util.find_spec("matplotlib"), "needs matplotlib")
    def test_figures_are_shown_beside_ipython(self):
        code = "from IPython.display import display as show\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])"
        self.assertEqual(self.driver.run(code)["resultType"], "image")
        self.assertEqual(self.text("show({'text/html': '<b>x</b>', 'text/plain': 'x'}, raw=True)"), "<b>x</b>")

    def test_names_of_the_user(self):
        self.text("mine = 1")
        self.assertEqual(self.text("names = %who_ls\n'mine' in names, 'spark' in names"), "(True, False)")
        self.assertEqual(self.text("%reset -f"), "")
        self.assertIn("NameError", self.driver.error("mine"))
        self.assertEqual(self.text("spark.range(2).count()"), "2")

    def test_long_texts_in_lists_stay_whole(self):
        self.assertEqual(self.text("['word1 word2 ' * 15, 'b']"), f"[{'word1 word2 ' * 15!r},\n 'b']")
        self.assertEqual(self.text("{'a': b'x ' * 60, 'b': 1}"), "{'a': " + repr(b"x " * 60) + ",\n 'b': 1}")

    def test_streams_are_put_back(self):
        self.assertIn("SystemExit", self.driver.error("exit()"))
        self.assertIn("EOFError", self.driver.error("input()"))
        self.assertEqual(self.text("import sys\nsys.stdout.reconfigure(line_buffering=True)\nsys.stdout.name"), "'<stdout>'")


class LimitsTest(unittest.TestCase):
    def setUp(self):
        self.driver = DriverProcess()
        self.addCleanup(self.driver.close)

    def test_too_large_results_are_errors_and_the_context_lives(self):
        limit = "Command result size exceeds limit: Exceeded 20971520 bytes (current = "
        self.assertIn(limit, self.driver.error("displayHTML('a' * 21_000_000)"))
        self.assertIn(limit, self.driver.error("dbutils.notebook.exit('a' * 21_000_000)"))
        self.assertIsNone(self.driver.exit_value)
        result = self.driver.run("raise Exception('e' * 21_000_000)")
        self.assertLess(len(result["summary"]) + len(result["cause"]), 3_000_000)
        self.assertIn("(20000000 more characters)", result["summary"])
        self.assertLess(len(self.driver.run(f"x = '{'y' * 100_000}'; 1/0")["cause"]), 5_000)
        self.assertEqual(self.driver.text("1"), "1")

    def test_large_requests_arrive(self):
        self.assertEqual(self.driver.text(f"len('{'z' * 5_000_000}')"), "5000000")

    def test_code_may_spoil_the_modules_that_we_use(self):
        self.assertEqual(self.driver.text("import json\njson.dumps = json.loads = None\n1"), "1")
        self.assertEqual(self.driver.text("dbutils.widgets.text('a', 'b')\n2"), "2")
        self.assertEqual(self.driver.run("display([(1,)])")["data"], [[1]])

    def test_missing_modules_tell_whose_want_it_is(self):
        self.assertIn("the emulator does not have it", self.driver.error("import pyspark.pandas as ps"))
        self.assertIn("the emulator does not have it", self.driver.error("from pyspark import ml"))
        if importlib.util.find_spec("databricks") is None:
            self.assertIn("does not have the package", self.driver.error("from databricks.sdk import WorkspaceClient"))
            self.assertEqual(self.driver.text("import databricks.sdk\nhasattr(databricks.sdk, 'nope')"), "False")
        self.assertIn("The emulator's clusters have the modules of", self.driver.run("import no_such_module")["cause"])


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
import base64
import os
import unittest
import zipfile

from driver_process import DriverProcess, HostError


class DriverTest(unittest.TestCase):
    def start(self, answers=None, **configuration):
        driver = DriverProcess(answers, **configuration)
        self.addCleanup(driver.close)
        return driver

    def test_cells_show_their_last_value(self):
        driver = self.start()
        self.assertEqual(driver.text("x = 20\nprint('hello')\nx + 1"), "hello\n21")
        self.assertEqual(driver.text("x;"), "")
        self.assertEqual(driver.text("import asyncio\nawait asyncio.sleep(0)\nx"), "20")
        self.assertEqual(driver.text("async def f(): return 5\nawait f()"), "5")
        self.assertEqual(driver.text("%pwd"), repr(os.path.join(driver.folder, "work")))
        self.assertIn("ZeroDivisionError: division by zero", driver.error("1/0"))
        self.assertIn("SyntaxError", driver.error("%md hi"))
        self.assertIn("only allowed sql and python", driver.error("1", language="scala"))

    def test_leaving_a_notebook_tells_its_value(self):
        driver = self.start()
        self.assertEqual(driver.text("try:\n  dbutils.notebook.exit('bye')\nexcept Exception:\n  print('caught')"), "bye")
        self.assertEqual(driver.exit_value, "bye")
        self.assertEqual(driver.text("1"), "1")
        self.assertIsNone(driver.exit_value)

    def test_secrets_do_not_appear(self):
        driver = self.start({"secrets/get": lambda given: {"value": base64.b64encode(b"s3cr3t").decode()}}, context={"apiToken": "dapi-own"})
        self.assertEqual(driver.text("s = dbutils.secrets.get('a', 'b')\nprint(s, len(s))"), "[REDACTED] 6")
        self.assertEqual(driver.text("s"), "'[REDACTED]'")
        self.assertEqual(driver.run("display([(s, 1)])")["data"], [["[REDACTED]", 1]])
        self.assertEqual(driver.error("raise ValueError(s)"), "ValueError: [REDACTED]")
        self.assertEqual(driver.text("print(' '.join(s))"), "s 3 c r 3 t")
        self.assertEqual(driver.text("dbutils.notebook.exit(s)"), "[REDACTED]")
        self.assertEqual(driver.exit_value, "[REDACTED]")
        self.assertEqual(driver.text("dbutils.notebook.getContext().apiToken().get()"), "'[REDACTED]'")

    def test_questions_of_threads_are_asked_one_after_the_other(self):
        driver = self.start({"notebook/run": lambda given: {"result": given["path"]}})
        code = (
            "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as pool:\n"
            "  print(list(pool.map(lambda n: dbutils.notebook.run(f'/n{n}', 0), range(20))) == [f'/n{n}' for n in range(20)])"
        )
        self.assertEqual(driver.text(code), "True")
        self.assertEqual(len(driver.questions), 20)

    def test_an_interrupted_question_is_answered_late(self):
        held = []
        driver = self.start({})

        def hold(question):
            held.append(question)
            driver.interrupt_until_it_answers()

        driver.answer = hold
        result = driver.run("dbutils.notebook.run('/slow', 0)")
        self.assertEqual(result["summary"], '<span class="ansi-red-fg">KeyboardInterrupt</span>')
        driver.send({"error": {"code": "CANCELLED", "message": "late"}})
        driver.answers = {"secrets/listScopes": lambda given: {"scopes": [{"name": "s"}]}}
        del driver.answer
        self.assertEqual(driver.text("dbutils.secrets.listScopes()"), "[SecretScope(name='s')]")

    def test_a_restart_forgets_everything_but_the_widgets(self):
        driver = self.start(widgets={"given": "1"})
        self.assertEqual(driver.text("import json, os\nx = 1\nos.environ['A'] = 'b'\njson.mark = 1\ndbutils.widgets.text('w', 'v')\npid = os.getpid(); pid"), str(driver.process.pid))
        self.assertEqual(driver.text("print('before')\ndbutils.library.restartPython()\nprint('after')"), "before")
        self.assertIn("NameError", driver.error("x"))
        self.assertEqual(driver.text("import json, os\nhasattr(json, 'mark'), 'A' in os.environ, dbutils.widgets.get('w'), dbutils.widgets.get('given')"), "(False, False, 'v', '1')")
        self.assertEqual(driver.text("os.getpid()"), str(driver.process.pid))
        driver.request(started=driver.interrupt_until_it_answers, language="python", command="import time\ntime.sleep(60)")
        self.assertEqual(driver.text("%restart_python"), "")
        self.assertEqual(driver.text("1"), "1")

    def test_code_works_where_its_notebook_is(self):
        driver = self.start(cwd="/Workspace/Users/ada", sysPath=["/more"], before=lambda new: new.write("/Workspace/Users/ada/helper.py", "value = 7"))
        self.assertEqual(driver.text("import helper, sys\nhelper.value, open('helper.py').read(), '/more' in sys.path"), "(7, 'value = 7', True)")
        self.assertEqual(driver.text("%pwd"), repr(driver.root + "/Workspace/Users/ada"))

    def test_a_file_runs_as_the_main_program(self):
        driver = self.start()
        driver.write("/Workspace/jobs/helper.py", "def double(n): return 2 * n")
        driver.write("/Workspace/jobs/main.py", "import sys, helper\nif __name__ == '__main__':\n  print(sys.argv[1:], helper.double(4), spark.range(2).count())\n  sys.exit(0)\n")
        driver.write("/dbfs/bad.py", "import sys\nprint('x')\nsys.exit(3)")
        result = driver.request(kind="file", path="/Workspace/jobs/main.py", parameters=["a", "b c"])
        self.assertEqual(result, {"resultType": "text", "data": "['a', 'b c'] 8 2"})
        result = driver.request(kind="file", path="dbfs:/bad.py", parameters=[])
        self.assertEqual(result["resultType"], "error")
        self.assertIn("SystemExit", result["summary"])
        self.assertIn("FileNotFoundError", driver.request(kind="file", path="/Workspace/none.py")["summary"])

    def test_a_wheel_is_unpacked_and_called(self):
        driver = self.start()
        wheel = driver.root + "/Volumes/tool-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("tool_code/__init__.py", "import sys\ndef main():\n  print(sys.argv)\ndef plain():\n  print('plain')\n")
            archive.writestr("tool_code/deep.py", "class A:\n  @staticmethod\n  def go(): print('deep')\n")
            archive.writestr("tool-1.0.dist-info/METADATA", "Name: tool\n")
            archive.writestr("tool-1.0.dist-info/entry_points.txt", "[console_scripts]\nrun = tool_code:main\n[other]\ndeep = tool_code.deep:A.go\n")
        call = {"kind": "wheel", "wheels": ["/Volumes/tool-1.0-py3-none-any.whl"], "package": "tool"}
        result = driver.request(**call, entry_point="run", parameters=["x"], named_parameters={"day": "1"})
        self.assertEqual(result["data"], "['tool', 'x', '--day=1']")
        self.assertEqual(driver.request(**call, entry_point="deep")["data"], "deep")
        plain = {**call, "package": "tool_code"}
        self.assertEqual(driver.request(**plain, entry_point="plain")["data"], "plain")
        self.assertIn("Entry point nope of package tool", driver.request(**call, entry_point="nope")["summary"])

    def test_cells_of_notebooks_have_magics(self):
        other = "# Databricks notebook source\nlibrary = 42\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC CREATE OR REPLACE TEMP VIEW tv AS SELECT 5 AS five\n\n# COMMAND ----------\n\n# MAGIC %md\n# MAGIC # text\n"
        driver = self.start({"notebook/source": lambda given: {"language": "PYTHON", "source": other}}, notebook="/Users/ada/main")
        self.assertEqual(driver.text("%run ./other $who=\"Ada L\"", magics=True), "")
        self.assertEqual(driver.questions[-1]["path"], "/Users/ada/other")
        self.assertEqual(driver.text("library, dbutils.widgets.get('who')"), "(42, 'Ada L')")
        self.assertEqual(driver.run("%sql\nSELECT five FROM tv", magics=True)["data"], [[5]])
        self.assertEqual(driver.text("_sqldf.collect()[0].five"), "5")
        self.assertEqual(driver.text("%md\n# hi", magics=True), "")
        self.assertEqual(driver.text("%sh\necho one\nfalse\necho two", magics=True), "one\ntwo")
        self.assertIn("CalledProcessError", driver.error("%sh -e\nfalse\necho two", magics=True))
        driver.write("/dbfs/f/a.txt", "text")
        self.assertEqual(driver.run("%fs ls /f", magics=True)["data"][0][:3], ["dbfs:/f/a.txt", "a.txt", 4])
        self.assertEqual(driver.text("%fs head /f/a.txt", magics=True), "text")
        self.assertEqual(driver.text("%python\nlibrary + 1", language="sql", magics=True), "43")
        self.assertIn("only allowed sql and python", driver.error("%scala\nval x = 1", magics=True))
        self.assertEqual(driver.run("SELECT :who AS w", language="sql", magics=True)["data"], [["Ada L"]])

    def test_a_missing_notebook_is_an_error_of_run(self):
        def missing(given):
            raise HostError("RESOURCE_DOES_NOT_EXIST", "Path (/x) doesn't exist.")

        driver = self.start({"notebook/source": missing})
        self.assertIn("doesn't exist", driver.error("%run /x", magics=True))

    def test_pip_says_honestly_that_it_could_not(self):
        driver = self.start()
        self.assertIn("CalledProcessError", driver.error("%pip install --no-index of-no-such-name"))

    def test_display_and_runtime_imports(self):
        driver = self.start()
        self.assertEqual(driver.run("display(dbutils.fs.ls('/'))")["resultType"], "text")
        self.assertEqual(driver.run("display(spark.createDataFrame([(1, 'a')], ['n', 's']))")["data"], [[1, "a"]])
        self.assertEqual(driver.text("displayHTML('<b>x</b>')"), "<b>x</b>")
        self.assertEqual(driver.text("from databricks.sdk.runtime import dbutils as d, spark as s\nd is dbutils, s is spark"), "(True, True)")
        self.assertEqual(driver.text("from pyspark.dbutils import DBUtils\nDBUtils(spark) is dbutils"), "True")
        self.assertEqual(driver.text("from py4j.protocol import Py4JJavaError\nimport sys\nany('trowel_cluster' in p for p in sys.path)"), "False")
        shown = driver.run("df = spark.range(3)\ndbutils.data.summarize(df)")
        self.assertEqual(shown["data"][0], ["count", "3"])


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
import base64
import contextlib
import io
import json
import os
import shutil
import tempfile
import unittest

from driver_process import HostError, import_package

import_package()
from trowel_cluster import dbutils, host  # noqa: E402
from trowel_cluster.redaction import Redaction  # noqa: E402


class FakeHost:
    """Answers questions out of a table of functions."""

    def __init__(self, **answers):
        self._answers = answers
        self.asked = []

    def ask(self, call, **parameters):
        self.asked.append((call, parameters))
        answer = self._answers.get(call.replace("/", "_"))
        if answer is None:
            raise host.HostError("RESOURCE_DOES_NOT_EXIST", f"{call} is not there")
        if isinstance(answer, HostError):
            raise host.HostError(answer.code, str(answer))
        return answer(parameters) if callable(answer) else answer


class DbutilsTest(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="dbutils-test-")
        self.addCleanup(shutil.rmtree, self.root)
        for tree in ("dbfs", "Volumes", "Workspace"):
            os.makedirs(os.path.join(self.root, tree))
        self.redaction = Redaction()

    def make(self, host=None, **configuration):
        configuration = {"root": self.root, "user": "ada@example.com", **configuration}
        return dbutils.DBUtils(host or FakeHost(), configuration, self.redaction, print)

    def printed(self, action):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            action()
        return out.getvalue()

    def error(self, action, kind=Exception):
        with self.assertRaises(kind) as caught:
            action()
        return f"{type(caught.exception).__name__}: {caught.exception}"

    # fs ------------------------------------------------------------------------------------------------------------

    def test_files_are_written_listed_and_read(self):
        fs = self.make().fs
        self.assertEqual(self.printed(lambda: fs.put("dbfs:/a/b.txt", "hé")), "Wrote 3 bytes.\n")
        fs.mkdirs("/a/sub/deep")
        found = fs.ls("/a")
        self.assertEqual([(entry.path, entry.name, entry.size) for entry in found], [("dbfs:/a/b.txt", "b.txt", 3), ("dbfs:/a/sub/", "sub/", 0)])
        self.assertTrue(found[0].isFile() and found[1].isDir())
        self.assertGreater(found[0].modificationTime, 1_600_000_000_000)
        self.assertEqual(fs.ls("dbfs:/a/b.txt"), [found[0]])
        self.assertEqual(fs.head("/a/b.txt"), "hé")
        self.assertIn("[Truncated to first 1 bytes]", self.printed(lambda: fs.head("/a/b.txt", 1)))
        with open(os.path.join(self.root, "dbfs/a/b.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "hé")

    def test_every_tree_has_its_addresses(self):
        fs = self.make().fs
        for path, address, place in (
            ("/Volumes/main/default/v/x.txt", "dbfs:/Volumes/main/default/v/x.txt", "Volumes/main/default/v/x.txt"),
            ("dbfs:/Volumes/main/default/v/y.txt", "dbfs:/Volumes/main/default/v/y.txt", "Volumes/main/default/v/y.txt"),
            ("file:/Workspace/Users/a/z.txt", "file:/Workspace/Users/a/z.txt", "Workspace/Users/a/z.txt"),
            ("file:/dbfs/q.txt", "dbfs:/q.txt", "dbfs/q.txt"),
            ("dbfs:///r.txt", "dbfs:/r.txt", "dbfs/r.txt"),
        ):
            with self.subTest(path), contextlib.redirect_stdout(io.StringIO()):
                fs.put(path, "x")
                self.assertEqual(fs.ls(path)[0].path, address)
                self.assertTrue(os.path.exists(os.path.join(self.root, place)))

    def test_nothing_outside_of_the_trees_is_meant(self):
        fs = self.make().fs
        self.assertIn("java.io.FileNotFoundException", self.error(lambda: fs.ls("dbfs:/../../etc")))
        with contextlib.redirect_stdout(io.StringIO()):
            fs.put("/../../../up.txt", "x")
        self.assertTrue(os.path.exists(os.path.join(self.root, "dbfs/up.txt")))

    def test_copying_moving_removing(self):
        fs = self.make().fs
        with contextlib.redirect_stdout(io.StringIO()):
            fs.put("/d/one.txt", "1")
            fs.put("/d/sub/two.txt", "2")
        self.assertIn("unless recurse is set", self.error(lambda: fs.cp("/d", "/e")))
        self.assertTrue(fs.cp("/d", "/e", recurse=True))
        fs.cp("/d/one.txt", "/Volumes/copy.txt")
        fs.cp("/d/one.txt", "/e/sub/")
        self.assertEqual(fs.head("/e/sub/one.txt"), "1")
        self.assertTrue(fs.mv("/e", "/f", True))
        self.assertEqual([entry.name for entry in fs.ls("/f")], ["one.txt", "sub/"])
        self.assertIn("is not empty", self.error(lambda: fs.rm("/f")))
        self.assertTrue(fs.rm("/f", True))
        self.assertFalse(fs.rm("/f"))
        os.makedirs(self.root + "/Volumes/main/default/v/inner")
        for root in ("/", "/..", "dbfs:/Volumes", "/Volumes/main", "/Volumes/main/default/v/", "file:/Workspace", "file:/Workspace/Users", "file:/dbfs", "file:/"):
            self.assertIn("The root cannot be deleted", self.error(lambda: fs.rm(root, True)), root)
            self.assertIn("The root cannot be deleted", self.error(lambda: fs.mv(root, "/elsewhere", True)), root)
        self.assertTrue(fs.rm("/Volumes/main/default/v/inner", True))
        self.assertIn("No such file or directory dbfs:/f", self.error(lambda: fs.ls("/f")))

    def test_errors_look_like_those_of_the_jvm(self):
        fs = self.make().fs
        missing = self.error(lambda: fs.head("/nope"))
        self.assertTrue(missing.startswith("ExecutionError: An error occurred while calling z:com.databricks.backend.daemon.dbutils.FSUtils.head.\n: java.io.FileNotFoundException: "))
        with contextlib.redirect_stdout(io.StringIO()):
            fs.put("/x", "1")
            self.assertIn("FileAlreadyExistsException: dbfs:/x", self.error(lambda: fs.put("/x", "2")))
            fs.put("/x", "2", True)
        self.assertIn("ParentNotDirectoryException", self.error(lambda: fs.mkdirs("/x/y")))
        self.assertIn('No FileSystem for scheme "s3a"', self.error(lambda: fs.ls("s3a://bucket/x")))
        self.assertIn("empty string", self.error(lambda: fs.ls("")))
        self.assertIn("FEATURE_DISABLED", self.error(lambda: fs.mount("wasbs://a", "/mnt/a")))
        self.assertIn("/Volumes", [mount.mountPoint for mount in fs.mounts()])

    # secrets -------------------------------------------------------------------------------------------------------

    def test_secrets_come_from_the_workspace_and_are_redacted(self):
        answers = FakeHost(
            secrets_get=lambda given: {"value": base64.b64encode(b"hunter2-\xc3\xa9").decode()},
            secrets_list={"secrets": [{"key": "a"}]},
            secrets_listScopes={},
        )
        secrets = self.make(answers).secrets
        self.assertEqual(secrets.get("s", "k"), "hunter2-é")
        self.assertEqual(secrets.getBytes(scope="s", key="k"), b"hunter2-\xc3\xa9")
        self.assertEqual(secrets.list("s")[0].key, "a")
        self.assertEqual(secrets.listScopes(), [])
        self.assertEqual(answers.asked[0], ("secrets/get", {"scope": "s", "key": "k"}))
        shown = self.redaction.apply({"data": "x hunter2-é y", "output": [["hunter2-é", 1]], "fileName": "data:image/png;base64,hunter2-é"})
        self.assertEqual(shown, {"data": "x [REDACTED] y", "output": [["[REDACTED]", 1]], "fileName": "data:image/png;base64,hunter2-é"})

    def test_missing_and_forbidden_secrets(self):
        secrets = self.make().secrets
        self.assertEqual(self.error(lambda: secrets.get("s", "k")), "IllegalArgumentException: Secret does not exist with scope: s and key: k")
        forbidden = self.make(FakeHost(secrets_get=HostError("PERMISSION_DENIED", "no"))).secrets
        self.assertIn("PERMISSION_DENIED: no", self.error(lambda: forbidden.get("s", "k")))
        self.assertIn("TypeError", self.error(lambda: secrets.get("s", 1)))

    # widgets -------------------------------------------------------------------------------------------------------

    def test_widgets_of_all_kinds(self):
        widgets = self.make(widgets={"day": "2024-01-02", "alone": "7"}).widgets
        widgets.text("name", "Ada", "Label")
        widgets.text("day", "today")
        widgets.dropdown("size", "M", ["S", "M"])
        widgets.combobox(name="free", defaultValue="other", choices=["a"])
        widgets.multiselect("many", "a,b", ["a", "b", "c"])
        self.assertEqual(widgets.getAll(), {"day": "2024-01-02", "alone": "7", "name": "Ada", "size": "M", "free": "other", "many": "a,b"})
        widgets.text("name", "other")
        self.assertEqual(widgets.get("name"), "Ada")
        self.assertEqual(widgets.getArgument("nope", "fallback"), "fallback")
        widgets.remove("name")
        undefined = self.error(lambda: widgets.get("name"))
        self.assertIn("com.databricks.dbutils_v1.InputWidgetNotDefined: No input widget named name is defined", undefined)
        widgets.removeAll()
        self.assertEqual(widgets.getAll(), {})

    def test_widgets_refuse_what_makes_no_sense(self):
        widgets = self.make().widgets
        self.assertIn("not one of its choices", self.error(lambda: widgets.dropdown("a", "z", ["x"])))
        self.assertIn("not one of its choices", self.error(lambda: widgets.multiselect("a", "x,z", ["x"])))
        self.assertIn("not distinct", self.error(lambda: widgets.dropdown("a", "x", ["x", "x"])))
        self.assertIn("cannot be empty", self.error(lambda: widgets.text("", "x")))
        self.assertIn("TypeError", self.error(lambda: widgets.text("a", 5)))
        self.assertIn("InputWidgetNotDefined", self.error(lambda: widgets.remove("a")))

    # notebook, jobs, library -----------------------------------------------------------------------------------------

    def test_other_notebooks_run_by_relative_paths(self):
        answers = FakeHost(notebook_run=lambda given: {"result": f"{given['path']} {given['timeout_seconds']} {given['arguments']}"})
        notebook = self.make(answers, notebook="/Users/ada/main").notebook
        self.assertEqual(notebook.run("./lib/other", 60, {"n": 1}), "/Users/ada/lib/other 60 {'n': '1'}")
        self.assertEqual(notebook.run("../bob/x"), "/Users/bob/x 0 {}")
        for code, words in (("NOTEBOOK_FAILED", "FAILED"), ("NOTEBOOK_TIMED_OUT", "TIMEDOUT"), ("RESOURCE_DOES_NOT_EXIST", "FAILED")):
            failing = self.make(FakeHost(notebook_run=HostError(code, "why"))).notebook
            self.assertIn(f"com.databricks.WorkflowException: com.databricks.NotebookExecutionException: {words}: ", self.error(lambda: failing.run("/x")))
        with self.assertRaises(dbutils.NotebookExit) as end:
            notebook.exit(5)
        self.assertEqual(end.exception.value, "5")

    def test_the_context_tells_where_a_notebook_runs(self):
        facts = {"jobId": "12", "runId": "34", "taskKey": "t", "apiUrl": "http://127.0.0.1:1", "apiToken": "dapi1", "user": "ada@example.com", "clusterId": "c-1"}
        notebook = self.make(notebook="/Users/ada/nb", context=facts).notebook
        context = notebook.entry_point.getDbutils().notebook().getContext()
        self.assertEqual(context.notebookPath().get(), "/Users/ada/nb")
        self.assertEqual((context.apiUrl().get(), context.apiToken().get(), context.jobId().get()), ("http://127.0.0.1:1", "dapi1", "12"))
        self.assertEqual(context.currentRunId().get().id(), 34)
        self.assertEqual(context.tags().apply("jobId"), "12")
        self.assertEqual(context.tags().get("nope").isDefined(), False)
        self.assertEqual(context.extraContext().apply("notebook_path"), "/Users/ada/nb")
        told = json.loads(context.toJson())
        self.assertEqual(told["tags"]["clusterId"], "c-1")
        self.assertEqual(told["extraContext"]["notebook_path"], "/Users/ada/nb")
        self.assertEqual(json.loads(context.safeToJson())["attributes"]["user"], "ada@example.com")
        bare = self.make().notebook.getContext()
        self.assertTrue(bare.jobId().isEmpty())
        self.assertEqual(bare.notebookPath().getOrElse("none"), "none")
        self.assertIn("NoSuchElementException: None.get", self.error(lambda: bare.jobId().get()))

    def test_task_values(self):
        answers = FakeHost(taskValues_get=lambda given: {"value": [given["taskKey"], given["key"]]}, taskValues_set={})
        values = self.make(answers, context={"taskKey": "t"}).jobs.taskValues
        values.set("k", {"a": 1})
        self.assertEqual(answers.asked[-1], ("taskValues/set", {"key": "k", "value": {"a": 1}}))
        self.assertEqual(values.get(taskKey="first", key="k", debugValue=0), ["first", "k"])
        missing = self.make(FakeHost(), context={"taskKey": "t"}).jobs.taskValues
        self.assertEqual(missing.get("first", "k", default=3), 3)
        self.assertIn("does not exist", self.error(lambda: missing.get("first", "k")))
        self.assertIn("TypeError", self.error(lambda: values.set("k", object())))
        self.assertIn("48 KiB", self.error(lambda: values.set("k", "x" * 50_000)))
        outside = self.make().jobs.taskValues
        outside.set("k", 1)
        self.assertEqual(outside.get("a", "k", debugValue=9), 9)
        self.assertIn("Must pass debugValue when calling get outside of a job context", self.error(lambda: outside.get("a", "k")))

    def test_what_was_removed_or_never_was(self):
        made = self.make()
        self.assertIn("removed in Databricks Runtime 11.0", self.error(lambda: made.library.installPyPI("x")))
        self.assertRaises(dbutils.Restart, made.library.restartPython)
        self.assertIn("'dbutils.fs' has no attribute 'lss'. Did you mean 'ls'?", self.error(lambda: made.fs.lss, AttributeError))
        self.assertIn("'dbutils' has no attribute 'zzz'. It has: ", self.error(lambda: made.zzz, AttributeError))
        self.assertIn("passthrough is not enabled", self.error(lambda: made.credentials.showRoles()))

    def test_help_is_everywhere(self):
        made = self.make()
        self.assertIn("fs: FileSystem -> dbutils.fs works with files", self.printed(made.help))
        for part in (made.fs, made.secrets, made.widgets, made.notebook, made.jobs.taskValues, made.library, made.data, made.credentials):
            self.assertIn(" -> ", self.printed(part.help))
        self.assertIn("cp(from_, to, recurse=False)", self.printed(lambda: made.fs.help("cp")))
        self.assertIn("has no method nope", self.printed(lambda: made.fs.help("nope")))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The process behind one execution context: takes commands from a socket, runs them, answers with results.

User code owns descriptors 0 to 2; the socket sits where nothing inherits it. Answers are lines: "S" when the command
can be interrupted, then "R" and the result as JSON; or "E" and the reason why the driver cannot work.
"""

import ast
import fcntl
import json
import linecache
import os
import resource
import signal
import sys
import types

from . import capture, dbutils, errors, magics, results, spark, sql, sql_session, tables

SOCKET_FD = 3


class Channel:
    """Lines to and from the emulator."""

    def __init__(self):
        self._fd = fcntl.fcntl(SOCKET_FD, fcntl.F_DUPFD_CLOEXEC, 200)
        os.close(SOCKET_FD)
        self._buffer = b""

    def receive(self):
        while b"\n" not in self._buffer:
            block = os.read(self._fd, 1 << 16)
            if not block:
                return None
            self._buffer += block
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def send(self, line):
        data = line.encode("utf-8", "replace") + b"\n"
        while data:
            data = data[os.write(self._fd, data):]


class Interrupts:
    """SIGINT counts only while user code runs."""

    def __init__(self):
        self.armed = False
        self.pending = False
        signal.signal(signal.SIGINT, self._handle)

    def _handle(self, _number, _frame):
        # The signal is repeated until we answer; the code's own clean-up must not be hit by the second one.
        if self.armed and not self.pending:
            self.pending = True
            raise KeyboardInterrupt


class Driver:
    def __init__(self, channel, configuration):
        self.channel = channel
        self.interrupts = Interrupts()
        self.output = capture.Output()
        self.outbox = results.Outbox()
        self.session = sql_session.Session(configuration["tables"], configuration["user"], self.interrupts)
        if configuration.get("demo"):
            from . import demo_tables

            demo_tables.create(self.session)
        self.main = types.ModuleType("__main__")
        self.main.__dict__.update(self._globals())
        sys.modules["__main__"] = self.main
        self.count = 0

    def _globals(self):
        spark_session = spark.SparkSession(self.session)
        spark.provide_pyspark(spark_session)
        return {
            "__builtins__": __builtins__,
            "spark": spark_session,
            "sqlContext": spark_session,
            "sc": spark_session.sparkContext,
            "sql": spark_session.sql,
            "table": spark_session.table,
            "dbutils": dbutils.DBUtils(),
            "display": self.outbox.display,
            "displayHTML": self.outbox.html,
            magics.CALL: magics.run,
        }

    def serve(self):
        pid = os.getpid()
        while True:
            line = self.channel.receive()
            if line is None:
                return
            request = json.loads(line)
            self.output.begin()
            self.outbox.clear()
            try:
                self.interrupts.pending = False
                self.interrupts.armed = True
                self.channel.send("S")
                result = self.execute(request["language"], request["command"])
                self.interrupts.armed = False
            except KeyboardInterrupt as interrupt:
                self.interrupts.armed = False
                result = errors.python_error(interrupt)
            if os.getpid() != pid:  # user code forked, and its child came back here
                os._exit(0)
            self.channel.send("R" + json.dumps(result, allow_nan=False))

    def execute(self, language, code):
        if language == "sql":
            return self._sql(code)
        if language != "python":
            return errors.language_error(language)
        try:
            self._python(code)
        except dbutils.NotebookExit as end:
            return results.text(str(end.value))
        except magics.UsageError as error:
            return errors.usage_error(str(error))
        except sql.SparkError as error:
            return errors.python_error(error)
        except BaseException as error:  # whatever user code raises, SystemExit included
            return errors.python_error(error)
        return self.outbox.result(self.output.text())

    def _sql(self, code):
        try:
            columns, rows = [], []
            for statement in sql.split_statements(code):
                columns, rows = self.session.execute(statement)
            return tables.result(columns, rows)
        except sql.SparkError as error:
            return errors.sql_error(error)

    def _python(self, code):
        self.count += 1
        name = f"<command-{self.count}>"
        tree, code = magics.parse(code, name)
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        namespace = self.main.__dict__
        if tree.body:
            exec(compile(tree, name, "exec"), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
            if value is not None:
                namespace["_"] = value
                self.output.write(repr(value) + "\n")
        self.outbox.collect_figures()


# What user code sees of our environment: none of our user's secrets.
_ENVIRONMENT = {
    "PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "XDG_CACHE_HOME", "MPLBACKEND", "LD_LIBRARY_PATH",
    "DATABRICKS_RUNTIME_VERSION", "LD_PRELOAD", "TROWEL_ROOT",
}  # fmt: skip


def _settle():
    """Limits that keep user code from taking the machine along; no security boundary."""
    for name in set(os.environ) - _ENVIRONMENT:
        del os.environ[name]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_DATA, (machine, machine))
    try:
        # Where memory runs out all the same, the kernel should take user code rather than the editor.
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("600")
    except OSError:
        pass  # some containers do not allow it


def main(configuration):
    _settle()
    # User code must not see our folder in its search path; the package itself stays importable.
    del sys.path[0]
    sys.path[0] = os.getcwd()
    sys.argv = [""]
    channel = Channel()
    try:
        driver = Driver(channel, json.loads(configuration))
    except Exception as error:  # nobody else would hear of it
        channel.send(f"E{type(error).__name__}: {error}".replace("\n", " "))
        return
    driver.serve()

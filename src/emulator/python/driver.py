# SPDX-License-Identifier: Apache-2.0
"""The process behind one execution context: takes commands from a socket, runs them, answers with results.

User code owns descriptors 0 to 2; the socket sits where nothing inherits it. Answers are lines: "S" when the command
can be interrupted, "Q" and a question as JSON while it runs, "X" and a JSON text where it ended by notebook.exit, then
"R" and the result as JSON; or "E" and the reason why the driver cannot work.
"""

import os
import sys
import types
from json import dumps, loads  # user code may patch the module's

from . import capture, dbutils, errors, process, results, tasks
from .cells import Cells
from .channel import Channel, Interrupts
from .host import Host
from .redaction import Redaction
from .sql.session import Session


class Driver:
    def __init__(self, channel, configuration):
        self.channel = channel
        self.configuration = configuration
        self.cluster = configuration.get("cluster") or {}  # what code may know of it; nothing on serverless compute
        self.interrupts = Interrupts()
        self.host = Host(channel, self.interrupts)
        self.redaction = Redaction()
        for secret in ((configuration.get("context") or {}).get("apiToken"), *self.cluster.get("secrets", [])):
            self.redaction.add(secret)
        self.output = capture.Output()
        self.outbox = results.Outbox()
        self.session = Session(configuration["tables"], configuration["user"], self.interrupts)
        self.session.paths = dbutils.Paths(configuration.get("root") or "")
        if configuration.get("demo"):
            from . import demo_tables

            demo_tables.create(self.session)
        self.dbutils = dbutils.DBUtils(self.host, configuration, self.redaction, self.outbox.display)
        self.session.utilities = self.dbutils
        self.session.groups = tuple(configuration.get("groups") or ())
        self.session.parameters = self.dbutils.widgets.getAll
        self.main = types.ModuleType("__main__")
        sys.modules["__main__"] = self.main
        self.cells = Cells(self)
        self.main.__dict__.update(self._globals())

    def _globals(self):
        from . import spark_session

        facts = spark_session.facts(self.configuration.get("context") or {}, self.cluster)
        spark = spark_session.start(self.session, self.outbox.display, facts, self.cluster.get("spark"))
        names = {
            "spark": spark,
            "sqlContext": spark,
            "sc": spark.sparkContext,
            "sql": spark.sql,
            "table": spark.table,
            "dbutils": self.dbutils,
            "display": self.outbox.display,
            "displayHTML": self.outbox.html,
            "getArgument": self.dbutils.widgets.getArgument,
        }
        spark_session.provide_runtime(**names)
        return {"__builtins__": __builtins__, **names, **self.cells.globals()}

    def serve(self):
        pid = os.getpid()
        while True:
            line = self.channel.receive()
            if line is None:
                return
            request = loads(line)
            if self.host.is_answer(request):
                continue
            self.output.begin(logs=request.get("kind", "command") != "command")
            self.outbox.clear()
            ending = None
            try:
                self.interrupts.pending = False
                self.interrupts.armed = True
                self.channel.send("S")
                result, ending = self.execute(request)
                self.interrupts.armed = False
            except KeyboardInterrupt as interrupt:
                self.interrupts.armed = False
                result = errors.python_error(interrupt)
            if os.getpid() != pid:  # user code forked, and its child came back here
                os._exit(0)
            with self.host.quiet():
                if isinstance(ending, dbutils.NotebookExit):
                    self.channel.send("X" + dumps(self.redaction.text(ending.value)))
                self.channel.send("R" + self._encoded(result, request))
            if isinstance(ending, dbutils.Restart):
                process.start_anew(self.channel, {**self.configuration, "widgets": self.dbutils.widgets.getAll()})

    def _encoded(self, result, request):
        # Statements bring limits of their own, which are above those of commands.
        room = max(errors.RESULT_ROOM, 2 * request.get("limits", {}).get("bytes", 0))
        try:
            line = dumps(self.redaction.apply(result), allow_nan=False, ensure_ascii=False)
            size = len(line.encode("utf-8", "replace"))
            return line if size <= room else dumps(errors.too_large(size))
        except BaseException:  # of whatever user code made of the modules that this needs
            return errors.LAST_WORDS

    def execute(self, request):
        """The result, and the exception by which user code ended the command early on purpose."""
        try:
            kind = request.get("kind", "command")
            if kind == "command":
                early = self.cells.run(
                    request["language"], request["command"], request.get("magics", False), request.get("limits")
                )
                if early is not None:
                    return early, None
            else:
                return tasks.run(self, request), None
        except dbutils.NotebookExit as end:
            if len(end.value) > errors.RESULT_ROOM:
                return errors.too_large(len(end.value)), None
            return results.text(end.value), end
        except dbutils.Restart as restart:
            return results.text(self.output.text()), restart
        except BaseException as error:  # whatever user code raises, SystemExit included
            return errors.any_error(error), None
        return self.outbox.result(self.output.text()), None


def main(configuration):
    process.settle()
    channel = Channel()
    try:
        configuration = loads(configuration)
        process.enter(configuration)
        driver = Driver(channel, configuration)
        sys.dont_write_bytecode = True
    except Exception as error:  # nobody else would hear of it
        channel.send(f"E{type(error).__name__}: {error}".replace("\n", " "))
        return
    try:
        driver.serve()
    except Exception as error:  # code may have taken away what we stand on
        channel.send(f"E{type(error).__name__}: {error}".replace("\n", " "))

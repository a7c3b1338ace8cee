# SPDX-License-Identifier: Apache-2.0
"""The driver as the emulator runs it: a process at the other end of a socket, and the package in this one."""

import importlib.util
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../../src/emulator/python"))
BOOTSTRAP = (
    "import os, sys; sys.path.insert(0, sys.argv[1]); from trowel_cluster.driver import main; "
    "main(os.fdopen(4, encoding='utf-8').read())"
)


def import_package():
    """Makes `trowel_cluster` importable in this process."""
    if "trowel_cluster" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "trowel_cluster", os.path.join(SOURCES, "__init__.py"), submodule_search_locations=[SOURCES]
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules["trowel_cluster"] = module
        spec.loader.exec_module(module)


class HostError(Exception):
    """What the host's side of a test answers a question with."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class DriverProcess:
    """`answers` maps the name of a call to a function of its parameters; `before` puts files in place."""

    def __init__(self, answers=None, before=None, **configuration):
        self.folder = tempfile.mkdtemp(prefix="driver-test-")
        self.root = os.path.join(self.folder, "root")
        for tree in ("dbfs", "Volumes", "Workspace"):
            os.makedirs(os.path.join(self.root, tree))
        os.makedirs(os.path.join(self.folder, "work"))
        shutil.copytree(SOURCES, os.path.join(self.folder, "trowel_cluster"), ignore=shutil.ignore_patterns("__pycache__"))
        if before:
            before(self)
        self.answers = answers or {}
        self.questions = []
        self.exit_value = None
        self._socket, theirs = socket.socketpair()
        configuration = {
            "tables": os.path.join(self.folder, "tables.db"), "user": "ada@example.com", "demo": False, "root": self.root,
            **configuration,
        }  # fmt: skip
        arguments = [sys.executable, "-E", "-B", "-c", BOOTSTRAP, self.folder]
        with tempfile.TemporaryFile() as file:
            file.write(json.dumps(configuration).encode())
            file.seek(0)

            def arrange():
                """The socket at 3 and the configuration at 4, whatever numbers they have here."""
                one, other = os.dup(theirs.fileno()), os.dup(file.fileno())
                high = os.dup2(one, 100), os.dup2(other, 101)
                os.dup2(high[0], 3)
                os.dup2(high[1], 4)

            self.process = subprocess.Popen(
                arguments, cwd=os.path.join(self.folder, "work"), preexec_fn=arrange, pass_fds=[3, 4],
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        theirs.close()
        self._lines = self._socket.makefile("rb")

    def send(self, request):
        self._socket.sendall(json.dumps(request).encode() + b"\n")

    def request(self, started=None, **request):
        """The result of a request; `started` runs once user code does."""
        self.exit_value = None
        self.send({"id": "1", **request})
        while True:
            line = self._lines.readline().decode().rstrip("\n")
            if line == "S":
                if started:
                    started()
            elif line.startswith("Q"):
                self.answer(json.loads(line[1:]))
            elif line.startswith("X"):
                self.exit_value = json.loads(line[1:])
            elif line.startswith("R"):
                return json.loads(line[1:])
            else:
                raise AssertionError(f"the driver said {line!r}")

    def answer(self, question):
        self.questions.append(question)
        try:
            self.send({"result": self.answers[question["call"]](question)})
        except HostError as error:
            self.send({"error": {"code": error.code, "message": str(error)}})

    def run(self, code, language="python", **more):
        return self.request(language=language, command=code, **more)

    def text(self, code, **more):
        result = self.run(code, **more)
        if result["resultType"] != "text":
            raise AssertionError(json.dumps(result)[:3000])
        return result["data"]

    def error(self, code, **more):
        """Summary of the error, without its markup."""
        result = self.run(code, **more)
        if result["resultType"] != "error":
            raise AssertionError(f"no error: {json.dumps(result)[:1000]}")
        import html
        import re

        return html.unescape(re.sub(r"<[^>]*>", "", result["summary"]))

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGINT)

    def interrupt_until_it_answers(self):
        """As the emulator does: a signal that comes a moment too early is lost."""
        readable = []
        while not readable:
            self.interrupt()
            readable, _, _ = select.select([self._socket], [], [], 0.2)

    def write(self, path, text):
        """A file beneath /dbfs, /Volumes or /Workspace."""
        file = self.root + path
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text)

    def close(self):
        self._lines.close()
        self._socket.close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

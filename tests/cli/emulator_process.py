# SPDX-License-Identifier: Apache-2.0
"""The emulator as a process of its own, and a client of it that knows nothing of Trowel: for tests from outside."""
import base64
import http.client
import json
import os
import pathlib
import signal
import subprocess
import urllib.parse

GUARD_SECONDS = 60  # no step takes this long; only one that hangs does
ME = 'demo@example.com'


class Server:
    """One emulator on a data folder."""

    def __init__(self, binary, folder, *arguments, port=0):
        self.folder = pathlib.Path(folder)
        endpoint = self.folder / 'endpoint.json'
        endpoint.unlink(missing_ok=True)
        self.child = spawn(binary, self.folder, '--port', str(port), '--data', str(self.folder / 'data'),
                           '--cluster-start-ms', '0', '--endpoint-file', str(endpoint), *arguments)
        line = self.child.stdout.readline()
        if not line:
            raise AssertionError(f'the emulator did not start: {self.child.stderr.read()}')
        self.endpoint = json.loads(endpoint.read_text())
        self.port = urllib.parse.urlsplit(self.endpoint['host']).port

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.close()

    def close(self):
        if self.child.poll() is None:
            self.child.terminate()
        self.child.wait(GUARD_SECONDS)
        for stream in (self.child.stdout, self.child.stderr):
            stream.close()


def spawn(binary, home, *arguments):
    environment = {'PATH': os.environ.get('PATH', '/usr/bin:/bin'), 'HOME': str(home), 'LANG': 'C.UTF-8',
                   'XDG_STATE_HOME': str(home / 'state'), 'XDG_RUNTIME_DIR': str(home / 'run')}
    return subprocess.Popen([binary, 'emulator', *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env=environment, cwd=home)


class Client:
    """One connection; raises OSError or HTTPException when the emulator is gone."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=GUARD_SECONDS)
        self.headers = {'Authorization': 'Bearer ' + server.endpoint['token'], 'Content-Type': 'application/json'}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def call(self, method, path, body=None):
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        response = self.connection.getresponse()
        text = response.read()
        try:
            return response.status, json.loads(text) if text else {}
        except ValueError:
            return response.status, {}

    def get(self, path, /, **query):
        return self.call('GET', path + '?' + urllib.parse.urlencode(query))

    def post(self, path, /, **body):
        return self.call('POST', path, body)


def accepted(answer):
    status, body = answer
    if not 200 <= status < 300:
        raise AssertionError(f'refused: {status} {body}')
    return body


def found(answer, *path):
    """The value at `path` of an answer; None where the object is not there."""
    status, body = answer
    if status in (400, 404):
        return None
    value = accepted((status, body))
    for key in path:
        value = value[key]
    return value


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def decoded(text):
    return None if text is None else base64.b64decode(text).decode()

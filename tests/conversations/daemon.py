# SPDX-License-Identifier: Apache-2.0
"""The real binary with pipes at both ends, in a home of its own."""
import json
import os
import queue
import re
import select
import signal
import subprocess
import tempfile
import threading

from talk import TalkError, brief, expand, frame

# No talk takes this long; only one that hangs does.
GUARD_SECONDS = 30


class Daemon:
    def __init__(self, binary, setup, places):
        self.binary, self.setup = binary, setup
        self.home = tempfile.mkdtemp(prefix='trowel-talk-')
        self.places = places
        places['home'] = self.home
        self.helpers = []
        self.deaf, self.wake = False, os.pipe()
        self.messages, self.kept = queue.Queue(), []
        self.stderr, self.said, self.replied, self.asked = b'', b'', {}, {}
        self.environment = {
            'PATH': os.environ.get('PATH', '/usr/bin:/bin'), 'HOME': self.home, 'LANG': 'C.UTF-8',
            'XDG_STATE_HOME': f'{self.home}/state', 'XDG_CONFIG_HOME': f'{self.home}/config',
            'XDG_RUNTIME_DIR': f'{self.home}/run'}

    def start(self):
        if self.setup.get('emulator'):
            self.start_emulator()
        if self.setup.get('parent'):
            # Stands for the editor's process; the pipes stay open when it dies.
            parent = subprocess.Popen(['sleep', 'infinity'])
            self.helpers.append(parent)
            self.places['parent'] = parent.pid
        for name, text in self.setup.get('files', {}).items():
            path = os.path.join(self.home, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(expand(text, self.places))
        self.environment.update(expand(self.setup.get('env', {}), self.places))
        for _ in range(self.setup.get('crashes', 0)):
            self.crash()
        arguments = expand(self.setup.get('arguments', ['serve']), self.places)
        self.process = subprocess.Popen([self.binary, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=self.environment, cwd=self.home)
        self.command_line = ' '.join([self.binary, *arguments])
        self.threads = [threading.Thread(target=self.read_stdout), threading.Thread(target=self.read_stderr)]
        for thread in self.threads:
            thread.start()

    def crash(self):
        daemon = subprocess.Popen([self.binary, 'serve'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, env=self.environment, cwd=self.home)
        daemon.stdin.write(frame({'id': 0, 'method': 'initialize', 'params': {'capabilities': {}}}))
        daemon.stdin.flush()
        daemon.stdout.readline()
        daemon.kill()
        daemon.communicate()

    def start_emulator(self):
        emulator = subprocess.Popen([self.binary, 'emulator', '--endpoint-file', f'{self.home}/endpoint.json'],
                                    stdout=subprocess.PIPE, env=self.environment, cwd=self.home)
        self.helpers.append(emulator)
        emulator.stdout.readline()
        with open(f'{self.home}/endpoint.json', encoding='utf-8') as file:
            endpoint = json.load(file)
        self.places.update(emulator=endpoint['host'], token=endpoint['token'])

    # ---- what comes from the daemon

    def read_stdout(self):
        try:
            pending = b''
            while not self.deaf:
                select.select([self.process.stdout, self.wake[0]], [], [])
                if self.deaf:
                    break
                piece = os.read(self.process.stdout.fileno(), 1 << 20)
                if not piece:
                    if pending:
                        raise ValueError(f'cut off: {pending[:100]}')
                    break
                pending += piece
                while found := re.match(rb'Content-Length: (\d+)\r\n\r\n', pending):
                    end = found.end() + int(found[1])
                    if len(pending) < end:
                        break
                    message = json.loads(pending[found.end():end])
                    # The one message that is there to hand a secret over.
                    if message.get('method') != 'trowel/ui/secret/store':
                        self.said += pending[:end]
                    self.received(message)
                    pending = pending[end:]
                if pending and not b'Content-Length: '.startswith(pending[:16]):
                    raise ValueError(f'no header: {pending[:100]}')
        except Exception as error:  # whatever is wrong with stdout is a finding, not the end of this thread
            self.messages.put(TalkError(f'stdout holds something that is no message: {error!r}'))
        self.messages.put(None)

    def received(self, message):
        if 'method' in message and 'id' in message:
            self.answer(message)
        elif 'id' in message and message['id'] is not None:
            key = json.dumps(message['id'])
            self.replied[key] = self.replied.get(key, 0) + 1
        self.messages.put(message)

    def answer(self, request):
        """As a patient editor would, where the talk does not say otherwise."""
        answers = self.setup.get('answers', {})
        if request['method'] in answers:
            result = answers[request['method']]
            if result == 'never':
                return
        elif request['method'] == 'workspace/configuration':
            result = [{}] * len(request['params']['items'])
        else:
            result = None
        self.write(frame({'id': request['id'], 'result': expand(result, self.places)}))

    def read_stderr(self):
        while piece := self.process.stderr.read1(65536):
            self.stderr += piece

    # ---- what goes to it

    def write(self, data, piece=None):
        try:
            for at in range(0, len(data), piece or len(data)):
                self.process.stdin.write(data[at:at + piece] if piece else data)
                self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # the daemon has ended: the next expectation says so

    def asks(self, message):
        if 'id' in message and 'method' in message and not isinstance(message['id'], (dict, float, type(None))):
            key = json.dumps(message['id'])
            self.asked[key] = self.asked.get(key, 0) + 1

    def close(self, stream):
        if stream == 'stdout':
            # A thread that reads would keep the pipe open.
            self.deaf = True
            os.write(self.wake[1], b'x')
            self.threads[0].join()
        getattr(self.process, stream).close()

    def signal(self, name):
        self.process.send_signal(getattr(signal, name))

    # ---- what is expected of it

    def take(self, matches):
        """The first message that matches, among those that nobody has taken yet."""
        for i, message in enumerate(self.kept):
            if matches(message):
                return self.kept.pop(i)
        while True:
            try:
                message = self.messages.get(timeout=GUARD_SECONDS)
            except queue.Empty:
                return None
            if message is None:
                self.messages.put(None)
                return None
            if isinstance(message, TalkError):
                raise message
            if matches(message):
                return message
            self.kept.append(message)

    def exit_status(self):
        try:
            return self.process.wait(GUARD_SECONDS)
        except subprocess.TimeoutExpired:
            return 'still running'

    def logs(self):
        """Everything the daemon left on disk."""
        found = b''
        for folder, _, names in os.walk(f'{self.home}/state'):
            for name in names:
                with open(os.path.join(folder, name), 'rb') as file:
                    found += file.read()
        return found

    def stop(self):
        for process in [self.process, *self.helpers] if hasattr(self, 'process') else self.helpers:
            if process.poll() is None:
                process.kill()
            process.wait()
        for thread in getattr(self, 'threads', []):
            thread.join()

    def check_replies(self):
        for key, count in self.replied.items():
            if count > self.asked.get(key, 0):
                raise TalkError(f'request {key} was answered {count} times, but sent {self.asked.get(key, 0)} times')
        for message in self.kept:
            if message.get('method') == 'window/showMessage' and message['params']['type'] == 1:
                raise TalkError(f'an error was shown that nobody expected: {brief(message)}')

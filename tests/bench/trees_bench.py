# SPDX-License-Identifier: Apache-2.0
"""Views over stdio: how soon rows follow the REST answer they come from, and how many REST calls a window costs."""
import collections
import json
import os
import re
import select
import shutil
import socket
import statistics
import subprocess
import threading
import time

from emulator_bench import Emulator

CHILDREN = 10_000
FOLDER = '/Shared/bench'
TURNS = 15
REFRESHES = 50
LATENCY_MS = 50      # of every REST call while refreshes come at once, as a workspace far away has
QUIET = 1.0          # seconds without a message: whatever was begun is done
# Of version 2.8.6, read in its source: at start-up the connection is tested and seven views are refreshed, then all of
# that again; a refresh of everything is half of that. Each refresh is one call or more.
POWER_TOOLS = {'start-up': 16, 'one refresh': 8}


class Relay:
    """Between daemon and emulator: knows when the last byte of an answer went out."""

    def __init__(self, port):
        self.port, self.last = port, 0.0
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.host = f'http://127.0.0.1:{self.listener.getsockname()[1]}'
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return  # closed
            far = socket.create_connection(('127.0.0.1', self.port))
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self.pump, args=(far, near, True), daemon=True).start()

    def pump(self, source, target, answers):
        try:
            while piece := source.recv(1 << 20):
                target.sendall(piece)
                if answers:
                    self.last = time.perf_counter()
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one side has gone

    def close(self):
        self.listener.close()


class Editor:
    """What a window does with the views: asks for those in sight, and again whenever it is told that they changed."""

    def __init__(self, trowel, environment, in_sight):
        self.in_sight, self.ids = in_sight, 0
        self.answers, self.arrived, self.open = {}, {}, set()
        home = environment['HOME']
        self.folder = os.path.join(home, 'project')
        os.makedirs(self.folder, exist_ok=True)
        self.process = subprocess.Popen([trowel, 'serve'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env=environment, cwd=home)
        self.pending = b''
        self.wait([self.ask('initialize', {'capabilities': {}, 'workspaceFolders': [{'uri': f'file://{self.folder}', 'name': 'project'}]})])
        self.tell('initialized', {})
        for view in in_sight:
            self.tell('trowel/tree/visible', {'view': view, 'visible': True})
        self.draw(in_sight)
        for method in ('trowel/connection/status', 'trowel/sync/status', 'trowel/kernel/list'):
            self.ask(method, {})

    def write(self, message):
        data = json.dumps({'jsonrpc': '2.0', **message}).encode()
        self.process.stdin.write(b'Content-Length: %d\r\n\r\n' % len(data) + data)
        self.process.stdin.flush()

    def tell(self, method, params):
        self.write({'method': method, 'params': params})

    def ask(self, method, params):
        self.ids += 1
        self.open.add(self.ids)
        self.write({'id': self.ids, 'method': method, 'params': params})
        return self.ids

    def draw(self, views):
        return [self.ask('trowel/tree/children', {'view': view}) for view in views]

    def read(self, seconds):
        """The messages that have come; none in all that time: nothing."""
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            return False
        piece = os.read(self.process.stdout.fileno(), 1 << 20)
        assert piece, 'the daemon ended'
        self.pending += piece
        now = time.perf_counter()
        while found := re.match(rb'Content-Length: (\d+)\r\n\r\n', self.pending):
            end = found.end() + int(found[1])
            if len(self.pending) < end:
                break
            text, self.pending = self.pending[found.end():end], self.pending[end:]
            self.take(json.loads(text), now)
        return True

    def take(self, message, now):
        if 'method' not in message:
            assert 'error' not in message, message
            self.answers[message['id']], self.arrived[message['id']] = message['result'], now
            self.open.discard(message['id'])
        elif 'id' in message:
            configuration = message['method'] == 'workspace/configuration'
            self.write({'id': message['id'], 'result': [{'connection': 'profile:DEFAULT'}] * len(message['params']['items']) if configuration else None})
        elif message['method'] == 'trowel/tree/changed' and message['params']['view'] in self.in_sight and 'rows' not in message['params']:
            self.draw([message['params']['view']])
        elif message['method'] == 'trowel/kernel/changed':
            self.ask('trowel/kernel/list', {})

    def wait(self, ids):
        while not self.answers.keys() >= set(ids):
            assert self.read(60), 'the daemon does not answer'

    def settle(self):
        while self.read(60 if self.open else QUIET):
            pass

    def stop(self):
        self.wait([self.ask('shutdown', None)])
        self.tell('exit', None)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Workspace:
    """The emulator behind a relay, and a profile that leads there."""

    def __init__(self, trowel, environment):
        self.emulator = Emulator(trowel, environment)
        self.connection = self.emulator.connect()
        self.relay = Relay(self.connection.port)
        with open(os.path.join(environment['HOME'], '.databrickscfg'), 'w', encoding='utf-8') as file:
            file.write(f'[DEFAULT]\nhost = {self.relay.host}\ntoken = {self.connection.token}\n')

    def delay(self, milliseconds):
        self.connection.post('/emulator/faults', {'pattern': '*', 'delay_ms': milliseconds, 'times': 0})

    def fast_again(self):
        self.connection.ask('DELETE', '/emulator/faults')

    def forget(self):
        self.connection.ask('DELETE', '/emulator/requests')

    def calls(self):
        """How often each call came since forget()."""
        _, answer = self.connection.ask('GET', '/emulator/requests')
        return collections.Counter(f'{each["method"]} {each["path"]} {json.dumps(each.get("query", {}))}'
                                   for each in json.loads(answer)['requests'] if not each['path'].startswith('/emulator'))

    def stop(self):
        self.connection.close()
        self.relay.close()
        self.emulator.stop()


def first_page(editor, workspace):
    """Milliseconds from the end of the REST answer to the first rows, of each turn; and how many rows those are."""
    times = []
    for _ in range(TURNS):
        editor.wait([editor.ask('workspace/executeCommand', {'command': 'trowel.view.refresh'})])
        editor.settle()
        question = editor.ask('trowel/tree/children', {'view': 'trowel.workspace', 'node': FOLDER})
        editor.wait([question])
        times.append((editor.arrived[question] - workspace.relay.last) * 1000)
        page = editor.answers[question]
        assert page['ready'] and page['more'], page
    rest = editor.ask('trowel/tree/children', {'view': 'trowel.workspace', 'node': FOLDER, 'page': page['more']})
    editor.wait([rest])
    assert len(page['nodes']) + len(editor.answers[rest]['nodes']) == CHILDREN
    return times, len(page['nodes'])


def costs(trowel, environment, in_sight, workspace):
    """REST calls of a window that opens, of one refresh, and of many at once."""
    workspace.delay(LATENCY_MS)
    workspace.forget()
    editor = Editor(trowel, environment, in_sight)
    editor.settle()
    opened = workspace.calls()
    workspace.forget()
    editor.ask('workspace/executeCommand', {'command': 'trowel.view.refresh'})
    editor.settle()
    refreshed = workspace.calls()
    workspace.forget()
    for _ in range(REFRESHES):
        editor.ask('workspace/executeCommand', {'command': 'trowel.view.refresh'})
    editor.settle()
    crowd = workspace.calls()
    workspace.forget()
    for _ in range(REFRESHES):
        editor.draw(in_sight)
    editor.settle()
    drawn = workspace.calls()
    editor.stop()
    workspace.fast_again()
    return opened, refreshed, crowd, drawn


def measure(trowel, views, folded, environment):
    """Rows of a table, and bars as (text, met). A new window shows `views`; of those that are `folded` only the titles."""
    workspace = Workspace(trowel, environment)
    try:
        opened, refreshed, crowd, drawn = costs(trowel, environment, views, workspace)
        everything = costs(trowel, environment, views + folded, workspace)
        workspace.connection.post('/api/2.0/workspace/mkdirs', {'path': FOLDER})
        for number in range(CHILDREN):
            workspace.connection.post('/api/2.0/workspace/import', {'path': f'{FOLDER}/notebook {number}', 'format': 'SOURCE',
                                                                    'language': 'PYTHON', 'content': 'cHJpbnQoMSkK'})
        editor = Editor(trowel, environment, [])
        editor.settle()
        times, first = first_page(editor, workspace)
        editor.stop()
    finally:
        workspace.stop()
        shutil.rmtree(environment['HOME'], ignore_errors=True)
    median = statistics.median(times)
    rows = [(f'{CHILDREN:,} children, the first {first}: after the REST answer', 'median ms', 'min', 'max'),
            ('', f'{median:.1f}', f'{min(times):.1f}', f'{max(times):.1f}'),
            ('REST calls of a window', f'{len(views)} views, as it opens', f'all {len(views + folded)} views', 'Power Tools'),
            ('start-up', opened.total(), everything[0].total(), f'{POWER_TOOLS["start-up"]} or more'),
            ('one refresh', refreshed.total(), everything[1].total(), f'{POWER_TOOLS["one refresh"]} or more'),
            (f'{REFRESHES} refreshes at once', crowd.total(), everything[2].total(), ''),
            (f'{REFRESHES} questions for each view at once', drawn.total(), everything[3].total(), '')]
    again = lambda calls: ', '.join(call for call, times in calls.items() if times > 1) or 'none'
    return rows, [(f'the first page of {CHILDREN:,} children follows the REST answer within 50 ms: {median:.1f} ms', median <= 50),
                  (f'start-up makes each call once; twice: {again(opened)}', max(opened.values()) == 1),
                  (f'a refresh makes each call once; twice: {again(refreshed)}', max(refreshed.values()) == 1),
                  (f'{REFRESHES} refreshes at once make each call once; twice: {again(crowd)}', max(crowd.values()) == 1),
                  (f'{REFRESHES} questions for each view at once make each call once; twice: {again(drawn)}', max(drawn.values()) == 1),
                  (f'start-up makes fewer calls than Power Tools: {opened.total()}', opened.total() < POWER_TOOLS['start-up'])]

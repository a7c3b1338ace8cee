# SPDX-License-Identifier: Apache-2.0
"""The real daemon as a window sees it: at bad moments, and at its end."""
import json
import os
import signal
import subprocess
import threading
import unittest
import urllib.request

from cli_test import BINARY, GUARD_SECONDS, Case

# What issue and user expect of the end, with room for a machine that is busy.
END_SECONDS = 5
CONNECTED = {'connection': 'profile:DEFAULT'}


class Window:
    """An editor that answers questions for settings and says nothing to everything else."""

    def __init__(self, home, settings, *arguments, stderr=subprocess.DEVNULL):
        self.settings = settings
        self.uri = home.project.as_uri()
        self.daemon = subprocess.Popen([BINARY, *arguments, 'serve'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=stderr, env=home.environment, cwd=home.project)
        home.children.append(self.daemon)
        self.changed = threading.Condition()
        self.replies = {}
        self.told = []
        self.next = 0
        threading.Thread(target=self._read, daemon=True).start()
        self.ask('initialize', capabilities={}, workspaceFolders=[self.folder()])
        self.tell('initialized')

    def folder(self):
        return {'uri': self.uri, 'name': 'project'}

    def _read(self):
        try:
            while header := self.daemon.stdout.readline():
                self.daemon.stdout.readline()
                message = json.loads(self.daemon.stdout.read(int(header.split(b':')[1])))
                if 'method' in message and 'id' in message:
                    self._send(id=message['id'], result=self._answer(message['params']))
                with self.changed:
                    if 'method' in message:
                        self.told.append(message)
                    else:
                        self.replies[message['id']] = message
                    self.changed.notify_all()
        except (OSError, ValueError):
            pass  # closed

    def _answer(self, params):
        if 'keys' in params:
            known = {'trowel.' + name: value for name, value in self.settings.items()}
            return {'values': [{'key': key, **({'user': known[key]} if key in known else {})} for key in params['keys']]}
        return [self.settings for _ in params.get('items', [])] or None

    def _send(self, **message):
        body = json.dumps({'jsonrpc': '2.0', **message}).encode()
        self.daemon.stdin.write(b'Content-Length: %d\r\n\r\n' % len(body) + body)
        self.daemon.stdin.flush()

    def tell(self, method, **params):
        self._send(method=method, params=params)

    def begin(self, method, **params):
        self.next += 1
        self._send(id=self.next, method=method, params=params)
        return self.next

    def await_reply(self, number):
        with self.changed:
            assert self.changed.wait_for(lambda: number in self.replies, GUARD_SECONDS), f'no reply to {number}'
            return self.replies[number]

    def ask(self, method, **params):
        reply = self.await_reply(self.begin(method, **params))
        assert 'result' in reply, reply
        return reply['result']

    def await_told(self, method, fits=lambda params: True):
        """The first notification or request of that kind since the last one asked for."""
        def find():
            for number, message in enumerate(self.told):
                if message['method'] == method and fits(message['params']):
                    del self.told[:number + 1]
                    return message['params']
            return None
        with self.changed:
            found = self.changed.wait_for(find, GUARD_SECONDS)
            assert found is not None, f'no {method}'
            return found

    def cell(self, source, notebook='file:///n.ipynb'):
        kernel = self.ask('trowel/kernel/list')['kernels'][0]['id']
        return self.begin('trowel/kernel/execute', kernel=kernel, notebook=notebook, cell='1', language='python',
                          source=source)


class WindowCase(Case):
    def window(self, **settings):
        return Window(self.home, settings)

    def faults(self, **more):
        request = urllib.request.Request(
            self.home.endpoint['host'] + '/emulator/faults', method='POST' if more else 'GET',
            data=json.dumps(more).encode() if more else None,
            headers={'Authorization': 'Bearer ' + self.home.endpoint['token'], 'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=GUARD_SECONDS) as answer:
            return json.load(answer)

    def hold(self, pattern):
        """The server takes such a request and never answers."""
        self.faults(pattern=pattern, hold=True, times=0)

    def await_held(self, pattern):
        while not any(fault['pattern'] == pattern and fault['hits'] for fault in self.faults()['faults']):
            pass


class Ends(WindowCase):
    def setUp(self):
        super().setUp()
        self.home.emulator()

    def assertEndsSoon(self, window):
        window.daemon.send_signal(signal.SIGTERM)
        try:
            window.daemon.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.fail('it does not end')

    def test_while_a_sync_waits_for_a_silent_server(self):
        for number in range(20):
            (self.home.project / f'{number}.txt').write_text('x')
        window = self.window(**CONNECTED)
        self.hold('*import-file*')
        window.ask('trowel/sync/start')
        window.await_told('trowel/sync/changed', lambda status: status['pending'] > 0)
        self.assertEndsSoon(window)

    def test_while_many_notebooks_are_open_and_the_server_is_silent(self):
        window = self.window(**CONNECTED)
        for number in range(8):
            window.await_reply(window.cell('1', f'file:///{number}.ipynb'))
        self.hold('*')
        self.assertEndsSoon(window)

    def test_while_a_restart_waits_for_a_silent_server(self):
        window = self.window(**CONNECTED)
        window.await_reply(window.cell('1'))
        self.hold('*')
        window.begin('trowel/kernel/restart', notebook='file:///n.ipynb')
        self.assertEndsSoon(window)

    def test_while_a_cell_is_being_sent_to_a_silent_server(self):
        window = self.window(**CONNECTED)
        window.await_reply(window.cell('1'))
        self.hold('*/commands/execute*')
        number = window.cell('2')
        self.await_held('*/commands/execute*')
        self.hold('*')
        self.assertEndsSoon(window)
        self.assertEqual(window.await_reply(number)['result']['state'], 'cancelled')


class Connects(WindowCase):
    def test_more_requests_than_threads_wait_for_the_connection(self):
        self.home.emulator()
        window = self.window(**CONNECTED)
        numbers = [window.begin('trowel/tree/children', view='trowel.workspace') for _ in range(100)]
        for number in numbers:
            self.assertTrue(window.await_reply(number)['result']['nodes'])

    def test_a_folder_that_is_opened_again_is_connected_again(self):
        self.home.emulator()
        window = self.window(**CONNECTED)
        self.assertTrue(window.ask('trowel/tree/children', view='trowel.workspace')['nodes'])
        window.tell('workspace/didChangeWorkspaceFolders', event={'added': [], 'removed': [window.folder()]})
        window.tell('workspace/didChangeWorkspaceFolders', event={'added': [window.folder()], 'removed': []})
        self.assertTrue(window.ask('trowel/tree/children', view='trowel.workspace', folder=window.uri)['nodes'])

    def test_a_demo_workspace_that_was_killed_is_started_again(self):
        window = self.window()
        first = window.ask('trowel/connection/select', id='demo')['host']
        pid = json.loads((self.home.path / 'run/trowel/demo/endpoint.json').read_text())['pid']
        os.kill(pid, signal.SIGKILL)
        second = window.ask('trowel/connection/select', id='demo')
        self.assertEqual(second['state'], 'ready')
        self.assertNotEqual(second['host'], first)


class SyncFollows(WindowCase):
    def setUp(self):
        super().setUp()
        self.home.emulator()
        (self.home.project / 'a.txt').write_text('1')

    def watches(self, window):
        return window.await_told('trowel/sync/changed', lambda status: status['state'] == 'watching')

    def ends(self, window):
        window.await_told('trowel/sync/changed', lambda status: status['state'] == 'off')

    def change(self, window, **settings):
        window.settings = CONNECTED | settings
        window.tell('workspace/didChangeConfiguration', settings={})

    def test_the_setting(self):
        window = self.window(**CONNECTED, sync={'enabled': False})
        self.assertEqual(window.ask('trowel/connection/status')['state'], 'ready')
        self.change(window, sync={'enabled': True})
        self.watches(window)
        self.change(window, sync={'enabled': True, 'destination': '/Users/demo@example.com/elsewhere'})
        self.ends(window)
        self.assertEqual(self.watches(window)['destination'], '/Users/demo@example.com/elsewhere')
        self.change(window, sync={'enabled': False})
        self.ends(window)

    def test_a_folder_that_is_closed_and_opened(self):
        window = self.window(**CONNECTED, sync={'enabled': True})
        self.watches(window)
        window.tell('workspace/didChangeWorkspaceFolders', event={'added': [], 'removed': [window.folder()]})
        self.ends(window)
        window.tell('workspace/didChangeWorkspaceFolders', event={'added': [window.folder()], 'removed': []})
        self.watches(window)


if __name__ == '__main__':
    unittest.main(verbosity=2)

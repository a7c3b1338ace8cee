# SPDX-License-Identifier: Apache-2.0
"""The hand-over of tokens as another tool sees it: plain HTTP, several windows, kills, guesses and foreign pages."""
import http.client
import json
import os
import pathlib
import random
import secrets
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

TOOL = os.path.abspath(sys.argv.pop(1))
GUARD_SECONDS = 60
HOST = 'https://dev.example.com'
TOKEN = 'dapi-planted-token-0123'
ASK = {'X-Databricks-Metadata-Version': '1', 'X-Databricks-Host': HOST}


class Window:
    def __init__(self, folder, connection='profile:DEV', token=TOKEN, host=HOST):
        self.process = subprocess.Popen([TOOL, str(folder), connection, host], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.said = []
        self.write(token)

    def write(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()

    def ask(self, question):
        self.write(question)
        while (line := self.process.stdout.readline().rstrip('\n')).startswith('said '):
            self.said.append(line[5:])
        return line

    def await_serving(self):
        while self.ask('serves') != 'yes':
            pass

    def close(self):
        """As when its editor closes."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(GUARD_SECONDS)
        self.process.stdout.close()

    def kill(self):
        self.process.kill()
        self.close()


def request(url, headers, method='GET', target=None):
    """Status and what the answer's JSON says."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection('127.0.0.1', parts.port, timeout=GUARD_SECONDS)
    try:
        connection.putrequest(method, target or parts.path, skip_host=True)
        for name, value in {'Host': parts.netloc, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read().decode()
        return answer.status, json.loads(body) if body.startswith('{') else {'text': body}
    finally:
        connection.close()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='trowel-metadata-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def window(self, *arguments, **more):
        window = Window(self.folder, *arguments, **more)
        self.addCleanup(window.kill)
        return window

    def token(self, url):
        status, answer = request(url, ASK)
        self.assertEqual(status, 200, answer)
        return answer['access_token']


class Contract(Case):
    def test_a_tool_gets_a_short_lived_token(self):
        url = self.window().ask('url')
        before = int(time.time())
        status, answer = request(url, ASK)
        self.assertEqual(status, 200)
        self.assertEqual(sorted(answer), ['access_token', 'expires_on', 'token_type'])
        self.assertEqual((answer['access_token'], answer['token_type']), (TOKEN, 'Bearer'))
        self.assertLessEqual(before + 15, answer['expires_on'])
        self.assertLessEqual(answer['expires_on'], int(time.time()) + 15)

    def test_what_is_asked_wrongly_is_refused(self):
        url = self.window().ask('url')
        for status, error, headers in (
                (400, 'bad_version', {'X-Databricks-Host': HOST}),
                (400, 'bad_version', {**ASK, 'X-Databricks-Metadata-Version': '2'}),
                (404, 'not_found', {'X-Databricks-Metadata-Version': '1'}),
                (404, 'not_found', {**ASK, 'X-Databricks-Host': 'https://other.example.com'})):
            with self.subTest(headers=headers):
                got, answer = request(url, headers)
                self.assertEqual((got, answer['error']), (status, error))
        self.assertEqual(request(url, ASK, 'POST')[0], 405)

    def test_guesses_find_nothing(self):
        url = self.window().ask('url')
        path = urllib.parse.urlsplit(url).path
        seed = secrets.randbelow(2 ** 32)
        dice = random.Random(seed)
        guesses = ['/', '/favicon.ico', path[:-1], path + '0', path.upper(), path + '/', '//' + path[1:], '/..' + path]
        for _ in range(100):
            at = dice.randrange(1, len(path))
            guesses.append(path[:at] + dice.choice('0123456789abcdef'.replace(path[at], '')) + path[at + 1:])
        for guess in guesses:
            status, answer = request(url, ASK, target=guess)
            self.assertIn(status, (400, 404), f'{guess} (seed {seed})')
            self.assertNotIn(TOKEN, json.dumps(answer))

    def test_a_page_that_lets_its_own_name_point_here_gets_nothing(self):
        url = self.window().ask('url')
        port = urllib.parse.urlsplit(url).port
        for host in (f'evil.example.com:{port}', 'evil.example.com', f'127.0.0.1.evil.example.com:{port}', ''):
            with self.subTest(host=host):
                status, answer = request(url, {**ASK, 'Host': host})
                self.assertTrue(400 <= status < 500, answer)
                self.assertNotIn(TOKEN, json.dumps(answer))
        self.assertEqual(request(url, {**ASK, 'Host': f'localhost:{port}'})[0], 200)

    def test_only_this_machine_is_listened_to(self):
        port = urllib.parse.urlsplit(self.window().ask('url')).port
        listening = [line.split()[1] for line in pathlib.Path('/proc/net/tcp').read_text().splitlines()
                     if f':{port:04X} ' in line and line.split()[3] == '0A']
        self.assertEqual(listening, [f'0100007F:{port:04X}'])


class Windows(Case):
    def test_the_address_stays_when_a_window_is_opened_again(self):
        first = self.window()
        url = first.ask('url')
        first.close()
        with self.assertRaises(ConnectionRefusedError):
            request(url, ASK)
        again = self.window()
        self.assertEqual(again.ask('url'), url)
        self.assertEqual(self.token(url), TOKEN)

    def test_a_killed_window_is_followed_by_the_next_at_the_same_address(self):
        windows = [self.window()]
        url = windows[0].ask('url')
        windows += [self.window(), self.window()]
        for window in windows[1:]:
            self.assertEqual(window.ask('url'), url)
            self.assertEqual(window.ask('serves'), 'no')
        self.assertEqual(self.token(url), TOKEN)
        windows[0].kill()
        while not (serving := [each for each in windows[1:] if each.ask('serves') == 'yes']):
            pass
        self.assertEqual(self.token(url), TOKEN)
        serving[0].close()
        last = next(each for each in windows[1:] if each is not serving[0])
        last.await_serving()
        self.assertEqual(self.token(url), TOKEN)
        self.assertEqual(last.said, [])

    def test_windows_opened_at_once_agree_on_one_address(self):
        windows = [self.window() for _ in range(8)]
        self.assertEqual(len({window.ask('url') for window in windows}), 1)
        self.assertEqual([window.ask('serves') for window in windows].count('yes'), 1)

    def test_another_connection_has_another_address_and_its_own_token(self):
        dev, test = self.window(), self.window('profile:TEST', token='dapi-of-test', host='https://test.example.com')
        dev_url, test_url = dev.ask('url'), test.ask('url')
        self.assertNotEqual(urllib.parse.urlsplit(dev_url).path, urllib.parse.urlsplit(test_url).path)
        self.assertEqual(self.token(dev_url), TOKEN)
        status, answer = request(test_url, {**ASK, 'X-Databricks-Host': 'https://test.example.com'})
        self.assertEqual((status, answer['access_token']), (200, 'dapi-of-test'))
        self.assertEqual(request(test_url, ASK)[0], 404)
        self.assertEqual(request(dev_url, ASK, target=urllib.parse.urlsplit(test_url).path)[0], 404)

    def test_a_port_that_a_stranger_took_is_given_up_openly(self):
        first = self.window()
        url = first.ask('url')
        first.close()
        port = urllib.parse.urlsplit(url).port
        with socket.create_server(('127.0.0.1', port)):
            again = self.window()
            moved = again.ask('url')
            self.assertNotEqual(moved, url)
            self.assertEqual(self.token(moved), TOKEN)
            self.assertEqual(len(again.said), 1)
            self.assertIn(f'Another program has taken the port {port} of this machine', again.said[0])
            self.assertIn('Open new terminals', again.said[0])

    def test_what_lies_on_disk_is_private_and_holds_no_token(self):
        self.window().ask('url')
        files = [path for path in self.folder.rglob('*') if path.is_file()]
        self.assertTrue(files)
        for path in files:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)
            self.assertNotIn('planted', path.read_text())
        self.assertEqual(stat.S_IMODE((self.folder / 'metadata-service').stat().st_mode), 0o700)


if __name__ == '__main__':
    unittest.main()

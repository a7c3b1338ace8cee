# SPDX-License-Identifier: Apache-2.0
"""The subcommands of the real binary, as a shell user runs them, against a real emulator."""
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

BINARY = os.path.abspath(sys.argv.pop(1))
# No step takes this long; only one that hangs does.
GUARD_SECONDS = 60


class Home:
    """A home folder of its own, with an emulator on request."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='trowel-cli-')
        self.path = pathlib.Path(self.folder.name)
        self.environment = {
            'PATH': os.environ.get('PATH', '/usr/bin:/bin'), 'HOME': str(self.path), 'LANG': 'C.UTF-8',
            'XDG_STATE_HOME': str(self.path / 'state'), 'XDG_CONFIG_HOME': str(self.path / 'config'),
            'XDG_RUNTIME_DIR': str(self.path / 'run')}
        self.project = self.path / 'project'
        self.project.mkdir()
        self.children = []

    def start(self, *arguments):
        child = subprocess.Popen([BINARY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 env=self.environment, cwd=self.project)
        self.children.append(child)
        return child

    def emulator(self, *arguments):
        endpoint = self.path / 'endpoint.json'
        child = self.start('emulator', '--demo', '--cluster-start-ms', '0', '--endpoint-file', str(endpoint), *arguments)
        child.stdout.readline()
        self.endpoint = json.loads(endpoint.read_text())
        (self.path / '.databrickscfg').write_text(
            f"[DEFAULT]\nhost = {self.endpoint['host']}\ntoken = {self.endpoint['token']}\n")
        return child

    def certificate(self, name, *arguments):
        """A key NAME.key and a certificate NAME.pem, by openssl."""
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-keyout', f'{name}.key', '-out', f'{name}.pem', '-days', '2', *arguments],
                       cwd=self.path, check=True, capture_output=True)

    def run(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, env=self.environment,
                              cwd=self.project, timeout=GUARD_SECONDS, check=False)

    def call(self, method, **params):
        done = self.run('call', method, json.dumps(params))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def close(self):
        for child in self.children:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout, child.stderr):
                if stream:
                    stream.close()
        self.folder.cleanup()


class Case(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)

    def assertSays(self, done, words, status=1):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertTrue(done.stderr.startswith('trowel: '), done.stderr)
        self.assertIn(words, done.stderr)


class CommandLine(Case):
    def test_version_tells_the_protocol(self):
        version = json.loads(self.home.run('--version', '--json').stdout)
        self.assertEqual(version['name'], 'trowel')
        self.assertRegex(version['protocolHash'], '^[0-9a-f]{16}$')

    def test_wrong_usage_ends_with_a_status_of_its_own(self):
        self.assertEqual(self.home.run().returncode, 2)
        self.assertSays(self.home.run('call', 'trowel/workspace/list', 'no json'), 'must be a JSON object', 2)
        self.assertSays(self.home.run('call', 'x', '--folder', '/no/such/folder'), '/no/such/folder', 2)
        self.assertSays(self.home.run('--log', 'loud', 'call', 'x'), "'loud' is no log level", 2)

    def test_call_prints_the_tree(self):
        self.home.emulator()
        paths = [each['path'] for each in self.home.call('trowel/workspace/list', recursive=True)['objects']]
        self.assertIn('/Shared', paths)
        self.assertTrue(any(path.startswith('/Users/') for path in paths))

    def test_call_names_what_is_wrong(self):
        self.assertSays(self.home.run('call', 'trowel/nonsense'), "no method 'trowel/nonsense'")
        self.assertSays(self.home.run('call', 'trowel/workspace/list', '{"path":7}'), "'/path' must be a string")
        done = self.home.run('call', 'trowel/workspace/list')
        self.assertSays(done, 'This project is not connected to a workspace.')
        self.assertIn('Name a profile with --profile, or set DATABRICKS_CONFIG_PROFILE', done.stderr)
        self.assertSays(self.home.run('call', 'trowel/workspace/list', '--profile', 'X'), "no connection 'profile:X'")
        config = self.home.path / '.databrickscfg'
        config.write_text('[DEFAULT]\nhost = https://127.0.0.1:1\ntoken = dapi-planted-token-0123\n')
        done = self.home.run('call', 'trowel/workspace/list')
        self.assertSays(done, 'Nothing answers at https://127.0.0.1:1')
        self.assertNotIn('planted', done.stderr + done.stdout)
        config.write_text('[DEFAULT]\nhost = https://workspace.example.com\ntoken = dapi-planted-token-0123\n')
        self.home.environment['HTTPS_PROXY'] = 'http://ada:planted-password@127.0.0.1:1'
        done = self.home.run('call', 'trowel/workspace/list')
        self.assertSays(done, 'The proxy http://127.0.0.1:1 (from HTTPS_PROXY) cannot be used.')
        self.assertNotIn('planted', done.stderr + done.stdout)

    def test_a_workspace_behind_an_authority_of_its_own_is_reached_once_that_is_named(self):
        self.home.certificate('ca', '-subj', '/CN=Test authority')
        self.home.certificate('server', '-subj', '/CN=emulator', '-addext', 'subjectAltName=IP:127.0.0.1',
                              '-CA', 'ca.pem', '-CAkey', 'ca.key')
        server = self.home.path / 'server'
        self.home.emulator('--tls-cert', f'{server}.pem', '--tls-key', f'{server}.key')
        self.assertTrue(self.home.endpoint['host'].startswith('https://'))
        self.assertSays(self.home.run('call', 'trowel/workspace/list', '{"path":"/"}'),
                        'The certificate of 127.0.0.1 is not accepted: unable to get local issuer certificate '
                        '(issued by CN = Test authority)')
        self.home.environment['NODE_EXTRA_CA_CERTS'] = str(self.home.path / 'ca.pem')
        listed = self.home.call('trowel/workspace/list', path='/')
        self.assertIn('/Shared', json.dumps(listed))

    def test_a_wrong_token_says_where_to_get_a_new_one(self):
        self.home.emulator()
        (self.home.path / '.databrickscfg').write_text(f"[DEFAULT]\nhost = {self.home.endpoint['host']}\ntoken = wrong\n")
        self.assertSays(self.home.run('call', 'trowel/workspace/list'), 'does not accept this token')

    def test_doctor_checks_and_fails_where_something_is_wrong(self):
        done = self.home.run('doctor')
        self.assertEqual(done.returncode, 1)
        self.assertIn('FAIL  connection', done.stdout)
        self.home.emulator()
        done = self.home.run('doctor')
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn('signs in as', done.stdout)
        self.assertNotIn(self.home.endpoint['token'], done.stdout)


class FolderConnections(Case):
    """Which connection the commands use that are about a folder."""

    LIST = ('call', 'trowel/workspace/list')

    def setUp(self):
        super().setUp()
        self.home.emulator()
        host, token = self.home.endpoint['host'], self.home.endpoint['token']
        (self.home.path / '.databrickscfg').write_text(
            f'[DEFAULT]\nhost = http://127.0.0.1:1\ntoken = x\n[DEV]\nhost = {host}\ntoken = {token}\n')

    def choose(self, name):
        self.home.call('trowel/connection/select', id=name)

    def assertUses(self, done, why):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(done.stderr.startswith(f'trowel: {why}\n'), done.stderr)

    def test_what_was_chosen_for_the_folder_is_used_and_told(self):
        self.assertSays(self.home.run(*self.LIST), 'Nothing answers at http://127.0.0.1:1')
        self.choose('profile:DEV')
        why = f'Uses profile:DEV, which was chosen for {self.home.project} in the editor.'
        self.assertUses(self.home.run(*self.LIST), why)
        (self.home.project / 'src').mkdir()
        self.assertUses(self.home.run(*self.LIST, '--folder', 'src'), why)
        self.assertUses(self.home.run('sync', '.', '/Users/demo@example.com/chosen'), why)
        done = self.home.run('doctor', '-o', 'json')
        self.assertEqual(done.returncode, 0, done.stdout)
        checks = {each['check']: each['text'] for each in json.loads(done.stdout)['checks']}
        self.assertEqual(checks['connection'], why)

    def test_flag_and_environment_come_first(self):
        self.choose('profile:DEV')
        self.assertSays(self.home.run(*self.LIST, '--profile', 'DEFAULT'), 'Nothing answers at http://127.0.0.1:1')
        self.home.environment['DATABRICKS_CONFIG_PROFILE'] = 'DEFAULT'
        done = self.home.run(*self.LIST)
        self.assertSays(done, 'Nothing answers at http://127.0.0.1:1')
        self.assertIn('Uses the connection of the environment (DATABRICKS_CONFIG_PROFILE).', done.stderr)
        done = self.home.run(*self.LIST, '--profile', 'DEV')
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_a_choice_that_a_shell_does_not_know_says_what_to_do(self):
        settings = self.home.project / '.vscode/settings.json'
        settings.parent.mkdir()
        settings.write_text('{"trowel.connection": "settings:shop"}')
        done = self.home.run(*self.LIST)
        self.assertSays(done, f'Uses settings:shop, as the settings of {self.home.project} say.')
        self.assertIn("There is no connection 'settings:shop' any more.", done.stderr)
        self.assertIn('A shell knows the settings of the folder, but not those of the editor. Name a profile with '
                      '--profile', done.stderr)


class Cells(Case):
    def test_a_cell_starts_its_cluster_and_runs(self):
        self.home.emulator()
        kernel = self.home.call('trowel/kernel/list')['kernels'][0]['id']
        result = self.home.call('trowel/kernel/execute', kernel=kernel, notebook='file:///n.ipynb', cell='1',
                                language='python', source='print(6 * 7)')
        self.assertEqual(result['state'], 'succeeded')
        self.assertIn('42', json.dumps(result['outputs']))


class Transfers(Case):
    def setUp(self):
        super().setUp()
        self.home.emulator()
        self.target = '/Users/demo@example.com/transferred'

    def write(self, path, text):
        file = self.home.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def test_a_folder_goes_up_and_comes_down_and_the_second_time_nothing_does(self):
        self.write('etl/load.py', '# Databricks notebook source\nprint(1)\n')
        self.write('etl/data/orders.csv', 'a,b\n')
        planned = self.home.run('upload', '--dry-run', 'etl', self.target)
        self.assertIn('orders.csv', planned.stdout)
        self.assertEqual(self.home.run('upload', 'etl', self.target).returncode, 0)
        self.assertIn('nothing to do', self.home.run('upload', 'etl', self.target).stdout)
        self.assertEqual(self.home.run('download', self.target, 'back').returncode, 0)
        for path in ('load.py', 'data/orders.csv'):
            self.assertEqual((self.home.project / 'back' / path).read_text(), (self.home.project / 'etl' / path).read_text())

    def test_files_of_dbfs_and_of_a_volume(self):
        self.write('a.bin', 'a' * 3_000_000)
        for there in ('dbfs:/tmp/shell', 'volumes:/main/default/landing/shell'):
            up = self.home.run('upload', 'a.bin', there)
            self.assertEqual(up.returncode, 0, up.stderr)
            down = self.home.run('download', f'{there}/a.bin', f'from-{there[:4]}')
            self.assertEqual(down.returncode, 0, down.stderr)
            self.assertEqual((self.home.project / f'from-{there[:4]}' / 'a.bin').read_text(), 'a' * 3_000_000)

    def test_what_differs_on_both_sides_is_left_unless_the_user_says_what_becomes_of_it(self):
        self.write('one/a.txt', 'here')
        self.write('two/a.txt', 'there')
        self.assertEqual(self.home.run('upload', 'two', self.target).returncode, 0)
        left = self.home.run('download', self.target, 'one')
        self.assertEqual(left.returncode, 1)
        self.assertIn('--on-conflict', left.stderr)
        self.assertEqual((self.home.project / 'one/a.txt').read_text(), 'here')
        self.assertEqual(self.home.run('download', '--on-conflict', 'replace', self.target, 'one').returncode, 0)
        self.assertEqual((self.home.project / 'one/a.txt').read_text(), 'there')

    def test_an_address_of_nothing_is_refused(self):
        self.assertIn('is no address', self.home.run('upload', '.', 'dbms:/x').stderr)


class Sync(Case):
    def setUp(self):
        super().setUp()
        self.home.emulator()
        self.target = '/Users/demo@example.com/cli'

    def write(self, name, text):
        path = self.home.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def remote(self):
        objects = self.home.call('trowel/workspace/list', path=self.target, recursive=True)['objects']
        return {each['path'][len(self.target) + 1:]: each['kind'] for each in objects}

    def sync(self):
        return self.home.run('sync', '.', self.target)

    def test_files_and_notebooks_arrive_and_what_is_gone_goes(self):
        self.write('nb.py', '# Databricks notebook source\nprint(1)\n')
        self.write('lib/größe x.py', 'x = 1\n')
        self.write('.gitignore', '*.log\n')
        self.write('noise.log', 'no')
        done = self.sync()
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = {'nb': 'notebook', 'lib': 'directory', 'lib/größe x.py': 'file', '.gitignore': 'file'}
        self.assertEqual(self.remote(), expected)

        (self.home.project / 'lib').rename(self.home.project / 'src')
        (self.home.project / 'nb.py').unlink()
        self.assertEqual(self.sync().returncode, 0)
        self.assertEqual(self.remote(), {'src': 'directory', 'src/größe x.py': 'file', '.gitignore': 'file'})

    def test_watching_sends_what_is_saved_and_a_second_sync_says_who_holds_the_target(self):
        self.write('a.txt', '1')
        watcher = self.home.start('sync', '--watch', '.', self.target)
        self.await_line(watcher, 'watching')
        self.write('b.txt', '2')
        self.await_line(watcher, 'watching: 2 done')
        self.assertEqual(self.remote(), {'a.txt': 'file', 'b.txt': 'file'})
        self.assertSays(self.sync(), f'pid {watcher.pid}')
        watcher.send_signal(signal.SIGINT)
        self.assertEqual(watcher.wait(GUARD_SECONDS), 0)
        self.assertEqual(self.sync().returncode, 0)

    def test_killed_while_it_watches_nothing_is_lost(self):
        self.write('a.txt', '1')
        watcher = self.home.start('sync', '--watch', '.', self.target)
        self.await_line(watcher, 'watching')
        watcher.kill()
        watcher.wait()
        self.write('b.txt', '2')
        self.assertEqual(self.sync().returncode, 0)
        self.assertEqual(self.remote(), {'a.txt': 'file', 'b.txt': 'file'})

    def await_line(self, child, start):
        guard = threading.Timer(GUARD_SECONDS, child.kill)
        guard.start()
        try:
            for line in child.stdout:
                if line.startswith(start):
                    return
        finally:
            guard.cancel()
        self.fail(f'no line begins with {start!r}')


class DemoWorkspace(Case):
    """One emulator for all windows, ended with the last."""

    def window(self):
        daemon = subprocess.Popen([BINARY, 'serve'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, env=self.home.environment, cwd=self.home.project)
        self.home.children.append(daemon)
        self.ask(daemon, 1, 'initialize', {'capabilities': {}})
        self.ask(daemon, None, 'initialized', {})
        status = self.ask(daemon, 2, 'trowel/connection/select', {'id': 'demo'})
        return daemon, status['host']

    def send(self, daemon, message):
        body = json.dumps({'jsonrpc': '2.0', **message}).encode()
        daemon.stdin.write(b'Content-Length: %d\r\n\r\n' % len(body) + body)
        daemon.stdin.flush()

    def ask(self, daemon, number, method, params):
        self.send(daemon, {'method': method, 'params': params} | ({} if number is None else {'id': number}))
        while number is not None:
            length = 0
            while (line := daemon.stdout.readline().strip()):
                length = int(line.split(b':')[1])
            message = json.loads(daemon.stdout.read(length))
            if 'method' in message and 'id' in message:
                # The editor's side: no settings, and nobody to ask.
                self.send(daemon, {'id': message['id'], 'result': [{}] if 'configuration' in message['method'] else None})
            elif message.get('id') == number:
                return message.get('result') or self.fail(message)

    def leave(self, daemon):
        daemon.stdin.close()
        daemon.stdout.close()
        daemon.wait(GUARD_SECONDS)


    def test_windows_share_it_and_the_last_one_ends_it(self):
        first, host = self.window()
        second, again = self.window()
        self.assertEqual(host, again)
        pid = json.loads((self.home.path / 'run/trowel/demo/endpoint.json').read_text())['pid']
        ended = os.pidfd_open(pid)
        self.leave(first)
        # Still there for the second.
        self.assertEqual(self.ask(second, 3, 'trowel/workspace/list', {})['objects'][0]['kind'], 'directory')
        self.leave(second)
        self.assertTrue(select.select([ended], [], [], GUARD_SECONDS)[0], 'the demo workspace outlives its windows')
        os.close(ended)

    def test_a_window_that_comes_back_at_once_finds_everything_as_it_was(self):
        first, host = self.window()
        first.kill()
        first.wait()
        _, again = self.window()
        self.assertEqual(host, again)

    def test_a_killed_window_counts_no_more(self):
        first, _ = self.window()
        pid = json.loads((self.home.path / 'run/trowel/demo/endpoint.json').read_text())['pid']
        ended = os.pidfd_open(pid)
        first.kill()
        self.assertTrue(select.select([ended], [], [], GUARD_SECONDS)[0], 'the demo workspace outlives its windows')
        os.close(ended)
        # The next window gets a new one.
        self.window()

    def test_its_token_is_for_this_user_alone(self):
        self.window()
        endpoint = self.home.path / 'run/trowel/demo/endpoint.json'
        self.assertEqual(endpoint.stat().st_mode & 0o777, 0o600)
        self.assertEqual(endpoint.parent.stat().st_mode & 0o777, 0o700)
        pid = json.loads(endpoint.read_text())['pid']
        token = json.loads(endpoint.read_text())['token']
        self.assertNotIn(token, pathlib.Path(f'/proc/{pid}/cmdline').read_text())
        self.assertNotIn(token, pathlib.Path(f'/proc/{pid}/environ').read_text())


if __name__ == '__main__':
    unittest.main(verbosity=2)

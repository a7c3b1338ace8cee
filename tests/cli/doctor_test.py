# SPDX-License-Identifier: Apache-2.0
"""`trowel doctor` on a healthy set-up and on broken ones: what it says is wrong, and what to do about it."""
import email.utils
import http.server
import json
import socket
import threading
import time
import unittest

from cli_test import Case
from desktop import Desktop


class Workspace(http.server.ThreadingHTTPServer):
    """One that always gives the same answer, and by its own clock."""

    def __init__(self, status, body, seconds_behind=0):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(time.time() - seconds_behind, usegmt=True)

            def do_GET(self):
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Doctor(Case):
    def configure(self, host, token='dapi-planted-token-0123'):
        (self.home.path / '.databrickscfg').write_text(f'[DEFAULT]\nhost = {host}\ntoken = {token}\n')
        (self.home.path / '.databrickscfg').chmod(0o600)

    def ask(self, status, *arguments):
        """The checks by name, several of one name as a list."""
        done = self.home.run('doctor', '--output', 'json', *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn('planted', done.stdout + done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report['ok'], status == 0)
        for check in report['checks']:
            if check['status'] == 'fail':
                self.assertTrue(check.get('remedy'), check)
        self.outline = {check['check']: check['status'] for check in report['checks']}
        return {check['check']: check for check in report['checks']}

    def assertFails(self, check, text, remedy):
        self.assertEqual(check['status'], 'fail', check)
        self.assertIn(text, check['text'])
        self.assertIn(remedy, check['remedy'])

    def test_a_healthy_set_up(self):
        desktop = Desktop()
        self.addCleanup(desktop.close)
        desktop.start_keyring()
        self.home.environment['DBUS_SESSION_BUS_ADDRESS'] = desktop.environment['DBUS_SESSION_BUS_ADDRESS']
        self.home.emulator()
        (self.home.path / '.databrickscfg').chmod(0o600)
        checks = self.ask(0)
        for name in ('binary', 'state folder', 'runtime folder', 'inotify', 'open files', 'keyring', 'configuration',
                     'host', 'proxy', 'name lookup', 'reach', 'clock', 'auth', 'permissions'):
            self.assertEqual(checks[name]['status'], 'ok', checks[name])
        self.assertEqual(checks['connection']['text'], 'Uses the profile DEFAULT of ~/.databrickscfg.')
        self.assertEqual(checks['auth']['text'], 'DEFAULT signs in as demo@example.com (pat)')
        self.assertEqual(checks['clock']['text'], "agrees with the host's")
        self.assertIn('speaks without encryption', checks['tls']['text'])
        text = self.home.run('doctor').stdout
        self.assertIn('ok    auth           DEFAULT signs in as demo@example.com (pat)\n', text)
        self.assertIn('ok    permissions    may see clusters', text)

    def test_a_workspace_behind_tls_that_is_trusted(self):
        self.home.certificate('ca', '-subj', '/CN=Test authority')
        self.home.certificate('server', '-subj', '/CN=emulator', '-addext', 'subjectAltName=IP:127.0.0.1',
                              '-CA', 'ca.pem', '-CAkey', 'ca.key')
        server = self.home.path / 'server'
        self.home.emulator('--tls-cert', f'{server}.pem', '--tls-key', f'{server}.key')
        checks = self.ask(1)
        self.assertFails(checks['tls'], 'The certificate of 127.0.0.1 is not accepted: unable to get local issuer '
                         'certificate (issued by CN = Test authority)', 'NODE_EXTRA_CA_CERTS')
        self.assertEqual((checks['reach']['status'], checks['auth']['status']), ('ok', 'skipped'))
        authority = str(self.home.path / 'ca.pem')
        self.home.environment['NODE_EXTRA_CA_CERTS'] = authority
        self.assertEqual(self.ask(0)['tls']['text'],
                         "the certificate of 127.0.0.1 is accepted, by the system's authorities and those of "
                         f'NODE_EXTRA_CA_CERTS ({authority})')

    def test_a_host_that_does_not_exist(self):
        self.configure('https://nowhere.invalid')
        checks = self.ask(1)
        self.assertFails(checks['name lookup'], 'nowhere.invalid', 'Compare the address with the one in your browser')
        self.assertEqual({name: self.outline[name] for name in ('reach', 'tls', 'clock', 'auth', 'permissions')},
                         dict.fromkeys(('reach', 'tls', 'clock', 'auth', 'permissions'), 'skipped'))

    def test_a_configuration_file_that_is_none(self):
        (self.home.path / '.databrickscfg').mkdir()
        checks = self.ask(1)
        self.assertIn('The configuration file ~/.databrickscfg cannot be used.', checks['connection']['text'])
        self.assertFails(checks['connection'], 'name another one in DATABRICKS_CONFIG_FILE', '--profile')

    def test_a_port_where_nobody_listens(self):
        with socket.create_server(('127.0.0.1', 0)) as listener:
            port = listener.getsockname()[1]
        self.configure(f'http://127.0.0.1:{port}')
        self.assertFails(self.ask(1)['reach'], f'Nothing answers at http://127.0.0.1:{port}', 'opens in a browser')

    def test_a_proxy_that_does_not_answer(self):
        with socket.create_server(('127.0.0.1', 0)) as listener:
            port = listener.getsockname()[1]
        self.configure('https://workspace.example.com')
        self.home.environment['HTTPS_PROXY'] = f'http://ada:planted-password@127.0.0.1:{port}'
        checks = self.ask(1)
        self.assertFails(checks['proxy'], f'The proxy http://127.0.0.1:{port} (from HTTPS_PROXY) cannot be used',
                         'Correct HTTPS_PROXY, or name workspace.example.com in NO_PROXY')
        self.assertEqual(self.outline['name lookup'], 'skipped')

    def test_a_token_that_is_not_accepted(self):
        self.home.emulator()
        self.configure(self.home.endpoint['host'])
        checks = self.ask(1)
        self.assertFails(checks['auth'], 'does not accept this token', 'Renew the token')
        self.assertEqual((checks['reach']['status'], checks['permissions']['status']), ('ok', 'skipped'))

    def test_a_token_is_not_blamed_for_what_is_not_its_fault(self):
        for status, body, text in (
                (200, b'<html>Sign in to the hotel</html>', 'answered with a web page instead of data'),
                (403, b'{"error_code":"PERMISSION_DENIED","message":"Source IP address: 1.2.3.4 is blocked by '
                      b'Databricks IP ACL for workspace: 7"}', 'Connect from a network that the workspace allows')):
            with self.subTest(text):
                server = Workspace(status, body)
                self.addCleanup(server.close)
                self.configure(f'http://127.0.0.1:{server.server_address[1]}')
                check = self.ask(1)['auth']
                self.assertFails(check, text, 'a new token would not help')
                self.assertNotIn('Renew', check['remedy'])

    def test_a_clock_that_is_wrong(self):
        server = Workspace(401, b'{"error_code":"UNAUTHENTICATED","message":"No."}', seconds_behind=600)
        self.addCleanup(server.close)
        self.configure(f'http://127.0.0.1:{server.server_address[1]}')
        checks = self.ask(1)
        self.assertRegex(checks['clock']['text'], "^this machine's clock is (599|600|601) s ahead of the host's")
        self.assertFails(checks['clock'], 'tokens are refused by that', 'timedatectl set-ntp true')

    def test_no_keyring_is_no_failure(self):
        self.home.emulator()
        check = self.ask(0)['keyring']
        self.assertEqual(check['status'], 'note')
        self.assertIn('There is no keyring here, because there is no desktop session', check['text'])
        self.assertIn("the editor's secret storage", check['remedy'])

    def test_no_connection(self):
        checks = self.ask(1)
        self.assertFails(checks['connection'], 'no connection is chosen', 'Name a profile with --profile')

    def test_folders_that_cannot_be_written(self):
        self.home.emulator()
        (self.home.path / 'file').write_text('x')
        self.home.environment['XDG_RUNTIME_DIR'] = str(self.home.path / 'file')
        self.assertFails(self.ask(1)['runtime folder'], str(self.home.path / 'file'), 'XDG_RUNTIME_DIR')

    def test_wrong_usage(self):
        self.assertNotEqual(self.home.run('doctor', '--output', 'xml').returncode, 0)
        self.assertSays(self.home.run('doctor', '--folder', '/no/such/folder'), '/no/such/folder', 2)


if __name__ == '__main__':
    unittest.main()

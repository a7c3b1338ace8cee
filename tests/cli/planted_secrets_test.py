# SPDX-License-Identifier: Apache-2.0
"""Secrets of every kind are planted, used and refused with the log at its loudest: they appear on the wire, in the keyring
and in the configuration file, and nowhere else."""
import base64
import hashlib
import http.client
import json
import pathlib
import re
import secrets
import socketserver
import threading
import unittest
import urllib.parse

from cli_test import GUARD_SECONDS, Case
from desktop import Desktop
from window_test import Window

REDIRECT = 'http://localhost:8020'


class Emulator:
    """What an administrator does at the emulator, without Trowel."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.address = urllib.parse.urlsplit(endpoint['host']).netloc

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.address, timeout=GUARD_SECONDS)
        try:
            connection.request(method, path, body, {'Authorization': 'Bearer ' + self.endpoint['token'], **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status < 400, f'{method} {path}: {answer.status} {text}'
            return dict(answer.getheaders()), json.loads(text) if text.startswith('{') else text
        finally:
            connection.close()

    def service_principal(self):
        """Client id and client secret."""
        _, made = self.ask('POST', '/api/2.0/preview/scim/v2/ServicePrincipals', json.dumps({'displayName': 'robot'}))
        _, secret = self.ask('POST', f"/api/2.0/accounts/servicePrincipals/{made['id']}/credentials/secrets", '{}')
        return made['applicationId'], secret['secret']

    def sign_in(self):
        """What a person's sign-in in the browser ends with."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip('=')
        query = urllib.parse.urlencode({
            'client_id': 'databricks-cli', 'response_type': 'code', 'redirect_uri': REDIRECT, 'state': 's',
            'scope': 'all-apis offline_access', 'code_challenge': challenge, 'code_challenge_method': 'S256', 'auto': 'true'})
        headers, _ = self.ask('GET', '/oidc/v1/authorize?' + query)
        location = next(value for name, value in headers.items() if name.lower() == 'location')
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)['code'][0]
        form = urllib.parse.urlencode({'grant_type': 'authorization_code', 'client_id': 'databricks-cli', 'code': code,
                                       'code_verifier': verifier, 'redirect_uri': REDIRECT})
        return self.ask('POST', '/oidc/v1/token', form, {'Content-Type': 'application/x-www-form-urlencoded'})[1]


class Typist(Window):
    """An editor whose user chooses rows by their labels, and types or pastes what is asked for."""

    def __init__(self, *arguments, **more):
        self.chosen, self.typed, self.clipboard = [], [], ''
        super().__init__(*arguments, **more)

    def _answer(self, params):
        if params == {}:
            return {'text': self.clipboard}
        if 'title' in params and 'items' in params:
            label = self.chosen.pop(0)
            return {'ids': [item['id'] for item in params['items'] if item['label'] == label]}
        if 'title' in params and 'prompt' in params:
            return {'value': self.typed.pop(0)}
        return super()._answer(params)

    def run(self, command):
        return self.await_reply(self.begin('workspace/executeCommand', command=command))


class RefusingProxy(socketserver.ThreadingTCPServer):
    """Answers 407 to everybody, and keeps what it was asked."""
    allow_reuse_address = True

    def __init__(self):
        self.heard = ''
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                while (line := self.rfile.readline().decode()).strip():
                    proxy.heard += line
                self.wfile.write(b'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')

        super().__init__(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Planted(Case):
    def setUp(self):
        super().setUp()
        self.desktop = Desktop()
        self.addCleanup(self.desktop.close)
        self.desktop.start_keyring()
        self.home.environment['DBUS_SESSION_BUS_ADDRESS'] = self.desktop.environment['DBUS_SESSION_BUS_ADDRESS']
        self.planted = {}
        self.output = ''

    def plant(self, kind, secret):
        self.planted[kind] = secret
        return secret

    def profile(self, **values):
        lines = ''.join(f'{key} = {value}\n' for key, value in values.items())
        (self.home.path / '.databrickscfg').write_text('[DEFAULT]\n' + lines)

    def trowel(self, *arguments):
        done = self.home.run('--log', 'trace', *arguments)
        self.output += done.stdout + done.stderr
        return done

    def list(self):
        return self.trowel('call', 'trowel/workspace/list', '{"path":"/"}')

    def keep(self, service, account, value):
        kept = self.desktop.secret_tool('store', '--label', f"Password for '{account}' on '{service}'", 'service', service,
                                        'username', account, given=value)
        self.assertEqual(kept.returncode, 0, kept.stderr)

    def kept(self, service, account):
        return self.desktop.secret_tool('lookup', 'service', service, 'username', account).stdout

    def assertNowhere(self):
        """In no output, no file of Trowel's and no command line."""
        texts = {'output': self.output}
        for path in self.home.path.rglob('*'):
            if path.is_file() and path.name not in ('.databrickscfg', 'endpoint.json', 'server.key', 'ca.key'):
                texts[str(path.relative_to(self.home.path))] = path.read_bytes().decode(errors='replace')
        for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
            try:
                texts[str(path)] = path.read_bytes().decode(errors='replace')
            except OSError:
                pass  # has just ended
        logs = ''.join(text for name, text in texts.items() if name.startswith('state/trowel/logs'))
        self.assertIn('[info]', logs, 'there is no log')
        for kind, secret in self.planted.items():
            self.assertGreater(len(secret), 8, kind)
            forms = {secret, base64.b64encode(secret.encode()).decode(), urllib.parse.quote(secret, safe='')}
            for name, text in texts.items():
                for form in forms:
                    self.assertNotIn(form, text, f'the {kind} is in {name}')

    def test_a_personal_access_token_that_is_taken_and_one_that_is_refused(self):
        self.home.emulator()
        self.plant('token', self.home.endpoint['token'])
        self.assertEqual(self.list().returncode, 0)
        self.assertEqual(self.trowel('doctor').returncode, 0)
        self.profile(host=self.home.endpoint['host'], token=self.plant('wrong token', 'dapi' + secrets.token_hex(16)))
        self.assertEqual(self.list().returncode, 1)
        self.profile(host=self.home.endpoint['host'], token=self.plant('odd token', 'x' + secrets.token_urlsafe(24)))
        self.assertEqual(self.list().returncode, 1)
        self.assertEqual(self.trowel('doctor').returncode, 1)
        self.assertNowhere()

    def test_a_token_that_tls_keeps_from_leaving(self):
        self.home.certificate('ca', '-subj', '/CN=Test authority')
        self.home.certificate('server', '-subj', '/CN=emulator', '-addext', 'subjectAltName=IP:127.0.0.1',
                              '-CA', 'ca.pem', '-CAkey', 'ca.key')
        server = self.home.path / 'server'
        self.home.emulator('--tls-cert', f'{server}.pem', '--tls-key', f'{server}.key')
        self.plant('token', self.home.endpoint['token'])
        self.assertEqual(self.list().returncode, 1)
        self.assertEqual(self.trowel('doctor').returncode, 1)
        self.assertNowhere()

    def test_a_window_with_a_token_from_the_keyring(self):
        self.home.emulator()
        host, token = self.home.endpoint['host'], self.plant('token', self.home.endpoint['token'])
        (self.home.path / '.databrickscfg').unlink()
        self.keep('trowel', f'{host} settings:DEV', json.dumps({'secret': token, 'stored': 1}))
        with open(self.home.path / 'stderr', 'w', encoding='utf-8') as log:
            window = Window(self.home, {'connection': 'settings:DEV', 'connections': [{'name': 'DEV', 'host': host}],
                                        'terminal': {'signIn': True}}, '--log', 'trace', stderr=log)
            status = window.ask('trowel/connection/status')
            self.assertEqual(status['state'], 'ready', status)
            window.ask('trowel/workspace/list', path='/')
            told_tools = window.await_told('trowel/connection/environment', lambda told: told['variables'])
            self.assertNowhere()  # also on the command line of one that runs
            window.daemon.stdin.close()
            window.daemon.wait(GUARD_SECONDS)
        # What the editor was told may name the address where tools get tokens; nothing else may.
        told = [each for each in window.told if each['method'] != 'trowel/connection/environment']
        self.output += json.dumps([told, window.replies])
        self.plant('address for tools', re.search(r'127\.0\.0\.1:\d+/([0-9a-f]{64})', json.dumps(told_tools))[1])
        files = list((self.home.path / 'state').rglob('metadata-service/*.json'))
        for file in files:
            file.unlink()  # holds the address, for this user alone: metadata_service_test
        self.assertNowhere()

    def test_values_of_secrets_that_the_workspace_takes_and_refuses(self):
        self.home.emulator()
        emulator = Emulator(self.home.endpoint)
        emulator.ask('POST', '/api/2.0/secrets/scopes/create', json.dumps({'scope': 'kept'}))
        typed, pasted, refused, git = (self.plant(kind, 'v-' + secrets.token_urlsafe(20))
                                       for kind in ('typed value', 'pasted value', 'refused value', 'git token'))
        with open(self.home.path / 'stderr', 'w', encoding='utf-8') as log:
            window = Typist(self.home, {'connection': 'profile:DEFAULT'}, '--log', 'trace', stderr=log)
            self.assertEqual(window.ask('trowel/connection/status')['state'], 'ready')
            window.chosen, window.typed = ['kept', 'Type it'], ['first', typed]
            self.assertIn('result', window.run('trowel.secret.put'))
            window.chosen, window.clipboard = ['kept', 'first', 'From the clipboard'], pasted
            self.assertIn('result', window.run('trowel.secret.put'))
            _, read = emulator.ask('GET', '/api/2.0/secrets/get?scope=kept&key=first')
            self.assertEqual(base64.b64decode(read['value']).decode(), pasted)
            for pattern, value in (('POST /api/2.0/secrets/put', refused), ('POST /api/2.0/git-credentials', git)):
                emulator.ask('POST', '/emulator/faults', json.dumps(
                    {'pattern': pattern, 'status': 400,
                     'body': {'error_code': 'MALFORMED_REQUEST', 'message': f'Cannot parse {{"value":"{value}"}}'}}))
            window.chosen, window.typed = ['kept', 'first', 'Type it'], [refused]
            self.assertIn('are not shown', window.run('trowel.secret.put')['error']['message'])
            window.chosen, window.typed = ['GitHub'], ['ada', git]
            self.assertIn('are not shown', window.run('trowel.gitCredential.create')['error']['message'])
            window.daemon.stdin.close()
            window.daemon.wait(GUARD_SECONDS)
        self.output += json.dumps([window.told, window.replies])
        self.assertNowhere()

    def test_a_client_secret(self):
        self.home.emulator()
        client, secret = Emulator(self.home.endpoint).service_principal()
        host = self.home.endpoint['host']
        self.profile(host=host, client_id=client, client_secret=self.plant('client secret', secret))
        self.assertEqual(self.list().returncode, 0, self.output)
        self.profile(host=host, client_id=client, client_secret=self.plant('wrong secret', 'dose' + secrets.token_hex(16)))
        self.assertEqual(self.list().returncode, 1)
        self.assertNowhere()

    def test_a_refresh_token_that_is_rotated_and_one_that_is_revoked(self):
        self.home.emulator()
        host = self.home.endpoint['host']
        first = Emulator(self.home.endpoint).sign_in()
        self.plant('refresh token', first['refresh_token'])
        self.plant('access token', first['access_token'])
        self.profile(host=host, auth_type='databricks-cli')
        entry = {'token': {'access_token': first['access_token'], 'token_type': 'Bearer',
                           'refresh_token': first['refresh_token'], 'expiry': '2020-01-01T00:00:00Z'}}
        for account in ('DEFAULT', host):
            self.keep('databricks-cli', account, json.dumps(entry))
        self.assertEqual(self.list().returncode, 0, self.output)
        rotated = [json.loads(self.kept('databricks-cli', account))['token'] for account in ('DEFAULT', host)]
        rotated = next(each for each in rotated if each['refresh_token'] != first['refresh_token'])
        self.plant('rotated refresh token', rotated['refresh_token'])
        self.plant('second access token', rotated['access_token'])
        # The old one again: the emulator takes that for a theft and revokes all of them.
        for account in ('DEFAULT', host):
            self.keep('databricks-cli', account, json.dumps(entry))
        self.assertEqual(self.list().returncode, 1)
        self.assertNowhere()

    def test_the_password_of_a_proxy_that_refuses_it(self):
        proxy = RefusingProxy()
        self.addCleanup(proxy.close)
        password = self.plant('proxy password', 'p-' + secrets.token_urlsafe(16))
        self.profile(host='https://workspace.example.com', token=self.plant('token', 'dapi' + secrets.token_hex(16)))
        self.home.environment['HTTPS_PROXY'] = f'http://ada:{password}@127.0.0.1:{proxy.server_address[1]}'
        self.assertEqual(self.list().returncode, 1)
        self.assertEqual(self.trowel('doctor').returncode, 1)
        given = re.search(r'Proxy-Authorization: Basic (\S+)', proxy.heard)
        self.assertEqual(base64.b64decode(given[1]).decode(), f'ada:{password}', 'the proxy was told')
        self.plant('proxy authorization', given[1])
        self.assertNowhere()


if __name__ == '__main__':
    unittest.main()

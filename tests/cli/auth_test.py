# SPDX-License-Identifier: Apache-2.0
"""`trowel auth` of the real binary against a real emulator: signing in with a browser and by every other way."""
import json
import os
import pathlib
import resource
import stat
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

from emulator_process import GUARD_SECONDS, ME, Client, Server, accepted

BINARY = os.path.abspath(sys.argv.pop(1))
APPLICATION = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

# Opens the page to sign in, presses the button that $DECISION names, follows the redirect and keeps what it shows.
BROWSER = r'''#!/usr/bin/env python3
import html, os, re, sys, urllib.error, urllib.parse, urllib.request

def get(url, form=None):
    data = None if form is None else urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.urlopen(url, data) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()

page = get(sys.argv[1])
form = {html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)}
form['user'] = html.unescape(re.search(r'name="user" value="([^"]*)" checked', page)[1])
form['decision'] = os.environ.get('DECISION', 'allow')
action = urllib.parse.urljoin(sys.argv[1], re.search(r'action="([^"]*)"', page)[1])
shown = get(action, form)
with open(os.path.join(os.environ['HOME'], 'page.html.new'), 'w') as file:
    file.write(shown)
os.rename(os.path.join(os.environ['HOME'], 'page.html.new'), os.path.join(os.environ['HOME'], 'page.html'))
'''

AZ = '''#!/bin/sh
case "$*" in
"account show"*) echo '{"user":{"name":"ada@example.com"}}' ;;
*) cat "$HOME/az-answer" ;;
esac
'''


class Case(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='trowel-auth-')
        self.addCleanup(self.folder.cleanup)
        self.home = pathlib.Path(self.folder.name)
        self.server = Server(BINARY, self.home, *self.arguments)
        self.addCleanup(self.server.close)
        self.host = self.server.endpoint['host']
        (self.home / 'bin').mkdir()
        for name, text in (('xdg-open', BROWSER), ('az', AZ)):
            program = self.home / 'bin' / name
            program.write_text(text)
            program.chmod(0o755)
        self.environment = {
            'PATH': f"{self.home / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}", 'HOME': str(self.home),
            'LANG': 'C.UTF-8', 'XDG_STATE_HOME': str(self.home / 'state'), 'XDG_RUNTIME_DIR': str(self.home / 'run')}
        self.outputs = []

    def start(self, *arguments, **variables):
        return subprocess.Popen([BINARY, '--log', 'trace', 'auth', *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={**self.environment, **variables}, cwd=self.home)

    def finish(self, child):
        out, err = child.communicate(timeout=GUARD_SECONDS)
        self.outputs += [err] if child.args[4] == 'token' else [out, err]
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)

    def auth(self, *arguments, **variables):
        return self.finish(self.start(*arguments, **variables))

    def works(self, *arguments, **variables):
        done = self.auth(*arguments, **variables)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def refused(self, words, *arguments, **variables):
        done = self.auth(*arguments, **variables)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertTrue(done.stderr.startswith('trowel: '), done.stderr)
        self.assertIn(words, done.stderr)
        return done

    def token(self, *arguments, **variables):
        return json.loads(self.works('token', *arguments, **variables))

    def sign_in(self, *arguments, **variables):
        return self.works('login', '--host', self.host, *arguments, **variables)

    def cache(self):
        return json.loads((self.home / '.databricks' / 'token-cache.json').read_text())['tokens']

    def me(self, token):
        request = urllib.request.Request(self.host + '/api/2.0/preview/scim/v2/Me',
                                         headers={'Authorization': 'Bearer ' + token})
        with urllib.request.urlopen(request, timeout=GUARD_SECONDS) as answer:
            return json.load(answer)['userName']

    def page(self):
        return (self.home / 'page.html').read_text()

    def secret_of_service_principal(self):
        with Client(self.server) as client:
            made = accepted(client.post('/api/2.0/preview/scim/v2/ServicePrincipals', displayName='robot'))
            secret = accepted(client.post(f"/api/2.0/accounts/servicePrincipals/{made['id']}/credentials/secrets"))
        return made['applicationId'], secret['secret']

    def assertNowhere(self, *secrets):
        """No log and no output has any of them."""
        texts = self.outputs + [path.read_text(errors='replace') for path in (self.home / 'state').rglob('*')
                                if path.is_file()]
        for secret in secrets:
            self.assertGreater(len(secret), 8)
            for text in texts:
                self.assertNotIn(secret, text)


class Browser(Case):
    # Less than what a stored token must last to be used as it is: each process renews it.
    arguments = ('--access-token-seconds', '200')

    def test_a_sign_in_serves_until_it_is_forgotten(self):
        said = self.sign_in('--profile', 'dev')
        self.assertIn(f'Open this page to sign in:\n{self.host}/oidc/v1/authorize?', said)
        self.assertIn(f'Signed in to {self.host}. The sign-in is kept in', said)
        self.assertIn('<h1>Signed in</h1>', self.page())
        config = (self.home / '.databrickscfg').read_text()
        self.assertIn(f'[dev]\nhost = {self.host}\nauth_type = databricks-cli\n', config.replace('  ', ' '))
        self.assertIn('auth_storage = plaintext', config)
        store = self.home / '.databricks' / 'token-cache.json'
        self.assertEqual(stat.S_IMODE(store.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(store.parent.stat().st_mode), 0o700)
        self.assertEqual(set(self.cache()), {'dev', self.host})

        first = self.cache()['dev']
        token = self.token('--profile', 'dev')
        self.assertEqual(set(token), {'access_token', 'token_type', 'expiry'})
        self.assertEqual(self.me(token['access_token']), ME)
        second = self.cache()['dev']
        self.assertNotEqual(first['refresh_token'], second['refresh_token'])
        self.assertEqual(second['access_token'], token['access_token'])
        self.assertEqual({**self.cache()[self.host], 'host': self.host}, second)
        status = json.loads(self.works('status', '--profile', 'dev', '-o', 'json'))
        self.assertEqual((status['user'], status['auth_type'], status['host']), (ME, 'databricks-cli', self.host))

        self.assertIn(f'Signed out of {self.host}.', self.works('logout', '--profile', 'dev'))
        self.assertEqual(self.cache(), {})
        self.assertIn(f'Nobody was signed in to {self.host}.', self.works('logout', '--profile', 'dev'))
        self.refused(f'Nobody is signed in to {self.host}. Sign in with: trowel auth login --profile dev',
                     'token', '--profile', 'dev')
        self.assertNowhere(*(each[key] for each in (first, second) for key in ('access_token', 'refresh_token')))

    def test_who_says_no_is_not_signed_in(self):
        self.refused('The sign-in was not allowed in the browser. Try again to allow it.',
                     'login', '--host', self.host, DECISION='deny')
        self.assertFalse((self.home / '.databricks' / 'token-cache.json').exists())
        self.assertFalse((self.home / '.databrickscfg').exists())

    def test_a_sign_in_without_a_profile_is_the_hosts_and_writes_no_profile(self):
        self.sign_in()
        self.assertFalse((self.home / '.databrickscfg').exists())
        self.assertEqual(set(self.cache()), {self.host})
        self.assertEqual(self.me(self.token('--host', self.host)['access_token']), ME)
        self.assertEqual(self.me(self.token(DATABRICKS_HOST=self.host)['access_token']), ME)

    def test_who_names_a_host_does_not_mean_the_profile_of_the_environment(self):
        (self.home / '.databrickscfg').write_text('[old]\nhost = https://old.example.com\ntoken = planted-token\n')
        self.sign_in('--profile', 'new', DATABRICKS_CONFIG_PROFILE='old')
        self.assertIn(f'[new]\nhost = {self.host}\n', (self.home / '.databrickscfg').read_text())
        self.sign_in(DATABRICKS_CONFIG_PROFILE='old')
        token = self.token('--host', self.host, DATABRICKS_CONFIG_PROFILE='old')
        self.assertEqual(self.me(token['access_token']), ME)

    def test_a_profile_that_was_given_another_host_does_not_bring_its_sign_in_there(self):
        self.sign_in('--profile', 'dev')
        kept = self.cache()
        config = self.home / '.databrickscfg'
        config.write_text(config.read_text().replace('127.0.0.1', 'localhost'))
        self.refused('Nobody is signed in to ' + self.host.replace('127.0.0.1', 'localhost'),
                     'token', '--profile', 'dev')
        self.assertEqual(self.cache(), kept)

    def test_nobody_signs_in_under_a_name_that_is_none(self):
        self.refused("A profile's name is one line", 'login', '--host', self.host, '--profile', 'a]b')
        self.refused("'__settings__' holds settings", 'login', '--host', self.host, '--profile', '__settings__')
        self.assertFalse((self.home / '.databricks' / 'token-cache.json').exists())

    def test_a_full_disk_spends_no_sign_in(self):
        self.sign_in('--profile', 'dev')
        before = self.cache()
        done = subprocess.run(
            [BINARY, 'auth', 'token', '--profile', 'dev', '--force-refresh'], capture_output=True, text=True,
            env=self.environment, cwd=self.home, timeout=GUARD_SECONDS, restore_signals=False,  # no death by SIGXFSZ
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (256, resource.RLIM_INFINITY)))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('Make room on the disk', done.stderr)
        self.assertEqual(self.cache(), before)
        self.assertEqual(self.me(self.token('--profile', 'dev', '--force-refresh')['access_token']), ME)

    def test_a_sign_in_that_was_revoked_names_the_way_back(self):
        self.sign_in('--profile', 'dev')
        spent = self.cache()['dev']['refresh_token']
        self.token('--profile', 'dev')
        # Somebody else had a copy: at its second use the service ends the whole sign-in.
        form = urllib.parse.urlencode({'grant_type': 'refresh_token', 'client_id': 'databricks-cli',
                                       'refresh_token': spent}).encode()
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(self.host + '/oidc/v1/token', form)
        caught.exception.close()
        done = self.refused(f'The sign-in to {self.host} has ended: its refresh token is not accepted any more. Sign in '
                            'with: trowel auth login --profile dev', 'token', '--profile', 'dev')
        self.assertEqual(done.returncode, 1)
        self.sign_in('--profile', 'dev')
        self.assertEqual(self.me(self.token('--profile', 'dev')['access_token']), ME)
        self.assertNowhere(spent)

    def test_a_damaged_store_is_named_and_left_alone(self):
        self.sign_in('--profile', 'dev')
        store = self.home / '.databricks' / 'token-cache.json'
        store.write_text('{"version": 1,')
        self.refused(f'The sign-ins in {store} cannot be read: it is no JSON. Trowel does not touch the file.',
                     'token', '--profile', 'dev')
        self.refused('it is no JSON', 'logout', '--profile', 'dev')
        self.assertEqual(store.read_text(), '{"version": 1,')

    def test_two_processes_that_renew_one_sign_in_at_the_same_time_100_times_lose_nothing(self):
        self.sign_in('--profile', 'dev')
        seen = set()
        for _ in range(100):
            both = [self.start('token', '--profile', 'dev', '--force-refresh') for _ in range(2)]
            for child in both:
                done = self.finish(child)
                self.assertEqual(done.returncode, 0, done.stderr)
                seen.add(json.loads(done.stdout)['access_token'])
        self.assertEqual(self.me(self.token('--profile', 'dev')['access_token']), ME)
        self.assertGreaterEqual(len(seen), 100)


class LongLived(Case):
    def test_a_token_that_lasts_is_not_renewed_until_it_has_expired_or_somebody_wants_it(self):
        self.sign_in('--profile', 'dev')
        first = self.cache()['dev']
        self.assertEqual(self.token('--profile', 'dev')['access_token'], first['access_token'])
        self.assertNotEqual(self.token('--profile', 'dev', '--force-refresh')['access_token'], first['access_token'])
        store = self.home / '.databricks' / 'token-cache.json'
        document = json.loads(store.read_text())
        kept = document['tokens']['dev']['access_token']
        document['tokens']['dev'].update(expiry='2020-01-01T00:00:00Z', later='kept')
        document['tokens']['other'] = {'access_token': 'x', 'refresh_token': 'y', 'expiry': '2020-01-01T00:00:00Z'}
        store.write_text(json.dumps(document))
        self.assertNotEqual(self.token('--profile', 'dev')['access_token'], kept)
        self.assertEqual(self.cache()['dev']['later'], 'kept')
        self.assertEqual(self.cache()['other'], document['tokens']['other'])


class Others(Case):
    def status(self, **variables):
        return json.loads(self.works('status', '-o', 'json', DATABRICKS_HOST=self.host, **variables))

    def test_every_way_of_signing_in_gets_in(self):
        application, secret = self.secret_of_service_principal()
        ways = {
            'pat': {'DATABRICKS_TOKEN': self.server.endpoint['token']},
            'oauth-m2m': {'DATABRICKS_CLIENT_ID': application, 'DATABRICKS_CLIENT_SECRET': secret},
            'github-oidc': {'ACTIONS_ID_TOKEN_REQUEST_URL': self.host + '/standins/github/token?x=1',
                            'ACTIONS_ID_TOKEN_REQUEST_TOKEN': 'planted-actions-token',
                            'DATABRICKS_CLIENT_ID': application},
            'azure-devops-oidc': {'SYSTEM_ACCESSTOKEN': 'planted-devops-token',
                                  'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI': self.host + '/standins/azuredevops/org/',
                                  'SYSTEM_HOSTTYPE': 'build', 'SYSTEM_PLANID': '1', 'SYSTEM_JOBID': '2',
                                  'SYSTEM_TEAMPROJECTID': '3', 'DATABRICKS_CLIENT_ID': application},
            'env-oidc': {'DATABRICKS_OIDC_TOKEN': self.build_token(), 'DATABRICKS_CLIENT_ID': application},
            'file-oidc': {'DATABRICKS_OIDC_TOKEN_FILEPATH': self.file_with(self.build_token()),
                          'DATABRICKS_CLIENT_ID': application, 'DATABRICKS_AUTH_TYPE': 'file-oidc'},
            'azure-client-secret': {'ARM_CLIENT_ID': application, 'ARM_CLIENT_SECRET': secret,
                                    'DATABRICKS_CLOUD': 'azure',
                                    'AZURE_AUTHORITY_HOST': self.host + '/standins/azuread/'},
            'github-oidc-azure': {'ACTIONS_ID_TOKEN_REQUEST_URL': self.host + '/standins/github/token',
                                  'ACTIONS_ID_TOKEN_REQUEST_TOKEN': 'planted-actions-token',
                                  'ARM_CLIENT_ID': application, 'DATABRICKS_AUTH_TYPE': 'github-oidc-azure',
                                  'DATABRICKS_CLOUD': 'azure',
                                  'AZURE_AUTHORITY_HOST': self.host + '/standins/azuread/'},
            'azure-cli': {'DATABRICKS_AUTH_TYPE': 'azure-cli', 'DATABRICKS_CLOUD': 'azure'},
        }
        (self.home / 'az-answer').write_text(json.dumps({
            'accessToken': self.azure_token(application, secret), 'expires_on': 4000000000, 'tokenType': 'Bearer'}))
        users = {}
        for way, variables in ways.items():
            with self.subTest(way):
                status = self.status(**variables)
                self.assertEqual(status['auth_type'], way)
                users[way] = status['user']
        self.assertEqual(users.pop('pat'), ME)
        self.assertEqual(set(users.values()), {application})
        self.assertNowhere(secret, self.server.endpoint['token'], 'planted-actions-token', 'planted-devops-token')

    def test_what_stands_against_each_way_is_told_without_any_secret(self):
        application, _ = self.secret_of_service_principal()
        done = self.refused('oauth-m2m: The sign-in service at ' + self.host + ' refused: Client authentication failed.',
                            'status', DATABRICKS_HOST=self.host, DATABRICKS_CLIENT_ID=application,
                            DATABRICKS_CLIENT_SECRET='planted-client-secret')
        self.assertIn(f'databricks-cli: Nobody is signed in to {self.host}.', done.stderr)
        self.assertEqual(done.returncode, 1)
        self.assertNowhere('planted-client-secret')

    def test_describe_says_where_each_value_came_from_and_shows_no_secret(self):
        (self.home / '.databrickscfg').write_text(
            f'[dev]\nhost = {self.host}\ntoken = planted-profile-token\n')
        said = self.works('describe', '--profile', 'dev')
        self.assertIn(f'host: {self.host} (from the profile dev in ~/.databrickscfg', said)
        self.assertIn('token: ******** (from the profile dev in ~/.databrickscfg', said)
        described = json.loads(self.works('describe', '-o', 'json', DATABRICKS_HOST=self.host,
                                          DATABRICKS_TOKEN='planted-variable-token'))
        values = {each['key']: each for each in described['values']}
        self.assertEqual(values['token']['value'], '********')
        self.assertIn('DATABRICKS_TOKEN', values['token']['source'])
        self.assertIn('token-cache.json', described['token_storage']['location'])
        self.assertNowhere('planted-profile-token', 'planted-variable-token')

    def test_wrong_usage_has_a_status_of_its_own(self):
        self.assertEqual(self.refused('No workspace is named.', 'login').returncode, 2)
        self.assertEqual(self.refused('would travel unencrypted', 'login', '--host', 'http://w.example.com').returncode, 2)
        self.assertNotEqual(self.auth('dance').returncode, 0)
        self.assertIn('login', self.works('--help'))

    def build_token(self):
        request = urllib.request.Request(
            self.host + '/standins/github/token?audience=' + urllib.parse.quote(self.host + '/oidc/v1/token'),
            headers={'Authorization': 'Bearer x'})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)['value']

    def azure_token(self, application, secret):
        form = urllib.parse.urlencode({'grant_type': 'client_credentials', 'client_id': application,
                                       'client_secret': secret, 'resource': APPLICATION}).encode()
        with urllib.request.urlopen(self.host + '/standins/azuread/common/oauth2/token', form) as answer:
            return json.load(answer)['access_token']

    def file_with(self, text):
        path = self.home / 'identity-token'
        path.write_text(text)
        return str(path)


if __name__ == '__main__':
    unittest.main()

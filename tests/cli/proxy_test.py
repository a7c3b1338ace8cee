# SPDX-License-Identifier: Apache-2.0
"""A workspace behind TLS, an authority of its own and a real proxy that wants a password (Debian's tinyproxy)."""
import json
import os
import shutil
import socket
import subprocess
import time
import unittest

from cli_test import GUARD_SECONDS, Case

TINYPROXY = shutil.which('tinyproxy') or '/usr/bin/tinyproxy'
PASSWORD = 'planted-password'


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Proxy:
    def __init__(self, home, *more):
        self.port = free_port()
        self.log = home.path / f'proxy-{self.port}.log'
        config = home.path / f'proxy-{self.port}.conf'
        config.write_text('\n'.join([f'Port {self.port}', 'Listen 127.0.0.1', 'Timeout 60', 'MaxClients 20', 'LogLevel Info',
                                     f'LogFile "{self.log}"', f'BasicAuth ada {PASSWORD}', *more]) + '\n')
        self.child = subprocess.Popen([TINYPROXY, '-d', '-c', str(config)], stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env={'PATH': os.environ['PATH']})
        home.children.append(self.child)
        deadline = time.monotonic() + GUARD_SECONDS
        while not self._listens():
            assert self.child.poll() is None and time.monotonic() < deadline, 'tinyproxy did not start'

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(('127.0.0.1', self.port)) == 0

    def address(self, user=''):
        return f'http://{user}127.0.0.1:{self.port}'

    def requests(self):
        return [line.split(': ', 1)[1].strip() for line in self.log.read_text().splitlines() if 'CONNECT 0.0.0.0:' in line]


class ThroughAProxy(Case):
    # 0.0.0.0 leads to this machine without any lookup, but unlike 127.0.0.1 not past the proxy.
    def setUp(self):
        super().setUp()
        self.home.certificate('ca', '-subj', '/CN=Test authority')
        self.home.certificate('server', '-subj', '/CN=emulator', '-addext', 'subjectAltName=IP:127.0.0.1,IP:0.0.0.0',
                              '-CA', 'ca.pem', '-CAkey', 'ca.key')
        server = self.home.path / 'server'
        self.home.emulator('--tls-cert', f'{server}.pem', '--tls-key', f'{server}.key')
        self.host = self.home.endpoint['host'].replace('127.0.0.1', '0.0.0.0')
        (self.home.path / '.databrickscfg').write_text(
            f"[DEFAULT]\nhost = {self.host}\ntoken = {self.home.endpoint['token']}\n")
        self.home.environment['NODE_EXTRA_CA_CERTS'] = str(self.home.path / 'ca.pem')

    def list(self):
        done = self.home.run('call', 'trowel/workspace/list', '{"path":"/"}')
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        self.assertNotIn(self.home.endpoint['token'], done.stdout + done.stderr)
        return done

    def assertReached(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('/Shared', json.dumps(json.loads(done.stdout)))

    def test_a_proxy_lets_through_who_has_the_password(self):
        proxy = Proxy(self.home)
        self.home.environment['HTTPS_PROXY'] = proxy.address(f'ada:{PASSWORD}@')
        self.assertReached(self.list())
        authority = self.host.removeprefix('https://')
        self.assertEqual(proxy.requests()[0].split(': ')[-1], f'CONNECT {authority} HTTP/1.1')
        self.assertNotIn(self.home.endpoint['token'], proxy.log.read_text())

    def test_who_has_no_password_or_a_wrong_one_is_told_where_to_put_it(self):
        proxy = Proxy(self.home)
        self.home.environment['HTTPS_PROXY'] = proxy.address()
        self.assertSays(self.list(), f'The proxy {proxy.address()} (from HTTPS_PROXY) wants a user name and a password. Put '
                                     'them into its address (http://user:password@proxy:port), or into the setting '
                                     'http.proxyAuthorization.')
        self.home.environment['HTTPS_PROXY'] = proxy.address(f'ada:{PASSWORD}-wrong@')
        self.assertSays(self.list(), f'The proxy {proxy.address()} (from HTTPS_PROXY) does not accept the user name and the '
                                     'password in its address. Correct them there.')

    def test_a_host_that_the_proxy_does_not_allow_is_named(self):
        proxy = Proxy(self.home, 'ConnectPort 443')
        self.home.environment['HTTPS_PROXY'] = proxy.address(f'ada:{PASSWORD}@')
        self.assertSays(self.list(), f'The proxy {proxy.address()} (from HTTPS_PROXY) does not allow connections to 0.0.0.0.')

    def test_no_proxy_goes_past_it(self):
        proxy = Proxy(self.home)
        self.home.environment['HTTPS_PROXY'] = proxy.address()
        for exception in ('0.0.0.0', 'example.com,0.0.0.0/8', '*'):
            self.home.environment['NO_PROXY'] = exception
            self.assertReached(self.list())
        self.assertEqual(proxy.requests(), [])

    def test_the_proxy_is_no_reason_to_trust_the_server(self):
        proxy = Proxy(self.home)
        self.home.environment['HTTPS_PROXY'] = proxy.address(f'ada:{PASSWORD}@')
        del self.home.environment['NODE_EXTRA_CA_CERTS']
        self.assertSays(self.list(), 'The certificate of 0.0.0.0 is not accepted: unable to get local issuer certificate '
                                     '(issued by CN = Test authority). If your company has a certificate authority of its '
                                     'own, name its file in the setting trowel.network.caFiles or in NODE_EXTRA_CA_CERTS.')


if __name__ == '__main__':
    unittest.main(verbosity=2)

# SPDX-License-Identifier: Apache-2.0
"""How the emulator takes being started twice, and being spoken to badly (fault F70).

usage: emulator_misuse_test.py BINARY [unittest arguments]
"""
import json
import os
import pathlib
import socket
import sys
import tempfile
import unittest
import urllib.parse

from emulator_process import GUARD_SECONDS, Client, Server, accepted, encoded, spawn

BINARY = os.path.abspath(sys.argv.pop(1))
SPEC = {'spark_version': '15.4.x-scala2.12', 'node_type_id': 'Standard_DS3_v2', 'num_workers': 0}


class Misuse(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='trowel-crash-')
        self.addCleanup(folder.cleanup)
        self.cage = pathlib.Path(folder.name)
        self.server = Server(BINARY, self.cage)
        self.addCleanup(self.server.close)
        self.client = Client(self.server)
        self.addCleanup(self.client.connection.close)

    def assertAlive(self):
        with Client(self.server) as client:
            self.assertEqual(client.get('/api/2.0/preview/scim/v2/Me')[0], 200)

    def refused(self, *arguments):
        with spawn(BINARY, self.cage, *arguments) as child:
            out, err = child.communicate(timeout=GUARD_SECONDS)
        self.assertEqual(child.returncode, 1, out + err)
        self.assertTrue(err.startswith('trowel: '), err)
        self.assertAlive()
        return err

    def test_a_port_in_use_is_an_error_that_names_it(self):
        self.assertIn(str(self.server.port), self.refused('--port', str(self.server.port)))

    def test_two_emulators_cannot_share_a_data_folder(self):
        self.assertIn('data', self.refused('--data', str(self.cage / 'data')))

    def test_it_listens_on_this_machine_only(self):
        listening = [line.split()[1] for line in pathlib.Path('/proc/net/tcp').read_text().splitlines()[1:]
                     if line.split()[3] == '0A']
        self.assertIn(f'0100007F:{self.server.port:04X}', listening)
        self.assertNotIn(f'00000000:{self.server.port:04X}', listening)

    def test_malformed_requests_get_an_answer_or_nothing_and_harm_nobody(self):
        head = f'Host: x\r\nAuthorization: Bearer {self.server.endpoint["token"]}\r\n'
        post = 'POST /api/2.0/workspace/mkdirs HTTP/1.1\r\n' + head
        raw = [
            b'\r\n\r\n', b'\0\1\2\3\r\n\r\n', b'GET\r\n\r\n', b'GET / HTTP/9.9\r\n\r\n', b'GET /%zz HTTP/1.1\r\n\r\n',
            b'GET /' + b'a' * 100_000 + b' HTTP/1.1\r\n\r\n',
            b'GET / HTTP/1.1\r\n' + b'A: b\r\n' * 20_000 + b'\r\n',
            b'GET / HTTP/1.1\r\nA: ' + b'b' * 1_000_000 + b'\r\n\r\n',
            (post + 'Content-Length: -5\r\n\r\n').encode(), (post + 'Content-Length: x\r\n\r\n').encode(),
            (post + 'Content-Length: 99999999999999999999\r\n\r\n').encode(),
            (post + 'Transfer-Encoding: chunked\r\n\r\nzz\r\n').encode(),
            (post + 'Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx').encode(),
            (post + 'Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc').encode(),
            (post + 'Content-Length: 100\r\n\r\nshort').encode(),
        ]
        for data in raw:
            with self.subTest(data=data[:60]), socket.create_connection(('127.0.0.1', self.server.port)) as peer:
                peer.settimeout(GUARD_SECONDS)
                try:
                    peer.sendall(data)
                    peer.shutdown(socket.SHUT_WR)
                    answer = peer.recv(64)
                except OSError:  # it hung up on us
                    answer = b''
                if answer:
                    self.assertRegex(answer, rb'^HTTP/1\.1 [2345]\d\d ')
            self.assertAlive()

    def test_wrong_bodies_get_the_errors_of_the_api(self):
        odd = [None, 1, 'x', [], {}, [[]], {'a': {}}, 2**70, -1.5, True, 'x' * 100_000, '\0', '../..']
        fields = {'/api/2.1/clusters/create': ('spark_version', 'num_workers', 'autoscale', 'spark_conf',
                                                'init_scripts'),
                  '/api/2.1/clusters/events': ('cluster_id', 'order', 'page_size', 'event_types', 'start_time'),
                  '/api/2.1/clusters/update': ('cluster_id', 'update_mask', 'cluster'),
                  '/api/2.0/libraries/install': ('cluster_id', 'libraries'),
                  '/api/2.0/policies/clusters/create': ('name', 'definition', 'libraries', 'max_clusters_per_user'),
                  '/api/2.0/instance-pools/create': ('instance_pool_name', 'node_type_id', 'disk_spec', 'custom_tags'),
                  '/api/2.0/workspace/import': ('path', 'content', 'format', 'language', 'overwrite'),
                  '/api/2.0/workspace/mkdirs': ('path',), '/api/2.0/workspace/delete': ('path', 'recursive'),
                  '/api/2.0/dbfs/put': ('path', 'contents', 'overwrite'), '/api/2.0/dbfs/create': ('path',)}
        cluster = accepted(self.client.post('/api/2.1/clusters/create', **SPEC))['cluster_id']
        good = {'cluster_id': cluster, 'name': 'n', 'definition': '{}', 'instance_pool_name': 'n', 'path': '/x',
                'node_type_id': 'Standard_F4s', 'update_mask': 'cluster_name', 'libraries': [],
                'spark_version': '15.4.x-scala2.12', 'num_workers': 1}
        for path, names in fields.items():
            for name in names:
                for value in odd:
                    with self.subTest(path=path, name=name, value=str(value)[:20]):
                        status, _ = self.client.post(path, **{**good, name: value})
                        self.assertIn(status // 100, (2, 4))
        for body in ('{', '[]', '"x"', 'null', '{"a":' * 600 + '1' + '}' * 600, '\xff'):
            self.client.connection.request('POST', '/api/2.0/workspace/mkdirs', body.encode('latin-1'),
                                           self.client.headers)
            response = self.client.connection.getresponse()
            self.assertEqual(response.status, 400, body[:20])
            self.assertEqual(json.loads(response.read())['error_code'], 'MALFORMED_REQUEST')
        self.assertAlive()

    def test_nothing_outside_the_data_folder_is_touched(self):
        def outside():
            return sorted(str(path) for path in self.cage.rglob('*') if self.cage / 'data' not in path.parents)
        before = outside()
        content = encoded('print("out")')
        for path in ('/../out.py', '/Users/../../../../out.py', '/Workspace/../../out.py', '/Users/./../../out.py',
                     '../out.py', 'out.py', '/Users/a\0/out.py', '//out.py', f'{self.cage}/out.py',
                     '/Repos/../..//out.py', '/Users/%2e%2e/%2e%2e/out.py', '/Volumes/../../out.py'):
            for form in ('AUTO', 'SOURCE', 'RAW'):
                self.client.post('/api/2.0/workspace/import', path=path, format=form, language='PYTHON',
                                 content=content, overwrite=True)
            self.client.post('/api/2.0/workspace/mkdirs', path=path)
            self.client.post('/api/2.0/dbfs/put', path=path, contents=content, overwrite=True)
            quoted = urllib.parse.quote(path, safe='/')
            for base in ('/api/2.0/workspace-files/import-file/', '/api/2.0/fs/files', '/api/2.0/fs/directories'):
                method = 'POST' if base.endswith('file/') else 'PUT'
                self.client.call(method, base + quoted, {'x': 1})
            self.client.post('/api/2.0/workspace/delete', path=path, recursive=True)
            self.client.post('/api/2.0/dbfs/delete', path=path, recursive=True)
        self.assertEqual(outside(), before)
        self.assertEqual([path for path in pathlib.Path('/').iterdir() if path.name == 'out.py'], [])
        self.assertAlive()


if __name__ == '__main__':
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""`trowel emulator` and its flags, as another program starts and steers it."""
import json
import subprocess
import unittest
import urllib.error
import urllib.request

from cli_test import GUARD_SECONDS, Case


class EmulatorFlags(Case):
    def emulator(self, *flags):
        """host and token of a new one."""
        endpoint = self.home.path / 'own.json'
        child = self.home.start('emulator', '--endpoint-file', str(endpoint), *flags)
        self.assertTrue(child.stdout.readline().startswith('listening on '))
        return json.loads(endpoint.read_text())

    def ask(self, endpoint, path, method='GET', body=None):
        request = urllib.request.Request(
            endpoint['host'] + path, method=method, data=json.dumps(body).encode() if body else None,
            headers={'Authorization': 'Bearer ' + endpoint['token']})
        try:
            with urllib.request.urlopen(request, timeout=GUARD_SECONDS) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def test_faults_come_from_flags_and_from_a_file(self):
        faults = self.home.path / 'faults.json'
        faults.write_text(json.dumps([{'pattern': 'GET *', 'status': 502, 'body': {}, 'skip': 1},
                                      {'pattern': 'GET *', 'status': 504, 'body': {}, 'skip': 2}]))
        endpoint = self.emulator('--fault', '{"pattern":"GET *","kind":"unavailable"}',
                                 '--fault', '{"pattern":"POST *","status":500,"body":"{}"}', '--fault-file', str(faults))
        me = '/api/2.0/preview/scim/v2/Me'
        self.assertEqual([self.ask(endpoint, me)[0] for _ in range(5)], [503, 200, 502, 200, 504])
        self.assertEqual(self.ask(endpoint, '/api/2.0/workspace/mkdirs', 'POST', {'path': '/Shared/x'})[0], 500)

    def test_a_wrong_fault_is_said_before_anything_starts(self):
        for flag, words in (('{', 'no JSON'), ('{"pattern":"*","stauts":1}', 'no field stauts'), ('[]x', 'no JSON')):
            self.assertSays(self.home.run('emulator', '--fault', flag), words, status=2)
        self.assertSays(self.home.run('emulator', '--fault-file', '/does/not/exist'), '/does/not/exist', status=2)

    def test_the_request_log_is_a_line_of_json_each(self):
        log = self.home.path / 'requests.jsonl'
        endpoint = self.emulator('--request-log', str(log))
        self.ask(endpoint, '/api/2.0/workspace/list?path=/Shared')
        self.ask(endpoint, '/api/2.0/nothing')
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        self.assertEqual([(line['method'], line['path'], line['status']) for line in lines],
                         [('GET', '/api/2.0/workspace/list', 200), ('GET', '/api/2.0/nothing', 404)])
        self.assertNotIn(endpoint['token'], log.read_text())
        self.assertEqual(log.stat().st_mode & 0o777, 0o600)

    def test_limits_and_ids_are_as_asked(self):
        endpoint = self.emulator('--rate-limits', '--small-ids', '--page-cap', '1')
        status, job = self.ask(endpoint, '/api/2.2/jobs/create', 'POST', {'name': 'a'})
        self.assertEqual(status, 200)
        self.assertLess(job['job_id'], 2 ** 53)
        self.ask(endpoint, '/api/2.2/jobs/create', 'POST', {'name': 'b'})
        self.assertEqual(len(self.ask(endpoint, '/api/2.2/jobs/list')[1]['jobs']), 1)
        # Sent at once: more than the machine can be slow for.
        self.assertIn(429, [self.ask(endpoint, '/api/2.0/workspace/export')[0] for _ in range(1000)])

    def test_certificate_and_key_go_together(self):
        done = self.home.run('emulator', '--tls-cert', 'c.pem')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('--tls-key', done.stderr)
        self.assertSays(self.home.run('emulator', '--tls-cert', 'c.pem', '--tls-key', 'k.pem'), 'PEM')

    def test_https(self):
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days',
                        '1', '-subj', '/CN=emulator', '-keyout', 'key.pem', '-out', 'cert.pem'],
                       cwd=self.home.project, check=True, capture_output=True)
        self.assertTrue(self.emulator('--tls-cert', 'cert.pem', '--tls-key', 'key.pem')['host'].startswith('https://127.0.0.1:'))


if __name__ == '__main__':
    unittest.main(verbosity=2)

# SPDX-License-Identifier: Apache-2.0
"""What the emulator promises with --data: whatever it acknowledged survives kill -9 at any moment.

usage: emulator_crash_test.py BINARY [--rounds N] [--seed S] [unittest arguments]
"""
import argparse
import http.client
import os
import random
import sys
import tempfile
import threading
import unittest

from emulator_process import GUARD_SECONDS, ME, Client, Server, accepted, decoded, encoded, found

OPTIONS = argparse.ArgumentParser()
OPTIONS.add_argument('binary')
OPTIONS.add_argument('--rounds', type=int, default=6)
OPTIONS.add_argument('--seed', type=int, default=random.SystemRandom().randrange(2**32))
OPTIONS, REST = OPTIONS.parse_known_args()
BINARY = os.path.abspath(OPTIONS.binary)
WRITERS = 6


class Kind:
    """How objects of a kind are written and read. `key` is the name, or what create() gave."""

    probe = None  # a GET that tells whether this emulator has the kind

    def prepare(self, client):
        pass

    def create(self, client, name, value):
        raise NotImplementedError

    def named(self, name):
        """The key, where it is known before the emulator answers."""
        return None


class WorkspaceFile(Kind):
    def named(self, name):
        return f'/Users/{ME}/{name}.txt'

    def create(self, client, name, value):
        self.update(client, self.named(name), value)
        return self.named(name)

    def update(self, client, key, value):
        accepted(client.post('/api/2.0/workspace/import', path=key, format='AUTO', overwrite=True,
                             content=encoded(value)))

    def read(self, client, key):
        return decoded(found(client.get('/api/2.0/workspace/export', path=key, format='AUTO'), 'content'))

    def delete(self, client, key):
        accepted(client.post('/api/2.0/workspace/delete', path=key))


class DbfsFile(Kind):
    probe = '/api/2.0/dbfs/list?path=/'

    def named(self, name):
        return f'/crash/{name}'

    def create(self, client, name, value):
        self.update(client, self.named(name), value)
        return self.named(name)

    def update(self, client, key, value):
        accepted(client.post('/api/2.0/dbfs/put', path=key, overwrite=True, contents=encoded(value)))

    def read(self, client, key):
        return decoded(found(client.get('/api/2.0/dbfs/read', path=key), 'data'))

    def delete(self, client, key):
        accepted(client.post('/api/2.0/dbfs/delete', path=key))


class Secret(Kind):
    probe = '/api/2.0/secrets/scopes/list'

    def named(self, name):
        return name

    def prepare(self, client):
        client.post('/api/2.0/secrets/scopes/create', scope='crash')

    def create(self, client, name, value):
        self.update(client, name, value)
        return name

    def update(self, client, key, value):
        accepted(client.post('/api/2.0/secrets/put', scope='crash', key=key, string_value=value))

    def read(self, client, key):
        return decoded(found(client.get('/api/2.0/secrets/get', scope='crash', key=key), 'value'))

    def delete(self, client, key):
        accepted(client.post('/api/2.0/secrets/delete', scope='crash', key=key))


class ClusterObject(Kind):
    spec = {'spark_version': '15.4.x-scala2.12', 'node_type_id': 'Standard_DS3_v2', 'num_workers': 0}

    def create(self, client, name, value):
        return accepted(client.post('/api/2.1/clusters/create', cluster_name=value, **self.spec))['cluster_id']

    def update(self, client, key, value):
        accepted(client.post('/api/2.1/clusters/edit', cluster_id=key, cluster_name=value, **self.spec))

    def read(self, client, key):
        return found(client.get('/api/2.1/clusters/get', cluster_id=key), 'cluster_name')

    def delete(self, client, key):
        accepted(client.post('/api/2.1/clusters/permanent-delete', cluster_id=key))


class Policy(Kind):
    base = '/api/2.0/policies/clusters/'

    def create(self, client, name, value):
        return accepted(client.post(self.base + 'create', name=value, definition='{}'))['policy_id']

    def update(self, client, key, value):
        accepted(client.post(self.base + 'edit', policy_id=key, name=value, definition='{}'))

    def read(self, client, key):
        return found(client.get(self.base + 'get', policy_id=key), 'name')

    def delete(self, client, key):
        accepted(client.post(self.base + 'delete', policy_id=key))


class Pool(Kind):
    base = '/api/2.0/instance-pools/'

    def create(self, client, name, value):
        return accepted(client.post(self.base + 'create', instance_pool_name=value,
                                    node_type_id='Standard_F4s'))['instance_pool_id']

    def update(self, client, key, value):
        accepted(client.post(self.base + 'edit', instance_pool_id=key, instance_pool_name=value,
                             node_type_id='Standard_F4s'))

    def read(self, client, key):
        return found(client.get(self.base + 'get', instance_pool_id=key), 'instance_pool_name')

    def delete(self, client, key):
        accepted(client.post(self.base + 'delete', instance_pool_id=key))


class Job(Kind):
    probe = '/api/2.1/jobs/list'

    def create(self, client, name, value):
        return accepted(client.post('/api/2.1/jobs/create', name=value))['job_id']

    def update(self, client, key, value):
        accepted(client.post('/api/2.1/jobs/update', job_id=key, new_settings={'name': value}))

    def read(self, client, key):
        return found(client.get('/api/2.1/jobs/get', job_id=key), 'settings', 'name')

    def delete(self, client, key):
        accepted(client.post('/api/2.1/jobs/delete', job_id=key))


class Schema(Kind):
    probe = '/api/2.1/unity-catalog/schemas?catalog_name=main'
    base = '/api/2.1/unity-catalog/schemas'

    def create(self, client, name, value):
        return accepted(client.post(self.base, name=name.replace('-', '_'), catalog_name='main',
                                    comment=value))['full_name']

    def update(self, client, key, value):
        accepted(client.call('PATCH', self.base + '/' + key, {'comment': value}))

    def read(self, client, key):
        return found(client.get(self.base + '/' + key), 'comment')

    def delete(self, client, key):
        accepted(client.call('DELETE', self.base + '/' + key))


class Group(Kind):
    probe = '/api/2.0/preview/scim/v2/Groups'
    base = '/api/2.0/preview/scim/v2/Groups'

    def create(self, client, name, value):
        return accepted(client.post(self.base, displayName=value))['id']

    def update(self, client, key, value):
        accepted(client.call('PUT', self.base + '/' + key, {'displayName': value}))

    def read(self, client, key):
        return found(client.get(self.base + '/' + key), 'displayName')

    def delete(self, client, key):
        accepted(client.call('DELETE', self.base + '/' + key))


KINDS = (WorkspaceFile, DbfsFile, Secret, ClusterObject, Policy, Pool, Job, Schema, Group)


class Writer(threading.Thread):
    """Writes until the emulator is gone. Every object belongs to one writer, so what it may hold is known: after an
    acknowledgement one value; after a call that was cut off, the value before or the one after it."""

    def __init__(self, name, seed, kinds):
        super().__init__(name=name)
        self.random = random.Random(seed)
        self.kinds = kinds
        self.objects = {}  # (kind, key): values that it may have; None: not there
        self.made = 0
        self.problem = None

    def start_on(self, server, acknowledged):
        again = Writer(self.name, self.random.randrange(2**32), self.kinds)
        again.objects, again.made = self.objects, self.made
        again.server, again.acknowledged = server, acknowledged
        again.start()
        return again

    def run(self):
        try:
            with Client(self.server) as client:
                while True:
                    self.write(client)
                    self.acknowledged()
        except (OSError, http.client.HTTPException):
            pass
        except Exception as problem:  # pylint: disable=broad-except
            self.problem = problem
            self.acknowledged(stop=True)

    def write(self, client):
        living = [entry for entry, values in self.objects.items() if values != {None}]
        dice = self.random.random()
        if not living or dice < 0.5:
            self.make(client)
            return
        kind, key = entry = self.random.choice(living)
        before = self.objects[entry]
        after = None if dice < 0.65 else self.value()
        self.objects[entry] = before | {after}
        if after is None:
            kind.delete(client, key)
        else:
            kind.update(client, key, after)
        self.objects[entry] = {after}

    def make(self, client):
        kind = self.random.choice(self.kinds)
        self.made += 1
        name, value = f'{self.name}-{self.made}', self.value()
        if kind.named(name):
            self.objects[(kind, kind.named(name))] = {None, value}
        self.objects[(kind, kind.create(client, name, value))] = {value}

    def value(self):
        return f'{self.name} {self.random.randrange(2**48):012x}' + 'x' * self.random.randrange(200)

    def check(self, client):
        """What is there now is what may be there, and from now on is known."""
        for (kind, key), values in self.objects.items():
            value = kind.read(client, key)
            if value not in values:
                raise AssertionError(f'{type(kind).__name__} {key}: {value!r}, but {values!r} was acknowledged')
            self.objects[(kind, key)] = {value}


class Countdown:
    """Opens after so many acknowledgements: the moment of death."""

    def __init__(self, count):
        self.left = count
        self.lock = threading.Lock()
        self.over = threading.Event()

    def __call__(self, stop=False):
        with self.lock:
            self.left -= 1
            if stop or self.left <= 0:
                self.over.set()


class Durability(unittest.TestCase):
    def test_what_was_acknowledged_survives_kill_9(self):
        print(f'seed {OPTIONS.seed}, {OPTIONS.rounds} rounds', flush=True)
        dice = random.Random(OPTIONS.seed)
        with tempfile.TemporaryDirectory(prefix='trowel-crash-') as folder:
            server = Server(BINARY, folder)
            port, token = server.port, server.endpoint['token']
            with Client(server) as client:
                kinds = [kind() for kind in KINDS if not kind.probe or client.call('GET', kind.probe)[0] == 200]
                for kind in kinds:
                    kind.prepare(client)
            writers = [Writer(f'w{i}', dice.randrange(2**32), kinds) for i in range(WRITERS)]
            for number in range(OPTIONS.rounds):
                countdown = Countdown(dice.randint(1, 250))
                running = [writer.start_on(server, countdown) for writer in writers]
                self.assertTrue(countdown.over.wait(GUARD_SECONDS))
                server.kill()
                for writer in running:
                    writer.join(GUARD_SECONDS)
                    if writer.problem:
                        raise writer.problem
                writers = running
                server = Server(BINARY, folder, port=port)
                self.assertEqual(server.endpoint['token'], token, 'the token of a data folder stays')
                with Client(server) as client:
                    for writer in writers:
                        writer.check(client)
            count = sum(len(writer.objects) for writer in writers)
            print(f'{count} objects of {len(kinds)} kinds were where they should be', flush=True)
            self.assertGreater(count, OPTIONS.rounds)
            server.close()


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *REST])

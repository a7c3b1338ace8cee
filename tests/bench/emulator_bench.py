# SPDX-License-Identifier: Apache-2.0
"""The emulator over a raw socket, so that little but the server is measured."""
import json
import os
import signal
import socket
import statistics
import subprocess
import time

OBJECTS = 20_000
FOLDERS = 200  # of so many objects each, the folders themselves included
UPLOAD = 500 * 1024 * 1024
READS = 2_000
STOPS = 5


class Connection:
    def __init__(self, endpoint):
        self.port = int(endpoint['host'].rsplit(':', 1)[1])
        self.token = endpoint['token']
        self.socket = socket.create_connection(('127.0.0.1', self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def head(self, method, path, length=0):
        return (f'{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.token}\r\n'
                f'Content-Length: {length}\r\n\r\n').encode()

    def answer(self):
        """Status and body of the next answer."""
        data = b''
        while (end := data.find(b'\r\n\r\n')) < 0:
            data += self._more()
        head = data[:end].lower()
        length = next((int(line[15:]) for line in head.split(b'\r\n') if line.startswith(b'content-length:')), 0)
        parts, left = [data[end + 4:]], length - (len(data) - end - 4)
        while left > 0:
            parts.append(self._more())
            left -= len(parts[-1])
        return int(head[9:12]), b''.join(parts)

    def _more(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionError('the emulator closed the connection')
        return data

    def ask(self, method, path, body=b''):
        self.socket.sendall(self.head(method, path, len(body)) + body)
        return self.answer()

    def post(self, path, body):
        status, answer = self.ask('POST', path, json.dumps(body).encode())
        assert status == 200, (status, answer)

    def close(self):
        self.socket.close()


class Emulator:
    def __init__(self, trowel, environment):
        endpoint = os.path.join(environment['HOME'], 'endpoint.json')
        self.process = subprocess.Popen([trowel, 'emulator', '--endpoint-file', endpoint], env=environment,
                                        stdout=subprocess.PIPE)
        self.process.stdout.readline()
        with open(endpoint, encoding='utf-8') as file:
            self.endpoint = json.load(file)

    def connect(self):
        return Connection(self.endpoint)

    def peak_mb(self):
        with open(f'/proc/{self.process.pid}/status', encoding='utf-8') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmHWM:')) / 1024

    def forget_peak(self):
        with open(f'/proc/{self.process.pid}/clear_refs', 'w', encoding='utf-8') as file:
            file.write('5')

    def stop(self):
        """Milliseconds from the signal to the end of the process."""
        begin = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        took = (time.perf_counter() - begin) * 1000
        self.process.stdout.close()
        return took


def fill(connection):
    each = OBJECTS // FOLDERS - 1
    for folder in range(FOLDERS):
        connection.post('/api/2.0/workspace/mkdirs', {'path': f'/Shared/bench/{folder}'})
        for number in range(each):
            connection.post('/api/2.0/workspace/import', {'path': f'/Shared/bench/{folder}/{number}', 'format': 'SOURCE',
                                                          'language': 'PYTHON', 'content': 'cHJpbnQoMSkK'})
    return each


def time_reads(connection, path, count):
    """Milliseconds of each, and the last body."""
    request, times = connection.head('GET', path), []
    for _ in range(count):
        begin = time.perf_counter()
        connection.socket.sendall(request)
        status, body = connection.answer()
        times.append((time.perf_counter() - begin) * 1000)
        assert status == 200, (status, body)
    return times, body


def upload(emulator):
    """Seconds, and megabytes by which the memory grew at most."""
    connection = emulator.connect()
    emulator.forget_peak()
    before = emulator.peak_mb()
    piece = os.urandom(1 << 20)
    begin = time.perf_counter()
    connection.socket.sendall(connection.head('PUT', '/api/2.0/fs/files/Volumes/main/default/bench/large.bin?overwrite=true', UPLOAD))
    for _ in range(UPLOAD // len(piece)):
        connection.socket.sendall(piece)
    status, answer = connection.answer()
    took = time.perf_counter() - begin
    assert status == 204, (status, answer)
    status, answer = connection.ask('DELETE', '/api/2.0/fs/files/Volumes/main/default/bench/large.bin')
    assert status == 204, (status, answer)
    connection.close()
    return took, emulator.peak_mb() - before


def begin_endless_command(connection):
    connection.post('/api/2.1/clusters/create', {'spark_version': '15.4.x-scala2.12', 'node_type_id': 'Standard_DS3_v2',
                                                 'num_workers': 1})
    _, clusters = connection.ask('GET', '/api/2.1/clusters/list')
    where = {'clusterId': json.loads(clusters)['clusters'][0]['cluster_id'], 'language': 'python'}
    _, context = connection.ask('POST', '/api/1.2/contexts/create', json.dumps(where).encode())
    where['contextId'] = json.loads(context)['id']
    _, command = connection.ask('POST', '/api/1.2/commands/execute',
                                json.dumps({**where, 'command': 'while True: pass'}).encode())
    status = f'/api/1.2/commands/status?clusterId={where["clusterId"]}&contextId={where["contextId"]}&commandId={json.loads(command)["id"]}'
    while json.loads(connection.ask('GET', status)[1])['status'] != 'Running':
        pass  # each question is a request, and the server sets the pace


def stop(trowel, environment):
    """Milliseconds to the end with idle connections, a request that a fault holds, and a command that runs for ever."""
    times = []
    for _ in range(STOPS):
        emulator = Emulator(trowel, environment)
        connections = [emulator.connect() for _ in range(64)]
        begin_endless_command(connections[0])
        connections[0].post('/emulator/faults', {'pattern': 'GET *', 'hold': True})
        for connection in connections[1:]:
            connection.socket.sendall(connection.head('HEAD', '/'))
            connection.socket.recv(1 << 16)
        connections[0].socket.sendall(connections[0].head('GET', '/api/2.0/preview/scim/v2/Me'))
        times.append(emulator.stop())
        for connection in connections:
            connection.close()
    return max(times)


def measure(trowel, environment):
    """Rows of a table, and bars as (text, met)."""
    emulator = Emulator(trowel, environment)
    connection = emulator.connect()
    connection.post('/api/2.1/unity-catalog/volumes', {'catalog_name': 'main', 'schema_name': 'default', 'name': 'bench',
                                                       'volume_type': 'MANAGED'})
    begin = time.perf_counter()
    in_folder = fill(connection)
    filled = time.perf_counter() - begin
    small, _ = time_reads(connection, '/api/2.0/workspace/get-status?path=/Shared/bench/7/7', READS)
    lists, listed = time_reads(connection, '/api/2.0/workspace/list?path=/Shared/bench/7', READS // 10)
    assert len(json.loads(listed)['objects']) == in_folder
    seconds, grown = upload(emulator)
    connection.close()
    emulator.stop()
    ended = stop(trowel, environment)

    small_median, list_median = statistics.median(small), statistics.median(lists)
    rows = [('', 'median', 'p99'),
            (f'get-status, one of {OBJECTS:,} objects, ms', f'{small_median:.3f}', f'{statistics.quantiles(small, n=100)[98]:.3f}'),
            (f'list of {in_folder} among them, ms', f'{list_median:.3f}', f'{statistics.quantiles(lists, n=100)[98]:.3f}'),
            (f'filling with {OBJECTS:,} objects, ms each', f'{filled * 1000 / OBJECTS:.3f}', ''),
            ('upload of 500 MB, MB per second', f'{UPLOAD / (1 << 20) / seconds:,.0f}', '')]
    return rows, [(f'a small read takes less than 1 ms: {small_median:.3f} ms', small_median < 1),
                  (f'a folder is listed within 5 ms: {list_median:.3f} ms', list_median < 5),
                  (f'500 MB are taken with less than 64 MB of memory: {grown:.1f} MB', grown < 64),
                  (f'it stops within 200 ms, with 64 connections and a running command: {ended:.0f} ms', ended <= 200)]

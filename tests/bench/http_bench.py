# SPDX-License-Identifier: Apache-2.0
"""The REST client and its transport beside the Databricks SDK for JavaScript, against the emulator."""
import os
import subprocess

from emulator_bench import Emulator

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
CONTRACT = os.path.join(TOP, 'tests', 'contract')  # has the SDK of the contract tests
JOBS = 10_000
ROUNDS = 5    # of each in turn, so that a change of the machine's mood meets both
PHASES = {'lookup': 'name lookup', 'connect': 'connecting', 'proxy': 'the proxy', 'handshake': 'the TLS handshake',
          'head': 'waiting for an answer', 'body': 'an answer that has begun'}


def install_sdk(npm):
    lock = os.path.join(CONTRACT, 'node_modules', '.trowel-lock')
    with open(os.path.join(CONTRACT, 'package-lock.json'), encoding='utf-8') as file:
        wanted = file.read()
    if os.path.exists(lock):
        with open(lock, encoding='utf-8') as file:
            if file.read() == wanted:
                return
    subprocess.run([npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], cwd=CONTRACT, check=True)
    with open(lock, 'w', encoding='utf-8') as file:
        file.write(wanted)


def fill(connection):
    connection.post('/api/2.0/workspace/mkdirs', {'path': '/Shared/bench'})
    for number in range(JOBS):
        connection.post('/api/2.1/jobs/create', {'name': f'job {number}', 'tasks': [
            {'task_key': 'main', 'notebook_task': {'notebook_path': '/Shared/bench/notebook'}, 'existing_cluster_id': 'none'}]})


def numbers(command, environment):
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def compare(what, command, peer, environment):
    """The median of each side's rounds, which take turns; and the most memory that any took."""
    sides = [[], []]
    for _ in range(ROUNDS):
        for side, start in zip(sides, (command, peer)):
            side.append(numbers([*start, what[0], *what[1:]], environment))
    return [{'per_second': sorted(each['per_second'] for each in side)[ROUNDS // 2],
             'rss_mb': max(each['rss_mb'] for each in side)} for side in sides]


def measure(trowel, bench, node, environment):
    """Tables as lists of rows, and bars as (text, met)."""
    peer = [node, os.path.join(HERE, 'http_peer.mjs'), CONTRACT]
    emulator = Emulator(trowel, environment)
    connection = emulator.connect()
    fill(connection)
    connection.close()
    at = [emulator.endpoint['host'], emulator.endpoint['token'], '/Shared/bench', '5']
    rates = [('', 'Trowel, per second', 'MB', 'SDK for JavaScript, per second', 'MB', 'times')]
    bars = []
    for mode, name in (('reads', '1,000 small GETs, 16 connections'),
                       ('walk', f'walk over {JOBS:,} jobs in pages of 100')):
        ours, theirs = compare([mode, *at], [bench], peer, environment)
        times = ours['per_second'] / theirs['per_second']
        rates.append((name, f'{ours["per_second"]:,.0f}', f'{ours["rss_mb"]:.1f}', f'{theirs["per_second"]:,.0f}',
                      f'{theirs["rss_mb"]:.1f}', f'{times:.1f}'))
        bars.append((f'{name}: at least 3 times the rate of the SDK for JavaScript: {times:.1f} times', times >= 3))
    emulator.stop()

    cancels = numbers([bench, 'phases'], environment)
    reconnects = numbers([bench, 'tls'], environment)
    rest = [('cancelled in', 'worst of 50, ms')] + [(PHASES[name], f'{took:.2f}') for name, took in cancels.items()]
    rest += [('reconnect and GET over TLS, ms', f'median {reconnects["median_ms"]:.2f}, p99 {reconnects["p99_ms"]:.2f}')]
    worst = max(cancels.values())
    bars += [(f'a cancel ends a call within 20 ms in every phase: {worst:.2f} ms', worst <= 20),
             (f'reconnect and GET over TLS within 2 ms: {reconnects["median_ms"]:.2f} ms', reconnects['median_ms'] <= 2)]
    return (rates, rest), bars

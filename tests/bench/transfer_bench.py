# SPDX-License-Identifier: Apache-2.0
"""Folders of many small files and one large file, to and from the emulator; a transfer that is killed and resumed."""
import json
import os
import shutil
import statistics
import subprocess

from emulator_bench import Emulator

FILES, FOLDERS = 2000, 20
LATENCY = 0.050       # seconds, of every request
CONCURRENCY = 48      # calls at a time that a host gets from transfers: its window of 64 without the share of people
KILL_AFTER = 700      # items
TURNS = 3
LARGE = 1 << 30       # bytes
MAX_MEMORY = 128      # MB, for parts of a large file under way


def write_files(folder):
    for number in range(FILES):
        path = os.path.join(folder, str(number % FOLDERS), f'{number}.txt')
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f'file {number}\n' * 20)


class Runner:
    def __init__(self, bench, emulator, environment):
        self.bench, self.endpoint, self.environment = bench, emulator.endpoint, environment
        self.connection = emulator.connect()

    def transfer(self, direction, tree, remote, local, state, kill_after=0, listed=None):
        """What it printed, and the items that were through before it was killed."""
        command = [self.bench, direction, tree, self.endpoint['host'], self.endpoint['token'], remote, local, state, str(kill_after)]
        if listed:
            command.append(listed)
        done = subprocess.run(command, check=not kill_after, stdout=subprocess.PIPE, text=True, env=self.environment)
        words = [line.split(' ', 1) for line in done.stdout.splitlines()]
        return {key: float(value) for key, value in words if key != 'done'}, {value for key, value in words if key == 'done'}

    def delay(self, milliseconds):
        self.connection.ask('DELETE', '/emulator/faults')
        if milliseconds:
            self.connection.post('/emulator/faults', {'pattern': '*', 'delay_ms': milliseconds, 'times': 0})

    def moved(self, start):
        """The last parts of the paths that were asked for since the log was cleared."""
        _, answer = self.connection.ask('GET', '/emulator/requests')
        paths = [each['path'] for each in json.loads(answer)['requests'] if f'{each["method"]} {each["path"]}'.startswith(start)]
        return [path.replace('%2F', '/').rsplit('/', 1)[1] for path in paths]

    def forget_requests(self):
        self.connection.ask('DELETE', '/emulator/requests')


def many(runner, home, rows, bars):
    ideal = FILES * LATENCY / CONCURRENCY
    source, target, state = (os.path.join(home, name) for name in ('up', 'down', 'transfer-state'))
    write_files(source)
    runner.delay(round(LATENCY * 1000))
    for direction in ('up', 'down'):
        # The machine answers in more than the latency, the more so the busier it is: the bound is what as many threads
        # reach that do nothing but the calls. In turns, so that a change of the machine's mood meets both.
        bares, ours = [], []
        for turn in range(TURNS):
            local = source if direction == 'up' else f'{target}-{turn}'
            bare, _ = runner.transfer(f'bare-{direction}', 'workspace', f'/Shared/bare-{turn}', source, str(CONCURRENCY))
            result, _ = runner.transfer(direction, 'workspace', f'/Shared/many-{turn}', local, f'{state}-{turn}',
                                        listed='/Shared/bare-0')
            assert result['copied'] == FILES, result
            bares.append(bare['seconds'])
            ours.append(result['seconds'])
        took, bound = statistics.median(ours), max(statistics.median(bares), ideal)
        rows.append((f'{FILES:,} files {direction}, {LATENCY * 1000:.0f} ms latency', f'{took:.2f}', f'{bound:.2f}', f'{bound / took:.0%}',
                     f'{result["rss_mb"]:.0f}'))
        bars.append((f'{FILES:,} files {direction} reach 90 % of the bound of {CONCURRENCY} calls at a time: {bound / took:.1%} '
                     f'({ideal / took:.1%} of {ideal:.2f} s)', bound / took >= 0.9))
    runner.delay(0)
    again, _ = runner.transfer('up', 'workspace', '/Shared/many-0', source, f'{state}-0')
    bars.append((f'a second upload finds nothing to do: {again["copies"]:.0f} files', again['copies'] == 0))
    shutil.rmtree(target)


def killed(runner, home, bars):
    source, target, state = (os.path.join(home, name) for name in ('up', 'killed', 'killed-state'))
    for direction, local, call in (('up', source, 'POST /api/2.0/workspace-files/import-file/'), ('down', target, 'GET /api/2.0/workspace-files/')):
        _, done = runner.transfer(direction, 'workspace', '/Shared/killed', local, state, KILL_AFTER)
        assert len(done) == KILL_AFTER, len(done)
        runner.forget_requests()
        runner.transfer(direction, 'workspace', '/Shared/killed', local, state)
        moved = runner.moved(call)
        repeated = {os.path.basename(path) for path in done} & set(moved)
        bars.append((f'{direction}: killed after {KILL_AFTER} files, the next run moves {len(moved)} and none of those again: {len(repeated)}',
                     not repeated and len(moved) <= FILES - KILL_AFTER))
    count = sum(len(files) for _, _, files in os.walk(target))
    bars.append((f'all files have arrived: {count}', count == FILES))


def large(runner, home, rows, bars):
    source, target, state = (os.path.join(home, name) for name in ('large', 'large-down', 'large-state'))
    os.makedirs(source)
    block = os.urandom(1 << 20)
    with open(os.path.join(source, 'large.bin'), 'wb') as file:
        for _ in range(LARGE // len(block)):
            file.write(block)
    for direction, local in (('up', source), ('down', target)):
        result, _ = runner.transfer(direction, 'volumes', '/Volumes/main/default/bench/large', local, state)
        assert result['copied'] == 1, result
        rows.append((f'1 GB {direction}, a volume', f'{result["seconds"]:.2f}', '', f'{LARGE / (1 << 20) / result["seconds"]:,.0f} MB/s',
                     f'{result["rss_mb"]:.0f}'))
        bars.append((f'1 GB {direction} takes less than {MAX_MEMORY} MB of memory: {result["rss_mb"]:.0f} MB', result['rss_mb'] < MAX_MEMORY))
    same = subprocess.run(['cmp', os.path.join(source, 'large.bin'), os.path.join(target, 'large.bin')], check=False).returncode == 0
    bars.append((f'1 GB comes back as it went: {same}', same))
    shutil.rmtree(source)
    shutil.rmtree(target)


def measure(trowel, bench, environment):
    """Rows of a table, and bars as (text, met)."""
    home = environment['HOME']
    emulator = Emulator(trowel, environment)
    runner = Runner(bench, emulator, environment)
    runner.connection.post('/api/2.1/unity-catalog/volumes', {'catalog_name': 'main', 'schema_name': 'default', 'name': 'bench',
                                                              'volume_type': 'MANAGED'})
    rows, bars = [('', 'seconds', 'bound', 'rate', 'MB')], []
    try:
        many(runner, home, rows, bars)
        killed(runner, home, bars)
        large(runner, home, rows, bars)
    finally:
        runner.connection.close()
        emulator.stop()
    return rows, bars

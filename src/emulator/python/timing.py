# SPDX-License-Identifier: Apache-2.0
"""%time and %timeit."""

import math
import re
import resource
import time
import timeit

_UNITS = ((1, "s"), (1e-3, "ms"), (1e-6, "μs"), (1e-9, "ns"))


def span(seconds):
    """As IPython writes a time: three digits, and minutes where there are some."""
    if seconds >= 60:
        minutes, rest = divmod(int(round(seconds)), 60)
        hours, minutes = divmod(minutes, 60)
        return (f"{hours}h " if hours else "") + f"{minutes}min {rest}s"
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns" if seconds else "0 ns"


def timed(action):
    """What the action gives, after a word about the time that it took."""
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    try:
        return action()
    finally:
        wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
        user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
        print(f"CPU times: user {span(user)}, sys: {span(system)}, total: {span(user + system)}\nWall time: {span(wall)}")


def options(line):
    """-n and -r of %timeit, and what is behind them."""
    given, rest = {}, line.strip()
    while found := re.match(r"-([nr])\s*(\d+)\s*", rest):
        given["loops" if found.group(1) == "n" else "repeats"] = int(found.group(2))
        rest = rest[found.end() :]
    return given, rest


def repeated(statement, setup, namespace, loops=None, repeats=7):
    timer = timeit.Timer(statement, setup, globals=namespace)
    if not loops:
        loops = timer.autorange()[0]
    times = [taken / loops for taken in timer.repeat(repeats, loops)]
    mean = math.fsum(times) / repeats
    deviation = math.sqrt(math.fsum((taken - mean) ** 2 for taken in times) / repeats)
    runs, each = f"{repeats} run{'s' if repeats > 1 else ''}", f"{loops:,} loop{'s' if loops > 1 else ''} each"
    print(f"{span(mean)} ± {span(deviation)} per loop (mean ± std. dev. of {runs}, {each})")

# SPDX-License-Identifier: Apache-2.0
"""Cells may await at top level. All of them share one event loop, as in IPython: a task that one cell starts can be
awaited in the next."""

import sys

_AWAITS = 0x80  # inspect.CO_COROUTINE


class EventLoop:
    def __init__(self):
        self._loop = None

    def run(self, parts, namespace):
        """Code objects one after the other; the value of the last. Where one awaits, all run inside the loop."""
        if any(part.co_flags & _AWAITS for part in parts):
            return self._complete(_all(parts, namespace))
        if "asyncio" in sys.modules or any("asyncio" in part.co_names for part in parts):
            self._current()
        value = None
        for part in parts:
            value = eval(part, namespace)
        return value

    def _current(self):
        """The loop, also for who asks asyncio for it; asyncio.run() takes that away."""
        import asyncio

        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        return self._loop

    def _complete(self, coroutine):
        loop = self._current()
        task = loop.create_task(coroutine)
        try:
            return loop.run_until_complete(task)
        finally:
            if not task.done():  # an interrupt came while nothing of it ran
                import asyncio

                task.cancel()
                loop.run_until_complete(asyncio.gather(task, return_exceptions=True))


async def _all(parts, namespace):
    value = None
    for part in parts:
        value = eval(part, namespace)
        if part.co_flags & _AWAITS:
            value = await value
    return value

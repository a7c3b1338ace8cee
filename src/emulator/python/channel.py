# SPDX-License-Identifier: Apache-2.0
"""Lines to and from the emulator, and the interrupts that it sends."""

import contextlib
import fcntl
import os
import select
import signal

SOCKET_FD = 3


class Channel:
    def __init__(self):
        self._fd = fcntl.fcntl(SOCKET_FD, fcntl.F_DUPFD_CLOEXEC, 200)  # where nothing inherits it
        os.close(SOCKET_FD)
        self._buffer = bytearray()

    def wait(self):
        """Until there is something to receive."""
        if b"\n" not in self._buffer:
            poll = select.poll()
            poll.register(self._fd, select.POLLIN)
            poll.poll()

    def receive(self):
        searched = 0  # requests may be large: no byte is looked at twice
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            block = os.read(self._fd, 1 << 20)
            if not block:
                return None
            self._buffer += block
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def send(self, line):
        data = line.encode("utf-8", "replace") + b"\n"
        while data:
            data = data[os.write(self._fd, data):]

    def hand_over(self):
        """Back to where a new driver in this process looks for it."""
        os.dup2(self._fd, SOCKET_FD, inheritable=True)


class Interrupts:
    """SIGINT counts only while user code runs."""

    def __init__(self):
        self.armed = False
        self.pending = False
        signal.signal(signal.SIGINT, self._handle)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # blocked where a driver started anew

    def _handle(self, _number, _frame):
        # The signal is repeated until we answer; the code's own clean-up must not be hit by the second one.
        if self.armed and not self.pending:
            self.pending = True
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def held(self):
        armed, self.armed = self.armed, False
        try:
            yield
        finally:
            self.armed = armed

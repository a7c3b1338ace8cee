# SPDX-License-Identifier: Apache-2.0
"""What user code wants of the emulator while it runs: one question, one answer, over the driver's channel."""

import os
import threading
from json import dumps, loads  # user code may patch the module's


class HostError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


class Host:
    """Questions of all threads of user code stand in one queue. Each is answered, also one that nobody waits for any
    more since it was interrupted: such answers are counted and passed over."""

    def __init__(self, channel, interrupts):
        self._channel = channel
        self._interrupts = interrupts
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._owed = 0

    def ask(self, call, **parameters):
        if os.getpid() != self._pid:
            raise HostError("INVALID_STATE", "Only the context's own process can reach the workspace.")
        with self._lock:
            # An interrupt must not tear a line apart: it counts only while we wait.
            with self._interrupts.held():
                self._channel.send("Q" + dumps({"call": call, **parameters}))
                self._owed += 1
            while True:
                self._channel.wait()
                with self._interrupts.held():
                    answer = loads(self._channel.receive())
                    self._owed -= 1
                if self._owed == 0:
                    break
        if "error" in answer:
            raise HostError(answer["error"].get("code", "INTERNAL_ERROR"), answer["error"].get("message", ""))
        return answer.get("result") or {}

    def quiet(self):
        """For what must not meet a question of another thread, as the end of a command."""
        return self._lock

    def is_answer(self, request):
        """Whether a line that came instead of a request answers an interrupted question."""
        if "result" not in request and "error" not in request or self._owed == 0:
            return False
        self._owed -= 1
        return True

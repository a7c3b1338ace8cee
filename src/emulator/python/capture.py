# SPDX-License-Identifier: Apache-2.0
"""What a command prints: descriptors 1 and 2 lead into a memory file, so that child processes are heard as well."""

import io
import os
import sys

LIMIT = 2 * 1024 * 1024  # bytes per command: the first
LOG_LIMIT = 5 * 1024 * 1024  # bytes of a program's logs: the last
LOG_ROOM = 64 * 1024 * 1024  # bytes that a program may print
WARNING = "*** WARNING: max output size exceeded, skipping output. ***"


class _Stream(io.TextIOBase):
    encoding = "utf-8"
    errors = "replace"

    def __init__(self, output, fd):
        self.name = "<stdout>" if fd == 1 else "<stderr>"
        self._output = output
        self._fd = fd
        self.buffer = io.FileIO(fd, "wb", closefd=False)

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._output.write(text, self._fd)
        return len(text)

    def fileno(self):
        return self._fd

    def writable(self):
        return True

    def flush(self):
        pass

    def isatty(self):
        return False

    def reconfigure(self, **_options):
        pass  # what is shown is UTF-8


class Output:
    def __init__(self):
        self._file = os.memfd_create("output")  # close-on-exec: only its copies at 1 and 2 are inherited
        self._null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        self._room = LIMIT
        self._streams = _Stream(self, 1), _Stream(self, 2)

    def begin(self, logs=False):
        """Empties the file and puts back what user code may have closed or redirected."""
        os.dup2(self._null, 0)
        os.dup2(self._file, 1)
        os.dup2(self._file, 2)
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        self._room = LOG_ROOM if logs else LIMIT
        sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # exit() closes it
        sys.stdout, sys.stderr = self._streams
        sys.__stdout__, sys.__stderr__ = self._streams

    def write(self, text, fd=1):
        if self._room <= 0:
            return
        data = text.encode("utf-8", "replace")
        if len(data) > self._room:
            data = data[: self._room] + ("\n" + WARNING + "\n").encode()
            self._room = 0
        self._room -= len(data)
        while data:
            data = data[os.write(fd, data):]

    def text(self):
        size = min(os.fstat(self._file).st_size, LIMIT + 200)
        text = os.pread(self._file, size, 0).decode("utf-8", "replace")
        return text[:-1] if text.endswith("\n") else text

    def logs(self):
        """The end of what a program printed; longer than LOG_LIMIT where that is not all."""
        size = os.fstat(self._file).st_size
        start = max(0, size - LOG_LIMIT - 2)  # one for the line break
        text = os.pread(self._file, size - start, start).decode("utf-8", "replace")
        return text[:-1] if text.endswith("\n") else text

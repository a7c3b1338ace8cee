#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays recorded talks with the real binary: run.py BINARY TALK.jsonc... [--update]

A talk is a JSON array (comments allowed) of steps, done one after the other:
  {"setup": {...}}       first only. arguments, env, files (below its home), settings answers, emulator, parent,
                         crashes (starts before that were killed), secrets
  {"send": MESSAGE}      a JSON-RPC message; or an array of them, written at once
  {"raw": BYTES}         text (Latin-1), array of parts, {"repeat": BYTES, "times": N}, {"message": {}} or
                         {"body": BYTES, "header": TEXT with %d for the length}
                         "piece": N beside it writes N bytes at a time; "ids": [...] tells which requests it holds
  {"expect": MESSAGE}    one that the daemon sends, as a subset; "~regex" for strings; others may come before
  {"none": MESSAGE}      nothing that matches came so far
  {"close": "stdin"|"stdout"}   {"signal": "SIGTERM"}   {"kill": "parent"}
  {"exit": STATUS}       waits for the end of the process
  {"stderr": REGEX}      after exit
At its end each request has been answered at most once, no error was shown unasked, and none of the "secrets" is on
stdout, on stderr, in the command line or in any file that the daemon wrote. --update rewrites what "expect" says.
"""
import json
import os
import re
import shutil
import sys

from daemon import Daemon
from talk import TalkError, brief, differences, expand, narrowed, parse, to_bytes, frame


def same_kind(wanted, message):
    """Whether a message is the one that an expectation speaks of, right or wrong."""
    if 'method' in wanted:
        return message.get('method') == wanted['method']
    return 'method' not in message and message.get('id') == wanted.get('id')


class Player:
    def __init__(self, binary, path, update):
        self.path, self.update = path, update
        with open(path, encoding='utf-8') as file:
            self.text = file.read()
        self.steps = parse(self.text)
        setup = self.steps.pop(0).value['setup'] if 'setup' in self.steps[0].value else {}
        self.secrets = setup.get('secrets', [])
        self.daemon = Daemon(binary, setup, {})
        self.rewritten = []

    def play(self):
        try:
            self.daemon.start()
            for step in self.steps:
                try:
                    self.do(step)
                except TalkError as error:
                    raise TalkError(f'line {step.line}: {error}') from error
            self.daemon.check_replies()
            self.daemon.stop()
            self.check_secrets()
        except TalkError as error:
            self.daemon.stop()
            tail = self.daemon.stderr.decode(errors='replace')[-2000:]
            raise TalkError(f'{self.path}: {error}\n--- stderr ends with\n{tail}') from error
        finally:
            self.daemon.stop()
            shutil.rmtree(self.daemon.home, ignore_errors=True)
        if self.update:
            self.rewrite()

    def do(self, step):
        value = expand(step.value, self.daemon.places)
        kind = next(iter(value))
        getattr(self, 'do_' + kind)(value[kind], value, step)

    def do_send(self, message, _value, _step):
        messages = message if isinstance(message, list) else [message]
        for each in messages:
            self.daemon.asks(each)
        self.daemon.write(b''.join(frame(each) for each in messages))

    def do_raw(self, data, value, _step):
        for each in value.get('ids', []):
            self.daemon.asks({'id': each, 'method': ''})
        self.daemon.write(to_bytes(data), value.get('piece'))

    def do_expect(self, wanted, _value, step):
        problems = []

        def matches(message):
            if not same_kind(wanted, message):
                return False
            found = differences(wanted, message)
            # A reply comes once: a wrong one is the answer. Of notifications a later one may be meant.
            if found and ('method' not in wanted):
                problems.extend(found)
                return True
            return not found

        message = self.daemon.take(matches)
        if message is None:
            near = [each for each in self.daemon.kept if same_kind(wanted, each)]
            raise TalkError(f'never came: {brief(wanted)}' + (f'\nbut {brief(near[-1])}' if near else ''))
        if problems and self.update:
            self.rewritten.append((step, {'expect': narrowed(message, wanted)}))
        elif problems:
            raise TalkError('\n'.join(problems) + f'\nin {brief(message)}')

    def do_none(self, unwanted, _value, _step):
        for message in self.daemon.kept:
            if not differences(unwanted, message):
                raise TalkError(f'should not have come: {brief(message)}')

    def do_close(self, stream, _value, _step):
        self.daemon.close(stream)

    def do_signal(self, name, _value, _step):
        self.daemon.signal(name)

    def do_kill(self, _who, _value, _step):
        self.daemon.helpers[-1].kill()
        self.daemon.helpers[-1].wait()

    def do_exit(self, wanted, _value, _step):
        status = self.daemon.exit_status()
        if status != wanted:
            raise TalkError(f'expected the exit status {wanted}, got {status}')
        for thread in self.daemon.threads:
            thread.join()

    def do_stderr(self, pattern, _value, _step):
        if not re.search(pattern, self.daemon.stderr.decode(errors='replace')):
            raise TalkError(f'no match for {pattern} on stderr')

    def check_secrets(self):
        for secret in expand(self.secrets, self.daemon.places):
            for place, data in (('stderr', self.daemon.stderr), ('stdout', self.daemon.said), ('a file', self.daemon.logs()),
                                ('the command line', self.daemon.command_line.encode())):
                if secret.encode() in data:
                    raise TalkError(f'{self.path}: the secret {secret[:8]}… is in {place}')

    def rewrite(self):
        text = self.text
        for step, value in reversed(self.rewritten):
            text = text[:step.start] + json.dumps(value, ensure_ascii=False) + text[step.end:]
        if text != self.text:
            with open(self.path, 'w', encoding='utf-8') as file:
                file.write(text)
            print(f'{self.path}: {len(self.rewritten)} steps rewritten')


def main(arguments):
    update = '--update' in arguments
    binary, *paths = [each for each in arguments if each != '--update']
    binary = os.path.abspath(binary)
    failed = 0
    for path in paths:
        try:
            Player(binary, path, update).play()
        except TalkError as error:
            print(error)
            failed += 1
    return 1 if failed else 0


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))

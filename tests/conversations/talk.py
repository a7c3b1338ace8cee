# SPDX-License-Identifier: Apache-2.0
"""A talk as a file: JSON with comments, an array of steps. Knows where each step stands, so that one can be rewritten."""
import json
import re


class TalkError(Exception):
    """What went wrong, in words for whoever reads the test's output."""


class Step:
    def __init__(self, value, start, end, line):
        self.value, self.start, self.end, self.line = value, start, end, line


def without_comments(text):
    """Blanks comments out, so that every place stays where it was."""
    token = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
    return token.sub(lambda m: m[0] if m[0][0] == '"' else re.sub(r'[^\n]', ' ', m[0]), text)


def parse(text):
    """The steps of a talk."""
    clean = without_comments(text)
    decoder = json.JSONDecoder()
    place = re.compile(r'\s*\[').match(clean)
    if not place:
        raise TalkError('a talk is an array of steps')
    at, steps = place.end(), []
    while True:
        at += len(clean[at:]) - len(clean[at:].lstrip(' \t\r\n,'))
        if clean.startswith(']', at):
            return steps
        line = clean.count('\n', 0, at) + 1
        try:
            value, end = decoder.raw_decode(clean, at)
        except ValueError as error:
            raise TalkError(f'line {line}: {error}') from error
        steps.append(Step(value, at, end, line))
        at = end


def differences(wanted, got, path=''):
    """Where `got` is not what `wanted` asks for. Objects may hold more than asked; a string of the form
    "~regex" is searched for; everything else must be equal."""
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            return [f'{path or "/"}: expected an object, got {brief(got)}']
        found = []
        for key, value in wanted.items():
            if key not in got:
                found.append(f'{path}/{key}: missing')
            else:
                found += differences(value, got[key], f'{path}/{key}')
        return found
    if isinstance(wanted, list):
        if not isinstance(got, list) or len(got) != len(wanted):
            return [f'{path or "/"}: expected {len(wanted)} elements, got {brief(got)}']
        return [each for i, (w, g) in enumerate(zip(wanted, got)) for each in differences(w, g, f'{path}/{i}')]
    if isinstance(wanted, str) and wanted.startswith('~'):
        return [] if isinstance(got, str) and re.search(wanted[1:], got) else [f'{path}: no match for {wanted}: {brief(got)}']
    return [] if wanted == got and type(wanted) is type(got) else [f'{path or "/"}: expected {brief(wanted)}, got {brief(got)}']


def narrowed(got, wanted):
    """The part of `got` that `wanted` speaks of: what --update writes. What matches already is kept as it was."""
    if not differences(wanted, got):
        return wanted
    if isinstance(wanted, dict) and isinstance(got, dict):
        return {key: narrowed(got[key], value) for key, value in wanted.items() if key in got} or got
    return got


def brief(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 300 else text[:300] + '…'


def expand(value, places):
    """Fills in ${NAME} everywhere in a step."""
    if isinstance(value, str):
        if whole := re.fullmatch(r'\$\{(\w+)\}', value):
            return places.get(whole[1], value)  # may be a number
        return re.sub(r'\$\{(\w+)\}', lambda m: str(places[m[1]]) if m[1] in places else m[0], value)
    if isinstance(value, list):
        return [expand(each, places) for each in value]
    if isinstance(value, dict):
        return {key: expand(each, places) for key, each in value.items()}
    return value


def to_bytes(value):
    """Raw bytes: text (Latin-1, so that \\u00ff is the byte 255), an array of parts, or {"repeat", "times"}."""
    if isinstance(value, list):
        return b''.join(to_bytes(part) for part in value)
    if isinstance(value, dict):
        if 'message' in value:
            return frame(value['message'])
        if 'body' in value:
            body = to_bytes(value['body'])
            return value.get('header', 'Content-Length: %d\r\n\r\n').encode() % len(body) + body
        return to_bytes(value['repeat']) * value['times']
    return value.encode('latin-1')


def frame(message):
    body = json.dumps({'jsonrpc': '2.0', **message}, ensure_ascii=False).encode()
    return b'Content-Length: %d\r\n\r\n' % len(body) + body

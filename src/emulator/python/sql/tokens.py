# SPDX-License-Identifier: Apache-2.0
"""Spark SQL as tokens, and names and literals in SQLite's spelling."""

import re
from collections import namedtuple

Token = namedtuple("Token", "kind text position upper")  # kind: string, quoted, number, word, parameter, op, end

_TOKENS = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      |(?P<string>[rR]?(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"))
      |(?P<quoted>`(?:[^`]|``)*`)
      |(?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?:BD|bd|[LlDdSsYyFf])?(?!\w))
      |(?P<word>[^\W\d]\w*|\d+[^\W\d]\w*)
      |(?P<parameter>:[A-Za-z_]\w*)
      |(?P<op><=>|==|<>|!=|<=|>=|\|\||::|->|=>|.)""",
    re.VERBOSE | re.DOTALL,
)


def scan(text):
    """Every piece of the text: pairs of kind and match."""
    return [(match.lastgroup, match) for match in _TOKENS.finditer(text)]


def tokenize(text):
    """Without spaces and comments; ends with a token of kind `end`."""
    tokens = []
    for kind, match in scan(text):
        if kind != "space":
            piece = match.group()
            tokens.append(Token(kind, piece, match.start(), piece.upper() if kind == "word" else piece))
    tokens.append(Token("end", "", len(text), ""))
    return tokens


def split_statements(text):
    """Statements without their semicolons; empty ones are left out."""
    statements, start, solid = [], 0, False
    for kind, match in scan(text):
        if kind == "op" and match.group() == ";":
            if solid:
                statements.append(text[start : match.start()].strip())
            start, solid = match.end(), False
        elif kind != "space":
            solid = True
    if solid:
        statements.append(text[start:].strip())
    return statements


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


def _escape(found):
    text = found.group(1)
    if text[0] == "u" and len(text) == 5:
        return chr(int(text[1:], 16))
    return _ESCAPES.get(text, found.group(0) if text in "%_" else text)


def value_of(token):
    """The value of a string literal, or the name in an identifier."""
    if token.kind == "quoted":
        return token.text[1:-1].replace("``", "`")
    if token.kind != "string":
        return token.text
    text = token.text
    if text[0] in "rR":
        return text[2:-1]
    body = text[1:-1].replace(text[0] * 2, text[0])
    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _escape, body, flags=re.DOTALL)


def literal(value):
    """A text as SQLite reads it. NUL would end the statement."""
    return "'" + value.replace("'", "''").replace("\0", "") + "'"


def identifier(name):
    return '"' + name.replace('"', '""') + '"'

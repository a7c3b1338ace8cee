# SPDX-License-Identifier: Apache-2.0
"""Spark SQL to SQLite, token by token.

Three-level names become one quoted SQLite table each ("main.default.t"), since SQLite can attach only ten databases.
What follows FROM, JOIN, INTO and the like is a table; everything else keeps its place, so that errors of SQLite still
point at the user's own words.
"""

import re
from collections import namedtuple

Token = namedtuple("Token", "kind text")  # kind: space, string, quoted, number, word, op

_TOKENS = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      |(?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
      |(?P<quoted>`(?:[^`]|``)*`)
      |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?[LlDdSsYy]?(?!\w)|\.\d+(?:[eE][+-]?\d+)?)
      |(?P<word>[^\W\d]\w*)
      |(?P<op><=>|==|<>|!=|<=|>=|\|\||::|->|.)""",
    re.VERBOSE | re.DOTALL,
)


class SparkError(Exception):
    """An error of Spark, as user code may catch it."""

    java_class = "org.apache.spark.SparkException"


class AnalysisException(SparkError):
    java_class = "org.apache.spark.sql.AnalysisException"


class ParseException(AnalysisException):
    java_class = "org.apache.spark.sql.catalyst.parser.ParseException"


def table_not_found(name):
    quoted = ".".join(f"`{part}`" for part in name.split("."))
    return AnalysisException(
        f"[TABLE_OR_VIEW_NOT_FOUND] The table or view {quoted} cannot be found. Verify the spelling and "
        "correctness of the schema and catalog.\nIf you did not qualify the name with a schema, verify the "
        "current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error "
        "on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS. SQLSTATE: 42P01"
    )


def syntax_error(near):
    return ParseException(f"[PARSE_SYNTAX_ERROR] Syntax error at or near {near}. SQLSTATE: 42601")


def tokenize(text):
    return [Token(match.lastgroup, match.group()) for match in _TOKENS.finditer(text)]


def split_statements(text):
    """Statements without their semicolons; empty ones are left out."""
    statements, current = [], []
    for token in tokenize(text) + [Token("op", ";")]:
        if token == Token("op", ";"):
            if any(item.kind != "space" for item in current):
                statements.append("".join(item.text for item in current).strip())
            current = []
        else:
            current.append(token)
    return statements


def unquote(token):
    """The value of a string literal, or the name in an identifier."""
    if token.kind == "quoted":
        return token.text[1:-1].replace("``", "`")
    if token.kind != "string":
        return token.text
    mark, body = token.text[0], token.text[1:-1].replace(token.text[0] * 2, token.text[0])
    escapes = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\", "'": "'", '"': '"'}
    return re.sub(r"\\(.)", lambda found: escapes.get(found.group(1), found.group(0)), body, flags=re.DOTALL)


def literal(value):
    return "'" + value.replace("'", "''") + "'"


def identifier(name):
    return '"' + name.replace('"', '""') + '"'


_TABLE_COMES = {"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "OVERWRITE"}
_LIST_ENDS = {"WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "SELECT", "SET", "VALUES"}
_NO_ALIAS = _LIST_ENDS | {
    "ON", "USING", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "OUTER", "ANTI", "SEMI", "WINDOW",
    "QUALIFY", "TABLESAMPLE", "LATERAL", "MINUS", "WHEN", "PARTITION", "OFFSET", "CLUSTER", "DISTRIBUTE", "SORT",
}  # fmt: skip
# Functions whose arguments have a FROM of their own.
_FROM_INSIDE = {"TRIM", "SUBSTRING", "SUBSTR", "OVERLAY", "POSITION"}
_CALLS = {
    "CURRENT_TIMESTAMP": "spark_now", "NOW": "spark_now", "CURRENT_DATE": "spark_today", "LEFT": "spark_left",
    "RIGHT": "spark_right", "LOG": "ln", "STRING": "spark_string", "RAND": "spark_rand", "RANDOM": "spark_rand",
}  # fmt: skip
_CAST_TYPES = {
    "STRING": "TEXT", "INT": "INTEGER", "LONG": "INTEGER", "BIGINT": "INTEGER", "SMALLINT": "INTEGER",
    "TINYINT": "INTEGER", "DOUBLE": "REAL", "FLOAT": "REAL", "DECIMAL": "NUMERIC", "BOOLEAN": "INTEGER",
    "BINARY": "BLOB",
}  # fmt: skip


def spoken(name):
    """The name of a result column in the user's words."""
    for spark, ours in _CALLS.items():
        name = name.replace(ours + "(", spark.lower() + "(")
    return name.replace("* 1.0 /", "/")


class Translator:
    """`resolve(parts, ctes)` gives the SQLite name of a table, or raises table_not_found."""

    def __init__(self, resolve):
        self._resolve = resolve

    def translate(self, text):
        self._tokens = tokenize(text)
        self._ctes = self._find_ctes()
        self._out = []
        stack = [{"list": False, "inside": False, "cast": False, "select": False}]
        expect = False
        position = 0
        while position < len(self._tokens):
            token = self._tokens[position]
            upper = token.text.upper() if token.kind == "word" else token.text
            top = stack[-1]
            if token.kind == "space":
                self._out.append(" " if token.text.startswith(("--", "/*")) else token.text)
                position += 1
                continue
            if expect and token.kind in ("word", "quoted") and not (token.kind == "word" and upper in _SKIPPED):
                position = self._table(position)
                expect, top["list"] = False, True
                continue
            if token.kind == "op":
                if token.text == "(":
                    before = self._previous_word(position)
                    stack.append({"list": False, "inside": before in _FROM_INSIDE, "cast": before in ("CAST", "TRY_CAST")})
                    expect = False
                elif token.text == ")" and len(stack) > 1:
                    stack.pop()
                elif token.text == "," and top["list"]:
                    expect = True
            elif token.kind == "word":
                if upper in _TABLE_COMES and not self._is_other_from(position, upper, top):
                    expect = True
                elif upper in _LIST_ENDS:
                    top["list"] = False
            position = self._copy(position, upper, top)
        return "".join(self._out)

    def _copy(self, position, upper, top):
        token = self._tokens[position]
        following = self._next(position)
        if token.kind == "string":
            self._out.append(literal(unquote(token)))
        elif token.kind == "quoted":
            self._out.append(identifier(unquote(token)))
        elif token.kind == "number":
            self._out.append(token.text.rstrip("LlDdSsYy"))
        elif upper == "EXTRACT" and (unit := self._extract_unit(position)):
            self._out.append(unit[0])
            return unit[1]
        elif token.text == "/":
            self._out.append("* 1.0 /")  # Spark never divides integers as integers
        elif token.text == "<=>":
            self._out.append("IS")
        elif upper == "DIV":
            self._out.append("/")
        elif upper in ("RLIKE", "REGEXP_LIKE") and following and following.text != "(":
            self._out.append("REGEXP")
        elif upper in ("DATE", "TIMESTAMP") and following and following.kind == "string":
            pass  # DATE '2024-01-01': dates are text here
        elif token.kind == "word" and top["cast"] and self._previous_word(position) == "AS" and upper in _CAST_TYPES:
            self._out.append(_CAST_TYPES[upper])
        elif upper in ("CURRENT_TIMESTAMP", "CURRENT_DATE") and not (following and following.text == "("):
            self._out.append(_CALLS[upper] + "()")
        elif upper in _CALLS and following and following.text == "(":
            self._out.append(_CALLS[upper])
        elif token.kind == "word" and upper == "TRY_CAST":
            self._out.append("CAST")
        else:
            self._out.append(token.text)
        return position + 1

    def _extract_unit(self, position):
        """EXTRACT(YEAR FROM x) is year(x) here: the function, and where its opening bracket would be."""
        solid = [i for i in range(position, len(self._tokens)) if self._tokens[i].kind != "space"][:4]
        if len(solid) < 4 or self._tokens[solid[1]].text != "(" or self._tokens[solid[3]].text.upper() != "FROM":
            return None
        unit = self._tokens[solid[2]].text.lower()
        del self._tokens[solid[1] + 1 : solid[3] + 1]
        return unit, solid[1]

    def _table(self, position):
        parts, position = self.read_name(self._tokens, position)
        after = self._next(position - 1)
        if after and after.text == "(" and self._previous_keyword(position) not in ("INTO", "TABLE", "OVERWRITE"):
            return self._table_function(parts, position)
        name = self._resolve(parts, self._ctes)
        self._out.append(identifier(name))
        # A column may be qualified by the table's last name, so that becomes the alias where the user gave none.
        alias_follows = after and (
            after.kind == "quoted" or (after.kind == "word" and after.text.upper() not in _NO_ALIAS)
        )
        if not alias_follows and name != parts[-1] and self._context in ("FROM", "JOIN", ","):
            self._out.append(" AS " + identifier(parts[-1]))
        return position

    def _table_function(self, parts, position):
        """range(end) and range(start, end) are the ones that exist here."""
        text = "".join(token.text for token in self._tokens[position:])
        found = re.match(r"\s*\(\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?\)", text)
        if [part.lower() for part in parts] != ["range"] or not found:
            raise AnalysisException(
                f"[UNRESOLVABLE_TABLE_VALUED_FUNCTION] Could not resolve `{'.'.join(parts)}` to a table-valued function. "
                "SQLSTATE: 42883"
            )
        start, end = (int(found.group(1)), int(found.group(2))) if found.group(2) else (0, int(found.group(1)))
        self._out.append(
            f"(WITH RECURSIVE counter(id) AS (SELECT {start} WHERE {start} < {end} UNION ALL SELECT id + 1 FROM counter "
            f"WHERE id + 1 < {end}) SELECT id FROM counter)"
        )
        while self._tokens[position].text != ")":
            position += 1
        return position + 1

    @property
    def _context(self):
        for text in reversed(self._out[:-1]):
            if text.strip():
                return text.upper()
        return ""

    @staticmethod
    def read_name(tokens, position):
        """A dotted name: its parts, and where it ends."""
        parts = [unquote(tokens[position])]
        position += 1
        while (
            position + 1 < len(tokens)
            and tokens[position].text == "."
            and tokens[position + 1].kind in ("word", "quoted")
        ):
            parts.append(unquote(tokens[position + 1]))
            position += 2
        return parts, position

    def _is_other_from(self, position, upper, top):
        if upper == "FROM":
            return top["inside"] or self._previous_word(position) == "DISTINCT" and "IS" in self._words_before(position)
        return upper == "OVERWRITE" and (self._next(position) or Token("", "")).text.upper() in ("INTO", "TABLE")

    def _words_before(self, position):
        words = [token.text.upper() for token in self._tokens[:position] if token.kind != "space"]
        return words[-3:]

    def _previous_word(self, position):
        for token in reversed(self._tokens[:position]):
            if token.kind != "space":
                return token.text.upper() if token.kind == "word" else ""
        return ""

    def _previous_keyword(self, position):
        for token in reversed(self._tokens[:position]):
            if token.kind == "word" and token.text.upper() in _TABLE_COMES:
                return token.text.upper()
        return ""

    def _next(self, position):
        for token in self._tokens[position + 1 :]:
            if token.kind != "space":
                return token
        return None

    def _find_ctes(self):
        solid = [token for token in self._tokens if token.kind != "space"]
        if not any(token.text.upper() == "WITH" for token in solid):
            return set()
        names = set()
        for index in range(1, len(solid) - 2):
            if solid[index].kind not in ("word", "quoted"):
                continue
            if solid[index - 1].text.upper() not in ("WITH", "RECURSIVE", ","):
                continue
            after = index + 1
            if solid[after].text == "(":  # the names of its columns
                while after < len(solid) - 2 and solid[after].text != ")":
                    after += 1
                after += 1
            if solid[after].text.upper() == "AS" and solid[min(after + 1, len(solid) - 1)].text == "(":
                names.add(unquote(solid[index]).lower())
        return names


# Words between the keyword and the table's name.
_SKIPPED = {"TABLE", "IF", "NOT", "EXISTS", "ONLY", "SELECT", "VALUES", "LATERAL", "INTO", "OVERWRITE"}

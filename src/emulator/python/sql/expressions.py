# SPDX-License-Identifier: Apache-2.0
"""The parser of expressions: tokens to nodes, by precedence."""

from . import nodes, types
from .errors import syntax_error
from .forms import WordForms
from .tokens import tokenize, value_of

# Words that end an expression or a name without AS.
RESERVED = {
    "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "EXCEPT", "MINUS", "INTERSECT", "ON",
    "USING", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "OUTER", "ANTI", "SEMI", "WINDOW", "QUALIFY",
    "LATERAL", "PIVOT", "UNPIVOT", "TABLESAMPLE", "CLUSTER", "DISTRIBUTE", "SORT", "THEN", "WHEN", "ELSE", "END", "AS",
    "AND", "OR", "NOT", "IN", "IS", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP", "ASC", "DESC", "NULLS", "SELECT",
    "SET", "VALUES", "WHEN", "DIV", "CASE", "FOR", "WITH", "ESCAPE", "OVER", "FILTER",
}  # fmt: skip
_COMPARISONS = {"=", "==", "<>", "!=", "<", "<=", ">", ">=", "<=>"}
_NO_BRACKETS = {"CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_USER", "USER", "SESSION_USER", "CURRENT_TIME"}


class ExpressionParser(WordForms):
    def __init__(self, text):
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0

    # Tokens --------------------------------------------------------------------------------------------------------

    @property
    def token(self):
        return self.tokens[self.at]

    def ahead(self, count=1):
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def error(self, token=None):
        token = token or self.token
        near = "end of input" if token.kind == "end" else "'" + token.text + "'"
        return syntax_error(near, self.text, token.position)

    def sees(self, *words):
        """Whether these words, or operators, come next."""
        return all(self.ahead(index).upper == word for index, word in enumerate(words))

    def accept(self, *words):
        if not self.sees(*words):
            return False
        self.at += len(words)
        return True

    def accept_any(self, *words):
        return self.next().upper if self.token.upper in words else None

    def expect(self, *words):
        for word in words:
            if not self.accept(word):
                raise self.error()

    def next(self):
        token = self.token
        self.at += 1
        return token

    def name(self):
        token = self.token
        if token.kind not in ("word", "quoted"):
            raise self.error()
        self.at += 1
        return value_of(token)

    def dotted(self):
        parts = [self.name()]
        while self.sees(".") and self.ahead().kind in ("word", "quoted"):
            self.at += 1
            parts.append(self.name())
        return parts

    def string(self):
        if self.token.kind != "string":
            raise self.error()
        return value_of(self.next())

    def integer(self):
        if self.token.kind != "number" or not self.token.text.isdigit():
            raise self.error()
        return int(self.next().text)

    def listed(self, item):
        """One or more, with commas between."""
        found = [item()]
        while self.accept(","):
            found.append(item())
        return found

    def finish(self):
        if self.token.kind != "end":
            raise self.error()

    def type(self):
        kind, self.at = types.read_type(self.tokens, self.at)
        return kind

    # Operators -----------------------------------------------------------------------------------------------------

    def expression(self):
        left = self._and()
        while self.accept("OR"):
            left = nodes.Binary("OR", left, self._and())
        return left

    def _and(self):
        left = self._not()
        while self.accept("AND"):
            left = nodes.Binary("AND", left, self._not())
        return left

    def _not(self):
        if self.accept("NOT") or self.sees("!") and self.accept("!"):
            return nodes.Unary("NOT", self._not())
        return self._predicate()

    def _predicate(self):
        left = self._comparison()
        while True:
            if self.accept("IS"):
                left = self._is(left)
                continue
            start = self.at
            negated = self.accept("NOT")
            if self.accept("BETWEEN"):
                low = self._comparison()
                self.expect("AND")
                left = nodes.Between(left, low, self._comparison(), negated)
            elif self.accept("IN"):
                left = self._in(left, negated)
            elif word := self.accept_any("LIKE", "ILIKE", "RLIKE", "REGEXP"):
                pattern = self._comparison()
                escape = self.string() if self.accept("ESCAPE") else None
                left = nodes.Like("RLIKE" if word == "REGEXP" else word, left, pattern, escape, negated)
            else:
                self.at = start
                return left

    def _is(self, left):
        negated = self.accept("NOT")
        if self.accept("DISTINCT", "FROM"):
            same = nodes.Binary("<=>", left, self._comparison())
            return same if negated else nodes.Unary("NOT", same)
        word = self.accept_any("NULL", "TRUE", "FALSE", "UNKNOWN")
        if not word:
            raise self.error()
        return nodes.Is(left, "NULL" if word == "UNKNOWN" else word, negated)

    def _in(self, left, negated):
        self.expect("(")
        if self.token.upper in ("SELECT", "WITH"):
            made = nodes.InQuery(left, self.query(), negated)
        else:
            made = nodes.InList(left, self.listed(self.expression), negated)
        self.expect(")")
        return made

    def _comparison(self):
        left = self._bits()
        while self.token.upper in _COMPARISONS:
            operator = self.next().text
            left = nodes.Binary({"==": "=", "<>": "!="}.get(operator, operator), left, self._bits())
        return left

    def _bits(self):
        left = self._sum()
        while self.token.kind == "op" and self.token.text in ("&", "|", "^"):
            left = nodes.Binary(self.next().text, left, self._sum())
        return left

    def _sum(self):
        left = self._product()
        while self.token.kind == "op" and self.token.text in ("+", "-", "||"):
            left = nodes.Binary(self.next().text, left, self._product())
        return left

    def _product(self):
        left = self._sign()
        while (self.token.kind == "op" and self.token.text in ("*", "/", "%")) or self.sees("DIV"):
            left = nodes.Binary(self.next().upper, left, self._sign())
        return left

    def _sign(self):
        if self.token.kind == "op" and self.token.text in ("-", "+", "~"):
            operator = self.next().text
            operand = self._sign()
            if operator == "-" and isinstance(operand, nodes.Literal) and types.is_numeric(operand.type):
                return nodes.Literal(-operand.value, operand.type, "-" + operand.text)
            return nodes.Unary(operator, operand) if operator != "+" else operand
        return self._postfix(self._primary())

    def _postfix(self, left):
        while True:
            if self.accept("["):
                left = nodes.Item(left, self.expression())
                self.expect("]")
            elif self.sees(".") and self.ahead().kind in ("word", "quoted"):
                self.at += 1
                left = nodes.Field(left, self.name())
            elif self.accept("::"):
                left = nodes.Cast(left, self.type(), False)
            elif self.token.kind == "parameter" or self.sees(":") and self.ahead().kind in ("word", "quoted"):
                left = self._json_path(left)
            else:
                return left

    def _json_path(self, text):
        """:a.b[0]['c']; `:a` alone is a token, as a parameter is."""
        name = self.next().text[1:] or self.name()
        path = f"$['{name}']"
        while True:
            if self.sees(".") and self.ahead().kind in ("word", "quoted"):
                self.at += 1
                name = self.name()
                path += f"['{name}']"
            elif self.accept("["):
                key = self.string() if self.token.kind == "string" else self.integer()
                name, path = str(key), path + (f"[{key}]" if isinstance(key, int) else f"['{key}']")
                self.expect("]")
            else:
                return nodes.JsonPath(text, path, name)

    # Primaries -----------------------------------------------------------------------------------------------------

    def _primary(self):
        token = self.token
        if token.kind == "number":
            return self._number()
        if token.kind == "string":
            return self._texts()
        if token.kind == "parameter":
            self.at += 1
            return nodes.Parameter(token.text[1:])
        if token.text == "?":
            self.at += 1
            return nodes.Parameter("?")
        if token.text == "(":
            return self._brackets()
        if token.text == "*":
            self.at += 1
            return self._star([])
        if token.kind == "quoted":
            return self._names()
        if token.kind != "word":
            raise self.error()
        special = getattr(self, "_" + token.text.lower() + "_", None)
        if special and (made := special()) is not None:
            return made
        if token.upper in RESERVED and not (token.upper in ("LEFT", "RIGHT", "FILTER") and self.ahead().text == "("):
            raise self.error()
        return self._names()

    def _number(self):
        text = self.next().text
        suffix = text[-2:].upper() if text[-2:].upper() == "BD" else text[-1].upper() if text[-1].isalpha() else ""
        digits = text[: len(text) - len(suffix)] if suffix else text
        kind = {"L": "long", "S": "short", "Y": "byte", "D": "double", "F": "float", "BD": "decimal"}.get(suffix)
        if kind is None:
            kind = "double" if "e" in digits.lower() else "decimal" if "." in digits else None
        if kind is None:
            value = int(digits)
            kind = "integer" if value < 2**31 else "long" if value < 2**63 else f"decimal({len(digits)},0)"
            return nodes.Literal(value, kind, digits)
        if kind == "decimal":
            import decimal

            value = decimal.Decimal(digits)
            scale = max(0, -value.as_tuple().exponent)
            return nodes.Literal(value, f"decimal({max(len(value.as_tuple().digits), scale)},{scale})", str(value))
        value = float(digits) if kind in ("double", "float") else int(digits)
        return nodes.Literal(value, kind, str(value))

    def _texts(self):
        value = ""
        while self.token.kind == "string":
            value += value_of(self.next())
        return nodes.Literal(value, "string", value)

    def _brackets(self):
        if self.ahead().upper in ("SELECT", "WITH", "VALUES"):
            self.expect("(")
            made = nodes.Scalar(self.query())
            self.expect(")")
            return made
        if names := self._lambda_names():
            return nodes.Lambda(names, self.expression())
        self.expect("(")
        items = self.listed(self.expression)
        self.expect(")")
        return items[0] if len(items) == 1 else nodes.Call("struct", items)

    def _lambda_names(self):
        """(x, y) -> ..."""
        index, names = 1, []
        while self.ahead(index).kind == "word":
            names.append(self.ahead(index).text)
            if self.ahead(index + 1).text != ",":
                break
            index += 2
        if not names or self.ahead(index + 1).text != ")" or self.ahead(index + 2).text != "->":
            return None
        self.at += index + 3
        return names

    def _names(self):
        if self.ahead().text == "->" and self.token.kind == "word":
            names = [self.name()]
            self.expect("->")
            return nodes.Lambda(names, self.expression())
        parts = [self.name()]
        while self.sees(".") and (self.ahead().kind in ("word", "quoted") or self.ahead().text == "*"):
            self.at += 1
            if self.accept("*"):
                return self._star(parts)
            parts.append(self.name())
        if self.sees("("):
            return self._call(".".join(parts))
        if len(parts) == 1 and parts[0].upper() in _NO_BRACKETS and self.tokens[self.at - 1].kind == "word":
            return nodes.Call(parts[0].lower(), [])
        return nodes.Name(parts)

    def _star(self, qualifier):
        excepts = []
        if self.sees("EXCEPT", "(") and self.ahead(2).upper != "SELECT":
            self.at += 2
            excepts = self.listed(self.dotted)
            self.expect(")")
        return nodes.Star(qualifier, excepts)

    def _call(self, name):
        self.expect("(")
        call = nodes.Call(name.lower(), [], distinct=False)
        if not self.accept(")"):
            call.distinct = self.accept("DISTINCT")
            self.accept("ALL")
            call.arguments = self.listed(self._argument)
            if self.accept("ORDER", "BY"):
                call.order = self.listed(self.sort_item)
            if self.accept("IGNORE", "NULLS"):
                call.ignore_nulls = True
            self.expect(")")
        if self.accept("WITHIN", "GROUP"):
            self.expect("(", "ORDER", "BY")
            call.order = self.listed(self.sort_item)
            self.expect(")")
        if self.sees("FILTER", "("):
            self.at += 2
            self.expect("WHERE")
            call.where = self.expression()
            self.expect(")")
        if self.accept("IGNORE", "NULLS"):
            call.ignore_nulls = True
        self.accept("RESPECT", "NULLS")
        if self.accept("OVER"):
            call.over = self.window() if self.sees("(") else nodes.Window(name=self.name())
        return call

    def _argument(self):
        if self.ahead().text == "=>":
            self.at += 2  # named arguments: by position here
        expression = self.expression()
        return nodes.Alias(expression, [self.name()]) if self.accept("AS") else expression  # struct(1 AS a)

    def window(self):
        self.expect("(")
        made = nodes.Window([], [], None, None)
        if self.token.kind in ("word", "quoted") and self.token.upper not in (
            "PARTITION", "ORDER", "ROWS", "RANGE", "DISTRIBUTE", "SORT", "CLUSTER",
        ):  # fmt: skip
            made.name = self.name()
        if self.accept("PARTITION", "BY") or self.accept("DISTRIBUTE", "BY"):
            made.partition = self.listed(self.expression)
        if self.accept("ORDER", "BY") or self.accept("SORT", "BY"):
            made.order = self.listed(self.sort_item)
        if self.token.upper in ("ROWS", "RANGE"):
            made.frame = self._frame()
        self.expect(")")
        return made

    def _frame(self):
        """The words of the frame, which are SQLite's words as well."""
        kind = self.next().upper

        def bound():
            if word := self.accept_any("UNBOUNDED"):
                return f"{word} {self.accept_any('PRECEDING', 'FOLLOWING')}"
            if self.accept("CURRENT", "ROW"):
                return "CURRENT ROW"
            return f"{self.integer()} {self.accept_any('PRECEDING', 'FOLLOWING')}"

        if not self.accept("BETWEEN"):
            return f"{kind} BETWEEN {bound()} AND CURRENT ROW"
        first = bound()
        self.expect("AND")
        return f"{kind} BETWEEN {first} AND {bound()}"

    def sort_item(self):
        operand = self.expression()
        descending = self.accept_any("ASC", "DESC") == "DESC"
        nulls_first = self.accept_any("FIRST", "LAST") == "FIRST" if self.accept("NULLS") else None
        return nodes.Sort(operand, descending, nulls_first)

    def query(self):
        raise NotImplementedError  # the parser of queries is built on this one

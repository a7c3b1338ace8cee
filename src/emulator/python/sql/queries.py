# SPDX-License-Identifier: Apache-2.0
"""The parser of queries: SELECT, VALUES, set operations, WITH, and all that FROM takes."""

from . import nodes
from .errors import unsupported
from .expressions import RESERVED, ExpressionParser
from .tokens import value_of


class QueryParser(ExpressionParser):
    def query(self):
        ctes = []
        if self.accept("WITH"):
            self.accept("RECURSIVE")
            ctes = self.listed(self._cte)
        body = self._set_operation()
        query = nodes.Query(ctes, body, [], None, None)
        self._tail(query)
        return query

    def _cte(self):
        name = self.name()
        columns = self._column_names()
        self.expect("AS")
        self.expect("(")
        query = self.query()
        self.expect(")")
        return name, columns, query

    def _tail(self, query):
        while True:
            if self.accept("ORDER", "BY") or self.accept("SORT", "BY"):
                query.order = self.listed(lambda: self._all_or(self.sort_item))
            elif self.accept("CLUSTER", "BY") or self.accept("DISTRIBUTE", "BY"):
                self.listed(self.expression)
            elif self.accept("LIMIT"):
                query.limit = None if self.accept("ALL") else self.expression()
            elif self.accept("OFFSET"):
                query.offset = self.expression()
            else:
                return

    def _all_or(self, item):
        if self.sees("ALL") and self.ahead().text not in ("(", "."):
            token = self.next()
            made = nodes.Name([token.text])
            return nodes.Sort(made, self.accept_any("ASC", "DESC") == "DESC", None) if item == self.sort_item else made
        return item()

    def _set_operation(self):
        left = self._intersection()
        while word := self.accept_any("UNION", "EXCEPT", "MINUS"):
            every = self.accept("ALL")
            self.accept("DISTINCT")
            left = nodes.SetOperation("EXCEPT" if word == "MINUS" else word, every, left, self._intersection())
        return left

    def _intersection(self):
        left = self._query_primary()
        while self.accept("INTERSECT"):
            every = self.accept("ALL")
            self.accept("DISTINCT")
            left = nodes.SetOperation("INTERSECT", every, left, self._query_primary())
        return left

    def _query_primary(self):
        if self.accept("("):
            inner = self.query()
            self.expect(")")
            return inner
        if self.accept("VALUES"):
            return nodes.Values(self.listed(self._values_row))
        if self.accept("TABLE"):
            return nodes.Select([nodes.Star([], [])], source=nodes.Table(self.dotted()))
        if self.sees("FROM"):
            self.at += 1
            source = self._from()
            select = self._select() if self.sees("SELECT") else nodes.Select([nodes.Star([], [])])
            select.source = source
            return select
        return self._select()

    def _values_row(self):
        if not self.sees("("):
            return [self.expression()]
        start = self.at
        self.expect("(")
        items = self.listed(self.expression)
        self.expect(")")
        if self.token.text not in (",", ")", "") and self.token.kind == "op":
            self.at = start  # (1 + 2) * 3
            return [self.expression()]
        return items

    def _select(self):
        self.expect("SELECT")
        select = nodes.Select([], False, None, None, None, None, None, {}, [], None, None)
        select.distinct = self.accept("DISTINCT")
        self.accept("ALL")
        select.items = self.listed(self._select_item)
        if self.accept("FROM"):
            select.source = self._from()
        if self.accept("WHERE"):
            select.where = self.expression()
        if self.accept("GROUP", "BY"):
            select.groups = self._groups()
        if self.accept("HAVING"):
            select.having = self.expression()
        if self.accept("QUALIFY"):
            select.qualify = self.expression()
        if self.accept("WINDOW"):
            select.windows = dict(self.listed(self._named_window))
        return select

    def _select_item(self):
        expression = self.expression()
        if isinstance(expression, nodes.Star):
            return expression
        if self.accept("AS"):
            if self.accept("("):
                names = self.listed(self.name)
                self.expect(")")
                return nodes.Alias(expression, names)
            return nodes.Alias(expression, [self.name()])
        if self.token.kind == "quoted" or self.token.kind == "word" and self.token.upper not in RESERVED:
            return nodes.Alias(expression, [self.name()])
        return expression

    def _named_window(self):
        name = self.name()
        self.expect("AS")
        return name.lower(), self.window()

    def _groups(self):
        for word in ("ROLLUP", "CUBE"):
            if self.sees(word, "("):
                self.at += 2
                keys = self.listed(self.expression)
                self.expect(")")
                return nodes.Groups(keys, _sets(word, len(keys)))
        if self.sees("GROUPING", "SETS"):
            return self._grouping_sets([])
        keys = self.listed(lambda: self._all_or(self.expression))
        if self.sees("GROUPING", "SETS"):
            return self._grouping_sets(keys)
        if self.accept("WITH"):
            return nodes.Groups(keys, _sets(self.next().upper, len(keys)))
        return nodes.Groups(keys, None)

    def _grouping_sets(self, keys):
        self.at += 2
        self.expect("(")
        known, sets = [repr(key) for key in keys], []

        def one_set():
            if not self.accept("("):
                items = [self.expression()]
            elif self.accept(")"):
                items = []
            else:
                items = self.listed(self.expression)
                self.expect(")")
            for item in items:
                if repr(item) not in known:
                    known.append(repr(item))
                    keys.append(item)
            sets.append([known.index(repr(item)) for item in items])

        self.listed(one_set)
        self.expect(")")
        return nodes.Groups(keys, sets)

    # FROM ----------------------------------------------------------------------------------------------------------

    def _from(self):
        source = self._joined()
        while self.accept(","):
            source = nodes.Join("CROSS", source, self._joined())
        while self.sees("LATERAL", "VIEW"):
            source = self._lateral_view(source)
        if self.accept("PIVOT"):
            source = self._pivot(source)
        if self.accept("UNPIVOT"):
            source = self._unpivot(source)
        return source

    def _joined(self):
        left = self._relation()
        while True:
            natural = self.accept("NATURAL")
            kind = self._join_kind()
            if kind is None:
                while self.sees("LATERAL", "VIEW"):
                    left = self._lateral_view(left)
                    kind = "again"
                if kind is None:
                    return left
                continue
            right = self._relation()
            join = nodes.Join(kind, left, right, None, None, natural)
            if self.accept("ON"):
                join.condition = self.expression()
            elif self.accept("USING"):
                join.using = self._column_names()
            left = join

    def _join_kind(self):
        start = self.at
        side = self.accept_any("INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI")
        if side == "LEFT" and self.token.upper in ("SEMI", "ANTI"):
            side = self.next().upper
        self.accept("OUTER")
        if self.accept("JOIN"):
            return side or "INNER"
        self.at = start
        return None

    def _relation(self):
        if self.ahead().upper != "VIEW":
            self.accept("LATERAL")
        if self.accept("("):
            if self.token.upper in ("SELECT", "WITH", "VALUES", "FROM") or self.token.text == "(":
                made = self._bracketed_query()
            else:
                made = self._from()
                self.expect(")")
                return made
        elif self.accept("VALUES"):
            made = nodes.Derived(nodes.Query([], nodes.Values(self.listed(self._values_row)), []))
        else:
            parts = self.dotted() if not self.sees("IDENTIFIER", "(") else self._identifier_clause()
            if self.sees("(") and [part.lower() for part in parts] == ["read_files"]:
                made = self._files()
            elif self.sees("("):
                call = self._call(".".join(parts))
                made = nodes.TableFunction(call.name, call.arguments)
            else:
                made = nodes.Table(parts)
        self._time_travel()
        if self.accept("TABLESAMPLE"):
            raise unsupported("TABLESAMPLE")
        self.accept("AS")
        if self.token.kind == "quoted" or self.token.kind == "word" and self.token.upper not in RESERVED:
            made.alias = self.name()
            made.columns = self._column_names()
        if self.accept("PIVOT"):
            return self._pivot(made)
        return self._unpivot(made) if self.accept("UNPIVOT") else made

    def _files(self):
        self.expect("(")
        path, options = self.string(), {}
        while self.accept(","):
            name = self.name().lower()
            self.expect("=>")
            options[name] = value_of(self.next())
        self.expect(")")
        return nodes.Files(path, options)

    def _bracketed_query(self):
        start = self.at
        try:
            made = nodes.Derived(self.query())
            self.expect(")")
            return made
        except Exception:
            if self.tokens[start].text != "(":
                raise
            self.at = start  # ((a JOIN b) ...)
            made = nodes.Derived(nodes.Query([], nodes.Select([nodes.Star([], [])], source=self._from()), []))
            self.expect(")")
            return made

    def _identifier_clause(self):
        self.at += 2
        if self.token.kind == "parameter":
            value = str(self.parameter(self.next().text[1:]))
        else:
            value = self.string()
        self.expect(")")
        inner = QueryParser(value)
        return inner.dotted()

    def parameter(self, name):
        raise unsupported("IDENTIFIER with a parameter")

    def _time_travel(self):
        if self.sees("VERSION", "AS", "OF") or self.sees("TIMESTAMP", "AS", "OF"):
            raise unsupported("Time travel")

    def _column_names(self):
        if not self.accept("("):
            return None
        names = self.listed(self.name)
        self.expect(")")
        return names

    def _lateral_view(self, source):
        self.at += 2
        outer = self.accept("OUTER")
        call = self._call(".".join(self.dotted()))
        alias = None
        if self.token.kind in ("word", "quoted") and self.token.upper not in RESERVED:
            alias = self.name()
        columns = self.listed(self.name) if self.accept("AS") else None
        return nodes.LateralView(source, outer, call, alias, columns)

    def _pivot(self, source):
        self.expect("(")
        aggregates = self.listed(self._select_item)
        self.expect("FOR")
        column = self.expression_name()
        self.expect("IN")
        self.expect("(")
        values = self.listed(self._select_item)
        self.expect(")", ")")
        alias = None
        self.accept("AS")
        if self.token.kind == "quoted" or self.token.kind == "word" and self.token.upper not in RESERVED:
            alias = self.name()
        return nodes.Pivot(source, aggregates, column, values, alias)

    def _unpivot(self, source):
        nulls = self.accept("INCLUDE", "NULLS")
        self.accept("EXCLUDE", "NULLS")
        self.expect("(")
        value = self.name()
        self.expect("FOR")
        label = self.name()
        self.expect("IN", "(")
        columns = []
        for item in self.listed(self._select_item):
            bare = item.operand if isinstance(item, nodes.Alias) else item
            columns.append((bare, item.names[0] if isinstance(item, nodes.Alias) else bare.parts[-1]))
        self.expect(")", ")")
        self.accept("AS")
        alias = None
        if self.token.kind == "quoted" or self.token.kind == "word" and self.token.upper not in RESERVED:
            alias = self.name()
        return nodes.Unpivot(source, value, label, columns, nulls, alias)

    def expression_name(self):
        return nodes.Name(self.dotted())


def _sets(word, count):
    """Of ROLLUP or CUBE over this many keys."""
    if word == "ROLLUP":
        return [list(range(length)) for length in range(count, -1, -1)]
    return [[key for key in range(count) if bits >> key & 1 == 0] for bits in range(2**count)]

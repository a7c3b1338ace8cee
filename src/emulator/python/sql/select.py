# SPDX-License-Identifier: Apache-2.0
"""Queries: from the syntax tree to relations."""

import itertools

from . import functions, nodes, types
from .captions import name_of
from .coercion import cast
from .errors import fail, unresolved_column
from .scope import Relation, Scope, Typed, ends_with
from .sources import Sources
from ..tables import Column
from .translate import Translator

_DEEPEST = 8


class Queries:
    """Of one session. What it gives is SQL that SQLite takes as it is."""

    _numbers = itertools.count(1)

    def __init__(self, session):
        self.session = session
        self.whole = False  # what is stored must not need views of this session
        self.translator = Translator(session, self)
        self.sources = Sources(session, self)

    def shallow(self, relation):
        """The same relation without brackets in brackets, of which SQLite's parser takes no more than some twenty."""
        if self.whole or len(relation.sql) < 200 or relation.depth <= _DEEPEST:
            return relation
        name = f"__view{next(self._numbers)}"
        names = ", ".join(f"c{index}" for index in range(len(relation.columns)))
        self.session.run(f"CREATE TEMP VIEW {name}({names}) AS {relation.sql}")
        relation.sql = f"SELECT {names} FROM temp.{name}"
        return relation

    def alias(self):
        return f"t{next(self._numbers)}"

    def query(self, node, outer=None, ctes=None):
        if not isinstance(node, nodes.Query):
            return self._body(node, outer, ctes or {})
        ctes = dict(ctes or {})
        for name, columns, query in node.ctes:
            relation = self.query(query, None, ctes)
            if columns:
                relation = Relation(relation.sql, [Column(new, old.type) for new, old in zip(columns, relation.columns)])
            ctes[name.lower()] = relation
        if isinstance(node.body, nodes.Select):
            select = nodes.Select(*(getattr(node.body, field) for field in nodes.Select.fields))
            select.order, select.limit, select.offset = node.order, node.limit, node.offset
            return self._select(select, outer, ctes)
        relation = self._body(node.body, outer, ctes)
        return self.ordered(relation, node.order, node.limit, node.offset)

    def ordered(self, relation, order, limit=None, offset=None):
        """ORDER BY and LIMIT over a whole relation."""
        if not order and limit is None and offset is None:
            return relation
        items = [nodes.Star([], [])]
        select = nodes.Select(items, source=nodes.Given(relation), windows={}, order=order, limit=limit, offset=offset)
        return self._select(select, None, {})

    def _body(self, node, outer, ctes):
        if isinstance(node, nodes.Query):
            return self.query(node, outer, ctes)
        if isinstance(node, nodes.Select):
            return self._select(node, outer, ctes)
        if isinstance(node, nodes.Values):
            return self._values(node, outer)
        return self._set_operation(node, outer, ctes)

    def _values(self, node, outer):
        scope = Scope(parent=outer)
        rows = [[self.translator.typed(each, scope) for each in row] for row in node.rows]
        if len({len(row) for row in rows}) > 1:
            raise fail(
                "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                "Invalid inline table. Inline table expected a fixed number of columns.",
                "42000",
            )
        kinds = [column[0].type for column in zip(*rows)]
        for row in rows[1:]:
            kinds = [types.common(kind, value.type) for kind, value in zip(kinds, row)]
        selects = [
            "SELECT " + ", ".join(
                f"{cast(value, kind).sql} AS c{index}" for index, (value, kind) in enumerate(zip(row, kinds))
            )
            for row in rows
        ]
        if len(selects) > 400:  # SQLite's bound on one compound query
            blocks = [" UNION ALL ".join(selects[start : start + 400]) for start in range(0, len(selects), 400)]
            selects = [f"SELECT * FROM ({block})" for block in blocks]
        return Relation(" UNION ALL ".join(selects), [Column(f"col{index + 1}", kind) for index, kind in enumerate(kinds)])

    def _set_operation(self, node, outer, ctes):
        left, right = self._body(node.left, outer, ctes), self._body(node.right, outer, ctes)
        return self.combined(node.operator, node.all, left, right)

    def combined(self, operator, every, left, right):
        if len(left.columns) != len(right.columns):
            raise fail(
                "NUM_COLUMNS_MISMATCH",
                f"{operator} can only be performed on inputs with the same number of columns, but the first input has "
                f"{len(left.columns)} columns and the second input has {len(right.columns)} columns.",
                "42826",
            )
        left, right = self.shallow(left), self.shallow(right)
        kinds = [types.common(one.type, other.type) for one, other in zip(left.columns, right.columns)]
        one, other = self._as(left, kinds).sql, self._as(right, kinds).sql
        if operator != "UNION" and every:
            # SQLite has it for sets alone: equal rows are numbered, so that there are none.
            listed = ", ".join(f"c{index}" for index in range(len(kinds)))
            one, other = (f"SELECT *, row_number() OVER (PARTITION BY {listed}) AS copy FROM ({sql})" for sql in (one, other))
            sql = f"SELECT {listed} FROM (SELECT * FROM ({one}) {operator} SELECT * FROM ({other}))"
        else:
            sql = f"SELECT * FROM ({one}) {operator}{' ALL' if every else ''} SELECT * FROM ({other})"
        return Relation(sql, [Column(column.name, kind) for column, kind in zip(left.columns, kinds)])

    def _as(self, relation, kinds):
        """The same with other types."""
        if [column.type for column in relation.columns] == kinds:
            return relation
        listed = ", ".join(
            f"{cast(Typed(f'c{index}', column.type), kind).sql} AS c{index}"
            for index, (column, kind) in enumerate(zip(relation.columns, kinds))
        )
        columns = [Column(column.name, kind) for column, kind in zip(relation.columns, kinds)]
        return Relation(f"SELECT {listed} FROM ({relation.sql})", columns)

    # SELECT --------------------------------------------------------------------------------------------------------

    def _select(self, node, outer, ctes):
        source, attributes = ("", []) if node.source is None else self.sources.source(node.source, ctes, outer)
        scope = Scope(attributes, outer)
        scope.ctes = ctes
        return self.select(node, scope, source)

    def select(self, node, scope, source):
        """A SELECT over a source that is known."""
        scope.windows = node.windows or {}
        items = self.expanded(node.items, scope)
        items, source, scope = self._with_generators(items, source, scope)
        if node.groups is not None and node.groups.sets is not None:
            return self._grouping_sets(node, items, source, scope)
        keys = self._keys(node.groups, items, scope)
        return self._one_select(node, items, source, scope, keys)

    def _one_select(self, node, items, source, scope, keys, missing=()):
        where = f" WHERE {self.translator.condition(node.where, scope)}" if node.where is not None else ""
        inner = scope
        ordering = [each.operand for each in node.order or []]
        tests = [each for each in (node.having, node.qualify) if each is not None]
        if keys is not None or any(_has_aggregate(each) for each in [*items, *ordering, *tests]):
            typed = [self.translator.typed(key, scope) for key in keys or []]
            inner = scope.derive(
                groups={value.sql: "NULL" if index in missing else value.sql for index, value in enumerate(typed)}
            )
            inner.aliases = {}
        columns, sqls = [], []
        for item in items:
            value = self.translator.typed(item, inner)
            name = name_of(item)
            columns.append(Column(name, value.type))
            sqls.append(value.sql)
            inner.aliases.setdefault(name.lower(), value)
        listed = ", ".join(f"{sql} AS c{index}" for index, sql in enumerate(sqls))
        tail = where
        if inner.groups is not None:
            kept = [sql for sql, value in inner.groups.items() if value != "NULL"]
            if kept:
                tail += f" GROUP BY {', '.join(kept)}"
            elif inner.groups:
                tail += " GROUP BY NULL"  # the grand total of ROLLUP
            if node.having is not None:
                # SQLite wants GROUP BY before HAVING; without one all rows are one group.
                tail += (" GROUP BY NULL" if not inner.groups else "") + f" HAVING {self.translator.condition(node.having, inner)}"
        elif node.having is not None:
            tail += f"{' AND' if where else ' WHERE'} {self.translator.condition(node.having, inner)}"
        from_ = f" FROM {source}" if source else ""
        orders = [self._order_item(each, columns, sqls, inner, bool(node.distinct)) for each in node.order or []]
        if node.order and len(orders) == 1 and orders[0] == "ALL":
            orders = [f"c{index}" + (" DESC" if node.order[0].descending else "") for index in range(len(columns))]
        sql = f"SELECT {'DISTINCT ' if node.distinct else ''}{listed}"
        if node.qualify is not None:
            extra = "".join(f", {order[0]} AS o{index}" for index, order in enumerate(orders))
            condition = self.translator.condition(node.qualify, inner)
            sql = f"SELECT {', '.join(f'c{index}' for index in range(len(columns)))} FROM ({sql}, {condition} AS q{extra}{from_}{tail}) WHERE q"
            orders = [f"o{index}{order[1]}" for index, order in enumerate(orders)]
        else:
            sql += from_ + tail
            orders = [order if isinstance(order, str) else order[0] + order[1] for order in orders]
        if orders:
            sql += f" ORDER BY {', '.join(orders)}"
        return Relation(sql + self._limit(node, scope), columns)

    def _limit(self, node, scope):
        if node.limit is None and node.offset is None:
            return ""
        empty = Scope(parent=scope.parent)
        limit = "-1" if node.limit is None else self.translator.typed(node.limit, empty).sql
        offset = "" if node.offset is None else f" OFFSET {self.translator.typed(node.offset, empty).sql}"
        return f" LIMIT {limit}{offset}"

    def _order_item(self, item, columns, sqls, scope, distinct):
        """SQL and its direction: of an output column where the item is one by number or name, else of an expression."""
        operand = item.operand
        direction = self.translator.sort(item, scope, " ")[1:]
        if isinstance(operand, nodes.Literal) and isinstance(operand.value, int) and not isinstance(operand.value, bool):
            if not 1 <= operand.value <= len(columns):
                raise fail(
                    "ORDER_BY_POS_OUT_OF_RANGE",
                    f"ORDER BY position {operand.value} is not in select list (valid range is [1, {len(columns)}]).",
                    "42805",
                )
            return sqls[operand.value - 1], direction
        if isinstance(operand, nodes.Name) and len(operand.parts) == 1:
            name = operand.parts[0].lower()
            if name == "all" and not any(column.name.lower() == "all" for column in columns):
                return "ALL"
            for index, column in enumerate(columns):
                if column.name.lower() == name:
                    return sqls[index], direction
        scope = scope.derive(aliases=scope.aliases)
        try:
            return self.translator.typed(operand, scope).sql, direction
        except Exception as error:
            if not isinstance(operand, nodes.Name):
                raise
            for index, column in enumerate(columns):  # t.a, where the output has an a of it
                if column.name.lower() == operand.parts[-1].lower():
                    return sqls[index], direction
            raise error

    def expanded(self, items, scope):
        """Stars as the columns that they stand for."""
        made = []
        for item in items:
            if not isinstance(item, nodes.Star):
                made.append(item)
                continue
            qualifier = [part.lower() for part in item.qualifier]
            found = [each for each in scope.attributes if ends_with(each.qualifier, qualifier)]
            if not found:
                made += self._star_of_struct(item, scope)
                continue
            gone = {parts[-1].lower() for parts in item.excepts}
            if unknown := gone - {each.name.lower() for each in found}:
                raise unresolved_column([sorted(unknown)[0]], [each.name for each in found])
            for each in found:
                if each.name.lower() not in gone:
                    made.append(nodes.Alias(nodes.Typed(each.sql, each.type, each.name), [each.name]))
        return made

    def _star_of_struct(self, item, scope):
        if not item.qualifier:
            raise fail("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' in Project.", "42000")
        try:
            value, _ = scope.resolve(item.qualifier)
        except Exception:
            name = ".".join(item.qualifier)
            raise fail("CANNOT_RESOLVE_STAR_EXPAND", f"Cannot resolve `{name}`.* given input columns.", "42704") from None
        fields = value.type["fields"] if types.kind_of(value.type) == "struct" else []
        return [nodes.Alias(nodes.Name([*item.qualifier, field["name"]]), [field["name"]]) for field in fields]

    def _with_generators(self, items, source, scope):
        """explode() among the items becomes a source of its own."""
        made = []
        for item in items:
            call = item.operand if isinstance(item, nodes.Alias) else item
            if not isinstance(call, nodes.Call) or call.name not in functions.GENERATORS:
                made.append(item)
                continue
            names = item.names if isinstance(item, nodes.Alias) else None
            sql, attributes = self.sources.generated(call, scope, (), None)
            if names and len(names) != len(attributes):
                raise fail(
                    "UDTF_ALIAS_NUMBER_MISMATCH",
                    "The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF. "
                    f"Expected {len(attributes)} aliases, but got {','.join(names)}.",
                    "42802",
                )
            join = "LEFT JOIN" if call.name.endswith("_outer") else "JOIN"
            source = f"{source} {join} {sql} ON 1" if source else sql
            for index, each in enumerate(attributes):
                made.append(
                    nodes.Alias(nodes.Typed(each.sql, each.type, each.name), [names[index] if names else each.name])
                )
        return made, source, scope

    # GROUP BY ------------------------------------------------------------------------------------------------------

    def _keys(self, groups, items, scope):
        if groups is None:
            return None
        return [key for each in groups.keys for key in self._key(each, items, scope)]

    def _key(self, key, items, scope):
        """A key by number or by the name of an item is that item."""
        if isinstance(key, nodes.Literal) and isinstance(key.value, int) and not isinstance(key.value, bool):
            if not 1 <= key.value <= len(items):
                raise fail(
                    "GROUP_BY_POS_OUT_OF_RANGE",
                    f"GROUP BY position {key.value} is not in select list (valid range is [1, {len(items)}]).",
                    "42805",
                )
            chosen = items[key.value - 1]
            if _has_aggregate(chosen):
                raise fail(
                    "GROUP_BY_POS_AGGREGATE",
                    f"GROUP BY {key.value} refers to an expression that contains an aggregate function.",
                    "42903",
                )
            return [chosen.operand if isinstance(chosen, nodes.Alias) else chosen]
        if isinstance(key, nodes.Name) and len(key.parts) == 1:
            name = key.parts[0].lower()
            if name == "all":
                return [
                    each.operand if isinstance(each, nodes.Alias) else each for each in items if not _has_aggregate(each)
                ]
            try:
                scope.resolve(key.parts)
            except Exception:
                for item in items:
                    if isinstance(item, nodes.Alias) and item.names[0].lower() == name:
                        return [item.operand]
                raise
        return [key]

    def _grouping_sets(self, node, items, source, scope):
        """One SELECT for each set of keys, with null for those that are not in it."""
        keys = [self._key(each, items, scope)[0] for each in node.groups.keys]
        parts = nodes.Select(*(getattr(node, field) for field in node.fields))
        parts.order, parts.limit, parts.offset = [], None, None
        relation = None
        for chosen in node.groups.sets:
            missing = {index for index in range(len(keys)) if index not in chosen}
            one = self._one_select(parts, items, source, scope, keys, missing)
            relation = one if relation is None else self.combined("UNION", True, relation, one)
        return self.ordered(relation, node.order, node.limit, node.offset)


def _has_aggregate(node):
    """Outside of subqueries, and of windows over plain rows."""
    if isinstance(node, nodes.Query):
        return False
    if isinstance(node, nodes.Call) and functions.is_aggregate(node.name) and node.over is None:
        return True
    return any(_has_aggregate(child) for child in nodes.children(node))

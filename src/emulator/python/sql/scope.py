# SPDX-License-Identifier: Apache-2.0
"""What names mean at a place of a query."""

from collections import namedtuple

from . import types
from .errors import fail, quoted, unresolved_column
from .tokens import literal

Typed = namedtuple("Typed", "sql type")  # an expression in SQLite's words, and its Spark type
# `qualifier` is a tuple of name parts; `origins` are the numbers of the DataFrames that the column came through.
Attribute = namedtuple("Attribute", "name type sql qualifier origins", defaults=(frozenset(),))


class Scope:
    def __init__(self, attributes=(), parent=None):
        self.attributes = list(attributes)
        self.parent = parent  # of the query around this one
        self.aliases = {}  # columns of the same SELECT, which later ones may name
        self.variables = {}  # of lambdas
        self.windows = {}
        self.ctes = parent.ctes if parent is not None else {}
        self.groups = None  # SQL of each grouping expression -> what stands for it; None: no aggregation
        self.inside = False  # an aggregate's argument

    def derive(self, **changes):
        made = Scope(self.attributes, self.parent)
        made.__dict__.update(self.__dict__)
        made.__dict__.update(changes)
        return made

    def resolve(self, parts):
        """Typed, and whether it is a column of this scope that an aggregation must know."""
        lowered = [part.lower() for part in parts]
        if lowered[0] in self.variables:
            return fields(self.variables[lowered[0]], parts[1:]), False
        found = self._column(lowered, parts)
        if found is not None:
            return found, True
        if lowered[0] in self.aliases:
            return fields(self.aliases[lowered[0]], parts[1:]), False
        if self.parent is not None:
            try:
                return self.parent.resolve(parts)[0], False
            except Exception:
                pass
        raise unresolved_column(parts, list(dict.fromkeys(attribute.name for attribute in self.attributes)))

    def owned(self, name, frame):
        """A column that was taken out of a DataFrame: df.x"""
        found = {
            attribute.sql: attribute
            for attribute in self.attributes
            if frame in attribute.origins and attribute.name.lower() == name.lower()
        }
        if len(found) == 1:
            (attribute,) = found.values()
            return Typed(attribute.sql, attribute.type), True
        return self.resolve([name])

    def _column(self, lowered, parts):
        for split in range(len(parts) - 1, -1, -1):
            found = [
                attribute
                for attribute in self.attributes
                if attribute.name.lower() == lowered[split] and ends_with(attribute.qualifier, lowered[:split])
            ]
            if len({attribute.sql for attribute in found}) > 1:
                listed = ", ".join(quoted([*attribute.qualifier, attribute.name]) for attribute in found)
                raise fail(
                    "AMBIGUOUS_REFERENCE", f"Reference {quoted(parts)} is ambiguous, could be: [{listed}].", "42704"
                )
            if found:
                return fields(Typed(found[0].sql, found[0].type), parts[split + 1 :])
        return None


def ends_with(qualifier, parts):
    return not parts or [part.lower() for part in qualifier[-len(parts) :]] == list(parts)


def fields(value, names):
    """x.a.b of a struct or a map."""
    for name in names:
        kind = types.kind_of(value.type)
        if kind == "map":
            value = Typed(f"f_item({value.sql}, {literal(name)})", value.type["valueType"])
        elif kind in ("struct", "array"):
            fields_of = value.type if kind == "struct" else value.type["elementType"]
            found = [
                field for field in (fields_of["fields"] if types.kind_of(fields_of) == "struct" else []) if field["name"].lower() == name.lower()
            ]
            if not found:
                raise fail(
                    "FIELD_NOT_FOUND",
                    f"No such struct field {quoted([name])} in {types.simple(value.type)}.",
                    "42704",
                )
            if kind == "array":
                value = Typed(f"f_pluck({value.sql}, {literal(found[0]['name'])})", types.array_of(found[0]["type"]))
            else:
                value = Typed(f"json_extract({value.sql}, {literal(path(found[0]['name']))})", found[0]["type"])
        else:
            raise fail(
                "INVALID_EXTRACT_BASE_FIELD_TYPE",
                f'Can\'t extract a value from "{name}". Need a complex type [STRUCT, ARRAY, MAP] but got '
                f'"{types.simple(value.type).upper()}".',
                "42000",
            )
    return value


def path(name):
    return '$."' + name.replace('"', '\\"') + '"'


class Relation:
    """A query that is complete: SQL whose columns are named c0, c1, ... in this order."""

    def __init__(self, sql, columns):
        self.sql = sql
        self.columns = columns  # of tables.Column

    @property
    def depth(self):
        """How deep brackets stand within brackets, roughly: those in texts count too."""
        depth = deepest = 0
        for letter in self.sql:
            if letter == "(":
                depth += 1
                deepest = max(deepest, depth)
            elif letter == ")":
                depth -= 1
        return deepest

    def attributes(self, alias, qualifier=()):
        return [
            Attribute(column.name, column.type, f"{alias}.c{index}", tuple(qualifier))
            for index, column in enumerate(self.columns)
        ]

    def fetch(self, session):
        return session.fetch(self)

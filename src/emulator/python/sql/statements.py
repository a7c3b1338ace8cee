# SPDX-License-Identifier: Apache-2.0
"""Every kind of statement: its first words tell who executes it."""

from . import alter, changes, copy, ddl, merge, show, workspace
from .errors import ParseException, unsupported
from .queries import QueryParser
from .results import Result
from .tokens import split_statements
from ..tables import Column

_QUERIES = ("SELECT", "WITH", "VALUES", "FROM", "TABLE", "(")
_ELSEWHERE = ("RESTORE", "CONVERT", "CLONE", "DECLARE", "EXECUTE", "CALL", "LOAD", "UNPIVOT", "BEGIN")


def text_columns(*names):
    return [Column(name, "string") for name in names]


class Statements(QueryParser):
    """One statement: parsed and executed."""

    def __init__(self, session, text):
        super().__init__(text)
        self.session = session

    def parameter(self, name):
        return self.session.parameter(name).value

    def execute(self):
        word = self.token.upper
        if word in _QUERIES:
            return self._query()
        handler = _HANDLERS.get(word)
        if handler is None:
            if word in _ELSEWHERE:
                raise unsupported(word)
            raise self.error()
        self.at += 1
        return handler(self, self.session)

    def _query(self):
        if self.sees("WITH") and (found := self._change_with_ctes()):
            return found
        query = self.query()
        self.finish()
        return self.session.queries.query(query)

    def _change_with_ctes(self):
        """WITH ... INSERT INTO ..."""
        start = self.at
        self.at += 1
        ctes = self.listed(self._cte)
        if self.sees("INSERT"):
            self.at += 1
            return changes.insert(self, self.session, ctes)
        self.at = start
        return None

    def object_name(self):
        """A name, or IDENTIFIER('...')."""
        return self._identifier_clause() if self.sees("IDENTIFIER", "(") else self.dotted()

    def done(self):
        """The statement ends here."""
        self.accept(";")
        self.finish()

    def skip(self):
        """What is left of the statement has no meaning here."""
        self.at = len(self.tokens) - 1


def _use(parser, session):
    word = parser.accept_any("CATALOG", "SCHEMA", "DATABASE")
    parts = [parser.string()] if parser.token.kind == "string" else parser.object_name()
    parser.done()
    if word == "CATALOG":
        return _use_catalog(session, parts[0].lower())
    if word is None and len(parts) == 1 and not session.objects.has_schema(session.catalog, parts[0].lower()):
        if parts[0].lower() in session.objects.catalogs():
            return _use_catalog(session, parts[0].lower())
    catalog, schema = session.schema_of(parts)
    session.objects.require_schema(catalog, schema)
    session.catalog, session.schema = catalog, schema
    return Result()


def _use_catalog(session, catalog):
    session.objects.require_catalog(catalog)
    session.catalog, session.schema = catalog, "default"
    return Result()


def _set(parser, session):
    if parser.sees("CATALOG"):
        return _use(parser, session)
    text = parser.text[parser.token.position :].strip()
    if text.upper().startswith(("VAR ", "VARIABLE ")):
        raise unsupported("SET VARIABLE")
    key, mark, value = text.partition("=")
    key, value = key.strip(), value.strip()
    parser.skip()
    if key in ("", "-v"):
        return Result(text_columns("key", "value"), sorted(session.settings.items()))
    if mark:
        session.settings[key] = value
        return Result(text_columns("key", "value"), [(key, value)])
    return Result(text_columns("key", "value"), [(key, session.settings.get(key, "<undefined>"))])


def _reset(parser, session):
    key = parser.text[parser.token.position :].strip()
    parser.skip()
    if key:
        session.settings.pop(key, None)
    else:
        session.settings.clear()
    return Result()


def _explain(parser, session):
    parser.accept_any("EXTENDED", "CODEGEN", "COST", "FORMATTED")
    relation = Statements(session, parser.text[parser.token.position :]).execute()
    parser.skip()
    plan = f"== Physical Plan ==\nSQLite\n{getattr(relation, 'sql', '(a command)')}\n"
    return Result(text_columns("plan"), [(plan,)])


def _nothing(*words):
    """Statements that tune a cluster's storage: the names in them must exist, that is all."""

    def handle(parser, session):
        if words:
            parser.accept_any(*words)
            if parser.token.kind in ("word", "quoted"):
                session.find(parser.object_name())
        parser.skip()
        return Result()

    return handle


def _cache(parser, session):
    parser.accept("LAZY")
    parser.expect("TABLE")
    parts = parser.dotted()
    if parser.accept("OPTIONS"):
        parser._call("options")
    if parser.accept("AS") or parser.sees("SELECT"):
        query = parser.query()
        parser.done()
        session.views[parts[-1].lower()] = session.queries.query(query)
    else:
        parser.done()
        session.find(parts)
    return Result()


def _optimize(parser, session):
    name = session.qualify(parts := parser.object_name())
    session.objects.require(name, parts)
    parser.skip()
    session.objects.record(name, session.user, "OPTIMIZE", {"predicate": "[]"}, {"numRemovedFiles": 0, "numAddedFiles": 0})
    from . import types

    metrics = types.struct_of([("numFilesAdded", "long"), ("numFilesRemoved", "long")])
    return Result([Column("path", "string"), Column("metrics", metrics)], [(f"dbfs:/tables/{name}", (0, 0))])


def _vacuum(parser, session):
    name = session.qualify(parts := parser.object_name())
    session.objects.require(name, parts)
    parser.skip()
    return Result(text_columns("path"), [(f"dbfs:/tables/{name}",)])


def _privileges(parser, session):
    raise ParseException(
        "[PARSE_SYNTAX_ERROR] Privileges are not kept by the SQL of the Trowel emulator; use the permissions API. SQLSTATE: 42601"
    )


_HANDLERS = {
    "USE": _use,
    "SET": _set,
    "RESET": _reset,
    "EXPLAIN": _explain,
    "CREATE": ddl.create,
    "REPLACE": ddl.replace,
    "DROP": ddl.drop,
    "ALTER": alter.alter,
    "COMMENT": alter.comment,
    "TRUNCATE": changes.truncate,
    "INSERT": changes.insert,
    "UPDATE": changes.update,
    "DELETE": changes.delete,
    "MERGE": merge.merge,
    "COPY": copy.copy_into,
    "SHOW": show.show,
    "DESCRIBE": show.describe,
    "DESC": show.describe,
    "REMOVE": workspace.remove_widget,
    "LIST": workspace.list_files,
    "CACHE": _cache,
    "UNCACHE": _nothing("TABLE"),
    "CLEAR": _nothing(),
    "REFRESH": _nothing("TABLE"),
    "ANALYZE": _nothing("TABLE"),
    "MSCK": _nothing(),
    "FSCK": _nothing(),
    "OPTIMIZE": _optimize,
    "VACUUM": _vacuum,
    "GRANT": _privileges,
    "REVOKE": _privileges,
}


def single(text):
    """spark.sql() takes one statement."""
    statements = split_statements(text)
    if len(statements) > 1:
        from .errors import syntax_error

        raise syntax_error("';': extra input", text, text.index(";"))
    return statements[0] if statements else ""

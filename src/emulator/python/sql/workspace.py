# SPDX-License-Identifier: Apache-2.0
"""What SQL asks of the workspace around it: secrets, groups, widgets and files, and `${name}` in statements."""

import os
import re

from .containers import all_typed
from .errors import AnalysisException, fail, unsupported
from .results import Result
from .scope import Typed
from ..tables import Column

_VARIABLE = re.compile(r"\$\{(?:(?:spark|hiveconf|hivevar):)?([\w.-]+)\}")


def substituted(session, text):
    """`${name}` is what SET gave the name, or else a widget's value; it stays where there is neither."""
    if "${" not in text:
        return text
    widgets = session.parameters()
    return _VARIABLE.sub(lambda found: session.settings.get(found[1], widgets.get(found[1], found[0])), text)


# Functions -----------------------------------------------------------------------------------------------------------


def register(session):
    """Called when a statement runs, so that views hold no values."""

    def guarded(function):
        def call(*values):
            try:
                return function(session, *values)
            except Exception as error:
                session._failed(error)
                raise

        return call

    for name, function in (("secret", _secret), ("try_secret", _try_secret), ("is_member", _is_member), ("argument", _argument)):
        session.db.create_function(f"f_{name}", -1, guarded(function))


def _tools(session, what):
    if session.utilities is None:
        raise unsupported(f"{what} outside of a cluster")
    return session.utilities


def _secret(session, scope, key):
    try:
        return _tools(session, "secret()").secrets.get(scope, key)
    except AnalysisException:
        raise
    except Exception as error:
        raise fail("INVALID_SECRET_LOOKUP.PERMISSION_DENIED", str(error), "22531") from None


def _try_secret(session, scope, key, default=None):
    try:
        return _secret(session, scope, key)
    except AnalysisException:
        return default


def _is_member(session, group):
    return int(group in session.groups)


def _argument(session, name, *default):
    widgets = session.parameters()
    if name not in widgets and not default:
        raise fail("UNBOUND_SQL_PARAMETER", f"No input widget named {name} is defined.", "42P02")
    return widgets.get(name, *default)


def _calling(name, least, most, kind):
    def typed(translator, arguments, scope):
        if not least <= len(arguments) <= most:
            raise fail(
                "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                f"The `{name}` requires {least} parameters but the actual number is {len(arguments)}.",
                "42605",
            )
        given = ", ".join(argument.sql for argument in all_typed(translator, arguments, scope))
        return Typed(f"f_{name}({given})", kind)

    return typed


FUNCTIONS = {
    "secret": _calling("secret", 2, 2, "string"),
    "try_secret": _calling("try_secret", 2, 3, "string"),
    "is_member": _calling("is_member", 1, 1, "boolean"),
    "is_account_group_member": _calling("is_member", 1, 1, "boolean"),
    "getargument": _calling("argument", 1, 2, "string"),
}


# Statements ----------------------------------------------------------------------------------------------------------


def create_widget(parser, session):
    """CREATE WIDGET TEXT name DEFAULT 'value', or a kind with CHOICES and a query of one column."""
    parser.expect("WIDGET")
    kind = parser.accept_any("TEXT", "DROPDOWN", "COMBOBOX", "MULTISELECT")
    if kind is None:
        raise parser.error()
    name = parser.name()
    parser.expect("DEFAULT")
    default, choices = parser.string(), []
    if kind != "TEXT":
        parser.expect("CHOICES")
        query = parser.query()
        _, rows = session.fetch(session.queries.query(query))
        choices = [[str(row[0]) for row in rows]]
    parser.done()
    getattr(_tools(session, "CREATE WIDGET").widgets, kind.lower())(name, default, *choices)
    return Result()


def remove_widget(parser, session):
    parser.expect("WIDGET")
    name = parser.name()
    parser.done()
    _tools(session, "REMOVE WIDGET").widgets.remove(name)
    return Result()


def show_volumes(parser, session):
    place = parser.object_name() if parser.accept_any("IN", "FROM") else None
    catalog, schema = session.schema_of(place)
    parser.done()
    session.objects.require_schema(catalog, schema)
    folder = session.paths.real(f"/Volumes/{catalog}/{schema}") if session.paths else ""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return Result([Column("database", "string"), Column("volume_name", "string")], [(schema, name) for name in names])


def list_files(parser, session):
    path = parser.string()
    if parser.accept("LIMIT"):
        parser.next()
    parser.done()
    try:
        found = _tools(session, "LIST").fs.ls(path)
    except AnalysisException:
        raise
    except Exception:
        raise fail("PATH_NOT_FOUND", f"Path does not exist: {path}.", "42K03") from None
    columns = [Column("path", "string"), Column("name", "string"), Column("size", "long"), Column("modification_time", "long")]
    return Result(columns, [(entry.path, entry.name, entry.size, entry.modificationTime) for entry in found])

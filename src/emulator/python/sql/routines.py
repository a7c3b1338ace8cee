# SPDX-License-Identifier: Apache-2.0
"""SQL functions of users: CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1. A call is replaced by the body."""

from collections import namedtuple

from . import types
from .coercion import cast
from .errors import fail, quoted
from .results import Result
from .scope import Scope, Typed

# `parameters` are triples of name, type and default (a node or None); `body` is an expression or a query.
SqlFunction = namedtuple("SqlFunction", "parameters body type text")


def create(parser, session, replacing, temporary):
    parser.expect("FUNCTION")
    unless = parser.accept("IF", "NOT", "EXISTS")
    start = parser.token.position
    parts = parser.object_name()
    made = _definition(parser)
    parser.done()
    name = _key(session, parts, temporary)
    if name in session.functions or session.objects.detail(name):
        if unless:
            return Result()
        if not replacing:
            raise fail(
                "ROUTINE_ALREADY_EXISTS",
                f"Cannot create the function {quoted(parts)} because a routine of that name already exists.",
                "42723",
            )
    expand(session, ".".join(parts), made, [cast(Typed("NULL", "void"), kind) for _, kind, _ in made.parameters])  # a wrong body is an error now
    if temporary:
        session.functions[name] = made
    else:
        session.objects.set_detail(name, {"function": parser.text[start:], "owner": session.user})
    return Result()


def _key(session, parts, temporary):
    return parts[-1].lower() if temporary else session.qualify(parts) + "()"


def _definition(parser):
    parser.expect("(")
    parameters = []
    while not parser.accept(")"):
        name, kind = parser.name(), parser.type()
        default = parser.expression() if parser.accept("DEFAULT") else None
        if parser.accept("COMMENT"):
            parser.string()
        parameters.append((name, kind, default))
        parser.accept(",")
    kind = None
    while not parser.accept("RETURN"):
        if parser.accept("RETURNS"):
            if parser.accept("TABLE"):
                from .errors import unsupported

                raise unsupported("CREATE FUNCTION ... RETURNS TABLE")
            kind = parser.type()
        elif parser.accept("LANGUAGE"):
            if parser.name().upper() != "SQL":
                from .errors import unsupported

                raise unsupported("CREATE FUNCTION in another language than SQL")
        elif parser.accept("COMMENT"):
            parser.string()
        elif not (parser.accept("DETERMINISTIC") or parser.accept("NOT", "DETERMINISTIC") or parser.accept("CONTAINS", "SQL") or parser.accept("READS", "SQL", "DATA")):
            raise parser.error()
    start = parser.token.position
    body = parser.expression()
    return SqlFunction(parameters, body, kind, parser.text[start:])


def find(session, name):
    """A function by the name in a call: a temporary one, else one of the catalogue."""
    made = session.functions.get(name.lower())
    if made is not None:
        return made
    parts = name.split(".")
    if len(parts) > 3:
        return None
    text = session.objects.detail(session.qualify(parts) + "()").get("function")
    if text is None:
        return None
    from .statements import Statements

    parser = Statements(session, text)
    parser.object_name()
    return _definition(parser)


def drop(session, parts, tolerant):
    if len(parts) == 1 and session.functions.pop(parts[0].lower(), None) is not None:
        return Result()
    name = _key(session, parts, False)
    if session.objects.db.execute("DELETE FROM __details WHERE name=?", (name,)).rowcount == 0 and not tolerant:
        raise fail(
            "ROUTINE_NOT_FOUND",
            f"The routine {quoted(parts)} cannot be found. Verify the spelling and correctness of the schema and "
            "catalog.",
            "42883",
        )
    return Result()


def expand(session, name, function, arguments):
    """The body with the arguments in the place of its parameters."""
    if len(arguments) > len(function.parameters):
        raise fail(
            "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            f"The `{name}` requires {len(function.parameters)} parameters but the actual number is {len(arguments)}.",
            "42605",
        )
    translate = session.queries.translator.typed
    variables = {}
    for index, (label, kind, default) in enumerate(function.parameters):
        if index < len(arguments):
            value = arguments[index]
        elif default is not None:
            value = translate(default, Scope())
        else:
            raise fail(
                "REQUIRED_PARAMETER_NOT_FOUND",
                f"Cannot invoke routine `{name}` because the parameter named `{label}` is required.",
                "4274K",
            )
        variables[label.lower()] = cast(value, kind)
    scope = Scope()
    scope.variables = variables
    made = translate(function.body, scope)
    return cast(made, function.type) if function.type is not None and types.simple(function.type) != types.simple(made.type) else made

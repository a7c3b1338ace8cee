# SPDX-License-Identifier: Apache-2.0
"""SHOW and DESCRIBE."""

import fnmatch
import json

from . import types, workspace
from .errors import fail
from .results import Result
from ..tables import Column


def _texts(*names):
    return [Column(name, "string") for name in names]


def like(names, pattern):
    """SHOW's own patterns: `*` is any text, `|` means or."""
    if pattern is None:
        return names
    patterns = [part.replace("%", "*").lower() for part in pattern.split("|")]
    return [name for name in names if any(fnmatch.fnmatchcase(name.lower(), part) for part in patterns)]


def _place(parser):
    return parser.object_name() if parser.accept_any("IN", "FROM") else None


def _pattern(parser):
    parser.accept("LIKE")
    return parser.string() if parser.token.kind == "string" else None


def show(parser, session):
    word = parser.next().upper
    if word == "CREATE":
        parser.expect("TABLE")
        return _show_create(parser, session)
    if word == "TABLE":
        parser.expect("EXTENDED")
        word = "TABLES"
    if word == "USER":
        word = parser.next().upper
    handler = _SHOWS.get(word)
    if handler is None:
        parser.at -= 1
        raise parser.error()
    return handler(parser, session)


def _catalogs(parser, session):
    pattern = _pattern(parser)
    parser.done()
    return Result(_texts("catalog"), [(name,) for name in like(session.objects.catalogs(), pattern)])


def _schemas(parser, session):
    place = _place(parser)
    pattern = _pattern(parser)
    parser.done()
    catalog = place[0].lower() if place else session.catalog
    session.objects.require_catalog(catalog)
    return Result(_texts("databaseName"), [(name,) for name in like(session.objects.schemas(catalog), pattern)])


def _tables(parser, session, only_views=False):
    catalog, schema = session.schema_of(_place(parser))
    pattern = _pattern(parser)
    parser.done()
    session.objects.require_schema(catalog, schema)
    found = [name for name, kind in session.objects.tables(catalog, schema) if kind == "view" or not only_views]
    rows = [(schema, name, False) for name in like(found, pattern)]
    rows += [("", name, True) for name in like(sorted(session.views), pattern)]
    names = ("namespace", "viewName") if only_views else ("database", "tableName")
    columns = _texts(*names) + [Column("isTemporary", "boolean")]
    if only_views:
        columns.append(Column("isMaterialized", "boolean"))
        rows = [(*row, False) for row in rows]
    return Result(columns, rows)


def _views(parser, session):
    return _tables(parser, session, True)


def _columns(parser, session):
    parser.accept_any("IN", "FROM")
    parts = parser.object_name()
    if place := _place(parser):
        parts = [*place, parts[-1]]
    parser.done()
    return Result(_texts("col_name"), [(column.name,) for column in session.find(parts).columns])


def _functions(parser, session):
    from .functions import names

    parser.accept_any("SYSTEM", "USER", "ALL")
    parser.accept("FUNCTIONS")
    _place(parser)
    pattern = _pattern(parser)
    parser.done()
    found = sorted({*names(), *session.functions})
    return Result(_texts("function"), [(name,) for name in like(found, pattern)])


def _properties(parser, session):
    name = session.qualify(parts := parser.object_name())
    parser.done()
    session.objects.require(name, parts)
    found = {
        "delta.minReaderVersion": "1",
        "delta.minWriterVersion": "2",
        **session.objects.detail(name).get("properties", {}),
    }
    return Result(_texts("key", "value"), sorted(found.items()))


def _partitions(parser, session):
    name = session.qualify(parts := parser.object_name())
    parser.done()
    session.objects.require(name, parts)
    names = session.objects.detail(name).get("partitions")
    if not names:
        raise fail(
            "INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY",
            f"The partition command is invalid. Table `{name}` is not partitioned.",
            "42601",
        )
    from .tokens import identifier

    listed = ", ".join(identifier(each) for each in names)
    return Result(_texts(*names), session.run(f"SELECT DISTINCT {listed} FROM {identifier(name)} ORDER BY {listed}"))


def _show_create(parser, session):
    name = session.qualify(parts := parser.object_name())
    parser.done()
    session.objects.require(name, parts)
    detail = session.objects.detail(name)
    columns = session.objects.columns(name)
    if session.objects.kind(name) == "view":
        listed = ",\n".join(f"  {column.name}" for column in columns)
        return Result(_texts("createtab_stmt"), [(f"CREATE VIEW {name} (\n{listed})\nAS {detail.get('view', '')}\n",)])
    required, comments = session.objects.required(name), detail.get("comments", {})
    lines = []
    for column in columns:
        line = f"  {column.name} {types.simple(column.type).upper()}" + (" NOT NULL" if column.name in required else "")
        lines.append(line + (f" COMMENT '{comments[column.name]}'" if comments.get(column.name) else ""))
    text = f"CREATE TABLE {name} (\n" + ",\n".join(lines) + f")\nUSING {detail.get('provider', 'delta')}\n"
    if detail.get("partitions"):
        text += f"PARTITIONED BY ({', '.join(detail['partitions'])})\n"
    if detail.get("comment"):
        text += f"COMMENT '{detail['comment']}'\n"
    properties = {"delta.minReaderVersion": "1", "delta.minWriterVersion": "2", **detail.get("properties", {})}
    text += "TBLPROPERTIES (\n" + ",\n".join(f"  '{key}' = '{value}'" for key, value in sorted(properties.items())) + ")\n"
    return Result(_texts("createtab_stmt"), [(text,)])


def _nothing_granted(parser, session):
    parser.skip()
    return Result(_texts("Principal", "ActionType", "ObjectType", "ObjectKey"))


def _current(parser, session):
    parser.done()
    return Result(_texts("catalog", "namespace"), [(session.catalog, session.schema)])


_SHOWS = {
    "CATALOGS": _catalogs,
    "SCHEMAS": _schemas,
    "DATABASES": _schemas,
    "TABLES": _tables,
    "VIEWS": _views,
    "VOLUMES": workspace.show_volumes,
    "COLUMNS": _columns,
    "FUNCTIONS": _functions,
    "ALL": _functions,
    "SYSTEM": _functions,
    "TBLPROPERTIES": _properties,
    "PARTITIONS": _partitions,
    "GRANTS": _nothing_granted,
    "GRANT": _nothing_granted,
    "CURRENT": _current,
}


# DESCRIBE ------------------------------------------------------------------------------------------------------------


def describe(parser, session):
    if parser.accept_any("SCHEMA", "DATABASE"):
        return _describe_schema(parser, session)
    if parser.sees("CATALOG") and parser.ahead().kind in ("word", "quoted"):
        parser.at += 1
        return _describe_catalog(parser, session)
    if parser.accept("HISTORY"):
        return _history(parser, session)
    if parser.accept("DETAIL"):
        return _detail(parser, session)
    if parser.accept("FUNCTION"):
        return _describe_function(parser, session)
    if parser.accept("QUERY") or parser.token.upper in ("SELECT", "WITH", "VALUES"):
        relation = session.queries.query(parser.query())
        parser.done()
        return Result(_texts("col_name", "data_type", "comment"), _column_rows(relation.columns, {}))
    parser.accept("TABLE")
    extended = parser.accept_any("EXTENDED", "FORMATTED")
    as_json = None
    parts = parser.object_name()
    if parser.accept("AS", "JSON"):
        as_json = True
    parser.done()
    return _describe_table(session, parts, extended, as_json)


def _column_rows(columns, comments):
    return [(column.name, types.simple(column.type), comments.get(column.name)) for column in columns]


def _describe_table(session, parts, extended, as_json):
    columns = _texts("col_name", "data_type", "comment")
    if session.temporary(parts) is not None:
        return Result(columns, _column_rows(session.find(parts).columns, {}))
    found = session.find(parts)
    if found.name is None:
        return Result(columns, _column_rows(found.relation.columns, {}))
    detail = session.objects.detail(found.name)
    comments = detail.get("comments", {})
    if as_json:
        listed = [
            {"name": column.name, "type": {"name": types.simple(column.type)}, "nullable": True} for column in found.columns
        ]
        catalog, schema, table = found.qualifier
        text = json.dumps({"table_name": table, "catalog_name": catalog, "schema_name": schema, "columns": listed})
        return Result(_texts("json_metadata"), [(text,)])
    rows = _column_rows(found.columns, comments)
    if detail.get("partitions"):
        kinds = {column.name: types.simple(column.type) for column in found.columns}
        rows += [("# Partition Information", "", ""), ("# col_name", "data_type", "comment")]
        rows += [(name, kinds.get(name, ""), comments.get(name)) for name in detail["partitions"]]
    if extended:
        rows += _facts(session, found, detail)
    return Result(columns, rows)


def _facts(session, found, detail):
    catalog, schema, table = found.qualifier
    view = session.objects.kind(found.name) == "view"
    facts = [
        ("", ""),
        ("# Detailed Table Information", ""),
        ("Catalog", catalog),
        ("Database", schema),
        ("Table", table),
        ("Created Time", detail.get("created", "")),
        ("Last Access", "UNKNOWN"),
        ("Created By", "Spark 3.5.0"),
        ("Type", "VIEW" if view else "MANAGED"),
    ]
    if detail.get("comment"):
        facts.append(("Comment", detail["comment"]))
    if view:
        facts += [("View Text", detail.get("view", "")), ("View Catalog and Namespace", f"{catalog}.{schema}")]
    else:
        facts += [
            ("Location", detail.get("location") or f"dbfs:/tables/{found.name}"),
            ("Provider", detail.get("provider", "delta")),
        ]
    facts.append(("Owner", detail.get("owner") or session.user))
    if not view:
        properties = {"delta.minReaderVersion": "1", "delta.minWriterVersion": "2", **detail.get("properties", {})}
        facts.append(("Table Properties", f"[{','.join(f'{key}={value}' for key, value in sorted(properties.items()))}]"))
    return [(name, value, "") for name, value in facts]


def _describe_schema(parser, session):
    extended = parser.accept("EXTENDED")
    catalog, schema = session.schema_of(parser.object_name())
    parser.done()
    session.objects.require_schema(catalog, schema)
    detail = session.objects.detail(f"{catalog}.{schema}")
    rows = [("Catalog Name", catalog), ("Namespace Name", schema), ("Comment", detail.get("comment") or ""),
            ("Location", detail.get("location") or ""), ("Owner", detail.get("owner") or session.user)]  # fmt: skip
    if extended:
        properties = detail.get("properties", {})
        rows.append(
            ("Properties", f"({', '.join(f'({key},{value})' for key, value in properties.items())})" if properties else "")
        )
    return Result(_texts("database_description_item", "database_description_value"), rows)


def _describe_catalog(parser, session):
    parser.accept("EXTENDED")
    catalog = parser.name().lower()
    parser.done()
    session.objects.require_catalog(catalog)
    detail = session.objects.detail(catalog)
    rows = [
        ("Catalog Name", catalog),
        ("Comment", detail.get("comment") or ""),
        ("Owner", detail.get("owner") or session.user),
    ]
    return Result(_texts("info_name", "info_value"), rows)


def _describe_function(parser, session):
    from .functions import names

    parser.accept("EXTENDED")
    name = parser.object_name()[-1].lower()
    parser.done()
    if name not in names() and name not in session.functions:
        from .errors import unresolved_routine

        raise unresolved_routine(name)
    return Result(_texts("function_desc"), [(f"Function: {name}",)])


def _history(parser, session):
    name = session.qualify(parts := parser.object_name())
    limit = parser.integer() if parser.accept("LIMIT") else None
    parser.done()
    session.objects.require(name, parts)
    pairs = types.map_of("string", "string")
    columns = [
        Column("version", "long"), Column("timestamp", "timestamp"), Column("userId", "string"), Column("userName", "string"),
        Column("operation", "string"), Column("operationParameters", pairs), Column("operationMetrics", pairs),
    ]  # fmt: skip
    rows = [
        (version, types.moment(moment), None, user, operation, json.loads(parameters), json.loads(metrics))
        for _, version, moment, user, operation, parameters, metrics in session.objects.history(name)
    ]
    return Result(columns, rows[:limit])


def _detail(parser, session):
    name = session.qualify(parts := parser.object_name())
    parser.done()
    session.objects.require(name, parts)
    detail = session.objects.detail(name)
    texts = types.array_of("string")
    columns = [
        Column("format", "string"), Column("name", "string"), Column("description", "string"), Column("location", "string"),
        Column("createdAt", "timestamp"), Column("lastModified", "timestamp"), Column("partitionColumns", texts),
        Column("numFiles", "long"), Column("sizeInBytes", "long"), Column("properties", types.map_of("string", "string")),
        Column("minReaderVersion", "integer"), Column("minWriterVersion", "integer"),
    ]  # fmt: skip
    history = session.objects.history(name)
    created = types.moment(detail["created"]) if detail.get("created") else None
    changed = types.moment(history[0][2]) if history else created
    from .tokens import identifier

    ((count,),) = session.run(f"SELECT count(*) FROM {identifier(name)}")
    row = (
        detail.get("provider", "delta"), name, detail.get("comment"), detail.get("location") or f"dbfs:/tables/{name}", created,
        changed, detail.get("partitions", []), 1 if count else 0, count * 64, detail.get("properties", {}), 1, 2,
    )  # fmt: skip
    return Result(columns, [row])

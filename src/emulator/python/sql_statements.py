# SPDX-License-Identifier: Apache-2.0
"""Every kind of statement: queries and changes go to SQLite, the catalogue's own statements are answered here."""

import re

from . import sql
from .sql_session import CATALOGS, declared_type, like, result_type, spark_type
from .tables import Column

_NAME = r"((?:`[^`]+`|\w+)(?:\.(?:`[^`]+`|\w+))*)"


# Statements that Spark knows and we do not.
_ELSEWHERE = {
    "ALTER", "ANALYZE", "CACHE", "COMMENT", "COPY", "EXPLAIN", "GRANT", "MERGE", "OPTIMIZE", "REFRESH", "REVOKE", "VACUUM",
}  # fmt: skip


def _parts(name):
    return sql.Translator.read_name(sql.tokenize(name.strip()), 0)[0]


def _strings(*names):
    return [Column(name, "string") for name in names]


def execute(session, statement):
    words = [token.text.upper() for token in sql.tokenize(statement) if token.kind != "space"]
    first = words[0] if words else ""
    if first == "(" or first in ("SELECT", "WITH", "VALUES"):
        return session.query(_query(session, statement))
    for pattern, handler in _STATEMENTS:
        if found := pattern.match(statement):
            return handler(session, *found.groups())
    if first in ("INSERT", "UPDATE", "DELETE"):
        return _change(session, statement, first)
    if first in _ELSEWHERE:
        raise sql.AnalysisException(f"{first} is not part of the Trowel emulator.")
    raise sql.syntax_error(f"'{statement.split()[0] if statement.split() else 'end of input'}'")


def _query(session, text):
    translated = session.translate(text).strip()
    # SQLite takes no brackets around a whole query.
    while translated.startswith("(") and translated.endswith(")") and _first_brackets(translated) == translated[1:-1]:
        translated = translated[1:-1].strip()
    return translated


# Data ------------------------------------------------------------------------------------------------------------


def _change(session, statement, kind):
    overwrite = re.match(rf"INSERT\s+OVERWRITE\s+(?:INTO\s+)?(?:TABLE\s+)?{_NAME}", statement, re.I)
    if overwrite:
        name = session.resolve(_parts(overwrite.group(1)))
        statement = f"INSERT INTO {overwrite.group(1)} {statement[overwrite.end():]}"
    else:
        statement = re.sub(r"^INSERT\s+INTO\s+TABLE\s+", "INSERT INTO ", statement, flags=re.I)
    translated = session.translate(statement)
    session.run("BEGIN IMMEDIATE")
    try:
        if overwrite:
            session.run(f"DELETE FROM {sql.identifier(name)}")
        count = session.run(translated).rowcount
        session.run("COMMIT")
    except BaseException:
        session.db.rollback()
        raise
    columns = [Column("num_affected_rows", "long")]
    if kind != "INSERT":
        return columns, [(count,)]
    return columns + [Column("num_inserted_rows", "long")], [(count, count)]


def _split_columns(text):
    """The parts of a column list, commas within brackets apart."""
    parts, depth, current = [], 0, ""
    for token in sql.tokenize(text):
        depth += {"(": 1, ")": -1, "<": 1, ">": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += token.text
    return [part.strip() for part in parts + [current] if part.strip()]


def _declare(column):
    found = re.match(r"(`[^`]+`|\w+)\s+(\w+\s*(?:\([^)]*\))?)(.*)$", column, re.DOTALL)
    if not found:
        raise sql.syntax_error(f"'{column}'")
    required = " NOT NULL" if re.search(r"\bNOT\s+NULL\b", found.group(3), re.I) else ""
    return f"{sql.identifier(found.group(1).strip('`'))} {declared_type(found.group(2))}{required}"


def _already(kind, name):
    return sql.AnalysisException(
        f"[TABLE_OR_VIEW_ALREADY_EXISTS] Cannot create {kind} `{name.replace('.', '`.`')}` because it already exists.\n"
        "Choose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate "
        "pre-existing objects. SQLSTATE: 42P07"
    )


def _create_table(session, replace, unless, name, rest):
    full = session.qualify(_parts(name))
    session.require_schema(*full.split(".")[:2])
    if session.exists(full):
        if unless:
            return [], []
        if not replace:
            raise _already("table", full)
    select = re.search(r"\bAS\s+(\(?\s*(?:SELECT|WITH|VALUES)\b.*)$", rest, re.I | re.DOTALL)
    if select:
        text = _query(session, select.group(1))
        declared = [
            f"{sql.identifier(column.name)} {_declared_of(column.type)}" for column in session.query(text)[0]
        ]
    else:
        body = re.match(r"\s*\((.*)\)[^)]*$", rest, re.DOTALL)
        if not body:
            raise sql.syntax_error("end of input")
        text, declared = None, [_declare(column) for column in _split_columns(_first_brackets(rest))]
    session.run("BEGIN IMMEDIATE")
    try:
        new = sql.identifier(full + ".new")  # the query may read the table that it replaces
        session.run(f"CREATE TABLE {new}({', '.join(declared)})")
        if text:
            session.run(f"INSERT INTO {new} {text}")
        if session.exists(full):
            session.run(f"DROP {session.kind(full).upper()} {sql.identifier(full)}")
        session.run(f"ALTER TABLE {new} RENAME TO {sql.identifier(full)}")
        session.run("COMMIT")
    except BaseException:
        session.db.rollback()
        raise
    if not text:
        return [], []
    return [Column("num_affected_rows", "long"), Column("num_inserted_rows", "long")], []


def _first_brackets(text):
    """What stands in the first pair of brackets."""
    depth, inside = 0, ""
    for token in sql.tokenize(text):
        if token.text == ")":
            depth -= 1
            if depth == 0:
                return inside
        if depth > 0:
            inside += token.text
        if token.text == "(":
            depth += 1
    raise sql.syntax_error("end of input")


def _declared_of(kind):
    return declared_type(spark_type(kind)) if isinstance(kind, str) else "text"


def _create_view(session, replace, temporary, unless, name, text):
    query = _query(session, text)
    session.columns(query)  # raises where the query is wrong
    if temporary:
        view = _parts(name)[-1].lower()
        drop_temporary(session, view)
        session.run(f"CREATE TEMP VIEW {sql.identifier(view)} AS {query}")
        return [], []
    full = session.qualify(_parts(name))
    session.require_schema(*full.split(".")[:2])
    if session.exists(full):
        if unless:
            return [], []
        if not replace:
            raise _already("view", full)
        session.run(f"DROP {session.kind(full).upper()} {sql.identifier(full)}")
    session.run(f"CREATE VIEW {sql.identifier(full)} AS {query}")
    return [], []


def drop_temporary(session, view):
    row = session.run("SELECT type FROM sqlite_temp_master WHERE name=?", (view,)).fetchone()
    if row:
        session.run(f"DROP {row[0].upper()} temp.{sql.identifier(view)}")
    return row is not None


def _drop(session, kind, tolerant, name):
    parts = _parts(name)
    if len(parts) == 1 and kind.upper() == "VIEW" and drop_temporary(session, parts[0].lower()):
        return [], []
    full = session.qualify(parts)
    if not session.exists(full):
        if tolerant:
            return [], []
        raise sql.table_not_found(".".join(parts))
    session.run(f"DROP {session.kind(full).upper()} {sql.identifier(full)}")
    return [], []


def _truncate(session, name):
    session.run(f"DELETE FROM {sql.identifier(session.resolve(_parts(name)))}")
    return [], []


# The catalogue ---------------------------------------------------------------------------------------------------


def _schema_of(session, name):
    parts = [part.lower() for part in _parts(name)] if name else [session.schema]
    return tuple(([session.catalog] + parts)[-2:])


def _use(session, what, name):
    parts = [part.lower() for part in _parts(name)]
    if (what or "").upper() == "CATALOG":
        if parts[0] not in CATALOGS:
            raise sql.AnalysisException(f"[CATALOG_NOT_FOUND] The catalog `{parts[0]}` not found. SQLSTATE: 42P08")
        session.catalog, session.schema = parts[0], "default"
        return [], []
    catalog, schema = _schema_of(session, name)
    session.require_schema(catalog, schema)
    session.catalog, session.schema = catalog, schema
    return [], []


def _show_catalogs(session, pattern):
    return _strings("catalog"), [(name,) for name in like(list(CATALOGS), pattern)]


def _show_schemas(session, catalog, pattern):
    rows = session.run("SELECT name FROM __schemas WHERE catalog=? ORDER BY name", ((catalog or session.catalog).strip("`").lower(),))
    return _strings("databaseName"), [(name,) for name in like([name for (name,) in rows.fetchall()], pattern)]


def _show_tables(session, kind, name, pattern):
    catalog, schema = _schema_of(session, name)
    session.require_schema(catalog, schema)
    only_views = kind.upper() == "VIEWS"
    found = [table for table, sort in session.tables(catalog, schema) if sort == "view" or not only_views]
    rows = [(schema, table, False) for table in like(found, pattern)]
    rows += [("", view, True) for view in like(session.temp_views(), pattern)]
    columns = _strings("namespace" if only_views else "database", "viewName" if only_views else "tableName")
    return columns + [Column("isTemporary", "boolean")], rows


def _table_columns(session, name):
    full = session.resolve(_parts(name))
    return session.columns(f"SELECT * FROM {sql.identifier(full)}")


def _show_columns(session, name):
    return _strings("col_name"), [(column,) for column, _ in _table_columns(session, name)]


def _describe(session, extended, name):
    rows = [(column, spark_type(result_type(declared)), None) for column, declared in _table_columns(session, name)]
    if extended:
        full = session.resolve(_parts(name))
        catalog, schema, table = full.split(".") if full.count(".") == 2 else ("", "", full)
        kind = "VIEW" if session.kind(full) != "table" else "MANAGED"
        rows += [("", "", ""), ("# Detailed Table Information", "", "")]
        rows += [("Catalog", catalog, ""), ("Database", schema, ""), ("Table", table, ""), ("Type", kind, "")]
        rows += [("Owner", session.user, ""), ("Provider", "delta" if kind == "MANAGED" else "", "")]
    return _strings("col_name", "data_type", "comment"), rows


def _describe_schema(session, name):
    catalog, schema = _schema_of(session, name)
    session.require_schema(catalog, schema)
    rows = [("Catalog Name", catalog), ("Namespace Name", schema), ("Owner", session.user)]
    return _strings("database_description_item", "database_description_value"), rows


def _show_create(session, name):
    full = session.resolve(_parts(name))
    columns = ",\n".join(f"  {column} {spark_type(result_type(kind)).upper()}" for column, kind in _table_columns(session, name))
    return _strings("createtab_stmt"), [(f"CREATE TABLE {full} (\n{columns})\nUSING delta\n",)]


def _create_schema(session, unless, name):
    catalog, schema = _schema_of(session, name)
    count = session.run("INSERT OR IGNORE INTO __schemas VALUES(?, ?)", (catalog, schema)).rowcount
    if count == 0 and not unless:
        raise sql.AnalysisException(
            f"[SCHEMA_ALREADY_EXISTS] Cannot create schema `{schema}` because it already exists. SQLSTATE: 42P06"
        )
    return [], []


def _drop_schema(session, tolerant, name, cascade):
    catalog, schema = _schema_of(session, name)
    if not tolerant:
        session.require_schema(catalog, schema)
    tables = session.tables(catalog, schema)
    if tables and (cascade or "").upper() != "CASCADE":
        raise sql.AnalysisException(
            f"[SCHEMA_NOT_EMPTY] Cannot drop a schema `{schema}` because it contains objects. SQLSTATE: 2BP01"
        )
    for table, kind in tables:
        session.run(f"DROP {kind.upper()} {sql.identifier(f'{catalog}.{schema}.{table}')}")
    session.run("DELETE FROM __schemas WHERE catalog=? AND name=?", (catalog, schema))
    return [], []


def _set(session, key, value):
    return _strings("key", "value"), [(key.strip(), (value or "<undefined>").strip())]


def _compiled(pattern):
    return re.compile(pattern.replace("NAME", _NAME).replace(" ", r"\s+").replace("?_", r"\s*"), re.I | re.DOTALL)


_LIKE = r"(?:\s+(?:LIKE\s+)?'([^']*)')?\s*$"
_STATEMENTS = [
    (_compiled(r"USE (?:(CATALOG|SCHEMA|DATABASE) )?NAME\s*$"), _use),
    (_compiled(r"SHOW CATALOGS" + _LIKE), _show_catalogs),
    (_compiled(r"SHOW (?:DATABASES|SCHEMAS)(?: (?:IN|FROM) (`[^`]+`|\w+))?" + _LIKE), _show_schemas),
    (_compiled(r"SHOW (TABLES|VIEWS)(?: (?:IN|FROM) NAME)?" + _LIKE), _show_tables),
    (_compiled(r"SHOW COLUMNS (?:IN|FROM) NAME\s*$"), _show_columns),
    (_compiled(r"SHOW CREATE TABLE NAME\s*$"), _show_create),
    (_compiled(r"(?:DESCRIBE|DESC) (?:SCHEMA|DATABASE)(?: EXTENDED)? NAME\s*$"), _describe_schema),
    (_compiled(r"(?:DESCRIBE|DESC)(?: TABLE)?( EXTENDED| FORMATTED)? NAME\s*$"), _describe),
    (_compiled(r"CREATE (?:SCHEMA|DATABASE)( IF NOT EXISTS)? NAME"), _create_schema),
    (_compiled(r"DROP (?:SCHEMA|DATABASE)( IF EXISTS)? NAME(?: (CASCADE|RESTRICT))?\s*$"), _drop_schema),
    (_compiled(r"CREATE( OR REPLACE)? TABLE( IF NOT EXISTS)? NAME(.*)$"), _create_table),
    (_compiled(r"CREATE( OR REPLACE)?( GLOBAL TEMPORARY| GLOBAL TEMP| TEMPORARY| TEMP)? VIEW( IF NOT EXISTS)? NAME.*?\sAS (.*)$"), _create_view),
    (_compiled(r"DROP (TABLE|VIEW)( IF EXISTS)? NAME\s*$"), _drop),
    (_compiled(r"TRUNCATE TABLE NAME\s*$"), _truncate),
    (_compiled(r"SET ([\w.]+)(?:\s*=\s*(.*))?$"), _set),
]  # fmt: skip

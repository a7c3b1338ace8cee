# SPDX-License-Identifier: Apache-2.0
"""COPY INTO: each file once."""

from . import nodes
from .changes import counts, insert_into, target
from .ddl import properties_list
from .errors import fail
from .results import Result


def copy_into(parser, session):
    parser.expect("INTO")
    parts = parser.object_name()
    name, columns = target(session, parts)
    parser.expect("FROM")
    select, path = _source(parser)
    parser.expect("FILEFORMAT")
    parser.accept("=")
    kind = parser.name().lower()
    options, settings, chosen = {}, {}, None
    while parser.token.kind != "end":
        if parser.accept("FORMAT_OPTIONS"):
            options = properties_list(parser)
        elif parser.accept("COPY_OPTIONS"):
            settings = properties_list(parser)
        elif parser.accept("FILES"):
            parser.accept("=")
            parser.expect("(")
            chosen = parser.listed(parser.string)
            parser.expect(")")
        else:
            raise parser.error()
    files = _files(session, name, path, chosen, settings)
    count = 0
    if files:
        count = _load(session, name, columns, select, kind, files, options)
        detail = session.objects.detail(name)
        detail["copied"] = sorted({*detail.get("copied", []), *files})
        session.objects.set_detail(name, detail)
    columns = counts("num_affected_rows", "num_inserted_rows", "num_skipped_corrupt_files")
    return Result(columns, [(count, count, 0)])


def _source(parser):
    """A path, or SELECT ... FROM a path: the items, and the path."""
    if not parser.accept("("):
        return None, parser.string()
    parser.expect("SELECT")
    items = parser.listed(parser._select_item)
    parser.expect("FROM")
    path = parser.string()
    parser.expect(")")
    return items, path


def _files(session, name, path, chosen, settings):
    from ..spark_files import data_files

    found = data_files(session, path)
    if chosen is not None:
        found = [file for file in found if file.rpartition("/")[2] in {each.rpartition("/")[2] for each in chosen}]
        if not found:
            raise fail("COPY_INTO_SOURCE_FILE_FORMAT_NOT_SUPPORTED", "None of the files exists.", "0A000")
    if str(settings.get("force", "false")).lower() == "true":
        return found
    done = set(session.objects.detail(name).get("copied", []))
    return [file for file in found if file not in done]


def _load(session, name, columns, items, kind, files, options):
    from ..spark_files import of_files

    relation = of_files(session, kind, files, options)
    if items is not None:
        relation = session.queries.query(nodes.Select(items, source=nodes.Given(relation), windows={}))
    known = {column.name.lower() for column in columns}
    by_name = all(column.name.lower() in known for column in relation.columns)
    return insert_into(session, name, columns, relation, [column.name for column in relation.columns] if by_name else None)

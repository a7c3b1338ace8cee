# SPDX-License-Identifier: Apache-2.0
"""Files as tables and back: CSV, JSON, text, Parquet where pandas can, and Delta folders of the emulator's own making.

A path is a file, a folder of files as Spark writes it, or a pattern. A Delta folder holds JSON lines and, in
_delta_log, their schema: other tools cannot read it."""

import csv
import glob
import json
import os
import shutil
import uuid

from .sql import types
from .sql.errors import fail, unsupported
from .tables import Column, type_of_values

FORMATS = ("csv", "json", "text", "parquet", "delta")


# Reading -------------------------------------------------------------------------------------------------------------


def relation(session, kind, path, options=None, schema=None):
    """A relation with what the files hold. `schema` are pairs of name and type."""
    options = {name.lower(): value for name, value in (options or {}).items()}
    paths = [path] if isinstance(path, str) else list(path)
    if kind == "delta":
        return _read_delta(session, paths[0])
    return of_files(session, kind, [file for each in paths for file in data_files(session, each)], options, schema)


def of_files(session, kind, files, options, schema=None):
    """The same of files that are known by their local paths."""
    if kind not in _READERS:
        raise fail("DATA_SOURCE_NOT_FOUND", f"Failed to find the data source: {kind}.", "42K02")
    columns, rows = _READERS[kind](files, {name.lower(): value for name, value in options.items()}, schema)
    return session.store(columns, rows)


def format_of(session, path):
    """By the name of the first file."""
    for file in data_files(session, path):
        ending = os.path.splitext(file)[1].lstrip(".").lower()
        return {"ndjson": "json", "txt": "text"}.get(ending, ending)
    return "json"


def data_files(session, path):
    """Local paths of the files that an address stands for."""
    local = session.paths.local(path, "load") if session.paths else path
    if any(mark in local for mark in "*?["):
        found = [file for each in sorted(glob.glob(local)) for file in _inside(each)]
    else:
        found = _inside(local) if os.path.exists(local) else None
    if not found and not os.path.isdir(local):
        raise fail("PATH_NOT_FOUND", f"Path does not exist: {_address(session, path)}.", "42K03")
    return found


def _inside(path):
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith(("_", ".")))
        found += [os.path.join(folder, name) for name in sorted(files) if not name.startswith(("_", "."))]
    return found


def _address(session, path):
    return session.paths.address(session.paths.plain(path)) if session.paths else path


def _true(value):
    return str(value).lower() == "true"


def _read_csv(files, options, schema):
    mark = options.get("sep") or options.get("delimiter") or ","
    names, rows = None, []
    for file in files:
        with open(file, encoding=options.get("encoding") or options.get("charset") or "utf-8-sig", newline="") as stream:
            lines = [
                line for line in csv.reader(stream, delimiter=mark, quotechar=options.get("quote") or '"', escapechar=None) if line
            ]
        if _true(options.get("header", "false")) and lines:
            names, lines = lines[0], lines[1:]
        rows += lines
    if schema:
        names = [name for name, _ in schema]
    elif names is None:
        names = [f"_c{index}" for index in range(max(map(len, rows), default=0))]
    null = options.get("nullvalue", "")
    table = [[None if value in ("", null) else value for value in row] + [None] * (len(names) - len(row)) for row in rows]
    if schema:
        kinds = [kind for _, kind in schema]
    elif _true(options.get("inferschema", "false")):
        kinds = [_guess(row[index] for row in table) for index in range(len(names))]
    else:
        kinds = ["string"] * len(names)
    return _typed(names, kinds, table)


def _typed(names, kinds, table):
    """Texts as values of their columns' types."""
    from .sql.scalars import cast

    rows = [
        [value if value is None or kind == "string" else cast(value, "string", kind) for value, kind in zip(row, kinds)] for row in table
    ]
    return [Column(name, kind) for name, kind in zip(names, kinds)], rows


def _guess(texts):
    """The narrowest type that all texts of a column have."""
    texts = [text.strip() for text in texts if text is not None]
    if not texts:
        return "string"
    if all(text.lower() in ("true", "false") for text in texts):
        return "boolean"
    try:
        numbers = [int(text) for text in texts]
        return "integer" if all(-(2**31) <= number < 2**31 for number in numbers) else "long"
    except ValueError:
        pass
    try:
        for text in texts:
            float(text)
        return "double"
    except ValueError:
        pass
    if all(len(text) >= 8 and "-" in text and types.moment(text) for text in texts):
        return "date" if all(len(text) == 10 for text in texts) else "timestamp"
    return "string"


def _read_json(files, options, schema):
    records = []
    for file in files:
        with open(file, encoding="utf-8") as stream:
            if _true(options.get("multiline", "false")):
                value = json.load(stream)
                records += value if isinstance(value, list) else [value]
            else:
                records += [json.loads(line) for line in stream if line.strip()]
    names = [name for name, _ in schema] if schema else sorted({name for record in records for name in record})
    rows = [[record.get(name) for name in names] for record in records]
    kinds = [kind for _, kind in schema] if schema else [
        _json_type([row[index] for row in rows]) for index in range(len(names))
    ]
    return [Column(name, kind) for name, kind in zip(names, kinds)], rows


def _json_type(values):
    """As Spark infers: objects are structs, mixed values are text."""
    solid = [value for value in values if value is not None]
    if solid and all(isinstance(value, dict) for value in solid):
        names = sorted({name for value in solid for name in value})
        return types.struct_of([(name, _json_type([value.get(name) for value in solid])) for name in names])
    if solid and all(isinstance(value, list) for value in solid):
        return types.array_of(_json_type([item for value in solid for item in value]))
    return type_of_values(solid)


def _read_text(files, options, _schema):
    rows = []
    for file in files:
        with open(file, encoding="utf-8", errors="replace", newline=None) as stream:
            text = stream.read()
        rows += [(text,)] if _true(options.get("wholetext", "false")) else [(line,) for line in text.splitlines()]
    return [Column("value", "string")], rows


def _pandas(action):
    try:
        import pandas

        return action(pandas)
    except ImportError as error:
        raise unsupported(f"Parquet without pandas and pyarrow or fastparquet in this machine's python3 ({error})") from None


def _read_parquet(files, _options, schema):
    from .tables import from_pandas

    columns, rows = [], []
    for file in files:
        columns, more = from_pandas(_pandas(lambda pandas, file=file: pandas.read_parquet(file)))
        rows += more
    if schema:
        columns = [Column(name, kind) for name, kind in schema]
    return columns, rows


def _read_delta(session, path):
    local = session.paths.local(path, "load") if session.paths else path
    log = os.path.join(local, "_delta_log", "schema.json")
    if not os.path.exists(log):
        raise fail(
            "DELTA_PATH_DOES_NOT_EXIST" if not os.path.exists(local) else "DELTA_TABLE_NOT_FOUND",
            f"{_address(session, path)} is not a Delta table.",
            "42K03",
        )
    with open(log, encoding="utf-8") as stream:
        schema = [(field["name"], field["type"]) for field in json.load(stream)["fields"]]
    return session.store(*_read_json(_inside(local), {}, schema))


_READERS = {"csv": _read_csv, "json": _read_json, "text": _read_text, "parquet": _read_parquet}


# Writing -------------------------------------------------------------------------------------------------------------


def write(session, kind, path, mode, columns, rows, options):
    """A folder with one part, as Spark leaves it."""
    if kind not in FORMATS:
        raise fail("DATA_SOURCE_NOT_FOUND", f"Failed to find the data source: {kind}.", "42K02")
    options = {name.lower(): value for name, value in options.items()}
    local = session.paths.local(path, "save") if session.paths else path
    if os.path.exists(local):
        if mode == "ignore":
            return
        if mode in ("error", "errorifexists"):
            raise fail(
                "PATH_ALREADY_EXISTS",
                f'Path {_address(session, path)} already exists. Set mode as "overwrite" to overwrite the existing '
                'path.',
                "42K04",
            )
        if mode == "overwrite":
            shutil.rmtree(local) if os.path.isdir(local) else os.remove(local)
    os.makedirs(local, exist_ok=True)
    ending = {"text": "txt", "delta": "json"}.get(kind, kind)
    file = os.path.join(local, f"part-00000-{uuid.uuid4()}-c000.{ending}")
    _WRITERS[kind](file, columns, rows, options)
    if kind == "delta":
        os.makedirs(os.path.join(local, "_delta_log"), exist_ok=True)
        with open(os.path.join(local, "_delta_log", "schema.json"), "w", encoding="utf-8") as stream:
            json.dump(types.struct_of([(column.name, column.type) for column in columns]), stream)
    else:
        with open(os.path.join(local, "_SUCCESS"), "w", encoding="utf-8"):
            pass


def _write_csv(file, columns, rows, options):
    from .sql.scalars import as_text

    null = options.get("nullvalue", "")
    with open(file, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=options.get("sep") or options.get("delimiter") or ",", lineterminator="\n")
        if _true(options.get("header", "false")):
            writer.writerow([column.name for column in columns])
        for row in rows:
            stored = [types.encode(value, column.type) for value, column in zip(row, columns)]
            writer.writerow(
                [null if value is None else as_text(value, column.type) for value, column in zip(stored, columns)]
            )


def _write_json(file, columns, rows, _options):
    from .sql.arrays import spoken, dump

    kind = types.struct_of([(column.name, column.type) for column in columns])
    with open(file, "w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(dump(spoken(types.jsonable(tuple(row), kind), kind)) + "\n")


def _write_text(file, columns, rows, _options):
    if len(columns) != 1 or columns[0].type != "string":
        raise fail(
            "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
            "Text data source supports only a single column of strings.",
            "0A000",
        )
    with open(file, "w", encoding="utf-8") as stream:
        stream.writelines((row[0] or "") + "\n" for row in rows)


def _write_parquet(file, columns, rows, _options):
    from pyspark.sql.show import to_pandas

    try:
        _pandas(lambda _: to_pandas(columns, rows).to_parquet(file))
    except BaseException:
        shutil.rmtree(os.path.dirname(file), ignore_errors=True)
        raise


_WRITERS = {"csv": _write_csv, "json": _write_json, "text": _write_text, "parquet": _write_parquet, "delta": _write_json}

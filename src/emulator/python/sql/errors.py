# SPDX-License-Identifier: Apache-2.0
"""Errors of Spark as user code may catch them, with the error classes and SQL states of Databricks."""

import difflib


class SparkError(Exception):
    """Base of all. `java_class` is what the JVM calls it."""

    java_class = "org.apache.spark.SparkException"

    @property
    def desc(self):
        return str(self)

    def getErrorClass(self):
        text = str(self)
        return text[1 : text.index("]")] if text.startswith("[") and "]" in text else None

    getCondition = getErrorClass

    def getSqlState(self):
        return str(self).rpartition("SQLSTATE: ")[2][:5] or None


class AnalysisException(SparkError):
    java_class = "org.apache.spark.sql.AnalysisException"


class ParseException(AnalysisException):
    java_class = "org.apache.spark.sql.catalyst.parser.ParseException"


class SparkRuntimeException(SparkError):
    java_class = "org.apache.spark.SparkRuntimeException"


class SparkArithmeticException(SparkError):
    java_class = "org.apache.spark.SparkArithmeticException"


class Unsupported(AnalysisException, NotImplementedError):
    """What Spark has and the emulator has not: a kind of its own, so that nobody mistakes it for Spark's opinion."""

    java_class = "java.lang.UnsupportedOperationException"


def quoted(parts):
    parts = parts.split(".") if isinstance(parts, str) else parts
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def fail(condition, message, state):
    return AnalysisException(f"[{condition}] {message} SQLSTATE: {state}")


def unsupported(what):
    return Unsupported(f"{what} is not part of the Trowel emulator.")


def table_not_found(parts):
    return fail(
        "TABLE_OR_VIEW_NOT_FOUND",
        f"The table or view {quoted(parts)} cannot be found. Verify the spelling and correctness of the schema and catalog.\n"
        "If you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the "
        "correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.",
        "42P01",
    )


def already_exists(kind, parts):
    return fail(
        "TABLE_OR_VIEW_ALREADY_EXISTS",
        f"Cannot create {kind} {quoted(parts)} because it already exists.\nChoose a different name, drop or replace the "
        "existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.",
        "42P07",
    )


def schema_not_found(catalog, schema):
    return fail(
        "SCHEMA_NOT_FOUND",
        f"The schema {quoted([catalog, schema])} cannot be found. Verify the spelling and correctness of the schema and "
        "catalog.\nIf you did not qualify the name with a catalog, verify the current_schema() output, or qualify the name "
        "with the correct catalog.\nTo tolerate the error on drop use DROP SCHEMA IF EXISTS.",
        "42704",
    )


def catalog_not_found(catalog):
    return fail(
        "NO_SUCH_CATALOG_EXCEPTION", f"Catalog '{catalog}' was not found. Verify the spelling of the catalog.", "42704"
    )


def unresolved_column(parts, candidates):
    name = quoted(parts)
    what = f"A column, variable, or function parameter with name {name} cannot be resolved."
    if not candidates:
        return fail("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", what, "42703")
    wanted = parts[-1].lower()
    ranked = sorted(candidates, key=lambda each: -difflib.SequenceMatcher(None, wanted, each.lower()).ratio())
    listed = ", ".join(quoted([each]) for each in ranked[:5])
    return fail("UNRESOLVED_COLUMN.WITH_SUGGESTION", f"{what} Did you mean one of the following? [{listed}].", "42703")


def unresolved_routine(name):
    return fail(
        "UNRESOLVED_ROUTINE",
        f"Cannot resolve routine {quoted(name)} on search path [`system`.`builtin`, `system`.`session`, "
        "`main`.`default`].\nVerify the spelling of the routine, or qualify it with the correct schema and catalog.",
        "42883",
    )


def too_complex():
    return ParseException(
        "[FAILED_TO_PARSE_TOO_COMPLEX] The statement, including potential SQL functions and referenced views, was too "
        "complex to parse. To mitigate this error divide the statement into multiple, less complex chunks. "
        "SQLSTATE: 54001"
    )


def syntax_error(near, text="", position=0):
    """`near` as Spark prints it: 'word' in quotes, or end of input."""
    where = ""
    if text:
        line = text.count("\n", 0, position) + 1
        column = position - (text.rfind("\n", 0, position) + 1)
        lines = text.split("\n")
        shown = "\n".join(lines[:line] + ["-" * column + "^^^"] + lines[line:])
        where = f" (line {line}, pos {column})\n\n== SQL ==\n{shown}\n"
    return ParseException(f"[PARSE_SYNTAX_ERROR] Syntax error at or near {near}. SQLSTATE: 42601{where}")

# SPDX-License-Identifier: Apache-2.0
"""Notebooks as source files: their cells, in the language of each."""

import re

_COMMENTS = {"python": "#", "r": "#", "sql": "--", "scala": "//"}


def cells_of(language, source):
    """Pairs of language and code. Cells with magics begin with them; those of another language are not named apart."""
    mark = re.escape(_COMMENTS.get(language, "#"))
    source = re.sub(rf"\A\ufeff?{mark} Databricks notebook source[ \t]*\n?", "", source.replace("\r\n", "\n"))
    cells = re.split(rf"^{mark} COMMAND ----------[ \t]*$", source, flags=re.MULTILINE)
    return [(language, code) for cell in cells if (code := _plain(cell, mark))]


def _plain(cell, mark):
    lines = [line for line in cell.strip("\n").split("\n") if not re.match(rf"{mark} DBTITLE ", line)]
    solid = [line for line in lines if line.strip()]
    if solid and all(re.match(rf"{mark} MAGIC\b", line) for line in solid):
        lines = [re.sub(rf"^{mark} MAGIC ?", "", line) for line in lines]
    else:  # a magic line among others, as %pip
        lines = [re.sub(rf"^{mark} MAGIC ", "", line) for line in lines]
    return "\n".join(lines).strip("\n")

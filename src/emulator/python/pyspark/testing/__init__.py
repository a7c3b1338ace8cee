# SPDX-License-Identifier: Apache-2.0
"""Assertions about DataFrames and schemas."""

from .utils import assertDataFrameEqual, assertSchemaEqual

__all__ = ["assertDataFrameEqual", "assertSchemaEqual"]

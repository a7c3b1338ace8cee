# SPDX-License-Identifier: Apache-2.0
"""Spark SQL over SQLite: text -> tokens -> syntax tree -> typed SQL of SQLite -> rows with Spark's types."""

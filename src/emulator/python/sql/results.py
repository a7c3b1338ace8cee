# SPDX-License-Identifier: Apache-2.0
"""What a statement that is no query gives."""


class Result:
    def __init__(self, columns=(), rows=()):
        self.columns = list(columns)
        self.rows = list(rows)

    def fetch(self, _session):
        return self.columns, self.rows

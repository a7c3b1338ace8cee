# SPDX-License-Identifier: Apache-2.0
"""Window specifications."""

from trowel_cluster.sql import nodes

from .column import sort_node, to_node

_UNBOUNDED = 2**63


class WindowSpec:
    def __init__(self, window):
        self._window = window

    def _with(self, **changes):
        window = nodes.Window(self._window.partition, self._window.order, self._window.frame, None)
        for name, value in changes.items():
            setattr(window, name, value)
        return WindowSpec(window)

    def partitionBy(self, *cols):
        return self._with(partition=[to_node(each) for each in _flat(cols)])

    def orderBy(self, *cols):
        return self._with(order=[sort_node(each) for each in _flat(cols)])

    def rowsBetween(self, start, end):
        return self._with(frame=f"ROWS BETWEEN {_bound(start, 'PRECEDING')} AND {_bound(end, 'FOLLOWING')}")

    def rangeBetween(self, start, end):
        return self._with(frame=f"RANGE BETWEEN {_bound(start, 'PRECEDING')} AND {_bound(end, 'FOLLOWING')}")


def _flat(cols):
    return cols[0] if len(cols) == 1 and isinstance(cols[0], (list, tuple)) else cols


def _bound(value, unbounded):
    if abs(value) >= 2**31:
        return f"UNBOUNDED {unbounded}"
    if value == 0:
        return "CURRENT ROW"
    return f"{abs(value)} {'PRECEDING' if value < 0 else 'FOLLOWING'}"


def _empty():
    return WindowSpec(nodes.Window([], [], None, None))


class Window:
    unboundedPreceding = -_UNBOUNDED
    unboundedFollowing = _UNBOUNDED - 1
    currentRow = 0

    @staticmethod
    def partitionBy(*cols):
        return _empty().partitionBy(*cols)

    @staticmethod
    def orderBy(*cols):
        return _empty().orderBy(*cols)

    @staticmethod
    def rowsBetween(start, end):
        return _empty().rowsBetween(start, end)

    @staticmethod
    def rangeBetween(start, end):
        return _empty().rangeBetween(start, end)

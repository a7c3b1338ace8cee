# SPDX-License-Identifier: Apache-2.0
"""The part of IPython that notebooks import: clusters always have it, and here it belongs to our driver."""

import sys

from . import display

__version__ = "8.15.0"
version_info = (8, 15, 0)


def get_ipython():
    return sys.modules["__main__"].__dict__["get_ipython"]()


__all__ = ["display", "get_ipython"]

# SPDX-License-Identifier: Apache-2.0
"""The part of IPython that notebooks and libraries ask for: clusters always have it, and here it belongs to our driver."""

import sys
import types

from . import display

__version__ = "8.15.0"
version_info = (8, 15, 0)


def get_ipython():
    return sys.modules["__main__"].__dict__["get_ipython"]()


def _stand_in(name, **members):
    module = sys.modules[f"IPython.{name}"] = types.ModuleType(f"IPython.{name}")
    module.__dict__.update(members)


if len(__path__) == 1:  # nothing of the real one is there
    _stand_in("core", __path__=[], display=display)
    _stand_in("core.getipython", get_ipython=get_ipython)
    _stand_in("core.pylabtools", backend2gui={})  # matplotlib looks into it
    sys.modules["IPython.core.display"] = display

__all__ = ["display", "get_ipython"]

# SPDX-License-Identifier: Apache-2.0
"""A matplotlib backend that keeps the figures that were shown, for the result of the command."""

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase, _Backend
from matplotlib.backends.backend_agg import FigureCanvasAgg

shown = []


@_Backend.export
class _BackendTrowel(_Backend):
    FigureCanvas = FigureCanvasAgg
    FigureManager = FigureManagerBase

    @staticmethod
    def show(*_arguments, **_options):
        for manager in Gcf.get_all_fig_managers():
            shown.append(manager.canvas.figure)
        Gcf.destroy_all()

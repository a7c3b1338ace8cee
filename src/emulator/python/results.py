# SPDX-License-Identifier: Apache-2.0
"""Gathers what a command shows and makes one result of it, as the API has room for one."""

import base64
import sys

from . import tables


def text(data):
    return {"resultType": "text", "data": data}


class Outbox:
    def __init__(self):
        self._rich = None  # the last table or HTML
        self._images = []
        self._images_last = False

    def clear(self):
        self._rich, self._images, self._images_last = None, [], False
        plots = sys.modules.get("trowel_cluster.plots")
        if plots:
            plots.shown.clear()

    def display(self, value=None, *more, **_options):
        for item in (value, *more):
            self._display_one(item)

    def _display_one(self, value):
        figure = getattr(value, "figure", None) if not hasattr(value, "savefig") else value
        if figure is not None and hasattr(figure, "savefig"):
            self.image(figure)
            return
        table = tables.from_value(value)
        if table is not None:
            self._rich, self._images_last = table, False
        elif callable(getattr(value, "_repr_html_", None)):
            self.html(value._repr_html_())
        elif value is not None:
            print(repr(value))

    def html(self, code):
        self._rich, self._images_last = text(str(code)), False

    def image(self, figure):
        import io

        data = io.BytesIO()
        figure.savefig(data, format="png", bbox_inches="tight")
        encoded = base64.b64encode(data.getvalue()).decode()
        self._images.append(f"data:image/png;base64,{encoded}")
        self._images_last = True

    def collect_figures(self):
        """Figures that were shown, and those left open, which a notebook shows at the end of a cell."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        plots = sys.modules.get("trowel_cluster.plots")
        for figure in plots.shown if plots else []:
            self.image(figure)
        for number in pyplot.get_fignums():
            self.image(pyplot.figure(number))
        pyplot.close("all")

    def result(self, printed):
        if self._images and (self._images_last or self._rich is None):
            if len(self._images) == 1:
                return {"resultType": "image", "fileName": self._images[0]}
            return {"resultType": "images", "fileNames": self._images}
        return text(printed) if self._rich is None else self._rich

"""Matplotlib's figures as the book's pages show them: an SVG, cut to what is drawn.

Matplotlib takes this module as its backend (`module://live.inside.backend`).
"""

import io
import sys

from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas
from matplotlib.figure import Figure

from . import messages

__all__ = ["FigureCanvas", "show", "show_open_figures"]


def show(*, block: object = None) -> None:
    """Show the open figures and close them: what `plt.show()` does."""
    show_open_figures()


def show_open_figures() -> None:
    """Show each open figure, in the order in which they were made, and close them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    try:
        for number in pyplot.get_fignums():
            messages.show("svg", text=svg(pyplot.figure(number)))
    finally:
        pyplot.close("all")


def svg(figure: Figure) -> str:
    """Return the SVG of a figure, as Jupyter makes it for the pages."""
    file = io.StringIO()
    figure.savefig(
        file,
        format="svg",
        bbox_inches="tight",
        facecolor=figure.get_facecolor(),
        edgecolor=figure.get_edgecolor(),
        metadata={"Date": None},
    )
    return file.getvalue()

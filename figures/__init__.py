"""Draw the book's figures: first argument `ax`, returns `ax`, computes nothing, sets no title."""

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.colors import to_rgb

# One role, one colour, in the whole book (the light values of explorers/shared/roles.css).
P_COLOUR = "#005fb0"  # the truth, or the data
Q_COLOUR = "#b84a00"  # the model
COST_COLOUR = "#99457f"  # what a wrong code adds
GAIN_COLOUR = "#0b5f38"  # what it saves
INK = "#1f2328"
SOFT_INK = "#5b6168"
RULE = "#dedbd3"


def use_book_style():
    """Set Matplotlib's defaults for every figure that follows.

    Figures are SVG and 5.2 inches wide, so that their text reads on a telephone too, with thin
    grey axes and no frame.
    """
    mpl.rcParams.update(
        {
            "figure.figsize": (5.2, 2.6),
            "figure.constrained_layout.use": True,
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans"],  # comes with Matplotlib: the same everywhere
            "font.size": 10.5,
            "axes.edgecolor": SOFT_INK,
            "axes.labelcolor": INK,
            "axes.linewidth": 0.8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=[P_COLOUR, Q_COLOUR, COST_COLOUR, GAIN_COLOUR]),
            "xtick.color": SOFT_INK,
            "ytick.color": SOFT_INK,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "lines.linewidth": 2.0,
            "legend.frameon": False,
            "svg.hashsalt": "the price of a wrong guess",  # the same picture, the same file
        }
    )
    _choose_svg_in_notebooks()


def _choose_svg_in_notebooks():
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})


def plot_pmf(ax, p, names=None, *, color=P_COLOUR, digits=2):
    """Draw the pmf `p` as bars, each with its probability written above it.

    p: shape (K,). names: K labels under the bars (default: none). digits: of the numbers above.
    """
    positions = np.arange(len(p))
    bars = ax.bar(positions, p, width=0.72, color=color)
    if digits is not None:
        ax.bar_label(bars, [f"{value:.{digits}f}" for value in p], padding=2)
    ax.set_xticks(positions, names if names is not None else [""] * len(p))
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel("probability")
    return ax


def plot_bill(ax, p, lengths, names=None, *, color=P_COLOUR, digits=3):
    """Draw the bill: a bar for each outcome, as wide as p and as high as its code length.

    The area of a bar is what its outcome costs on average; the whole area is the cost per outcome.

    p: shape (K,), the widths, laid side by side from 0 to 1. lengths: shape (K,), the heights, in
    bits. names: K labels under the bars (default: none); then each bar says its area as a product.
    """
    p, lengths = np.asarray(p, dtype=float), np.asarray(lengths, dtype=float)
    edges = np.concatenate([[0.0], np.cumsum(p)])
    left = edges[:-1]
    ax.bar(left, lengths, width=p, align="edge", color=color, alpha=0.22)
    ax.vlines(edges[1:-1], 0, np.minimum(lengths[:-1], lengths[1:]), color="white", linewidth=1)
    ax.stairs(lengths, edges, baseline=None, color=color, linewidth=2)
    if names is not None:
        for centre, width, height in zip(left + p / 2, p, lengths, strict=True):
            text = f"{width:g} × {height:.{digits}f}"
            ax.text(centre, height / 2, text, ha="center", va="center", fontsize="small")
    return _label_bill(ax, edges, lengths.max(), names)


def plot_extra_bill(ax, p, right, wrong, names=None):
    """Draw what wrong code lengths add to the bill (purple, striped) and save (green, dotted).

    A bar is as wide as p and as high as its wrong length; the dashed line is the right length.
    The purple area minus the green one is what the wrong lengths cost more: the KL divergence, if
    right is -log2 p and 2**-wrong sums to 1.

    p: shape (K,), the widths. right, wrong: shape (K,), in bits. names: K labels under the bars.
    """
    p, right, wrong = (np.asarray(a, dtype=float) for a in (p, right, wrong))
    edges = np.concatenate([[0.0], np.cumsum(p)])
    ax.bar(edges[:-1], np.minimum(right, wrong), p, align="edge", color=P_COLOUR, alpha=0.22)
    for start, width, low, high in zip(edges, p, right, wrong, strict=False):
        color, hatch = (COST_COLOUR, "///") if high > low else (GAIN_COLOUR, "...")
        # opaque, since SVG files lose the transparency of a face behind a hatch, and so the hatch
        pale = 0.19 * np.array(to_rgb(color)) + 0.81
        extra = {"facecolor": pale, "edgecolor": color, "hatch": hatch, "linewidth": 0}
        ax.bar(start, high - low, width, low, align="edge", **extra)
        term = f"{width * (high - low):+.4f}".replace("-", "−")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        middle = (start + width / 2, (low + high) / 2)
        ax.text(*middle, term, color=color, ha="center", va="center", fontsize="small", bbox=box)
    ax.stairs(wrong, edges, baseline=None, color=Q_COLOUR, linewidth=2)
    ax.stairs(right, edges, baseline=None, color=P_COLOUR, linewidth=1.4, linestyle=(0, (4, 2)))
    return _label_bill(ax, edges, max(right.max(), wrong.max()), names)


def _label_bill(ax, edges, highest, names):
    if names is not None:
        ax.set_xticks((edges[:-1] + edges[1:]) / 2, names)
        ax.tick_params(axis="x", length=0)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.08 * highest)
    ax.set_xlabel("probability")
    ax.set_ylabel("bits")
    return ax

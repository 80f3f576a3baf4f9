"""The figures: one role, one colour; `ax` in, `ax` out; nothing computed, no title."""

import io
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

import figures
from manuscript.pages import Page, notebooks

ROLES_CSS = Path(__file__).parents[2] / "explorers" / "shared" / "roles.css"
CONSTANT_OF_ROLE = {
    "p": figures.P_COLOUR,
    "q": figures.Q_COLOUR,
    "cost": figures.COST_COLOUR,
    "gain": figures.GAIN_COLOUR,
    "ink": figures.INK,
    "ink-soft": figures.SOFT_INK,
    "rule": figures.RULE,
}


WIDTH = 5.2  # inches, as the book's style says: 9 of 14 px are left of a letter on a telephone


def test_no_figure_of_the_book_is_wider_than_its_style():
    """A wider one is made smaller on a telephone, with its letters."""
    wider = [
        (path.stem, cell.id, width)
        for path in notebooks()
        for cell in Page.read(path).notebook.cells
        for width in re.findall(r"figsize=\(([\d.]+)", cell.source)
        if float(width) > WIDTH
    ]
    assert wider == []


@pytest.fixture
def ax():
    with mpl.rc_context({"backend": "agg"}):
        figures.use_book_style()
        fig, ax = plt.subplots()
        yield ax
        fig.canvas.draw()  # a missing glyph is a warning here, and warnings are errors
        plt.close(fig)


@pytest.mark.parametrize("role", CONSTANT_OF_ROLE)
def test_a_role_has_one_colour_in_figures_and_pages(role):
    css = ROLES_CSS.read_text("utf-8")
    light = re.search(rf"--{role}: light-dark\((#[0-9a-f]+),", css).group(1)
    assert CONSTANT_OF_ROLE[role] == light


def test_the_areas_of_the_bill_are_the_shares_of_the_entropy(ax):
    p, lengths = np.array([0.5, 0.25, 0.25]), np.array([1.0, 2.0, 2.0])
    assert figures.plot_bill(ax, p, lengths, ["a", "b", "c"]) is ax
    (bars,) = ax.containers
    areas = [bar.get_width() * bar.get_height() for bar in bars]
    np.testing.assert_allclose(areas, [0.5, 0.5, 0.5], rtol=1e-12)
    assert [bar.get_x() for bar in bars] == [0.0, 0.5, 0.75]


def test_the_extra_bill_shows_the_terms_of_the_divergence(ax):
    p, right, wrong = [0.5, 0.25, 0.25], [1.0, 2.0, 2.0], [2.0, 1.0, 2.0]
    assert figures.plot_extra_bill(ax, p, right, wrong, ["a", "b", "c"]) is ax
    assert [text.get_text() for text in ax.texts] == ["+0.5000", "−0.2500", "+0.0000"]


def test_stripes_and_dots_of_the_extra_bill_can_be_seen_in_svg(ax):
    figures.plot_extra_bill(ax, [0.5, 0.5], [1.0, 1.0], [2.0, 0.5])
    file = io.StringIO()
    ax.figure.savefig(file, format="svg")
    patterns = re.findall(r"<pattern.*?</pattern>", file.getvalue(), re.S)
    grounds_and_marks = [re.findall(r"fill(?:=\"|: )(#[0-9a-f]{6})", text) for text in patterns]
    assert len(patterns) == 2
    assert all(ground != mark for ground, mark in grounds_and_marks)


def test_a_pmf_is_drawn_as_bars_as_high_as_its_probabilities(ax):
    assert figures.plot_pmf(ax, [0.7, 0.3], ["heads", "tails"]) is ax
    assert [bar.get_height() for bar in ax.patches] == [0.7, 0.3]
    assert [text.get_text() for text in ax.texts] == ["0.70", "0.30"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["heads", "tails"]


def test_figures_set_no_title(ax):
    figures.plot_bill(ax, [0.5, 0.5], [1.0, 1.0])
    figures.plot_pmf(ax, [0.5, 0.5])
    assert ax.get_title() == ""


def test_lib_does_not_load_matplotlib():
    code = "import sys, lib; sys.exit('matplotlib' in sys.modules or 'figures' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

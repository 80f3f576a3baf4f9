"""The roles' colours: readable on paper and card, and apart for colour-blind eyes."""

import itertools

import numpy as np
import pytest

from tests.explorers.page import THEMES

ROLES = ("p", "q", "cost", "gain")


# How the colour-blind see linear RGB: Machado, Oliveira & Fernandes (2009), table 1, severity 1.0.
SIGHTS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def linear_rgb(colour):
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The contrast ratio of WCAG 2.2."""
    dark, light = sorted(linear_rgb(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(linear):
    """CIELAB from linear sRGB, D65."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    t = np.array(to_xyz) @ linear / [0.9505, 1, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "card"])
@pytest.mark.parametrize(
    ("name", "least"),
    [*((n, 4.5) for n in (*ROLES, "ink", "ink-soft")), ("control", 3), ("focus", 3)],
)
def test_colours_are_readable_on_paper_and_card(theme, ground, name, least):
    colours = THEMES[theme]
    assert contrast(colours[name], colours[ground]) >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_roles_stay_apart_for_the_colour_blind(theme, sight):
    seen = {r: lab(np.clip(SIGHTS[sight] @ linear_rgb(THEMES[theme][r]), 0, 1)) for r in ROLES}
    for one, other in itertools.combinations(ROLES, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 20, f"{one} and {other} look alike"

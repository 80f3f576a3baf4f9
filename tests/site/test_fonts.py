"""The fonts that are cut hold every glyph that the book uses, and little more."""

import pytest

from generators.fonts import FONTS, cut_path, glyphs, used_in, whole_path
from tests.test_site import EVERYWHERE, parsed

HEAVIEST = 65_000  # bytes of all together; whole they are 173,000
SEARCHES = ["search.html?q=cross-entropy", "search.html?q=variational%20autoencoder"]


@pytest.fixture(scope="module")
def used(chromium, site):
    """Return what the pages set in which font; Chromium is asked for, so that a lack is said."""
    return used_in(site, [*EVERYWHERE, *SEARCHES], chromium)


@pytest.mark.parametrize("font", FONTS, ids=" ".join)
def test_every_glyph_that_the_book_uses_is_in_the_font(used, font):
    lost = (used[font] & glyphs(whole_path(font))) - glyphs(cut_path(font))
    assert not lost, "run: python -m generators.fonts"


@pytest.mark.parametrize("font", FONTS, ids=" ".join)
def test_the_pages_are_set_in_the_fonts_that_are_cut(used, font):
    assert used[font] & glyphs(cut_path(font))


def test_the_fonts_are_small():
    assert sum(cut_path(font).stat().st_size for font in FONTS) < HEAVIEST


@pytest.mark.parametrize("name", EVERYWHERE)
def test_what_paints_the_text_is_asked_for_before_the_fonts(site, name):
    links = parsed(site / name).select("link[rel=stylesheet], link[rel=preload]")
    kinds = [link["rel"][0] for link in links]
    assert kinds == sorted(kinds, reverse=True) and "preload" in kinds

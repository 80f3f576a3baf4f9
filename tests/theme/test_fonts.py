"""The fonts that are cut hold every glyph that the book uses, and little more."""

import re

import pytest

from generators.fonts import FONTS, cut_path, glyphs, used_in, whole_path
from tests.theme.test_site import EVERYWHERE, parsed

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
def test_a_page_is_painted_without_another_answer_and_then_asks_for_its_fonts(site, name):
    page = parsed(site / name)
    assert not page.select("link[rel=stylesheet]")
    parts = [tag.name for tag in page.head.select("style, link[rel=preload]")]
    assert parts.index("link") >= 2 and "link" in parts[2:]


@pytest.mark.parametrize("name", EVERYWHERE)
def test_what_the_styles_in_a_page_ask_for_is_there(site, name):
    styles = " ".join(style.text for style in parsed(site / name).select("style"))
    files = re.findall(r"url\(\"([^\"]+)\"\)", styles)
    assert files and all(((site / name).parent / file).is_file() for file in files)

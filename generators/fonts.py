"""Cut the fonts that pages load to the glyphs that the book uses.

    python -m generators.fonts

reads the built site in Chromium, after its explorers have come, and writes from the whole fonts in
theme/fonts the smaller ones in theme/html/static. Run it when tests/theme/test_fonts.py names a
glyph that is missing, and build again.
"""

import string
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from playwright.sync_api import Browser, Page, sync_playwright

from theme.browsers import chromium
from theme.serving import serve

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ROOT / "theme" / "fonts"
STATIC = ROOT / "theme" / "html" / "static"
# Text and what is bold, headings between; bold italics are rare, and the browser makes them.
WEIGHTS = {"normal": (400, 700), "italic": 400}
LETTERS = string.ascii_letters + string.digits
# What a chapter may well bring tomorrow is kept besides what stands in the book today.
TEXT = string.printable.strip() + " \u00a0\u00ad\u2011–—‘’“”…·×−±½¼¾≈≤≥≠→éüöäß"
FORMULA = LETTERS + "+−=<>≤≥()[]{}|∣∥,.:;!/∼≈≠∈→∞⋅×∝∂∇…⋯\ue020"  # the last strikes out: ≠
GREEK = "αβγδεηθλμνπρστφχψωϵϕ"
Font = tuple[str, str]  # family and style, as the style sheet has them
# (family, style): (the file, the folder of what is cut, what is kept).
FONTS = {
    ("Source Serif", "normal"): ("source-serif-4-latin-wght-normal", "fonts", TEXT),
    ("Source Serif", "italic"): ("source-serif-4-latin-wght-italic", "fonts", TEXT),
    ("Formula Main", "normal"): ("KaTeX_Main-Regular", "katex/fonts", FORMULA),
    ("Formula Math", "italic"): ("KaTeX_Math-Italic", "katex/fonts", string.ascii_letters + GREEK),
    # Comes where a page has such a letter, and is the largest of its kind.
    ("KaTeX_AMS", "normal"): ("KaTeX_AMS-Regular", "katex/fonts", string.ascii_uppercase),
}
HITS = ("Source Serif", "normal")  # the search page shows any sentence of the book in it
HERE = """() => (!location.search || document.querySelector("ul.search .context"))
    && [...document.querySelectorAll(".explorer[data-explorer]")]
        .every((explorer) => explorer.classList.contains("drawn"))"""
# The characters of a page, by the first family and the style that they are to be set in.
COLLECT = """() => {
    const found = {};
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const note = (style, text) => {
        const family = style.fontFamily.split(",")[0].replace(/"/g, "").trim();
        const key = `${family}/${style.fontStyle}`;
        found[key] = [...new Set([...(found[key] ?? ""), ...text])].join("");
    };
    while (walk.nextNode()) {
        const { parentElement, data } = walk.currentNode;
        if (parentElement.closest("script, style, noscript, math")) continue;
        note(getComputedStyle(parentElement), data);
    }
    for (const element of document.querySelectorAll("main *")) {
        for (const side of ["::before", "::after"]) {
            const style = getComputedStyle(element, side);
            if (/^"/.test(style.content)) note(style, style.content.slice(1, -1));
        }
    }
    return found;
}"""


def used_on(page: Page) -> dict[Font, set[str]]:
    """Return {(family, style): characters} of the open page, after its explorers or hits came."""
    page.wait_for_function(HERE)
    found = {}
    for key, text in page.evaluate(COLLECT).items():
        family, _, style = key.partition("/")
        found[family, style] = set(text)
    return found


def used_in(site: Path, names: Iterable[str], chromium: Browser) -> dict[Font, set[str]]:
    """Return {(family, style): characters} of the pages `names` of the built site, and of hits."""
    used: dict[Font, set[str]] = {}
    page = chromium.new_page()
    with serve(site) as url:
        for name in names:
            page.goto(f"{url}/{name}")
            for font, characters in used_on(page).items():
                used.setdefault(font, set()).update(characters)
    page.close()
    used.setdefault(HITS, set()).update((site / "search-index.js").read_text("utf-8"))
    return used


def glyphs(path: Path) -> set[str]:
    """Return the characters that a font has a glyph for."""
    return {chr(code) for code in TTFont(path).getBestCmap()}


def cut_path(font: Font) -> Path:
    """Return the file that the pages load."""
    name, folder, _ = FONTS[font]
    return STATIC / folder / f"{name}.woff2"


def whole_path(font: Font) -> Path:
    """Return the file that it is cut from."""
    return WHOLE / f"{FONTS[font][0]}.woff2"


def cut(font: Font, characters: Iterable[str]) -> None:
    """Write the font with the glyphs of these characters, and of those that are always kept."""
    whole = TTFont(whole_path(font), recalcTimestamp=False)
    if "fvar" in whole:
        whole = instantiateVariableFont(whole, {"wght": WEIGHTS[font[1]]})
    options = subset.Options(
        flavor="woff2",
        layout_features=["kern", "liga", "lnum", "mark", "mkmk", "ccmp", "locl"],
        hinting=False,
        notdef_outline=True,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(characters) + FONTS[font][2])
    subsetter.subset(whole)
    subset.save_font(whole, str(cut_path(font)), options)


def main() -> int:
    """Cut all fonts to what the built site uses."""
    site = ROOT / "_build" / "html"
    names = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    if not names:
        print("There is no site in _build/html. First: make book")
        return 1
    names.remove("index.html")  # leads away
    with sync_playwright() as playwright, chromium(playwright) as running:
        used = used_in(site, names, running)
    for font in FONTS:
        cut(font, used.get(font, set()))
        before, after = whole_path(font).stat().st_size, cut_path(font).stat().st_size
        print(
            f"{cut_path(font).relative_to(ROOT)}: {before / 1000:.1f} kB to {after / 1000:.1f} kB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

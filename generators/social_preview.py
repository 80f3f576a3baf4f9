"""Draw theme/html/static/social.png, the picture that a link to the book shows elsewhere.

It is the bill of the newsroom, in the book's font and colours, 1200 × 630 pixels. Needs Chromium.
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from figures import INK, P_COLOUR, SOFT_INK
from lib import surprisal
from theme.browsers import chromium

STATIC = Path(__file__).parents[1] / "theme" / "html" / "static"
P = [0.5, 0.3, 0.2]
WIDTH, HEIGHT = 1040, 250  # of the bill, in pixels; its height stands for 2.5 bits


def bill() -> str:
    """Return the SVG of the bill: width is probability, height is surprise."""
    bars, left = [], 0.0
    for p in P:
        top = HEIGHT * (1 - float(surprisal(p, base=2)) / 2.5)
        size = f'width="{WIDTH * p - 4:.1f}" height="{HEIGHT - top:.1f}"'
        bars.append(f'<rect x="{WIDTH * left:.1f}" y="{top:.1f}" {size} fill="{P_COLOUR}"/>')
        left += p
    return f'<svg width="{WIDTH}" height="{HEIGHT}">{"".join(bars)}</svg>'


def page() -> str:
    """Return the HTML of the picture."""
    font = (STATIC / "fonts" / "source-serif-4-latin-wght-normal.woff2").as_uri()
    return f"""<style>
      @font-face {{ font-family: Serif4; src: url({font}); font-weight: 200 900; }}
      body {{ margin: 0; padding: 64px 80px; width: 1040px; background: #fffefb; color: {INK};
              font: 34px/1.35 Serif4; }}
      h1 {{ margin: 0; font: 600 76px/1.1 Serif4; }} p {{ margin: 14px 0 70px; color: {SOFT_INK}; }}
    </style><h1>The Price of a Wrong Guess</h1>
    <p>Entropy, cross-entropy and KL divergence, from telegrams to language models</p>{bill()}"""


def main() -> None:
    """Write the picture."""
    with sync_playwright() as playwright, chromium(playwright) as browser:
        tab = browser.new_page(viewport={"width": 1200, "height": 630})
        source = STATIC / "social.html"  # a file: a page without an address may not read fonts
        source.write_text(page(), encoding="utf-8")
        tab.goto(source.as_uri())
        tab.evaluate("document.fonts.ready")
        tab.screenshot(path=STATIC / "social.png")
        source.unlink()


if __name__ == "__main__":
    main()

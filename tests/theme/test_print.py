"""On paper: explorers are pictures, answers stand at the end, links show their address."""

import re

import pytest

from tests.theme.test_site import CHAPTERS, PAGES, WIDE, arrive

PAPER = {"width": 658, "height": 970}  # A4 without its margins, in CSS pixels
TO_PRESS = ".bar, .contents, .foot, .neighbours, .skip, button, input, .headerlink, .controls"
SHOWN = "elements => elements.filter((e) => e.checkVisibility() && e.getClientRects().length)"
TEXTS = f"elements => ({SHOWN})(elements).map((e) => e.innerText.trim())"


@pytest.fixture(scope="module")
def on_paper(chromium, site_url):
    """Return a function that opens a page as it is printed, for a reader of the dark theme.

    One test after the other looks at the same page, and changes nothing that another sees.
    """
    opened, contexts = None, []

    def opener(name, **options):
        nonlocal opened
        if opened != (name, options):
            opened = name, options
            while contexts:
                contexts.pop().close()
            contexts.append(chromium.new_context(viewport=PAPER, color_scheme="dark", **options))
            page = contexts[0].new_page()
            arrive(page, f"{site_url}/{name}", **options)
            if options.get("java_script_enabled", True):
                page.evaluate("document.documentElement.dataset.theme = 'dark'")
                page.evaluate("dispatchEvent(new Event('beforeprint'))")
            page.emulate_media(media="print")
        return contexts[0].pages[0]

    yield opener
    for context in contexts:
        context.close()


def shown(page, selector):
    """Return the texts of what is printed of `selector`."""
    return page.eval_on_selector_all(selector, TEXTS)


def squeezed(text):
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("name", CHAPTERS)
def test_printing_rearranges_the_chapter_and_puts_everything_back(chromium, site_url, name):
    page = chromium.new_page(viewport=WIDE)
    arrive(page, f"{site_url}/{name}")
    before = page.inner_html("article")
    page.evaluate("""addEventListener("beforeprint", () => {
        window.printed = document.querySelectorAll("article > .answers").length;
    })""")
    pdf = page.pdf(format="A4")
    assert page.evaluate("printed") == 2
    assert page.inner_html("article") == before
    assert 8 <= len(re.findall(rb"/Type /Page\b", pdf)) <= 40
    page.close()


@pytest.mark.parametrize("name", CHAPTERS)
def test_solutions_stand_at_the_end_and_say_whose_they_are(on_paper, name):
    page = on_paper(name)
    exercises = shown(page, ".exercise > .admonition-title")
    solutions = [squeezed(text) for text in shown(page, ".answers > .solution > summary")]
    assert solutions == [f"Solution to {squeezed(title)}" for title in exercises]
    assert all(shown(page, ".answers > .solution p"))
    assert len(shown(page, ".answers .cell_input pre")) >= 2, "the code of the solutions"
    assert not shown(page, "article section:not(.answers) .solution")
    text = page.inner_text("article")
    assert text.index("\nWhat to read\n") < text.index(solutions[0])


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_replies_to_choices_stand_at_the_end(on_paper, name):
    page = on_paper(name)
    choices = shown(page, ".question summary")
    assert len(choices) == 9
    assert not shown(page, ".question details > :not(summary)")
    assert shown(page, ".answers h4") == choices
    assert all(shown(page, ".answers h4 + *"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_proofs_are_printed_where_they_belong(on_paper, name):
    page = on_paper(name)
    proofs = page.locator("details.proof")
    assert proofs.count() == len(shown(page, "article section:not(.answers) > details.proof"))
    assert all(shown(page, "details.proof > p:nth-of-type(1)"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_ids_stay_unique_on_paper(on_paper, name):
    ids = on_paper(name).eval_on_selector_all("[id]", "elements => elements.map((e) => e.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", PAGES)
def test_what_is_for_pressing_or_scrolling_is_not_printed(on_paper, name):
    page = on_paper(name)
    assert not shown(page, TO_PRESS)
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    cut = "boxes => boxes.filter((b) => b.scrollWidth > b.clientWidth + 1).map((b) => b.innerText)"
    assert not page.eval_on_selector_all("pre, .table-scroll, .math-scroll", cut)


@pytest.mark.parametrize("name", CHAPTERS)
def test_explorers_are_printed_as_pictures(on_paper, name):
    page = on_paper(name)
    explorers = page.locator(".explorer").count()
    assert explorers
    for part in ("svg", ".readout > :not(.letters)"):
        drawn = page.eval_on_selector_all(f".explorer {part}", SHOWN)
        assert len(drawn) >= explorers
        assert len(drawn) == page.locator(f".explorer {part}").count()
    assert not shown(page, ".explorer :is(.prompt, .controls, .letters, .spoken, .grip, .knob)")


@pytest.mark.parametrize("name", PAGES)
def test_black_on_white_also_from_the_dark_theme(on_paper, name):
    page = on_paper(name)
    colours = page.evaluate("""() => {
        const parts = ["body", "h1", "main :is(li, dt, td)"].map((s) => document.querySelector(s));
        return parts.filter(Boolean).map((element) => getComputedStyle(element).color);
    }""")
    assert set(colours) == {"rgb(0, 0, 0)"}
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("name", PAGES)
def test_links_to_elsewhere_show_their_address(on_paper, name):
    page = on_paper(name)
    one = '<a class="reference external made-up" href="https://example.org/a?b=1">elsewhere</a>'
    page.eval_on_selector("article p", "(p, one) => p.insertAdjacentHTML('beforeend', one)", one)
    links = page.eval_on_selector_all(
        "article a[href]:not(.headerlink, [data-address])",
        """links => links.map((a) => [new URL(a.getAttribute("href"), location).href,
            a.getAttribute("href"), a.innerText ?? a.textContent,  // of the map, which is SVG
            getComputedStyle(a, "::after").content])""",
    )
    for url, written, text, after in links:
        address = re.sub(r"^https://doi\.org/", "", url)
        if written.startswith("http") and address not in text:
            assert written in after
        else:
            assert after in ("none", "normal")
    page.eval_on_selector(".made-up", "link => link.remove()")


@pytest.mark.parametrize("name", CHAPTERS)
def test_what_to_read_shows_the_address_of_each_work(on_paper, name):
    page = on_paper(name)
    shown_after = """links => links.map((a) =>
        [a.dataset.address, getComputedStyle(a, "::after").content])"""
    works = page.eval_on_selector_all("#what-to-read a[data-address]", shown_after)
    assert works
    assert all(address and address in content for address, content in works)
    in_the_text = "section:not(#what-to-read) > p a[data-address]"
    for _, content in page.eval_on_selector_all(in_the_text, shown_after):
        assert content in ("none", "normal")


def test_pages_are_numbered_and_named_where_the_browser_can_do_it(on_paper):
    rules = on_paper(CHAPTERS[0]).evaluate("""() => [...document.styleSheets]
        .flatMap((sheet) => [...sheet.cssRules])
        .filter((rule) => rule.constructor.name === "CSSPageRule")
        .map((rule) => rule.cssText).join(" ")""")
    assert "counter(page)" in rules
    assert "The Price of a Wrong Guess" in rules
    assert "Surprise and entropy" in rules


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_scripts_solutions_and_replies_are_printed_in_their_place(on_paper, name):
    page = on_paper(name, java_script_enabled=False)
    for selector in ("details.solution > section", ".question details > p", "details.proof > p"):
        for block in page.locator(selector).all():
            assert block.bounding_box()["height"] > 10, selector

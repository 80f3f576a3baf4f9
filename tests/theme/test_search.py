"""The search: what learners type leads to the chapter that answers it."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from py_mini_racer import MiniRacer

from manuscript.pages import ROOT, Page, pages, taken_out
from tests.theme.test_site import CHAPTERS, EVERYWHERE, WIDE

SCRIPT = ROOT / "theme" / "html" / "static" / "search.js"
# Bytes of the search page with hits; with Sphinx's search it was 569,000. Two thirds are the index
# of words, to which a chapter of 4,000 words adds 10,000 to 12,000; the rest is the same for any.
HEAVIEST = 62_000 + 12_000 * len(CHAPTERS)
TAKEN_OUT = {path.stem for path in taken_out(ROOT)}  # chapters that are not in the contents
ASK = """
const index = Search.prepare(BOOK);
const pages = (query) => Search.rank(index, query).map(({ page, parts }) =>
    [page.link, parts[0].isEntry, parts[0].heading, Search.excerpt(index, parts[0], query)]);
"""


def queries():
    """Return (row, pages, query) for each line of queries.txt."""
    lines = Path(__file__).with_name("queries.txt").read_text("utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return [(int(row), pages.split(), query) for row, pages, query in rows]


@pytest.fixture(scope="module")
def engine(site):
    """Return V8 with the site's search script and the index of the site."""
    with MiniRacer() as running:
        running.eval((site / "search-index.js").read_text("utf-8"))
        running.eval(SCRIPT.read_text("utf-8"))
        running.eval(ASK)
        yield running


@pytest.fixture
def tab(chromium, site_url):
    """Return a function that opens the search page with a question, and returns that page."""
    context = chromium.new_context(viewport=WIDE)

    def opener(query):
        page = context.new_page()
        page.goto(f"{site_url}/search.html", wait_until="networkidle")
        page.fill(".search-box input", query)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=*")
        page.wait_for_load_state("networkidle")
        return page

    yield opener
    context.close()


def hits(engine, query):
    return json.loads(engine.eval(f"JSON.stringify(pages({json.dumps(query)}))"))


def named(link):
    return link.removeprefix("book/").removesuffix(".html")


def first_three(links):
    """Return the names of the first three pages; the page of questions is not counted."""
    return [named(link) for link in links if named(link) != "what-people-ask"][:3]


def test_every_public_question_is_asked_in_two_ways_or_more():
    count = Counter(row for row, _, _ in queries() if row)
    assert count and min(count.values()) >= 2


@pytest.mark.parametrize(
    ("pages", "query"),
    [(pages, query) for _, pages, query in queries() if not TAKEN_OUT.issuperset(pages)],
)
def test_the_page_that_answers_is_among_the_first_three(engine, pages, query):
    found = first_three([link for link, *_ in hits(engine, query)])
    assert set(found) & set(pages), f"{query}: {found}"


ENTRIES = [
    (page.path.stem, wording.replace("`", ""))
    for page in map(Page.read, pages())
    for question in page.questions
    for wording in question.wordings
]


@pytest.mark.parametrize(("chapter", "wording"), ENTRIES)
def test_the_words_of_a_question_lead_to_its_chapter(engine, chapter, wording):
    found = first_three([link for link, *_ in hits(engine, wording)])
    assert chapter in found, f"{wording}: {found}"


def test_a_hit_in_the_glossary_brings_its_sentence(engine):
    entry = next(hit for hit in hits(engine, "posterior collapse") if hit[1])
    glossary = (ROOT / "book" / "glossary.md").read_text("utf-8")
    sentence = glossary.split("\nposterior collapse\n")[1].split(". ")[1]
    assert entry[2] == "posterior collapse" and sentence.split("$")[0] in entry[3]


@pytest.mark.parametrize(
    "forms",
    [
        "optimise optimize optimises optimising optimization optimisation",
        "reparametrise reparametrizes reparametrization reparametrisation",
        "regularise regularization regularisation",
        "policy policies",
        "calibrate calibrated calibration calibrating",
        "classify classifier classifiers classification",
        "divergence divergences",
        "behaviour behavior",
        "modelling modeling",
        "train trains training trained",
    ],
)
def test_all_forms_and_spellings_of_a_word_are_one(engine, forms):
    stems = {engine.call("Search.stem", form) for form in forms.split()}
    assert len(stems) == 1, stems


@pytest.mark.parametrize(
    "words", ["entropy entropic", "bit bits bias", "prior priority", "policy police", "code cost"]
)
def test_words_that_mean_other_things_stay_apart(engine, words):
    first, *_, last = words.split()
    assert engine.call("Search.stem", first) != engine.call("Search.stem", last)


# ---- in a browser --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "page"),
    [
        pytest.param(query, page, id=page)
        for query, page in {
            "cross-entropy": "news-telegram",
            "entropy": "entropy",
            "softmax cross entropy gradient": "classification",
            "reparameterization trick": "vae",
            "forward or reverse KL for variational inference?": "forward-reverse",
        }.items()
        if page not in TAKEN_OUT
    ],
)
def test_the_search_page_shows_the_chapter_among_its_first_three(tab, query, page):
    links = tab(query).eval_on_selector_all(
        "ul.search > li > a", "links => links.map((a) => a.getAttribute('href').split('#')[0])"
    )
    assert page in first_three(links)


def test_each_hit_has_a_sentence_with_what_was_asked(tab):
    page = tab("posterior collapse")
    contexts = page.locator("ul.search > li .context").all()
    assert contexts and all(context.inner_text().strip() for context in contexts)
    assert page.locator("ul.search mark").count() > 0


@pytest.mark.skipif("vae" in TAKEN_OUT, reason="the chapter with that section is taken out")
def test_a_link_of_a_hit_leads_to_the_section(tab):
    page = tab("posterior collapse")
    page.locator("ul.search > li .where a").first.click()
    page.wait_for_function("location.hash && document.querySelector(location.hash)")


def test_a_word_that_the_book_does_not_have_is_named_and_a_likely_one_is_looked_for(tab):
    page = tab("perplexty")
    assert "“perplexty”" in page.inner_text(".lost")
    assert "perplexity" in page.inner_text("ul.search > li >> nth=0")


def test_a_word_like_no_other_is_named_and_the_way_on_is_shown(tab):
    page = tab("qwxzjk")
    assert "“qwxzjk”" in page.inner_text(".search-page")
    assert page.locator("ul.search > li").count() == 0
    assert page.locator(".search-page a[href*=glossary]").is_visible()


def test_what_is_typed_is_text_and_no_markup(tab):
    page = tab("<img src=x onerror=alert(1)> entropy")
    assert page.locator(".search-page img").count() == 0
    assert page.locator("ul.search > li").count() > 0


def test_the_search_page_is_light_and_no_other_page_loads_the_index(site, chromium, site_url):
    context = chromium.new_context(viewport=WIDE)
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{site_url}/search.html?q=entropy", wait_until="networkidle")
    page.wait_for_selector("ul.search > li")
    bodies = {answer.url: answer.body() for answer in answers}
    context.close()
    sizes = {url: min(len(body), len(gzip.compress(body, 9))) for url, body in bodies.items()}
    assert any("search-index.js" in url for url in sizes)
    assert sum(sizes.values()) < HEAVIEST, sizes
    for name in EVERYWHERE:
        loads = "search-index.js" in (site / name).read_text("utf-8")
        assert loads == (name == "search.html")

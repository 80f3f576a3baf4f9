"""The page of questions: each entry of each chapter is there, with the way to its section."""

import pytest

from manuscript.pages import Page, pages
from tests.theme.test_front import STORED, address
from tests.theme.test_site import CHAPTERS, parsed
from theme.made_here import MADE_HERE

PAGE = "book/what-people-ask.html"


def plain(text):
    return " ".join(text.replace("`", "").split())


@pytest.fixture(scope="module")
def asked(site):
    return parsed(site / PAGE)


def sections(asked, name):
    """Return the questions of a chapter as the page has them."""
    stem = STORED[name].path.stem
    return asked.select(f"#asked-{stem} section.asked-here")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_entry_of_a_chapter_is_on_the_page_in_all_its_wordings(asked, name):
    found = sections(asked, name)
    assert len(found) == len(STORED[name].questions) > 0
    for section, question in zip(found, STORED[name].questions, strict=True):
        first, *others = question.wordings
        assert plain(section.h3.text).startswith(plain(first))
        for other in others:
            assert plain(other) in plain(section.select_one(".also").text)


def test_the_list_at_the_top_leads_to_every_question(asked):
    links = [link["href"] for link in asked.select(".asked-list a")]
    assert links == [f"#{section['id']}" for section in asked.select("section.asked-here")]


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_link_leads_to_the_section_in_which_the_entry_stands(site, asked, name):
    for section, question in zip(sections(asked, name), STORED[name].questions, strict=True):
        target, fragment = address(section.select_one(".more a"), PAGE)
        assert target == name
        place = parsed(site / name).find(id=fragment)
        heading = place.find(["h2", "h3"]).text
        words = plain(section.select_one(".more a").text)
        assert heading.startswith(words) and len(words) > 3
        entries = place.select(":scope > details.asked > summary")
        assert " ".join(question.wordings).replace("`", "") in [plain(e.text) for e in entries]


def test_in_the_chapter_an_entry_is_folded_so_that_no_guess_is_given_away(site):
    for name in CHAPTERS:
        for entry in parsed(site / name).select(".asked"):
            assert entry.name == "details" and not entry.has_attr("open")


def test_what_jupyterlab_shows_instead_is_not_on_the_site(site):
    for path in pages():
        page = Page.read(path)
        for block in page.directives:
            if MADE_HERE in block.classes:
                name = path.with_suffix(".html").name
                text = " ".join(parsed(site / "book" / name).main.text.split())
                assert "JupyterLab" not in block.body or block.body.split("\n")[0] not in text
                index = (site / "search-index.js").read_text("utf-8")
                assert block.body.split("\n")[0] not in index

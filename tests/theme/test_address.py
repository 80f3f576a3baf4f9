"""One setting, the repository's address, switches on all that needs one: theme/address.py."""

import re
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from tests.theme.small_book import build, contents, lay_out, write_notebook
from theme.address import links, pages_url

REPOSITORY = "https://github.com/someone/some-book"
SITE = "https://someone.github.io/some-book/"
PAGES = ("book/index", "book/chapter")
HOW_TO_USE = "book/how-to-use"


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        (REPOSITORY, SITE),
        ("https://github.com/Someone/Some-Book", "https://someone.github.io/Some-Book/"),
        ("https://github.com/someone/someone.github.io", "https://someone.github.io/"),
        ("https://git.example.org/someone/some-book", ""),
        ("", ""),
    ],
)
def test_the_address_of_the_site_follows_from_that_of_the_repository(repository, address):
    assert pages_url(repository) == address


def test_only_a_notebook_on_github_runs_on_binder_and_colab():
    assert set(links(REPOSITORY, "book/a.ipynb")) == {"source", "binder", "colab"}
    assert set(links(REPOSITORY, "book/a.md")) == {"source"}
    assert set(links("https://git.example.org/a/b", "book/a.ipynb")) == {"source"}
    assert links("", "book/a.ipynb") == {}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return the folder of a book of two pages with our settings and theme."""
    folder = tmp_path_factory.mktemp("book")
    lay_out(folder)
    (folder / "book" / "how-to-use.md").write_text(
        "(run-locally)=\n# How to use\n\n## Report a mistake\n\nHere.\n\n"
        ":::{admonition} Where it is\n:class: made-here get-it\n\nIn JupyterLab.\n:::\n"
    )
    for page in PAGES:
        write_notebook(folder / f"{page}.ipynb", f"{page} & more\n\nWhat is {page}?", "1 + 1")
    contents(folder, "chapter", "how-to-use")
    return folder


def pages_of(book, **environment):
    """Build the book; return its folder and its parsed pages."""
    run = build(book, **{"GITHUB_REPOSITORY": "", "GITHUB_SERVER_URL": "", **environment})
    site = book / "_build" / "html"
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return site, {
        name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for name in (*PAGES, HOW_TO_USE, "404", "search", "index")
    }


def links_named(page, *words):
    return [link["href"] for link in page.select("a") if link.get_text() in words]


def test_with_the_address_a_page_says_where_it_is_and_where_its_source_is(book):
    site, pages = pages_of(
        book, GITHUB_REPOSITORY="someone/some-book", GITHUB_SERVER_URL="https://github.com"
    )
    for name in PAGES:
        page = pages[name]
        assert page.select_one("link[rel=canonical]")["href"] == f"{SITE}{name}.html"
        assert page.select_one("meta[property='og:url']")["content"] == f"{SITE}{name}.html"
        image = page.select_one("meta[property='og:image']")["content"]
        assert image.startswith(f"{SITE}_static/social.png")
        assert links_named(page, "Source") == [f"{REPOSITORY}/blob/HEAD/{name}.ipynb"]
        (report,) = links_named(page, "Report a mistake")
        assert report.startswith(f"{REPOSITORY}/issues/new?")
        (binder,) = links_named(page, "Binder")
        assert binder.startswith("https://mybinder.org/v2/gh/someone/some-book/HEAD?")
        (colab,) = links_named(page, "Colab")
        assert page.select_one(f"{colab} a")["href"].endswith(f"/blob/HEAD/{name}.ipynb")
        assert page.select_one(f"{colab} pre").text == f"%pip install git+{REPOSITORY}"
    how_to_use = pages[HOW_TO_USE]
    assert how_to_use.select_one("pre").text.strip() == f"git clone {REPOSITORY}"
    assert how_to_use.select(f"a[href='{REPOSITORY}/archive/HEAD.zip']")
    assert "url     = {" + SITE in pages[PAGES[0]].select_one("#cite pre").text
    found = ElementTree.parse(site / "sitemap.xml").iter()
    addresses = [e.text for e in found if (e.text or "").strip()]
    assert set(addresses) == {f"{SITE}{name}.html" for name in (*PAGES, "book/how-to-use")}
    assert pages["404"].select_one("base")["href"] == SITE
    for name in ("404", "search"):
        assert not pages[name].select("link[rel=canonical], meta[property='og:url']")
    door = pages["index"]
    assert door.select_one("link[rel=canonical]")["href"] == f"{SITE}book/index.html"
    assert door.select_one("meta[property='og:image']")["content"].startswith(SITE)


def test_without_it_nothing_of_that_is_there_and_nothing_dangles(book):
    site, pages = pages_of(book)
    assert not (site / "sitemap.xml").exists()
    for name, page in pages.items():
        assert not page.select("link[rel=canonical], meta[property='og:url']"), name
        assert not links_named(page, "Source", "Binder", "Colab"), name
        for link in page.select("a[href]"):
            assert not re.search(r"github|binder|colab|None", link["href"]), name
        for link in page.select("a[href^='#']:not([href='#'])"):
            assert page.select(link["href"]), f"{name}: {link}"
    for name in PAGES:
        (report,) = links_named(pages[name], "Report a mistake")
        assert report == "how-to-use.html#report-a-mistake"
        assert "url" not in pages[name].select_one("#cite pre").text
    text = pages[HOW_TO_USE].select_one("article").text
    assert "Ask whoever gave it to you" in text and "git clone" not in text


def test_an_address_in_the_settings_does_what_that_of_the_builder_does(book):
    config = book / "_config.yml"
    before = config.read_text("utf-8")
    option = f"html_theme_options: {{repository_url: '{REPOSITORY}/'}}"
    config.write_text(before.replace("html_theme_options: {}", option), "utf-8")
    _, pages = pages_of(book)
    config.write_text(before, "utf-8")
    assert pages[PAGES[0]].select_one("link[rel=canonical]")["href"] == f"{SITE}{PAGES[0]}.html"


def test_the_door_of_the_site_says_what_it_leads_to(book):
    _, pages = pages_of(book)
    door = pages["index"]
    assert door.select_one("meta[name=description]")["content"]
    assert door.select_one("meta[http-equiv=refresh]")["content"] == "0; url=book/index.html"
    assert door.a["href"] == "book/index.html"

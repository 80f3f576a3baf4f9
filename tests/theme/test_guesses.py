"""Where the text asks for a number first, one can be entered: the page says how far off it was."""

import math
import re

import pytest

from manuscript.guesses import guesses
from manuscript.pages import ROOT, Page
from tests.theme.small_book import build, contents, html_of, lay_out, write_notebook
from tests.theme.test_site import CHAPTERS, PHONE, WIDE, parsed, told

IMPORT = "import('/_static/guess.mjs').then((m) => given.map((one) => m.%s(...[one].flat())))"
TYPED = {
    "1.75": 1.75, " 1,75 ": 1.75, ".5": 0.5, "½": 0.5, "1/3": 1 / 3, "−2": -2, "12 %": 12,
    "12%": 12, "10,000": 10_000, "1,234.5": 1234.5, "3 bits": 3, "≈ 4 nats.": 4, "1e-3": 1e-3,
    "+7": 7, "": None, "half": None, "1/0": None, "1/2/3": None, "1.2.3": None, "--1": None,
    "<b>1</b>": None, "Infinity": None, "0x10": None, "1e999": None, "١": None,
}  # fmt: skip
# guess, number, unit: what the page says
VERDICTS = [
    ((1.5, "1.7540", "bits"), "too low by 0.254 bits, a factor of 1.17"),
    ((2, "1.7540", "bits"), "too high by 0.246 bits, a factor of 1.14"),
    ((5000, "176", "bits"), "too high by 4,820 bits, a factor of 28.4"),
    ((6, "5", "digits"), "too high by 1 digit, a factor of 1.2"),
    ((50, "12.6", "%"), "too high by 37.4 percentage points, a factor of 3.97"),
    ((0, "12.6", "%"), "too low by 12.6 percentage points"),
    ((-1, "0.4250", ""), "too low by 1.43"),
    ((96.2, "96.3", "%"), "too low by 0.1 percentage points"),
    ((1000, "1,250", "bits"), "too low by 250 bits, a factor of 1.25"),
]


def asked_in(name):
    return guesses(Page.read((ROOT / name).with_suffix(".ipynb")).markdown)


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_page_asks_for_what_the_chapter_asks_for(site, name):
    page = parsed(site / name)
    forms = page.select("form.guess")
    assert forms
    for form, guess in zip(forms, asked_in(name), strict=True):
        assert (form["data-number"], form["data-unit"]) == (guess.number, guess.unit)
        label = " ".join(form.label.get_text().split())
        what = f" for {guess.what}" if guess.what else ""
        assert label == f"Your guess{what} {guess.unit}".strip()
        above = form.find_previous("p", role=None)
        assert re.search(r"\bguess", above.get_text(), re.I)
        (answer,) = page.select(form.a["href"])
        assert guess.number in answer.get_text()
    assert "% guess" not in page.get_text()


def test_a_number_is_read_as_it_is_typed_and_nothing_else_is_one(open_page):
    page = open_page(CHAPTERS[0])
    script = "(given) => " + IMPORT % "typed"
    for text, value in zip(TYPED, page.evaluate(script, list(TYPED)), strict=True):
        assert (None if math.isnan(value) else value) == TYPED[text], text


def test_the_page_says_the_difference_and_the_factor(open_page):
    page = open_page(CHAPTERS[0])
    script = "(given) => " + IMPORT % "verdict"
    said = page.evaluate(script, [list(given) for given, _ in VERDICTS])
    for ((_, number, unit), wanted), text in zip(VERDICTS, said, strict=True):
        answer = f"It is {number} {unit}".strip()
        assert text == f"{answer}. Your guess is {wanted}."
    (exact,) = page.evaluate(script, [[5, "5", "digits"]])
    assert exact == "It is 5 digits, as you say."


@pytest.mark.parametrize(
    ("name", "viewport"),
    [(name, (WIDE, PHONE)[i % 2]) for i, name in enumerate(CHAPTERS)],
    ids=told,
)
def test_a_guess_is_entered_by_key_and_leads_to_the_answer(open_page, name, viewport):
    page = open_page(name, viewport)
    asked = []
    page.evaluate("window.stays = true")
    page.on("request", lambda request: asked.append(request.url))
    for form in page.locator("form.guess").all():
        field, status = form.get_by_role("textbox"), form.get_by_role("status")
        assert not form.get_by_role("link").is_visible()
        for wrong in ("", "many", "<img src=x>"):
            field.fill(wrong)
            field.press("Enter")
            assert status.inner_text().startswith("That is no number.")
            assert field.get_attribute("aria-invalid") == "true"
        field.fill("0.5")
        form.get_by_role("button").click()
        assert re.fullmatch(r"It is .*\. Your guess is too (low|high) by .*\.", status.inner_text())
        assert field.get_attribute("aria-invalid") == "false"
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        form.get_by_role("link").press("Enter")
        answer = page.locator(form.get_by_role("link").get_attribute("href"))
        top = answer.evaluate("(cell) => cell.getBoundingClientRect().top")
        assert 0 <= top < 200
    own = re.compile(r"/_(images|static)/[\w./-]+(\?v=\w+)?$")  # pictures that were out of sight
    assert not [url for url in asked if not own.search(url)]
    assert page.evaluate("window.stays"), "the page has come anew"
    assert page.evaluate("Object.keys(localStorage)") == []


def test_without_a_script_and_on_paper_there_is_the_plain_question(open_page):
    for script in (True, False):
        page = open_page(CHAPTERS[0], java_script_enabled=script)
        assert page.locator(".guess").first.is_visible() == script
        page.emulate_media(media="print")
        assert not page.locator(".guess").first.is_visible()


def test_a_guess_whose_cell_is_not_there_fails_the_build(tmp_path):
    lay_out(tmp_path)
    for name, cell in (("index", 1), ("wrong", 7)):
        question = f"A title\n\nGuess how much.\n\n% guess: 42 bits from cell-{cell}"
        write_notebook(tmp_path / "book" / f"{name}.ipynb", question, "print('42 bits')")
    contents(tmp_path, "wrong")
    run = build(tmp_path, "-W", "--keep-going")
    assert run.returncode != 0
    assert "no cell of this page is named in '% guess: 42 bits from cell-7'" in run.stderr
    assert 'data-number="42" data-unit="bits"' in html_of(tmp_path, "index")
    assert 'href="#answer-cell-1"' in html_of(tmp_path, "index")
    assert 'class="guess"' not in html_of(tmp_path, "wrong")

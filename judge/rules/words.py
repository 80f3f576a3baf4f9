"""Words: how many, which, and what JupyterLab shows of them."""

import re
from collections.abc import Iterator

from judge.rules import CHAPTER, NOTEBOOK, PAGE, rule
from manuscript.pages import LINK, MATH, ROLE, Page, is_asked, plain_prose, without_code

WORDS, MOST_WORDS = range(2_000, 4_001), 4_300  # the latter only where the notebook asks for it
HYPE = {
    *("amazing", "awesome", "cutting-edge", "delve", "game-changing", "groundbreaking"),
    *("incredibly", "mind-blowing", "obviously", "powerful", "revolutionary", "seamless"),
    *("supercharge", "trivially", "unleash"),
}
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u2604\u2607-\u26ff\u2728\u2b50\ufe0f]")
# JupyterLab shows these raw, clipped or as "not found"; the theme's pages don't.
RAW_IN_LAB = {
    "margin": r"^\s*[:`]{3,}\{margin\}",
    "sidebar": r"^\s*[:`]{3,}\{sidebar\}",
    "only, raw or eval-rst": r"^\s*[:`]{3,}\{(?:only|raw|eval-rst)\}",
    "cite": r"\{cite[\w:]*\}`",
    "substitution": r"\{\{.*?\}\}",
    "attributes": r"\]\{[.#]\w",
    "macro definition": r"\\(?:re)?newcommand|\\def\\",
    "link without text": r"(?<!!)\[\]\([^#)]",
}


@rule(CHAPTER)
def is_of_the_right_length(page: Page) -> Iterator[str]:
    words = _count(page.prose) - sum(map(_count, _entries(page)))
    most = page.said.get("words", WORDS.stop - 1)
    if most > MOST_WORDS:
        yield f"it asks for {most} words; no chapter has more than {MOST_WORDS}"
    if not WORDS.start <= words <= most:
        yield f"it has {words} words; {WORDS.start} to {most} are wanted"


def _count(prose: str) -> int:
    return len(re.findall(r"[A-Za-z][\w’'-]*", MATH.sub(" ", prose)))


def _entries(page: Page) -> Iterator[str]:
    """Yield the entries of the page of questions, which no reader of the chapter has to open."""
    for entry in filter(is_asked, page.directives):
        yield plain_prose(f"{entry.argument}\n{entry.body}")


@rule(CHAPTER)
def links_to_the_glossary(page: Page) -> Iterator[str]:
    if "term" not in [role["role"] for role in ROLE.finditer(page.markdown)]:
        yield "no term links to the glossary with {term}`…`"


@rule(PAGE)
def has_no_hype_and_no_emoji(page: Page) -> Iterator[str]:
    hype = sorted(HYPE.intersection(re.findall(r"[a-z-]+", page.prose.lower())))
    if hype:
        yield f"it says {hype}"
    if emoji := EMOJI.search(page.markdown):
        yield f"it shows the emoji {emoji[0]}"


@rule(NOTEBOOK)
def nothing_is_raw_in_jupyterlab(page: Page) -> Iterator[str]:
    for cell in page.notebook.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"(?<!\})(`+)(?!\{).*?\1", "", without_code(cell.source))
            for what, pattern in RAW_IN_LAB.items():
                if re.search(pattern, text, re.M):
                    yield f"cell {cell.id}: {what} is not rendered in JupyterLab"


@rule(PAGE)
def pictures_have_alt_texts(page: Page) -> Iterator[str]:
    for link in LINK.finditer(page.markdown):
        if link["image"] and len(link["text"].split()) < 3:
            yield f"the picture {link['target']} has no alt text"
    for figure in page.directives:
        if figure.name in ("figure", "image") and len(figure.options.get("alt", "").split()) < 3:
            yield f"the picture {figure.argument} has no alt text"

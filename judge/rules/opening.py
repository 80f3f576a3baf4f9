"""How a chapter begins: title, question, goals, set-up cell."""

import re
from collections.abc import Iterator

from judge.rules import CHAPTER, rule
from manuscript.pages import HEADING, Page


@rule(CHAPTER)
def opens_with_a_question(page: Page) -> Iterator[str]:
    title = HEADING.search(page.markdown)
    if not title or title.start() != 0 or title[1] != "#":
        yield "the first line is not a title"
    opening = re.split(r"after this chapter", page.prose, flags=re.I)[0]
    if "?" not in opening:
        yield "no question stands before the goals"


@rule(CHAPTER)
def names_three_to_five_goals(page: Page) -> Iterator[str]:
    match = re.search(
        r"After this chapter you can[^\n]*\n+((?:[-*\d][^\n]*\n|[ ]+\S[^\n]*\n)*)",
        page.markdown + "\n",
    )
    goals = re.findall(r"^(?:[-*]|\d+\.)\s+(\S+)", match[1], re.M) if match else []
    if not 3 <= len(goals) <= 5:
        yield f'"After this chapter you can" is followed by {len(goals)} goals, not by 3 to 5'
    vague = {"understand", "know", "learn", "appreciate"}.intersection(
        goal.lower() for goal in goals
    )
    if vague:
        yield f"a goal says {sorted(vague)}; say what the reader can do"


@rule(CHAPTER)
def has_one_setup_cell(page: Page) -> Iterator[str]:
    styled = [c for c in page.code if "use_book_style()" in c.source]
    generators = [c for c in page.code for _ in re.findall(r"default_rng\(", c.source)]
    if styled != page.code[:1]:
        yield "use_book_style() belongs in the first code cell, and only there"
    if generators != page.code[:1]:
        places = len(generators)
        yield f"default_rng stands in {places} places; it belongs in the first code cell, once"
    if re.search(
        r"np\.random\.(?!default_rng|Generator)\w+", "\n".join(c.source for c in page.code)
    ):
        yield "np.random.… draws from a hidden global state; pass rng"

"""What the front page and the page of questions take from a chapter: it brings its own."""

import re
from collections.abc import Iterator

from judge.rules import CHAPTER, NOTEBOOK, rule
from manuscript.pages import ASKED, Page, plain_prose

MOST_WORDS = {"about": 25, "answer": 60}
SENTENCE = re.compile(r"(?<=[.?!])[”)]?\s+(?=[A-Z(“\"$])")


@rule(CHAPTER)
def says_what_it_is_about(page: Page) -> Iterator[str]:
    if not page.about:
        yield 'its metadata has no {"book": {"about": "…"}}, the sentence on its card'
    elif not page.about.endswith(".") or len(SENTENCE.split(page.about)) > 1:
        yield f'"{page.about}" is not one sentence'
    elif len(page.about.split()) > MOST_WORDS["about"]:
        yield f'"{page.about}" has more than {MOST_WORDS["about"]} words'


@rule(CHAPTER)
def says_what_it_needs(page: Page) -> Iterator[str]:
    if "needs" not in page.said:
        yield (
            'its metadata has no {"book": {"needs": […]}}, the names of the chapters that it '
            "builds on; [] for none"
        )


@rule(CHAPTER)
def answers_a_question_that_people_ask(page: Page) -> Iterator[str]:
    if not page.questions:
        yield "it has no entry for the page of questions: an {admonition} with :class: asked"


@rule(NOTEBOOK)
def questions_have_their_form(page: Page) -> Iterator[str]:
    for question in page.questions:
        first = question.wordings[0]
        for wording in question.wordings:
            if not wording.endswith("?") or SENTENCE.search(wording):
                yield f'"{wording}" is not one question that ends with "?"'
        if question.heading is None:
            yield f'"{first}" does not stand right below the heading of the section that answers it'
        answer = " ".join(plain_prose(question.answer).split())
        if len(SENTENCE.split(answer)) != 2 or not answer.endswith("."):
            yield f'the answer to "{first}" is not of two sentences'
        if len(answer.split()) > MOST_WORDS["answer"]:
            yield f'the answer to "{first}" has more than {MOST_WORDS["answer"]} words'
    for entry in page.directives:
        if ASKED in entry.classes and not entry.folded:
            yield f'"{entry.argument}" lacks the class "dropdown": an answer is not given away'

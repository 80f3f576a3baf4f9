"""The end of a chapter: sections, exercises, questions; statements and their proofs."""

import re
from collections.abc import Iterator

from judge.rules import CHAPTER, rule
from manuscript.pages import LINK, ROLE, Page, directives, hidden


@rule(CHAPTER)
def has_the_closing_sections(page: Page) -> Iterator[str]:
    for title in ("Where this misleads", "Exercises", "Check yourself", "What to read"):
        if not (page.section(title) or "").strip():
            yield f'there is no section "{title}", or it is empty'
    reading = page.section("What to read") or ""
    if not LINK.search(reading) and not ROLE.search(reading):
        yield '"What to read" links to nothing'


@rule(CHAPTER)
def has_five_exercises_with_solutions(page: Page) -> Iterator[str]:
    exercises = [d for d in page.directives if d.name in ("exercise", "exercise-start")]
    solutions = {d.argument: d for d in page.directives if d.name in ("solution", "solution-start")}
    if len(exercises) < 5:
        yield f"there are {len(exercises)} exercises; 5 are wanted"
    levels = set()
    for exercise in exercises:
        label = exercise.options.get("label", "")
        stars = re.search(r"★+", exercise.argument)
        levels.add(len(stars[0]) if stars else 0)
        if not re.fullmatch(r"ex-[a-z0-9-]+", label):
            yield f'exercise "{exercise.argument}" has no label "ex-…"'
        elif label not in solutions or not solutions[label].folded:
            yield f"{label} has no solution with :class: dropdown"
    if not levels <= {1, 2, 3}:
        yield "an exercise has no level ★, ★★ or ★★★ in its title"
    elif len(levels) < 2:
        yield "all exercises have the same level"


@rule(CHAPTER)
def two_exercises_check_themselves(page: Page) -> Iterator[str]:
    asked: set[str] = set()
    answered: set[str] = set()
    for written, ran in zip(page.code, page.results, strict=True):
        names = set(re.findall(r"\bcheck\.(\w+)\(", written.source))
        (answered if hidden(written) else asked).update(names)
        if names and hidden(written) and page.executed and "✓" not in str(ran.outputs):
            yield f"the solution in cell {written.id} does not pass its check"
    if len(asked) < 2:
        yield f"{len(asked)} exercises check themselves; 2 are wanted"
    for name in sorted(asked - answered):
        yield f"no folded solution calls check.{name}"


@rule(CHAPTER)
def asks_three_questions_with_three_choices(page: Page) -> Iterator[str]:
    blocks = directives(page.section("Check yourself") or "")
    questions = [
        block
        for block in blocks
        if any(d.folded for d in directives(block.body)) and not block.folded
    ]
    if len(questions) != 3:
        yield f'"Check yourself" asks {len(questions)} questions; 3 are wanted'
    for question in questions:
        choices = [block for block in directives(question.body) if block.folded]
        right = [
            choice for choice in choices if re.match(r"\W*(?:Yes|Right|Correct)\b", choice.body)
        ]
        if len(choices) != 3 or len(right) != 1:
            yield f'"{question.argument}" has {len(choices)} choices, {len(right)} of them right'
        short = [choice.argument for choice in choices if len(choice.body.split()) < 5]
        if short:
            yield f"a choice says no reason: {short}"


@rule(CHAPTER)
def definitions_and_theorems_are_directives(page: Page) -> Iterator[str]:
    names = [directive.name for directive in page.directives]
    for wanted in ("prf:definition", "prf:theorem"):
        if wanted not in names:
            yield f"there is no {wanted}"
    for directive in page.directives:
        is_statement = directive.name.startswith("prf:") and directive.name != "prf:proof"
        if is_statement and "label" not in directive.options:
            yield f'{directive.name} "{directive.argument}" has no label'


@rule(CHAPTER)
def theorems_are_proved(page: Page) -> Iterator[str]:
    parts = re.split(
        r"^\s*[`:]{3,}\{prf:(theorem|lemma|corollary|proposition)\}", page.markdown, flags=re.M
    )
    for kind, rest in zip(parts[1::2], parts[2::2], strict=True):
        linked = any(re.search(r"\bpro(?:of|ved?)\b", s) and _links(s) for s in rest.splitlines())
        if "{prf:proof}" not in rest and not linked:
            yield f"{kind} {rest.splitlines()[0].strip()!r} has no proof and no link to one"


def _links(text: str) -> bool:
    return bool(LINK.search(text) or ROLE.search(text))

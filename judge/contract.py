"""The contract of a chapter, as far as a machine can judge it.

    python -m judge.contract book/entropy.ipynb    run a notebook and print what breaks the contract

Each rule takes a page (manuscript.pages.Page, with the outputs of a run) and yields a sentence for
each breach. `CHAPTER` holds for chapters, `NOTEBOOK` for every notebook, `PAGE` for every page. A
notebook is a chapter unless its metadata says {"book": {"kind": "page"}}.
"""

import ast
import re
import sys
from pathlib import Path
from statistics import median

from judge import stored_outputs
from judge.numbers_in_prose import stale_declarations, unsupported
from manuscript.pages import (
    CHAOTIC,
    HEADING,
    LINK,
    MATH,
    ROLE,
    ROOT,
    Page,
    code_lines,
    directives,
    figure_of,
    hidden,
    pages,
    tags,
)
from runner.pool import run_stale
from runner.runs import Runs
from studies import record

MEDIAN_LINES, MOST_LINES, INTERACT_LINES = 5, 25, 8
WORDS, MOST_WORDS = range(2_000, 4_001), 4_300  # the latter only where the notebook asks for it
STORED_BYTES, TEXT_BYTES, PICTURE_BYTES = 2_000, 10_000, 300_000
SENTENCE_WORDS = 8
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
OWN_RUN = re.compile(r"\b(?:this|your) machine\b", re.I)
STUDY = re.compile(r"data/[\w.-]+\.npz")


CHAPTER, NOTEBOOK, PAGE = [], [], []


def rule(group):
    """Return a decorator that adds a rule to `group`."""

    def add(function):
        group.append(function)
        return function

    return add


# How a chapter begins


@rule(CHAPTER)
def opens_with_a_question(page):
    title = HEADING.search(page.markdown)
    if not title or title.start() != 0 or title[1] != "#":
        yield "the first line is not a title"
    opening = re.split(r"after this chapter", page.prose, flags=re.I)[0]
    if "?" not in opening:
        yield "no question stands before the goals"


@rule(CHAPTER)
def names_three_to_five_goals(page):
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
def has_one_setup_cell(page):
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


# Code


@rule(CHAPTER)
def cells_are_short(page):
    lengths = [len(code_lines(cell)) for cell in page.visible_code]
    if not lengths:
        yield "there is no visible code cell"
    elif median(lengths) > MEDIAN_LINES:
        yield f"the median visible cell has {median(lengths)} lines; {MEDIAN_LINES} is the limit"
    for cell, length in zip(page.visible_code, lengths, strict=True):
        if length > MOST_LINES:
            yield f"cell {cell.id} has {length} lines; {MOST_LINES} is the limit"


@rule(CHAPTER)
def asserts_that_the_formula_equals_lib(page):
    imported = set()
    asserted = []
    for tree in map(_tree, page.visible_code):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "lib":
                imported |= {alias.asname or alias.name for alias in node.names}
            if isinstance(node, ast.Assert):
                asserted += [name.id for name in ast.walk(node) if isinstance(name, ast.Name)]
    if not imported.intersection(asserted):
        yield "no visible cell asserts that a formula equals a function of lib"


@rule(NOTEBOOK)
def sentences_stay_in_markdown(page):
    for cell in page.code:
        for text in _strings(_tree(cell)):
            if len(re.findall(r"[A-Za-z]{2,}", text)) >= SENTENCE_WORDS:
                yield f"cell {cell.id} holds a sentence in a string: {text[:60]!r}"


@rule(NOTEBOOK)
def folded_code_is_folded_in_lab_too(page):
    for cell in page.code:
        folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if hidden(cell) != folded:
            yield f"cell {cell.id}: a tag hide-… or remove-… and jupyter.source_hidden go together"


@rule(NOTEBOOK)
def runs_without_an_error_or_warning(page):
    for cell in page.results:
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {cell.id} fails with {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                yield f"cell {cell.id} writes to stderr: {output.text.strip()[:200]}"


def _tree(cell):
    source = "\n".join(
        "pass" if s.lstrip().startswith(("%", "!")) else s for s in cell.source.splitlines()
    )
    return ast.parse(source)


def _strings(tree):
    """Return the strings of the code; an f-string is one, docstrings and prompts are none."""
    nodes = list(ast.walk(tree))
    bare = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    bare |= {id(n.value) for n in nodes if isinstance(n, ast.keyword) and n.arg == "prompt"}
    joined = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    inner = {id(part) for node in joined for part in node.values}
    texts = [
        " ".join(str(p.value) for p in j.values if isinstance(p, ast.Constant)) for j in joined
    ]
    for node in nodes:
        if isinstance(node, ast.Constant) and id(node) not in bare | inner:
            texts += [node.value] if isinstance(node.value, str) else []
    return texts


# Numbers and outputs


@rule(NOTEBOOK)
def numbers_in_the_prose_are_computed(page):
    for claim in unsupported(page.texts, page.results):
        yield f'"{claim.text} {claim.unit}" stands in the prose; no output or assert says so'
    for number in (n for text in page.texts for n in stale_declarations(text)):
        yield f'"% given: {number}" declares a number that its cell does not state with a unit'


@rule(NOTEBOOK)
def chaotic_outputs_are_not_compared(page):
    for cell in _chaotic(page):
        if stored_outputs.COMPARED in tags(cell):
            yield f"cell {cell.id} is tagged {CHAOTIC} and {stored_outputs.COMPARED}; drop one"


@rule(NOTEBOOK)
def chaotic_runs_are_called_this_machines_own(page):
    for cell in _chaotic(page):
        if not any(OWN_RUN.search(text) for text in _texts_beside(page, cell)):
            yield (
                f"cell {cell.id} is tagged {CHAOTIC}; the text just before or after it does not "
                'say that this run is "this machine\'s" own'
            )


@rule(NOTEBOOK)
def chaotic_notebooks_read_a_stored_study(page):
    if not _chaotic(page):
        return
    names = sorted({name for cell in page.code for name in STUDY.findall(cell.source)})
    found = {name: _faults_of_study(page.path.parent / name) for name in names}
    if not names:
        yield f"a cell is tagged {CHAOTIC}, and no cell reads a study, data/NAME.npz"
    elif all(found.values()):
        yield from (f"{name} {fault}" for name, faults in found.items() for fault in faults)


def _chaotic(page):
    return [cell for cell in page.code if CHAOTIC in tags(cell)]


def _texts_beside(page, cell):
    """Return the Markdown cells above and below `cell`, past other chaotic cells."""
    cells = page.notebook.cells
    here = next(number for number, other in enumerate(cells) if other is cell)
    for way in (cells[here - 1 :: -1] if here else [], cells[here + 1 :]):
        first = next((other for other in way if CHAOTIC not in tags(other)), None)
        if first is not None and first.cell_type == "markdown":
            yield first.source


def _faults_of_study(path):
    return list(record.lacking(record.read(path)[1])) if path.exists() else ["is not there"]


@rule(NOTEBOOK)
def outputs_are_stored_where_nbval_compares(page):
    if page.path.exists():
        yield from stored_outputs.problems(page.path)


@rule(CHAPTER)
def stores_a_result(page):
    if not any(stored_outputs.COMPARED in tags(cell) for cell in page.code):
        yield f"no cell is tagged {stored_outputs.COMPARED}"


@rule(NOTEBOOK)
def outputs_are_small(page):
    for cell in page.code:
        if len(str(cell.outputs)) > STORED_BYTES:
            yield f"cell {cell.id} stores more than {STORED_BYTES} bytes"
    for cell in page.results:
        for mime, size in _sizes(cell):
            limit = PICTURE_BYTES if mime.startswith("image/") else TEXT_BYTES
            if size > limit and "html" not in mime:  # an explorer's stand-in carries its figure
                yield f"cell {cell.id} puts out {size} bytes of {mime}; {limit} is the limit"


def _sizes(cell):
    for output in cell.outputs:
        if output.output_type == "stream":
            yield "text/plain", len(output.text)
        for mime, content in output.get("data", {}).items():
            yield mime, len(str(content))


# Figures and explorers


@rule(NOTEBOOK)
def figures_have_words(page):
    for written, ran in zip(page.code, page.results, strict=True):
        if any(
            mime.startswith("image/") for output in ran.outputs for mime in output.get("data", {})
        ):
            yield from (
                f"cell {written.id} draws a figure and {what}" for what in _lacking(written)
            )


def _lacking(cell):
    figure = figure_of(cell)
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
    caption = figure.get("caption", "")
    if len(caption.split()) < 4:
        yield "has no caption in mystnb.figure.caption"
    if not figure.get("name", "").startswith("fig-"):
        yield 'has no name "fig-…" in mystnb.figure.name'
    if len(alt.split()) < 5:
        yield "has no alt text of five words or more in mystnb.image.alt"
    elif re.search(r"\.(?:png|svg|jpe?g)\b", alt) or alt.strip() == caption.strip():
        yield "has an alt text that is its file name or its caption"


@rule(CHAPTER)
def has_an_explorer_after_a_guess(page):
    imported = re.findall(
        r"^from explorers import (.+)$", "\n".join(c.source for c in page.code), re.M
    )
    names = [
        name.strip() for line in imported for name in line.strip("()").split(",") if name.strip()
    ]
    shown = [
        c for c in page.visible_code if any(re.search(rf"\b{name}\(", c.source) for name in names)
    ]
    if not shown:
        yield "no visible cell shows an explorer"
    for cell in shown[:1]:
        if not re.search(r"\bguess", _text_before(page, cell), re.I):
            yield f"the text before the explorer in cell {cell.id} asks for no guess"


def _text_before(page, cell):
    cells = page.notebook.cells
    earlier = cells[: next(n for n, other in enumerate(cells) if other is cell)]
    return "\n".join(c.source for c in earlier[-3:] if c.cell_type == "markdown")


@rule(CHAPTER)
def has_one_cell_to_make_yours(page):
    interactive = [
        c for c in page.visible_code if re.search(r"@?\binteract(?:ive)?\b\s*\(", c.source)
    ]
    if len(interactive) != 1:
        yield f"{len(interactive)} visible cells use interact; one is wanted"
    for cell in interactive:
        if len(code_lines(cell)) > INTERACT_LINES:
            yield f"the interact cell {cell.id} has more than {INTERACT_LINES} lines"


# The end of a chapter


@rule(CHAPTER)
def has_the_closing_sections(page):
    for title in ("Where this misleads", "Exercises", "Check yourself", "What to read"):
        if not (page.section(title) or "").strip():
            yield f'there is no section "{title}", or it is empty'
    reading = page.section("What to read") or ""
    if not LINK.search(reading) and not ROLE.search(reading):
        yield '"What to read" links to nothing'


@rule(CHAPTER)
def has_five_exercises_with_solutions(page):
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
def two_exercises_check_themselves(page):
    asked, answered = set(), set()
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
def asks_three_questions_with_three_choices(page):
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
def definitions_and_theorems_are_directives(page):
    names = [directive.name for directive in page.directives]
    for wanted in ("prf:definition", "prf:theorem"):
        if wanted not in names:
            yield f"there is no {wanted}"
    for directive in page.directives:
        is_statement = directive.name.startswith("prf:") and directive.name != "prf:proof"
        if is_statement and "label" not in directive.options:
            yield f'{directive.name} "{directive.argument}" has no label'


@rule(CHAPTER)
def theorems_are_proved(page):
    parts = re.split(
        r"^\s*[`:]{3,}\{prf:(theorem|lemma|corollary|proposition)\}", page.markdown, flags=re.M
    )
    for kind, rest in zip(parts[1::2], parts[2::2], strict=True):
        linked = any(re.search(r"\bpro(?:of|ved?)\b", s) and _links(s) for s in rest.splitlines())
        if "{prf:proof}" not in rest and not linked:
            yield f"{kind} {rest.splitlines()[0].strip()!r} has no proof and no link to one"


def _links(text):
    return LINK.search(text) or ROLE.search(text)


# Words


@rule(CHAPTER)
def is_of_the_right_length(page):
    words = len(re.findall(r"[A-Za-z][\w’'-]*", MATH.sub(" ", page.prose)))
    most = page.notebook.metadata.get("book", {}).get("words", WORDS.stop - 1)
    if most > MOST_WORDS:
        yield f"it asks for {most} words; no chapter has more than {MOST_WORDS}"
    if not WORDS.start <= words <= most:
        yield f"it has {words} words; {WORDS.start} to {most} are wanted"


@rule(CHAPTER)
def links_to_the_glossary(page):
    if "term" not in [role["role"] for role in ROLE.finditer(page.markdown)]:
        yield "no term links to the glossary with {term}`…`"


@rule(PAGE)
def has_no_hype_and_no_emoji(page):
    hype = sorted(HYPE.intersection(re.findall(r"[a-z-]+", page.prose.lower())))
    if hype:
        yield f"it says {hype}"
    if EMOJI.search(page.markdown):
        yield f"it shows the emoji {EMOJI.search(page.markdown)[0]}"


@rule(NOTEBOOK)
def nothing_is_raw_in_jupyterlab(page):
    for cell in page.notebook.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"(?<!\})(`+)(?!\{).*?\1", "", _without_code(cell.source))
            for what, pattern in RAW_IN_LAB.items():
                if re.search(pattern, text, re.M):
                    yield f"cell {cell.id}: {what} is not rendered in JupyterLab"


def _without_code(markdown):
    plain = [d for d in directives(markdown) if not d.name]
    for block in plain:
        markdown = markdown.replace("\n".join(block.lines), "")
    return markdown


@rule(PAGE)
def pictures_have_alt_texts(page):
    for link in LINK.finditer(page.markdown):
        if link["image"] and len(link["text"].split()) < 3:
            yield f"the picture {link['target']} has no alt text"
    for figure in page.directives:
        if figure.name in ("figure", "image") and len(figure.options.get("alt", "").split()) < 3:
            yield f"the picture {figure.argument} has no alt text"


# Between pages


def dead_links(book, more_labels=()):
    """Yield what the links and roles of `book` name and is not there.

    `book` is a list of pages; `more_labels` are those that the theme gives to the bibliography.
    """
    known = {page.path.resolve(): page for page in book}
    labels = {label for page in book for label in page.labels} | set(more_labels)
    terms = {term for page in book for term in _terms(page)}
    for page in book:
        for link in LINK.finditer(plain_links(page.markdown)):
            yield from _dead(page, link["target"], known, labels)
        for role in ROLE.finditer(page.markdown):
            target = (role["target"] or role["text"]).strip()
            if role["role"] in ("ref", "numref", "eq", "prf:ref") and target not in labels:
                yield f"{page.path.name}: {role['role']} names {target}, a label that no page has"
            if role["role"] == "term" and target.lower() not in terms:
                yield f"{page.path.name}: the glossary has no entry {target}"


def plain_links(markdown):
    """Return `markdown` without its code."""
    return re.sub(r"(?<!\})(`+)(?!\{).*?\1", "", _without_code(markdown))


def _dead(page, target, known, labels):
    name, _, anchor = target.partition("#")
    if re.match(r"[a-z]+:", target):
        return
    there = (page.path.parent / name).resolve() if name else page.path.resolve()
    if not there.exists():
        yield f"{page.path.name}: the link to {target} leads to no file"
    elif there.suffix in (".ipynb", ".md") and there not in known:
        yield f"{page.path.name}: {name} is not in _toc.yml"
    elif anchor and anchor not in known[there].anchors + (
        known[there].labels if name else sorted(labels)
    ):
        yield f"{page.path.name}: nothing is called #{anchor} in {there.name}"


def _terms(page):
    for glossary in (d for d in page.directives if d.name == "glossary"):
        entries = re.findall(r"^\S.*$", glossary.body, re.M)
        yield from (entry.split(" : ")[0].strip().lower() for entry in entries)


def unknown_citations(book, keys):
    """Yield the citations of `book` that are not among the `keys` of the bibliography."""
    for page in book:
        for role in ROLE.finditer(page.markdown):
            if role["role"].startswith("cite"):
                for key in (role["target"] or role["text"]).split(","):
                    if key.strip() not in keys:
                        yield f"{page.path.name}: references.bib has no {key.strip()}"


def shared_labels(book):
    """Yield the labels that more than one place of `book` carries."""
    seen = {}
    for page in book:
        for label in page.labels:
            if label in seen:
                yield f"{label} is a label in {seen[label]} and in {page.path.name}"
            seen[label] = page.path.name


def breaches(page, rules):
    """Return what `page` does against `rules`, one sentence each."""
    return [f"{rule.__name__}: {what}" for rule in rules for what in rule(page)]


def rules_for(page):
    """Return the rules that hold for `page`."""
    is_notebook = page.path.suffix == ".ipynb"
    return PAGE + (NOTEBOOK if is_notebook else []) + (CHAPTER if page.is_chapter else [])


def with_outputs(path):
    """Return the page at `path` with the outputs of its run, which may have stopped early."""
    return Page.read(path, Runs.of(ROOT).run_of(path).joined())


def main(arguments):
    """Print what breaks the contract on the pages named, or on all; return the exit code."""
    found = []
    paths = [Path(name).resolve() for name in arguments] or pages(ROOT)
    run_stale(Runs.of(ROOT), [path for path in paths if path.suffix == ".ipynb"])
    for path in paths:
        page = with_outputs(path) if path.suffix == ".ipynb" else Page.read(path)
        found += [f"{path.name}: {what}" for what in breaches(page, rules_for(page))]
    print("\n".join(found) or "The contract is kept.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What holds between the pages of the book: links, labels, terms, citations."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from manuscript.contents import needs_of
from manuscript.pages import LINK, REFERENCES, ROLE, Page, target_of, without_code


def dead_links(
    book: Sequence[Page], more_labels: Iterable[str] = (), taken_out: Sequence[Page] = ()
) -> Iterator[str]:
    """Yield what the links and roles of `book` name and is not there.

    `book` is a list of pages; `more_labels` are those that the theme gives to the bibliography. A
    link to a page that is `taken_out` of the contents is no fault: theme/contents.py makes it text.
    """
    away = {page.path.resolve() for page in taken_out}
    more_labels = {*more_labels, *(label for page in taken_out for label in page.labels)}
    known = {page.path.resolve(): page for page in book}
    labels = {label for page in book for label in page.labels} | more_labels
    terms = {term for page in book for term in _terms(page)}
    for page in book:
        for link in LINK.finditer(plain_links(page.markdown)):
            if _where(page, link["target"]) not in away:
                yield from _dead(page, link["target"], known, labels)
        for role in ROLE.finditer(page.markdown):
            target = target_of(role)
            if role["role"] in REFERENCES and target not in labels:
                yield f"{page.path.name}: {role['role']} names {target}, a label that no page has"
            if role["role"] == "term" and target.lower() not in terms:
                yield f"{page.path.name}: the glossary has no entry {target}"


def plain_links(markdown: str) -> str:
    """Return `markdown` without its code."""
    return re.sub(r"(?<!\})(`+)(?!\{).*?\1", "", without_code(markdown))


def _dead(page: Page, target: str, known: Mapping[Path, Page], labels: Set[str]) -> Iterator[str]:
    name, _, anchor = target.partition("#")
    if re.match(r"[a-z]+:", target):
        return
    there = _where(page, target)
    if not there.exists():
        yield f"{page.path.name}: the link to {target} leads to no file"
    elif there.suffix in (".ipynb", ".md") and there not in known:
        yield f"{page.path.name}: {name} is not in _toc.yml"
    elif anchor and anchor not in known[there].anchors + (
        known[there].labels if name else sorted(labels)
    ):
        yield f"{page.path.name}: nothing is called #{anchor} in {there.name}"


def _where(page: Page, target: str) -> Path:
    """Return the file to which a link leads."""
    name = target.partition("#")[0]
    return (page.path.parent / name).resolve() if name else page.path.resolve()


def _terms(page: Page) -> Iterator[str]:
    for glossary in (d for d in page.directives if d.name == "glossary"):
        entries = re.findall(r"^\S.*$", glossary.body, re.M)
        yield from (entry.split(" : ")[0].strip().lower() for entry in entries)


def unknown_citations(book: Iterable[Page], keys: Container[str]) -> Iterator[str]:
    """Yield the citations of `book` that are not among the `keys` of the bibliography."""
    for page in book:
        for role in ROLE.finditer(page.markdown):
            if role["role"].startswith("cite"):
                for key in target_of(role).split(","):
                    if key.strip() not in keys:
                        yield f"{page.path.name}: references.bib has no {key.strip()}"


def shared_labels(book: Iterable[Page]) -> Iterator[str]:
    """Yield the labels that more than one place of `book` carries."""
    seen: dict[str, str] = {}
    for page in book:
        for label in page.labels:
            if label in seen:
                yield f"{label} is a label in {seen[label]} and in {page.path.name}"
            seen[label] = page.path.name


def uncited_works(book: Iterable[Page], keys: Set[str]) -> Iterator[str]:
    """Yield the `keys` of the bibliography that no page of `book` cites."""
    cited = set()
    for page in book:
        for role in ROLE.finditer(page.markdown):
            if role["role"] == "ref" or role["role"].startswith("cite"):
                cited |= {key.strip() for key in target_of(role).split(",")}
    for key in sorted(keys - cited):
        yield f"references.bib: no page cites {key}"


def unused_terms(book: Sequence[Page]) -> Iterator[str]:
    """Yield the terms of the glossary to which no page of `book` links."""
    roles = [role for page in book for role in ROLE.finditer(page.markdown)]
    linked = {target_of(r).lower() for r in roles if r["role"] == "term"}
    for page in book:
        for term in _terms(page):
            if term not in linked:
                yield f"{page.path.name}: no page links to the term {term}"


def wrong_needs(book: Sequence[Page], taken_out: Sequence[Page] = ()) -> Iterator[str]:
    """Yield what chapters of `book` say that they need and can't, or need and don't say.

    A chapter needs chapters that stand before it. What it needs, it needs with all that this needs;
    and it needs the chapters to whose theorems it refers. In the place of a chapter that is
    `taken_out` it needs what that needs.
    """
    chapters = [page for page in book if page.is_chapter]
    home = {label: page.path.stem for page in chapters for label in page.labels}
    reached: dict[str, set[str]] = {}
    for page in chapters:
        name, needs = page.path.stem, needs_of(page, taken_out)
        for needed in needs:
            if needed not in reached:
                yield f"{page.path.name}: it needs {needed}, and no chapter before it is called so"
        reached[name] = {name}.union(*(reached.get(needed, set()) for needed in needs))
        for role in ROLE.finditer(page.markdown):
            target = target_of(role)
            there = home.get(target, name)
            if role["role"] == "prf:ref" and there not in reached[name]:
                yield f"{page.path.name}: it refers to {target} of {there} and does not need that"

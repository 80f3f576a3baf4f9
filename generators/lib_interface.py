"""Write the page "Interface of lib" from the docstrings of what lib and training make public.

    python -m generators.lib_interface    write book/lib-interface.md

Run it when a docstring of lib or training has changed, or what a chapter imports of them; a test
compares the page with what this would write. It refuses to write while a name lacks something that
a reader needs: `problems` says what.
"""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType

import lib
import training
from manuscript.pages import ROOT, Page, notebooks
from runner.depends import python_of

PAGE = ROOT / "book" / "lib-interface.md"
ROOMS = ("lib", "training")
Public = Callable[..., object]  # a function or a class

FIELDS = ("Shapes", "Unit", "Errors", "Source")

INDEX = re.compile(r"((?<![A-Za-z_])[A-Za-zΑ-Ωα-ω]|\)|max|min)_([A-Za-z0-9α-ω∞])(?![A-Za-z0-9_])")

HEAD = """\
# Interface of lib

% Written by generators/lib_interface.py from the docstrings; change these, then run it again

Everything public in `lib` and in `training`, with what goes in, what comes out, in which unit, and
what is refused. All work on NumPy arrays and need nothing else.

{rules}

```python
from lib import entropy, kl_divergence
from training import MLP, Adam
```

- {base}
- {axis}
- Each entry ends with the first chapter that uses it. No chapter uses these yet; they are for
  numbers of your own: {unused}.
"""


def problems(names: dict[str, Public]) -> Iterator[str]:
    """Yield a sentence for everything that the docstrings of these public names lack."""
    for name, thing in names.items():
        doc = inspect.getdoc(thing) or ""
        summary, *rest = paragraphs(doc)
        if not summary.endswith("."):
            yield f"{name} does not begin with a sentence"
        found = fields(rest)
        for field in FIELDS:
            if not found.get(field):
                yield f"{name} does not say {field}: …"
        examples = [n for n, text in enumerate(rest) if text.startswith(">>> ")]
        if not examples:
            yield f"{name} has no example"
        elif any(n == 0 or n - 1 in examples or is_fields(rest[n - 1]) for n in examples):
            yield f"{name} does not say in words what its example means"


def paragraphs(doc: str) -> list[str]:
    """Return the paragraphs of a docstring; one that has lost all is one empty paragraph."""
    return [text for text in re.split(r"\n\s*\n", doc) if text.strip()] or [""]


def is_fields(paragraph: str) -> bool:
    """Tell whether the paragraph is made of fields, such as "Shapes: …"."""
    return re.match(r"[A-Z]\w+( [a-z]+)*: ", paragraph) is not None and (
        paragraph.partition(":")[0].split()[0] in (*FIELDS, "Tolerance")
    )


def fields(texts: list[str]) -> dict[str, str]:
    """Return {"Shapes": "…", …} from the paragraphs that hold fields."""
    found: dict[str, str] = {}
    for paragraph in filter(is_fields, texts):
        for entry in re.split(r"\n(?=\S)", paragraph):
            field, _, text = entry.partition(":")
            found[field] = " ".join(text.split())
    return found


def uses(root: Path = ROOT) -> dict[str, str]:
    """Return {name: a link to the first chapter of the book whose code uses it}."""
    found: dict[str, str] = {}
    for page in filter(lambda page: page.is_chapter, map(Page.read, notebooks(root))):
        link = f"[{page.title}]({page.path.name})"
        for name in used(cell.source for cell in page.code):
            found.setdefault(name, link)
    return found


def used(cells: Iterable[str]) -> set[str]:
    """Return what cells import from lib and training, and what they write as `lib.NAME`."""
    nodes = [node for source in cells for node in ast.walk(ast.parse(python_of(source)))]
    imports = [n for n in nodes if isinstance(n, ast.ImportFrom) and n.module in ROOMS]
    attributes = [n for n in nodes if isinstance(n, ast.Attribute)]
    return {alias.name for node in imports for alias in node.names} | {
        n.attr for n in attributes if isinstance(n.value, ast.Name) and n.value.id in ROOMS
    }


def listed(words: list[str]) -> str:
    """Return "a, b and c"."""
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def entry(name: str, thing: Public, chapter: str | None, names: set[str]) -> str:
    """Return the entry of one public name in Markdown, with the first chapter that uses it."""
    summary, *rest = paragraphs(inspect.getdoc(thing) or "")
    parts = [f"({label(name)})=\n### `{name}`", f"```python\n{signature(name, thing)}\n```"]
    parts.append(linked(summary, names - {name}))
    for number, paragraph in enumerate(rest):
        if paragraph.startswith(">>> "):
            parts.append(f"```pycon\n{paragraph}\n```")
        elif is_fields(paragraph):
            items = fields([paragraph]).items()
            lines = [f"- **{field}:** {linked(text, names - {name})}" for field, text in items]
            parts.append("\n".join(lines))
        elif number == 0 and not paragraph.endswith("."):
            parts.append(f"> {linked(paragraph, set())}")
        else:
            parts.append(linked(paragraph, names - {name}))
    parts += [f"First used in {chapter}."] if chapter else []
    return "\n\n".join(parts)


def label(name: str) -> str:
    """Return the label of the entry of a name."""
    return f"lib-{name.lower().replace('_', '-')}"


def signature(name: str, thing: Public) -> str:
    """Return how a name is called, without types; over several lines if one is too long."""
    parameters = inspect.signature(thing).parameters.values()
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in parameters]
    call = name + re.sub(r"<class 'numpy\.(\w+)'>", r"np.\1", str(inspect.Signature(bare)))
    return "\n".join(textwrap.wrap(call, 72, subsequent_indent=" " * (len(name) + 1)))


def linked(text: str, names: set[str]) -> str:
    """Return the words of a docstring as Markdown, with links from names to their entries."""
    pieces = re.split(r"(`[^`]+`)", " ".join(text.split()))
    for i, piece in enumerate(pieces):
        if not piece.startswith("`"):
            pieces[i] = indexed(re.sub(r"([*$<\[\]])", r"\\\1", piece))
        elif piece.strip("`") in names:
            pieces[i] = f"[{piece}](#{label(piece.strip('`'))})"
    return "".join(pieces)


def indexed(text: str) -> str:
    """Raise and lower the indices of formulas: p_k, Σ_{x,y}, 2^b; log_p and p_xy are names."""
    for pattern, tag in ((r"\^\(([^)]*)\)", "sup"), (r"\^(\w+)", "sup"), (r"_\{([^}]*)\}", "sub")):
        text = re.sub(pattern, rf"<{tag}>\1</{tag}>", text)
    return INDEX.sub(r"\1<sub>\2</sub>", text)


def public() -> dict[str, Public]:
    """Return the public names of lib and training, and what they name."""
    return {name: getattr(module, name) for module in (lib, training) for name in module.__all__}


def markdown(root: Path = ROOT) -> str:
    """Return the whole page."""
    names, links = public(), uses(root)
    modules: dict[str, list[str]] = {}
    for name, thing in names.items():
        modules.setdefault(thing.__module__, []).append(name)
    parts = [head(names, links)]
    for module in sorted(modules, key=list(_order()).index):
        parts.append(f"## {module.removeprefix('lib.')}")
        parts.append(linked(sys.modules[module].__doc__ or "", set(names)))
        for name in modules[module]:
            parts.append(entry(name, names[name], links.get(name), set(names)))
    return "\n\n".join(parts) + "\n"


def head(names: dict[str, Public], links: dict[str, str]) -> str:
    """Return what stands above the entries, with lists that follow from signatures and chapters."""

    def those(which: Callable[[str], bool]) -> str:
        return listed([f"[`{name}`](#{label(name)})" for name in names if which(name)])

    def take(option: str) -> Callable[[str], bool]:
        return lambda name: option in inspect.signature(names[name]).parameters

    text = HEAD.format(
        rules="\n\n".join(paragraphs(inspect.getdoc(lib) or "")[1:]),
        base=f"`base` is an option of {those(take('base'))}.",
        axis=f"`axis` is one of {those(take('axis'))}; elsewhere outcomes lie on the last axis.",
        unused=those(lambda name: name not in links),
    )
    return re.sub(r"^- .*(\n  .*)*", wrapped, text, flags=re.M).rstrip()


def wrapped(item: re.Match[str]) -> str:
    """Return an item of a list with lines of the usual length; links are not broken."""
    return textwrap.fill(
        " ".join(item[0].split()),
        100,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _order() -> list[str]:
    """Return the modules of lib, first those that the book needs first, and then of training."""
    first = ["pmf", "measures", "codes", "coder", "joint", "logits", "gaussian", "estimate", "rl"]
    others = sorted({*_stems(lib)} - {*first})
    trains = sorted(_stems(training))
    return [f"lib.{stem}" for stem in [*first, *others]] + [f"training.{stem}" for stem in trains]


def _stems(package: ModuleType) -> list[str]:
    """Return the names of a package's modules."""
    return [path.stem for path in Path(package.__file__ or "").parent.glob("*.py")]


def main() -> int:
    """Write the page, or print what the docstrings lack."""
    lacking = list(problems(public()))
    print("\n".join(lacking) or f"writing {PAGE.relative_to(ROOT)}")
    if not lacking:
        PAGE.write_text(markdown(), "utf-8")
    return bool(lacking)


if __name__ == "__main__":
    sys.exit(main())

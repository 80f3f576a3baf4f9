"""The page "Interface of lib" is complete and says what the docstrings say."""

import inspect
import re

import nbformat
import pytest

import lib
import training
from generators import lib_interface
from manuscript.pages import Page, notebooks


def test_every_public_name_says_shapes_unit_errors_source_and_example():
    assert list(lib_interface.problems(lib_interface.public())) == []


def test_the_page_is_what_the_docstrings_say():
    written = lib_interface.PAGE.read_text("utf-8")
    assert written == lib_interface.markdown(), "run: python -m generators.lib_interface"


def test_every_public_name_has_an_entry_to_link_to():
    labels = Page.read(lib_interface.PAGE).labels
    assert sorted(labels) == sorted(map(lib_interface.label, [*lib.__all__, *training.__all__]))


def test_each_entry_shows_how_the_name_is_called_and_what_it_does():
    page = lib_interface.PAGE.read_text("utf-8")
    for name in lib_interface.public():
        entry = page.split(f"({lib_interface.label(name)})=\n")[1].split("\n(lib-")[0]
        assert f"### `{name}`\n\n```python\n{name}(" in entry
        for field in lib_interface.FIELDS:
            assert f"- **{field}:** " in entry, f"{name}: {field}"


def test_a_new_public_name_without_an_entry_is_found(monkeypatch):
    monkeypatch.setattr(lib, "__all__", [*lib.__all__, "as_real"])
    monkeypatch.setattr(lib, "as_real", lib.checks.as_real, raising=False)
    with pytest.raises(AssertionError):
        test_every_public_name_has_an_entry_to_link_to()
    assert "as_real has no example" in list(lib_interface.problems(lib_interface.public()))


def test_chapters_are_linked_by_what_their_code_uses(tmp_path):
    made = {
        "toc": ("page", "# No chapter", "from lib import entropy"),
        "first": ("chapter", "# One", "import lib\nfrom lib import softmax\nlib.entropy(p)"),
        "second": ("chapter", "# Two", "from training import MLP\nfrom lib import entropy"),
        "third": ("chapter", "# Three", "from other import kl_divergence\nx.surprisal(entropy)"),
    }
    for name, (kind, title, code) in made.items():
        cells = [nbformat.v4.new_markdown_cell(title), nbformat.v4.new_code_cell(code)]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"book": {"kind": kind}})
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    chapters = "".join(f"- file: {name}\n" for name in ("second", "first", "third"))
    (tmp_path / "_toc.yml").write_text(f"root: toc\nchapters:\n{chapters}")
    assert lib_interface.uses(tmp_path) == {
        "MLP": "[Two](second.ipynb)",
        "entropy": "[Two](second.ipynb)",  # all others would make a chapter change this page
        "softmax": "[One](first.ipynb)",
    }


def test_the_page_lists_what_no_chapter_uses():
    listed = lib_interface.PAGE.read_text("utf-8").split("your own: ")[1].split(".\n")[0]
    unused = set(re.findall(r"`(\w+)`", listed))
    assert unused == {*lib.__all__, *training.__all__} - set(lib_interface.uses())
    code = "".join(path.read_text("utf-8") for path in notebooks())
    for name in unused:
        assert not re.search(rf"from lib import .*\b{name}\b", code), name


def _with_docstring(doc):
    def entropy(p):
        return p

    entropy.__doc__ = doc
    return {"entropy": entropy}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    Shapes: ", "    Sizes: ", "entropy does not say Shapes: …"),
        ("    Unit: ", "    In: ", "entropy does not say Unit: …"),
        ("    Errors: ", "    ", "entropy does not say Errors: …"),
        ("    Source: Shannon", "    Shannon", "entropy does not say Source: …"),
        (">>> ", "", "entropy has no example"),
        ("surprisal.\n", "surprisal\n", "entropy does not begin with a sentence"),
    ],
)
def test_a_docstring_that_lacks_something_is_found(old, new, problem):
    doc = lib.entropy.__doc__
    assert list(lib_interface.problems(_with_docstring(doc))) == []
    assert old in doc
    assert problem in list(lib_interface.problems(_with_docstring(doc.replace(old, new))))


def test_an_example_without_words_and_a_name_without_anything_are_found():
    doc = inspect.getdoc(lib.entropy)
    *_, words, example = lib_interface.paragraphs(doc)
    speechless = _with_docstring(doc.replace(words + "\n\n", ""))
    assert list(lib_interface.problems(speechless)) == [
        "entropy does not say in words what its example means"
    ]
    assert example.startswith(">>> ")
    assert len(list(lib_interface.problems({"nameless": _with_docstring("")["entropy"]}))) == 6


def test_a_default_that_is_a_class_is_python_that_can_be_read():
    assert "dtype=np.float64" in lib_interface.signature("MLP", training.MLP)

"""The page "Interface of lib" is complete and says what the docstrings say."""

import inspect

import pytest

import lib
import training
from generators import lib_interface
from manuscript.pages import Page


def test_every_public_name_says_shapes_unit_errors_source_example_and_chapter():
    assert list(lib_interface.problems(lib_interface.public())) == []


def test_the_page_is_what_the_docstrings_say():
    written = lib_interface.PAGE.read_text("utf-8")
    assert written == lib_interface.markdown(), "run: python -m generators.lib_interface"


def test_every_public_name_has_an_entry_to_link_to():
    labels = Page.read(lib_interface.PAGE).labels
    assert sorted(labels) == sorted(map(lib_interface.label, [*lib.__all__, *training.__all__]))


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
    assert len(list(lib_interface.problems({"nameless": _with_docstring("")["entropy"]}))) == 7


def test_a_default_that_is_a_class_is_python_that_can_be_read():
    assert "dtype=np.float64)" in lib_interface.signature("MLP", training.MLP)

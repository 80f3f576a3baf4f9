"""`check` finds the public functions of the chapters' modules by itself."""

import importlib
import pkgutil
import re

import pytest

import exercises
from exercises import check


def public_functions():
    """Return {name: module} of what the modules of the chapters define without an underscore."""
    for info in pkgutil.iter_modules(exercises.__path__, "exercises."):
        module = importlib.import_module(info.name)
        if hasattr(module, "__all__") and module is not check:
            own = [f for f in vars(module).values() if getattr(f, "__module__", "") == info.name]
            yield from ((f.__name__, module) for f in own if not f.__name__.startswith("_"))


def test_each_public_function_is_the_check_of_its_name_and_nothing_else_is():
    found = dict(public_functions())
    assert {"entropy", "kl_divergence", "moment_match"} <= set(found)
    for name, module in found.items():
        assert getattr(check, name) is getattr(module, name)
    assert set(dir(check)) == {*found, "CheckFailed"}


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("kl", "check.kl_divergence"),
        ("entrpy", "check.entropy"),
        ("Entropy", "check.entropy"),
        ("softmax", "check.log_softmax"),
        ("zzz", "check.entropy"),  # like none: all are named
    ],
)
def test_an_unknown_name_is_answered_with_those_that_are_near(wrong, near):
    with pytest.raises(AttributeError, match=rf"there is no check\.{wrong}; .*\b{near}\b") as error:
        getattr(check, wrong)
    assert len(re.findall(r"check\.", str(error.value))) <= 4 or wrong == "zzz"


def test_what_python_and_ipython_look_for_is_not_taken_for_a_check():
    assert not hasattr(check, "__wrapped__")
    assert not hasattr(check, "_ipython_display_")


def test_two_checks_of_one_name_are_refused(tmp_path, monkeypatch):
    (tmp_path / "another_entropy.py").write_text("__all__ = ['entropy']\ndef entropy(f): ...\n")
    monkeypatch.setattr(exercises, "__path__", [*exercises.__path__, str(tmp_path)])
    check._found.cache_clear()
    try:
        with pytest.raises(ImportError, match=r"both have a check entropy; give one another name"):
            dir(check)
    finally:
        check._found.cache_clear()

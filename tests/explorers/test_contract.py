"""What every explorer owes to Python: its place, its states, its presets, and what a page gets.

The explorers are those that the package finds. test_contract_page.py asks in a browser.
"""

import json
import math
import re
import subprocess
import sys

import anywidget
import pytest
import traitlets

import explorers
from explorers.shared.base import EXPLORERS, SHARED_STYLES, bundle
from explorers.shared.traits import OutcomesExplorer
from tests.explorers.page import KINDS, box_of, file_of, html_of, states_of

each = pytest.mark.parametrize("kind", KINDS, ids=explorers.__all__)
WITH_OUTCOMES = [kind for kind in KINDS if issubclass(kind, OutcomesExplorer)]
REFUSALS = (ValueError, TypeError, traitlets.TraitError)


def own_traits(kind):
    """Return {name: trait} of what an explorer itself sends to the page."""
    inherited = anywidget.AnyWidget.class_trait_names()
    own = kind.class_traits(sync=True)
    return {name: trait for name, trait in own.items() if name not in inherited and name[0] != "_"}


# ---- the place -----------------------------------------------------------------------------


def test_every_folder_is_an_explorer_and_the_package_lists_them():
    folders = {path.parent.name for path in EXPLORERS.glob("*/*.mjs")} - {"shared"}
    assert {kind.module for kind in KINDS} == folders
    assert [kind.__name__ for kind in KINDS] == explorers.__all__
    assert set(explorers.__all__) <= set(dir(explorers))


def test_a_name_that_no_folder_has_is_refused_with_those_there_are():
    with pytest.raises(AttributeError, match=r"no explorer is named Nothing; there are .*Bars"):
        _ = explorers.Nothing


@each
def test_an_explorer_is_loaded_without_the_others(kind):
    code = f"import sys; from explorers import {kind.__name__}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[1] for name in done.stdout.split() if name.startswith("explorers.")}
    assert loaded == {kind.module, "shared"}


@each
def test_an_explorer_has_an_example_and_a_crowded_state_and_says_what_one_does(kind):
    assert isinstance(kind.example(), kind)
    assert isinstance(kind.crowded(), kind)
    assert html_of(kind.example()) != html_of(kind.crowded())
    assert kind.about.endswith(".")
    assert file_of(kind).HAND


# ---- the state -----------------------------------------------------------------------------


@each
def test_every_preset_fits_the_traits(kind):
    explorer = kind.example()
    assert explorer.presets
    for preset in explorer.presets:
        state = {name: value for name, value in preset.items() if name != "name"}
        assert set(state) <= set(own_traits(kind))
        explorer.set_state(state)
        assert {name: getattr(explorer, name) for name in state} == state


@each
def test_the_reader_is_asked_before_anything_moves(kind):
    assert kind.example().prompt.endswith("?")


@pytest.mark.parametrize("kind", WITH_OUTCOMES, ids=lambda kind: kind.__name__)
def test_outcomes_are_named_at_first_and_others_bring_their_own_names(kind):
    explorer = kind.example()
    assert len(explorer.labels) == len(explorer.p)
    assert kind(p=[0.5, 0.25, 0.25]).labels == []
    assert kind(p=[0.5, 0.25, 0.25], labels="abc").labels == ["a", "b", "c"]


@each
def test_what_makes_no_sense_is_refused_and_changes_nothing(kind):
    explorer = kind.example()
    before = html_of(explorer)
    for name, trait in own_traits(kind).items():
        if isinstance(trait, traitlets.Unicode):
            continue
        for garbage in ("garbage", math.nan, [math.nan], None, [["x"]], {"odd": 1}):
            if isinstance(trait, traitlets.Dict) and isinstance(garbage, dict):
                continue  # made from the arguments of the class, which are judged
            with pytest.raises(REFUSALS):
                setattr(explorer, name, garbage)
            with pytest.raises(REFUSALS):
                explorer.set_state({name: garbage})
    assert html_of(explorer) == before


@each
def test_a_preset_without_sense_is_refused(kind):
    for presets in ("garbage", [1], None):
        with pytest.raises(REFUSALS):
            kind.example().presets = presets


# ---- what a page gets ----------------------------------------------------------------------


@each
def test_jupyter_gets_the_live_widget_and_the_page_gets_html(kind):
    explorer = kind.example()
    explorer.fallback = "#fig-here"
    data, _ = explorer._repr_mimebundle_()
    box = box_of(explorer)
    assert (box["data-explorer"], box.a["href"]) == (kind.module, "#fig-here")
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(data)
    assert f"{kind.about} It needs JavaScript." in box.text


@each
def test_html_carries_the_whole_state(kind):
    for explorer in states_of(kind).values():
        state = {name: getattr(explorer, name) for name in own_traits(kind)}
        assert json.loads(box_of(explorer)["data-state"]) == state
        assert {"prompt", "presets"} < set(state)


@each
def test_html_keeps_the_place_that_the_explorer_will_have(kind):
    """test_weight.py measures it on the chapters."""
    sizes = re.findall(r"--(stacked|beside):([\d.]+)rem", box_of(kind.example())["style"])
    assert dict(sizes) == {"stacked": f"{kind.stacked:g}", "beside": f"{kind.beside:g}"}
    assert kind.stacked > kind.beside > 30


@each
def test_the_bundle_is_one_module_that_imports_nothing(kind):
    text = bundle(EXPLORERS / kind.module / f"{kind.module}.mjs")
    assert text == kind._esm
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert re.findall(r"^export .*", text, re.MULTILINE) == ["export default { render };"]
    names = re.findall(
        r"^(?:async )?(?:const|let|var|function\*?|class) (?:(\w+)|[{[]([^}\]]+)[}\]])",
        text,
        re.MULTILINE,
    )
    names = [name for one, several in names for name in re.findall(r"\w+", one or several)]
    assert {"html", "frame", "render"} <= set(names)
    assert len(names) == len(set(names)), "two parts use one name"


def selectors(path):
    """Return the selectors of a style sheet, each as the set of classes that it names."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    for rule in re.findall(r"([^{}]+)\{", text):
        for selector in re.split(r",(?![^(]*\))", rule):
            yield frozenset(re.findall(r"\.([a-z][\w-]*)", selector))


@each
def test_a_rule_of_an_explorers_style_meets_no_other_explorer(kind):
    """In JupyterLab, and on a page with two explorers, the style of one is in force for all."""

    def own(one):
        return [found for path in one.styles()[len(SHARED_STYLES) :] for found in selectors(path)]

    elsewhere = [EXPLORERS / name for name in SHARED_STYLES]
    known = set().union(*(found for path in elsewhere for found in selectors(path)))
    known |= set().union(*(found for one in KINDS if one is not kind for found in own(one)))
    for found in own(kind):
        assert found - known, f"{sorted(found)}: no class of its own"

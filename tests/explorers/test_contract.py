"""What every explorer owes to Python: its place, its states, its presets, and what a page gets.

The explorers are those that the package finds. test_contract_page.py asks in a browser.
"""

import copy
import json
import math
import pickle
import re
import subprocess
import sys
import warnings

import anywidget
import pytest
import traitlets

import explorers
from explorers.latent_plane.stand_in import stand_in
from explorers.next_letter.stand_in import stand_in as letters
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


# Imports each explorer as the first of all, and prints what of the package is then there.
EACH_ALONE = """
import sys, explorers
for name in explorers.__all__:
    for known in [known for known in sys.modules if known.partition(".")[0] == "explorers"]:
        del sys.modules[known]
    exec(f"from explorers import {name}")
    print(name, *{known.split(".")[1] for known in sys.modules if known.startswith("explorers.")})
"""


def test_an_explorer_is_loaded_without_the_others():
    done = subprocess.run(
        [sys.executable, "-c", EACH_ALONE], capture_output=True, text=True, check=True
    )
    loaded = {line.split()[0]: set(line.split()[1:]) for line in done.stdout.splitlines()}
    assert loaded == {kind.__name__: {kind.module, "shared"} for kind in KINDS}


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
    odd = {**kind.example().presets[0], "promt": "?"}
    for presets in ("garbage", [1], None, [{"p": [1, 0]}], [odd]):
        with pytest.raises(REFUSALS):
            kind.example().presets = presets


# What Python calls on a list and on a dictionary to change it in place.
CHANGES = {
    list: [
        lambda one: one.__setitem__(0, 0.9),
        lambda one: one.__delitem__(0),
        lambda one: one.append(1),
        lambda one: one.extend([1]),
        lambda one: one.insert(0, 1),
        lambda one: one.pop(),
        lambda one: one.remove("odd"),
        lambda one: one.sort(),
        lambda one: one.reverse(),
        lambda one: one.clear(),
    ],
    dict: [
        lambda one: one.__setitem__("p", [2]),
        lambda one: one.__delitem__("name"),
        lambda one: one.update(p=[2]),
        lambda one: one.setdefault("odd", 1),
        lambda one: one.pop("name", None),
        lambda one: one.popitem(),
        lambda one: one.clear(),
    ],
}


def test_the_changes_in_place_are_all_that_python_has():
    # What a list or a dictionary can and a tuple or a read-only view of one cannot; += and the like
    # assign, so they give a new list.
    ways = {
        list: set(dir(list)) - set(dir(tuple)),
        dict: set(dir(dict)) - set(dir(type(type.__dict__))),
    }
    for kind, changes in CHANGES.items():
        others = {"__iadd__", "__imul__", "__ior__", "__reversed__", "copy", "fromkeys"}
        assert len(changes) == len(ways[kind] - others), ways[kind] - others


def containers(value):
    """Yield a list or a dictionary and all that are in it."""
    if isinstance(value, (list, dict)):
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from containers(one)


@each
def test_what_a_trait_hands_out_is_not_changed_in_place(kind):
    explorer = kind.example()
    before = html_of(explorer)
    held = [name for name in own_traits(kind) if isinstance(getattr(explorer, name), (list, dict))]
    assert "presets" in held
    for name in held:
        for one in containers(getattr(explorer, name)):
            for change in CHANGES[list if isinstance(one, list) else dict]:
                with pytest.raises(TypeError, match=rf"{name} is set as a .*explorer\.{name} ="):
                    change(one)
    assert html_of(explorer) == before


@each
def test_a_copy_of_what_a_trait_holds_is_plain_and_travels_as_json(kind):
    explorer = kind.example()
    for name in own_traits(kind):
        value = getattr(explorer, name)
        for copied in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
            assert copied == value
            assert {type(one) for one in containers(copied)} <= {list, dict}
        assert json.loads(json.dumps(value)) == value


def test_to_add_to_a_trait_sets_it_anew_and_the_figure_hears_of_it():
    explorer = explorers.CoderInterval([0, 1])
    heard = []
    explorer.observe(lambda change: heard.append(change["new"]), "message")
    explorer.message += (2,)
    assert explorer.message == [0, 1, 2]
    explorer.message *= 2
    assert heard == [[0, 1, 2], [0, 1, 2] * 2]
    with pytest.raises(traitlets.TraitError, match="letter 7 is none"):
        explorer.message += [7]


@each
def test_a_name_that_is_no_trait_is_refused_with_the_nearest(kind):
    explorer = kind.example()
    for name in own_traits(kind):
        for slip in {name.upper(), f"{name}s", name + name[-1]}:
            meant = f"no trait {slip!r}; is {name!r} meant"
            with pytest.raises(AttributeError, match=rf"{meant}\? It has .*\b{name}\b"):
                setattr(explorer, slip, 1)
            assert not hasattr(explorer, slip)
    with pytest.raises(AttributeError, match=r"no trait 'xyzzy'\. It has"):
        explorer.xyzzy = 1
    arguments = {"LatentPlane": stand_in(3), "NextLetter": [letters()]}.get(kind.__name__, [])
    with pytest.raises(TypeError, match="no trait 'promt'; is 'prompt' meant"):
        kind(*arguments, promt="Is it?")


@each
def test_what_is_ipywidgets_own_can_still_be_set(kind):
    explorer = kind.example()
    explorer.layout.width = "20rem"
    explorer.add_class("mine")
    explorer.tooltip = "a figure"
    assert {"_esm", "_css", "layout", "tooltip", "presets"} < set(explorer.get_state())
    explorer.close()
    assert explorer.comm is None


@pytest.mark.parametrize(
    "kind",
    [kind for kind in WITH_OUTCOMES if kind.class_traits()["p"].bounds[0] == 2],
    ids=lambda kind: kind.__name__,
)
def test_labels_that_a_new_length_drops_are_said_at_the_readers_line(kind):
    explorer = kind.example()
    labels = list(explorer.labels)
    with warnings.catch_warnings(record=True, action="always") as said:
        explorer.p = [0.5, 0.5]
    assert explorer.labels == []
    sentences = " ".join(str(one.message) for one in said)
    assert f"labels ({', '.join(labels)}) are dropped; explorer.labels =" in sentences
    assert {(one.category, one.filename) for one in said} == {(UserWarning, __file__)}
    # Where they come with p, and where someone has put them away before, there is nothing to say.
    other = kind.example()
    other.set_state({**others_of(other, 2), "p": [0.5, 0.5], "labels": ["heads", "tails"]})
    assert other.labels == ["heads", "tails"]
    silent = kind.example()
    with silent.hold_trait_notifications():
        silent.labels = []
        silent.set_state({**others_of(silent, 2), "p": [0.5, 0.5]})
    assert (silent.p, silent.labels) == ([0.5, 0.5], [])


def others_of(explorer, count):
    """Return the traits that have a number for each outcome, with `count` of them."""
    each = ("z", "advantage", "truth")
    own = {name: [0.0] * count for name in each if explorer.has_trait(name)}
    own |= {"message": [0, 1]} if explorer.has_trait("message") else {}
    return own | ({"q": [1 / count] * count} if explorer.has_trait("q") else {})


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
        if rule.strip().startswith("@"):
            continue  # says when the rules in it are in force, and these are found too
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

"""The explorers' Python side: what they accept, what a page gets, and the roles' colours."""

import itertools
import json
import math
import re

import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup

from explorers import (
    BillTriangle,
    CoderInterval,
    ForwardReverse,
    KraftBudget,
    LatentPlane,
    LogitPull,
    StepSize,
    SurpriseBars,
)
from explorers.base import STATIC, bundle
from explorers.latent_plane import unpacked
from lib import softmax
from training import MLP

NOT_A_PMF = {
    "sums to 1.1": [0.5, 0.6],
    "negative": [1.1, -0.1],
    "nan": [math.nan, 1],
    "shape": [[0.5, 0.5]],
    "2 to 10": [1],
    "2 to 10 ": [1 / 11] * 11,
}


ALL = [SurpriseBars, KraftBudget, CoderInterval, BillTriangle, LogitPull]


@pytest.fixture
def explorer():
    return SurpriseBars()


# ---- the traits ----------------------------------------------------------------------------


def test_the_news_is_what_it_starts_with(explorer):
    assert explorer.p == [0.5, 0.3, 0.2]
    assert explorer.labels == ["politics", "sports", "entertainment"]


def test_p_takes_an_array_and_holds_floats(explorer):
    explorer.p = np.full(4, 0.25)
    assert explorer.p == [0.25] * 4
    assert {type(one) for one in explorer.p} == {float}


@pytest.mark.parametrize(("complaint", "p"), NOT_A_PMF.items())
def test_what_is_not_a_pmf_is_refused_and_changes_nothing(explorer, complaint, p):
    with pytest.raises(ValueError, match=complaint.strip()):
        explorer.p = p
    assert explorer.p == [0.5, 0.3, 0.2]
    with pytest.raises(ValueError, match=complaint.strip()):
        SurpriseBars(p)


def test_outcomes_without_names_are_not_the_news():
    assert SurpriseBars([0.5, 0.25, 0.25]).labels == []


def test_labels_that_no_longer_fit_are_forgotten(explorer):
    explorer.p = [0.5, 0.5]
    assert explorer.labels == []
    explorer.p = [0.5, 0.3, 0.2]
    assert explorer.labels == []


@pytest.mark.parametrize("labels", [["one"], ["a", "b", "c", "d"]])
def test_too_few_or_too_many_labels_are_refused(explorer, labels):
    with pytest.raises(traitlets.TraitError, match=f"{len(labels)} labels for 3 outcomes"):
        explorer.labels = labels
    with pytest.raises(traitlets.TraitError, match=f"{len(labels)} labels for 3 outcomes"):
        SurpriseBars([0.5, 0.3, 0.2], labels)


@pytest.mark.parametrize("order", [("p", "labels"), ("labels", "p")])
def test_the_page_may_send_another_number_of_outcomes(explorer, order):
    state = {"p": [1, 0], "labels": ["heads", "tails"]}
    explorer.set_state({name: state[name] for name in order})
    assert (explorer.p, explorer.labels) == ([1.0, 0.0], ["heads", "tails"])


def test_an_unknown_unit_is_refused(explorer):
    with pytest.raises(traitlets.TraitError):
        explorer.unit = "bans"


def test_presets_may_leave_out_the_labels():
    explorer = SurpriseBars(presets=[{"name": "fair", "p": (0.5, 0.5)}])
    assert explorer.presets == [{"name": "fair", "p": [0.5, 0.5], "labels": []}]


def test_a_preset_that_is_no_pmf_is_refused_by_name():
    with pytest.raises(ValueError, match=r"preset 'odd' sums to 0\.9"):
        SurpriseBars(presets=[{"name": "odd", "p": [0.5, 0.4]}])


@pytest.mark.parametrize("kind", ALL)
def test_every_preset_fits_the_traits(kind):
    explorer = kind()
    for preset in explorer.presets:
        state = {name: value for name, value in preset.items() if name != "name"}
        explorer.set_state(state)
        assert {name: getattr(explorer, name) for name in state} == state


@pytest.mark.parametrize("kind", ALL)
def test_every_explorer_starts_with_the_news_and_a_question(kind):
    explorer = kind()
    assert explorer.p == [0.5, 0.3, 0.2]
    assert explorer.labels == ["politics", "sports", "entertainment"]
    assert explorer.prompt.endswith("?")
    assert kind(p=[0.5, 0.25, 0.25]).labels == []
    assert kind(p=[0.5, 0.25, 0.25], labels="abc").labels == ["a", "b", "c"]


# ---- a Kraft budget --------------------------------------------------------------------------


def test_words_come_back_in_the_order_of_the_tree():
    assert KraftBudget(("11", "0", "10")).words == ["0", "10", "11"]
    assert KraftBudget([]).words == []
    assert KraftBudget().words == ["0", "10", "110"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["0", "01"], "'01' begins with '0'"),
        (["10", "0", "1"], "'10' begins with '1'"),
        (["0010", "1", "00"], "'0010' begins with '00'"),
        (["0", "0"], "'0' twice"),
        (["0", "12"], "'12'; a word is a string of 0s and 1s"),
        (["0", ""], "''; a word is"),
        (["0", 10], "10; a word is"),
        (["000000"], "at most 5 digits"),
    ],
)
def test_what_is_no_prefix_code_is_refused_and_changes_nothing(words, complaint):
    explorer = KraftBudget()
    with pytest.raises(ValueError, match=complaint):
        explorer.words = words
    assert explorer.words == ["0", "10", "110"]
    with pytest.raises(ValueError, match=f"preset 'odd'.*{complaint}"):
        KraftBudget(presets=[{"name": "odd", "words": words}])


# ---- the interval of a coder -------------------------------------------------------------------


def test_a_message_is_a_sequence_of_letters():
    explorer = CoderInterval(message=np.array([2, 0, 1]))
    assert explorer.message == [2, 0, 1]
    assert {type(letter) for letter in explorer.message} == {int}


@pytest.mark.parametrize(
    ("message", "error", "complaint"),
    [
        ([3], traitlets.TraitError, "letter 3 is none of the 3 outcomes"),
        ([0, -1], traitlets.TraitError, "letter -1 is none of the 3 outcomes"),
        ([0] * 9, ValueError, "9 letters; give at most 8"),
        ([0.5], TypeError, "float"),
    ],
)
def test_letters_that_are_not_there_are_refused(message, error, complaint):
    explorer = CoderInterval()
    with pytest.raises(error, match=complaint):
        explorer.message = message
    assert explorer.message == [0, 1, 0, 2]


def test_a_letter_that_cannot_happen_has_no_piece():
    with pytest.raises(traitlets.TraitError, match="letter 1 has probability 0"):
        CoderInterval([0, 1], p=[1, 0])
    with pytest.raises(ValueError, match="preset 'odd': letter 1 has probability 0"):
        CoderInterval(p=[1, 0], presets=[{"name": "odd", "message": [1]}])


def test_a_piece_too_narrow_for_doubles_is_refused():
    explorer = CoderInterval([0] * 4, p=[0.001, 0.999])
    with pytest.raises(traitlets.TraitError, match=r"narrower than 2\*\*-44"):
        explorer.message = [0] * 5
    explorer.p = [1e-6, 1 - 1e-6]
    assert explorer.message == [0, 0]


def test_a_message_is_cut_where_a_new_p_has_no_place_for_it():
    explorer = CoderInterval([0, 1, 2, 0])
    explorer.p = [0.5, 0.5]
    assert explorer.message == [0, 1]
    explorer.p = [1, 0]
    assert explorer.message == [0]


@pytest.mark.parametrize("order", [("p", "message"), ("message", "p")])
def test_the_page_may_send_a_message_with_the_p_it_needs(order):
    explorer = CoderInterval()
    state = {"p": [0.25] * 4, "message": [3, 3]}
    explorer.set_state({name: state[name] for name in order})
    assert (explorer.p, explorer.message) == ([0.25] * 4, [3, 3])


def test_presets_of_another_p_name_its_likeliest_and_its_rarest_letter():
    explorer = CoderInterval(p=[0.2, 0.8, 0])
    assert explorer.message == [1] * 4
    assert [preset["message"] for preset in explorer.presets] == [[1] * 4, [0] * 4, []]


# ---- the triangle ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["p", "q"])
def test_a_triangle_takes_three_outcomes(name):
    explorer = BillTriangle()
    with pytest.raises(ValueError, match=rf"{name} has shape \(2,\); give one row of 3 prob"):
        setattr(explorer, name, [0.5, 0.5])
    with pytest.raises(ValueError, match=f"{name} sums to 1.1"):
        setattr(explorer, name, [0.5, 0.3, 0.3])
    assert (explorer.p, explorer.q) == ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1])
    with pytest.raises(ValueError, match="preset 'odd' has shape"):
        BillTriangle(presets=[{"name": "odd", "q": [1]}])


def test_one_preset_is_q_equal_to_p():
    (perfect,) = [one for one in BillTriangle([0.2, 0.2, 0.6]).presets if one["name"] == "Q = P"]
    assert perfect["q"] == perfect["p"] == [0.2, 0.2, 0.6]


# ---- the pull on the logits --------------------------------------------------------------------


def test_logits_take_an_array_and_hold_floats():
    explorer = LogitPull(np.array([2, 0, -1]), [1, 0, 0])
    assert (explorer.z, explorer.p) == ([2.0, 0.0, -1.0], [1.0, 0.0, 0.0])
    assert {type(one) for one in explorer.z} == {float}
    assert LogitPull([1, 2]).p == [1.0, 0.0]
    assert LogitPull(p=[0.25] * 4).z == [0.0] * 4


def test_logits_start_with_the_belief_of_the_clerk():
    weights = np.exp(LogitPull().z)
    np.testing.assert_allclose(weights / weights.sum(), [0.3, 0.6, 0.1], rtol=1e-12)


@pytest.mark.parametrize(
    ("z", "complaint"),
    [
        ([5.1, 0, 0], "from -5 to 5"),
        ([math.nan, 0, 0], "from -5 to 5"),
        ([[1, 2]], "shape"),
        ([0], "2 to 6 logits"),
        ([0] * 7, "2 to 6 logits"),
    ],
)
def test_logits_beyond_the_figure_are_refused_and_change_nothing(z, complaint):
    explorer = LogitPull([1, 2, 3])
    with pytest.raises(ValueError, match=complaint):
        explorer.z = z
    assert explorer.z == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match=f"preset 'odd'.*{complaint}"):
        LogitPull(presets=[{"name": "odd", "z": z}])


def test_logits_and_classes_are_of_one_number():
    explorer = LogitPull()
    with pytest.raises(traitlets.TraitError, match="2 logits for 3 classes"):
        explorer.z = [1, 2]
    with pytest.raises(ValueError, match="preset 'odd': 2 logits for 3 classes"):
        LogitPull(presets=[{"name": "odd", "z": [0, 1]}])
    explorer.p = [0.5, 0.5]
    assert (explorer.z, explorer.labels) == ([0.0, 0.0], [])


@pytest.mark.parametrize("order", [("p", "z"), ("z", "p")])
def test_the_page_may_send_logits_with_the_target_they_need(order):
    explorer = LogitPull()
    state = {"p": [0.25] * 4, "z": [3, 2, 1, 0]}
    explorer.set_state({name: state[name] for name in order})
    assert (explorer.p, explorer.z) == ([0.25] * 4, [3.0, 2.0, 1.0, 0.0])


@pytest.mark.parametrize("temperature", [0, 0.4, 5.1, -1, math.nan])
def test_a_temperature_off_the_scale_is_refused(temperature):
    explorer = LogitPull()
    with pytest.raises(traitlets.TraitError, match=r"from 0\.5 to 5"):
        explorer.temperature = temperature
    assert explorer.temperature == 1


# ---- what a page gets ----------------------------------------------------------------------


def page_html(explorer):
    return BeautifulSoup(explorer._repr_mimebundle_()[0]["text/html"], "html.parser").div


@pytest.mark.parametrize("kind", ALL)
def test_jupyter_gets_the_live_widget_and_the_page_gets_html(kind):
    explorer = kind(fallback="#fig-here")
    data, _ = explorer._repr_mimebundle_()
    box = page_html(explorer)
    assert (box["data-explorer"], box.a["href"]) == (kind.module, "#fig-here")
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(data)


def test_html_carries_the_whole_state_whatever_it_says():
    labels = ["</div><b>", "\"quoted\" & 'so'", "naïve ∞"]
    explorer = SurpriseBars([0.25, 0.25, 0.5], labels, unit="nats", prompt="<Why>?")
    box = page_html(explorer)
    assert box["class"] == ["explorer"]
    assert (STATIC / f"{box['data-explorer']}.mjs").is_file()
    assert json.loads(box["data-state"]) == {
        "labels": labels,
        "p": [0.25, 0.25, 0.5],
        "presets": explorer.presets,
        "prompt": "<Why>?",
        "unit": "nats",
    }


def test_html_points_to_the_figure_that_stands_in():
    assert page_html(SurpriseBars(fallback="#fig-bill")).a["href"] == "#fig-bill"
    assert page_html(SurpriseBars()).a is None


@pytest.mark.parametrize("kind", ALL)
def test_the_bundle_is_one_module_that_imports_nothing(kind):
    text = bundle(f"{kind.module}.mjs")
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert re.findall(r"^export .*", text, re.MULTILINE) == ["export default { render };"]
    names = re.findall(r"^(?:async )?(?:const|let|function|class) (\w+)", text, re.MULTILINE)
    assert {"entropy", "frame", "render"} <= set(names)
    assert len(names) == len(set(names)), "two parts use one name"


def test_browser_files_ask_no_other_host_and_are_named_mjs():
    for path in STATIC.iterdir():
        assert path.suffix in {".mjs", ".css"}  # a *.js would be put on every page
        hosts = set(re.findall(r"https?://[\w./]+", path.read_text("utf-8")))
        assert hosts <= {"http://www.w3.org/2000/svg"}


# ---- the roles' colours ----------------------------------------------------------------------

PAIR = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);")
PAIRS = PAIR.findall((STATIC / "roles.css").read_text("utf-8"))
THEMES = {
    "light": {name: light for name, light, _ in PAIRS},
    "dark": {name: dark for name, _, dark in PAIRS},
}
ROLES = ("p", "q", "cost", "gain")
# How the colour-blind see linear RGB: Machado, Oliveira & Fernandes (2009), table 1, severity 1.0.
SIGHTS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def linear_rgb(colour):
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The contrast ratio of WCAG 2.2."""
    dark, light = sorted(linear_rgb(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(linear):
    """CIELAB from linear sRGB, D65."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    t = np.array(to_xyz) @ linear / [0.9505, 1, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "card"])
@pytest.mark.parametrize(
    ("name", "least"),
    [*((n, 4.5) for n in (*ROLES, "ink", "ink-soft")), ("control", 3), ("focus", 3)],
)
def test_colours_are_readable_on_paper_and_card(theme, ground, name, least):
    colours = THEMES[theme]
    assert contrast(colours[name], colours[ground]) >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_roles_stay_apart_for_the_colour_blind(theme, sight):
    seen = {r: lab(np.clip(SIGHTS[sight] @ linear_rgb(THEMES[theme][r]), 0, 1)) for r in ROLES}
    for one, other in itertools.combinations(ROLES, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 20, f"{one} and {other} look alike"


# ---- one Gaussian for a mixture ----------------------------------------------------------------


def test_a_mixture_starts_even_at_3_and_asks_a_question():
    explorer = ForwardReverse()
    state = explorer.modes, explorer.weights, explorer.widths, explorer.mean, explorer.std
    assert state == ([-3.0, 3.0], [0.5, 0.5], [1.0, 1.0], 0.5, 1.0)
    assert explorer.cost == "reverse"
    assert explorer.prompt.endswith("?")
    assert ForwardReverse([1, 2, 3]).weights == pytest.approx([1 / 3] * 3)


def test_a_mixture_takes_arrays_and_holds_floats():
    explorer = ForwardReverse(np.array([-2, 2]), np.array([0.7, 0.3]), np.array([1, 2]))
    assert (explorer.modes, explorer.widths) == ([-2.0, 2.0], [1.0, 2.0])
    assert {type(one) for one in (*explorer.modes, *explorer.weights)} == {float}


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        ({"modes": [0, 5.1]}, r"modes is \[0.0, 5.1\]; give numbers from -5 to 5"),
        ({"modes": [0, math.nan]}, "modes is"),
        ({"widths": [0.4, 1]}, "widths is .* from 0.5 to 2"),
        ({"weights": [0.5, 0.6]}, "weights sums to 1.1"),
        ({"modes": [[0, 1]]}, "1 to 3 numbers"),
        ({"modes": [0, 1, 2, 3]}, "1 to 3 numbers"),
        ({"mean": 7}, "mean"),
        ({"std": 0}, "std"),
        ({"cost": "sideways"}, "cost"),
    ],
)
def test_what_is_no_mixture_or_gaussian_is_refused_and_changes_nothing(state, complaint):
    explorer = ForwardReverse()
    before = explorer._page_html()
    ((name, value),) = state.items()
    with pytest.raises((ValueError, traitlets.TraitError), match=complaint):
        setattr(explorer, name, value)
    assert explorer._page_html() == before


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match="the mixture has 3 modes, 2 weights and 3 widths"):
        ForwardReverse([0, 1, 2], weights=[0.5, 0.5])
    with pytest.raises(ValueError, match="preset 'odd' has 1 modes, 0 weights and 0 widths"):
        ForwardReverse(presets=[{"name": "odd", "modes": [0]}])
    odd = {"name": "odd", "modes": [9], "weights": [1], "widths": [1]}
    with pytest.raises(ValueError, match=r"preset 'odd', modes is \[9.0\]"):
        ForwardReverse(presets=[odd])


def test_its_presets_fit_and_its_page_has_all_of_it():
    test_every_preset_fits_the_traits(ForwardReverse)
    test_jupyter_gets_the_live_widget_and_the_page_gets_html(ForwardReverse)


def test_its_bundle_is_one_module_without_a_name_twice():
    text = bundle("forward_reverse.mjs")
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert re.findall(r"^export .*", text, re.MULTILINE) == ["export default { render };"]
    names = re.findall(r"^(?:async )?(?:const|let|function|class) (\w+)", text, re.MULTILINE)
    assert {"reverseOptima", "frame", "render"} <= set(names)
    assert len(names) == len(set(names)), "two parts use one name"


# ---- the length of a policy update -------------------------------------------------------------


@pytest.mark.parametrize(
    "shared",
    [
        test_every_preset_fits_the_traits,
        test_jupyter_gets_the_live_widget_and_the_page_gets_html,
        test_the_bundle_is_one_module_that_imports_nothing,
    ],
)
def test_step_size_does_what_all_explorers_do(shared):
    shared(StepSize)


def test_step_size_starts_with_four_even_arms_and_a_question():
    explorer = StepSize()
    assert explorer.p == [0.25] * 4
    assert explorer.prompt.endswith("?")
    assert explorer.labels == ["arm 1", "arm 2", "arm 3", "arm 4"]
    assert (explorer.method, explorer.step) == ("plain", 2.0)
    # what is estimated and what is true have the same mean under no policy but the true one has 0
    assert np.dot(explorer.p, explorer.truth) == 0


def test_step_size_takes_other_arms():
    explorer = StepSize([0.2, 0.8], np.array([1, -0.25]))
    assert (explorer.advantage, explorer.truth) == ([1.0, -0.25], [1.0, -0.25])
    assert (explorer.labels, explorer.presets) == ([], [])


@pytest.mark.parametrize(
    ("change", "error", "complaint"),
    [
        ({"p": [0.5, 0.6]}, ValueError, "sums to 1.1"),
        ({"p": [0.2] * 5}, ValueError, "2 to 4 probabilities"),
        ({"advantage": [1, 2, 3]}, ValueError, r"shape \(3,\); give one number for each arm"),
        ({"truth": [4, 0, 0, 0]}, ValueError, "between -3 and 3"),
        ({"advantage": [math.nan, 0, 0, 0]}, ValueError, "between -3 and 3"),
        ({"step": -1}, traitlets.TraitError, "between 0 and 10"),
        ({"step": 11}, traitlets.TraitError, "between 0 and 10"),
        ({"method": "adam"}, traitlets.TraitError, "adam"),
    ],
)
def test_what_is_no_update_is_refused(change, error, complaint):
    with pytest.raises(error, match=complaint):
        StepSize(**change)


# ---- the latent plane ------------------------------------------------------------------------


class PlaneModel:
    """A variational autoencoder as far as the explorer asks for it, with weights at random."""

    def __init__(self, activation="tanh"):
        rng = np.random.default_rng(7)
        self.means = rng.standard_normal((40, 2)) * 1.2
        self.log_std = rng.normal(-1.5, 0.4, (40, 2))
        self.decoder = MLP((2, 16, 24, 64 * 3), rng=rng, activation=activation)
        self.decoder.theta += rng.normal(0, 0.1, self.decoder.theta.size)  # biases too
        self.base = np.log(rng.dirichlet(np.full(17, 0.5), size=64).T + 1e-3)
        self.tilts = rng.standard_normal((3, 17))
        self.images = rng.integers(0, 17, (40, 64))
        self.labels = rng.integers(0, 10, 40)

    def encode(self, images):
        return self.means[: len(images)], self.log_std[: len(images)], None

    def log_prices(self, z):
        """Log pmfs, (N, 64, 17), in the layout of the page."""
        strength = self.decoder(np.atleast_2d(z)).reshape(-1, 3, 64)
        logits = np.einsum("kv,nki->niv", self.tilts, strength) + self.base.T
        return np.log(softmax(logits))


def latent_plane(activation="tanh", **traits):
    model = PlaneModel(activation)
    return LatentPlane(model, model.images, model.labels, **traits)


def test_the_plane_carries_its_decoder_to_16_bits():
    model, plane = PlaneModel(), latent_plane()
    for (W, b), layer in zip(model.decoder.weights, plane.decoder["layers"], strict=True):
        for array, pack in ((W, layer["weights"]), (b, layer["bias"])):
            step = np.abs(array).max() / 32767
            np.testing.assert_allclose(unpacked(pack), array.ravel(), atol=step / 2 * 1.001)
        assert layer["shape"] == list(W.shape)
    np.testing.assert_allclose(unpacked(plane.decoder["base"]), model.base.ravel(), atol=2e-4)


def test_the_plane_carries_images_and_posteriors():
    model, plane = PlaneModel(), latent_plane()
    values = [[int(char, 17) for char in image] for image in plane.images]
    assert (values == model.images).all()
    assert plane.labels == [str(label) for label in model.labels]
    wanted = np.hstack([model.means, np.exp(model.log_std)])
    np.testing.assert_allclose(plane.posterior, wanted, atol=5.1e-5)
    assert np.abs(np.array(plane.posterior)[:, :2]).max() <= plane.reach


def test_a_plane_of_the_size_in_the_chapter_ships_in_150_kb():
    model = PlaneModel()
    rng = np.random.default_rng(0)
    model.decoder = MLP((2, 48, 96, 192), rng=rng)
    model.encode = lambda images: rng.standard_normal((2, len(images), 2)) * 0.9
    images, labels = np.tile(model.images, (9, 1))[:359], np.tile(model.labels, 9)[:359]
    assert len(str(page_html(LatentPlane(model, images, labels))).encode()) <= 150_000


@pytest.mark.parametrize(
    ("complaint", "change"),
    [
        ("images has shape", lambda m: setattr(m, "images", m.images[:, :63])),
        ("images has shape", lambda m: setattr(m, "images", m.images[:0])),
        ("other values", lambda m: setattr(m, "images", m.images + 1)),
        ("other values", lambda m: setattr(m, "images", m.images + 0.5)),
        ("39 labels for 40 images", lambda m: setattr(m, "labels", m.labels[:39])),
        ("needs 2 coordinates", lambda m: setattr(m, "means", np.zeros((40, 3)))),
    ],
)
def test_a_plane_says_what_does_not_fit(complaint, change):
    model = PlaneModel()
    change(model)
    with pytest.raises(ValueError, match=complaint):
        LatentPlane(model, model.images, model.labels)


@pytest.mark.parametrize("state", [{"z": [9.0, 0.0]}, {"z": [0.0]}, {"chosen": 40}, {"show": "x"}])
def test_a_plane_refuses_what_it_cannot_show(state):
    plane = latent_plane()
    with pytest.raises(traitlets.TraitError):
        plane.set_trait(*next(iter(state.items())))


def test_every_preset_of_the_plane_fits_its_traits():
    test_every_preset_fits_the_traits(latent_plane)


def test_the_plane_goes_to_the_page_with_its_sentence():
    box = page_html(latent_plane(fallback="#fig-here"))
    assert (box["data-explorer"], box.a["href"]) == ("latent_plane", "#fig-here")


def test_the_bundle_of_the_plane_is_one_module_that_imports_nothing():
    text = bundle("latent_plane.mjs")
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert re.findall(r"^export .*", text, re.MULTILINE) == ["export default { render };"]
    names = re.findall(r"^(?:async )?(?:const|let|function|class) (\w+)", text, re.MULTILINE)
    assert {"decodedAt", "frame", "render"} <= set(names)
    assert len(names) == len(set(names)), "two parts use one name"

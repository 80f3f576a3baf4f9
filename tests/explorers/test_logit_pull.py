"""The pull on the logits: what is refused, softmax and loss against lib, hand and keys."""

import math
import re
from functools import partial

import numpy as np
import pytest
import traitlets

from explorers import LogitPull
from lib import (
    cross_entropy_from_logits,
    cross_entropy_gradient,
    entropy,
    kl_divergence,
    log_softmax,
    softmax,
)
from tests.explorers.page import (
    LONG,
    NEWS,
    PHONE,
    PLOT_HEIGHT,
    THEMES,
    UNEVEN,
    Hand,
    centre,
    lines,
    read,
    rgb,
    settle,
    swipe,
)

HAND = Hand(handles=7, sliders=7, tracks=7)
CROWDED = {
    "five": LogitPull([5, -5, 4.99, -4.99, 0], UNEVEN, LONG, temperature=0.5),
    "six": LogitPull([-5, 5, 5, -5, -3.33, 3.33]),
    "even": LogitPull([0] * 6),
}


def test_the_news_is_what_it_starts_with():
    assert LogitPull().p == NEWS
    assert LogitPull().labels == ["politics", "sports", "entertainment"]


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
    explorer.labels = []
    with pytest.warns(UserWarning, match="2 classes now, so their logits are 0"):
        explorer.p = [0.5, 0.5]
    assert (explorer.z, explorer.labels) == ([0.0, 0.0], [])


@pytest.mark.parametrize("order", [("p", "z", "labels"), ("labels", "z", "p")])
def test_the_page_may_send_logits_with_the_target_they_need(order):
    explorer = LogitPull()
    state = {"p": [0.25] * 4, "z": [3, 2, 1, 0], "labels": []}
    explorer.set_state({name: state[name] for name in order})
    assert (explorer.p, explorer.z) == ([0.25] * 4, [3.0, 2.0, 1.0, 0.0])


@pytest.mark.parametrize("temperature", [0, 0.4, 5.1, -1, math.nan])
def test_a_temperature_off_the_scale_is_refused(temperature):
    explorer = LogitPull()
    with pytest.raises(traitlets.TraitError, match=r"from 0\.5 to 5"):
        explorer.temperature = temperature
    assert explorer.temperature == 1


# ---- the arithmetic ------------------------------------------------------------------------------


PER_LOGIT = 17  # units of the drawing for a logit of 1

ARROW = 54  # for a pull of 1

CAT = [1.0, 0.0, 0.0]

CAT_GUESS = [math.log(7), math.log(2), 0.0]  # softmax .7, .2, .1


def animals(z=CAT_GUESS, p=CAT, **traits):
    return LogitPull(z, p, ["cat", "dog", "bird"], **traits)


@pytest.fixture
def measures(in_browser):
    """Return a function that calls one of softmax.mjs in the browser."""
    return partial(in_browser, "logit_pull/softmax")


def logit_pairs():
    """Targets and logits: plain, far apart, shifted, equal, and drawn at random."""
    rng = np.random.default_rng(7)
    yield from ((CAT, z) for z in ([2, 1, -1], [1002, 1001, 999], [0, 0, 0], [-800, 0, 0]))
    yield from (([1, 0], z) for z in ([40, 0], [0, 40], [5, 5]))
    yield from (([0.91, 0.09], [3, 0]), (NEWS, np.log(NEWS).tolist()))
    for n in (2, 5, 10):
        yield rng.dirichlet([1] * n).tolist(), (rng.standard_normal(n) * 20).tolist()


@pytest.mark.parametrize(("p", "z"), list(logit_pairs()))
def test_softmax_and_loss_agree_with_lib(measures, p, z):
    p, z = [float(one) for one in p], [float(one) for one in z]
    np.testing.assert_allclose(measures("logSoftmax", z), log_softmax(z), rtol=1e-12)
    np.testing.assert_allclose(measures("softmax", z), softmax(z), rtol=1e-12)
    wanted = cross_entropy_from_logits(p, z)
    assert measures("lossFromLogits", p, z) == pytest.approx(wanted, rel=1e-12, abs=0)


# ---- on a page -----------------------------------------------------------------------------------


def test_a_cat_is_written_out(open_page):
    page = open_page(animals())
    assert lines(page) == ["H(P,Q) = 0.3567 nats", "H(P) = 0.0000 nats", "D(P‖Q) = 0.3567 nats"]
    assert read(page) == [
        ("cat", "dog", "bird"),
        ("1.95", "0.69", "0"),
        ("1", "0", "0"),
        (".70", ".20", ".10"),
        ("+.3000", "−.2000", "−.1000"),
    ]


def shown_pulls(page):
    return [float(text.replace("−", "-").replace("+", "")) for text in read(page)[4]]


@pytest.mark.parametrize(
    ("z", "p", "temperature"),
    [
        ([0, 0, 4.585], CAT, 1),
        ([1, 2, 3], NEWS, 1),
        ([5, -5, 0], [0.2, 0.2, 0.6], 0.5),
        ([5, -5, 0], [0.2, 0.2, 0.6], 5),
    ],
)
def test_the_loss_its_parts_and_the_arrows_are_those_of_lib(open_page, z, p, temperature):
    page = open_page(animals(z, p, temperature=temperature))
    scaled = np.array(z) / temperature
    loss = cross_entropy_from_logits(p, scaled)
    numbers = [float(line.split()[-2]) for line in lines(page)]
    wanted = [loss, entropy(p), kl_divergence(p, softmax(scaled))]
    assert numbers == pytest.approx(wanted, abs=6e-5)
    pull = -cross_entropy_gradient(p, scaled) / temperature
    assert shown_pulls(page) == pytest.approx(pull, abs=6e-5)
    for arrow, one in zip(page.locator(".pull").all(), pull, strict=True):
        tip = re.match(r"M0 0V(-?[\d.]+)", arrow.get_attribute("d"))
        assert float(tip[1]) == pytest.approx(-ARROW * one, abs=0.01) if tip else abs(one) < 0.056


def reach_of(page, slider, dx, dy):
    """Drag a slider by (dx, dy) units of its drawing."""
    handle = page.get_by_role("slider").nth(slider)
    scale = handle.locator("xpath=ancestor::*[local-name()='svg']").bounding_box()["width"] / 320
    x, y = centre(page, slider)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * scale, y + dy * scale, steps=6)
    page.mouse.up()
    settle(page)


def test_a_logit_is_dragged_up_and_down_and_stops_at_the_edge(open_page):
    page = open_page(animals([0, 0, 0]))
    reach_of(page, 2, 0, -3 * PER_LOGIT)
    assert read(page)[1] == ("0", "0", "3")
    q = softmax([0.0, 0, 3])
    assert [float(one) for one in read(page)[3]] == pytest.approx(q, abs=6e-4)
    reach_of(page, 2, 0, 5 * PER_LOGIT)
    assert read(page)[1] == ("0", "0", "−2")
    reach_of(page, 0, 4, 30 * PER_LOGIT)
    assert read(page)[1] == ("−5", "0", "−2")


def test_the_temperature_is_dragged_and_flattens(open_page):
    page = open_page(animals())
    reach_of(page, 3, 238 * 2 / 4.5, 0)  # the scale is 238 units long, from 0.5 to 5
    assert page.get_by_role("slider", name="Temperature").get_attribute("aria-valuenow") == "3"
    q = softmax(np.log([7, 2, 1]) / 3)
    assert [float(one) for one in read(page)[3]] == pytest.approx(q, abs=6e-4)
    assert shown_pulls(page) == pytest.approx((np.array(CAT) - q) / 3, abs=6e-5)
    reach_of(page, 3, -400, 0)
    assert page.get_by_role("slider", name="Temperature").get_attribute("aria-valuenow") == "0.5"


def test_the_target_is_dragged_soft_and_a_button_makes_it_hard(open_page):
    page = open_page(animals())
    reach_of(page, 4, 0, 0.3 * PLOT_HEIGHT)
    assert read(page)[2] == (".70", ".15", ".15")
    assert lines(page)[1] == f"H(P) = {entropy([0.7, 0.15, 0.15]):.4f} nats"
    page.get_by_role("button", name="label: bird").click()
    assert read(page)[2] == ("0", "0", "1")
    assert lines(page)[0] == "H(P,Q) = 2.3026 nats"


@pytest.mark.parametrize(
    ("slider", "keys", "now"),
    [
        (0, ["ArrowUp"], "0.1"),
        (1, ["ArrowLeft", "ArrowDown"], "-0.2"),
        (2, ["Shift+ArrowUp", "PageUp"], "2"),
        (0, ["Home"], "-5"),
        (0, ["End", "ArrowUp"], "5"),
        (3, ["ArrowRight"], "1.1"),
        (3, ["PageUp"], "1.5"),
        (3, ["Home"], "0.5"),
        (4, ["PageDown"], "0.9"),
        (6, ["End"], "1"),
    ],
)
def test_keys_move_logits_temperature_and_target(open_page, slider, keys, now):
    page = open_page(animals([0, 0, 0]))
    handle = page.get_by_role("slider").nth(slider)
    handle.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert handle.get_attribute("aria-valuenow") == now
    ring = handle.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke")
    assert ring == rgb(THEMES["light"]["focus"])
    assert page.evaluate("scrollY") == 0


def test_sliders_of_the_pull_say_what_they_are(open_page):
    page = open_page(animals())
    said = [
        (one.get_attribute("aria-label"), one.get_attribute("aria-valuetext"))
        for one in page.get_by_role("slider").all()
    ]
    assert said[0] == ("Logit of cat", "1.95, probability .70, pull +.300")
    assert said[3] == ("Temperature", "1.0")
    assert said[4] == ("Target of cat", "1, the model says .70")
    assert len(said) == 7


def test_no_pull_is_left_where_the_model_meets_its_target(open_page):
    page = open_page(animals(np.log(NEWS), NEWS))
    assert read(page)[4] == ("0.0000",) * 3
    assert (
        page.locator(".pull").evaluate_all("all => all.map((a) => a.getAttribute('d'))") == [""] * 3
    )
    assert lines(page)[0] == f"H(P,Q) = {entropy(NEWS):.4f} nats"
    assert lines(page)[2] == "D(P‖Q) = 0.0000 nats"


def test_a_finger_drags_a_logit(open_page):
    page = open_page(animals([0, 0, 0]), viewport=PHONE, has_touch=True, is_mobile=True)
    x, y = centre(page, 0)
    swipe(page, x, y, -40)
    assert float(read(page)[1][0]) > 1.5
    assert page.evaluate("scrollY") == 0


def test_the_bundle_of_the_pull_writes_logits_target_and_temperature(open_lab):
    lab = open_lab(animals([0, 0, 0]))
    lab.get_by_role("slider").nth(0).press("PageUp")
    lab.get_by_role("slider", name="Temperature").press("PageUp")
    lab.get_by_role("button", name="label: dog").click()
    state = lab.evaluate("['z', 'temperature', 'p'].map((name) => model.get(name))")
    assert state == [[1, 0, 0], 1.5, [0, 1, 0]]
    lab.evaluate("model.set('z', [2, -2, 0])")
    assert read(lab)[1] == ("2", "−2", "0")
    assert lab.evaluate("calls.saved > 0 && calls.saved <= calls.set")

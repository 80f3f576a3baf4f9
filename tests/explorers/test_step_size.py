"""The length of a policy update: what is refused, the update against NumPy, hand and keys."""

import math
import re
from functools import partial

import numpy as np
import pytest
import traitlets

from explorers import StepSize
from lib import kl_divergence, ppo_clip_objective, softmax
from tests.explorers.page import LONG, PLOT_HEIGHT, THEMES, Hand, drag, read, rgb, settle

HAND = Hand(handles=9, sliders=9, tracks=9)
OLD, GOOD, TRUE = [0.97, 0.01, 0.01, 0.01], [3, -3, 3, -3], [-3, 3, 3, -3]
CROWDED = {"plain": StepSize(OLD, GOOD, TRUE, LONG[:4], step=10)}


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


def test_another_number_of_arms_sets_the_advantages_to_0_and_says_so():
    explorer = StepSize()
    with pytest.raises(ValueError, match="one number for each arm"):
        explorer.advantage = [1, 2]
    explorer.labels = []
    with pytest.warns(UserWarning, match="2 arms now, so their advantages are 0"):
        explorer.p = [0.5, 0.5]
    assert (explorer.advantage, explorer.truth) == ([0.0, 0.0], [0.0, 0.0])


# ---- the arithmetic ------------------------------------------------------------------------------


@pytest.fixture
def policy_update(in_browser):
    """Return a function that computes an update in the browser, as policy.mjs does."""
    return partial(in_browser, "step_size/policy", "update")


def updated(method, old, advantage, step):
    """The same update in NumPy: the logits' change."""
    old, advantage = np.array(old), np.array(advantage)
    if method == "natural":
        return step * advantage
    change = np.zeros(old.size)
    for _ in range(1 if method == "plain" else 100):
        now = softmax(np.log(old) + change)
        counted = advantage
        if method == "clip":
            live = np.where(advantage > 0, now / old < 1.2, now / old > 0.8)
            counted = live * advantage
        if not (counted.any() and step):
            break
        change = change + step * now * (counted - now @ counted)
    return change


@pytest.mark.parametrize("method", ["plain", "natural", "clip"])
def test_a_policy_update_agrees_with_lib(policy_update, method):
    rng = np.random.default_rng(16)
    cases = [([0.25] * 4, [2, 1, -1, -2], step) for step in (0, 0.1, 1, 5)]
    for size in (2, 3, 4):
        for step in (0.3, 2.5):
            old, advantage = rng.dirichlet([1] * size), rng.uniform(-3, 3, size)
            cases.append((old.tolist(), advantage.tolist(), step))
    for old, advantage, step in cases:
        truth = rng.uniform(-3, 3, len(old)).tolist()
        got = policy_update(method, old, advantage, truth, step)
        change = updated(method, old, advantage, step)
        new = softmax(np.log(old) + change)
        ratio = new / old
        credit = old @ ppo_clip_objective(np.log(ratio), advantage, 0.2)
        assert got["now"] == pytest.approx(new.tolist(), rel=1e-9)
        expected = {
            "there": kl_divergence(old, new),
            "back": kl_divergence(new, old),
            "square": change @ (np.diag(old) - np.outer(old, old)) @ change / 2,
            "promise": (new - old) @ advantage,
            "clipped": credit - np.dot(old, advantage),
            "gain": (new - old) @ truth,
            "clipFraction": np.dot(old, np.abs(ratio - 1) > 0.2),
        }
        for name, value in expected.items():
            assert got[name] == pytest.approx(value, rel=1e-9, abs=1e-12), (name, old, step)


def test_an_arm_that_was_never_pulled_stays_so(policy_update):
    for method in ("plain", "natural", "clip"):
        got = policy_update(method, [0.5, 0.5, 0], [1, -1, 3], [0, 0, 0], 2)
        assert got["now"][2] == 0
        assert math.isfinite(got["there"])


# ---- on a page -----------------------------------------------------------------------------------


def update_lines(page):
    settle(page)
    return [" ".join(line.split()) for line in page.locator(".formula").all_inner_texts()]


def test_the_clipped_update_of_the_chapter_is_written_out(open_page):
    page = open_page(StepSize())
    page.get_by_role("button", name="clip, step 5", exact=True).click()
    assert update_lines(page) == [
        "step η = 5.00",
        "D(old‖new) = 1.2435 nats",
        "D(new‖old) = 0.5980 nats",
        "½ δᵀFδ = 1.8882 nats",
        "promised = +1.3263",
        "clipped = +.3000",
        "truly gained = +1.3263",
        "clip fraction = 1.00",
    ]
    assert read(page)[2] == (".384", ".589", ".02", ".006")


def test_the_step_follows_the_hand_and_the_keys(open_page):
    page = open_page(StepSize())
    slider = page.get_by_role("slider", name="Length of the update")
    box = slider.locator(".reach").bounding_box()
    scale = page.locator("svg").nth(1).bounding_box()["width"] / 320
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.3 * 290 * scale, y + 5, steps=5)
    page.mouse.up()
    assert update_lines(page)[0] == "step η = 5.00"
    slider.focus()
    for key, value in (
        ("ArrowRight", "5.10"), ("Shift+ArrowLeft", "4.10"), ("End", "10.00"), ("Home", "0.00"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert update_lines(page)[0] == f"step η = {value}"
    assert update_lines(page)[1] == "D(old‖new) = 0.0000 nats"
    stroke = slider.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke")
    assert stroke == rgb(THEMES["light"]["focus"])


def test_the_arms_follow_the_hand_and_the_keys(open_page):
    page = open_page(StepSize(advantage=[2, 1, -1, -2]))
    drag(page, 0, 0.2)
    # their panel is 128 high and not 188
    moved = 0.25 + round(0.2 * PLOT_HEIGHT / 128, 2)
    assert float(read(page)[1][0]) == pytest.approx(moved, abs=0.011)
    slider = page.get_by_role("slider", name="Estimated advantage of arm 3")
    slider.focus()
    for key in ("ArrowUp", "PageUp"):
        page.keyboard.press(key)
    assert read(page)[4] == ("+2.0", "+1.0", "−.4", "−2.0")
    assert slider.get_attribute("aria-valuenow") == "-0.4"
    page.keyboard.press("Home")
    assert read(page)[4][2] == "−3.0"


def test_another_method_keeps_the_step_within_reach(open_page):
    page = open_page(StepSize(step=8))
    page.get_by_role("button", name="natural gradient", exact=True).click()
    assert update_lines(page)[0] == "step η = 2.50"
    slider = page.get_by_role("slider", name="Length of the update")
    assert slider.get_attribute("aria-valuemax") == "2.5"
    pressed = page.locator(".letters [aria-pressed=true]").all_inner_texts()
    assert pressed == ["natural gradient"]
    new = softmax(2.5 * np.array([1, 1, 1.5, -2]))
    assert update_lines(page)[1] == f"D(old‖new) = {kl_divergence([0.25] * 4, new):.4f} nats"


@pytest.mark.parametrize("method", ["plain", "natural", "clip"])
def test_a_curve_stands_where_its_number_says(open_page, method):
    advantage = [2, 1, -1, -2]
    page = open_page(StepSize(advantage=advantage, method=method, step=2.5))
    settle(page)
    path = page.locator("figure path.curve.cost").get_attribute("d")
    longest = 2.5 if method == "natural" else 10
    points = np.array(re.findall(r"([\d.]+) ([\d.]+)", path), float)
    for x, y in points[::7]:
        step = (x - 26) / 290 * longest
        new = softmax(updated(method, [0.25] * 4, advantage, step))
        nats = (150 - y) / 128 * 3
        # a step is known to a tenth of a unit of the drawing; at a jump of the clip it matters
        if method != "clip":
            assert nats == pytest.approx(kl_divergence([0.25] * 4, new), abs=0.01)
    place = page.locator("figure .dot.cost").get_attribute("transform")
    y = float(re.findall(r"[\d.]+", place)[1])
    shown = float(update_lines(page)[1].split()[2])
    assert y == pytest.approx(150 - shown / 3 * 128, abs=0.02) or shown > 3


def test_step_size_in_jupyter_writes_to_its_model(open_lab):
    lab = open_lab(StepSize())
    lab.get_by_role("slider", name="Length of the update").press("ArrowRight")
    assert lab.evaluate("model.get('step')") == 2.1
    lab.evaluate("model.set('method', 'clip')")
    settle(lab)
    assert lab.locator(".letters [aria-pressed=true]").all_inner_texts() == ["clip, repeated"]

"""One Gaussian for a mixture: traits, divergences and minima against quadrature, hand, descent."""

import itertools
import math
import re
from functools import partial

import numpy as np
import pytest
import traitlets

from explorers import ForwardReverse
from lib import gaussian_cross_entropy, gaussian_entropy
from tests import browser
from tests.explorers.page import PHONE, THEMES, Hand, html_of, lines, rgb, settle, swipe

HAND = Hand(handles=12, sliders=8, tracks=1)
CROWDED = {"three": ForwardReverse([-4, 0, 4])}


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
    before = html_of(explorer)
    ((name, value),) = state.items()
    with pytest.raises((ValueError, traitlets.TraitError), match=complaint):
        setattr(explorer, name, value)
    assert html_of(explorer) == before


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match="the mixture has 3 modes, 2 weights and 3 widths"):
        ForwardReverse([0, 1, 2], weights=[0.5, 0.5])
    with pytest.raises(ValueError, match="preset 'odd' has 1 modes, 0 weights and 0 widths"):
        ForwardReverse(presets=[{"name": "odd", "modes": [0]}])
    odd = {"name": "odd", "modes": [9], "weights": [1], "widths": [1]}
    with pytest.raises(ValueError, match=r"preset 'odd', modes is \[9.0\]"):
        ForwardReverse(presets=[odd])


# ---- the arithmetic ------------------------------------------------------------------------------


EVEN = {"modes": [-3, 3], "weights": [0.5, 0.5], "widths": [1, 1]}

MIXTURES = {
    "even": EVEN,
    "near": EVEN | {"modes": [-2, 2]},
    "uneven": EVEN | {"weights": [0.7, 0.3]},
    "three": {"modes": [-4, 0, 4], "weights": [0.3, 0.4, 0.3], "widths": [0.7, 0.7, 0.7]},
    "odd": {"modes": [-1, 1], "weights": [0.3, 0.7], "widths": [0.5, 2]},
    "one": {"modes": [1], "weights": [1], "widths": [1.5]},
    "a weight of 0": EVEN | {"weights": [1, 0]},
}

FITS = [{"mean": m, "std": s} for m, s in ((0, 1), (-2.9, 0.3), (1.3, 2.5), (5, 4))]


@pytest.fixture
def densities(in_browser):
    """Return a function that calls one of densities.mjs in the browser."""
    return partial(in_browser, "forward_reverse/densities")


Z = np.linspace(-9, 9, 16_001)

Z_WEIGHTS = np.exp(-Z * Z / 2) / np.exp(-Z * Z / 2).sum()


def log_mixture(x, mixture):
    """ln p(x) and its slope, by logaddexp."""
    kept = np.array(mixture["weights"]) > 0
    modes, weights, widths = (np.array(mixture[k], float)[kept] for k in MIXTURES["even"])
    z = (x[..., None] - modes) / widths
    parts = np.log(weights / widths) - z**2 / 2 - np.log(2 * np.pi) / 2
    log_p = np.logaddexp.reduce(parts, axis=-1)
    return log_p, -(np.exp(parts - log_p[..., None]) * z / widths).sum(axis=-1)


def reverse_kl(mean, std, mixture):
    """D(Q‖P) and its slopes by mean and log std, by many more nodes than the browser has."""
    log_p, slope = log_mixture(mean + std * Z, mixture)
    cost = -gaussian_entropy(std) - log_p @ Z_WEIGHTS
    return cost, -(slope @ Z_WEIGHTS), -1 - std * ((slope * Z) @ Z_WEIGHTS)


def forward_kl(mean, std, mixture):
    modes, weights, widths = (np.array(mixture[k], float) for k in MIXTURES["even"])
    cross = weights @ gaussian_cross_entropy(modes, widths, mean, std)
    x = modes[:, None] + widths[:, None] * Z
    return cross + weights @ (log_mixture(x, mixture)[0] @ Z_WEIGHTS)


@pytest.mark.parametrize("name", MIXTURES)
def test_both_divergences_of_a_mixture_agree_with_python(densities, name):
    mixture = MIXTURES[name]
    for fit in FITS:
        there, back = (densities(f"{way}Cost", mixture, fit) for way in ("forward", "reverse"))
        assert there["cost"] == pytest.approx(forward_kl(**fit, mixture=mixture), rel=1e-9)
        cost, *slopes = reverse_kl(**fit, mixture=mixture)
        assert back["cost"] == pytest.approx(cost, rel=1e-9)
        assert back["gradient"] == pytest.approx(slopes, rel=1e-8, abs=1e-9)
        h = 1e-5
        for i, (dm, dl) in enumerate(((h, 0), (0, h))):
            ends = [
                forward_kl(fit["mean"] + k * dm, fit["std"] * math.exp(k * dl), mixture)
                for k in (1, -1)
            ]
            slope = (ends[0] - ends[1]) / (2 * h)
            assert there["gradient"][i] == pytest.approx(slope, rel=1e-6, abs=1e-7)
            ends = [
                reverse_kl(fit["mean"] + k * dm, fit["std"] * math.exp(k * dl), mixture)[1:]
                for k in (1, -1)
            ]
            second = [back["second"][j] for j in ((0, 1) if i == 0 else (1, 2))]
            wanted = (np.array(ends[0]) - ends[1]) / (2 * h)
            assert second == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "optima"),
    [
        ("even", [(-2.9843, 1.0234, 0.6888), (2.9843, 1.0234, 0.6888), (0, 2.7438, 0.8406)]),
        ("near", [(0, 2.0470, 0.2265)]),
        ("uneven", [(-2.9905, 1.0147, 0.3540), (2.9734, 1.0379, 1.1967)]),
        ("one", [(1, 1.5, 0)]),
    ],
)
def test_the_minima_of_a_mixture_are_those_of_the_chapter(densities, name, optima):
    found = [
        (one["mean"], one["std"], one["cost"]) for one in densities("reverseOptima", MIXTURES[name])
    ]
    key = {"key": lambda one: (round(one[2], 4), one[0])}
    np.testing.assert_allclose(sorted(found, **key), sorted(optima, **key), atol=1e-4)


def test_no_minimum_of_a_random_mixture_is_missed_or_made_up(densities):
    rng = np.random.default_rng(20261120)
    missed = 0
    for _ in range(8):
        count = int(rng.integers(2, 4))
        mixture = {
            "modes": rng.uniform(-5, 5, count).tolist(),
            "weights": rng.dirichlet(np.full(count, 3.0)).tolist(),
            "widths": rng.uniform(0.6, 1.6, count).tolist(),
        }
        found = densities("reverseOptima", mixture)
        for one in found:
            _, *slopes = reverse_kl(one["mean"], one["std"], mixture)
            assert slopes == pytest.approx([0, 0], abs=1e-6)
        for mean, log_std in itertools.product((-5, -2.5, 0, 2.5, 5), (-0.4, 0.9)):
            for step in range(400):
                s = math.exp(log_std)
                x = mean + s * Z[::40]
                slope, w = log_mixture(x, mixture)[1], Z_WEIGHTS[::40] / Z_WEIGHTS[::40].sum()
                by_mean, by_log = -(slope @ w), -1 - s * ((slope * Z[::40]) @ w)
                mean -= np.clip(0.2 * s * s * by_mean, -0.3 * s, 0.3 * s)
                log_std -= np.clip(0.1 * by_log, -0.15, 0.15)
                if step > 20 and math.hypot(by_mean, by_log) < 1e-5:
                    break
            arrived = math.hypot(by_mean, by_log) < 1e-4
            missed += arrived and not any(
                abs(one["mean"] - mean) + abs(math.log(one["std"]) - log_std) < 0.02
                for one in found
            )
    assert missed == 0


def test_the_fast_map_is_the_cost_to_three_digits(module_page):
    means, stds = [-6.5 + 0.325 * j for j in range(41)], [0.3, 0.8, 2.1, 6]
    grid = module_page.evaluate(
        """([means, stds, P]) => import('/explorers/forward_reverse/densities.mjs')
            .then((m) => m.reverseGrid(means, stds)(P))""",
        [means, stds, MIXTURES["three"]],
    )
    for i, std in enumerate(stds):
        for j in (0, 13, 20, 31):
            exact = reverse_kl(means[j], std, MIXTURES["three"])[0]
            assert grid[i][j] == pytest.approx(exact, rel=2e-3)


def test_on_a_contour_of_a_grid_the_level_is_met(densities):
    rows = [[(x - 3) ** 2 + 2 * (y - 2) ** 2 for x in range(8)] for y in range(6)]
    empty, pieces = densities("contourPieces", rows, [-1, 2.5])
    assert empty == []
    assert len(pieces) > 6
    for x1, y1, x2, y2 in pieces:
        for x, y in ((x1, y1), (x2, y2)):
            assert (x - 3) ** 2 + 2 * (y - 2) ** 2 == pytest.approx(2.5, abs=0.6)
            assert x == round(x) or y == round(y)


# ---- on a page -----------------------------------------------------------------------------------


def state_of(page):
    """The sliders' values: modes, weights, widths, mean, width of Q."""
    settle(page)
    return [float(s.get_attribute("aria-valuenow")) for s in page.get_by_role("slider").all()]


def pull(page, point, dx, dy):
    """Drag a point by (dx, dy) in the drawing's units."""
    scale = page.locator("figure svg").first.bounding_box()["width"] / 320
    box = point.locator(".grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * scale, y + dy * scale, steps=6)
    page.mouse.up()
    settle(page)


def minima(page):
    settle(page)
    rows = page.locator("tbody tr:visible")
    return [
        [cell.inner_text().replace("−", "-") for cell in row.locator("th, td").all()]
        for row in rows.all()
    ]


UNIT = 290 / 13  # of x, in the drawing's units


def test_a_fit_is_written_out(open_page):
    page = open_page(ForwardReverse())
    there, back = forward_kl(0.5, 1, EVEN), reverse_kl(0.5, 1, EVEN)[0]
    assert lines(page) == [f"D(P‖Q) = {there:.4f} nats", f"D(Q‖P) = {back:.4f} nats"]
    found = minima(page)
    assert found[0] == ["◇ of D(P‖Q)", "0.00", "3.16", "0.462"]
    assert sorted(found[1:3]) == [
        ["● of D(Q‖P)", "-2.98", "1.02", "0.689"],
        ["● of D(Q‖P)", "2.98", "1.02", "0.689"],
    ]
    assert found[3:] == [["○ of D(Q‖P)", "0.00", "2.74", "0.841"]]
    assert page.locator(".minimum.best:visible").count() == 2


def test_a_mode_is_dragged_to_another_place_and_weight(open_page):
    page = open_page(ForwardReverse())
    left = page.locator(".point.p").first
    pull(page, left, 1.5 * UNIT, 0)
    assert state_of(page)[:6] == [-1.5, 0.5, 1, 3, 0.5, 1]
    # .1 of weight is .1 · .399 of density, on a scale of .5 for 156.
    pull(page, left, 0, -0.2 * 0.39894 / 0.5 * 156)
    assert state_of(page)[:6] == pytest.approx([-1.5, 0.7, 1, 3, 0.3, 1])
    there = forward_kl(0.5, 1, {"modes": [-1.5, 3], "weights": [0.7, 0.3], "widths": [1, 1]})
    assert lines(page)[0] == f"D(P‖Q) = {there:.4f} nats"
    pull(page, left, -400, 400)
    assert state_of(page)[:6] == [-5, 0, 1, 3, 1, 1]


@pytest.mark.parametrize("figure", [0, 1])
def test_q_is_dragged_on_its_density_and_on_the_map(open_page, figure):
    page = open_page(ForwardReverse())
    knob = page.locator("figure").nth(figure).locator(".point.q")
    pull(page, knob, 2 * UNIT, 0)
    assert state_of(page)[-2:] == [2.5, 1]
    up = -206 * math.log(2) / math.log(20) if figure else 0.39894 / 2 / 0.5 * 156
    pull(page, knob, 0, up)
    assert state_of(page)[-2:] == [2.5, 2]
    cost = reverse_kl(2.5, 2, EVEN)[0]
    assert lines(page)[1] == f"D(Q‖P) = {cost:.4f} nats"
    pull(page, knob, 900, 0)
    assert state_of(page)[-2:] == [6, 2]


def test_a_finger_drags_q_on_the_map(open_page):
    page = open_page(ForwardReverse(), viewport=PHONE, has_touch=True, is_mobile=True)
    knob = page.locator("figure").nth(1).locator(".point.q")
    knob.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    box = knob.locator(".grip").bounding_box()
    swipe(page, box["x"] + 8, box["y"] + 8, -60)
    assert state_of(page)[-1] > 1.5
    assert page.evaluate("scrollY") == before


@pytest.mark.parametrize(
    ("slider", "key", "value"),
    [
        ("Place of mode 1", "ArrowRight", -2.95),
        ("Place of mode 2", "End", 5),
        ("Weight of mode 1; the others keep their proportions", "PageUp", 0.6),
        ("Width of mode 2", "Home", 0.5),
        ("Mean of Q", "Shift+ArrowRight", 1),
        ("Width of Q", "ArrowUp", 1.05),
    ],
)
def test_every_number_of_a_mixture_is_a_slider(open_page, slider, key, value):
    page = open_page(ForwardReverse())
    handle = page.get_by_role("slider", name=slider, exact=True)
    handle.focus()
    ring = handle.locator(".ring")
    page.keyboard.press(key)
    settle(page)
    assert float(handle.get_attribute("aria-valuenow")) == pytest.approx(value)
    stroke = ring.evaluate("ring => getComputedStyle(ring).stroke")
    assert stroke == rgb(THEMES["light"]["focus"])
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    ("mean", "cost", "end"),
    [
        (0.5, "reverse", (0, 2.74377)),
        (1, "reverse", (2.98431, 1.02337)),
        (1, "forward", (0, 3.16228)),
    ],
)
def test_with_reduced_motion_a_descent_jumps_to_its_minimum(open_page, mean, cost, end):
    explorer = ForwardReverse(mean=mean, cost=cost)
    page = open_page(explorer, reduced_motion="reduce")
    page.get_by_role("button", name="Descend").click()
    assert state_of(page)[-2:] == pytest.approx(end, abs=3e-4)
    assert page.locator(".trail").get_attribute("d").count("L") > 10
    page.get_by_role("slider", name="Mean of Q").press("ArrowLeft")
    settle(page)
    assert page.locator(".trail").get_attribute("d") == ""


def test_a_descent_is_seen_on_its_way_and_can_be_stopped(open_page):
    page = open_page(ForwardReverse(mean=1))
    button = page.locator("button.go")
    button.click()
    page.wait_for_function("document.querySelector('.go').textContent === 'Stop'")
    button.click()
    page.wait_for_function("document.querySelector('.go').textContent.startsWith('Descend')")
    stopped = state_of(page)[-2:]
    browser.frames(page)
    assert state_of(page)[-2:] == stopped != pytest.approx([2.9843, 1.0234], abs=1e-3)
    button.click()
    page.wait_for_function("document.querySelector('.go').textContent === 'Stop'")
    page.wait_for_function("document.querySelector('.go').textContent.startsWith('Descend')")
    assert state_of(page)[-2:] == pytest.approx([2.9843, 1.0234], abs=1e-3)


def test_a_hand_on_q_ends_the_descent(open_page):
    page = open_page(ForwardReverse(mean=1))
    page.locator("button.go").click()
    page.get_by_role("slider", name="Mean of Q").press("Home")
    settle(page)
    assert state_of(page)[-2] == -6
    browser.frames(page)
    assert state_of(page)[-2] == -6


def arrow_end(page, kind):
    """Where an arrow points, in the drawing's units: right and up."""
    d = page.locator(f"path.arrow{kind}").get_attribute("d")
    (x1, y1), (x2, y2) = re.findall(r"([\d.]+) ([\d.]+)", d)[:2]
    return float(x2) - float(x1), float(y1) - float(y2)


@pytest.mark.parametrize("cost", ["forward", "reverse"])
def test_arrows_point_down_the_costs(open_page, cost):
    page = open_page(ForwardReverse(mean=1.5, std=0.8, cost=cost))
    _, by_mean, by_log = reverse_kl(1.5, 0.8, EVEN)
    square = (10 + 1.5**2) / 0.64
    slopes = {"reverse": (by_mean, by_log), "forward": (1.5 / 0.64, 1 - square)}
    other = {"forward": "reverse", "reverse": "forward"}[cost]
    for name, kind in ((cost, ".cost"), (other, ":not(.cost)")):
        by_mean, by_log = slopes[name]
        way = -0.64 * by_mean * UNIT, -by_log / 2 * 206 / math.log(20)
        dx, dy = arrow_end(page, kind)
        assert math.atan2(dy, dx) == pytest.approx(math.atan2(way[1], way[0]), abs=0.03)


def test_the_map_shows_the_cost_that_is_asked_for(open_page):
    page = open_page(ForwardReverse())
    contour = page.locator(".contour")
    before = contour.get_attribute("d")
    page.get_by_role("button", name="Map of D(P‖Q)").click()
    settle(page)
    assert contour.get_attribute("d") != before
    assert page.locator("button.go").inner_text() == "Descend D(P‖Q)"
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert contour.get_attribute("d") == before


def test_a_mixture_in_jupyterlab_writes_and_hears(open_lab):
    lab = open_lab(ForwardReverse())
    pull(lab, lab.locator("figure").nth(1).locator(".point.q"), UNIT, 0)
    assert lab.evaluate("model.get('mean')") == 1.5
    # A kernel sends three lists one after the other; between them they don't fit.
    lab.evaluate("model.set('modes', [-4, 0, 4])")
    settle(lab)
    lab.evaluate("model.set('weights', [0.2, 0.5, 0.3]), model.set('widths', [1, 1, 1])")
    assert state_of(lab)[:3] == [-4, 0.2, 1]
    assert lab.get_by_role("slider").count() == 11

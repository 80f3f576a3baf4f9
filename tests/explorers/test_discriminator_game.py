"""Data, a generator's Q and a discriminator: traits, nats against SciPy, picture, hand."""

import itertools
import math
import re
from functools import partial

import numpy as np
import pytest
import torch
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, special, stats

from explorers import DiscriminatorGame
from explorers.discriminator_game import HUMPS, MEAN_ENDS, MIDDLE_ENDS, SLOPE_ENDS, STD_ENDS
from lib import gaussian_kl, js_divergence
from tests.explorers.page import (
    PHONE,
    THEMES,
    Hand,
    chip,
    held,
    lines,
    middle_of,
    note,
    pull,
    refuses,
    rgb,
    settle,
    touch,
)

HAND = Hand(handles=6, sliders=6, tracks=2, pressed=".letters button")
PRESETS = {preset["name"]: preset for preset in DiscriminatorGame().presets}


def started(name):
    """Return the explorer as a chip of this name sets it."""
    return DiscriminatorGame(**{key: PRESETS[name][key] for key in PRESETS[name] if key != "name"})


CROWDED = {
    "two humps": started("one mode of two"),
    "one on the other": started("Q = P"),
    "sure and right": DiscriminatorGame(
        mean_p=5, std_p=0.5, mean_q=-5, std_q=0.5, best=False, middle=-6, slope=8
    ),
}
NUMBERS = (
    "value", "best_value", "js", "gap", "minimax_loss", "minimax_slope", "non_saturating_loss",
    "non_saturating_slope", "divergence", "w1", "w1_slope",
)  # fmt: skip
# mean and width of P, mean and width of Q
GAUSSIANS = [
    (-3, 1, -2, 1), (-3, 1, 5, 1), (0, 1, 0, 2), (-5, 0.5, 5, 0.5), (-5, 0.5, 5, 2), (0, 1, 3, 1),
    (1.35, 2, 1.4, 2), (0, 0.5, 0, 2), (0.6, 0.5, -2.4, 0.5), (5, 2, -5, 0.5), (0, 1, 0, 1),
]  # fmt: skip
DS = [
    {"best": True}, {"best": False, "middle": 0, "slope": -0.5},
    {"best": False, "middle": -2.5, "slope": -1}, {"best": False, "middle": 6, "slope": -8},
    {"best": False, "middle": -4, "slope": 8}, {"best": False, "middle": 0, "slope": 0},
]  # fmt: skip
CASES = list(itertools.product(HUMPS, GAUSSIANS, DS))
REAL_CASES = list(itertools.product(HUMPS, GAUSSIANS))


def made(data, gaussians, play=None):
    return DiscriminatorGame(data, *gaussians, **(play or {}))


def numbers_of(explorer):
    return {name: getattr(explorer, name) for name in NUMBERS}


# ---- what it takes -------------------------------------------------------------------------------


def test_at_first_q_stands_beside_p_and_d_is_the_best():
    explorer = DiscriminatorGame()
    assert (explorer.data, explorer.mean_p, explorer.mean_q) == ("one hump", -3, -2)
    assert (explorer.std_p, explorer.std_q, explorer.best) == (1, 1, True)
    assert "drag Q away" in explorer.prompt
    assert DiscriminatorGame("two humps", 0, 1, 3, 0.5).std_q == 0.5


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("mean_p", 5.1, "mean_p is 5.1; give a number from -5 to 5"),
        ("mean_q", math.nan, "mean_q is nan"),
        ("std_p", 0.4, "std_p is 0.4; give a number from 0.5 to 2"),
        ("std_q", 0, "std_q is 0"),
        ("middle", -7, "middle is -7.0; give a number from -6 to 6"),
        ("slope", 8.5, "slope is 8.5; give a number from -8 to 8"),
        ("data", "three humps", "'one hump', 'two humps'"),
        ("best", "yes", "best"),
    ],
)
def test_what_has_no_place_in_the_picture_is_refused_and_changes_nothing(name, value, complaint):
    refuses(DiscriminatorGame, name, value, complaint)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [({"mean_q": 9}, "mean_q is 9"), ({"data": "humps"}, "data"), ({"best": 2}, "best")],
)
def test_a_preset_that_would_be_refused_is_refused_with_its_name(wrong, complaint):
    with pytest.raises(traitlets.TraitError, match=rf"preset 'odd'.*{complaint}"):
        DiscriminatorGame(presets=[{"name": "odd", **wrong}])


@pytest.mark.parametrize("name", NUMBERS)
def test_the_numbers_are_read_and_not_set(name):
    explorer = DiscriminatorGame()
    with pytest.raises(AttributeError):
        setattr(explorer, name, 1)
    before = getattr(explorer, name)
    assert isinstance(before, float)
    explorer.best, explorer.std_q = False, 2
    assert getattr(explorer, name) != before


# ---- the arithmetic ------------------------------------------------------------------------------


def humps_of(explorer):
    """Return P as SciPy has it."""
    return [stats.norm(explorer.mean_p + at, explorer.std_p) for at in HUMPS[explorer.data]]


def mean_of(humps, name, x):
    """The density or the distribution function of a mixture with even weights."""
    return np.mean([getattr(one, name)(x) for one in humps], axis=0)


def in_the_page(in_browser, explorer):
    P = in_browser(
        "discriminator_game/game", "humpsOf", explorer.data, explorer.mean_p, explorer.std_p
    )
    Q = in_browser(
        "discriminator_game/game", "humpsOf", "one hump", explorer.mean_q, explorer.std_q
    )
    D = {"best": explorer.best, "middle": explorer.middle, "slope": explorer.slope}
    found = in_browser("discriminator_game/game", "gameOf", P, Q, D)
    return {re.sub("[A-Z]", lambda one: f"_{one[0].lower()}", name): found[name] for name in found}


@pytest.mark.parametrize(("data", "gaussians", "play"), CASES)
def test_the_page_computes_what_python_does(in_browser, data, gaussians, play):
    explorer = made(data, gaussians, play)
    there = in_the_page(in_browser, explorer)
    assert there == pytest.approx(numbers_of(explorer), rel=1e-12, abs=1e-12)


# Gauss and Legendre's rule on pieces of ¼.
PIECE, WEIGHT = (one / 8 for one in special.roots_legendre(40))
XS = (np.arange(-30, 30, 0.25)[:, None] + 1 / 8 + PIECE).ravel()


def integral(values):
    """∫ of a function with these values at XS."""
    return float(np.tile(WEIGHT, len(XS) // len(WEIGHT)) @ values)


@pytest.mark.parametrize(("data", "gaussians", "play"), CASES)
def test_what_each_wins_and_is_told_are_the_integrals_that_they_are_named_after(
    data, gaussians, play
):
    """The slopes in another form: E_Q of the derivative of the loss by x, not of its weight."""
    explorer = made(data, gaussians, play)
    _, std_p, mean_q, std_q = gaussians
    q, humps = stats.norm(mean_q, std_q), humps_of(explorer)
    logs = np.array([one.logpdf(XS) for one in humps])
    log_ratio = special.logsumexp(logs, axis=0) - math.log(len(humps)) - q.logpdf(XS)
    if play["best"]:
        pulls = np.array([one.mean() - XS for one in humps]) / std_p**2
        turn = (special.softmax(logs, axis=0) * pulls).sum(axis=0) - (mean_q - XS) / std_q**2
        logit = log_ratio
    else:
        turn = play["slope"]
        logit = play["slope"] * (XS - play["middle"])
    log_d, log_not, d = special.log_expit(logit), special.log_expit(-logit), special.expit(logit)
    over_p = lambda values: integral(mean_of(humps, "pdf", XS) * values)  # noqa: E731
    over_q = lambda values: integral(q.pdf(XS) * values)  # noqa: E731
    exact = partial(pytest.approx, rel=1e-12, abs=1e-12)
    assert explorer.value == exact(over_p(log_d) + over_q(log_not))
    assert explorer.minimax_loss == exact(over_q(log_not))
    assert explorer.non_saturating_loss == exact(-over_q(log_d))
    assert explorer.minimax_slope == exact(over_q(-d * turn))
    assert explorer.non_saturating_slope == exact(over_q((d - 1) * turn))
    assert explorer.divergence == exact(over_p(log_ratio))


@pytest.mark.parametrize(("data", "gaussians"), REAL_CASES)
def test_the_divergences_are_those_of_lib(data, gaussians):
    """On a grid as fine as a Gaussian needs, whose points are the outcomes."""
    explorer = made(data, gaussians)
    x = np.linspace(-30, 30, 6001)
    pmfs = [one / one.sum() for one in (explorer.density_p(x), explorer.density_q(x))]
    assert explorer.js == pytest.approx(js_divergence(*pmfs), rel=1e-12, abs=1e-13)
    assert explorer.best_value == pytest.approx(2 * js_divergence(*pmfs) - math.log(4), abs=1e-12)
    if data == "one hump":
        assert explorer.divergence == pytest.approx(gaussian_kl(*gaussians), rel=1e-12, abs=1e-13)


def test_the_densities_are_those_of_scipy():
    x = np.linspace(-8, 8, 33)
    for data, gaussians in REAL_CASES:
        explorer = made(data, gaussians)
        p, q = mean_of(humps_of(explorer), "pdf", x), stats.norm.pdf(x, *gaussians[2:])
        np.testing.assert_allclose(explorer.density_p(x), p, rtol=1e-11)
        np.testing.assert_allclose(explorer.density_q(x), q, rtol=1e-11)
        np.testing.assert_allclose(explorer.discriminator(x), p / (p + q), rtol=1e-9)
    logistic = DiscriminatorGame(best=False, middle=1, slope=-0.5).discriminator(x)
    np.testing.assert_allclose(logistic, special.expit(-0.5 * (x - 1)), rtol=1e-14)


@pytest.mark.parametrize(("data", "gaussians", "play"), CASES)
def test_the_slopes_are_those_that_pytorch_finds(data, gaussians, play):
    explorer = made(data, gaussians, play)
    x = torch.arange(-3000, 3001, dtype=torch.float64) / 100
    d = torch.tensor(explorer._logit(x.numpy(), explorer.best))
    mean = torch.tensor(float(explorer.mean_q), dtype=torch.float64, requires_grad=True)
    q = torch.distributions.Normal(mean, explorer.std_q).log_prob(x).exp() / 100
    log_d = torch.nn.functional.logsigmoid
    for name, loss in (("minimax", log_d(-d)), ("non_saturating", -log_d(d))):
        value, slope = (getattr(explorer, f"{name}_{one}") for one in ("loss", "slope"))
        expected = (q * loss).sum()
        (gradient,) = torch.autograd.grad(expected, mean, retain_graph=True)
        assert value == pytest.approx(expected.item(), rel=1e-12, abs=1e-12)
        assert slope == pytest.approx(gradient.item(), rel=1e-12, abs=1e-12)


@given(
    data=st.sampled_from([*HUMPS]),
    means=st.tuples(st.floats(*MEAN_ENDS), st.floats(*MEAN_ENDS)),
    stds=st.tuples(st.floats(*STD_ENDS), st.floats(*STD_ENDS)),
    middle=st.floats(*MIDDLE_ENDS),
    slope=st.floats(*SLOPE_ENDS),
)
def test_no_d_wins_more_than_the_best(data, means, stds, middle, slope):
    """Goodfellow et al. (2014), proposition 1 and theorem 1."""
    explorer = DiscriminatorGame(
        data, means[0], stds[0], means[1], stds[1], best=False, middle=middle, slope=slope
    )
    assert explorer.gap >= -1e-12
    assert 0 <= explorer.js <= math.log(2)
    assert explorer.best_value == 2 * explorer.js - math.log(4)


@pytest.mark.parametrize(
    ("mean_p", "mean_q", "std"), [(-3, -2, 1), (-3, 5, 1), (1, -0.5, 0.5), (0, 4, 2)]
)
def test_between_two_gaussians_of_one_width_the_best_d_is_logistic(mean_p, mean_q, std):
    """ln p/q = (mean_p − mean_q)·(x − their middle)/std²."""
    own = {"middle": (mean_p + mean_q) / 2, "slope": (mean_p - mean_q) / std**2}
    explorer = DiscriminatorGame("one hump", mean_p, std, mean_q, std, best=False, **own)
    assert explorer.gap == pytest.approx(0, abs=1e-13)
    best = DiscriminatorGame("one hump", mean_p, std, mean_q, std)
    assert numbers_of(explorer) == pytest.approx(numbers_of(best), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(("data", "gaussians"), REAL_CASES)
def test_the_minimax_slope_at_the_best_d_is_that_of_2_js(data, gaussians):
    """The envelope theorem: to follow D* or to hold it makes no difference to the first order."""
    explorer = made(data, gaussians)
    h = 1e-3
    ahead, before = explorer.mean_q + h, explorer.mean_q - h
    x = np.linspace(-30, 30, 6001)
    p = explorer.density_p(x) / explorer.density_p(x).sum()

    def js(mean):
        q = stats.norm.pdf(x, mean, explorer.std_q)
        return js_divergence(p, q / q.sum())

    assert explorer.minimax_slope == pytest.approx((js(ahead) - js(before)) / h, abs=2e-5)


@pytest.mark.parametrize(("data", "gaussians"), REAL_CASES)
@pytest.mark.parametrize("slope", [-8, -0.5, 0, 3.3])
def test_the_two_slopes_of_a_logistic_d_share_its_slope(data, gaussians, slope):
    """ln D − ln(1 − D) is slope·(x − middle), whose mean over Q moves with the mean of Q."""
    explorer = made(data, gaussians, {"best": False, "middle": 0.7, "slope": slope})
    both = explorer.minimax_slope + explorer.non_saturating_slope
    assert both == pytest.approx(-slope, abs=1e-12)


def test_far_apart_the_minimax_slope_is_gone_and_the_other_is_not():
    """At distance d and width 1 the slopes are d·E_Q D* and d·(1 − E_Q D*), and D* → 0 on Q."""
    for mean_q in range(-1, 6):
        explorer = DiscriminatorGame(mean_q=mean_q)
        apart = mean_q + 3
        both = explorer.minimax_slope + explorer.non_saturating_slope
        assert both == pytest.approx(apart, rel=1e-12)
        # E_Q D* = ∫ pq/(p + q) ≤ ∫ √(pq)/2
        assert 0 < explorer.minimax_slope < apart * math.exp(-(apart**2) / 8) / 2
    assert explorer.minimax_slope < 1e-3
    assert explorer.non_saturating_slope > 7.999
    assert math.log(2) - explorer.js < 1e-3


def test_a_blind_d_has_minus_ln_4_and_pushes_nowhere():
    explorer = started("blind D")
    assert explorer.value == pytest.approx(-math.log(4), abs=1e-13)
    assert explorer.minimax_slope == pytest.approx(0, abs=1e-13)
    assert explorer.non_saturating_slope == pytest.approx(0, abs=1e-13)
    assert explorer.gap == pytest.approx(2 * explorer.js, abs=1e-13)


def test_where_q_is_p_the_best_d_is_blind_and_every_divergence_exactly_0():
    explorer = started("Q = P")
    assert (explorer.js, explorer.divergence, explorer.w1, explorer.w1_slope) == (0, 0, 0, 0)
    assert explorer.value == -math.log(4)
    assert {*explorer.discriminator([-9, -3, 0, 4])} == {0.5}


def test_a_weak_d_still_pushes_where_the_best_has_stopped():
    best, weak = started("apart"), started("apart, weak D")
    assert weak.minimax_slope > 100 * best.minimax_slope
    assert weak.gap > 0.2


def test_on_one_mode_of_two_both_losses_rest_and_w1_does_not():
    explorer = started("one mode of two")
    assert 0 < explorer.minimax_slope < 0.01
    assert 0 < explorer.non_saturating_slope < 0.01
    assert explorer.w1_slope == pytest.approx(1, abs=1e-6)
    assert explorer.w1 == pytest.approx(3, abs=1e-3)
    assert explorer.divergence > 8


@pytest.mark.parametrize(("data", "gaussians"), REAL_CASES)
def test_w1_is_the_area_between_the_distribution_functions(data, gaussians):
    explorer = made(data, gaussians)
    humps, q = humps_of(explorer), stats.norm(*gaussians[2:])

    def apart(x):
        return mean_of(humps, "cdf", x) - q.cdf(x)

    x = np.linspace(-30.003, 30, 6001)
    gaps = apart(x)
    signs = np.where(np.abs(gaps) < 1e-13, 0, np.sign(gaps))
    (before,) = np.nonzero(signs[1:] * signs[:-1] < 0)
    crossings = [optimize.brentq(apart, x[i], x[i + 1], xtol=1e-14) for i in before]
    ends = sorted([*np.arange(-30, 30.5, 0.5), *crossings])
    pieces = [integrate.fixed_quad(apart, a, b, n=40)[0] for a, b in itertools.pairwise(ends)]
    assert explorer.w1 == pytest.approx(math.fsum(map(abs, pieces)), abs=1e-12)
    mass = np.diff(q.cdf(ends))
    wanted = sum(np.sign(area) * one for area, one in zip(pieces, mass, strict=True))
    assert explorer.w1_slope == pytest.approx(wanted if explorer.w1 else 0, abs=1e-6)


@pytest.mark.parametrize("gaussians", GAUSSIANS)
def test_w1_of_two_gaussians_is_the_mean_of_a_folded_one(gaussians):
    """Quantiles pair off: W1 = E|Δmean + Δstd·Z|."""
    mean_p, std_p, mean_q, std_q = gaussians
    move, stretch = abs(mean_p - mean_q), abs(std_p - std_q)
    wanted = stats.foldnorm.mean(move / stretch, scale=stretch) if stretch else move
    assert made("one hump", gaussians).w1 == pytest.approx(wanted, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(("data", "gaussians"), REAL_CASES)
def test_the_slope_of_w1_is_its_difference_quotient(data, gaussians):
    explorer = made(data, gaussians)
    h = 1e-4
    if explorer.w1 == 0:
        return  # a corner: to either side it rises
    ahead, before = (
        DiscriminatorGame(data, *gaussians[:2], explorer.mean_q + step, gaussians[3]).w1
        for step in ((0, -h) if explorer.mean_q == MEAN_ENDS[1] else (h, 0))
    )
    assert explorer.w1_slope == pytest.approx((ahead - before) / h, abs=2e-4)


# ---- the curve under the hand --------------------------------------------------------------------

# The drawing: x from −8.5 to 8.5; a density of up to .8, and D from 0 to 1, over their floors.
LEFT, RIGHT, TOP, FLOOR = 26, 316, 30, 202
UNIT = (RIGHT - LEFT) / 17
HIGHEST = 0.8
D_TOP, D_FLOOR = 238, 350
RADIUS = 44
TURN = {"radius": RADIUS, "wide": UNIT, "high": D_FLOOR - D_TOP}


@pytest.mark.parametrize("slope", [-8, -3.3, -0.5, -0.1, 0, 0.1, 1, 8])
def test_a_turned_curve_goes_through_the_grip(in_browser, slope):
    angle = in_browser("discriminator_game/game", "angleOf", slope, TURN)
    right, up = RADIUS * math.cos(angle) / UNIT, RADIUS * math.sin(angle) / TURN["high"]
    assert right > 0
    assert special.expit(slope * right) == pytest.approx(0.5 + up, abs=1e-12)
    back = in_browser("discriminator_game/game", "slopeAt", angle, TURN)
    assert back == pytest.approx(slope, rel=1e-9, abs=1e-12)


def test_a_grip_straight_over_the_middle_asks_for_more_than_there_is(in_browser):
    for angle in (math.pi / 2, -math.pi / 2):
        asked = in_browser("discriminator_game/game", "slopeAt", angle, TURN)
        assert asked * math.copysign(1, angle) > 1e6


# ---- what is drawn -------------------------------------------------------------------------------

BLIND = -math.log(4)
START, ZERO = 14, 308
PER_NAT = (ZERO - START) / 2
CENTRE, HALF = 161, 147


def across(x):
    return LEFT + (np.asarray(x) + 8.5) * UNIT


def upwards(density):
    return FLOOR - density / HIGHEST * (FLOOR - TOP)


def points(page, kind, number=0):
    """The points of a curve, in the drawing's units."""
    settle(page)
    path = page.locator(f"figure path.{kind}").nth(number).get_attribute("d")
    return np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", path), float).T


def place(page, label):
    """Where a grip stands."""
    settle(page)
    grip = page.get_by_role("slider", name=label, exact=True)
    return [float(one) for one in re.findall(r"[\d.]+", grip.get_attribute("transform"))]


def piece(page, kind):
    """Where a piece of the bar begins and ends, in nats."""
    settle(page)
    rect = page.locator(f"figure:nth-of-type(2) rect.{kind}").first
    x, width = (float(rect.get_attribute(name)) for name in ("x", "width"))
    return [(x - ZERO) / PER_NAT, (x + width - ZERO) / PER_NAT]


def arrows(page):
    """How far each arrow says that Q is pushed, with its sign."""
    settle(page)
    found = page.locator("path.push").evaluate_all("all => all.map((one) => one.getAttribute('d'))")
    ends = [float(re.search(r"H([\d.]+)", path)[1]) for path in found]
    shares = [(end - CENTRE) / HALF for end in ends]
    return [share / (1 - abs(share)) for share in shares]


def table(page):
    settle(page)
    rows = page.locator("table :is(tbody, tfoot) tr")
    return [row.locator("td").all_text_contents() for row in rows.all()]


def text_of(value, digits=4):
    return f"{value + 0.0:.{digits}f}".replace("-0.0000", "0.0000").replace("-", "−")


@pytest.mark.parametrize("name", PRESETS)
def test_the_numbers_are_written_as_python_has_them(open_page, name):
    page = open_page(DiscriminatorGame())
    chip(page, name)
    game = started(name)
    assert lines(page) == [
        f"V = {text_of(game.value)} nats",
        f"2·JS − ln 4 = {text_of(game.best_value)} nats",
        f"gap = {text_of(game.gap)} nats",
    ]
    assert page.locator(".soft").last.inner_text() == (
        f"JS = {text_of(game.js)}, D(P‖Q) = {text_of(game.divergence)} nats"
    )
    assert table(page) == [
        [text_of(game.minimax_loss), text_of(game.minimax_slope)],
        [text_of(game.non_saturating_loss), text_of(game.non_saturating_slope)],
        [text_of(game.w1), text_of(game.w1_slope)],
    ]


def test_the_note_says_how_d_stands_to_the_best_and_to_a_blind_one(open_page):
    page = open_page(DiscriminatorGame())
    assert note(page) == "No D wins more against this P and Q."
    chip(page, "blind D")
    assert note(page) == f"D* would win {2 * started('near').js:.4f} nats more."
    wrong = DiscriminatorGame(best=False, middle=-2.5, slope=0.1)
    assert -1.5 < wrong.value < -math.log(4)
    for worse in (wrong, DiscriminatorGame.crowded()):
        said = f"D* would win {worse.gap:.4f} nats more."
        assert note(open_page(worse)) == f"This D wins less than one that says ½ everywhere. {said}"


SHOWN = [*map(started, PRESETS), DiscriminatorGame.crowded()]


@pytest.mark.parametrize("game", SHOWN, ids=[*PRESETS, "crowded"])
def test_the_bar_goes_from_ln_4_to_v_and_the_gap_to_the_best(open_page, game):
    page = open_page(game)
    exact = partial(pytest.approx, abs=1e-3)
    top = max(-2, game.value)
    assert piece(page, "item") == exact([BLIND, max(BLIND, top)])
    assert piece(page, "cost") == exact([top, game.best_value])
    wall = float(page.locator("line.wall").get_attribute("x1"))
    assert (wall - ZERO) / PER_NAT == exact(game.best_value)
    span = re.findall(r"(?<=[MH])[\d.]+", page.locator("path.js-span").get_attribute("d"))
    ends = [(float(x) - ZERO) / PER_NAT for x in span]
    assert ends == pytest.approx([BLIND, game.best_value], abs=1e-3 + 0.05 / PER_NAT)
    beyond = page.locator(".goes-on").evaluate("one => getComputedStyle(one).visibility")
    assert beyond == ("visible" if game.value < -2 else "hidden")


@pytest.mark.parametrize("game", SHOWN, ids=[*PRESETS, "crowded"])
def test_the_arrows_go_downhill_as_far_as_the_slopes_say(open_page, game):
    slopes = [game.minimax_slope, game.non_saturating_slope, game.w1_slope]
    ends = [-slope / (1 + abs(slope)) for slope in slopes]
    drawn = [push / (1 + abs(push)) for push in arrows(open_page(game))]
    assert drawn == pytest.approx(ends, abs=0.06 / HALF)


@pytest.mark.parametrize("game", SHOWN, ids=[*PRESETS, "crowded"])
def test_the_curves_are_the_two_densities_and_both_ds(open_page, game):
    page = open_page(game)
    x, y = points(page, "area.p")
    p = game.density_p((x[1:-1] - LEFT) / UNIT - 8.5)
    np.testing.assert_allclose(y[1:-1], upwards(p), atol=0.6)
    x, y = points(page, "paid.q")
    np.testing.assert_allclose(y, upwards(game.density_q((x - LEFT) / UNIT - 8.5)), atol=1)
    for number, best in enumerate((True, False)):
        x, y = points(page, "d-curve", number)
        d = special.expit(game._logit((x - LEFT) / UNIT - 8.5, best))
        assert len(x) == 146
        # What is steep goes far for the last digit of x.
        np.testing.assert_allclose(y, D_FLOOR - d * (D_FLOOR - D_TOP), atol=2.5)
        assert np.mean(np.abs(y - D_FLOOR + d * (D_FLOOR - D_TOP))) < 0.1
        plays = page.locator("figure path.d-curve").nth(number).get_attribute("class")
        assert plays == ("d-curve plays" if game.best == best else "d-curve")


@pytest.mark.parametrize("game", SHOWN, ids=[*PRESETS, "crowded"])
def test_the_grips_lie_on_their_curves(open_page, game):
    page = open_page(game)
    exact = partial(pytest.approx, abs=0.011)
    weight = 1 / len(HUMPS[game.data])
    for role, hump, side, share in (("P", HUMPS[game.data][0], -1, weight), ("Q", 0, 1, 1)):
        mean, std = (getattr(game, f"{name}_{role.lower()}") for name in ("mean", "std"))
        peak = share * stats.norm.pdf(0, 0, std)
        assert place(page, f"Mean of {role}") == exact([across(mean + hump), upwards(peak)])
        flank = upwards(peak * math.exp(-0.5))
        found = place(page, f"Standard deviation of {role}")
        assert found == exact([across(mean + hump + side * std), flank])
    middle = place(page, "Middle of the logistic D")
    assert middle == exact([across(game.middle), (D_TOP + D_FLOOR) / 2])
    turn = place(page, "Slope of the logistic D")
    assert math.dist(middle, turn) == pytest.approx(RADIUS, abs=0.02)
    d = special.expit(game.slope * (turn[0] - middle[0]) / UNIT)
    assert turn[1] == pytest.approx(D_FLOOR - d * (D_FLOOR - D_TOP), abs=0.6)


def test_the_key_says_which_d_plays(open_page):
    page = open_page(DiscriminatorGame())
    key = page.locator("figure:first-of-type .name:not(.symbol)")
    assert key.all_text_contents() == ["D*, the best, plays", "logistic D"]
    page.get_by_role("button", name=PLAYS).click()
    settle(page)
    assert key.all_text_contents() == ["logistic D, plays", "D*, the best"]


# ---- the hand ------------------------------------------------------------------------------------

STATE = ("mean_p", "std_p", "mean_q", "std_q", "best", "middle", "slope")
PLAYS = "Let D* play"
FIRST = dict(zip(STATE, (-3, 1, -2, 1, True, 0, -0.5), strict=True))


def state(page):
    return dict(zip(STATE, held(page, *STATE), strict=True))


@pytest.mark.parametrize(
    ("label", "way", "after"),
    [
        ("Mean of P", (-UNIT, -20), {"mean_p": -4}),
        ("Mean of Q", (2 * UNIT, 30), {"mean_q": 0}),
        ("Standard deviation of P", (-0.5 * UNIT, 30), {"std_p": 1.5}),
        ("Standard deviation of Q", (0.5 * UNIT, 30), {"std_q": 1.5}),
        ("Middle of the logistic D", (-2 * UNIT, 10), {"middle": -2, "best": False}),
    ],
)
def test_a_grip_is_dragged_sideways_and_moves_that_alone(open_lab, label, way, after):
    page = open_lab(DiscriminatorGame())
    pull(page, label, way)
    assert state(page) == pytest.approx(FIRST | after)


@pytest.mark.parametrize(
    ("label", "far", "after"),
    [
        ("Mean of Q", 900, {"mean_q": 5}),
        ("Mean of P", -900, {"mean_p": -5}),
        ("Standard deviation of P", -900, {"std_p": 2}),
        ("Standard deviation of Q", -900, {"std_q": 0.5}),
        ("Middle of the logistic D", 900, {"middle": 6, "best": False}),
    ],
)
def test_no_grip_leaves_the_picture(open_lab, label, far, after):
    page = open_lab(DiscriminatorGame())
    pull(page, label, (far, 0))
    assert state(page) == FIRST | after


def test_two_humps_are_dragged_as_one(open_lab):
    page = open_lab(started("one mode of two"))
    pull(page, "Mean of P", (-UNIT, 0))
    assert held(page, "mean_p", "mean_q") == [-1, 3]
    assert place(page, "Mean of P")[0] == pytest.approx(across(-4), abs=0.01)


def test_the_logistic_curve_is_turned_about_its_middle_and_then_plays(open_lab):
    page = open_lab(DiscriminatorGame())
    label = "Slope of the logistic D"
    x, y = place(page, label)
    level = (D_TOP + D_FLOOR) / 2
    pull(page, label, (across(0) + RADIUS - x, level - y))  # to the right of the middle
    assert state(page) == FIRST | {"slope": 0, "best": False}
    pull(page, label, (-RADIUS, -RADIUS))  # above it
    assert held(page, "slope") == [8]
    x, y = place(page, label)
    pull(page, label, (across(0) - x, level + RADIUS - y))  # and below
    assert held(page, "slope") == [-8]
    assert page.get_by_role("button", name=PLAYS).get_attribute("aria-pressed") == "false"


def test_a_button_says_which_d_plays_and_changes_it(open_lab):
    page = open_lab(DiscriminatorGame())
    button = page.get_by_role("button", name=PLAYS)
    for best in (False, True):
        button.click()
        assert state(page) == FIRST | {"best": best}
        assert button.get_attribute("aria-pressed") == str(best).lower()


def click(page, x, y):
    box = page.locator("figure svg").first.bounding_box()
    scale = box["width"] / 320
    page.mouse.click(box["x"] + x * scale, box["y"] + y * scale)


@pytest.mark.parametrize(
    ("start", "x", "name", "value"),
    [
        ("near", 4, "mean_q", 4),
        ("near", -4.5, "mean_p", -4.5),
        ("one mode of two", 6, "mean_q", 5),
        ("one mode of two", -4, "mean_p", -1),
        ("Q = P", 1, "mean_q", 1),
    ],
)
def test_a_press_on_a_place_brings_the_nearer_hump_there(open_lab, start, x, name, value):
    page = open_lab(started(start))
    before = state(page)
    click(page, across(x), 40)
    # a press has whole pixels
    assert state(page) == pytest.approx(before | {name: value}, abs=0.051)


def test_a_press_under_the_curve_brings_the_middle_of_d_there(open_lab):
    page = open_lab(DiscriminatorGame())
    click(page, across(3), D_FLOOR - 5)
    assert state(page) == pytest.approx(FIRST | {"middle": 3, "best": False}, abs=0.051)


@pytest.mark.parametrize(
    ("slider", "key", "name", "value", "said"),
    [
        ("Mean of P", "ArrowRight", "mean_p", -2.95, "mean −2.95"),
        ("Mean of Q", "PageUp", "mean_q", -1.5, "mean −1.50"),
        ("Mean of Q", "End", "mean_q", 5, "mean 5.00"),
        ("Standard deviation of P", "ArrowDown", "std_p", 0.95, "sd 0.95"),
        ("Standard deviation of Q", "Home", "std_q", 0.5, "sd 0.50"),
        ("Middle of the logistic D", "Shift+ArrowLeft", "middle", -0.5, "middle −0.50"),
        ("Slope of the logistic D", "ArrowUp", "slope", -0.4, "slope −0.40"),
        ("Slope of the logistic D", "PageDown", "slope", -1.5, "slope −1.50"),
    ],
)
def test_the_keys_move_each(open_lab, slider, key, name, value, said):
    page = open_lab(DiscriminatorGame())
    grip = page.get_by_role("slider", name=slider)
    grip.press(key)
    after = {name: value} | ({} if name[-2] == "_" else {"best": False})
    assert state(page) == pytest.approx(FIRST | after, abs=1e-12)
    assert grip.get_attribute("aria-valuetext") == said
    assert page.evaluate("scrollY") == 0


def test_a_number_below_the_picture_is_pressed_and_typed(open_lab):
    page = open_lab(DiscriminatorGame())
    boxes = page.locator("figure .typed")
    texts = ("-2.125", "0,75", "1.3333", "4/3", "-.25", "-1.85")
    for number, text in enumerate(texts):
        boxes.nth(number).click()
        page.locator(".field input").fill(text)
        page.keyboard.press("Enter")
    assert state(page) == dict(
        zip(STATE, (-2.125, 0.75, 1.3333, 4 / 3, False, -0.25, -1.85), strict=True)
    )
    assert boxes.all_text_contents() == [
        *("mean −2.13", "sd 0.75", "mean 1.33", "sd 1.33", "middle −0.25", "slope −1.85"),
    ]


@pytest.mark.parametrize(
    ("slider", "text", "said"),
    [
        ("Standard deviation of Q", "0", "give a number from 0.5 to 2"),
        ("Mean of P", "left", "give a number from −5 to 5"),
        ("Slope of the logistic D", "9", "give a number from −8 to 8"),
    ],
)
def test_what_has_no_place_is_refused_in_words(open_lab, slider, text, said):
    page = open_lab(DiscriminatorGame())
    page.get_by_role("slider", name=slider).press("Enter")
    page.locator(".field input").fill(text)
    page.locator(".field input").press("Enter")
    assert page.locator(".field").inner_text() == said
    assert state(page) == FIRST


def test_a_finger_moves_all_six_and_the_page_stays(open_page):
    page = open_page(started("apart"), viewport=PHONE, has_touch=True, is_mobile=True)
    for name in (
        "Mean of P", "Standard deviation of P", "Mean of Q", "Standard deviation of Q",
        "Middle of the logistic D", "Slope of the logistic D",
    ):  # fmt: skip
        grip = page.get_by_role("slider", name=name)
        assert grip.evaluate("one => getComputedStyle(one).touchAction") == "none"
        grip.scroll_into_view_if_needed()
        before, value = page.evaluate("scrollY"), float(grip.get_attribute("aria-valuenow"))
        x, y = middle_of(grip.locator(".knob"))
        session = page.context.new_cdp_session(page)
        touch(session, "touchStart", {"x": x, "y": y})
        for step in range(1, 9):
            touch(session, "touchMove", {"x": x - 3 * step, "y": y - 3 * step})
            settle(page)
        touch(session, "touchEnd")
        settle(page)
        assert abs(float(grip.get_attribute("aria-valuenow")) - value) > 0.3, name
        assert page.evaluate("scrollY") == before


# ---- the looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_p_is_blue_q_and_its_pushes_vermilion_the_gap_purple_and_d_grey(open_page, theme):
    page = open_page(DiscriminatorGame(best=False), color_scheme=theme)
    for kind, role in {
        "path.area.p": "p", "path.paid.q": "q", "path.push": "q", "rect.area.cost": "cost",
        "path.d-curve.plays": "ink", "path.d-curve:not(.plays, g *)": "ink-soft",
        "line.wall": "ink", "rect.item": "ink-soft",
    }.items():  # fmt: skip
        strokes = page.locator(f"svg > {kind}").evaluate_all(
            "all => all.map(x => getComputedStyle(x).stroke)"
        )
        assert {*strokes} == {rgb(THEMES[theme][role])}, kind
    numbers = page.locator(".formula .live").evaluate_all(
        "all => all.map(x => getComputedStyle(x).color)"
    )
    assert numbers == [rgb(THEMES[theme][role]) for role in ("ink", "ink", "cost")]


def test_the_grips_of_a_d_that_waits_are_hollow(open_page):
    page = open_page(DiscriminatorGame())
    fill = "one => getComputedStyle(one.querySelector('.knob')).fill"
    grip = page.get_by_role("slider", name="Middle of the logistic D")
    hollow = grip.evaluate(fill)
    assert hollow == rgb(THEMES["light"]["card"])
    page.get_by_role("button", name=PLAYS).click()
    settle(page)
    assert grip.evaluate(fill) == rgb(THEMES["light"]["ink"])


def test_where_the_system_sets_the_colours_curves_bar_and_arrows_stay(open_page):
    page = open_page(DiscriminatorGame(), forced_colors="active")
    ground = page.locator(".explorer").evaluate("one => getComputedStyle(one).backgroundColor")
    for mark in ("path.area.p", "path.paid.q", "path.d-curve", "path.push", "line.wall",
                 "rect.item", "rect.area.cost", "path.js-span"):  # fmt: skip
        stroke = page.locator(mark).first.evaluate("one => getComputedStyle(one).stroke")
        assert stroke not in ("none", ground), mark


def test_the_result_is_spoken_at_rest(open_page):
    page = open_page(DiscriminatorGame())
    chip(page, "apart, weak D")
    spoken = page.locator("[aria-live=polite]")
    spoken.get_by_text("slopes").wait_for(state="attached")
    game = started("apart, weak D")
    assert spoken.text_content() == (
        f"V is {text_of(game.value)} nats, that of D* {text_of(game.best_value)}; the slopes are"
        f" {game.minimax_slope:.4f} and {game.non_saturating_slope:.4f}."
    )


def test_a_link_opens_the_same_game(open_page):
    page = open_page(DiscriminatorGame())
    page.evaluate("location.hash = 'discriminator-game?best=false&mean_q=5&middle=1'")
    wanted = started("apart, weak D").value
    page.get_by_text(f"{text_of(wanted)} nats", exact=True).wait_for()
    for query, fault in (
        ("std_q=3", "This link’s std_q is no number from 0.5 to 2"),
        ("best=maybe", "This link’s best is none of false, true"),
        ("data=humps", "This link’s data is none of one hump, two humps"),
    ):
        page.evaluate(f"location.hash = 'discriminator-game?{query}'")
        page.get_by_text(f"{fault}; nothing has changed.").wait_for()
    assert lines(page)[0] == f"V = {text_of(wanted)} nats"

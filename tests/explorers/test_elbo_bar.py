"""One Gaussian over an exact posterior: traits, bits against SciPy and mpmath, picture, hand."""

import math
import re
from functools import partial

import mpmath
import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from explorers import ElboBar
from explorers.elbo_bar import DATA, M_ENDS, READ_TO, S_ENDS
from lib import gaussian_kl
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

HAND = Hand(handles=2, sliders=2, tracks=1, pressed=".letters button")
CROWDED = {
    "narrow": ElboBar("square", -1.9, 0.1),
    "posterior": ElboBar("reading", 1.6, 0.6),
    "three digits": ElboBar("count", 3, 0.5),
}
NUMBERS = ("log_evidence", "elbo", "gap", "data_bits", "prior_bits")
# ln p(x|z), in as many digits as mpmath is asked for.
LOG_LIKELIHOODS = {
    "reading": lambda z: mpmath.log(mpmath.npdf(mpmath.mpf(5) / 2, z, mpmath.mpf(3) / 4) / 10),
    "count": lambda z: -mpmath.exp(2 * z),
    "square": lambda z: mpmath.log(mpmath.npdf(4, z**2, 1) / 10),
}
QS = [(0, 1), (1.6, 0.6), (-0.8, 0.6), (1.8, 0.3), (-1.9, 0.1), (0, 1.8), (3, 2), (-3, 2), (3, 0.1)]
CASES = [(data, m, s) for data in DATA for m, s in QS]


def bits_of(explorer):
    return {name: getattr(explorer, name) for name in NUMBERS}


# ---- what it takes -------------------------------------------------------------------------------


def test_at_first_q_is_the_prior_and_costs_nothing():
    explorer = ElboBar()
    assert (explorer.data, explorer.m, explorer.s) == ("reading", 0, 1)
    assert explorer.prior_bits == 0
    assert explorer.prompt.startswith("how near to the wall can q bring the bar?")
    assert ElboBar("square", 1.8, 0.3).data == "square"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("m", 3.1, "m is 3.1; give a number from -3 to 3"),
        ("m", math.nan, "m is nan"),
        ("s", 0.05, "s is 0.05; give a number from 0.1 to 2"),
        ("s", 0, "s is 0"),
        ("s", -1, "s is -1"),
        ("data", "heads", "'reading', 'count', 'square'"),
    ],
)
def test_what_has_no_place_in_the_picture_is_refused_and_changes_nothing(name, value, complaint):
    refuses(ElboBar, name, value, complaint)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [({"m": 4}, "m is 4"), ({"s": "wide"}, "s"), ({"data": "heads"}, "data")],
)
def test_a_preset_that_would_be_refused_is_refused_with_its_name(wrong, complaint):
    with pytest.raises(traitlets.TraitError, match=rf"preset 'odd'.*{complaint}"):
        ElboBar(presets=[{"name": "odd", **wrong}])


@pytest.mark.parametrize("name", NUMBERS)
def test_the_bits_are_read_and_not_set(name):
    explorer = ElboBar()
    with pytest.raises(AttributeError):
        setattr(explorer, name, 1)
    before = getattr(explorer, name)
    assert isinstance(before, float)
    explorer.data, explorer.m, explorer.s = "count", -0.8, 0.6
    assert getattr(explorer, name) != before


# ---- the arithmetic ------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "m", "s"), CASES)
def test_the_page_computes_what_python_does(in_browser, data, m, s):
    bill = in_browser("elbo_bar/elbo", "elboBill", data, m, s)
    there = {re.sub("[A-Z]", lambda one: f"_{one[0].lower()}", name): bill[name] for name in bill}
    assert there == pytest.approx(bits_of(ElboBar(data, m, s)), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("data", "m", "s"), CASES)
def test_the_bar_and_the_gap_make_up_the_evidence_and_the_two_items_the_bar(data, m, s):
    """ELBO = log p(x) − D(q‖posterior): the bar is in closed form, evidence and gap are sums."""
    bits = ElboBar(data, m, s)
    assert bits.elbo == pytest.approx(bits.log_evidence - bits.gap, rel=1e-12, abs=1e-12)
    assert bits.elbo == -(bits.data_bits + bits.prior_bits)
    assert bits.prior_bits == pytest.approx(gaussian_kl(m, s, 0, 1) / math.log(2), abs=1e-12)


def in_bits(nats):
    return float(nats / mpmath.log(2))


@pytest.mark.parametrize(("data", "m", "s"), CASES)
def test_evidence_bill_and_gap_are_the_integrals_that_they_are_named_after(data, m, s):
    """By mpmath, to twenty-five digits, from the densities of the model."""
    with mpmath.workdps(25):
        log_likelihood = LOG_LIKELIHOODS[data]
        around = [*range(-14, 15, 2)]
        evidence = mpmath.quad(lambda z: mpmath.npdf(z) * mpmath.exp(log_likelihood(z)), around)

        # A rate of e^(2z) puts the weight of what q pays 2s standard deviations beyond q's.
        ends = [m + s * t for t in range(-14, 15 + math.ceil(2 * s), 2)]

        def mean_over_q(value):
            return mpmath.quad(lambda z: mpmath.npdf(z, m, s) * value(z), ends)

        paid = mean_over_q(lambda z: -log_likelihood(z))
        gap = mean_over_q(
            lambda z: (
                mpmath.log(mpmath.npdf(z, m, s) / mpmath.npdf(z))
                - log_likelihood(z)
                + mpmath.log(evidence)
            )
        )
        wanted = in_bits(mpmath.log(evidence)), in_bits(paid), in_bits(gap)
    bits = ElboBar(data, m, s)
    assert bits.log_evidence == pytest.approx(wanted[0], rel=1e-12)
    assert bits.data_bits == pytest.approx(wanted[1], rel=1e-12)
    assert bits.gap == pytest.approx(wanted[2], rel=1e-12, abs=1e-12)


def test_a_reading_has_the_closed_form_of_two_gaussians():
    """z ~ N(0, 1), x = z + N(0, .75²): x ~ N(0, 1.25²), and z given 2.5 is N(1.6, .6²)."""
    evidence = math.log2(stats.norm.pdf(2.5, 0, 1.25) * READ_TO)
    for m, s in QS:
        bits = ElboBar("reading", m, s)
        assert bits.log_evidence == pytest.approx(evidence, rel=1e-14)
        assert bits.gap == pytest.approx(gaussian_kl(m, s, 1.6, 0.6) / math.log(2), abs=1e-12)


@pytest.mark.parametrize("z", [-2.97, 0, 0.031, 1.6])
def test_the_probabilities_of_all_readings_sum_to_1(z):
    """So a bill in bits is one that a code could have, though noise has a density."""
    readings = np.arange(-200, 200) * READ_TO
    for mean, noise in ((z, 0.75), (z**2, 1)):
        assert np.sum(stats.norm.pdf(readings, mean, noise) * READ_TO) == pytest.approx(1, 1e-13)
    found = [math.exp(DATA[data].log(np.array(z))) for data in ("reading", "square")]
    wanted = [stats.norm.pdf(2.5, z, 0.75) * 0.1, stats.norm.pdf(4, z**2, 1) * 0.1]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_count_of_0_has_the_probability_that_poisson_gives_it():
    z = np.linspace(-3, 1, 9)
    wanted = stats.poisson.logpmf(0, np.exp(2 * z))
    np.testing.assert_allclose(DATA["count"].log(z), wanted, rtol=1e-14)


@given(data=st.sampled_from([*DATA]), m=st.floats(*M_ENDS), s=st.floats(*S_ENDS))
def test_the_bar_never_passes_the_wall(data, m, s):
    bits = ElboBar(data, m, s)
    assert bits.gap >= 0
    assert bits.elbo <= bits.log_evidence + 1e-12 * abs(bits.elbo)


@given(m=st.floats(-1e-6, 1e-6), s=st.floats(-1e-6, 1e-6))
def test_beside_the_posterior_the_gap_keeps_its_digits(m, s):
    """D of N(μ + m, (σe^s)²) from N(μ, σ²) is m²/2σ² + s² to second order."""
    gap = ElboBar("reading", 1.6 + m, 0.6 * math.exp(s)).gap * math.log(2)
    assert gap == pytest.approx(m**2 / (2 * 0.36) + s**2, rel=1e-4, abs=1e-19)


# ---- the best q --------------------------------------------------------------------------------


ENDS = {"m": M_ENDS, "s": S_ENDS}


def the_best_q():
    """Where both slopes of the ELBO are 0, and it is highest there.

    count: 2r + m = 0 and 4rs + s = 1/s for r = e^(2m + 2s²), so s² = 1/(1 − 2m).
    square: m (2m² + 6s² − 7) = 0 and s² (6m² + 6s² − 7) = 1, so for u = s² either m = 0 and
    6u² − 7u = 1, or m² = (7 − 6u)/2 and 12u² − 14u + 1 = 0, of which the smaller u is a mode.
    """
    slope = lambda m: 2 * math.exp(2 * m + 2 / (1 - 2 * m)) + m  # noqa: E731
    count = optimize.brentq(slope, -3, 0, xtol=1e-14)
    narrow, wide = (14 - math.sqrt(148)) / 24, (7 + math.sqrt(73)) / 12
    mode = math.sqrt((7 - 6 * narrow) / 2)
    return {
        "reading": [(1.6, 0.6)],
        "count": [(count, 1 / math.sqrt(1 - 2 * count))],
        "square": [(-mode, math.sqrt(narrow)), (0, math.sqrt(wide)), (mode, math.sqrt(narrow))],
    }


BEST = the_best_q()


def climb(in_browser, data, m, s):
    found = in_browser("elbo_bar/elbo", "bestNear", data, {"m": m, "s": s}, ENDS)
    return found["m"], found["s"]


@pytest.mark.parametrize(("data", "best"), [(data, best) for data in BEST for best in BEST[data]])
def test_best_q_near_here_is_where_the_elbo_has_no_slope(in_browser, data, best):
    m, s = best
    for start in ((m + 0.1, s), (m - 0.1, 1.3 * s), (m, 0.8 * s)):
        assert climb(in_browser, data, *start) == pytest.approx(best, abs=1e-6)
    here = ElboBar(data, m, s).elbo
    for dm, ds in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01), (0.01, 0.01), (0.01, -0.01)):
        assert ElboBar(data, m + dm, s + ds).elbo < here


@pytest.mark.parametrize(("data", "m", "s"), CASES)
def test_best_q_near_here_is_no_worse_and_one_of_the_optima(in_browser, data, m, s):
    found = climb(in_browser, data, m, s)
    assert ElboBar(data, *found).elbo >= ElboBar(data, m, s).elbo
    assert any(found == pytest.approx(best, abs=1e-6) for best in BEST[data])


def test_steps_end_where_q_may_go_no_farther(in_browser):
    ends = {"m": (-3, 1), "s": (0.7, 2)}
    start = {"m": 0, "s": 1}
    found = in_browser("elbo_bar/elbo", "bestNear", "reading", start, ends)
    assert found == pytest.approx({"m": 1, "s": 0.7}, abs=1e-12)
    assert found["m"] <= 1
    assert found["s"] >= 0.7


def test_one_hump_on_one_of_two_modes_leaves_a_bit_and_a_little():
    """q has half of the posterior under it, log₂ 2 bits; the rest is the form of that half."""
    left, wide, right = (ElboBar("square", *best).gap for best in BEST["square"])
    z = np.linspace(0, 8, 8001)
    m, s = BEST["square"][2]
    log_p = DATA["square"].log(z) + stats.norm.logpdf(z)
    log_half = log_p - math.log(integrate.trapezoid(np.exp(log_p), z))
    log_q = stats.norm.logpdf(z, m, s)
    form = integrate.trapezoid(np.exp(log_q) * (log_q - log_half), z) / math.log(2)
    assert right == pytest.approx(1 + form, abs=1e-6)
    assert left == pytest.approx(right, abs=1e-12)
    assert 0 < form < 0.04
    assert wide > 4


# ---- what is drawn -------------------------------------------------------------------------------

# The drawing of the densities: z from −5 to 5, and a density of up to 1.6 over its floor.
LEFT, RIGHT, TOP, FLOOR = 26, 316, 30, 226
UNIT = (RIGHT - LEFT) / 10
HIGHEST = 1.6
# The drawing of the bar: 24 bits.
START, ZERO = 14, 308
PER_BIT = (ZERO - START) / 24


def across(z):
    return LEFT + (z + 5) * UNIT


def upwards(density):
    return FLOOR - np.minimum(density, HIGHEST) / HIGHEST * (FLOOR - TOP)


def points(page, kind):
    """The points of a curve, in the drawing's units."""
    settle(page)
    path = page.locator(f"figure path.{kind}").first.get_attribute("d")
    return np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", path), float).T


def place(page, letter):
    """Where a grip of q stands."""
    settle(page)
    grip = page.get_by_role("slider", name={"m": "Centre of q", "s": "Width of q"}[letter])
    return [float(one) for one in re.findall(r"[\d.]+", grip.get_attribute("transform"))]


def piece(page, kind):
    """Where a piece of the bar begins and ends, in bits."""
    settle(page)
    rect = page.locator(f"figure:nth-of-type(2) rect.{kind}").first
    x, width = (float(rect.get_attribute(name)) for name in ("x", "width"))
    return [(x - ZERO) / PER_BIT, (x + width - ZERO) / PER_BIT]


def test_the_bits_are_written_out_and_said_in_words(open_page):
    page = open_page(ElboBar("square", 1.8, 0.3))
    assert lines(page) == ["log₂ p(x) = −8.200 bits", "ELBO = −9.242 bits", "gap = 1.042 bits"]
    assert page.locator(".soft").all_inner_texts() == [
        "gap = log₂ p(x) − ELBO = D(q‖posterior)",
        "−ELBO = 5.825 + 3.418 bits",
    ]
    assert note(page) == (
        "With this q, x costs 9.242 bits: 5.825 for x given z, 3.418 for z. The posterior would"
        " save 1.042 of them."
    )


def test_the_words_of_each_start_have_the_bits_of_python(open_page):
    page = open_page(ElboBar())
    for preset in ElboBar().presets:
        chip(page, preset["name"])
        bits = ElboBar(preset["data"], preset["m"], preset["s"])
        wanted = [f"{bits.log_evidence:.3f}", f"{bits.elbo:.3f}", f"{bits.gap:.3f}"]
        found = [re.search(r"= (\S+) bits", line)[1].replace("−", "-") for line in lines(page)]
        assert found == wanted
        assert f"costs {-bits.elbo:.3f} bits: {bits.data_bits:.3f} for x given z" in note(page)


def test_at_the_wall_no_q_is_said_to_be_cheaper(open_page):
    page = open_page(ElboBar())
    chip(page, "Gaussian")
    page.get_by_role("button", name="Best q near here").click()
    assert lines(page)[1:] == ["ELBO = −7.855 bits", "gap = 0.000 bits"]
    assert note(page) == "The bar reaches the wall: x costs 7.855 bits, and no q makes it cheaper."


def test_near_the_wall_the_last_thousandths_are_still_said(open_page):
    """Off by δ in the centre costs δ²/2s² nats: .05 is .005 bits, .01 is .0002 and written as 0."""
    page = open_page(ElboBar("reading", 1.65, 0.6))
    assert note(page).endswith("The posterior would save 0.005 of them.")
    assert note(open_page(ElboBar("reading", 1.61, 0.6))).startswith("The bar reaches the wall")


def test_from_the_middle_the_steps_end_on_the_wide_q_and_from_a_side_on_a_mode(open_lab):
    page = open_lab(ElboBar("square"))
    best = page.get_by_role("button", name="Best q near here")
    best.click()
    assert held(page, "m", "s") == pytest.approx(BEST["square"][1], abs=1e-5)
    assert lines(page)[2] == "gap = 4.171 bits"
    for way, mode in (("ArrowRight", 2), ("ArrowLeft", 0)):
        page.locator(".reset").click()
        for _ in range(30):
            page.get_by_role("slider", name="Centre of q").press(way)
        best.click()
        assert held(page, "m", "s") == pytest.approx(BEST["square"][mode], abs=1e-5)
        assert lines(page)[2] == "gap = 1.033 bits"


def test_thousands_of_bits_are_written_whole(open_page):
    """E e^(2z) = e^(2m + 2s²) = e^14 nats."""
    page = open_page(ElboBar.crowded())
    assert math.exp(14) / math.log(2) == pytest.approx(1_734_991, abs=1)
    assert page.locator(".soft").last.inner_text() == "−ELBO = 1,734,991 + 7.656 bits"
    assert lines(page)[1:] == ["ELBO = −1,734,999 bits", "gap = 1,734,998 bits"]


@pytest.mark.parametrize(("data", "m", "s"), CASES)
def test_the_bar_ends_before_the_wall_and_the_two_items_end_where_it_does(open_page, data, m, s):
    page = open_page(ElboBar(data, m, s))
    bits = ElboBar(data, m, s)
    exact = partial(pytest.approx, abs=1e-3)
    top = max(-24, bits.elbo)
    assert piece(page, "q") == exact([-24, top])
    assert piece(page, "cost") == exact([top, bits.log_evidence])
    assert piece(page, "of-prior") == exact([-bits.prior_bits, 0])
    assert piece(page, "item") == exact([top, -bits.prior_bits])
    wall = float(page.locator("line.wall").get_attribute("x1"))
    assert (wall - ZERO) / PER_BIT == exact(bits.log_evidence)
    joined = page.locator("line.same-end")
    assert [(float(joined.get_attribute(x)) - ZERO) / PER_BIT for x in ("x1", "x2")] == exact(
        [top, top]
    )
    beyond = page.locator(".goes-on").evaluate("one => getComputedStyle(one).visibility")
    assert beyond == ("visible" if bits.elbo < -24 else "hidden")


@pytest.mark.parametrize("data", DATA)
def test_the_blue_hump_is_the_posterior_and_the_dashed_one_the_prior(open_page, data):
    page = open_page(ElboBar(data))
    x, y = points(page, "area.p")
    z = (x[1:-1] - LEFT) / UNIT - 5
    log_p = DATA[data].log(z) + stats.norm.logpdf(z)
    density = np.exp(log_p - ElboBar(data).log_evidence * math.log(2))
    # A hump is steep, and x is written to a tenth of the drawing's unit.
    np.testing.assert_allclose(y[1:-1], upwards(density), atol=1)
    z = (points(page, "prior-curve")[0] - LEFT) / UNIT - 5
    np.testing.assert_allclose(
        points(page, "prior-curve")[1], upwards(stats.norm.pdf(z)), atol=0.11
    )


@pytest.mark.parametrize(("m", "s"), [(0, 1), (1.8, 0.3), (-1, 2), (2, 0.1), (-1.5, 0.25)])
def test_the_grips_lie_on_q_at_its_top_and_on_its_flank(open_page, m, s):
    page = open_page(ElboBar("square", m, s))
    x, y = points(page, "paid.q")
    density = stats.norm.pdf((x - LEFT) / UNIT - 5, m, s)
    np.testing.assert_allclose(y, upwards(density), atol=0.15 + 0.6 / s**2)
    assert place(page, "m") == pytest.approx(
        [across(m), upwards(stats.norm.pdf(m, m, s))], abs=0.01
    )
    at, height = place(page, "s")
    z = (at - LEFT) / UNIT - 5
    assert height == pytest.approx(upwards(stats.norm.pdf(z, m, s)), abs=0.6)
    if s > 0.25:  # q's top is in the picture
        assert z == pytest.approx(m + s, abs=1e-3)
    assert math.dist(place(page, "m"), (at, height)) > 30


def test_what_is_observed_stands_below_the_picture(open_page):
    page = open_page(ElboBar())
    for name, said in (
        ("Gaussian", "x = z + noise of sd .75, read to .1: 2.5"),
        ("skewed", "x counted, at a Poisson rate of exp(2z): 0"),
        ("two modes", "x = z² + noise of sd 1, read to .1: 4.0"),
    ):
        chip(page, name)
        assert page.locator("figure .name").all_text_contents()[0] == said


# ---- the hand ------------------------------------------------------------------------------------


def test_the_top_is_dragged_sideways_and_only_the_centre_moves(open_lab):
    page = open_lab(ElboBar("square"))
    pull(page, "Centre of q", (1.5 * UNIT, -40))
    assert held(page, "m", "s") == [1.5, 1]
    pull(page, "Centre of q", (900, 0), (-UNIT, 60))
    assert held(page, "m", "s") == [0.5, 1]
    for far, end in ((900, 3), (-900, -3)):
        pull(page, "Centre of q", (far, 0))
        assert held(page, "m", "s") == [end, 1]


def test_the_flank_is_dragged_sideways_and_stays_under_the_hand(open_lab):
    page = open_lab(ElboBar("square"))
    pull(page, "Width of q", (0.5 * UNIT, 30))
    assert held(page, "m", "s") == [0, 1.5]
    assert place(page, "s")[0] == pytest.approx(across(1.5), abs=0.01)
    for far, end in ((-900, 0.1), (900, 2)):
        pull(page, "Width of q", (far, 0))
        assert held(page, "m", "s") == [0, end]


def test_a_press_on_a_place_brings_the_centre_there(open_lab):
    page = open_lab(ElboBar("square", s=0.4))
    box = page.locator("figure svg").first.bounding_box()
    scale = box["width"] / 320
    page.mouse.click(box["x"] + across(-2) * scale, box["y"] + 60 * scale)
    m, s = held(page, "m", "s")
    assert m == pytest.approx(-2, abs=0.051)  # a press has whole pixels
    assert s == 0.4


@pytest.mark.parametrize(
    ("slider", "key", "name", "value"),
    [
        ("Centre of q", "ArrowRight", "m", 0.05),
        ("Centre of q", "PageDown", "m", -0.5),
        ("Centre of q", "End", "m", 3),
        ("Width of q", "ArrowDown", "s", 0.95),
        ("Width of q", "Shift+ArrowRight", "s", 1.5),
        ("Width of q", "Home", "s", 0.1),
    ],
)
def test_the_keys_move_q(open_lab, slider, key, name, value):
    page = open_lab(ElboBar())
    grip = page.get_by_role("slider", name=slider)
    grip.press(key)
    assert held(page, name) == [pytest.approx(value, abs=1e-12)]
    assert grip.get_attribute("aria-valuetext") == f"{name} = {value:.2f}".replace("-", "−")
    assert page.evaluate("scrollY") == 0


def test_a_number_below_the_picture_is_pressed_and_typed(open_lab):
    page = open_lab(ElboBar("square"))
    for number, text in enumerate(("1.8085", "0,2765")):
        page.locator("figure .typed").nth(number).click()
        page.locator(".field input").fill(text)
        page.keyboard.press("Enter")
    assert held(page, "m", "s") == [1.8085, 0.2765]
    assert page.locator("figure .typed").all_text_contents() == ["m = 1.81", "s = 0.28"]
    pull(page, "Centre of q", (-UNIT, 0))
    assert held(page, "m", "s") == [0.8, 0.2765]


@pytest.mark.parametrize(
    ("slider", "text", "said"),
    [
        ("Width of q", "0", "give a number from 0.1 to 2"),
        ("Width of q", "wide", "give a number from 0.1 to 2"),
        ("Centre of q", "-3.5", "give a number from −3 to 3"),
    ],
)
def test_a_q_that_has_no_place_in_the_picture_is_refused_in_words(open_lab, slider, text, said):
    page = open_lab(ElboBar())
    page.get_by_role("slider", name=slider).press("Enter")
    page.locator(".field input").fill(text)
    page.locator(".field input").press("Enter")
    assert page.locator(".field").inner_text() == said
    assert held(page, "m", "s") == [0, 1]


def test_a_finger_moves_q_and_the_page_stays(open_page):
    page = open_page(ElboBar("square"), viewport=PHONE, has_touch=True, is_mobile=True)
    for name in ("Centre of q", "Width of q"):
        grip = page.get_by_role("slider", name=name)
        assert grip.evaluate("one => getComputedStyle(one).touchAction") == "none"
        grip.scroll_into_view_if_needed()
        before, value = page.evaluate("scrollY"), float(grip.get_attribute("aria-valuenow"))
        x, y = middle_of(grip.locator(".knob"))
        session = page.context.new_cdp_session(page)
        touch(session, "touchStart", {"x": x, "y": y})
        for step in range(1, 9):
            touch(session, "touchMove", {"x": x + 3 * step, "y": y + 3 * step})
            settle(page)
        touch(session, "touchEnd")
        settle(page)
        assert float(grip.get_attribute("aria-valuenow")) > value + 0.5
        assert page.evaluate("scrollY") == before


# ---- the looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_the_posterior_is_blue_q_vermilion_the_gap_purple_and_the_prior_grey(open_page, theme):
    page = open_page(ElboBar(), color_scheme=theme)
    for kind, role in {
        "path.area.p": "p", "line.wall": "p", "path.paid.q": "q", "rect.area.q": "q",
        "rect.area.cost": "cost", "path.prior-curve": "ink-soft", "rect.of-prior": "ink-soft",
    }.items():  # fmt: skip
        strokes = page.locator(kind).evaluate_all("all => all.map(x => getComputedStyle(x).stroke)")
        assert {*strokes} == {rgb(THEMES[theme][role])}, kind
    numbers = page.locator(".formula .live").evaluate_all(
        "all => all.map(x => getComputedStyle(x).color)"
    )
    assert numbers == [rgb(THEMES[theme][role]) for role in ("p", "q", "cost")]


def test_where_the_system_sets_the_colours_humps_bar_and_wall_stay(open_page):
    page = open_page(ElboBar(), forced_colors="active")
    ground = page.locator(".explorer").evaluate("one => getComputedStyle(one).backgroundColor")
    for mark in ("path.area.p", "path.paid.q", "path.prior-curve", "line.wall", "rect.area.q",
                 "rect.area.cost", "rect.item", "rect.of-prior"):  # fmt: skip
        stroke = page.locator(mark).first.evaluate("one => getComputedStyle(one).stroke")
        assert stroke not in ("none", ground), mark


def test_the_result_is_spoken_at_rest(open_page):
    page = open_page(ElboBar())
    chip(page, "on one mode")
    spoken = page.locator("[aria-live=polite]")
    spoken.get_by_text("gap").wait_for(state="attached")
    assert spoken.text_content() == (
        "The ELBO is −9.242 bits, log₂ p(x) is −8.200; the gap is 1.042."
    )


def test_a_link_opens_the_same_q(open_page):
    page = open_page(ElboBar())
    page.evaluate("location.hash = 'elbo-bar?data=square&m=1.8&s=.3'")
    page.get_by_text("−9.242 bits", exact=True).wait_for()
    for query, fault in (
        ("s=3", "This link’s s is no number from 0.1 to 2"),
        ("data=heads", "This link’s data is none of reading, count, square"),
    ):
        page.evaluate(f"location.hash = 'elbo-bar?{query}'")
        page.get_by_text(f"{fault}; nothing has changed.").wait_for()
    assert lines(page)[1] == "ELBO = −9.242 bits"

"""A digit in noise: posterior, steps and their bill against closed forms; picture and hand."""

import itertools
import math
import re

import mpmath
import numpy as np
import pytest
import traitlets
from scipy import special, stats

import data
from explorers import NoiseLevel
from explorers.noise_level import (
    DRAW_ENDS,
    INK,
    LABELS,
    LEVEL_ENDS,
    LEVELS,
    MEAN_ERRORS,
    PICTURES,
    STEP_ENDS,
    mean_bill,
    mean_error,
    mean_left,
)
from explorers.shared.normals import standard_normals
from generators import noise_level as generator
from lib import gaussian_kl, softmax
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

HAND = Hand(handles=3, sliders=3, tracks=2, pressed=".letters button")
CROWDED = {
    "nothing left": NoiseLevel(6, 4, 2, 100),
    "beyond the picture": NoiseLevel(6, 2.2, 2, 5),
}
NUMBERS = (
    "x", "z", "x_hat", "probabilities", "class_probabilities", "squared_error", "next_log_snr",
    "step_nats", "left_nats", "mean_left_nats", "bill_nats",
)  # fmt: skip
WHOLE = math.log(160)
CASES = [
    (3, -8, 1, 12), (3, -1, 1, 12), (0, -0.35, 7, 100), (6, 2.2, 2, 5), (8, 0.5, 100, 3),
    (9, 3.5, 4, 12), (5, 4, 1, 1), (1, -3.14159, 42, 1),
]  # fmt: skip
each_case = pytest.mark.parametrize(("digit", "log_snr", "draw", "steps"), CASES)


def scales(log_snr):
    """α and σ of z = αx + σε, from α² + σ² = 1 and α²/σ² = e^λ."""
    return math.sqrt(special.expit(log_snr)), math.sqrt(special.expit(-log_snr))


# ---- what it takes -------------------------------------------------------------------------------


def test_at_first_a_three_is_nearly_lost_in_the_noise():
    explorer = NoiseLevel()
    assert (explorer.digit, explorer.log_snr, explorer.draw, explorer.steps) == (3, -4, 1, 12)
    assert explorer.class_probabilities.max() < 0.25
    assert "at which noise level is a step dearest?" in explorer.prompt
    assert NoiseLevel(5, 1.5, 2, 30).steps == 30


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("digit", 10, "digit is 10; give a number from 0 to 9"),
        ("digit", -1, "digit is -1"),
        ("digit", 2.5, "digit"),
        ("log_snr", 4.1, "log_snr is 4.1; give a number from -8 to 4"),
        ("log_snr", math.nan, "log_snr is nan"),
        ("log_snr", math.inf, "log_snr is inf"),
        ("draw", 0, "draw is 0; give a number from 1 to 100"),
        ("draw", 101, "draw is 101"),
        ("steps", 0, "steps is 0; give a number from 1 to 100"),
        ("steps", "many", "steps"),
    ],
)
def test_what_has_no_place_is_refused_and_changes_nothing(name, value, complaint):
    refuses(NoiseLevel, name, value, complaint)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [({"log_snr": 5}, "log_snr is 5"), ({"steps": 0}, "steps is 0"), ({"digit": "x"}, "digit")],
)
def test_a_preset_that_would_be_refused_is_refused_with_its_name(wrong, complaint):
    with pytest.raises(traitlets.TraitError, match=rf"preset 'odd'.*{complaint}"):
        NoiseLevel(presets=[{"name": "odd", **wrong}])


@pytest.mark.parametrize("name", NUMBERS)
def test_the_numbers_are_read_and_not_set(name):
    explorer = NoiseLevel()
    with pytest.raises(AttributeError):
        setattr(explorer, name, 1)
    before = getattr(explorer, name)
    explorer.digit, explorer.log_snr, explorer.draw, explorer.steps = 8, -1, 2, 30
    assert np.any(np.asarray(getattr(explorer, name)) != before)


# ---- the world -----------------------------------------------------------------------------------


def test_the_pictures_are_the_first_sixteen_of_each_class_and_no_two_are_equal():
    images, labels = data.load("digits")
    for digit in range(10):
        first = images[labels == digit][:16].reshape(16, 64)
        assert (INK[digit == LABELS] == first).all()
    assert len(np.unique(INK, axis=0)) == len(INK) == 160
    assert (PICTURES.min(), PICTURES.max()) == (-1, 1)
    assert (generator.pictures() == INK).all()


def drawn(levels, draws, rng):
    """Return squared errors and −ln P(x|z) of drawn pictures and noises, (levels, draws)."""
    which = rng.integers(0, 160, draws)
    noise = rng.standard_normal((draws, 64))
    errors, left = [], []
    for level in levels:
        signal, sigma = scales(level)
        z = signal * PICTURES[which] + sigma * noise
        away = ((z[:, None] - signal * PICTURES) ** 2).sum(axis=2)
        log_p = special.log_softmax(-away / (2 * sigma**2), axis=1)
        errors.append(((PICTURES[which] - np.exp(log_p) @ PICTURES) ** 2).sum(axis=1))
        left.append(-log_p[np.arange(draws), which])
    return np.array(errors), np.array(left)


def test_the_mean_error_and_what_is_left_are_those_of_drawn_pictures():
    levels = [-8, -5, -3, -2, -1, -0.5, 0, 0.5, 1.05]
    errors, left = drawn(levels, 4000, np.random.default_rng(5))
    for found, wanted in ((errors, mean_error(np.array(levels))), (left, map(mean_left, levels))):
        allowed = 4 * found.std(axis=1) / math.sqrt(4000)
        assert (np.abs(found.mean(axis=1) - [*wanted]) <= allowed + 1e-3).all()


def test_the_area_below_the_mean_price_is_what_it_costs_to_name_a_picture():
    """Guo, Shamai and Verdú (2005): ½ ∫ E‖x − x̂‖² dSNR from 0 on is the entropy, here ln 160."""
    variance = PICTURES.var(axis=0).sum()
    below = math.exp(LEVEL_ENDS[0]) * variance / 2  # the error is nearly the variance there
    assert below < 0.0032
    assert mean_left(LEVEL_ENDS[0]) + below == pytest.approx(WHOLE, rel=1e-3)


def test_where_hardly_anything_is_known_the_error_falls_with_the_square_of_the_covariance():
    """E‖x − x̂‖² = tr C − SNR·tr C² + …, since z is then as good as Gaussian."""
    covariance = np.cov(PICTURES.T, bias=True)
    for level in (-8, -7):
        wanted = np.trace(covariance) - math.exp(level) * np.trace(covariance @ covariance)
        assert mean_error(level) == pytest.approx(wanted, rel=1e-3)


def test_the_generator_estimates_the_errors_that_are_stored():
    """From six noises and their reverses, so to a few percent, where they count."""
    found = generator.mean_errors(PICTURES, 6, np.random.default_rng(1))
    assert (LEVELS == generator.LEVELS).all()
    np.testing.assert_allclose(found[:80], MEAN_ERRORS[:80], rtol=0.05)
    np.testing.assert_allclose(found[80:], MEAN_ERRORS[80:], atol=0.15)


def test_the_mean_error_falls_from_level_to_level():
    assert len(LEVELS) == len(MEAN_ERRORS) == 121
    assert (LEVELS[0], LEVELS[-1]) == LEVEL_ENDS
    assert (np.diff(MEAN_ERRORS) <= 0).all()
    between = mean_error((LEVELS[:-1] + LEVELS[1:]) / 2)
    np.testing.assert_allclose(between**2, MEAN_ERRORS[:-1] * MEAN_ERRORS[1:], rtol=1e-12)


def test_more_steps_cost_less_and_never_less_than_the_area():
    """A step in two halves: the second is priced by an error that has fallen."""
    for steps in (1, 2, 3, 5, 12, 25, 50):
        assert mean_bill(steps) > mean_bill(2 * steps) > mean_left(-8)
    assert mean_bill(100_000) == pytest.approx(mean_left(-8), rel=1e-3)
    wanted = math.exp(4) - math.exp(-8)
    assert mean_bill(1) == pytest.approx(wanted / 2 * PICTURES.var(axis=0).sum(), rel=1e-3)


# ---- what z tells --------------------------------------------------------------------------------


@each_case
def test_the_posterior_is_that_of_bayes_from_the_densities_of_z(digit, log_snr, draw, steps):
    explorer = NoiseLevel(digit, log_snr, draw, steps)
    assert (explorer.x == PICTURES[16 * digit]).all()
    signal, sigma = scales(log_snr)
    np.testing.assert_allclose(
        (explorer.z - signal * explorer.x) / sigma, standard_normals(draw, 64), rtol=1e-9, atol=1e-9
    )
    log_p = stats.norm.logpdf(explorer.z, signal * PICTURES, sigma).sum(axis=1)
    posterior = softmax(log_p)
    np.testing.assert_allclose(explorer.probabilities, posterior, rtol=1e-8, atol=1e-14)
    wanted = [posterior[one == LABELS].sum() for one in range(10)]
    np.testing.assert_allclose(explorer.class_probabilities, wanted, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(explorer.x_hat, posterior @ PICTURES, atol=1e-8)
    away = explorer.x - explorer.x_hat
    assert explorer.squared_error == pytest.approx(away @ away, rel=1e-6, abs=1e-12)
    left = special.logsumexp(log_p) - log_p[16 * digit]
    assert explorer.left_nats == pytest.approx(left, rel=1e-6, abs=1e-9)


def test_a_small_error_keeps_its_digits():
    """By mpmath, where x has all but 1e-12 of the probability."""
    explorer = NoiseLevel(9, 3.5, 4)
    with mpmath.workdps(40):
        noise = [mpmath.mpf(float(one)) for one in standard_normals(4, 64)]
        x = [mpmath.mpf(int(one) - 8) / 8 for one in INK[9 * 16]]
        snr = mpmath.exp(mpmath.mpf(7) / 2)
        weights, away = [], []
        for ink in INK:
            apart = [mpmath.mpf(int(one) - 8) / 8 - here for one, here in zip(ink, x, strict=True)]
            along = mpmath.fdot(apart, noise)
            weights.append(
                mpmath.exp(mpmath.sqrt(snr) * along - snr * mpmath.fdot(apart, apart) / 2)
            )
            away.append(apart)
        total = mpmath.fsum(weights)
        off = [
            mpmath.fsum(w * one[k] for w, one in zip(weights, away, strict=True)) / total
            for k in range(64)
        ]
        error, left = float(mpmath.fdot(off, off)), float(mpmath.log(total))
    assert explorer.squared_error == pytest.approx(error, rel=1e-9)
    assert explorer.left_nats == pytest.approx(left, rel=1e-9)
    assert error < 1e-12


@each_case
def test_a_steps_price_is_the_divergence_of_its_two_gaussians(digit, log_snr, draw, steps):
    """q(z′|z, x) from its chain: z′ = α′x + σ′ε′ and z = (α/α′)z′ + noise, which fills up σ²."""
    explorer = NoiseLevel(digit, log_snr, draw, steps)
    if explorer.next_log_snr == log_snr:
        assert explorer.step_nats == 0
        return
    (alpha, sigma), (near_alpha, near_sigma) = map(scales, (log_snr, explorer.next_log_snr))
    kept = alpha / near_alpha
    added = sigma**2 - (kept * near_sigma) ** 2
    variance = 1 / (1 / near_sigma**2 + kept**2 / added)

    def mean(x):
        return variance * (near_alpha * x / near_sigma**2 + kept * explorer.z / added)

    sd = math.sqrt(variance)
    price = gaussian_kl(mean(explorer.x), sd, mean(explorer.x_hat), sd).sum()
    assert explorer.step_nats == pytest.approx(price, rel=1e-7, abs=1e-12)


def test_a_step_ends_a_part_of_the_way_on_or_at_the_end():
    assert NoiseLevel(3, -8, 1, 12).next_log_snr == -7
    assert NoiseLevel(3, -0.5, 1, 100).next_log_snr == pytest.approx(-0.38, abs=1e-12)
    assert NoiseLevel(3, 3.5, 1, 12).next_log_snr == 4
    assert NoiseLevel(3, 4, 1, 12).step_nats == 0


def test_the_parts_of_a_step_cost_what_it_costs_as_far_as_the_error_stays():
    """At λ = −8 x̂ hardly moves: twelve small steps cost what the one to −6.8 does."""
    whole = NoiseLevel(3, -8, 1, 10).step_nats
    parts = [NoiseLevel(3, level, 1, 100).step_nats for level in -8 + 0.12 * np.arange(10)]
    assert sum(parts) == pytest.approx(whole, rel=0.01)


# ---- the page's arithmetic -----------------------------------------------------------------------

EVERYTHING = """async ([digit, log_snr, draw, steps]) => {
    const m = await import("/explorers/noise_level/noise.mjs");
    const sent = m.sending(digit, draw);
    const now = m.everything(sent, { level: log_snr, steps });
    const plain = Object.entries({ ...now, x: m.inkOf(sent.x), bill: m.meanBill(steps) });
    return Object.fromEntries(plain.map(([key, one]) =>
        [key, typeof one === "number" ? one : Array.from(one)]));
}"""


@each_case
def test_the_page_computes_what_python_does(module_page, digit, log_snr, draw, steps):
    there = module_page.evaluate(EVERYTHING, [digit, log_snr, draw, steps])
    here = NoiseLevel(digit, log_snr, draw, steps)
    alpha, sigma = scales(log_snr)
    wanted = {
        "alpha": alpha,
        "sigma": sigma,
        "snr": math.exp(log_snr),
        "to": here.next_log_snr,
        "nextSnr": math.exp(here.next_log_snr),
        "error": here.squared_error,
        "left": here.left_nats,
        "price": here.step_nats,
        "meanLeft": here.mean_left_nats,
        "bill": here.bill_nats,
        "classes": here.class_probabilities,
        "x": INK[16 * digit],
        "guess": 8 + 8 * here.x_hat,
        "noisy": np.clip(8 + 8 * here.z / (alpha + sigma), 0, 16),
    }
    assert set(there) == set(wanted)
    for name, value in wanted.items():
        np.testing.assert_allclose(there[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_page_counts_steps_and_area_as_python_does_at_any_level(in_browser):
    for level in (-8, -7.95, -3.333, 0, 1.2345, 3.99, 4):
        wanted = float(mean_error(level)), mean_left(level)
        found = [in_browser("noise_level/noise", name, level) for name in ("meanError", "meanLeft")]
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    for steps in range(1, 101):
        assert in_browser("noise_level/noise", "meanBill", steps) == pytest.approx(mean_bill(steps))


# ---- what is drawn -------------------------------------------------------------------------------

LEFT, RIGHT, TOP, FLOOR = 26, 316, 42, 184
UNIT = (RIGHT - LEFT) / 12
PER_NAT = (FLOOR - TOP) / 6
BARS = (155, 251)


def inks(page):
    """The ink of the pixels of x, z and x̂, as their paths say it."""
    settle(page)
    found = page.locator(".digit").evaluate_all(
        """all => all.map((one) => [...one.querySelectorAll("path")].map((path) =>
            [Number(path.getAttribute("fill-opacity")), path.getAttribute("d")]))"""
    )
    pictures = []
    for paths in found:
        ink = np.zeros(64)
        for opacity, d in paths:
            for x, y in re.findall(r"M(\d+) (\d+)h12v12h-12z", d):
                ink[int(y) // 12 * 8 + int(x) // 12] += 16 * opacity
        pictures.append(ink)
    return dict(zip(("z", "x_hat", "x"), pictures, strict=True))


def path_of(page, kind):
    settle(page)
    return page.locator(f"figure path.{kind}:not([transform] > path)").last.get_attribute("d") or ""


def points(page, kind):
    """The points of a curve: λ, and nats per unit of λ."""
    x, y = np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", path_of(page, kind)), float).T
    return (x - LEFT) / UNIT - 8, (FLOOR - y) / PER_NAT


def price_at(level, error):
    return math.exp(level) * error / 2


@each_case
def test_the_pictures_have_the_ink_of_x_of_z_and_of_the_best_guess(
    open_page, digit, log_snr, draw, steps
):
    explorer = NoiseLevel(digit, log_snr, draw, steps)
    found = inks(open_page(explorer))
    assert (found["x"] == INK[16 * digit]).all()
    np.testing.assert_allclose(found["x_hat"], 8 + 8 * explorer.x_hat, atol=0.5 + 1e-9)
    noisy = 8 + 8 * explorer.z / sum(scales(log_snr))
    np.testing.assert_allclose(found["z"], np.clip(noisy, 0, 16), atol=0.5 + 1e-9)


def test_the_bars_are_the_probabilities_of_the_classes(open_page):
    explorer = NoiseLevel(log_snr=-1)
    page = open_page(explorer)
    tops = re.findall(r"V([\d.]+)h20", path_of(page, "area.outlined.q"))
    bottom, top = BARS[1], BARS[0]
    found = (bottom - np.array(tops, float)) / (bottom - top)
    np.testing.assert_allclose(found, explorer.class_probabilities, atol=0.001)
    assert page.locator("figure .name").all_text_contents()[4] == "3: .572"
    assert page.locator(".sent-digit").all_text_contents() == ["3"]


def test_curves_are_drawn_as_far_as_the_line_and_give_nothing_away_beyond(open_page):
    """Also after the line has been farther."""
    explorer = NoiseLevel(6, -8, 3)
    page = open_page(explorer)
    line = page.get_by_role("slider", name="Noise level λ")
    for key, level in (
        ("Home", -8),
        ("PageUp", -7),
        ("End", 4),
        ("PageDown", 3),
        ("Shift+ArrowLeft", 2),
    ):
        line.press(key)
        x, y = points(page, "area.cost")
        inner = slice(1, -1)
        assert x.max() == pytest.approx(level, abs=0.003)
        wanted = np.exp(x[inner]) * mean_error(x[inner]) / 2
        np.testing.assert_allclose(y[inner], wanted, atol=0.015)
        x, y = points(page, "own-price")
        assert x[-1] == x.max() == pytest.approx(level, abs=0.003)
        for at, high in list(zip(x, y, strict=True))[::10]:
            explorer.log_snr = float(np.clip(at, -8, 4))
            assert high == pytest.approx(price_at(at, explorer.squared_error), abs=0.03)


def stairs(page):
    """Where each step of the dashed line begins and ends, and its height."""
    found = re.findall(r"V([\d.]+)H([\d.]+)", path_of(page, "stairs"))
    ends = [(float(x) - LEFT) / UNIT - 8 for _, x in found]
    return [-8, *ends], [(FLOOR - float(y)) / PER_NAT for y, _ in found]


@pytest.mark.parametrize("steps", [8, 12, 25, 100])
def test_the_stairs_have_the_area_of_the_bill(open_page, steps):
    """And so each of them lies above the area of the limit, whose price they are made of."""
    ends, high = stairs(open_page(NoiseLevel(log_snr=4, steps=steps)))
    assert len(high) == steps
    assert ends == pytest.approx(np.linspace(-8, 4, steps + 1), abs=0.003)
    assert np.diff(ends) @ high == pytest.approx(mean_bill(steps), rel=0.02)
    assert mean_bill(steps) > WHOLE


def test_the_stairs_end_at_the_line(open_page):
    ends, high = stairs(open_page(NoiseLevel(log_snr=-1.5)))
    assert ends == pytest.approx([*range(-8, -1), -1.5], abs=0.003)
    assert len(high) == 7
    assert path_of(open_page(NoiseLevel(log_snr=-8)), "stairs") == f"M{LEFT} {FLOOR}"


@pytest.mark.parametrize(("log_snr", "steps"), [(-1, 12), (-2, 30), (3.5, 12), (4, 12)])
def test_the_next_step_is_a_bar_of_the_area_that_it_costs(open_page, log_snr, steps):
    explorer = NoiseLevel(log_snr=log_snr, steps=steps)
    d = path_of(open_page(explorer), "step-bar")
    x, top, width = map(float, re.fullmatch(r"M([\d.]+) 184V([\d.]+)h([\d.]+)V184z", d).groups())
    assert (x - LEFT) / UNIT - 8 == pytest.approx(log_snr, abs=0.003)
    assert width / UNIT == pytest.approx(explorer.next_log_snr - log_snr, abs=0.003)
    assert (FLOOR - top) / PER_NAT * width / UNIT == pytest.approx(explorer.step_nats, abs=0.02)


@pytest.mark.parametrize(
    ("explorer", "middles"),
    [
        (NoiseLevel(log_snr=-1), []),
        (NoiseLevel.crowded(), [-2]),  # the bar, as wide as the picture
        (CROWDED["beyond the picture"], [0.4]),  # a stair from −.8 to 1.6
        (NoiseLevel(4, -0.5, 2), [0]),  # the bar
    ],
)
def test_what_is_higher_than_the_picture_carries_a_mark(open_page, explorer, middles):
    found = re.findall(r"M([\d.]+) 33l5 -6l5 6", path_of(open_page(explorer), "cut"))
    levels = [(float(x) + 5 - LEFT) / UNIT - 8 for x in found]
    assert levels == pytest.approx(middles, abs=0.01)


# ---- what is said --------------------------------------------------------------------------------


def soft(page):
    settle(page)
    return page.locator(".soft").all_inner_texts()


def test_the_sums_are_written_out(open_page):
    page = open_page(NoiseLevel(log_snr=-1))
    assert lines(page) == ["next step: 3.05 nats", "all T steps: 8.72 nats"]
    assert soft(page) == [
        "= ½·(SNR′ − SNR)·‖x − x̂‖²",
        "= ½·(1.00 − 0.37)·9.66",
        "= 4.40 bits",
        "z = 0.519·x + 0.855·ε",
        "= 12.57 bits, on average over all x and ε",
        "for T → ∞: ln 160 = 5.08 nats = 7.32 bits",
    ]
    assert note(page) == (
        "From z it is a 3 with probability .572. To name x, one of 160 pictures, still costs 3.91"
        " nats; on average 2.62 nats, as do all steps from here for T → ∞."
    )
    assert (f"{WHOLE:.2f}", f"{WHOLE / math.log(2):.2f}") == ("5.08", "7.32")


def test_the_words_of_each_start_have_the_numbers_of_python(open_page):
    explorer = NoiseLevel()
    page = open_page(explorer)
    for preset in explorer.presets:
        chip(page, preset["name"])
        here = NoiseLevel(**{name: preset[name] for name in ("digit", "log_snr", "draw", "steps")})
        found = [float(re.search(r": ([\d.]+) nats", line)[1]) for line in lines(page)]
        assert found == pytest.approx([here.step_nats, here.bill_nats], abs=0.0051)
        left = [float(one) for one in re.findall(r"([\d.]+) nats", note(page))]
        assert left == pytest.approx([here.left_nats, here.mean_left_nats], abs=0.0051)


def test_the_starts_are_what_they_are_called():
    presets = {one["name"]: one for one in NoiseLevel().presets}
    states = {}
    for name, preset in presets.items():
        states[name] = NoiseLevel(**{key: one for key, one in preset.items() if key != "name"})
    assert states["nothing known"].mean_left_nats > 0.998 * WHOLE
    assert 0.2 < states["which digit?"].class_probabilities.max() < 0.6
    details = states["only details"]
    assert details.class_probabilities.max() > 0.95
    assert details.left_nats > 0.5
    assert states["another draw"].draw == 2
    assert states["100 steps"].bill_nats < 1.1 * WHOLE


def test_where_all_is_known_it_is_said(open_page):
    page = open_page(CROWDED["nothing left"])
    assert note(page).startswith("z leaves no doubt that it is a 6. To name x,")
    assert lines(page)[0] == "next step: 0.000 nats"


def test_a_wrong_digit_that_leads_is_named(open_page):
    page = open_page(NoiseLevel(4, -1.5, 2))
    likely = int(NoiseLevel(4, -1.5, 2).class_probabilities.argmax())
    assert likely != 4
    assert f"From z it is a {likely} with probability" in note(page)


# ---- the hand ------------------------------------------------------------------------------------


def test_the_line_is_dragged_sideways_and_ends_where_the_picture_does(open_lab):
    page = open_lab(NoiseLevel(log_snr=-4))
    pull(page, "Noise level λ", (2 * UNIT, 40))
    assert held(page, "log_snr") == [-2]
    pull(page, "Noise level λ", (900, 0), (-UNIT, 60))
    assert held(page, "log_snr") == [-3]
    for far, end in ((900, 4), (-900, -8)):
        pull(page, "Noise level λ", (far, 0))
        assert held(page, "digit", "log_snr", "draw", "steps") == [3, end, 1, 12]


def test_a_press_on_a_place_brings_the_line_there(open_lab):
    page = open_lab(NoiseLevel(log_snr=-4))
    box = page.locator("figure svg").nth(1).bounding_box()
    scale = box["width"] / 320
    page.mouse.click(box["x"] + (LEFT + 9 * UNIT) * scale, box["y"] + 120 * scale)
    assert held(page, "log_snr") == [pytest.approx(1, abs=0.051)]


def test_a_digit_is_pressed_below_the_bars_or_x_is_dragged(open_lab):
    page = open_lab(NoiseLevel(log_snr=-1))
    box = page.locator("figure svg").first.bounding_box()
    scale = box["width"] / 320
    for digit in (0, 7, 9):
        x = LEFT + (digit + 0.75) * (RIGHT - LEFT) / 10
        page.mouse.click(box["x"] + x * scale, box["y"] + 264 * scale)
        assert held(page, "digit") == [digit]
        assert (inks(page)["x"] == INK[16 * digit]).all()
    grip = page.get_by_role("slider", name="The digit x")
    x, y = middle_of(grip.locator(".reach"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 48 * scale, y + 20, steps=5)
    page.mouse.up()
    assert held(page, "digit", "log_snr") == [5, -1]


@pytest.mark.parametrize(
    ("slider", "key", "name", "value", "text"),
    [
        ("Noise level λ", "ArrowRight", "log_snr", -3.95, "λ = −3.95, the next step costs "),
        ("Noise level λ", "PageUp", "log_snr", -3, "λ = −3.00, the next step costs "),
        ("Noise level λ", "End", "log_snr", 4, "λ = 4.00, the next step costs 0.000 nats"),
        ("The digit x", "ArrowLeft", "digit", 2, "a 2"),
        ("The digit x", "End", "digit", 9, "a 9"),
        ("Number of steps T", "PageUp", "steps", 22, "T = 22"),
        ("Number of steps T", "Home", "steps", 1, "T = 1"),
    ],
)
def test_the_keys_move_all_three(open_lab, slider, key, name, value, text):
    page = open_lab(NoiseLevel())
    grip = page.get_by_role("slider", name=slider)
    grip.press(key)
    assert held(page, name) == [pytest.approx(value, abs=1e-12)]
    assert grip.get_attribute("aria-valuetext").startswith(text)
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    ("slider", "text", "name", "value"),
    [
        ("Noise level λ", "-0.125", "log_snr", -0.125),
        ("Noise level λ", "−1/3", "log_snr", -1 / 3),
        ("The digit x", "8", "digit", 8),
        ("Number of steps T", "37", "steps", 37),
    ],
)
def test_a_number_is_pressed_and_typed(open_lab, slider, text, name, value):
    page = open_lab(NoiseLevel())
    page.get_by_role("slider", name=slider).press("Enter")
    page.locator(".field input").fill(text)
    page.keyboard.press("Enter")
    assert held(page, name) == [pytest.approx(value, abs=1e-12)]


@pytest.mark.parametrize(
    ("slider", "text", "said"),
    [
        ("Noise level λ", "5", "give a number from −8 to 4"),
        ("The digit x", "2.5", "give a whole number from 0 to 9"),
        ("Number of steps T", "0", "give a whole number from 1 to 100"),
        ("Number of steps T", "many", "give a whole number from 1 to 100"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(open_lab, slider, text, said):
    page = open_lab(NoiseLevel())
    page.get_by_role("slider", name=slider).press("Enter")
    page.locator(".field input").fill(text)
    page.locator(".field input").press("Enter")
    assert page.locator(".field").inner_text() == said
    assert held(page, "digit", "log_snr", "draw", "steps") == [3, -4, 1, 12]


def test_another_noise_is_drawn_and_after_the_last_comes_the_first(open_lab):
    page = open_lab(NoiseLevel(draw=99))
    seen = []
    for draw in (100, 1, 2):
        page.get_by_role("button", name="Draw again").click()
        assert held(page, "draw", "digit", "log_snr") == [draw, 3, -4]
        seen.append(inks(page)["z"])
    for one, other in itertools.combinations(seen, 2):
        assert np.mean(one != other) > 0.5


def test_a_finger_moves_the_line_and_the_page_stays(open_page):
    page = open_page(NoiseLevel(), viewport=PHONE, has_touch=True, is_mobile=True)
    for name in ("Noise level λ", "The digit x", "Number of steps T"):
        grip = page.get_by_role("slider", name=name)
        assert grip.evaluate("one => getComputedStyle(one).touchAction") == "none"
        grip.scroll_into_view_if_needed()
        before, value = page.evaluate("scrollY"), float(grip.get_attribute("aria-valuenow"))
        x, y = middle_of(grip.locator(".knob, .reach").first)
        session = page.context.new_cdp_session(page)
        touch(session, "touchStart", {"x": x, "y": y})
        for step in range(1, 9):
            touch(session, "touchMove", {"x": x + 4 * step, "y": y + 3 * step})
            settle(page)
        touch(session, "touchEnd")
        settle(page)
        assert float(grip.get_attribute("aria-valuenow")) > value
        assert page.evaluate("scrollY") == before


# ---- the looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_the_digit_is_blue_the_guess_vermilion_the_noise_grey_and_prices_purple(open_page, theme):
    page = open_page(NoiseLevel(log_snr=0), color_scheme=theme)
    fills = page.locator(".digit path").evaluate_all(
        "all => all.map(x => [x.parentElement.classList[1], getComputedStyle(x).fill])"
    )
    role = {"p": "p", "grey": "ink", "q": "q"}
    assert {*map(tuple, fills)} == {(one, rgb(THEMES[theme][role[one]])) for one in role}
    for kind, name in {
        "path.area.q": "q", "path.stairs": "cost", "path.step-bar": "cost", "path.own-price": "ink",
    }.items():  # fmt: skip
        strokes = page.locator(kind).evaluate_all("all => all.map(x => getComputedStyle(x).stroke)")
        assert {*strokes} == {rgb(THEMES[theme][name])}, kind
    numbers = page.locator(".formula .live").evaluate_all(
        "all => all.map(x => getComputedStyle(x).color)"
    )
    assert {*numbers} == {rgb(THEMES[theme]["cost"])}
    sent = page.locator(".sent-digit").evaluate("one => getComputedStyle(one).fill")
    assert sent == rgb(THEMES[theme]["p"])


def test_bounds_are_the_same_on_the_page(in_browser, module_page):
    ends = module_page.evaluate(
        'import("/explorers/noise_level/noise.mjs").then((m) => [m.ENDS, Array.from(m.LEVELS)])'
    )
    assert ends[0] == list(LEVEL_ENDS)
    np.testing.assert_allclose(ends[1], LEVELS, rtol=1e-15)
    assert (DRAW_ENDS, STEP_ENDS) == ((1, 100), (1, 100))


def test_the_result_is_spoken_at_rest(open_page):
    page = open_page(NoiseLevel())
    chip(page, "which digit?")
    here = NoiseLevel(log_snr=-1.5)
    spoken = page.locator("[aria-live=polite]")
    spoken.get_by_text("nats").wait_for(state="attached")
    chance = f"{here.class_probabilities[3]:.3f}".lstrip("0")
    assert spoken.text_content() == (
        f"At λ = −1.50 the next step costs {here.step_nats:.2f} nats; the right digit, 3, has"
        f" probability {chance}."
    )


def test_a_link_opens_the_same_level(open_page):
    page = open_page(NoiseLevel())
    page.evaluate("location.hash = 'noise-level?log_snr=-1&digit=3&steps=12'")
    page.get_by_text("3.05 nats", exact=True).wait_for()
    for query, fault in (
        ("log_snr=7", "This link’s log_snr is no number from -8 to 4"),
        ("digit=12", "This link’s digit is no whole number from 0 to 9"),
        ("steps=0", "This link’s steps is no whole number from 1 to 100"),
    ):
        page.evaluate(f"location.hash = 'noise-level?{query}'")
        page.get_by_text(f"{fault}; nothing has changed.").wait_for()
    assert lines(page)[0] == "next step: 3.05 nats"

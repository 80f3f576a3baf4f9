"""Samples from a Gaussian: traits, draws and truths against lib and SciPy, picture, hand."""

import math
import re
from functools import partial

import numpy as np
import pytest
import traitlets
from scipy import stats

from explorers import SampleCloud
from explorers.sample_cloud import SEED_ENDS
from explorers.shared.normals import standard_normals
from lib import gaussian_kl, kl_estimates
from tests.explorers.page import (
    PHONE,
    THEMES,
    Hand,
    held,
    html_of,
    lines,
    read,
    rgb,
    settle,
    swipe,
)

HAND = Hand(handles=6, sliders=4, tracks=1)
CROWDED = {
    "infinite": SampleCloud(mean_p=3, sd_p=0.5, mean_q=-3, sd_q=2, n=1000),
    "a huge sd": SampleCloud(mean_p=-3, sd_p=1, mean_q=3, sd_q=1.414, n=10),
    "equal": SampleCloud(mean_q=0, n=10),
}
NAMES = ("k1", "k2", "k3")


# ---- what it takes -------------------------------------------------------------------------------


def test_it_starts_one_apart_with_a_hundred_samples():
    explorer = SampleCloud()
    assert (explorer.mean_p, explorer.sd_p, explorer.mean_q, explorer.sd_q) == (0, 1, 1, 1)
    assert (explorer.n, explorer.seed) == (100, 1)
    assert SampleCloud(1, 2, -1, 0.5, 1000).samples().shape == (1000,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mean_p", 3.1), ("mean_q", -3.1), ("sd_p", 0.4), ("sd_q", 2.1), ("mean_p", math.nan),
        ("sd_q", math.nan), ("sd_q", -1), ("n", 50), ("n", 0), ("n", "100"), ("seed", 0),
        ("seed", 401), ("seed", 1.5),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_picture_is_refused_and_changes_nothing(name, value):
    explorer = SampleCloud()
    before = html_of(explorer)
    with pytest.raises(traitlets.TraitError, match=rf"\b{name}\b|'{name}'"):
        setattr(explorer, name, value)
    assert html_of(explorer) == before


def test_a_size_is_kept_as_a_whole_number():
    explorer = SampleCloud(n=np.int64(1000))
    assert type(explorer.n) is int
    explorer.n = 10.0
    assert type(explorer.n) is int


# ---- the draws -----------------------------------------------------------------------------------


@pytest.fixture
def own(in_browser):
    """Return a function that calls one of sampling.mjs in the browser."""
    return partial(in_browser, "sample_cloud/sampling")


@pytest.mark.parametrize("seed", [1, 2, 77, 400])
def test_the_page_draws_what_python_draws_and_fewer_are_the_first_of_more(in_browser, seed):
    drawn = partial(in_browser, "shared/normals", "standardNormals", seed)
    thousand = standard_normals(seed, 1000)
    np.testing.assert_allclose(drawn(1000), thousand, rtol=1e-12)
    for n in (10, 100):
        assert (standard_normals(seed, n) == thousand[:n]).all()
        assert drawn(n) == drawn(1000)[:n]


def test_the_draws_of_all_seeds_are_normal_and_no_two_clouds_are_alike():
    clouds = np.array([standard_normals(seed, 1000) for seed in range(1, SEED_ENDS[1] + 1)])
    assert np.unique(clouds).size == clouds.size
    assert stats.kstest(clouds.ravel(), "norm").pvalue > 0.01
    means = clouds[:, :100].mean(axis=1) * 10  # standard normal again
    assert stats.kstest(means, "norm").pvalue > 0.01
    for one, other in ((clouds[:, :-1], clouds[:, 1:]), (clouds[:-1], clouds[1:])):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 4 / math.sqrt(clouds.size)


def test_p_moves_and_stretches_the_same_draws():
    explorer = SampleCloud()
    before = explorer.samples()
    explorer.mean_p, explorer.sd_p = 2, 0.5
    np.testing.assert_allclose(explorer.samples(), 2 + before / 2, rtol=1e-14)


# ---- the estimators ------------------------------------------------------------------------------

GAUSSIANS = {
    "one apart": ((0, 1), (1, 1)),
    "two apart": ((0, 1), (2, 1)),
    "three apart": ((0, 1), (3, 1)),
    "nearly equal": ((0, 1), (0.1, 1)),
    "hardly apart": ((0.5, 1.3), (0.501, 1.2999)),
    "Q wider": ((0, 1), (0, 1.5)),
    "Q a little wider": ((0, 1), (0.5, 1.2)),
    "Q narrower": ((0, 1), (0, 0.6)),
    "all apart": ((-3, 2), (3, 0.5)),
    "P narrow": ((2, 0.5), (-1, 0.65)),
}
each_pair = pytest.mark.parametrize("name", GAUSSIANS)


def as_given(p, q):
    """Return two Gaussians as the module takes them."""
    return [{"mean": mean, "sd": sd} for mean, sd in (p, q)]


def log_densities(x, p, q):
    return stats.norm(*p).logpdf(x), stats.norm(*q).logpdf(x)


@each_pair
def test_log_ratios_and_estimates_agree_with_lib(own, name):
    p, q = GAUSSIANS[name]
    draws = standard_normals(3, 1000)
    log_p, log_q = log_densities(p[0] + p[1] * draws, p, q)
    ratios = own("logRatios", *as_given(p, q), draws.tolist())
    np.testing.assert_allclose(ratios, log_q - log_p, rtol=1e-9, atol=1e-14)
    values = own("valuesOf", ratios)
    wanted = kl_estimates(np.zeros(1000), np.array(ratios))
    for k in NAMES:
        np.testing.assert_allclose(values[k], getattr(wanted, k), rtol=1e-12, atol=1e-300)
        got = own("account", values[k])
        assert got["mean"] == pytest.approx(np.mean(values[k]), rel=1e-12)
        assert got["error"] == pytest.approx(np.std(values[k], ddof=1) / 1000**0.5, rel=1e-9)
        assert got["below"] == np.sum(np.array(values[k]) < 0)


def test_where_q_is_p_every_log_ratio_is_exactly_0(own):
    same = {"mean": 0.7, "sd": 1.3}
    assert set(own("logRatios", same, same, standard_normals(1, 100).tolist())) == {0}
    truth = own("truth", same, same)
    assert (truth["divergence"], set(truth["expected"].values())) == (0, {0})
    assert set(truth["logSd"].values()) == {-math.inf}


Z = np.linspace(-100, 100, 40_001)


def by_quadrature(p, q, name):
    """Return mean and standard deviation of an estimator at x ~ p, by the trapezoid rule."""
    log_p, log_q = log_densities(p[0] + p[1] * Z, p, q)
    near = np.minimum(log_q - log_p, 600)  # e^l may be more than a double holds …
    far = log_q - log_p - near  # … where the density is less
    values = getattr(kl_estimates(np.zeros(Z.size), near), name)
    far = far if name == "k3" else 0 * far
    logs = np.log(np.maximum(np.abs(values), 1e-300)) + far
    step = (Z[1] - Z[0]) / math.sqrt(2 * math.pi)
    mean, square = (
        np.sum(np.sign(values) ** power * np.exp(power * logs - Z * Z / 2)) * step
        for power in (1, 2)
    )
    return mean, math.sqrt(square - mean**2)


@each_pair
def test_what_is_true_of_one_sample_agrees_with_quadrature(own, name):
    p, q = GAUSSIANS[name]
    truth = own("truth", *as_given(p, q))
    assert truth["divergence"] == pytest.approx(gaussian_kl(*p, *q), rel=1e-11)
    for k in NAMES:
        mean, sd = by_quadrature(p, q, k)
        assert truth["expected"][k] == pytest.approx(mean, rel=1e-9)
        if k == "k3" and q[1] ** 2 >= 2 * p[1] ** 2:
            assert truth["logSd"][k] == math.inf
            continue
        assert math.exp(truth["logSd"][k]) == pytest.approx(sd, rel=1e-7)


@pytest.mark.parametrize(
    ("apart", "wanted"),
    [(1, (2, 1.732, 1.695)), (2, (1, 2.449, 3.521)), (3, (0.667, 3.317, 19.991))],
)
def test_the_spreads_are_those_of_schulmans_note(own, apart, wanted):
    """Schulman (2020), "Approximating KL divergence", has the first; the chapter the others."""
    truth = own("truth", *as_given((0, 1), (apart, 1)))
    got = [math.exp(truth["logSd"][k]) / truth["divergence"] for k in NAMES]
    assert got == pytest.approx(wanted, abs=5e-4)


@pytest.mark.parametrize("sd_p", [0.5, 1, 1.4])
@pytest.mark.parametrize("apart", [0, 1])
def test_the_variance_of_k3_is_infinite_from_root_2_times_the_width_of_p_on(own, sd_p, apart):
    """∫ q²/p is finite where 2/sd_q² > 1/sd_p²."""
    for factor, infinite in ((1.41421, False), (1.41422, True), (1, False), (3, True)):
        truth = own("truth", *as_given((0, sd_p), (apart, factor * sd_p)))
        assert (truth["logSd"]["k3"] == math.inf) is infinite
    huge = own("truth", *as_given((-3, 1), (3, 1.414)))["logSd"]["k3"]
    assert 10_000 < huge < math.inf  # more than a double holds, and yet it ends


# ---- what is drawn -------------------------------------------------------------------------------


def spots(layer, top=0, bottom=300):
    """Where the dots of a layer stand, in the drawing's units; or those of one strip."""
    dots = re.findall(r"M(-?\d+) (\d+)h1", layer.get_attribute("d") or "")
    return np.array([int(x) for x, y in dots if top <= int(y) / 10 < bottom]) / 10


def strips(page):
    """Where the values stand: positive and negative ones of k1, then those of k2 and k3."""
    settle(page)
    cost, gain = page.locator("figure:last-child .specks").all()
    assert spots(gain, 106).size == 0, "only k1 is ever below 0"
    return spots(cost, 0, 106), spots(gain), spots(cost, 106, 190), spots(cost, 190)


def said_outside(page, figure):
    """How many dots a figure says to have no place, of each of its strips."""
    texts = page.locator(f"figure:nth-child({figure}) text.number").all_text_contents()
    kept = [text for text in texts if "outside" in text or text == ""]
    return [sum(map(int, re.findall(r"\d+", text))) for text in kept]


UNIT = 290 / 11  # of x, in the drawing's units


def test_one_apart_is_written_out(open_page):
    explorer = SampleCloud()
    page = open_page(explorer)
    assert lines(page) == ["D(P‖Q) = 0.5000 nats"]
    values = kl_estimates(*log_densities(explorer.samples(), (0, 1), (1, 1)))
    assert page.locator(".soft").all_inner_texts()[1:] == [
        "E[k2] − D(P‖Q) = +0.1250 nats",
        f"Values of k1 below 0: {np.sum(values.k1 < 0)} of 100",
    ]
    means = tuple(f"{np.mean(one):.4f}".lstrip("0") for one in values)
    errors = tuple(f"{np.std(one, ddof=1) / 10:.4f}".lstrip("0") for one in values)
    assert read(page) == [
        NAMES,
        means,
        errors,
        (".5000", ".6250", ".5000"),
        ("1.000", ".8660", ".8475"),
        ("2.000", "1.732", "1.695"),
    ]
    assert page.locator(".note").inner_text() == ""


def test_the_dots_are_the_samples_that_python_returns(open_page):
    explorer = SampleCloud(mean_p=-2, sd_p=1.5, n=1000, seed=9)
    page = open_page(explorer)
    settle(page)
    x = explorer.samples()
    seen = x[np.abs(x) <= 5.5]
    dots = spots(page.locator("figure:first-child .specks"))
    np.testing.assert_allclose(dots, 26 + (seen + 5.5) * UNIT, atol=0.051)
    assert said_outside(page, 1)[-1:] == [x.size - seen.size]
    assert x.size > seen.size


@pytest.mark.parametrize("name", ["example", "crowded", *CROWDED])
def test_no_value_is_cut_in_silence(open_page, name):
    explorer = CROWDED[name] if name in CROWDED else getattr(SampleCloud, name)()
    page = open_page(explorer)
    positive, negative, *others = (one.size for one in strips(page))
    shown = [positive + negative, *others]
    said = said_outside(page, 2)
    assert [one + other for one, other in zip(shown, said, strict=True)] == [explorer.n] * 3


def test_dots_means_and_truths_stand_where_the_axis_has_their_values(open_page):
    explorer = SampleCloud()
    page = open_page(explorer)
    ticks = page.locator("figure:last-child .rules text").all_text_contents()
    assert ticks == ["0", "−2", "2", "4", "6"]

    def at(value):
        return 85 + np.asarray(value) * 37.5

    values = kl_estimates(*log_densities(explorer.samples(), (0, 1), (1, 1)))
    positive, negative, second, third = strips(page)
    k1 = values.k1[(values.k1 >= -2) & (values.k1 <= 6)]
    np.testing.assert_allclose(positive, at(k1[k1 >= 0]), atol=0.051)
    np.testing.assert_allclose(negative, at(k1[k1 < 0]), atol=0.051)
    for dots, all_of in ((second, values.k2), (third, values.k3)):
        np.testing.assert_allclose(dots, at(all_of[all_of <= 6]), atol=0.051)
    for kind, wanted in (
        ("whisker-mean", [np.mean(one) for one in values]),
        ("expected-mark", [0.5, 0.625, 0.5]),
    ):
        path = page.locator(f".{kind}").get_attribute("d")
        places = [float(x) for x in re.findall(r"M([\d.]+)", path)]
        np.testing.assert_allclose(places, at(wanted), atol=0.06)
    whiskers = re.findall(r"M([\d.]+) \d+H([\d.]+)", page.locator(".whisker").get_attribute("d"))
    errors = np.array([np.std(one, ddof=1) / 10 for one in values])
    ends = np.mean(values, axis=1)[:, None] + np.outer(errors, [-1, 1])
    np.testing.assert_allclose(np.array(whiskers, float), at(ends), atol=0.06)
    level = page.locator(".level").get_attribute("transform")
    assert float(re.search(r"\(([\d.]+)", level)[1]) == pytest.approx(at(0.5), abs=0.01)


def test_the_axis_holds_all_that_is_true_of_the_values(open_page):
    page = open_page(SampleCloud())
    for chip in page.locator(".chip").all():
        chip.click()
        settle(page)
        ends = page.locator("figure:last-child .rules text").all_text_contents()[1::3]
        low, high = (float(end.replace("−", "-")) for end in ends)
        truths = [float(one) for one in read(page)[3]]
        assert low < 0 <= min(truths) <= max(truths) <= high
        assert low <= truths[0] - 2.5 * float(read(page)[4][0]) + 1e-3


def test_an_infinite_variance_is_said_and_a_huge_one_is_not_called_so(open_page):
    page = open_page(SampleCloud())
    page.get_by_role("button", name="Q wider").click()
    assert [column[2] for column in read(page)[4:]] == ["infinite", "infinite"]
    note = page.locator(".note").inner_text()
    assert note.startswith("Here k3 has infinite variance (sd of Q ≥ √2 · sd of P)")
    page.get_by_role("button", name="three apart").click()
    assert [column[2] for column in read(page)[4:]] == ["89.96", "19.99"]
    assert page.locator(".note").inner_text() == ""


def test_more_than_a_double_holds_is_written_by_its_power_of_ten(open_page):
    """E e^{2l} = σ_p²/σ_q² · (2σ_p²/σ_q² − 1)^−½ · exp((μ_p − μ_q)²/(2σ_p² − σ_q²))."""
    page = open_page(SampleCloud(mean_p=-3, mean_q=3, sd_q=1.41))
    ratio = 1 / 1.41**2
    log_weight = math.log(ratio / math.sqrt(2 * ratio - 1)) + 36 / (2 - 1.41**2)
    power, part = divmod(log_weight / 2 / math.log(10), 1)
    assert power > 308
    assert read(page)[4][2] == f"{10**part:.0f}e{power:.0f}"
    assert read(open_page(CROWDED["a huge sd"]))[4][2] == "huge"


def test_where_q_is_p_nothing_is_divided_by_0(open_page):
    page = open_page(SampleCloud())
    page.get_by_role("button", name="Q = P").click()
    assert read(page)[1:] == [(".0000",) * 3] * 4 + [("–",) * 3]


# ---- the hand ------------------------------------------------------------------------------------


def pull(page, role, dx, dy):
    """Drag the top of P or Q by (dx, dy) in the drawing's units."""
    scale = page.locator("figure svg").first.bounding_box()["width"] / 320
    box = page.locator(f".point.{role} .grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * scale, y + dy * scale, steps=6)
    page.mouse.up()


@pytest.mark.parametrize(("role", "mean"), [("p", 0), ("q", 1)])
def test_a_top_is_dragged_sideways_for_the_mean_and_up_for_the_width(open_lab, role, mean):
    page = open_lab(SampleCloud())
    names = f"mean_{role}", f"sd_{role}"
    pull(page, role, -1.5 * UNIT, 0)
    assert held(page, *names) == [mean - 1.5, 1]
    # The density of a standard deviation of .8 is .25/√2π higher than that of 1; .8 are 118.
    pull(page, role, 0, -0.25 / math.sqrt(2 * math.pi) / 0.8 * 118)
    assert held(page, *names) == [mean - 1.5, 0.8]
    pull(page, role, 900, 900)
    assert held(page, *names) == [3, 2]
    pull(page, role, -900, -900)
    assert held(page, *names) == [-3, 0.5]
    other = "q" if role == "p" else "p"
    assert held(page, f"mean_{other}", f"sd_{other}") == [1 - mean, 1]


def test_a_drag_of_p_moves_its_samples_and_draws_none_anew(open_page):
    page = open_page(SampleCloud())
    cloud = page.locator("figure:first-child .specks")
    settle(page)
    before = spots(cloud)
    pull(page, "p", UNIT, 0)
    settle(page)
    np.testing.assert_allclose(spots(cloud), before + UNIT, atol=0.11)
    pull(page, "q", UNIT, -20)
    settle(page)
    np.testing.assert_allclose(spots(cloud), before + UNIT, atol=0.11)


def press_at(page, x, height):
    """Press the place of a mean and a density."""
    box = page.locator("figure svg").first.bounding_box()
    scale = box["width"] / 320
    page.mouse.click(
        box["x"] + (26 + (x + 5.5) * UNIT) * scale, box["y"] + (148 - height * 118 / 0.8) * scale
    )
    settle(page)


def test_the_nearer_top_goes_to_the_place_that_is_pressed(open_lab):
    page = open_lab(SampleCloud())
    press_at(page, -2.5, 0.2659)
    near = partial(pytest.approx, abs=0.051)  # a press has whole pixels
    assert held(page, "mean_p", "sd_p", "mean_q") == [near(-2.5), near(1.5), 1]
    first = held(page, "mean_p")
    press_at(page, 2.5, 0.5699)
    assert held(page, "mean_p", "mean_q", "sd_q") == [*first, near(2.5), near(0.7)]


@pytest.mark.parametrize(
    ("slider", "key", "name", "value"),
    [
        ("Mean of P", "ArrowRight", "mean_p", 0.05),
        ("Mean of P", "Home", "mean_p", -3),
        ("Mean of Q", "PageDown", "mean_q", 0.5),
        ("Mean of Q", "Shift+ArrowRight", "mean_q", 1.5),
        ("Standard deviation of P", "PageUp", "sd_p", 1.25),
        ("Standard deviation of Q", "ArrowDown", "sd_q", 0.95),
        ("Standard deviation of Q", "End", "sd_q", 2),
    ],
)
def test_every_number_is_a_slider(open_lab, slider, key, name, value):
    page = open_lab(SampleCloud())
    page.get_by_role("slider", name=slider).press(key)
    assert held(page, name) == [pytest.approx(value, abs=1e-12)]
    assert page.evaluate("scrollY") == 0


def test_what_is_typed_is_kept_to_the_digit_and_a_drag_sideways_leaves_it(open_lab):
    page = open_lab(SampleCloud())
    page.get_by_role("slider", name="Standard deviation of Q").press("Enter")
    page.locator(".field input").fill("1.2345")
    page.keyboard.press("Enter")
    pull(page, "q", 0.5 * UNIT, 0)
    assert held(page, "mean_q", "sd_q") == [1.5, 1.2345]


def test_draw_again_takes_the_next_cloud_and_after_the_last_the_first(open_lab):
    page = open_lab(SampleCloud(seed=399))
    before = read(page)
    again = page.get_by_role("button", name="Draw again")
    again.click()
    assert read(page)[1] != before[1]
    assert read(page)[3:] == before[3:], "what is true hangs on no draw"
    assert held(page, "seed") == [400]
    again.click()
    assert held(page, "seed") == [1]
    page.get_by_role("button", name="Reset").click()
    assert held(page, "seed") == [399]
    assert read(page) == before


def test_more_samples_keep_those_that_were_there(open_lab):
    page = open_lab(SampleCloud(n=10))
    cloud = page.locator("figure:first-child .specks")
    settle(page)
    ten = spots(cloud)
    for n in (100, 1000):
        button = page.get_by_role("button", name=str(n), exact=True)
        button.click()
        assert held(page, "n") == [n]
        assert button.get_attribute("aria-pressed") == "true"
        assert page.locator(".letters [aria-pressed=true]").count() == 1
        assert (spots(cloud)[:10] == ten).all()
        assert page.get_by_text(f"{n} samples from P").is_visible()


def test_a_finger_drags_q_and_the_page_stays(open_page):
    page = open_page(SampleCloud(), viewport=PHONE, has_touch=True, is_mobile=True)
    before = page.evaluate("scrollY")
    box = page.locator(".point.q .grip").bounding_box()
    swipe(page, box["x"] + 8, box["y"] + 8, 30)
    assert float(page.get_by_role("slider").nth(3).get_attribute("aria-valuenow")) > 1.5
    assert page.evaluate("scrollY") == before


@pytest.mark.parametrize("theme", THEMES)
def test_dots_have_the_colours_of_their_roles(open_page, theme):
    page = open_page(SampleCloud(), color_scheme=theme)
    settle(page)
    strokes = page.locator(".specks").evaluate_all(
        "all => all.map(x => getComputedStyle(x).stroke)"
    )
    wanted = ["p", "cost", "gain"]
    assert strokes == [rgb(THEMES[theme][role]) for role in wanted]


def test_the_means_are_spoken_at_rest(open_page):
    page = open_page(SampleCloud())
    page.get_by_role("button", name="Q = P").click()
    spoken = page.locator("[aria-live=polite]")
    spoken.get_by_text("nats").wait_for(state="attached")
    assert spoken.text_content() == (
        "D(P‖Q) is 0.0000 nats; the means are k1 .0000, k2 .0000, k3 .0000."
    )


def test_a_link_opens_the_same_cloud(open_page):
    page = open_page(SampleCloud())
    page.evaluate("location.hash = 'sample-cloud?mean_q=2&n=1000&seed=42'")
    page.get_by_text("2.0000 nats", exact=True).wait_for()
    x = SampleCloud(mean_q=2, n=1000, seed=42).samples()
    values = kl_estimates(*log_densities(x, (0, 1), (2, 1)))
    assert [float(mean) for mean in read(page)[1]] == pytest.approx(
        [np.mean(one) for one in values], abs=5e-4
    )
    page.evaluate("location.hash = 'sample-cloud?n=50'")
    page.locator(".notice").wait_for()
    assert page.locator(".notice").inner_text() == (
        "This link’s n is none of 10, 100, 1000; nothing has changed."
    )

"""A tilted policy: what is refused, π* against SciPy and enumeration, the picture, the hand."""

import itertools
import json
import math
import re
from fractions import Fraction

import numpy as np
import pytest
import traitlets
from py_mini_racer import MiniRacer
from scipy import special

from explorers import TiltedPolicy
from explorers.shared.base import EXPLORERS, bundle
from lib import kl_divergence
from tests.explorers.page import (
    FOCUS,
    PHONE,
    Hand,
    chip,
    held,
    lines,
    note,
    pull,
    pull_bar,
    read,
    settle,
    touch,
)

HAND = Hand(handles=7, sliders=7, tracks=7)
CROWDED = {
    "a dear nat": TiltedPolicy([0.5, 0.5], [-2.55, -2.55], 10, [3, -3]),
    "sure of one": TiltedPolicy([1, 0, 0], [0, 3, -3], 0.05),
}
START, RANKS = [0.5, 0.3, 0.2], [0, 1, 2]
BETA = "β, the price of a nat"
PER_LOG = 270 / math.log(200)  # the scale of β, 270 units of the drawing from .05 to 10

RNG = np.random.default_rng(21)
CASES = [
    TiltedPolicy(),
    *(TiltedPolicy(**{name: preset[name] for name in preset if name != "name"})
      for preset in TiltedPolicy().presets),
    *CROWDED.values(),
    TiltedPolicy.crowded(),
    *(TiltedPolicy(RNG.dirichlet([1] * n), RNG.uniform(-3, 3, n), beta, RNG.uniform(-3, 3, n))
      for n, beta in itertools.product((2, 4, 6), (0.05, 0.7, 10))),
]  # fmt: skip
each_case = pytest.mark.parametrize("explorer", CASES, ids=range(len(CASES)))


# ---- what it takes -------------------------------------------------------------------------------


def test_it_starts_with_three_sentences_and_a_question():
    explorer = TiltedPolicy()
    assert (explorer.reference, explorer.rewards, explorer.beta) == (START, RANKS, 1)
    assert explorer.truth == explorer.rewards
    assert len(explorer.labels) == 3
    assert "how many nats" in explorer.prompt
    other = TiltedPolicy(np.array([0.5, 0.5]), np.array([1, -1]), np.float64(0.5))
    assert (other.rewards, other.truth, other.beta) == ([1, -1], [1, -1], 0.5)
    assert (other.labels, TiltedPolicy([0.2, 0.8]).rewards) == ([], [0, 0])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"reference": [0.5, 0.3, 0.3]}, r"reference sums to 1\.1"),
        ({"reference": [1]}, "give one row of 2 to 6 probabilities"),
        ({"reference": [1 / 7] * 7}, "give one row of 2 to 6 probabilities"),
        ({"rewards": [0, 1, 4]}, r"rewards is .*; give numbers from -3 to 3"),
        ({"rewards": [0, 1, math.nan]}, "give numbers from -3 to 3"),
        ({"rewards": [0, 1]}, "2 rewards for 3 sentences"),
        ({"truth": [0, 1, 2, 3]}, "4 truth for 3 sentences"),
        ({"labels": ["a"]}, "1 labels for 3 sentences"),
        ({"beta": 0.01}, r"beta is 0\.01; give a number from 0\.05 to 10"),
        ({"beta": 10.1}, "beta is 10.1"),
        ({"beta": math.nan}, "beta is nan"),
    ],
)
def test_what_is_no_policy_is_refused_also_in_a_preset(change, complaint):
    explorer = TiltedPolicy()
    ((name, value),) = change.items()
    with pytest.raises((ValueError, traitlets.TraitError), match=complaint):
        setattr(explorer, name, value)
    with pytest.raises((ValueError, traitlets.TraitError), match=f"preset 'odd': .*{complaint}"):
        explorer.presets = [{"name": "odd", **change}]
    assert (explorer.reference, explorer.rewards, explorer.labels[0]) == (START, RANKS, "No.")


def test_another_number_of_sentences_sets_the_rewards_to_0_and_says_so():
    explorer = TiltedPolicy()
    with pytest.warns(UserWarning, match="2 sentences now, so rewards, truth, labels .* 0 or drop"):
        explorer.reference = [0.5, 0.5]
    assert (explorer.rewards, explorer.truth, explorer.labels) == ([0, 0], [0, 0], [])


def test_a_preset_is_true_of_its_rewards_unless_it_says_another_truth():
    explorer = TiltedPolicy(presets=[{"name": "two", "reference": [0.5, 0.5], "rewards": [1, 2]}])
    assert explorer.presets[0]["truth"] == [1, 2]
    assert explorer.presets[0]["labels"] == []


# ---- the arithmetic ------------------------------------------------------------------------------


@each_case
def test_the_optimum_is_scipys_softmax_of_the_log_reference_and_the_rewards(explorer):
    with np.errstate(divide="ignore"):
        scores = np.log(explorer.reference) + np.array(explorer.rewards) / explorer.beta
    np.testing.assert_allclose(explorer.policy, special.softmax(scores), rtol=1e-12)
    assert explorer.log_z == pytest.approx(special.logsumexp(scores), rel=1e-12, abs=1e-13)


@each_case
def test_what_is_left_of_the_reward_is_beta_log_z_and_no_other_policy_leaves_more(explorer):
    """E r − β·D is β ln Z − β·D(π‖π*): so at π*, and less everywhere else."""

    def left(policy):
        price = explorer.beta * kl_divergence(policy, explorer.reference)
        return np.dot(policy, explorer.rewards) - price

    assert left(explorer.policy) == pytest.approx(explorer.value, rel=1e-9, abs=1e-12)
    assert explorer.value == pytest.approx(
        explorer.reward - explorer.beta * explorer.divergence, rel=1e-9, abs=1e-12
    )
    there = np.array(explorer.reference) > 0
    for _ in range(20):
        other = np.zeros(there.size)
        other[there] = RNG.dirichlet([0.5] * there.sum())
        missed = explorer.beta * kl_divergence(other, explorer.policy)
        assert left(other) == pytest.approx(explorer.value - missed, rel=1e-9, abs=1e-9)


@each_case
def test_the_gain_is_beta_times_both_divergences(explorer):
    gain = explorer.reward - np.dot(explorer.reference, explorer.rewards)
    both = explorer.divergence + kl_divergence(explorer.reference, explorer.policy)
    assert gain == pytest.approx(explorer.beta * both, rel=1e-9, abs=1e-12)


def test_a_low_beta_ends_at_the_best_and_at_its_surprise():
    explorer = TiltedPolicy(START, RANKS, 0.05)
    assert explorer.policy == pytest.approx([0, 0, 1], abs=1e-8)
    assert explorer.divergence == pytest.approx(-math.log(0.2), abs=1e-7)


def best_by_enumeration(n, reference, rewards):
    """The best of every row of n sentences; of ties, each as often as it stands in the row."""
    won = [Fraction(0)] * len(reference)
    for row in itertools.product(range(len(reference)), repeat=n):
        most = max(rewards[i] for i in row)
        best = [i for i in row if rewards[i] == most]
        chance = math.prod((Fraction(reference[i], 100) for i in row), start=Fraction(1))
        for i in best:
            won[i] += chance / len(best)
    return [float(one) for one in won]


@pytest.mark.parametrize("rewards", [[0, 1, 2, 3], [0, 2, 2, -1], [1, 1, 1, 1], [3, 0, 0, 3]])
@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_best_of_n_is_that_of_all_rows_of_n(in_v8, n, rewards):
    hundredths = [45, 30, 25, 0]
    expected = best_by_enumeration(n, hundredths, rewards)
    explorer = TiltedPolicy([one / 100 for one in hundredths], rewards)
    assert explorer.best_of(n) == pytest.approx(expected, abs=1e-14)
    assert in_v8("bestOf", n, explorer.reference, rewards) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("n", [2, 4, 16, 64])
def test_the_best_of_n_is_never_farther_than_if_nothing_were_tied(n):
    for explorer in CASES:
        nats = kl_divergence(explorer.best_of(n), explorer.reference)
        assert nats <= math.log(n) - (n - 1) / n + 1e-12


@pytest.fixture(scope="module")
def in_v8():
    """Return a function that calls one of tilting.mjs, without a browser."""
    with MiniRacer() as engine:
        engine.eval(bundle(EXPLORERS / "tilted_policy" / "tilting.mjs"))

        def call(name, *arguments):
            given = ", ".join(map(json.dumps, arguments))
            return json.loads(engine.eval(f"JSON.stringify({name}({given}))"))

        yield call


def traits_of(explorer):
    return {name: getattr(explorer, name) for name in ("reference", "rewards", "truth", "beta")}


def place_of(explorer, policy):
    """Where a policy stands in the picture: nats, gain, true gain."""
    away = np.subtract(policy, explorer.reference)
    nats = kl_divergence(policy, explorer.reference)
    return [float(nats), float(away @ explorer.rewards), float(away @ explorer.truth)]


@each_case
def test_the_page_computes_what_python_does(in_v8, explorer):
    got = in_v8("optimum", traits_of(explorer))
    expected = {
        "policy": explorer.policy,
        "logZ": explorer.log_z,
        "value": explorer.value,
        "reward": explorer.reward,
        "nats": explorer.divergence,
        "trueReward": explorer.true_reward,
        "before": np.dot(explorer.reference, explorer.rewards),
        "trueBefore": np.dot(explorer.reference, explorer.truth),
        "gain": place_of(explorer, explorer.policy)[1],
        "kept": explorer.value - np.dot(explorer.reference, explorer.rewards),
    }
    for name, value in expected.items():
        assert got[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name
    assert sum(got["terms"]) == pytest.approx(explorer.divergence, rel=1e-9, abs=1e-12)


@each_case
def test_the_curve_goes_from_the_reference_to_the_best_alone_and_none_gains_more(in_v8, explorer):
    places = in_v8("frontier", traits_of(explorer))
    nats, gains, truly = ([one[name] for one in places] for name in ("nats", "gain", "truly"))
    assert [nats[0], gains[0], truly[0]] == [0, 0, 0]
    assert (np.diff(nats) >= -1e-12).all()
    assert (np.diff(gains) >= -1e-12).all()
    assert max(one for one in nats if one is not None) == nats[-1] < math.inf
    said = [r for r, p in zip(explorer.rewards, explorer.reference, strict=True) if p > 0]
    reached = gains[-1] + np.dot(explorer.reference, explorer.rewards)
    assert reached == pytest.approx(max(said), abs=1e-9)
    for n in (2, 4, 16):
        far, gain, _ = place_of(explorer, explorer.best_of(n))
        assert gain <= np.interp(far, nats, gains) + 5e-3  # the curve is drawn in straight pieces
        assert list(in_v8("placeOfBest", n, traits_of(explorer)).values()) == pytest.approx(
            place_of(explorer, explorer.best_of(n)), abs=1e-12
        )


# ---- on a page -----------------------------------------------------------------------------------


def test_the_example_is_written_out(open_page):
    page = open_page(TiltedPolicy())
    assert lines(page) == ["E r = 1.3501", "D(π*‖πref) = 0.3228 nats", "β ln Z = 1.0272"]
    assert page.locator(".readout .soft").all_inner_texts() == [
        "and under the reference 0.7000",
        "= 0.4658 bits",
        "= E r − β·D = 1.3501 − 0.3228",
        "ln Z = 1.0272",
    ]
    assert read(page)[1:] == [
        (".50", ".30", ".20"),
        (".179", ".292", ".529"),
        ("0.000", "+.292", "+1.058"),
        ("−.184", "−.008", "+.515"),
    ]
    assert page.locator("tfoot td").all_inner_texts() == ["", "", "+1.350", "+.323"]


NOTES = {
    "β = 1": "At π* the curve is as steep as β: a nat more would earn just what it costs.",
    "two tied": "Among “Perhaps.”, “Yes, gladly.” π* chooses as the reference does.",
    "one never said": "The reference never says “Ja, gern.”; at no β does π*.",
    "a flawed reward": "In truth π* earns 0.5864, more than the reference’s 0.5600.",
}


def test_each_preset_has_its_remark_and_only_a_flaw_a_true_curve(open_page):
    page = open_page(TiltedPolicy())
    for name, text in NOTES.items():
        chip(page, name)
        assert note(page) == text
        seen = page.locator(".tilt-true, .tilt-dot.gain, .tilt-curve.gain").evaluate_all(
            "all => all.filter((one) => one.checkVisibility({ visibilityProperty: true })"
            " && one.getAttribute('d') !== '').length"
        )
        assert seen == (0 if name != "a flawed reward" else 8)  # 4 marks, curve, dot, keys


def number_in(node, *names):
    return [float(node.get_attribute(name)) for name in names]


def spots(text):
    return [[float(x), float(y)] for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", text)]


@pytest.mark.parametrize("explorer", [TiltedPolicy(), CASES[6]], ids=["example", "flawed"])
def test_the_picture_stands_where_its_numbers_say(open_page, explorer):
    page = open_page(explorer)

    def spot(nats, gain):  # as the module has them
        return pytest.approx([58 + nats * 254 / 3, 206 - gain * 182 / 2.5], abs=0.06)

    def at(selector):
        return spots(page.locator(selector).get_attribute("transform"))[0]

    nats, gain, truly = place_of(explorer, explorer.policy)
    assert at("figure .tilt-dot.q") == spot(nats, gain)
    best = page.locator("figure .tilt-best[transform]")
    for i, n in enumerate((2, 4, 8, 16)):
        there = spots(best.nth(i).get_attribute("transform"))[0]
        assert there == spot(*place_of(explorer, explorer.best_of(n))[:2])
    # The tangent: from what is kept at 0 nats, as steep as β.
    kept = gain - explorer.beta * nats
    ends = spots(page.locator(".tilt-slope").get_attribute("d"))
    assert ends == [spot(0, kept), spot(nats, gain)]
    height = 182 / 2.5
    y, high = number_in(page.locator("rect.area.q[x='33']"), "y", "height")
    assert [206 - y, high] == pytest.approx([kept * height] * 2, abs=0.02)
    (wide,) = number_in(page.locator("rect.area.cost[x='58']"), "width")
    assert wide == pytest.approx(nats * 254 / 3, abs=0.02)
    price = page.locator("svg path.area.cost:not(g *)").get_attribute("d")
    assert re.match(r"M33 ([\d.]+)h16v([\d.]+)h-16z", price).groups() == (
        f"{206 - gain * height:.2f}", f"{(gain - kept) * height:.2f}",
    )  # fmt: skip
    curve = spots(page.locator("figure .tilt-curve.q:not(g *)").get_attribute("d"))
    for beta in (0.6, 1, 2):
        other = TiltedPolicy(explorer.reference, explorer.rewards, beta)
        far, up, _ = place_of(other, other.policy)
        x, y = (58 + far * 254 / 3, 206 - up * height)
        assert np.interp(x, *zip(*curve, strict=True)) == pytest.approx(y, abs=0.5)
    if explorer.rewards != explorer.truth:
        assert at("figure .tilt-dot.gain") == spot(nats, truly)
    widths = page.locator("rect.area.q[x='30']").evaluate_all(
        "all => all.map((one) => one.width.baseVal.value)"
    )
    assert widths == pytest.approx([140 * p for p in explorer.policy], abs=0.02)


# ---- the hand ------------------------------------------------------------------------------------


def test_beta_follows_the_hand_on_a_scale_of_logarithms(open_lab):
    page = open_lab(TiltedPolicy())
    pull(page, BETA, (-PER_LOG * math.log(2), 4))
    (beta,) = held(page, "beta")
    assert beta == pytest.approx(0.5, abs=0.01)
    assert beta == float(f"{beta:.3g}")
    assert lines(page)[1] == f"D(π*‖πref) = {TiltedPolicy(beta=beta).divergence:.4f} nats"
    pull(page, BETA, (-400, 0), (400, 0))
    assert held(page, "beta") == [10]
    track = page.locator("svg").first.bounding_box()
    unit = track["width"] / 320
    line = page.locator(".pointer .knob").bounding_box()
    y = line["y"] + line["height"] / 2
    page.mouse.click(track["x"] + (30 + PER_LOG * math.log(4)) * unit, y)
    assert held(page, "beta")[0] == pytest.approx(0.2, abs=0.005)


KEYS = {
    "ArrowRight": 1.02, "ArrowDown": 0.98, "PageUp PageUp": 1.44, "Shift+ArrowLeft": 0.833,
    "Home": 0.05, "Home ArrowLeft": 0.05, "End ArrowUp": 10,
}  # fmt: skip


def test_the_keys_multiply_beta_and_it_says_so(open_page):
    page = open_page(TiltedPolicy())
    slider = page.get_by_role("slider", name=BETA, exact=True)
    for keys, beta in KEYS.items():
        page.get_by_role("button", name="Reset").click()
        for key in keys.split():
            slider.press(key)
        settle(page)
        assert slider.get_attribute("aria-valuenow") == f"{beta:g}"
        nats = TiltedPolicy(beta=beta).divergence
        shown = f"{beta:.2f}" if round(beta, 2) == beta else f"{beta:g}"
        assert slider.get_attribute("aria-valuetext") == (
            f"β = {shown}, {nats:.4f} nats from the reference"
        )
    assert slider.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke") == FOCUS


def test_the_bars_follow_the_hand_and_any_number_is_typed(open_lab):
    page = open_lab(TiltedPolicy())
    pull_bar(page, "Reference probability of No.", 140, -0.3)
    (reference,) = held(page, "reference")
    assert reference[0] == pytest.approx(0.2, abs=0.011)
    assert reference[1] / reference[2] == pytest.approx(1.5)
    pull(page, "Reward of No.", (14.5 * 2, 3))
    assert held(page, "rewards", "truth") == [[2, 1, 2], RANKS]
    truly = TiltedPolicy(reference, [2, 1, 2], truth=RANKS).true_reward
    assert note(page).startswith(f"In truth π* earns {truly:.4f}, more than")
    for name, text in (("Reward of Perhaps.", "-1.25"), (BETA, "1/3")):
        page.get_by_role("slider", name=name, exact=True).press("Enter")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    assert held(page, "rewards", "beta") == [[2, -1.25, 2], 1 / 3]
    texts = page.locator("figure .typed .number").all_text_contents()
    assert texts == ["+2.0", "−1.25", "+2.0"]
    assert page.locator(".pointer .number").text_content() == "β = 0.3333"
    reward = page.get_by_role("slider", name="Reward of Perhaps.", exact=True)
    assert reward.get_attribute("aria-valuetext") == "−1.25, truly +1.0"


def test_a_finger_moves_beta_and_the_page_stays(open_page):
    page = open_page(TiltedPolicy(), viewport=PHONE, has_touch=True, is_mobile=True)
    slider = page.get_by_role("slider", name=BETA, exact=True)
    slider.scroll_into_view_if_needed()
    box, before = slider.locator(".knob").bounding_box(), page.evaluate("scrollY")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for kind, dx in (("touchStart", 0), *(("touchMove", -10 * i) for i in range(1, 9))):
        touch(session, kind, {"x": x + dx, "y": y - dx})
        settle(page)
    touch(session, "touchEnd")
    settle(page)
    assert 0.1 < float(slider.get_attribute("aria-valuenow")) < 0.3
    assert page.evaluate("scrollY") == before


def test_a_kernel_may_send_the_lists_one_after_the_other(open_lab):
    page = open_lab(TiltedPolicy())
    before = lines(page)
    page.evaluate("model.set('reference', [0.25, 0.75])")
    assert lines(page) == before
    page.evaluate("model.set('rewards', [1, 0]); model.set('truth', [1, 0])")
    other = TiltedPolicy([0.25, 0.75], [1, 0])
    assert lines(page)[0] == f"E r = {other.reward:.4f}"
    assert read(page)[0] == ("1", "2")
    page.evaluate("model.set('rewards', [2, 2]); model.set('truth', [2, 2])")
    assert note(page) == "The rewards tell no two sentences apart: π* is the reference."


def test_the_result_is_said_when_the_hand_rests(open_page):
    page = open_page(TiltedPolicy())
    chip(page, "small β")
    page.wait_for_function("document.querySelector('[aria-live=polite]').textContent")
    assert page.locator("[aria-live=polite]").inner_text() == (
        "π* earns 1.9999, 1.6087 nats from the reference; when these are paid, 1.8391 is left."
    )

"""Walks of the evidence: what is taken, the first passage against other ways to it, the hand."""

import itertools
import math
import re
from fractions import Fraction

import numpy as np
import pytest
import traitlets

from explorers import EvidenceWalk
from lib import kl_divergence
from tests.explorers.page import FOCUS, PHONE, THEMES, Hand, held, lines, note, read, rgb, settle

HAND = Hand(
    handles=3,
    sliders=3,
    tracks=3,
    pressed=".letters button",
    make=lambda: EvidenceWalk(0.5, 0.7),  # the engines type .8, which is to change something
)
CROWDED = {
    "equal": EvidenceWalk(0.5, 0.5, 1000),
    "at once": EvidenceWalk(0.01, 0.99, 2),
    "nearly": EvidenceWalk(0.5, 0.500001, 1000),
    "far out": EvidenceWalk(0.03, 0.01, 1000, seed=9999),
}
LONGEST = 2000


# ---- what it takes -------------------------------------------------------------------------------


def test_it_starts_with_a_fair_coin_against_one_of_8_in_10_and_odds_of_100():
    explorer = EvidenceWalk()
    assert (explorer.p, explorer.q, explorer.odds, explorer.seed) == (0.5, 0.8, 100, 1)
    assert EvidenceWalk(0.8, 0.5, 20, seed=7).get_state(["p", "q", "odds", "seed"]) == {
        "p": 0.8,
        "q": 0.5,
        "odds": 20,
        "seed": 7,
    }


def test_numbers_of_numpy_are_taken_and_floats_kept():
    explorer = EvidenceWalk(np.float64(0.25), 0.75)
    assert explorer.p == 0.25
    with pytest.raises(traitlets.TraitError, match="odds"):
        explorer.odds = 19.5


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("p", 0, "p is 0.0; give a number from 0.01 to 0.99"),
        ("q", 1.0, "q is 1.0; give a number from 0.01 to 0.99"),
        ("p", math.nan, "p is nan; give a number from 0.01 to 0.99"),
        ("odds", 1, "odds is 1; give a number from 2 to 1000"),
        ("odds", 1001, "odds is 1001; give a number from 2 to 1000"),
        ("seed", -1, "seed is -1; give a number from 0 to 9999"),
    ],
)
def test_what_is_out_of_range_is_refused_and_changes_nothing(name, value, complaint):
    explorer = EvidenceWalk()
    before = explorer.get_state()
    with pytest.raises(traitlets.TraitError, match=complaint):
        setattr(explorer, name, value)
    assert explorer.get_state() == before
    with pytest.raises(traitlets.TraitError, match=f"preset 'odd': {complaint}"):
        EvidenceWalk(presets=[{"name": "odd", name: value}])


# ---- the first passage, in ways of its own -------------------------------------------------------


def exact(p, q, odds, longest):
    """P(stop at toss n) for n = 0 … longest, in whole numbers as far as the stops go.

    The odds after k heads of n tosses are compared as fractions; the chances are added up over the
    number of heads, none of them left out.
    """
    p, q = (Fraction(one).limit_denominator(10_000) for one in (p, q))
    # the least, or with tails in favour the largest, number of heads that stops the walk
    heads, tails = p / q, (1 - p) / (1 - q)
    in_favour = max(heads, tails)
    against = min(heads, tails)
    likely = float(p if heads > tails else 1 - p)
    alive = np.zeros(longest + 2)
    alive[0] = 1
    stops = np.zeros(longest + 1)
    need, ratio = 0, Fraction(1)  # (in favour)^need · (against)^(n − need), from n = 0
    while ratio < odds:
        need, ratio = need + 1, ratio * in_favour / against
    for n in range(1, longest + 1):
        ratio *= against
        while ratio < odds:
            need, ratio = need + 1, ratio * in_favour / against
        alive[1:] = alive[1:] * (1 - likely) + alive[:-1] * likely
        alive[0] *= 1 - likely
        stops[n] = alive[need:].sum()
        alive[need:] = 0
    return stops


def by_hand(p, q, odds, longest):
    """The same for few tosses: every row of heads and tails, one by one, in fractions."""
    p, q = Fraction(p), Fraction(q)
    stops = [Fraction(0)] * (longest + 1)
    rows = [(Fraction(1), Fraction(1))]  # the chance of a row that goes on, and its odds
    for n in range(1, longest + 1):
        longer = [
            (chance * one, ratio * one / other)
            for chance, ratio in rows
            for one, other in ((p, q), (1 - p, 1 - q))
        ]
        stops[n] = sum((chance for chance, ratio in longer if ratio >= odds), Fraction(0))
        rows = [(chance, ratio) for chance, ratio in longer if ratio < odds]
    return stops


@pytest.mark.parametrize(
    ("p", "q", "odds"),
    [("1/2", "4/5", 10), ("4/5", "1/2", 10), ("1/2", "1/4", 8), ("1/100", "3/100", 2)],
)
def test_the_sum_over_heads_is_that_over_all_rows_of_tosses(p, q, odds):
    rows = by_hand(p, q, odds, 11)
    np.testing.assert_allclose(
        exact(float(Fraction(p)), float(Fraction(q)), odds, 11), np.array(rows, float), rtol=1e-12
    )


@pytest.fixture
def passage(module_page):
    """Return a function that works out a first passage in the browser, as tosses.mjs does."""

    def call(*given):
        return module_page.evaluate(
            "(given) => import('/explorers/evidence_walk/tosses.mjs').then((m) => {"
            " const all = m.firstPassage(...given);"
            " const beyond = m.beyond(all.stops, all.rest, all.end);"
            " return { ...all, stops: [...all.stops], beyond };"
            "})",
            list(given),
        )

    return call


CASES = [
    (0.5, 0.8, 100), (0.8, 0.5, 100), (0.5, 0.55, 100), (0.01, 0.03, 100), (0.03, 0.01, 1000),
    (0.5, 0.25, 8), (0.01, 0.99, 1000), (0.99, 0.98, 2), (0.3, 0.6, 19),
]  # fmt: skip


@pytest.mark.parametrize(("p", "q", "odds"), CASES)
def test_the_distribution_is_exact_toss_by_toss(passage, p, q, odds):
    got = passage(p, q, odds)
    stops = exact(p, q, odds, LONGEST)
    length = len(got["stops"])
    assert length == LONGEST + 1 or got["rest"] < 1e-10
    np.testing.assert_allclose(got["stops"], stops[:length], rtol=1e-9, atol=1e-15)
    assert got["rest"] == pytest.approx(1 - stops[:length].sum(), abs=1e-12)
    cumulated = stops.cumsum()
    assert got["low"] == np.argmax(cumulated >= 0.1)
    assert got["high"] == np.argmax(cumulated >= 0.9)
    twice = math.floor(2 * got["mean"])
    assert got["late"] == pytest.approx(1 - cumulated[twice], abs=1e-9)
    assert got["beyond"] == pytest.approx(1 - cumulated[got["end"]], abs=1e-9)


@pytest.mark.parametrize(("p", "q"), [(0.6, 0.4), (0.2, 0.8), (0.99, 0.01)])
@pytest.mark.parametrize("odds", [2, 100, 1000])
def test_with_equal_steps_it_is_the_hitting_time_theorem(passage, p, q, odds):
    """q = 1 − p makes all steps as long; Feller (1968), III.7: P(T = n) = k/n · P(S_n = k)."""
    likely = max(p, q)
    k = math.ceil(math.log(odds) / math.log(likely / (1 - likely)) - 1e-9)
    got = passage(p, q, odds)
    for n in range(1, min(len(got["stops"]), 1000)):
        ups = (n + k) // 2
        chance = 0.0
        if (n + k) % 2 == 0 and ups <= n:
            chance = k / n * math.comb(n, ups) * likely**ups * (1 - likely) ** (n - ups)
        assert got["stops"][n] == pytest.approx(chance, rel=1e-9, abs=1e-15), n
    assert got["mean"] == pytest.approx(k / (2 * likely - 1), rel=1e-9)


def test_the_means_of_the_chapter(passage):
    """The chapter's, with the overshoot, against ln 100 / D, without it."""
    for p, q, plain, mean in ((0.5, 0.8, 20.6, 22.8), (0.8, 0.5, 23.9, 24.9)):
        d = kl_divergence([p, 1 - p], [q, 1 - q])
        assert round(math.log(100) / d, 1) == plain
        got = passage(p, q, 100)
        tosses = np.arange(len(got["stops"]))
        assert round(float(tosses @ got["stops"]), 1) == mean
        assert got["mean"] == pytest.approx(tosses @ got["stops"], rel=1e-8)
        assert got["reached"] == pytest.approx(d * got["mean"], rel=1e-12)  # Wald


@pytest.mark.parametrize(
    ("p", "q", "odds", "longest"),
    [(0.5, 0.55, 100, 12_000), (0.01, 0.03, 100, 6_000), (0.03, 0.01, 1000, 6_000),
     (0.5, 0.53, 1000, 40_000), (0.98, 0.99, 1000, 20_000)],
)  # fmt: skip
def test_the_mean_holds_to_three_digits_where_much_is_beyond_what_is_worked_out(
    passage, p, q, odds, longest
):
    """There it rests on Wald's identity; here all tosses are summed, in a window of heads."""
    heads, tails = math.log(p / q), math.log((1 - p) / (1 - q))
    likely, gain, loss = (p, heads, -tails) if p > q else (1 - p, tails, -heads)
    alive, first, mean, rest = np.ones(1), 0, 0.0, 1.0
    for n in range(1, longest + 1):
        grown = np.zeros(len(alive) + 1)
        grown[:-1] = alive * (1 - likely)
        grown[1:] += alive * likely
        need = math.ceil((math.log(odds) + n * loss) / (gain + loss) - 1e-9) - first
        stop = grown[need:].sum()
        mean, rest = mean + n * stop, rest - stop
        alive = grown[:need]
        dead = int(np.argmax(alive > 1e-18))
        alive, first = alive[dead:], first + dead
    assert rest < 1e-5
    assert passage(p, q, odds)["mean"] == pytest.approx(mean, rel=1e-3)


def test_equal_coins_never_stop(passage):
    got = passage(0.3, 0.3, 2)
    assert (got["rest"], got["beyond"], got["mean"], got["end"]) == (1, 1, math.inf, LONGEST)
    assert math.isnan(got["reached"])  # there is no evidence at a stop that never comes


def test_the_axis_leaves_out_little_or_is_as_long_as_it_gets(passage):
    ends = set()
    coins = [0.01, 0.2, 0.5, 0.52, 0.8, 0.99]
    for p, q, odds in itertools.product(coins, coins, (2, 100, 1000)):
        got = passage(p, q, odds)
        ends.add(got["end"])
        assert got["beyond"] <= 0.06 or got["end"] == LONGEST
    assert {10, LONGEST} < ends <= {10, 20, 40, 60, 100, 200, 400, 600, 1000, LONGEST}


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.8), (0.01, 0.99), (0.5, 0.5), (0.3, 0.3 + 1e-9)])
def test_the_divergence_is_libs(in_browser, p, q):
    got = in_browser("evidence_walk/tosses", "coinDivergence", p, q)
    assert got == pytest.approx(kl_divergence([p, 1 - p], [q, 1 - q]), rel=1e-9, abs=0)


# ---- the walks -----------------------------------------------------------------------------------


def mulberry(seed):
    """Yield the numbers of mulberry32 from a seed that is scattered first."""
    state, word = seed * 0x9E3779B1 % 2**32, 2**32
    while True:
        state = (state + 0x6D2B79F5) % word
        bits = (state ^ state >> 15) * (state | 1) % word
        bits = (bits + (bits ^ bits >> 7) * (bits | 61)) % word ^ bits
        yield (bits ^ bits >> 14) / word


def walked(seed, number, p, q, odds, end):
    """Return the evidence after each toss of a walk, to where it stops."""
    heights = [0.0]
    for u in itertools.islice(mulberry(5 * seed + number), end):
        step = math.log(p / q) if u < p else math.log((1 - p) / (1 - q))
        heights.append(heights[-1] + step)
        if heights[-1] >= math.log(odds) - 1e-9:
            break
    return heights


@pytest.fixture
def walk(module_page):
    """Return a function that walks in the browser: seed, number, p, q, odds, end and every."""

    def call(*given):
        return module_page.evaluate(
            "([seed, number, ...given]) => import('/explorers/evidence_walk/tosses.mjs')"
            ".then((m) => m.walk(m.tossed(seed, 5)[number], ...given))",
            list(given),
        )

    return call


@pytest.mark.parametrize(("p", "q", "odds"), [(0.5, 0.8, 100), (0.8, 0.5, 10), (0.01, 0.03, 100)])
def test_a_walk_is_the_same_in_python(walk, p, q, odds):
    for seed, number in ((0, 0), (1, 0), (1, 4), (9999, 3)):
        heights = walked(seed, number, p, q, odds, 600)
        got = walk(seed, number, p, q, odds, 600)
        assert got["points"] == pytest.approx(heights, abs=1e-9)
        stopped = heights[-1] >= math.log(odds) - 1e-9
        assert got["stop"] == (len(heights) - 1 if stopped else math.inf)
        some = walk(seed, number, p, q, odds, 600, 6)["points"]
        last = [heights[-1]] if stopped and (len(heights) - 1) % 6 else []
        assert some == pytest.approx(heights[::6] + last, abs=1e-9)


def test_the_walks_of_all_seeds_stop_as_the_distribution_says():
    """2,000 walks: the mean of their tosses and the share of late stops, to 3 standard errors."""
    waits = np.array([len(walked(*pair, 0.5, 0.8, 100, 2000)) - 1
                      for pair in itertools.product(range(400), range(5))])  # fmt: skip
    stops = exact(0.5, 0.8, 100, 400)
    tosses = np.arange(401)
    mean = stops @ tosses
    error = math.sqrt(stops @ (tosses - mean) ** 2 / len(waits))
    assert waits.mean() == pytest.approx(mean, abs=3 * error)
    late = stops[math.floor(2 * mean) + 1 :].sum()
    assert (waits > 2 * mean).mean() == pytest.approx(late, abs=3 * math.sqrt(late / len(waits)))


# ---- what is drawn -------------------------------------------------------------------------------


LEFT, RIGHT, BASE, HIGH = 50, 316, 322, 234


def toss_at(x, end):
    return (x - LEFT) / (RIGHT - LEFT) * (end + 0.5)


def height_of(nats):
    return 196 - (nats + 5) / 13.4 * 188


def path(page, kind):
    settle(page)
    return page.locator(f"path.{kind}").get_attribute("d")


def test_the_fair_coin_is_written_out(open_page):
    page = open_page(EvidenceWalk())
    assert lines(page) == ["D(p‖q) = 0.2231 nats a toss", "D(q‖p) = 0.1927 nats a toss"]
    stops = exact(0.5, 0.8, 100, 400)
    low, high = (int(np.argmax(stops.cumsum() >= share)) for share in (0.1, 0.9))
    assert read(page) == [
        ("no overshoot", "● mean", "10 % stop by", "90 % stop by"),
        ("4.61", "5.09", "", ""),
        ("20.6", "22.8", str(low), str(high)),
    ]
    late = 100 * stops[46:].sum()  # more than 45.6
    assert page.locator("tfoot").inner_text().split("\t")[-1].strip() == f"{late:.1f} %"
    beyond = 100 * stops[61:].sum()
    assert page.locator(".of-stops").all_text_contents() == [
        "stop at each toss",
        f"{beyond:.1f} % beyond 60",
    ]
    waits = sorted(len(walked(1, one, 0.5, 0.8, 100, 60)) - 1 for one in range(5))
    assert note(page) == f"These walks stop at {', '.join(map(str, waits))}."


def test_swapped_it_takes_longer(open_page):
    page = open_page(EvidenceWalk())
    page.get_by_role("button", name="swapped", exact=True).click()
    assert lines(page) == ["D(p‖q) = 0.1927 nats a toss", "D(q‖p) = 0.2231 nats a toss"]
    assert read(page)[2][:2] == ("23.9", "24.9")


@pytest.mark.parametrize("odds", [100, 1000])
def test_the_slope_is_the_divergence_and_meets_the_barrier_at_ln_odds_over_it(open_page, odds):
    page = open_page(EvidenceWalk(odds=odds))
    d = kl_divergence([0.5, 0.5], [0.8, 0.2])
    numbers = [float(one) for one in re.findall(r"[\d.]+", path(page, "drift"))]
    assert numbers[:2] == pytest.approx([LEFT, height_of(0)], abs=0.06)
    end = 60 if odds == 100 else 100
    assert toss_at(numbers[2], end) == pytest.approx(math.log(odds) / d, abs=0.06)
    assert numbers[3] == pytest.approx(height_of(math.log(odds)), abs=0.06)
    assert path(page, "drift-end").startswith(f"M{numbers[2]:.1f} {numbers[3]:.1f}V")


@pytest.mark.parametrize(
    ("p", "q", "end", "wide"), [(0.5, 0.8, 60, 1), (0.5, 0.55, 2000, 20), (0.01, 0.99, 10, 1)]
)
def test_a_bar_stands_over_its_tosses_and_is_as_high_as_their_chance(open_page, p, q, end, wide):
    page = open_page(EvidenceWalk(p, q))
    stops = exact(p, q, 100, end)
    sums = stops[1:].reshape(-1, wide).sum(axis=1)
    bars = re.findall(r"M([\d.]+) 322v-([\d.]+)h([\d.]+)", path(page, "waits"))
    for x, tall, width in np.array(bars, float):
        bar = round((toss_at(x + width / 2, end) - (wide + 1) / 2) / wide)
        assert tall == pytest.approx(sums[bar] / sums.max() * (BASE - HIGH), abs=0.06)
        sums[bar] = 0 if bar != np.argmax(sums) else sums[bar]
    assert np.sort(sums)[-2] / sums.max() * (BASE - HIGH) < 0.1  # the others are too low to see
    highest = page.locator(".rules text").all_text_contents()
    assert f"{100 * sums.max():.1f} %" in highest


@pytest.mark.parametrize("seed", [1, 22])
def test_the_walks_stand_where_their_evidence_is_or_at_the_lower_edge(open_page, seed):
    """One of seed 22 falls to odds of 1:15000; a walk falls to 1:148 with a chance below 1/148."""
    page = open_page(EvidenceWalk(seed=seed))
    drawn = [one for one in path(page, "walks").split("M") if one]
    assert len(drawn) == 5
    stopped = 0
    for number, one in enumerate(drawn):
        points = np.array([point.split() for point in one.split("L")], float)
        heights = walked(seed, number, 0.5, 0.8, 100, 60)
        stopped += heights[-1] >= math.log(100)
        assert toss_at(points[:, 0], 60) == pytest.approx(np.arange(len(heights)), abs=0.02)
        assert points[:, 1] == pytest.approx([height_of(max(-5, h)) for h in heights], abs=0.06)
    assert path(page, "walk-ends").count("z") == stopped


def test_equal_coins_say_so_and_nothing_is_cut_in_silence(open_page):
    page = open_page(EvidenceWalk())
    page.get_by_role("button", name="p = q", exact=True).click()
    assert lines(page) == ["D(p‖q) = 0.0000 nats a toss", "D(q‖p) = 0.0000 nats a toss"]
    assert read(page)[2] == ("∞", "∞", "∞", "∞")
    assert note(page).startswith("p = q: no toss speaks for either")
    assert page.locator(".of-stops").last.text_content() == "100.0 % beyond 2000"
    assert path(page, "waits") == ""


def test_what_lies_beyond_the_edge_is_said(open_page):
    page = open_page(EvidenceWalk(0.5, 0.52))
    beyond = 100 * (1 - exact(0.5, 0.52, 100, LONGEST).sum())
    assert page.locator(".of-stops").last.text_content() == f"{beyond:.1f} % beyond 2000"
    assert read(page)[2][3] == ">2000"
    assert path(page, "span") == f"M{RIGHT} 332H{RIGHT}m-5 -4l5 4l-5 4"  # no more than an arrow
    assert page.locator("tfoot").inner_text().split("\t")[-1].strip() == "–"


# ---- the hand ------------------------------------------------------------------------------------


def pull(page, label, dx, dy):
    """Drag a handle by so many units of its drawing."""
    grip = page.get_by_role("slider", name=label).locator(".knob")
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    unit = page.locator("svg").first.bounding_box()["width"] / 320
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * unit, y + dy * unit, steps=5)
    settle(page)
    page.mouse.up()


def test_the_coins_and_the_barrier_follow_the_mouse(open_lab):
    page = open_lab(EvidenceWalk())
    pull(page, "Heads of the truth p", 25, 4)
    pull(page, "Heads of the rival q", -50, 4)
    assert held(page, "p", "q", "odds") == [0.6, 0.6, 100]
    pull(page, "Heads of the rival q", 500, 0)
    pull(page, "Heads of the truth p", -500, 0)
    assert held(page, "p", "q") == [0.01, 0.99]
    pull(page, "Barrier", 5, math.log(10) * 188 / 13.4)
    assert held(page, "odds") == [pytest.approx(10, abs=1)]
    pull(page, "Barrier", 0, 200)
    assert held(page, "odds") == [2]
    pull(page, "Barrier", 0, -200)
    assert held(page, "odds") == [1000]


@pytest.mark.parametrize(
    ("label", "keys", "value"),
    [
        ("Heads of the truth p", ["ArrowRight", "ArrowUp"], 0.52),
        ("Heads of the truth p", ["Home"], 0.01),
        ("Heads of the rival q", ["PageUp", "PageUp"], 0.99),
        ("Barrier", ["ArrowUp"], 101),
        ("Barrier", ["PageDown"], 90),
        ("Barrier", ["End"], 1000),
    ],
)
def test_keys_move_a_slider_and_it_says_where_it_stands(open_page, label, keys, value):
    page = open_page(EvidenceWalk())
    slider = page.get_by_role("slider", name=label)
    said = slider.get_attribute("aria-valuetext")
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert slider.get_attribute("aria-valuenow") == f"{value:g}"
    assert slider.get_attribute("aria-valuetext") != said
    assert slider.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke") == FOCUS


def test_chips_put_the_barrier_and_say_where_it_is(open_lab):
    page = open_lab(EvidenceWalk())
    pressed = page.locator(".letters [aria-pressed=true]")
    assert pressed.all_inner_texts() == ["100:1"]
    page.get_by_role("button", name="1000:1", exact=True).click()
    assert held(page, "odds") == [1000]
    assert pressed.all_inner_texts() == ["1000:1"]


def test_toss_again_draws_other_walks_and_nothing_else(open_lab):
    page = open_lab(EvidenceWalk())
    before = [path(page, kind) for kind in ("walks", "waits", "drift")]
    table = read(page)
    page.get_by_role("button", name="Toss again").click()
    assert held(page, "seed") == [2]
    after = [path(page, kind) for kind in ("walks", "waits", "drift")]
    assert after[0] != before[0]
    assert after[1:] == before[1:]
    assert read(page) == table
    page.evaluate("model.set('seed', 9999)")
    page.get_by_role("button", name="Toss again").click()
    assert held(page, "seed") == [0]


def test_a_finger_drags_and_the_page_stays(open_page):
    page = open_page(EvidenceWalk(), viewport=PHONE, has_touch=True, is_mobile=True)
    for slider in page.get_by_role("slider").all():
        assert slider.evaluate("one => getComputedStyle(one).touchAction") == "none"
    before = lines(page)
    page.get_by_role("slider", name="Heads of the rival q").scroll_into_view_if_needed()
    track = page.get_by_role("slider", name="Heads of the rival q").locator(".knob").bounding_box()
    page.touchscreen.tap(track["x"] - 40, track["y"] + 4)
    assert lines(page) != before


@pytest.mark.parametrize("theme", THEMES)
def test_a_coin_has_the_colour_of_its_role(open_page, theme):
    page = open_page(EvidenceWalk(), color_scheme=theme)
    for role in ("p", "q"):
        grip = page.locator(f".end-grip.{role} .knob")
        assert grip.evaluate("grip => getComputedStyle(grip).fill") == rgb(THEMES[theme][role])
    for mark, role in (("walks", "p"), ("drift", "cost")):
        line = page.locator(f"path.{mark}")
        assert line.evaluate("one => getComputedStyle(one).stroke") == rgb(THEMES[theme][role])


def test_the_result_is_spoken_at_rest(open_page):
    page = open_page(EvidenceWalk())
    page.get_by_role("button", name="swapped", exact=True).click()
    spoken = page.locator("[aria-live=polite]")
    spoken.get_by_text("nats").wait_for(state="attached")
    high = int(np.argmax(exact(0.8, 0.5, 100, 400).cumsum() >= 0.9))
    assert spoken.text_content() == (
        "D(p‖q) is 0.1927 nats. To 100:1 it takes 24.9 tosses in the mean,"
        f" and nine of ten stop by {high}."
    )


def test_a_link_opens_the_same_walks(open_page):
    page = open_page(EvidenceWalk(0.8, 0.5, 10, seed=42))
    walks = path(page, "walks")
    other = open_page(EvidenceWalk())
    other.evaluate("location.hash = 'evidence-walk?p=.8&q=.5&odds=10&seed=42'")
    other.locator("text=0.1927 nats").first.wait_for()
    assert path(other, "walks") == walks
    other.evaluate("location.hash = 'evidence-walk?odds=1'")
    other.locator(".notice").wait_for()
    assert other.locator(".notice").inner_text() == (
        "This link’s odds is no whole number from 2 to 1000; nothing has changed."
    )

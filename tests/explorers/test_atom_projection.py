"""Returns on atoms and their projected targets: traits, arithmetic, picture, hand."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from explorers import AtomProjection
from lib import normalize
from tests.explorers.page import (
    PHONE,
    THEMES,
    Hand,
    chip,
    held,
    html_of,
    lines,
    middle_of,
    note,
    pull,
    rgb,
    settle,
    touch,
)

HAND = Hand(handles=13, sliders=13, tracks=12, pressed=".letters button:not([aria-pressed=true])")
LUMPS = [0, 0.05, 0.1, 0.2, 0.15, 0, 0, 0.1, 0.25, 0.15, 0]
SURE = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
FIVE = [0.1, 0.2, 0.3, 0.3, 0.1]
ROUND = np.exp(-((np.linspace(-10, 10, 51) / 3) ** 2))
CROWDED = {
    "sure": AtomProjection(SURE, 2, 1),
    "five": AtomProjection(FIVE, -0.7, 0.3, "floor and ceil", low=-1, high=0),
    "far": AtomProjection(LUMPS, -100, 1, low=-100, high=100),
    "one spike": AtomProjection(normalize(ROUND), 4, 0, low=-10, high=10),
}
CASES = [
    (p, reward, discount, low, high)
    for p, low, high in ((LUMPS, -2, 2), (SURE, -2, 2), (FIVE, 0, 10), (FIVE, -3, 1))
    for reward, discount in ((0, 1), (0.2, 1), (1, 0.99), (0.8, 0), (0.3, 0.7), (high, 1), (low, 1))
]
SURE_NAME = "atom 0, r = 1, γ = .99"
READ = ("count", "gap", "atoms", "targets", "projected", "clipped", "lost", "means", "sds", "w1")


def example(p=LUMPS, reward=0.0, discount=1.0, low=-2, high=2, projection="shares"):
    return AtomProjection(p, reward, discount, projection, low=low, high=high)


# ---- what it takes -------------------------------------------------------------------------------


def test_at_first_there_are_eleven_atoms_from_minus_2_to_2():
    explorer = AtomProjection()
    assert (explorer.count, explorer.low, explorer.high) == (11, -2, 2)
    assert explorer.gap == pytest.approx(0.4, rel=1e-15)
    assert explorer.atoms == pytest.approx([-2 + 0.4 * i for i in range(11)], abs=1e-15)
    assert explorer.projection == "shares"
    assert explorer.prompt.endswith("what happens to mean and spread?")


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"reward": 2.1}, "reward is 2.1; give a number from -2 to 2, the ends of the atoms"),
        ({"reward": math.nan}, "reward is nan"),
        ({"discount": 1.01}, r"discount is 1.01; give a number from 0.0 to 1.0"),
        ({"discount": -0.1}, "discount is -0.1"),
        ({"projection": "round"}, "'shares', 'floor and ceil'"),
        ({"p": [0.5, 0.3, 0.1, 0.1]}, "give one row of 5 to 51 probabilities"),
        ({"p": [0.5, 0.3, 0.1, 0.1, 0.1]}, "p sums to 1.1"),
    ],
)
def test_what_is_no_such_state_is_refused_and_changes_nothing(wrong, complaint):
    explorer = AtomProjection()
    before = html_of(explorer)
    ((name, value),) = wrong.items()
    with pytest.raises((ValueError, traitlets.TraitError), match=complaint):
        setattr(explorer, name, value)
    assert html_of(explorer) == before
    with pytest.raises((ValueError, traitlets.TraitError), match=complaint):
        AtomProjection(**wrong)
    with pytest.raises(traitlets.TraitError, match=f"preset 'odd'.*{complaint}"):
        AtomProjection(presets=[{"name": "odd", **wrong}])


@pytest.mark.parametrize(
    ("ends", "complaint"),
    [
        ({"low": 1}, "low is 1.0; give a number from -100 to 0"),
        ({"high": -1}, "high is -1.0; give a number from 0 to 100"),
        ({"high": math.inf}, "high is inf"),
        ({"low": -0.25, "high": 0.5}, "give ends that are 1 or more apart"),
    ],
)
def test_ends_without_0_between_them_or_too_near_are_refused(ends, complaint):
    with pytest.raises(traitlets.TraitError, match=complaint):
        AtomProjection(reward=0, **ends)


def test_the_ends_are_read_and_not_set():
    explorer = AtomProjection(FIVE, low=-10, high=0, reward=-1)
    assert explorer.atoms == [-10, -7.5, -5, -2.5, 0]
    assert explorer.rules()["reward"]["ends"] == (-10, 0)
    assert {*explorer.rules()} == {"p", "reward", "discount", "projection"}
    with pytest.raises(traitlets.TraitError, match="read-only"):
        explorer.low = -5
    with pytest.raises(traitlets.TraitError, match="preset 'odd': low is not to be set"):
        explorer.presets = [{"name": "odd", "low": -5}]


@pytest.mark.parametrize("name", READ)
def test_what_follows_from_the_state_is_read_and_not_set(name):
    explorer = AtomProjection(reward=1.2, projection="floor and ceil")
    before = getattr(explorer, name)
    with pytest.raises(AttributeError):
        setattr(explorer, name, 1)
    explorer.p, explorer.reward, explorer.discount = FIVE, 1, 0
    assert getattr(explorer, name) != before


def test_the_presets_are_those_of_the_atoms_that_there_are():
    """Of C51's atoms too, a reward of 1 before a sure 0 gives .8 and 1.2 one half each."""
    for explorer in (AtomProjection(), AtomProjection.crowded()):
        starts = {preset["name"]: preset for preset in explorer.presets}
        assert len(starts) == 5
        found = {}
        for name, preset in starts.items():
            explorer.set_state({key: preset[key] for key in preset if key != "name"})
            found[name] = {key: getattr(explorer, key) for key in READ}
        halves = {
            round(z, 12): mass
            for z, mass in zip(explorer.atoms, found[SURE_NAME]["projected"], strict=True)
            if mass
        }
        assert halves == {0.8: pytest.approx(0.5), 1.2: pytest.approx(0.5)}
        assert found["nothing moves"]["w1"] == 0
        assert found["half a gap on"]["w1"] == pytest.approx(0.5)
        assert found["clipped"]["clipped"] > 0.3
        assert found["a terminal state"]["lost"] == 1
    without = {preset["name"] for preset in AtomProjection([*FIVE, 0]).presets}
    assert without == {*starts} - {SURE_NAME}, "no atom is at 0"


# ---- the arithmetic ------------------------------------------------------------------------------


def exact(p, reward, discount, low, high):
    """Return (targets, kept, atoms, mass) in fractions, the mass by triangles around the atoms."""
    p, (reward, discount, low, high) = (
        [Fraction(x) for x in values] for values in (p, (reward, discount, low, high))
    )
    p = [one / sum(p) for one in p]
    gap = (high - low) / (len(p) - 1)
    atoms = [low + i * gap for i in range(len(p))]
    targets = [reward + discount * z for z in atoms]
    kept = [min(high, max(low, target)) for target in targets]
    mass = [
        sum(one * max(0, 1 - abs(target - z) / gap) for one, target in zip(p, kept, strict=True))
        for z in atoms
    ]
    return p, targets, kept, atoms, mass


def mean_and_variance(places, mass):
    mean = sum(m * z for m, z in zip(mass, places, strict=True))
    return mean, sum(m * (z - mean) ** 2 for m, z in zip(mass, places, strict=True))


@pytest.mark.parametrize(("p", "reward", "discount", "low", "high"), CASES)
def test_shares_means_and_spreads_are_those_of_fractions(p, reward, discount, low, high):
    explorer = example(p, reward, discount, low, high)
    weights, targets, kept, atoms, mass = exact(p, reward, discount, low, high)
    near = 1e-12 * (high - low)
    assert explorer.projected == pytest.approx([float(one) for one in mass], abs=1e-12)
    assert explorer.targets == pytest.approx([float(one) for one in targets], abs=near)
    wanted = {
        "target": mean_and_variance(targets, weights),
        "clipped": mean_and_variance(kept, weights),
        "projected": mean_and_variance(atoms, mass),
    }
    assert wanted["projected"][0] == wanted["clipped"][0], "the mean of the clipped targets is kept"
    for name, (mean, variance) in wanted.items():
        assert explorer.means[name] == pytest.approx(float(mean), abs=near)
        assert explorer.sds[name] == pytest.approx(math.sqrt(variance), abs=1e-7)
        assert explorer.sds[name] ** 2 == pytest.approx(float(variance), abs=1e-11)


@pytest.mark.parametrize(("p", "reward", "discount", "low", "high"), CASES)
def test_w1_is_that_of_scipy(p, reward, discount, low, high):
    explorer = example(p, reward, discount, low, high)
    _, targets, _, atoms, mass = exact(p, reward, discount, low, high)
    wanted = stats.wasserstein_distance(
        *(np.array(one, float) for one in (targets, atoms, p, mass))
    )
    assert explorer.w1 * explorer.gap == pytest.approx(wanted, abs=1e-12 * (high - low))


@pytest.mark.parametrize("projection", ["shares", "floor and ceil"])
@pytest.mark.parametrize(("p", "reward", "discount", "low", "high"), CASES)
def test_the_page_computes_what_python_does(in_browser, p, reward, discount, low, high, projection):
    explorer = example(p, reward, discount, low, high, projection)
    state = {
        "p": p, "reward": reward, "discount": discount, "projection": projection, "low": low,
        "high": high,
    }  # fmt: skip
    there = in_browser("atom_projection/projecting", "projectionOf", state)
    for name in ("atoms", "targets", "projected"):
        assert there[name] == pytest.approx(getattr(explorer, name), abs=1e-12 * (high - low))
    for name in ("clipped", "lost"):
        assert there[name] == pytest.approx(getattr(explorer, name), abs=1e-12)
    nan = {"abs": 1e-7, "nan_ok": True}
    assert there["w1"] == pytest.approx(explorer.w1, **nan)
    for name, ours in (("target", "target"), ("kept", "clipped"), ("result", "projected")):
        assert there[name]["mean"] == pytest.approx(explorer.means[ours], **nan)
        assert there[name]["sd"] == pytest.approx(explorer.sds[ours], **nan)
    shares = [one["toLeft"] + one["toRight"] for one in there["landings"]]
    assert np.dot(shares, p) == pytest.approx(sum(explorer.projected), abs=1e-12)
    assert np.add(there["lostAt"], there["projected"]).sum() == pytest.approx(1, abs=1e-12)


def test_the_page_transports_mass_as_scipy_does(in_browser):
    rng = np.random.default_rng(51)
    for count, other in ((1, 1), (5, 5), (3, 9), (12, 4)):
        places, others = (np.sort(rng.integers(0, 9, size)) / 2 for size in (count, other))
        mass, masses = (normalize(rng.random(size)) for size in (count, other))
        found = in_browser(
            "atom_projection/projecting", "transport",
            *(one.tolist() for one in (places, mass, others, masses)),
        )  # fmt: skip
        wanted = stats.wasserstein_distance(places, others, mass, masses)
        assert found == pytest.approx(wanted, abs=1e-12)


@given(
    weights=st.lists(st.floats(0.01, 1), min_size=5, max_size=51),
    reward=st.floats(-2, 2),
    discount=st.floats(0, 1),
)
def test_where_nothing_is_clipped_the_mean_stays_and_the_variance_grows_by_what_is_split(
    weights, reward, discount
):
    """A mass p that is split at a share f of a gap adds p·f(1 − f) squared gaps of variance, and
    2p·f(1 − f) ≤ p/2 gaps of transport: W1 is no more than the sum of these, at most ½ gap."""
    explorer = example(normalize(weights), reward * (1 - discount), discount)
    assert explorer.clipped == 0
    p, gap = np.array(explorer.p), explorer.gap
    f = (np.array(explorer.targets) - explorer.low) / gap % 1
    split = float(p @ (f * (1 - f)))
    assert explorer.means["projected"] == pytest.approx(explorer.means["target"], abs=1e-12)
    grown = explorer.sds["projected"] ** 2 - explorer.sds["target"] ** 2
    assert grown == pytest.approx(split * gap**2, abs=1e-8)
    assert explorer.w1 <= 2 * split + 1e-8
    assert explorer.w1 <= 0.5 + 1e-12


@given(reward=st.floats(-2, 2), discount=st.floats(0, 1))
def test_what_is_clipped_lies_beyond_one_end_and_its_mass_comes_to_that_atom(reward, discount):
    explorer = example([1 / 11] * 11, reward, discount)
    beyond = [target for target in explorer.targets if not -2 <= target <= 2]
    assert len({target > 0 for target in beyond}) <= 1
    assert explorer.clipped == pytest.approx(len(beyond) / 11, abs=1e-12) or any(
        abs(abs(target) - 2) < 1e-9 for target in explorer.targets
    )
    end = explorer.projected[-1 if reward > 0 else 0]
    assert end >= explorer.clipped - 1e-12
    if beyond:
        assert (explorer.means["clipped"] < explorer.means["target"]) == (reward > 0)


@pytest.mark.parametrize(
    ("reward", "discount", "lost"),
    [
        (0, 1, 1),  # every target is an atom
        (0.8, 0, 1),  # a terminal state: all targets are the one atom .8
        (0.4, 1, 1),  # on by one gap; the last but one lies on the end
        (0.2, 1, 0),  # halfway between
        (0.5, 0.9, 0),
        (2, 0.5, 0.75),  # all but the targets 1.4 and 1.8 of −1.2 and −.4 are on an atom or clipped
        (1.2, 0.9, 0.4),  # what is clipped lies on the last atom
        (0.9, 0, 0),
    ],
)
def test_floor_and_ceil_lose_what_lands_on_an_atom_and_nothing_else(reward, discount, lost):
    explorer = example(LUMPS, reward, discount, projection="floor and ceil")
    assert explorer.lost == pytest.approx(lost, abs=1e-12)
    assert sum(explorer.projected) == pytest.approx(1 - lost, abs=1e-12)
    right = example(LUMPS, reward, discount)
    assert right.lost == 0
    if lost == 0:
        assert explorer.projected == pytest.approx(right.projected, abs=1e-12)
        assert explorer.w1 == pytest.approx(right.w1)
    else:
        assert math.isnan(explorer.w1)
        assert math.isnan(explorer.means["projected"]) == (lost == 1)


def published(p, reward, discount, low, high):
    """Project with floor and ceiling, in fractions: the form that is often copied."""
    weights, _, kept, atoms, _ = exact(p, reward, discount, low, high)
    mass = [Fraction(0)] * len(p)
    for one, target in zip(weights, kept, strict=True):
        b = (target - atoms[0]) / (atoms[1] - atoms[0])
        floor, ceil = math.floor(b), math.ceil(b)
        mass[floor] += one * (ceil - b)
        mass[ceil] += one * (b - floor)
    return mass


@pytest.mark.parametrize("reward", [-1, -0.5, 0, 0.25, 0.75, 1])
@pytest.mark.parametrize("discount", [0, 0.25, 0.5, 1])
def test_floor_and_ceil_are_the_published_form(reward, discount):
    """Of quarters, atoms and targets are exact in a float."""
    explorer = example(FIVE, reward, discount, -1, 1, "floor and ceil")
    wanted = published(FIVE, reward, discount, -1, 1)
    assert explorer.projected == pytest.approx([float(one) for one in wanted], abs=1e-12)
    assert explorer.lost == pytest.approx(float(1 - sum(wanted)), abs=1e-12)


def test_a_target_that_only_rounding_keeps_off_an_atom_counts_as_on_it():
    """(.4 + 2)/.4 is 5.999… in floats; in numbers it is the atom with the number 6."""
    assert (0.4 + 2) / 0.4 != 6
    assert example(SURE, 0.4, 0, projection="floor and ceil").lost == 1


# ---- what is drawn -------------------------------------------------------------------------------

# Lanes of the drawing, and how wide a return of 1 is on the default atoms.
LEFT, RIGHT = 26, 316
P, T, M = (30, 96), (160, 206), (254, 320)
UNIT = (RIGHT - LEFT) / (4 * 1.3)


def across(z):
    return LEFT + (np.asarray(z) + 2.6) * UNIT


def path(page, kind):
    settle(page)
    return page.locator(f"figure path.{kind}").first.get_attribute("d") or ""


def bars(page, number, lane, most=1):
    """The middles of the bars of p (0) or m (1), in returns, and their heights."""
    settle(page)
    d = page.locator("figure path:is(.area, .thin-bars)").nth(number).get_attribute("d")
    found = [[float(x) for x in re.findall(r"[-\d.]+", bar)] for bar in d.split("z")[:-1]]
    top, bottom = lane
    return {
        round((left + width / 2 - LEFT) / UNIT - 2.6, 2): (start - end) / (bottom - top) * most
        for left, start, end, width, _ in found
    }


def sticks(page):
    found = re.findall(r"M([\d.]+) [\d.]+V([\d.]+)", path(page, "target-sticks"))
    top, bottom = T
    return {float(x): (bottom - float(y)) / (bottom - top) for x, y in found}


def place(page, label):
    settle(page)
    grip = page.get_by_role("slider", name=label, exact=True)
    return [float(one) for one in re.findall(r"[\d.]+", grip.get_attribute("transform"))]


STATES = [(1, 0.99), (0.5, 0.9), (1.2, 0.9), (0, 1), (-1.5, 0.4), (0.8, 0)]


@pytest.mark.parametrize(("reward", "discount"), STATES)
def test_bars_and_sticks_are_as_high_as_the_mass_where_it_is(open_page, reward, discount):
    explorer = example(LUMPS, reward, discount)
    page = open_page(explorer)
    near = {"abs": 0.002}
    for number, (lane, mass) in enumerate(((P, explorer.p), (M, explorer.projected))):
        wanted = {
            round(z, 2): mass for z, mass in zip(explorer.atoms, mass, strict=True) if mass > 1e-9
        }
        assert bars(page, number, lane) == pytest.approx(wanted, **near)
    wanted = {}
    for target, mass in zip(explorer.targets, explorer.p, strict=True):
        x = round(float(np.clip(across(target), LEFT, RIGHT)), 1)
        if mass:
            wanted[x] = wanted.get(x, 0) + mass
    assert [*sticks(page)] == pytest.approx([*wanted], abs=0.11)
    assert [*sticks(page).values()] == pytest.approx([*wanted.values()], **near)


def test_what_flows_is_as_wide_as_the_mass_and_leads_to_the_two_neighbours(open_page):
    page = open_page(example(SURE, 1, 0.99))
    flows = re.findall(r"M([\d.]+) [\d.]+h([\d.]+)L([\d.]+) [\d.]+h-([\d.]+)z", path(page, "flows"))
    assert len(flows) == 2
    for (start, width, end, _), z in zip(flows, (0.8, 1.2), strict=True):
        half = float(width) / 2
        assert float(width) == 6.5  # 13 for all of the mass
        assert float(start) + half == pytest.approx(across(1), abs=0.1)
        assert float(end) - half == pytest.approx(across(z), abs=0.1)
    assert path(page, "flows.one") == path(page, "flows")
    page = open_page(example(LUMPS, 0.5, 0.9))
    widths = [float(one) for one in re.findall(r"h([\d.]+)L", path(page, "flows.one"))]
    assert widths == [1, pytest.approx(13 * 0.25 * 0.95, abs=0.06)], "a thin one is still seen"


def test_the_grips_stand_where_0_and_a_quarter_of_the_range_land(open_page):
    for reward, discount in STATES:
        page = open_page(example(LUMPS, reward, discount))
        assert place(page, "Reward r")[0] == pytest.approx(across(reward), abs=0.01)
        assert place(page, "Discount γ")[0] == pytest.approx(
            min(RIGHT - 6, across(reward + discount)), abs=0.01
        )
        lines_to = re.findall(r"M([\d.]+) \d+L([\d.]+)", path(page, "of-hand"))
        assert [float(x) for pair in lines_to for x in pair] == pytest.approx(
            [across(0), place(page, "Reward r")[0], across(1), place(page, "Discount γ")[0]],
            abs=0.06,
        )


def test_what_is_lost_stands_dashed_where_the_shares_would_be(open_page):
    page = open_page(example(LUMPS, 0.8, 0, projection="floor and ceil"))
    assert path(page, "area.outlined") != ""
    assert bars(page, 1, M) == {}
    ghost = [float(one) for one in re.findall(r"[-\d.]+", path(page, "ghost"))]
    left, start, end, width, _ = ghost
    assert left + width / 2 == pytest.approx(across(0.8), abs=0.1)
    assert (start, end) == (M[1], M[0])
    page.get_by_role("button", name="shares").click()
    assert path(page, "ghost") == ""
    assert bars(page, 1, M) == {0.8: 1}
    explorer = example(LUMPS, 1.2, 0.9, projection="floor and ceil")
    _, start, end, *_ = re.findall(r"[-\d.]+", path(open_page(explorer), "ghost"))
    wanted = [explorer.projected[-1], explorer.projected[-1] + 0.4]
    heights = [(M[1] - float(one)) / (M[1] - M[0]) for one in (start, end)]
    assert heights == pytest.approx(wanted, abs=0.002), "on what has come there"


@pytest.mark.parametrize(
    ("reward", "discount", "edges"),
    [(0.5, 0.9, []), (1.2, 0.6, []), (1.2, 0.9, [RIGHT]), (2, 1, [RIGHT]), (-2, 1, [LEFT])],
)
def test_targets_beyond_the_picture_are_pointed_at(open_page, reward, discount, edges):
    page = open_page(example([1 / 11] * 11, reward, discount))
    found = re.findall(r"M([\d.]+)", path(page, "goes-on"))
    assert [float(x) for x in found] == pytest.approx(edges, abs=3)


def test_means_and_spreads_are_drawn_to_the_scale_of_the_atoms(open_page):
    explorer = example(LUMPS, 1.2, 0.9)
    page = open_page(explorer)
    for kind, name in (("mean-and-sd:not(.of-m)", "target"), ("mean-and-sd.of-m", "projected")):
        x = [float(one) for one in re.findall(r"M([\d.]+)", path(page, kind))]
        mean, sd = explorer.means[name], explorer.sds[name]
        wanted = [*across([mean - sd, mean - sd, mean + sd, mean])]
        assert x == pytest.approx(wanted, abs=0.06)


def names(page, row):
    texts = page.locator("figure text.name").evaluate_all(
        "all => all.map((one) => [one.textContent, Number(one.getAttribute('y'))])"
    )
    return [text for text, y in texts if row[0] < y < row[1]]


@pytest.mark.parametrize(
    ("explorer", "wanted"),
    [
        (AtomProjection(), "−2 −1.6 −1.2 −.8 −.4 0 .4 .8 1.2 1.6 2"),
        (AtomProjection(FIVE, low=0, high=10), "0 2.5 5 7.5 10"),
        (AtomProjection.crowded(), "−10 −8 −6 −4 −2 0 2 4 6 8 10"),
    ],
)
def test_below_the_axis_are_the_names_of_the_atoms(open_page, explorer, wanted):
    assert names(open_page(explorer), (M[1], M[1] + 35)) == wanted.split()


def table(page):
    settle(page)
    rows = page.locator(":is(tbody, tfoot) tr").evaluate_all(
        "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    return {name: cells for name, *cells in rows}


def number_of(text):
    return float(text.replace("−", "-").replace("+", ""))


def test_the_numbers_of_each_start_are_those_of_python(open_page):
    explorer = AtomProjection()
    page = open_page(explorer)
    for preset in explorer.presets:
        chip(page, preset["name"])
        explorer.set_state({key: preset[key] for key in preset if key != "name"})
        rows = table(page)
        for row, name in (("r + γz", "target"), ("clipped", "clipped"), ("m", "projected")):
            numbers = explorer.means[name], explorer.sds[name]
            wanted = ["–" if math.isnan(one) else f"{one:.3f}" for one in numbers]
            assert [one.replace("−", "-") for one in rows[row][:2]] == wanted
        assert number_of(rows["m"][2]) == pytest.approx(1 - explorer.lost, abs=5e-4)
        w1 = "–" if explorer.lost else f"{explorer.w1:.3f} gaps"
        assert lines(page) == [f"W1(m, r + γz) = {w1}"]


FATE = "figure .soft"


@pytest.mark.parametrize(
    ("state", "fate", "remark"),
    [
        (
            {"p": SURE, "reward": 1, "discount": 0.99},
            "p(0) = 1 lands on 1: .50 of it goes to .8, .50 to 1.2.",
            "The mean stays, the spread grows.",
        ),
        (
            {"reward": 0.5, "discount": 0.9},
            "p(1.2) = .25 lands on 1.58: .05 of it goes to 1.2, .95 to 1.6.",
            "The mean stays, the spread grows.",
        ),
        (
            {"reward": 0.5, "discount": 0.9, "projection": "floor and ceil"},
            "p(1.2) = .25 lands on 1.58: .05 of it goes to 1.2, .95 to 1.6.",
            "The mean stays, the spread grows. No target lies on an atom: nothing is lost.",
        ),
        (
            {"reward": 0, "discount": 1},
            "p(1.2) = .25 lands on 1.2, an atom, and all of it goes there.",
            "Every target lies on an atom: nothing is split.",
        ),
        (
            {"reward": 1.2, "discount": 0.9},
            "p(1.2) = .25 lands on 2.28, is clipped to 2, and all of it goes there.",
            "Clipped: .40 of the mass, beyond an end. That changes the mean.",
        ),
        (
            {"reward": 1.2, "discount": 0.9, "projection": "floor and ceil"},
            "p(1.2) = .25 lands on 2.28, is clipped to 2: both weights are 0.",
            "Clipped: .40 of the mass, beyond an end. Lost: .40, since floor = ceil on an atom."
            " Mean and sd are of the rest.",
        ),
        (
            {"reward": 0.8, "discount": 0, "projection": "floor and ceil"},
            "p(1.2) = .25 lands on .8, an atom: both weights are 0.",
            "Lost: all of the mass, since floor = ceil on an atom.",
        ),
    ],
)
def test_it_is_said_where_mass_goes_and_what_becomes_of_the_whole(open_page, state, fate, remark):
    page = open_page(example(**state))
    assert page.locator(FATE).inner_text() == fate
    assert note(page) == remark


def test_the_shares_of_the_atom_that_is_followed_stand_beside_its_flow(open_page):
    page = open_page(example(LUMPS, 0.5, 0.9))

    def shares():
        return [text for text in page.locator("text.number").all_text_contents() if "×" in text]

    assert shares() == ["×.05", "×.95"]
    page.get_by_role("slider", name="Probability of −.8", exact=True).focus()
    settle(page)
    assert page.locator(FATE).inner_text() == (
        "p(−.8) = .20 lands on −.22: .55 of it goes to −.4, .45 to 0."
    )
    assert shares() == ["×.55", "×.45"]
    page.get_by_role("slider", name="Probability of 0", exact=True).focus()
    settle(page)
    assert page.locator(FATE).inner_text().startswith("p(1.2) = .25"), "an empty one has no flow"


# ---- the hand ------------------------------------------------------------------------------------


def test_the_reward_is_dragged_and_stays_between_the_ends(open_lab):
    page = open_lab(example())
    pull(page, "Reward r", (0.4 * UNIT, -30))
    assert held(page, "reward", "discount", "p") == [0.4, 1, LUMPS]
    assert place(page, "Reward r")[0] == pytest.approx(across(0.4), abs=0.01)
    pull(page, "Reward r", (900, 0), (-0.9 * UNIT, 0))
    assert held(page, "reward") == [-0.5]
    for far, end in ((900, 2), (-900, -2)):
        pull(page, "Reward r", (far, 0))
        assert held(page, "reward") == [end]


def test_the_discount_is_dragged_by_a_lever_and_stays_under_the_hand(open_lab):
    page = open_lab(example())
    pull(page, "Discount γ", (-0.25 * UNIT, 20))
    assert held(page, "reward", "discount") == [0, pytest.approx(0.75, abs=0.011)]
    assert place(page, "Discount γ")[0] == pytest.approx(across(0.75), abs=1)
    for far, end in ((-900, 0), (900, 1)):
        pull(page, "Discount γ", (far, 0))
        assert held(page, "reward", "discount") == [0, end]


def test_a_bar_is_dragged_and_the_others_keep_their_proportions(open_lab):
    page = open_lab(example(FIVE, low=0, high=4))
    pull(page, "Probability of 2", (2, -0.25 * (P[1] - P[0])))
    (p,) = held(page, "p")
    assert p[2] == pytest.approx(0.55, abs=0.011)
    assert [p[i] / p[0] for i in (0, 1, 3, 4)] == pytest.approx([1, 2, 3, 1])
    assert page.locator(FATE).inner_text().startswith("p(2) = ")


def test_a_press_puts_the_reward_or_the_top_of_a_bar_there(open_lab):
    page = open_lab(example())
    box = page.locator("figure svg").first.bounding_box()
    scale = box["width"] / 320
    page.mouse.click(box["x"] + across(1.2) * scale, box["y"] + (T[0] + 30) * scale)
    assert held(page, "reward") == [pytest.approx(1.2, abs=0.051)]
    page.mouse.click(box["x"] + across(0.4) * scale, box["y"] + (P[0] + 33) * scale)
    (p,) = held(page, "p")
    assert p[6] == pytest.approx(0.5, abs=0.021)
    assert page.locator(FATE).inner_text().startswith("p(.4) = ")


@pytest.mark.parametrize(
    ("slider", "key", "name", "value", "text"),
    [
        ("Reward r", "ArrowRight", "reward", 0.05, "r = 0.05"),
        ("Reward r", "PageDown", "reward", -0.5, "r = −0.50"),
        ("Reward r", "Home", "reward", -2, "r = −2.00"),
        ("Discount γ", "ArrowDown", "discount", 0.99, "γ = 0.99"),
        ("Discount γ", "Shift+ArrowLeft", "discount", 0.9, "γ = 0.90"),
        ("Discount γ", "Home", "discount", 0, "γ = 0.00"),
    ],
)
def test_the_keys_move_reward_and_discount(open_lab, slider, key, name, value, text):
    page = open_lab(example())
    grip = page.get_by_role("slider", name=slider)
    grip.press(key)
    assert held(page, name) == [pytest.approx(value, abs=1e-12)]
    assert grip.get_attribute("aria-valuetext") == text
    assert page.evaluate("scrollY") == 0


def test_a_key_steps_are_as_fine_as_the_range_asks_for(open_lab):
    """A hundredth of the range or a little more: atoms from −10 to 10 can be half a gap off."""
    for explorer, step in (
        (AtomProjection(FIVE, 0, low=0, high=1), 0.01),
        (AtomProjection.crowded(), 0.2),
        (AtomProjection(FIVE, 0, low=-100, high=100), 1),
    ):
        page = open_lab(explorer)
        (before,) = held(page, "reward")
        page.get_by_role("slider", name="Reward r").press("ArrowRight")
        assert held(page, "reward") == [pytest.approx(before + step, abs=1e-9)]


def test_the_numbers_of_r_and_γ_are_pressed_and_typed(open_lab):
    page = open_lab(example())
    for number, text in enumerate(("1/3", "0,997")):
        page.locator("figure .typed").nth(number).click()
        page.locator(".field input").fill(text)
        page.keyboard.press("Enter")
    assert held(page, "reward", "discount") == [pytest.approx(1 / 3), 0.997]
    assert page.locator("figure .typed").all_text_contents() == ["r = 0.33", "γ = 1.00"]


@pytest.mark.parametrize(
    ("slider", "text", "said"),
    [
        ("Reward r", "2.5", "give a number from −2 to 2"),
        ("Discount γ", "1.1", "give a number from 0 to 1"),
        ("Probability of 0", "half", "give a number from 0 to 1"),
    ],
)
def test_what_is_no_such_number_is_refused_in_words(open_lab, slider, text, said):
    page = open_lab(example())
    page.get_by_role("slider", name=slider, exact=True).press("Enter")
    page.locator(".field input").fill(text)
    page.locator(".field input").press("Enter")
    assert page.locator(".field").inner_text() == said
    assert held(page, "reward", "discount", "p") == [0, 1, LUMPS]


def test_p_becomes_m_again_and_again_and_spreads_as_python_says(open_lab):
    page = open_lab(example(SURE, 0.2, 1))
    explorer = example(SURE, 0.2, 1)
    for _ in range(3):
        page.get_by_role("button", name="p ← m").click()
        explorer.p = explorer.projected
        (p,) = held(page, "p")
        assert p == pytest.approx(explorer.p, abs=1e-14)
    # Each of the three steps is a coin between 0 and one gap: m is binomial.
    assert p == pytest.approx([0] * 5 + [1 / 8, 3 / 8, 3 / 8, 1 / 8, 0, 0], abs=1e-12)
    page.locator(".reset").click()
    assert held(page, "p") == [SURE]


def test_what_has_lost_mass_is_no_next_p(open_lab):
    page = open_lab(example(LUMPS, 0.8, 0, projection="floor and ceil"))
    again = page.get_by_role("button", name="p ← m")
    assert again.get_attribute("aria-disabled") == "true"
    again.click(force=True)
    assert held(page, "p") == [LUMPS]
    page.get_by_role("button", name="shares").click()
    settle(page)
    assert again.get_attribute("aria-disabled") == "false"
    again.click()
    assert held(page, "p", "projection") == [[0] * 7 + [1] + [0] * 3, "shares"]


def test_a_finger_moves_bars_reward_and_discount_and_the_page_stays(open_page):
    page = open_page(example(LUMPS, 0, 0.5), viewport=PHONE, has_touch=True, is_mobile=True)
    for name, least in (("Probability of 0", 0.1), ("Reward r", 0.2), ("Discount γ", 0.2)):
        grip = page.get_by_role("slider", name=name, exact=True)
        assert grip.evaluate("one => getComputedStyle(one).touchAction") == "none"
        grip.scroll_into_view_if_needed()
        before, value = page.evaluate("scrollY"), float(grip.get_attribute("aria-valuenow"))
        x, y = middle_of(grip.locator(".knob"))
        session = page.context.new_cdp_session(page)
        touch(session, "touchStart", {"x": x, "y": y})
        for step in range(1, 9):
            touch(session, "touchMove", {"x": x + 3 * step, "y": y - 3 * step})
            settle(page)
        touch(session, "touchEnd")
        settle(page)
        assert float(grip.get_attribute("aria-valuenow")) > value + least
        assert page.evaluate("scrollY") == before


# ---- many atoms ----------------------------------------------------------------------------------


def many():
    """Fifty-one atoms, .4 apart, and most of the mass around 0."""
    return AtomProjection(normalize(ROUND), 0, 1, low=-10, high=10)


def test_of_many_bars_one_is_chosen_and_dragged(open_lab):
    page = open_lab(many())
    atom = page.get_by_role("slider", name="Chosen atom, counted from 0")
    top = page.get_by_role("slider", name="Probability of the chosen atom")
    assert page.get_by_role("slider").count() == 4
    assert atom.get_attribute("aria-valuenow") == "25", "the heaviest"
    atom.press("PageUp")
    settle(page)
    assert (atom.get_attribute("aria-valuenow"), atom.get_attribute("aria-valuetext")) == (
        "30", f"z = 2: {page.evaluate('model.get(`p`)[30]'):.3f}".replace("0.", "."),
    )  # fmt: skip
    page.locator(".reset").click()
    settle(page)
    assert atom.get_attribute("aria-valuenow") == "25", "Reset forgets what was chosen"
    atom.press("PageUp")
    top.press("Shift+ArrowUp")
    (p,) = held(page, "p")
    assert p[30] == pytest.approx(many().p[30] + 0.01, abs=5e-4)
    assert page.locator(FATE).inner_text().startswith("p(2) = ")
    page.locator(".reset").click()
    settle(page)
    assert atom.get_attribute("aria-valuenow") == "25"


def test_the_lanes_of_many_bars_have_a_scale_that_the_hand_does_not_change(open_lab):
    page = open_lab(many())
    rules = "() => [...document.querySelectorAll('.rules text')].map((one) => one.textContent)"
    assert max(many().p) < 0.1
    assert page.evaluate(rules) == ["0", ".05", ".1"] * 2
    pull(page, "Probability of the chosen atom", (0, -200))
    (p,) = held(page, "p")
    assert p[25] > 0.2
    assert page.evaluate(rules) == ["0", ".05", ".1"] * 2
    chip(page, "atom 0, r = 1, γ = .99")
    assert page.evaluate(rules) == ["0", ".5", "1"] * 2


def test_a_press_chooses_an_atom_and_lifts_its_bar(open_lab):
    page = open_lab(many())
    box = page.locator("figure svg").first.bounding_box()
    scale = box["width"] / 320
    x = LEFT + (4 + 13) * (RIGHT - LEFT) / 26
    page.mouse.click(box["x"] + x * scale, box["y"] + (P[0] + 20) * scale)
    (p,) = held(page, "p")
    assert p[35] == pytest.approx(0.1 * (1 - 20 / 66), abs=0.003)
    atom = page.get_by_role("slider", name="Chosen atom, counted from 0")
    assert atom.get_attribute("aria-valuenow") == "35"


def test_another_number_of_atoms_draws_the_picture_anew(open_lab):
    page = open_lab(AtomProjection())
    assert page.get_by_role("slider").count() == 13
    page.evaluate("model.set('p', Array.from({ length: 21 }, () => 1 / 21))")
    settle(page)
    assert page.get_by_role("slider").count() == 4
    page.evaluate("model.set('p', [.2, .2, .2, .2, .2])")
    settle(page)
    assert page.get_by_role("slider").count() == 7


def test_a_link_says_a_pmf_of_51_that_a_preset_gives_in_full(in_browser):
    p = np.random.default_rng(51).dirichlet(np.ones(51)).tolist()
    explorer = many()
    explorer.presets = [{"name": "drawn", "p": p, "reward": 1 / 3}]
    chapter = {name: getattr(explorer, name) for name in (*explorer.rules(), "presets")}
    now = {**chapter, "p": p, "reward": 1 / 3}
    link = in_browser("shared/address", "said", now, explorer.rules(), chapter)
    assert link["state"]["p"] == p
    assert len(link["query"]) > 900
    opened = in_browser("shared/address", "asked", link["query"], explorer.rules(), chapter)
    assert opened["state"]["p"] == p
    long = link["query"] + "&discount=1" + "0" * 2000
    assert (
        "too long"
        in in_browser("shared/address", "asked", long, explorer.rules(), chapter)["fault"]
    )


# ---- the looks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_mass_is_blue_and_what_moves_or_loses_it_is_ink(open_page, theme):
    page = open_page(example(LUMPS, 0.8, 0, projection="floor and ceil"), color_scheme=theme)
    for kind, role in {
        "path.area": "p", "path.target-sticks": "p", "path.of-m": "p", "path.ghost": "ink",
        "path.guide-lines.of-hand": "ink", "path.mean-and-sd:not(.of-m)": "ink-soft",
    }.items():  # fmt: skip
        strokes = page.locator(kind).evaluate_all("all => all.map(x => getComputedStyle(x).stroke)")
        assert {*strokes} == {rgb(THEMES[theme][role])}, kind
    fills = page.locator(".point .grip, .bar-top .grip").evaluate_all(
        "all => all.map(x => getComputedStyle(x).fill)"
    )
    assert {*fills} == {rgb(THEMES[theme]["p"]), rgb(THEMES[theme]["ink"])}


def test_where_the_system_sets_the_colours_bars_targets_and_losses_stay(open_page):
    page = open_page(example(LUMPS, 0.8, 0, projection="floor and ceil"), forced_colors="active")
    ground = page.locator(".explorer").evaluate("one => getComputedStyle(one).backgroundColor")
    for mark in ("path.area", "path.target-sticks", "path.ghost", "path.guide-lines"):
        stroke = page.locator(mark).first.evaluate("one => getComputedStyle(one).stroke")
        assert stroke not in ("none", ground), mark


def test_the_result_is_spoken_at_rest(open_page):
    page = open_page(AtomProjection())
    spoken = page.locator("[aria-live=polite]")
    chip(page, "atom 0, r = 1, γ = .99")
    spoken.get_by_text("W1").wait_for(state="attached")
    assert spoken.text_content() == (
        "The target has mean 1.000, sd 0.000; the projection mean 1.000, sd 0.200;"
        " W1 is 0.500 gaps."
    )
    chip(page, "a terminal state")
    spoken.get_by_text("lost").wait_for(state="attached")
    assert spoken.text_content() == ("The target has mean 0.800, sd 0.000; 1 of its mass is lost.")


def test_a_link_opens_the_same_state(open_page):
    page = open_page(AtomProjection())
    page.evaluate("location.hash = 'atom-projection?p=0,0,0,0,0,1,0,0,0,0,0&reward=1&discount=.99'")
    page.get_by_text("0.500 gaps", exact=True).wait_for()
    for query, fault in (
        ("reward=3", "This link’s reward is no number from -2 to 2"),
        ("projection=round", "This link’s projection is none of shares, floor and ceil"),
        ("low=-3", "This link sets something that is not here"),
    ):
        page.evaluate(f"location.hash = 'atom-projection?{query}'")
        page.get_by_text(f"{fault}; nothing has changed.").wait_for()
    assert lines(page) == ["W1(m, r + γz) = 0.500 gaps"]

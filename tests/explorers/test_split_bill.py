"""150 irises and a threshold: the gains are exact, and scikit-learn's; the hand reaches all."""

import itertools
import math
import re
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import traitlets
from sklearn.tree import DecisionTreeClassifier

import data
from explorers import SplitBill
from explorers.split_bill import ENDS, FEATURES, LABELS, MEASURES, MIDDLES, SPECIES
from lib import entropy, information_gain, kl_divergence
from tests.explorers.page import (
    FOCUS,
    PHONE,
    THEMES,
    Hand,
    chip,
    lines,
    pull,
    read,
    rgb,
    settle,
)

HAND = Hand(
    handles=1, sliders=1, tracks=1, pressed=".letters button[aria-pressed=false]",
    make=lambda: SplitBill(2, 3.95),
)  # fmt: skip
CROWDED = {
    "all on the left": SplitBill(3, 2.5),
    "one on the left": SplitBill(1, 2.0),
    "many digits": SplitBill(0, 7.8999),
}
LEFT, RIGHT, ZERO, TOP = 33, 309, 344, 282  # as the module has them
H3 = math.log2(3)
PETALS = 2
VALUES = [np.unique(x) for x in MEASURES.T]
EVERY_CUT = [(feature, value) for feature in range(4) for value in VALUES[feature].tolist()]


def sides(feature, threshold):
    """How many of each species lie on the left, and on the right."""
    left = MEASURES[:, feature] <= threshold
    return [np.bincount(LABELS[side], minlength=3).tolist() for side in (left, ~left)]


def exact_gain(feature, threshold):
    """The gain as a sum over the counts, each logarithm that of an exact fraction."""
    total = 0.0
    for counts in sides(feature, threshold):
        for count in counts:
            if count:
                ratio = Fraction(count * 150, sum(counts) * 50)
                part = math.log2(ratio.numerator) - math.log2(ratio.denominator)
                total += float(Fraction(count, 150)) * part
    return total


def best_places(feature):
    """[from, to] of each cut that saves most, by the exact gains."""
    gains = [exact_gain(feature, value) for value in VALUES[feature][:-1]]
    most = max(gains)
    return [VALUES[feature][i : i + 2].tolist() for i, g in enumerate(gains) if g > most - 1e-12]


# ---- what it takes -------------------------------------------------------------------------------


def test_the_flowers_are_those_of_the_data_set():
    measures, species = data.load("iris")
    assert (measures == MEASURES).all()
    assert (species == LABELS).all()


def test_without_a_threshold_a_feature_is_cut_in_the_middle():
    assert (SplitBill().feature, SplitBill().threshold) == (0, 6.1)
    assert [SplitBill(feature).threshold for feature in range(4)] == [6.1, 3.2, 3.95, 1.3]
    assert [(least + most) / 2 for least, most in ENDS] == pytest.approx(MIDDLES, abs=1e-12)
    explorer = SplitBill(np.int64(2), np.float64(2.45))
    assert (explorer.feature, explorer.threshold) == (2, 2.45)


@pytest.mark.parametrize("feature", range(4))
def test_a_threshold_lies_where_the_feature_does(feature):
    explorer = SplitBill(feature)
    before = explorer.threshold
    least, most = ENDS[feature]
    for odd in (least - 0.01, most + 0.01, math.nan, math.inf):
        with pytest.raises(traitlets.TraitError, match=r"threshold is .*; give a number .*from"):
            explorer.threshold = odd
        with pytest.raises(traitlets.TraitError, match="preset 'odd': threshold is"):
            SplitBill(presets=[{"name": "odd", "feature": feature, "threshold": odd}])
        assert explorer.threshold == before
    explorer.threshold = least
    explorer.threshold = most


def test_what_is_wrong_is_named_with_what_would_do():
    with pytest.raises(traitlets.TraitError, match=r"from 0\.1 to 2\.5, where petal width lies"):
        SplitBill(3, 5.0)
    with pytest.raises(traitlets.TraitError, match=r"from 4\.3 to 7\.9, where sepal length lies"):
        SplitBill(0, 9.0)
    for odd in (4, -1):
        with pytest.raises(traitlets.TraitError, match=rf"feature is {odd}; give .* from 0 to 3"):
            SplitBill(odd)
    with pytest.raises(traitlets.TraitError, match=r"preset 'odd'.*feature"):
        SplitBill(presets=[{"name": "odd", "feature": 9}])


def test_a_feature_that_the_threshold_misses_is_cut_in_its_middle_and_that_is_said():
    explorer = SplitBill(2, 1.9)
    explorer.feature = 3  # petal widths go beyond 1.9 cm, too
    assert explorer.threshold == 1.9
    with pytest.warns(UserWarning, match=r"sepal length .*1\.9 cm.* middle, at 6\.1;") as said:
        explorer.feature = 0
    assert explorer.threshold == 6.1
    assert {one.filename for one in said} == {__file__}


@pytest.mark.parametrize("order", [*itertools.permutations(["feature", "threshold"])])
def test_the_page_may_send_them_in_any_order(order):
    state = {"feature": 3, "threshold": 0.8}
    explorer = SplitBill()
    explorer.set_state({name: state[name] for name in order})
    assert {name: getattr(explorer, name) for name in state} == state


def test_gain_and_bills_are_read_and_not_set():
    explorer = SplitBill()
    for name in ("gain", "bills"):
        with pytest.raises(AttributeError):
            setattr(explorer, name, 1)


def test_the_presets_are_what_their_names_say():
    gains = {}
    for preset in SplitBill().presets:
        explorer = SplitBill(preset["feature"], preset["threshold"])
        gains[preset["name"]] = explorer.gain
    most = max(exact_gain(*cut) for cut in EVERY_CUT)
    assert gains["best split"] == pytest.approx(most, abs=1e-12)
    assert gains["another as good"] == pytest.approx(most, abs=1e-12)
    assert 0 < gains["a poor one"] < 0.025
    assert SplitBill().presets[0]["threshold"] == MIDDLES[0]
    left, right = sides(3, 1.75)
    assert (left, right) == ([50, 49, 5], [0, 1, 45])


# ---- the arithmetic ------------------------------------------------------------------------------


def test_setosas_alone_save_the_entropy_of_a_third():
    """H(parent) = log₂ 3 and what is left is 2/3 of a bit: log₂ 3 − 2/3 = .9183."""
    for explorer in (SplitBill(2, 2.45), SplitBill(3, 0.8)):
        assert explorer.gain == pytest.approx(H3 - 2 / 3, rel=1e-12)
        assert explorer.bills == pytest.approx({"parent": 150 * H3, "left": 0, "right": 100})
    assert round(H3 - 2 / 3, 4) == 0.9183


@pytest.mark.parametrize("feature", range(4))
def test_python_gains_what_the_counts_say_at_every_cut(feature):
    for value in VALUES[feature].tolist():
        explorer = SplitBill(feature, value)
        assert explorer.gain == pytest.approx(exact_gain(feature, value), rel=1e-11, abs=1e-14)
        left, right = (explorer.bills[name] for name in ("left", "right"))
        saved = explorer.bills["parent"] - left - right
        assert saved == pytest.approx(150 * explorer.gain, abs=1e-10)


def test_a_cut_that_keeps_all_together_saves_nothing():
    for feature, (_, most) in enumerate(ENDS):
        explorer = SplitBill(feature, most)
        assert explorer.gain == 0
        assert explorer.bills["right"] == 0


@pytest.fixture
def own(in_browser):
    """Return a function that calls one of splits.mjs in the browser."""
    return partial(in_browser, "split_bill/splits")


@pytest.mark.parametrize("feature", range(4))
def test_the_page_cuts_as_python_and_lib_do(own, feature):
    cuts = own("cuts", feature)
    assert [cut["from"] for cut in cuts] == VALUES[feature].tolist()
    assert [cut["to"] for cut in cuts[:-1]] == VALUES[feature][1:].tolist()
    x = MEASURES[:, feature]
    for cut in cuts:
        counts = sides(feature, cut["from"])
        assert cut["gain"] == pytest.approx(exact_gain(feature, cut["from"]), rel=1e-11, abs=1e-14)
        gain = information_gain(LABELS, x <= cut["from"], base=2)
        assert cut["gain"] == pytest.approx(gain, rel=1e-9, abs=1e-14)
        for side, of_species in zip(cut["sides"], counts, strict=True):
            n = sum(of_species)
            assert side["n"] == n
            if not n:
                assert math.isnan(side["entropy"]) and math.isnan(side["apart"])
                assert side["bill"] == 0
                continue
            shares = np.array(of_species) / n
            assert side["shares"] == pytest.approx(shares, abs=1e-15)
            assert side["entropy"] == pytest.approx(entropy(shares, base=2), abs=1e-14)
            assert side["bill"] == pytest.approx(n * entropy(shares, base=2), abs=1e-11)
            apart = kl_divergence(shares, [1 / 3] * 3, base=2)
            assert side["apart"] == pytest.approx(apart, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("feature", range(4))
def test_the_sums_with_entropies_and_with_divergences_are_one(own, feature):
    for cut in own("cuts", feature):
        there = [side for side in cut["sides"] if side["n"]]
        by_entropy = H3 - sum(side["n"] / 150 * side["entropy"] for side in there)
        by_divergence = sum(side["n"] / 150 * side["apart"] for side in there)
        assert cut["gain"] == pytest.approx(by_entropy, abs=1e-14)
        assert cut["gain"] == pytest.approx(by_divergence, abs=1e-14)
        # A cut tells at most which side it is.
        of_the_cut = entropy(np.array([side["n"] for side in cut["sides"]]) / 150, base=2)
        assert -1e-15 <= cut["gain"] <= of_the_cut + 1e-12 <= 1 + 2e-12


@pytest.mark.parametrize("feature", range(4))
def test_the_best_places_are_all_that_tie_and_scikit_learn_cuts_in_the_middle_of_one(own, feature):
    places = [[cut["from"], cut["to"]] for cut in own("best", feature)]
    assert places == best_places(feature)
    tree = DecisionTreeClassifier(criterion="entropy", max_depth=1, random_state=0)
    tree.fit(MEASURES[:, [feature]], LABELS)
    middles = [sum(place) / 2 for place in places]
    assert min(abs(tree.tree_.threshold[0] - middle) for middle in middles) < 1e-6
    gain = tree.tree_.impurity[0] - np.average(
        tree.tree_.impurity[1:], weights=tree.tree_.n_node_samples[1:]
    )
    assert own("best", feature)[0]["gain"] == pytest.approx(gain, rel=1e-9)


def test_of_all_features_scikit_learn_takes_one_of_two_that_tie(own):
    roots = set()
    for seed in range(20):
        tree = DecisionTreeClassifier(criterion="entropy", max_depth=1, random_state=seed)
        tree.fit(MEASURES, LABELS)
        roots.add((int(tree.tree_.feature[0]), round(float(tree.tree_.threshold[0]), 6)))
    assert roots == {(2, 2.45), (3, 0.8)}
    gains = [own("best", feature)[0]["gain"] for feature in range(4)]
    assert {f for f in range(4) if gains[f] > max(gains) - 1e-12} == {f for f, _ in roots}


@pytest.mark.parametrize("feature", range(4))
def test_the_page_knows_the_same_ends_and_middles(own, feature):
    assert own("endsOf", feature) == list(ENDS[feature])
    assert own("middleOf", feature) == MIDDLES[feature]


# ---- what is drawn -------------------------------------------------------------------------------


def state(page):
    """The feature and the threshold of the model, on a page as JupyterLab opens it."""
    settle(page)
    return page.evaluate("['feature', 'threshold'].map((name) => model.get(name))")


def path(page, selector):
    settle(page)
    return page.locator(f"figure {selector}").first.get_attribute("d")


def place(feature, value):
    least, most = ENDS[feature]
    return LEFT + (np.asarray(value) - least) / (most - least) * (RIGHT - LEFT)


def marks(page, species):
    """Where the flowers of a species stand: x, y; the first mark is that of the name."""
    found = re.findall(r"M([\d.]+) ([\d.]+)m", path(page, f"path.of-{species}"))
    return np.array(found, float)[1:]


@pytest.mark.parametrize("feature", range(4))
def test_every_flower_stands_at_its_place_and_none_on_another(open_page, feature):
    page = open_page(SplitBill(feature))
    everywhere = []
    for kind, species in enumerate(SPECIES):
        x, y = marks(page, species).T
        assert x.size == 50
        values = np.sort(MEASURES[kind == LABELS, feature])
        half = 2.5 if feature in (1, 3) else 0.06  # two side by side, where there is room
        assert np.abs(np.sort(x) - place(feature, values)).max() <= half
        everywhere += [*zip(x.round(1), y.round(1), strict=True)]
    points = np.array(everywhere)
    apart = np.abs(points[:, None] - points[None]).max(axis=-1) + 99 * np.eye(150)
    assert apart.min() >= 4.5
    assert (points[:, 0].min() > 26, points[:, 0].max() < 316) == (True, True)


def test_the_line_stands_at_the_threshold(open_page):
    for feature, threshold in ((2, 2.45), (3, 0.8), (0, 7.9)):
        page = open_page(SplitBill(feature, threshold))
        moved = page.locator(".cut-line").get_attribute("transform")
        x = float(re.match(r"translate\(([\d.]+) ", moved)[1])
        assert x == pytest.approx(place(feature, threshold), abs=0.01)


@pytest.mark.parametrize("feature", range(4))
def test_the_curve_is_the_gain_of_every_threshold(open_page, feature):
    page = open_page(SplitBill(feature))
    d = path(page, ".gain-curve")
    first = re.match(r"M([\d.]+) ([\d.]+)", d)
    heights = [float(first[2]), *map(float, re.findall(r"V([\d.]+)", d))]
    starts = [float(first[1]), *map(float, re.findall(r"H([\d.]+)", d))]
    gains = [exact_gain(feature, value) for value in VALUES[feature]]
    assert starts == pytest.approx(place(feature, VALUES[feature]), abs=0.06)
    assert (ZERO - np.array(heights)) / (ZERO - TOP) == pytest.approx(gains, abs=0.001)
    thick = re.findall(r"M([\d.]+) [\d.]+H([\d.]+)", path(page, ".best-cuts path"))
    ends = [place(feature, ends) for ends in best_places(feature)]
    assert np.array(thick, float) == pytest.approx(np.array(ends), abs=0.06)


def bars(page, species):
    """How wide the bar of a species is in each of the three columns, as a share."""
    wide = page.locator(f"figure rect.of-{species}").evaluate_all(
        "all => all.map((one) => one.width.baseVal.value)"
    )
    return np.array(wide) / 58


def test_the_bars_are_the_shares_and_the_bills(open_page):
    page = open_page(SplitBill(3, 1.75))
    left, right = sides(3, 1.75)
    for kind, species in enumerate(SPECIES):
        shares = [1 / 3, left[kind] / 104, right[kind] / 46]
        assert bars(page, species) == pytest.approx(shares, abs=1e-3)
    parts = page.locator("rect.bill-part, .gain rect.outlined").evaluate_all(
        "all => all.map((one) => [one.x.baseVal.value, one.width.baseVal.value])"
    )
    bill = SplitBill(3, 1.75).bills
    saved = bill["parent"] - bill["left"] - bill["right"]
    per_bit = 292 / bill["parent"]
    assert [wide / per_bit for _, wide in parts] == pytest.approx(
        [bill["parent"], bill["left"], bill["right"], saved], abs=0.02
    )
    for (x, wide), (next_x, _) in itertools.pairwise(parts[1:]):  # one ends where the next begins
        assert x + wide == pytest.approx(next_x, abs=0.02)


def test_both_sums_are_written_out(open_page):
    page = open_page(SplitBill(PETALS, 2.45))
    assert lines(page) == ["gain = 0.9183 bits a flower"]
    assert page.locator(".soft").all_inner_texts() == [
        "H(parent) − 50/150·H(left) − 100/150·H(right)",
        "= 1.5850 − 0.0000 − 0.6667",
        "50/150·D(left‖parent) + 100/150·D(right‖parent)",
        "= 0.5283 + 0.3900",
    ]
    assert read(page)[0] == ("parent", "left", "right")
    assert read(page)[1:] == [
        ("150", "50", "100"),
        ("1.5850", "0.0000", "1.0000"),
        ("237.74", "0.00", "100.00"),
        ("", "1.5850", "0.5850"),
    ]
    assert page.locator("tfoot td").all_inner_texts() == ["", "0.9183", "137.74", "0.9183"]
    assert page.locator(".note").inner_text() == (
        "Every cut of petal length from 1.9 to below 3.0 cm saves most, 0.9183 bits."
        " The best cut of petal width saves as much."
    )


def test_a_side_without_flowers_has_no_shares_and_nothing_to_pay(open_page):
    page = open_page(SplitBill(3, 2.5))
    assert [column[2] for column in read(page)] == ["right", "0", "–", "0.00", "–"]
    assert page.locator(".soft").all_inner_texts() == [
        "H(parent) − 150/150·H(left)",
        "= 1.5850 − 1.5850",
        "150/150·D(left‖parent)",
        "= 0.0000",
    ]


# Fill and stroke of the marks of each species.
TONES = """() => ["setosa", "versicolor", "virginica"].map((name) => {
    const { fill, stroke } = getComputedStyle(document.querySelector(`path.of-${name}`));
    return [fill, stroke];
})"""


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("theme", THEMES)
def test_a_species_has_a_tone_and_a_shape_and_no_colour_of_another_role(open_page, theme, forced):
    page = open_page(SplitBill(), color_scheme=theme, forced_colors=forced)
    tones = page.evaluate(TONES)
    assert len({tuple(tone) for tone in tones}) == 3
    roles = {rgb(THEMES[theme][role]) for role in ("p", "q", "cost", "gain")}
    assert not roles & {colour for tone in tones for colour in tone}
    shapes = {re.sub(r"M[\d.]+ [\d.]+", "M", path(page, f"path.of-{name}")) for name in SPECIES}
    assert len({shape.split("z")[0] for shape in shapes}) == 3


# ---- the hand ------------------------------------------------------------------------------------


def pull_line(page, *ways):
    """Drag the line through the petals' lengths by each of these ways to the right."""
    pull(page, "Threshold of petal length in cm", *((way, 9) for way in ways))


def per_cm(feature):
    least, most = ENDS[feature]
    return (RIGHT - LEFT) / (most - least)


def test_the_line_follows_the_hand_and_stops_at_the_ends(open_lab):
    page = open_lab(SplitBill(PETALS, 3.95))
    pull_line(page, -1.5 * per_cm(PETALS))
    assert state(page) == [PETALS, 2.45]
    assert lines(page) == ["gain = 0.9183 bits a flower"]
    pull_line(page, 30, -20, 0)
    assert state(page) == [PETALS, 2.45]
    pull_line(page, -400)
    assert state(page) == [PETALS, 1.0]
    pull_line(page, 400)
    assert state(page) == [PETALS, 6.9]
    assert lines(page) == ["gain = 0.0000 bits a flower"]


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["ArrowLeft"], 3.9),
        (["PageUp"], 4.05),
        (["Shift+ArrowRight", "ArrowUp"], 4.1),
        (["Home"], 1),
        (["End"], 6.9),
        (["End", "ArrowRight"], 6.9),
    ],
)
def test_keys_move_the_line_and_it_says_where_it_stands(open_page, keys, value):
    page = open_page(SplitBill(PETALS, 3.95))
    slider = page.get_by_role("slider", name="Threshold of petal length in cm")
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert slider.get_attribute("aria-valuenow") == f"{value:g}"
    left = sum(sides(PETALS, value)[0])
    gain = exact_gain(PETALS, value)
    assert slider.get_attribute("aria-valuetext") == (
        f"{value:.2f} cm, {left} left, {150 - left} right, gain {gain:.4f} bits"
    )
    assert slider.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke") == FOCUS


def test_a_press_in_the_picture_puts_the_line_there(open_lab):
    page = open_lab(SplitBill(PETALS, 3.95))
    box = page.locator(".track").bounding_box()
    share = (2.45 - 1) / 5.9
    page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.6 * box["height"])
    assert state(page) == [PETALS, 2.45]


@pytest.mark.parametrize(("text", "value"), [("2.4567", 2.4567), ("2,45", 2.45), ("9/2", 4.5)])
def test_a_number_is_typed_to_any_digit(open_lab, text, value):
    page = open_lab(SplitBill(PETALS, 3.95))
    page.get_by_role("slider").press("Enter")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    assert state(page) == [PETALS, value]
    shown = page.locator(".cut-line .number").text_content()
    assert shown == (f"{value:.2f} cm" if round(value, 2) == value else f"{value} cm")


def test_what_a_feature_has_not_is_refused_in_its_own_numbers(open_lab):
    page = open_lab(SplitBill(3, 1.3))
    page.get_by_role("slider").press("Enter")
    page.locator(".field input").fill("5")
    page.locator(".field input").press("Enter")
    assert page.locator(".field").inner_text() == "give a number from 0.1 to 2.5"
    assert state(page) == [3, 1.3]


def test_a_feature_is_cut_where_it_was_cut_last(open_lab):
    page = open_lab(SplitBill(PETALS, 2.45))
    chip(page, "petal width")
    assert state(page) == [3, 1.3]
    assert page.evaluate("document.activeElement.textContent") == "petal width"
    page.get_by_role("slider").press("Home")
    chip(page, "petal length")
    assert state(page) == [PETALS, 2.45]
    chip(page, "petal width")
    assert state(page) == [3, 0.1]
    pressed = page.locator(".letters button[aria-pressed=true]").all_inner_texts()
    assert pressed == ["petal width"]
    assert page.locator("figure svg").count() == 2


def test_a_kernel_may_send_the_feature_before_the_threshold(open_lab):
    page = open_lab(SplitBill(PETALS, 5.0))
    before = page.locator(".readout").inner_text()
    page.evaluate("model.set('feature', 3)")
    settle(page)
    assert page.locator(".readout").inner_text() == before
    page.evaluate("model.set('threshold', 0.8)")
    assert lines(page) == ["gain = 0.9183 bits a flower"]
    assert "petal width" in page.get_by_role("slider").get_attribute("aria-label")


# How many attributes and texts of which parts change while something is done.
WATCH = """() => {
    window.seen = [];
    new MutationObserver((all) => seen.push(...all.map(({ target, attributeName }) => {
        const part = target.closest?.("[class]") ?? target.parentElement;
        return `${part.getAttribute("class")} ${attributeName}`;
    }))).observe(document.querySelector(".explorer .work"), {
            attributes: true, characterData: true, childList: true, subtree: true,
        });
}"""


def test_between_two_flowers_only_the_line_moves_and_no_flower_is_drawn_again(open_page):
    page = open_page(SplitBill(PETALS, 2.45))
    slider = page.get_by_role("slider")
    slider.focus()
    page.evaluate(WATCH)
    page.keyboard.press("ArrowRight")
    settle(page)
    parts = {one.split()[0] for one in page.evaluate("seen")}
    assert parts == {"cut-line", "gain-now", "number"}
    page.keyboard.press("End")
    settle(page)
    seen = page.evaluate("seen")
    assert any(one.startswith("live") for one in seen)
    assert not [one for one in seen if " d" in one and one.startswith(("flowers", "gain-curve"))]
    assert len(seen) < 70


def test_a_finger_moves_the_line_and_the_page_stays(open_page):
    page = open_page(SplitBill(PETALS, 3.95), viewport=PHONE, has_touch=True, is_mobile=True)
    slider = page.get_by_role("slider")
    assert slider.evaluate("one => getComputedStyle(one).touchAction") == "none"
    slider.scroll_into_view_if_needed()
    box = slider.locator(".knob").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate("scrollY")
    session = page.context.new_cdp_session(page)
    for kind, dx in (("touchStart", 0), *(("touchMove", -8 * i) for i in range(1, 9))):
        points = [{"x": x + dx, "y": y - dx}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        settle(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page)
    assert float(slider.get_attribute("aria-valuenow")) < 3
    assert page.evaluate("scrollY") == before


def test_the_result_is_said_when_the_hand_rests(open_page):
    page = open_page(SplitBill(PETALS, 3.95))
    chip(page, "best split")
    said = page.locator("[aria-live=polite]")
    page.wait_for_function("document.querySelector('[aria-live=polite]').textContent")
    assert said.inner_text() == (
        "At 2.45 cm of petal length, 50 flowers go left, 100 right;"
        " the cut saves 0.9183 bits a flower."
    )


def test_the_features_have_the_names_of_the_chips(open_page):
    page = open_page(SplitBill())
    assert page.locator(".letters button").all_inner_texts() == FEATURES

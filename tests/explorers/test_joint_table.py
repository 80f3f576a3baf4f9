"""A table of joint probabilities: its arithmetic is lib's and the textbook's; the hand moves it."""

import itertools
import math
import re
from functools import partial

import numpy as np
import pytest
import traitlets
from scipy import stats
from sklearn.metrics import mutual_info_score

from explorers import JointTable
from lib import conditional_entropy, entropy, kl_divergence, mutual_information
from tests.explorers.page import (
    FOCUS,
    PHONE,
    Hand,
    chip,
    held,
    lines,
    middle_of,
    note,
    pull,
    read,
    settle,
    swipe,
)

HAND = Hand(handles=4, sliders=4, tracks=4)
PRESETS = {preset["name"]: preset["p"] for preset in JointTable().presets}
CURVED = PRESETS["zero correlation, not independent"]
SIXTEEN = PRESETS["4 × 4"]
NOISY = PRESETS["a noisy channel"]
SURE = [[0.0, 0.0], [1.0, 0.0]]
CROWDED = {
    "nine": JointTable(CURVED),
    "sixteen": JointTable(SIXTEEN),
    "one sure cell": JointTable(SURE),
    "hardly anything": JointTable([[1 - 2e-12, 1e-12], [0, 1e-12]]),
}
GRID = {"left": 22, "top": 24, "wide": 240, "high": 288}  # as the module has it
INSET = {"left": 5, "right": 5, "bottom": 4}
BITS = (62, 310)
MOST = 44  # of a margin's bar


def whole(count):
    """How long the side of a square is whose probability is 1."""
    return GRID["wide"] / count - INSET["left"] - INSET["right"]


def tables():
    """Yield tables of all sizes: even ones, with zeros, nearly independent, nearly sure."""
    rng = np.random.default_rng(0)
    for k, power in itertools.product((2, 3, 4), (0.5, 2, 9)):
        w = rng.uniform(size=(k, k)) ** power
        yield w / w.sum()
        w[rng.uniform(size=(k, k)) < 0.4] = 0
        w[0, -1] = 1
        yield w / w.sum()
        near = np.outer(*(rng.dirichlet(np.ones(k)) for _ in "xy"))
        near[0, 0] += 1e-9
        yield near / near.sum()
    yield from map(np.array, [SURE, CURVED, SIXTEEN, [[1, 0], [0, 0]], [[0.3, 0.7], [0, 0]]])
    yield np.array(JointTable.crowded().p)


# ---- what it takes -------------------------------------------------------------------------------


def test_any_rows_are_taken_and_kept_as_lists():
    wanted = [[0.5, 0.25], [0.125, 0.125]]
    for given in (
        wanted,
        np.array(wanted),
        np.array(wanted, np.float32),
        tuple(map(tuple, wanted)),
    ):
        assert JointTable(given).p == wanted
    assert JointTable().p == [[0.445, 0.055], [0.055, 0.445]]


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ([[0.5, 0.5]], r"p has shape \(1, 2\); give 2 to 4 rows, each of as many"),
        ([0.5, 0.5], r"p has shape \(2,\); give 2 to 4 rows"),
        (np.full((5, 5), 0.04), r"p has shape \(5, 5\); give 2 to 4 rows"),
        ([[1.0]], r"p has shape \(1, 1\)"),
        ([[0.5, 0.5], [0.5, 0.5]], r"p sums to 2 over its rows and columns; divide by the sum"),
        ([[1.5, -0.5], [0, 0]], r"p\[0, 1\] is -0.5"),
        ([[math.nan, 1], [0, 0]], r"p\[0, 0\] is nan"),
        ([[0.5, 0.5], [0]], "p is .*; give rows of numbers, like"),
        ("abc", "p is .*; give rows of numbers, like"),
    ],
)
def test_what_is_no_table_is_refused_and_says_why(odd, said):
    explorer = JointTable()
    with pytest.raises(ValueError, match=said):
        explorer.p = odd
    assert explorer.p == NOISY
    with pytest.raises(traitlets.TraitError, match=f"preset 'odd': {said}"):
        JointTable(presets=[{"name": "odd", "p": odd}])


def test_what_follows_from_the_table_is_read_and_not_set():
    explorer = JointTable()
    for name in ("mutual_information", "entropies", "pointwise", "correlation"):
        with pytest.raises(AttributeError):
            setattr(explorer, name, 1)


# ---- the arithmetic ------------------------------------------------------------------------------


def test_the_presets_are_what_their_names_say():
    exactly = partial(pytest.approx, rel=1e-12, abs=1e-15)
    of = {name: JointTable(p) for name, p in PRESETS.items()}
    assert of["independent"].mutual_information == pytest.approx(0, abs=1e-30)
    assert of["independent"].correlation == exactly(0)
    assert of["copy"].mutual_information == of["copy"].correlation == exactly(1)
    # The capacity of the binary symmetric channel: Cover & Thomas (2006), equation (7.9).
    flips = -0.11 * math.log2(0.11) - 0.89 * math.log2(0.89)
    assert of["a noisy channel"].mutual_information == exactly(1 - flips)
    assert of["a noisy channel"].mutual_information == pytest.approx(0.5, abs=1e-4)
    assert of["a noisy channel"].correlation == exactly(0.78)
    curved = of["zero correlation, not independent"]
    assert (curved.mutual_information, curved.correlation) == (exactly(1), 0)


def test_the_sixteen_cells_are_those_of_cover_and_thomas():
    """Example 2.2.1 of the second edition, with X across there; equation (2.40) has I(X; Y)."""
    explorer = JointTable(SIXTEEN)
    assert explorer.entropies == {
        "X": 7 / 4, "Y": 2, "X,Y": 27 / 8, "X|Y": 11 / 8, "Y|X": 13 / 8,
    }  # fmt: skip
    assert explorer.mutual_information == 3 / 8


def test_python_agrees_with_scikit_learn_scipy_and_numpy():
    rng = np.random.default_rng(1)
    for k in (2, 3, 4):
        counts = rng.integers(0, 9, size=(k, k)) + np.eye(k, dtype=int)
        explorer = JointTable(counts / counts.sum())
        nats = mutual_info_score(None, None, contingency=counts)
        assert explorer.mutual_information == pytest.approx(nats / math.log(2), abs=1e-12)
        x, y = np.repeat(np.indices((k, k)).reshape(2, -1), counts.ravel(), axis=1)
        assert explorer.correlation == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-12)
        for name, margin in (("X", counts.sum(axis=1)), ("Y", counts.sum(axis=0))):
            wanted = stats.entropy(margin, base=2)
            assert explorer.entropies[name] == pytest.approx(wanted, rel=1e-12)


def test_where_one_of_the_two_is_always_the_same_there_is_no_correlation():
    for p in (SURE, [[0.3, 0.7], [0, 0]], [[0.1, 0.0], [0.9, 0.0]]):
        assert math.isnan(JointTable(p).correlation)


def test_pointwise_information_is_that_of_each_cell():
    pointwise = JointTable(SIXTEEN).pointwise
    assert pointwise[0].tolist() == [0, -1, -1, 1]
    assert np.isneginf(pointwise[1:, 3]).all()
    assert np.isnan(JointTable(SURE).pointwise).tolist() == [[True, True], [False, True]]


@pytest.fixture
def bill_of(in_browser):
    """Return a function that gives all that the page shows of a table."""
    return partial(in_browser, "joint_table/table", "tableBill")


@pytest.mark.parametrize("p", [*tables()])
def test_the_page_computes_what_python_and_lib_do(bill_of, p):
    bill, explorer = bill_of(p.tolist()), JointTable(p)
    close = partial(pytest.approx, rel=1e-11, abs=1e-14)
    margins = p.sum(axis=1), p.sum(axis=0)
    assert bill["x"] == close(margins[0])
    assert bill["y"] == close(margins[1])
    assert np.array(bill["apart"]) == close(np.outer(*margins))
    # One is a difference of numbers near each other, the other has twice the digits.
    assert bill["information"] == close(mutual_information(p, base=2))
    assert bill["information"] == close(explorer.mutual_information)
    divergence = kl_divergence(p.ravel(), np.outer(*margins).ravel(), base=2)
    assert bill["information"] == close(divergence)
    x, y = (float(entropy(margin, base=2)) for margin in margins)
    assert bill["alone"] == close({"x": x, "y": y})
    assert bill["both"] == close(float(entropy(p.ravel(), base=2)))
    assert bill["open"] == close(
        {"x": conditional_entropy(p.T, base=2), "y": conditional_entropy(p, base=2)}
    )
    assert min(bill["open"].values()) >= 0
    assert np.array(bill["points"]) == pytest.approx(explorer.pointwise, abs=1e-11, nan_ok=True)
    if math.isnan(explorer.correlation):
        assert math.isnan(bill["correlation"])
    else:
        assert bill["correlation"] == pytest.approx(explorer.correlation, abs=1e-12)


@pytest.mark.parametrize("p", [*tables()])
def test_the_shares_the_bars_and_the_sums_agree(bill_of, p):
    """Cover & Thomas (2006), theorem 2.4.1; and I is at least 0 and at most the lesser entropy."""
    bill = bill_of(p.tolist())
    information, alone = bill["information"], bill["alone"]
    near = partial(pytest.approx, abs=1e-13)
    shares = np.array(bill["shares"])
    assert shares.sum() == near(information)
    assert bill["adds"] == near(shares[shares > 0].sum())
    assert bill["takes"] == near(-shares[shares < 0].sum())
    for name in "xy":
        assert alone[name] - bill["open"][name] == near(information)
        assert 0 <= information <= alone[name] + 1e-13
    assert alone["x"] + alone["y"] - bill["both"] == near(information)
    assert bill["open"]["x"] + information + bill["open"]["y"] == near(bill["both"])


# ---- what is drawn -------------------------------------------------------------------------------


def squares(page, selector):
    """The squares of a path: left, bottom, side of each."""
    settle(page)
    d = page.locator(f".squares {selector}").first.get_attribute("d") or ""
    found = re.findall(r"M([\d.]+) ([\d.]+)v-?([\d.]+)h", d)
    return np.array(found, float).reshape(-1, 3)


@pytest.mark.parametrize("p", [NOISY, CURVED, SIXTEEN, JointTable.crowded().p, SURE])
def test_the_area_of_a_square_is_its_probability_and_the_outline_is_the_product(open_page, p):
    page = open_page(JointTable(p))
    p = np.array(p)
    k = len(p)
    apart = np.outer(p.sum(axis=1), p.sum(axis=0))
    both = np.minimum(p, apart)
    for selector, wanted in ((".outline", p), (".if-apart", apart), (".area.p", both)):
        left, bottom, side = squares(page, selector).T
        assert side / whole(k) == pytest.approx(np.sqrt(wanted).ravel(), abs=0.001)
        i, j = np.indices((k, k)).reshape(2, -1)
        assert left == pytest.approx(GRID["left"] + j * GRID["wide"] / k + INSET["left"])
        floors = GRID["top"] + (i + 1) * GRID["high"] / k - INSET["bottom"]
        assert bottom == pytest.approx(floors)
    for role, more in (("cost", p > apart), ("gain", p < apart)):
        outer = np.sqrt(np.maximum(p, apart)) * whole(k)
        seen = more & (abs(np.sqrt(p) - np.sqrt(apart)) * whole(k) > 0.05)
        sides = squares(page, f".{role} .area")[:, 2]
        assert sides == pytest.approx(outer[seen], abs=0.06)


def test_the_margins_are_bars_with_their_numbers(open_page):
    page = open_page(JointTable(SIXTEEN))
    d = page.locator("figure > svg > .area.outlined.p").first.get_attribute("d")
    ofx = np.array(re.findall(r"M268 [\d.]+h([\d.]+)", d), float)
    ofy = np.array(re.findall(r"M[\d.]+ 318v([\d.]+)", d), float)
    assert ofx / MOST == pytest.approx([1 / 2, 1 / 4, 1 / 8, 1 / 8], abs=0.002)
    assert ofy / MOST == pytest.approx([1 / 4] * 4, abs=0.002)
    numbers = page.locator("figure").first.locator(".inside").all_text_contents()
    assert numbers == [".50", ".25", ".125", ".125", *[".25"] * 4]


def cell_texts(page):
    """The numbers of each cell: p, pmi, p·pmi."""
    settle(page)
    p = page.locator(".cell-grip .number").all_text_contents()
    more = page.locator(".cell-numbers .number").all_text_contents()
    return [*zip(p, more[::2], more[1::2], strict=True)]


def test_a_cell_says_its_probability_its_pointwise_information_and_its_share(open_page):
    page = open_page(JointTable(NOISY))
    often, seldom = (".445", "+.83", "+.370"), (".055", "−2.18", "−.120")
    assert cell_texts(page) == [often, seldom, seldom, often]
    roles = page.locator(".cell-numbers .number:nth-child(even)").evaluate_all(
        "all => all.map((one) => one.getAttribute('class'))"
    )
    assert roles == ["number cost", "number gain", "number gain", "number cost"]
    page = open_page(JointTable(SIXTEEN))
    assert cell_texts(page)[:4] == [
        (".125", "0", "0"), (".063", "−1.00", "−.063"), (".063", "−1.00", "−.063"),
        (".25", "+1.00", "+.250"),
    ]  # fmt: skip
    assert cell_texts(page)[7] == ("0", "−∞", "0")
    page = open_page(JointTable(SURE))
    assert cell_texts(page) == [("0", "–", "–"), ("0", "–", "–"), ("1", "0", "0"), ("0", "–", "–")]


@pytest.mark.parametrize("p", [NOISY, CURVED, SIXTEEN, PRESETS["copy"], PRESETS["independent"]])
def test_the_entropies_are_bars_and_the_information_is_where_they_overlap(open_page, p):
    page = open_page(JointTable(p))
    explorer = JointTable(p)
    per_bit = (BITS[1] - BITS[0]) / (2 * math.log2(len(p)))

    def in_bits(selector):
        d = page.locator(f"figure:nth-of-type(2) {selector}").first.get_attribute("d")
        found = np.array(re.findall(r"M([\d.]+) [\d.]+h([\d.]+)", d), float).T
        return (found[0] - BITS[0]) / per_bit, found[1] / per_bit

    h, information = explorer.entropies, explorer.mutual_information
    starts, lengths = in_bits(".area.p")
    assert starts == pytest.approx([0, 0, h["X|Y"]], abs=0.002)
    assert lengths == pytest.approx([h["X"], h["X,Y"], h["Y"]], abs=0.002)
    starts, lengths = in_bits(".cost .area")
    assert starts == pytest.approx([h["X|Y"]] * 3, abs=0.002)
    assert lengths == pytest.approx([information] * 3, abs=0.002)


def test_the_sums_are_written_out(open_page):
    page = open_page(JointTable(SIXTEEN))
    assert lines(page) == ["I(X; Y) = 0.3750 bits"]
    assert page.locator(".soft").all_inner_texts() == [
        "= D(p(x, y)‖p(x)·p(y)) = 0.5000 − 0.1250",
        "= H(X) + H(Y) − H(X, Y)",
        "= 1.7500 + 2.0000 − 3.3750",
        f"correlation of x and y: −{-JointTable(SIXTEEN).correlation:.4f}",
    ]
    assert read(page) == [
        ("alone", "the other known"), ("1.7500", "1.3750"), ("2.0000", "1.6250"),
    ]  # fmt: skip
    assert page.locator("tfoot td").all_inner_texts() == ["0.3750", "0.3750"]


def test_the_note_tells_of_the_cell_that_adds_most(open_page):
    assert note(open_page(JointTable(SIXTEEN))) == (
        "x = 1, y = 4: pmi = log₂(0.2500/0.1250) = +1.000; times 0.2500 that is +.2500 bits."
    )


# ---- the hand ------------------------------------------------------------------------------------


def table(page):
    return np.array(held(page, "p")[0])


def label(i, j):
    return f"p(x = {i}, y = {j})"


@pytest.mark.parametrize("way", [(12, -12), (24, 0), (0, -24)])
def test_the_corner_follows_the_hand_along_the_diagonal(open_lab, way):
    page = open_lab(JointTable(NOISY))
    pull(page, label(1, 2), way)
    p = table(page)
    wanted = (math.sqrt(0.055) + 12 / whole(2)) ** 2
    assert p[0, 1] == pytest.approx(wanted, abs=0.006)
    assert p[0, 1] == round(p[0, 1], 2)
    others = np.array([0.445, 0.055, 0.445])
    left = (1 - p[0, 1]) * others / others.sum()
    assert p.ravel()[[0, 2, 3]] == pytest.approx(left, rel=1e-12)
    assert math.fsum(p.ravel()) == pytest.approx(1, abs=1e-14)


def test_there_and_back_leaves_the_others_where_they_were(open_lab):
    page = open_lab(JointTable(SIXTEEN))
    pull(page, label(1, 4), (40, -40), (-60, 60), (0, 0))
    assert table(page) == pytest.approx(np.array(SIXTEEN), rel=1e-13)
    pull(page, label(1, 4), (-80, 80))
    assert table(page)[0, 3] == 0
    pull(page, label(1, 4), (300, -300))
    assert table(page)[0, 3] == 1


@pytest.mark.parametrize(
    ("p", "keys", "value"),
    [
        (NOISY, ["ArrowUp"], 0.46),
        (NOISY, ["Shift+ArrowLeft"], 0.35),
        (NOISY, ["Home"], 0),
        (NOISY, ["End"], 1),
        (SIXTEEN, ["ArrowRight"], 0.13),
        (SIXTEEN, ["PageUp", "ArrowDown"], 0.17),
    ],
)
def test_keys_move_a_cell_and_it_says_where_it_stands(open_lab, p, keys, value):
    page = open_lab(JointTable(p))
    slider = page.get_by_role("slider", name=label(1, 1))
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    assert table(page)[0, 0] == value
    assert slider.get_attribute("aria-valuenow") == f"{value:g}"
    said = slider.get_attribute("aria-valuetext")
    number, *pmi = cell_texts(page)[0]
    assert said == (f"{number}, pmi {pmi[0]} bits" if value else number + ", pmi −∞ bits")
    assert slider.locator(".ring").evaluate("ring => getComputedStyle(ring).stroke") == FOCUS


def test_a_press_in_a_cell_brings_the_square_there(open_lab):
    page = open_lab(JointTable(CURVED))
    box = page.locator(".track").nth(7).bounding_box()  # x = 3, y = 2
    unit = page.locator("figure svg").first.bounding_box()["width"] / 320
    side = whole(3) * math.sqrt(0.2)
    page.mouse.click(
        box["x"] + (INSET["left"] + 0.4 * side) * unit,
        box["y"] + box["height"] - (INSET["bottom"] + side) * unit,
    )
    p = table(page)
    assert p[2, 1] == pytest.approx(0.2, abs=0.006)
    assert p[0, 2] == pytest.approx((1 - p[2, 1]) / 4, rel=1e-12)


def test_numbers_that_are_typed_stay_so_that_any_table_can_be_typed(open_lab):
    page = open_lab(JointTable())
    wanted = [["1/3", ".123456"], ["0,2", None]]
    for i, j in ((0, 0), (0, 1), (1, 0)):
        page.get_by_role("slider", name=label(i + 1, j + 1)).press("Enter")
        page.keyboard.type(wanted[i][j])
        page.keyboard.press("Enter")
        settle(page)
    p = table(page)
    assert (p[0, 0], p[0, 1], p[1, 0]) == (1 / 3, 0.123456, 0.2)
    assert p.sum() == pytest.approx(1, abs=1e-14)
    page.locator(".cell-grip .number").nth(1).click()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    assert page.locator(".field").inner_text() == "give a number from 0 to 1"
    assert (table(page) == p).all()


def test_the_note_follows_the_hand_and_goes_back_where_the_table_is_set_otherwise(open_lab):
    page = open_lab(JointTable(SIXTEEN))
    page.get_by_role("slider", name=label(2, 4)).press("ArrowUp")
    assert note(page).startswith("x = 2, y = 4: pmi = log₂(0.0050/")
    page.keyboard.press("Home")
    assert note(page) == (
        "x = 2, y = 4: they never come together; pmi is −∞, and nothing is added."
    )
    chip(page, "copy")
    assert note(page).startswith("x = 1, y = 1: pmi = log₂(0.5000/0.2500) = +1.000;")
    chip(page, "independent")  # none adds anything: the most probable one
    assert note(page).startswith("x = 1, y = 1: pmi = log₂(0.4200/0.4200) = 0.000;")
    page.evaluate("model.set('p', [[0, 0], [1, 0]])")
    assert note(page).startswith("x = 2, y = 1: pmi = log₂(1.0000/1.0000) = 0.000;")
    page.locator(".reset").click()
    adds_most = "x = 1, y = 4: pmi = log₂(0.2500/0.1250)"
    assert note(page).startswith(adds_most)
    page.get_by_role("slider", name=label(3, 1)).press("Enter")
    page.keyboard.type(".04")
    page.keyboard.press("Enter")
    assert note(page).startswith("x = 3, y = 1: pmi = log₂(0.0400/")
    page.keyboard.press("Tab")
    assert note(page).startswith("x = 1, y = 4:")
    page.keyboard.press("Shift+Tab")
    assert note(page).startswith("x = 3, y = 1:")
    page.locator(".chip").first.focus()
    assert note(page).startswith("x = 1, y = 4:")
    page.get_by_role("slider", name=label(3, 1)).focus()
    page.evaluate("document.querySelector('.reset').click()")
    assert note(page).startswith(adds_most)


def test_a_cell_of_a_column_that_never_comes_says_so(open_lab):
    page = open_lab(JointTable(SURE))
    page.get_by_role("slider", name=label(1, 1)).press("ArrowUp")
    page.get_by_role("slider", name=label(1, 1)).press("ArrowDown")
    assert note(page) == "x = 1, y = 1: one of the two never comes."
    said = page.get_by_role("slider", name=label(1, 1)).get_attribute("aria-valuetext")
    assert said == "0"


def test_another_size_is_drawn_anew_in_the_same_place(open_lab):
    page = open_lab(JointTable())
    heights = set()
    for name, count in (("4 × 4", 16), ("zero correlation, not independent", 9), ("copy", 4)):
        chip(page, name)
        assert page.get_by_role("slider").count() == page.locator(".track").count() == count
        assert page.evaluate("document.activeElement.textContent") == name
        assert page.locator("figure svg").count() == 2
        heights.add(page.locator(".explorer").bounding_box()["height"])
        (*_, last) = page.get_by_role("slider").all()
        last.press("ArrowUp")
        assert table(page).shape == (math.isqrt(count),) * 2
    assert len(heights) == 1


def test_a_finger_drags_a_corner_and_the_page_stays(open_page):
    page = open_page(JointTable(), viewport=PHONE, has_touch=True, is_mobile=True)
    slider = page.get_by_role("slider", name=label(1, 2))
    assert slider.evaluate("one => getComputedStyle(one).touchAction") == "none"
    slider.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    swipe(page, *middle_of(slider.locator(".knob")), -60)
    side = (
        whole(2) * math.sqrt(0.055) + 30 * 320 / page.locator("svg").first.bounding_box()["width"]
    )
    wanted = (side / whole(2)) ** 2
    assert float(slider.get_attribute("aria-valuenow")) == pytest.approx(wanted, abs=0.011)
    assert page.evaluate("scrollY") == before
    assert note(page).startswith("x = 1, y = 2:")


def test_the_result_is_said_when_the_hand_rests(open_page):
    page = open_page(JointTable())
    chip(page, "4 × 4")
    page.wait_for_function("document.querySelector('[aria-live=polite]').textContent")
    assert page.locator("[aria-live=polite]").inner_text() == (
        "I(X; Y) is 0.3750 bits; H(X) is 1.7500, H(Y) 2.0000, both together 3.3750."
    )

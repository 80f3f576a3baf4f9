"""The triangle of all models: Q and P under the hand, contours against lib, the bill."""

import math
import re
from functools import partial

import numpy as np
import pytest

from explorers import BillTriangle
from lib import kl_divergence
from tests.explorers.page import (
    NEWS,
    PHONE,
    PLOT_HEIGHT,
    THEMES,
    Hand,
    centre,
    gap_areas,
    lines,
    read,
    rgb,
    settle,
    swipe,
)

HAND = Hand(handles=8, sliders=6, tracks=1, make=lambda: BillTriangle(move_p=True))
CROWDED = {"both": BillTriangle(move_p=True)}


def test_the_news_is_what_it_starts_with():
    assert BillTriangle().p == NEWS
    assert BillTriangle().labels == ["politics", "sports", "entertainment"]


@pytest.mark.parametrize("name", ["p", "q"])
def test_a_triangle_takes_three_outcomes(name):
    explorer = BillTriangle()
    with pytest.raises(ValueError, match=rf"{name} has shape \(2,\); give one row of 3 prob"):
        setattr(explorer, name, [0.5, 0.5])
    with pytest.raises(ValueError, match=f"{name} sums to 1.1"):
        setattr(explorer, name, [0.5, 0.3, 0.3])
    assert (explorer.p, explorer.q) == ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1])
    with pytest.raises(ValueError, match="preset 'odd' has shape"):
        BillTriangle(presets=[{"name": "odd", "q": [1]}])


def test_one_preset_is_q_equal_to_p():
    (perfect,) = [one for one in BillTriangle([0.2, 0.2, 0.6]).presets if one["name"] == "Q = P"]
    assert perfect["q"] == perfect["p"] == [0.2, 0.2, 0.6]


# ---- the arithmetic ------------------------------------------------------------------------------


@pytest.fixture
def measures(in_browser):
    """Return a function that calls one of simplex.mjs in the browser."""
    return partial(in_browser, "bill_triangle/simplex")


@pytest.mark.parametrize(
    ("values", "nearest"),
    [
        ([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]),
        ([1.5, -0.2, -0.3], [1, 0, 0]),
        ([0.8, 0.6, -0.4], [0.6, 0.4, 0]),
        ([-1, 1, 1], [0, 0.5, 0.5]),
    ],
)
def test_a_hand_outside_the_triangle_moves_to_its_edge(measures, values, nearest):
    assert measures("ontoSimplex", values) == pytest.approx(nearest, abs=1e-15)


@pytest.mark.parametrize("p", [NEWS, [0.1, 0.1, 0.8], [0.5, 0.5, 0]])
@pytest.mark.parametrize("way", [[1, -1, 0], [-1, 0.5, 0.5], [0.3, -0.4, 0.1], [-0.2, -0.3, 0.5]])
def test_on_a_contour_the_divergence_is_what_its_number_says(measures, p, way):
    edge = measures("reach", p, way, math.inf)
    for bits in (0.1, 0.5, 2):
        far = measures("reach", p, way, bits)
        q = [max(0, one + far * step) for one, step in zip(p, way, strict=True)]
        if far < edge:
            # D is steep at the edge; the drawing needs a 4000th of the way.
            ends = (max(0, far - edge / 4000), min(edge, far + edge / 4000))
            before, after = (
                kl_divergence(p, [max(0, a + at * b) for a, b in zip(p, way, strict=True)], base=2)
                for at in ends
            )
            assert before <= bits <= after
        else:
            assert min(q) == pytest.approx(0, abs=1e-12)


# ---- on a page -----------------------------------------------------------------------------------


TALLER = PLOT_HEIGHT + 72  # its bill is as high as the triangle beside it

CORNERS = np.array([[160, 46], [24, 281.6], [296, 281.6]])


def corners(page, role="q"):
    settle(page)
    texts = page.locator(f".corner.{role} .number").all_text_contents()
    return [float(text.split()[1]) for text in texts]


def move(page, start, end, role="q"):
    """Drag a point in the triangle from one pmf to another (or beyond the edge)."""
    scale = page.locator("svg").first.bounding_box()["width"] / 320
    box = page.locator(f".point.{role} .grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    dx, dy = (np.array(end) - start) @ CORNERS * scale
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()
    page.mouse.move(x + dx + 5, y + dy)  # the hand is empty now
    settle(page)


def test_the_wrong_desk_is_written_out(open_page):
    page = open_page(BillTriangle())
    assert lines(page) == [
        "H(P,Q) = 1.7540 bits",
        "H(P) = 1.4855 bits",
        "D(P‖Q) = 0.2685 bits",
        "D(Q‖P) = 0.2789 bits",
    ]
    assert read(page)[1:] == [
        (".50", ".30", ".20"),
        ("1.000", "1.737", "2.322"),
        ("1.737", "0.737", "3.322"),
        ("+.3685", "−.3000", "+.2000"),
    ]
    assert page.locator("tfoot").inner_text().split() == ["mean", "1.4855", "1.7540", "0.2685"]
    roles = page.locator("tbody td:last-child .live").evaluate_all("c => c.map(e => e.className)")
    assert roles == ["live cost", "live gain", "live cost"]


@pytest.mark.parametrize("q", [[0.3, 0.6, 0.1], [0.25, 0.5, 0.25], [0.6, 0.35, 0.05]])
def test_purple_minus_green_is_the_divergence(open_page, q):
    page = open_page(BillTriangle(q=q))
    assert gap_areas(page, TALLER) == pytest.approx(kl_divergence(NEWS, q, base=2), abs=2e-3)


def test_q_is_dragged_in_two_dimensions_and_onto_p(open_page):
    page = open_page(BillTriangle())
    move(page, [0.3, 0.6, 0.1], [0.2, 0.2, 0.6])
    assert corners(page) == [0.2, 0.2, 0.6]
    move(page, [0.2, 0.2, 0.6], NEWS)
    assert corners(page) == NEWS
    assert lines(page)[2:] == ["D(P‖Q) = 0.0000 bits", "D(Q‖P) = 0.0000 bits"]
    assert read(page)[4] == ("0.0000",) * 3
    move(page, NEWS, [0.4, 0.4, 0.2])  # where both lie, it is Q that moves
    assert corners(page) == [0.4, 0.4, 0.2]
    assert corners(page, "p") == NEWS


def test_beyond_the_edge_q_stays_on_it_and_the_bill_has_no_end(open_page):
    page = open_page(BillTriangle())
    move(page, [0.3, 0.6, 0.1], [0.5, 0.7, -0.2])
    assert corners(page) == [0.4, 0.6, 0]
    reverse = kl_divergence([0.4, 0.6, 0], NEWS, base=2)
    assert lines(page) == [
        "H(P,Q) = ∞ bits",
        "H(P) = 1.4855 bits",
        "D(P‖Q) = ∞ bits",
        f"D(Q‖P) = {reverse:.4f} bits",
    ]
    assert read(page)[4][2] == "+∞"
    assert "Q says never, P says it happens: entertainment" in page.locator(".note").inner_text()
    move(page, [0.4, 0.6, 0], [-3, 5, -1])
    assert corners(page) == [0, 1, 0]


@pytest.mark.parametrize(
    ("corner", "keys", "q"),
    [
        (0, ["ArrowUp"], [0.31, 0.591, 0.099]),
        (1, ["Shift+ArrowLeft"], [0.375, 0.5, 0.125]),
        (2, ["PageUp", "PageUp", "ArrowRight"], [0.23, 0.46, 0.31]),
        (2, ["Home"], [0.333, 0.667, 0]),
        (0, ["End"], [1, 0, 0]),
    ],
)
def test_a_number_at_a_corner_is_a_slider(open_page, corner, keys, q):
    page = open_page(BillTriangle())
    slider = page.get_by_role("slider").nth(corner)
    name = ["politics", "sports", "entertainment"][corner]
    label = f"Q of {name}; the other two keep their proportions"
    assert slider.get_attribute("aria-label") == label
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    assert corners(page) == pytest.approx(q, abs=6e-4)
    assert slider.get_attribute("aria-valuenow") == f"{q[corner]:g}"
    for ring in (slider.locator(".ring"), page.locator(".point.q .ring")):
        stroke = ring.evaluate("ring => getComputedStyle(ring).stroke")
        assert stroke == rgb(THEMES["light"]["focus"])


def test_a_number_can_be_pulled_to_its_corner(open_page):
    page = open_page(BillTriangle())
    x, y = centre(page, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=5)
    page.mouse.up()
    assert corners(page)[0] > 0.4


def test_q_goes_where_the_triangle_is_pressed(open_page):
    page = open_page(BillTriangle())
    box = page.locator("svg").first.bounding_box()
    for q in ([0.2, 0.2, 0.6], [0.7, 0.2, 0.1]):
        x, y = np.array(q) @ CORNERS * box["width"] / 320
        page.mouse.click(box["x"] + x, box["y"] + y)
        assert corners(page) == q


def test_any_q_is_typed_number_by_number(open_page):
    page = open_page(BillTriangle())
    numbers = page.locator(".corner.q .number")
    for index, text in ((0, ".2"), (1, ".5")):
        numbers.nth(index).click()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        settle(page)
    assert corners(page) == [0.2, 0.5, 0.3]
    # A drag in between, and the others keep their proportions again.
    page.get_by_role("slider").nth(0).press("PageUp")
    assert corners(page) == pytest.approx([0.3, 0.4375, 0.2625], abs=6e-4)
    for key in ("Tab", ".", "6", "Enter"):
        page.keyboard.press(key)
    assert corners(page) == pytest.approx([0.2133, 0.6, 0.1867], abs=6e-4)


def test_a_finger_drags_q(open_page):
    page = open_page(BillTriangle(), viewport=PHONE, has_touch=True, is_mobile=True)
    action = "element => getComputedStyle(element).touchAction"
    assert page.locator(".point.q").evaluate(action) == "none"
    box = page.locator(".point.q .grip").bounding_box()
    swipe(page, box["x"] + 8, box["y"] + 8, -60)
    assert corners(page)[0] > 0.5
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("p", [NEWS, [0.1, 0.1, 0.8], [0.7, 0.3, 0]])
def test_the_contours_are_those_of_the_divergence(open_page, p):
    page = open_page(BillTriangle(p, p))
    levels = [float(text) for text in page.locator(".level-name").all_text_contents()]
    assert levels == [0.1, 0.25, 0.5, 1, 2]
    barycentric = np.linalg.inv(np.vstack([CORNERS.T, np.ones(3)]))
    for level, path in zip(levels, page.locator(".contour").all(), strict=True):
        tenths = re.findall(r"([\d.]+) ([\d.]+)", path.get_attribute("d"))
        xy = np.array(tenths, float) / 10
        q = np.c_[xy, np.ones(len(xy))] @ barycentric.T
        inside = (q[:, np.array(p) > 0] > 0.02).all(axis=1) & (q > 0.003).all(axis=1)
        assert inside.any() or level > 0.5
        costs = [kl_divergence(p, one / one.sum(), base=2) for one in np.abs(q[inside])]
        np.testing.assert_allclose(costs, level, atol=0.02)


def test_p_moves_only_where_it_may(open_page):
    page = open_page(BillTriangle())
    assert page.get_by_role("slider").count() == 3
    move(page, NEWS, [0.2, 0.2, 0.6], "p")
    assert corners(page, "p") == NEWS
    page = open_page(BillTriangle(move_p=True))
    contour = page.locator(".contour").first.get_attribute("d")
    assert page.get_by_role("slider").count() == 6
    move(page, NEWS, [0.2, 0.2, 0.6], "p")
    assert corners(page, "p") == [0.2, 0.2, 0.6]
    assert page.locator(".contour").first.get_attribute("d") != contour
    page.get_by_role("slider", name="P of sports").press("Home")
    assert corners(page, "p") == [0.25, 0, 0.75]
    assert corners(page) == [0.3, 0.6, 0.1]


def test_the_bundle_writes_q_to_its_model_and_hears_it(open_lab):
    lab = open_lab(BillTriangle())
    move(lab, [0.3, 0.6, 0.1], [0.5, 0.25, 0.25])
    assert lab.evaluate("model.get('q')") == [0.5, 0.25, 0.25]
    lab.evaluate("model.set('q', [0.2, 0.3, 0.5])")
    assert corners(lab) == [0.2, 0.3, 0.5]
    assert lab.evaluate("calls.saved > 0 && calls.saved <= calls.set")

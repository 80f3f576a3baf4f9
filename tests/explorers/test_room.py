"""Nothing moves under the hand: an explorer keeps its height, and its parts their places.

The explorers are those that the package finds.
"""

import pytest

import explorers
from tests.explorers.page import KINDS, PHONE, WIDE, middle_of

# Half a pixel: lines of text end on fractions of one, and the browser rounds them as it likes.
TOLERANCE = 0.5
# Looks in every frame where the parts are, from now on; `moved` tells by how much each was off.
WATCH = """() => {
    const explorer = document.querySelector(".explorer");
    const parts = [
        ".prompt", "figure", "figcaption", "figure > *", ".readout > *", ".formula", ".soft",
        ".ledger table", ".controls", ".chip", ".reset",
    ];
    const places = () => {
        const { top, height } = explorer.getBoundingClientRect();
        const found = { "the explorer's height": height };
        for (const part of parts) {
            explorer.querySelectorAll(part).forEach((node, i) => {
                found[`${part} ${i + 1}`] = node.getBoundingClientRect().top - top;
            });
        }
        return found;
    };
    cancelAnimationFrame(window.watching);
    const first = places();
    window.moved = {};
    const look = () => {
        const now = places();
        for (const [part, place] of Object.entries(first)) {
            const off = now[part] - place;  // NaN, which is noted too: the part is gone
            if (Math.abs(off) <= Math.abs(moved[part] ?? 0)) continue;
            moved[part] = off;
        }
        window.watching = requestAnimationFrame(look);
    };
    look();
}"""
# The first of each sort of handle.
SORTS = """() => {
    const sorts = new Map();
    document.querySelectorAll(".explorer .handle").forEach((handle, index) => {
        const figure = [...document.querySelectorAll("figure")].indexOf(handle.closest("figure"));
        const sort = `${handle.getAttribute("class")} ${figure}`;
        if (!sorts.has(sort)) sorts.set(sort, index);
    });
    return [...sorts.values()];
}"""
# Every slider to its ends, and all that is pressed, each for a frame; then every chip, and after it
# the sliders of the first sort to their ends; last Reset.
PRESS = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const press = async (selector, events, most = Infinity) => {
        // What is pressed may put another in its place.
        const all = () => document.querySelectorAll(`.explorer ${selector}`);
        for (let i = 0; i < Math.min(most, all().length); i += 1) {
            for (const event of events) {
                all()[i].dispatchEvent(event());
                await frame();
            }
        }
    };
    const click = [() => new MouseEvent("click")];
    const ends = ["Home", "End"].map((key) => () => new KeyboardEvent("keydown", { key }));
    await press("[role=slider]", ends);
    await press(".letters button", click);
    await press("svg [role=button]", click);
    for (let i = 0; i < document.querySelectorAll(".chip").length; i += 1) {
        document.querySelectorAll(".chip")[i].click();
        await frame();
        await press("[role=slider]", ends, 3);
    }
    document.querySelector(".reset").click();
    await frame();
    await frame();
}"""


def drag_across(page, handle):
    """Take a handle through all of its picture, to the corners and back."""
    box = handle.locator("xpath=ancestor::*[local-name()='svg']").bounding_box()
    left, right = box["x"] - 60, box["x"] + box["width"] + 60
    top, bottom = box["y"] - 60, box["y"] + box["height"] + 60
    page.mouse.move(*middle_of(handle.locator(".knob, .reach").first))
    page.mouse.down()
    for corner in [(left, top), (left, bottom), (right, bottom), (right, top)]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()


def shifts(page):
    """Do all that one can do with the explorer; return how far which part has moved."""
    page.evaluate(WATCH)
    for index in page.evaluate(SORTS):
        handle = page.locator(".explorer .handle").nth(index)
        handle.scroll_into_view_if_needed()
        drag_across(page, handle)
    page.evaluate(PRESS)
    moved = page.evaluate("moved")
    return {part: round(off, 1) for part, off in moved.items() if not abs(off) <= TOLERANCE}


@pytest.mark.parametrize(("state", "viewport"), [("example", WIDE), ("crowded", PHONE)])
@pytest.mark.parametrize("kind", KINDS, ids=explorers.__all__)
def test_nothing_moves_whatever_is_dragged_or_pressed(open_page, kind, state, viewport):
    assert shifts(open_page(getattr(kind, state)(), viewport=viewport)) == {}

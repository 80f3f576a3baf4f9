"""The explorer of the loaded die: what the hand does to it."""

from explorers import LoadedDie
from tests.explorers.page import Hand, drag

HAND = Hand(handles=6, sliders=6, tracks=6)


def test_a_drag_loads_a_face(open_page):
    page = open_page(LoadedDie())
    drag(page, 5, 0.2)
    assert page.get_by_role("slider").nth(5).get_attribute("aria-valuenow") == "0.37"

"""A tilted policy."""

from tests.explorers.page import Hand

HAND = Hand(handles=7, sliders=7, tracks=7)

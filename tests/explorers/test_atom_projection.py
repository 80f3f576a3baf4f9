"""Returns on atoms and their projected targets: traits, arithmetic, picture, hand."""

from tests.explorers.page import Hand

HAND = Hand(handles=13, sliders=13, tracks=12, pressed=".letters button:not([aria-pressed=true])")

"""Prices of letters."""
from explorers import LetterPrices
from tests.explorers.page import Hand
HAND = Hand(
    handles=2,
    sliders=2,
    tracks=2,
    pressed=".letters button[aria-pressed=false]",
    make=lambda: LetterPrices(letter=14),  # from the last letter no hand goes on to the right
)
CROWDED = {
    "empty": LetterPrices(""),
    "one letter": LetterPrices("é", 5),
}

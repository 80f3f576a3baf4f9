"""stub"""
from tests.explorers.page import Hand
HAND = Hand(handles=4, sliders=4, tracks=4)

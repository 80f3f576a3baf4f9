"""Walks of the evidence: what is taken, the first passage against other ways to it, the hand."""

import itertools
import math
import re
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import traitlets

from explorers import EvidenceWalk
from lib import kl_divergence
from tests.explorers.page import FOCUS, PHONE, THEMES, Hand, lines, read, rgb, settle

HAND = Hand(handles=3, sliders=3, tracks=3, pressed=".letters button")
CROWDED = {
    "equal": EvidenceWalk(0.5, 0.5, 1000),
    "at once": EvidenceWalk(0.01, 0.99, 2),
    "nearly": EvidenceWalk(0.5, 0.500001, 1000),
    "far out": EvidenceWalk(0.03, 0.01, 1000, seed=9999),
}
LONGEST = 2000

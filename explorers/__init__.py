"""Interactive figures: live in Jupyter through anywidget, and on a page without a kernel."""

from explorers.bill_triangle import BillTriangle
from explorers.coder_interval import CoderInterval
from explorers.forward_reverse import ForwardReverse
from explorers.kraft_budget import KraftBudget
from explorers.latent_plane import LatentPlane
from explorers.logit_pull import LogitPull
from explorers.step_size import StepSize
from explorers.surprise_bars import SurpriseBars

__all__ = [
    "BillTriangle",
    "CoderInterval",
    "ForwardReverse",
    "KraftBudget",
    "LatentPlane",
    "LogitPull",
    "StepSize",
    "SurpriseBars",
]

"""Interactive figures: live in Jupyter through anywidget, and on a page without a kernel."""

from explorers.surprise_bars import SurpriseBars

__all__ = ["SurpriseBars"]

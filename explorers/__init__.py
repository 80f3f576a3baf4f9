"""Interactive figures: live in Jupyter through anywidget, and on a page without a kernel.

Each stands in a folder of its own: SurpriseBars in `surprise_bars/`. `from explorers import
SurpriseBars` loads that folder, and what is shared, but no other explorer.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

_MODULES = {
    folder.name.title().replace("_", ""): f"{__name__}.{folder.name}"
    for folder in sorted(Path(__file__).parent.iterdir())
    if folder.name != "shared" and (folder / "__init__.py").is_file()
}
__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"no explorer is named {name}; there are {', '.join(_MODULES)}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]

"""Which edition of the book this is: its version, and the day of its last change."""

import subprocess
import tomllib
from datetime import date
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from .state import Context


def version(root: Path) -> str:
    """Return the version that pyproject.toml names, or ""."""
    file = Path(root) / "pyproject.toml"
    if not file.exists():
        return ""
    return tomllib.loads(file.read_text("utf-8")).get("project", {}).get("version", "")


def last_change(root: Path) -> date | None:
    """Return the date of the last commit, or None where the folder is no clone of its own."""
    asked = ["git", "log", "-1", "--format=%cs"], ["git", "rev-parse", "--show-toplevel"]
    try:
        day, top = (
            subprocess.check_output(one, cwd=root, text=True, stderr=subprocess.DEVNULL).strip()
            for one in asked
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return date.fromisoformat(day) if day and Path(top) == Path(root).resolve() else None


def _say_which(
    app: Sphinx, pagename: str, templatename: str, context: Context, doctree: nodes.document | None
) -> None:
    if pagename == app.config.root_doc:
        day = last_change(app.srcdir)
        context["version"] = version(app.srcdir)
        context["last_change"] = day
        context["last_change_said"] = f"{day.day} {day:%B %Y}" if day else ""


def setup(app: Sphinx) -> None:
    """Tell the front page."""
    app.connect("html-page-context", _say_which)

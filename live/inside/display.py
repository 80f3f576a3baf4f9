"""Show a value as a notebook does: the richest form that it has and the page knows."""

import base64
import sys
from typing import Any

from . import messages

FORMS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "text/html": "html",
    "text/plain": "text",
}
METHODS = {"image/svg+xml": "_repr_svg_", "image/png": "_repr_png_", "text/html": "_repr_html_"}


def display(*values: Any) -> None:
    """Show values below the cell; `display` in every cell."""
    for value in values:
        _display(value)


def _display(value: Any) -> None:
    here = getattr(value, "_show_on_page", None)  # an explorer
    if here is not None:
        here()
        return
    figures = sys.modules.get("matplotlib.figure")
    if figures is not None and isinstance(value, figures.Figure):
        from .backend import svg

        messages.show("svg", text=svg(value))
        return
    bundle = _bundle(value)
    for mime, form in FORMS.items():
        if mime in bundle:
            content = bundle[mime]
            if isinstance(content, bytes):
                content = base64.b64encode(content).decode("ascii")
            end = "\n" if form == "text" else ""
            messages.show(form, text=content + end)
            return


def _bundle(value: Any) -> dict[str, Any]:
    """Return {MIME type: content}; a class is shown as its name, not as its instances are."""
    found: dict[str, Any] = {}
    if not isinstance(value, type):
        whole = getattr(value, "_repr_mimebundle_", None)
        made = whole() if callable(whole) else None
        found = dict(made[0] if isinstance(made, tuple) else made or {})
        for mime, name in METHODS.items():
            method = getattr(value, name, None)
            content = method() if mime not in found and callable(method) else None
            if content is not None:
                found[mime] = content
    return found if set(FORMS) & set(found) else {"text/plain": repr(value)}

"""Explorers and controls on a page whose Python runs beside it, in a worker.

The chapters import `anywidget` and `ipywidgets`, which talk to Jupyter. Here two modules of these
names stand in for them: an explorer's traits go to the page and come back as messages, and
`interact` makes a slider, a field, a box or a choice of what it is given. All else of them says
that it needs the notebook.
"""

import inspect
import itertools
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from . import messages
from .cells import Cells

_numbers = itertools.count(1)
_known: dict[str, Any] = {}  # what is shown on the page, by its name there
_cells = Cells()  # whose errors are told where they belong


class NeedsTheNotebookError(Exception):
    """What a page has not, and the notebook has; start.mjs knows the name, and leads there."""

    __module__ = "__main__"  # told by its name alone


class AnyWidget(traitlets.HasTraits):
    """What an explorer builds on: its synced traits are the same here and on the page."""

    _name = ""
    _area = ""  # the cell that shows it
    _coming: Mapping[str, Any] = {}  # what the page has just set, and so need not be told

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        return {}, {}

    def _show_on_page(self) -> None:
        """Show it below the cell; from then on the page and Python follow each other."""
        if not self._name:
            self._name = f"explorer-{next(_numbers)}"
            _known[self._name] = self
            self.observe(self._tell, self._synced())
        self._area = messages.area()
        bundle, _ = self._repr_mimebundle_()
        messages.show("explorer", name=self._name, html=bundle["text/html"])

    def _synced(self) -> list[str]:
        return [name for name in self.trait_names(sync=True) if not name.startswith("_")]

    def _tell(self, change: traitlets.Bunch) -> None:
        if change.name not in self._coming or self._coming[change.name] != change.new:
            messages.tell("set", name=self._name, values={change.name: change.new})

    def from_page(self, values: Mapping[str, Any]) -> None:
        """Take what the reader has set on the page; what Python refuses, the page takes back."""
        with messages.outputs_to(self._area):
            _cells.guarded(lambda: self._take(values))
        now = {name: getattr(self, name) for name in values}
        wrong = {name: value for name, value in now.items() if value != values[name]}
        if wrong:
            messages.tell("set", name=self._name, values=wrong)

    def _take(self, values: Mapping[str, Any]) -> None:
        self._coming = values
        try:
            with self.hold_trait_notifications():
                for name, value in values.items():
                    setattr(self, name, value)
        except (traitlets.TraitError, ValueError):
            pass  # the old value stays, and goes back to the page
        finally:
            self._coming = {}


class Controls:
    """What `interact` makes: a function, a control for each argument, and the place it draws to."""

    def __init__(self, function: Callable, given: Mapping[str, Any]) -> None:
        self.function = function
        self.name = f"controls-{next(_numbers)}"
        parameters = inspect.signature(function).parameters
        default = {
            name: parameter.default
            for name, parameter in parameters.items()
            if parameter.default is not parameter.empty
        }
        both = {**default, **given}
        asked = {name: both[name] for name in (*parameters, *given) if name in both}
        self.choices = {name: choices(asked[name]) for name in asked if is_choice(asked[name])}
        self.controls = [control(name, asked[name], default.get(name)) for name in asked]
        self.values = self._of_page({one["name"]: one["value"] for one in self.controls})
        _known[self.name] = self

    def show(self) -> None:
        """Show the controls, and what the function draws of their first values."""
        messages.show("controls", name=self.name, controls=self.controls)
        self.call()

    def call(self) -> bool:
        """Call the function with the values as they are."""
        with messages.outputs_to(self.name):
            return _cells.guarded(self._call)

    def _call(self) -> None:
        value = self.function(**self.values)
        if value is not None:
            from .display import display

            display(value)

    def from_page(self, values: Mapping[str, Any]) -> None:
        """Take what the reader has set on the page, and draw anew."""
        self.values |= self._of_page(values)
        messages.tell("clear", area=self.name)
        self.call()
        messages.tell("drawn", name=self.name)

    def _of_page(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the page says as the function takes it: of a choice it says the place."""
        chosen = {name: self.choices[name] for name in values if name in self.choices}
        return {**values, **{name: pairs[values[name]][1] for name, pairs in chosen.items()}}


def is_choice(given: Any) -> bool:
    """Tell whether `interact` makes a choice of this."""
    return isinstance(given, list | dict) and bool(given)


def choices(given: Any) -> list[tuple[str, Any]]:
    """Return (what is shown, value) of a list, of a list of such pairs, or of a dictionary."""
    pairs = list(given.items()) if isinstance(given, dict) else given
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        pairs = [(one, one) for one in given]
    return [(str(shown), value) for shown, value in pairs]


def control(name: str, given: Any, start: Any) -> dict[str, Any]:
    """Return what the page needs for one argument: as `interact` reads what it is given.

    (least, most), (least, most, step), a number: a slider. A list, a dictionary: a choice. True,
    False: a box. A text: a field.
    """
    if isinstance(given, bool):
        return {"name": name, "form": "box", "value": given}
    if isinstance(given, int | float):
        low, high = sorted((-given, 3 * given)) if given else (0, 1)
        given, start = (low, high), given
    if isinstance(given, tuple) and 2 <= len(given) <= 3:
        whole = all(isinstance(one, int) for one in given)
        step = given[2] if len(given) == 3 else 1 if whole else 0.1
        middle = (given[0] + given[1]) // 2 if whole else (given[0] + given[1]) / 2
        value = middle if start is None else start
        ends = {"least": given[0], "most": given[1], "step": step}
        return {"name": name, "form": "slider", "value": value, "whole": whole, **ends}
    if isinstance(given, str):
        return {"name": name, "form": "text", "value": given}
    if is_choice(given):
        pairs = choices(given)
        at = next((n for n, (_, value) in enumerate(pairs) if value is start is not None), 0)
        shown = [text for text, _ in pairs]
        return {"name": name, "form": "choice", "value": at, "options": shown}
    raise ValueError(f"interact({name}={given!r}): give (least, most) or (least, most, step)")


def from_page(name: str, values: Mapping[str, Any]) -> None:
    """Hand to an explorer or a control what the reader has set on the page."""
    if name in _known:
        _known[name].from_page(values)


def stand_in(cells: Cells) -> None:
    """Put the two modules where `import` finds them."""
    global _cells
    _cells = cells

    def interact(function: Any = None, **given: Any) -> Any:
        if function is None:
            return lambda function: interact(function, **given)
        Controls(function, given).show()
        return function

    def elsewhere(module: str) -> Callable[[str], Any]:
        def missing(name: str) -> Any:
            if name.startswith("__"):  # Python's own question
                raise AttributeError(name)
            raise NeedsTheNotebookError(f"{module}.{name} is not on this page")

        return missing

    contents: dict[str, dict[str, Any]] = {
        "anywidget": {"AnyWidget": AnyWidget},
        "ipywidgets": {"interact": interact},
    }
    for name, content in contents.items():
        module = types.ModuleType(name, f"What the page has of {name}.")
        module.__dict__.update(content, __getattr__=elsewhere(name))
        sys.modules[name] = module

"""What every explorer shares: one ES module, and HTML that works where no kernel runs."""

import difflib
import html
import json
import re
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from explorers.shared.fixed import List

EXPLORERS = Path(__file__).parents[1]
SHARED_STYLES = ("shared/roles.css", "shared/explorer.css")
IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[\w./]+\.mjs)";\n', re.MULTILINE)


def rule_of(trait: traitlets.TraitType) -> dict | None:
    """Return what a link may set a trait to, as shared/address.mjs reads it; None for nothing."""
    if isinstance(trait, traitlets.Enum):
        return {"kind": "choice", "of": list(trait.values or ())}
    return getattr(trait, "rule", None) or trait.metadata.get("rule")


def bundle(module: Path) -> str:
    """Join a module and all it imports into one text, in which no name may stand twice.

    anywidget loads that text from a blob URL, where `import "./draw.mjs"` would find nothing. These
    few lines stand for a packer, which readers would have to install Node for; in return, the parts
    of an explorer share one scope, and the tests see to it that no two take the same name in it.
    """
    texts: dict[Path, str] = {}

    def add(path: Path) -> None:
        if path not in texts:
            text = path.read_text("utf-8")
            for part in IMPORT.findall(text):
                add((path.parent / part).resolve())
            texts[path] = IMPORT.sub("", text)

    add(module.resolve())
    return re.sub(r"^export (?!default)", "", "\n".join(texts.values()), flags=re.MULTILINE)


class Explorer(anywidget.AnyWidget):
    """An interactive figure; its traits are the model's state, to read and to set from any cell.

    A trait that a reader sets has a `rule`, its bounds as data: shared/address.mjs holds a link to
    them. Traits of traits.py bring their own; another one is tagged with it.

    A subclass that says in `about` what one does with it stands in a folder of its own, beside the
    ES module and the style of the folder's name. That is all of its registration.

    Attributes
    ----------
    module : str
        The name of the folder, of the module and of the style in it.
    stacked, beside : float
        The height in rem that a page keeps until the module has come: with the figures below one
        another (the page adds as much as they grow with its width), and side by side. A new
        explorer is measured by tests/theme/test_weight.py.

    Traits
    ------
    prompt : str
        The question that the reader answers before moving anything; "Guess first:" is put before.
    presets : list of dict
        The chips: each a `name` and the traits that it sets.
    fallback : str
        A link to the figure that stands in where no script runs, such as "#fig-bill".
    """

    module: str
    about: str
    stacked: float = 56
    beside: float = 42

    prompt = traitlets.Unicode().tag(sync=True)
    presets = List(traitlets.Dict()).tag(sync=True)
    fallback = traitlets.Unicode()

    def __init__(self, **traits: Any) -> None:
        for name in traits:
            if not self.has_trait(name):
                raise TypeError(self._no_such_trait(name))
        super().__init__(**traits)

    def __setattr__(self, name: str, value: Any) -> None:
        # Python would keep any name, and the figure would know nothing of it.
        if not (name.startswith("_") or hasattr(type(self), name)):
            raise AttributeError(self._no_such_trait(name))
        super().__setattr__(name, value)

    def _own_traits(self, **metadata: object) -> list[str]:
        """Return the names of the traits that are neither anywidget's nor private, sorted."""
        inherited = anywidget.AnyWidget.class_trait_names()
        names = self.trait_names(**metadata)
        return sorted(name for name in names if name not in inherited and name[0] != "_")

    def _no_such_trait(self, name: str) -> str:
        """Say that there is none of that name, which is the nearest, and which there are."""
        own = self._own_traits()
        near = difflib.get_close_matches(name.lower(), own, 2, 0.5)
        # Of two that are as near, as m and s to ms, the one that it begins with.
        near.sort(key=lambda one: not name.lower().startswith(one))
        guess = f"; is {near[0]!r} meant?" if near else "."
        return f"{type(self).__name__} has no trait {name!r}{guess} It has {', '.join(own)}."

    @traitlets.validate("presets")
    def _complete_presets(self, proposal: traitlets.Bunch) -> list[dict]:
        return [self._complete_preset(preset) for preset in proposal["value"]]

    def _complete_preset(self, preset: dict) -> dict:
        """Return a preset as the page needs it, or say which one is wrong."""
        if "name" not in preset:
            raise traitlets.TraitError(f"a preset has no name: {preset}")
        for name in preset:
            if name != "name" and not self.has_trait(name):
                raise traitlets.TraitError(
                    f"preset {preset['name']!r}: {self._no_such_trait(name)}"
                )
        return dict(preset)

    def _validated(self, preset: dict, *names: str) -> dict:
        """Return what a preset says of these traits, as they take it, or say which is wrong."""
        taken = {}
        for name in names:
            if name not in preset:
                continue
            try:
                taken[name] = self.traits()[name].validate(self, preset[name])
            except (ValueError, traitlets.TraitError) as error:
                raise traitlets.TraitError(f"preset {preset['name']!r}: {error}") from None
        return taken

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "about" in cls.__dict__:  # ipywidgets makes a nameless subclass of every instance
            cls.module = cls.__module__.rpartition(".")[2]
            cls._esm = bundle(EXPLORERS / cls.module / f"{cls.module}.mjs")
            cls._css = "".join(style.read_text("utf-8") for style in cls.styles())
        super().__init_subclass__(**kwargs)

    @classmethod
    def styles(cls) -> list[Path]:
        """Return the style sheets of the explorer: the shared ones, and its own if it has one."""
        own = EXPLORERS / cls.module / f"{cls.module}.css"
        return [*(EXPLORERS / name for name in SHARED_STYLES), *([own] if own.exists() else [])]

    @classmethod
    def example(cls) -> "Explorer":
        """Return the explorer as a chapter shows it; the tests and the bench ask for it."""
        return cls()

    @classmethod
    def crowded(cls) -> "Explorer":
        """Return its hardest state for the layout: most outcomes, long names, extreme values."""
        raise NotImplementedError(f"{cls.__name__} has no crowded() for the tests; write one")

    def rules(self) -> dict[str, dict]:
        """Return {trait: its bounds} of all that a reader sets, and so a link on a page may set."""
        traits = self.traits(sync=True)
        return {name: rule for name in sorted(traits) if (rule := rule_of(traits[name]))}

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        """Return the live widget for Jupyter and, beside it, HTML for a page without a kernel."""
        live = super()._repr_mimebundle_(**kwargs)
        if live is None:
            return None
        data, metadata = live
        return {**data, "text/html": self._page_html()}, metadata

    def _page_html(self) -> str:
        """Return what `shared/mount.mjs` brings to life; until then it is a sentence and a link."""
        state = json.dumps({name: getattr(self, name) for name in self._own_traits(sync=True)})
        sentence = f"{html.escape(self.about)} It needs JavaScript."
        if self.fallback:
            link = html.escape(self.fallback)
            sentence += f' <a href="{link}">A figure shows a part of it, standing still.</a>'
        return (
            f'<div class="explorer" data-explorer="{self.module}"'
            f' style="--stacked:{self.stacked:g}rem;--beside:{self.beside:g}rem"'
            f' data-rules="{html.escape(json.dumps(self.rules()))}"'
            f' data-state="{html.escape(state)}"><p>{sentence}</p></div>'
        )

"""What every explorer shares: one ES module, and HTML that works where no kernel runs."""

import html
import json
import re
from pathlib import Path

import anywidget
import traitlets

STATIC = Path(__file__).parent / "static"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.mjs)";\n', re.MULTILINE)


def bundle(module: str) -> str:
    """Join a module of `static/` and all it imports into one text.

    anywidget loads that text from a blob URL, where `import "./draw.mjs"` would find nothing.
    """
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        if name not in texts:
            text = (STATIC / name).read_text("utf-8")
            for part in IMPORT.findall(text):
                add(part)
            texts[name] = IMPORT.sub("", text)

    add(module)
    return re.sub(r"^export (?!default)", "", "\n".join(texts.values()), flags=re.MULTILINE)


class Explorer(anywidget.AnyWidget):
    """An interactive figure; its traits are the model's state, to read and to set from any cell.

    A subclass names its `module`, the file `static/<module>.mjs`, and says in `about` what one
    does with it.

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

    prompt = traitlets.Unicode().tag(sync=True)
    presets = traitlets.List(traitlets.Dict()).tag(sync=True)
    fallback = traitlets.Unicode()

    def __init_subclass__(cls, **kwargs):
        if "module" in cls.__dict__:  # ipywidgets makes a nameless subclass of every instance
            cls._esm = bundle(f"{cls.module}.mjs")
            styles = (STATIC / name for name in ("roles.css", "explorer.css"))
            cls._css = "".join(style.read_text("utf-8") for style in styles)
        super().__init_subclass__(**kwargs)

    def _repr_mimebundle_(self, **kwargs):
        """Return the live widget for Jupyter and, beside it, HTML for a page without a kernel."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": self._page_html()}, metadata

    def _page_html(self) -> str:
        """Return what `static/mount.mjs` brings to life; until then it is a sentence and a link."""
        inherited = anywidget.AnyWidget.class_trait_names()
        names = [n for n in self.trait_names(sync=True) if n not in inherited and n[0] != "_"]
        state = json.dumps({name: getattr(self, name) for name in sorted(names)})
        sentence = f"{html.escape(self.about)} It needs JavaScript."
        if self.fallback:
            link = html.escape(self.fallback)
            sentence += f' <a href="{link}">A figure shows the same, standing still.</a>'
        return (
            f'<div class="explorer" data-explorer="{self.module}"'
            f' data-state="{html.escape(state)}"><p>{sentence}</p></div>'
        )

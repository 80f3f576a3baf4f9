"""The site as LIVE=1 builds it, for a few chapters: laid over the one that all tests share."""

import json

from live.layout import FOLDER, layout
from manuscript.pages import ROOT
from theme.doors import button, with_door


def lay_over(site, folder, gathered, *names):
    """Fill `folder` with the site's files, and these chapters with the button on them."""
    for path in site.iterdir():
        if path.name not in ("book", FOLDER):
            (folder / path.name).symlink_to(path)
    (folder / "book").mkdir()
    notebooks = {name: ROOT / "book" / f"{name}.ipynb" for name in names}
    made = layout(ROOT, gathered, notebooks)
    made.write(folder)
    for name, path in notebooks.items():
        door = button(made.settings, name, f"book/{name}.ipynb", lambda to, _: f"../{to}")
        page = (site / "book" / f"{name}.html").read_text("utf-8")
        notebook = json.loads(path.read_text("utf-8"))
        (folder / "book" / f"{name}.html").write_text(with_door(page, notebook, door), "utf-8")

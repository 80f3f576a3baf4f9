"""What is not in the contents is not read, and what other pages say of it follows.

The setting that leaves these files out is `only_build_toc_files` in _config.yml; the texts without
their links come from manuscript/contents.py.
"""

from pathlib import Path

from sphinx.application import Sphinx

from manuscript.contents import TakenOut

from .state import Application, Environment


def _look(
    app: Application, env: Environment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Find what is taken out; where that has changed, read every page again."""
    app.taken_out = TakenOut(Path(app.srcdir))
    before: set[str] = getattr(env, "names_taken_out", set())
    env.names_taken_out = app.taken_out.names
    return sorted(env.found_docs) if before != app.taken_out.names else []


def _leave_out(app: Application, docname: str, source: list[str]) -> None:
    if app.taken_out:
        suffix = Path(app.env.doc2path(docname)).suffix
        source[0] = app.taken_out.out_of_source(source[0], suffix)


def setup(app: Sphinx) -> None:
    """Look before anything is read; change the sources after the runs are in them."""
    app.connect("env-get-outdated", _look)
    app.connect("source-read", _leave_out, priority=900)

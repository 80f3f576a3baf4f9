"""What is not in the contents is not read, and what other pages say of it follows.

The setting that leaves these files out is `only_build_toc_files` in _config.yml; the texts without
their links come from manuscript/contents.py.
"""

from pathlib import Path

from manuscript.contents import TakenOut


def _look(app, env, added, changed, removed):
    """Find what is taken out; where that has changed, read every page again."""
    app.taken_out = TakenOut(Path(app.srcdir))
    names, env.names_taken_out = getattr(env, "names_taken_out", set()), app.taken_out.names
    return sorted(env.found_docs) if names != app.taken_out.names else []


def _leave_out(app, docname, source):
    if app.taken_out:
        suffix = Path(app.env.doc2path(docname)).suffix
        source[0] = app.taken_out.out_of_source(source[0], suffix)


def setup(app):
    """Look before anything is read; change the sources after the runs are in them."""
    app.connect("env-get-outdated", _look)
    app.connect("source-read", _leave_out, priority=900)

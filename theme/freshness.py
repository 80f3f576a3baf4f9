"""Run a notebook again when something that it imports has changed.

The cache of executed notebooks knows a notebook by its own cells alone. Here each notebook also has
a fingerprint of what it stands on: `lib`, the data, the lock, the Python version, and the folder of
the explorers where it uses one. A notebook whose fingerprint has changed is dropped from the cache
and read again.
"""

import hashlib
import json
import sys
from pathlib import Path

from jupyter_cache import get_cache
from sphinx.util import logging

logger = logging.getLogger(__name__)

FOUNDATION = ("lib/**/*.py", "book/data/**/*.*", "requirements.lock")
LOOK = ("theme/**/*.*", "explorers/static/*")
EXPLORERS = ("explorers/**/*.py", "explorers/**/*.mjs", "explorers/**/*.css")


def fingerprint(root, patterns):
    """Return a hash of the files under `root` that match, and of the Python version."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
        if "__pycache__" in path.parts:
            continue
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fingerprints(root, notebooks):
    """Return {notebook: fingerprint of what it stands on}, paths relative to `root`."""
    plain, with_explorers = fingerprint(root, FOUNDATION), fingerprint(root, FOUNDATION + EXPLORERS)
    return {
        notebook: with_explorers if "explorers" in (root / notebook).read_text("utf-8") else plain
        for notebook in notebooks
    }


def _forget_stale_runs(app, env, added, changed, removed):
    """Drop the stale notebooks from the cache and name their pages for reading again."""
    root = Path(app.srcdir)
    sources = {env.doc2path(name, base=False): name for name in env.found_docs}
    current = fingerprints(root, [path for path in sources if path.endswith(".ipynb")])
    record = Path(app.doctreedir) / "fingerprints.json"
    known = json.loads(record.read_text("utf-8")) if record.exists() else {}
    stale = {path for path, value in current.items() if known.get(path) != value}
    cache = get_cache(env.mystnb_config.execution_cache_path)
    for entry in cache.list_cache_records():
        if any(Path(entry.uri) == root / path for path in stale):
            cache.remove_cache(entry.pk)
    record.write_text(json.dumps(current, indent=1), "utf-8")
    if stale:
        logger.info("running again: %s", ", ".join(sorted(stale)))
    return [sources[path] for path in sorted(stale)]


def _note_the_look(app, config):
    config.look = fingerprint(Path(app.srcdir), LOOK)


def setup(app):
    """Look for stale notebooks, and for a changed theme, before Sphinx decides what to read."""
    app.add_config_value("look", "", "env")  # another value makes every page anew
    app.connect("config-inited", _note_the_look)
    app.connect("env-get-outdated", _forget_stale_runs)

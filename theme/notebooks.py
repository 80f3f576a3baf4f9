"""The site shows the runs of the notebooks that the runner has stored, and says where one stopped.

Sphinx itself runs no notebook (`execute_notebooks: "off"`). Before it reads, what is stale is run;
as it reads a notebook, the source is replaced by the run. A build with a notebook that did not run
to its end is finished, and fails: STOPPED is its exit status.
"""

import hashlib
import json
import os
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from runner.pool import last_lines, run_stale
from runner.runs import Runs

from .state import Application

logger = logging.getLogger(__name__)

STOPPED = 3  # Sphinx's own are 1 and 2
LOOK = ("theme/**/*.*", "explorers/*/*.mjs", "explorers/*/*.css")


def _note_the_look(app: Sphinx, config: Config) -> None:
    digest = hashlib.sha256()
    root = Path(app.srcdir)
    for path in sorted({path for pattern in LOOK for path in root.glob(pattern)}):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    config.look = digest.hexdigest()


def runs_of(app: Sphinx) -> Runs:
    """Return the runs of this build: beside its output, unless the environment names a folder."""
    root = Path(app.srcdir)
    if os.environ.get("BOOK_RUNS"):
        return Runs.of(root)
    return Runs(root, Path(app.outdir).parent / "runs")


def notebooks(env: BuildEnvironment) -> dict[str, Path]:
    """Return {docname: path} of the notebooks that the build knows."""
    paths = {name: Path(env.doc2path(name)) for name in env.found_docs}
    return {name: path for name, path in paths.items() if path.suffix == ".ipynb"}


def _run_what_is_stale(
    app: Application, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Run the stale notebooks; name the pages whose run is another than they show."""
    runs, paths = runs_of(app), notebooks(env)
    app.stopped_runs = run_stale(runs, paths.values(), logger.info)
    record = Path(app.doctreedir) / "runs.json"
    known = json.loads(record.read_text("utf-8")) if record.exists() else {}
    digests = {
        name: hashlib.sha256(runs.run_of(path).target.read_bytes()).hexdigest()
        for name, path in paths.items()
    }
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(digests, indent=1, sort_keys=True), "utf-8")
    return sorted(name for name, digest in digests.items() if known.get(name) != digest)


def _read_the_run(app: Sphinx, docname: str, source: list[str]) -> None:
    path = Path(app.env.doc2path(docname))
    if path.suffix == ".ipynb":
        source[0] = runs_of(app).run_of(path).page()


def _say_what_stopped(app: Application, exception: Exception | None) -> None:
    """Say it in the last lines, and let the build fail."""
    stopped = getattr(app, "stopped_runs", [])
    if exception is None and stopped:
        for line in last_lines(stopped, len(notebooks(app.env))):
            logger.info(line)
        app.statuscode = STOPPED


def setup(app: Sphinx) -> None:
    """Run notebooks before Sphinx decides what to read; show their runs."""
    app.add_config_value("look", "", "env")  # another value makes every page anew
    app.connect("config-inited", _note_the_look)
    app.connect("env-get-outdated", _run_what_is_stale)
    app.connect("source-read", _read_the_run)
    app.connect("build-finished", _say_what_stopped)

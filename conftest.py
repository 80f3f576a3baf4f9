"""What all tests share: the order in which they run, one build of the site, one browser."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

# Before NumPy is imported: two threads on two busy cores make small products much slower, and the
# last bits of a sum depend on their number.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["JOBS"] = "1"  # the tests themselves run side by side

import hypothesis
import pytest
from filelock import FileLock
from nbval.plugin import IPyNbFile
from playwright.sync_api import sync_playwright
from xdist.scheduler import LoadFileScheduling

from judge.contract import with_outputs
from manuscript.pages import taken_out
from runner.pool import run_stale
from runner.runs import Runs
from tests import browser
from tests.runner.compared import ComparedFile, notebooks_of
from theme.notebooks import STOPPED
from theme.serving import serve

ROOT = Path(__file__).parent
collect_ignore = ["tests/made_up_chapter"]  # it comes into a copy of the book, by a test
for page in taken_out(ROOT):  # its tests are not asked either
    tested = f"tests/chapters/test_{page.stem.replace('-', '_')}.py"
    collect_ignore += [page.relative_to(ROOT).as_posix(), tested]
pytest_plugins = ("pytester",)
SITE = ROOT / "_build" / "html"
# Files that would keep one process busy when the others have nothing left to do: they are handed
# out by functions, or by what their tests share, an opened page or an engine.
BY_FUNCTION = {
    "test_access.py", "test_address.py", "test_contract_page.py", "test_site.py", "test_weight.py"
}  # fmt: skip
BY_SHARED = {
    "tests/theme/test_print.py": re.compile(r"book/[\w-]+\.html"),
    "tests/explorers/test_engines.py": re.compile("chromium|firefox|webkit"),
}

hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items):
    """Run what is quick first, so that a failure shows early: code, notebooks, site, browser.

    What only one process can do starts before the rest of its kind, so that nothing waits for it.
    """
    items.sort(key=_stage)


def pytest_xdist_make_scheduler(config, log):
    """Give each process whole files, and of the longest parts that belong together.

    What grades looks for stray processes, and stays in one process.
    """

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            if file.startswith("tests/coursework/"):
                return "coursework"
            if file in BY_SHARED:
                shared = BY_SHARED[file].search(nodeid)
                return f"{file} {shared[0]}" if shared else file
            return nodeid.partition("[")[0] if Path(file).name in BY_FUNCTION else file

    return ByFile(config, log)


def _stage(item):
    fixtures = getattr(item, "fixturenames", ())
    uses_notebooks = item.nodeid.partition("::")[0].endswith(".ipynb") or "executed" in fixtures
    grades = "coursework" in item.path.parts[-2:-1]
    in_lab = item.path.name == "test_lab.py"
    return (
        not in_lab and not {"chromium", "engine"}.isdisjoint(fixtures),
        not in_lab and not {"site", "small_book", "book"}.isdisjoint(fixtures),
        in_lab,
        uses_notebooks,
        grades,
    )


def pytest_collect_file(parent, file_path):
    """Compare the stored outputs of a notebook with its run, unless nbval is asked to run it."""
    options = parent.config.option
    if file_path.suffix == ".ipynb" and not (options.nbval or options.nbval_lax):
        return ComparedFile.from_parent(parent, path=file_path)
    return None


def pytest_collectstart(collector):
    """Let nbval compare what is stored of a table, its text, and not its HTML."""
    if isinstance(collector, IPyNbFile):
        collector.skip_compare += ("text/html",)


@pytest.fixture(scope="session")
def executed(request):
    """Return a function from a notebook's path to its page with the outputs of its run.

    All notebooks that the tests of this session ask for are run at once, where they are stale.
    """
    run_stale(Runs.of(ROOT), notebooks_of(request.session.items))
    return cache(with_outputs)


@pytest.fixture(scope="session")
def build(pytestconfig, testrun_uid):
    """Build the site anew from every page; return what the build printed and its exit status.

    One page with a warning, or one notebook that stops, is for one test to say: the others read
    the site as it is. Processes that run tests side by side share one build.
    """
    record = ROOT / "_build" / "tests" / f"site-{testrun_uid}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(record.with_name("site.lock")):
        if not record.exists():
            for old in record.parent.glob("site-*.json"):
                old.unlink()
            record.write_text(json.dumps(_build_site(pytestconfig)), "utf-8")
    return SimpleNamespace(**json.loads(record.read_text("utf-8")))


def _build_site(pytestconfig):
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT]
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\nBuilding the site …", flush=True)
        done = subprocess.run(
            [*command, "--all", "--keep-going"], capture_output=True, text=True, check=False
        )
    return {"returncode": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


@pytest.fixture(scope="session")
def site(build):
    """Return the folder of the site."""
    assert build.returncode in (0, STOPPED), build.stdout[-2000:] + build.stderr[-2000:]
    return SITE


@pytest.fixture(scope="session")
def site_url(site):
    """Return the address at which the built site is served."""
    with serve(site) as url:
        yield url


@pytest.fixture(scope="session")
def playwright():
    """Return Playwright; a thread has room for one."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright):
    """Return a headless Chromium, driven by Playwright; where there is none, skip or fail."""
    with browser.launch(playwright) as running:
        yield running


def pytest_terminal_summary(terminalreporter):
    """Say it loudly when tests in a browser, in the sandbox or against PyTorch did not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any("PyTorch is not installed" in str(report.longrepr) for report in skipped):
        terminalreporter.section("TESTS AGAINST PYTORCH DID NOT RUN", yellow=True, bold=True)
        terminalreporter.line("It is not installed; .ci/run installs it (a build for the CPU).")
    if any("THE SANDBOX DID NOT RUN" in str(report.longrepr) for report in skipped):
        terminalreporter.section("THE SANDBOX DID NOT RUN", yellow=True, bold=True)
        terminalreporter.line("Students' code was not graded in bubblewrap; .ci/run installs it.")
    if any("PYTHON ON THE PAGES WAS NOT TESTED" in str(report.longrepr) for report in skipped):
        terminalreporter.section("PYTHON ON THE PAGES WAS NOT TESTED", yellow=True, bold=True)
        terminalreporter.line("What it is made of is not here; `python -m live` fetches it.")
    for engine, message in browser.MISSING.items():
        count = sum(message in str(report.longrepr) for report in skipped)
        if count:
            title = f"{count} TESTS IN {engine} DID NOT RUN"
            terminalreporter.section(title, yellow=True, bold=True)
            terminalreporter.line(message)

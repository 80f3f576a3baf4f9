"""What all tests share: the order in which they run, one build of the site, one browser."""

import os
import subprocess
import sys
from pathlib import Path

# Before NumPy is imported: two threads on two busy cores make small products much slower, and the
# last bits of a sum depend on their number.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import hypothesis
import pytest
from playwright.sync_api import sync_playwright

from tests import browser
from tools.contract import execute

ROOT = Path(__file__).parent
pytest_plugins = ("pytester",)
SITE = ROOT / "_build" / "html"

hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items):
    """Run what is quick first, so that a failure shows early: code, notebooks, site, browser."""
    items.sort(key=_stage)


def _stage(item):
    fixtures = getattr(item, "fixturenames", ())
    uses_notebooks = item.nodeid.partition("::")[0].endswith(".ipynb") or "executed" in fixtures
    grades = "coursework" in item.path.parts[-2:-1]
    return (
        item.path.name == "test_lab.py",
        not {"chromium", "engine"}.isdisjoint(fixtures),
        not {"site", "small_book"}.isdisjoint(fixtures),
        uses_notebooks,
        grades,
    )


@pytest.fixture(scope="session")
def executed():
    """Return a function that runs a notebook, once per session, and returns it as a page."""
    pages = {}

    def run(path):
        if path not in pages:
            pages[path] = execute(path)
        return pages[path]

    return run


@pytest.fixture(scope="session")
def site(pytestconfig):
    """Return the folder of the site, built anew from every page with warnings as errors."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT]
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\nBuilding the site, warnings are errors …", flush=True)
        build = subprocess.run([*command, "--all", "-W", "--keep-going", "-q"], check=False)
    assert build.returncode == 0, "jupyter-book build . --all -W --keep-going has failed"
    return SITE


@pytest.fixture(scope="session")
def site_url(site):
    """Return the address at which the built site is served."""
    with browser.serve(site) as url:
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
    for engine, message in browser.MISSING.items():
        count = sum(message in str(report.longrepr) for report in skipped)
        if count:
            title = f"{count} TESTS IN {engine} DID NOT RUN"
            terminalreporter.section(title, yellow=True, bold=True)
            terminalreporter.line(message)

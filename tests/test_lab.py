"""The reader's copy in a real JupyterLab: nothing raw, no dead link, a live explorer, a clean git.

Lab opens the stored runs. Of every third chapter it runs again what makes an explorer live, one it
runs whole. It is started as `make lab` starts it.
"""

import ast
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request

import nbformat
import pytest

from desk.__main__ import environment
from desk.copies import lay_out
from desk.pages import Book
from judge.stored_outputs import KERNEL
from manuscript.pages import ROOT, Page, figure_of, hidden, notebooks
from runner.depends import python_of
from runner.pool import run_stale
from runner.runs import Runs
from tests.clone import git
from tests.explorers.test_colours import contrast

NOTEBOOKS = notebooks(ROOT)
WITH_EXPLORER = [path for path in NOTEBOOKS if "from explorers import" in path.read_text("utf-8")]
LIVE = WITH_EXPLORER[::3]  # a kernel takes seconds; nbval and the engines' tests know each explorer
WITH_ROLES = [path for path in NOTEBOOKS if "textcolor" in path.read_text("utf-8")]
WHOLE = [path for path in NOTEBOOKS if path.name == "entropy.ipynb"]
SAVED = [*WHOLE, *NOTEBOOKS[::4]]  # takes seconds each, and tells of Lab more than of the notebook
WINDOW = {"width": 1300, "height": 1000}
READABLE = 4.5  # the contrast of text, by WCAG 2.2, 1.4.3
PATIENCE = 120_000  # milliseconds; only a run that hangs waits so long
UNRENDERED = re.compile(
    r":{3,}|`{3,}|\{[a-z][\w:-]*\}`|\{\{|\]\{[.#]|\$\$|^\([\w-]+\)=$|^:[a-z-]+: "
    r"|\\(?:frac|log|sum|text|mathrm|textcolor)\b|Unknown (?:Directive|Role)",
    re.M,
)
OPEN = "(path) => void window.jupyterapp.commands.execute('docmanager:open', { path })"
OPENED = """(path) => {
  const panel = window.jupyterapp.shell.currentWidget;
  return panel?.context?.path === path && panel.context.isReady && panel.content.widgets.length > 0;
}"""
CLOSE = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.sessionContext.shutdown();
  panel.dispose();
}"""
# Lab may still be measuring the toolbar of a notebook that has just been closed and has none now.
OF_A_CLOSED_NOTEBOOK = (
    "Error while computing the ReactiveToolbar "
    "TypeError: Cannot read properties of null (reading 'widgets')"
)
# Run the code cells with these ids, in the order of the notebook; without ids, all cells.
RUN = """(ids) => {
  const { commands, shell } = window.jupyterapp;
  const { content, sessionContext } = shell.currentWidget;
  window.cellsRan = false;
  const run = async () => {
    await sessionContext.ready;
    await sessionContext.session.kernel.info;
    window.dirtyAtFirst = shell.currentWidget.context.model.dirty;
    if (!ids) return commands.execute('notebook:run-all-cells');
    for (const [place, cell] of content.widgets.entries()) {
      if (!ids.includes(cell.model.id)) continue;
      content.activeCellIndex = place;
      await commands.execute('notebook:run-cell');
    }
  };
  run().then(() => { window.cellsRan = true; });
}"""
HAS_RUN = """() => window.cellsRan &&
  window.jupyterapp.shell.currentWidget.content.widgets.every((cell) =>
    cell.model.type !== 'markdown' ||
    (cell.rendered && cell.node.querySelector('.myst')?.childElementCount))"""
# What the reader reads, without code and without the copy of each formula for screen readers.
TEXTS = """() => [...document.querySelectorAll('.jp-MarkdownCell .myst')].map((root) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest('pre, code, .katex-mathml')) texts.push(node.data);
  }
  return texts.join('');
})"""
NOT_FOUND = """() => [...document.querySelectorAll('.jp-MarkdownCell .myst [title]')]
  .filter((node) => /not found|undefined|error/i.test(node.title))
  .map((node) => `${node.title}: ${node.textContent}`)"""
# Links that lead nowhere: to nothing, to an id that is not there, to a file that is not there.
DEAD = """(files) => [...document.querySelectorAll('.jp-MarkdownCell .myst a')].filter((link) => {
  const href = link.getAttribute('href') ?? '';
  if (href.startsWith('#')) return !document.getElementById(href.slice(1));
  const { origin, pathname } = new URL(href, location);
  return origin === location.origin && !files.includes(decodeURI(pathname).split('/').pop());
}).map((link) => link.outerHTML)"""
# Letters of formulas that have a role's colour, each with the ground behind it, as #rrggbb.
COLOURS = """() => {
  const two = (number) => Number(number).toString(16).padStart(2, '0');
  const hex = (rgb) => '#' + rgb.match(/[0-9.]+/g).slice(0, 3).map(two).join('');
  const letters = document.querySelectorAll('.myst .katex [style*="color:"]');
  return [...letters].filter((letter) => letter.textContent.trim()).map((letter) => {
    let behind = letter;
    const clear = 'rgba(0, 0, 0, 0)';
    while (getComputedStyle(behind).backgroundColor === clear) behind = behind.parentElement;
    return [hex(getComputedStyle(letter).color), hex(getComputedStyle(behind).backgroundColor)];
  });
}"""
CHANGE_THEME = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
# The theme is there with its style sheet: a ground that is as light as it should be.
THEME_IS_THERE = """(light) => {
  const panel = document.querySelector('.jp-NotebookPanel-notebook');
  const { backgroundColor } = getComputedStyle(panel);
  const [red] = backgroundColor.match(/[0-9]+/g);
  return document.body.dataset.jpThemeLight === String(light) && red > 128 === light
    && !backgroundColor.startsWith('rgba');
}"""
# Of each picture that a cell has drawn its width, and that of its place.
PICTURES = """() => [...document.querySelectorAll('.jp-OutputArea-output > img')].map((img) => [
  img.getBoundingClientRect().width, img.closest('.jp-OutputArea-output').clientWidth])"""
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.model.type === 'code')
  .map((cell) => ({
    id: cell.model.id,
    folded: cell.inputHidden,
    ran: cell.model.executionCount !== null,
    wrong: cell.model.sharedModel.outputs
      .filter((output) => output.output_type === 'error' || output.name === 'stderr')
      .map((output) => output.evalue || String(output.text)),
  }))"""
# The state of the explorers as Python has it.
IN_PYTHON = """async () => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const code = `[v.get_state() for v in list(globals().values())
    if type(v).__module__.startswith("explorers.")]`;
  const done = await kernel.requestExecute(
    { code: '', silent: true, user_expressions: { state: code } }).done;
  return JSON.stringify(done.content.user_expressions.state);
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory, chromium):
    """Start JupyterLab on a reader's copy, as it ran; yield its address and the clone around it."""
    clone, home = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "book", clone / "book")
    for name in (".gitignore", "_toc.yml"):
        shutil.copy(ROOT / name, clone)
    git(clone, "init", "--quiet")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "The book")
    assert list(lay_out(clone, clone / "work"))
    runs, book = Runs.of(ROOT), Book(clone)
    assert not run_stale(runs, NOTEBOOKS)
    for path in NOTEBOOKS:
        nbformat.write(book.for_lab(runs.run_of(path).joined()), clone / "work" / path.name)
    settings = home / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # Every cell stands in the document, not only those in view.
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    folders = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    port = _free_port()
    options = {
        "IdentityProvider.token": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.expose_app_in_browser": True,
        "ServerApp.allow_root": True,
        "ServerApp.open_browser": False,
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": clone / "work",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *arguments],
            env={**os.environ, **environment(), **{name: str(f) for name, f in folders.items()}},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server, home / "lab.log")
            yield url, clone
        finally:
            server.terminate()
            server.wait(30)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url, server, log):
    pause = threading.Event()
    for _ in range(300):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/api/status", timeout=5).close()
            return
        assert server.poll() is None, log.read_text("utf-8")
        pause.wait(0.2)
    pytest.fail(f"JupyterLab does not answer: {log.read_text('utf-8')}")


def needed_by_explorers(path):
    """Return the ids of the cells that show an explorer, and of those whose names they need."""
    page = Page.read(path)
    trees = {cell.id: ast.parse(python_of(cell.source)) for cell in page.code}
    explorers = {
        alias.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "explorers"
        for alias in node.names
    }
    found, wanted = [], set()
    for cell in reversed(page.code):
        tree = trees[cell.id]
        shows = any(re.search(rf"\b{name}\(", cell.source) for name in explorers)
        if shows or wanted.intersection(names_given(tree)):
            found.append(cell.id)
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            wanted = wanted - names_given(tree) | names
    return found[::-1]


def names_given(tree):
    """Return the names that a cell gives to something: imports, functions, classes, variables."""
    given = {node.id for node in ast.walk(tree)
             if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            given |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            given.add(node.name)
    return given


@pytest.fixture(scope="module")
def window(chromium, lab):
    """Return a reader's window with Lab in it, in which notebooks are opened and closed."""
    url, _ = lab
    page = chromium.new_page(viewport=WINDOW)
    page.set_default_timeout(PATIENCE)
    page.troubles = []

    def note(told):
        if told.type == "error" and not told.text.startswith(OF_A_CLOSED_NOTEBOOK):
            page.troubles.append(told.text)

    page.on("console", note)
    page.goto(f"{url}/lab")
    page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")
    yield page
    page.close()


@contextlib.contextmanager
def opened_and_run(window, name, cells=None):
    """Open a notebook, alone in the window, and run these cells or all; yield the page."""
    window.troubles.clear()
    window.evaluate(OPEN, name)
    window.wait_for_function(OPENED, arg=name)
    window.evaluate(RUN, cells)
    window.wait_for_function(HAS_RUN)
    yield window
    window.evaluate(CLOSE)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.name)
def opened(window, request):
    """Return the path of each notebook and the browser's page in which it has run."""
    name = request.param.name
    cells = needed_by_explorers(request.param) if request.param in LIVE else []
    cells = None if request.param in WHOLE else cells
    with opened_and_run(window, name, cells) as page:
        yield request.param, page


def raw_texts(page):
    return [text for text in page.evaluate(TEXTS) if UNRENDERED.search(text)]


def failing_cells(page):
    return [cell for cell in page.evaluate(OUTPUTS) if cell["wrong"] or not cell["ran"]]


def test_no_directive_or_role_is_left_raw(opened):
    _, page = opened
    assert not raw_texts(page)


def test_no_reference_or_formula_is_marked_as_wrong(opened):
    _, page = opened
    assert not page.evaluate(NOT_FOUND)


def test_every_link_leads_somewhere(opened, lab):
    _, page = opened
    _, clone = lab
    assert page.locator(".jp-MarkdownCell .myst a").count()
    assert not page.evaluate(DEAD, [path.name for path in (clone / "work").iterdir()])
    assert not page.troubles


@pytest.mark.parametrize("opened", WITH_ROLES, indirect=True, ids=lambda path: path.name)
def test_the_colours_of_formulas_can_be_read_in_both_themes(opened):
    _, page = opened
    for theme, light in (("JupyterLab Dark", False), ("JupyterLab Light", True)):
        page.evaluate(CHANGE_THEME, theme)
        page.wait_for_function(THEME_IS_THERE, arg=light)
        pairs = page.evaluate(COLOURS)
        assert pairs
        assert not [pair for pair in pairs if contrast(*pair) < READABLE], theme


@pytest.mark.parametrize("opened", WHOLE, indirect=True, ids=lambda path: path.name)
def test_figures_shrink_with_the_window_and_have_captions(opened):
    path, page = opened
    before = page.evaluate(PICTURES)
    page.set_viewport_size({"width": 800, "height": 900})
    page.wait_for_function(f"(before) => ({PICTURES})()[0][1] < before", arg=before[0][1])
    pictures = page.evaluate(PICTURES)
    page.set_viewport_size(WINDOW)
    assert len(pictures) >= 3
    assert all(width <= place < before[0][0] for width, place in pictures)
    for cell in Page.read(path).code:
        if "caption" in figure_of(cell):
            label = page.locator(f"#{figure_of(cell)['name']}")
            assert label.inner_text().startswith("Figure")


def test_a_notebook_that_is_opened_is_not_changed_by_that(opened):
    _, page = opened
    assert page.evaluate("window.dirtyAtFirst") is False


def test_every_picture_in_the_text_is_loaded(opened):
    _, page = opened
    pictures = page.locator(".jp-MarkdownCell .myst img")
    assert all(p.evaluate("p => p.decode().then(() => true)") for p in pictures.all())


def test_every_cell_has_run_without_an_error_or_warning(opened):
    _, page = opened
    assert not failing_cells(page)


def test_folded_code_is_folded(opened):
    path, page = opened
    folded = [cell["folded"] for cell in page.evaluate(OUTPUTS)]
    assert folded == [hidden(cell) for cell in Page.read(path).code]


@pytest.mark.parametrize("opened", LIVE, indirect=True, ids=lambda path: path.name)
def test_an_explorer_is_live(opened):
    _, page = opened
    handle = page.locator(".jp-OutputArea .explorer:not([data-explorer]) [role=slider]").first
    handle.scroll_into_view_if_needed()
    shown, known = handle.get_attribute("aria-valuenow"), page.evaluate(IN_PYTHON)
    at_end = shown == handle.get_attribute("aria-valuemax")
    # a small step need not change what an explorer counts
    handle.press("PageDown" if at_end else "PageUp")
    moved = "([handle, shown]) => handle.ariaValueNow !== shown"  # drawn with the next frame
    page.wait_for_function(moved, arg=[handle.element_handle(), shown])
    page.wait_for_function(f"async (known) => await ({IN_PYTHON})() !== known", arg=known)


@pytest.mark.parametrize("opened", SAVED, indirect=True, ids=lambda path: path.name)
def test_after_looking_and_saving_git_is_clean_and_the_copy_counts_as_unedited(opened, lab):
    path, page = opened
    _, clone = lab
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    saved = (clone / "work" / path.name).read_bytes()
    assert git(clone, "status", "--porcelain") == ""
    assert not list(lay_out(clone, clone / "work"))
    before = (clone / "book" / path.name).read_text("utf-8")
    (clone / "book" / path.name).write_text(before.replace('"# ', '"# Mended: ', 1), "utf-8")
    try:
        (line,) = lay_out(clone, clone / "work")
        assert "you had not edited" in line
    finally:
        (clone / "book" / path.name).write_text(before, "utf-8")
        (clone / "work" / path.name).write_bytes(saved)


RAW = ["[text]{.blue}", "{{ name }}", ":::{unknown}\nblock\n:::"]
NOT_FOUND_EITHER = ["{cite}`shannon1948`", "{numref}`fig-nowhere`", "$\\undefined{x}$"]


def test_what_lab_does_not_render_is_seen(lab, window):
    _, clone = lab
    cells = [nbformat.v4.new_markdown_cell(text) for text in RAW + NOT_FOUND_EITHER]
    cells += [nbformat.v4.new_code_cell(source) for source in ("1 / 0", "print('not reached')")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, clone / "work" / "broken.ipynb")
    with opened_and_run(window, "broken.ipynb") as page:
        assert len(raw_texts(page)) == len(RAW)
        assert len(page.evaluate(NOT_FOUND)) == len(NOT_FOUND_EITHER)
        assert len(failing_cells(page)) == 2

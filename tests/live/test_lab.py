"""JupyterLite at `live/`: laid out whole, no other host is asked, a set is done and checked."""

import io
import json
import re
import zipfile

import pytest

from coursework import sets
from coursework.check import check_notebook
from live import lab
from live.inside.check import Here
from live.inside.jupyter import with_call
from live.layout import layout
from live.sources import pins
from manuscript.pages import ROOT
from theme.doors import chapters
from theme.serving import serve

PS1 = sets.load(sets.BUILT_IN / "ps1")
ANSWERS = {cell.grade_id: cell.source for cell in PS1.master if cell.role in ("answer", "words")}
WHILE = 120_000  # ms that Python may take to come, on a slow machine with other tests beside it


@pytest.fixture(scope="module")
def page(gathered):
    return layout(ROOT, gathered, chapters(ROOT))


@pytest.fixture(scope="module")
def made(gathered, page):
    return lab.lab(ROOT, gathered, page)


@pytest.fixture(scope="module")
def settings(made):
    return json.loads(made.files["jupyter-lite.json"])["jupyter-config-data"]


def test_it_is_the_same_bytes_each_time(gathered, page, made):
    assert lab.lab(ROOT, gathered, page).files == made.files


def test_all_that_the_lock_names_is_there_and_known_by_its_sha256(gathered, page, made, settings):
    python = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    options = python["loadPyodideOptions"]
    lock = json.loads(made.files[options["lockFileURL"]])["packages"]
    assert set(options["packages"]) == set(lock) > {"numpy", "ipython", "anywidget", "coursework"}
    for entry in lock.values():
        name = entry["file_name"]
        shared = name.removeprefix("../../python/")
        assert (shared in page.files) if shared != name else (f"wheels/{name}" in made.files)
    core = python["pyodideUrl"].removeprefix("./../python/")
    assert core in page.files


def test_what_readers_install_too_has_the_version_of_their_lock():
    locked = dict(
        re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements.lock").read_text(), re.M)
    )
    own = {"jupyterlite-core", "jupyterlite-pyodide-kernel", "micropip"}
    found = dict(pin.pip.split("==") for pin in pins() if pin.door == "lab")
    assert {name: locked[name] for name in found if name not in own} == {
        name: number for name, number in found.items() if name not in own
    }


def test_each_extension_is_there_with_the_file_that_is_loaded_first(made, settings):
    extensions = settings["federated_extensions"]
    assert len(extensions) == 4
    for one in extensions:
        load = one["load"].removeprefix("./")
        assert f"extensions/{one['name']}/{load}" in made.files


def test_no_other_host_is_asked(made, settings):
    python = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert python["disablePyPIFallback"] is True
    ours = {"jupyter-lite.json", *(name for name in made.files if name.startswith("beside-"))}
    kept = {name: made.files[name].decode() for name in ours if not name.endswith(".css")}
    assert len(kept) == 3
    assert not [name for name, text in kept.items() if re.search(r"https?://", text)]
    pages = [made.files[f"{app}/index.html"].decode() for app in lab.APPS]
    assert not [html for html in pages if re.search(r'(?:src|href)="(?:https?:)?//', html)]


def test_each_chapter_and_each_set_is_there_and_listed(made):
    listed = {one["path"] for one in json.loads(made.files["api/contents/all.json"])["content"]}
    there = {name.removeprefix("files/") for name in made.files if name.startswith("files/")}
    assert listed == there == set(made.settings["documents"])
    assert {"entropy.ipynb", "rlhf.ipynb", "ps1.ipynb", "ps2.ipynb", "ps3.ipynb"} < listed
    entropy = json.loads(made.files["files/entropy.ipynb"])
    assert entropy["metadata"]["kernelspec"]["name"] == "python"


def test_no_solution_and_no_hidden_test_is_carried(made):
    with zipfile.ZipFile(io.BytesIO(lab.grader_wheel(ROOT))) as wheel:
        names = wheel.namelist()
    assert "coursework/check.py" in names
    assert not [name for name in names if re.search("sets/|hidden|bank", name)]
    for name in ("ps1", "ps2", "ps3"):
        notebook = json.loads(made.files[f"files/{name}.ipynb"])
        released = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
        hidden = (sets.BUILT_IN / name / "hidden.py").read_text("utf-8").splitlines()
        telling = {line.strip() for line in hidden if "rng." in line or "check_close(" in line}
        assert len(telling) > 10
        assert not [line for line in telling if line in released]
        assert "BEGIN SOLUTION" not in released


def test_a_set_with_data_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(type(PS1), "files", property(lambda one: (str(ROOT / "LICENSE"),)))
    with pytest.raises(ValueError, match="hands out data files"):
        lab.contents(ROOT, [PS1])


def test_a_teachers_own_set_is_carried_beside(tmp_path, monkeypatch):
    monkeypatch.setenv(lab.OWN_SETS, str(tmp_path))
    assert lab.set_folders()[-1] == tmp_path
    assert [folder.name for folder in lab.set_folders()[:-1]] == ["ps1", "ps2", "ps3"]


# ---- the check ---------------------------------------------------------------------------------


def written(folder, answers):
    """Write the set as `live/` gives it, with these answers; return its path."""
    notebook = json.loads(lab.contents(ROOT, [PS1])["ps1.ipynb"])
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    path = folder / "ps1.ipynb"
    path.write_text(json.dumps(notebook))
    return path


SOME = {
    **ANSWERS,
    "report_worth-answer": "def report_worth(weights, possible):\n    return 1.5",
    "jokers_and_coin-answer": "order_bits = 1 / 0",
    "safe_prices-answer": "def safe_prices(q, most):\n    return q[:, None]",
    "block_cost-answer": "import asyncio\nblock_cost = await asyncio.sleep(0, max)",
    "unused_budget": "YOUR ANSWER HERE",
}


@pytest.mark.parametrize("answers", [{}, SOME, ANSWERS], ids=["none", "some", "all"])
def test_the_line_in_the_notebook_says_what_the_command_says(tmp_path, answers, capsys):
    path = written(tmp_path, answers)
    assert check_notebook(path, student=Here) == check_notebook(path)


def test_of_a_wrong_answer_it_says_which_assert_has_failed(tmp_path):
    lines = check_notebook(written(tmp_path, SOME), student=Here)
    (wrong,) = [line for line in lines if line.says.startswith("report_worth")]
    assert wrong.sign == "✗"
    assert "assert np.isclose(report_worth(deck, hearts), 2)" in wrong.says


def test_the_line_alone_becomes_a_call_that_can_be_waited_for():
    transform = with_call(["# why\n", "%check\n", "x = '%check'\n"])
    with pytest.raises(StopIteration) as end:
        transform.send(None)
    first, call, last = end.value.value
    assert call.startswith("await ")
    assert (first, last) == ("# why\n", "x = '%check'\n")


# ---- in Chromium -------------------------------------------------------------------------------

SHOWN = """() => {
  const { context, content } = window.jupyterapp?.shell.currentWidget ?? {};
  return context?.isReady && content.widgets.length === content.model.cells.length;
}"""
WRITE = """([name, source]) => {
  const { widgets } = window.jupyterapp.shell.currentWidget.content;
  const cell = widgets.find((one) => one.model.getMetadata("nbgrader")?.grade_id === name);
  cell.model.sharedModel.setSource(source);
}"""
RUN = """async (id) => {
  const { content, sessionContext } = window.jupyterapp.shell.currentWidget;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
  content.activeCellIndex = content.widgets.findIndex((one) => one.model.id === id);
  await window.jupyterapp.commands.execute("notebook:run-cell");
  const outputs = content.widgets[content.activeCellIndex].model.outputs.toJSON();
  return outputs.map((one) => one.text ?? one.traceback ?? "").flat().join("");
}"""
RUN_ALL = """async () => {
  const { content, sessionContext } = window.jupyterapp.shell.currentWidget;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
  return content.widgets.filter((one) => one.model.type === "code").map(({ model }) => [
    model.id, model.outputs.toJSON().map((one) => one.text ?? one.ename ?? "").flat().join("")]);
}"""
EXECUTE = """async (code) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const asked = kernel.requestExecute({ code });
  let said = "";
  asked.onIOPub = ({ content }) => { said += content.text ?? ""; };
  await asked.done;
  return said;
}"""


def test_a_chapter_runs_as_its_notebook_and_a_set_is_checked(chromium, page, made, tmp_path):
    for one in (page, made):
        one.write(tmp_path)
    (tmp_path / "live" / "index.html").write_text('<script id="jupyter-config-data">{}</script>')
    context = chromium.new_context()
    asked, tab = [], context.new_page()
    context.on("request", lambda request: asked.append(request.url))
    tab.set_default_timeout(WHILE)
    with serve(tmp_path) as url:
        tab.goto(f"{url}/{made.settings['opens']}news-telegram.ipynb")
        tab.wait_for_function(SHOWN)
        shown = dict(tab.evaluate(RUN_ALL))
        notebook = json.loads((ROOT / "book" / "news-telegram.ipynb").read_text("utf-8"))
        compared = [cell for cell in notebook["cells"]
                    if "nbval-check-output" in cell["metadata"].get("tags", [])]  # fmt: skip
        assert len(compared) > 5
        for cell in compared:
            stored = "".join("".join(one.get("text", "")) for one in cell["outputs"])
            assert shown[cell["id"]].strip() == stored.strip()

        # An explorer, by hand and from the next cell.
        handle = tab.locator(".jp-OutputArea .explorer [role=slider]").first
        handle.press("PageUp")
        told = (json.loads(tab.evaluate(EXECUTE, "print(triangle.q)")) for _ in range(50))
        q = next(q for q in told if q[0] > 0.3)  # it is told with one of the next frames
        assert q[0] == pytest.approx(float(handle.get_attribute("aria-valuenow")))

        # A set: a wrong answer, then the right ones.
        tab.goto(f"{url}/{made.settings['opens']}ps1.ipynb")
        tab.wait_for_function(SHOWN)
        tab.evaluate(WRITE, ["report_worth-answer", SOME["report_worth-answer"]])
        said = tab.evaluate(RUN, "check")
        assert "✗ report_worth: AssertionError: assert np.isclose(report_worth(deck" in said
        assert "· block_cost: not written yet" in said
        for name, source in ANSWERS.items():
            tab.evaluate(WRITE, [name, source])
        said = tab.evaluate(RUN, "check")
        assert said.count("✓") == len(PS1.questions)
        assert not re.search("[✗·]", said)
    hosts = {one.split("/")[2] for one in asked if not one.startswith(("blob:", "data:"))}
    assert hosts == {url.split("/")[2]}
    context.close()

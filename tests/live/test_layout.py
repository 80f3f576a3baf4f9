"""The folder `python/` of the site: whole, the same bytes each time, new names for new bytes."""

import gzip
import io
import json
import re
import zipfile

import pytest

from live.editor import named_by_files
from live.layout import Layout, book_wheel, layout, page_parts, weight, wheel_of
from manuscript.pages import ROOT

ENTROPY = {"entropy": ROOT / "book" / "entropy.ipynb"}


def test_a_package_is_named_by_its_file():
    text = 'import { a } from "@x/state";\nexport { b } from \'style\';\nimport c from "./c.mjs";\n'
    named = named_by_files(text, ["x-state.mjs", "style.mjs"])
    assert named == (
        'import { a } from "./x-state.mjs";\nexport { b } from "./style.mjs";\n'
        'import c from "./c.mjs";\n'
    )


def test_a_package_that_is_not_pinned_is_an_error():
    with pytest.raises(LookupError, match="@x/view, which is not pinned"):
        named_by_files('import { a } from "@x/view";', ["x-state.mjs"])


def test_the_wheel_is_the_same_bytes_each_time_and_others_when_a_file_changes():
    one = wheel_of("x", "1", {"b": b"2", "a": b"1"})
    assert one == wheel_of("x", "1", {"a": b"1", "b": b"2"})
    assert one != wheel_of("x", "1", {"a": b"2", "b": b"2"})


def test_the_wheel_holds_what_chapters_import_and_nothing_that_is_not_for_readers():
    with zipfile.ZipFile(io.BytesIO(book_wheel(ROOT))) as wheel:
        names = wheel.namelist()
    rooms = {name.partition("/")[0] for name in names}
    assert {"data", "exercises", "explorers", "figures", "lib", "training", "live"} < rooms
    assert "live/inside/start.py" in names
    assert "data/SHA256SUMS" in names
    others = re.compile(r"test|bank_|node_modules|\.pyc|lock\.json")
    assert not [name for name in names if others.search(name)]


def test_a_browser_finds_every_module_that_a_module_names(gathered):
    parts = page_parts(gathered)
    modules = {name: content.decode() for name, content in parts.items() if name.endswith(".mjs")}
    assert {"start.mjs", "worker.mjs", "editor/codemirror-view.mjs"} < set(modules)
    for name, text in modules.items():
        for there in re.findall(r"^(?:import|export)\b[^;'\"]*from\s+[\"']([^\"']+)", text, re.M):
            assert there.startswith("./"), (name, there)
            folder = name.rpartition("/")[0]
            assert f"{folder}/{there[2:]}".lstrip("/") in modules, (name, there)


def test_pyodides_own_lock_knows_its_wheels_by_the_same_sha256(gathered):
    official = json.loads(gathered["pyodide-lock.json"].read_text("utf-8"))["packages"]
    known = {one["file_name"]: one["sha256"] for one in official.values()}
    wasm = [name for name in gathered if "wasm32" in name]
    assert len(wasm) == 5
    for name in wasm:
        assert known[name] == gathered[name].name


def test_the_lock_asks_for_nothing_that_is_not_there(gathered):
    made = layout(ROOT, gathered, ENTROPY)
    lock = json.loads(made.files[made.settings["lock"]])["packages"]
    assert {"numpy", "matplotlib", "traitlets", "price-of-a-wrong-guess"} < set(lock)
    for entry in lock.values():
        assert set(entry["depends"]) <= set(lock)
        assert f"wheels/{entry['file_name']}" in made.files


def test_the_folder_says_under_which_licence_each_of_its_parts_is(gathered):
    made = layout(ROOT, gathered, ENTROPY)
    told = made.files["licences.txt"].decode()
    packages = {name.split("-")[0] for name in gathered if name.endswith(".whl")}
    wanted = {"pyodide", "codemirror", *packages}
    assert not [name for name in wanted if name.replace("_", "-") not in told.lower()]


def test_what_a_browser_loads_for_a_chapter_is_within_its_weight(gathered):
    made = layout(ROOT, gathered, ENTROPY)
    assert made.settings["weight"]["plain"] < 28e6
    assert made.settings["weight"]["packed"] < 23e6


def test_what_is_packed_already_is_not_packed_again():
    letters = b"a" * 1000
    assert weight([letters]) == {"plain": 1000, "packed": len(gzip.compress(letters, 6))}
    assert weight([b"\x8f\x01"]) == {"plain": 2, "packed": 2}


def test_what_an_older_build_has_left_is_taken_away(tmp_path):
    Layout({"page-1/a.mjs": b"1", "b": b"2"}, {}).write(tmp_path)
    Layout({"page-2/a.mjs": b"3", "b": b"2"}, {}).write(tmp_path)
    there = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.relative_to(tmp_path).as_posix() for path in there} == {
        "python/page-2/a.mjs", "python/b"
    }  # fmt: skip
    assert not (tmp_path / "python" / "page-1").exists()

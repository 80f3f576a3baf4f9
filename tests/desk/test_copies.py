"""The reader's copy: nothing that a reader has written is lost, and what is new arrives."""

import json
import subprocess

import nbformat
import pytest

from desk import copies
from desk.copies import AS_GIVEN, lay_out
from desk.pages import END
from manuscript.pages import ROOT

PAGE = "die.ipynb"
BESIDE = "die-new-version.ipynb"
WORK = "@book{hume1739, title={A Treatise}, author={Hume}, year={1739}, publisher={Noon}}\n"


@pytest.fixture
def root(tmp_path):
    """Return the folder of a small book: a notebook, a glossary, a work, a file of data."""
    (tmp_path / "book" / "data").mkdir(parents=True)
    (tmp_path / "_toc.yml").write_text("root: book/die\n")
    glossary = "# Glossary\n\n```{glossary}\nbit\n  A unit.\n\nnat\n  Another.\n```\n"
    (tmp_path / "book" / "glossary.md").write_text(glossary)
    (tmp_path / "book" / "references.bib").write_text(WORK)
    (tmp_path / "book" / "data" / "rolls.npz").write_bytes(b"\x00rolls")
    write(tmp_path, "A die has six sides, and a {term}`bit` two.")
    return tmp_path


def write(root, text, name=PAGE):
    cells = [
        nbformat.v4.new_markdown_cell(f"# A die\n\n{text}", id="words"),
        nbformat.v4.new_code_cell("1 + 1", id="sum"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "book" / name)


def told(root):
    """Lay out a book whose contents are its pages; return what that says."""
    files = sorted(path for path in (root / "book").iterdir() if path.suffix in (".ipynb", ".md"))
    chapters = "".join(f"- file: book/{path.stem}\n" for path in files if path.name != PAGE)
    (root / "_toc.yml").write_text(f"root: book/die\nchapters:\n{chapters}")
    return list(lay_out(root, root / "work"))


def words(path):
    return nbformat.read(path, as_version=4).cells[0].source.partition("\n\n")[2]


def edit(path, source="1 + 2  # mine"):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = source
    nbformat.write(notebook, path)
    return path.read_bytes()


def look_at(path):
    """Store what JupyterLab stores of a notebook that is only run: outputs, metadata, folds."""
    notebook = nbformat.read(path, as_version=4)
    code = notebook.cells[1]
    code.outputs = [nbformat.v4.new_output("stream", text="2")]
    code.execution_count = 1
    code.metadata["collapsed"] = True
    notebook.metadata["widgets"] = {"state": {}}
    path.write_text(json.dumps(notebook, indent=4))  # its own way to break lines


def test_the_first_time_everything_is_there_and_one_line_says_so(root):
    (line,) = told(root)
    assert line.startswith("Your copy of the book is in work/.")
    assert {path.name for path in (root / "work").iterdir()} == {
        PAGE, "glossary.md", "data", AS_GIVEN
    }  # fmt: skip
    assert (root / "work" / "data" / "rolls.npz").read_bytes() == b"\x00rolls"


def test_the_second_time_nothing_is_said_and_nothing_written(root):
    told(root)
    before = {path: path.stat().st_mtime_ns for path in (root / "work").rglob("*")}
    assert told(root) == []
    assert {path: path.stat().st_mtime_ns for path in (root / "work").rglob("*")} == before


def test_an_edited_copy_stays_byte_for_byte_while_its_page_is_the_same(root):
    told(root)
    mine = edit(root / "work" / PAGE)
    assert told(root) == []
    assert (root / "work" / PAGE).read_bytes() == mine
    assert not (root / "work" / BESIDE).exists()


def test_of_an_edited_copy_the_new_version_lies_beside_it_and_one_line_says_so(root):
    told(root)
    mine = edit(root / "work" / PAGE)
    write(root, "A die is a cube.")
    (line,) = told(root)
    assert f"work/{PAGE} stays as you have left it" in line
    assert f"work/{BESIDE}" in line
    assert (root / "work" / PAGE).read_bytes() == mine
    assert words(root / "work" / BESIDE) == "A die is a cube."
    assert told(root) == []


def test_a_copy_that_was_only_looked_at_is_renewed(root):
    told(root)
    look_at(root / "work" / PAGE)
    assert told(root) == []
    write(root, "A die is a cube.")
    (line,) = told(root)
    assert line == f"work/{PAGE} is the book's new version; you had not edited the old one."
    assert words(root / "work" / PAGE) == "A die is a cube."
    assert not (root / "work" / BESIDE).exists()


def test_a_second_new_version_replaces_the_first_unless_that_is_edited_too(root):
    told(root)
    first = edit(root / "work" / PAGE)
    write(root, "A die is a cube.")
    told(root)
    write(root, "A die is a fair cube.")
    (line,) = told(root)
    assert line.startswith(f"work/{BESIDE} is the book's new version")
    second = edit(root / "work" / BESIDE)
    write(root, "A die is a cube of bone.")
    (line,) = told(root)
    assert "die-new-version-2.ipynb" in line
    assert (root / "work" / PAGE).read_bytes() == first
    assert (root / "work" / BESIDE).read_bytes() == second
    assert words(root / "work" / "die-new-version-2.ipynb") == "A die is a cube of bone."


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells.append(nbformat.v4.new_code_cell("mine")),
        lambda cells: cells.reverse(),
        lambda cells: cells.pop(),
        lambda cells: cells[0].update(cell_type="raw"),
        lambda cells: cells[0].update(attachments={"me.png": {"image/png": "iVBORw0KGgo="}}),
        lambda cells: cells[0].update(source=cells[0].source + " "),
    ],
    ids=["a cell more", "another order", "a cell less", "another kind", "a picture", "a space"],
)
def test_each_of_these_is_an_edit(root, change):
    told(root)
    copy = root / "work" / PAGE
    notebook = nbformat.read(copy, as_version=4)
    change(notebook.cells)
    copy.write_text(json.dumps(notebook))
    mine = copy.read_bytes()
    write(root, "A die is a cube.")
    told(root)
    assert copy.read_bytes() == mine
    assert (root / "work" / BESIDE).exists()


@pytest.mark.parametrize("content", [b"", b"<<<<<<< mine", b"[]", b'{"cells": [1]}', b"\xff"])
def test_what_is_no_notebook_any_more_is_kept(root, content):
    told(root)
    (root / "work" / PAGE).write_bytes(content)
    write(root, "A die is a cube.")
    told(root)
    assert (root / "work" / PAGE).read_bytes() == content
    assert words(root / "work" / BESIDE) == "A die is a cube."


def test_a_folder_or_a_dead_link_in_the_place_of_a_page_is_kept(root):
    (root / "work" / PAGE).mkdir(parents=True)
    (root / "work" / "glossary.md").symlink_to("nowhere")
    told(root)
    assert (root / "work" / PAGE).is_dir()
    assert (root / "work" / "glossary.md").is_symlink()
    assert (root / "work" / BESIDE).is_file()


def test_a_readers_own_files_are_kept_also_where_a_new_page_has_their_name(root):
    told(root)
    (root / "work" / "coin.ipynb").write_text("mine")
    (root / "work" / "notes.txt").write_text("mine")
    write(root, "A coin has two sides.", "coin.ipynb")
    told(root)
    assert (root / "work" / "coin.ipynb").read_text() == "mine"
    assert (root / "work" / "notes.txt").read_text() == "mine"
    assert (root / "work" / "coin-new-version.ipynb").exists()


def test_a_new_page_arrives(root):
    told(root)
    write(root, "A coin has two sides.", "coin.ipynb")
    assert told(root) == ["work/coin.ipynb is new."]


def test_a_copy_that_the_reader_has_removed_comes_fresh(root):
    told(root)
    edit(root / "work" / PAGE)
    (root / "work" / PAGE).unlink()
    assert told(root) == [f"work/{PAGE} is new."]
    assert nbformat.read(root / "work" / PAGE, as_version=4).cells[1].source == "1 + 1"


def test_a_page_that_has_left_the_book_stays_in_the_copy(root):
    write(root, "A coin has two sides.", "coin.ipynb")
    told(root)
    (root / "book" / "coin.ipynb").unlink()
    assert told(root) == []
    assert (root / "work" / "coin.ipynb").exists()


def test_data_is_kept_and_renewed_like_a_page(root):
    told(root)
    (root / "book" / "data" / "rolls.npz").write_bytes(b"new")
    told(root)
    assert (root / "work" / "data" / "rolls.npz").read_bytes() == b"new"
    (root / "work" / "data" / "rolls.npz").write_bytes(b"mine")
    (root / "book" / "data" / "rolls.npz").write_bytes(b"newer")
    (line,) = told(root)
    assert "work/data/rolls-new-version.npz" in line
    assert (root / "work" / "data" / "rolls.npz").read_bytes() == b"mine"
    assert (root / "work" / "data" / "rolls-new-version.npz").read_bytes() == b"newer"


def test_a_mended_glossary_renews_what_is_not_edited_and_disturbs_nobody_else(root):
    told(root)
    (root / "book" / "glossary.md").write_text(
        (root / "book" / "glossary.md").read_text().replace("A unit.", "A unit of surprise.")
    )
    assert len(told(root)) == 2  # the notebook, the glossary
    ending = nbformat.read(root / "work" / PAGE, as_version=4).cells[-1]
    assert ending.id == END
    assert "A unit of surprise." in ending.source

    edit(root / "work" / PAGE)
    glossary = root / "book" / "glossary.md"
    glossary.write_text(glossary.read_text().replace("A unit of", "The unit of"))
    told(root)
    assert not (root / "work" / BESIDE).exists()


def test_without_the_record_of_what_was_given_nothing_is_taken_for_unedited(root):
    told(root)
    for path in (root / "work" / AS_GIVEN).rglob("*.ipynb"):
        path.unlink()
    before = (root / "work" / PAGE).read_bytes()
    write(root, "A die is a cube.")
    told(root)
    assert (root / "work" / PAGE).read_bytes() == before
    assert words(root / "work" / BESIDE) == "A die is a cube."


def test_a_lost_record_is_made_anew_while_copy_and_page_are_alike(root):
    told(root)
    (root / "work" / AS_GIVEN / PAGE).unlink()
    told(root)
    write(root, "A die is a cube.")
    told(root)
    assert words(root / "work" / PAGE) == "A die is a cube."


def test_a_start_that_was_cut_off_loses_nothing(root, monkeypatch):
    told(root)
    mine = edit(root / "work" / PAGE)
    write(root, "A die is a cube.")
    whole = copies._write

    def cut_off(target, content):
        if AS_GIVEN in target.parts:
            raise KeyboardInterrupt
        whole(target, content)

    monkeypatch.setattr(copies, "_write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        told(root)
    monkeypatch.undo()
    told(root)
    assert (root / "work" / PAGE).read_bytes() == mine
    assert words(root / "work" / BESIDE) == "A die is a cube."


def test_git_does_not_see_the_copy():
    ignored = subprocess.run(["git", "check-ignore", "-q", "work/entropy.ipynb"], cwd=ROOT)
    assert ignored.returncode == 0

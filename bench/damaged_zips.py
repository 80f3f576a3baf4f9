"""Whether `collect` survives damaged downloads: zips with bytes changed, lost, cut off, nested.

python -m bench.damaged_zips 3000 tries as many. Each is collected; none may end in a traceback.
"""

import io
import random
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from pathlib import Path

from coursework.collect import look_through, store
from coursework.course import Course
from coursework.roster import Person

PEOPLE = [Person("ada1", "Ada Lovelace"), Person("bob", "Bob Berg")]
NOTEBOOK = '{"cells": [{"cell_type": "code", "source": "def f(x): return x"}]}'


def sound() -> bytes:
    """Return a zip as a class hands it in: by Moodle, with a zip in it and a name in UTF-8."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("work/ps1.ipynb", NOTEBOOK * 20)
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Ada Lovelace_1_assignsubmission_file/ps1.ipynb", NOTEBOOK * 30)
        archive.writestr("Ada Lovelace_1_assignsubmission_file/ps1.ipynb.txt", NOTEBOOK)
        archive.writestr("bob/Übung 1.zip", inner.getvalue())
        archive.writestr("bob/empty/", b"")
    return outer.getvalue()


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Return a zip with a damage: bytes changed, cut off, lost, doubled, or a field of a header."""
    data = bytearray(content)
    kind = rng.randrange(5)
    place = rng.randrange(len(data))
    if kind == 0:
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif kind == 1:
        del data[place:]
    elif kind == 2:
        del data[place : place + rng.randint(1, 40)]
    elif kind == 3:
        data[place:place] = data[place : place + rng.randint(1, 400)]
    else:
        headers = [i for i in range(len(data) - 46) if data[i : i + 2] == b"PK"]
        field = rng.choice(headers) + rng.randrange(4, 46)
        data[field] = rng.choice([0, 1, 8, 255, rng.randrange(256)])
    return bytes(data)


def collect(content: bytes, folder: Path) -> str:
    """Collect one download; return the last line of the traceback, empty if there was none."""
    path = folder / "moodle.zip"
    path.write_bytes(content)
    try:
        collected = look_through([path], PEOPLE, "ps1")
        store(collected, Course(folder / "course"), "ps1", overwrite=True)
    except Exception:
        return traceback.format_exc().splitlines()[-1]
    return ""


def tracebacks(count: int, seed: int = 1) -> list[str]:
    """Return what went wrong in as many damaged zips."""
    rng, content = random.Random(seed), sound()
    with tempfile.TemporaryDirectory() as folder:
        ends = [collect(damaged(content, rng), Path(folder)) for _ in range(count)]
    return [end for end in ends if end]


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    began = time.process_time()
    ends = tracebacks(count)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} damaged zips: {len(ends)} tracebacks, {time.process_time() - began:.1f} s of "
          f"processor time, {memory:.0f} MB")  # fmt: skip
    for end in sorted(set(ends)):
        print(f"  {ends.count(end)}: {end}")

"""What Python has compiled of the modules that it imported, kept in the browser for the next start.

Half of the time that Matplotlib takes to come is Python's own work on its text. Python keeps the
result beside each module, and takes it again where date and size of the text are the same. In a
worker the files are new each time: so all get one date, and what is compiled goes into a store of
the browser.
"""

import io
import os
import sys
import zipfile
from pathlib import Path

DATE = 315532800  # of all modules: the first day that a zip file knows
SITE = Path(__file__).parents[2]
COMPILED = "__pycache__/*.pyc"


def begin(kept: bytes | None, site: Path = SITE) -> None:
    """Before anything is imported: put back what was kept, and let Python keep what it compiles."""
    sys.dont_write_bytecode = False
    for module in site.rglob("*.py"):
        os.utime(module, (DATE, DATE))
    if kept:
        with zipfile.ZipFile(io.BytesIO(kept)) as archive:
            archive.extractall(site)


def gathered(site: Path = SITE) -> bytes:
    """Return what Python has compiled so far; not packed: that takes longer than it spares."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(site.rglob(COMPILED)):
            archive.write(path, path.relative_to(site))
    return file.getvalue()

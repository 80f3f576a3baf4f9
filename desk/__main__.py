"""Open the reader's copy of the book in JupyterLab; what follows is passed to it.

    python -m desk                the copy in work/
    python -m desk --no-browser   any option of JupyterLab
"""

import os
import sys
from pathlib import Path

from jupyterlab.labapp import main

from desk.copies import lay_out
from manuscript.pages import ROOT

SETTINGS = Path(__file__).with_name("jupyter")


def environment() -> dict[str, str]:
    """Return the variables under which JupyterLab finds our settings, beside the reader's own."""
    named = os.environ.get("JUPYTER_CONFIG_PATH")
    return {"JUPYTER_CONFIG_PATH": os.pathsep.join([str(SETTINGS), *([named] if named else [])])}


if __name__ == "__main__":
    for line in lay_out(ROOT, ROOT / "work"):
        print(line, flush=True)
    os.environ.update(environment())
    sys.exit(main([str(ROOT / "work"), *sys.argv[1:]]))

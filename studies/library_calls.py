"""Store what PyTorch, SciPy and scikit-learn answer the chapter: data/studies/library_calls.npz.

    python -m studies.library_calls            a minute; needs the three packages

Book and readers do without these packages: where one is missing, the chapter on frameworks shows
these answers (data/outside.py), and says so. The arrays are

calls      each call that book/frameworks.ipynb makes, as data/outside.py writes it down
answers    what it returned, as JSON: dtype and value, or what it raised; {} for an object

"about" has the versions of the packages too.
"""

import json
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

import data
from data.outside import DISTRIBUTIONS, RECORD
from runner import execution
from studies import record

TABLE = data.STUDIES / "library_calls.npz"
ROOT = Path(__file__).parents[1]
LIMIT = 600  # seconds for a cell


def answers() -> dict[str, str]:
    """Return {call: answer} of a run of the chapter."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[RECORD] = os.path.join(folder, "calls")
        run = execution.run(ROOT / "book" / "frameworks.ipynb", ROOT, LIMIT)
        if run.metadata["run"]["stopped"]:
            raise SystemExit(f"the chapter did not run: {run.metadata['run']['stopped']}")
        lines = Path(os.environ.pop(RECORD)).read_text("utf-8").splitlines()
    found = {call: json.dumps(answer) for call, answer in map(json.loads, lines)}
    return dict(sorted(found.items()))


def about() -> dict[str, object]:
    """Return what the study says of itself."""
    versions = {key: version(name).partition("+")[0] for key, (name, _) in DISTRIBUTIONS.items()}
    return {"script": "studies.library_calls", "versions": versions, **record.this_machine()}


def main() -> None:
    """Run the chapter and write the table."""
    found = answers()
    arrays = {"calls": np.array(list(found)), "answers": np.array(list(found.values()))}
    record.write(TABLE, arrays, about())
    print(f"{len(found)} calls")


if __name__ == "__main__":
    main()

"""What a stored study says of itself: which script made it, with how many seeds, on what.

A study is an .npz under book/data. Training in which the last bit decides ends elsewhere on every
processor, so the file names what its numbers hang on; the judge of the chapters asks for it.
"""

import json
import platform
import sys
from pathlib import Path

import numpy as np
import threadpoolctl
from numpy._core._multiarray_umath import __cpu_features__

ABOUT = "about"
LEAST_SEEDS = 8
NAMED = ("script", "seeds", "processor", "python", "numpy", "openblas", "threads", "simd")


def this_machine():
    """Return what the digits of a training hang on, as it is in this process."""
    np.ones((2, 2)) @ np.ones((2, 2))  # so that the library is there to be asked
    pools = [p for p in threadpoolctl.threadpool_info() if p["internal_api"] == "openblas"]
    if len({(pool["version"], pool["architecture"]) for pool in pools}) != 1:
        raise RuntimeError(f"expected NumPy with one OpenBLAS, found {pools or 'none'}")
    on = [name for name, there in __cpu_features__.items() if there]
    return {
        "processor": processor(),
        "python": ".".join(map(str, sys.version_info[:2])),
        "numpy": np.__version__,
        "openblas": f"{pools[0]['version']} {pools[0]['architecture']}",
        "threads": pools[0]["num_threads"],
        "simd": max((name for name in on if name.startswith("X86_V")), default="other"),
    }


def processor():
    """Return the processor's name as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write(path, arrays, about):
    """Write the arrays of a study and what it says of itself."""
    np.savez_compressed(path, **arrays, **{ABOUT: json.dumps(about)})


def read(path):
    """Return the arrays of a study, and what it says of itself ({} where it says nothing)."""
    arrays = dict(np.load(path))
    return arrays, json.loads(str(arrays.pop(ABOUT, "{}")))


def lacking(about):
    """Yield what a study has to say of itself and does not."""
    missing = [name for name in NAMED if name not in about]
    if missing:
        yield f"does not say its {', '.join(missing)}"
    if about.get("seeds", LEAST_SEEDS) < LEAST_SEEDS:
        yield f"has {about['seeds']} seeds; {LEAST_SEEDS} are wanted"

"""What a stored study says of itself: which script made it, with how many seeds, on what.

A study is an .npz in data/studies, made by the script of its name. Training in which the last bit
decides ends elsewhere on every processor, so the file names what its numbers hang on; the judge of
the chapters asks for it.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner import machine

ABOUT = "about"
LEAST_SEEDS = 8
NAMED = ("script", "seeds", "processor", "python", "numpy", "openblas", "threads", "simd")


def this_machine() -> dict[str, Any]:
    """Return what the digits of a training hang on, as it is in this process."""
    np.ones((2, 2)) @ np.ones((2, 2))  # so that the library is there to be asked
    found = machine.describe()
    if len(found["kernels"]) != 1 or len(found["blas"]) != 1:
        raise RuntimeError(f"expected NumPy with one OpenBLAS, found {found['blas'] or 'none'}")
    return {
        "processor": found["processor"],
        "python": ".".join(found["python"].split(".")[:2]),
        "numpy": found["numpy"],
        "openblas": f"{found['blas'][0].removeprefix('openblas ')} {found['kernels'][0]}",
        "threads": found["threads"],
        "simd": max((name for name in found["simd"] if name.startswith("X86_V")), default="other"),
    }


def write(path: Path, arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> None:
    """Write the arrays of a study and what it says of itself."""
    named: dict[str, Any] = {**arrays, ABOUT: json.dumps(about)}
    np.savez_compressed(path, **named)


def read(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays of a study, and what it says of itself ({} where it says nothing)."""
    arrays = dict(np.load(path))
    return arrays, json.loads(str(arrays.pop(ABOUT, "{}")))


def lacking(about: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a study has to say of itself and does not."""
    missing = [name for name in NAMED if name not in about]
    if missing:
        yield f"does not say its {', '.join(missing)}"
    if about.get("seeds", LEAST_SEEDS) < LEAST_SEEDS:
        yield f"has {about['seeds']} seeds; {LEAST_SEEDS} are wanted"

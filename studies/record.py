"""What a stored study says of itself: which script made it, with how many seeds, on what.

A study is an .npz in data/studies, made by the script of its name. Training in which the last bit
decides ends elsewhere on every processor, so the file names what its numbers hang on; the judge of
the chapters asks for it.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
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


def make(
    says: str,
    default: Path,
    parts: Mapping[str, Callable[[], Mapping[str, NDArray[Any]]]],
    named: Mapping[str, Any],
    arguments: Sequence[str] | None,
) -> None:
    """Make the parts of a study that the command line names, or all.

    says: the script's docstring. default: where its table lies. named: its script and seeds.
    """
    parser = argparse.ArgumentParser(description=says.partition("\n")[0])
    parser.add_argument("parts", nargs="*", help="all, where none is named")
    parser.add_argument("--table", type=Path, default=default, help="where to write it")
    options = parser.parse_args(arguments)
    about = {**named, **this_machine()}
    table: dict[str, NDArray[Any]] = {}
    if options.parts and options.table.exists():
        table, made = read(options.table)
        if made != about:
            sys.exit(f"{options.table} was made on {made}, this is {about}: make all anew")
    for name in options.parts or parts:
        table |= parts[name]()
        write(options.table, table, about)


def lacking(about: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a study has to say of itself and does not."""
    missing = [name for name in NAMED if name not in about]
    if missing:
        yield f"does not say its {', '.join(missing)}"
    if about.get("seeds", LEAST_SEEDS) < LEAST_SEEDS:
        yield f"has {about['seeds']} seeds; {LEAST_SEEDS} are wanted"

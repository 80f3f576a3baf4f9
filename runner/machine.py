"""What computes, asked of the process that has computed."""

import json
import platform
import sys
from pathlib import Path
from typing import Any

# NumPy's names of what it may be told not to use, from the lowest to the highest; it builds its
# loops for these. What stands above a level that is switched off stays on unless it is named too.
SIMD = ("X86_V3", "X86_V4", "AVX512_ICL", "AVX512_SPR")


def describe() -> dict[str, Any]:
    """Return processor, system and Python, NumPy's SIMD and the BLAS libraries of this process.

    A BLAS that threadpoolctl does not know (Apple's Accelerate) has no threads: None.
    """
    import numpy as np
    from numpy._core import _multiarray_umath  # type: ignore[attr-defined]
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

    features = _multiarray_umath.__cpu_features__
    levels = [*_multiarray_umath.__cpu_baseline__, *_multiarray_umath.__cpu_dispatch__]
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    # SciPy brings a BLAS of its own, where it is imported; the digits are NumPy's.
    blas = [found for found in libraries if "numpy" in found["filepath"]] or libraries
    return {
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "simd": [name for name in levels if features.get(name)],
        "kernels": sorted({library.get("architecture", "unknown") for library in blas}),
        "blas": sorted({f"{library['internal_api']} {library['version']}" for library in blas}),
        "threads": max((library["num_threads"] for library in blas), default=None),
    }


def probe() -> str:
    """Return code that prints `describe()` as JSON in a process that cannot import this module."""
    source = Path(__file__).read_text("utf-8") + "\nprint(as_json())"
    return f"exec({source!r}, {{'__name__': 'machine', '__file__': 'machine.py'}})"


def as_json() -> str:
    """Return `describe()` as one line."""
    return json.dumps(describe())


def processor() -> str:
    """Return the processor's name as its maker writes it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def python_version() -> tuple[int, int]:
    """Return the version of this Python as far as outputs may depend on it."""
    return sys.version_info[:2]

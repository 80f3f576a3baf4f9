"""On what is measured: the processor, and the instructions that are used of it in this process.

NumPy chooses its loops, and OpenBLAS its kernel, by the processor they find; much of what is
measured here is NumPy's logarithm, which takes a third of the time where there is AVX-512. So every
table has two columns, with and without. A processor that has AVX-512 can play one that has not, in
a process of its own; `without_avx512` says with what environment.
"""

import os

import numpy as np
from threadpoolctl import threadpool_info

from runner.machine import describe

LEVELS = "without", "with"  # AVX-512; in the order of the columns
_NUMPY = np._core._multiarray_umath


def features() -> list[str]:
    """Return the instruction sets that NumPy uses in this process."""
    return list(describe()["simd"])


def level() -> str:
    """Return "with" where NumPy uses AVX-512 in this process, else "without"."""
    return LEVELS[_is_avx512(features())]


def _is_avx512(names: list[str]) -> bool:
    return any(name == "X86_V4" or name.startswith("AVX512") for name in names)


def kernel() -> str:
    """Return the kernel of NumPy's BLAS."""
    blas = [lib for lib in threadpool_info() if lib["user_api"] == "blas"]
    own = [lib for lib in blas if "numpy" in lib["filepath"]] or blas
    return str(own[0].get("architecture", "unknown")) if own else "unknown"


def without_avx512() -> dict[str, str]:
    """Return the environment of a process that plays a processor without AVX-512.

    NumPy knows its own variable alone; PyTorch, and MKL and oneDNN inside it, have theirs.
    """
    mine = [name for name in _NUMPY.__cpu_dispatch__ if _is_avx512([name])]
    return os.environ | {
        "NPY_DISABLE_CPU_FEATURES": " ".join(mine),
        "OPENBLAS_CORETYPE": "Haswell",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
    }


def not_as_asked(wanted: str, torch: object = None) -> str:
    """Return what in this process is not as a column asks for, in a sentence; "" if all is."""
    if level() != wanted:
        return f"NumPy uses {' '.join(features())}, which is not {wanted} AVX-512"
    if wanted == "without" and os.environ.get("OPENBLAS_CORETYPE", kernel()) != kernel():
        return f"OpenBLAS runs {kernel()}, not {os.environ['OPENBLAS_CORETYPE']}"
    if wanted == "without" and torch is not None:
        used = torch.backends.cpu.get_cpu_capability()
        if "AVX512" in used:
            return f"PyTorch uses {used}"
    return ""

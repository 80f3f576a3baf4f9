# ruff: noqa: E402 (the number of threads is set before NumPy is imported)
"""How fast entropy and the divergences are, beside SciPy, PyTorch and dit.

    python bench/measures.py

Both sides run in one process, in turns, on one BLAS thread and with all checks of the arguments, as
users have it. A ratio is the median time of the other side over the median time of lib; where it is
below what is asked for, the script says so and exits 1. "× np.log" is the time of lib over that of
a bare np.log of the same array, which no way to compute the measure can do without.

Extra memory is the peak that tracemalloc sees beyond the inputs, at 10⁶ outcomes; at most 1 MB.

PyTorch and dit are compared if they are installed.
"""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import sys
import time
import tracemalloc
from collections.abc import Callable
from statistics import median

import numpy as np
from scipy import special, stats
from scipy.spatial import distance

from lib import entropy, js_divergence, kl_divergence, normalize, renyi_divergence, total_variation

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None
try:
    import dit
except ImportError:
    dit = None

ROUNDS = 31
SLICE = 0.004  # seconds of calls in each round; a call that takes longer is made once
RNG = np.random.default_rng(0)
MEGABYTE = 1e6


def seconds(calls: list[Callable]) -> list[float]:
    """Return the median time of each call; the calls take turns, so that noise meets them all."""
    repeats = []
    for call in calls:
        call()
        start = time.perf_counter()
        call()
        repeats.append(max(1, round(SLICE / (time.perf_counter() - start))))
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, repeat, measured in zip(calls, repeats, times, strict=True):
            start = time.perf_counter()
            for _ in range(repeat):
                call()
            measured.append((time.perf_counter() - start) / repeat)
    return [median(measured) for measured in times]


def pair(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two random arrays of pmfs along the last axis."""
    return normalize(RNG.random(shape)), normalize(RNG.random(shape))


def peak(call: Callable) -> int:
    """Return how many bytes a call takes beyond what is there already."""
    tracemalloc.start()
    call()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def rows() -> list[tuple]:
    """Return for each row: what, lib's call, the array of np.log, and the other side's calls."""
    p, q = pair(10**6)
    grid_p, grid_q = pair(1000, 1000)
    p3, q3 = pair(1000)
    p1, q1 = pair(10)
    table = [
        (
            "KL, 10⁶ outcomes",
            lambda: kl_divergence(p, q),
            p,
            [
                ("stats.entropy", lambda: stats.entropy(p, q), 4),
                ("rel_entr(p, q).sum()", lambda: special.rel_entr(p, q).sum(), 3),
                ("torch kl_div", torch_kl(p, q), 3),
            ],
        ),
        (
            "KL, 1000 × 1000, axis −1",
            lambda: kl_divergence(grid_p, grid_q),
            grid_p,
            [
                ("stats.entropy", lambda: stats.entropy(grid_p, grid_q, axis=-1), 4),
                ("rel_entr(p, q).sum(-1)", lambda: special.rel_entr(grid_p, grid_q).sum(-1), 2.5),
                ("torch kl_div", torch_kl(grid_p, grid_q), 3),
            ],
        ),
        (
            "KL, 10³ outcomes",
            lambda: kl_divergence(p3, q3),
            p3,
            [
                ("stats.entropy", lambda: stats.entropy(p3, q3), 15),
                ("rel_entr(p, q).sum()", lambda: special.rel_entr(p3, q3).sum(), 1),
            ],
        ),
        (
            "KL, 10 outcomes",
            lambda: kl_divergence(p1, q1),
            p1,
            [
                ("stats.entropy", lambda: stats.entropy(p1, q1), 12),
                ("dit", dit_call("kullback_leibler_divergence", p1, q1), None),
            ],
        ),
        (
            "entropy, 10⁶",
            lambda: entropy(p),
            p,
            [("stats.entropy", lambda: stats.entropy(p), 1.5)],
        ),
        (
            "JS, 10⁶",
            lambda: js_divergence(p, q),
            p,
            [("jensenshannon", lambda: distance.jensenshannon(p, q), 4)],
        ),
        (
            "JS, 10 outcomes",
            lambda: js_divergence(p1, q1),
            p1,
            [
                ("jensenshannon", lambda: distance.jensenshannon(p1, q1), None),
                ("dit", dit_call("jensen_shannon_divergence", p1, q1), None),
            ],
        ),
    ]
    return [(*row[:3], [peer for peer in row[3] if peer[1]]) for row in table]


def torch_kl(p: np.ndarray, q: np.ndarray) -> Callable | None:
    """Return PyTorch's KL divergence of the same numbers, if PyTorch is installed."""
    if torch is None:
        return None
    log_q, target = torch.from_numpy(np.log(q)), torch.from_numpy(p)
    if p.ndim == 1:
        return lambda: torch.nn.functional.kl_div(log_q, target, reduction="sum")
    return lambda: torch.nn.functional.kl_div(log_q, target, reduction="none").sum(-1)


def dit_call(name: str, p: np.ndarray, q: np.ndarray) -> Callable | None:
    """Return a divergence of dit for the same numbers, if dit is installed."""
    if dit is None:
        return None
    outcomes = [(k,) for k in range(p.size)]
    a, b = dit.Distribution(outcomes, p), dit.Distribution(outcomes, q)
    measure = getattr(dit.divergences, name)
    return (lambda: measure([a, b])) if name.startswith("jensen") else (lambda: measure(a, b))


def show_times() -> bool:
    """Print a line for each peer of each measure; return whether one is missed."""
    missed = False
    print(f"{'':28}{'lib, µs':>10}{'× np.log':>10}  {'peer':24}{'ratio':>8}{'at least':>10}")
    for name, ours, array, peers in rows():
        logs = lambda array=array: np.log(array)  # noqa: E731
        mine, log_time, *theirs = seconds([ours, logs, *(call for _, call, _ in peers)])
        for (peer, _, floor), other in zip(peers, theirs, strict=True):
            ratio = other / mine
            late = floor is not None and ratio < floor
            missed |= late
            print(
                f"{name:28}{mine * 1e6:10.1f}{mine / log_time:10.1f}  {peer:24}{ratio:8.1f}"
                f"{floor if floor is not None else '–':>10}{'  MISSED' if late else ''}"
            )
    for module, package, found in (("PyTorch", "torch", torch), ("dit", "dit", dit)):
        if found is None:
            print(f"{module} is missing, and so are its lines (pip install {package})")
    return missed


def show_memory() -> bool:
    """Print the extra memory of each measure at 10⁶ outcomes; return whether one is above 1 MB."""
    p, q = pair(10**6)
    calls = {
        "entropy": lambda: entropy(p),
        "KL": lambda: kl_divergence(p, q),
        "JS": lambda: js_divergence(p, q),
        "total variation": lambda: total_variation(p, q),
        "Rényi, order 2": lambda: renyi_divergence(p, q, 2),
    }
    print(f"\n{'extra memory at 10⁶, MB':28}{'':10}{'':10}  {'':24}{'':8}{'at most':>10}")
    missed = False
    for name, call in calls.items():
        most = peak(call) / MEGABYTE
        missed |= most > 1
        print(f"{name:28}{most:10.2f}{'':44}{1:>10}{'  MISSED' if most > 1 else ''}")
    return missed


def main() -> int:
    """Print both tables; return 1 if a row is missed."""
    late = show_times()
    large = show_memory()
    return int(late or large)


if __name__ == "__main__":
    sys.exit(main())

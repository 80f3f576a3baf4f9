"""How every row of the bench table is measured, and what a row holds."""

import time
import tracemalloc
from collections.abc import Callable, Sequence
from importlib import import_module
from statistics import median
from types import ModuleType
from typing import NamedTuple

from bench.machine import level

Call = Callable[[], object]
Limit = float | tuple[float | None, float | None] | None  # a pair: without and with AVX-512

ROUNDS = 31
SLICE = 0.012  # seconds of calls in each round, so that most find their arrays in the cache
AS_FAST, OF_ITS_TIME = "×", "× its time"  # lib is 4× as fast as the peer; takes 1.7× its time


class Row(NamedTuple):
    """One comparison: what was asked for, and what came out."""

    task: str
    peer: str  # what lib is compared with; "" where the limit is a number of its own
    limit: float | None  # None: nothing was asked for
    measured: float
    unit: str = AS_FAST
    at_most: bool = False  # else the limit is the least that will do
    seconds: float | None = None  # the time of lib

    @property
    def met(self) -> bool:
        """Is the limit met?"""
        if self.limit is None:
            return True
        return self.measured <= self.limit if self.at_most else self.measured >= self.limit


def optional(name: str) -> ModuleType | None:
    """Return the module, on one thread if it is PyTorch; None if it is not installed."""
    try:
        module = import_module(name)
    except ImportError:
        return None
    if name == "torch":
        module.set_num_threads(1)
    return module


def in_turns(calls: Sequence[Call]) -> list[list[float]]:
    """Return the processor times of each call; they take turns, so that noise meets them all."""
    repeats = []
    for call in calls:
        call()
        start = time.process_time()
        call()
        repeats.append(max(1, round(SLICE / max(1e-9, time.process_time() - start))))
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, repeat, measured in zip(calls, repeats, times, strict=True):
            start = time.process_time()
            for _ in range(repeat):
                call()
            measured.append((time.process_time() - start) / repeat)
    return times


def quotient(above: list[float], below: list[float]) -> float:
    """Return the median of the quotients of the rounds."""
    return median(a / b for a, b in zip(above, below, strict=True))


def compare(
    task: str,
    ours: Call,
    peers: Sequence[tuple[str, Call | None, Limit]],
    bare: tuple[str, Call, Limit] | None = None,
    *,
    within: Sequence[str] = (),
) -> list[Row]:
    """Return a row for each peer (name, call, limit); one without a call is left out.

    The limit is how many times as fast lib has to be, at least; for the peers named in `within`,
    how many times the peer's time lib may take, at most. `bare` (name, call, limit) is what no way
    to compute the measure can do without: the first row says how many times its time lib takes.
    """
    there = [(name, call, limit) for name, call, limit in peers if call is not None]
    calls = [ours, *(call for _, call, _ in there), *([bare[1]] if bare else [])]
    mine, *others = in_turns(calls)
    seconds = median(mine)
    rows = []
    if bare:
        name, _, limit = bare
        ratio = quotient(mine, others[-1])
        rows.append(Row(task, "", at_this_level(limit), ratio, f"× {name}", True, seconds))
    for (name, _, limit), theirs in zip(there, others, strict=False):
        slower = name in within
        ratio = quotient(mine, theirs) if slower else quotient(theirs, mine)
        unit = OF_ITS_TIME if slower else AS_FAST
        rows.append(Row(task, name, at_this_level(limit), ratio, unit, slower, seconds))
    return rows


def at_this_level(limit: Limit) -> float | None:
    """Return the limit that holds in this process."""
    return limit[level() == "with"] if isinstance(limit, tuple) else limit


def extra_megabytes(call: Call) -> float:
    """Return the peak of memory that tracemalloc sees beyond what was there before the call."""
    tracemalloc.start()
    call()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6

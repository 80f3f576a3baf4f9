"""Sums over long arrays, in parts that stay in the processor's cache."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lib.checks import Result

# Long inputs are summed in blocks of this many numbers: the temporary arrays stay in the cache and
# BLAS, which sums the products, on one thread.
BLOCK = 8192


def in_blocks(
    block_sum: Callable[[NDArray[np.float64], NDArray[np.float64]], Result],
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    combine: Callable[[list[Result]], Result] = np.sum,
) -> Result:
    """Return block_sum(p, q), a sum over the last axis, put together from parts of p and q.

    What is no sum (a maximum, the logarithm of a sum) says how to combine those of the parts.
    """
    if p.size <= BLOCK:
        return block_sum(p, q)
    if p.ndim == 1:
        starts = range(0, p.size, BLOCK)
        return combine([block_sum(p[i : i + BLOCK], q[i : i + BLOCK]) for i in starts])
    total = np.empty(p.shape[:-1])
    step = max(1, BLOCK * len(p) // p.size)
    for i in range(0, len(p), step):
        part = slice(i, i + step) if step > 1 else i
        total[part] = in_blocks(block_sum, p[part], q[part], combine)
    return total

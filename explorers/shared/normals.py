"""Standard normal draws of a seed, the same on the page: normals.mjs."""

import numpy as np

MOST_DRAWS = 1000  # of a seed


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Return 32 well mixed bits for each number: golden steps, then Wellons' hash "lowbias32"."""
    h: np.ndarray = numbers.astype(np.uint32) * np.uint32(0x9E3779B9)
    h = (h ^ (h >> 16)) * np.uint32(0x7FEB352D)
    h = (h ^ (h >> 15)) * np.uint32(0x846CA68B)
    return h ^ (h >> 16)


def standard_normals(seed: int, n: int) -> np.ndarray:
    """Return the n standard normal draws that the page makes of this seed, by Box and Muller.

    Fewer draws are the first of more.
    """
    even, odd = (_mixed(np.arange(start, MOST_DRAWS, 2) + MOST_DRAWS * seed) for start in (0, 1))
    radius = np.sqrt(-2 * np.log((even + 0.5) / 2**32))
    angle = 2 * np.pi * (odd + 0.5) / 2**32
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return pairs.reshape(-1)[:n]

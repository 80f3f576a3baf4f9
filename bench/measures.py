"""Entropy and the divergences beside SciPy, PyTorch, dit and scikit-learn."""

from collections.abc import Callable, Iterator
from itertools import cycle

import numpy as np
from scipy import special, stats
from scipy.spatial import distance
from sklearn import metrics

from bench.timing import Call, Limit, Row, compare, extra_megabytes, optional
from lib import (
    entropy,
    gaussian_kl_full,
    information_gain,
    js_divergence,
    kl_divergence,
    normalize,
    renyi_divergence,
    total_variation,
    wasserstein_1d,
)

torch, dit = optional("torch"), optional("dit")
RNG = np.random.default_rng(0)
MILLION = 10**6
NAIVE = "(p * np.log(p / q)).sum()"


def rows() -> list[Row]:
    """Measure everything."""
    return [*kl_rows(), *other_rows(), *memory_rows()]


def pair(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two random arrays of pmfs along the last axis."""
    return normalize(RNG.random(shape)), normalize(RNG.random(shape))


def many_pairs(size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return pairs of short pmfs, one after the other, over and over.

    A processor that sees the same thousand numbers again and again learns the branches of SciPy's
    rel_entr by heart, which halves its time.
    """
    return cycle([pair(size) for _ in range(64)])


def bare_log(array: np.ndarray, limit: Limit = None) -> tuple[str, Call, Limit]:
    """Return what no way to compute the measure can do without."""
    return "np.log", lambda: np.log(array), limit


def kl_rows() -> list[Row]:
    """Compare KL with SciPy, PyTorch, dit and the naive line, from a million outcomes to ten."""
    p, q = pair(MILLION)
    grid_p, grid_q = pair(1000, 1000)
    down_p, down_q = (np.ascontiguousarray(x.T) for x in pair(1000, 1000))
    p3, p1, q1 = pair(1000)[0], *pair(10)
    ours, scipys, stats_, naive = (many_pairs(1000) for _ in range(4))
    ours_10, stats_10, naive_10 = (many_pairs(10) for _ in range(3))
    return [
        *compare(
            "KL, 10⁶ outcomes",
            lambda: kl_divergence(p, q),
            [
                ("SciPy stats.entropy", lambda: stats.entropy(p, q), (3, 4)),
                ("SciPy rel_entr, summed", lambda: special.rel_entr(p, q).sum(), (2, 3)),
                ("PyTorch kl_div, from log q", torch_kl(p, q), (1, 2)),
                (NAIVE, lambda: (p * np.log(p / q)).sum(), 1),
            ],
            bare_log(p, (1.8, 2.8)),
            within=[NAIVE],
        ),
        *compare(
            "KL, 1000 × 1000 along an axis",
            lambda: kl_divergence(grid_p, grid_q),
            [
                ("SciPy stats.entropy", lambda: stats.entropy(grid_p, grid_q, axis=-1), (3, 4)),
                (
                    "SciPy rel_entr, summed",
                    lambda: special.rel_entr(grid_p, grid_q).sum(-1),
                    (2, 2.5),
                ),
                ("PyTorch kl_div, from log q", torch_kl(grid_p, grid_q), (1, 2)),
                (NAIVE, lambda: (grid_p * np.log(grid_p / grid_q)).sum(-1), None),
            ],
            bare_log(grid_p),
            within=[NAIVE],
        ),
        *compare(
            "KL, 1000 × 1000, outcomes in columns",
            lambda: kl_divergence(down_p, down_q, axis=0),
            [
                ("SciPy stats.entropy", lambda: stats.entropy(down_p, down_q), 1),
                (
                    "SciPy rel_entr, summed",
                    lambda: special.rel_entr(down_p, down_q).sum(0),
                    1,
                ),
                ("PyTorch kl_div, from log q", torch_kl(down_p, down_q, axis=0), None),
            ],
            bare_log(down_p),
        ),
        *compare(
            "KL, 10³ outcomes",
            lambda: kl_divergence(*next(ours)),
            [
                ("SciPy stats.entropy", lambda: stats.entropy(*next(stats_)), (10, 15)),
                ("SciPy rel_entr, summed", lambda: special.rel_entr(*next(scipys)).sum(), 1),
                (NAIVE, lambda: naive_kl(*next(naive)), None),
            ],
            bare_log(p3),
            within=[NAIVE],
        ),
        *compare(
            "KL, 10 outcomes",
            lambda: kl_divergence(*next(ours_10)),
            [
                ("SciPy stats.entropy", lambda: stats.entropy(*next(stats_10)), 12),
                ("dit", dit_call("kullback_leibler_divergence", p1, q1), None),
                (NAIVE, lambda: naive_kl(*next(naive_10)), None),
            ],
            bare_log(p1),
            within=[NAIVE],
        ),
    ]


def naive_kl(p: np.ndarray, q: np.ndarray) -> np.float64:
    """Return the textbook sum as one would type it: nothing is checked."""
    return (p * np.log(p / q)).sum()


def other_rows() -> list[Row]:
    """Compare entropy and the other measures with whoever has them too."""
    p, q = pair(MILLION)
    p3, q3 = pair(1000)
    p1, q1 = pair(10)
    points = np.arange(MILLION)
    labels, split = RNG.integers(0, 5, (2, 10**5))
    ours, theirs = many_pairs(1000), many_pairs(1000)
    return [
        *compare(
            "entropy, 10⁶ outcomes",
            lambda: entropy(p),
            [
                ("SciPy stats.entropy", lambda: stats.entropy(p), 1.5),
                ("SciPy entr, summed", lambda: special.entr(p).sum(), 1),
            ],
            bare_log(p, (2, 3.3)),
        ),
        *compare(
            "entropy, 10³ outcomes",
            lambda: entropy(p3),
            [
                ("SciPy stats.entropy", lambda: stats.entropy(p3), 10),
                ("SciPy entr, summed", lambda: special.entr(p3).sum(), None),
            ],
            bare_log(p3),
        ),
        *compare(
            "JS, 10⁶ outcomes",
            lambda: js_divergence(p, q),
            [("SciPy jensenshannon", lambda: distance.jensenshannon(p, q), (2, 4))],
            bare_log(p, (4, 8)),
        ),
        *compare(
            "JS, 10³ outcomes",
            lambda: js_divergence(*next(ours)),
            [("SciPy jensenshannon", lambda: distance.jensenshannon(*next(theirs)), 1)],
            bare_log(q3),
        ),
        *compare(
            "JS, 10 outcomes",
            lambda: js_divergence(p1, q1),
            [
                ("SciPy jensenshannon", lambda: distance.jensenshannon(p1, q1), None),
                ("dit", dit_call("jensen_shannon_divergence", p1, q1), None),
            ],
            bare_log(p1),
        ),
        *compare(
            "Wasserstein, 10⁶ points",
            lambda: wasserstein_1d(p, q, points),
            [
                (
                    "SciPy wasserstein_distance",
                    lambda: stats.wasserstein_distance(points, points, p, q),
                    1,
                )
            ],
        ),
        *compare(
            "information gain, 10⁵ cases",
            lambda: information_gain(labels, split),
            [
                (
                    "scikit-learn mutual_info_score",
                    lambda: metrics.mutual_info_score(labels, split),
                    None,
                )
            ],
        ),
        *gaussian_rows(),
    ]


def gaussian_rows() -> list[Row]:
    """Compare the KL of a batch of Gaussians with full covariances."""
    means = RNG.standard_normal((2, 1000, 10))
    noise = RNG.standard_normal((2, 1000, 10, 10))
    covs = noise @ np.swapaxes(noise, -1, -2) + np.eye(10)
    peer = None
    if torch is not None:
        tensors = [torch.from_numpy(x) for x in (means[0], covs[0], means[1], covs[1])]

        def peer() -> object:  # its constructor checks the arguments, as ours does
            normal = torch.distributions.MultivariateNormal
            return torch.distributions.kl_divergence(normal(*tensors[:2]), normal(*tensors[2:]))

    return compare(
        "KL of 1000 Gaussians in 10 dimensions",
        lambda: gaussian_kl_full(means[0], covs[0], means[1], covs[1]),
        [("PyTorch MultivariateNormal", peer, None)],
    )


def memory_rows() -> list[Row]:
    """Measure the extra memory of each measure at 10⁶ outcomes."""
    p, q = pair(MILLION)
    calls: dict[str, Callable[[], object]] = {
        "entropy": lambda: entropy(p),
        "KL": lambda: kl_divergence(p, q),
        "JS": lambda: js_divergence(p, q),
        "total variation": lambda: total_variation(p, q),
        "Rényi of order 2": lambda: renyi_divergence(p, q, 2),
    }
    return [
        Row(f"memory beyond the inputs: {name}, 10⁶", "", 1, extra_megabytes(call), "MB", True)
        for name, call in calls.items()
    ]


def torch_kl(p: np.ndarray, q: np.ndarray, axis: int = -1) -> Call | None:
    """Return PyTorch's KL divergence of the same numbers, if PyTorch is installed."""
    if torch is None:
        return None
    log_q, target = torch.from_numpy(np.log(q)), torch.from_numpy(p)
    if p.ndim == 1:
        return lambda: torch.nn.functional.kl_div(log_q, target, reduction="sum")
    return lambda: torch.nn.functional.kl_div(log_q, target, reduction="none").sum(axis)


def dit_call(name: str, p: np.ndarray, q: np.ndarray) -> Call | None:
    """Return a divergence of dit for the same numbers, if dit is installed."""
    if dit is None:
        return None
    outcomes = [(k,) for k in range(p.size)]
    a, b = dit.Distribution(outcomes, p), dit.Distribution(outcomes, q)
    measure = getattr(dit.divergences, name)
    return (lambda: measure([a, b])) if name.startswith("jensen") else (lambda: measure(a, b))

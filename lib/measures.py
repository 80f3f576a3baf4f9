"""Surprisal, entropy, cross-entropy, KL and other divergences of two pmfs."""

# Each is its formula: the arguments are checked (lib.checks), and the sum stands here or at the end
# of this module. Where it would lose digits, lib.careful has another; lib.fast is for easy inputs.

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.blocks import in_blocks
from lib.careful import (
    LARGEST_ORDER,
    bregman_kl,
    js_by_terms,
    log_or_least,
    log_power_sum,
    log_quotient,
    minus_log_reached,
    well_above_rounding,
)
from lib.checks import (
    Result,
    as_order,
    as_probabilities,
    as_real,
    in_order,
    logarithm,
    nats_per_unit,
    one_pmf,
    pmf_pair,
)
from lib.fast import easy_expected_log, easy_kl

__all__ = [
    "cross_entropy",
    "entropy",
    "js_divergence",
    "kl_divergence",
    "renyi_divergence",
    "surprisal",
    "total_variation",
    "wasserstein_1d",
]

Floats = NDArray[np.float64]


def surprisal(p: ArrayLike, *, base: float | None = None) -> Result:
    """Return how surprising an outcome of probability p is.

    h(p) = −log p

    Shapes: p of any shape, also a single number; the result has the same shape. The entries need
        not sum to 1. surprisal(0) is inf.
    Unit: nats; bits with base=2.
    Errors: TypeError for anything but integers and real floats, and a base that is no number;
        ValueError for nan and entries outside [0, 1], and a base that is not above 1.
    Source: Shannon (1948), section 6, as the −log p_i of his H.

    One card drawn from a deck of 52 surprises by 5.7 bits: so many yes-no questions name it.

    >>> print(f"{surprisal(1 / 52, base=2):.2f}")
    5.70
    """
    log, unit = logarithm(base)
    with np.errstate(all="ignore"):
        return log(as_probabilities(p)) / -unit + 0.0  # + 0.0 turns the -0.0 of p = 1 into 0.0


def entropy(p: ArrayLike, *, base: float | None = None, axis: int = -1) -> Result:
    """Return the entropy of p, its expected surprisal.

    H(p) = −Σ_k p_k log p_k, where 0 log 0 = 0

    Shapes: p (..., K) with the K outcomes on `axis`; the result is (...), a number for one pmf.
    Unit: nats; bits with base=2.
    Errors: TypeError and ValueError as for `check_pmf`; a base that is no number above 1.
    Source: Shannon (1948), section 6; Cover & Thomas (2006), equation (2.1).

    News of which half is politics, 30 % sports and 20 % entertainment carries 1.49 bits an item; no
    code for single items can be shorter on average.

    >>> print(f"{entropy([0.5, 0.3, 0.2], base=2):.4f}")
    1.4855

    The joint entropy of a table with any number of axes is that of all its entries in a row.

    >>> print(entropy(np.full((2, 2, 2), 1 / 8).ravel(), base=2))
    3.0
    """
    log, unit = logarithm(base)
    easy = easy_expected_log(p, axis, log)
    if easy is not None:
        return easy / -unit + 0.0
    with np.errstate(all="ignore"):
        p = one_pmf(p, axis)
        return in_blocks(lambda a, b: _expected_log(a, b, log), p, p) / -unit + 0.0


def cross_entropy(
    p: ArrayLike, q: ArrayLike, *, base: float | None = None, axis: int = -1
) -> Result:
    """Return the expected surprisal of outcomes from p for someone who believes q.

    H(p, q) = −Σ_k p_k log q_k = H(p) + D(p‖q), where 0 log 0 = 0

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; the result is
        (...), a number for two pmfs. `axis` counts in the argument with more axes; one with a
        single axis is one pmf for all.
    Unit: nats; bits with base=2. inf where p_k > 0 = q_k.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; a base that is no number above 1.
    Source: Cover & Thomas (2006), theorem 5.4.3: to within one bit, the mean length of q's code.

    Whoever takes sports for the most frequent news, with (.3, .6, .1), pays 1.75 bits an item where
    1.49 would do.

    >>> print(f"{cross_entropy([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], base=2):.4f}")
    1.7540
    """
    log, unit = logarithm(base)
    with np.errstate(all="ignore"):
        p, q, _, _ = pmf_pair(p, q, axis)
        return in_blocks(lambda a, b: _expected_log(a, b, log), p, q) / -unit + 0.0


def kl_divergence(
    p: ArrayLike, q: ArrayLike, *, base: float | None = None, axis: int = -1
) -> Result:
    """Return the Kullback–Leibler divergence D(p‖q): what believing q costs when p is true.

    D(p‖q) = Σ_k p_k log(p_k / q_k), computed as Σ_k [p_k log(p_k / q_k) − p_k + q_k]

    The two sums are equal for exact pmfs. Floats sum to 1 only to 1e-16, and for nearly equal p and
    q the first sum is made of that error; the second is never negative and 0 only where p = q.

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; the result is
        (...), a number for two pmfs. `axis` counts in the argument with more axes; one with a
        single axis is one pmf for all.
    Unit: nats; bits with base=2. inf where p_k > 0 = q_k.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; a base that is no number above 1.
    Source: Kullback & Leibler (1951); Cover & Thomas (2006), equation (2.26). The second sum is the
        Bregman divergence of negative entropy.

    Coding the news (.5, .3, .2) with lengths made for (.3, .6, .1) wastes .27 bits an item.

    >>> print(f"{kl_divergence([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], base=2):.4f}")
    0.2685

    What each outcome with p_k > 0 adds, or saves, is p_k times the difference of its surprisals.

    >>> p, q = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.6, 0.1])
    >>> (p * (surprisal(q, base=2) - surprisal(p, base=2))).round(4)
    array([ 0.3685, -0.3   ,  0.2   ])
    """
    unit = nats_per_unit(base)
    easy = easy_kl(p, q, axis)
    if easy is not None:
        return easy / unit
    with np.errstate(all="ignore"):
        p, q, p_total, q_total = pmf_pair(p, q, axis)
        kl = in_blocks(_log_ratio, p, q) - (p_total - q_total)
        return (kl if well_above_rounding(kl) else bregman_kl(p, q)) / unit


def js_divergence(
    p: ArrayLike, q: ArrayLike, *, base: float | None = None, axis: int = -1
) -> Result:
    """Return the Jensen–Shannon divergence of p and q (not its root, which is a metric).

    JS(p, q) = [D(p‖m) + D(q‖m)] / 2, where m = (p + q)/2

    The terms −p + m and −q + m of the Bregman form (see `kl_divergence`) cancel, so the textbook
    sum is that form; it is computed from terms that are never negative, and 0 only where p = q.

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; the result is
        (...), a number for two pmfs. `axis` counts in the argument with more axes; one with a
        single axis is one pmf for all.
    Unit: nats; bits with base=2. At most log 2, one bit, where p and q have no outcome in common.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; a base that is no number above 1.
    Source: Lin (1991), section IV.

    One item, drawn from (.5, .3, .2) or from (.3, .6, .1) as a fair coin decides, tells .067 bits
    about how the coin fell. (Several pmfs, or a coin that is not fair: see `mutual_information`.)

    >>> print(f"{js_divergence([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], base=2):.4f}")
    0.0672
    """
    unit = nats_per_unit(base)
    with np.errstate(all="ignore"):
        p, q, p_total, q_total = pmf_pair(p, q, axis)
        js = (in_blocks(_log_shares, p, q) + math.log(2) * (p_total + q_total)) / 2
        return (js if well_above_rounding(js) else js_by_terms(p, q)) / unit


def total_variation(p: ArrayLike, q: ArrayLike, *, axis: int = -1) -> Result:
    """Return the total variation: by how much p and q can differ on the probability of an event.

    TV(p, q) = ½ Σ_k |p_k − q_k| = max over events A of |p(A) − q(A)|

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; the result is
        (...), a number for two pmfs. `axis` counts in the argument with more axes; one with a
        single axis is one pmf for all.
    Unit: none (a difference of probabilities): 0 where p = q, 1 where no outcome is common to both.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast.
    Source: Levin & Peres (2017), proposition 4.2.

    No event is more than .3 likelier under (.3, .6, .1) than under (.5, .3, .2); sports is.

    >>> print(f"{total_variation([0.5, 0.3, 0.2], [0.3, 0.6, 0.1]):.3f}")
    0.300
    """
    with np.errstate(all="ignore"):
        p, q, _, _ = pmf_pair(p, q, axis)
        return in_blocks(lambda a, b: np.abs(a - b).sum(axis=-1), p, q) / 2


def renyi_divergence(
    p: ArrayLike, q: ArrayLike, order: float, *, base: float | None = None, axis: int = -1
) -> Result:
    """Return the Rényi divergence of p from q: the higher the order, the more large p/q count.

    D_α(p‖q) = log(Σ_k p_k^α q_k^(1 − α)) / (α − 1); and as limits
    D_0 = −log Σ q_k over p_k > 0, D_1 = D(p‖q), D_∞ = log max_k p_k/q_k

    Where the sum is nearly 1 (α near 1, p ≈ q) its logarithm is computed as
    log1p(Σ_k [p_k^α q_k^(1 − α) − α p_k − (1 − α) q_k]), which is the same for exact pmfs; for
    others, off by 1e-16, the result is that of the pmfs divided by their sums. It is never
    negative (D_∞ takes the maximum of 1 and all p_k/q_k) and 0 where p = q, but order 0 gives 0
    wherever q excludes what p excludes.

    Shapes: p and q (..., K) with the K outcomes on `axis`, the other axes broadcast; order is one
        number; the result is (...), a number for two pmfs. `axis` counts in the argument with more
        axes; one with a single axis is one pmf for all.
    Unit: nats; bits with base=2. inf where p_k > 0 = q_k and order ≥ 1, and where p and q have no
        outcome in common.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; an order that is no number from 0 to inf; a base that is
        no number above 1.
    Source: Rényi (1961), equation (3.3); van Erven & Harremoës (2014), definitions 2 and 3.

    What a wrong model of the news costs at worst, on an item about entertainment: a whole bit.

    >>> print(f"{renyi_divergence([0.5, 0.3, 0.2], [0.3, 0.6, 0.1], float('inf'), base=2):.4f}")
    1.0000
    """
    unit = nats_per_unit(base)
    order = as_order(order)
    if order == 1:
        return kl_divergence(p, q, base=base, axis=axis)
    with np.errstate(all="ignore"):
        p, q, p_total, q_total = pmf_pair(p, q, axis)
        if order == 0:
            return minus_log_reached(p, q) / unit + 0.0
        if order > LARGEST_ORDER:
            log_max = in_blocks(lambda a, b: log_quotient(a, b).max(axis=-1), p, q, np.max)
            return np.maximum(log_max, 0.0) / unit
        log_sum = log_power_sum(p, q, order, p_total, q_total)
        # below 0 by rounding at orders over 1e14
        return np.maximum(log_sum / (order - 1.0), 0.0) / unit


def wasserstein_1d(p: ArrayLike, q: ArrayLike, points: ArrayLike) -> Result:
    """Return the Wasserstein distance W1 on a line: how far the mass of p has to go to become q.

    W1(p, q) = ∫ |F_p(x) − F_q(x)| dx = Σ_i |Σ_{k ≤ i} (p_k − q_k)| (x_{i+1} − x_i), x ascending

    The points may come in any order and more than once: entry k of p and of q is what lies at
    points[k], and all three are sorted together.

    Shapes: p and q (..., K), where the other axes broadcast, and points (K,); the result is (...),
        a number for two pmfs.
    Unit: that of the points.
    Errors: TypeError and ValueError as for `check_pmf`; p and q with different numbers of outcomes
        or shapes that do not broadcast; points that are not one finite number for each outcome, or
        farther apart than the largest float.
    Source: Vallender (1974).

    To move a half from 0 to 3 and leave the other half at 1, is 1.5 of work.

    >>> print(wasserstein_1d([0.5, 0.5, 0], [0, 0.5, 0.5], points=[0, 1, 3]))
    1.5

    Two pmfs that have points of their own, here (0, 1) and (1, 3), are set one after the other.

    >>> print(wasserstein_1d([0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5], points=[0, 1, 1, 3]))
    1.5
    """
    x, _ = as_real(points, "points")
    with np.errstate(all="ignore"):
        p, q, _, _ = pmf_pair(p, q, -1)
        ascending, gaps = in_order(x, p.shape[-1])
        difference = np.cumsum((p - q)[..., ascending], axis=-1)
        return np.vecdot(np.abs(difference[..., :-1]), gaps)


# ---- the sums, as they stand in the formulas; outcomes last --------------------------------------


def _expected_log(p: Floats, q: Floats, log: np.ufunc) -> Result:
    """Return Σ p log q; an outcome with p = 0 adds nothing, whatever q says."""
    if not q.min(initial=1.0) > 0:
        q = np.where(p > 0, q, 1.0)
    return np.vecdot(p, log(q))


def _log_ratio(p: Floats, q: Floats) -> Result:
    """Return Σ p log(p/q)."""
    return np.vecdot(p, log_or_least(p / q))


def _log_shares(p: Floats, q: Floats) -> Result:
    """Return Σ p log(p/(p + q)) + q log(q/(p + q))."""
    both = p + q
    return np.vecdot(p, log_or_least(p / both)) + np.vecdot(q, log_or_least(q / both))

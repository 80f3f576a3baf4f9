"""Entropy, cross-entropy and KL divergence of Gaussians, in closed form."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib.checks import Result, as_finite, at, was_single

__all__ = ["gaussian_cross_entropy", "gaussian_entropy", "gaussian_kl", "gaussian_kl_full"]

Floats = NDArray[np.float64]

_HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)
_EPS = np.finfo(np.float64).eps
_TINY = np.finfo(np.float64).tiny

# Near t = 0, t − log(1 + t) = t²/2 − t³/3 + t⁴/4 − …; the subtraction would lose the digits.
_CLOSE = 0.05
_SERIES = [(-1) ** k / k for k in range(13, 1, -1)]

# The factors of a covariance are off by about its condition number times 1e-16. The estimate of
# _cholesky must stay below this, so that a divergence is right to 1e-8; what is above is refused.
_ILL_CONDITIONED = 5e-9
_ASYMMETRY = {2: 1e-2, 4: 1e-5}  # by the bytes of the type; otherwise 1e-10


def gaussian_entropy(std: ArrayLike) -> Result:
    """Return the differential entropy of a Gaussian with standard deviation std.

    h(N(μ, σ²)) = ½ log(2πe σ²)

    Shapes: std of any shape, also a single number; the result has the same shape.
    Unit: nats, on the scale of x: it grows by log 10 when x is measured in units a tenth as large,
        and it is negative for σ below .242.
    Errors: TypeError for anything but integers and real floats; ValueError for nan, inf and a std
        that is not positive.
    Source: Cover & Thomas (2006), theorem 8.4.1 for one dimension.

    To tell a standard normal variable to within 1/1000 takes about 1.42 + log 1000 = 8.33 nats.

    >>> print(f"{gaussian_entropy(1.0):.4f}")
    1.4189
    """
    std = _stds(std, "std")
    with np.errstate(all="ignore"):
        return np.log(std) + (_HALF_LOG_2PI + 0.5)


def gaussian_cross_entropy(
    mean_p: ArrayLike, std_p: ArrayLike, mean_q: ArrayLike, std_q: ArrayLike
) -> Result:
    """Return the mean of −log q(x) for x from the Gaussian p and the density q of another.

    H(p, q) = ½ log(2π σ_q²) + (σ_p² + (μ_p − μ_q)²) / (2σ_q²)

    Shapes: four numbers or arrays that broadcast; the result has their common shape.
    Unit: nats, on the scale of x as for `gaussian_entropy`. inf where the square of σ_p/σ_q or of
        (μ_p − μ_q)/σ_q is beyond float64.
    Errors: TypeError for anything but integers and real floats; ValueError for nan, inf, a std that
        is not positive, shapes that do not broadcast.
    Source: Bishop (2006), equation (1.46), averaged over x.

    With q = N(0, 1) the cost is half the mean square and .92: a decoder that is trained by squared
    error pays the cross-entropy of a Gaussian.

    >>> print(f"{gaussian_cross_entropy(1.0, 1.0, 0.0, 1.0):.4f}")
    1.9189
    """
    mean_p, std_p, mean_q, std_q = _two_gaussians(mean_p, std_p, mean_q, std_q)
    with np.errstate(all="ignore"):
        ratio, distance = std_p / std_q, _distance(mean_p, mean_q, std_q)
        return np.log(std_q) + _HALF_LOG_2PI + 0.5 * (ratio * ratio + distance * distance)


def gaussian_kl(mean_p: ArrayLike, std_p: ArrayLike, mean_q: ArrayLike, std_q: ArrayLike) -> Result:
    """Return the KL divergence D(p‖q) of two Gaussians on the line.

    D(p‖q) = log(σ_q/σ_p) + (σ_p² + (μ_p − μ_q)²) / (2σ_q²) − ½

    It is summed from terms none of which is negative, so that it is right to 14 digits for
    nearly equal Gaussians too, never negative, and 0 where they are equal.

    Shapes: four numbers or arrays that broadcast; the result has their common shape. For Gaussians
        with independent coordinates, sum the result over these.
    Unit: nats. inf where the square of σ_p/σ_q or of (μ_p − μ_q)/σ_q is beyond float64.
    Errors: TypeError and ValueError as for `gaussian_cross_entropy`.
    Source: Kullback (1959), chapter 9; Kingma & Welling (2014), appendix B, for q = N(0, 1).

    A latent variable that says only N(1, 1) where N(0, 1) was agreed costs half a nat.

    >>> print(gaussian_kl(1.0, 1.0, 0.0, 1.0))
    0.5
    """
    mean_p, std_p, mean_q, std_q = _two_gaussians(mean_p, std_p, mean_q, std_q)
    with np.errstate(all="ignore"):
        distance = _distance(mean_p, mean_q, std_q)
        return (_kl_of_scales(std_p, std_q) + 0.5 * distance * distance)[()]


def gaussian_kl_full(
    mean_p: ArrayLike, cov_p: ArrayLike, mean_q: ArrayLike, cov_q: ArrayLike
) -> Result:
    """Return the KL divergence D(p‖q) of two Gaussians with full covariance matrices.

    D(p‖q) = ½ [tr(Σ_q⁻¹ Σ_p) − d + (μ_p − μ_q)ᵀ Σ_q⁻¹ (μ_p − μ_q) + log(det Σ_q / det Σ_p)]

    Computed from Cholesky factors, as a sum of terms none of which is negative: 0 for equal
    Gaussians, and right to 1e-8 for whatever is not refused.

    Shapes: means (..., d) and covariances (..., d, d); the other axes broadcast, the result is
        (...), a number for two Gaussians. Of a covariance the lower triangle counts.
    Unit: nats. inf where a term is beyond float64.
    Errors: TypeError for anything but integers and real floats; ValueError for nan, inf, shapes
        that do not fit, a covariance that is not symmetric (to 1e-10, for float32 input and what
        float32 holds exactly 1e-5, of the product of the two stds), not positive definite, or so
        near to singular that fewer than 8 digits would be right. Variances of different size are no
        obstacle; coordinates that almost determine each other are: a correlation of 1 − 1e-7 is
        about the limit.
    Source: Kullback (1959), chapter 9.

    Independent coordinates add up: half a nat for the shifted one, .19 for the one of half the std.

    >>> print(f"{gaussian_kl_full([0, 1], [[0.25, 0], [0, 1]], [0, 0], [[1, 0], [0, 1]]):.4f}")
    0.8181
    """
    mean_p, mean_q = _means(mean_p, "mean_p"), _means(mean_q, "mean_q")
    cov_p, cov_q = _covariances(cov_p, "cov_p"), _covariances(cov_q, "cov_q")
    shapes = mean_p.shape, cov_p.shape[:-1], mean_q.shape, cov_q.shape[:-1]
    if len({shape[-1] for shape in shapes}) > 1:
        raise ValueError(
            f"mean_p, cov_p, mean_q and cov_q have {', '.join(str(s[-1]) for s in shapes)} "
            "dimensions; all four need the same number"
        )
    try:
        lead = np.broadcast_shapes(*shapes)[:-1]
    except ValueError:
        raise ValueError(
            f"mean_p, cov_p, mean_q and cov_q have shapes {mean_p.shape}, {cov_p.shape}, "
            f"{mean_q.shape} and {cov_q.shape}; the axes of the batch do not broadcast"
        ) from None
    with np.errstate(all="ignore"):
        factor_p, power_p = _cholesky(cov_p, "cov_p")
        factor_q, power_q = _cholesky(cov_q, "cov_q")
        # In coordinates scaled by powers of two, which is exact, Σ_q has variances near 1.
        distance = _distance(mean_p, mean_q, np.ldexp(1.0, power_q))
        of_means = _solve(factor_q, distance[..., None])[..., 0]
        scaled = np.ldexp(cov_p, -power_q[..., :, None] - power_q[..., None, :])
        target = np.ldexp(cov_q, -power_q[..., :, None] - power_q[..., None, :])
        excess = _solve(factor_q, scaled - target)
        excess = _solve(factor_q, np.swapaxes(excess, -1, -2))
        near = np.sqrt((excess * excess).sum(axis=(-2, -1))) < 0.5
        kl = np.where(
            near,
            _kl_near(excess, near),
            _kl_far(factor_p, power_p, factor_q, power_q),
        )
        kl = kl + 0.5 * (of_means * of_means).sum(axis=-1)
        kl = np.where(np.isnan(kl), np.inf, kl)  # inf − inf in a sum of squares beyond float64
        return np.broadcast_to(kl, lead).copy()[()]


def _kl_near(excess: Floats, near: NDArray[np.bool_]) -> Floats:
    """Return ½ Σ [λ − log(1 + λ)] over the eigenvalues λ of L_q⁻¹ (Σ_p − Σ_q) L_q⁻ᵀ."""
    excess = np.where(near[..., None, None], excess, 0.0)
    return 0.5 * _minus_log1p(np.linalg.eigvalsh(excess)).sum(axis=-1)


def _kl_far(
    factor_p: Floats, power_p: NDArray[np.int64], factor_q: Floats, power_q: NDArray[np.int64]
) -> Floats:
    """Return ½ Σ over the entries of A = L_q⁻¹ L_p: A_ij² below the diagonal, KL of scales on it.

    tr(Σ_q⁻¹ Σ_p) = ‖A‖², and the diagonal of A is the quotient of the diagonals.
    """
    ratio = _solve(factor_q, np.ldexp(factor_p, (power_p - power_q)[..., None]))
    below = np.tril(ratio, -1)
    diagonals = [
        np.ldexp(np.diagonal(factor, axis1=-2, axis2=-1), power)
        for factor, power in ((factor_p, power_p), (factor_q, power_q))
    ]
    return _kl_of_scales(*diagonals).sum(axis=-1) + 0.5 * (below * below).sum(axis=(-2, -1))


def _kl_of_scales(std_p: Floats, std_q: Floats) -> Floats:
    """Return log(σ_q/σ_p) + (σ_p/σ_q)²/2 − ½, which is t²/2 + t − log(1 + t), t = σ_p/σ_q − 1."""
    t, ratio = (std_p - std_q) / std_q, std_p / std_q
    log_ratio = np.where(ratio >= _TINY, np.log(ratio), np.log(std_p) - np.log(std_q))
    far = 0.5 * (ratio * ratio - 1) - log_ratio
    kl = np.where(np.abs(t) < 0.5, 0.5 * t * t + _minus_log1p(t), far)
    return np.where(ratio == np.inf, np.inf, kl)


def _minus_log1p(t: NDArray[np.floating]) -> Floats:
    """Return t − log(1 + t) for t > −1."""
    return np.where(np.abs(t) < _CLOSE, t * t * np.polyval(_SERIES, t), t - np.log1p(t))


def _distance(mean_p: Floats, mean_q: Floats, std: Floats) -> Floats:
    """Return (μ_p − μ_q)/σ; where the difference is beyond float64, the quotient may not be."""
    difference = mean_p - mean_q
    return np.where(np.isinf(difference), mean_p / std - mean_q / std, difference / std)


def _solve(lower: Floats, right: Floats) -> Floats:
    """Return lower⁻¹ right for a lower triangular matrix, by forward substitution."""
    shape = np.broadcast_shapes(lower.shape[:-2], right.shape[:-2])
    x = np.array(np.broadcast_to(right, (*shape, *right.shape[-2:])))
    for i in range(x.shape[-2]):
        x[..., i, :] -= (lower[..., i : i + 1, :i] @ x[..., :i, :])[..., 0, :]
        x[..., i, :] /= lower[..., i, i, None]
    return x


def _cholesky(cov: Floats, name: str) -> tuple[Floats, NDArray[np.int64]]:
    """Return L and k with cov = D L Lᵀ D, D = diag(2**k); refuse what is (nearly) singular."""
    variances = np.diagonal(cov, axis1=-2, axis2=-1)
    if not (variances > 0).all():
        place = np.unravel_index(np.argmin(variances > 0), variances.shape)
        raise ValueError(
            f"{name}{at([*place, place[-1]])} is {variances[place]}; a variance is positive, leave "
            "out a coordinate that does not vary"
        )
    power = np.frexp(variances)[1] // 2
    scaled = np.ldexp(cov, -power[..., :, None] - power[..., None, :])
    try:
        factor = np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        bad = next(i for i in np.ndindex(scaled.shape[:-2]) if not _has_factor(scaled[i]))
        raise ValueError(
            f"{name}{at(bad)} is not positive definite; some combination of the coordinates has "
            "a variance of 0 or less: leave out what the others determine"
        ) from None
    d = cov.shape[-1]
    inverse = _solve(factor, np.broadcast_to(np.eye(d), scaled.shape))
    loss = _EPS * (inverse * inverse).sum(axis=(-2, -1)) * math.sqrt(d)
    if not (loss < _ILL_CONDITIONED).all():
        index = np.unravel_index(np.argmin(loss < _ILL_CONDITIONED), loss.shape)
        raise ValueError(
            f"{name}{at(index)} is too near to singular for 8 right digits: some combination of "
            "the coordinates hardly varies; leave out what the others determine, or add to the "
            "variances on the diagonal"
        )
    return factor, power


def _has_factor(cov: Floats) -> bool:
    try:
        np.linalg.cholesky(cov)
    except np.linalg.LinAlgError:
        return False
    return True


def _stds(x: ArrayLike, name: str) -> Floats:
    std = as_finite(x, name)
    if not (std > 0).all():
        index = np.unravel_index(np.argmin(std > 0), std.shape)
        raise ValueError(
            f"{name}{at(index)} is {std[index]}; a standard deviation is positive, "
            "take the exponential first if this is its log"
        )
    return std


def _two_gaussians(
    mean_p: ArrayLike, std_p: ArrayLike, mean_q: ArrayLike, std_q: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """Check the four arguments of a function of two Gaussians on the line."""
    means = as_finite(mean_p, "mean_p"), as_finite(mean_q, "mean_q")
    stds = _stds(std_p, "std_p"), _stds(std_q, "std_q")
    shapes = means[0].shape, stds[0].shape, means[1].shape, stds[1].shape
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            "mean_p, std_p, mean_q and std_q have shapes "
            f"{shapes[0]}, {shapes[1]}, {shapes[2]} and {shapes[3]}; these do not broadcast"
        ) from None
    return means[0], stds[0], means[1], stds[1]


def _means(x: ArrayLike, name: str) -> Floats:
    mean = as_finite(x, name)
    if mean.ndim == 0 or mean.shape[-1] == 0:
        raise ValueError(
            f"{name} has shape {mean.shape}; expected (..., d), for one dimension use gaussian_kl"
        )
    return mean


def _covariances(x: ArrayLike, name: str) -> Floats:
    """Check that x is symmetric matrices; return these with the lower triangle on both sides."""
    cov = as_finite(x, name)
    if cov.ndim < 2 or cov.shape[-1] != cov.shape[-2] or cov.shape[-1] == 0:
        raise ValueError(
            f"{name} has shape {cov.shape}; expected (..., d, d), np.diag(variances) for "
            "independent coordinates"
        )
    given = np.asarray(x).dtype
    tolerance = _ASYMMETRY.get(given.itemsize, 1e-10) if given.kind == "f" else 1e-10
    lower = np.tril(cov)
    mirrored = lower + np.swapaxes(np.tril(cov, -1), -1, -2)
    with np.errstate(all="ignore"):
        if tolerance == 1e-10 and was_single(cov):
            tolerance = _ASYMMETRY[4]
        scale = np.sqrt(np.abs(np.diagonal(cov, axis1=-2, axis2=-1)))
        allowed = tolerance * scale[..., :, None] * scale[..., None, :]
        askew = np.abs(cov - mirrored) > allowed
    if askew.any():
        *index, i, j = np.unravel_index(np.argmax(askew), askew.shape)
        raise ValueError(
            f"{name}{at([*index, i, j])} is {cov[*index, i, j]} and {name}{at([*index, j, i])} is "
            f"{cov[*index, j, i]}; a covariance is symmetric, use ({name} + {name}.mT) / 2 if "
            "this is rounding"
        )
    return mirrored

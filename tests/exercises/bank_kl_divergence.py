"""How readers write a merged divergence, that of two Gaussians, and a slope, right and wrong."""

import math
from fractions import Fraction

import numpy as np
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

merging = Bank(check.merged_kl)
gaussians = Bank(check.gaussian_kl_full)
slope = Bank(check.reverse_kl_gradient)
BANKS = [merging, gaussians, slope]

# ---- merging -------------------------------------------------------------------------------------


def bits(p, q):
    return scipy.special.rel_entr(p, q).sum() / math.log(2)


@merging.right
def bincount(p, q, cells):
    return bits(np.bincount(cells, weights=p), np.bincount(cells, weights=q))


@merging.right
def scipy_entropy(p, q, cells):
    return scipy.stats.entropy(np.bincount(cells, p), np.bincount(cells, q), base=2)


@merging.right
def dictionaries(p, q, cells):
    p_of, q_of = {}, {}
    for a, b, k in zip(p, q, cells, strict=True):
        p_of[k] = p_of.get(k, 0) + a
        q_of[k] = q_of.get(k, 0) + b
    total = 0
    for k, a in p_of.items():
        if a > 0:
            if q_of[k] == 0:
                return math.inf
            total += a * math.log2(a / q_of[k])
    return total


@merging.right
def masks(p, q, cells):
    terms = []
    for k in set(cells.tolist()):
        a, b = p[cells == k].sum(), q[cells == k].sum()
        with np.errstate(divide="ignore"):
            terms.append(a * np.log2(a / b) if a > 0 else 0.0)
    return sum(terms)


@merging.right
def matrix(p, q, cells):
    m = np.equal.outer(np.arange(cells.max() + 1), cells).astype(float)
    return bits(m @ p, m @ q)


@merging.right
def add_at(p, q, cells):
    a, b = np.zeros(cells.max() + 1), np.zeros(cells.max() + 1)
    np.add.at(a, cells, p)
    np.add.at(b, cells, q)
    return bits(a, b)


@merging.right
def difference_of_bills(p, q, cells):
    a, b = np.bincount(cells, p), np.bincount(cells, q)
    if (b[a > 0] == 0).any():
        return np.inf
    a, b = a[a > 0], b[a > 0]
    return -(a * np.log2(b)).sum() + (a * np.log2(a)).sum()


@merging.right
def fractions_(p, q, cells):
    a, b = {}, {}
    for x, y, k in zip(p.tolist(), q.tolist(), cells.tolist(), strict=True):
        a[k] = a.get(k, 0) + Fraction(str(x))
        b[k] = b.get(k, 0) + Fraction(str(y))
    if any(a[k] > 0 == b[k] for k in a):
        return math.inf
    return math.fsum(float(a[k]) * math.log2(a[k] / b[k]) for k in a if a[k] > 0)


@merging.right
def sorted_and_reduced(p, q, cells):
    order = np.argsort(cells, kind="stable")
    _, starts = np.unique(cells[order], return_index=True)
    return bits(np.add.reduceat(p[order], starts), np.add.reduceat(q[order], starts))


@merging.right
def minus_what_is_inside(p, q, cells):
    a, b = np.bincount(cells, p)[cells], np.bincount(cells, q)[cells]
    with np.errstate(divide="ignore", invalid="ignore"):
        share, log = np.where(p > 0, p, 0), np.log2(a / b)
    return np.sum(np.where(share > 0, share * log, 0))


@merging.wrong("nothing is merged")
def as_it_is(p, q, cells):
    return bits(p, q)


@merging.wrong("p and q are swapped")
def swapped(p, q, cells):
    return bits(np.bincount(cells, q), np.bincount(cells, p))


@merging.wrong("averaged. They add up")
def averaged(p, q, cells):
    n = np.bincount(cells)
    with np.errstate(all="ignore"):
        a, b = np.bincount(cells, p) / n, np.bincount(cells, q) / n
        return (a * np.log2(a / b)).sum()


@merging.wrong("divided by their sum")
def averaged_and_normalised(p, q, cells):
    n = np.bincount(cells)
    return scipy.stats.entropy(np.bincount(cells, p) / n, np.bincount(cells, q) / n, base=2)


@merging.wrong("what the merger loses")
def the_loss(p, q, cells):
    return bits(p, q) - bincount(p, q, cells)


@merging.wrong("ratios are still the old ones")
def old_ratios(p, q, cells):
    with np.errstate(all="ignore"):
        ratio = np.bincount(cells, np.log2(p / q)) / np.bincount(cells)
        return (np.bincount(cells, p) * ratio).sum()


@merging.wrong("one outcome stands for each")
def largest(p, q, cells):
    a, b = (np.array([x[cells == k].max() for k in range(cells.max() + 1)]) for x in (p, q))
    return bits(a, b)


@merging.wrong("entropy of the merged p")
def entropy_of_p(p, q, cells):
    return scipy.stats.entropy(np.bincount(cells, p), base=2)


@merging.wrong("cross-entropy of the merged lists")
def cross_entropy(p, q, cells):
    return -(np.bincount(cells, p) * np.log2(np.bincount(cells, q))).sum()


@merging.wrong("signs were dropped")
def absolute(p, q, cells):
    a, b = np.bincount(cells, p), np.bincount(cells, q)
    return np.abs(a * np.log2(a / b)).sum()


@merging.wrong("only q was merged")
def q_alone(p, q, cells):
    return bits(p, np.bincount(cells, q)[cells])


@merging.wrong("nats")
def natural(p, q, cells):
    return bincount(p, q, cells) * math.log(2)


@merging.wrong("0 · log 0 came out as nan")
def nan_for_zero(p, q, cells):
    a, b = np.bincount(cells, p), np.bincount(cells, q)
    with np.errstate(all="ignore"):
        return (a * np.log2(a / b)).sum()


@merging.wrong("hides that")
def capped(p, q, cells):
    a, b = np.bincount(cells, p), np.bincount(cells, q)
    return bits(a, np.maximum(b, 1e-12))


@merging.wrong("array of terms")
def terms(p, q, cells):
    a, b = np.bincount(cells, p), np.bincount(cells, q)
    return scipy.special.rel_entr(a, b) / math.log(2)


@merging.wrong("changes p")
def in_place(p, q, cells):
    p[0] = p[cells == cells[0]].sum()
    p[1:][cells[1:] == cells[0]] = 0
    q[0] = q[cells == cells[0]].sum()
    q[1:][cells[1:] == cells[0]] = 0
    return bits(p, q)


@merging.wrong("one outcome stands for each")
def first_of_each_kind(p, q, cells):
    _, first = np.unique(cells, return_index=True)
    return bits(p[first], q[first])


@merging.wrong("one outcome stands for each")
def overwritten(p, q, cells):
    p_of = dict(zip(cells.tolist(), p.tolist(), strict=True))
    q_of = dict(zip(cells.tolist(), q.tolist(), strict=True))
    return bits(list(p_of.values()), list(q_of.values()))


@merging.wrong(None)
def added_the_number(p, q, cells):
    return bincount(p, q, cells) + 1


# ---- two Gaussians -------------------------------------------------------------------------------


@gaussians.right
def inverse(mean_p, cov_p, mean_q, cov_q):
    d, a = mean_q - mean_p, np.linalg.inv(cov_q)
    logs = np.log(np.linalg.det(cov_q) / np.linalg.det(cov_p))
    return 0.5 * (np.trace(a @ cov_p) + d @ a @ d - len(d) + logs)


@gaussians.right
def solve(mean_p, cov_p, mean_q, cov_q):
    d = mean_p - mean_q
    logs = np.linalg.slogdet(cov_q)[1] - np.linalg.slogdet(cov_p)[1]
    square = d @ np.linalg.solve(cov_q, d)
    return (np.trace(np.linalg.solve(cov_q, cov_p)) + square - d.size + logs) / 2


@gaussians.right
def one_matrix(mean_p, cov_p, mean_q, cov_q):
    d = mean_p - mean_q
    whole = np.linalg.solve(cov_q, cov_p + np.outer(d, d))
    return (whole.trace() - d.size - math.log(np.linalg.det(np.linalg.solve(cov_q, cov_p)))) / 2


@gaussians.right
def factors(mean_p, cov_p, mean_q, cov_q):
    lower_p, lower_q = np.linalg.cholesky(cov_p), np.linalg.cholesky(cov_q)
    m, y = np.linalg.solve(lower_q, lower_p), np.linalg.solve(lower_q, mean_p - mean_q)
    logs = np.log(np.diag(lower_q)).sum() - np.log(np.diag(lower_p)).sum()
    return 0.5 * ((m**2).sum() + y @ y - len(y)) + logs


@gaussians.right
def eigenvalues(mean_p, cov_p, mean_q, cov_q):
    values = np.linalg.eigvals(np.linalg.solve(cov_q, cov_p)).real
    d = mean_p - mean_q
    return ((values - 1 - np.log(values)).sum() + d @ np.linalg.inv(cov_q) @ d) / 2


@gaussians.right
def einsum(mean_p, cov_p, mean_q, cov_q):
    a, d = np.linalg.inv(cov_q), mean_p - mean_q
    trace, square = np.einsum("ij,ji", a, cov_p), np.einsum("i,ij,j", d, a, d)
    return 0.5 * (trace + square - d.size + np.log(np.linalg.det(cov_q))
                  - np.log(np.linalg.det(cov_p)))  # fmt: skip


@gaussians.right
def cross_entropy_minus_entropy(mean_p, cov_p, mean_q, cov_q):
    k, d, a = len(mean_p), mean_p - mean_q, np.linalg.inv(cov_q)
    log_2pi = k * math.log(2 * math.pi)
    priced = log_2pi + np.linalg.slogdet(cov_q)[1] + np.sum(a * cov_p) + d @ a @ d
    own = log_2pi + np.linalg.slogdet(cov_p)[1] + k
    return (priced - own) / 2


@gaussians.right
def entropy_of_scipy(mean_p, cov_p, mean_q, cov_q):
    q = scipy.stats.multivariate_normal(mean_q, cov_q)
    a = np.linalg.inv(cov_q)
    priced = -q.logpdf(mean_p) + np.trace(a @ cov_p) / 2
    return priced - scipy.stats.multivariate_normal(mean_p, cov_p).entropy()


@gaussians.right
def loops(mean_p, cov_p, mean_q, cov_q):
    a, n = np.linalg.inv(cov_q), len(mean_p)
    total = -n
    for i in range(n):
        for j in range(n):
            total += a[i, j] * (cov_p[j, i] + (mean_p[i] - mean_q[i]) * (mean_p[j] - mean_q[j]))
    return (total + math.log(np.linalg.det(cov_q) / np.linalg.det(cov_p))) / 2


def pieces(mean_p, cov_p, mean_q, cov_q):
    d, a = mean_p - mean_q, np.linalg.inv(cov_q)
    logs = np.log(np.linalg.det(cov_q) / np.linalg.det(cov_p))
    return np.trace(a @ cov_p), d @ a @ d, logs, len(d)


@gaussians.wrong("p and q are swapped")
def other_direction(mean_p, cov_p, mean_q, cov_q):
    return inverse(mean_q, cov_q, mean_p, cov_p)


@gaussians.wrong("The product of matrices is @")
def star(mean_p, cov_p, mean_q, cov_q):
    _, distance, logs, d = pieces(mean_p, cov_p, mean_q, cov_q)
    return (np.trace(np.linalg.inv(cov_q) * cov_p) + distance + logs - d) / 2


@gaussians.wrong("leaves the correlations out")
def one_by_one(mean_p, cov_p, mean_q, cov_q):
    total = 0
    for m, v, n, w in zip(mean_p, np.diag(cov_p), mean_q, np.diag(cov_q), strict=True):
        total += math.log(w / v) / 2 + (v + (m - n) ** 2) / (2 * w) - 0.5
    return total


@gaussians.wrong("upside down")
def determinants_upside_down(*args):
    trace, square, logs, d = pieces(*args)
    return (trace + square - d - logs) / 2


@gaussians.wrong("the dimension d is not subtracted")
def no_dimension(*args):
    trace, square, logs, _ = pieces(*args)
    return (trace + square + logs) / 2


@gaussians.wrong("1 is subtracted")
def one_for_d(*args):
    trace, square, logs, _ = pieces(*args)
    return (trace + square + logs - 1) / 2


@gaussians.wrong("½ is missing")
def doubled(*args):
    return 2 * inverse(*args)


@gaussians.wrong("all four parts")
def half_of_three(*args):
    trace, square, logs, d = pieces(*args)
    return (trace + square - d) / 2 + logs


@gaussians.wrong("distance of the means is missing")
def no_means(*args):
    trace, _, logs, d = pieces(*args)
    return (trace + logs - d) / 2


@gaussians.wrong("is subtracted. Add it")
def minus_means(*args):
    trace, square, logs, d = pieces(*args)
    return (trace - square + logs - d) / 2


@gaussians.wrong("determinants is missing")
def no_determinants(*args):
    trace, square, _, d = pieces(*args)
    return (trace + square - d) / 2


@gaussians.wrong("quotient itself was added")
def no_logarithm(mean_p, cov_p, mean_q, cov_q):
    trace, square, _, d = pieces(mean_p, cov_p, mean_q, cov_q)
    return (trace + square - d + np.linalg.det(cov_q) / np.linalg.det(cov_p)) / 2


@gaussians.wrong("measured with cov_p")
def distance_by_p(mean_p, cov_p, mean_q, cov_q):
    trace, _, logs, d = pieces(mean_p, cov_p, mean_q, cov_q)
    u = mean_p - mean_q
    return (trace + u @ np.linalg.inv(cov_p) @ u - d + logs) / 2


@gaussians.wrong("the plain one")
def plain_distance(mean_p, cov_p, mean_q, cov_q):
    trace, _, logs, d = pieces(mean_p, cov_p, mean_q, cov_q)
    return (trace + ((mean_p - mean_q) ** 2).sum() - d + logs) / 2


@gaussians.wrong("cov_q is not inverted")
def not_inverted(mean_p, cov_p, mean_q, cov_q):
    trace, _, logs, d = pieces(mean_p, cov_p, mean_q, cov_q)
    u = mean_p - mean_q
    return (trace + u @ cov_q @ u - d + logs) / 2


@gaussians.wrong("not the sum of all of its entries")
def sum_for_trace(mean_p, cov_p, mean_q, cov_q):
    _, square, logs, d = pieces(mean_p, cov_p, mean_q, cov_q)
    return ((np.linalg.inv(cov_q) @ cov_p).sum() + square - d + logs) / 2


@gaussians.wrong("It is of cov_q⁻¹ cov_p")
def trace_upside_down(mean_p, cov_p, mean_q, cov_q):
    _, square, logs, d = pieces(mean_p, cov_p, mean_q, cov_q)
    return (np.trace(np.linalg.inv(cov_p) @ cov_q) + square - d + logs) / 2


@gaussians.wrong("in bits")
def in_bits(*args):
    return inverse(*args) / math.log(2)


@gaussians.wrong("wrapped in an array")
def wrapped(mean_p, cov_p, mean_q, cov_q):
    return np.array([inverse(mean_p, cov_p, mean_q, cov_q)])


@gaussians.wrong(None)
def covariances_as_stds(mean_p, cov_p, mean_q, cov_q):
    return inverse(mean_p, cov_p @ cov_p, mean_q, cov_q @ cov_q)


# ---- the slope -----------------------------------------------------------------------------------


def soft(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


@slope.right
def formula(z, p):
    q = soft(z)
    ratio = np.log(q / p)
    return q * (ratio - (q * ratio).sum())


@slope.right
def with_the_one(z, p):
    q = soft(z)
    g = np.log(q / p) + 1  # by the probabilities
    return q * g - q * (q @ g)


@slope.right
def jacobian(z, p):
    q = soft(z)
    return (np.diag(q) - np.outer(q, q)) @ np.log(q / p)


@slope.right
def loop(z, p):
    q, n = soft(z).tolist(), len(z)
    d = sum(q[j] * math.log(q[j] / p[j]) for j in range(n))
    return [q[k] * (math.log(q[k] / p[k]) - d) for k in range(n)]


@slope.right
def by_logs(z, p):
    log_q = scipy.special.log_softmax(z)
    ratio = log_q - np.log(p)
    return np.exp(log_q) * (ratio - np.exp(log_q) @ ratio)


@slope.right
def differences(z, p):
    def loss(z):
        return scipy.special.rel_entr(soft(z), p).sum()

    d = 1e-5
    return np.array([(loss(z + d * e) - loss(z - d * e)) / (2 * d) for e in np.eye(len(z))])


@slope.right
def complex_step(z, p):
    def loss(z):
        q = np.exp(z) / np.exp(z).sum()
        return (q * np.log(q / p)).sum()

    return np.array([loss(z + 1e-30j * e).imag / 1e-30 for e in np.eye(len(z))])


@slope.right
def single(z, p):
    return formula(z.astype(np.float32), p.astype(np.float32))


@slope.right
def entropies(z, p):
    q = soft(z)
    of_entropy = q * (np.log(q) - q @ np.log(q))  # the slope of −H(Q)
    return of_entropy - q * (np.log(p) - q @ np.log(p))


def ratio_of(z, p):
    q = soft(z)
    return q, np.log(q / p)


@slope.wrong("the other direction")
def forward(z, p):
    return soft(z) - p


@slope.wrong("the mean is missing")
def no_mean(z, p):
    q, ratio = ratio_of(z, p)
    return q * ratio


@slope.wrong("slopes by the probabilities")
def by_probabilities(z, p):
    return ratio_of(z, p)[1] + 1


@slope.wrong("still there")
def one_left(z, p):
    q, ratio = ratio_of(z, p)
    return q * (ratio + 1)


@slope.wrong("subtracted with the mean; it cancels")
def one_half_gone(z, p):
    q, ratio = ratio_of(z, p)
    return q * (ratio + 1 - q @ ratio)


@slope.wrong("factor q is missing")
def no_weight(z, p):
    q, ratio = ratio_of(z, p)
    return ratio - q @ ratio


@slope.wrong("weights are p")
def weights_p(z, p):
    _, ratio = ratio_of(z, p)
    return p * (ratio - p @ ratio)


@slope.wrong("needs the weights q")
def plain_mean(z, p):
    q, ratio = ratio_of(z, p)
    return q * (ratio - np.mean(ratio))


@slope.wrong("divergence itself")
def loss(z, p):
    q, ratio = ratio_of(z, p)
    return q @ ratio


@slope.wrong("through its own probability only")
def own_alone(z, p):
    q, ratio = ratio_of(z, p)
    return q * (1 - q) * (ratio + 1)


@slope.wrong("softmax first")
def no_softmax(z, p):
    with np.errstate(all="ignore"):
        return z * (np.log(z / p) - np.sum(z * np.log(z / p)))


@slope.wrong("added, not averaged")
def averaged_slope(z, p):
    return formula(z, p) / len(z)


@slope.wrong("minus sign")
def downhill(z, p):
    return -formula(z, p)


@slope.wrong("log2 was used")
def slope_in_bits(z, p):
    return formula(z, p) / math.log(2)


@slope.wrong("changes z")
def shifts_in_place(z, p):
    z -= z.max() - 1
    return formula(z, p)


@slope.wrong(None)
def half_a_slope(z, p):
    return 0.9 * formula(z, p)

"""The chapter on estimates from samples: its numbers by a second way.

Samples are enumerated in loops, neighbours found by SciPy's tree, log-odds by scikit-learn,
densities integrated by SciPy's quad, and PyTorch takes the slopes; the chapter uses none of these.
"""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import scipy.stats
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.spatial import cKDTree
from scipy.special import entr, rel_entr
from sklearn.linear_model import LogisticRegression

import data
from exports import estimation as chapter
from tests.chapters.chapter_run import numbers_of

P, Q = (0.5, 0.3, 0.2), (0.3, 0.6, 0.1)
NORMAL = scipy.stats.norm


def kl(p, q):
    return math.fsum(rel_entr(p, q))


def bits(p, q):
    return kl(p, q) / math.log(2)


def h(p):
    return math.fsum(entr(p)) / math.log(2)


def printed(cell):
    """Return the numbers that a cell of the chapter prints, line by line."""
    return numbers_of("estimation", cell)


def samples(p, n):
    """Yield every table of counts of three kinds and its chance."""
    law = scipy.stats.multinomial(n, p)
    for a in range(n + 1):
        for b in range(n + 1 - a):
            yield (a, b, n - a - b), law.pmf((a, b, n - a - b))


# ---- counting ------------------------------------------------------------------------------------


def test_plug_in_entropy_lacks_what_the_chapter_prints_summed_over_all_samples():
    for n, bias, first in printed("cell-05"):
        mean = math.fsum(w * h(np.array(c) / n) for c, w in samples(P, int(n)))
        assert bias == round(mean - h(P), 4)
        assert first == round(-1 / n / math.log(2), 4)


def test_the_entropy_lacks_what_the_divergence_has_too_much():
    n = 6
    all_of_them = [(np.array(c) / n, w) for c, w in samples(P, n)]
    of_p = math.fsum(w * kl(c, P) for c, w in all_of_them)
    mean_entropy = math.fsum(w * math.fsum(entr(c)) for c, w in all_of_them)
    mean_kl = math.fsum(w * kl(c, Q) for c, w in all_of_them)
    assert math.isclose(mean_entropy, math.fsum(entr(P)) - of_p, rel_tol=1e-10)
    assert math.isclose(mean_kl, kl(P, Q) + of_p, rel_tol=1e-10)


def test_letters_by_scipys_binomial():
    counts = data.load("letter_counts")[0]
    p = counts / counts.sum()
    (whole,), *rows, _ = printed("cell-12")
    assert whole == round(h(p), 4)
    for n, row in zip((30, 100, 1_000), rows, strict=True):
        c = np.arange(n + 1)
        law = scipy.stats.binom(n, p[:, None])
        bias = (law.pmf(c) * entr(c / n)).sum() / math.log(2) - h(p)
        seen = 26 - law.pmf(0).sum()
        half = np.arange(n // 2 + 1)
        priced = -np.log2((half + 0.5) / (n // 2 + 13))
        price = p @ (scipy.stats.binom(n // 2, p[:, None]).pmf(half) * priced).sum(axis=1)
        expected = bias, bias + (seen - 1) / (2 * n * math.log(2)), price - h(p)
        assert row[-3:] == np.round(expected, 4).tolist()


def test_on_average_over_samples_of_ten_miller_madow_misses_what_is_printed():
    (mended,) = printed("cell-12")[-1]
    with_seen = (
        w * (h(np.array(c) / 10) + (np.count_nonzero(c) - 1) / (20 * math.log(2)))
        for c, w in samples(P, 10)
    )
    assert mended == round(math.fsum(with_seen) - h(P), 4)


def seen_exactly(p, n, kinds):
    """Return the chance that of n draws just these kinds come, by inclusion and exclusion."""
    parts = itertools.chain(*(itertools.combinations(kinds, m) for m in range(len(kinds) + 1)))
    return sum((-1) ** (len(kinds) - len(s)) * sum(p[k] for k in s) ** n for s in parts)


def all_seen(p, n, kinds):
    parts = itertools.chain(*(itertools.combinations(kinds, m) for m in range(len(kinds) + 1)))
    return sum((-1) ** len(s) * (1 - sum(p[k] for k in s)) ** n for s in parts)


def test_the_chance_of_an_infinite_divergence_by_inclusion_and_exclusion():
    for n, _, infinite, *_ in printed("cell-17"):
        finite = sum(
            seen_exactly(P, n, kinds) * all_seen(Q, n, kinds)
            for m in (1, 2, 3)
            for kinds in itertools.combinations(range(3), m)
        )
        assert infinite == round(100 * (1 - finite), 1)


def test_with_one_half_added_ten_and_ten_are_off_by_what_is_printed():
    *_, bias, spread = printed("cell-17")[0]
    found, weights = [], []
    for (c, w), (d, v) in itertools.product(samples(P, 10), samples(Q, 10)):
        found.append(bits([(x + 0.5) / 11.5 for x in c], [(x + 0.5) / 11.5 for x in d]))
        weights.append(w * v)
    mean = np.average(found, weights=weights)
    assert bias == round(mean - bits(P, Q), 4)
    assert spread == round(math.sqrt(np.average((found - mean) ** 2, weights=weights)), 4)


# ---- two samples of numbers ----------------------------------------------------------------------


def neighbours(x, y):
    """Return the estimate with the nearest neighbours that SciPy's tree finds."""
    own, other = cKDTree(x).query(x, 2)[0][:, 1], cKDTree(y).query(x)[0]
    return x.shape[1] * np.log(other / own).mean() + math.log(len(y) / (len(x) - 1))


def log_odds(x, y, degree):
    """Return scikit-learn's log-odds, without a penalty."""
    a = np.vstack([x, y])
    labels = [1] * len(x) + [0] * len(y)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=5_000)

    def with_powers(z):
        return np.hstack([z**k for k in range(1, degree + 1)])

    model.fit(with_powers(a), labels)
    return lambda z: model.decision_function(with_powers(z))


def classifier(x, y, degree):
    half = len(x) // 2
    first = log_odds(x[:half], y[:half], degree)(x[half:]).mean()
    return (first + log_odds(x[half:], y[half:], degree)(x[:half]).mean()) / 2


def two_samples(task, n, dimensions, seed):
    x, y = np.random.default_rng(seed).standard_normal((2, n, dimensions))
    return x, y + dimensions**-0.5 if task == "shift" else 1.5 * y


def test_the_live_pair_of_samples_gives_what_the_chapter_prints():
    rng = np.random.default_rng(2008)  # the chapter's
    x, y = rng.standard_normal((1_000, 1)), rng.standard_normal((1_000, 1)) + 1
    edges = np.linspace(min(x.min(), y.min()), max(x.max(), y.max()), 21)
    p, q = (np.histogram(z, edges)[0] + 0.5 for z in (x, y))
    expected = kl(p / p.sum(), q / q.sum()), neighbours(x, y), classifier(x, y, 2)
    assert [row[-1] for row in printed("cell-30")] == [round(v, 3) for v in expected]
    (closed,), (mean,), (slip,) = printed("cell-21")
    p, q = (NORMAL.pdf(x.ravel(), m) for m in (0, 1))
    assert closed == quad(lambda t: NORMAL.pdf(t) * (0.5 - t), -9, 9)[0] == pytest.approx(0.5)
    assert mean == round(np.log(p / q).mean(), 3)
    assert slip == round(scipy.stats.entropy(p, q), 3)


def test_a_narrow_kernel_gives_more_and_very_many_bins_less():
    rng = np.random.default_rng(2008)  # the chapter's
    x, y = rng.standard_normal(1_000), rng.standard_normal(1_000) + 1
    for row, factor in zip(printed("cell-22a"), (1.06 * 1_000**-0.2, 0.05), strict=False):
        p, q = (scipy.stats.gaussian_kde(z, factor / z.std(ddof=1))(x) for z in (x, y))
        assert row[-1] == round(np.log(p / q).mean(), 3)
    for row, bins in zip(printed("cell-26a"), (2, 200, 10_000), strict=True):
        edges = np.linspace(min(x.min(), y.min()), max(x.max(), y.max()), bins + 1)
        p, q = (np.histogram(z, edges)[0] + 0.5 for z in (x, y))
        assert row[-1] == round(kl(p / p.sum(), q / q.sum()), 3)


def test_two_bins_an_axis_say_of_one_source_what_they_say_of_the_scale():
    (same,), (halves,) = printed("cell-33a")
    found = []
    for seed in range(20):  # not the chapter's
        both = np.random.default_rng(seed).standard_normal((2, 1_000, 10))
        middle = (both.min(axis=(0, 1)) + both.max(axis=(0, 1))) / 2
        p, q = (np.bincount((z > middle) @ 2 ** np.arange(10), minlength=1_024) for z in both)
        found.append(scipy.stats.entropy(p + 0.5, q + 0.5))
    assert same == pytest.approx(np.mean(found), abs=4 * np.std(found) / math.sqrt(10))
    assert data.study("sample_estimates")["scale"][2, 0].mean() == pytest.approx(same, abs=0.03)
    low = NORMAL.cdf(0.5 * 10**-0.5)
    assert halves == round(10 * kl((low, 1 - low), (1 - low, low)), 3)


def test_samples_of_unequal_size_are_refused():
    x = np.zeros((10, 1))
    with pytest.raises(AssertionError, match="as many points from P as from Q"):
        chapter.classifier_kl(x, x[:9], chapter.line)


@pytest.mark.parametrize("task", ["shift", "scale"])
def test_the_study_holds_what_scipy_and_scikit_learn_estimate(task):
    study = data.study("sample_estimates")
    for row, dimensions in enumerate((1, 2, 10)):
        for seed in (0, 99):
            x, y = two_samples(task, 1_000, dimensions, seed)
            bins, near, curved, straight = study[task][row, :, seed]
            assert near == pytest.approx(neighbours(x, y), abs=1e-9)
            assert curved == pytest.approx(classifier(x, y, 2), abs=1e-4)
            assert straight == pytest.approx(classifier(x, y, 1), abs=1e-4)
            both = np.vstack([x, y])
            edges = np.linspace(both.min(0), both.max(0), 3 if dimensions == 10 else 21).T
            p, q = (np.histogramdd(z, list(edges))[0].ravel() + 0.5 for z in (x, y))
            assert bins == pytest.approx(scipy.stats.entropy(p, q), abs=1e-9)


def test_in_ten_dimensions_neighbours_err_down_for_the_shift_and_up_for_the_scale():
    study = data.study("sample_estimates")
    for task, truth, sign in (("shift", 0.5, -1), ("scale", 1.277, 1)):
        means = study[f"{task} by n"].mean(axis=1)
        errors = study[task][2, 1] - truth
        assert (sign * errors > 0).mean() > 0.9
        assert study[f"{task} by n"][2, 0] == pytest.approx(
            neighbours(*two_samples(task, 10_000, 10, 0)), abs=1e-9
        )
        assert sign * (means[2] - truth) > 0


def test_a_classifier_of_few_points_is_too_high_on_its_own_and_less_so_on_others():
    own, other = data.study("sample_estimates")["own points"]
    assert (own > 0.5).mean() > 0.9
    assert 0.5 < other.mean() < own.mean()


# ---- k1, k2, k3 ----------------------------------------------------------------------------------


def moments(f):
    """Return mean and standard deviation of f under N(0, 1), by SciPy's quad."""
    mean = quad(lambda x: NORMAL.pdf(x) * f(x), -14, 20, limit=400, epsabs=1e-12)[0]
    square = quad(lambda x: NORMAL.pdf(x) * (f(x) - mean) ** 2, -14, 24, limit=400)[0]
    return mean, math.sqrt(square)


def three(mu):
    """Return k1, k2 and k3 for N(0, 1) and N(mu, 1) as functions of x."""

    def d(x):
        return mu * x - mu**2 / 2

    return lambda x: -d(x), lambda x: d(x) ** 2 / 2, lambda x: math.expm1(d(x)) - d(x)


def test_the_spreads_are_those_of_the_closed_forms_and_of_quad():
    for mu, divergence, too_high, *spreads in (
        [row[0], row[1], row[-4], *row[-3:]] for row in printed("cell-49")
    ):
        found = [moments(k) for k in three(mu)]
        assert divergence == round(mu**2 / 2, 3)
        assert too_high == round(100 * (found[1][0] / (mu**2 / 2) - 1), 2)
        assert [round(s / (mu**2 / 2), 3) for _, s in found] == spreads
        assert math.isclose(found[2][1] ** 2, math.exp(mu**2) - 1 - mu**2, rel_tol=1e-5)


def test_k3_misses_what_q_gives_to_excluded_outcomes():
    p, q = np.array([0.6, 0.4]), np.array([0.3, 0.5])  # and .2 where p is 0
    d = np.log(q / p)
    assert math.isclose(p @ (np.exp(d) - d - 1), p @ -d - 0.2, rel_tol=1e-12)


def test_the_mean_square_of_k3_is_infinite_exactly_from_twice_the_variance_on():
    def square(tau, end):
        def ratio(x):
            return math.exp(2 * NORMAL.logpdf(x, 0, tau) - NORMAL.logpdf(x))

        return quad(ratio, -end, end, limit=500)[0]

    for tau in (1.2, 1.4):  # ∫ q²/p in closed form
        closed = 1 / (tau * math.sqrt(2 - tau**2))
        assert square(tau, 200) == pytest.approx(closed, rel=1e-6)
    for tau in (math.sqrt(2), 1.5):
        assert square(tau, 40) > 1.9 * square(tau, 20)
    (*_, k1) = printed("cell-53")[-1]
    assert k1 == round((1 - 1 / 1.5**2) / math.sqrt(2), 3)


def test_samples_show_a_tenth_of_the_spread_and_other_seeds_say_so_too():
    study = data.study("sample_estimates")["spread of k3, N(3, 1)"]
    true = math.sqrt(math.exp(9) - 10) / 4.5
    for row, (n, runs) in enumerate(((1_000, 1_000), (10_000, 400))):
        z = np.random.default_rng(7).standard_normal((runs, n))  # not the study's
        d = 3 * z - 4.5
        shown = np.median((np.exp(d) - d - 1).std(axis=1)) / 4.5
        assert np.median(study[row]) == pytest.approx(shown, rel=0.15)
        assert shown < true / 5
    assert 4.5 < np.median(study[2]) < 7
    assert [row[-3] for row in printed("cell-53")[:3]] == np.median(study, axis=1).round(2).tolist()


def test_a_mean_of_k1_is_negative_as_often_as_the_normal_law_says():
    for row in printed("cell-56"):
        mu = math.sqrt(2 * row[0])
        assert row[-4:] == [round(100 * NORMAL.cdf(-mu * math.sqrt(n) / 2), 1)
                            for n in (1, 10, 100, 1_000)]  # fmt: skip


def test_cut_off_samples_make_k1_negative_and_k3_small():
    (truth,), (_, k1, k3) = printed("cell-58")
    assert truth == round(kl(P, (0.55, 0.35, 0.1)), 4)
    ratios = [0.55 / 0.5, 0.35 / 0.3]
    assert k1 == round(-(5 * math.log(ratios[0]) + 3 * math.log(ratios[1])) / 8, 4)
    assert k3 == round(k1 + (5 * ratios[0] + 3 * ratios[1]) / 8 - 1, 4)


def test_priced_by_the_sampler_k1_is_its_own_divergence_and_may_be_positive_and_wrong():
    (own,), (k1, truth) = printed("cell-59a")
    top = np.array([5, 3]) / 8
    assert own == round(kl(top, (0.55, 0.35)), 4)
    far = (0.3, 0.2, 0.5)
    assert k1 == round((5 * math.log(0.5 / 0.3) + 3 * math.log(0.3 / 0.2)) / 8, 3)
    assert truth == round(kl(P, far), 3)


def test_entropy_of_the_pairs_and_its_bounds():
    text = [c for c in data.load("genesis").lower() if "a" <= c <= "z"]
    counts = Counter(itertools.pairwise(text))
    p = sorted((c / counts.total() for c in counts.values()), reverse=True)
    sampled, (plug_in,) = printed("cell-62")
    (mean, error), (bounds, (whole, *cold)) = sampled[-2:], printed("cell-62b")
    low, high = bounds[-2:]
    assert whole == round(math.fsum(entr(p)), 3)
    rest = 1 - math.fsum(p[:20])
    assert low == round(math.fsum(entr([*p[:20], rest])), 3)
    assert high == round(math.fsum(entr([*p[:20], *[rest / 656] * 656])), 3)
    assert low < whole < high
    assert abs(mean - whole) < 3 * error
    assert plug_in < whole - 0.1
    powers = np.array(p) ** (1 / 0.7) / (np.array(p) ** (1 / 0.7)).sum()
    assert cold[-2:] == [round(-powers @ np.log(p), 3), round(entr(powers).sum(), 3)]


def test_a_relaxed_draw_makes_the_term_negative():
    (exact,), *rows = printed("cell-65")
    assert exact == round(math.log(2) - h((0.9, 0.1)) * math.log(2), 3)
    g = np.random.default_rng(5).gumbel(size=(400_000, 2)) + np.log([0.9, 0.1])
    for tau, mean in rows:
        y = scipy.special.softmax(g / tau, axis=1)
        term = y @ np.log([1.8, 0.2])
        assert mean == pytest.approx(term.mean(), abs=5 * term.std() / math.sqrt(400_000) + 5e-4)
    (limit,) = printed("cell-67")[0]
    assert limit == round(-kl((0.5, 0.5), (0.9, 0.1)), 3)


# ---- as a loss -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def of_fixed_draws(torch, kind, log_pi, log_ref):
    """Return the mean of a k whose draws are held fixed, for torch to differentiate."""
    d = log_ref - log_pi
    k = {"k1": -d, "k2": d**2 / 2, "k3": torch.exp(d) - d - 1}[kind]
    return (log_pi.exp().detach() * k).sum()


def test_pytorch_finds_the_slopes_of_the_three_losses_and_of_both_directions(torch):
    log_ref = torch.log(torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64))
    shown = [row[-4:] for row in printed("cell-72")]
    for row, kind in enumerate(("k1", "k2", "k3", "reverse", "forward")):
        theta = torch.tensor([1, 0.5, 0, -1], dtype=torch.float64, requires_grad=True)
        log_pi = torch.log_softmax(theta, dim=0)
        if kind == "reverse":
            loss = (log_pi.exp() * (log_pi - log_ref)).sum()
        elif kind == "forward":
            loss = (log_ref.exp() * (log_ref - log_pi)).sum()
        else:
            loss = of_fixed_draws(torch, kind, log_pi, log_ref)
        loss.backward()
        assert shown[row] == pytest.approx(theta.grad.tolist(), abs=6e-5)
    assert shown[0] == [0, 0, 0, 0]
    assert shown[1] == shown[3] and shown[2] == shown[4]


def test_with_the_importance_ratio_k1_and_k3_have_the_slope_of_what_they_estimate(torch):
    log_ref = torch.log(torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64))
    wanted = printed("cell-72")[3][-4:]
    for kind in ("k1", "k3"):
        theta = torch.tensor([1, 0.5, 0, -1], dtype=torch.float64, requires_grad=True)
        log_pi = torch.log_softmax(theta, dim=0)
        d = log_ref - log_pi
        k = -d if kind == "k1" else torch.exp(d) - d - 1
        (log_pi.exp().detach() * torch.exp(log_pi - log_pi.detach()) * k).sum().backward()
        assert theta.grad.tolist() == pytest.approx(wanted, abs=6e-5)
    assert [row[-4:] for row in printed("cell-81a")] == [wanted, wanted]


def test_the_detached_log_ratio_times_the_log_probability_has_the_slope_of_the_divergence(torch):
    log_ref = torch.log(torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64))
    theta = torch.tensor([1, 0.5, 0, -1], dtype=torch.float64, requires_grad=True)
    log_pi = torch.log_softmax(theta, dim=0)
    (log_pi.exp().detach() * (log_pi - log_ref).detach() * log_pi).sum().backward()
    assert theta.grad.tolist() == pytest.approx(printed("cell-72")[3][-4:], abs=6e-5)


def test_training_by_k2_ends_where_reverse_kl_is_least_and_by_k3_where_moments_match():
    ends = data.study("sample_estimates")["ends of training"]
    seeks = ends[1, 0].mean(axis=0)
    covers = ends[2, 0].mean(axis=0)
    assert seeks == pytest.approx([-2.9905, 1.0147], abs=0.03)  # forward-reverse, .7 and .3

    def reverse(mean, std):
        x = np.linspace(-30, 30, 6_001)
        q = NORMAL.pdf(x, mean, std)
        p = 0.7 * NORMAL.pdf(x, -3) + 0.3 * NORMAL.pdf(x, 3)
        return (q * np.log(np.maximum(q, 1e-300) / p)).sum() * 0.01

    assert reverse(*seeks) < min(reverse(*covers), 0.36)
    assert covers == pytest.approx([-1.2, math.sqrt(1 + 9 - 1.44)], abs=0.15)
    again = chapter.trained("k2", 0.0, 3.0, np.random.default_rng(0))
    assert again == pytest.approx(ends[1, 0, 0], abs=1e-6)


THETA = [[0.13, -0.13, 0.64], [0.1, -0.54, 0.36], [1.3, 0.95, -0.7], [-1.27, -0.62, 0.04]]
REF = [[-2.33, -0.22, -1.25], [-0.73, -0.54, -0.32], [0.41, 1.04, -0.13], [1.37, -0.67, 0.35]]


def test_summed_per_token_the_slopes_are_off_by_what_the_chapter_prints(torch):
    orders = list(itertools.product(range(3), repeat=3))

    def log_probs(theta):  # of each token, given the one before; row 3 is the start
        table = torch.log_softmax(theta, dim=1)
        return torch.stack([torch.stack([table[c, t] for c, t in zip((3, *o), o, strict=False)])
                            for o in orders])  # fmt: skip

    ref = log_probs(torch.tensor(REF, dtype=torch.float64))

    def slope(loss):
        theta = torch.tensor(THETA, dtype=torch.float64, requires_grad=True)
        loss(log_probs(theta)).backward()
        return theta.grad

    def by_token(kind):
        def loss(pi):
            d = ref - pi
            k = d**2 / 2 if kind == "k2" else torch.exp(d) - d - 1
            return (pi.sum(dim=1).exp().detach()[:, None] * k).sum()

        return loss

    def exact(first, second):
        return (first.sum(dim=1).exp() * (first - second).sum(dim=1)).sum()

    of_k2, of_k3, of_reward = printed("cell-83")[0]
    for kind, whole, number in (
        ("k2", lambda pi: exact(pi, ref), of_k2),
        ("k3", lambda pi: exact(ref, pi), of_k3),
    ):
        wanted = slope(whole)
        off = (slope(by_token(kind)) - wanted).norm() / wanted.norm()
        assert number == round(100 * off.item(), 1)

    def reward(pi):  # each token's ln π times the k1 of all tokens from it on, as numbers
        later = (pi - ref).detach().flip(1).cumsum(dim=1).flip(1)
        return (pi.sum(dim=1).exp().detach()[:, None] * later * pi).sum()

    assert of_reward == 0
    wanted = slope(lambda pi: exact(pi, ref))
    assert torch.allclose(slope(reward), wanted, rtol=1e-10, atol=1e-12)


# ---- exercises -----------------------------------------------------------------------------------


def test_the_best_control_variate_and_the_crossing():
    def spread(c):  # with d = x − 1/2
        return moments(lambda x: 0.5 - x + c * math.expm1(x - 0.5))[1]

    c, best, k3 = printed("cell-105")[0]
    assert (best, k3) == (round(spread(c), 3), round(spread(1), 3))
    assert spread(c) < min(spread(c - 0.05), spread(c + 0.05))
    m = brentq(lambda m: math.exp(m) - 1 - 2 * m, 0.5, 3)
    assert printed("cell-114")[0] == [round(m, 4), round(m / 2, 3)]

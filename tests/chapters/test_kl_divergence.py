"""The chapter "What KL promises": its numbers by a second way.

Pairs are counted in dictionaries and priced in a loop, lists merge as fractions, densities are
integrated by SciPy's quad, and PyTorch takes the slopes; the chapter uses none of these.
"""

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import rel_entr

import data
from tests.chapters.chapter_run import numbers_of

P, Q = (0.5, 0.3, 0.2), (0.3, 0.6, 0.1)


def kl(p, q):
    return math.fsum(rel_entr(p, q))


def bits(p, q):
    return kl(p, q) / math.log(2)


def printed(cell):
    """Return all numbers that a cell of the chapter prints."""
    return list(itertools.chain(*numbers_of("kl-divergence", cell)))


def test_mergers_of_the_news_keep_what_the_chapter_prints():
    p, q = ([Fraction(str(x)) for x in list_] for list_ in (P, Q))

    def merged(one, other):
        alone = 3 - one - other
        lists = [(x[one] + x[other], x[alone]) for x in (p, q)]
        return math.fsum(float(a) * math.log2(a / b) for a, b in zip(*lists, strict=True))

    kept = [row[-1] for row in numbers_of("kl-divergence", "cell-04")]
    assert kept == [round(bits(P, Q), 4), *(round(merged(*m), 4) for m in [(0, 2), (0, 1), (1, 2)])]
    garbled = [[0.85 * x + 0.05 for x in list_] for list_ in (P, Q)]
    assert printed("cell-14") == [round(bits(*garbled), 4)]


def test_equal_ratios_lose_nothing_by_a_merger_and_no_other_pair_of_kinds_does():
    equal = (0.4, 0.24, 0.36)
    for p, q, row in zip(
        (P, equal), (equal, P), numbers_of("kl-divergence", "cell-18"), strict=True
    ):
        whole = bits(p, q)
        assert row == [round(whole, 4)] * 2
        assert math.isclose(bits([p[0] + p[1], p[2]], [q[0] + q[1], q[2]]), whole, rel_tol=1e-12)
        assert bits([p[0] + p[2], p[1]], [q[0] + q[2], q[1]]) < whole - 0.01


def test_an_epsilon_inside_the_logarithm_and_a_doubled_list_make_it_negative():
    doubled, floor, epsilon = printed("cell-23")[0], printed("cell-23")[1], printed("cell-23")[-1]
    assert (doubled, floor) == (round(bits(P, Q) - 1, 4), -1)
    nats = 0.9 * math.log(1 / 1.01) + 0.1 * math.log(0.2 / 0.19)
    assert epsilon == round(nats, 4) < 0


def test_the_bounds_and_the_symmetric_sum():
    there, back = kl(P, Q), kl(Q, P)
    bounds = round(math.sqrt(there / 2), 4), 0.3, round(math.sqrt(back / 2), 4)
    assert printed("cell-28") == [round(there, 4), *bounds]
    assert printed("cell-31a") == [2, 1.0]

    def jeffreys(a, b):
        return (a - b) * (math.log(a / b) - math.log((1 - a) / (1 - b)))

    news = math.fsum((p - q) * math.log2(p / q) for p, q in zip(P, Q, strict=True))
    there, detour = jeffreys(0.5, 0.01), (jeffreys(0.5, 0.1), jeffreys(0.1, 0.01))
    roots = math.sqrt(there), sum(map(math.sqrt, detour))
    assert roots[0] > roots[1]
    expected = [news, there, sum(detour), *roots]
    assert printed("cell-33") == [round(x, 4) for x in expected]


# ---- zeros ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def halves():
    letters = [c for c in data.load("genesis").lower() if "a" <= c <= "z"]
    half = len(letters) // 2
    return letters[:half], letters[half:]


class Pairs:
    """Letter pairs of a piece, counted in a dictionary; `price` gives each pair its probability."""

    def __init__(self, piece):
        self.counts = Counter(itertools.pairwise(piece))
        self.n = sum(self.counts.values())
        single = Counter(piece)
        self.single = {c: (single[c] + 0.5) / (len(piece) + 13) for c in map(chr, range(97, 123))}
        self.floored = 676 * 1e-10 + 1 - 1e-10 * len(self.counts)

    def prices(self, pair):
        share = self.counts[pair] / self.n
        return {
            "add ½": (self.counts[pair] + 0.5) / (self.n + 338),
            "mix in 1 %": 0.99 * share + 0.01 / 676,
            "floor 1e-10": max(share, 1e-10) / self.floored,
            "drop rows": share,
            "singles": self.single[pair[0]] * self.single[pair[1]],
        }


def verdicts(source, target, n):
    """Return {remedy: (% of pieces where pairs beat singles, mean bits)}."""
    counts = Counter(itertools.pairwise(target))
    truth = {pair: k / (len(target) - 1) for pair, k in counts.items()}
    costs = {}
    for start in range(0, len(source) - n + 1, n):
        model, total = Pairs(source[start : start + n]), Counter()
        for pair, p in truth.items():
            for name, q in model.prices(pair).items():
                total[name] += p * math.log2(p / q) if q else 0.0
        for name, cost in total.items():
            costs.setdefault(name, []).append(cost)
    singles = np.array(costs["singles"])
    return {k: (100 * np.mean(np.array(v) < singles), np.mean(v)) for k, v in costs.items()}


def test_at_500_letters_the_remedy_decides_which_model_wins(halves):
    found = verdicts(*halves, 500)
    names = "add ½", "mix in 1 %", "floor 1e-10", "drop rows"
    shares = [row[-4:] for row in numbers_of("kl-divergence", "cell-48")]
    costs = [row[-4:] for row in numbers_of("kl-divergence", "cell-49")[1:]]
    for name, row in zip(names, (0, 2, 3, 4), strict=True):
        assert round(found[name][0]) == shares[1 + row][1], name
        assert round(found[name][1], 3) == costs[row][1], name
    assert round(found["singles"][1], 3) == costs[6][1]
    assert found["drop rows"][1] < 0 < found["add ½"][1] < found["singles"][1]


def test_with_the_halves_swapped_the_verdicts_stay_at_500_letters_and_the_floor_turns(halves):
    found = verdicts(*halves[::-1], 500)
    (_, *swapped), (*_, late) = numbers_of("kl-divergence", "cell-50a")
    floor = [verdicts(*order, 5_000)["floor 1e-10"][0] for order in (halves, halves[::-1])]
    assert floor == [100 * 7 / 15, 100 * 11 / 15] and late == round(floor[1])
    names = "add ½", "mix in 1 %", "floor 1e-10", "drop rows"
    assert [swapped[k] for k in (0, 2, 3, 4)] == [round(found[name][0]) for name in names]


def test_dropped_rows_divided_by_their_sums_cost_no_less_than_0_and_pairs_always_win(halves):
    truth = Counter(itertools.pairwise(halves[1]))
    for n in (200, 500, 1_000, 5_000):
        for start in range(0, len(halves[0]) - n + 1, n):
            model = Pairs(halves[0][start : start + n])
            left = [pair for pair in truth if pair in model.counts]
            dropped = scipy.stats.entropy(
                [truth[pair] for pair in left], [model.counts[pair] for pair in left], base=2
            )
            singles = scipy.stats.entropy(
                list(truth.values()), [model.prices(pair)["singles"] for pair in truth], base=2
            )  # SciPy divides the singles by the sum over all that comes, which lowers their bill
            assert 0 <= dropped < singles


def cost_of_chosen(counts, truth):
    """Price the truth by a mixture whose weight SciPy finds on the pairs, each left out in turn."""
    n, seen = counts.sum(), counts[counts > 0]

    def left_out(w):
        return -(seen * np.log2((1 - w) * (seen - 1) / (n - 1) + w / 676)).sum()

    w = minimize_scalar(left_out, bounds=(0.01, 0.9), method="bounded").x
    return bits(truth, (1 - w) * counts / n + w / 676)


def test_the_chosen_weight_beats_one_half_for_independent_pairs_and_loses_in_passages(halves):
    codes = [26 * np.array([ord(c) - 97 for c in half]) for half in halves]
    first, second = (np.bincount(c[:-1] + c[1:] // 26, minlength=676) / (c.size - 1) for c in codes)
    pieces = codes[0][: codes[0].size // 500 * 500].reshape(-1, 500)
    passages = [np.bincount(c[:-1] + c[1:] // 26, minlength=676) for c in pieces]
    draws = np.random.default_rng(3).multinomial(499, first, size=150)  # not the chapter's
    gaps = []
    for counts in (draws, passages):
        half = [bits(second, (c + 0.5) / (499 + 338)) for c in counts]
        chosen = [cost_of_chosen(c, second) for c in counts]
        gaps.append(np.mean(half) - np.mean(chosen))
    assert gaps[0] > 0.02 and gaps[1] < -0.02
    printed_half, printed_chosen = (row[-1] for row in numbers_of("kl-divergence", "cell-50c"))
    assert abs(printed_half - printed_chosen - gaps[0]) < 0.01
    rows = numbers_of("kl-divergence", "cell-49")
    assert abs(rows[1][-3] - rows[2][-3] - gaps[1]) < 0.002


def test_philemon_lacks_three_letters_and_its_remedies_cost_what_is_printed():
    counts = data.load("letter_counts")
    genesis, philemon = counts[0] / counts[0].sum(), counts[56]
    assert "".join(chr(97 + k) for k in np.flatnonzero(philemon == 0)) == "qxz"
    seen = philemon > 0
    added, shares = (philemon + 0.5) / (philemon.sum() + 13), philemon / philemon.sum()
    mean = (genesis + shares) / 2
    expected = [
        bits(genesis, added),
        bits(genesis, 0.99 * shares + 0.01 / 26),
        *(bits(genesis, np.where(seen, shares, e) / (1 + 3 * e)) for e in (1e-10, 1e-300)),
        bits(genesis[seen], shares[seen]),
        (bits(genesis, mean) + bits(shares, mean)) / 2,
    ]
    lines = numbers_of("kl-divergence", "cell-41")
    shown = [lines[k][-2] for k in range(4)] + [lines[k][-1] for k in (4, 5)]
    assert shown == [round(x, 4) for x in expected]


# ---- densities -----------------------------------------------------------------------------------


def density_kl(p, q, low, high):
    return quad(lambda x: math.exp(p.logpdf(x)) * (p.logpdf(x) - q.logpdf(x)), low, high,
                epsabs=1e-12, limit=400)[0]  # fmt: skip


def test_a_change_of_variable_leaves_the_divergence_and_moves_the_entropy():
    p, q = scipy.stats.norm(20, 3), scipy.stats.norm(18, 4)
    exact = density_kl(p, q, -20, 60)
    assert [row[0] for row in numbers_of("kl-divergence", "cell-54")[:2]] == [round(exact, 4)] * 2
    p, q = scipy.stats.lognorm(0.5, scale=math.e), scipy.stats.lognorm(0.6, scale=math.exp(0.5))
    of_exp = density_kl(p, q, 1e-3, 80)
    h = float(p.entropy())
    rows = [row[-2:] for row in numbers_of("kl-divergence", "cell-57")]
    assert rows == [[round(of_exp, 4), round(x, 4)] for x in (h - 1, h)]


def test_halved_bins_never_show_less_and_none_shows_more_than_the_densities():
    shown = [row[-1] for row in numbers_of("kl-divergence", "cell-57b")]
    exact = density_kl(scipy.stats.norm(20, 3), scipy.stats.norm(18, 4), -20, 60)
    assert shown == sorted(shown) and shown[-1] < exact
    edges = np.arange(-28, 69, 4)
    p, q = (np.diff(scipy.stats.norm(*g).cdf(edges)) for g in ((20, 3), (18, 4)))
    assert shown[2] == round(kl(p, q), 4)


def test_the_gaussian_formula_agrees_with_the_draws_and_with_an_integral():
    (*_, drawn, error), (exact,) = numbers_of("kl-divergence", "cell-65")
    assert abs(drawn - exact) < 3 * error
    p = scipy.stats.multivariate_normal([1, 0], [[1, 0.6], [0.6, 1]])
    q = scipy.stats.multivariate_normal([0, 0.5], [[2, -0.5], [-0.5, 1.5]])
    grid = np.stack(np.meshgrid(np.linspace(-8, 10, 601), np.linspace(-9, 9, 601)), axis=-1)
    log_p, log_q = p.logpdf(grid), q.logpdf(grid)
    by_grid = (np.exp(log_p) * (log_p - log_q)).sum() * 0.03**2
    assert round(by_grid, 4) == exact


def test_the_sum_over_coordinates_can_be_less_and_more_than_the_whole():
    # with equal covariances half of the squared distance is left; along (1, 1) it is 2 / (1 + r)
    assert printed("cell-67") == [0.0, round(2 * (1 / (1 - 0.8**2) - 1), 4), 1, 1.0,
                                  round(1 / 1.99, 4)]  # fmt: skip


# ---- training ------------------------------------------------------------------------------------


def steps(slope, loss, start):
    """Count the steps of plain descent until the loss is at most 1e-6."""
    q, count = np.array(start), 0
    while loss(q) > 1e-6:
        q = q * np.exp(-slope(q))  # a step of the logits
        q, count = q / q.sum(), count + 1
    return count


def test_training_takes_the_steps_that_are_printed():
    def forward(q):
        return q - np.array(P)

    def reverse(q):
        weights = np.diag(q) - np.outer(q, q)  # the slopes of q by the logits
        return weights @ np.log(q / np.array(P))

    counts = [
        steps(slope, loss, start)
        for start in (Q, (0.3, 0.699, 0.001))
        for slope, loss in ((forward, lambda q: kl(P, q)), (reverse, lambda q: kl(q, P)))
    ]
    assert counts == printed("cell-76")


def test_pytorch_finds_the_same_slopes():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    p = torch.tensor(P, dtype=torch.float64)
    shown = []
    for reverse in (False, True):
        z = torch.log(torch.tensor(Q, dtype=torch.float64)).requires_grad_()
        q = torch.softmax(z, dim=0)
        loss = (q * (q / p).log()).sum() if reverse else (p * (p / q).log()).sum()
        loss.backward()
        shown.append([round(x, 4) for x in z.grad.tolist()] * 2)
    assert numbers_of("kl-divergence", "cell-73") == shown

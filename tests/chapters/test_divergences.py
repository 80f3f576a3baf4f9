"""The chapter "KL, JS, total variation or Wasserstein?": its numbers by a second way.

Errors of tests are counted in whole numbers, letters in dictionaries, rounds of drafts by a chain
over (letter, place in the round), transport and drafts by linear programmes, densities by SciPy's
integrals, classifiers by scikit-learn; the chapter uses none of these.
"""

import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import linprog
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr
from sklearn.linear_model import LogisticRegression

import data
from tests.chapters.chapter_run import numbers_of

P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.6, 0.1])
KM = np.array([0.0, 1.0, 5.0])
LN2 = math.log(2)


def printed(cell):
    """Return all numbers that a cell of the chapter prints."""
    return list(itertools.chain(*numbers_of("divergences", cell)))


def kl(p, q):
    return math.fsum(rel_entr(p, q))


def js(p, q):
    return float(jensenshannon(p, q) ** 2)


def tv(p, q):
    """Return the largest difference over all events, each tried."""
    events = itertools.product((0, 1), repeat=len(p))
    return max(float(np.dot(event, np.subtract(p, q))) for event in events)


def hellinger(p, q):
    return math.sqrt(max(0.0, 1 - math.fsum(np.sqrt(np.multiply(p, q)))))


# ---- JS ------------------------------------------------------------------------------------------


def test_js_of_the_news_is_a_quarter_of_either_divergence():
    shown = [kl(P, Q) / LN2, kl(Q, P) / LN2, js(P, Q) / LN2]
    assert printed("js-news") == [round(bits, 4) for bits in shown]
    assert all(0.24 < shown[2] / bits < 0.26 for bits in shown[:2])


def coin_told(share):
    """Return what an item tells about a coin that chooses P with this probability, in bits."""
    left = 0.0
    for a, b in zip(share * P, (1 - share) * Q, strict=True):
        left -= a * math.log2(a / (a + b)) + b * math.log2(b / (a + b))
    return -share * math.log2(share) - (1 - share) * math.log2(1 - share) - left


def test_js_is_what_an_item_tells_about_a_fair_coin():
    fair, uneven, whole = printed("js-mutual")
    assert [fair, uneven, whole] == [round(coin_told(0.5), 4), round(coin_told(0.9), 4), 1.0]


def test_a_detour_is_shorter_for_js_and_not_for_its_root():
    a, b, c = ([h, 1 - h] for h in (0.5, 0.1, 0.01))
    direct, legs = js(a, c), (js(a, b), js(b, c))
    rows = [[direct, sum(legs)], [math.sqrt(direct), sum(map(math.sqrt, legs))]]
    assert numbers_of("divergences", "js-root") == [[round(x, 4) for x in row] for row in rows]
    assert rows[0][0] > rows[0][1] and rows[1][0] < rows[1][1]


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.3), (0.9, 0.02), (0.2, 0.0), (1.0, 1.0)])
def test_the_terms_of_js_are_an_integral_of_squares(a, b):
    def square(s):
        return (math.exp(-s * a) - math.exp(-s * b)) ** 2 / s**2 / 2

    left = sum(x * math.log(2 * x / (a + b)) for x in (a, b) if x > 0)
    right = sum(quad(square, *ends, limit=200)[0] for ends in ((0, 1), (1, np.inf)))
    assert math.isclose(left, right, rel_tol=1e-7, abs_tol=1e-12)


shares = st.floats(0, 1).map(lambda x: 0.0 if x < 1e-4 else x)
pmfs = st.lists(shares, min_size=4, max_size=4).filter(lambda w: sum(w) > 0.1).map(
    lambda w: np.array(w) / sum(w)
)  # fmt: skip


def plain_js(p, q):
    m = (p + q) / 2
    return max(0.0, (kl(p, m) + kl(q, m)) / 2)


@given(pmfs, pmfs, pmfs)
def test_the_root_of_js_obeys_the_triangle_inequality(p, q, r):
    roots = [math.sqrt(plain_js(*pair)) for pair in ((p, r), (p, q), (q, r))]
    assert roots[0] <= roots[1] + roots[2] + 1e-7


# ---- total variation -----------------------------------------------------------------------------


def exact_error(n):
    """Return the error of the best test after n telegrams, in whole numbers until the end."""
    common = 0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            ways = math.comb(n, a) * math.comb(n - a, b)
            common += ways * min(5**a * 3**b * 2 ** (n - a - b), 3**a * 6**b)
    return float(Fraction(common, 2 * 10**n))


def test_no_rule_of_all_eight_errs_less_than_the_printed_one():
    errors = [
        (sum(q for q, says in zip(Q, rule, strict=True) if says)
         + sum(p for p, says in zip(P, rule, strict=True) if not says)) / 2
        for rule in itertools.product((True, False), repeat=3)
    ]  # fmt: skip
    assert printed("tv-news") == [round(100 * error, 1) for error in (min(errors), exact_error(2))]
    assert math.isclose(min(errors), exact_error(1)) and math.isclose(min(errors), (1 - 0.3) / 2)


def test_hellinger_bounds_the_error_after_one_and_after_twenty():
    (h, b), *rows = numbers_of("divergences", "hellinger-n")
    root = math.fsum(np.sqrt(P * Q))
    assert [h, b] == [round(hellinger(P, Q), 4), round(root, 4)]
    for n, error, low, high in rows:
        n = int(n)
        ends = (1 - math.sqrt(1 - root ** (2 * n))) / 2, root**n / 2
        assert ends[0] <= exact_error(n) <= ends[1]
        assert [error, low, high] == [round(100 * x, 2) for x in (exact_error(n), *ends)]
    assert [row[0] for row in rows] == [1, 20]


@pytest.fixture(scope="module")
def genesis():
    """Return the target's table, the draft and the contexts, from dictionaries."""
    text = [c for c in data.load("genesis").lower() if "a" <= c <= "z"]
    pairs = Counter(itertools.pairwise(text))
    names = "abcdefghijklmnopqrstuvwxyz"
    before = Counter(text[:-1])
    target = np.array([[pairs[a, b] / before[a] for b in names] for a in names])
    following, n = Counter(text[1:]), len(text) - 1
    return target, np.array([following[c] / n for c in names]), np.array(
        [before[c] / n for c in names]
    )  # fmt: skip


def test_the_share_accepted_is_627_and_differs_by_letter(genesis):
    target, draft, contexts = genesis
    common = {
        c: sum(map(min, target[k], draft)) for k, c in enumerate("abcdefghijklmnopqrstuvwxyz")
    }
    mean = sum(w * x for w, x in zip(contexts, common.values(), strict=True))
    assert abs(mean - 0.627) < 0.0005
    shown = [round(100 * x, 1) for x in (mean, common["e"], common["t"], common["q"])]
    assert printed("accept") == shown


def test_ten_thousand_draws_are_accepted_and_put_out_as_the_theorem_says():
    passed, *shares = printed("one-position")
    assert abs(passed / 100 - math.fsum(np.minimum(P, Q))) < 4 * math.sqrt(0.7 * 0.3 / 10_000)
    assert np.allclose(shares, P, atol=4 * math.sqrt(0.25 / 10_000))


def by_the_chain(target, draft, contexts, ahead):
    """Return the share accepted and the letters a round, exactly, in the long run."""
    passed = np.minimum(target, draft)
    at_start, counts = contexts, None
    for _ in range(300):
        here, after, tested, accepted = at_start, 0.0, 0.0, 0.0
        for _ in range(ahead):
            tested += here.sum()
            after = after + here @ (target - passed)  # refused, and replaced
            here = here @ passed
            accepted += here.sum()
        after = after + here @ target
        at_start, counts = after / after.sum(), (accepted, tested, here.sum())
    accepted, tested, all_passed = counts
    return accepted / tested, tested + all_passed


def test_rounds_of_four_accept_and_bring_what_a_chain_predicts(genesis):
    share, letters = by_the_chain(*genesis, 4)
    rows = numbers_of("divergences", "speculated")
    assert abs(rows[0][0] / 100 - share) < 3 * math.sqrt(0.234 / 45_000) + 5e-4
    assert abs(rows[0][1] - letters) < 3 * 1.6 / math.sqrt(20_000)
    target, draft, contexts = genesis
    a = contexts @ np.minimum(target, draft).sum(axis=1)
    assert abs(share - a) < 0.001  # the letter that is not tested hardly moves the share
    most = sum(a**k for k in range(200))
    assert rows[1] == [round(sum(a**k for k in range(5)), 2), round(most, 2)]
    assert abs(letters - rows[1][0]) < 0.01


def test_the_contexts_that_are_tested_may_be_others_than_those_of_the_text():
    """A target that alternates, a draft that always says 1: at one letter a round all pass."""
    target, draft, contexts = np.eye(2)[::-1], np.array([0.0, 1.0]), np.array([0.5, 0.5])
    assert contexts @ np.minimum(target, draft).sum(axis=1) == 0.5
    assert by_the_chain(target, draft, contexts, 1)[0] == 1.0
    assert by_the_chain(target, draft, contexts, 2)[0] == 0.5


def test_what_is_put_out_costs_what_the_targets_own_text_costs(genesis):
    target, _, contexts = genesis
    rate = contexts @ scipy.stats.entropy(target, base=2, axis=1)
    *_, (mean, error), (shown,) = numbers_of("divergences", "speculated")
    assert shown == round(rate, 3) and abs(mean - rate) < 3 * error


def test_a_target_that_knows_two_letters_passes_fewer_letters_than_pairs():
    text = [c for c in data.load("genesis").lower() if "a" <= c <= "z"]
    triples = Counter(zip(text, text[1:], text[2:], strict=False))
    two, pairs = Counter(itertools.pairwise(text[:-1])), Counter(itertools.pairwise(text))
    one, letters = Counter(text[:-1]), Counter(text)
    shares = [0.0, 0.0]
    for (a, b, c), ways in triples.items():
        p = ways / two[a, b]
        weight = two[a, b] / (len(text) - 2)
        shares[0] += weight * min(p, letters[c] / len(text))
        shares[1] += weight * min(p, pairs[b, c] / one[b])
    assert printed("triples") == [round(100 * x, 1) for x in shares]


@given(pmfs, pmfs)
def test_accepted_and_replaced_together_have_the_distribution_of_the_target(p, q):
    accepted = q * np.minimum(1, np.divide(p, q, out=np.ones(4), where=q > 0))
    rest = np.maximum(p - q, 0)
    refused = 1 - accepted.sum()
    out = accepted + (refused * rest / rest.sum() if rest.sum() > 1e-12 else 0)
    assert np.allclose(out, p, atol=1e-9) and math.isclose(refused, tv(p, q), abs_tol=1e-9)


def test_a_linear_programme_finds_no_draft_that_is_accepted_more_often(genesis):
    target, draft, contexts = genesis
    # for each context and letter z ≤ p is a bound, z ≤ q a row; q sums to 1
    cost = np.append(-np.repeat(contexts, 26), np.zeros(26))
    rows = scipy.sparse.hstack(
        [scipy.sparse.eye(676), scipy.sparse.kron(np.ones((26, 1)), -np.eye(26))]
    )
    bounds = [(0, p) for p in target.ravel()] + [(0, None)] * 26
    sums = np.append(np.zeros(676), np.ones(26))[None]
    best = linprog(cost, A_ub=rows, b_ub=np.zeros(676), A_eq=sums, b_eq=[1], bounds=bounds)
    (own, own_kl), (most, *_) = numbers_of("divergences", "ex-best-draft-code")
    assert most == round(-100 * best.fun, 2)
    assert own == round(100 * contexts @ np.minimum(target, draft).sum(axis=1), 2)
    assert own_kl == round(contexts @ rel_entr(target, draft).sum(axis=1) / LN2, 3)
    excluded = best.x[-26:] < 1e-12
    assert [chr(97 + k) for k in np.flatnonzero(excluded)] == ["x"]


def test_a_sharper_draft_is_accepted_less_often_but_not_after_every_letter(genesis):
    target, draft, contexts = genesis
    sharp = draft**2 / (draft**2).sum()
    passed = np.array([[sum(map(min, row, q)) for row in target] for q in (draft, sharp)])
    shown = [[round(100 * x, 1) for x in (contexts @ by, by[7])] for by in passed]  # 7: after h
    assert [row[-2:] for row in numbers_of("divergences", "ex-acceptance-code")[1:]] == shown
    assert shown[1][0] < shown[0][0] and shown[1][1] > shown[0][1]
    more_often = passed[1] > passed[0]  # not after every letter less often
    assert more_often.sum() == 12 and 0.30 < contexts[more_often].sum() < 0.32


# ---- the family ----------------------------------------------------------------------------------

FAMILY = {
    "KL": kl,
    "reverse KL": lambda p, q: kl(q, p),
    "χ²": lambda p, q: math.fsum(p**2 / q) - 1,
    "reverse χ²": lambda p, q: math.fsum(q**2 / p) - 1,
    "Hellinger²": lambda p, q: hellinger(p, q) ** 2,
    "TV": tv,
    "JS": plain_js,
}


def test_no_member_of_the_family_grows_by_merging_politics_and_entertainment():
    merged = np.array([0.7, 0.3]), np.array([0.4, 0.6])
    rows = [row[-2:] for row in numbers_of("divergences", "family-table")]
    expected = [[f(P, Q), f(*merged)] for f in FAMILY.values()]
    assert rows == [[round(x, 4) for x in row] for row in expected]
    assert all(after <= before + 1e-12 for before, after in expected)


merges = st.lists(st.integers(0, 3), min_size=4, max_size=4).map(lambda cells: np.eye(4)[cells])
noisy = st.lists(pmfs, min_size=4, max_size=4).map(np.array)


@given(pmfs, pmfs, st.one_of(merges, noisy))
def test_no_rule_raises_a_member_of_the_family(p, q, rule):
    p, q, rule = 0.99 * p + 0.0025, 0.99 * q + 0.0025, 0.998 * rule + 0.0005
    for name, f in FAMILY.items():
        assert f(p @ rule, q @ rule) <= f(p, q) + 1e-9, name


def test_orders_of_renyi_are_hellinger_kl_chi_squared_and_the_largest_ratio():
    bits = [
        -2 * math.log2(math.fsum(np.sqrt(P * Q))),
        kl(P, Q) / LN2,
        math.log2(math.fsum(P**2 / Q)),
        1.0,
    ]
    assert [row[-1] for row in numbers_of("divergences", "renyi-orders")] == [
        round(x, 4) for x in bits
    ]
    assert bits == sorted(bits)


def test_the_higher_orders_notice_a_rare_outcome_more():
    rises = []
    for (order, *shown), a in zip(
        numbers_of("divergences", "rare-orders"), (0.5, 1, 4), strict=True
    ):
        lists = [np.array([0.3, 0.7 - rare, rare]) for rare in (0.2, 0.001)]
        if a == 1:
            exact = [kl(P, q) / LN2 for q in lists]
        else:
            exact = [math.log2(math.fsum(P**a * q ** (1 - a))) / (a - 1) for q in lists]
        assert order == a and shown == [round(bits, 3) for bits in exact]
        rises.append(exact[1] - exact[0])
    assert rises == sorted(rises)


def test_the_alpha_family_runs_through_both_divergences():
    exact = [
        (math.fsum(Q**2 / P) - 1) / 2,
        kl(Q, P),
        4 * hellinger(P, Q) ** 2,
        kl(P, Q),
        (math.fsum(P**2 / Q) - 1) / 2,
    ]
    assert [row[-1] for row in numbers_of("divergences", "alpha")] == [round(x, 4) for x in exact]


def test_js_puts_total_variation_and_the_error_between_bounds():
    for nats, row in zip((js(P, Q), 0.1), numbers_of("divergences", "bounds-news"), strict=True):
        least, most = nats / LN2, math.sqrt(2 * nats)
        errors = [round(50 * (1 - v), 1) for v in (most, least)]
        assert row == [round(nats, 4), round(least, 3), round(most, 3), *errors]
    least, most = numbers_of("divergences", "bounds-news")[0][1:3]
    assert least < tv(P, Q) < most


@given(pmfs, pmfs)
def test_a_small_kl_makes_the_bounded_ones_small(p, q):
    d = kl(p, q)
    assert 2 * max(hellinger(p, q), tv(p, q)) ** 2 <= d + 1e-9 and plain_js(p, q) <= d + 1e-9


@given(pmfs, pmfs)
def test_the_inequalities_between_the_divergences(p, q):
    h, v, j, d = hellinger(p, q), tv(p, q), plain_js(p, q), kl(p, q)
    with np.errstate(all="ignore"):
        chi = np.inf if ((q == 0) & (p > 0)).any() else np.nansum((p - q) ** 2 / q)
    slack = 1e-9
    assert h**2 <= v + slack and v <= h * math.sqrt(2 - h**2) + slack
    assert v**2 / 2 <= j + slack and j <= v * LN2 + slack
    assert 2 * h**2 <= d + slack and d <= math.log1p(chi) + slack


def test_an_outcome_that_q_almost_excludes_moves_kl_and_chi_squared_alone():
    for rare, row in zip(
        (1e-3, 1e-6, 1e-12), numbers_of("divergences", "no-way-back")[1:], strict=True
    ):
        d = 0.99 * math.log(0.99 / (1 - rare)) + 0.01 * math.log(0.01 / rare)
        chi = (0.01 - rare) ** 2 / rare + (0.01 - rare) ** 2 / (1 - rare)
        assert row[0] == round(0.01 - rare, 4) and row[2] == round(d, 4)
        assert row[1] == round(js([0.99, 0.01], [1 - rare, rare]), 4)
        assert math.isclose(row[3], chi, rel_tol=5e-3)


def test_near_lists_have_a_quarter_for_js_and_twice_for_chi_squared():
    assert printed("ex-quarter-code")[0] == 0.25
    d = np.array([0.6, -1.2, 0.3])
    q = P * (1 + 0.01 * d)
    assert printed("ex-quarter-code")[1] == round((math.fsum(P**2 / q) - 1) / kl(P, q), 3)
    assert abs(math.fsum(P * d)) < 1e-12


# ---- Wasserstein ---------------------------------------------------------------------------------


def transport(p, q, x):
    n = len(x)
    cost = np.abs(np.subtract.outer(x, x)).ravel()
    rows = np.vstack([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
    return linprog(cost, A_eq=rows, b_eq=np.append(p, q)).fun


def prices(p, q, x):
    pairs = list(itertools.permutations(range(len(x)), 2))
    rows = np.array([np.eye(len(x))[i] - np.eye(len(x))[j] for i, j in pairs])
    limits = [abs(x[i] - x[j]) for i, j in pairs]
    return -linprog(q - p, A_ub=rows, b_ub=limits, bounds=[(0, 100)] * len(x)).fun


def test_the_least_work_is_that_of_the_transport_problem_and_of_its_dual():
    *_, work = numbers_of("divergences", "kiosks")[0]
    (other,) = numbers_of("divergences", "kiosks")[1]
    assert math.isclose(work, transport(P, Q, KM), rel_tol=1e-9)
    assert math.isclose(work, prices(P, Q, KM), rel_tol=1e-9)
    assert math.isclose(other, transport(P, Q, KM[[0, 2, 1]]), rel_tol=1e-9)
    assert printed("dual") == [work]


def test_hills_that_do_not_touch_move_the_wasserstein_distance_alone():
    near = [0.25, 0.5, 0.25, 0, 0, 0, 0, 0, 0]
    for shift, *row in numbers_of("divergences", "hills"):
        far = near[-int(shift) :] + near[: -int(shift)]
        w1 = scipy.stats.wasserstein_distance(range(9), range(9), near, far)
        assert kl(near, far) == math.inf
        expected = [round(js(near, far), 4), round(tv(near, far), 2), round(w1)]
        assert [x for x in row if x != 1 or expected[2] == 1 or expected[1] == 1][-3:] == expected


def js_of_gaussians(t, std=1.0):
    """Return JS of N(0, 1) and N(t, std²) in nats, by SciPy's integral."""
    p, q = scipy.stats.norm(), scipy.stats.norm(t, std)

    def term(x):
        a, b = p.pdf(x), q.pdf(x)
        return sum(y * math.log(2 * y / (a + b)) for y in (a, b) if y > 0) / 2

    return quad(term, -14, t + 14, limit=400, points=[0, t / 2, t], epsabs=1e-11)[0]


def test_gaussians_apart_have_the_printed_divergences():
    for t, d, j, v, h, w in numbers_of("divergences", "gaussian-table")[1:]:
        assert d == t**2 / 2 and w == t
        assert j == round(js_of_gaussians(t), 4)
        assert v == round(2 * scipy.stats.norm.cdf(t / 2) - 1, 4)
        assert h == round(math.sqrt(1 - math.exp(-(t**2) / 8)), 4)


def test_js_of_far_gaussians_has_no_slope_left():
    for t, j, d, w in numbers_of("divergences", "slopes"):
        slope = (js_of_gaussians(t + 0.02) - js_of_gaussians(t - 0.02)) / 0.04
        assert abs(j - slope) < 2e-4 and d == t and w in (1, 1.0)


def test_samples_of_one_source_are_apart_by_chance():
    rng = np.random.default_rng(7)  # not the chapter's
    *rows, (_, _, nats) = numbers_of("divergences", "samples")
    pairs = rng.multinomial(100, P, (2, 400)) / 100
    found = [js(*pair) for pair in zip(*pairs, strict=True)]
    assert abs(np.mean(found) - nats) < 4 * math.sqrt(2) * np.std(found) / 20 + 5e-5
    for n, row in zip((10, 100, 1_000), rows[1:], strict=True):
        shown = row[-1]
        found = [scipy.stats.wasserstein_distance(*rng.standard_normal((2, n))) for _ in range(400)]
        error = np.std(found) / 20
        assert abs(np.mean(found) - shown) < 4 * math.sqrt(2) * error + 5e-4


# ---- the game ------------------------------------------------------------------------------------

GRID, STEP = np.linspace(-14, 15, 5_801, retstep=True)


def played(n, mean, std, features, rng):
    """Return what a classifier gains under the true densities, on its own points, on new ones."""
    x, y, new_x, new_y = rng.standard_normal((4, n))
    y, new_y = mean + std * y, mean + std * new_y
    model = LogisticRegression(C=1e10, tol=1e-8, max_iter=500)
    model.fit(features(np.append(x, y)), np.repeat([1, 0], n))

    def gain(x, y, a, b):
        of_p, of_q = (model.predict_log_proba(features(z)) for z in (x, y))
        return LN2 + (of_p[:, 1] @ a + of_q[:, 0] @ b) / 2

    weights = (scipy.stats.norm.pdf(GRID, *g) * STEP for g in ((0, 1), (mean, std)))
    even = np.full(n, 1 / n)
    own = gain(x, y, even, even)
    if std == 1:  # less what the best of all gains there
        loss = np.logaddexp(0, mean * (x - mean / 2)), np.logaddexp(0, mean * (mean / 2 - y))
        own -= LN2 - np.mean(loss)
    return gain(GRID, GRID, *weights), own, gain(new_x, new_y, even, even)


def line(x):
    return x[:, None]


def square(x):
    return np.column_stack([x, x**2])


def test_a_trained_classifier_bounds_js_from_below_under_the_true_densities():
    truth = js_of_gaussians(1)
    (shown,), *rows, (*_, own, error) = numbers_of("divergences", "game-table")
    assert shown == round(truth, 4)
    rng = np.random.default_rng(11)  # not the chapter's
    found = np.array([played(200, 1, 1, line, rng) for _ in range(200)])
    true, on_own, on_new = found.T
    assert (true <= truth + 1e-9).all()
    assert abs(true.mean() - rows[0][-2]) < 4 * true.std() / math.sqrt(200)
    assert abs(on_new.std() - rows[0][-1]) < 0.003
    assert on_new.std() > 10 * (truth - true.mean())
    assert (on_own >= -1e-9).all() and own > 10 * error
    assert abs(on_own.mean() - own) < 4 * on_own.std() / math.sqrt(200)
    assert [row[-2] for row in rows] == sorted(row[-2] for row in rows) and rows[2][-2] <= shown


@given(pmfs, pmfs, pmfs)
def test_raising_ln_c_is_another_goal_than_js(p, q, to):
    """The best c held fixed, Q moved towards another list: −Σ q ln c has the slope of D − 2 JS."""
    p, q, to = (0.96 * x + 0.01 for x in (p, q, to))
    way, by = to - q, 1e-5

    def goal(q):
        return kl(q, p) - 2 * plain_js(p, q)

    slope = (goal(q + by * way) - goal(q - by * way)) / (2 * by)
    assert math.isclose(-way @ np.log(p / (p + q)), slope, rel_tol=1e-5, abs_tol=1e-6)


def test_a_line_finds_nothing_between_gaussians_of_one_mean_and_squares_find_nearly_all():
    (shown,), (of_line, _), (of_square, _) = numbers_of("divergences", "blind")
    assert shown == round(js_of_gaussians(0, 2), 4) == 0.0927
    rng = np.random.default_rng(12)
    for features, printed_gain in ((line, of_line), (square, of_square)):
        gains = [played(1_000, 0, 2, features, rng)[0] for _ in range(20)]
        assert abs(np.mean(gains) - printed_gain) < 0.0004
    # the best line says ½ everywhere: its loss has no slope there
    weight = scipy.stats.norm.pdf(GRID, 0, 1) - scipy.stats.norm.pdf(GRID, 0, 2)
    assert abs((GRID * weight).sum() * STEP) < 1e-9


# ---- the table -----------------------------------------------------------------------------------


def test_the_calls_give_the_numbers_of_the_table():
    expected = [
        kl(P, Q),
        js(P, Q),
        jensenshannon(P, Q),
        tv(P, Q),
        hellinger(P, Q),
        LN2,
        math.fsum(P**2 / Q) - 1,
        scipy.stats.wasserstein_distance(KM, KM, P, Q),
    ]
    *rows, (draws, worth) = numbers_of("divergences", "calls")
    assert [row[-1] for row in rows] == [round(x, 4) for x in expected]
    assert worth == round(draws / math.fsum(P**2 / Q))

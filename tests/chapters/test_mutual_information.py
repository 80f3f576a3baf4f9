"""The chapter "How much does one thing say about another?": its numbers by a second way.

Tables are exact fractions or SciPy's entropies, chance is scikit-learn's exact expectation, the
neighbours are scikit-learn's, InfoNCE is computed with a control variate and, on small tables, by
the sum over all games, gradients are PyTorch's, codes are decoded by the nearest code word.
"""

import itertools
import math
import re
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize
import scipy.special
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_selection import mutual_info_regression
from sklearn.linear_model import Ridge
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from sklearn.neighbors import KNeighborsClassifier

import data
from exports import mutual_information as chapter
from tests.chapters.chapter_run import lines_of, numbers_of
from training import MLP

LN2 = math.log(2)


def rows(cell):
    return numbers_of("mutual-information", cell)


def printed(cell):
    return list(itertools.chain(*rows(cell)))


def bits_of(p_xy):
    """Return the mutual information of a table as three entropies of SciPy."""
    p_xy = np.asarray(p_xy, dtype=float)
    parts = p_xy.sum(axis=1), p_xy.sum(axis=0), p_xy.ravel()
    x, y, both = (scipy.stats.entropy(p, base=2) for p in parts)
    return x + y - both


def h(p):
    return scipy.stats.entropy([p, 1 - p], base=2)


# ---- the wire ------------------------------------------------------------------------------------

NEWS = [Fraction(5, 10), Fraction(3, 10), Fraction(2, 10)]
KEPT, TURNED = Fraction(9, 10), Fraction(5, 100)


def wire(x, y):
    return KEPT if x == y else TURNED


JOINT = np.array([[float(p * wire(x, y)) for y in range(3)] for x, p in enumerate(NEWS)])


def test_what_the_wire_carries_is_the_product_of_exact_fractions():
    received = [sum(p * wire(x, y) for x, p in enumerate(NEWS)) for y in range(3)]
    bits = sum(
        float(p * wire(x, y)) * math.log2(wire(x, y) / received[y])
        for (x, p), y in itertools.product(enumerate(NEWS), range(3))
    )
    assert printed("wire-bits") == [round(bits, 4)] == [0.9442]
    sent, arrived, both = (
        scipy.stats.entropy(np.array(p, dtype=float).ravel(), base=2)
        for p in (NEWS, received, JOINT)
    )
    shown = [*(round(v, 4) for v in (sent, arrived, both, sent)), round(sent - bits, 4)]
    assert printed("wire-entropies") == shown


def test_a_tenth_of_the_telegrams_is_wrong_and_more_than_a_third_of_the_bits_is_gone():
    assert 1 - np.trace(JOINT) == pytest.approx(0.1)
    assert printed("wire-entropies")[4] / printed("wire-entropies")[0] > 1 / 3


def test_the_second_copy_adds_less_and_the_xor_tells_only_with_a_condition():
    twice = np.array(
        [
            [float(p * wire(x, y) * wire(x, z)) for y in range(3) for z in range(3)]
            for x, p in enumerate(NEWS)
        ]
    )
    (copy,), (alone, given_y) = rows("twice")
    assert copy == round(bits_of(twice) - bits_of(JOINT), 4) < 0.9442
    assert (alone, given_y) == (0, 1)


def test_a_second_wire_and_a_merger_leave_what_three_entropies_say():
    second = JOINT @ np.array([[float(wire(x, y)) for y in range(3)] for x in range(3)])
    merged = np.stack([JOINT[:, 0] + JOINT[:, 2], JOINT[:, 1]], axis=1)
    assert printed("second-wire") == [round(bits_of(t), 4) for t in (second, merged)]


def test_the_bars_are_those_of_a_copy_a_noisy_bit_and_an_independent_pair():
    assert printed("bars-numbers")[0] == 1
    assert printed("bars-numbers")[2] == round(1 - h(0.11), 4) == 0.5001
    assert printed("bars-numbers")[3] == 0


tables = st.lists(st.lists(st.floats(0.01, 1), min_size=8, max_size=8), min_size=2, max_size=4).map(
    lambda t: np.array(t).reshape(-1, 4, 2) / np.sum(t)
)


@given(tables)
def test_chain_rule(p_xyz):
    whole = bits_of(p_xyz.reshape(len(p_xyz), -1))
    p_y = p_xyz.sum(axis=(0, 2))
    added = sum(w * bits_of(p_xyz[:, y] / w) for y, w in enumerate(p_y))
    assert math.isclose(whole, bits_of(p_xyz.sum(axis=2)) + added, abs_tol=1e-9)
    assert added >= -1e-12


@given(tables, st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_data_processing_and_what_equality_means(p_xyz, chances):
    p_xy = p_xyz.sum(axis=2)
    rule = np.stack([chances, 1 - np.array(chances)], axis=1)
    p_xz = p_xy @ rule
    lost = 0.0
    for z in range(2):
        w = (p_xy * rule[:, z]).sum()
        if w > 1e-12:
            lost += w * bits_of(p_xy * rule[:, z] / w)
    assert bits_of(p_xz) <= bits_of(p_xy) + 1e-12
    assert math.isclose(bits_of(p_xy) - bits_of(p_xz), lost, abs_tol=1e-9)


# ---- the cipher ----------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.integers(1, 6))
@settings(max_examples=30)
def test_the_cipher_can_be_undone_whatever_the_keys(seed, rounds):
    rng = np.random.default_rng(seed)
    x, keys = rng.integers(17, size=(20, 64)), rng.integers(257, size=(rounds, 32, 32))
    hidden = chapter.cipher(x, keys)
    assert hidden.min() >= 0 and hidden.max() <= 16
    np.testing.assert_array_equal(chapter.decipher(hidden, keys), x)


def test_who_reads_the_cipher_is_at_chance_and_who_reads_the_pixels_is_not():
    images, digits = data.load("digits")
    pixels, found = images.reshape(-1, 64), []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        hidden = chapter.cipher(pixels, rng.integers(257, size=(4, 32, 32)))
        own, other = np.split(rng.permutation(1797), [1_200])
        for x in (pixels / 16, hidden / 16):
            line = Ridge(alpha=0.01).fit(x[own], np.eye(10)[digits[own]]).predict(x[other])
            near = KNeighborsClassifier(1).fit(x[own], digits[own]).predict(x[other])
            for got in (line.argmax(axis=1), near):
                found.append(100 * np.mean(got == digits[other]))
    means = np.reshape(found, (3, 4)).mean(axis=0)
    assert np.abs(means - printed("cipher-run")).max() < 4
    assert max(printed("cipher-run")[2:]) < 14


def test_the_read_outs_are_a_ridge_regression_and_the_nearest_neighbour():
    rng = np.random.default_rng(1)
    x, new = rng.standard_normal((60, 5)), rng.standard_normal((40, 5))
    labels = rng.integers(10, size=60)
    with_one, new_one = (np.column_stack([z, np.ones(len(z))]) for z in (x, new))
    line = Ridge(alpha=0.01, fit_intercept=False).fit(with_one, np.eye(10)[labels])
    np.testing.assert_array_equal(
        chapter.read_out(x, labels, new), line.predict(new_one).argmax(axis=1)
    )
    near = KNeighborsClassifier(1).fit(x, labels).predict(new)
    np.testing.assert_array_equal(chapter.nearest(x, labels, new), near)


# ---- pairs of words ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def words():
    letters = "".join(c if "a" <= c <= "z" else " " for c in data.load("genesis").lower())
    return letters.split()


def test_the_first_place_is_shared_by_the_pairs_of_words_that_stand_there_once(words):
    left, right = Counter(words[:-1]), Counter(words[1:])
    once = {(a, b) for a, b in itertools.pairwise(words) if left[a] == right[b] == 1}
    (number, most, log_n), first, often, last = rows("pmi-rank")
    assert number == len(once) and most == log_n == round(math.log2(len(words) - 1), 2)
    named = re.findall(r"([a-z]+ [a-z]+) 15", lines_of("mutual-information", "pmi-rank")[1])
    assert {tuple(pair.split()) for pair in named} <= once and first[::2] == [most] * 3
    joint = Counter(itertools.pairwise(words))
    n = len(words) - 1

    def pmi(a, b):
        return round(math.log2(Fraction(joint[a, b] * n, left[a] * right[b])), 2)

    frequent = [pair for pair, count in joint.items() if count >= 5]
    assert often[0] == max(pmi(*pair) for pair in frequent) == pmi("ill", "favored")
    assert last[0] == min(pmi(*pair) for pair in frequent) == pmi("in", "and") == -3.02


def test_the_average_is_scikit_learns_information_and_shuffled_words_have_most_of_it(words):
    numbers = np.unique(words, return_inverse=True)[1]
    average, shuffled = printed("pmi-mean")
    assert average == round(mutual_info_score(numbers[:-1], numbers[1:]) / LN2, 2)
    rng = np.random.default_rng(3)
    mine = [rng.permutation(numbers) for _ in range(2)]
    again = [mutual_info_score(one[:-1], one[1:]) / LN2 for one in mine]
    assert abs(np.mean(again) - shuffled) < 0.03 and 0.6 < shuffled / average < 0.75


# ---- Gaussians, and the three estimates ----------------------------------------------------------


def test_a_parabola_has_no_correlation_and_the_entropy_of_a_third():
    x = np.array([-1, 0, 1])
    assert np.corrcoef(x, x**2)[0, 1] == pytest.approx(0, abs=1e-15)
    assert printed("square") == [round(h(1 / 3), 4)] == [0.9183]


def test_the_formula_for_gaussians_is_the_integral():
    rho = 0.9
    joint = scipy.stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    grid, step = np.linspace(-8, 8, 401, retstep=True)
    at = np.stack(np.meshgrid(grid, grid), axis=-1)
    apart = scipy.stats.norm.logpdf(at).sum(axis=-1)
    whole = (joint.pdf(at) * (joint.logpdf(at) - apart)).sum() * step**2
    assert printed("gaussian-check")[-1] == round(whole, 4) == round(-math.log(0.19) / 2, 4)


def test_gaussian_margins_that_are_not_jointly_gaussian_say_more_than_their_correlation():
    # y = x or −x, by a coin that knows whether |x| is large: both margins are Gaussian
    rng = np.random.default_rng(2)
    x = rng.standard_normal(400)
    y = np.where(abs(x) > 1.5, -x, x) * 0.8 + 0.6 * rng.standard_normal(400)
    rho = np.corrcoef(x, y)[0, 1]
    assert chapter.ksg(x, y) > -math.log(1 - rho**2) / 2 + 0.2
    assert bits_of([[0.5, 0], [0, 0.5]]) == pytest.approx(1)  # correlation 1, and just one bit


@pytest.mark.parametrize("rho", [0, 0.5, 0.9, 0.999])
def test_the_neighbours_are_scikit_learns_but_for_what_is_below_0(rho):
    rng = np.random.default_rng(5)
    for n in (50, 200):
        x, noise = rng.standard_normal((2, n))
        y = rho * x + math.sqrt(1 - rho**2) * noise
        x, y = x / x.std(), y / y.std()  # as scikit-learn does
        theirs = mutual_info_regression(x[:, None], y, n_neighbors=3, random_state=0)[0]
        assert math.isclose(max(chapter.ksg(x, y), 0), theirs, abs_tol=1e-9)


def test_other_samples_of_500_give_the_same_estimates():
    rng, found = np.random.default_rng(7), []
    for _ in range(10):
        x, noise = rng.standard_normal((2, 500))
        y = 0.9 * x + math.sqrt(0.19) * noise
        found.append(
            [
                mutual_info_score(*(np.digitize(z, np.histogram(z, 8)[1][:-1]) for z in (x, y))),
                mutual_info_score(
                    *(scipy.stats.rankdata(z).astype(int) * 8 // 501 for z in (x, y))
                ),
                mutual_info_regression(x[:, None], y, random_state=0)[0],
                chapter.ksg(x, 1_000 * y),
                chapter.ksg(np.exp(3 * x), y),
                chapter.binned(np.exp(3 * x), y, 8),
                chapter.ksg(np.exp(3 * x) / np.exp(3 * x).std(), y),
                chapter.ksg(*(scipy.stats.rankdata(z) for z in (x, y))),
            ]
        )
    widths, counts, near, scaled, bent, bent_widths, even, whole = np.mean(found, axis=0)
    straight, thousandths, exponential, standardised, ranked, broken = rows("scales")[:6]
    assert np.abs(np.subtract(straight[-3:], [widths, counts, near])).max() < 0.05
    assert thousandths[-3:-1] == straight[-3:-1] and abs(thousandths[-1] - scaled) < 0.02
    assert abs(exponential[-1] - bent) < 0.06 and abs(exponential[-3] - bent_widths) < 0.05
    assert exponential[-2] == straight[-2] == ranked[-2]
    assert standardised[-3:-1] == exponential[-3:-1]
    assert abs(standardised[-1] - even) < 0.06 and even < bent - 0.1
    assert abs(ranked[-1] - whole) < 0.04 and whole > near + 0.04
    assert abs(broken[-1] - 0.8304) < 0.03


def test_ties_broken_by_place_make_bins_of_two_coins_say_more_than_there_can_be():
    rng = np.random.default_rng(19)
    found = []
    for _ in range(200):
        coins = rng.integers(2, size=(2, 500))
        places = [scipy.stats.rankdata(x, method="ordinal") for x in coins]
        found.append(mutual_info_score(*((place - 1) * 8 // 500 for place in places)))
    (by_place,), (at_random,) = rows("scales")[6:]
    assert abs(by_place - np.mean(found)) < 0.03 and by_place > LN2 + 0.3
    cells = np.arange(500) * 8 // 500
    chance = expected_mutual_information(contingency_matrix(cells, cells, sparse=True), 500)
    assert abs(at_random - chance) < 0.01


@given(st.integers(0, 1_000))
@settings(max_examples=20)
def test_bins_of_equal_counts_see_no_monotone_map_and_of_equal_width_no_scale(seed):
    x, y = np.random.default_rng(seed).standard_normal((2, 60))
    ranked = [chapter.ranks(z) for z in (x, y)]
    assert chapter.binned(*ranked, 5) == chapter.binned(chapter.ranks(np.exp(3 * x)), ranked[1], 5)
    assert math.isclose(chapter.binned(x, y, 5), chapter.binned(x, 1_024 * y, 5), abs_tol=1e-12)


# ---- bins and chance -----------------------------------------------------------------------------


def test_what_chance_adds_to_bins_is_scikit_learns_exact_expectation():
    for bins, shown, formula in ((row[0], *row[2:]) for row in rows("bias")):
        k, labels = int(bins), np.arange(200) * int(bins) // 200
        table = contingency_matrix(labels, labels, sparse=True)
        assert abs(shown - expected_mutual_information(table, 200)) < 0.008
        assert formula == pytest.approx((k - 1) ** 2 / 400, abs=6e-4)
    last = rows("bias")[-1]
    assert last[3] > math.log(40) > last[2]  # more than 40 bins could ever say


def test_the_sepals_stand_above_chance_and_are_correlated_within_their_species():
    flowers, species = data.load("iris")
    x, y = flowers[:, 0], flowers[:, 1]
    (first, *bins), (near, (rho,)) = rows("iris-answers"), rows("iris-near")
    within = [np.corrcoef(x[species == s], y[species == s])[0, 1] for s in range(3)]
    assert first == [round(r, 2) for r in (np.corrcoef(x, y)[0, 1], *within)]
    for k, found, shuffled, _, most, above in bins:
        cells = [np.digitize(z, np.histogram(z, int(k))[1][1:-1]) for z in (x, y)]
        table = contingency_matrix(*cells, sparse=True)
        assert found == round(mutual_info_score(*cells), 3)
        assert abs(shuffled - expected_mutual_information(table, 150)) < 0.012
        assert found > most > shuffled and abs(above - (found - shuffled)) < 0.016
    raw, raw_null, unrounded, shuffled, spread, _, below = near
    assert abs(-math.log(1 - rho**2) / 2 - unrounded) < 0.01
    tenths = [np.rint(10 * z) for z in (x, y)]
    assert raw == round(chapter.ksg(*tenths), 3) and 0.8 < raw_null < 1.2
    # the edge of a square holds more flowers than a density allows
    reach = np.sort(np.maximum(*(abs(z[:, None] - z) for z in tenths)), axis=1)[:, [3]]
    inside, edge = (
        np.mean([f(abs(z[:, None] - z), reach).sum(axis=1) for z in tenths])
        for f in (np.less, np.equal)
    )
    assert edge > inside / 2
    assert unrounded > shuffled + 5 * spread
    rng, again = np.random.default_rng(8), []
    for _ in range(30):
        u, v = (z + rng.uniform(-0.05, 0.05, 150) for z in (x, y))
        again.append(chapter.ksg(u, v))
    assert abs(np.mean(again) - unrounded) < 0.03
    assert abs(shuffled) < 0.012 and 40 < below < 60


def test_clipped_estimates_of_nothing_have_a_mean_above_nothing():
    mean, error, clipped = printed("clipped")
    rng = np.random.default_rng(9)
    columns = rng.standard_normal((200, 2, 100))
    theirs = [mutual_info_regression(x[:, None], y, random_state=0)[0] for x, y in columns]
    assert abs(mean) < 3.5 * error
    assert abs(np.mean(theirs) - clipped) < 0.012 and clipped > 5 * error


def test_what_shuffling_leaves_is_too_much_to_take_off_where_the_dependence_is_strong():
    rng = np.random.default_rng(18)

    def cells(x, bins=20):
        return scipy.stats.rankdata(x).astype(int) * bins // (len(x) + 1)

    def pair(n):
        x, noise = rng.standard_normal((2, n))
        return cells(x), cells(0.99 * x + math.sqrt(1 - 0.99**2) * noise)

    _, _, whole, _, few, less = printed("over")
    assert abs(whole - mutual_info_score(*pair(400_000))) < 0.01
    mine = [pair(500) for _ in range(20)]
    assert abs(few - np.mean([mutual_info_score(*one) for one in mine])) < 0.03
    null = expected_mutual_information(contingency_matrix(*[mine[0][0]] * 2, sparse=True), 500)
    assert abs(few - less - null) < 0.02 and less < whole - 0.3 < few - 0.3


# ---- features ------------------------------------------------------------------------------------


def both_choices(threshold):
    """Return what a choice tells, the pixels in the order of what each tells alone, and in turn."""
    images, digits = data.load("digits")
    dark = images.reshape(-1, 64) > threshold

    def told(chosen):
        patterns = dark[:, chosen] @ (1 << np.arange(len(chosen)))
        return mutual_info_score(patterns, digits) / LN2

    alone = sorted(range(64), key=lambda f: -told([f]))
    in_turn = alone[:1]
    for _ in range(2):
        in_turn.append(max(range(64), key=lambda f: told([*in_turn, f])))
    return told, alone, in_turn


@pytest.mark.parametrize(("threshold", "alike"), [(3, True), (5, True), (8, False), (10, False)])
def test_whether_the_best_are_the_best_set_hangs_on_the_threshold(threshold, alike):
    _, alone, in_turn = both_choices(threshold)
    assert (set(alone[:3]) == set(in_turn)) == alike


def test_three_pixels_in_turn_tell_more_than_the_three_best():
    images, digits = data.load("digits")
    dark = images.reshape(-1, 64) > 7
    told, alone, in_turn = both_choices(7)
    single, summed, best, turn = rows("features-code")
    assert [int(f) for f in best[:3]] == alone[:3] and [int(f) for f in turn[:3]] == in_turn
    assert single[:-1] == [v for f in alone[:4] for v in (f, round(told([f]), 3))]
    assert in_turn[2] == alone[3]
    assert summed == [round(sum(told([f]) for f in alone[:3]), 3)]
    assert {f % 8 for f in alone[:3]} == {2} and sorted(f // 8 for f in alone[:3]) == [3, 4, 5]
    for row, chosen in ((best, alone[:3]), (turn, in_turn)):
        assert row[3] == round(told(chosen), 3)
        table = contingency_matrix(dark[:, chosen] @ [1, 2, 4], digits, sparse=True)
        assert abs(row[4] - expected_mutual_information(table, 1797) / LN2) < 0.002
        assert row[3] > 20 * row[-1]
    assert turn[3] > best[3] + 0.2


# ---- InfoNCE -------------------------------------------------------------------------------------


def exact_bound(rho, n, games, rng):
    """Return ln N − loss of the best critic as I − E ln(mean ratio), with its standard error."""
    v = 1 - rho**2
    x, y = rng.standard_normal((games, 1)), rng.standard_normal((games, n))
    y[:, :1] = rho * x + math.sqrt(v) * y[:, :1]
    logs = -math.log(v) / 2 - (rho**2 * (x**2 + y**2) - 2 * rho * x * y) / (2 * v)
    lost = scipy.special.logsumexp(logs, axis=1) - math.log(n)
    return -math.log(v) / 2 - lost.mean(), lost.std() / math.sqrt(games)


def test_the_bounds_of_gaussians_are_those_of_a_second_computation_and_of_the_blueprint():
    (truth,), *found = rows("nce-run")
    assert truth == round(-math.log(1 - 0.99**2) / 2, 4) == 1.9585
    rng = np.random.default_rng(10)
    for (n, ceiling, bound, error, above), expected in zip(
        found, (1.05, 1.65, 1.87, 1.93), strict=True
    ):
        again, own = exact_bound(0.99, int(n), 400_000 // int(n), rng)
        assert abs(bound - again) < 4 * math.hypot(error, own) + 0.005
        assert bound == expected < truth and ceiling == round(math.log(n), 2)
        assert above < 50
    assert found[0][-1] == 0  # ln 4 is below the truth
    assert found[-1][-1] > 20


pairs = st.lists(st.floats(0.02, 1), min_size=6, max_size=6).map(
    lambda p: np.reshape(p, (2, 3)) / np.sum(p)
)


def all_games(p_xy, n):
    """Yield x, candidates, and the chance of the case with the partner first."""
    p_y = p_xy.sum(axis=0)
    for x, *ys in itertools.product(range(2), *[range(3)] * n):
        yield x, ys, p_xy[x, ys[0]] * math.prod(p_y[y] for y in ys[1:])


@given(pairs, st.lists(st.floats(-4, 4), min_size=6, max_size=6), st.integers(2, 4))
@settings(max_examples=40, deadline=None)
def test_infonce_is_a_lower_bound_for_any_critic_and_reaches_ln_n_less_a_divergence(p_xy, f, n):
    p_x, p_y = p_xy.sum(axis=1), p_xy.sum(axis=0)
    ratio, critic = np.log(p_xy / np.outer(p_x, p_y)), np.reshape(f, (2, 3))
    nats = (p_xy * ratio).sum()

    def bound(scores):
        return math.log(n) + sum(
            chance * (scores[x, ys[0]] - scipy.special.logsumexp(scores[x, ys]))
            for x, ys, chance in all_games(p_xy, n)
        )

    apart = 0.0  # D(M‖R)
    for x, ys, _ in all_games(p_xy, n):
        independent = p_x[x] * math.prod(p_y[y] for y in ys)
        mixed = independent * np.mean(np.exp(ratio[x, ys]))
        apart += mixed * math.log(mixed / independent)
    assert bound(critic) <= min(nats, math.log(n)) + 1e-12
    assert math.isclose(bound(ratio), nats - apart, abs_tol=1e-10)
    assert math.isclose(bound(ratio + np.array([[1.5], [-2]])), bound(ratio), abs_tol=1e-10)
    assert bound(critic) <= bound(ratio) + 1e-12


def test_strangers_from_elsewhere_let_the_bound_pass_the_truth():
    shown, _, ceiling, truth = printed("ex-strangers-code")
    assert truth == round(-math.log(0.75) / 2, 4)
    rng = np.random.default_rng(12)
    scores = -5 * np.column_stack(
        [rng.standard_normal(20_000), 5 + rng.standard_normal((20_000, 15))]
    )
    mine = math.log(16) + np.mean(scores[:, 0] - scipy.special.logsumexp(scores, axis=1))
    assert abs(shown - mine) < 0.01 and truth < shown <= ceiling


def test_a_ratio_varies_by_more_than_the_exponential_of_the_information():
    assert printed("nwj") == [round(100 * (math.exp(10) - 1) / 1e6, 1)]
    for rho in (0.3, 0.9, 0.99):
        nats = -math.log(1 - rho**2) / 2
        # the mean of the squared ratio over independent pairs, by Mehler's formula
        assert 1 / (1 - rho**2) - 1 >= math.exp(nats) - 1


# ---- the embedding -------------------------------------------------------------------------------


def test_the_gradient_is_pytorchs():
    rng = np.random.default_rng(13)
    net = chapter.network(rng)
    assert isinstance(net, MLP) and net.sizes == (64, 128, 16)
    a, b = chapter.views(rng.random((9, 8, 8)), rng)
    loss, slope = chapter.loss_and_slope(net, a, b, 0.2)
    layers = [[torch.tensor(p.copy(), requires_grad=True) for p in pair] for pair in net.weights]

    def embedded(x):
        h = torch.tensor(x)
        for number, (weight, bias) in enumerate(layers):
            h = h @ weight + bias
            h = torch.relu(h) if number + 1 < len(layers) else h
        return torch.nn.functional.normalize(h, dim=1)

    theirs = torch.nn.functional.cross_entropy(embedded(a) @ embedded(b).T / 0.2, torch.arange(9))
    theirs.backward()
    flat = np.concatenate([p.grad.numpy().ravel() for pair in layers for p in pair])
    assert math.isclose(loss, theirs.item(), rel_tol=1e-12)
    assert np.abs(slope - flat).max() <= 1e-12 * np.abs(flat).max()


def test_infonce_and_its_gradient_by_the_scores_are_pytorchs():
    scores = np.random.default_rng(14).standard_normal((7, 7)) * 3
    mine, slope = chapter.infonce(scores)
    theirs = torch.tensor(scores, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(theirs, torch.arange(7))
    loss.backward()
    assert math.isclose(mine, loss.item(), rel_tol=1e-13)
    np.testing.assert_allclose(slope, theirs.grad.numpy(), atol=1e-14)


def test_views_are_moved_by_at_most_a_pixel_and_share_noise_only_where_asked():
    rng, one = np.random.default_rng(15), np.zeros((3_000, 8, 8))
    one[:, 4, 4] = 1
    a, b = chapter.views(one, rng, noise=0)
    at = {(int(i) // 8 - 4, int(i) % 8 - 4) for i in a.argmax(axis=1)}
    assert at == set(itertools.product((-1, 0, 1), repeat=2))
    assert abs(np.mean(a.argmax(axis=1) == b.argmax(axis=1)) - 1 / 9) < 0.02
    blank = np.zeros((500, 8, 8))
    a, b = chapter.views(blank, rng, noise=0.2)
    assert abs(a.std() - 0.2) < 0.005 and abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.03
    a, b = chapter.views(blank, rng, noise=0.3, shared=0.4)
    assert abs(np.cov(a.ravel(), b.ravel())[0, 1] - 0.16) < 0.01


@pytest.fixture(scope="module")
def study():
    return data.study("contrastive_digits")


def test_the_tables_of_the_study_are_what_the_file_holds(study):
    def named(cell, width):
        lines = lines_of("mutual-information", cell)
        return zip((line[:width].split(":")[0].strip() for line in lines), rows(cell), strict=True)

    for name, numbers in named("study", 13):
        if study[name].ndim == 2:
            assert numbers == [round(float(study[name][:, 0].mean()), 1)]
        else:
            bound, linear = study[name][:, -1, 1:3].mean(axis=0).tolist()
            assert numbers == [round(bound, 2), round(linear, 1)]
    plain = study["plain"][:, -1]
    assert rows("study-counts")[1] == [
        round(float(study["plain"][:, 0, 2].mean()), 1),
        round(float(study["still, quiet"][:, 0, 1].mean()), 2),
    ]
    for name, numbers in list(named("study-counts", 13))[2:]:
        if not name or name == "of 10 seeds":  # the heads
            assert numbers == [10 if name else 100]
        elif len(numbers) == 4:
            end = study[name][:, -1]
            counts = end[:, 1] > plain[:, 1], end[:, 2] > plain[:, 2], end[:, 2] < plain[:, 2]
            assert numbers == [*map(np.sum, counts), np.sum(end[:, 3] < study[name][:, 0, 3])]
        elif len(numbers) == 1:
            assert numbers == [np.sum(study["components"][:, 0] > plain[:, 2])] == [9]
        else:
            few, near = study[name].reshape(10, -1)[:, -2:].mean(axis=0).tolist()
            assert numbers == [round(few, 1), round(near, 1)]
    assert len(study["plain"]) == 10


def test_across_views_the_two_highest_bounds_have_the_two_worst_read_outs(study):
    end = {name: run[:, -1] for name, run in study.items() if run.ndim == 3}
    views = "plain", "still", "still, quiet", "loud", "shared"
    by_bound = sorted(views, key=lambda name: end[name][:, 1].mean())
    by_linear = sorted(views, key=lambda name: end[name][:, 2].mean())
    assert set(by_bound[-2:]) == set(by_linear[:2]) == {"still, quiet", "shared"}
    for name in ("still, quiet", "shared"):
        assert (end[name][:, 1] > end["plain"][:, 1] + 1).all()
        assert (end[name][:, 2] < end["plain"][:, 2] - 5).all()
        assert (end[name][:, 3] < study[name][:, 0, 3]).all()  # from 100 labels
    assert (end["shared"][:, 2:] < study["shared"][:, 0, 2:]).all()  # below no training
    assert end["still"][:, 1].mean() > end["plain"][:, 1].mean() + 1.5
    assert end["loud"][:, 1].mean() < end["plain"][:, 1].mean() / 2
    for name in ("still", "loud"):
        assert -2 < end[name][:, 2].mean() - end["plain"][:, 2].mean() < 0
    assert (end["still"][:, 4] > end["plain"][:, 4]).sum() >= 8
    assert abs(end["still, quiet"][:, 4].mean() - end["plain"][:, 4].mean()) < 1


PLAIN_VIEWS = "few", "warm", "plain", "cold", "few, long"


@pytest.mark.parametrize("name", PLAIN_VIEWS)
def test_along_a_training_with_plain_views_both_rise_on_average(study, name):
    bound, linear = study[name][:, :, [1, 2]].mean(axis=0).T
    assert (np.diff(bound) > 0).all() and (np.diff(linear) > 0).all()


def test_from_one_training_with_plain_views_to_another_both_rise_but_for_cold(study):
    ends = np.array([study[name][:, -1, 1:3].mean(axis=0) for name in PLAIN_VIEWS])
    assert (np.diff(ends[:, 0]) > 0).all()
    assert (np.diff(np.delete(ends[:, 1], 3)) > 0).all()
    assert ends[3, 1] < ends[2, 1]


def test_few_strangers_do_harm_in_as_many_steps_and_none_with_as_many_pictures(study):
    plain, few, end = (study[name][:, -1] for name in ("plain", "few", "few, long"))
    assert (few[:, 1:3] < plain[:, 1:3]).all()
    assert (end[:, 0] < math.log(16)).all()
    assert (end[:, 1] > plain[:, 1]).all()
    more = end[:, 2] - plain[:, 2]
    assert np.sum(more > 0.01) == 9 and np.sum(abs(more) < 1e-9) == 1


def test_with_all_labels_components_and_pixels_are_better_than_the_plain_embedding(study):
    components, plain = study["components"], study["plain"][:, -1, 2:]
    assert np.sum(components[:, 0] > plain[:, 0]) == 9
    assert abs(components[:, 1].mean() - plain[:, 1].mean()) < 2  # from 100 labels
    assert (study["pixels"][:, [0, 2]] > plain[:, [0, 2]]).all()
    assert study["pixels"][:, 1].mean() < plain[:, 1].mean() - 5


# ---- channel and codes ---------------------------------------------------------------------------

E = 0.11
CHECKS = {0: (4, 5), 1: (4, 6), 2: (5, 6), 3: (4, 5, 6)}  # message bit: the checks that it is in


def hamming_word(message):
    word = [*message, 0, 0, 0]
    for bit, places in CHECKS.items():
        for place in places:
            word[place] ^= message[bit]
    return tuple(word)


MESSAGES = list(itertools.product((0, 1), repeat=4))
WORDS = {hamming_word(message): message for message in MESSAGES}


def nearest_word(received):
    return min(WORDS, key=lambda word: sum(a != b for a, b in zip(word, received, strict=True)))


def test_two_words_of_hammings_code_differ_in_three_places_or_more():
    apart = [
        sum(a != b for a, b in zip(v, w, strict=True)) for v, w in itertools.combinations(WORDS, 2)
    ]
    assert min(apart) == 3


def test_what_arrives_by_each_code_is_that_of_the_nearest_word():
    capacity, bare, three, hamming = rows("arrives")
    assert capacity == [round(1 - h(E), 4)] and bare == [11, capacity[0], capacity[0]]
    wrong, zeros = (
        3 * E**2 - 2 * E**3,
        [(1 - E) ** 3, 3 * E * (1 - E) ** 2, 3 * E**2 * (1 - E), E**3],
    )
    by_count = bits_of(np.array([zeros, zeros[::-1]]) / 2)  # the number of ones says it all
    assert three == [
        round(v, d) for v, d in ((100 * wrong, 2), (by_count / 3, 4), ((1 - h(wrong)) / 3, 4))
    ]
    joint, heard, bits_wrong = np.zeros((16, 16)), np.zeros((16, 128)), 0.0
    for sent, message in WORDS.items():
        for number, received in enumerate(itertools.product((0, 1), repeat=7)):
            turned = sum(a != b for a, b in zip(sent, received, strict=True))
            got = WORDS[nearest_word(received)]
            chance = E**turned * (1 - E) ** (7 - turned) / 16
            joint[MESSAGES.index(message), MESSAGES.index(got)] += chance
            heard[MESSAGES.index(message), number] = chance
            bits_wrong += chance * sum(a != b for a, b in zip(message, got, strict=True)) / 4
    wanted = (100 * bits_wrong, 2), (bits_of(heard) / 7, 4), (bits_of(joint) / 7, 4)
    assert hamming == [round(v, d) for v, d in wanted]
    assert max(*three[1:], *hamming[1:]) < capacity[0] < 4 / 7


def test_what_was_really_sent_is_within_chance_of_that():
    expected = [row[0] for row in rows("arrives")[1:]]
    for (rate, wrong), mean, wanted in zip(rows("send"), expected, (1, 0.333, 0.571), strict=True):
        assert rate == wanted
        assert abs(wrong - mean) < 0.06 + 4 * math.sqrt(4 * mean * (100 - mean) / 100_000)


def test_no_code_of_hammings_rate_has_fewer_errors_than_the_exercise_says():
    least = 1 - (1 - h(E)) * 7 / 4
    share = scipy.optimize.brentq(lambda e: h(e) - least, 1e-6, 0.5)
    assert printed("ex-converse-code") == [round(100 * share, 1)] == [1.7]


# ---- where it misleads ---------------------------------------------------------------------------


def test_at_strong_dependence_the_neighbours_are_far_too_low():
    (near, truth), (_, _, pictures) = rows("strong")
    assert truth == round(-math.log(1 - 0.999999**2) / 2, 2)
    rng, theirs = np.random.default_rng(17), []
    for _ in range(10):
        x, noise = rng.standard_normal((2, 500))
        y = 0.999999 * x + math.sqrt(1 - 0.999999**2) * noise
        theirs.append(mutual_info_regression(x[:, None], y, random_state=0)[0])
    assert abs(near - np.mean(theirs)) < 0.03 and near < truth - 1.5
    assert pictures == round(math.log(1_797), 2)


@given(pairs, st.lists(st.floats(0.05, 1), min_size=3, max_size=3))
def test_any_list_gives_an_upper_bound(p_xy, weights):
    p_x, p_y, q = p_xy.sum(axis=1), p_xy.sum(axis=0), np.array(weights) / np.sum(weights)
    paid = sum(
        w * scipy.stats.entropy(row / w, q, base=2) for w, row in zip(p_x, p_xy, strict=True)
    )
    assert math.isclose(paid, bits_of(p_xy) + scipy.stats.entropy(p_y, q, base=2), abs_tol=1e-9)

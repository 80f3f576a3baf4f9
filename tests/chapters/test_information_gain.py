"""The chapter "Why does my tree split on the ID column?": its numbers by a second way.

Days are counted in exact fractions, roots and trees are scikit-learn's, chance is the exact sum
over binomial and hypergeometric counts (scikit-learn's for given groups), theorems are tried on
tables.
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
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from sklearn.tree import DecisionTreeClassifier

import data
from exports.information_gain import best_splits, entropy_bill, grow, leaf_of, leaves, savings
from tests.chapters.chapter_run import numbers_of

LN2 = math.log(2)
# Quinlan (1986), table 1: outlook, temperature, humidity, wind, play
DAYS = (
    *("shhwn", "shhtn", "ohhwy", "rmhwy", "rcnwy", "rcntn", "ocnty"),
    *("smhwn", "scnwy", "rmnwy", "smnty", "omhty", "ohnwy", "rmhtn"),
)
PLAY = [day[-1] for day in DAYS]


def printed(cell):
    return list(itertools.chain(*numbers_of("information-gain", cell)))


def log2(fraction):
    return math.log2(fraction.numerator) - math.log2(fraction.denominator)


def exact_gain(labels, split):
    """Return the gain in bits: a logarithm of one product of exact fractions."""
    n, product = len(labels), Fraction(1)
    ys, xs, pairs = Counter(labels), Counter(split), Counter(zip(labels, split, strict=True))
    for (y, x), both in pairs.items():
        product *= Fraction(both * n, ys[y] * xs[x]) ** both
    return log2(product) / n


def exact_entropy(labels):
    return exact_gain(labels, range(len(labels)))


@pytest.fixture(scope="module")
def sets():
    flowers, species = data.load("iris")
    images, digits = data.load("digits")
    counts = data.load("letter_counts")
    letters = 100 * counts / counts.sum(axis=1, keepdims=True)
    return {
        "flowers": (flowers, species),
        "digits": (images.reshape(-1, 64), digits),
        "books": (letters, np.repeat([0, 1], [39, 27])),
    }


# ---- fourteen days -------------------------------------------------------------------------------


def test_the_days_cost_what_exact_fractions_say():
    bits = exact_entropy(PLAY)
    assert printed("parent") == [round(bits, 4), round(14 * bits, 2)] == [0.9403, 13.16]


def test_the_children_of_outlook_are_as_far_from_their_parent_as_printed():
    rows = numbers_of("information-gain", "outlook-cell")
    for (size, own, away), value in zip(rows, "ors", strict=True):
        child = [play for day, play in zip(DAYS, PLAY, strict=True) if day[0] == value]
        yes, no = child.count("y"), child.count("n")
        product = Fraction(14 * yes, 9 * size_of(child)) ** yes
        product *= Fraction(14 * no, 5 * size_of(child)) ** no
        assert size == len(child)
        assert [own, away] == [round(exact_entropy(child), 4), round(log2(product) / size, 4)]


def size_of(child):
    return len(child)


def test_the_gains_of_play_tennis_are_those_of_the_book_of_examples():
    split = [*[*zip(*DAYS, strict=True)][:4], tuple(range(14))]
    gains = [round(exact_gain(PLAY, column), 4) for column in split]
    assert printed("gains") == gains == [0.2467, 0.0292, 0.1518, 0.0481, 0.9403]
    assert printed("outlook-gain") == [gains[0]]
    ratios = [exact_gain(PLAY, column) / exact_entropy(column) for column in split]
    assert printed("ratio-cell")[:5] == [round(ratio, 4) for ratio in ratios]
    row = math.log2(3) / math.log2(150)
    assert printed("ratio-cell")[5:7] == [round(row, 4), 1.0]
    assert max(ratios) == ratios[-1]
    # Quinlan's rule takes the ratio among gains above their mean: the number of the day is alone
    assert [gain > sum(gains) / 5 for gain in gains] == [False] * 4 + [True]


tables = st.lists(
    st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=5
).filter(lambda rows: all(sum(row) for row in rows))


@given(tables)
def test_the_gain_is_an_expected_divergence_and_a_mutual_information(rows):
    table = np.array(rows)
    n, parent = table.sum(), table.sum(axis=0) / table.sum()
    mean = sum(row.sum() / n * scipy.stats.entropy(row, parent) for row in table)
    entropies = scipy.stats.entropy(parent) - sum(
        row.sum() / n * scipy.stats.entropy(row) for row in table
    )
    labels = np.repeat(np.tile(range(3), len(rows)), table.ravel())
    split = np.repeat(np.repeat(range(len(rows)), 3), table.ravel())
    assert math.isclose(mean, entropies, abs_tol=1e-12)
    assert math.isclose(mean, mutual_info_score(labels, split), abs_tol=1e-12)
    merged = np.vstack([table[0] + table[1], *table[2:]])
    finer = mean - sum(row.sum() / n * scipy.stats.entropy(row, parent) for row in merged)
    assert finer >= -1e-12  # splitting a group further never lowers it
    assert mean <= min(scipy.stats.entropy(parent), scipy.stats.entropy(table.sum(axis=1))) + 1e-12


# ---- roots and trees -----------------------------------------------------------------------------


def stump(features, labels, seed, criterion="entropy"):
    tree = DecisionTreeClassifier(criterion=criterion, max_depth=1, random_state=seed)
    tree = tree.fit(features, labels).tree_
    saved = tree.impurity[0] - tree.weighted_n_node_samples[1:] @ tree.impurity[1:] / len(labels)
    return (int(tree.feature[0]), round(float(tree.threshold[0]), 4)), saved


def test_the_roots_found_by_hand_are_all_those_that_scikit_learn_finds(sets):
    ties = {"flowers": {(2, 2.45), (3, 0.8)}, "digits": {(42, 7.5)}, "books": {(0, 7.8878)}}
    rows = numbers_of("information-gain", "iris-root")
    for (name, (features, labels)), row in zip(sets.items(), rows, strict=True):
        found = [stump(features, labels, seed) for seed in range(10)]
        assert {root for root, _ in found} == ties[name]
        before = scipy.stats.entropy(np.bincount(labels), base=2)
        columns = list(itertools.chain(*sorted(ties[name])))
        assert row == [round(before, 3), round(found[0][1], 4), *columns]


def test_gini_has_another_root_on_the_digits_alone(sets):
    assert {stump(*sets["digits"], seed, "gini")[0] for seed in range(5)} == {(36, 0.5)}
    assert {stump(*sets["books"], seed, "gini")[0] for seed in range(5)} == {(0, 7.8878)}
    assert {stump(*sets["flowers"], seed, "gini")[0] for seed in range(9)} == {(2, 2.45), (3, 0.8)}
    rows = numbers_of("information-gain", "gini-bill")[2:]
    assert rows == [[2, 2.45, 3, 0.8], [36, 0.5], [0, 7.8878]]
    zeros = sets["digits"][1] == 0
    held = sets["digits"][0][:, 36] <= 0.5
    assert (np.sum(held & zeros), zeros.sum(), np.sum(held & ~zeros)) == (174, 178, 101)


@pytest.mark.parametrize("name", ["flowers", "digits", "books"])
def test_a_grown_tree_of_two_levels_costs_as_much_as_scikit_learns(sets, name):
    features, labels = sets[name]
    ours = grow(features, np.eye(labels.max() + 1)[labels], entropy_bill, 2)
    theirs = DecisionTreeClassifier(criterion="entropy", max_depth=2, random_state=0)
    tree = theirs.fit(features, labels).tree_
    ends = tree.children_left < 0
    bill = tree.impurity[ends] @ tree.weighted_n_node_samples[ends]
    assert math.isclose(sum(entropy_bill(leaf) for leaf in leaves(ours)), bill, rel_tol=1e-9)


def test_the_bill_of_the_books_falls_as_printed(sets):
    features, labels = sets["books"]
    first = [0, 1, round(float(66 * scipy.stats.entropy([39, 27], base=2)), 2)]
    rows = [first]
    for depth in (1, 2, 3):
        tree = DecisionTreeClassifier(criterion="entropy", max_depth=depth, random_state=0)
        tree = tree.fit(features, labels).tree_
        ends = tree.children_left < 0
        bill = tree.impurity[ends] @ tree.weighted_n_node_samples[ends]
        rows.append([depth, ends.sum(), round(float(bill), 2)])
    assert numbers_of("information-gain", "bills") == rows


def test_eleven_books_that_were_left_out_are_wrong_in_scikit_learns_trees_too(sets):
    features, labels = sets["books"]
    wrong = 0
    for i in range(66):
        tree = DecisionTreeClassifier(criterion="entropy", random_state=0)
        tree.fit(np.delete(features, i, 0), np.delete(labels, i))
        wrong += tree.predict(features[i : i + 1])[0] != labels[i]
    shown, of, new = printed("loo")
    assert (of, new) == (66, 27)
    assert shown == 11 and abs(wrong - shown) <= 3  # ties are broken by another order there


def test_ten_to_fourteen_books_are_wrong_as_ties_are_broken(sets):
    features, labels = sets["books"]
    wrong = [0] * 6
    for seed, i in itertools.product(range(6), range(66)):
        tree = DecisionTreeClassifier(criterion="entropy", random_state=seed)
        tree.fit(np.delete(features, i, 0), np.delete(labels, i))
        wrong[seed] += tree.predict(features[i : i + 1])[0] != labels[i]
    assert (min(wrong), max(wrong)) == (10, 14)


def test_savings_are_0_where_equal_values_would_be_parted():
    x, labels = np.array([[1.0], [1.0], [2.0]]), np.eye(2)[[0, 1, 1]]
    saved, thresholds = savings(x, labels, entropy_bill)
    assert saved[0, 0] == 0 and thresholds[1, 0] == 1.5
    assert best_splits(x, labels, entropy_bill)[1] == [(0, 1.5)]


# ---- XOR -----------------------------------------------------------------------------------------


def test_xor_of_four_equal_cases_leaves_the_greedy_tree_a_stump_and_scikit_learn_goes_on():
    cases, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    assert numbers_of("information-gain", "xor-exact") == [[0, 1], [1]]
    assert leaves(grow(cases, np.eye(2)[y], entropy_bill))[0].tolist() == [2, 2]
    tree = DecisionTreeClassifier(criterion="entropy", random_state=0).fit(cases, y)
    assert (tree.get_n_leaves(), tree.score(cases, y)) == (4, 1)


def xor_of_two_among(rng, n, columns):
    bits = rng.integers(2, size=(2 * n, columns))
    pair = rng.choice(columns, 2, replace=False)
    return bits, set(pair), bits[:, pair[0]] ^ bits[:, pair[1]]


def test_among_twenty_others_the_greedy_root_is_a_bit_of_the_xor_no_more_often_than_by_lot():
    seeds = np.random.default_rng(1986)
    few, many = numbers_of("information-gain", "xor-table")
    assert few == [0, 20, 20, 4, 100]
    seeds.spawn(20)
    roots, right = 0, []
    for rng in seeds.spawn(60):
        bits, pair, y = xor_of_two_among(rng, 200, 22)
        gains = [mutual_info_score(y[:200], column) for column in bits[:200].T]
        roots += int(np.argmax(gains)) in pair
        tree = DecisionTreeClassifier(criterion="entropy", random_state=0)
        right.append(100 * tree.fit(bits[:200], y[:200]).score(bits[200:], y[200:]))
    assert many[1] == roots <= 12  # by lot 60 · 2/22
    assert abs(many[4] - np.median(right)) < 12
    assert numbers_of("information-gain", "xor-pairs") == [[10, 10]]


def test_a_useless_root_alone_does_no_harm_to_the_xor_and_many_do():
    rng, by_noise = np.random.default_rng(20), {}
    for noise in (2, 20):
        right = []
        while len(right) < 25:
            bits, pair, y = xor_of_two_among(rng, 200, 2 + noise)
            tree = DecisionTreeClassifier(criterion="entropy", random_state=0)
            tree.fit(bits[:200], y[:200])
            if tree.tree_.feature[0] not in pair:
                right.append(tree.score(bits[200:], y[200:]))
        by_noise[noise] = np.median(right)
    assert by_noise[2] == 1 and by_noise[20] < 0.8


def test_more_cases_of_the_xor_help_and_slowly():
    medians = []
    for n in (200, 1_000):
        right = []
        for rng in np.random.default_rng(1).spawn(60):
            bits, _, y = xor_of_two_among(rng, n, 22)
            tree = DecisionTreeClassifier(criterion="entropy", random_state=0)
            right.append(tree.fit(bits[:n], y[:n]).score(bits[n:], y[n:]))
        medians.append(np.median(right))
    assert medians[0] + 0.03 < medians[1] < 0.9


# ---- chance --------------------------------------------------------------------------------------


def expected_gain_of_draws(values, each=50, classes=3):
    """Return the mean gain in bits of values drawn evenly and independently of the labels.

    A value's count is binomial, and each class's part of it is then hypergeometric.
    """
    n, left = each * classes, 0.0
    for m in range(2, n + 1):
        weight = values * scipy.stats.binom.pmf(m, n, 1 / values)
        if weight > 1e-15:
            a = np.arange(1, min(m, each) + 1)
            part = scipy.stats.hypergeom.pmf(a, n, each, m)
            left += weight * classes * part @ (a * np.log2(m / a)) / n
    return math.log2(classes) - left


def test_draws_from_150_values_gain_what_the_exact_sum_says():
    exact = expected_gain_of_draws(150)
    assert round(exact, 2) == 1.07
    (mean, spread), (row, real) = numbers_of("information-gain", "draws")
    assert mean == 1.07 and abs(mean - exact) < 0.015
    assert [row, real] == [round(math.log2(3), 3)] * 2
    rng = np.random.default_rng(7)
    species = np.repeat(range(3), 50)
    gains = [mutual_info_score(species, rng.integers(150, size=150)) / LN2 for _ in range(300)]
    assert abs(np.std(gains) - spread) < 0.011
    (_, few, formula), (_, fifty, low), (_, many, high) = numbers_of(
        "information-gain", "values-data"
    )
    assert abs(few - expected_gain_of_draws(5)) < 0.006 and abs(few - formula) < 0.005
    assert abs(fifty - expected_gain_of_draws(50)) < 0.015 and low == 0.47 < fifty
    assert abs(many - exact) < 0.02 and high == 1.43
    apart = [expected_gain_of_draws(k) - (k - 1) / 150 / LN2 for k in (20, 75, 80, 90, 100)]
    assert [difference > 0 for difference in apart] == [True, True, True, False, False]


def test_the_null_of_the_groups_is_near_scikit_learns_exact_one():
    shown, null = printed("null")
    _, all_values, seen, occurring = printed("miller")
    rng, exact = np.random.default_rng(3), []
    species = np.repeat(range(3), 50)
    while len(exact) < 20:
        values = rng.integers(150, size=150)
        if len(np.unique(values)) == seen:
            table = contingency_matrix(species, values)
            exact.append(expected_mutual_information(table, 150) / LN2)
    assert abs(np.mean(exact) - null) < 0.02 and abs(shown - null) < 0.15
    assert occurring < null < all_values


def test_millers_formula_is_the_bias_of_three_entropies():
    def bias(kinds):  # of a plug-in entropy, in nats
        return -(kinds - 1) / (2 * 150)

    shown = printed("miller")
    seen = int(shown[2])
    for kinds, bits in ((150, shown[1]), (seen, shown[3])):
        difference = bias(kinds) + bias(3) - bias(3 * kinds)
        assert round(difference / LN2, 2) == bits
    assert shown[1] == 1.43


def smoothed_saving(split, species, half, added):
    """Return what a split saves a flower of half and one of the others, in bits, in plain loops."""
    saved = []
    for side in (half, ~half):
        total = 0.0
        for x, y in zip(split[side], species[side], strict=True):
            here, cases = half & (split == x), half & (species == y)
            group = (np.sum(here & cases) + added) / (here.sum() + 3 * added)
            groups = split.max() + 1
            parent = (cases.sum() + groups * added) / (half.sum() + 3 * groups * added)
            total += math.log2(group / parent)
        saved.append(total / side.sum())
    return saved


def test_what_noise_saves_those_who_set_the_prices_it_costs_the_others(sets):
    (own, new), (petal, petal_new) = numbers_of("information-gain", "held-out-print")
    flowers, species = sets["flowers"]
    rng = np.random.default_rng(11)

    def both(split, added=0.5):
        return smoothed_saving(split, species, rng.permutation(150) < 75, added)

    noise = np.mean([both(rng.integers(30, size=150)) for _ in range(60)], axis=0)
    assert abs(own - noise[0]) < 0.03 and abs(new - noise[1]) < 0.04 and new < -0.1
    wide = (flowers[:, 3] > 0.8).astype(int)
    known = np.mean([both(wide) for _ in range(60)], axis=0)
    assert abs(petal - known[0]) < 0.02 and abs(petal_new - known[1]) < 0.02
    # A flower of one side: 25 of its class or two of 25 on the other, ½ added to each count
    side = (math.log2(25.5 / 26.5) + 2 * math.log2(25.5 / 51.5)) / 3 + math.log2(3)
    assert abs(petal_new - side) < 0.02
    # No added count makes noise worth its while
    costs = [
        np.mean([both(rng.integers(30, size=150), added)[1] for _ in range(20)])
        for added in (0.05, 0.5, 5)
    ]
    assert costs == sorted(costs) and costs[-1] < 0


def test_the_petals_cut_is_found_anew_on_each_half_and_does_as_well(sets):
    flowers, species = sets["flowers"]
    rng, saved = np.random.default_rng(12), []
    for _ in range(40):
        half = rng.permutation(150) < 75
        root = DecisionTreeClassifier(criterion="entropy", max_depth=1)
        threshold = root.fit(flowers[half][:, [3]], species[half]).tree_.threshold[0]
        split = (flowers[:, 3] > threshold).astype(int)
        saved.append(smoothed_saving(split, species, half, 0.5)[1])
    assert abs(np.mean(saved) - printed("held-out-print")[3]) < 0.02


def price_of_telling(labels, split):
    """Return the two-part bill in bits by one price after the other.

    A count told evenly and then an order told evenly cost as much as prices that follow the
    labels seen so far in the group, each label with 1 added (Laplace's rule of succession).
    """
    kinds, seen, bits = sorted(set(labels)), Counter(), 0.0
    for y, x in zip(labels, split, strict=True):
        bits += math.log2((sum(seen[k, x] for k in kinds) + len(kinds)) / (seen[y, x] + 1))
        seen[y, x] += 1
    return bits


def test_with_the_lists_told_the_number_of_the_day_keeps_a_bit_and_humidity_is_ahead():
    (none,), *rows = numbers_of("information-gain", "told")
    assert none == round(price_of_telling(PLAY, [0] * 14), 2)
    split = [*[*zip(*DAYS, strict=True)][:4], tuple(range(14))]
    for row, column in zip(rows, split, strict=True):
        bits = price_of_telling(PLAY, column)
        assert row == [round(bits, 2), round(price_of_telling(PLAY, [0] * 14) - bits, 2)]
    assert rows[4][0] == 14  # a yes or no for each day
    assert min(rows)[0] == rows[2][0] < rows[4][0] < rows[0][0] < none


def log2_factorial(n):
    return math.lgamma(n + 1) / LN2


def test_with_the_lists_told_noise_costs_more_than_no_question_and_the_petal_and_the_row_less(sets):
    (none, noise, dearer), (petal, row) = numbers_of("information-gain", "telling")
    flowers, species = sets["flowers"]
    bits = price_of_telling(species.tolist(), [0] * 150)
    cut = price_of_telling(species.tolist(), (flowers[:, 3] > 0.8).tolist())
    assert [none, petal, row] == [round(b) for b in (bits, bits - cut, bits - 150 * math.log2(3))]
    # A group's size, and its part of each species, are binomial
    sizes, parts = scipy.stats.binom(150, 1 / 30), scipy.stats.binom(50, 1 / 30)
    mean = 30 * sum(sizes.pmf(m) * (log2_factorial(m + 2) - 1) for m in range(151))
    mean -= 90 * sum(parts.pmf(k) * log2_factorial(k) for k in range(51))
    assert abs(noise - (mean - bits)) < 1.1  # three standard errors of 200 draws
    rng = np.random.default_rng(13)
    draws = [rng.integers(30, size=150).tolist() for _ in range(400)]
    prices = [price_of_telling(species.tolist(), draw) for draw in draws]
    assert abs(dearer - 100 * np.mean(np.array(prices) > bits)) < 5


def test_books_in_a_row_gain_less_elsewhere_than_the_letter_a_and_more_than_shuffled_ones(sets):
    letters = sets["books"][0]
    gains = []
    for first in range(39 + 14 - 66, 39 + 53 - 66):
        block = np.isin(range(66), np.arange(first, first + 27) % 66)
        gains.append(stump(letters, block, 0)[1])
    (mean, _, below), (moved, most) = numbers_of("information-gain", "books-null")
    assert [moved, most] == [round(float(g), 3) for g in (np.mean(gains), max(gains))]
    assert mean < below < moved and most < 0.4432


def test_rows_that_were_left_out_don_t_warn_of_a_sorted_table_and_shuffled_testaments_do(sets):
    rng, species = np.random.default_rng(14), sets["flowers"][1]
    row, right = np.arange(150)[:, None], []
    for _ in range(50):
        half = rng.permutation(150) < 75
        tree = DecisionTreeClassifier(criterion="entropy").fit(row[half], species[half])
        right.append(100 * tree.score(row[~half], species[~half]))
    assert abs(printed("row-held-out")[0] - np.mean(right)) < 1
    letters, testament = sets["books"]
    best = [stump(letters, rng.permutation(testament), 0)[1] for _ in range(300)]
    mean, _, most = numbers_of("information-gain", "books-null")[0]
    assert abs(mean - np.mean(best)) < 0.01 and abs(most - np.quantile(best, 0.95)) < 0.02
    assert max(best) < numbers_of("information-gain", "iris-root")[2][1] == 0.4432


def test_the_ratio_and_gini_favour_many_values_too():
    rng, species = np.random.default_rng(15), np.repeat(range(3), 50)
    for values, shown in numbers_of("information-gain", "ratio-cell")[6:]:
        draws = [rng.integers(int(values), size=150) for _ in range(200)]
        ratios = [
            mutual_info_score(species, draw) / scipy.stats.entropy(np.bincount(draw))
            for draw in draws
        ]
        assert abs(shown - np.mean(ratios)) < 0.01
    never, always, (values, noise, petal), below = numbers_of("information-gain", "gini-noise")
    assert never == [round(-math.log2(7 / 9) / (2 * (2 / 9) ** 2), 2)] == [3.67]
    assert always == [round(-math.log2(2 / 9) / (2 * (7 / 9) ** 2), 2)] == [1.79]
    # Among the m flowers of one value, two different ones are of one species in 49 of 149 pairs
    sizes = scipy.stats.binom(149, 1 / 150)
    left = sum(sizes.pmf(m) * m / (m + 1) for m in range(150)) * 100 / 149
    assert values == 150 and abs(noise - (2 / 3 - left)) < 0.01 and petal == 0.333 < noise
    pixels = data.load("digits")[0].reshape(-1, 64)
    assert below == [np.sum(pixels[:, 42] <= 7), np.sum(pixels[:, 36] == 0)]


def test_gini_sets_the_largest_whole_class_apart_and_entropy_balances():
    classes = [5, 3, 3, 2, 2]
    cuts = [c for k in range(1, 5) for c in itertools.combinations(range(5), k)]

    def saved(of, cut):
        low = [n if i in cut else 0 for i, n in enumerate(classes)]
        high = [0 if i in cut else n for i, n in enumerate(classes)]
        return of(classes) - of(low) - of(high)

    by_gini = max(cuts, key=lambda cut: saved(gini, cut))
    by_entropy = max(cuts, key=lambda cut: round(saved(bill, cut), 9))
    assert {by_gini} <= {(0,), (1, 2, 3, 4)}
    assert sum(classes[i] for i in by_entropy) in (7, 8)


def test_of_ten_classes_about_equally_large_gini_hardly_cares_which_are_set_apart(sets):
    counts = np.bincount(sets["digits"][1])
    by_gini, by_entropy = [], []
    for chosen in itertools.product([0, 1], repeat=9):
        low = counts * [*chosen, 0]
        if any(chosen):
            cut = low.tolist(), (counts - low).tolist()
            by_gini.append(float(gini(counts.tolist()) - sum(map(gini, cut))))
            sizes = [sum(side) / 1797 for side in cut]
            by_entropy.append(scipy.stats.entropy(sizes, base=2))
    assert len(by_gini) == 511 and max(by_gini) < 1.05 * min(by_gini)
    assert max(by_entropy) > 2 * min(by_entropy)


def test_one_exchangeable_side_is_enough_for_the_shuffles():
    rng, passed = np.random.default_rng(21), []
    for _ in range(1_500):
        fair, sticky = (np.cumsum(rng.random(200) > stay) % 2 for stay in (0.5, 0.9))
        passed.append(scipy.stats.fisher_exact(contingency_matrix(fair, sticky))[1] <= 0.05)
    assert np.mean(passed) < 0.065


def test_sticky_chains_are_called_real_though_they_are_independent():
    (coin_,), (sticky,) = numbers_of("information-gain", "chains")
    rng = np.random.default_rng(16)
    for stay, shown in ((0.5, coin_), (0.9, sticky)):
        tables = [
            contingency_matrix(*(np.cumsum(rng.random(200) > stay) % 2 for _ in range(2)))
            for _ in range(1_500)
        ]
        # Fisher's exact test is the permutation test with all permutations
        passed = [scipy.stats.fisher_exact(table)[1] <= 0.05 for table in tables]
        assert abs(100 * np.mean(passed) - shown) < 4
    assert coin_ < 7 and sticky > 25


def test_one_coin_for_all_cases_gains_nothing_so_the_theorem_asks_for_independent_ones():
    split = [0, 0, 1, 1, 1]
    assert {exact_gain([tossed] * 5, split) for tossed in (0, 1)} == {0.0}


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.integers(1, 4), st.integers(1, 4))
def test_on_average_the_gain_is_not_below_that_of_the_true_shares(p, q, m, n):
    def gain(a, b):
        w = m / (m + n)
        mixture = w * a + (1 - w) * b
        return coin(mixture) - w * coin(a) - (1 - w) * coin(b)

    mean = sum(
        scipy.stats.binom.pmf(i, m, p) * scipy.stats.binom.pmf(j, n, q) * gain(i / m, j / n)
        for i in range(m + 1)
        for j in range(n + 1)
    )
    assert mean >= gain(p, q) - 1e-9


def coin(p):
    return scipy.stats.entropy([p, 1 - p])


def test_the_best_cut_of_noise_beats_a_coin_in_scikit_learns_stumps_too():
    rng, species = np.random.default_rng(5), np.repeat(range(3), 50)
    real = [stump(rng.random((150, 1)), species, 0)[1] for _ in range(200)]
    binary = [mutual_info_score(species, rng.integers(2, size=150)) / LN2 for _ in range(200)]
    noise, tossed, wins, row = printed("best-of-cuts")
    assert abs(np.mean(real) - noise) < 0.004 and abs(np.mean(binary) - tossed) < 0.003
    assert abs(tossed - 2 / 300 / LN2) < 0.002
    assert abs(100 * np.mean(np.greater(real, binary)) - wins) < 5
    assert row == round(math.log2(3) - 2 / 3, 4)


# ---- pixels --------------------------------------------------------------------------------------


def test_pixel_21_tells_most_and_chance_is_scikit_learns_expectation(sets):
    pixels, digits = sets["digits"]
    gains = [mutual_info_score(digits, pixel) / LN2 for pixel in pixels.T]
    (varied, _, together), (best, gain, chance) = numbers_of("information-gain", "pixels-all")
    assert varied == sum(len(np.unique(pixel)) > 1 for pixel in pixels.T) == 61
    assert (best, gain) == (np.argmax(gains), round(max(gains), 3))
    table = contingency_matrix(digits, pixels[:, 21])
    assert abs(expected_mutual_information(table, 1797) / LN2 - chance) < 0.002
    # SciPy's random tables have the same margins; each pixel gets its own, so nothing is shared
    own, null = [], []
    for pixel in pixels.T[[len(np.unique(pixel)) > 1 for pixel in pixels.T]]:
        table = contingency_matrix(digits, pixel)
        random = scipy.stats.random_table(table.sum(axis=1), table.sum(axis=0), seed=8)
        chance = np.array([gain_of_table(one) for one in random.rvs(150)])
        own.append((gain_of_table(table) - chance.mean()) / chance.std())
        null.append((chance - chance.mean()) / chance.std())
    limit = np.quantile(np.max(null, axis=0), 0.95)
    assert abs(np.sum(own > limit) - together) <= 1


def gain_of_table(table):
    """Return the mutual information of a table of counts, in nats, from three entropies."""
    parts = table.sum(axis=0), table.sum(axis=1), table.ravel()
    x, y, both = map(scipy.stats.entropy, parts)
    return x + y - both


def test_with_100_digits_fewer_pixels_pass_together_than_alone(sets):
    (_, varied, passed, jointly), (gain, chance), (of_all, added) = numbers_of(
        "information-gain", "pixels-few-print"
    )
    assert jointly < passed - 5 and passed < varied
    assert 0.7 < chance / gain < 0.85
    assert math.isclose(added, gain - of_all, abs_tol=0.011) and added < chance - 0.1
    pixels, digits = sets["digits"]
    whole = np.array([mutual_info_score(digits, pixel) / LN2 for pixel in pixels.T])
    rng, best, rows = np.random.default_rng(9), set(np.argsort(whole)[-10:]), []
    for _ in range(12):
        few = rng.choice(1797, 100, replace=False)
        tables = [contingency_matrix(digits[few], pixel) for pixel in pixels[few].T]
        found = np.array([gain_of_table(table) / LN2 for table in tables])
        null = np.array([expected_mutual_information(table, 100) / LN2 for table in tables])
        varied = null > 0
        hits = [len(best & set(np.argsort(g)[-10:])) for g in (found, found - null)]
        rows.append([found[varied].mean(), null[varied].mean(), whole[varied].mean(), *hits])
    middle = np.mean(rows, axis=0)
    assert np.abs(middle[:3] - [gain, chance, of_all]).max() < 0.02
    (alone, _, together), (raw, less) = (
        row for row in numbers_of("information-gain", "pixels-luck")
    )
    assert abs(alone - 0.05 * 55) < 0.6 and abs(together - 5) < 4
    assert raw < less - 1 and middle[3] < middle[4] - 0.5


# ---- Gini ----------------------------------------------------------------------------------------


def gini(counts):
    n = sum(counts)
    return n - sum(Fraction(c * c, n) for c in counts) if n else Fraction(0)


def bill(counts):
    return sum(counts) * scipy.stats.entropy(counts, base=2) if sum(counts) else 0.0


def test_two_cuts_of_nine_cases_are_ranked_in_opposite_order():
    first, second = numbers_of("information-gain", "gini-bill")[:2]
    for row, cut in ((first, ([2, 2], [0, 5])), (second, ([1, 7], [1, 0]))):
        assert row[:4] == [*cut[0], *cut[1]]
        assert row[4:] == [round(sum(map(bill, cut)), 2), float(sum(map(gini, cut)))]
    assert first[4] < second[4] and first[5] > second[5]


@given(tables)
def test_what_a_proper_bill_saves_is_the_mean_divergence_that_belongs_to_it(rows):
    table = np.array(rows)
    shares = table / table.sum(axis=1, keepdims=True)
    weights = table.sum(axis=1) / table.sum()
    parent = weights @ shares
    saved = float(gini(table.sum(axis=0)) - sum(map(gini, table))) / table.sum()
    assert math.isclose(saved, weights @ ((shares - parent) ** 2).sum(axis=1), abs_tol=1e-12)


def test_trees_of_both_criteria_are_equally_good_on_halves_of_the_digits(sets):
    pixels, digits = sets["digits"]
    right = {"entropy": [], "gini": []}
    for seed in range(30):
        order = np.random.default_rng(seed).permutation(1797)
        a, b = order[:900], order[900:]
        for criterion, scores in right.items():
            tree = DecisionTreeClassifier(criterion=criterion, random_state=seed)
            scores.append(100 * tree.fit(pixels[a], digits[a]).score(pixels[b], digits[b]))
    (ours, other), (difference, error, roots) = numbers_of("information-gain", "halves")
    assert abs(np.mean(right["entropy"]) - ours) < 2 and abs(np.mean(right["gini"]) - other) < 2
    assert math.isclose(difference, ours - other, abs_tol=0.11)
    apart = np.subtract(right["entropy"], right["gini"])
    assert abs(difference) < 2 * error  # about one standard error; two would tell them apart
    assert error < 2 * np.std(apart) and abs(apart.mean()) < 1
    assert roots >= 5
    differ = 0
    for seed in range(20):
        half = np.random.default_rng(seed).permutation(1797)[:900]
        first, second = (stump(pixels[half], digits[half], 0, c)[0] for c in right)
        differ += first != second
    assert differ >= 14


# ---- exercises -----------------------------------------------------------------------------------


def test_the_example_of_breiman_leaves_200_errors_twice():
    rows = numbers_of("information-gain", "ex-errors-code")
    quarter = scipy.stats.entropy([3, 1], base=2)
    third = 0.75 * scipy.stats.entropy([1, 2], base=2)
    assert rows == [[200, round(1 - quarter, 4)], [200, round(1 - third, 4)]]


def test_of_the_multiples_of_8_a_single_case_beats_the_halves_by_its_ratio_up_to_16():
    def alone(n):
        left = (n - 1) / n * scipy.stats.entropy([n // 2 - 1, n // 2], base=2)
        return (1 - left) / scipy.stats.entropy([1, n - 1], base=2)

    halves = 1 - scipy.stats.entropy([3, 1], base=2)
    assert [n for n in range(8, 400, 8) if alone(n) > halves] == [8, 16]
    rows = numbers_of("information-gain", "ex-lopsided-code")
    for n, _, ratio in rows[:-1]:
        assert ratio == round(alone(int(n)), 4)
    assert rows[-1] == [round(halves, 4)]


@given(st.lists(st.integers(0, 2), min_size=2, max_size=12))
def test_no_cut_within_a_run_of_equal_labels_beats_both_ends(labels):
    n = len(labels)

    def left(i):
        return sum(bill(list(Counter(part).values())) for part in (labels[:i], labels[i:]) if part)

    bills = [left(i) for i in range(n + 1)]
    for i in range(1, n):
        if labels[i - 1] == labels[i]:
            start = next(j for j in range(i, -1, -1) if j == 0 or labels[j - 1] != labels[i])
            end = next(j for j in range(i, n + 1) if j == n or labels[j] != labels[i])
            assert bills[i] >= min(bills[start], bills[end]) - 1e-9


def test_a_leaf_is_found_by_the_questions_on_the_way():
    tree = (0, 1.5, np.array([2, 0]), (1, 0.5, np.array([0, 3]), np.array([1, 1])))
    assert leaf_of(tree, [1.5, 9]).tolist() == [2, 0]
    assert leaf_of(tree, [1.6, 0.5]).tolist() == [0, 3]
    assert leaf_of(tree, [1.6, 0.6]).tolist() == [1, 1]


def test_a_cut_that_saves_nearly_as_much_is_no_tie():
    labels = np.repeat([0, 1], 1000)
    features = np.stack([labels, labels], axis=1)
    features[0, 1] = 1  # one of 2,000 on the wrong side
    saved, ties = best_splits(features, np.eye(2)[labels], entropy_bill)
    assert (saved, ties) == (2000, [(0, 0.5)])

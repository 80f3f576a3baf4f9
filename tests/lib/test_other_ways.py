"""What other libraries have and lib has not: the ways to it that docstrings name lead there."""

import inspect
import itertools
import re

import numpy as np
from scipy import special, stats

import lib
from lib import (
    entropy,
    js_divergence,
    kl_divergence,
    kraft_sum,
    mutual_information,
    normalize,
    surprisal,
    wasserstein_1d,
)

RNG = np.random.default_rng(0)


def test_two_pmfs_with_points_of_their_own_set_one_after_the_other_have_scipys_distance():
    for _ in range(20):
        p, q = normalize(RNG.random(4)), normalize(RNG.random(6))
        x, y = RNG.normal(size=4), RNG.integers(-2, 3, size=6)
        ours = wasserstein_1d([*p, *np.zeros(6)], [*np.zeros(4), *q], points=[*x, *y])
        np.testing.assert_allclose(ours, stats.wasserstein_distance(x, y, p, q), rtol=1e-12)


def test_the_table_of_weighted_pmfs_has_their_jensen_shannon_divergence():
    for count in (2, 3, 7):
        weights, pmfs = normalize(RNG.random(count)), normalize(RNG.random((count, 5)))
        expected = stats.entropy(weights @ pmfs) - weights @ stats.entropy(pmfs, axis=1)
        ours = mutual_information(weights[:, None] * pmfs)
        np.testing.assert_allclose(ours, expected, rtol=1e-12)
    two = pmfs[:2]
    np.testing.assert_allclose(mutual_information(two / 2), js_divergence(*two), rtol=1e-12)


def test_probability_times_difference_of_surprisals_is_what_an_outcome_adds_to_kl():
    p, q = normalize(RNG.random((2, 9)))
    terms = p * (surprisal(q) - surprisal(p))
    np.testing.assert_allclose(terms, special.rel_entr(p, q), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(terms.sum(), kl_divergence(p, q), rtol=1e-12)


def test_the_entropy_of_all_entries_of_a_table_obeys_the_chain_rule():
    p_xyz = normalize(RNG.random(24)).reshape(2, 3, 4)
    parts = entropy(p_xyz.sum(axis=(1, 2)))
    parts += lib.conditional_entropy(p_xyz.sum(axis=2))
    parts += lib.conditional_entropy(p_xyz.reshape(6, 4))
    np.testing.assert_allclose(entropy(p_xyz.ravel()), parts, rtol=1e-12)


def huffman_mean(p, letters):
    """Merge as the docstring of huffman_code says; the mean length is the sum of all merged."""
    weights = [*p]
    while (len(weights) - 1) % (letters - 1):
        weights.append(0.0)
    mean = 0.0
    while len(weights) > 1:
        weights.sort()
        merged = sum(weights[:letters])
        weights = [merged, *weights[letters:]]
        mean += merged
    return mean


def test_merging_as_many_as_there_are_letters_makes_a_code_that_none_beats():
    for letters, size in itertools.product((2, 3, 4), (2, 3, 4, 5, 6)):
        p = normalize(RNG.random(size))
        lengths = itertools.product(range(1, size), repeat=size) if size > 2 else [(1, 1)]
        best = min(np.dot(p, l) for l in lengths if kraft_sum(l, letters) <= 1 + 1e-12)  # noqa: E741
        np.testing.assert_allclose(huffman_mean(p, letters), best, rtol=1e-12)


def test_arguments_come_in_the_order_that_the_package_states():
    stated = [pair.split(", ") for pair in re.findall(r"\(([a-z_]+(?:, [a-z_]+)+)\)", lib.__doc__)]
    assert ["targets", "z"] in stated and ["lengths", "p"] in stated
    for name in lib.__all__:
        names = list(inspect.signature(getattr(lib, name)).parameters)
        both = [order for order in stated if {*order} <= {*names}]
        for order in both:
            assert [n for n in names if n in order] == order, name
        required = [
            n
            for n, p in inspect.signature(getattr(lib, name)).parameters.items()
            if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty
        ]
        assert both or len(required) < 2 or name in OTHER_ORDERS, name


OTHER_ORDERS = {  # which state no pmf beside another, and say their order themselves
    "categorical_projection",
    "empirical_pmf",
    "gaussian_kl_full",
    "ppo_clip_objective",
}

"""Mistakes of other texts and tools, each reproduced beside what is true.

The numbers are those of the audit of our sources; a test fails if lib ever repeats the mistake.
"""

import math
from math import log, log2

import numpy as np
import pytest
from scipy import special, stats
from scipy.spatial import distance

from lib import cross_entropy, entropy, kl_divergence, normalize, surprisal

P = np.array([0.5, 0.3, 0.2])
Q = np.array([0.3, 0.6, 0.1])


def coin(p):
    return np.array([p, 1 - p])


def gaussian_on_a_grid(mean):
    return normalize(np.exp(-((np.linspace(-12, 12, 2401) - mean) ** 2) / 2))


def test_naive_entropy_of_a_one_hot_label_is_nan_where_the_truth_is_0():
    label = np.array([0.0, 1.0, 0.0])
    with np.errstate(all="ignore"):
        assert math.isnan(-np.sum(label * np.log2(label)))
    assert entropy(label, base=2) == 0


def test_cross_entropy_of_p_with_itself_is_the_entropy_which_can_be_0():
    assert cross_entropy(P, P, base=2) == pytest.approx(1.4855, abs=5e-5)
    assert cross_entropy([0, 1, 0], [0, 1, 0]) == 0


def test_cross_entropy_has_two_arguments_and_is_asymmetric():
    assert cross_entropy(P, Q, base=2) == pytest.approx(1.7540, abs=5e-5)
    assert cross_entropy(Q, P, base=2) == pytest.approx(1.5744, abs=5e-5)


def test_cross_entropy_is_no_divergence_another_q_than_p_can_have_less_than_an_uneven_p_itself():
    assert cross_entropy([1, 0], [0.9, 0.1]) < cross_entropy(P, P)


def test_kl_is_not_always_asymmetric():
    there, back = kl_divergence(coin(0.3), coin(0.7)), kl_divergence(coin(0.7), coin(0.3))
    assert there == pytest.approx(back, rel=1e-12)
    assert there / log(2) == pytest.approx(0.4 * log2(7 / 3), rel=1e-12)
    assert f"{there / log(2):.3f}" == "0.489"


def test_kl_violates_the_triangle_inequality():
    direct = kl_divergence(coin(0.5), coin(0.1))
    detour = kl_divergence(coin(0.5), coin(0.3)) + kl_divergence(coin(0.3), coin(0.1))
    assert direct == pytest.approx(0.5 * log(0.25 / 0.09), rel=1e-12)
    assert (f"{direct:.3f}", f"{detour:.3f}") == ("0.511", "0.241")


def test_errors_on_frequent_events_do_not_always_cost_more():
    p = [0.99, 0.01]
    frequent = kl_divergence(p, [0.9, 0.1])
    rare = kl_divergence(p, [1 - 1e-12, 1e-12])
    assert (f"{frequent:.4f}", f"{rare:.4f}") == ("0.0713", "0.2203")


def test_a_single_outcome_can_save_bits_only_the_sum_is_never_negative():
    terms = P * (surprisal(Q, base=2) - surprisal(P, base=2))
    assert [f"{t:+.4f}" for t in terms] == ["+0.3685", "-0.3000", "+0.2000"]
    assert kl_divergence(P, Q, base=2) == pytest.approx(terms.sum(), rel=1e-12)
    assert np.abs(terms).sum() > 3 * kl_divergence(P, Q, base=2)


def test_sorted_samples_are_no_pmf():
    # Dive into Deep Learning feeds sorted samples in as probabilities: logs of negative numbers are
    # nan, nansum drops them and abs hides the sign of the rest. The divergence of N(0, 1) from
    # N(±1, 1) is half a nat, .7213 bits, both ways.
    rng = np.random.default_rng(1)
    p, q = np.sort(rng.normal(0, 1, 10_000)), np.sort(rng.normal(-1, 1, 10_000))
    with np.errstate(all="ignore"):
        terms = p * np.log2(p / q)
        assert np.isnan(terms).mean() > 0.3
        assert abs(np.nansum(terms)) > 100
    with pytest.raises(ValueError, match="is -"):
        kl_divergence(p, q)

    for a, b in ((0, 1), (1, 0), (0, -1)):
        bits = kl_divergence(gaussian_on_a_grid(a), gaussian_on_a_grid(b), base=2)
        assert bits == pytest.approx(0.5 / log(2), rel=1e-9)


def test_weights_are_not_normalised_silently():
    assert stats.entropy([5, 3, 2], base=2) == pytest.approx(1.4855, abs=5e-5)
    with pytest.raises(ValueError, match=r"use normalize\(p\)"):
        entropy([5, 3, 2], base=2)


def test_rows_are_pmfs_by_default_where_scipy_takes_columns():
    batch = np.array([P, Q])
    assert stats.entropy(batch).shape == (3,)
    assert entropy(batch).shape == (2,)


def test_logits_and_log_probabilities_are_not_probabilities():
    for logs in (np.log(P), np.array([2.0, -1.0, 0.3])):
        with pytest.raises(ValueError, match="take the exponential first"):
            cross_entropy(P, logs)


def test_the_mean_over_outcomes_is_no_kl_divergence():
    # reduction="mean" of PyTorch's kl_div gives .0620 for the news
    terms = special.rel_entr(P, Q)
    assert f"{terms.mean():.4f}" == "0.0620"
    assert f"{kl_divergence(P, Q):.4f}" == "0.1861"


def test_an_epsilon_does_not_hide_an_infinite_cost():
    p, q = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    with_epsilon = np.sum(p * np.log2(p / (q + 1e-12)))
    assert 18 < with_epsilon < 20
    assert kl_divergence(p, q, base=2) == math.inf
    assert cross_entropy(p, q, base=2) == math.inf


def test_scipys_kl_of_nearly_equal_pmfs_is_noise_of_either_sign_and_ours_is_not():
    rng = np.random.default_rng(0)
    noise, ours, roots = [], [], []
    for _ in range(200):
        p = normalize(rng.random(10))
        q = normalize(p * (1 + 1e-9 * rng.standard_normal(10)))
        noise.append(special.rel_entr(p, q).sum())
        ours.append(kl_divergence(p, q))
        with np.errstate(invalid="ignore"):
            roots.append(distance.jensenshannon(p, q))
    assert 0.2 < np.mean(np.array(noise) < 0) < 0.8
    assert np.mean(np.isnan(roots)) > 0.2
    assert min(ours) > 0
    assert max(ours) < 1e-17


def test_rel_entr_and_kl_div_of_scipy_are_the_two_sums_of_the_docstring():
    assert special.rel_entr(P, Q).sum() == pytest.approx(kl_divergence(P, Q), rel=1e-12)
    assert special.kl_div(P, Q).sum() == pytest.approx(kl_divergence(P, Q), rel=1e-12)
    assert not np.allclose(special.rel_entr(P, Q), special.kl_div(P, Q))

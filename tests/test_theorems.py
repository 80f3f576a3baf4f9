"""The theorems, as properties of what lib computes; each test is named after its theorem.

Numbers in parentheses are those of Cover & Thomas, Elements of Information Theory, 2nd ed., 2006.
"""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lib import cross_entropy, entropy, kl_divergence, normalize, surprisal

SLACK = 1e-12

# Down to the smallest float; and, for tests that multiply probabilities, only so far down that no
# product is too small to have all the digits of a float.
EXTREME = st.one_of(st.just(0.0), st.floats(1e-3, 1.0), st.sampled_from([5e-324, 1e-300, 1e-17]))
MODERATE = st.one_of(st.just(0.0), st.floats(1e-3, 1.0), st.sampled_from([1e-60, 1e-17]))
PROBABILITIES = st.one_of(st.just(0.0), st.floats(1e-150, 1.0))


@st.composite
def pmfs(draw, size=None, how_many=1, weight=EXTREME):
    """Draw pmfs of one size, with zeros and with outcomes all but impossible."""
    size = draw(st.integers(1, 8)) if size is None else size
    rows = []
    for _ in range(how_many):
        weights = draw(st.lists(weight, min_size=size, max_size=size))
        weights[draw(st.integers(0, size - 1))] = 1.0
        rows.append(normalize(weights))
    return rows[0] if how_many == 1 else rows


@st.composite
def channels(draw, inputs):
    """Draw a stochastic matrix: row x is the pmf of what comes out when x goes in."""
    outputs = draw(st.integers(1, 5))
    return np.stack([draw(pmfs(size=outputs, weight=MODERATE)) for _ in range(inputs)])


def at_most(smaller, larger):
    """Is smaller ≤ larger, but for rounding?"""
    return smaller <= larger + SLACK * (1 + abs(larger)) or smaller == larger


def equal(a, b):
    return a == b or abs(a - b) <= SLACK * (1 + abs(a))


@given(pmfs(how_many=2))
def test_gibbs_inequality(pq):
    p, q = pq  # theorem 2.6.3
    assert kl_divergence(p, q) >= 0
    assert kl_divergence(p, p) == 0
    if np.abs(p - q).max() > 1e-150:  # a smaller difference squared is below float64
        assert kl_divergence(p, q) > 0
    assert at_most(entropy(p), cross_entropy(p, q))


@given(pmfs(how_many=2))
def test_cross_entropy_is_entropy_plus_kl_divergence(pq):
    p, q = pq
    assert equal(cross_entropy(p, q), entropy(p) + kl_divergence(p, q))
    assert equal(cross_entropy(p, p), entropy(p))


@given(pmfs())
def test_entropy_lies_between_0_and_log_k(p):
    # lemma 2.1.1 and theorem 2.6.4
    assert entropy(p) >= 0
    assert at_most(entropy(p), math.log(p.size))


@given(pmfs())
def test_uniform_maximises_entropy(p):
    # theorem 2.6.4: what is missing to log K is the divergence from the uniform pmf
    uniform = np.full(p.size, 1 / p.size)
    assert equal(entropy(uniform), math.log(p.size))
    assert equal(math.log(p.size) - entropy(p), kl_divergence(p, uniform))


@given(pmfs())
def test_entropy_is_0_only_for_a_certain_outcome(p):
    assert (entropy(p) == 0) == (np.count_nonzero(p) == 1)


@given(pmfs())
def test_entropy_is_expected_surprisal(p):
    possible = p[p > 0]
    assert equal(entropy(p), np.sum(possible * surprisal(possible)))


@given(PROBABILITIES, PROBABILITIES)
def test_additivity_of_surprise(p, q):
    assert equal(surprisal(p * q), surprisal(p) + surprisal(q))


@given(PROBABILITIES, PROBABILITIES)
def test_the_less_probable_surprises_more(p, q):
    p, q = sorted((p, q))
    assert surprisal(p) >= surprisal(q)


@given(pmfs(weight=MODERATE), pmfs(weight=MODERATE))
def test_entropies_of_independent_variables_add_up(p, q):
    assert equal(entropy(np.outer(p, q).ravel()), entropy(p) + entropy(q))


@given(pmfs(how_many=2, weight=MODERATE), pmfs(how_many=2, weight=MODERATE))
def test_divergences_of_independent_variables_add_up(first, second):
    p, q = (np.outer(a, b).ravel() for a, b in zip(first, second, strict=True))
    total = kl_divergence(*first) + kl_divergence(*second)
    assert equal(kl_divergence(p, q), total)


@given(st.data())
def test_chain_rule_of_entropy(data):
    # theorem 2.2.1: H(X, Y) = H(X) + H(Y | X)
    p_x = data.draw(pmfs(weight=MODERATE))
    p_y_given_x = data.draw(channels(p_x.size))
    joint = p_x[:, None] * p_y_given_x
    conditional = np.sum(p_x * entropy(p_y_given_x))
    assert equal(entropy(joint.ravel()), entropy(p_x) + conditional)


@given(st.data())
def test_chain_rule_of_divergence(data):
    # theorem 2.5.3: D(p(x, y) ‖ q(x, y)) = D(p(x) ‖ q(x)) + D(p(y | x) ‖ q(y | x))
    p_x, q_x = data.draw(pmfs(how_many=2, weight=MODERATE))
    outputs = data.draw(st.integers(1, 4))
    p_rows, q_rows = (
        np.stack([data.draw(pmfs(size=outputs, weight=MODERATE)) for _ in range(p_x.size)])
        for _ in range(2)
    )
    p, q = p_x[:, None] * p_rows, q_x[:, None] * q_rows
    total = kl_divergence(p_x, q_x)
    for x in np.flatnonzero(p_x):
        total += p_x[x] * kl_divergence(p_rows[x], q_rows[x])
    assert equal(kl_divergence(p.ravel(), q.ravel()), total)


@given(st.data())
def test_shannons_grouping_property(data):
    # Shannon (1948), section 6, property 3: a choice broken down into two successive choices
    p = data.draw(pmfs())
    cut = data.draw(st.integers(0, p.size))
    groups = [g for g in (p[:cut], p[cut:]) if g.sum() > 1e-200]
    choice = normalize([g.sum() for g in groups])
    within = sum(w * entropy(normalize(g)) for w, g in zip(choice, groups, strict=True))
    assert equal(entropy(p), entropy(choice) + within)


@given(st.data())
def test_conditioning_reduces_entropy_and_divergence_from_independence_says_by_how_much(data):
    # theorem 2.6.5 and equation (2.28): H(X) + H(Y) − H(X, Y) = D(p(x, y) ‖ p(x) p(y)) ≥ 0
    p_x = data.draw(pmfs(weight=MODERATE))
    joint = p_x[:, None] * data.draw(channels(p_x.size))
    p_y = joint.sum(axis=0)
    independent = np.outer(p_x, p_y)
    information = entropy(p_x) + entropy(p_y) - entropy(joint.ravel())
    assert equal(information, kl_divergence(joint.ravel(), independent.ravel()))


@given(st.data())
def test_data_processing(data):
    # what a channel lets through of two pmfs is no easier to tell apart (from theorem 2.5.3)
    p, q = data.draw(pmfs(how_many=2, weight=MODERATE))
    channel = data.draw(channels(p.size))
    assert at_most(kl_divergence(p @ channel, q @ channel), kl_divergence(p, q))


@given(st.data())
def test_merging_outcomes_lowers_divergence_and_entropy(data):
    p, q = data.draw(pmfs(how_many=2))
    into = data.draw(st.lists(st.integers(0, 2), min_size=p.size, max_size=p.size))
    merged = [np.bincount(into, weights=x, minlength=3) for x in (p, q)]
    assert at_most(kl_divergence(*merged), kl_divergence(p, q))
    assert at_most(entropy(merged[0]), entropy(p))


@given(pmfs(how_many=2), PROBABILITIES)
def test_entropy_concave(pq, share):
    p, q = pq  # theorem 2.7.3
    mixed = share * p + (1 - share) * q
    assert at_most(share * entropy(p) + (1 - share) * entropy(q), entropy(mixed))


@given(pmfs(how_many=4, weight=MODERATE), st.floats(1e-3, 1 - 1e-3))
def test_divergence_convex_in_the_pair(four, share):
    p1, q1, p2, q2 = four  # theorem 2.7.2
    mixed_p, mixed_q = share * p1 + (1 - share) * p2, share * q1 + (1 - share) * q2
    bound = share * kl_divergence(p1, q1) + (1 - share) * kl_divergence(p2, q2)
    assert at_most(kl_divergence(mixed_p, mixed_q), bound)


@given(pmfs(how_many=2))
def test_pinsker_inequality(pq):
    p, q = pq  # lemma 11.6.1
    total_variation = np.abs(p - q).sum() / 2
    assert at_most(2 * total_variation**2, kl_divergence(p, q))


@given(pmfs(how_many=2), st.randoms(use_true_random=False))
def test_the_order_of_the_outcomes_does_not_matter(pq, random):
    p, q = pq
    order = random.sample(range(p.size), p.size)
    assert equal(entropy(p), entropy(p[order]))
    assert equal(cross_entropy(p, q), cross_entropy(p[order], q[order]))
    assert equal(kl_divergence(p, q), kl_divergence(p[order], q[order]))


@given(pmfs(how_many=2), st.floats(1.01, 300))
def test_the_base_only_changes_the_unit(pq, base):
    p, q = pq
    unit = math.log(base)
    assert equal(entropy(p, base=base) * unit, entropy(p))
    assert equal(cross_entropy(p, q, base=base) * unit, cross_entropy(p, q))
    assert equal(kl_divergence(p, q, base=base) * unit, kl_divergence(p, q))

"""The theorems, as properties of what lib computes; each test is named after its theorem.

Numbers in parentheses are those of Cover & Thomas, Elements of Information Theory, 2nd ed., 2006.
"""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lib import (
    conditional_entropy,
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    normalize,
    renyi_divergence,
    surprisal,
    total_variation,
    wasserstein_1d,
)
from tests.lib.strategies import MODERATE, pmfs

SLACK = 1e-12

PROBABILITIES = st.one_of(st.just(0.0), st.floats(1e-150, 1.0))
ORDERS = st.one_of(st.sampled_from([0, 0.5, 1, 2, math.inf]), st.floats(0, 50))


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


def test_without_finite_values_one_more_function_adds_up_and_never_increases():
    # theorem "Only the logarithm" needs finite values: this s is neither constant nor −c log p
    def s(p):
        return 0.0 if p == 1 else math.inf

    grid = [2.0**-k for k in range(20)]
    assert all(s(p * q) == s(p) + s(q) for p in grid for q in grid)
    assert all(s(low) >= s(high) for high in grid for low in grid if low <= high)


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
    assert at_most(2 * total_variation(p, q) ** 2, kl_divergence(p, q))


@given(pmfs(how_many=2))
def test_js_is_symmetric_and_between_0_and_one_bit(pq):
    p, q = pq  # Lin (1991), theorems 2 and 3: also no more than the total variation, in bits
    js = js_divergence(p, q, base=2)
    assert equal(js, js_divergence(q, p, base=2))
    assert 0 <= js <= 1 + SLACK
    assert at_most(js, total_variation(p, q))
    assert js_divergence(p, p) == 0
    if np.abs(p - q).max() > 1e-150:
        assert js > 0


@given(pmfs(how_many=2, weight=MODERATE))  # half of 5e-324 is no float
def test_js_is_the_mean_divergence_from_the_mixture_and_an_entropy_difference(pq):
    p, q = pq
    m = (p + q) / 2
    js = js_divergence(p, q)
    assert equal(js, (kl_divergence(p, m) + kl_divergence(q, m)) / 2)
    assert equal(js, entropy(m) - (entropy(p) + entropy(q)) / 2)


@given(pmfs(how_many=2, weight=MODERATE))
def test_js_is_what_an_item_tells_about_the_coin_that_chose_its_source(pq):
    assert equal(js_divergence(*pq), mutual_information(np.stack(pq) / 2))


@given(pmfs(how_many=3))
def test_the_root_of_js_obeys_the_triangle_inequality(three):
    # Endres & Schindelin (2003); likewise total variation and the Wasserstein distance
    points = np.arange(three[0].size) ** 2
    for distance in (
        lambda a, b: math.sqrt(js_divergence(a, b)),
        total_variation,
        lambda a, b: wasserstein_1d(a, b, points),
    ):
        p, q, r = three
        assert at_most(distance(p, r), distance(p, q) + distance(q, r))
        assert equal(distance(p, q), distance(q, p))


@given(pmfs(how_many=2))
def test_total_variation_is_the_largest_difference_over_all_events(pq):
    p, q = pq  # Levin & Peres (2017), proposition 4.2
    events = np.array(list(np.ndindex((2,) * p.size)))
    assert equal(total_variation(p, q), np.abs(events @ (p - q)).max())


@given(st.data())
def test_data_processing_holds_for_every_divergence(data):
    p, q = data.draw(pmfs(how_many=2, weight=MODERATE))
    channel = data.draw(channels(p.size))
    order = data.draw(ORDERS)
    after_p, after_q = p @ channel, q @ channel
    assert at_most(js_divergence(after_p, after_q), js_divergence(p, q))
    assert at_most(total_variation(after_p, after_q), total_variation(p, q))
    after, before = renyi_divergence(after_p, after_q, order), renyi_divergence(p, q, order)
    assert after <= before + 1e-10 * (1 + before)  # orders near 0 divide by little


@given(pmfs(how_many=2), ORDERS, ORDERS)
def test_renyi_divergence_grows_with_its_order(pq, first, second):
    p, q = pq  # van Erven & Harremoës (2014), theorem 3
    low, high = sorted((first, second))
    assert renyi_divergence(p, q, low) >= 0
    assert at_most(renyi_divergence(p, q, low), renyi_divergence(p, q, high))
    assert renyi_divergence(p, p, high) == 0


@given(pmfs(how_many=2), st.floats(0.01, 0.99))
def test_renyi_skew_symmetry(pq, order):
    p, q = pq  # van Erven & Harremoës (2014), proposition 2
    there, back = renyi_divergence(p, q, order), renyi_divergence(q, p, 1 - order)
    assert equal(there, order / (1 - order) * back)


@given(pmfs(how_many=2, weight=MODERATE), pmfs(how_many=2, weight=MODERATE), ORDERS)
def test_renyi_divergences_of_independent_variables_add_up(first, second, order):
    p, q = (np.outer(a, b).ravel() for a, b in zip(first, second, strict=True))
    total = renyi_divergence(*first, order) + renyi_divergence(*second, order)
    assert equal(renyi_divergence(p, q, order), total)


@given(pmfs(how_many=2), st.data())
def test_wasserstein_does_not_depend_on_the_order_of_the_points(pq, data):
    p, q = pq
    places = st.lists(st.integers(-9, 9), min_size=p.size, max_size=p.size)
    points = np.array(data.draw(places))
    order = np.array(data.draw(st.permutations(range(p.size))))
    w = wasserstein_1d(p, q, points)
    assert equal(wasserstein_1d(p[order], q[order], points[order]), w)
    assert equal(wasserstein_1d(p, q, -3 * points + 100), 3 * w)
    assert at_most(abs((p - q) @ points), w)
    assert at_most(w, total_variation(p, q) * np.ptp(points))


@given(st.data())
def test_chain_rule_links_joint_and_conditional_entropy_and_mutual_information(data):
    # theorem 2.2.1 and equations (2.43) to (2.45)
    p_x = data.draw(pmfs(weight=MODERATE))
    joint = p_x[:, None] * data.draw(channels(p_x.size))
    p_x, p_y = joint.sum(axis=1), joint.sum(axis=0)
    y_given_x, x_given_y = conditional_entropy(joint), conditional_entropy(joint.T)
    information = mutual_information(joint)
    assert equal(entropy(joint.ravel()), entropy(p_x) + y_given_x)
    assert equal(information, entropy(p_y) - y_given_x)
    assert equal(information, entropy(p_x) - x_given_y)
    assert equal(information, mutual_information(joint.T))
    assert equal(information, kl_divergence(joint.ravel(), np.outer(p_x, p_y).ravel()))
    assert information >= 0
    assert at_most(information, min(entropy(p_x), entropy(p_y)))
    assert y_given_x >= 0
    assert at_most(y_given_x, entropy(p_y))


@given(pmfs(how_many=2, weight=MODERATE))
def test_mutual_information_is_0_for_independent_variables_only(pq):
    p, q = pq
    assert 0 <= mutual_information(np.outer(p, q)) <= 1e-30
    together = np.diag(p)
    assert equal(mutual_information(together), entropy(p))
    assert conditional_entropy(together) == 0


@given(st.data())
def test_data_processing_inequality_of_mutual_information(data):
    # theorem 2.8.1: X → Y → Z
    p_x = data.draw(pmfs(weight=MODERATE))
    joint = p_x[:, None] * data.draw(channels(p_x.size))
    further = joint @ data.draw(channels(joint.shape[1]))
    assert at_most(mutual_information(further), mutual_information(joint))


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

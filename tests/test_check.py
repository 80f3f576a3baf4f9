"""The checks of readers' functions: what is right passes, and a slip is called by its name."""

import collections
import math
import string
import warnings
from collections import Counter

import numpy as np
import pytest

from lib import check

CHECKS = [
    check.surprisal,
    check.entropy,
    check.cross_entropy,
    check.kl_divergence,
    check.text_entropy,
    check.kraft_sum,
    check.huffman_lengths,
    check.log_softmax,
    check.cross_entropy_from_logits,
    check.cross_entropy_gradient,
    check.moment_match,
    check.mean_field_stds,
    check.policy_gradient,
    check.ppo_clip_objective,
]


# --- right answers --------------------------------------------------------------------------------


def right_surprisal(p):
    return np.array([math.inf if x == 0 else -math.log2(x) for x in p])


def right_entropy(p):
    p = p[p > 0]
    return -np.sum(p * np.log2(p))


def right_cross_entropy(p, q):
    return -np.sum(p[p > 0] * np.log2(q[p > 0]))


def right_kl_divergence(p, q):
    pairs = [(a, b) for a, b in zip(p, q, strict=True) if a > 0]
    return sum(a * (math.log2(a / b) if b > 0 else math.inf) for a, b in pairs)


def right_text_entropy(text):
    letters = [c for c in text.lower() if c in string.ascii_lowercase]
    shares = np.array(list(collections.Counter(letters).values())) / len(letters)
    return float(-(shares * np.log2(shares)).sum())


def right_huffman_lengths(p):
    groups = [(x, [k]) for k, x in enumerate(p)]
    lengths = np.zeros(p.size)
    while len(groups) > 1:
        (x, a), (y, b), *groups = sorted(groups)
        lengths[a + b] += 1
        groups.append((x + y, a + b))
    return lengths


def right_log_softmax(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def right_losses(classes, z):
    return [-right_log_softmax(row)[c] for row, c in zip(z, classes, strict=True)]


def softmax(z, axis=-1):
    w = np.exp(z - z.max(axis=axis, keepdims=True))
    return w / w.sum(axis=axis, keepdims=True)


def right_moment_match(means, weights, stds):
    mean = np.average(means, weights=weights)
    return mean, np.sqrt(np.average(stds**2 + means**2, weights=weights) - mean**2)


def right_mean_field_stds(cov):
    # The std of a coordinate when the others are known.
    d = len(cov)
    known = [[j for j in range(d) if j != i] for i in range(d)]
    explained = [
        cov[i, k] @ np.linalg.solve(cov[np.ix_(k, k)], cov[k, i]) for i, k in enumerate(known)
    ]
    return [np.sqrt(cov[i, i] - explained[i]) for i in range(d)]


def right_ppo_clip_objective(log_ratio, advantage, epsilon):
    ratio = math.exp(log_ratio)
    if advantage > 0:
        return min(ratio, 1 + epsilon) * advantage
    return max(ratio, 1 - epsilon) * advantage


RIGHT = {
    check.log_softmax: (right_log_softmax, "✓ log_softmax: 6 cases agree with lib.log_softmax"),
    check.cross_entropy_from_logits: (
        right_losses,
        "✓ cross_entropy_from_logits: 6 cases agree with lib.cross_entropy_from_logits",
    ),
    check.cross_entropy_gradient: (
        lambda p, z: np.exp(right_log_softmax(z)) - p,
        "✓ cross_entropy_gradient: 5 cases agree with lib.cross_entropy_gradient",
    ),
    check.moment_match: (
        right_moment_match,
        "✓ moment_match: 5 cases agree with the moments of the mixture",
    ),
    check.mean_field_stds: (
        right_mean_field_stds,
        "✓ mean_field_stds: 4 cases agree with the diagonal of the precision matrix",
    ),
    check.policy_gradient: (
        lambda p, r: (np.diag(p) - np.outer(p, p)) @ r,
        "✓ policy_gradient: 4 cases agree with the slope of the mean pay",
    ),
    check.ppo_clip_objective: (
        right_ppo_clip_objective,
        "✓ ppo_clip_objective: 6 cases agree with lib.ppo_clip_objective",
    ),
    check.kraft_sum: (
        lambda lengths: sum(2.0**-n for n in lengths),
        "✓ kraft_sum: 4 cases agree with lib.kraft_sum",
    ),
    check.huffman_lengths: (
        right_huffman_lengths,
        "✓ huffman_lengths: 5 cases agree with the mean length of lib.huffman_code",
    ),
    check.surprisal: (right_surprisal, "✓ surprisal: 5 cases agree with lib.surprisal"),
    check.entropy: (right_entropy, "✓ entropy: 6 cases agree with lib.entropy"),
    check.cross_entropy: (
        right_cross_entropy,
        "✓ cross_entropy: 6 cases agree with lib.cross_entropy",
    ),
    check.kl_divergence: (
        right_kl_divergence,
        "✓ kl_divergence: 6 cases agree with lib.kl_divergence",
    ),
    check.text_entropy: (
        right_text_entropy,
        "✓ text_entropy: 6 cases agree with lib.entropy of the letters' shares",
    ),
}


@pytest.mark.parametrize("of", CHECKS)
def test_a_right_function_passes_and_says_so_in_one_line(of, capsys):
    function, line = RIGHT[of]
    assert of(function) is None
    assert capsys.readouterr().out == line + "\n"


@pytest.mark.parametrize("convert", [float, np.float32, np.array])
def test_python_floats_single_precision_and_0d_arrays_pass(convert, capsys):
    check.entropy(lambda p: convert(right_entropy(p)))
    assert capsys.readouterr().out.startswith("✓")


def test_an_epsilon_too_small_to_matter_passes(capsys):
    check.entropy(lambda p: -np.sum(p * np.log2(p + 1e-300)))
    check.entropy(lambda p: -np.sum(p * np.log2(p + 1e-12)))
    assert capsys.readouterr().out.count("✓") == 2


def test_a_function_that_changes_its_input_is_judged_by_its_result(capsys):
    def entropy_in_place(p):
        p[p == 0] = 1
        p *= np.log2(p)
        return -p.sum()

    check.entropy(entropy_in_place)
    check.entropy(entropy_in_place)
    assert capsys.readouterr().out.count("✓") == 2


def test_warnings_inside_the_function_do_not_matter(capsys):
    def entropy_with_warnings(p):
        warnings.warn("slow", UserWarning, stacklevel=1)
        return -np.nansum(p * np.log2(p))

    with np.errstate(all="raise"):
        check.entropy(entropy_with_warnings)
    assert capsys.readouterr().out.startswith("✓")


def test_printing_instead_of_returning_is_said_so(capsys):
    def my_entropy(p):
        print("1.4855")

    check.entropy(my_entropy)
    assert capsys.readouterr().out == (
        "1.4855\nnot yet: my_entropy prints its result; return it instead\n"
    )


def test_what_a_function_prints_while_it_works_is_shown(capsys):
    def my_entropy(p):
        print(p.size, "outcomes")
        return right_entropy(p)

    check.entropy(my_entropy)
    assert capsys.readouterr().out.startswith("3 outcomes\n4 outcomes\n")


@pytest.mark.parametrize(
    "function",
    [
        lambda p: -sum(x * math.log2(x) for x in p),
        lambda p: sum(float(x) * math.log2(1 / float(x)) for x in p),
    ],
)
def test_an_error_at_a_zero_says_where_it_comes_from(function):
    with pytest.raises(check.CheckFailed, match=r"slip +a probability is 0 here"):
        check.entropy(function)


# --- not yet --------------------------------------------------------------------------------------


def not_implemented(*args):
    raise NotImplementedError


@pytest.mark.parametrize("of", CHECKS)
@pytest.mark.parametrize(
    ("stub", "name"),
    [
        (lambda *args: None, "<lambda>"),
        (lambda *args: ..., "<lambda>"),
        (not_implemented, "not_implemented"),
    ],
)
def test_an_untouched_stub_is_not_yet_and_no_error(of, stub, name, capsys):
    of(stub)
    expected = (
        f"not yet: {name} returns nothing so far; write its body, with a return, and run again"
    )
    assert capsys.readouterr().out == expected + "\n"


@pytest.mark.parametrize("nothing", [None, ...])
def test_no_function_at_all_is_not_yet(nothing, capsys):
    check.entropy(nothing)
    assert capsys.readouterr().out == "not yet: check.entropy waits for your function\n"


# --- slips ----------------------------------------------------------------------------------------


def h(p):
    return right_entropy(np.asarray(p))


def text_shares(characters):
    counts = np.array(list(collections.Counter(characters).values()))
    return counts / counts.sum()


def a_to_z(text):
    return [c for c in text.lower() if c in string.ascii_lowercase]


def spare_zero(p):
    return np.where(p > 0, p, 1)


SLIPS = [
    (check.surprisal, lambda p: -np.log(p), 1, "natural logarithm"),
    (check.surprisal, lambda p: -np.log10(p), 1, "log10"),
    (check.surprisal, lambda p: np.log2(p), 1, "minus sign"),
    (check.surprisal, lambda p: np.log(p), 1, "sign is wrong, and the natural"),
    (check.surprisal, lambda p: -p * np.log2(p), 1, "share of the entropy"),
    (check.surprisal, lambda p: 1 / p, 1, "1/p"),
    (check.surprisal, lambda p: 1 - p, 1, "1 − p"),
    (check.surprisal, lambda p: -np.log2(np.maximum(p, 1e-12)), 5, "infinitely much"),
    (check.surprisal, lambda p: np.where(p > 0, -np.log2(p), 0), 5, "a 0 in its place"),
    (check.surprisal, lambda p: -np.log2(p[0]), 1, "one number is expected for each"),
    (check.kraft_sum, lambda n: np.sum(2.0**n), 1, "A longer word costs less"),
    (check.kraft_sum, lambda n: np.sum(np.exp(-n)), 1, "digits are binary"),
    (check.kraft_sum, lambda n: np.sum(1 / n), 1, "A word of ℓ digits costs"),
    (check.kraft_sum, lambda n: 1 - np.sum(0.5**n), 1, "what is left"),
    (check.moment_match, lambda m, w, s: np.array([w @ m, np.sqrt(w @ s**2)]), 2, "between"),
    (
        check.moment_match,
        lambda m, w, s: np.array([w @ m, np.sqrt(w @ (m - w @ m) ** 2)]),
        1,
        "within the modes is missing",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([w @ m, w @ (s**2 + (m - w @ m) ** 2)]),
        1,
        "Take its root",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([w @ m, np.sqrt(w @ (s**2 + m**2))]),
        1,
        "square of the mean",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([m.mean(), np.sqrt((s**2).mean() + m.var())]),
        3,
        "weights are missing",
    ),
    (
        check.moment_match,
        lambda m, w, s: [w @ m, np.sqrt(w @ s**2 + m.var())],
        3,
        "needs the weights too",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([w @ m, np.sqrt(w @ s + w @ (m - w @ m) ** 2)]),
        1,
        "stds are not squared",
    ),
    (
        check.moment_match,
        lambda m, w, s: np.array([m[w.argmax()], s[w.argmax()]]),
        2,
        "the best single mode",
    ),
    (check.moment_match, lambda m, w, s: right_moment_match(m, w, s)[::-1], 1, "mean, then std"),
    (check.moment_match, lambda m, w, s: w @ m, 1, "two numbers are expected"),
    (check.mean_field_stds, lambda cov: np.sqrt(np.diag(cov)), 1, "marginal stds"),
    (check.mean_field_stds, lambda cov: 1 / np.sqrt(np.diag(cov)), 1, "diagonal was taken first"),
    (check.mean_field_stds, lambda cov: np.sqrt(np.linalg.eigvalsh(cov)), 1, "principal axes"),
    (check.mean_field_stds, lambda cov: np.diag(np.linalg.cholesky(cov)), 1, "Cholesky"),
    (check.mean_field_stds, lambda cov: 1 / np.diag(np.linalg.inv(cov)), 1, "these are variances"),
    (check.mean_field_stds, lambda cov: np.diag(np.linalg.inv(cov)), 1, "these are precisions"),
    (
        check.mean_field_stds,
        lambda cov: np.sqrt(np.diag(np.linalg.inv(cov))),
        1,
        "roots of precisions",
    ),
    (check.mean_field_stds, lambda cov: 1.0, 1, "one std is expected"),
    (check.policy_gradient, lambda p, r: p * r, 1, "the baseline is missing"),
    (check.policy_gradient, lambda p, r: p * (r - r.mean()), 2, "the plain mean of r"),
    (check.policy_gradient, lambda p, r: r - p @ r, 1, "the natural gradient"),
    (check.policy_gradient, lambda p, r: p * (p @ r - r), 1, "the way down"),
    (check.policy_gradient, lambda p, r: p @ r, 1, "a slope for each logit"),
    (check.ppo_clip_objective, lambda x, a, e: math.exp(x) * a, 2, "without a clip"),
    (
        check.ppo_clip_objective,
        lambda x, a, e: min(math.exp(x) * a, math.exp(np.clip(x, -e, e)) * a),
        2,
        "not its logarithm",
    ),
    (
        check.ppo_clip_objective,
        lambda x, a, e: np.clip(math.exp(x), 1 - e, 1 + e) * a,
        3,
        "on both sides",
    ),
    (
        check.ppo_clip_objective,
        lambda x, a, e: max(math.exp(x) * a, np.clip(math.exp(x), 1 - e, 1 + e) * a),
        2,
        "with the larger of the two",
    ),
    (
        check.ppo_clip_objective,
        lambda x, a, e: min(x * a, np.clip(x, 1 - e, 1 + e) * a),
        1,
        "the logarithm of the ratio",
    ),
    (check.huffman_lengths, lambda p: -np.log2(p), 1, "not whole, or spend more than 1"),
    (check.huffman_lengths, lambda p: np.ones(p.size), 1, "not whole, or spend more than 1"),
    (check.huffman_lengths, lambda p: np.ceil(-np.log2(p)), 1, "rounded up"),
    (check.huffman_lengths, lambda p: np.full(p.size, 2), 1, "words of equal length"),
    (check.huffman_lengths, lambda p: right_huffman_lengths(p)[:-1], 1, "one length is expected"),
    (check.entropy, lambda p: np.array([h(p)]), 1, "wrapped in an array"),
    (check.entropy, lambda p: -np.sum(p * np.log2(np.clip(p, 1e-3, 1))), 6, "epsilon"),
    (
        check.text_entropy,
        lambda t: -np.sum([n * np.log2(n) for n in Counter(a_to_z(t)).values()]),
        1,
        "counts, not shares",
    ),
    (check.entropy, lambda p: -np.sum(p * np.log(p)), 1, "natural logarithm"),
    (check.entropy, lambda p: -np.sum(p * np.log10(p)), 1, "log10"),
    (check.entropy, lambda p: np.sum(p * np.log2(p)), 1, "minus sign"),
    (check.entropy, lambda p: np.sum(p * np.log(p)), 1, "sign is wrong, and the natural"),
    (check.entropy, lambda p: -np.sum(p * np.log2(p)), 3, "0 · log 0"),
    (check.entropy, lambda p: -np.sum(np.log2(p)), 1, "sum of all surprisals"),
    (check.entropy, lambda p: -np.mean(np.log2(p)), 1, "plain mean of the surprisals"),
    (check.entropy, lambda p: -np.mean(p * np.log2(p)), 1, "mean of the terms"),
    (check.entropy, lambda p: h(p) / np.log2(p.size), 1, "divided by its largest value"),
    (check.entropy, lambda p: 2 ** h(p), 1, "perplexity"),
    (check.entropy, lambda p: -p * np.log2(p), 1, "array of terms"),
    (check.entropy, lambda p: np.array([h(p)]), 1, "wrapped in an array"),
    (check.entropy, lambda p: p, 1, "returned an array; expected one number"),
    (check.entropy, lambda p: -np.sum(p * np.log2(p + 1e-8)), 3, "close, but"),
    (check.entropy, lambda p: np.round(h(p), 3), 1, "close, but"),
    (check.entropy, lambda p: str(h(p)), 1, "returned str; expected a number"),
    (check.entropy, lambda p: h(p) if p.size == 3 else None, 2, "returned NoneType"),
    (
        check.entropy,
        lambda p: -np.mean(np.log(p)),
        1,
        "surprisals. Each counts p times. Also, it is",
    ),
    (check.cross_entropy, lambda p, q: right_cross_entropy(q, p), 1, "swapped"),
    (check.cross_entropy, lambda p, q: np.sum(p * np.log2(p / q)), 1, "the KL divergence"),
    (check.cross_entropy, lambda p, q: h(p), 1, "the entropy of p"),
    (check.cross_entropy, lambda p, q: h(q), 1, "the entropy of q"),
    (check.cross_entropy, lambda p, q: -np.sum(np.log2(q)), 1, "sum of −log2 q"),
    (check.cross_entropy, lambda p, q: -np.mean(np.log2(q)), 1, "plain mean of −log2 q"),
    (check.cross_entropy, lambda p, q: -np.mean(p * np.log2(q)), 1, "mean of the terms"),
    (check.cross_entropy, lambda p, q: -np.sum(p * np.log(q)), 1, "natural logarithm"),
    (check.cross_entropy, lambda p, q: np.sum(p * np.log2(q)), 1, "minus sign"),
    (check.cross_entropy, lambda p, q: -np.sum(p * np.log2(q)), 4, "0 · log 0"),
    (check.cross_entropy, lambda p, q: -np.sum(p * np.log2(q + 1e-15)), 5, "infinitely much"),
    (
        check.cross_entropy,
        lambda p, q: -np.sum(p[q > 0] * np.log2(q[q > 0])),
        5,
        "q = 0 were left out",
    ),
    (check.kl_divergence, lambda p, q: right_kl_divergence(q, p), 1, "this is D(q‖p)"),
    (check.kl_divergence, lambda p, q: np.sum(q * np.log2(p / q)), 1, "the weight is q"),
    (check.kl_divergence, lambda p, q: right_cross_entropy(p, q), 1, "this is the cross-entropy."),
    (check.kl_divergence, lambda p, q: right_cross_entropy(q, p), 1, "with p and q swapped"),
    (check.kl_divergence, lambda p, q: h(p), 1, "the entropy of p"),
    (check.kl_divergence, lambda p, q: h(q), 1, "the entropy of q"),
    (check.kl_divergence, lambda p, q: h(q) - h(p), 1, "difference of the two entropies"),
    (check.kl_divergence, lambda p, q: right_cross_entropy(p, q) + h(p), 1, "plus the entropy"),
    (check.kl_divergence, lambda p, q: right_cross_entropy(p, q) - h(q), 1, "entropy of q was"),
    (check.kl_divergence, lambda p, q: np.sum(np.log2(p / q)), 1, "sum of log2(p/q)"),
    (check.kl_divergence, lambda p, q: np.mean(np.log2(p / q)), 1, "mean of log2(p/q)"),
    (check.kl_divergence, lambda p, q: np.mean(p * np.log2(p / q)), 1, "mean of the terms"),
    (check.kl_divergence, lambda p, q: np.sum(abs(p * np.log2(p / q))), 1, "abs"),
    (check.kl_divergence, lambda p, q: np.sum(p * np.log(p / q)), 1, "natural logarithm"),
    (check.kl_divergence, lambda p, q: np.sum(p * np.log2(q / p)), 1, "minus sign"),
    (check.kl_divergence, lambda p, q: np.sum(p * np.log2(p / q)), 4, "0 · log 0"),
    (
        check.kl_divergence,
        lambda p, q: np.sum((p * np.log2(spare_zero(p) / spare_zero(q)))[q > 0]),
        6,
        "q = 0 were left out",
    ),
    (
        check.kl_divergence,
        lambda p, q: np.sum(p * np.log2((p + 1e-12) / (q + 1e-12))),
        6,
        "infinitely much",
    ),
    (check.kl_divergence, lambda p, q: np.sum(q * np.log(q / p)), 1, "D(q‖p). Also, it is in nats"),
    (check.text_entropy, lambda t: h(text_shares(t)), 2, "all characters were counted, also"),
    (check.text_entropy, lambda t: h(text_shares(t.lower())), 2, "all characters were counted"),
    (
        check.text_entropy,
        lambda t: h(text_shares(t.lower().replace(" ", ""))),
        4,
        "digits or punctuation were counted",
    ),
    (
        check.text_entropy,
        lambda t: h(text_shares(t.replace(" ", ""))),
        3,
        "a capital letter counts as the small one",
    ),
    (
        check.text_entropy,
        lambda t: h(text_shares([c for c in t if c in string.ascii_lowercase])),
        3,
        "capital letters were left out",
    ),
    (
        check.text_entropy,
        lambda t: h(text_shares([c for c in t.lower() if c.isalpha()])),
        5,
        "isalpha",
    ),
    (
        check.text_entropy,
        lambda t: (
            -sum(
                a_to_z(t).count(c) / len(t) * math.log2(a_to_z(t).count(c) / len(t))
                for c in set(a_to_z(t))
            )
        ),
        2,
        "divided by the length of the text",
    ),
    (
        check.text_entropy,
        lambda t: -np.mean(np.log2(text_shares(a_to_z(t)))),
        1,
        "plain mean of the surprisals",
    ),
    (
        check.text_entropy,
        lambda t: -np.sum(np.log2(text_shares(a_to_z(t)))),
        1,
        "sum of the surprisals",
    ),
    (check.text_entropy, lambda t: h(text_shares(a_to_z(t))) * len(a_to_z(t)), 1, "whole text"),
    (check.text_entropy, lambda t: h(text_shares(a_to_z(t))) * math.log(2), 1, "natural logarithm"),
]


def textbook_log_softmax(z, axis=-1):
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def one_largest_log_softmax(z):
    shifted = z - z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_over_everything(z):
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


def losses_of(log_p):
    """Return a reader's loss that takes the logarithms of the probabilities from `log_p`."""
    return lambda classes, z: -log_p(z)[np.arange(len(classes)), classes]


def in_place_of(function, other, is_meant):
    """Return `function`, but `other` on the inputs of which `is_meant` is true."""
    return lambda *args: (other if is_meant(*args) else function)(*args)


SLIPS += [
    (check.log_softmax, softmax, 1, "these are the probabilities"),
    (check.log_softmax, textbook_log_softmax, 3, "no room in a float"),
    (check.log_softmax, lambda z: np.log(np.exp(z) / np.exp(z).sum()), 2, "over everything"),
    (check.log_softmax, lambda z: np.log(softmax(z)), 4, "became 0 before its logarithm"),
    (
        check.log_softmax,
        in_place_of(textbook_log_softmax, lambda z: textbook_log_softmax(z, 0), lambda z: z.ndim),
        2,
        "along axis 0",
    ),
    (
        check.log_softmax,
        lambda z: z - np.log(np.exp(z - z.max(-1, keepdims=True)).sum(-1, keepdims=True)),
        1,
        "subtracted inside the sum only",
    ),
    (check.log_softmax, lambda z: z - z.max(-1, keepdims=True), 1, "log Σ is missing"),
    (check.log_softmax, lambda z: right_log_softmax(z) / np.log(2), 1, "log2 was used"),
    (check.log_softmax, lambda z: -right_log_softmax(z), 1, "minus sign"),
    (check.log_softmax, lambda z: right_log_softmax(z)[..., 0], 1, "another shape"),
    (check.log_softmax, lambda z: np.log(softmax(z) + 1e-5), 1, "close, but off"),
    (
        check.cross_entropy_from_logits,
        lambda t, z: np.mean(right_losses(t, z)),
        1,
        "mean over the samples",
    ),
    (
        check.cross_entropy_from_logits,
        lambda t, z: np.sum(right_losses(t, z)),
        1,
        "sum over the samples",
    ),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: right_log_softmax(softmax(z))),
        1,
        "applied twice",
    ),
    (
        check.cross_entropy_from_logits,
        lambda t, z: -np.log(z[np.arange(len(t)), t]),
        1,
        "logits were taken for probabilities",
    ),
    (check.cross_entropy_from_logits, losses_of(lambda z: z), 1, "log Σ exp(z) is missing"),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: -softmax(z)),
        1,
        "probabilities of the classes",
    ),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: np.log(softmax(z, axis=0))),
        1,
        "along axis 0",
    ),
    (
        check.cross_entropy_from_logits,
        lambda t, z: -right_log_softmax(z)[:, t],
        1,
        "columns of all samples",
    ),
    (check.cross_entropy_from_logits, losses_of(textbook_log_softmax), 3, "no room in a float"),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: np.log(softmax(z))),
        4,
        "became 0 before its logarithm",
    ),
    (
        check.cross_entropy_gradient,
        lambda p, z: p - softmax(z),
        1,
        "the way down",
    ),
    (check.cross_entropy_gradient, lambda p, z: softmax(z), 1, "Subtract the target"),
    (check.cross_entropy_gradient, lambda p, z: -p / softmax(z), 1, "in each probability"),
    (check.cross_entropy_gradient, lambda p, z: right_log_softmax(z) - p, 1, "log softmax −"),
    (
        check.cross_entropy_gradient,
        lambda p, z: (softmax(z) - p) / len(z),
        2,
        "gradient of the mean",
    ),
    (
        check.cross_entropy_gradient,
        lambda p, z: (softmax(z) - p) / z.shape[1],
        1,
        "number of outcomes",
    ),
    (check.cross_entropy_gradient, lambda p, z: softmax(z, axis=0) - p, 1, "along axis 0"),
    (
        check.cross_entropy_gradient,
        lambda p, z: np.exp(z) / np.exp(z).sum(-1, keepdims=True) - p,
        4,
        "no room in a float",
    ),
    (check.cross_entropy_gradient, lambda p, z: -p, 1, "this is −target"),
    (check.cross_entropy_gradient, lambda p, z: p * (softmax(z) - 1), 1, "its own logit"),
    (
        check.cross_entropy_gradient,
        lambda p, z: softmax_over_everything(z) - p,
        2,
        "over everything",
    ),
    (
        check.cross_entropy_gradient,
        lambda p, z: np.exp(one_largest_log_softmax(z)) - p,
        5,
        "largest of all rows",
    ),
    (check.log_softmax, one_largest_log_softmax, 6, "largest of all rows"),
    (check.log_softmax, lambda z: np.log(softmax(z) + 1e-12), 4, "caps the surprise"),
    (check.log_softmax, lambda z: np.log(softmax(z).clip(1e-12)), 4, "caps the surprise"),
    (
        check.cross_entropy_from_logits,
        losses_of(one_largest_log_softmax),
        6,
        "largest of all rows",
    ),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: np.log(softmax(z) + 1e-12)),
        4,
        "caps the surprise",
    ),
    (
        check.cross_entropy_from_logits,
        losses_of(lambda z: np.log(softmax_over_everything(z))),
        1,
        "over everything",
    ),
    (
        check.cross_entropy_from_logits,
        lambda t, z: losses_of(right_log_softmax)(t - 1, z),
        1,
        "counted from 1",
    ),
]


@pytest.mark.parametrize(("of", "function", "number", "says"), SLIPS)
def test_a_slip_is_recognised_by_its_result(of, function, number, says):
    with pytest.raises(check.CheckFailed) as failed:
        of(function)
    lines = str(failed.value).splitlines()
    assert lines[0].startswith(f"✗ {of.__name__}: case {number} of ")
    assert [line.split()[0] for line in lines[1:]] == ["input", "expected", "got", "slip"]
    assert says in lines[-1]


def test_every_slip_in_the_tables_is_met_by_a_function_above():
    met = []
    for of, function, _, _ in SLIPS:
        with pytest.raises(check.CheckFailed) as failed:
            of(function)
        met.append(str(failed.value).splitlines()[-1].split(maxsplit=1)[1])
    tables = [
        check._SURPRISAL,
        check._ENTROPY,
        check._CROSS_ENTROPY,
        check._KL_DIVERGENCE,
        check._TEXT_ENTROPY,
        check._LOG_SOFTMAX,
        check._LOSS_FROM_LOGITS,
        check._LOSS_GRADIENT,
        check._POLICY_GRADIENT,
        check._PPO_CLIP_OBJECTIVE,
    ]
    known = [slip.says for table in tables for slip in table.slips]
    known += [slip.says for slip in check._SLIPS_OF_ALL + check._SLIPS_IN_NATS]
    missing = [says for says in known if not any(m.startswith(says) for m in met)]
    assert not missing


def test_a_wrong_result_that_is_no_known_slip_names_the_case_and_guesses_nothing():
    with pytest.raises(check.CheckFailed) as failed:
        check.entropy(lambda p: 42)
    assert str(failed.value).splitlines() == [
        "✗ entropy: case 1 of 6, three outcomes",
        "  input     p = [0.5, 0.3, 0.2]",
        "  expected  1.485475297 bits",
        "  got       42",
    ]


def test_nan_without_a_zero_is_not_blamed_on_0_log_0():
    with pytest.raises(check.CheckFailed) as failed:
        check.entropy(lambda p: math.nan)
    assert str(failed.value).splitlines()[-1] == "  got       nan"


def test_a_loss_of_0_where_the_truth_is_1e_18_passes(capsys):
    # the slip is real (see lib.logits), but too small for a reader's first function
    check.log_softmax(right_log_softmax)
    assert right_log_softmax(np.array([40.0, 0.0]))[0] == 0
    assert capsys.readouterr().out.startswith("✓")


def test_single_precision_passes(capsys):
    check.log_softmax(lambda z: right_log_softmax(z.astype(np.float32)))
    assert capsys.readouterr().out.startswith("✓")


def test_an_array_is_asked_for_where_one_is_expected():
    with pytest.raises(check.CheckFailed, match="returned str; expected an array"):
        check.log_softmax(lambda z: "no")
    with pytest.raises(check.CheckFailed, match="returned str; expected a number"):
        check.entropy(lambda p: "no")


def test_a_logit_of_0_is_no_probability_of_0():
    with pytest.raises(check.CheckFailed) as failed:
        check.log_softmax(lambda z: np.full(z.shape, np.nan) if 0 in z else right_log_softmax(z))
    assert "0 · log 0" not in str(failed.value)
    with pytest.raises(check.CheckFailed) as failed:
        check.cross_entropy_from_logits(lambda t, z: math.log(0))
    assert "slip" not in str(failed.value)


def test_an_exception_is_reported_with_the_input_the_line_and_its_cause():
    def divides(p):
        return 1 / (p.size - 4)

    with pytest.raises(check.CheckFailed) as failed:
        check.entropy(lambda p: right_entropy(p) if p.size == 3 else divides(p))
    assert str(failed.value).splitlines() == [
        "✗ entropy: case 2 of 6, four equally likely outcomes",
        "  input     p = [0.25, 0.25, 0.25, 0.25]",
        "  expected  2 bits",
        "  got       ZeroDivisionError: division by zero",
        "  in        return 1 / (p.size - 4)",
    ]
    assert isinstance(failed.value.__cause__, ZeroDivisionError)


def test_a_wrong_number_of_parameters_is_reported():
    with pytest.raises(check.CheckFailed, match=r"got +TypeError: .* 1 positional arg"):
        check.kl_divergence(lambda p: 0)


def test_a_result_in_place_of_a_function_is_explained():
    with pytest.raises(check.CheckFailed, match=r"pass the function itself, check\.entropy\(my_"):
        check.entropy(1.4855)


# --- how it shows ---------------------------------------------------------------------------------


def _is_from(module, value):
    return getattr(value, "__module__", None) == module.__name__


def test_only_the_checks_and_their_failure_are_public():
    own = {name for name, value in vars(check).items() if _is_from(check, value)}
    public = {name for name in own if not name.startswith("_")}
    assert public == set(check.__all__) == {"CheckFailed", *(of.__name__ for of in CHECKS)}


def test_a_failure_is_an_assertion_error():
    assert issubclass(check.CheckFailed, AssertionError)


def test_ipython_shows_the_message_and_no_traceback(tmp_path):
    shell_module = pytest.importorskip("IPython.core.interactiveshell")
    from IPython.utils.capture import capture_output
    from traitlets.config import Config

    config = Config({"HistoryManager": {"enabled": False}})
    shell = shell_module.InteractiveShell(ipython_dir=str(tmp_path), config=config)
    with capture_output() as captured:
        result = shell.run_cell("from lib import check\ncheck.entropy(lambda p: -sum(p) * 3)")
    assert isinstance(result.error_in_exec, check.CheckFailed)
    assert captured.stdout.splitlines() == [
        "✗ entropy: case 1 of 6, three outcomes",
        "  input     p = [0.5, 0.3, 0.2]",
        "  expected  1.485475297 bits",
        "  got       -3",
    ]

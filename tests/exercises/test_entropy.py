"""Exercises on entropy: what is right passes, and a slip is called by its name."""

import collections
import math
import string
from collections import Counter

import numpy as np
import pytest

from exercises import check, entropy
from tests.exercises import bank, bank_entropy
from tests.exercises.bank import h, right_entropy


def right_surprisal(p):
    return np.array([math.inf if x == 0 else -math.log2(x) for x in p])


def right_text_entropy(text):
    letters = [c for c in text.lower() if c in string.ascii_lowercase]
    shares = np.array(list(collections.Counter(letters).values())) / len(letters)
    return float(-(shares * np.log2(shares)).sum())


def text_shares(characters):
    counts = np.array(list(collections.Counter(characters).values()))
    return counts / counts.sum()


def a_to_z(text):
    return [c for c in text.lower() if c in string.ascii_lowercase]


RIGHT = {
    check.surprisal: (right_surprisal, "✓ surprisal: 5 cases agree with lib.surprisal"),
    check.entropy: (right_entropy, "✓ entropy: 6 cases agree with lib.entropy"),
    check.text_entropy: (
        right_text_entropy,
        "✓ text_entropy: 6 cases agree with lib.entropy of the letters' shares",
    ),
}


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


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(entropy, RIGHT, SLIPS, bank_entropy.BANKS)


def test_an_epsilon_too_small_to_matter_passes(capsys):
    check.entropy(lambda p: -np.sum(p * np.log2(p + 1e-300)))
    check.entropy(lambda p: -np.sum(p * np.log2(p + 1e-12)))
    assert capsys.readouterr().out.count("✓") == 2


def test_nan_without_a_zero_is_not_blamed_on_0_log_0():
    with pytest.raises(check.CheckFailed) as failed:
        check.entropy(lambda p: math.nan)
    assert str(failed.value).splitlines()[-1] == "  got       nan"

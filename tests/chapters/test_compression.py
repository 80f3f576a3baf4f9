"""The chapter "Prediction is compression": its numbers by a second way.

Counts are ranks in sorted columns, mixtures are sums over the whole text or run in logarithms,
add-½ is priced letter by letter, pairs are merged by str.replace, and files are packed by zlib, bz2
and lzma themselves; the chapter uses dictionaries, weights, gamma functions and NumPy's indices.
"""

import bz2
import itertools
import lzma
import math
import re
import zlib
from collections import Counter
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from scipy.special import gammaln, logsumexp

import data
from explorers import LetterPrices
from lib import arithmetic_decode, arithmetic_encode
from tests.chapters.chapter_run import NUMBER, numbers_of

TEXT = data.load("genesis")
BOOK = TEXT.encode()
P, Q = (0.5, 0.3, 0.2), (0.3, 0.6, 0.1)
LN2 = math.log(2)


def printed(cell):
    """Return all numbers that a cell of the chapter prints."""
    return list(itertools.chain(*numbers_of("compression", cell)))


def parts(text):
    """Return the numbers in a text as `printed` reads them: 1,234 is 1 and 234."""
    return [float(x) for x in re.findall(NUMBER, text)]


def symbols(text):
    return np.frombuffer(text, dtype=np.uint8).astype(np.int64)


# ---- counts as ranks -----------------------------------------------------------------------------


def ranks(ids):
    """Return how often each id stood before, at each place."""
    order = np.argsort(ids, kind="stable")
    begins = np.flatnonzero(np.diff(ids[order], prepend=-1))
    sizes = np.diff(np.append(begins, ids.size))
    found = np.empty(ids.size, dtype=np.int64)
    found[order] = np.arange(ids.size) - np.repeat(begins, sizes)
    return found


def sums_before(ids, values):
    """Return the sum of the values at earlier places with the same id."""
    order = np.argsort(ids, kind="stable")
    running = np.cumsum(values[order]) - values[order]
    begins = np.flatnonzero(np.diff(ids[order], prepend=-1))
    sizes = np.diff(np.append(begins, ids.size))
    found = np.empty(ids.size, dtype=np.int64)
    found[order] = running - np.repeat(running[begins], sizes)
    return found


def counted(x, deepest):
    """Yield for each order c(s), c(s, x) and t(s) at each place from `order` on."""
    context = np.zeros(x.size, dtype=np.int64)
    for k in range(deepest + 1):
        if k:
            pairs = context[k:] * 1_024 + x[: x.size - k]
            context = np.append(np.zeros(k, np.int64), np.unique(pairs, return_inverse=True)[1])
        here = context[k:]
        grams = np.unique(here * 1_024 + x[k:], return_inverse=True)[1]
        seen = ranks(grams)
        yield ranks(here), seen, sums_before(here, (seen == 0).astype(np.int64))


def witten_bell(x, deepest, kinds=256):
    """Return what each symbol costs at each order."""
    p, bits = np.full(x.size, 1 / kinds), []
    for k, (total, seen, different) in enumerate(counted(x, deepest)):
        blended = (seen + different * p[k:]) / np.maximum(total + different, 1)
        p[k:] = np.where(total > 0, blended, p[k:])
        bits.append(-np.log2(p))
    return np.array(bits).T


def add_half(x, deepest, kinds):
    """Return for each order bits a symbol, and the number of contexts, counting those too short."""
    rows = []
    for k, (total, seen, _) in enumerate(counted(x, deepest)):
        bits = -np.log2((seen + 0.5) / (total + kinds / 2)).sum() + k * math.log2(kinds)
        rows.append((bits / x.size, np.sum(total == 0) + k))
    return rows


@cache
def paid():
    return witten_bell(symbols(BOOK), 5)


def test_the_ranks_price_a_short_text_as_fractions_do():
    text, price = b"abracadabra", Fraction(1)
    for i, x in enumerate(text):
        p = Fraction(1, 256)
        for k in range(min(2, i) + 1):
            after = [text[j] for j in range(k, i) if text[j - k : j] == text[i - k : i]]
            if after:
                kinds = len(set(after))
                p = (after.count(x) + kinds * p) / (len(after) + kinds)
        price *= p
    bits = math.log2(price.denominator) - math.log2(price.numerator)
    assert math.isclose(witten_bell(symbols(text), 2)[:, 2].sum(), bits, rel_tol=1e-12)


def test_bits_a_byte_of_the_orders_0_to_5():
    rows = numbers_of("compression", "orders")
    assert rows == [[k, round(b, 3)] for k, b in enumerate(paid().mean(axis=0))]
    assert [round(b, 2) for b in paid().mean(axis=0)] == [4.34, 3.27, 2.47, 2.04, 1.92, 1.93]
    assert printed("alone")[1] == round(paid()[:, 4].mean(), 4)


def test_a_real_file_is_its_price_in_whole_bytes():
    price = witten_bell(symbols(BOOK[:10_000]), 4)[:, 4].sum()
    assert printed("round-trip") == parts(f"{8 * math.ceil(price / 8):,} {price:,.1f}")


class InWholeNumbers:
    """Interpolated Witten–Bell for the coder: all 256 bytes at once, in NumPy's integers."""

    num_symbols = 256

    def __init__(self, order):
        self.past, self.order = b"", order
        self.counts = {}
        self._deal_out()

    def _of_past(self):  # the counts of each context that the past ends with, the shortest first
        for k in range(min(self.order, len(self.past)) + 1):
            yield self.past[len(self.past) - k :]

    def _deal_out(self):
        share, self.total = np.ones(256, dtype=np.int64), 256
        for context in self._of_past():
            counts = self.counts.get(context)
            if counts is not None:
                kinds, seen = np.count_nonzero(counts), int(counts.sum())
                share = counts * self.total + kinds * share
                self.total *= seen + kinds
        self.ends = share.cumsum()
        assert self.ends[-1] == self.total  # below 2**63, or it would differ

    def interval(self, symbol):
        start = int(self.ends[symbol - 1]) if symbol else 0
        return start, int(self.ends[symbol]) - start

    def find(self, position):
        return int(self.ends.searchsorted(position, "right"))

    def update(self, symbol):
        for context in self._of_past():
            self.counts.setdefault(context, np.zeros(256, dtype=np.int64))[symbol] += 1
        self.past = (self.past + bytes([symbol]))[-self.order :]
        self._deal_out()


def test_the_whole_book_arrives_at_order_2_and_its_file_is_its_price():
    sent = arithmetic_encode(symbols(BOOK), InWholeNumbers(2))
    assert 0 <= 8 * len(sent) - paid()[:, 2].sum() < 8
    assert bytes(arithmetic_decode(sent, InWholeNumbers(2), len(BOOK)).tolist()) == BOOK


def test_the_explorer_s_two_sentences():
    line = LetterPrices().text.encode()
    bits = witten_bell(symbols(line), 2)
    _, *orders, last = numbers_of("compression", "cat")
    for k, row in enumerate(orders):
        assert row == [k, *(round(x, 1) for x in (bits[:23, k].sum(), bits[23:, k].sum()))]
    assert last == [2, round(bits[23:, 2].sum() / bits[:23, 2].sum(), 2)]
    assert last[-1] < 0.25


def test_the_h_of_hat_in_fractions():
    line = LetterPrices().text.encode()
    i = line.rindex(b"hat")
    p, kinds_below = [], 256
    for k in range(3):
        after = [line[j] for j in range(k, i) if line[j - k : j] == line[i - k : i]]
        t = len(set(after))
        shorter = p[-1] if p else Fraction(1, 256)
        p.append((after.count(line[i]) + t * shorter) / (len(after) + t))
        kinds_below *= len(after) + t
    bits = round(-math.log2(p[-1]), 1)
    assert printed("by-hand") == [*(round(float(x), 4) for x in p), bits]
    numbers = p[-1] * kinds_below
    share = printed("h-of-hat")
    assert share[:5] == parts(
        f"{numbers} {kinds_below:,}".replace(str(numbers), f"{int(numbers):,}")
    )
    assert share[-1] == bits


def test_a_text_without_repeats_costs_9_bits_a_letter_after_the_first():
    assert printed("all-new") == [8, *[9] * 5]
    for text in (b"lumber", b"thorny", bytes(range(40))):
        assert np.allclose(witten_bell(symbols(text), 2)[1:, 2], 9, rtol=0, atol=1e-12)


# ---- what not knowing costs ----------------------------------------------------------------------


def letter_by_letter(text, kinds):
    counts, bits = Counter(), 0.0
    for n, x in enumerate(text):
        bits -= math.log2((counts[x] + 0.5) / (n + kinds / 2))
        counts[x] += 1
    return bits, counts


def in_hindsight(counts):
    n = sum(counts.values())
    return -sum(c * math.log2(c / n) for c in counts.values())


def constant(kinds):
    """Return C_K with the surface of a sphere: Γ(½)^K / Γ(K/2) is half of that in K dimensions."""
    half_sphere = math.pi ** (kinds / 2) / math.gamma(kinds / 2)
    return math.log2(half_sphere) - (kinds - 1) / 2 * math.log2(2 * math.pi)


def test_ten_thousand_telegrams_priced_one_by_one():
    telegrams = np.random.default_rng(1981).choice(3, size=10_000, p=P).tolist()
    price, counts = letter_by_letter(telegrams, 3)
    best = in_hindsight(counts)
    file = 8 * math.ceil(price / 8)
    wanted = parts(f"{price:,.2f} {file:,} {best:,.2f} {price - best:.2f}")
    assert printed("kt-coder") == wanted
    assert round(price - best, 2) == 13.29


def test_the_mean_regret_over_all_messages_of_100_and_the_theorem_beyond():
    mean = 0.0
    for a in range(101):
        for b in range(101 - a):
            counts = np.array([a, b, 100 - a - b])
            log_kt = gammaln(1.5) - gammaln(101.5) + (gammaln(counts + 0.5) - gammaln(0.5)).sum()
            best = sum(c * math.log(c / 100) for c in counts if c)
            mean += scipy.stats.multinomial.pmf(counts, 100, P) * (best - log_kt) / LN2
    rows = numbers_of("compression", "mean-regret")
    assert rows[0] == [100, round(mean, 2)]
    for n, row in ((1_000, rows[1]), (10_000, rows[2])):
        assert abs(row[-1] - (math.log2(n) + constant(3))) < 0.007
    assert [row[-1] for row in rows] == [6.66, 9.97, 13.29]
    assert printed("half-log") == [round(math.log2(n), 2) for n in (100, 1_000, 10_000)]


def test_the_constant_vanishes_for_three_kinds_and_follows_stirling_for_many():
    assert abs(constant(3)) < 1e-12
    for kinds in (20, 65, 200):
        leading = (kinds - 1) / 2 * math.log2(197_115)
        many = (kinds - 1) / 2 * math.log2(math.e * 197_115 / kinds)
        assert abs(leading + constant(kinds) - many) < 0.25


def test_learning_65_characters_costs_far_less_than_half_a_logarithm_for_each():
    price, counts = letter_by_letter(TEXT, 65)
    leading = 32 * math.log2(len(TEXT))
    more = price - in_hindsight(counts)
    wanted = [more, leading, constant(65), leading + constant(65)]
    first = printed("kt-text")
    rare = Counter(dict.fromkeys(range(64), 1) | {64: len(TEXT) - 64})
    of_rare = letter_by_letter(rare.elements(), 65)[0] - in_hindsight(rare)
    assert [first[0], first[-1], *printed("kt-constant")] == [
        round(x, 1) for x in (*wanted, of_rare)
    ]
    assert more < leading - 140
    assert abs(more - of_rare) < 5


def test_add_half_in_every_context_gets_worse_from_order_3_or_4_on():
    both = zip(*(add_half(symbols(BOOK), 5, kinds) for kinds in (256, 67)), strict=True)
    rows = numbers_of("compression", "add-half")
    for k, (row, ((all_kinds, lists), (known, _))) in enumerate(zip(rows, both, strict=True)):
        assert row == [k, round(all_kinds, 2), 67, round(known, 2), *parts(f"{lists:,}")]


def test_what_add_half_pays_is_hindsight_and_learning():
    for k, row in zip((2, 3), numbers_of("compression", "add-half-split"), strict=True):
        grams = Counter(BOOK[i - k : i + 1] for i in range(k, len(BOOK)))
        contexts = Counter(BOOK[i - k : i] for i in range(k, len(BOOK)))
        known = (in_hindsight(grams) - in_hindsight(contexts)) / len(BOOK)
        price = add_half(symbols(BOOK), k, 67)[k][0]
        assert row == [k, 67, round(known, 2), round(price - known, 2)]


# ---- other programs, other lengths, other texts --------------------------------------------------


def test_the_three_programs_lie_where_the_chapter_says():
    sizes = {
        "gzip": len(zlib.compress(BOOK, 9)) + 12,
        "xz": len(lzma.compress(BOOK, preset=9)),
        "bz2": len(bz2.compress(BOOK, 9)),
    }
    bits = {name: 8 * size / len(BOOK) for name, size in sizes.items()}
    for name, said in zip(("gzip", "xz", "bz2"), (2.33, 2.04, 1.85), strict=True):
        assert abs(bits[name] / said - 1) < 0.03
    assert printed("rivals") == [2.33, 2.04, 1.85]
    orders = paid().mean(axis=0)
    assert orders[2] > bits["gzip"] > orders[3]
    assert bits["bz2"] < orders.min()


def test_the_best_order_by_length_and_back_off():
    lengths = (2_000, 10_000, 20_000, 30_000, len(BOOK))
    for n, row in zip(lengths, numbers_of("compression", "lengths"), strict=True):
        some = symbols(BOOK[:n])
        half = [bits for bits, _ in add_half(some, 4, 256)]
        orders = witten_bell(some, 5).mean(axis=0)
        packed = 8 * len(bz2.compress(BOOK[:n])) / n
        assert row[-1] == round(packed, 2)
        assert row[-5:-3] == [np.argmin(half), round(min(half), 2)]
        assert row[-3:-1] == [orders.argmin(), round(orders.min(), 2)]
        assert (packed < orders.min()) == (n > 10_000)
        assert orders.argmin() == (3 if n == 10_000 else 4)


@cache
def others():
    rng = np.random.default_rng(1981)
    rng.choice(3, size=10_000, p=P)
    some = BOOK[:30_000]
    words = some.split(b" ")
    mixed = b" ".join(words[i] for i in rng.permutation(len(words)))
    shuffled = bytes(some[i] for i in rng.permutation(len(some)))
    pixels = data.load("digits")[0].astype(np.uint8).tobytes()[:30_000]
    return mixed, shuffled, pixels


def test_other_texts_have_other_best_orders():
    *rows, worth, last = numbers_of("compression", "others")
    for other, row in zip(others(), rows, strict=True):
        orders = witten_bell(symbols(other), 5).mean(axis=0)
        packed = 8 * len(bz2.compress(other)) / len(other)
        assert row == [round(x, 2) for x in (orders.argmin(), orders.min(), packed)]
    words = witten_bell(symbols(others()[0]), 5).mean(axis=0).min()
    in_order = witten_bell(symbols(BOOK[:30_000]), 5).mean(axis=0).min()
    assert worth == [round(words - in_order, 2)]
    assert last == [5, round(witten_bell(symbols(others()[1]), 5)[:, 5].mean(), 2)]


# ---- mixtures ------------------------------------------------------------------------------------


def nats(bits):
    return -LN2 * bits


def switching(bits, alpha):
    """Return the price, in logarithms, of all plans that draw their model anew with chance α."""
    stay, anew = np.log1p(-alpha), math.log(alpha / bits.shape[1])
    forward = nats(bits[0]) - math.log(bits.shape[1])
    for row in nats(bits[1:]):
        together = logsumexp_of(forward)
        forward = np.logaddexp(stay + forward, anew + together) + row
    return -logsumexp_of(forward) / LN2


def logsumexp_of(x):
    top = x.max()
    return top + math.log(np.exp(x - top).sum())


def test_the_average_loses_and_bayes_pays_no_more_than_log2_6():
    total = paid().sum(axis=0)
    average = -(logsumexp(nats(paid()), axis=1) - math.log(6)).sum() / LN2
    evidence = nats(np.vstack([np.zeros(6), paid()])).cumsum(axis=0)
    weights = np.exp(evidence - logsumexp(evidence, axis=1, keepdims=True))
    bayes = -np.log2((weights[:-1] * 2.0 ** -paid()).sum(axis=1)).sum()  # byte by byte
    order_4 = weights[1:, 4]
    settled = len(BOOK) - np.argmax(order_4[::-1] < 0.99) + 1
    after_10_000 = f"10,000 3 {weights[10_000, 3]:.2f} 4 {order_4[9_999]:.2f}"
    wanted = f"5,000 4 {order_4[4_999]:.2f} {after_10_000} 4 0.99 {settled:,}"
    assert printed("certain") == parts(wanted)
    first, second = numbers_of("compression", "plain")
    assert first == [round(average / len(BOOK), 4)]
    wanted = f"{bayes / len(BOOK):.4f} {bayes:,.1f} {bayes - total.min():.2f}"
    assert second[:-2] == parts(wanted) and second[-1] == round(math.log2(6), 2)
    assert 0 <= bayes - total.min() <= math.log2(6) + 1e-6
    so_far = evidence[1:] / -LN2
    mixed = -logsumexp(evidence[1:], axis=1) / LN2 + math.log2(6)
    excess = mixed - so_far.min(axis=1)
    assert excess.min() > -1e-6 and excess.max() < math.log2(6) + 1e-6  # after every byte


@pytest.mark.parametrize(("alpha", "line"), [(0.05, 0), (0.2, 1), (0.5, 2)])
def test_fixed_share_is_bayes_rule_over_plans_and_beats_bz2_unless_half_is_shared(alpha, line):
    bits = switching(paid(), alpha) / len(BOOK)
    assert numbers_of("compression", "share")[line] == [alpha, round(bits, 3)]
    best, packed = paid().mean(axis=0).min(), 8 * len(bz2.compress(BOOK)) / len(BOOK)
    assert bits < packed < best if alpha < 0.5 else bits > best


def test_small_steps_towards_bayes_rule_beat_every_constant_mixture():
    """In logarithms: each weight grows by the factor 1 + η (p/mixture − 1), and the sum stays 1."""
    p, best = 2.0 ** -paid(), []
    for eta, bits in numbers_of("compression", "small-steps"):
        log_w, price = np.full(6, -math.log(6)), 0.0
        for row in p:
            mixture = np.exp(log_w) @ row
            price -= math.log2(mixture)
            log_w += np.log1p(eta * (row / mixture - 1))
        assert np.exp(log_w).sum() == pytest.approx(1, abs=1e-9)
        assert bits == round(price / len(BOOK), 3)
        best.append(price / len(BOOK))
    weights = np.full(6, 1 / 6)
    for _ in range(400):
        weights = weights * ((1 / (p @ weights)) @ p) / len(p)
    constant_price = -np.log2(p @ weights).mean()
    assert max(best) < constant_price


def test_fixed_share_stays_within_its_bound_of_every_plan_of_a_short_text():
    alpha, bits = 0.3, np.random.default_rng(0).exponential(2, size=(6, 3))
    mixture = switching(bits, alpha)
    for plan in itertools.product(range(3), repeat=6):
        changes = sum(a != b for a, b in itertools.pairwise(plan))
        cost = sum(row[m] for row, m in zip(bits, plan, strict=True))
        bound = math.log2(3) + changes * math.log2(3 / alpha) - (5 - changes) * math.log2(1 - alpha)
        assert mixture <= cost + bound + 1e-12


def test_weights_of_a_context_are_a_bayes_mixture_within_it():
    places = {}
    for i in range(len(BOOK)):
        places.setdefault(BOOK[max(0, i - 2) : i], []).append(i)
    full = sum(
        -(logsumexp_of(nats(paid()[where].sum(axis=0))) - math.log(6)) / LN2
        for where in places.values()
    )
    faded = 0.0
    for where in places.values():
        seen = np.zeros(6)
        for row in nats(paid()[where]):
            faded -= (logsumexp_of(seen + row) - logsumexp_of(seen)) / LN2
            seen = 0.8 * seen + row
    assert printed("no-fading") == [round(full / len(BOOK), 3)]
    assert printed("by-context") == [round(faded / len(BOOK), 3)]
    packed = 8 * len(bz2.compress(BOOK))
    assert faded < packed < full < paid().sum(axis=0).min()


def test_on_shuffled_bytes_sharing_costs():
    bits = witten_bell(symbols(others()[1]), 5)
    shared = switching(bits, 0.05) / len(bits)
    assert printed("share-shuffled") == [round(shared, 2)]
    assert shared > bits[:, 0].mean()


def test_three_members_help_the_average_and_hurt_fixed_share():
    three = paid()[:, 3:]
    average = -(logsumexp(nats(three), axis=1) - math.log(3)).mean() / LN2
    assert printed("ex-committee-code") == [
        round(x, 3) for x in (average, switching(three, 0.05) / len(BOOK))
    ]


def test_constant_weights_are_the_best_where_no_order_deserves_more():
    """At the best weights the mean of p_k / mixture is 1 for every order that has a weight."""
    p = 2.0 ** -paid()

    def price(z):
        weights = np.exp(z - logsumexp(z))
        mixture = p @ weights
        slope = weights * ((1 / mixture) @ p / len(p) - 1)
        return -np.log(mixture).mean(), -slope

    z = scipy.optimize.minimize(price, np.zeros(6), method="BFGS", jac=True).x
    weights = np.exp(z - logsumexp(z))
    mixture = p @ weights
    assert np.allclose((p / mixture[:, None]).mean(axis=0), 1, atol=2e-3)
    named = np.round(1_023 * weights)
    price = [-np.log2(p @ w).mean() for w in (weights, named / named.sum())]
    assert printed("ex-constant-code") == [round(price[0], 2), 60, round(price[1], 2)]
    assert price[1] - price[0] + 60 / len(BOOK) < 1e-3
    assert weights.argmax() == 5 and weights[5] > 0.5


# ---- perplexity ----------------------------------------------------------------------------------


def test_perplexities_of_the_news_by_powers():
    right = math.prod(p**-p for p in P)
    clerk = math.prod(q**-p for p, q in zip(P, Q, strict=True))
    believed = math.prod(q**-q for q in Q)
    rows = numbers_of("compression", "news-perplexity")
    assert [row[-1] for row in rows] == [round(x, 3) for x in (right, clerk, believed)]
    assert [row[0] for row in rows] == [round(math.log2(x), 4) for x in (right, clerk, believed)]
    assert [round(right, 3), round(clerk, 3)] == [2.800, 3.373]


def test_a_table_s_own_entropy_is_below_its_price_on_the_other_half():
    half = len(BOOK) // 2
    train, test = BOOK[:half], range(half, len(BOOK))
    p, of_train = np.full(len(test), 1 / 256), np.full(half, 1 / 256)
    for k, row in enumerate(numbers_of("compression", "held-out")):
        grams = Counter(zip(*(train[j : half - k + j] for j in range(k + 1)), strict=True))
        contexts, kinds = Counter(), Counter()
        for gram, c in grams.items():
            contexts[gram[:-1]] += c
            kinds[gram[:-1]] += 1
        own = sum(c * math.log(contexts[gram[:-1]] / c) for gram, c in grams.items())
        for places, text, probabilities in (
            (test, BOOK, p),
            (range(half, 2 * half), 2 * train, of_train),
        ):
            for place, i in enumerate(places):
                context = tuple(text[i - k : i])
                if c := contexts[context]:
                    t = kinds[context]
                    before = t * probabilities[place]
                    probabilities[place] = (grams[(*context, text[i])] + before) / (c + t)
        perplexities = (
            math.exp(own / (half - k)),
            *(1 / scipy.stats.gmean(x) for x in (of_train, p)),
        )
        assert row == [k, 2, *(round(x, 2) for x in perplexities)]
        assert perplexities[0] < perplexities[1] < perplexities[2]


def test_one_price_per_byte_per_character_and_per_word():
    price = paid()[:, 4].sum()
    words = len(re.findall(r"\S+", TEXT))
    rows = numbers_of("compression", "per-what")
    for row, n in zip(rows[:3], (len(BOOK), len(TEXT), words), strict=True):
        wanted = f"{price:,.0f} {n:,} {price / n:.4f} {math.exp(price * LN2 / n):.3f}"
        assert row == parts(wanted)
    letters = np.array([not chr(x).isspace() for x in BOOK])
    assert rows[3] == [round(2 ** (paid()[letters, 4].sum() / words))]
    rounded = round(price / len(TEXT), 2)
    assert rows[4] == [round(2 ** (rounded * len(TEXT) / words))]


@cache
def merged():
    """Return the book's tokens after 500 merges: code points, merged by str.replace."""
    text = "".join(map(chr, BOOK))
    for new in range(256, 756):
        tokens = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
        a, b = map(chr, divmod(np.bincount(tokens[:-1] * 1_000 + tokens[1:]).argmax(), 1_000))
        if new % 50 == 0:
            pairs = Counter(itertools.pairwise(text))
            assert pairs[a, b] == max(pairs.values())
        text = text.replace(a + b, chr(new))
    return np.array([ord(c) for c in text])


def test_perplexity_a_token_after_500_merges_and_bits_per_byte():
    rows = numbers_of("compression", "bpe")
    in_merges = witten_bell(merged(), 4, kinds=756)
    for bits, (title, *orders) in ((paid(), rows[:6]), (in_merges, rows[6:])):
        assert title[-3:] == parts(f"{len(bits):,} {len(BOOK) / len(bits):.1f}")
        for k, row in zip(range(5), orders, strict=True):
            total = bits[:, k].sum()
            wanted = round(total / len(BOOK), 3), round(math.exp(total * LN2 / len(bits)), 2)
            assert row == [k, *wanted]
    table = sum(2 * math.log2(kinds) for kinds in range(256, 756)) / len(BOOK)
    before, after = (bits.sum(axis=0) / len(BOOK) for bits in (paid(), in_merges))
    gain, best = before[4] - after[4], before.min() - after.min()
    wanted = [table, gain, best]
    assert after.argmin() == 2 and gain < table < best
    listed, *gains = printed("merge-table")
    assert [listed, gains[1], gains[2]] == [round(x, 3) for x in wanted]


def test_the_text_s_tokens_of_500_merges_hold_3_1_bytes():
    assert round(len(BOOK) / merged().size, 1) == 3.1


def test_answers_of_the_exercises():
    assert printed("ex-perplexity-code")[-1] == 4
    a, b = (math.log2(x) * n / 2_000 for x, n in ((24, 700), (12, 1_000)))
    assert printed("ex-bits-per-byte-code")[-2:] == [round(a, 2), round(b, 2)]

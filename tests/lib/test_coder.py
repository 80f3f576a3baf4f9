"""The arithmetic coder: lossless, within its bound, and unharmed by damaged bytes.

The reference for the size is −Σ log2 q of the very sequence, computed here without the coder's
integers: from the floats of the pmf, and for counting models from their closed form.
"""

import itertools
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import (
    AdaptiveModel,
    StaticModel,
    arithmetic_decode,
    arithmetic_encode,
    cross_entropy,
    encode_symbols,
    entropy,
    normalize,
    prefix_code,
)
from tests.lib.strategies import skewed_pmfs

P = np.array([0.5, 0.3, 0.2])  # the news: politics, sports, entertainment
Q = np.array([0.3, 0.6, 0.1])  # what the editor believes
MANY = 300_000
RARE = np.array([1e-12, 0.3, 0.7 - 1e-12])
DEEP = normalize([5e-324, 1e-300, 1.0, 1e-17, 0.0])


# --- references -----------------------------------------------------------------------------------


def ideal_bits(symbols, pmf):
    """Return −Σ log2 q over the symbols, with 30 digits."""
    counts = np.bincount(symbols, minlength=len(pmf)).tolist()
    with mpmath.workdps(30):
        pairs = [(n, q) for n, q in zip(counts, np.asarray(pmf).tolist(), strict=True) if n]
        return -mpmath.fsum(n * mpmath.log(q, 2) for n, q in pairs)


def ideal_adaptive_bits(symbols, num_symbols, initial=1, increment=1):
    """Return −log2 Π q_i for counts from a = initial / increment: Γ(K a) / Γ(K a + n) Π …"""
    counts = np.bincount(symbols, minlength=num_symbols).tolist()
    with mpmath.workdps(30):
        a = mpmath.mpf(initial) / increment
        log = mpmath.loggamma(num_symbols * a) - mpmath.loggamma(num_symbols * a + len(symbols))
        log += mpmath.fsum(mpmath.loggamma(a + n) - mpmath.loggamma(a) for n in counts if n)
        return -log / mpmath.log(2)


def assert_size(data, ideal, n):
    """What was asked for: 2 bits and 1e-6 bit a symbol, besides the padding; what is promised."""
    assert 8 * len(data) < ideal + 2 + 1e-6 * n + 8
    assert 8 * len(data) < ideal + 8 + 2e-7 * n
    assert 8 * len(data) >= ideal - 2e-7 * n - 1e-9  # no text is shorter than its interval allows


def assert_sent(symbols, model, ideal):
    data = arithmetic_encode(symbols, model)
    assert_size(data, ideal, len(symbols))
    decoded = arithmetic_decode(data, model, len(symbols))
    np.testing.assert_array_equal(decoded, symbols)
    assert decoded.dtype == np.int64
    return data


@st.composite
def texts(draw, max_length=400):
    """Draw a pmf and symbols: likely ones, any possible ones, or only the rarest."""
    pmf = draw(skewed_pmfs())
    n = draw(st.integers(0, 20) | st.integers(0, max_length))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    possible = np.flatnonzero(pmf)
    kind = draw(st.sampled_from(["likely", "any", "rarest", "commonest"]))
    if kind == "likely":
        symbols = rng.choice(pmf.size, size=n, p=pmf)
    elif kind == "any":
        symbols = rng.choice(possible, size=n)
    else:
        order = possible[np.argsort(pmf[possible])]
        symbols = np.full(n, order[0 if kind == "rarest" else -1])
    return symbols, pmf


# --- lossless and within the bound ----------------------------------------------------------------


@given(texts())
def test_any_text_under_any_pmf_comes_back_at_the_ideal_size(text):
    symbols, pmf = text
    assert_sent(symbols, pmf, ideal_bits(symbols, pmf))


@given(texts(), st.integers(1, 3), st.integers(1, 50))
def test_any_text_under_an_adaptive_model_comes_back_at_the_ideal_size(text, initial, increment):
    symbols, pmf = text
    model = AdaptiveModel(pmf.size, initial=initial, increment=increment)
    assert_sent(symbols, model, ideal_adaptive_bits(symbols, pmf.size, initial, increment))


@pytest.mark.parametrize("pmf", [P, RARE, DEEP, [1.0], [0.0, 1.0], np.full(256, 1 / 256)])
def test_every_length_from_0_on(pmf):
    pmf = np.asarray(pmf)
    symbols = np.random.default_rng(0).choice(np.flatnonzero(pmf), size=300)
    for n in range(300):
        assert_sent(symbols[:n], pmf, ideal_bits(symbols[:n], pmf))
        model = AdaptiveModel(pmf.size)
        assert_sent(symbols[:n], model, ideal_adaptive_bits(symbols[:n], pmf.size))


def likely(pmf):
    return np.random.default_rng(1).choice(len(pmf), size=MANY, p=pmf)


@pytest.mark.parametrize(
    ("symbols", "pmf"),
    [
        (likely(P), P),
        (likely(P), Q),
        (np.full(MANY, 0), RARE),  # 12 million bits, all for symbols of probability 1e-12
        (np.full(MANY, 2), RARE),
        (likely([0.02, 0.9, 0.08]), normalize([1e-5, 1.0, 1e-12])),
        (np.full(MANY, 1), [1e-12, 1 - 1e-12]),  # all together 4e-7 bits
        (np.arange(MANY) % 256, normalize(1.1 ** np.arange(256))),
    ],
)
def test_300_000_symbols_cost_at_most_3_bits_more_than_the_ideal(symbols, pmf):
    assert_sent(symbols, pmf, ideal_bits(symbols, pmf))


@pytest.mark.parametrize(
    ("symbols", "num_symbols"),
    [
        (likely(P), 3),
        (np.full(MANY, 1), 2),
        (np.random.default_rng(2).geometric(0.05, size=MANY) % 256, 256),
    ],
)
def test_300_000_symbols_under_an_adaptive_model(symbols, num_symbols):
    ideal = ideal_adaptive_bits(symbols, num_symbols)
    assert_sent(symbols, AdaptiveModel(num_symbols), ideal)


def test_ten_thousand_news_telegrams():
    news = np.random.default_rng(3).choice(3, size=10_000, p=P)
    for q in (P, Q):
        ideal = ideal_bits(news, q)
        data = assert_sent(news, q, ideal)
        assert 8 * len(data) - ideal < 8 + 0.002
        assert abs(8 * len(data) - 10_000 * cross_entropy(P, q, base=2)) < 500  # spread: 90 bits


def test_one_digit_more_than_the_surprise_rounded_up_keeps_all_that_follows_in_the_piece():
    # theorem "Two bits above the surprise" for all messages of 4 telegrams, in fractions
    truth = [Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)]
    by_rule, by_search = {}, {}
    for message in itertools.product(range(3), repeat=4):
        low, width = Fraction(0), Fraction(1)
        for k in message:
            low, width = low + width * sum(truth[:k]), width * truth[k]
        inside = [math.ceil(low * 2**n) + 1 <= (low + width) * 2**n for n in range(16)]
        rounded_up = next(n for n in range(16) if Fraction(1, 2**n) <= width)
        assert inside[rounded_up + 1]
        by_rule[message], by_search[message] = rounded_up + 1, inside.index(True)
    assert (by_rule[0, 1, 0, 2], by_search[0, 1, 0, 2]) == (8, 7)
    likeliest, rarest = (0, 0, 0, 0), (2, 2, 2, 2)
    assert by_rule[likeliest] == min(by_rule.values()) == 5
    assert by_rule[rarest] == max(by_rule.values()) == 11
    assert (by_search[likeliest], by_search[rarest]) == (4, 10)


def whole_bytes(width):
    """Return the surprise of a piece of this width, rounded up to bytes, by fractions alone."""
    return next(n for n in itertools.count() if Fraction(1, 256**n) <= width)


@pytest.mark.parametrize(
    ("n", "right", "wrong"), [(4, "8.26", "8.00"), (5, "10.22", "9.50"), (6, "14.45", "13.25")]
)
def test_on_short_messages_a_wrong_model_can_be_shorter_on_average_than_the_right_one(
    n, right, wrong
):
    truth = [Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)]
    halves = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    for model, printed in ((truth, right), (halves, wrong)):
        mean = Fraction(0)
        for message in itertools.product(range(3), repeat=n):
            size = len(arithmetic_encode(message, [float(q) for q in model]))
            assert size == whole_bytes(math.prod(model[k] for k in message))
            mean += math.prod(truth[k] for k in message) * 8 * size
        assert f"{float(mean):.2f}" == printed


def test_a_pmf_in_single_precision_is_used_as_if_normalised():
    pmf = np.float32([0.5, 0.3, 0.20002])
    news = np.random.default_rng(3).choice(3, size=100_000, p=P)
    assert_sent(news, pmf, ideal_bits(news, normalize(pmf)))


def test_what_is_certain_takes_no_bytes():
    assert arithmetic_encode([0] * 1000, [1.0]) == b""
    assert arithmetic_encode([1] * 1000, [0, 1, 0]) == b""
    assert arithmetic_encode([], P) == b""
    assert arithmetic_decode(b"", [0, 1, 0], 1000).tolist() == [1] * 1000
    assert arithmetic_decode(b"", P, 0).tolist() == []


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.data())
def test_powers_of_two_give_the_bits_of_the_prefix_code(drawn, data):
    # Where all ideal lengths are whole, the interval of a symbol is that of its code word, and the
    # bytes can be written down by hand: the words one after another, filled up with zeros.
    lengths, budget = [], Fraction(1)
    for length in sorted(drawn):
        if Fraction(1, 2**length) < budget:
            lengths.append(length)
            budget -= Fraction(1, 2**length)
    while budget:  # spend the rest on the longest words that it allows
        length = budget.denominator.bit_length() - 1
        lengths.append(length)
        budget -= Fraction(1, 2**length)
    # Words are dealt out in the order of their lengths, intervals in that of the symbols.
    lengths.sort()
    symbols = data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=60))
    bits = encode_symbols(symbols, prefix_code(lengths))
    by_hand = bytes(int(bits[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(bits), 8))
    assert arithmetic_encode(symbols, 2.0 ** -np.array(lengths)) == by_hand


def test_bytes_worked_out_by_hand():
    # 0, 10, 10, 11, 0, 0, 10 is 01010110 010, two bytes with zeros after the last bit
    assert arithmetic_encode([0, 1, 1, 2, 0, 0, 1], [1 / 2, 1 / 4, 1 / 4]) == bytes([0x56, 0x40])
    # 2 is [2/3, 3/3), 2 0 is [6/9, 7/9), 2 0 0 is [18/27, 19/27) = [170.7/256, 180.1/256)
    assert arithmetic_encode([2, 0, 0], [1 / 3, 1 / 3, 1 / 3]) == bytes([171])
    # Laplace's rule: 1 has 1/2, then 2/3 of it, then 3/4: [1 − 1/4, 1) begins at 192/256
    assert arithmetic_encode([1, 1, 1], AdaptiveModel(2)) == bytes([192])


# --- models ---------------------------------------------------------------------------------------


@given(skewed_pmfs(max_size=30))
def test_frequencies_are_the_floats_rounded_down_as_fractions(pmf):
    model = StaticModel(pmf)
    frequencies = [model.interval(k)[1] for k in range(pmf.size)]
    smallest = min(f for f in frequencies if f)
    assert smallest >= 2**24
    scale = 2 ** (25 - math.frexp(pmf[pmf > 0].min())[1])
    assert frequencies == [int(Fraction(q) * scale) for q in pmf.tolist()]
    assert model.total == sum(frequencies)


@given(texts(max_length=60))
def test_intervals_of_a_model_tile_its_total(text):
    symbols, pmf = text
    adaptive = AdaptiveModel(pmf.size, initial=2, increment=3)
    for symbol in symbols.tolist():
        adaptive.update(symbol)
    for model in (StaticModel(pmf), adaptive):
        end = 0
        for k in range(model.num_symbols):
            start, frequency = model.interval(k)
            assert start == end
            end += frequency
            if frequency:
                places = {start, start + frequency // 2, end - 1}
                assert {model.find(place) for place in places} == {k}
        assert end == model.total
    counts = 2 + 3 * np.bincount(symbols, minlength=pmf.size)
    assert [adaptive.interval(k)[1] for k in range(pmf.size)] == counts.tolist()


@given(st.lists(st.integers(0, 1), min_size=1, max_size=2000))
def test_krichevsky_and_trofimovs_counts_lose_at_most_half_a_log(tosses):
    # Krichevsky & Trofimov (1981): at most ½ log2 n + 1 bits above the best coin in hindsight
    data = arithmetic_encode(tosses, AdaptiveModel(2, increment=2))
    share = np.mean(tosses)
    n = len(tosses)
    best = n * entropy([share, 1 - share], base=2)
    assert 8 * len(data) < best + 0.5 * math.log2(n) + 1 + 8 + 1e-6 * n


def test_an_adaptive_model_is_copied_not_changed():
    model = AdaptiveModel(3)
    model.update(2)
    news = np.random.default_rng(0).choice(3, size=500, p=P)
    data = arithmetic_encode(news, model)
    assert arithmetic_encode(news, model) == data
    assert arithmetic_decode(data, model, 500).tolist() == news.tolist()
    assert (model.total, model.interval(2)) == (4, (2, 2))


def test_a_model_may_begin_with_what_it_has_learnt():
    news = np.random.default_rng(0).choice(3, size=2000, p=[0.98, 0.01, 0.01])
    new, trained = AdaptiveModel(3), AdaptiveModel(3)
    for symbol in news[:1000].tolist():
        trained.update(symbol)
    shorter, longer = (arithmetic_encode(news[1000:], model) for model in (trained, new))
    assert len(shorter) < len(longer)
    assert arithmetic_decode(shorter, trained, 1000).tolist() == news[1000:].tolist()


class AfterTheLast:
    """A model of one's own: counts for each symbol that came before; NumPy's integers for once."""

    def __init__(self, num_symbols):
        self.num_symbols = num_symbols
        self.after = [AdaptiveModel(num_symbols) for _ in range(num_symbols)]
        self.last = 0

    @property
    def total(self):
        return np.int64(self.after[self.last].total)

    def interval(self, symbol):
        return np.array(self.after[self.last].interval(symbol))

    def find(self, position):
        return np.int64(self.after[self.last].find(position))

    def update(self, symbol):
        self.after[self.last].update(symbol)
        self.last = symbol


def test_any_object_with_the_methods_of_a_model_can_be_used():
    text = np.tile([0, 1, 2, 3], 250)
    model = AfterTheLast(4)
    # after 0 there was 0 once, since the model starts there, else in each context always the same
    contexts = [[0] + [1] * 250, [2] * 250, [3] * 250, [0] * 249]
    data = assert_sent(text, model, sum(ideal_adaptive_bits(seen, 4) for seen in contexts))
    assert len(data) < len(arithmetic_encode(text, AdaptiveModel(4))) / 2
    assert model.last == 0


class Faulty(AdaptiveModel):
    """A model of three symbols that answers wrongly."""

    def __init__(self, **answers):
        super().__init__(3)
        for name, answer in answers.items():
            setattr(self, name, answer)


@pytest.mark.parametrize(
    ("answers", "error", "message"),
    [
        ({"interval": lambda k: (0, -1)}, ValueError, r"^model\.interval\(1\) is \(0, -1\), which"),
        ({"interval": lambda k: (2, 2)}, ValueError, r"is not within 0 … 3$"),
        ({"interval": lambda k: (-1, 3)}, ValueError, r"^model\.interval\(1\) is \(-1, 3\)"),
        (
            {"interval": lambda k: (0, 0)},
            ValueError,
            r"^symbols\[0\] is 1, which has probability 0",
        ),
        ({"interval": lambda k: (0.0, 1.0)}, TypeError, "float"),
        ({"total": 0}, ValueError, r"^model\.total is 0; some symbol must be possible"),
        ({"total": -3}, ValueError, r"^model\.total is -3"),
        ({"total": 3.0}, TypeError, "float"),
    ],
)
def test_a_faulty_model_is_told_so_by_sender_and_receiver(answers, error, message):
    with pytest.raises(error, match=message):
        arithmetic_encode([1], Faulty(**answers))
    with pytest.raises(error, match=message):
        arithmetic_decode(b"\x80", Faulty(**answers), 1)


def test_a_model_that_finds_the_wrong_symbol_is_told_so():
    with pytest.raises(ValueError, match=r"^model\.find\(1\) is 2, whose interval is elsewhere"):
        arithmetic_decode(b"\x80", Faulty(find=lambda position: 2), 1)


# --- what cannot be sent --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbols", "model", "error", "message"),
    [
        (
            [0, 0, 1],
            [1, 0],
            ValueError,
            r"^symbols\[2\] is 1, which has probability 0 in the model",
        ),
        ([0, 3], P, ValueError, r"^symbols\[1\] is 3; expected 0 … 2"),
        ([-1], P, ValueError, r"^symbols\[0\] is -1; expected 0 … 2"),
        ([0, 3], AdaptiveModel(3), ValueError, r"^symbols\[1\] is 3; expected 0 … 2"),
        ([[0]], P, ValueError, r"^symbols has shape \(1, 1\)"),
        (1, P, ValueError, r"^symbols has shape \(\)"),
        ([0.0], P, TypeError, "^symbols has dtype float64"),
        ([True], P, TypeError, "^symbols has dtype bool"),
        ("news", P, ValueError, r"^symbols has shape \(\)"),
        ([2**70], P, TypeError, "^symbols has dtype object"),
        (np.ma.masked_array([0]), P, TypeError, "^symbols is a masked array"),
        ([0], [1, 1], ValueError, r"^model sums to 2 along axis -1; use normalize\(model\)"),
        ([0], [P, P], ValueError, r"^model has shape \(2, 3\); pass one pmf"),
        ([0], [0.5, np.nan], ValueError, r"^model\[1\] is nan"),
        ([0], 3, ValueError, "^model is the single number 3"),
        ([0], None, TypeError, "^model has dtype object"),
    ],
)
def test_what_cannot_be_sent_is_told_where(symbols, model, error, message):
    with pytest.raises(error, match=message):
        arithmetic_encode(symbols, model)


@pytest.mark.parametrize(
    ("data", "n", "error", "message"),
    [
        ("L", 4, TypeError, "^data must be bytes, not str"),
        ([76], 4, TypeError, "^data must be bytes, not list"),
        (b"L", 4.0, TypeError, "^n must be an integer, not float"),
        (b"L", True, TypeError, "^n must be an integer, not bool"),
        (b"L", -1, ValueError, "^n is -1; it must be 0 or more"),
    ],
)
def test_what_cannot_be_received_is_an_error(data, n, error, message):
    with pytest.raises(error, match=message):
        arithmetic_decode(data, P, n)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((0,), {}, ValueError, "^num_symbols is 0; it must be 1 or more"),
        ((2.0,), {}, TypeError, "^num_symbols must be an integer, not float"),
        ((2,), {"initial": 0}, ValueError, "^initial is 0"),
        ((2,), {"initial": 0.5}, TypeError, "^initial must be an integer, not float"),
        ((2,), {"increment": 0}, ValueError, "^increment is 0"),
        ((2,), {"increment": True}, TypeError, "^increment must be an integer, not bool"),
    ],
)
def test_an_adaptive_model_counts_in_integers(arguments, options, error, message):
    with pytest.raises(error, match=message):
        AdaptiveModel(*arguments, **options)


def test_every_integer_type_and_any_bytes_are_accepted():
    for dtype in (np.int8, np.uint8, np.uint64, ">i4"):
        assert arithmetic_encode(np.array([0, 1, 0, 2], dtype), [0.5, 0.25, 0.25]) == b"L"
    strided = np.array([0, 9, 1, 9, 0, 9, 2, 9])[::2]
    assert arithmetic_encode(strided, np.array([0.5, 0.25, 0.25], np.float32)) == b"L"
    for data in (b"L", bytearray(b"L"), memoryview(b"L")):
        assert arithmetic_decode(data, [0.5, 0.25, 0.25], np.int64(4)).tolist() == [0, 1, 0, 2]


def test_inputs_are_never_changed():
    p, symbols, data = P.copy(), np.array([0, 1, 2]), bytearray(b"L")
    p.flags.writeable = symbols.flags.writeable = False
    arithmetic_encode(symbols, p), arithmetic_decode(data, [0.5, 0.25, 0.25], 4)
    assert p.tolist() == P.tolist()
    assert symbols.tolist() == [0, 1, 2]
    assert data == b"L"


# --- damage ---------------------------------------------------------------------------------------

MODELS = {
    "news": P,
    "rare": RARE,
    "deep": DEEP,
    "with a zero": np.array([0.0, 0.5, 0.0, 0.5, 0.0]),
    "adaptive": AdaptiveModel(3),
    "of one's own": AfterTheLast(5),
}


def accepted(data, model, n):
    """Decode; return None for an error, and make sure that nothing is accepted that is not sent."""
    try:
        symbols = arithmetic_decode(data, model, n)
    except ValueError:
        return None
    assert symbols.shape == (n,)
    assert arithmetic_encode(symbols, model) == bytes(data)
    return symbols


@pytest.mark.parametrize("name", MODELS)
def test_every_beginning_of_a_message_is_refused_or_another_text(name):
    model = MODELS[name]
    num_symbols = getattr(model, "num_symbols", np.size(model))
    possible = np.arange(num_symbols) if hasattr(model, "total") else np.flatnonzero(model)
    symbols = np.random.default_rng(5).choice(possible, size=120)
    data = arithmetic_encode(symbols, model)
    refused = 0
    for k in range(len(data)):
        other = accepted(data[:k], model, 120)
        refused += other is None
        assert other is None or other.tolist() != symbols.tolist()
    assert refused > 0.9 * len(data)
    assert accepted(data + b"\0", model, 120) is None
    assert accepted(data, model, 120).tolist() == symbols.tolist()


@given(st.sampled_from(sorted(MODELS)), st.binary(max_size=60), st.integers(0, 100))
def test_any_bytes_are_refused_or_just_what_encodes_the_result(name, data, n):
    accepted(data, MODELS[name], n)


@given(texts(max_length=100), st.data())
def test_flipped_bits_are_refused_or_another_text(text, drawn):
    symbols, pmf = text
    model = drawn.draw(st.sampled_from([pmf, AdaptiveModel(pmf.size)]))
    data = bytearray(arithmetic_encode(symbols, model))
    if not data:
        return
    flips = st.sets(st.integers(0, 8 * len(data) - 1), min_size=1, max_size=5)
    for bit in drawn.draw(flips):
        data[bit // 8] ^= 1 << bit % 8
    other = accepted(data, model, len(symbols))
    assert other is None or other.tolist() != symbols.tolist()


def test_the_wrong_number_of_symbols_is_noticed_where_it_changes_the_size():
    news = np.random.default_rng(0).choice(3, size=100, p=P)
    data = arithmetic_encode(news, P)
    with pytest.raises(
        ValueError, match=r"^data has 20 bytes, and 50 symbols that begin like this take 10"
    ):
        arithmetic_decode(data, P, 50)
    with pytest.raises(ValueError, match=r"^data ends before symbols\[\d+\]; it is not all there"):
        arithmetic_decode(data, P, 200)


def test_a_damaged_end_is_noticed():
    # 010011 and two bits of padding that are not 0
    with pytest.raises(ValueError, match=r"its end is wrong$"):
        arithmetic_decode(bytes([0b01001101]), [1 / 2, 1 / 4, 1 / 4], 3)


def test_a_number_above_all_intervals_is_noticed():
    # each step leaves a little over at the upper end, where no message lies
    with pytest.raises(ValueError, match=r"^data is damaged, .*: no symbols\[\d+\] fits$"):
        arithmetic_decode(b"\xff" * 30, [1 / 3, 1 / 3, 1 / 3], 100)


def test_a_damaged_message_is_no_reason_to_work_for_ever():
    # A billion symbols are not in these bytes, and that shows as soon as the bytes are used up.
    steps = itertools.count()

    class Counted(AdaptiveModel):
        def update(self, symbol):
            next(steps)

    for data in (b"", b"\0" * 20, b"\xff" * 20, b"news"):
        with pytest.raises(ValueError, match=r"^data "):
            arithmetic_decode(data, Counted(2), 10**9)
    assert next(steps) < 4 * (8 * 20 + 200)

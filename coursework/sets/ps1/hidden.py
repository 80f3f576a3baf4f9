"""The tests that give the marks of problem set 1: fresh inputs, against references of their own."""

import functools
import heapq
import itertools
import math

import numpy as np

from coursework.parts import Asked, check, check_within, part
from exercises.bits import BITS, CE, H, surprise
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, same


def draw(rng):
    """Return the numbers of question 2: the set's own, or those of a class or a student."""
    if rng is None:
        return {"cards": 52, "heads": 0.9, "tosses": 10, "limit": 5}
    heads = float(rng.choice([0.8, 0.85, 0.9]))
    return {
        "cards": int(rng.choice([48, 52, 60, 64])),
        "heads": heads,
        "tosses": int(rng.choice([9, 10, 11])),
        "limit": int(rng.choice([5, 6])) if heads == 0.9 else 6,  # so that one tail is within it
    }


def derive(given):
    """Return what the text says of these numbers."""
    return {
        "all_cards": given["cards"] + 2,
        "reports": f"{2 ** given['tosses']:,}",
        "by_the_book": math.log2(math.factorial(given["cards"] + 2)) - 1,
    }


def random_pmf(rng, size, zeros=0):
    """Return a distribution with this many outcomes, some of them impossible."""
    p = rng.dirichlet(np.full(size, 1.5))
    p[rng.permutation(size)[:zeros]] = 0
    return p / p.sum()


# 1. report_worth


def worth(weights, possible):
    """Return −log2 of the share of weight that is left."""
    left = math.fsum(weights[possible]) / math.fsum(weights)
    return -math.log2(left) if left > 0 else math.inf


REPORT_WORTH = Asked(
    "report_worth",
    worth,
    slips=[
        Slip(
            "the weights were not normalised. Divide what is left by the sum of all.",
            gives(lambda w, possible: surprise(1) - np.log2(w[possible].sum())),
        ),
        Slip(
            "this is the share that is left. Its surprise is asked for, −log2 of it.",
            gives(lambda w, possible: w[possible].sum() / w.sum()),
        ),
        Slip(
            "this is what the opposite report is worth, that rules out what this one leaves.",
            gives(lambda w, possible: -np.log2(w[~possible].sum() / w.sum())),
        ),
        Slip(
            "outcomes were counted. They have weights: add these up.",
            gives(lambda w, possible: -np.log2(possible.mean())),
        ),
        Slip(
            "this is by how much the entropy falls. A report is worth the surprise of its event.",
            lambda got, expected, w, possible: (
                bool(np.isfinite(expected))
                and same(got, H(w / w.sum()) - H(w[possible] / w[possible].sum()))
            ),
        ),
    ],
    general=BITS,
)


@part("report_worth", points=2, says="random weights and reports")
def weights_and_reports(student, rng):
    for _ in range(12):
        weights = rng.exponential(10, rng.integers(3, 40))
        possible = rng.random(weights.size) < 0.5
        possible[rng.integers(weights.size)] = True
        REPORT_WORTH.check(student, weights, possible)


@part(
    "report_worth",
    points=1,
    says="counts, nothing ruled out, the impossible; the inputs stay as they were",
    after=weights_and_reports,
)
def edges_of_reports(student, rng):
    counts = rng.integers(1, 1000, 6)
    nothing_ruled_out, only = np.ones(6, dtype=bool), np.arange(6) == 2
    REPORT_WORTH.check(student, counts, nothing_ruled_out)
    REPORT_WORTH.check(student, counts, only)
    REPORT_WORTH.check_inputs(student, counts + 0.5, only, names=["weights", "possible"])
    counts[2] = 0
    REPORT_WORTH.check(student, counts, only)


# 2. jokers_and_coin


@part("jokers_and_coin", points=1, says="order_bits")
def order_bits(student, rng):
    exact, got = student.drawn["by_the_book"], student.value("order_bits")
    check_within(
        got,
        exact,
        0.051,
        {
            exact
            + 1: "the jokers look alike: each order that one sees is two orders of the cards.",
            exact * math.log(2): "the natural logarithm was used, so this is in nats.",
            math.log2(math.factorial(student.drawn["cards"])): "the jokers are left out.",
        },
    )


@part("jokers_and_coin", points=1, says="unsurprising")
def unsurprising(student, rng):
    tosses, limit = student.drawn["tosses"], student.drawn["limit"]
    kinds = [heads for heads in range(tosses + 1) if surprise_of(heads, student.drawn) < limit]
    check_within(
        student.value("unsurprising"),
        len(list(unsurprising_reports(student.drawn))),
        1e-9,
        {len(kinds): "these are counts of heads. A report says the tosses in their order."},
    )


@part("jokers_and_coin", points=1, says="their_share")
def their_share(student, rng):
    chances, reports = list(unsurprising_reports(student.drawn)), 2 ** student.drawn["tosses"]
    says = "this is their share of all reports. The reports are not equally likely."
    check_within(
        student.value("their_share"),
        math.fsum(chances),
        0.00051,
        {len(chances) / reports: says},
    )


def surprise_of(heads, numbers):
    """Return the bits that a report with so many heads is worth."""
    tails = numbers["tosses"] - heads
    return -heads * math.log2(numbers["heads"]) - tails * math.log2(1 - numbers["heads"])


def unsurprising_reports(numbers):
    """Yield the probability of each report of the tosses that is worth less than the limit."""
    sides = [numbers["heads"], 1 - numbers["heads"]]
    for tosses in itertools.product(sides, repeat=numbers["tosses"]):
        if -math.log2(math.prod(tosses)) < numbers["limit"]:
            yield math.prod(tosses)


# 3. safe_prices


def mixed(q, most):
    """Return the mixture of q and the even distribution, by halving the interval of w."""
    low, high = 0.0, 1.0
    if q.min() >= 2.0**-most:
        return q
    for _ in range(200):
        w = (low + high) / 2
        low, high = (low, w) if ((1 - w) * q + w / q.size).min() >= 2.0**-most else (w, high)
    return (1 - high) * q + high / q.size


def normal(weights):
    """Return weights as a distribution."""
    return weights / weights.sum()


SAFE_PRICES = Asked(
    "safe_prices",
    mixed,
    slips=[
        Slip(
            "the prices were clipped and normalised. That is another q than a mixture, and after "
            "the division the limit does not hold.",
            gives(lambda q, most: normal(np.maximum(q, 2.0**-most))),
        ),
        Slip(
            "the prices were clipped, and the result does not sum to 1.",
            gives(lambda q, most: np.maximum(q, 2.0**-most)),
        ),
        Slip("this is q itself, which is dearer than the limit.", gives(lambda q, most: q)),
        Slip(
            "this is the even distribution. Mix in as little of it as the limit allows.",
            gives(lambda q, most: np.full(q.size, 1 / q.size)),
        ),
        Slip(
            "the limit is in bits: the least probability is 2 to the minus it, not e.",
            gives(lambda q, most: mixed(q, most / math.log(2))),
        ),
        Slip(
            "more is mixed in than it takes: w is as if the least q were 0.",
            gives(lambda q, most: (1 - q.size * 2.0**-most) * q + 2.0**-most),
        ),
        Slip(
            "the result does not sum to 1.",
            lambda got, expected, q, most: got.shape == q.shape and bool(abs(got.sum() - 1) > 1e-6),
        ),
    ],
    general=PLAIN,
)


@part("safe_prices", points=2, says="random prices and limits")
def prices_and_limits(student, rng):
    for _ in range(10):
        q = random_pmf(rng, rng.integers(3, 12), zeros=rng.integers(0, 2))
        most = math.log2(q.size) + rng.uniform(0.01, 1) * (-math.log2(q.min() + 1e-4))
        SAFE_PRICES.check(student, q, most)


@part(
    "safe_prices",
    points=1,
    says="what is within the limit stays, the tightest limit; the inputs stay as they were",
    after=prices_and_limits,
)
def limits_at_the_ends(student, rng):
    q = random_pmf(rng, 8) * 0.5 + 1 / 16
    SAFE_PRICES.check(student, q, 5.0)  # also in short floats
    SAFE_PRICES.check(student, np.full(8, 1 / 8), 3)
    SAFE_PRICES.check(student, random_pmf(rng, 8, zeros=3), 3)
    SAFE_PRICES.check_inputs(student, random_pmf(rng, 8, zeros=3), 3.5, names=["q", "most"])


@part("safe_prices", points=1, says="ValueError where no mixture will do", after=prices_and_limits)
def limits_that_are_too_low(student, rng):
    for size in (3, 5, 9):
        SAFE_PRICES.check_refusal(student, random_pmf(rng, size), math.log2(size) - 0.1)


# 4. block_cost


def cost(p, q, n, whole=math.ceil):
    """Return the mean length per telegram, block by block."""
    total = []
    for block in itertools.product(range(len(p)), repeat=n):
        comes = math.prod(p[k] for k in block)
        if comes > 0:
            believed = math.prod(q[k] for k in block)
            length = whole(-math.log2(believed)) if believed > 0 else math.inf
            total.append(comes * length)
    return math.fsum(total) / n


BLOCK_COST = Asked(
    "block_cost",
    cost,
    slips=[
        Slip("p and q are swapped: p is the truth.", gives(lambda p, q, n: cost(q, p, n))),
        Slip(
            "these are ideal lengths. Round each block's up to whole bits.",
            gives(lambda p, q, n: CE(p, q)),
        ),
        Slip("these are lengths made for p. The code is made for q.",
             gives(lambda p, q, n: cost(p, p, n))),
        Slip(
            "this is the cost per block. Divide by n.",
            lambda got, expected, p, q, n: n > 1 and gives(lambda *a: n * cost(*a))(
                got, expected, p, q, n
            ),
        ),
        Slip(
            "each telegram was rounded up. Round the length of the whole block.",
            lambda got, expected, p, q, n: n > 1 and gives(lambda *a: cost(p, q, 1))(
                got, expected, p, q, n
            ),
        ),
        Slip("the lengths were rounded down. A word of Shannon's code is never shorter than the "
             "surprise.", gives(lambda p, q, n: cost(p, q, n, math.floor))),
        Slip("the lengths were rounded to the nearest. Round up.",
             gives(lambda p, q, n: cost(p, q, n, round))),
        Slip("the lengths are one bit too long wherever the surprise is whole.",
             gives(lambda p, q, n: cost(p, q, n, lambda x: math.floor(x) + 1))),
        Slip("the mean was rounded up. Round each length.",
             gives(lambda p, q, n: math.ceil(CE(p, q)))),
    ],
    general=BITS,
)  # fmt: skip


@part("block_cost", points=2, says="blocks of one telegram")
def blocks_of_one(student, rng):
    for size in (2, 3, 7, 20):
        p, q = random_pmf(rng, size), random_pmf(rng, size)
        BLOCK_COST.check(student, p, q, 1)


@part("block_cost", points=1, says="longer blocks", after=blocks_of_one)
def longer_blocks(student, rng):
    for size, n in ((2, 2), (3, 3), (2, 8), (4, 4)):
        p, q = random_pmf(rng, size), random_pmf(rng, size)
        BLOCK_COST.check(student, p, q, n)


@part(
    "block_cost",
    points=1,
    says="what never comes, what q holds impossible, powers of two; the inputs stay as they were",
    after=blocks_of_one,
)
def impossible_blocks(student, rng):
    dyadic = rng.permutation([0.5, 0.25, 0.125, 0.125])
    BLOCK_COST.check(student, dyadic, dyadic, 2)
    BLOCK_COST.check_inputs(student, dyadic, dyadic.copy(), 2, names=["p", "q", "n"])
    for _ in range(3):
        p, q = np.append(random_pmf(rng, 3), 0.0), np.append(random_pmf(rng, 3), 0.0)
        BLOCK_COST.check(student, p, q, 3)
        BLOCK_COST.check(student, p[::-1].copy(), q, 2)


# 7. two_readings


def shortest(code):
    """Return the length of a shortest string with two readings, or None."""
    best, seen = [], {}
    for a, b in itertools.permutations(code, 2):
        if b.startswith(a):
            heapq.heappush(best, (len(b), b[len(a) :]))
    while best:
        length, ahead = heapq.heappop(best)
        if ahead == "":
            return length
        if seen.setdefault(ahead, length) < length:
            continue
        for word in code:
            if ahead.startswith(word):
                following = (length, ahead[len(word) :])
            elif word.startswith(ahead):
                following = (length + len(word) - len(ahead), word[len(ahead) :])
            else:
                continue
            if seen.get(following[1], math.inf) > following[0]:
                heapq.heappush(best, following)
    return None


def readings(bits, code):
    """Count the ways to cut bits into words of the code."""
    ways = [1] + [0] * len(bits)
    for end in range(1, len(bits) + 1):
        ways[end] = sum(ways[end - len(w)] for w in code if bits[:end].endswith(w))
    return ways[-1]


def random_word(rng):
    return "".join(rng.choice(["0", "1"], rng.integers(1, 8)))


def random_codes(rng, ambiguous, count):
    """Yield codes that can, or cannot, be misread, among them few whose words all differ early."""
    while count:
        words = {random_word(rng) for _ in range(rng.integers(3, 9))}
        code = sorted(words, key=lambda word: (len(word), word))
        begins = any(b.startswith(a) for a, b in itertools.permutations(code, 2))
        if begins and (shortest(code) is not None) is ambiguous:
            count -= 1
            yield [str(word) for word in rng.permutation(code)]


# Codes whose shortest string with two readings has 43 to 57 bits. They were found by changing one
# bit of one word at a time, thousands of times, for as long as `tries` did not fall.
HARD = [
    "010000000 00000010 1 010000 110111110 100 111110100 001011110 100011 10101",
    "000001000 001100000 1 010111111 101110 0100 000111100 111100011 11101010 01101",
    "000100000 00000100 1 011 001100 110000110 010001000 100100 010100010 0101",
    "01000010 001001000 1 111111101 000001 0101 000110 11001 0000100 011101",
    "010000000 00000000 1 110000 111110101 110111111 0010 010101 100111110 000100",
    "000100100 00001 1 011111010 1011 011010100 001011000 001000110 1001 01000",
    "000000000 110000000 1 000111111 01101 01100 0101 0100 011111110 011100",
    "000000011 11000000 1 010 01101 00100 000111111 001110 110111110 001100",
    "000000000 011000000 1 111111101 010110 100101101 00111 00100 00110 000100010",
    "10000010 00010000 1 1100001 111111101 0101 00100 00110 100011 0110110",
    "101111000 10000111 11 01010 00 101 110110 01001 111001 011100100",
    "001011111 10101000 1 100011011 01101101 00000 0101 011111100 01100 010000110",
    "00010001 0000 1 00100 11000110 101 01100010 010011000 10101 100111100",
    "110111 110001 000 010000110 1111 011 101101 0101 00000010 0010101",
    "100100011 00000010 10 1001 00010110 00100 0100000 111 11011 0011",
    "0000000 011000000 1 100111111 1000 110111110 00110 111101001 0010 1010",
]
OUT_OF_REACH = 2.0**31  # strings of words: half an hour's work for a program that takes 1 µs each


@functools.lru_cache
def long_codes(seed, count=4):
    """Return codes that can be misread, but only by strings so long that none finds them by trying.

    They are made anew from hard ones: two bits are changed where it stays hard, and then all bits
    are exchanged, or all words written backwards, or both, which changes no length.
    """
    rng, found = np.random.default_rng(seed), []
    for number in rng.choice(len(HARD), count, replace=False):
        code, changes = HARD[number].split(), 0
        for _ in range(60):
            changed = list(code)
            which = rng.integers(len(code))
            changed[which] = with_one_bit_changed(changed[which], rng)
            length = shortest(changed) if len(set(changed)) == len(code) else None
            if changes < 2 and length and tries(changed, length) > OUT_OF_REACH:
                code, changes = changed, changes + 1
        if rng.random() < 0.5:
            code = [word.translate(str.maketrans("01", "10")) for word in code]
        if rng.random() < 0.5:
            code = [word[::-1] for word in code]
        found.append([str(word) for word in rng.permutation(code)])
    return found


def with_one_bit_changed(word, rng):
    """Return a word with one of its bits exchanged."""
    at = rng.integers(len(word))
    return word[:at] + "10"[int(word[at])] + word[at + 1 :]


def tries(code, length):
    """Return how many strings of words are about as long: the root of the sum of x^-|w| = 1."""
    low, high = 1.0, float(len(code))
    for _ in range(40):
        x = (low + high) / 2
        low, high = (x, high) if sum(x ** -len(word) for word in code) > 1 else (low, x)
    return high**length


def misread_codes(rng):
    """Return codes that can be misread."""
    return [*random_codes(rng, ambiguous=True, count=8), *long_codes(rng.integers(2**32))]


def check_readings(got, code):
    check(
        type(got) is str and 0 < len(got) <= 400,
        f"{code}: expected bits, got {got!r}"[:300],
        "there is no answer where there is a string with two readings. Was the search given up, or "
        "are only words looked at that begin others?"
        if got is None
        else "",
    )
    check(set(got) <= {"0", "1"}, f"{code}: {got!r} are no bits")
    check(
        readings(got, code) >= 2,
        f"{code}: {got} has no two readings",
        "this string has one reading, or none.",
    )


@part("two_readings", points=3, says="strings that can be read in two ways")
def found_readings(student, rng):
    for code in misread_codes(rng):
        check_readings(student.call("two_readings", code), code)


@part("two_readings", points=1, says="and none shorter", after=found_readings)
def shortest_readings(student, rng):
    for code in misread_codes(rng):
        got = student.call("two_readings", code)
        check_readings(got, code)
        check(
            len(got) == shortest(code),
            f"{code}: {got} is not the shortest",
            "it has two readings, and there is a shorter one. Is the search by length?",
        )


@part("two_readings", points=2, says="None for codes that cannot be misread", after=found_readings)
def no_readings(student, rng):
    suffix_codes = [["0", "01", "11"], ["1", "10", "100", "0000"]]
    for code in [*random_codes(rng, ambiguous=False, count=10), *suffix_codes, ["0", "10", "11"]]:
        check(
            student.call("two_readings", code) is None,
            f"{code} cannot be misread",
            "there is no string with two readings, and a string is returned.",
        )

"""The tests that give the marks of problem set 1: fresh inputs, against references of their own."""

import functools
import heapq
import itertools
import math

import numpy as np

from coursework.parts import check, check_close, part


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


@part("report_worth", points=2, says="random weights and reports")
def weights_and_reports(student, rng):
    for _ in range(12):
        weights = rng.exponential(10, rng.integers(3, 40))
        possible = rng.random(weights.size) < 0.5
        possible[rng.integers(weights.size)] = True
        check_close(student.call("report_worth", weights, possible), worth(weights, possible))


@part(
    "report_worth",
    points=1,
    says="counts, nothing ruled out, the impossible",
    after=weights_and_reports,
)
def edges_of_reports(student, rng):
    counts = rng.integers(1, 1000, 6)
    nothing_ruled_out, only = np.ones(6, dtype=bool), np.arange(6) == 2
    check_close(student.call("report_worth", counts, nothing_ruled_out), 0.0)
    check_close(student.call("report_worth", counts, only), worth(counts, only))
    counts[2] = 0
    check_close(student.call("report_worth", counts, only), math.inf)


# 2. jokers_and_coin


@part("jokers_and_coin", points=1, says="order_bits")
def order_bits(student, rng):
    exact = math.log2(math.factorial(54)) - 1
    check_close(student.value("order_bits"), exact, rtol=0, atol=0.051)


@part("jokers_and_coin", points=1, says="unsurprising")
def unsurprising(student, rng):
    check_close(student.value("unsurprising"), len(list(unsurprising_reports())))


@part("jokers_and_coin", points=1, says="their_share")
def their_share(student, rng):
    check_close(
        student.value("their_share"), math.fsum(unsurprising_reports()), rtol=0, atol=0.00051
    )


def unsurprising_reports():
    """Yield the probability of each report of ten tosses that is worth less than 5 bits."""
    for tosses in itertools.product([0.9, 0.1], repeat=10):
        if -math.log2(math.prod(tosses)) < 5:
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


@part("safe_prices", points=2, says="random prices and limits")
def prices_and_limits(student, rng):
    for _ in range(10):
        q = random_pmf(rng, rng.integers(3, 12), zeros=rng.integers(0, 2))
        most = math.log2(q.size) + rng.uniform(0.01, 1) * (-math.log2(q.min() + 1e-4))
        check_close(student.call("safe_prices", q, most), mixed(q, most))


@part(
    "safe_prices",
    points=1,
    says="what is within the limit stays, the tightest limit",
    after=prices_and_limits,
)
def limits_at_the_ends(student, rng):
    q = random_pmf(rng, 8) * 0.5 + 1 / 16
    check_close(student.call("safe_prices", q, 5.0), q)  # also in short floats
    even = np.full(8, 1 / 8)
    check_close(student.call("safe_prices", even, 3), even)
    check_close(student.call("safe_prices", random_pmf(rng, 8, zeros=3), 3), even)


@part("safe_prices", points=1, says="ValueError where no mixture will do", after=prices_and_limits)
def limits_that_are_too_low(student, rng):
    for size in (3, 5, 9):
        error = student.error("safe_prices", random_pmf(rng, size), math.log2(size) - 0.1)
        check(error == "ValueError", f"expected a ValueError, got {error}")


# 4. block_cost


def cost(p, q, n):
    """Return the mean length per telegram, block by block."""
    total = []
    for block in itertools.product(range(len(p)), repeat=n):
        comes = math.prod(p[k] for k in block)
        if comes > 0:
            believed = math.prod(q[k] for k in block)
            total.append(comes * (math.ceil(-math.log2(believed)) if believed > 0 else math.inf))
    return math.fsum(total) / n


@part("block_cost", points=2, says="blocks of one telegram")
def blocks_of_one(student, rng):
    for size in (2, 3, 7, 20):
        p, q = random_pmf(rng, size), random_pmf(rng, size)
        check_close(student.call("block_cost", p, q, 1), cost(p, q, 1))


@part("block_cost", points=1, says="longer blocks", after=blocks_of_one)
def longer_blocks(student, rng):
    for size, n in ((2, 2), (3, 3), (2, 8), (4, 4)):
        p, q = random_pmf(rng, size), random_pmf(rng, size)
        check_close(student.call("block_cost", p, q, n), cost(p, q, n))


@part(
    "block_cost",
    points=1,
    says="what never comes, what q holds impossible, powers of two",
    after=blocks_of_one,
)
def impossible_blocks(student, rng):
    dyadic = rng.permutation([0.5, 0.25, 0.125, 0.125])
    check_close(student.call("block_cost", dyadic, dyadic, 2), cost(dyadic, dyadic, 2))
    for _ in range(3):
        p, q = np.append(random_pmf(rng, 3), 0.0), np.append(random_pmf(rng, 3), 0.0)
        check_close(student.call("block_cost", p, q, 3), cost(p, q, 3))
        check_close(student.call("block_cost", p[::-1].copy(), q, 2), math.inf)


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


@functools.lru_cache
def long_codes(seed, count=4):
    """Return codes that can be misread, but only by strings so long that none finds them by trying.

    One word at a time is changed, for as long as the shortest such string does not get shorter.
    """
    rng, found = np.random.default_rng(seed), []
    while len(found) < count:
        code, length = ["0", "01", "10"], 3
        for _ in range(300):
            longer = len(code) < 8 and rng.random() < 0.3
            changed = [*code, random_word(rng)] if longer else list(code)
            if len(changed) == len(code):
                changed[rng.integers(len(code))] = random_word(rng)
            now = shortest(changed) or 0 if len(set(changed)) == len(changed) else 0
            if now >= length:
                code, length = changed, now
        if length >= 20 and tries(code, length) > 2**18:
            found.append([str(word) for word in rng.permutation(code)])
    return found


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
    check(type(got) is str and 0 < len(got) <= 200, f"{code}: expected bits, got {got!r}"[:300])
    check(set(got) <= {"0", "1"}, f"{code}: {got!r} are no bits")
    check(readings(got, code) >= 2, f"{code}: {got} has no two readings")


@part("two_readings", points=3, says="strings that can be read in two ways")
def found_readings(student, rng):
    for code in misread_codes(rng):
        check_readings(student.call("two_readings", code), code)


@part("two_readings", points=1, says="and none shorter", after=found_readings)
def shortest_readings(student, rng):
    for code in misread_codes(rng):
        got = student.call("two_readings", code)
        check_readings(got, code)
        check(len(got) == shortest(code), f"{code}: {got} is not the shortest")


@part("two_readings", points=2, says="None for codes that cannot be misread", after=found_readings)
def no_readings(student, rng):
    suffix_codes = [["0", "01", "11"], ["1", "10", "100", "0000"]]
    for code in [*random_codes(rng, ambiguous=False, count=10), *suffix_codes, ["0", "10", "11"]]:
        check(student.call("two_readings", code) is None, f"{code} cannot be misread")

"""How students answer problem set 1, right and wrong, and what each answer deserves."""

import collections
import heapq
import itertools
import math
from fractions import Fraction

import numpy as np

from coursework.answers import right, wrong

# ---- 1. report_worth -----------------------------------------------------------------------------


@right("report_worth")
def vectorised(weights, possible):
    with np.errstate(divide="ignore"):
        return -np.log2(np.sum(weights * possible) / np.sum(weights))


@right("report_worth")
def in_a_loop(weights, possible):
    left = total = 0
    for weight, is_possible in zip(weights, possible, strict=True):
        total += weight
        if is_possible:
            left += weight
    return math.log2(total / left) if left else math.inf


@right("report_worth")
def exact_fractions(weights, possible):
    weights = [Fraction(float(weight)) for weight in weights]
    left = sum(itertools.compress(weights, possible))
    return float("inf") if left == 0 else math.log2(sum(weights) / left)


@right("report_worth", needs="scipy")
def with_scipy(weights, possible):
    from scipy.special import logsumexp

    with np.errstate(divide="ignore"):
        logs = np.log(weights.astype(float))
    left = logsumexp(logs[possible])
    return (logsumexp(logs) - left) / np.log(2)


@wrong("report_worth", 0, slip="natural logarithm")
def in_nats(weights, possible):
    return np.log(weights.sum() / weights[possible].sum())


@wrong("report_worth", 0, slip="log10")
def in_digits(weights, possible):
    return np.log10(weights.sum() / weights[possible].sum())


@wrong("report_worth", 0, slip="minus sign")
def without_the_minus(weights, possible):
    return np.log2(weights[possible].sum() / weights.sum())


@wrong("report_worth", 0, slip="not normalised")
def not_normalised(weights, possible):
    return -np.log2(weights[possible].sum())


@wrong("report_worth", 0, slip="share that is left")
def the_share(weights, possible):
    return weights[possible].sum() / weights.sum()


@wrong("report_worth", 0, slip="opposite report")
def the_opposite_report(weights, possible):
    return -np.log2(weights[~possible].sum() / weights.sum())


@wrong("report_worth", 0, slip="outcomes were counted")
def counted(weights, possible):
    return -np.log2(np.mean(possible))


@wrong("report_worth", 0, slip="entropy falls")
def fall_of_the_entropy(weights, possible):
    def entropy(p):
        p = p[p > 0] / p.sum()
        return -np.sum(p * np.log2(p))

    return entropy(weights) - entropy(weights[possible])


@wrong("report_worth", 2, slip="0")
def an_error_at_zero(weights, possible):
    return -math.log2(float(weights[possible].sum() / weights.sum()))


@wrong("report_worth", 2, slip="epsilon")
def an_epsilon(weights, possible):
    return -np.log2(weights[possible].sum() / weights.sum() + 1e-12)


@wrong("report_worth", 2, slip="changes weights")
def works_in_place(weights, possible):
    left = weights[possible].sum() / weights.sum()
    weights[~possible] = 0
    return -np.log2(left) if left > 0 else np.inf


@wrong("report_worth", 0, slip="wrapped")
def in_a_list(weights, possible):
    return [np.log2(weights.sum() / weights[possible].sum())]


# ---- 2. jokers_and_coin --------------------------------------------------------------------------


@right("jokers_and_coin", values=True, needs="scipy")
def by_logarithms_of_gamma(n):
    from scipy.stats import binom

    cards, heads, tosses, limit = n["cards"], n["heads"], n["tosses"], n["limit"]
    counts = [k for k in range(tosses + 1)
              if -k * math.log2(heads) - (tosses - k) * math.log2(1 - heads) < limit]  # fmt: skip
    return {
        "order_bits": math.lgamma(cards + 3) / math.log(2) - 1,
        "unsurprising": sum(math.comb(tosses, k) for k in counts),
        "their_share": sum(binom.pmf(k, tosses, heads) for k in counts),
    }


@right("jokers_and_coin", values=True)
def by_listing_all_reports(n):
    sides = [n["heads"], 1 - n["heads"]]
    chances = np.array([math.prod(s) for s in itertools.product(sides, repeat=n["tosses"])])
    few = chances > 2.0 ** -n["limit"]
    orders = math.factorial(n["cards"] + 2) // 2
    return {"order_bits": math.log2(orders), "unsurprising": few.sum(),
            "their_share": chances[few].sum()}  # fmt: skip


@right("jokers_and_coin", values=True)
def rounded_as_asked(n):
    made = by_listing_all_reports.function(n)
    return {"order_bits": round(made["order_bits"], 1), "unsurprising": made["unsurprising"],
            "their_share": round(float(made["their_share"]), 3)}  # fmt: skip


@right("jokers_and_coin", values=True)
def as_fractions_and_short_floats(n):
    made = by_listing_all_reports.function(n)
    return {"order_bits": np.float32(made["order_bits"]),
            "unsurprising": float(made["unsurprising"]),
            "their_share": Fraction(float(made["their_share"]))}  # fmt: skip


@wrong("jokers_and_coin", 2, values=True, slip="jokers look alike")
def jokers_that_differ(n):
    return {"order_bits": math.log2(math.factorial(n["cards"] + 2))}


@wrong("jokers_and_coin", 2, values=True, slip="in nats")
def order_in_nats(n):
    return {"order_bits": (math.log2(math.factorial(n["cards"] + 2)) - 1) * math.log(2)}


@wrong("jokers_and_coin", 2, values=True, slip="left out")
def no_jokers(n):
    return {"order_bits": math.log2(math.factorial(n["cards"]))}


@wrong("jokers_and_coin", 2, values=True, slip="counts of heads")
def kinds_of_reports(n):
    sides = -math.log2(n["heads"]), -math.log2(1 - n["heads"])
    costs = [k * sides[0] + (n["tosses"] - k) * sides[1] for k in range(n["tosses"] + 1)]
    return {"unsurprising": sum(bits < n["limit"] for bits in costs)}


@wrong("jokers_and_coin", 2, values=True, slip="not equally likely")
def share_of_the_reports(n):
    made = by_listing_all_reports.function(n)
    return {"their_share": made["unsurprising"] / 2 ** n["tosses"]}


@wrong("jokers_and_coin", 2, values=True)
def in_per_cent(n):
    return {"their_share": 100 * by_listing_all_reports.function(n)["their_share"]}


@wrong("jokers_and_coin", 2, values=True)
def off_by_one(n):
    return {"unsurprising": by_listing_all_reports.function(n)["unsurprising"] - 1}


@wrong("jokers_and_coin", 0, values=True)
def strings_and_lists(n):
    made = by_listing_all_reports.function(n)
    return {"order_bits": str(made["order_bits"]), "unsurprising": [made["unsurprising"]],
            "their_share": None}  # fmt: skip


# ---- 3. safe_prices ------------------------------------------------------------------------------


@right("safe_prices")
def by_the_least(q, most):
    q, least = np.array(q, dtype=float), 0.5**most
    k = len(q)
    if least * k > 1:
        raise ValueError("no mixture will do")
    w = max(0, (least - q.min()) / (1 / k - q.min())) if q.min() < 1 / k else 0
    return (1 - w) * q + w / k


@right("safe_prices")
def every_outcome_has_its_own_w(q, most):
    least, even = 2.0**-most, 1 / len(q)
    if even < least:
        raise ValueError
    needed = [(least - x) / (even - x) for x in q if x < least and x < even]
    w = min(1.0, max(needed, default=0.0))
    return [(1 - w) * float(x) + w * even for x in q]


@right("safe_prices")
def by_bisection(q, most):
    mix = lambda w: (1 - w) * q + w / q.size
    if mix(1.0).min() < 2.0**-most * (1 - 1e-12):
        raise ValueError("too low")
    low, high = 0.0, 1.0
    if q.min() >= 2.0**-most:
        return q.copy()
    for _ in range(100):
        w = (low + high) / 2
        low, high = (low, w) if mix(w).min() >= 2.0**-most else (w, high)
    return mix(high)


@right("safe_prices", needs="scipy")
def by_a_root_of_scipy(q, most):
    from scipy.optimize import brentq

    k = q.size
    if most < math.log2(k):
        raise ValueError("most is too low")
    off = lambda w: ((1 - w) * q + w / k).min() - 2.0**-most
    if off(0) >= 0:
        return q
    w = 1.0 if off(1) <= 0 else brentq(off, 0, 1, xtol=1e-15)
    return (1 - w) * q + w / k


@wrong("safe_prices", 0, slip="clipped and normalised")
def clipped_and_normalised(q, most):
    clipped = np.maximum(q, 2.0**-most)
    return clipped / clipped.sum()


@wrong("safe_prices", 0, slip="does not sum to 1")
def clipped(q, most):
    return np.maximum(q, 2.0**-most)


@wrong("safe_prices", 0, slip="result does not sum to 1")
def w_for_each_outcome(q, most):
    even, least = 1 / q.size, 2.0**-most
    w = max(0.0, (least - q.min()) / (even - q.min()))
    return (1 - w) * q + w


@wrong("safe_prices", 0, slip="even distribution")
def always_even(q, most):
    return np.full(q.size, 1 / q.size)


@wrong("safe_prices", 0, slip="dearer than the limit")
def as_it_is(q, most):
    return q


@wrong("safe_prices", 0, slip="in bits")
def a_limit_in_nats(q, most):
    least, even = math.exp(-most), 1 / q.size
    w = max(0.0, (least - q.min()) / (even - q.min()))
    return (1 - w) * q + w * even


@wrong("safe_prices", 0, slip="more is mixed in")
def as_if_the_least_were_zero(q, most):
    w = q.size * 2.0**-most
    if w > 1:
        raise ValueError
    return (1 - w) * q + w / q.size


@wrong("safe_prices", 3)
def never_an_error(q, most):
    even, least = 1 / q.size, 2.0**-most
    if q.min() >= least:
        return q
    w = min(1.0, (least - q.min()) / (even - q.min()))
    return (1 - w) * q + w * even


@wrong("safe_prices", 3, slip="changes q")
def mixed_in_place(q, most):
    even, least = 1 / q.size, 2.0**-most
    if least > even:
        raise ValueError
    if q.min() < least:
        w = (least - q.min()) / (even - q.min())
        q *= 1 - w
        q += w * even
    return q


@wrong("safe_prices", 3)
def w_of_zero_where_the_limit_is_tight(q, most):
    even, least = 1 / q.size, 2.0**-most
    if least >= even:
        raise ValueError
    w = max(0.0, (least - q.min()) / (even - q.min()))
    return (1 - w) * q + w * even


# ---- 4. block_cost -------------------------------------------------------------------------------


@right("block_cost")
def block_by_block(p, q, n):
    total = 0.0
    for block in itertools.product(range(len(p)), repeat=n):
        comes = math.prod(float(p[k]) for k in block)
        believed = math.prod(float(q[k]) for k in block)
        if comes > 0:
            total += comes * (math.ceil(-math.log2(believed)) if believed else math.inf)
    return total / n


@right("block_cost")
def by_kronecker(p, q, n):
    from functools import reduce

    joint_p, joint_q = reduce(np.kron, [p] * n), reduce(np.kron, [q] * n)
    used = joint_p > 0
    if (joint_q[used] == 0).any():
        return np.inf
    return joint_p[used] @ np.ceil(np.log2(1 / joint_q[used])) / n


@right("block_cost")
def by_indices(p, q, n):
    index = np.indices((len(p),) * n).reshape(n, -1)
    comes, believed = p[index].prod(axis=0), q[index].prod(axis=0)
    with np.errstate(divide="ignore"):
        lengths = np.ceil(-np.log2(np.where(comes > 0, believed, 1.0)))
    return float(np.average(lengths, weights=comes)) / n


@right("block_cost")
def by_frexp(p, q, n):
    """A word is as long as the exponent of 1/q, exactly."""
    total = []
    for block in itertools.product(zip(p, q, strict=True), repeat=n):
        comes = math.prod(a for a, _ in block)
        believed = math.prod(b for _, b in block)
        if comes and not believed:
            return float("inf")
        if comes:
            mantissa, exponent = math.frexp(believed)
            total.append(comes * (1 - exponent))
            assert 0.5 <= mantissa < 1
    return math.fsum(total) / n


@wrong("block_cost", 0, slip="ideal lengths")
def not_rounded(p, q, n):
    return -(p * np.log2(q)).sum()


@wrong("block_cost", 0, slip="swapped")
def swapped(p, q, n):
    return (q * np.ceil(-np.log2(p))).sum()


@wrong("block_cost", 0, slip="made for p")
def made_for_p(p, q, n):
    return (p * np.ceil(-np.log2(p))).sum()


@wrong("block_cost", 0, slip="rounded down")
def rounded_down(p, q, n):
    return (p * np.floor(-np.log2(q))).sum()


@wrong("block_cost", 0, slip="to the nearest")
def rounded_to_the_nearest(p, q, n):
    return (p * np.round(-np.log2(q))).sum()


@wrong("block_cost", 0, slip="mean was rounded")
def the_mean_rounded(p, q, n):
    return math.ceil(-(p * np.log2(q)).sum())


@wrong("block_cost", 2, slip="each telegram was rounded")
def n_is_forgotten(p, q, n):
    with np.errstate(all="ignore"):
        return np.where(p > 0, p * np.ceil(-np.log2(q)), 0).sum()


@wrong("block_cost", 2, slip="Divide by n")
def per_block(p, q, n):
    from functools import reduce

    joint_p, joint_q = reduce(np.kron, [p] * n), reduce(np.kron, [q] * n)
    used = joint_p > 0
    with np.errstate(divide="ignore"):
        return joint_p[used] @ np.ceil(-np.log2(joint_q[used]))


@wrong("block_cost", 3)
def nothing_for_the_impossible(p, q, n):
    from functools import reduce

    joint_p, joint_q = reduce(np.kron, [p] * n), reduce(np.kron, [q] * n)
    used = (joint_p > 0) & (joint_q > 0)
    return joint_p[used] @ np.ceil(-np.log2(joint_q[used])) / n


@wrong("block_cost", 3, slip="0 · log 0")
def nan_for_what_never_comes(p, q, n):
    from functools import reduce

    joint_p, joint_q = reduce(np.kron, [p] * n), reduce(np.kron, [q] * n)
    with np.errstate(all="ignore"):
        return (joint_p * np.ceil(-np.log2(joint_q))).sum() / n


@wrong("block_cost", 3, slip="one bit too long")
def a_bit_more_for_whole_numbers(p, q, n):
    from functools import reduce

    joint_p, joint_q = reduce(np.kron, [p] * n), reduce(np.kron, [q] * n)
    used = joint_p > 0
    with np.errstate(divide="ignore"):
        return joint_p[used] @ (np.floor(-np.log2(joint_q[used])) + 1) / n


# ---- 7. two_readings -----------------------------------------------------------------------------


@right("two_readings")
def with_a_heap(code):
    heap = [(len(b), b, b[len(a) :]) for a in code for b in code if a != b and b.startswith(a)]
    heapq.heapify(heap)
    seen = set()
    while heap:
        length, bits, ahead = heapq.heappop(heap)
        if not ahead:
            return bits
        if ahead in seen:
            continue
        seen.add(ahead)
        for word in code:
            if ahead.startswith(word):
                heapq.heappush(heap, (length, bits, ahead[len(word) :]))
            elif word.startswith(ahead):
                heapq.heappush(heap, (length + len(word) - len(ahead), bits + word[len(ahead) :],
                                      word[len(ahead) :]))  # fmt: skip
    return None


@right("two_readings")
def shorter_and_shorter_until_nothing_changes(code):
    """Bellman and Ford: the shortest string that gets ahead by each suffix."""
    best = {}
    for a, b in itertools.permutations(code, 2):
        if b.startswith(a) and (b[len(a) :] not in best or len(b) < len(best[b[len(a) :]])):
            best[b[len(a) :]] = b
    changed = True
    while changed:
        changed = False
        for ahead, bits in list(best.items()):
            for word in code if ahead else ():
                if ahead.startswith(word):
                    after, longer = ahead[len(word) :], bits
                elif word.startswith(ahead):
                    after, longer = word[len(ahead) :], bits + word[len(ahead) :]
                else:
                    continue
                if after not in best or len(longer) < len(best[after]):
                    best[after], changed = longer, True
    return best.get("")


@right("two_readings")
def layer_by_layer(code):
    """One layer of states for each length of the string."""
    layers = collections.defaultdict(dict)
    for a, b in itertools.permutations(code, 2):
        if b.startswith(a):
            layers[len(b)].setdefault(b[len(a) :], b)
    seen = set()
    for length in range(1, 2000):
        layer = layers[length]
        waiting = list(layer)
        while waiting:
            ahead = waiting.pop()
            if ahead == "":
                return layer[ahead]
            if ahead in seen:
                continue
            seen.add(ahead)
            for word in code:
                if ahead.startswith(word) and ahead[len(word) :] not in layer:
                    layer[ahead[len(word) :]] = layer[ahead]
                    waiting.append(ahead[len(word) :])
                elif len(word) > len(ahead) and word.startswith(ahead):
                    rest = word[len(ahead) :]
                    layers[length + len(rest)].setdefault(rest, layer[ahead] + rest)
    return None


@right("two_readings")
def another_of_the_shortest(code):
    """Words are tried backwards, so that another string comes where several are as short."""
    heap = [(len(b), -n, b, b[len(a) :]) for n, a in enumerate(code) for b in code[::-1]
            if a != b and b.startswith(a)]  # fmt: skip
    heapq.heapify(heap)
    seen, tie = set(), 0
    while heap:
        length, _, bits, ahead = heapq.heappop(heap)
        if not ahead:
            return bits
        if ahead in seen:
            continue
        seen.add(ahead)
        for word in reversed(code):
            tie -= 1
            if ahead.startswith(word):
                heapq.heappush(heap, (length, tie, bits, ahead[len(word) :]))
            elif word.startswith(ahead):
                rest = word[len(ahead) :]
                heapq.heappush(heap, (length + len(rest), tie, bits + rest, rest))
    return None


@wrong("two_readings", 0, slip="search given up")
def never(code):
    return None


@wrong("two_readings", 0, slip="one reading, or none")
def the_first_prefix(code):
    return next((b for a, b in itertools.permutations(code, 2) if b.startswith(a)), None)


@wrong("two_readings", 0, slip="one reading, or none")
def all_words(code):
    return "".join(code)


@wrong("two_readings", 0, slip="search given up")
def the_shortest_30_000_strings_of_words(code):
    """Brute force, as far as the time goes: twenty times as far makes no difference."""
    heap, seen = [(0, "")], set()
    for _ in range(30_000):
        length, bits = heapq.heappop(heap)
        if bits in seen:
            return bits
        seen.add(bits)
        for word in code:
            heapq.heappush(heap, (length + len(word), bits + word))
    return None


@wrong("two_readings", 0, slip="search given up")
def all_strings_of_up_to_10_bits(code):
    for length in range(1, 11):
        for number in range(2**length):
            bits = f"{number:0{length}b}"
            ways = [1] + [0] * length
            for end in range(1, length + 1):
                ways[end] = sum(ways[end - len(w)] for w in code if bits[:end].endswith(w))
            if ways[-1] > 1:
                return bits
    return None


@wrong("two_readings", 0)
def only_whether(code):
    return with_a_heap.function(code) is not None


@wrong("two_readings", 5, slip="a shorter one")
def said_twice(code):
    found = with_a_heap.function(code)
    return found and found * 2


@wrong("two_readings", 4, slip="a string is returned")
def empty_for_safe_codes(code):
    return with_a_heap.function(code) or ""


@wrong("two_readings", 5, slip="a shorter one")
def fewest_words_first(code):
    queue = collections.deque(
        (b, b[len(a) :]) for a in code for b in code if a != b and b.startswith(a)
    )
    seen = set()
    while queue:
        bits, ahead = queue.popleft()
        if not ahead:
            return bits
        if ahead in seen:
            continue
        seen.add(ahead)
        for word in code:
            if ahead.startswith(word):
                queue.append((bits, ahead[len(word) :]))
            elif word.startswith(ahead):
                queue.append((bits + word[len(ahead) :], word[len(ahead) :]))
    return None


# ---- 5. and 6., in words -------------------------------------------------------------------------

WORDS = {
    "unused_budget": {
        "points": {"number": 1, "constant": 1, "share": 1},
        "texts": [
            (
                "number, constant, share",
                "No. It costs −log2 .75 = 0.415 bits for each telegram, whatever the news is. "
                "Of 2.4 bits that is 17 %, with another P it is another share.",
            ),
            (
                "number, constant, share",
                "Unused budget U makes every word longer than its ideal price by −log2(1 − U), "
                "here 0.415 bits. That is the same for all words, so P does not matter. It is 17 % "
                "of the bits, and this percentage does depend on P, since the mean length does.",
            ),
            (
                "number, constant, share",
                "He mixes up shares. If all of the budget were used by scaling, each word could be "
                "log2(4/3) = 0.415 bits shorter (not in whole bits), also on other days. "
                "0.415/2.4 = 17 % for this P, and less where telegrams are longer on average.",
            ),
            (
                "number, constant, share",
                "No: 3, 1, 3 are the prices for R = (1/6, 2/3, 1/6) plus 0.415 bits. So we lose "
                "0.415 bits a telegram in any case, 17.3 %. As a fraction it is 0.415 divided by "
                "the mean length, and that depends on what the news is.",
            ),
            (
                "number, constant, share",
                "0.415 bits per telegram, always, as 2^-l sums to 3/4 and log2(4/3) = 0.415. With "
                "P it is 17 %; if only the short word is sent, 41.5 %. Words of 2, 1, 2 would save "
                "29 %, since they suit P better too.",
            ),
            ("number, constant", "No, it costs −log2 .75 = 0.415 bits a telegram, always."),
            (
                "number, share",
                "The waste is 0.415 bits. With news as r says the mean length is 1.67 and it "
                "is 25 %, with the true P it is 17 %.",
            ),
            (
                "constant",
                "No. A factor in the Kraft sum is a constant number of bits in each word, since "
                "lengths are logarithms.",
            ),
            ("number", "−log2(.75) = 0.415, so 41.5 % of the bits are wasted."),
            (
                "share",
                "Not exactly, as what it costs beside 2.4 bits depends on how often each word is "
                "sent; with other news it would be another percentage.",
            ),
            ("", "Yes, since the Kraft sum of a good code is 1, and 25 % are missing."),
            ("", "25 % of 2.4 bits are 0.6 bits a telegram."),
            ("", "About: 2, 1, 2 uses all of the budget, and 1.7 bits is 29 % less than 2.4."),
            ("", "No, because a code must be free of prefixes and so can't use its whole budget."),
        ],
    },
    "better_than_english": {
        "points": {"inequality": 1, "question": 1, "another": 1},
        "texts": [
            (
                "inequality, question, another",
                "H(P, Q) = H(P) + D(P‖Q) ≥ H(P), for one and the same P. So the two numbers are "
                "of different sources. Is the test text in the training data? Is it prose, or "
                "something easier, such as program code?",
            ),
            (
                "inequality, question, another",
                "Gibbs: no model of a source has a cross-entropy below the entropy of that source. "
                "Do both count bits per letter of the same alphabet? How exact is the 1.1? It is "
                "an upper bound from guessing people, and the truth may be lower.",
            ),
            (
                "inequality, question, another",
                "The source is not the same, or Gibbs' inequality would be broken. I would ask for "
                "the unit (per token, per byte, per letter?) and for the text on which it was "
                "measured, and whether the model has seen it.",
            ),
            (
                "inequality, question, another",
                "Cross-entropy is at least entropy if both are taken under the same P. 1: what was "
                "the test text, and how long? On a short text the mean can lie below by chance. 2: "
                "were capital letters, digits and spaces counted in both?",
            ),
            (
                "inequality, question",
                "Gibbs' inequality says H(P, Q) ≥ H(P), so they are about different texts. Which?",
            ),
            (
                "inequality, question",
                "By H(P, Q) ≥ H(P) for the same P it can't be. Was the model trained on the test "
                "text? Did it see the test text before?",
            ),
            (
                "question, another",
                "I'd ask if the test text was in the training data, and if 0.9 is per letter or "
                "per token.",
            ),
            ("inequality", "It is impossible: cross-entropy ≥ entropy for one P. They lie."),
            ("question", "Perhaps they tested on the training data?"),
            ("", "A better model than English is possible if it is large enough."),
            ("", "The entropy of English is infinite, as there are always new words."),
            ("", "KL divergence is not symmetric, so one can't compare them."),
        ],
    },
}

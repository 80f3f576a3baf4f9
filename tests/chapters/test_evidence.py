"""The chapter "KL as evidence": its numbers by a second way.

Means of walks are worked out backwards from the far end or by counting paths in whole numbers,
errors come from SciPy's binomials, code lengths from beta functions, letters are counted in
dictionaries, and each outcome is really left out; the chapter uses none of these.
"""

import itertools
import math
from collections import Counter, defaultdict
from functools import cache

import numpy as np
import pytest
import scipy.stats
from scipy.optimize import minimize_scalar
from scipy.special import betaln, logsumexp, rel_entr
from sklearn.metrics import mutual_info_score

import data
from tests.chapters.chapter_run import numbers_of

P, Q = (0.5, 0.3, 0.2), (0.3, 0.6, 0.1)
HEAD, TAIL = math.log(0.5 / 0.8), math.log(0.5 / 0.2)  # evidence for the fair coin
LEVEL = math.log(100)
COINS = ((0.5, 1), (0.8, -1))  # the coin, and the sign of the evidence for it


def printed(cell):
    """Return all numbers that a cell of the chapter prints."""
    return list(itertools.chain(*numbers_of("evidence", cell)))


def kl(p, q):
    return math.fsum(rel_entr(p, q))


def coins(a, b):
    return kl((a, 1 - a), (b, 1 - b))


# ---- walks ---------------------------------------------------------------------------------------


def backwards(coin, is_out, gain, far=700):
    """Return the mean of `gain` over all steps and of the walk's end, from the far end back.

    is_out(L): what the walk is worth where it stops, or None where it goes on.
    """
    tails = np.arange(far + 1)
    worth = np.zeros(far + 1)  # after `far` tosses
    for n in range(far - 1, -1, -1):
        tails = np.arange(n + 1)
        nats = (n - tails) * HEAD + tails * TAIL
        onward = gain + coin * worth[:-1] + (1 - coin) * worth[1:]
        stops = np.array([is_out(x) for x in nats], dtype=object)
        ends = np.array([stop is not None for stop in stops])
        worth = np.where(ends, [0.0 if s is None else s for s in stops], onward)
    return worth[0]


def test_the_mean_number_of_tosses_worked_out_backwards():
    for (coin, sign), row in zip(COINS, numbers_of("evidence", "passage"), strict=True):
        mean = backwards(coin, lambda x, sign=sign: 0.0 if sign * x >= LEVEL else None, 1.0)
        end = backwards(coin, lambda x, sign=sign: sign * x if sign * x >= LEVEL else None, 0.0)
        slope = coins(0.5, 0.8) if coin == 0.5 else coins(0.8, 0.5)
        assert row[1] == round(mean, 2)
        assert row[3:] == [round(x, 4) for x in (end, mean, slope)]
        assert math.isclose(end, mean * slope, rel_tol=1e-9)  # Wald's identity


@cache
def first_passages(most):
    """Return how many of the 2^n sequences of n tosses first bring the odds for fair to 100."""
    paths, found = {0: 1}, []  # by the number of tails
    for n in range(1, most + 1):
        new = Counter()
        for tails, ways in paths.items():
            new[tails] += ways
            new[tails + 1] += ways
        over = {t for t in new if t * TAIL + (n - t) * HEAD >= LEVEL}
        found.append(sum(new[t] for t in over))
        paths = {t: ways for t, ways in new.items() if t not in over}
    return found


def test_half_of_all_sequences_of_a_fair_coin_are_over_after_19_tosses():
    found = first_passages(60)
    share = [ways / 2 ** (n + 1) for n, ways in enumerate(found)]
    assert sum(share[:18]) < 0.5 <= sum(share[:19])
    assert numbers_of("evidence", "passage")[0][2] == 19
    assert sum(share[:6]) < 0.05 <= sum(share[:7])
    assert sum(share[:50]) < 0.95 <= sum(share[:51])
    assert numbers_of("evidence", "spread")[0] == [round(100 * sum(share[6:51]), 1), 7, 51]


def test_odds_for_the_wrong_coin_stay_below_one_in_a_hundred():
    for (coin, sign), row in zip(COINS, numbers_of("evidence", "deceived"), strict=True):
        ever = backwards(coin, lambda x, sign=sign: 1.0 if -sign * x >= LEVEL else None, 0.0, 900)
        assert row[-1] == round(100 * ever, 3) < 1


def test_both_ends_shorten_the_mean_and_the_test_errs_less_than_one_in_a_hundred():
    for (coin, sign), row in zip(COINS, numbers_of("evidence", "both-ends"), strict=True):
        mean = backwards(coin, lambda x: 0.0 if abs(x) >= LEVEL else None, 1.0)
        wrong = backwards(
            coin,
            lambda x, sign=sign: float(-sign * x > 0) if abs(x) >= LEVEL else None,
            0.0,
        )
        assert row[1:] == [round(mean, 2), round(100 * wrong, 2)]
    for row, exact in zip(
        numbers_of("evidence", "simulate"), numbers_of("evidence", "both-ends"), strict=True
    ):
        assert abs(row[1] - exact[1]) < 3 * row[2]


def test_fewer_than_52_tosses_fixed_beforehand_leave_one_error_above_one_percent():
    def errors(n, least):
        return scipy.stats.binom.sf(least - 1, n, 0.5), scipy.stats.binom.cdf(least - 1, n, 0.8)

    assert min(max(errors(n, k)) for n in range(1, 52) for k in range(n + 2)) > 0.01
    assert printed("fixed") == [52, 35, *(round(100 * e, 2) for e in errors(52, 35))]


def test_naive_counts_are_the_logarithm_over_the_divergence():
    tosses = [LEVEL / coins(0.5, 0.8), LEVEL / coins(0.8, 0.5)]
    assert printed("naive") == [100, round(LEVEL, 4), *(round(x, 1) for x in tosses)]


def test_the_walk_of_a_third_coin_has_the_difference_of_two_divergences_as_slope():
    *rows, deceived = numbers_of("evidence", "third-slope")
    for coin, row in zip((0.6, 0.7), rows, strict=True):
        mean = coin * HEAD + (1 - coin) * TAIL
        assert abs(row[-1]) == round(abs(mean), 4)
        assert row[1] == round(coins(coin, 0.8), 4)
    ever = backwards(0.7, lambda x: 1.0 if x >= LEVEL else None, 0.0, 3_000)
    assert deceived[-1] == round(100 * ever, 1) > 1
    c, *both = printed("ex-third-code")
    level = scipy.optimize.brentq(lambda c: coins(c, 0.5) - coins(c, 0.8), 0.5, 0.8)
    assert c == round(level, 4) and both == [round(coins(level, 0.5), 4)] * 2


# ---- two errors ----------------------------------------------------------------------------------


def chernoff(p, q):
    found = minimize_scalar(
        lambda s: math.fsum(a**s * b ** (1 - s) for a, b in zip(p, q, strict=True)),
        bounds=(0, 1),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return -math.log(found.fun), found.x


def test_chernoff_information_of_the_coins_and_of_the_news():
    exponent, s = chernoff((0.5, 0.5), (0.8, 0.2))
    assert printed("chernoff") == [round(exponent, 4), round(s, 3)]
    news, _ = chernoff(P, Q)
    assert printed("ex-chernoff-code")[-2:] == [round(news, 4), 82]
    assert math.exp(-82 * news) / 2 < 0.01 < math.exp(-81 * news) / 2


def test_exponents_at_a_finite_n_by_scipys_binomials():
    for n, row in zip((100, 1_000, 10_000), numbers_of("evidence", "exponents-table"), strict=True):
        k = np.arange(n + 1)
        fair, biased = (scipy.stats.binom.logpmf(k, n, coin) for coin in (0.5, 0.8))
        passes = k <= scipy.stats.binom.ppf(0.95, n, 0.5)
        stein = -logsumexp(biased[passes]) / n
        mean_error = logsumexp(np.minimum(fair, biased)) - math.log(2)
        most = scipy.stats.binom.ppf(0.95, n, 0.5) / n
        assert row[-3:] == [round(x, d) for x, d in ((most, 2), (stein, 4), (-mean_error / n, 4))]
        assert 0.5 < most < 0.5 + 0.85 / math.sqrt(n)
        assert stein < coins(0.5, 0.8) and -mean_error / n > chernoff((0.5, 0.5), (0.8, 0.2))[0]


# ---- how large is large --------------------------------------------------------------------------


def test_the_table_of_how_many():
    nats, variation = kl(P, Q), sum(abs(p - q) for p, q in zip(P, Q, strict=True)) / 2
    assert printed("news-nats") == [round(nats, 4), 100, 1, round(LEVEL / nats, 1)]
    errs = sum(min(p, q) for p, q in zip(P, Q, strict=True)) / 2
    *others, one = numbers_of("evidence", "how-many")
    assert one == [round(variation, 4), round(100 * errs, 1)]
    assert others[0] == [0.01, 2, round(LEVEL / 0.01), 100, 1]
    assert others[1] == [0.001, 20, *divmod(round(LEVEL / 0.001), 1_000), 100, 1]


@pytest.mark.parametrize(("n", "cell"), [(20, "wilks"), (100, "wilks-100")])
def test_alarms_of_the_chi_square_limit_over_all_samples(n, cell):
    limit = scipy.stats.chi2.ppf(0.95, 2)
    alarm = swapped = infinite = 0.0
    multinomial = scipy.stats.multinomial(n, P)
    for a in range(n + 1):
        for b in range(n - a + 1):
            counts = (a, b, n - a - b)
            weight, shares = multinomial.pmf(counts), np.array(counts) / n
            alarm += weight * (2 * n * kl(shares, P) > limit)
            swapped += weight * (2 * n * kl(P, shares) > limit)
            infinite += weight * (0 in counts)
    shown = printed(cell)[-3:]
    assert shown == [round(100 * x, 2) for x in (alarm, swapped, infinite)]


def test_on_few_pairs_the_mean_of_2n_kl_is_far_below_the_degrees_of_freedom():
    letters = [c for c in data.load("genesis").lower() if "a" <= c <= "z"]
    counts = Counter(itertools.pairwise(letters))
    shares = np.array(list(counts.values())) / sum(counts.values())
    for n, row in zip((500, 50_000), numbers_of("evidence", "sparse"), strict=True):
        mean = variance = 0.0
        for p in shares:  # each kind's count is binomial
            low, high = scipy.stats.binom.ppf((1e-13, 1 - 1e-13), n, p)
            k = np.arange(max(low, 1), high + 1)
            weight, term = scipy.stats.binom.pmf(k, n, p), 2 * k * np.log(k / (n * p))
            mean += weight @ term
            variance += weight @ term**2 - (weight @ term) ** 2
        assert row[:2] == [shares.size, (n * shares < 1).sum()] and shares.size == 522
        assert abs(row[-1] - mean) < 4 * math.sqrt(variance / 1_000)
        assert (mean < 0.75 * 521) if n == 500 else (521 < mean < 1.03 * 521)


def test_baselines_are_entropies_and_random_logits_cost_about_half_their_variance():
    shares = ([0.5, 0.5], [0.9, 0.1], [0.99, 0.01], [0.1] * 10)
    for one, row in zip(shares, numbers_of("evidence", "baselines"), strict=True):
        h = scipy.stats.entropy(one)
        assert row[-2:] == [round(h, 4), -round(0.7 - h, 4)] or row[-1] == round(h - 0.7, 4)
    rows = numbers_of("evidence", "start")
    rng = np.random.default_rng(7)
    for std, row in zip((0.1, 1, 3), rows, strict=True):
        fresh = logsumexp(std * rng.standard_normal((200_000, 10)), axis=1).mean()
        assert abs(row[-2] - fresh) < 0.02
    assert rows[0][-2:] == [2.31, 2.31]


def test_a_small_gain_on_many_cases_is_a_likelihood_ratio():
    assert round(math.exp(-690) * 2.0**1_000) == 23
    nats = 1_000 * math.log(2) - 690
    assert printed("gain") == [round(nats / 1_000, 4), round(nats, 1), 23]


# ---- models that learn ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vowels():
    return [int(c in "aeiou") for c in data.load("genesis").lower() if "a" <= c <= "z"]


def learned(v, order):
    """Return −ln of the probability that a learner with a Beta(½, ½) prior gives to v[order:]."""
    counts = defaultdict(lambda: [0, 0])
    for i in range(order, len(v)):
        counts[tuple(v[i - order : i])][v[i]] += 1
    return -sum(betaln(a + 0.5, b + 0.5) - betaln(0.5, 0.5) for a, b in counts.values())


def test_the_bayes_factor_from_beta_functions(vowels):
    def factor(n):  # both models price the letters after the first one
        return learned(vowels[:n], 0) - math.log(2) - learned(vowels[:n], 1)

    lowest, level, when = printed("vowel-walk")
    assert level == 4.61
    assert when == next(n for n in range(2, 2_000) if factor(n) > LEVEL)
    assert lowest == round(min(factor(n) for n in range(2, 200)), 2)


def test_at_its_lowest_the_text_alternates_seldom_and_learning_is_not_what_costs(vowels):
    pairs = Counter(itertools.pairwise(vowels))
    share, after = np.mean(vowels), [pairs[a, 1] / (pairs[a, 0] + pairs[a, 1]) for a in (0, 1)]
    walk = [0.0]  # of two fixed models, that have nothing to learn
    for a, b in itertools.pairwise(vowels[:70]):
        with_one, alone = (after[a], share) if b else (1 - after[a], 1 - share)
        walk.append(walk[-1] + math.log(with_one / alone))
    assert walk[-1] < printed("vowel-walk")[0] < 0
    changes = sum(a != b for a, b in itertools.pairwise(vowels[:70]))
    independent = 69 * 2 * share * (1 - share)
    assert independent < changes < independent + 4.2  # one standard deviation


def test_all_pages_reach_odds_of_100_and_the_slope_is_a_mutual_information(vowels):
    when = []
    for start in range(0, len(vowels) - 1_999, 2_000):
        page = vowels[start : start + 2_000]
        low, high = 2, 2_000  # not monotone: look at every letter
        counts = {(): [0, 0], 0: [0, 0], 1: [0, 0]}
        counts[()][page[0]] += 1
        nats = 0.0
        for n in range(low, high + 1):
            before, now = page[n - 2], page[n - 1]
            for key, sign in (((), -1), (before, 1)):
                row = counts[key]
                nats += sign * math.log((row[now] + 0.5) / (sum(row) + 1))
                row[now] += 1
            if nats > LEVEL:
                when.append(n)
                break
    when.sort()
    assert printed("pages") == [75, 75, round(np.mean(when)), when[37]]
    slope = mutual_info_score(vowels[:-1], vowels[1:])
    after = [np.mean([b for a, b in itertools.pairwise(vowels) if a == x]) for x in (0, 1)]
    assert printed("vowel-table") == [
        round(slope, 4),
        100,
        round(LEVEL / slope),
        *(round(100 * x, 1) for x in after),
    ]


def orders_of(page, new):
    """Return for the orders 0 to 6 the four bills: training, AIC, left out, new text."""
    rows = []
    for order in range(7):
        counts = Counter((tuple(page[i - order : i]), page[i]) for i in range(6, len(page)))
        total = Counter()
        for (context, _), k in counts.items():
            total[context] += k
        n = len(page) - 6
        fit = aic = left_out = 0.0
        for (context, _), k in counts.items():
            fit -= k * math.log(k / total[context]) / n
            # one of them is left out; ½ is added to what is left
            left_out -= k * math.log((k - 1 + 0.5) / (total[context] - 1 + 1)) / n
        aic = fit + 2**order / n
        fresh = sum(new[order].values())
        priced = -sum(
            k * math.log((counts[context, x] + 0.5) / (total[context] + 1))
            for (context, x), k in new[order].items()
        )
        rows.append((fit, aic, left_out, priced / fresh))
    return rows


def new_text(half):
    return [
        Counter((tuple(half[i - order : i]), half[i]) for i in range(6, len(half)))
        for order in range(7)
    ]


@pytest.fixture(scope="module")
def on_pages(vowels):
    """Return the bills of the pages of either half, the other half being new: (page, order, 4)."""
    half = len(vowels) // 2
    halves, found = (vowels[:half], vowels[half:]), []
    for own, other in (halves, halves[::-1]):
        new = new_text(other)
        pages = [own[i : i + 2_000] for i in range(0, len(own) - 1_999, 2_000)]
        found.append(np.array([orders_of(page, new) for page in pages]))
    return found


def test_bills_of_the_orders_from_dictionaries(on_pages):
    table = np.array(numbers_of("evidence", "compare")[1:])
    assert table.shape == (7, 5) and np.allclose(table[:, 1:], on_pages[0].mean(axis=0), atol=6e-5)


def test_the_steps_of_aic_and_of_new_text_part_at_the_fourth_letter(on_pages):
    for found, cell in ((on_pages[0], None), (on_pages[1], "swapped")):
        steps = -np.diff(found.mean(axis=0), axis=0)[3]
        assert steps[1] > 0 > steps[3]
        if cell:
            assert printed(cell) == [round(steps[1], 4), round(steps[3], 4)]
    *rows, last = numbers_of("evidence", "page-by-page")
    for low, row in zip((0, 3), rows, strict=True):
        gap = on_pages[0][:, low, 1] - on_pages[0][:, low + 1, 1]
        assert row[-2:] == [round(gap.mean(), 4), round(gap.std(), 4)]
    error = scipy.stats.sem(gap, ddof=0)
    assert last[-2:] == [37, round(error, 4)]
    assert gap.std() > gap.mean() > 3 * error  # one page can't decide the last step, their mean can


def test_orders_that_are_chosen_and_what_they_cost(on_pages):
    for found, row in zip(on_pages, numbers_of("evidence", "chosen"), strict=False):
        aic, best = found[:, :, 1].argmin(axis=1), found[:, :, 3].argmin(axis=1)
        lost = found[np.arange(len(found)), aic, 3] - found[:, :, 3].min(axis=1)
        assert row == [round(100 * np.mean(aic > best)), round(lost.mean(), 4)]


def test_drawn_letter_by_letter_aic_and_new_text_agree_on_the_fourth_letter(vowels):
    half = vowels[: len(vowels) // 2]
    new = new_text(half)
    kinds = sorted(new[6])
    weights = np.array([new[6][kind] for kind in kinds], dtype=float)
    rng = np.random.default_rng(5)  # not the chapter's draws
    gaps = []
    for _ in range(60):
        drawn = rng.choice(len(kinds), size=2_000, p=weights / weights.sum())
        costs = {}
        for order in (3, 4):
            counts = Counter((kinds[i][0][6 - order :], kinds[i][1]) for i in drawn)
            total = Counter()
            for (context, _), k in counts.items():
                total[context] += k
            fit = -sum(k * math.log(k / total[c]) for (c, _), k in counts.items()) / 2_000
            priced = -sum(
                k * math.log((counts[c, x] + 0.5) / (total[c] + 1))
                for (c, x), k in new[order].items()
            )
            costs[order] = fit + 2**order / 2_000, priced / sum(new[order].values())
        gaps.append([costs[3][i] - costs[4][i] for i in (0, 1)])
    means, errors = np.mean(gaps, axis=0), np.std(gaps, axis=0) / math.sqrt(60)
    assert means[1] > 4 * errors[1] and means[0] > 2 * errors[0]
    assert (np.abs(np.array(printed("drawn")) - means) < 4 * errors).all()


def test_more_text_pays_for_more_letters_before(vowels):
    half = len(vowels) // 2
    new = new_text(vowels[half:])
    chosen = []
    for n in (200, 2_000, 20_000):
        pages = [vowels[i : i + n] for i in range(0, half - n + 1, n)]
        bills = np.mean([orders_of(page, new) for page in pages], axis=0)
        chosen.append(list(bills[:, 1:].argmin(axis=0)))
    assert [row[-3:] for row in numbers_of("evidence", "ex-grows-code")] == chosen
    assert chosen == [[2, 2, 2], [4, 4, 3], [6, 6, 5]]


# ---- exercises -----------------------------------------------------------------------------------


def test_the_sample_of_the_exercise_is_no_objection():
    value = scipy.stats.power_divergence([14, 5, 1], [10, 6, 4], lambda_="log-likelihood").statistic
    multinomial = scipy.stats.multinomial(20, P)
    exactly = sum(
        multinomial.pmf(c)
        for c in itertools.product(range(21), repeat=3)
        if sum(c) == 20 and 40 * kl(np.array(c) / 20, P) >= value - 1e-9
    )
    tail = scipy.stats.chi2.sf(value, 2)
    assert printed("ex-g-code")[-3:] == [
        round(value, 4),
        round(100 * tail, 1),
        round(100 * exactly, 1),
    ]


def test_half_the_distance_between_near_coins_takes_four_times_as_many_tosses():
    rng = np.random.default_rng(11)
    means = printed("ex-tosses-code")[-2:]
    assert means[0] == numbers_of("evidence", "spread")[1][-1]
    for rival, mean in zip((0.6, 0.55), means, strict=True):
        nats, took = np.zeros(3_000), np.zeros(3_000, int)
        while (open_ := nats < LEVEL).any():
            heads = rng.random(3_000) < 0.5
            steps = np.where(heads, math.log(0.5 / rival), math.log(0.5 / (1 - rival)))
            nats, took = np.where(open_, nats + steps, nats), took + open_
        assert abs(mean - took.mean()) < 4 * took.std() / math.sqrt(took.size)
    assert 3.9 < means[1] / means[0] < 4.2


def test_p_values_looked_at_200_times_reject_a_fair_coin_more_than_one_time_in_four():
    paths, rejected, few = {0: 1}, 0, -1  # paths: whole numbers, of the 2^200 sequences
    for n in range(1, 201):
        new = Counter()
        for heads, ways in paths.items():
            new[heads] += ways
            new[heads + 1] += ways
        while scipy.stats.binomtest(few + 1, n, 0.5).pvalue < 0.05:
            few += 1  # so few heads, or tails, are rejected
        out = {heads for heads in new if min(heads, n - heads) <= few}
        rejected += sum(new[heads] for heads in out) << (200 - n)
        paths = {heads: ways for heads, ways in new.items() if heads not in out}
    odds = backwards(0.5, lambda x: 1.0 if -x >= math.log(20) else None, 0.0, 200)
    assert printed("ex-peeking-code") == [round(100 * rejected / 2**200, 1), round(100 * odds, 1)]

"""The chapter on variational inference: its numbers by a second way, its slopes by autograd.

Evidences are densities of one big Gaussian, posteriors SciPy's integrals, optima SciPy's, slopes
PyTorch's, variances exact sums; the chapter uses none of these.
"""

import math
import re
from itertools import pairwise, product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import rel_entr

import data
from exports import variational_inference as chapter
from lib import gaussian_kl_full, normalize
from tests.chapters.chapter_run import NUMBER, lines_of, numbers_of

LN2 = math.log(2)
FLOWERS, SPECIES = data.load("iris")
LENGTH, WIDTH = FLOWERS[:, 2], FLOWERS[:, 3]
X = (LENGTH - LENGTH.mean()) / LENGTH.std()


def numbers(cell):
    return numbers_of("variational-inference", cell)


def with_thousands(cell):
    """Return the numbers of a cell whose thousands are set off by commas: all below a million."""
    lines = lines_of("variational-inference", cell)
    return [[float(x) for x in re.findall(NUMBER, line.replace(",", ""))] for line in lines]


def kl(p, q):
    return rel_entr(p, q).sum() / LN2


# ---- the bill of a guess -------------------------------------------------------------------------


def test_the_bills_of_the_desks():
    prior, sports, posterior = np.array([0.5, 0.5]), np.array([0.3, 0.6]), np.array([1 / 3, 2 / 3])
    (surprise,), *rows = numbers("desk-bills")
    assert surprise == round(-math.log2(0.45), 4)
    for (telegram, desk, both, gap), q in zip(
        rows, ([0.9, 0.1], [0.5, 0.5], posterior), strict=True
    ):
        bills = -np.dot(q, np.log2(sports)), kl(q, prior), kl(q, posterior)
        assert [telegram, desk, gap] == [round(x, 4) for x in bills]
        assert both == round(bills[0] + bills[1], 4)
        assert math.isclose(bills[0] + bills[1] - bills[2], surprise, abs_tol=5e-5)


lists = arrays(float, 5, elements=st.floats(0, 1)).filter(lambda a: a.sum() > 0.1)


@given(lists, arrays(float, 5, elements=st.floats(0.01, 1)), lists)
def test_the_elbo_is_the_log_evidence_minus_the_gap(q, prior, likelihood):
    q, prior = q / q.sum(), prior / prior.sum()
    likelihood = 0.999 * likelihood + 0.0005
    elbo = (q * np.log2(likelihood)).sum() - kl(q, prior)
    evidence = prior @ likelihood
    gap = kl(q, prior * likelihood / evidence)
    assert math.isclose(elbo, math.log2(evidence) - gap, rel_tol=1e-10, abs_tol=1e-12)
    assert elbo <= math.log2(evidence) + 1e-12


# ---- the evidence --------------------------------------------------------------------------------


def price(degree, spread=1.0, noise=0.2):
    """Return the bits of all widths: the density of one Gaussian in 150 dimensions, times cells."""
    columns = np.vander(X, degree + 1, increasing=True)
    cov = spread**2 * columns @ columns.T + np.diag(np.full(150, 1.0) * noise**2)
    _, log_det = np.linalg.slogdet(cov)
    nats = (WIDTH @ np.linalg.solve(cov, WIDTH) + log_det + 150 * math.log(2 * math.pi)) / 2
    return (nats - 150 * math.log(0.1)) / LN2


def test_the_evidence_is_the_density_of_one_large_gaussian():
    rows = numbers("bills")
    assert [row[-1] for row in rows] == [round(price(degree), 1) for degree in range(7)]
    for _, fit, occam, both in rows:
        assert abs(fit + occam - both) < 0.101
    assert min(rows, key=lambda row: row[-1])[0] == 3
    for spread, noise in ((0.1, 0.3), (100, 0.1)):
        ours = chapter.fit_and_occam(chapter.powers(X, 4), WIDTH, spread, noise).sum()
        assert math.isclose(ours, price(4, spread, noise), rel_tol=1e-8)


def test_a_learner_pays_the_evidence_in_every_order():
    total = price(3)
    for seed in range(8):
        order = np.random.default_rng(seed).permutation(150)
        bits = chapter.one_by_one(chapter.powers(X[order], 3), WIDTH[order])
        assert math.isclose(bits.sum(), total, rel_tol=1e-9)
    (data_bill, weights, both), one_by_one = numbers("checks")
    assert both == round(total, 2) and set(one_by_one) == {both}
    assert abs(data_bill + weights - both) < 0.0101


def test_the_bill_of_the_weights_is_the_divergence_of_posterior_and_prior():
    mean, precision = chapter.weights(chapter.powers(X, 3), WIDTH)
    draws = np.random.default_rng(5).multivariate_normal(mean, np.linalg.inv(precision), 20_000)
    posterior = scipy.stats.multivariate_normal(mean, np.linalg.inv(precision))
    ratio = posterior.logpdf(draws) - scipy.stats.norm.logpdf(draws).sum(axis=1)
    assert abs(ratio.mean() / LN2 - numbers("checks")[0][1]) < 0.05 + 4 * ratio.std() / 141 / LN2


def test_the_width_of_the_prior_decides_on_the_degree():
    for spread, line, cubic, cheapest in numbers("prior-widths"):
        bits = [price(degree, spread) for degree in range(9)]
        assert (line, cubic) == (round(bits[1], 1), round(bits[3], 1))
        assert cheapest == np.argmin(bits)
    *wider, (_, occam, distance) = numbers("wider")
    columns = np.vander(X, 4, increasing=True)
    narrow = np.linalg.solve(columns.T @ columns / 0.04 + 100 * np.eye(4), columns.T @ WIDTH / 0.04)
    assert distance == round(narrow @ narrow * 100 / 2 / LN2, 1)
    squares = ((WIDTH - columns @ narrow) ** 2).sum() / 0.08
    fit = (squares + 150 * math.log(0.2 * math.sqrt(2 * math.pi) / 0.1)) / LN2
    assert occam == round(price(3, 0.1) - fit, 1)
    for degree, more in wider:
        assert more == round(price(int(degree), 100) - price(int(degree), 10), 1)
        assert abs(more - (degree + 1) * math.log2(10)) < 0.1


def test_an_unknown_noise_leaves_the_verdicts():
    for spread, cheapest, bits in numbers("unknown-noise"):
        mixed = []
        for degree in range(9):
            each = [price(degree, spread, noise) for noise in np.geomspace(0.05, 1, 61)]
            mixed.append(-np.log2(np.mean(np.exp2(500 - np.array(each)))) + 500)
        assert cheapest == np.argmin(mixed) and bits == round(min(mixed), 1)


def test_a_noise_for_each_species_turns_the_verdict():
    by_species = np.array([0.1, 0.13, 0.29])[SPECIES]
    for (line, cubic, cheapest), noise in zip(
        numbers("other-noise"), (0.05 * LENGTH, by_species), strict=True
    ):
        bits = [price(degree, 1, noise) for degree in range(9)]
        assert (line, cubic) == (round(bits[1], 1), round(bits[3], 1))
        assert cheapest == np.argmin(bits)
    (first_ahead,), (bill, more, ahead), (below,) = numbers("by-noise")
    assert first_ahead == round(bits[3] - bits[1], 1)
    few = np.geomspace(0.05, 1, 5)
    for degree in (1, 3):
        each = [price(degree, 1, np.array(n)[SPECIES]) for n in product(few, repeat=3)]
        mixed = 400 - math.log2(np.mean(np.exp2(400 - np.array(each))))
        ours = chapter.unknown_by_species(chapter.powers(X, degree), WIDTH, SPECIES, 5)
        assert math.isclose(ours, mixed, rel_tol=1e-9)
    line, cubic = (
        chapter.unknown_by_species(chapter.powers(X, degree), WIDTH, SPECIES) for degree in (1, 3)
    )
    assert (bill, more) == (round(line, 1), round(line - price(1, 1, by_species), 1))
    assert ahead == round(cubic - line, 1) and below == round(price(3) - line, 1)
    off = WIDTH - np.polyval(np.polyfit(X, WIDTH, 1), X)
    assert [round(off[k == SPECIES].std(), 2) for k in range(3)] == [0.11, 0.13, 0.29]


def test_the_cubic_bends_to_the_species_whose_noise_was_put_too_small():
    off = []
    for degree in (1, 3):  # a ridge is a fit with rows of its own for the weights
        columns = np.vander(X, degree + 1, increasing=True)
        rows = np.vstack([columns / 0.2, np.eye(degree + 1)])
        best = np.linalg.lstsq(rows, np.append(WIDTH / 0.2, np.zeros(degree + 1)))[0]
        off.append((WIDTH - columns @ best) / 0.2)
    gains = [((off[0] ** 2 - off[1] ** 2)[k == SPECIES]).sum() / 2 / LN2 for k in range(3)]
    (shown,) = numbers("too-small")
    assert shown == [round(gain, 1) for gain in gains]
    assert max(shown) == shown[2] and shown[0] + shown[1] < 0


# ---- mean field ----------------------------------------------------------------------------------


@given(arrays(float, (3, 3), elements=st.floats(-1, 1)))
def test_mean_field_is_best_at_the_inverse_diagonal_and_never_wider(root):
    precision = root @ root.T + 0.1 * np.eye(3)
    cov, zero = np.linalg.inv(precision), np.zeros(3)

    def gap(variances):
        return gaussian_kl_full(zero, np.diag(variances), zero, cov) / LN2

    best = 1 / np.diag(precision)
    assert math.isclose(chapter.mean_field_gap(precision), gap(best), rel_tol=1e-7, abs_tol=1e-9)
    assert (best <= np.diag(cov) * (1 + 1e-12)).all()
    for factor in (0.9, 1.1):
        for i in range(3):
            assert gap(best * np.where(np.arange(3) == i, factor, 1)) > gap(best)


def test_the_elbo_prefers_the_line_and_the_evidence_the_cubic():
    rows = numbers("gaps")
    for degree, evidence, gap, both in rows:
        _, precision = chapter.weights(chapter.powers(X, int(degree)), WIDTH)
        cov = np.linalg.inv(precision)
        own = gaussian_kl_full(
            np.zeros(len(cov)), np.diag(1 / np.diag(precision)), np.zeros(len(cov)), cov
        )
        assert evidence == round(price(int(degree)), 2) and gap == round(own / LN2, 2)
        assert abs(evidence + gap - both) < 0.0101
    assert min(rows, key=lambda row: row[1])[0] == 3
    assert min(rows, key=lambda row: row[3])[0] == 1


def test_turned_weights_have_the_same_evidence_and_no_gap():
    columns = chapter.powers(X, 3)
    turn = np.linalg.svd(columns)[2].T
    assert math.isclose(chapter.fit_and_occam(columns @ turn, WIDTH).sum(), price(3), rel_tol=1e-9)
    assert abs(chapter.mean_field_gap(chapter.weights(columns @ turn, WIDTH)[1])) < 1e-9
    _, precision = chapter.weights(columns, WIDTH)
    ratios = 1 / np.sqrt(np.diag(precision) * np.diag(np.linalg.inv(precision)))
    assert numbers("turned")[1] == [round(ratio, 2) for ratio in ratios]


def test_sweeps_are_those_of_gauss_and_seidel():
    for degree, count, turned in with_thousands("sweep-counts"):
        best, precision = chapter.weights(chapter.powers(X, int(degree)), WIDTH)
        step = np.eye(len(best)) - np.linalg.solve(np.tril(precision), precision)
        off, taken = -best, 0
        while off @ precision @ off / 2 / LN2 > 0.001:
            off, taken = step @ off, taken + 1
        assert (taken, turned) == (count, 1)
        assert chapter.sweeps(chapter.powers(X, int(degree)), WIDTH) == taken


@given(arrays(float, (3, 4), elements=st.floats(0.01, 1)), st.integers(0, 99))
def test_a_step_of_one_coordinate_is_the_best(joint, seed):
    rng = np.random.default_rng(seed)
    q2 = rng.dirichlet(np.ones(4))

    def elbo(q1):
        q = np.outer(q1, q2)
        return (q * np.log(joint / q)).sum()

    best = normalize(np.exp(np.log(joint) @ q2))
    assert all(elbo(best) >= elbo(q1) - 1e-12 for q1 in rng.dirichlet(np.ones(3), 20))


# ---- 9 of 10 telegrams ---------------------------------------------------------------------------


def joint_density(z):
    share = 1 / (1 + math.exp(-z))
    return share**9 * (1 - share) * scipy.stats.norm.pdf(z)


def moment(power):
    return quad(lambda z: z**power * joint_density(z), -12, 12, epsabs=1e-14)[0]


def test_the_grid_has_the_integrals():
    total, mean, square = (moment(power) for power in range(3))
    mean, square = mean / total, square / total
    (bits,), (mu, sigma) = numbers("both-slots")
    assert (bits, mu) == (round(math.log2(total), 4), round(mean, 3))
    assert sigma == round(math.sqrt(square - mean**2), 3)


def test_the_best_gaussian_is_that_of_another_optimiser():
    def bill(place):
        m, log_s = place
        q = scipy.stats.norm(m, math.exp(log_s))
        low, high = m - 9 * math.exp(log_s), m + 9 * math.exp(log_s)
        return quad(lambda z: q.pdf(z) * (q.logpdf(z) - math.log(joint_density(z))), low, high)[0]

    found = minimize(bill, [1.0, -0.5], method="Nelder-Mead", options={"xatol": 1e-6})
    ((m, s, gap),) = numbers("best-q")
    assert (m, s) == (round(found.x[0], 3), round(math.exp(found.x[1]), 3))
    assert gap == round((found.fun + math.log(moment(0))) / LN2, 4)


def test_the_weighted_bound_is_a_mean_over_all_draws():
    weight = {0: 0.5 * 0.3 / 0.9, 1: 0.5 * 0.6 / 0.1}
    chance = {0: 0.9, 1: 0.1}
    (_, one), (_, five), (_, fifty) = numbers("importance")
    exact = 0.0
    for draws in product((0, 1), repeat=5):
        share = math.prod(chance[z] for z in draws)
        exact -= share * math.log2(sum(weight[z] for z in draws) / 5)
    assert five == round(exact, 4)
    first = np.arange(51)
    mean = (first * weight[0] + (50 - first) * weight[1]) / 50
    assert fifty == round(-scipy.stats.binom.pmf(first, 50, 0.9) @ np.log2(mean), 4)
    assert one > five > fifty > -math.log2(0.45)


# ---- slopes from draws ---------------------------------------------------------------------------


@pytest.mark.parametrize("model", [chapter.telegrams, chapter.light(0.3)], ids=["share", "light"])
@pytest.mark.parametrize("baseline", [0.0, -3.0])
def test_the_slopes_are_those_of_autograd(model, baseline):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    rng = np.random.default_rng(3)

    def log_likelihood(z):
        if model is chapter.telegrams:
            return 9 * torch.nn.functional.logsigmoid(z) + torch.nn.functional.logsigmoid(-z)
        return torch.log(0.05 + 0.9 * torch.sigmoid(z / 0.3))

    def log_normal(z, m, log_s):
        return -(((z - m) / log_s.exp()) ** 2) / 2 - log_s

    for m0, log_s0, noise in rng.normal(size=(20, 3)):
        m, log_s = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (m0, log_s0))
        still = m.detach(), log_s.detach()
        z = m + log_s.exp() * noise
        kept = z.detach()
        f = log_likelihood(kept) - kept**2 / 2 - log_normal(kept, *still)
        closed = (m**2 + (2 * log_s).exp() - 1) / 2 - log_s
        moved = log_likelihood(z)
        goals = {
            "score": (f - baseline) * log_normal(kept, m, log_s),
            "path": moved - closed,
            "path, inside": moved - z**2 / 2 - log_normal(z, m, log_s),
            "path, q held": moved - z**2 / 2 - log_normal(z, *still),
        }
        ours = chapter.slopes(model, m0, log_s0, noise, baseline)
        assert ours.keys() == goals.keys()
        for name, goal in goals.items():
            theirs = np.array(
                [g.item() for g in torch.autograd.grad(goal, [m, log_s], retain_graph=True)]
            )
            assert np.linalg.norm(ours[name] - theirs) <= 1e-12 * np.linalg.norm(theirs), name


FINE = np.linspace(-9, 9, 100_001)
SHARES = np.exp(-(FINE**2) / 2) / np.exp(-(FINE**2) / 2).sum()


def exact_std(row):
    return math.sqrt(row**2 @ SHARES - (row @ SHARES) ** 2)


def test_the_measured_variances_are_the_exact_ones():
    ((m, s, _),) = numbers("best-q")
    _, *table = numbers("variances")
    for column, place in enumerate(((0.0, 0.0), (m, math.log(s)))):
        value, _ = chapter.telegrams(place[0] + math.exp(place[1]) * FINE)
        z = place[0] + math.exp(place[1]) * FINE
        f = value - z**2 / 2 + FINE**2 / 2 + place[1]
        plain = chapter.slopes(chapter.telegrams, *place, FINE)
        based = chapter.slopes(chapter.telegrams, *place, FINE, f @ SHARES)["score"]
        paths = "path", "path, inside", "path, q held"
        rows = *(plain[name][0] for name in (*paths, "score")), based[0]
        for found, row in zip(table, rows, strict=True):
            assert abs(found[column] / exact_std(row) - 1) < 0.04
    # 29 other coordinates add their f, independent of the noise of the first
    value, _ = chapter.telegrams(FINE)
    spread, mean = exact_std(value), value @ SHARES
    alone = exact_std(value * FINE)
    assert abs(table[3][2] / math.sqrt(alone**2 + 29 * spread**2 + 29**2 * mean**2) - 1) < 0.05


def test_with_a_baseline_the_score_varies_less_than_the_path_at_the_end():
    at_start, at_end, _ = np.transpose(numbers("variances")[1:])
    path, inside, held, score, based = range(5)
    assert at_start[path] < at_start[based] < at_start[score]
    assert at_end[held] < at_end[based] < at_end[path] < at_end[inside] < at_end[score]


def test_a_sharp_edge_makes_the_path_vary_more_than_the_score():
    for edge, score, path in numbers("edges"):
        rows = chapter.slopes(chapter.light(edge), 0, 0, FINE)
        assert abs(score / exact_std(rows["score"][0]) - 1) < 0.03
        assert abs(path / exact_std(rows["path"][0]) - 1) < 0.05
        assert exact_std(rows["path"][1]) < exact_std(rows["score"][1])
    off_the_edge = chapter.slopes(chapter.light(0.01), 1, 0, FINE)
    assert exact_std(off_the_edge["path"][1]) > exact_std(off_the_edge["score"][1])
    zs = np.array([-0.5, -1e-3, 1e-3, 0.5])
    assert chapter.light(1e-7)(zs)[1].max() < 1e-200


def test_climbs_end_near_the_best_unless_the_plain_score_leads():
    rng = np.random.default_rng(99)  # not the chapter's
    ceiling = math.log(moment(0))
    worst = {}
    for kind in ("score", "score, baseline", "path", "path, q held"):
        places = zip(*chapter.climb(kind, rng), strict=True)
        gaps = [(ceiling - chapter.elbo(chapter.telegrams, *place)) / LN2 for place in places]
        assert min(gaps) > 0.004
        worst[kind] = np.median(gaps), max(gaps)
    assert worst.pop("score")[0] > 0.02
    assert max(high for _, high in worst.values()) < 0.03
    *rows, (short_steps,) = numbers("climbs")
    shown = [row[0] for row in rows]
    assert shown[0] > 10 * max(shown[1:])
    places = zip(*chapter.climb("score", rng, steps=5000, rate=0.002), strict=True)
    slow = np.median([(ceiling - chapter.elbo(chapter.telegrams, *at)) / LN2 for at in places])
    assert max(slow, short_steps) < shown[0] / 5


# ---- the stack -----------------------------------------------------------------------------------

pmfs = arrays(float, 6, elements=st.floats(0, 1)).filter(lambda a: a.sum() > 0.1).map(normalize)


@given(pmfs, st.integers(0, 2**200), st.integers(0, 5))
def test_pop_undoes_push_and_push_undoes_pop(p, message, symbol):
    ends = chapter.frequencies(p)
    assert chapter.pop(chapter.push(message, ends, symbol), ends) == (symbol, message)
    symbol, rest = chapter.pop(message, ends)
    assert chapter.push(rest, ends, symbol) == message


@given(pmfs)
def test_frequencies_are_the_probabilities_and_none_is_0(p):
    ends = chapter.frequencies(p)
    sizes = np.diff(ends)
    assert ends[0] == 0 and ends[-1] == 2**24 and (sizes > 0).all()
    assert np.abs(sizes / 2**24 - p).max() < 8 / 2**24


@given(pmfs, st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_a_symbol_makes_the_message_longer_by_its_surprise(p, symbols):
    ends = chapter.frequencies(p)
    message, bits = 2**64, 0.0
    for symbol in symbols:
        message = chapter.push(message, ends, symbol)
        bits -= math.log2((ends[symbol + 1] - ends[symbol]) / 2**24)
    assert abs(message.bit_length() - 65 - bits) < 1 + 1e-6


@given(st.integers(0, 99), st.integers(0, 2**64))
def test_all_comes_back_from_a_message_and_so_does_the_stock(seed, stock):
    rng = np.random.default_rng(seed)
    kind = chapter.frequencies(rng.dirichlet(np.ones(3)))
    first, second = (
        [chapter.frequencies(p) for p in rng.dirichlet(np.ones(5), 3)] for _ in range(2)
    )
    guess = [[chapter.frequencies(rng.dirichlet(np.ones(3))) for _ in range(5)] for _ in range(5)]
    pairs = [tuple(pair) for pair in rng.integers(0, 5, (40, 2)).tolist()]
    message, _ = chapter.send(stock, pairs, guess, kind, first, second)
    assert chapter.receive(message, 40, guess, kind, first, second) == (stock, pairs)


@given(st.integers(0, 2**80))
def test_mixing_is_undone_and_leaves_the_high_bits(message):
    mixed = chapter.mixed(message, chapter.ODD)
    assert mixed >> 24 == message >> 24
    assert chapter.mixed(mixed, pow(chapter.ODD, -1, 2**24)) == message


def a_coder(seed):
    """Return 40 pairs, kinds, their lists and a guess, of which each pmf is drawn at random."""
    rng = np.random.default_rng(seed)
    first, second = (
        [chapter.frequencies(p) for p in rng.dirichlet(np.ones(5), 3)] for _ in range(2)
    )
    guess = [[chapter.frequencies(rng.dirichlet(np.ones(3))) for _ in range(5)] for _ in range(5)]
    kind = chapter.frequencies(rng.dirichlet(np.ones(3)))
    return (
        [tuple(pair) for pair in rng.integers(0, 5, (40, 2)).tolist()],
        guess,
        (
            kind,
            first,
            second,
        ),
    )


def test_one_unit_off_in_one_table_can_lose_the_rest():
    pairs, guess, tables = a_coder(0)
    message, _ = chapter.send(2**64, pairs, guess, *tables)
    a, b = pairs[-1]  # the first that is decoded
    guess[a][b] = [0, guess[a][b][1] + 1, *guess[a][b][2:]]
    _, decoded = chapter.receive(message, 40, guess, *tables)
    assert decoded != pairs
    assert np.mean([x == y for x, y in zip(decoded, pairs, strict=True)]) < 0.3


def test_mixed_draws_are_those_of_the_guess_and_neighbours_no_more_alike_than_chance():
    # One table for all pairs, that is the prior: without mixing all draws are alike.
    rng = np.random.default_rng(4)
    pmf = np.array([0.5, 0.3, 0.2])
    kind = chapter.frequencies(pmf)
    lists = [chapter.frequencies(p) for p in rng.dirichlet(np.ones(5), 3)]
    pairs = [tuple(pair) for pair in rng.integers(0, 5, (4000, 2)).tolist()]
    _, kinds = chapter.send(2**64, pairs, [[kind] * 5] * 5, kind, lists, lists)
    z = np.array(kinds)
    alike = (z[1:] == z[:-1]).mean()
    chance, error = pmf @ pmf, math.sqrt(0.38 * 0.62 / 4000)
    assert abs(alike - chance) < 4 * error
    assert np.abs(np.bincount(z) / 4000 - pmf).max() < 4 * math.sqrt(0.25 / 4000)
    for poor in (3, 2**23 + 1):  # odd, and no good
        z = np.array(chapter.send(2**64, pairs, [[kind] * 5] * 5, kind, lists, lists, odd=poor)[1])
        assert abs((z[1:] == z[:-1]).mean() - chance) > 4 * error


@pytest.fixture(scope="module")
def learned_again():
    """Return shares, prices of the sent letters by kind and without: the chapter's stream, own EM.

    The draws that the chapter takes from its stream before are taken here too.
    """
    rng = np.random.default_rng(1993)
    rng.permutation(150)
    rng.normal(size=(20, 2))
    for columns in (1, 1, 30):
        rng.standard_normal((100_000, columns))
    rng.standard_normal(3 * 100_000)
    rng.standard_normal(4 * 500 * 10 * 16)
    letters = [ord(c) - 97 for c in data.load("genesis").lower() if c.isalpha()]
    pairs = np.reshape(letters[: len(letters) // 2 * 2], (-1, 2))
    half = len(pairs) // 2
    counts = np.zeros((26, 26))
    for a, b in pairs[:half]:
        counts[a, b] += 1
    share, (first, second) = np.full(8, 1 / 8), rng.dirichlet(np.ones(26), (2, 8))
    for _ in range(200):  # each list times the mean of what it lacks, as in a factorisation
        lack = counts / ((share[:, None] * first).T @ second)
        new_first = share[:, None] * first * (second @ lack.T) + 0.1
        new_second = share[:, None] * second * (first @ lack) + 0.1
        share = share * ((first @ lack) * second).sum(axis=1)
        share = share / share.sum()
        first = new_first / new_first.sum(axis=1, keepdims=True)
        second = new_second / new_second.sum(axis=1, keepdims=True)
    a, b = pairs[half : half + 2000].T
    alone = 2 * np.log2(counts.sum()) - np.log2(counts.sum(axis=1)[a] * counts.sum(axis=0)[b])
    return share, -np.log2(first[:, a]), -np.log2(second[:, b]), alone


def test_the_prices_of_the_letters_are_those_of_another_em(learned_again):
    share, of_first, of_second, alone = learned_again
    joint = np.exp2(-of_first - of_second) * share[:, None]
    lazy = np.exp2(-of_first) * share[:, None]
    lazy = lazy / lazy.sum(axis=0)
    surprise = -np.log2(joint.sum(axis=0))
    gap = (lazy * (np.log2(lazy) - np.log2(joint / joint.sum(axis=0)))).sum(axis=0)
    bill = np.log2(lazy) - np.log2(joint)
    varies = math.sqrt((lazy * (bill - (lazy * bill).sum(axis=0)) ** 2).sum())
    posterior = joint / joint.sum(axis=0)
    tossed = -(posterior * np.log2(joint)).sum()
    best = -np.log2(joint.max(axis=0)).sum()
    sums = surprise.sum(), gap.sum(), (surprise + gap).sum()
    assert with_thousands("expected") == [
        [round(x, 1) for x in sums],
        [round(varies)],
        [round(best), round(tossed)],
        [round(alone.sum())],
    ]
    ((lost, known),) = numbers("per-pair")
    assert lost == round(gap.mean(), 2) and known == round((alone - surprise).mean(), 2)


def test_draws_that_are_no_draws_cost_one_kinds_prices_and_mixed_ones_the_mean(learned_again):
    share, of_first, of_second, _ = learned_again
    prices = of_first + of_second
    mean = share @ prices
    (kinds, low, high, expected), (mixed_kinds, mixed, varies) = with_thousands("ex-same-kind-code")
    each = prices.sum(axis=1)
    assert (kinds, low, high) == (1, round(each.min()), round(each.max()))
    assert (mixed_kinds, expected) == (8, round(mean.sum()))
    assert varies == round(math.sqrt((share @ (prices - mean) ** 2).sum()))
    assert abs(mixed - expected) < 3 * varies / math.sqrt(8)
    # and by simulation: independent kinds for each pair
    draws = np.random.default_rng(2).choice(8, p=share, size=(400, 2000))
    messages = prices[draws, np.arange(2000)].sum(axis=1)
    assert abs(messages.mean() - expected) < 4 * varies / math.sqrt(400)
    assert abs(messages.std() / varies - 1) < 4 / math.sqrt(2 * 400)


def test_bits_back_grows_by_the_bill_of_its_own_draws():
    (low, high, mean, off), (lazy_low, lazy_high, lazy_mean, lazy_off) = with_thousands("sent")
    (surprise, gap, both), (varies,), (best, tossed), (alone,) = with_thousands("expected")
    assert off < 0.5 and lazy_off < 0.5
    assert max(abs(x - surprise) for x in (low, high, mean)) <= 2
    assert abs(surprise + gap - both) < 0.101
    # eight runs of mixed, so nearly independent draws
    assert abs(lazy_mean - both) < 3 * varies / math.sqrt(8) and lazy_low < both < lazy_high
    assert lazy_mean > alone > best > surprise and tossed > surprise


def test_em_never_lowers_the_likelihood_and_its_lists_are_pmfs():
    letters = [ord(c) - 97 for c in data.load("genesis").lower() if c.isalpha()]
    counts = np.zeros((26, 26))
    np.add.at(counts, (letters[0:30_000:2], letters[1:30_000:2]), 1)
    seen = []
    for rounds in (1, 5, 25, 125):
        share, first, second = chapter.learned(counts, np.random.default_rng(8), rounds=rounds)
        for table in (share, first, second):
            np.testing.assert_allclose(table.sum(axis=-1), 1, rtol=1e-12)
        evidence = np.einsum("z,za,zb->ab", share, first, second)
        prior = 0.1 * (np.log(first).sum() + np.log(second).sum())  # the ⅒ given to each letter
        seen.append((counts * np.log(evidence)).sum() + prior)
    assert all(after > before for before, after in pairwise(seen))
    belong = np.einsum("ab,z,za,zb->z", counts / evidence, share, first, second)
    np.testing.assert_allclose(share, normalize(belong), atol=0.002)


# ---- exercises -----------------------------------------------------------------------------------


def of_ten(degree, spread, ten):
    """Return the bits of ten flowers' widths."""
    columns = np.vander(X[ten], degree + 1, increasing=True)
    cov = spread**2 * columns @ columns.T + 0.04 * np.eye(10)
    logpdf = scipy.stats.multivariate_normal(np.zeros(10), cov).logpdf(WIDTH[ten])
    return -(logpdf + 10 * math.log(0.1)) / LN2


def test_nearly_all_of_a_wide_prior_is_paid_by_the_first_ten_flowers():
    paid = []
    for seed in range(400):  # not the chapter's orders
        ten = np.random.default_rng(seed).permutation(150)[:10]
        paid.append(of_ten(3, 100, ten) - of_ten(3, 1, ten))
    (total, mean, most, *_), *later = numbers("ex-paid-code")
    assert total == round(price(3, 100) - price(3), 1)
    assert abs(np.mean(paid) - mean) < 0.2
    assert abs(np.quantile(paid, 0.05) - most) < 0.5
    for spread, shown in later:
        apart = []
        for seed in range(60):
            ten = np.random.default_rng(seed).permutation(150)[:10]
            apart.append(of_ten(1, spread, ten) - of_ten(3, spread, ten))
        expected = price(1, spread) - price(3, spread) - np.mean(apart)
        assert abs(shown - expected) < 0.1 + 4 * np.std(apart) * math.sqrt(1 / 60 + 1 / 400)


def test_a_mean_field_can_be_wider_than_the_posterior():
    table = np.array([[0.35, 0.35], [0.3, 0.0]])
    lists = [np.array([1 - a, a]) for a in np.linspace(0, 1, 201)]
    gaps = {(a[1], b[1]): kl(np.outer(a, b), table) for a, b in product(lists, repeat=2)}
    z1, z2 = min(gaps, key=gaps.get)
    assert (z1, z2) == (0, 0.5)
    first, second, (wider, posterior) = numbers("ex-wider-code")
    assert first[-1] == round(gaps[0, 0.5], 4) == round(-math.log2(0.7), 4)
    assert second[-1] == round(-math.log2(0.65), 4)
    assert wider == z2 * (1 - z2) > posterior == round(0.35 * 0.65, 4)


@given(st.integers(0, 2**64), st.integers(0, 99))
def test_a_guess_that_is_the_prior_pops_what_was_pushed(stock, seed):
    rng = np.random.default_rng(seed)
    kind = chapter.frequencies(rng.dirichlet(np.ones(3)))
    lists = [chapter.frequencies(p) for p in rng.dirichlet(np.ones(5), 3)]
    pairs = [tuple(pair) for pair in rng.integers(0, 5, (30, 2)).tolist()]
    _, kinds = chapter.send(stock, pairs, [[kind] * 5] * 5, kind, lists, lists, odd=1)
    assert len(set(kinds)) == 1

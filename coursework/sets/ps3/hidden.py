"""The tests that give the marks of problem set 3: fresh inputs, against references of their own."""

import math

import numpy as np

from coursework.parts import Asked, check_within, part
from exercises.nats import IN_BITS, PLAIN_NATS
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, same


def draw(rng):
    """Return the numbers of questions 1, 4 and 5: the set's own, or those of somebody."""
    if rng is None:
        return {"habit": [0.6, 0.3, 0.1], "pay": [1.0, 2.0, 4.0], "beta": 2.0,
                "rate": 0.03, "bill": 98.2, "mean_ratio": 0.4}  # fmt: skip
    return {
        "habit": [[0.6, 0.3, 0.1], [0.7, 0.2, 0.1], [0.5, 0.4, 0.1]][rng.integers(3)],
        "pay": [[1.0, 2.0, 4.0], [0.0, 1.0, 3.0], [2.0, 3.0, 6.0]][rng.integers(3)],
        "beta": float(rng.choice([1.5, 2.0, 2.5])),
        "rate": float(rng.choice([0.02, 0.03, 0.05])),
        "bill": float(rng.choice([95.3, 98.2, 101.7])),
        "mean_ratio": float(rng.choice([0.3, 0.4, 0.6])),
    }


# 1. leash


def leashed(habit, pay, beta):
    """Return the policy with the most pay less β·D(π‖habit)."""
    return normal(np.asarray(habit) * np.exp((np.asarray(pay) - max(pay)) / beta))


def normal(weights):
    """Return weights as a distribution."""
    return weights / weights.sum()


def nats(p, q):
    """Return D(p‖q) in nats."""
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    some = p > 0
    with np.errstate(divide="ignore"):
        return float((p[some] * np.log(p[some] / q[some])).sum())


def accounts(numbers):
    """Return the answers of question 1, and the wrong ones that are known."""
    habit, pay, beta = (np.asarray(numbers[name]) for name in ("habit", "pay", "beta"))
    best = leashed(habit, pay, beta)
    value = best @ pay - beta * nats(best, habit)
    return {
        "best_share": best[2],
        "stretch": nats(best, habit),
        "worth": value,
        "β multiplied": leashed(habit, pay, 1 / beta)[2],
        "no habit": normal(np.exp(pay / beta))[2],
        "no β": leashed(habit, pay, 1)[2],
        "swapped": nats(habit, best),
        "in bits": nats(best, habit) / math.log(2),
        "times β": beta * nats(best, habit),
        "pay alone": best @ pay,
        "β forgotten": best @ pay - nats(best, habit),
        "habit": habit @ pay,
        "log of the sum": value / beta,
    }


def compare(student, name, slips):
    """Compare one of the three numbers, to three decimals."""
    known = accounts(student.drawn)
    wrong = {known[which]: says for which, says in slips.items()}
    check_within(student.value(name), known[name], 0.00051, wrong)


@part("leash", points=1, says="best_share")
def best_share(student, rng):
    slips = {
        "β multiplied": "β stands in the wrong place: the larger β, the nearer to the habit. "
        "Divide the pay by it.",
        "no habit": "the habit is missing: it is the weight of each exponential.",
        "no β": "β is missing.",
    }
    compare(student, "best_share", slips)


@part("leash", points=1, says="stretch")
def stretch(student, rng):
    slips = {
        "swapped": "p and q are swapped: the policy is what happens, the habit what is left.",
        "in bits": "log2 was used, so this is in bits. Use the natural logarithm.",
        "times β": "β is not a part of the divergence.",
    }
    compare(student, "stretch", slips)


@part("leash", points=1, says="worth")
def worth(student, rng):
    slips = {
        "pay alone": "this is the mean pay. Subtract β times the divergence.",
        "β forgotten": "the divergence costs β for each nat.",
        "habit": "this is the mean pay of the habit.",
        "log of the sum": "this is log Σ habit·exp(pay/β). Multiply by β.",
    }
    compare(student, "worth", slips)


# 2. spend


def spent(variances, nats_in_all):
    """Return how the nats are spent, by halving the interval of the level's logarithm."""
    logs = np.log(variances)
    low, high = logs.min() - 2 * nats_in_all - 1, logs.max()
    for _ in range(200):
        level = (low + high) / 2
        rate = np.maximum(logs - level, 0).sum() / 2
        low, high = (level, high) if rate > nats_in_all else (low, level)
    return np.maximum(logs - high, 0) / 2


SPEND = Asked(
    "spend",
    spent,
    slips=[
        Slip(
            "the nats are shared evenly. The next one belongs where the error is largest.",
            gives(lambda v, nats: np.full(v.size, nats / v.size)),
        ),
        Slip(
            "the nats are shared in proportion to the variances. Their logarithms count.",
            gives(lambda v, nats: nats * v / v.sum()),
        ),
        Slip(
            "some coordinates get less than 0. A coordinate can't sell nats: leave it out, and "
            "share among the others.",
            lambda got, expected, v, nats: got.shape == v.shape and bool((got < -1e-9).any()),
        ),
        Slip(
            "what was below 0 was set to 0, and then more is spent than there is. Find the level "
            "anew without those coordinates.",
            gives(lambda v, nats: np.maximum(_all_at_one_level(v, nats), 0)),
        ),
        Slip(
            "what was below 0 was set to 0 and the rest scaled. Find the level anew.",
            gives(lambda v, nats: nats * normal(np.maximum(_all_at_one_level(v, nats), 0))),
        ),
        Slip(
            "all nats went to the widest coordinate.",
            gives(lambda v, nats: np.where(np.arange(v.size) == v.argmax(), nats, 0.0)),
        ),
        Slip(
            "these are twice the nats: a rate is half the logarithm of a ratio of variances.",
            gives(lambda v, nats: 2 * spent(v, nats)),
        ),
        Slip(
            "half as many nats are spent as there are. Is a variance taken for a standard "
            "deviation, or a ½ counted twice?",
            gives(lambda v, nats: spent(v, nats / 2)),
        ),
        Slip(
            "these are the variances that are left. The nats spent on each are asked for.",
            gives(lambda v, nats: v * np.exp(-2 * spent(v, nats))),
        ),
        IN_BITS,
        Slip(
            "more nats are spent than there are.",
            lambda got, expected, v, nats: got.shape == v.shape and bool(got.sum() > nats + 1e-6),
        ),
        Slip(
            "close, and not right to six digits. Are the nats given out in small steps? Find the "
            "level itself.",
            lambda got, expected, v, nats: (
                got.shape == v.shape and bool(np.abs(got - expected).max() < 1e-2)
            ),
        ),
        Slip("the result is in the order of the variances' size. Keep the order of the input.",
             lambda got, expected, v, nats: (
                 got.shape == v.shape and same(np.sort(got), np.sort(expected))
             )),
    ],
    general=PLAIN_NATS,
)  # fmt: skip


def _all_at_one_level(v, nats):
    """Return the nats at a level that all share, also those for whom it is too high."""
    logs = np.log(v)
    return (logs - logs.mean()) / 2 + nats / v.size


def variances(rng, size):
    """Return variances over some orders of magnitude, in no order."""
    return np.exp(rng.normal(0, 1.5, size))


@part("spend", points=2, says="random variances, some of which get nothing")
def random_variances(student, rng):
    for size in (3, 5, 12, 40):
        v = variances(rng, size)
        SPEND.check(student, v, float(rng.uniform(0.2, 0.5) * size * 0.5))


@part("spend", points=1, says="few nats and many", after=random_variances)
def few_and_many(student, rng):
    for nats_in_all in (1e-3, 0.1, 60.0):
        SPEND.check(student, variances(rng, 6), nats_in_all)
    SPEND.check(student, rng.permutation([1e-12, 1.0, 1e12]), 20.0)


@part(
    "spend",
    points=1,
    says="no nats, equal variances; the inputs stay as they were",
    after=random_variances,
)
def spend_at_the_ends(student, rng):
    v = variances(rng, 5)
    SPEND.check(student, v, 0.0)
    SPEND.check(student, np.array([2.0, 2.0, 0.1, 2.0]), 0.9)
    SPEND.check_inputs(student, v, 1.5, names=["variances", "nats"])


# 3. clipped_slope


def softmax(z):
    """Return the softmax of each row."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_of_chosen(z, actions):
    """Return the log probability of each action."""
    top = z.max(axis=-1, keepdims=True)
    return (z - top - np.log(np.exp(z - top).sum(axis=-1, keepdims=True)))[
        np.arange(len(z)), actions
    ]


def slope_of_entropy(z):
    """Return the slope of each row's entropy in its logits."""
    pi = softmax(z)
    logs = np.log(np.where(pi > 0, pi, 1))
    return -pi * (logs - (pi * logs).sum(axis=-1, keepdims=True))


def slope(z, actions, old, advantages, epsilon, bonus, clip=True, mean=True):
    """Return the slope of PPO's mean clipped objective with a bonus, in the logits."""
    rho = np.exp(log_of_chosen(z, actions) - old)
    moves = ~(((advantages > 0) & (rho > 1 + epsilon)) | ((advantages < 0) & (rho < 1 - epsilon)))
    weight = rho * advantages * (moves if clip else 1)
    hot = np.zeros(z.shape)
    hot[np.arange(len(z)), actions] = 1
    made = weight[:, None] * (hot - softmax(z)) + bonus * slope_of_entropy(z)
    return made / len(z) if mean else made


def with_bonus(other):
    """Recognise a bonus whose slope is another, by what is added in its place."""

    def fits(got, expected, z, actions, old, advantages, epsilon, bonus):
        without = slope(z, actions, old, advantages, epsilon, 0)
        return bonus > 0 and got.shape == z.shape and same(got, without + bonus * other(z))

    return fits


def slope_in_the_probabilities(z):
    """Return the slope of the entropy in each probability, as if none moved with another."""
    return -(np.log(np.maximum(softmax(z), 1e-300)) + 1) / len(z)


def clipped_on_both_sides(z, actions, old, advantages, epsilon, bonus):
    """Return the slope if the ratio is clipped whatever the sign of the advantage."""
    rho = np.exp(log_of_chosen(z, actions) - old)
    within = np.abs(rho - 1) <= epsilon
    return slope(z, actions, old, advantages * within, epsilon, bonus)


def the_other_min(z, actions, old, advantages, epsilon, bonus):
    """Return the slope of the larger of the two, in place of the smaller."""
    rho = np.exp(log_of_chosen(z, actions) - old)
    stops = ((advantages < 0) & (rho > 1 + epsilon)) | ((advantages > 0) & (rho < 1 - epsilon))
    return slope(z, actions, old, advantages * ~stops, epsilon, bonus, clip=False)


def hot_alone(z, actions, old, advantages, epsilon, bonus):
    """Return the slope if a logit moved its own probability only."""
    made = slope(z, actions, old, advantages, epsilon, 0)
    hot = np.zeros(z.shape, dtype=bool)
    hot[np.arange(len(z)), actions] = True
    chosen = softmax(z)[hot]
    return np.where(
        hot, made / (1 - np.where(hot, chosen[:, None], 0)), 0
    ) + bonus * slope_of_entropy(z) / len(z)


def unweighted(z, actions, old, advantages, epsilon, bonus):
    """Return the slope without the ratio as a factor."""
    rho = np.exp(log_of_chosen(z, actions) - old)
    return slope(z, actions, old, advantages / rho, epsilon, bonus)


def few_digits(got, expected, z, *rest):
    """Return whether all is nearly right or, where differences step over a jump, a third of it.

    Large logits have few digits themselves: there a third that is nearly right means nothing.
    """
    if got.shape != expected.shape:
        return False
    error = np.abs(got - expected)
    near = (error < 1e-7) & (np.abs(z).max() < 100)
    return bool(error.max() < 1e-3 or (near.mean() > 1 / 3 and error[near].max() > 1e-15))


SLOPE = Asked(
    "clipped_slope",
    slope,
    slips=[
        Slip("the clip is missing: where it holds, the slope is 0.",
             gives(lambda z, a, old, adv, e, c: slope(z, a, old, adv, e, c, clip=False))),
        Slip(
            "the slope is 0 on both sides of the clip. With A > 0 it is so above 1 + ε alone, with "
            "A < 0 below 1 − ε alone.",
            gives(clipped_on_both_sides),
        ),
        Slip("this is the slope of the larger of the two products. PPO takes the smaller.",
             gives(the_other_min)),
        Slip("the sign is wrong: this is the way down.", gives(lambda *a: -slope(*a))),
        Slip("these are the slopes of each sample's own term. Divide by the number of samples.",
             gives(lambda z, a, old, adv, e, c: slope(z, a, old, adv, e, c, mean=False))),
        Slip("the ratio is missing: the slope of ρ is ρ times that of log π.", gives(unweighted)),
        Slip("the bonus is missing.", with_bonus(lambda z: 0)),
        Slip("the bonus pulls the wrong way: entropy is to grow.",
             with_bonus(lambda z: -slope_of_entropy(z) / len(z))),
        Slip("the bonus is added for each sample whole. It is part of the mean: divide it too.",
             with_bonus(slope_of_entropy)),
        Slip("the bonus has its slope in the probabilities. A logit moves all of its row.",
             with_bonus(slope_in_the_probabilities)),
        Slip("the bonus is of an entropy in bits. Its slope is asked for in nats.",
             with_bonus(lambda z: slope_of_entropy(z) / math.log(2) / len(z))),
        Slip("a logit moves all probabilities of its row: subtract π, not only at the action.",
             gives(hot_alone)),
        Slip("the numbers are right to a few digits only. Are they differences of the objective, "
             "or in short floats? The slope has a formula.",
             few_digits),
        Slip("nan or inf: exp of a large logit has no room in a float. Subtract the largest first.",
             lambda got, expected, *args: not bool(np.isfinite(got).all())),
    ],
    general=PLAIN,
)  # fmt: skip


def batch(rng, size, choices):
    """Return a batch whose ratios lie on all sides of the clip."""
    z = rng.normal(0, 1, (size, choices))
    actions = rng.integers(0, choices, size)
    log_ratio = rng.permutation(np.resize([0.05, 0.5, -0.5, -0.05, 0.9, -0.9], size))
    return z, actions, log_of_chosen(z, actions) - log_ratio, rng.normal(0, 2, size), 0.2


def batch_at_the_edge(rng, size, choices, epsilon):
    """Return a batch of which half of the ratios lie a ten-millionth from a jump of the slope.

    Differences of the objective step over it, or have too few digits left.
    """
    z, actions, old, advantages, _ = batch(rng, size, choices)
    edge = np.log1p(np.where(advantages > 0, epsilon, -epsilon))
    near = log_of_chosen(z, actions) - edge + rng.choice([-1e-7, 1e-7], size)
    return z, actions, np.where(np.arange(size) % 2, near, old), advantages, epsilon


@part("clipped_slope", points=1, says="random batches without a bonus, to six digits")
def random_batches(student, rng):
    for size, choices in ((6, 2), (12, 4), (30, 3)):
        SLOPE.check(student, *batch(rng, size, choices), 0.0)


TEN_DIGITS = {"rtol": 1e-10, "atol": 1e-12}


@part(
    "clipped_slope",
    points=1,
    says="to ten digits, also next to the edge of the clip",
    after=random_batches,
)
def to_ten_digits(student, rng):
    for size, choices in ((12, 3), (24, 5)):
        SLOPE.check(student, *batch_at_the_edge(rng, size, choices, 0.2), 0.0, **TEN_DIGITS)


@part("clipped_slope", points=2, says="with a bonus, to ten digits", after=random_batches)
def with_a_bonus(student, rng):
    for size, choices in ((12, 3), (24, 5)):
        bonus = float(rng.uniform(0.5, 2))
        SLOPE.check(student, *batch_at_the_edge(rng, size, choices, 0.3), bonus, **TEN_DIGITS)


@part(
    "clipped_slope",
    points=1,
    says="large logits, an advantage of 0; the inputs stay as they were",
    after=random_batches,
)
def slopes_at_the_ends(student, rng):
    z, actions, old, advantages, epsilon = batch(rng, 12, 3)
    SLOPE.check(
        student, z + 4000 * rng.normal(size=(12, 1)), actions, old, advantages, epsilon, 0.7
    )
    SLOPE.check(student, z, actions, old, advantages * (np.arange(12) % 2), epsilon, 0.7)
    sure = np.where(np.arange(3) == actions[:, None], z, z - 5000)
    SLOPE.check(student, sure, actions, np.zeros(12), advantages, epsilon, 0.7)
    names = ["z", "actions", "old", "advantages", "epsilon", "bonus"]
    SLOPE.check_inputs(student, z, actions, old, advantages, epsilon, 0.7, names=names)


# 6. on_a_budget


def on_a_budget(habit, pay, budget):
    """Return the policy with the most pay within the budget, by halving the interval of 1/β."""
    some = habit > 0
    best = some & (pay == pay[some].max())
    limit = normal(np.where(best, habit, 0.0))
    if nats(limit, habit) <= budget:
        return limit
    low, high = 0.0, 1.0

    def policy(inverse):
        logs = np.full(habit.shape, -np.inf)
        logs[some] = np.log(habit[some]) + inverse * (pay[some] - pay[some].max())
        return np.exp(logs) / np.exp(logs).sum()

    while nats(policy(high), habit) < budget:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if nats(policy(middle), habit) < budget else (low, middle)
    return policy(low)


def reversed_leash(habit, pay, budget):
    """Return the policy with the most pay within a budget for D(habit‖π)."""
    low, high = pay.max() + 1e-9, pay.max() + 1e9
    for _ in range(300):
        level = math.sqrt((low - pay.max()) * (high - pay.max())) + pay.max()
        far = nats(habit, normal(habit / (level - pay)))
        low, high = (level, high) if far > budget else (low, level)
    return normal(habit / (high - pay))


BUDGET = Asked(
    "on_a_budget",
    on_a_budget,
    slips=[
        Slip("this is the habit. The budget allows more.", gives(lambda h, r, b: h)),
        Slip(
            "this is the best action alone, whatever it costs. It is over the budget.",
            gives(lambda h, r, b: np.where(np.arange(h.size) == r.argmax(), 1.0, 0.0)),
        ),
        Slip(
            "the budget was taken for β. Find the β at which the divergence is the budget.",
            gives(lambda h, r, b: leashed(h, r, b)),
        ),
        Slip(
            "the budget was taken for 1/β. Find the β at which the divergence is the budget.",
            gives(lambda h, r, b: leashed(h, r, 1 / b)),
        ),
        Slip(
            "the divergence is the wrong way round: the budget is for D(π‖habit).",
            lambda got, expected, h, r, b: (
                bool((h > 0).all()) and bool(np.abs(got - reversed_leash(h, r, b)).max() < 1e-4)
            ),
        ),
        Slip(
            "the budget was taken in bits. It is in nats.",
            gives(lambda h, r, b: on_a_budget(h, r, b * math.log(2))),
        ),
        Slip(
            "the habit is missing: these are exponentials of the pay alone.",
            lambda got, expected, h, r, b: (
                got.shape == h.shape
                and bool((got > 0).all())
                and _is_a_line(np.log(got), r)
            ),
        ),
        Slip(
            "this is a mixture of the habit and the best action. A leash bends all probabilities.",
            lambda got, expected, h, r, b: (
                got.shape == h.shape and _is_a_mixture(got, h, r)
            ),
        ),
        Slip(
            "this does not sum to 1.",
            lambda got, expected, h, r, b: (
                got.shape == h.shape and bool(abs(got.sum() - 1) > 1e-4)
            ),
        ),
        Slip(
            "an action that the habit never takes gets something. Its divergence is infinite.",
            lambda got, expected, h, r, b: got.shape == h.shape and bool((got[h == 0] > 0).any()),
        ),
        Slip(
            "nan: where the budget is large, exp has no room. Subtract the largest pay, and let "
            "the best actions have it all.",
            lambda got, expected, h, r, b: bool(np.isnan(got).any()),
        ),
    ],
    general=PLAIN,
    rtol=0,
    atol=6e-5,  # who rounds to four decimals is off by 5e-5
)  # fmt: skip


def _is_a_line(y, x):
    """Do these points lie on a line?"""
    made = np.polyval(np.polyfit(x, y, 1), x)
    return bool(np.abs(y - made).max() < 1e-6)


def _is_a_mixture(got, habit, pay):
    """Are all but the best action's shares the habit's, times one factor?"""
    others = (np.arange(habit.size) != pay.argmax()) & (habit > 0)
    if others.sum() < 2:
        return False
    factors = got[others] / habit[others]
    return bool(np.ptp(factors) < 1e-6 and 0 < factors[0] < 1 - 1e-6)


def game(rng, size):
    """Return a habit and what each action pays."""
    return rng.dirichlet(np.ones(size)), rng.normal(0, 3, size)


@part("on_a_budget", points=3, says="random habits, pay and budgets")
def random_budgets(student, rng):
    for size in (3, 4, 10, 50):
        habit, pay = game(rng, size)
        limit = -math.log(habit[pay.argmax()])
        BUDGET.check(student, habit, pay, float(rng.uniform(0.1, 0.8) * limit))


@part(
    "on_a_budget", points=2, says="budgets of 0 and of more than enough, ties", after=random_budgets
)
def budgets_at_the_ends(student, rng):
    habit, pay = game(rng, 5)
    BUDGET.check(student, habit, pay, 0.0)
    BUDGET.check(student, habit, pay, 40.0)
    tied = np.array([3.0, 1.0, 3.0, -2.0, 3.0])
    BUDGET.check(student, habit, tied, 40.0)
    BUDGET.check(student, habit, np.full(5, 2.0), 0.5)


@part(
    "on_a_budget",
    points=1,
    says="actions never taken, large pay; the inputs stay as they were",
    after=random_budgets,
)
def actions_never_taken(student, rng):
    habit, pay = game(rng, 5)
    habit[1], pay[1] = 0.0, 99.0
    habit = normal(habit)
    BUDGET.check(student, habit, pay, 0.2)
    BUDGET.check(student, habit, 1e4 * pay, 0.2)
    BUDGET.check_inputs(student, habit, pay, 0.2, names=["habit", "pay", "budget"])

"""How students answer problem set 3, right and wrong, and what each answer deserves."""

import math
from fractions import Fraction

import numpy as np

import lib
from coursework.answers import right, wrong

# ---- 1. leash ------------------------------------------------------------------------------------


@right("leash", values=True)
def in_loops(n):
    weights = [h * math.exp(r / n["beta"]) for h, r in zip(n["habit"], n["pay"], strict=True)]
    policy = [weight / sum(weights) for weight in weights]
    stretch = sum(p * math.log(p / h) for p, h in zip(policy, n["habit"], strict=True))
    mean = sum(p * r for p, r in zip(policy, n["pay"], strict=True))
    return {"best_share": policy[-1], "stretch": stretch, "worth": mean - n["beta"] * stretch}


@right("leash", values=True)
def by_the_log_of_a_sum(n):
    """What it is worth is β log Σ h exp(r/β); the divergence follows from it."""
    h, r, beta = np.array(n["habit"]), np.array(n["pay"]), n["beta"]
    total = h @ np.exp(r / beta)
    policy = h * np.exp(r / beta) / total
    return {"best_share": policy[2], "worth": beta * np.log(total),
            "stretch": policy @ r / beta - np.log(total)}  # fmt: skip


@right("leash", values=True, needs="scipy")
def with_an_optimiser(n):
    from scipy.optimize import minimize
    from scipy.special import softmax

    h, r, beta = np.array(n["habit"]), np.array(n["pay"]), n["beta"]
    loss = lambda z: beta * lib.kl_divergence(softmax(z), h) - softmax(z) @ r
    policy = softmax(minimize(loss, np.log(h), tol=1e-12).x)
    return {
        "best_share": policy[2],
        "stretch": lib.kl_divergence(policy, h),
        "worth": -loss(np.log(policy)),
    }


@right("leash", values=True)
def rounded_and_short(n):
    made = in_loops.function(n)
    return {"best_share": round(made["best_share"], 3), "stretch": np.float32(made["stretch"]),
            "worth": Fraction(round(made["worth"], 4))}  # fmt: skip


@wrong("leash", 0, values=True, slip="Divide the pay")
def beta_multiplied(n):
    h, r, beta = np.array(n["habit"]), np.array(n["pay"]), n["beta"]
    policy = lib.normalize(h * np.exp(r * beta))
    stretch = lib.kl_divergence(policy, h)
    return {"best_share": policy[2], "stretch": stretch, "worth": policy @ r - beta * stretch}


@wrong("leash", 2, values=True, slip="habit is missing")
def without_the_habit(n):
    return {"best_share": lib.softmax(np.array(n["pay"]) / n["beta"])[2]}


@wrong("leash", 2, values=True, slip="β is missing")
def without_beta(n):
    return {"best_share": lib.normalize(np.array(n["habit"]) * np.exp(n["pay"]))[2]}


@wrong("leash", 2, values=True, slip="swapped")
def the_divergence_turned_round(n):
    policy = lib.normalize(np.array(n["habit"]) * np.exp(np.array(n["pay"]) / n["beta"]))
    return {"stretch": lib.kl_divergence(n["habit"], policy)}


@wrong("leash", 2, values=True, slip="in bits")
def stretch_in_bits(n):
    return {"stretch": in_loops.function(n)["stretch"] / math.log(2)}


@wrong("leash", 2, values=True, slip="Subtract β times")
def the_pay_alone(n):
    made = in_loops.function(n)
    return {"worth": made["worth"] + n["beta"] * made["stretch"]}


@wrong("leash", 2, values=True, slip="costs β")
def a_nat_costs_one(n):
    made = in_loops.function(n)
    return {"worth": made["worth"] + (n["beta"] - 1) * made["stretch"]}


@wrong("leash", 2, values=True, slip="Multiply by β")
def the_log_of_the_sum_alone(n):
    return {"worth": in_loops.function(n)["worth"] / n["beta"]}


# ---- 2. spend ------------------------------------------------------------------------------------


@right("spend")
def by_sorting(variances, nats):
    logs = np.log(variances)
    widest = np.sort(logs)[::-1]
    for count in range(len(widest), 0, -1):
        level = (widest[:count].sum() - 2 * nats) / count
        if widest[count - 1] >= level:
            return np.maximum(logs - level, 0) / 2
    return np.zeros(len(logs))


@right("spend")
def by_bisection(variances, nats):
    spent = lambda log_level: np.maximum(np.log(variances) - log_level, 0) / 2
    low, high = math.log(min(variances)) - 2 * nats - 1, math.log(max(variances))
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if spent(middle).sum() > nats else (low, middle)
    return spent(high)


@right("spend")
def leaving_out_who_is_below(variances, nats):
    some = [True] * len(variances)
    while True:
        logs = [math.log(v) for v, keep in zip(variances, some, strict=True) if keep]
        level = (math.fsum(logs) - 2 * nats) / len(logs)
        below = [keep and math.log(v) < level for v, keep in zip(variances, some, strict=True)]
        if not any(below):
            return [max(0, math.log(v) - level) / 2 if keep else 0
                    for v, keep in zip(variances, some, strict=True)]  # fmt: skip
        some = [keep and not out for keep, out in zip(some, below, strict=True)]


@right("spend", needs="scipy")
def with_a_root_of_scipy(variances, nats):
    from scipy.optimize import brentq

    logs = np.log(variances)
    off = lambda level: np.maximum(logs - level, 0).sum() / 2 - nats
    level = brentq(off, logs.min() - 2 * nats - 1, logs.max(), xtol=1e-14)
    return np.maximum(logs - level, 0) / 2


@wrong("spend", 0, slip="shared evenly")
def evenly(variances, nats):
    return np.full(variances.size, nats / variances.size)


@wrong("spend", 0, slip="more nats are spent")
def all_to_each(variances, nats):
    return np.full(variances.size, nats)


@wrong("spend", 0, slip="proportion")
def by_variance(variances, nats):
    return nats * variances / variances.sum()


@wrong("spend", 0, slip="less than 0")
def below_nothing(variances, nats):
    logs = np.log(variances)
    return (logs - logs.mean()) / 2 + nats / len(logs)


@wrong("spend", 0, slip="anew without")
def below_nothing_set_to_nothing(variances, nats):
    return np.maximum(below_nothing.function(variances, nats), 0)


@wrong("spend", 0, slip="rest scaled")
def below_nothing_and_scaled(variances, nats):
    made = np.maximum(below_nothing.function(variances, nats), 0)
    return nats * made / made.sum()


@wrong("spend", 0, slip="widest coordinate")
def all_to_the_widest(variances, nats):
    return nats * (np.arange(variances.size) == variances.argmax())


@wrong("spend", 0, slip="twice the nats")
def without_the_half(variances, nats):
    return 2 * by_sorting.function(variances, nats)


@wrong("spend", 0, slip="half as many")
def with_a_half_counted_twice(variances, nats):
    return by_sorting.function(variances, nats / 2)


@wrong("spend", 0, slip="variances that are left")
def what_is_left(variances, nats):
    return variances * np.exp(-2 * by_sorting.function(variances, nats))


@wrong("spend", 0, slip="order of the input")
def in_order_of_size(variances, nats):
    return np.sort(by_sorting.function(variances, nats))[::-1]


@wrong("spend", 0, slip="in bits")
def spent_in_bits(variances, nats):
    return by_sorting.function(variances, nats) / math.log(2)


@wrong("spend", 3, slip="changes variances")
def sorted_in_place(variances, nats):
    made = by_sorting.function(variances, nats)
    variances.sort()
    return made


@wrong("spend", 0)
def a_thousand_small_spoons(variances, nats):
    """What the hint says, by trying: right to three digits."""
    made, left = np.zeros(variances.size), np.array(variances)
    for _ in range(1000):
        widest = left.argmax()
        made[widest] += nats / 1000
        left[widest] *= math.exp(-2 * nats / 1000)
    return made


@wrong("spend", 0, slip="small steps")
def a_thousandth_at_a_time(variances, nats):
    rates, left = np.zeros(len(variances)), variances.copy()
    for _ in range(2000):
        widest = left.argmax()
        rates[widest] += nats / 2000
        left[widest] *= math.exp(-2 * nats / 2000)
    return rates


# ---- 3. clipped_slope ----------------------------------------------------------------------------


def of_the_bonus(z, bonus):
    """Return what the bonus adds to the slope, as it should be."""
    pi, logs = lib.softmax(z), lib.log_softmax(z)
    return -bonus * pi * (logs - (pi * logs).sum(axis=1, keepdims=True)) / len(z)


@right("clipped_slope")
def vectorised(z, actions, old, advantages, epsilon, bonus):
    pi = lib.softmax(z)
    hot = np.eye(z.shape[1])[actions]
    rho = np.exp((lib.log_softmax(z) * hot).sum(axis=1) - old)
    free = rho * advantages <= np.clip(rho, 1 - epsilon, 1 + epsilon) * advantages
    logs = lib.log_softmax(z)
    entropy = -(pi * logs).sum(axis=1, keepdims=True)
    made = (free * rho * advantages)[:, None] * (hot - pi) - bonus * pi * (logs + entropy)
    return made / len(z)


@right("clipped_slope")
def sample_by_sample(z, actions, old, advantages, epsilon, bonus):
    made = []
    for row, a, was, gain in zip(z.tolist(), actions.tolist(), old.tolist(), advantages.tolist(),
                                 strict=True):  # fmt: skip
        most = max(row)
        total = sum(math.exp(x - most) for x in row)
        pi = [math.exp(x - most) / total for x in row]
        rho = math.exp(row[a] - most - math.log(total) - was)
        held = (gain > 0 and rho > 1 + epsilon) or (gain < 0 and rho < 1 - epsilon)
        weight = 0 if held else rho * gain / len(z)
        entropy = math.fsum(-p * math.log(p) for p in pi if p > 0)
        pull = [-p * (math.log(p) + entropy) if p > 0 else 0 for p in pi]
        made.append([weight * ((k == a) - p) + bonus * pull[k] / len(z)
                     for k, p in enumerate(pi)])  # fmt: skip
    return made


@right("clipped_slope", needs="scipy")
def with_scipy(z, actions, old, advantages, epsilon, bonus):
    from scipy.special import entr, log_softmax

    logs, rows = log_softmax(z, axis=1), range(len(z))
    rho = np.exp(logs[rows, actions] - old)
    weight = np.where(np.sign(advantages) * (rho - 1) > epsilon, 0, rho * advantages) / len(z)
    made = -np.exp(logs) * weight[:, None]
    made[rows, actions] += weight
    pi = np.exp(logs)
    mean = entr(pi).sum(axis=1, keepdims=True)
    return made + bonus * (entr(pi) - pi * mean) / len(z)


@right("clipped_slope")
def as_a_cross_entropy(z, actions, old, advantages, epsilon, bonus):
    """The slope of log π is minus that of the cross-entropy with the action as its label."""
    rho = np.exp(-lib.cross_entropy_from_logits(actions, z) - old)
    held = np.where(advantages > 0, rho > 1 + epsilon, rho < 1 - epsilon)
    weight = np.where(held, 0, rho * advantages)
    pi, surprise = lib.softmax(z), -lib.log_softmax(z)
    covariance = pi * (surprise - (pi * surprise).sum(axis=1, keepdims=True))
    made = -weight[:, None] * lib.cross_entropy_gradient(actions, z) + bonus * covariance
    return made / len(z)


@right("clipped_slope")
def with_a_complex_step(z, actions, old, advantages, epsilon, bonus):
    """A step in the imaginary direction takes no difference, so it has all digits."""
    z = z - z.max(axis=1, keepdims=True)
    rows, made = np.arange(len(z)), np.zeros(z.shape)
    for k in range(z.shape[1]):
        moved = z.astype(complex)
        moved[:, k] += 1e-30j
        logs = moved - np.log(np.exp(moved).sum(axis=1))[:, None]
        entropy = -(np.exp(logs) * logs).sum(axis=1)
        rho = np.exp(logs[rows, actions] - old)
        held = np.where(advantages > 0, rho.real > 1 + epsilon, rho.real < 1 - epsilon)
        clipped = np.where(held, 0, (rho * advantages).imag)
        made[:, k] = (clipped + bonus * entropy.imag) / 1e-30
    return made / len(z)


@wrong("clipped_slope", 0, slip="clip is missing")
def without_the_clip(z, actions, old, advantages, epsilon, bonus):
    hot = np.eye(z.shape[1])[actions]
    rho = np.exp((lib.log_softmax(z) * hot).sum(axis=1) - old)
    made = (rho * advantages)[:, None] * (hot - lib.softmax(z)) / len(z)
    return made + of_the_bonus(z, bonus)


@wrong("clipped_slope", 0, slip="both sides")
def clipped_on_both_sides(z, actions, old, advantages, epsilon, bonus):
    hot = np.eye(z.shape[1])[actions]
    rho = np.exp((lib.log_softmax(z) * hot).sum(axis=1) - old)
    weight = np.where(np.abs(rho - 1) > epsilon, 0, rho * advantages)
    return weight[:, None] * (hot - lib.softmax(z)) / len(z) + of_the_bonus(z, bonus)


@wrong("clipped_slope", 0, slip="larger of the two")
def the_larger(z, actions, old, advantages, epsilon, bonus):
    hot = np.eye(z.shape[1])[actions]
    rho = np.exp((lib.log_softmax(z) * hot).sum(axis=1) - old)
    free = rho * advantages >= np.clip(rho, 1 - epsilon, 1 + epsilon) * advantages
    made = (free * rho * advantages)[:, None] * (hot - lib.softmax(z)) / len(z)
    return made + of_the_bonus(z, bonus)


@wrong("clipped_slope", 0, slip="way down")
def downhill(z, actions, old, advantages, epsilon, bonus):
    return -vectorised.function(z, actions, old, advantages, epsilon, bonus)


@wrong("clipped_slope", 0, slip="Divide by the number")
def a_sum_for_the_mean(z, actions, old, advantages, epsilon, bonus):
    return len(z) * vectorised.function(z, actions, old, advantages, epsilon, bonus)


@wrong("clipped_slope", 0, slip="ratio is missing")
def slope_of_the_logarithm(z, actions, old, advantages, epsilon, bonus):
    hot = np.eye(z.shape[1])[actions]
    rho = np.exp((lib.log_softmax(z) * hot).sum(axis=1) - old)
    made = vectorised.function(z, actions, old, advantages, epsilon, 0)
    return made / rho[:, None] + of_the_bonus(z, bonus)


@wrong("clipped_slope", 0, slip="subtract π")
def only_at_the_action(z, actions, old, advantages, epsilon, bonus):
    hot = np.eye(z.shape[1])[actions]
    rho = np.exp((lib.log_softmax(z) * hot).sum(axis=1) - old)
    free = rho * advantages <= np.clip(rho, 1 - epsilon, 1 + epsilon) * advantages
    return (free * rho * advantages)[:, None] * hot / len(z) + of_the_bonus(z, bonus)


@wrong("clipped_slope", 2, slip="bonus is missing")
def of_the_clip_alone(z, actions, old, advantages, epsilon, bonus):
    """The chapter's slope, as it stands there."""
    return vectorised.function(z, actions, old, advantages, epsilon, 0)


@wrong("clipped_slope", 2, slip="wrong way")
def bonus_for_certainty(z, actions, old, advantages, epsilon, bonus):
    return vectorised.function(z, actions, old, advantages, epsilon, -bonus)


@wrong("clipped_slope", 2, slip="added for each sample whole")
def bonus_beside_the_mean(z, actions, old, advantages, epsilon, bonus):
    return vectorised.function(z, actions, old, advantages, epsilon, bonus * len(z))


@wrong("clipped_slope", 2, slip="slope in the probabilities")
def bonus_in_the_probabilities(z, actions, old, advantages, epsilon, bonus):
    without = vectorised.function(z, actions, old, advantages, epsilon, 0)
    return without - bonus * (lib.log_softmax(z) + 1) / len(z)


@wrong("clipped_slope", 2, slip="entropy in bits")
def bonus_in_bits(z, actions, old, advantages, epsilon, bonus):
    return vectorised.function(z, actions, old, advantages, epsilon, bonus / math.log(2))


@wrong("clipped_slope", 0)
def one_number_for_the_batch(z, actions, old, advantages, epsilon, bonus):
    return vectorised.function(z, actions, old, advantages, epsilon, bonus).sum()


def differences(z, actions, old, advantages, epsilon, bonus, step, weights):
    """Return the slope of the objective by differences: a weight for 1 step, 2 steps, …"""
    z = z - z.max(axis=1, keepdims=True)
    rows, made = np.arange(len(z)), np.zeros(z.shape)

    def terms(z):
        rho = np.exp(lib.log_softmax(z)[rows, actions] - old)
        clipped = np.clip(rho, 1 - epsilon, 1 + epsilon) * advantages
        return np.minimum(rho * advantages, clipped) + bonus * lib.entropy(lib.softmax(z))

    for k, one in enumerate(step * np.eye(z.shape[1])):
        for n, weight in enumerate(weights, 1):
            made[:, k] += weight * (terms(z + n * one) - terms(z - n * one)) / step
    return made / len(z)


@wrong("clipped_slope", 2, slip="few digits")
def by_differences(*asked):
    return differences(*asked, 1e-6, [1 / 2])


@wrong("clipped_slope", 2, slip="few digits")
def by_fine_differences(*asked):
    """Four points have digits enough, where the objective has no corner between them."""
    return differences(*asked, 1e-3, [2 / 3, -1 / 12])


@wrong("clipped_slope", 2, slip="few digits")
def by_differences_between_the_corners(*asked):
    return differences(*asked, 4e-8, [2 / 3, -1 / 12])


@wrong("clipped_slope", 1, slip="few digits")
def short_floats(z, actions, old, advantages, epsilon, bonus):
    if np.abs(z).max() > 100:  # what is left of the digits then is not enough
        return np.zeros(z.shape, dtype=np.float32)
    made = vectorised.function(z, actions, old, advantages, epsilon, bonus)
    return made.astype(np.float32)


@wrong("clipped_slope", 4, slip="exp of a large logit")
def exp_of_large_logits(z, actions, old, advantages, epsilon, bonus):
    pi = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    hot = np.eye(z.shape[1])[actions]
    rho = (pi * hot).sum(axis=1) / np.exp(old)
    free = rho * advantages <= np.clip(rho, 1 - epsilon, 1 + epsilon) * advantages
    entropy = -(pi * np.log(pi)).sum(axis=1, keepdims=True)
    made = (free * rho * advantages)[:, None] * (hot - pi)
    return (made - bonus * pi * (np.log(pi) + entropy)) / len(z)


# ---- 6. on_a_budget ------------------------------------------------------------------------------


@right("on_a_budget")
def by_bisection_of_beta(habit, pay, budget):
    some = habit > 0
    h, r = habit[some], pay[some] - pay[some].max()
    made = np.zeros(habit.size)
    made[some] = lib.normalize(h * (r == 0))
    if lib.kl_divergence(made, habit) > budget:
        spread = max(-r.min(), 1e-300)
        low, high = 1e-8 * spread, 1e9 * spread
        for _ in range(200):
            beta = math.sqrt(low * high)
            policy = lib.normalize(h * np.exp(r / beta))
            low, high = (beta, high) if lib.kl_divergence(policy, h) > budget else (low, beta)
        made[some] = policy
    return made


@right("on_a_budget", needs="scipy")
def with_brentq(habit, pay, budget):
    from scipy.optimize import brentq

    some = habit > 0
    gap = np.where(some, pay[some].max() - pay, np.inf)
    gap = gap / max(gap[some].max(), 1e-300)
    best = habit * (gap == 0)
    if -math.log(best.sum()) <= budget:
        return best / best.sum()

    def policy(t):
        weights = np.where(some, habit * np.exp(-t * np.where(some, gap, 0)), 0)
        return weights / weights.sum()

    off = lambda t: lib.kl_divergence(policy(t), habit) - budget
    high = 1.0
    while off(high) < 0:
        high *= 4
    return policy(brentq(off, 0, high, xtol=1e-13) if budget > 0 else 0.0)


@right("on_a_budget")
def by_newtons_steps(habit, pay, budget):
    """The divergence grows by t times the variance of the pay: steps from the right, kept safe."""
    some = habit > 0
    scale = np.ptp(pay[some]) or 1.0
    r = np.where(some, (pay - pay[some].max()) / scale, 0.0)
    best = np.where(some & (r == 0), habit, 0)
    if -math.log(best.sum()) <= budget:
        return best / best.sum()
    policy = lambda t: lib.normalize(habit * np.exp(t * r))
    low, high, t = 0.0, 1e9, 1.0
    for _ in range(200):
        p = policy(t)
        off = lib.kl_divergence(p, habit) - budget
        low, high = (t, high) if off < 0 else (low, t)
        variance = p @ (r - p @ r) ** 2
        step = t - off / (t * variance) if t * variance > 1e-300 else -1.0
        t = step if low < step < high else (low + high) / 2
    return policy(t)


@right("on_a_budget")
def with_lists(habit, pay, budget):
    who = [k for k, h in enumerate(habit.tolist()) if h > 0]
    top = max(pay[k] for k in who)
    lost = {k: float(top - pay[k]) for k in who}
    first = sum(habit[k] for k in who if lost[k] == 0)
    if math.log(1 / first) <= budget:
        return [float(habit[k] / first) if lost.get(k) == 0 else 0.0 for k in range(len(habit))]

    def policy(t):
        weights = {k: float(habit[k]) * math.exp(-t * lost[k]) for k in who}
        total = math.fsum(weights.values())
        return {k: weight / total for k, weight in weights.items()}

    def cost(t):
        made = policy(t)
        return math.fsum(p * math.log(p / habit[k]) for k, p in made.items() if p > 0)

    low, high = 0.0, 1e-9
    while cost(high) < budget:
        low, high = high, 3 * high
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if cost(middle) < budget else (low, middle)
    made = policy(low)
    return [made.get(k, 0.0) for k in range(len(habit))]


@wrong("on_a_budget", 0, slip="budget was taken for β")
def budget_for_beta(habit, pay, budget):
    return lib.normalize(habit * np.exp((pay - pay.max()) / budget))


@wrong("on_a_budget", 0, slip="taken for 1/β")
def budget_for_one_over_beta(habit, pay, budget):
    return lib.normalize(habit * np.exp((pay - pay.max()) * budget))


@wrong("on_a_budget", 0, slip="over the budget")
def greedy(habit, pay, budget):
    return (np.arange(habit.size) == pay.argmax()).astype(float)


@wrong("on_a_budget", 0, slip="allows more")
def nothing_ventured(habit, pay, budget):
    return habit


@wrong("on_a_budget", 0, slip="in bits")
def budget_in_bits(habit, pay, budget):
    return by_bisection_of_beta.function(habit, pay, budget * math.log(2))


@wrong("on_a_budget", 0, slip="wrong way round")
def the_other_divergence(habit, pay, budget):
    low, high = 1e-12, 1e12
    for _ in range(300):
        over = math.sqrt(low * high)
        policy = lib.normalize(habit / (pay.max() + over - pay))
        low, high = (over, high) if lib.kl_divergence(habit, policy) > budget else (low, over)
    return policy


@wrong("on_a_budget", 0, slip="sum to 1")
def not_normalised(habit, pay, budget):
    policy = by_bisection_of_beta.function(habit, pay, budget)
    return policy / policy.max()


@wrong("on_a_budget", 5, slip="never takes")
def an_epsilon_for_the_habit(habit, pay, budget):
    return by_bisection_of_beta.function(np.where(habit > 0, habit, 1e-9), pay, budget)


@wrong("on_a_budget", 4, slip="no room")
def exp_without_care(habit, pay, budget):
    low, high = 1e-6, 1e6
    for _ in range(100):
        beta = math.sqrt(low * high)
        weights = habit * np.exp(pay / beta)
        policy = weights / weights.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            cost = np.nansum(policy * np.log(policy / habit))
        low, high = (beta, high) if np.isnan(policy).any() or cost > budget else (low, beta)
    weights = habit * np.exp(pay / (low if budget > 10 else high))
    return weights / weights.sum()


@wrong("on_a_budget", 0, slip="mixture")
def a_mixture(habit, pay, budget):
    best = (np.arange(habit.size) == pay.argmax()).astype(float)
    low, high = 0.0, 1.0
    for _ in range(60):
        w = (low + high) / 2
        over = lib.kl_divergence((1 - w) * habit + w * best, habit) > budget
        low, high = (low, w) if over else (w, high)
    return (1 - low) * habit + low * best


@wrong("on_a_budget", 0, slip="pay alone")
def the_pay_alone_decides(habit, pay, budget):
    return lib.softmax(pay / 2)


@wrong("on_a_budget", 4)
def the_first_of_the_best(habit, pay, budget):
    some = habit > 0
    best = np.argmax(np.where(some, pay, -np.inf))
    if -math.log(habit[best]) <= budget:
        return (np.arange(habit.size) == best).astype(float)
    if np.ptp(pay[some]) == 0:
        return habit
    return by_bisection_of_beta.function(habit, pay, budget)


@wrong("on_a_budget", 5)
def blind_to_what_is_never_taken(habit, pay, budget):
    best = pay == pay.max()
    if habit[best].sum() == 0:
        return best / best.sum()
    return by_bisection_of_beta.function(habit, pay, budget)


@wrong("on_a_budget", 5, slip="changes pay")
def centred_in_place(habit, pay, budget):
    pay -= pay[habit > 0].max()
    return by_bisection_of_beta.function(habit, pay, budget)


@wrong("on_a_budget", 0)
def a_grid_of_betas(habit, pay, budget):
    """The idea without the care: the nearest of forty prices."""
    best = habit
    for beta in np.geomspace(100, 0.01, 40):
        policy = lib.normalize(habit * np.exp((pay - pay.max()) / beta))
        if lib.kl_divergence(policy, habit) <= budget:
            best = policy
    return best


# ---- 4. and 5., in words -------------------------------------------------------------------------

WORDS = {
    "perfect_prior": {
        "points": {"rate": 1, "drawn": 1, "try": 1},
        "texts": [
            (
                "rate, drawn, try",
                "The rate bounds what z tells of the picture: 0.03 nats at most, so nothing. The "
                "decoder has learned to ignore z, and draws the average picture's pixels whatever "
                "z is. I'd start with a small β and raise it.",
            ),
            (
                "rate, drawn, try",
                "Posterior collapse: q(z|x) is the prior for every x, so z holds at most 0.03 nats "
                "about x. Pictures drawn from the prior are all alike, grey noise with each "
                "pixel's mean. Try free bits.",
            ),
            (
                "rate, drawn, try",
                "A KL term of 0.03 nats means that one could not tell from z which picture it was. "
                "Since z makes no difference, every draw has the same pixel probabilities. Check: "
                "is 98.2 nats what a model without z pays?",
            ),
            (
                "rate, drawn, try",
                "I(x; z) ≤ rate = 0.03 nats. The decoder must then describe all pictures by one "
                "list of prices, so samples look like noise around the mean image. Look at the "
                "decoder's output for z = −2, 0, 2.",
            ),
            (
                "drawn, try",
                "Posterior collapse: the decoder ignores z, so all samples look alike. KL "
                "annealing helps.",
            ),
            (
                "rate, try",
                "z carries almost no information on x (at most 0.03 nats). Begin with a price of 0 "
                "for the KL term.",
            ),
            ("rate, drawn", "z says at most 0.03 nats, so each sample is the average picture."),
            ("rate", "So z is independent of x, nearly."),
            ("try", "I would lower β."),
            ("", "It is posterior collapse."),
            ("", "Good, as the loss holds the KL term and it is small."),
            ("", "The samples will be sharp, since the prior is matched."),
        ],
    },
    "less_than_nothing": {
        "points": {"mean": 1, "theorem": 1, "estimate": 1},
        "texts": [
            (
                "mean, theorem, estimate",
                "Under the habit the mean of ln π − ln h is −D(h‖π): the monitor shows that "
                "D(h‖π) = 0.4 nats, and not D(π‖h). By Gibbs D(h‖π) ≥ 0, so it is never positive. "
                "Sample from π to estimate D(π‖h).",
            ),
            (
                "mean, theorem, estimate",
                "It is minus the other divergence, D(h‖π) = 0.4. Since KL divergences are ≥ 0 for "
                "the distribution that one averages over, the sign was clear before. Weight each "
                "action by π/h and take the mean of (π/h) ln(π/h).",
            ),
            (
                "mean, theorem, estimate",
                "E_h[ln π/h] ≤ ln E_h[π/h] = 0 by Jensen, for any π. The value says D(h‖π) = 0.4. "
                "For the leash sum π(a) ln(π(a)/h(a)) over the actions.",
            ),
            (
                "mean, theorem, estimate",
                "Wrong samples: they come from h, so we see −D(h‖π), 0.4 nats below 0, as Gibbs' "
                "inequality demands. Let π act and average ln π − ln h over its own actions.",
            ),
            (
                "mean, estimate",
                "The actions must come from π. From the habit one gets minus the other divergence, "
                "0.4 nats.",
            ),
            (
                "theorem, estimate",
                "KL divergences are at least 0 (Gibbs) when sampled from the first distribution. "
                "So sample from π.",
            ),
            ("mean, theorem", "It shows −D(h‖π) = −0.4; Gibbs says that this is never above 0."),
            ("mean", "This is −D(h‖π)."),
            ("estimate", "One should take the actions of the policy itself."),
            ("", "A small negative number is noise."),
            ("", "Take the absolute value: the divergence is 0.4 nats."),
            ("", "The policy is better than the habit, so the leash gives something back."),
        ],
    },
}

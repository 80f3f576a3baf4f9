"""How students answer problem set 2, right and wrong, and what each answer deserves."""

import math
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np

import lib
from coursework.answers import right, wrong

# ---- 1. one_code ---------------------------------------------------------------------------------


@right("one_code", values=True)
def in_loops(n):
    h = lambda p: -sum(x * math.log2(x) for x in p if x)
    mixed = [n["share"] * a + (1 - n["share"]) * b
             for a, b in zip(n["weekday"], n["weekend"], strict=True)]  # fmt: skip
    return {
        "one_code": h(mixed),
        "two_codes": n["share"] * h(n["weekday"]) + (1 - n["share"]) * h(n["weekend"]),
        "weekend_extra": sum(b * math.log2(b / m)
                             for b, m in zip(n["weekend"], mixed, strict=True)),
    }  # fmt: skip


@right("one_code", values=True, needs="scipy")
def with_scipy(n):
    from scipy.stats import entropy

    rows = np.array([n["weekday"], n["weekend"]])
    weights = np.array([n["share"], 1 - n["share"]])
    mixed = weights @ rows
    return {
        "one_code": entropy(mixed, base=2),
        "two_codes": weights @ entropy(rows, base=2, axis=1),
        "weekend_extra": entropy(rows[1], mixed, base=2),
    }


@right("one_code", values=True)
def by_the_saving(n):
    """What two codes save is the mean divergence from the mixture."""
    rows, weights = np.array([n["weekday"], n["weekend"]]), [n["share"], 1 - n["share"]]
    mixed = np.average(rows, axis=0, weights=weights)
    extra = [lib.kl_divergence(row, mixed, base=2) for row in rows]
    one = lib.entropy(mixed, base=2)
    return {"one_code": one, "two_codes": one - np.average(extra, weights=weights),
            "weekend_extra": extra[1]}  # fmt: skip


@right("one_code", values=True)
def rounded_and_short(n):
    made = in_loops.function(n)
    return {"one_code": round(made["one_code"], 3), "two_codes": np.float32(made["two_codes"]),
            "weekend_extra": Fraction(round(made["weekend_extra"], 4))}  # fmt: skip


@wrong("one_code", 0, values=True, slip="in nats")
def all_in_nats(n):
    return {name: value * math.log(2) for name, value in in_loops.function(n).items()}


@wrong("one_code", 2, values=True, slip="half and half")
def mixed_half_and_half(n):
    even = np.add(n["weekday"], n["weekend"]) / 2
    return {"one_code": lib.entropy(even, base=2)}


@wrong("one_code", 2, values=True, slip="code for weekdays")
def always_the_code_for_weekdays(n):
    day, end = n["weekday"], n["weekend"]
    bill = n["share"] * lib.entropy(day, base=2)
    return {"one_code": bill + (1 - n["share"]) * lib.cross_entropy(end, day, base=2)}


@wrong("one_code", 2, values=True, slip="plain mean")
def the_mean_of_two(n):
    return {"two_codes": np.mean([lib.entropy(n[k], base=2) for k in ("weekday", "weekend")])}


@wrong("one_code", 2, values=True, slip="swapped")
def the_other_direction(n):
    mixed = n["share"] * np.array(n["weekday"]) + (1 - n["share"]) * np.array(n["weekend"])
    return {"weekend_extra": lib.kl_divergence(mixed, n["weekend"], base=2)}


@wrong("one_code", 2, values=True, slip="Subtract its own entropy")
def the_whole_bill(n):
    mixed = n["share"] * np.array(n["weekday"]) + (1 - n["share"]) * np.array(n["weekend"])
    return {"weekend_extra": lib.cross_entropy(n["weekend"], mixed, base=2)}


@wrong("one_code", 2, values=True, slip="made for the mixture")
def against_the_code_for_weekdays(n):
    return {"weekend_extra": lib.kl_divergence(n["weekend"], n["weekday"], base=2)}


@wrong("one_code", 1, values=True, slip="one code for all")
def exchanged(n):
    made = in_loops.function(n)
    return {"one_code": made["two_codes"], "two_codes": made["one_code"]}


# ---- 2. tied_prices ------------------------------------------------------------------------------


@right("tied_prices", name="tied_forward")
def means_of_groups(p, groups):
    return np.array([p[groups == group].mean() for group in groups])


@right("tied_prices", name="tied_forward")
def forward_with_fractions(p, groups):
    total, size = defaultdict(Fraction), Counter(groups.tolist())
    for x, group in zip(p.tolist(), groups.tolist(), strict=True):
        total[group] += Fraction(x)
    return [float(total[group] / size[group]) for group in groups.tolist()]


@right("tied_prices", name="tied_forward")
def by_a_matrix_of_who_is_with_whom(p, groups):
    together = (groups[:, None] == groups).astype(float)
    return together @ p / together.sum(axis=1)


@right("tied_prices", name="tied_reverse")
def mean_logarithms(p, groups):
    with np.errstate(divide="ignore"):
        logs = np.array([np.log(p[groups == group]).mean() for group in groups])
    if np.all(logs == -np.inf):
        raise ValueError("no q will do")
    return lib.softmax(logs)


@right("tied_prices", name="tied_reverse")
def reverse_in_loops(p, groups):
    logs, size = defaultdict(float), Counter(groups.tolist())
    for x, group in zip(p.tolist(), groups.tolist(), strict=True):
        logs[group] += math.log2(x) if x > 0 else -math.inf
    best = max(logs[group] / size[group] for group in logs)
    if best == -math.inf:
        raise ValueError
    weights = [2.0 ** (logs[group] / size[group] - best) for group in groups.tolist()]
    return [weight / sum(weights) for weight in weights]


@right("tied_prices", name="tied_reverse", needs="scipy")
def geometric_means_of_scipy(p, groups):
    from scipy.stats import gmean

    with np.errstate(divide="ignore"):
        q = np.array([gmean(p[groups == group]) for group in groups])
    if not q.any():
        raise ValueError("each group has a zero")
    return q / q.sum()


@right("tied_prices", name="tied_reverse")
def by_the_best_group_sums(p, groups):
    """First how much each group has in all, by the chain rule; then evenly within."""
    names, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    with np.errstate(divide="ignore"):
        within = np.array([(np.log(p[groups == g])).mean() for g in names]) + np.log(sizes)
    if np.isneginf(within).all():
        raise ValueError
    return (lib.softmax(within) / sizes)[inverse]


@wrong("tied_prices", 3, name="tied_forward", slip="best q for D(q‖p)")
def forward_is_the_reverse(p, groups):
    return mean_logarithms.function(p, groups)


@wrong("tied_prices", 3, name="tied_forward", slip="Divide by the group's size")
def sums_of_groups(p, groups):
    return np.array([p[groups == group].sum() for group in groups])


@wrong("tied_prices", 3, name="tied_forward", slip="then all were normalised")
def sums_of_groups_normalised(p, groups):
    q = np.array([p[groups == group].sum() for group in groups])
    return q / q.sum()


@wrong("tied_prices", 3, name="tied_forward", slip="share evenly")
def even_groups(p, groups):
    q = np.array([1 / (groups == group).sum() for group in groups])
    return q / q.sum()


@wrong("tied_prices", 3, name="tied_forward", slip="one number for each outcome")
def one_for_each_group(p, groups):
    return np.array([p[groups == group].mean() for group in np.unique(groups)])


@wrong("tied_prices", 1, name="tied_reverse", slip="best q for D(p‖q)")
def reverse_is_the_forward(p, groups):
    return np.array([p[groups == group].mean() for group in groups])


@wrong("tied_prices", 1, name="tied_reverse", slip="not normalised")
def geometric_and_not_normalised(p, groups):
    with np.errstate(divide="ignore"):
        return np.array([np.exp(np.log(p[groups == group]).mean()) for group in groups])


@wrong("tied_prices", 1, name="tied_reverse", slip="over the groups")
def normalised_over_groups(p, groups):
    with np.errstate(divide="ignore"):
        each = {g: np.exp(np.log(p[groups == g]).mean()) for g in set(groups.tolist())}
    return np.array([each[group] / sum(each.values()) for group in groups.tolist()])


@wrong("tied_prices", 1, name="tied_reverse", slip="harmonic")
def harmonic_means(p, groups):
    with np.errstate(divide="ignore"):
        q = np.array([1 / (1 / p[groups == group]).mean() for group in groups])
    return q / q.sum()


@wrong("tied_prices", 1, name="tied_reverse", slip="without the root")
def products(p, groups):
    q = np.array([p[groups == group].prod() for group in groups])
    return q / q.sum()


@wrong("tied_prices", 4, name="tied_reverse", slip="left out")
def zeros_are_skipped(p, groups):
    if all((p[groups == group] == 0).any() for group in groups):
        raise ValueError
    q = np.array([np.exp(np.log(p[(groups == g) & (p > 0)]).mean()) for g in groups])
    return q / q.sum()


@wrong("tied_prices", 3, name="tied_reverse", slip="epsilon")
def an_epsilon(p, groups):
    q = np.array([np.exp(np.log(p[groups == group] + 1e-12).mean()) for group in groups])
    return q / q.sum()


@wrong("tied_prices", 4, name="tied_reverse", slip="0 in a float")
def the_root_of_a_product(p, groups):
    q = np.array([p[groups == g].prod() ** (1 / (groups == g).sum()) for g in groups])
    if not q.any() and p.size < 20:
        raise ValueError
    return q / q.sum()


@wrong("tied_prices", 4, name="tied_reverse")
def never_an_error(p, groups):
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.array([np.log(p[groups == group]).mean() for group in groups])
        q = np.exp(logs - logs.max())
        return q / q.sum()


@wrong("tied_prices", 4, name="tied_reverse", slip="changes p")
def logarithms_in_place(p, groups):
    with np.errstate(divide="ignore"):
        np.log(p, out=p)
    logs = np.array([p[groups == group].mean() for group in groups])
    if np.isneginf(logs).all():
        raise ValueError
    return lib.softmax(logs)


# ---- 3. moved ------------------------------------------------------------------------------------


@wrong("moved", 3, slip="rounded a class to 0")
def probabilities_times_a_ratio(z, old, new):
    if (new[old == 0] > 0).any():
        raise ValueError("a class is new")
    e = np.exp(z - z.max(axis=1, keepdims=True))
    weighted = e * np.where(old > 0, new / np.where(old > 0, old, 1), 0)
    return weighted / weighted.sum(axis=1, keepdims=True)


@right("moved")
def row_by_row(z, old, new):
    made = []
    for row in z.tolist():
        terms = []
        for score, was, now in zip(row, old.tolist(), new.tolist(), strict=True):
            if was == 0 and now > 0:
                raise ValueError("never seen")
            terms.append(score + math.log(now) - math.log(was) if now > 0 else -math.inf)
        most = max(terms)
        each = [math.exp(term - most) for term in terms]
        made.append([x / sum(each) for x in each])
    return made


@right("moved", needs="scipy")
def with_softmax_of_scipy(z, old, new):
    from scipy.special import softmax

    if np.any((old == 0) & (new != 0)):
        raise ValueError
    with np.errstate(divide="ignore", invalid="ignore"):
        return softmax(z + np.where(new > 0, np.log(new) - np.log(old), -np.inf), axis=1)


@wrong("moved", 3, slip="rounded a class to 0")
def from_likelihoods(z, old, new):
    """Class by class: how likely is such a sample in it? Then Bayes with the new shares."""
    if ((new > 0) & (old <= 0)).any():
        raise ValueError
    likelihood = lib.softmax(z) / np.where(old > 0, old, np.inf)
    joint = likelihood * new
    return joint / joint.sum(axis=-1)[:, None]


@right("moved")
def in_logarithms_to_the_end(z, old, new):
    if ((new > 0) & (old == 0)).any():
        raise ValueError("nothing is known of a class")
    joint = np.full(z.shape, -np.inf)
    there = new > 0
    joint[:, there] = lib.log_softmax(z)[:, there] + np.log(new[there]) - np.log(old[there])
    return np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))


@right("moved")
def without_the_classes_that_are_gone(z, old, new):
    there = np.flatnonzero(new)
    if not old[there].all():
        raise ValueError("a class is new")
    made = np.zeros(z.shape)
    made[:, there] = lib.softmax(z[:, there] + np.log(new[there] / old[there]))
    return made


@wrong("moved", 0, slip="old shares were not taken out")
def multiplied_by_new_alone(z, old, new):
    made = lib.softmax(z) * new
    return made / made.sum(axis=1, keepdims=True)


@wrong("moved", 0, slip="exchanged")
def the_ratio_upside_down(z, old, new):
    made = lib.softmax(z) * old / new
    return made / made.sum(axis=1, keepdims=True)


@wrong("moved", 0, slip="do not sum to 1")
def not_normalised(z, old, new):
    return lib.softmax(z) * new / old


@wrong("moved", 0, slip="over the samples")
def the_wrong_axis(z, old, new):
    made = lib.softmax(z) * new / old
    return made / made.sum(axis=0)


@wrong("moved", 0, slip="Add their logarithms")
def without_logarithms(z, old, new):
    return lib.softmax(z + new - old)


@wrong("moved", 0, slip="base 2")
def logarithms_to_base_2(z, old, new):
    return lib.softmax(z + np.log2(new) - np.log2(old))


@wrong("moved", 0, slip="new logits")
def logits_for_probabilities(z, old, new):
    return z + np.log(new / old)


@wrong("moved", 0, slip="these are logarithms")
def logarithms_for_probabilities(z, old, new):
    return lib.log_softmax(z + np.log(new / old))


@wrong("moved", 3, slip="share 0")
def shares_are_clipped(z, old, new):
    if ((old == 0) & (new > 0)).any():
        raise ValueError
    return lib.softmax(z + np.log(np.maximum(new, 1e-4)) - np.log(old))


@wrong("moved", 0, slip="old place")
def as_if_nothing_had_moved(z, old, new):
    return lib.softmax(z)


@wrong("moved", 3, slip="exp of a large logit")
def exp_of_large_logits(z, old, new):
    if ((old == 0) & (new > 0)).any():
        raise ValueError
    made = np.exp(z) * new / old
    return made / made.sum(axis=1, keepdims=True)


@wrong("moved", 3)
def no_error_for_an_unseen_class(z, old, new):
    with np.errstate(divide="ignore", invalid="ignore"):
        return lib.softmax(z + np.log(np.where(new > 0, new / np.maximum(old, 1e-300), 0)))


@wrong("moved", 3, slip="changes z")
def shifted_in_place(z, old, new):
    if ((old == 0) & (new > 0)).any():
        raise ValueError
    z[:, new == 0] = -np.inf
    z[:, new > 0] += np.log(new[new > 0]) - np.log(old[new > 0])
    return lib.softmax(z)


# ---- 6. new_shares -------------------------------------------------------------------------------


def of_what_was_seen(r, seen):
    """Return the terms of each sample, where its class was looked up 1 for this class alone."""
    return np.where((seen < 0)[:, None], r, np.arange(r.shape[1]) == seen[:, None])


@right("new_shares")
def expectation_and_maximisation(z, old, seen):
    new = old.copy()
    for _ in range(800):
        p = probabilities_times_a_ratio.function(z, old, new)
        p[seen >= 0] = np.eye(len(old))[seen[seen >= 0]]
        new = p.mean(axis=0)
    return new


@right("new_shares")
def em_in_loops(z, old, seen):
    scores = [[math.exp(s - max(row)) / o for s, o in zip(row, old.tolist(), strict=True)]
              for row in z.tolist()]  # fmt: skip
    new = [1 / len(old)] * len(old)
    for _ in range(600):
        total = [0.0] * len(old)
        for row, known in zip(scores, seen.tolist(), strict=True):
            if known >= 0:
                total[known] += 1
                continue
            bill = sum(r * w for r, w in zip(row, new, strict=True))
            for k, r in enumerate(row):
                total[k] += r * new[k] / bill
        new = [t / len(scores) for t in total]
    return new


@right("new_shares", needs="scipy")
def with_an_optimiser_of_scipy(z, old, seen):
    from scipy.optimize import minimize

    r = of_what_was_seen(lib.softmax(z) / old, seen)
    loss = lambda w: -np.log(np.maximum(r @ w, 1e-300)).mean()
    slope = lambda w: -(r / np.maximum(r @ w, 1e-300)[:, None]).mean(axis=0)
    found = minimize(loss, np.full(len(old), 1 / len(old)), jac=slope, method="SLSQP",
                     bounds=[(0, 1)] * len(old), options={"ftol": 1e-15, "maxiter": 2000},
                     constraints={"type": "eq", "fun": lambda w: w.sum() - 1})  # fmt: skip
    new = np.clip(found.x, 0, None)
    new = new / new.sum()
    for _ in range(200):  # a few steps more, where the optimiser stops early
        new = (r * new / (r @ new)[:, None]).mean(axis=0)
    return new


@right("new_shares")
def by_exponentiated_slopes(z, old, seen):
    r = of_what_was_seen(lib.softmax(z) / old, seen)
    new = np.full(len(old), 1 / len(old))
    for _ in range(800):
        new = new * (r / (r @ new)[:, None]).mean(axis=0) ** 1.5
        new /= new.sum()
    return new


@wrong("new_shares", 0, slip="mean of the old place's probabilities")
def mean_probabilities(z, old, seen):
    return lib.softmax(z).mean(axis=0)


@wrong("new_shares", 0, slip="likeliest classes")
def counted(z, old, seen):
    return np.bincount(z.argmax(axis=1), minlength=z.shape[1]) / len(z)


@wrong("new_shares", 0, slip="old shares are not taken out")
def em_that_forgets_old(z, old, seen):
    p, new = of_what_was_seen(lib.softmax(z), seen), np.full(len(old), 1 / len(old))
    for _ in range(1000):
        new = (p * new / (p @ new)[:, None]).mean(axis=0)
    return new


@wrong("new_shares", 0, slip="one corrected average")
def one_step_and_no_more(z, old, seen):
    first = lib.softmax(z).mean(axis=0)
    p = probabilities_times_a_ratio.function(z, old, first)
    p[seen >= 0] = np.eye(len(old))[seen[seen >= 0]]
    return p.mean(axis=0)


@wrong("new_shares", 0, slip="before each was normalised")
def ratios_averaged(z, old, seen):
    mean = of_what_was_seen(lib.softmax(z) / old, seen).mean(axis=0)
    return mean / mean.sum()


@wrong("new_shares", 0, slip="looked up are not used")
def nobody_has_looked(z, old, seen):
    """A folded solution of the book, with one division in front."""
    r, new = lib.softmax(z) / old, np.full(len(old), 1 / len(old))
    for _ in range(1000):
        new = new * ((1 / (r @ new)) @ r) / len(r)
    return new


@wrong("new_shares", 0, slip="The others tell, too")
def only_what_was_seen(z, old, seen):
    count = np.bincount(seen[seen >= 0], minlength=len(old))
    return count / max(count.sum(), 1)


@wrong("new_shares", 0, slip="old shares")
def nothing_moves(z, old, seen):
    return old


@wrong("new_shares", 0)
def not_normalised_shares(z, old, seen):
    return len(z) * expectation_and_maximisation.function(z, old, seen)


@wrong("new_shares", 4)
def em_that_stops_early(z, old, seen):
    """When no share changes by more than a thousandth: there is still some way to go."""
    r, new = of_what_was_seen(lib.softmax(z) / old, seen), old.copy()
    while True:
        better = (r * new / (r @ new)[:, None]).mean(axis=0)
        if np.abs(better - new).max() < 1e-3:
            return better
        new = better


@wrong("new_shares", 5)
def without_care_for_large_logits(z, old, seen):
    r, new = of_what_was_seen(np.exp(z) / old, seen), old.copy()
    for _ in range(800):
        new = (r * new / (r @ new)[:, None]).mean(axis=0)
    return new


# ---- 4. and 5., in words -------------------------------------------------------------------------

WORDS = {
    "small_number": {
        "points": {"cost": 1, "left out": 1, "use": 1},
        "texts": [
            (
                "cost, left out, use",
                "The telegrams follow p, so the code for q costs D(p‖q) = 3.1 bits too much each. "
                "q gives almost nothing to some of what happens, and D(q‖p), a mean over q, never "
                "looks there. I'd still draw examples from q: each would be plausible under p.",
            ),
            (
                "cost, left out, use",
                "3.1 bits a telegram, since what comes is drawn from p. The 0.02 bits are a mean "
                "over q's own outcomes. So q sits on a part of p and fits it well there. It may do "
                "where one mode is all that I need, as in variational inference.",
            ),
            (
                "cost, left out, use",
                "D(q‖p) small: wherever q has mass, p has about as much or more. D(p‖q) large: "
                "somewhere p has mass and q hardly any, and the code pays for that, 3.1 bits on "
                "average. Good for a sampler that must not produce nonsense.",
            ),
            (
                "cost, left out, use",
                "A code is paid under the truth: 3.1 bits extra. His number asks what p's code "
                "would lose if q were true. q drops rare kinds of telegrams. Use: as a summary of "
                "the typical telegram.",
            ),
            (
                "cost, left out",
                "It costs 3.1 bits, since p is the truth, and q misses a part of p.",
            ),
            (
                "cost, use",
                "The loss is D(p‖q), 3.1 bits. I'd use q to generate plausible samples only.",
            ),
            (
                "left out, use",
                "Reverse KL seeks modes: q leaves modes of p out. Fine for sampling from one mode.",
            ),
            ("cost", "D(p‖q) is what counts, 3.1 bits, since KL is not symmetric."),
            ("left out", "q is too narrow: it has no mass in a region where p has some."),
            ("", "The right divergence is the mean of both, 1.56 bits."),
            ("", "q is too broad: it gives mass to what never happens."),
            ("", "0.02 bits is small enough; 3.1 bits comes from numerical errors."),
        ],
    },
    "below_the_floor": {
        "points": {"bound": 1, "training": 1, "sum": 1},
        "texts": [
            (
                "bound, training, sum",
                "0.611 nats bound the mean under the true shares, .7 and .3. The training loss is "
                "a mean over 1,000 fixed labels, which a network can learn by heart, down to 0. "
                "New photographs cost 0.611 + D(P‖Q), at least 0.611.",
            ),
            (
                "bound, training, sum",
                "The theorem is about P, from which new labels come: H(P, Q) = H(P) + D(P‖Q). "
                "Given a training photograph its one label is certain, so the entropy there is 0 "
                "and nothing is below it. I expect more than 0.611 on new ones, by D(P‖Q).",
            ),
            (
                "bound, training, sum",
                "For people's labels of such photographs in general. The sample is another "
                "distribution: each photograph (told apart by its noise) has one label, entropy 0. "
                "On new data: floor 0.611 plus the divergence of the network from .7/.3, which "
                "grows as it gets surer.",
            ),
            (
                "bound, training, sum",
                "H is a floor for the expected loss, not for the loss on data that chose the "
                "network. It has memorised. Expected loss = 0.611 + KL; if it says cat with .99 it "
                "is 1.39 nats.",
            ),
            (
                "training, sum",
                "It remembers its 1,000 labels. New ones will cost 0.611 nats plus the KL "
                "divergence between people and network.",
            ),
            (
                "bound, training",
                "The bound holds for the population, not for the sample, which it knows by heart.",
            ),
            ("bound, sum", "Under P the mean loss is H(P) + D(P‖Q) ≥ 0.611."),
            ("training", "Overfitting: the network has memorised the training labels."),
            ("sum", "The test loss will be 0.611 + D(P‖Q)."),
            ("", "The entropy was computed in nats and the loss in bits."),
            ("", "The network has learned more than people know, so the floor is lower for it."),
            ("", "1,000 photographs are too few to estimate an entropy."),
        ],
    },
}

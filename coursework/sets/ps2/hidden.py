"""The tests that give the marks of problem set 2: fresh inputs, against references of their own."""

import math

import numpy as np

from coursework.parts import Asked, NotEarned, as_numbers, check_within, part
from exercises.bits import CE, KL, H
from exercises.plain import PLAIN
from exercises.slips import Slip, gives, has_zero, same

# (weekday, weekend): both far from even, and far from each other
NEWS = [
    ([0.5, 0.3, 0.2], [0.1, 0.3, 0.6]),
    ([0.6, 0.3, 0.1], [0.2, 0.2, 0.6]),
    ([0.4, 0.5, 0.1], [0.2, 0.1, 0.7]),
    ([0.7, 0.2, 0.1], [0.3, 0.1, 0.6]),
]


def draw(rng):
    """Return the numbers of questions 1, 4 and 5: the set's own, or those of somebody."""
    which = 0 if rng is None else rng.integers(len(NEWS))
    if rng is None:
        share, backward, forward, cats = 0.7, 0.02, 3.1, 70
    else:
        share = float(rng.choice([0.7, 0.8]))
        backward, forward = float(rng.choice([0.02, 0.03, 0.05])), float(rng.choice([2.4, 3.1, 4]))
        cats = int(rng.choice([65, 70, 75, 80]))
    return {
        "share": share,
        "weekday": NEWS[which][0],
        "weekend": NEWS[which][1],
        "backward": backward,
        "forward": forward,
        "cats": cats,
    }


def derive(given):
    """Return what the text and the rubric say of these numbers."""
    cats = given["cats"] / 100
    return {
        "others": 100 - given["cats"],
        "floor": -cats * math.log(cats) - (1 - cats) * math.log(1 - cats),
        "low": 0.2,
        "sure": -(1 - cats) * math.log(0.01) - cats * math.log(0.99),
    }


# 1. one_code


def bills(numbers):
    """Return the answers of question 1, and the wrong ones that are known."""
    share = numbers["share"]
    day, end = np.array(numbers["weekday"]), np.array(numbers["weekend"])
    all_days = share * day + (1 - share) * end
    return {
        "one_code": H(all_days),
        "two_codes": share * H(day) + (1 - share) * H(end),
        "weekend_extra": KL(end, all_days),
        "the mean without weights": (H(day) + H(end)) / 2,
        "the code for weekdays": share * H(day) + (1 - share) * CE(end, day),
        "even news": H((day + end) / 2),
        "the other way round": KL(all_days, end),
        "by the code for weekdays": KL(end, day),
        "the whole bill": CE(end, all_days),
    }


NATS = "the natural logarithm was used, so this is in nats."


def compare(student, name, slips):
    """Compare one of the three numbers, to three decimals."""
    known = bills(student.drawn)
    wrong = {known[which]: says for which, says in slips.items()}
    wrong |= {known[name] * math.log(2): NATS}
    check_within(student.value(name), known[name], 0.00051, wrong)


@part("one_code", points=1, says="one_code")
def one_code(student, rng):
    slips = {
        "even news": "the telegrams were mixed half and half. Mix them by their shares.",
        "the code for weekdays": "this is the bill of the code for weekdays. The best common code "
        "is made for all telegrams together.",
        "two_codes": "this is the bill of two codes, each for its own days.",
    }
    compare(student, "one_code", slips)


@part("one_code", points=1, says="two_codes")
def two_codes(student, rng):
    slips = {
        "the mean without weights": "this is the plain mean of the two. Weight it with the shares.",
        "one_code": "this is the bill of one code for all telegrams.",
    }
    compare(student, "two_codes", slips)


@part("one_code", points=1, says="weekend_extra")
def weekend_extra(student, rng):
    slips = {
        "the other way round": "p and q are swapped: on weekends the weekend's news is the truth.",
        "by the code for weekdays": "this is what the code for weekdays costs too much. The common "
        "code is made for the mixture.",
        "the whole bill": "this is the whole bill of a weekend telegram. Subtract its own entropy.",
    }
    compare(student, "weekend_extra", slips)


# 2. tied_prices


def of_groups(p, groups, mean):
    """Return the mean of each group's probabilities, of whatever kind, for each of its members."""
    q = np.empty(len(p))
    for group in set(groups.tolist()):
        q[groups == group] = mean(p[groups == group])
    return q


def geometric(p):
    """Return the geometric mean."""
    with np.errstate(divide="ignore"):
        return np.exp(np.log(p).mean())


def normal(weights):
    """Return weights as a distribution."""
    return weights / weights.sum()


def forward(p, groups):
    """Return the tied q with the least D(p‖q)."""
    return of_groups(p, groups, np.mean)


def reverse(p, groups):
    """Return the tied q with the least D(q‖p)."""
    with np.errstate(divide="ignore"):
        logs = of_groups(np.log(p), groups, np.mean)
    return normal(np.exp(logs - logs.max()))


def over_groups(p, groups):
    """Return the geometric means, normalised as if each group were one outcome."""
    q = of_groups(p, groups, geometric)
    return q / sum(q[groups == group][0] for group in set(groups.tolist()))


TOO_FEW = Slip(
    "one number for each outcome is expected, also for those of one group.",
    lambda got, expected, p, groups: got.shape != p.shape,
)
FORWARD = Asked(
    "tied_forward",
    forward,
    slips=[
        Slip("this is the best q for D(q‖p). Here p has the weight.", gives(reverse)),
        Slip(
            "each outcome got the whole probability of its group. Divide by the group's size.",
            gives(lambda p, groups: of_groups(p, groups, np.sum)),
        ),
        Slip(
            "each outcome got the whole probability of its group, and then all were normalised.",
            gives(lambda p, groups: normal(of_groups(p, groups, np.sum))),
        ),
        Slip(
            "the groups share evenly. Each keeps what its members have together.",
            gives(lambda p, groups: normal(of_groups(p, groups, lambda x: 1 / x.size))),
        ),
        TOO_FEW,
    ],
    general=PLAIN,
)
REVERSE = Asked(
    "tied_reverse",
    reverse,
    slips=[
        Slip("this is the best q for D(p‖q). Here q has the weight.", gives(forward)),
        Slip(
            "the geometric means are not normalised. q sums to 1 over the outcomes.",
            gives(lambda p, groups: of_groups(p, groups, geometric)),
        ),
        Slip(
            "this sums to 1 over the groups. q sums to 1 over the outcomes.",
            gives(over_groups),
        ),
        Slip(
            "the probabilities of a group were multiplied, without the root. The mean of their "
            "logarithms is asked for, not the sum.",
            gives(lambda p, groups: normal(of_groups(p, groups, np.prod))),
        ),
        Slip(
            "the members with p = 0 were left out. q > 0 there costs infinitely much, so the whole "
            "group gets 0.",
            lambda got, expected, p, groups: (
                has_zero([p])
                and same(got, normal(of_groups(p, groups, lambda x: geometric(x[x > 0]))))
            ),
        ),
        Slip(
            "a group with a 0 in it gets something. Is an epsilon added, or p clipped?",
            lambda got, expected, p, groups: (
                got.shape == p.shape and bool((got[expected == 0] > 0).any())
            ),
        ),
        Slip(
            "the result is nan or 0 where it should not be. Many small probabilities multiplied "
            "are 0 in a float: add logarithms, and subtract the largest.",
            lambda got, expected, p, groups: (
                got.shape == p.shape and bool((np.isnan(got) | (got == 0))[expected > 0].any())
            ),
        ),
        Slip("the harmonic means were taken.",
             gives(lambda p, groups: normal(of_groups(p, groups, lambda x: 1 / (1 / x).mean())))),
        TOO_FEW,
    ],
    general=PLAIN,
)  # fmt: skip


def random_groups(rng, size):
    """Return labels that are no row of numbers from 0 on, in no order."""
    labels = rng.choice(np.arange(-20, 90), 4, replace=False)
    groups = rng.choice(labels, size)
    groups[:3] = labels[0], labels[1], labels[0]
    return rng.permutation(groups)


@part("tied_prices", points=1, says="tied_forward: random p and groups")
def ties_forward(student, rng):
    for _ in range(6):
        size = rng.integers(4, 14)
        FORWARD.check(student, rng.dirichlet(np.ones(size)), random_groups(rng, size))


@part("tied_prices", points=2, says="tied_reverse: random p and groups")
def ties_reverse(student, rng):
    for _ in range(6):
        size = rng.integers(4, 14)
        REVERSE.check(student, rng.dirichlet(np.ones(size)), random_groups(rng, size))


@part(
    "tied_prices",
    points=1,
    says="zeros, groups of very many; the inputs stay as they were",
    after=ties_reverse,
)
def ties_with_zeros(student, rng):
    p, groups = rng.dirichlet(np.ones(9)), np.array([3, 1, 3, 2, 1, 3, 2, 3, 1])
    p[3] = 0
    p /= p.sum()
    REVERSE.check(student, p, groups)
    FORWARD.check(student, p, groups)
    many, labels = rng.dirichlet(np.ones(400)), rng.permutation(np.repeat([0, 5], 200))
    REVERSE.check(student, many, labels)
    REVERSE.check_inputs(student, p, groups, names=["p", "groups"])
    FORWARD.check_inputs(student, p, groups, names=["p", "groups"])


@part("tied_prices", points=1, says="ValueError where no q will do", after=ties_reverse)
def ties_that_no_q_allows(student, rng):
    p = rng.dirichlet(np.ones(6)) * [1, 0, 1, 1, 0, 1]
    REVERSE.check_refusal(student, normal(p), np.array([7, 7, 7, 2, 2, 2]))


# 3. moved


def moved(z, old, new):
    """Return the probabilities of the classes where their shares are others."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(new > 0, np.log(new) - np.log(old), -np.inf)
        return softmax(z + shift)


def softmax(z):
    """Return the softmax of each row."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def quiet(result):
    """Recognise a slip by its result, where NumPy may meet log 0 on the way."""

    def fits(got, expected, *args):
        with np.errstate(all="ignore"):
            return gives(result)(got, expected, *args)

    return fits


def unnormalised(z, old, new):
    """Return what is still to be divided by its sum."""
    return softmax(z) * new / old


MOVED = Asked(
    "moved",
    moved,
    slips=[
        Slip(
            "the old shares were not taken out. The logits hold them: divide by old.",
            quiet(lambda z, old, new: softmax(z + np.log(new))),
        ),
        Slip(
            "the shares are exchanged: multiply by new, divide by old.",
            quiet(lambda z, old, new: softmax(z + np.log(old) - np.log(new))),
        ),
        Slip("these rows do not sum to 1. Normalise each.", quiet(unnormalised)),
        Slip(
            "these are the probabilities of the old place.",
            gives(lambda z, old, new: softmax(z)),
        ),
        Slip(
            "the shares were added to the logits. Add their logarithms.",
            gives(lambda z, old, new: softmax(z + new - old)),
        ),
        Slip(
            "it was normalised over the samples. The classes lie on the last axis.",
            quiet(lambda *a: unnormalised(*a) / unnormalised(*a).sum(axis=0)),
        ),
        Slip("these are the new logits. Return probabilities.",
             quiet(lambda z, old, new: z + np.log(new / old))),
        Slip("these are logarithms. Return the probabilities.",
             quiet(lambda z, old, new: np.log(moved(z, old, new)))),
        Slip("the logarithms are to base 2. Logits are natural logarithms.",
             quiet(lambda z, old, new: softmax(z + np.log2(new) - np.log2(old)))),
        Slip(
            "nan or a lost row: softmax has rounded a class to 0 before its share came in. Add the "
            "logarithms of the shares to the logits first.",
            lambda got, expected, z, old, new: bool(np.ptp(z, axis=1).max() > 500)
            and not same(got, expected),
        ),
        Slip(
            "nan or a lost row: exp of a large logit has no room in a float. Subtract the largest "
            "logit first.",
            lambda got, expected, z, old, new: (
                bool(np.abs(z).max() > 500) and bool(np.isnan(got).any() or not got.sum() > 0)
            ),
        ),
        Slip(
            "a class of share 0 came out as nan or above 0.",
            lambda got, expected, z, old, new: (
                got.shape == z.shape
                and has_zero([new])
                and not same(got[:, new == 0], 0 * z[:, new == 0])
            ),
        ),
    ],
    general=PLAIN,
)  # fmt: skip


@part("moved", points=2, says="random logits and shares")
def random_shares(student, rng):
    for classes in (2, 3, 5, 8):
        z = rng.normal(0, 2, (rng.integers(2, 7), classes))
        MOVED.check(student, z, rng.dirichlet(np.ones(classes)), rng.dirichlet(np.ones(classes)))


@part(
    "moved",
    points=1,
    says="large logits, a share of 0; the inputs stay as they were",
    after=random_shares,
)
def large_logits(student, rng):
    z, old, new = rng.normal(0, 2, (5, 4)), rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4))
    MOVED.check(student, z + 3000 * rng.normal(size=(5, 1)), old, new)
    MOVED.check(student, z, old, normal(new * [1, 0, 1, 1]))
    MOVED.check_inputs(student, z, old, new, names=["z", "old", "new"])
    MOVED.check(student, z, *(normal(share * [1, 1, 1, 0]) for share in (old, new)))
    MOVED.check(student, np.array([[0, 5000.0]]), np.array([0.5, 0.5]), np.array([1.0, 0]))


@part("moved", points=1, says="ValueError for a class that was never seen", after=random_shares)
def unseen_class(student, rng):
    z, new = rng.normal(0, 2, (3, 4)), rng.dirichlet(np.ones(4))
    MOVED.check_refusal(student, z, normal(rng.dirichlet(np.ones(4)) * [1, 1, 0, 1]), new)


# 6. new_shares


def ratios(z, old):
    """Return by how much likelier each sample is in each class than in the old place as a whole."""
    return softmax(z) / old


def told(z, old, seen):
    """Return the same ratios, where a class was looked up of this class alone, up to a factor."""
    r = ratios(z, old)
    r[seen >= 0] = np.eye(len(old))[seen[seen >= 0]]
    return r


def one_step(z, old, seen, new):
    """Return the mean probabilities of the classes if these are their shares: a step of EM."""
    r = told(z, old, seen) * new
    return (r / r.sum(axis=1, keepdims=True)).mean(axis=0)


def likeliest(z, old, seen):
    """Return the shares that make scores and labels likeliest: EM, with steps that are longer."""
    r, new = told(z, old, seen), np.full(len(old), 1 / len(old))
    for _ in range(1500):
        new = normal(new * (r / (r @ new)[:, None]).mean(axis=0) ** 1.7)
    return new


def nobody_looked(seen):
    """Return what `seen` is where nobody has looked."""
    return np.full(len(seen), -1)


NEW_SHARES = Asked(
    "new_shares",
    likeliest,
    slips=[
        Slip(
            "this is the mean of the old place's probabilities. They still hold the old shares: "
            "correct them, and average anew, until nothing changes.",
            gives(lambda z, old, seen: softmax(z).mean(axis=0)),
        ),
        Slip(
            "these are the shares of the likeliest classes. A sample that could be of two classes "
            "counts for both.",
            gives(
                lambda z, old, seen: np.bincount(z.argmax(axis=1), minlength=z.shape[1]) / len(z)
            ),
        ),
        Slip("these are the old shares.", gives(lambda z, old, seen: old)),
        Slip(
            "these are the shares among the samples that were looked up. The others tell, too.",
            gives(lambda z, old, seen: np.bincount(seen[seen >= 0], minlength=len(old))
                  / (seen >= 0).sum()),
        ),
        Slip(
            "the classes that were looked up are not used.",
            lambda got, expected, z, old, seen: same_roughly(
                got, likeliest(z, old, nobody_looked(seen))
            ),
        ),
        Slip(
            "the old shares are not taken out: this makes Σ new·softmax(z) largest, and the logits "
            "hold the old shares already.",
            lambda got, expected, z, old, seen: same_roughly(
                got, likeliest(z, np.full(len(old), 1 / len(old)), seen)
            ),
        ),
        Slip(
            "this is one corrected average. Correct again with these shares, until nothing "
            "changes.",
            lambda got, expected, z, old, seen: any(
                same(got, one_step(z, old, seen, first))
                for first in (softmax(z).mean(axis=0), one_step(z, old, seen, old))
            ),
        ),
        Slip(
            "the mean of the corrected scores was taken before each was normalised.",
            gives(lambda z, old, seen: normal(told(z, old, seen).mean(axis=0))),
        ),
    ],
    general=PLAIN,
)  # fmt: skip


def same_roughly(a, b):
    """Are these the same to three digits?"""
    return np.shape(a) == np.shape(b) and bool(np.abs(np.asarray(a) - b).max() < 1e-3)


def check_shares(student, z, old, seen, most):
    """Check that shares are some, and that no others are likelier by more than `most` nats."""
    new = as_numbers(student.call("new_shares", z, old, seen))
    good = new.shape == old.shape and bool((new >= 0).all() and abs(new.sum() - 1) < 1e-6)
    missing = math.inf
    if good:
        with np.errstate(divide="ignore"):
            r, best = told(z, old, seen), likeliest(z, old, seen)
            logs = [np.log(r @ shares).mean() for shares in (best, new)]
        missing = logs[0] - logs[1]
    if not missing <= most:
        says = f"{missing:.2g} nats a sample are missing" if good else "these are no shares"
        raise NotEarned(f"{says}: {new}", NEW_SHARES.slip_of(new, z, old, seen))


def scores(rng, classes, count, looked_up=0.15):
    """Return logits of samples from a place with other shares, the old ones, and what was seen."""
    old, new = rng.dirichlet(np.full(classes, 3.0)), rng.dirichlet(np.full(classes, 0.8))
    centres = rng.normal(0, 1.1, (classes, 3))
    truth = rng.choice(classes, count, p=new)
    x = centres[truth] + rng.normal(size=(count, 3))
    z = -((x[:, None] - centres) ** 2).sum(axis=-1) / 2 + np.log(old)
    return z, old, np.where(rng.random(count) < looked_up, truth, -1)


@part("new_shares", points=3, says="shares that are within 0.001 nats a sample of the likeliest")
def likely_shares(student, rng):
    for classes, count in ((4, 80), (5, 120), (6, 100)):
        check_shares(student, *scores(rng, classes, count), 1e-3)


@part("new_shares", points=2, says="within 0.00001 nats a sample", after=likely_shares)
def likeliest_shares(student, rng):
    for classes, count in ((4, 80), (5, 120)):
        check_shares(student, *scores(rng, classes, count), 1e-5)


@part(
    "new_shares",
    points=1,
    says="large logits, a class that is not there; the inputs stay as they were",
    after=likely_shares,
)
def shares_at_the_ends(student, rng):
    z, old, seen = scores(rng, 4, 90)
    check_shares(student, z + 2000 * rng.normal(size=(90, 1)), old, seen, 1e-3)
    two, _, seen_of_two = scores(rng, 2, 60, looked_up=0.1)
    away = np.column_stack([two, np.full(60, -300.0)])  # nothing here is of the third class
    check_shares(student, away, np.array([0.3, 0.3, 0.4]), seen_of_two, 1e-3)
    NEW_SHARES.check_inputs(student, z, old, seen, names=["z", "old", "seen"])

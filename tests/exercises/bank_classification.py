"""How readers write log-softmax, the loss of a batch and its gradient, right and wrong."""

import math
from fractions import Fraction

import numpy as np
import scipy.special

from exercises import check
from tests.exercises.bank import Bank

log_softmax = Bank(check.log_softmax)
loss = Bank(check.cross_entropy_from_logits)
gradient = Bank(check.cross_entropy_gradient)
BANKS = [log_softmax, loss, gradient]

# ---- log-softmax ---------------------------------------------------------------------------------


@log_softmax.right
def shifted(z):
    s = z - z.max(axis=-1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=-1, keepdims=True))


@log_softmax.right
def newaxis(z):
    m = z.max(-1)
    return z - (m + np.log(np.exp(z - m[..., None]).sum(-1)))[..., None]


@log_softmax.right
def logaddexp_reduce(z):
    return z - np.logaddexp.reduce(z, axis=-1, keepdims=True)


@log_softmax.right
def scipys_logsumexp(z):
    return z - scipy.special.logsumexp(z, axis=-1, keepdims=True)


@log_softmax.right
def rows_one_by_one(z):
    def row(x):
        return x - x.max() - np.log(np.sum(np.exp(x - x.max())))

    return np.apply_along_axis(row, -1, z)


@log_softmax.right
def recursion_and_math(z):
    if z.ndim > 1:
        return np.array([recursion_and_math(row) for row in z])
    m = max(z)
    log_sum = m + math.log(math.fsum(math.exp(x - m) for x in z))
    return [x - log_sum for x in z]


@log_softmax.right
def nested_lists(z):
    def log_p(x):
        if isinstance(x[0], list):
            return [log_p(row) for row in x]
        m = max(x)
        return [k - m - math.log(sum(math.exp(j - m) for j in x)) for k in x]

    return log_p(z.tolist())


@log_softmax.right
def single_precision(z):
    return shifted(z.astype(np.float32))


@log_softmax.right
def single_precision_as_lists(z):
    return shifted(z.astype(np.float32)).tolist()


@log_softmax.right
def log1p_over_the_others(z):
    top = z.argmax(axis=-1)[..., None]
    m = np.take_along_axis(z, top, axis=-1)
    others = np.exp(z - m)
    np.put_along_axis(others, top, 0, axis=-1)
    return z - m - np.log1p(others.sum(axis=-1, keepdims=True))


@log_softmax.right
def outcomes_first(z):
    z = np.moveaxis(z, -1, 0)
    z = z - np.max(z, axis=0)
    return np.moveaxis(z - np.log(np.sum(np.exp(z), axis=0)), 0, -1)


def row_shift(of):
    """Return log-softmax that subtracts something else than the largest logit first."""

    def log_p(z):
        s = z - of(z)
        return s - np.log(np.exp(s).sum(axis=-1, keepdims=True))

    return log_p


def named(name, function):
    function.__name__ = name
    return function


@log_softmax.wrong("is not the largest logit")
def minus_mean(z):
    return row_shift(lambda z: z.mean(axis=-1, keepdims=True))(z)


@log_softmax.wrong("is not the largest logit")
def minus_smallest(z):
    return row_shift(lambda z: z.min(axis=-1, keepdims=True))(z)


@log_softmax.wrong("is not the largest logit")
def minus_first(z):
    return row_shift(lambda z: z[..., :1])(z)


@log_softmax.wrong("difference of two logits")
def differences(z):
    return -np.log(np.exp(z[..., None, :] - z[..., :, None]).sum(axis=-1))


@log_softmax.wrong("has no room in a float. Subtract the largest logit first")
def textbook(z):
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@log_softmax.wrong("exp of a large number has no room")
def textbook_in_math(z):
    if z.ndim > 1:
        return np.array([textbook_in_math(row) for row in z])
    return [x - math.log(sum(math.exp(y) for y in z)) for x in z]


@log_softmax.wrong("exp of a large number has no room")
def differences_in_math(z):
    if z.ndim > 1:
        return np.array([differences_in_math(row) for row in z])
    return [-math.log(sum(math.exp(y - x) for y in z)) for x in z]


@log_softmax.wrong("became 0 before its logarithm")
def log_of_softmax(z):
    q = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.log(q / q.sum(axis=-1, keepdims=True))


@log_softmax.wrong("became 0 before its logarithm")
def log_of_softmax_in_single_precision(z):
    return log_of_softmax(z.astype(np.float32))


@log_softmax.wrong("became 0 before its logarithm")
def log_of_softmax_in_math(z):
    if z.ndim > 1:
        return np.array([log_of_softmax_in_math(row) for row in z])
    weights = [math.exp(x - max(z)) for x in z]
    return [math.log(w / sum(weights)) for w in weights]


@log_softmax.wrong("need keepdims=True")
def keepdims_forgotten(z):
    s = z - z.max(axis=-1)
    return s - np.log(np.exp(s).sum(axis=-1))


@log_softmax.wrong("The last of them is axis=-1")
def axis_1(z):
    return scipy.special.log_softmax(z, axis=1)


@log_softmax.wrong("over everything")
def one_sum(z):
    return z - z.max() - np.log(np.exp(z - z.max()).sum())


@log_softmax.wrong("along axis 0")
def axis_0(z):
    return z - np.logaddexp.reduce(z, axis=0, keepdims=z.ndim == 1)


@log_softmax.wrong("an if or a comparison met a whole array")
def for_one_row(z):
    m = max(z)
    return np.array([x - m - math.log(sum(math.exp(y - m) for y in z)) for x in z])


@log_softmax.wrong("but not inside the sum")
def outside_only(z):
    return z - z.max(-1, keepdims=True) - np.log(np.exp(z).sum(-1, keepdims=True))


@log_softmax.wrong("Σ exp(z) was subtracted")
def log_forgotten(z):
    return z - np.exp(z).sum(-1, keepdims=True)


@log_softmax.wrong("Σ exp(z − max z) was subtracted")
def log_forgotten_after_the_shift(z):
    s = z - z.max(-1, keepdims=True)
    return s - np.exp(s).sum(-1, keepdims=True)


@log_softmax.wrong("log Σ was added")
def added(z):
    return z + np.logaddexp.reduce(z, axis=-1, keepdims=True)


@log_softmax.wrong("the mean of exp z")
def mean_of_exp(z):
    s = z - z.max(-1, keepdims=True)
    return s - np.log(np.exp(s).mean(-1, keepdims=True))


@log_softmax.wrong("log1p adds 1")
def log1p(z):
    s = z - z.max(-1, keepdims=True)
    return s - np.log1p(np.exp(s).sum(-1, keepdims=True))


@log_softmax.wrong("sigmoid of its own")
def sigmoids(z):
    return -np.log(1 + np.exp(-z))


@log_softmax.wrong("z was divided by its sum")
def linear(z):
    return np.log(z / z.sum(axis=-1, keepdims=True))


@log_softmax.wrong("log10 was used")
def log10(z):
    return shifted(z) / np.log(10)


@log_softmax.wrong("Return their logarithms. Also, it is in bits")
def probabilities_in_no_unit_at_all(z):
    return np.exp(shifted(z)) / np.log(2)


@log_softmax.wrong("not their shape")
def turned(z):
    return shifted(z)[..., None]


@log_softmax.wrong("caps the surprise")
def epsilon(z):
    return np.log(np.exp(shifted(z)) + 1e-12)


@log_softmax.wrong(None)
def temperature(z):
    return shifted(z / 2)


@log_softmax.wrong(None)
def always_nan(z):
    return z * np.nan


@log_softmax.wrong(None)
def infinite_at_once(z):
    return np.where(z > 0, z, -np.inf)


@log_softmax.wrong("changes z")
def in_place(z):
    z -= z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


# ---- the loss ------------------------------------------------------------------------------------


@loss.right
def fancy_index(classes, z):
    return -shifted(z)[np.arange(len(classes)), classes]


@loss.right
def comprehension(classes, z):
    return [-shifted(row)[c] for c, row in zip(classes, z, strict=True)]


@loss.right
def math_loop(classes, z):
    losses = []
    for c, row in zip(classes, z.tolist(), strict=True):
        top = max(row)
        losses.append(top - row[c] + math.log(sum(math.exp(x - top) for x in row)))
    return losses


@loss.right
def one_hot(classes, z):
    target = np.eye(z.shape[1])[classes]
    return -(target * shifted(z)).sum(axis=1)


@loss.right
def take_along_axis(classes, z):
    return -np.take_along_axis(shifted(z), classes[:, None], axis=1)[:, 0]


@loss.right
def gap_and_logaddexp(classes, z):
    return np.logaddexp.reduce(z, axis=1) - np.choose(classes, z.T)


@loss.right
def mask(classes, z):
    return -shifted(z)[np.arange(z.shape[1]) == classes[:, None]]


@loss.right
def einsum(classes, z):
    return -np.einsum("nk,nk->n", shifted(z), np.eye(z.shape[1])[classes])


@loss.right
def single(classes, z):
    return fancy_index(classes, z.astype(np.float32))


@loss.right
def diagonal(classes, z):
    return -shifted(z)[:, classes].diagonal()


@loss.right
def filled_in(classes, z):
    losses = np.empty(len(classes))
    for i in range(len(classes)):
        losses[i] = -shifted(z[i])[classes[i]]
    return losses


def on(log_p):
    """Return the loss that takes these logarithms."""
    return lambda classes, z: -log_p(z)[np.arange(len(classes)), classes]


for says, log_p in [
    ("is not the largest logit", minus_mean),
    ("is not the largest logit", minus_smallest),
    ("difference of two logits", differences),
    ("has no room in a float. Subtract the largest logit first", textbook),
    ("became 0 before its logarithm", log_of_softmax),
    ("became 0 before its logarithm", log_of_softmax_in_single_precision),
    ("need keepdims=True", keepdims_forgotten),
    ("over everything", one_sum),
    ("log10 was used", log10),
    ("caps the surprise", epsilon),
    (None, temperature),
    (None, always_nan),
]:
    loss.wrong(says)(named(f"loss_{log_p.__name__}", on(log_p)))


@loss.wrong("difference of two logits")
def from_gaps(classes, z):
    return np.log(np.exp(z - z[np.arange(len(z)), classes][:, None]).sum(axis=1))


@loss.wrong("mean over the samples")
def mean(classes, z):
    return np.mean(fancy_index(classes, z))


@loss.wrong("sum over the samples")
def total(classes, z):
    return np.sum(fancy_index(classes, z))


@loss.wrong("count the columns of z, not its rows")
def rows_by_class(classes, z):
    return -shifted(z)[classes]


@loss.wrong("takes the columns of all samples")
def all_columns(classes, z):
    return -shifted(z)[:, classes]


@loss.wrong("losses of all classes")
def nothing_picked(classes, z):
    return -shifted(z)


@loss.wrong("likeliest classes")
def likeliest(classes, z):
    return -shifted(z).max(axis=1)


@loss.wrong("divided by the number of samples")
def shares_of_the_mean(classes, z):
    return fancy_index(classes, z) / len(z)


@loss.wrong("this is 1 − p")
def not_the_class(classes, z):
    return 1 - np.exp(-fancy_index(classes, z))


@loss.wrong("coin of its own")
def binary_cross_entropy(classes, z):
    target, q = np.eye(z.shape[1])[classes], 1 / (1 + np.exp(-z))
    return -(target * np.log(q) + (1 - target) * np.log(1 - q)).sum(axis=1)


@loss.wrong("coin of its own")
def sigmoid_of_the_class(classes, z):
    return np.log(1 + np.exp(-z[np.arange(len(z)), classes]))


@loss.wrong("minus sign")
def likelihood(classes, z):
    return -fancy_index(classes, z)


@loss.wrong("softmax was applied twice")
def twice(classes, z):
    return fancy_index(classes, np.exp(shifted(z)))


@loss.wrong("not their shape")
def column(classes, z):
    return fancy_index(classes, z)[:, None]


@loss.wrong("log2 was used")
def bits(classes, z):
    return fancy_index(classes, z) / np.log(2)


# ---- the gradient --------------------------------------------------------------------------------


def softmax(z):
    return np.exp(shifted(z))


@gradient.right
def difference(p, z):
    return softmax(z) - p


@gradient.right
def divided_weights(p, z):
    w = np.exp(z - z.max(axis=1, keepdims=True))
    return w / w.sum(axis=1, keepdims=True) - p


@gradient.right
def by_rows(p, z):
    return [softmax(row) - target for target, row in zip(p, z, strict=True)]


@gradient.right
def in_math(p, z):
    rows = []
    for target, row in zip(p.tolist(), z.tolist(), strict=True):
        w = [math.exp(x - max(row)) for x in row]
        rows.append([a / sum(w) - b for a, b in zip(w, target, strict=True)])
    return rows


@gradient.right
def through_the_jacobian(p, z):
    q = softmax(z)
    rows = []
    for target, row in zip(p, q, strict=True):
        jacobian = np.eye(row.size) - row  # of log softmax
        rows.append(-target @ jacobian)
    return np.array(rows)


@gradient.right
def central_differences(p, z):
    slopes, h = np.empty_like(z), 1e-4
    for k in range(z.shape[1]):
        up, down = z.copy(), z.copy()
        up[:, k] += h
        down[:, k] -= h
        slopes[:, k] = ((p * (shifted(down) - shifted(up))).sum(1)) / (2 * h)
    return slopes


@gradient.right
def single_precision_gradient(p, z):
    return (softmax(z.astype(np.float32)) - p).astype(np.float32)


@gradient.right
def differences_of_logits(p, z):
    return 1 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=-1) - p


@gradient.right
def fractions_(p, z):
    return [[Fraction(q) - Fraction(t) for q, t in zip(*rows, strict=True)]
            for rows in zip(softmax(z).tolist(), p.tolist(), strict=True)]  # fmt: skip


@gradient.right
def row_sums_count(p, z):
    return p.sum(axis=1, keepdims=True) * softmax(z) - p


@gradient.wrong("softmax − 1 for every class")
def minus_one(p, z):
    return softmax(z) - 1


@gradient.wrong("twice the gradient")
def twice_gradient(p, z):
    return 2 * (softmax(z) - p)


@gradient.wrong("logits minus the target")
def logits_minus_target(p, z):
    return z - p


@gradient.wrong("number of outcomes")
def mean_over_outcomes(p, z):
    return (softmax(z) - p) / z.shape[1]


@gradient.wrong("over the outcomes. Return a slope for each logit")
def averaged_outcomes(p, z):
    return (softmax(z) - p).mean(axis=1)


@gradient.wrong("over the samples. Return the gradient of each loss")
def averaged_samples(p, z):
    return (softmax(z) - p).mean(axis=0)


loss_sum = named("summed_samples", lambda p, z: (softmax(z) - p).sum(axis=0))
gradient.wrong("over the samples. Return the gradient of each loss")(loss_sum)


@gradient.wrong("one-hot with argmax")
def argmax_of_target(p, z):
    g = softmax(z)
    g[np.arange(len(p)), p.argmax(axis=1)] -= 1
    return g


@gradient.wrong("the largest logit was taken")
def argmax_of_logits(p, z):
    return softmax(z) - np.eye(z.shape[1])[z.argmax(axis=1)]


@gradient.wrong("1 − softmax")
def one_minus(p, z):
    return 1 - softmax(z)


@gradient.wrong("the target was added")
def plus(p, z):
    return softmax(z) + p


@gradient.wrong("way down")
def down(p, z):
    return p - softmax(z)


@gradient.wrong("gradient of the mean")
def of_the_mean(p, z):
    return (softmax(z) - p) / len(z)


@gradient.wrong("slope of softmax")
def diagonal_of_softmax(p, z):
    return softmax(z) * (1 - softmax(z))


@gradient.wrong("sigmoid of its own")
def sigmoid_gradient(p, z):
    return 1 / (1 + np.exp(-z)) - p


@gradient.wrong("these are the losses")
def losses(p, z):
    return -(p * shifted(z)).sum(axis=1)


@gradient.wrong("need keepdims=True")
def keepdims_forgotten_in_the_gradient(p, z):
    w = np.exp(z - z.max())
    return w / w.sum(axis=1) - p


@gradient.wrong("no room in a float")
def textbook_gradient(p, z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) - p


@gradient.wrong("is not the largest logit")
def minus_mean_gradient(p, z):
    s = z - z.mean(axis=1, keepdims=True)
    return np.exp(s) / np.exp(s).sum(axis=1, keepdims=True) - p


@gradient.wrong(None)
def always_nan_gradient(p, z):
    return p * np.nan


@gradient.wrong(None)
def squared_error(p, z):
    q = softmax(z)
    return (q - p) * q * (1 - q)

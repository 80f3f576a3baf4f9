"""The chapter on classification: its gradients against PyTorch, its theorems, its table of calls.

The functions are the chapter's own, which it exports; the digits are scikit-learn's.
"""

import re

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq, minimize
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from exports import classification as chapter
from lib import (
    conditional_entropy,
    cross_entropy,
    cross_entropy_from_logits,
    cross_entropy_gradient,
    entropy,
    kl_divergence,
    normalize,
    softmax,
)
from manuscript.pages import ROOT
from tests.chapters.chapter_run import numbers_of
from training import MLP

NOTEBOOK = ROOT / "book" / "classification.ipynb"
NEWS = np.array([0.5, 0.3, 0.2])
RIGHT = 1e-12


@pytest.fixture(scope="module")
def digits():
    bunch = load_digits()
    return bunch.data / 16, bunch.target


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def autograd(torch, loss, z):
    """Return the slope of loss(z) by PyTorch, in float64."""
    leaf = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    loss(leaf).backward()
    return leaf.grad.numpy()


def batch(rng, n=40, K=10, scale=3.0):
    return normalize(rng.random((n, K)) ** 3), rng.standard_normal((n, K)) * scale


# ---- gradients against autograd ------------------------------------------------------------------


def test_the_gradient_of_kl_is_that_of_autograd(torch, rng):
    p, z = batch(rng)
    target = torch.from_numpy(p)

    def loss(z):
        log_q = torch.log_softmax(z, -1)
        return (target * (target.log() - log_q)).sum()

    np.testing.assert_allclose(chapter.kl_gradient(p, z), autograd(torch, loss, z), atol=RIGHT)


@pytest.mark.parametrize("name", ["stopped", "H(M,Q)", "D(M‖Q)"])
def test_own_targets_have_the_gradients_of_autograd(torch, rng, name):
    _, z = batch(rng, scale=2.0)
    label = np.eye(10)[rng.integers(10, size=len(z))]

    def loss(z):
        log_q = torch.log_softmax(z, -1)
        m = (torch.from_numpy(label) + log_q.exp()) / 2
        m = m.detach() if name == "stopped" else m
        own = (m * m.log()).sum() if name == "D(M‖Q)" else 0
        return own - (m * log_q).sum()

    ours = chapter.own_target_gradients(label, z)[name]
    np.testing.assert_allclose(ours, autograd(torch, loss, z), rtol=RIGHT, atol=RIGHT)


@pytest.mark.parametrize("name", ["H(P,Q)", "D(P‖Q)", "D(Q‖P)", "H(Q,P)"])
def test_the_four_losses_of_the_news_have_the_gradients_of_autograd(torch, name):
    z, p = np.array([0.4, 1.1, -0.7]), torch.from_numpy(NEWS)
    losses = {
        "H(P,Q)": lambda log_q: -(p * log_q).sum(),
        "D(P‖Q)": lambda log_q: (p * (p.log() - log_q)).sum(),
        "D(Q‖P)": lambda log_q: (log_q.exp() * (log_q - p.log())).sum(),
        "H(Q,P)": lambda log_q: -(log_q.exp() * p.log()).sum(),
    }
    q = softmax(z)
    slopes = {"H(P,Q)": -NEWS / q, "D(P‖Q)": 1 - NEWS / q, "D(Q‖P)": np.log(q / NEWS)}
    ours = chapter.through_softmax(q, slopes.get(name, -np.log(NEWS)))
    theirs = autograd(torch, lambda z: losses[name](torch.log_softmax(z, -1)), z)
    np.testing.assert_allclose(ours, theirs, rtol=RIGHT, atol=1e-15)
    # … and the chapter spells these slopes as they stand here
    source = "".join(cell.source for cell in nbformat.read(NOTEBOOK, 4).cells)
    for slope in ("-P / q", "1 - P / q", "np.log(q / P)", "-np.log(P)"):
        assert f"lambda q: {slope})" in source


def test_the_gradient_on_real_digits_is_that_of_autograd(digits, torch, rng):
    (x, y), net = digits, MLP((64, 32, 10), rng=rng)
    chapter.train(net, x[:200], y[:200], lr=0.02, steps=20)
    z, tape = net.forward(x[:200])
    ours, _ = net.backward(tape, cross_entropy_gradient(y[:200], z) / 200)
    leaves = [[torch.tensor(t, requires_grad=True) for t in layer] for layer in net.weights]
    (W1, b1), (W2, b2) = leaves
    out = torch.tanh(torch.from_numpy(x[:200]) @ W1 + b1) @ W2 + b2
    torch.nn.functional.cross_entropy(out, torch.from_numpy(y[:200])).backward()
    theirs = np.concatenate([t.grad.numpy().ravel() for layer in leaves for t in layer])
    np.testing.assert_allclose(ours, theirs, rtol=RIGHT, atol=1e-14 * abs(theirs).max())


def test_finite_differences_tell_a_wrong_gradient(rng):
    p, z = NEWS, rng.standard_normal(3)
    numeric = chapter.slope(lambda z: kl_divergence(p, softmax(z)), z)
    # central differences err by step² and by rounding/step, both near 1e-10
    np.testing.assert_allclose(numeric, softmax(z) - p, atol=1e-8)
    assert abs(numeric - (p - softmax(z))).max() > 0.01
    assert abs(numeric - (1 - p / softmax(z))).max() > 0.01


# ---- the theorems --------------------------------------------------------------------------------

numbers = st.floats(-8, 8)
logits = arrays(np.float64, st.tuples(st.integers(1, 5), st.just(4)), elements=numbers)


@given(logits, logits.map(softmax))
@settings(deadline=None)
def test_cross_entropy_and_kl_differ_by_the_entropy_of_the_target(z, p):
    z, p = z[: len(p)], p[: len(z)]
    gap = cross_entropy_from_logits(p, z) - kl_divergence(p, softmax(z))
    np.testing.assert_allclose(gap, entropy(p), atol=RIGHT)


@given(logits, st.integers(0, 3))
@settings(deadline=None)
def test_both_gradients_are_one_for_soft_targets_and_labels(z, label):
    one_hot = np.eye(4)[label] + 0 * z
    for p in (softmax(z[::-1] / 3), one_hot):
        ours = chapter.kl_gradient(p, z)
        np.testing.assert_allclose(ours, cross_entropy_gradient(p, z), atol=RIGHT)


@given(logits, arrays(np.float64, (4, 4), elements=numbers))
@settings(deadline=None)
def test_no_classifier_is_below_the_floor(z, other):
    joint = normalize(np.exp(np.resize(z, (4, 4))))  # rows x, all equally likely
    belief = softmax(other)
    expected = (joint / 4 * -np.log(belief)).sum()
    floor = conditional_entropy(joint / 4)
    assert expected >= floor - RIGHT
    above = kl_divergence(joint, belief).mean()
    assert expected - floor == pytest.approx(above, abs=1e-11)


@pytest.mark.parametrize(("K", "floor"), [(2, 0.3251), (10, 0.5448)])
def test_the_floor_of_a_tenth_of_flipped_labels(K, floor):
    closed = -0.9 * np.log(0.9) - 0.1 * np.log(0.1 / (K - 1))
    truth = np.where(np.eye(K) == 1, 0.9, 0.1 / (K - 1))
    assert conditional_entropy(truth / K) == pytest.approx(closed, rel=RIGHT)
    assert closed == pytest.approx(floor, abs=5e-5)


@given(arrays(np.float64, 10, elements=st.floats(0, 1)).filter(lambda weights: weights.sum() > 0.1))
@settings(deadline=None)
def test_doubtful_pictures_lift_the_floor_of_flipped_labels(weights):
    truth = np.where(np.eye(10) == 1, 0.9, 0.1 / 9)
    assert entropy(normalize(weights) @ truth) >= entropy(truth[0]) - RIGHT


@pytest.mark.parametrize("K", [2, 10])
def test_flipped_labels_are_flipped_to_every_other_class_alike(K, rng):
    right = np.arange(60_000) % K
    seen = chapter.flip(right, K, rng)
    away = (seen - right) % K
    shares = np.bincount(away, minlength=K) / right.size
    wanted = np.r_[0.9, np.full(K - 1, 0.1 / (K - 1))]
    # five standard deviations of a share
    assert (abs(shares - wanted) < 5 * np.sqrt(wanted * (1 - wanted) / right.size)).all()


def test_the_focal_loss_is_not_proper_and_cross_entropy_is():
    def slope_of_focal(c, p=0.9):
        """d/dc of −p (1 − c)² ln c − (1 − p) c² ln(1 − c)."""
        return p * (2 * (1 - c) * np.log(c) - (1 - c) ** 2 / c) - (1 - p) * (
            2 * c * np.log(1 - c) - c**2 / (1 - c)
        )

    assert brentq(slope_of_focal, 0.5, 0.99) == pytest.approx(0.694, abs=5e-4)

    def expected(loss):
        best = minimize(lambda z: (NEWS * loss(softmax(z))).sum(), np.zeros(3), tol=1e-12)
        return softmax(best.x)

    np.testing.assert_allclose(expected(lambda q: -np.log(q)), NEWS, atol=1e-5)
    off = expected(lambda q: -((1 - q) ** 2) * np.log(q))
    assert abs(off - NEWS).max() > 0.05
    assert (np.argsort(off) == np.argsort(NEWS)).all()


def test_the_squared_error_and_the_probability_itself_stop_pulling_where_they_are_most_wrong(torch):
    """The chapter's table of pulls and of values halfway, by PyTorch."""
    cat = torch.tensor([1.0, 0, 0], dtype=torch.float64)
    losses = {
        "cross-entropy": lambda q: -q[0].log(),
        "squared error": lambda q: ((q - cat) ** 2).sum(),
        "1 - q": lambda q: 1 - q[0],
    }
    pulls = {
        "cross-entropy": [0.6667, 0.9900, 0.9999],
        "squared error": [0.4444, 0.0388, 0.0004],
        "1 - q": [0.2222, 0.0099, 0.0001],
    }
    middle = {
        "cross-entropy": (4.6052, 5.1344),
        "squared error": (1.9406, 1.3330),
        "1 - q": (0.9900, 0.8333),
    }
    zs = [np.array([0.0, 0.0, z]) for z in (0.0, 4.585, 9.17)]
    for name, loss in losses.items():
        theirs = [-autograd(torch, lambda z, f=loss: f(torch.softmax(z, -1)), z)[0] for z in zs]
        assert theirs == pytest.approx(pulls[name], abs=5e-5)
        first, halfway, last = (loss(torch.softmax(torch.tensor(z), -1)).item() for z in zs)
        assert (halfway, (first + last) / 2) == pytest.approx(middle[name], abs=5e-5)


@given(logits, arrays(np.float64, 4, elements=numbers), st.integers(0, 3))
@settings(deadline=None)
def test_cross_entropy_is_convex_in_the_logits_with_the_variance_as_its_bend(z, v, label):
    """By second differences: φ(0) along z + t v."""
    ends = cross_entropy_from_logits(label, np.stack([z[0] - v, z[0], z[0] + v]))
    assert ends[1] <= (ends[0] + ends[2]) / 2 + 1e-11
    q, step = softmax(z[0]), 1e-3
    near = cross_entropy_from_logits(label, np.stack([z[0] + t * step * v for t in (-1, 0, 1)]))
    variance = q @ v**2 - (q @ v) ** 2
    # fourth derivatives of at most 8⁴·3, times step²/12; rounding 1e-15/step²
    assert (near[0] - 2 * near[1] + near[2]) / step**2 == pytest.approx(variance, abs=0.02)


def test_one_minus_the_probability_is_smallest_with_everything_on_the_likeliest_class():
    best = minimize(lambda z: NEWS @ (1 - softmax(z)), np.zeros(3)).x
    assert softmax(best)[0] > 0.99
    corners = [NEWS @ (1 - corner) for corner in np.eye(3)]
    assert np.argmin(corners) == NEWS.argmax()
    squared = minimize(
        lambda z: sum(
            p * ((softmax(z) - e) ** 2).sum() for p, e in zip(NEWS, np.eye(3), strict=True)
        ),
        np.zeros(3),
        tol=1e-12,
    )
    np.testing.assert_allclose(softmax(squared.x), NEWS, atol=1e-5)


def test_the_truth_can_be_computed_back_from_the_answer_of_the_focal_loss():
    """Charoenphakdee et al. (2021): p is proportional to 1/slope of the loss in q."""
    off = minimize(lambda z: NEWS @ (-((1 - softmax(z)) ** 2) * np.log(softmax(z))),
                   np.zeros(3), tol=1e-12)  # fmt: skip
    q = softmax(off.x)
    bend = (1 - q) ** 2 / q - 2 * (1 - q) * np.log(q)  # minus the slope of (1 − q)² · −ln q
    np.testing.assert_allclose(normalize(1 / bend), NEWS, atol=1e-5)


def test_at_the_best_temperature_a_model_pays_what_it_expects(rng):
    z, y = rng.standard_normal((500, 6)) * 4, rng.integers(6, size=500)
    z[np.arange(500), y] += 2

    def slope(beta):
        return ((softmax(beta * z) * z).sum(-1) - z[np.arange(500), y]).mean()

    beta = brentq(slope, 1e-3, 10, xtol=1e-15)
    pays = cross_entropy_from_logits(y, beta * z).mean()
    assert entropy(softmax(beta * z)).mean() == pytest.approx(pays, rel=1e-10)
    nearby = [cross_entropy_from_logits(y, b * z).mean() for b in (0.9 * beta, 1.1 * beta)]
    assert pays < min(nearby)


def best_beta(z, y):
    """Return 1/T of the least mean loss: where the model expects what it pays (its slope is 0)."""

    def slope(beta):
        return ((softmax(beta * z) * z).sum(-1) - z[np.arange(y.size), y]).mean()

    return brentq(slope, 1e-3, 100, xtol=1e-14)


def test_the_temperature_that_the_chapter_chooses_has_slope_0(rng):
    z, y = rng.standard_normal((400, 6)) * 4, rng.integers(6, size=400)
    z[np.arange(400), y] += 6
    assert chapter.best_temperature(z, y) == pytest.approx(1 / best_beta(z, y), rel=1e-4)


def test_smoothing_costs_as_it_comes_out_and_not_with_one_temperature(digits):
    """On two other splits than the chapter's ten, with halves that take turns."""
    x, y = digits
    for seed in range(2):
        rng = np.random.default_rng(seed)
        order = rng.permutation(y.size)
        seen, new = order[:1347], order[1347:]
        outputs = []
        for targets in (np.eye(10), 0.9 * np.eye(10) + 0.01):
            net = MLP((64, 32, 10), rng=rng)
            chapter.train(net, x[seen], targets[y[seen]], lr=0.02)
            outputs.append(net(x[new]))
        raw = [cross_entropy_from_logits(y[new], z).mean() for z in outputs]
        assert raw[1] > 1.2 * raw[0]
        mended = []
        for z in outputs:
            halves = np.arange(450) % 2
            paid = 0
            for half in (0, 1):
                fit, judge = halves == half, halves != half
                beta = best_beta(z[fit], y[new][fit])
                paid += cross_entropy_from_logits(y[new][judge], beta * z[judge]).mean() / 2
            mended.append(paid)
        assert mended[1] < 0.7 * raw[1]


def test_on_the_chapters_ten_splits_smoothing_costs_until_it_is_mended():
    """Means; the chapter prints them, and each of two more splits bears them out above."""
    _, hidden, smoothed, _ = numbers_of("classification", "cell-68")
    assert smoothed[0] > 1.2 * hidden[0]
    _, mended, mended_smoothed, saves = numbers_of("classification", "mended-rows")
    assert mended_smoothed[0] < 0.7 * smoothed[0]
    assert mended_smoothed[0] < mended[0]
    assert saves[0] == pytest.approx(mended[0] - mended_smoothed[0], abs=1.5e-4)


def test_450_flipped_labels_cost_the_floor_give_or_take_062_nats():
    # two prices, −ln .9 and −ln(.1/9), the second with probability .1
    spread = np.sqrt(0.1 * 0.9) * np.log(0.9 / (0.1 / 9))
    assert spread / np.sqrt(450) == pytest.approx(0.062, abs=5e-4)
    for n, K, error in ((179_700, 2, 0.0016), (179_700, 10, 0.0031)):
        spread = np.sqrt(0.1 * 0.9) * np.log(0.9 * (K - 1) / 0.1)
        assert spread / np.sqrt(n) == pytest.approx(error, abs=5e-5)


def test_the_baseline_without_information_is_the_best_constant_answer(digits):
    y = digits[1]
    shares = np.bincount(y, minlength=10) / y.size
    constant = minimize(lambda z: cross_entropy_from_logits(y, z + np.zeros((y.size, 1))).mean(),
                        np.zeros(10))  # fmt: skip
    assert constant.fun == pytest.approx(entropy(shares), abs=1e-8)
    assert cross_entropy_from_logits(y, np.zeros((y.size, 10))).mean() == pytest.approx(np.log(10))
    assert log_loss([1] + 99 * [0], np.full(100, 0.01)) == pytest.approx(0.0560, abs=5e-5)


def test_the_loss_may_stay_or_rise_while_the_hits_rise():
    early, later, worse = [0.45] * 3, [0.9, 0.9, 0.1125], [0.9, 0.9, 0.01]
    assert np.prod(early) == pytest.approx(np.prod(later), rel=RIGHT)
    labels = [1, 1, 1]
    costs = [log_loss(labels, q, labels=[0, 1]) for q in (early, later, worse)]
    assert costs == pytest.approx([0.7985, 0.7985, 1.6053], abs=5e-5)


def test_one_temperature_leaves_every_hit_as_it_was(rng):
    _, z = batch(rng)
    for T in (0.05, 0.45, 3):
        assert (softmax(z / T).argmax(-1) == z.argmax(-1)).all()


def test_the_chapter_prints_the_numbers_that_are_held_here():
    """The tests above compute them by other means; here they are tied to its stored outputs."""
    cells = nbformat.read(NOTEBOOK, 4).cells
    outputs = [out.text for cell in cells for out in cell.get("outputs", ())]
    printed = " ".join("\n".join(outputs).split())
    for line in (
        "cross-entropy 0.6667 0.9900 0.9999 squared error 0.4444 0.0388 0.0004",
        "1 - q 0.2222 0.0099 0.0001",
        "cross-entropy halfway 4.6052, mean of the ends 5.1344",
        "squared error halfway 1.9406, mean of the ends 1.3330",
        "1 - q halfway 0.9900, mean of the ends 0.8333",
        "2 classes: floor 0.3251 nats",
        "± 0.0016 10 classes: floor 0.5448 nats",
        "± 0.0031 450 such labels cost it 0.5448 ± 0.062 nats",
        "one case in 100: baseline 0.0560 nats",
        "[0.45, 0.45, 0.45] 0.7985 nats, hits 0",
        "[0.9, 0.9, 0.1125] 0.7985 nats, hits 2",
        "[0.9, 0.9, 0.01] 1.6053 nats, hits 2",
        "cross-entropy 0.900, focal 0.694",
        "0.7679 nats instead of 0.3567 0.5514 nats for certainty",
        "right 0.1861 nats, mean 0.0620 nats, q for log q -1.3797 nats, swapped 0.1933 nats",
    ):
        assert line in printed


def test_no_picture_occurs_twice_so_that_all_training_labels_can_be_learnt_by_heart(digits):
    x, _ = digits
    assert len(np.unique(x, axis=0)) == len(x)


# ---- the training --------------------------------------------------------------------------------


def test_training_lowers_the_loss_and_names_new_digits(digits, rng):
    x, y = digits
    order = rng.permutation(y.size)
    seen, new = order[:1347], order[1347:]
    for sizes, lr in (((64, 10), 0.1), ((64, 32, 10), 0.02)):
        net = MLP(sizes, rng=rng)
        before = cross_entropy_from_logits(y[seen], net(x[seen])).mean()
        chapter.train(net, x[seen], y[seen], lr=lr)
        after = cross_entropy_from_logits(y[seen], net(x[seen])).mean()
        assert after < 0.1 < before
        # the chapter's worst split has about 95 %; one new digit is .2 %
        assert (net(x[new]).argmax(-1) == y[new]).mean() > 0.93


def test_the_linear_model_is_as_good_as_logistic_regression_of_scikit_learn(digits):
    (x, y), ours, theirs = digits, [], []
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(y.size)
        seen, new = order[:1347], order[1347:]
        net = MLP((64, 10), rng=np.random.default_rng(seed))
        chapter.train(net, x[seen], y[seen], lr=0.1)
        ours.append((net(x[new]).argmax(-1) == y[new]).mean())
        theirs.append(LogisticRegression(max_iter=2000).fit(x[seen], y[seen]).score(x[new], y[new]))
    # another optimiser and a small penalty: they may differ by a few of the 1,800 digits
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.01)


def test_the_mean_loss_is_log_loss_of_scikit_learn(digits, rng):
    y = digits[1]
    z = rng.standard_normal((y.size, 10))
    ours = cross_entropy_from_logits(y, z).mean()
    assert ours == pytest.approx(log_loss(y, softmax(z)), rel=RIGHT)


# ---- the calls of the table, and the traps -------------------------------------------------------


def calls():
    """Return (task, NumPy, PyTorch) of each row of the chapter's table of calls."""
    rows = re.findall(
        r"^\| ([\w ]+) \| `(.+?)` \| `(F\..+?)` \|$",
        "\n".join(cell.source for cell in nbformat.read(NOTEBOOK, 4).cells),
        re.M,
    )
    assert [task for task, *_ in rows] == [
        *("labels", "several labels", "soft targets"),
        *("distillation", "own targets", "model first"),
    ]
    return rows


@pytest.mark.parametrize(("task", "ours", "theirs"), calls(), ids=lambda text: text[:14])
def test_a_call_of_the_table_gives_the_same_in_pytorch(torch, rng, task, ours, theirs):
    p, z = batch(rng)
    y, t = rng.integers(10, size=len(z)), rng.integers(2, size=z.shape).astype(float)
    given_to_lib = {
        **{"p": p, "z": z, "y": y, "t": t, "np": np, "softmax": softmax, "T": 3},
        **{"kl_divergence": kl_divergence},
        "cross_entropy_from_logits": cross_entropy_from_logits,
    }
    tensors = {name: torch.from_numpy(given_to_lib[name]) for name in ("p", "z", "y", "t")}
    result = eval(theirs, {"F": torch.nn.functional, "T": 3, **tensors})
    assert eval(ours, given_to_lib) == pytest.approx(result.item(), rel=1e-12)


def test_binary_cross_entropy_averages_over_labels_too(torch, rng):
    z = rng.standard_normal((40, 7))
    t = rng.integers(2, size=z.shape).astype(float)
    theirs = torch.nn.functional.binary_cross_entropy_with_logits(*map(torch.from_numpy, (z, t)))
    two_logits = np.stack([np.zeros_like(z), z], axis=-1)
    each = cross_entropy_from_logits(t.astype(int), two_logits)
    assert theirs.item() == pytest.approx(each.sum(axis=1).mean() / 7, rel=RIGHT)


def test_a_student_like_its_teacher_has_slope_0_at_the_same_temperature_only(torch, rng):
    _, z = batch(rng)
    teacher = torch.from_numpy(z)

    def slope(T_of_target):
        p = torch.softmax(teacher / T_of_target, -1)
        return autograd(torch, lambda z: torch.nn.functional.cross_entropy(z / 3, p), z)

    np.testing.assert_allclose(slope(3), 0, atol=1e-15)
    assert abs(slope(1)).max() > 1e-3


def test_label_smoothing_of_pytorch_is_that_of_the_chapter(torch, rng):
    _, z = batch(rng)
    y = rng.integers(10, size=len(z))
    smooth = 0.9 * np.eye(10)[y] + 0.1 / 10
    theirs = torch.nn.functional.cross_entropy(
        torch.from_numpy(z), torch.from_numpy(y), label_smoothing=0.1
    )
    ours = cross_entropy_from_logits(smooth, z).mean()
    assert ours == pytest.approx(theirs.item(), rel=RIGHT)


def test_the_traps_of_pytorch_give_the_numbers_of_the_chapter(torch):
    F = torch.nn.functional
    q, certain = torch.tensor([[0.7, 0.2, 0.1], [1.0, 0.0, 0.0]], dtype=torch.float64)
    cat = torch.tensor(0)
    assert F.cross_entropy(q, cat).item() == pytest.approx(0.7679, abs=5e-5)
    assert F.cross_entropy(certain, cat).item() == pytest.approx(0.5514, abs=5e-5)
    P, Q = (torch.tensor(pmf, dtype=torch.float64) for pmf in (NEWS, [0.3, 0.6, 0.1]))
    with pytest.warns(UserWarning, match="reduction: 'mean' divides the total loss"):
        mean = F.kl_div(Q.log(), P).item()
    assert mean == pytest.approx(0.0620, abs=5e-5)
    assert F.kl_div(Q.log(), P, reduction="batchmean").item() == pytest.approx(mean)
    assert F.kl_div(Q, P, reduction="sum").item() == pytest.approx(-1.3797, abs=5e-5)
    assert F.kl_div(P.log(), Q, reduction="sum").item() == pytest.approx(0.1933, abs=5e-5)
    assert F.kl_div(Q.log(), P, reduction="sum").item() == pytest.approx(0.1861, abs=5e-5)
    assert cross_entropy([1, 0, 0], q.numpy()) == pytest.approx(0.3567, abs=5e-5)


def test_the_twice_taken_softmax_never_comes_below_its_bound():
    rng = np.random.default_rng(1)
    for K in (2, 3, 10):
        q = softmax(rng.standard_normal((1000, K)) * 50)
        bound = np.log(np.e + K - 1) - 1
        assert cross_entropy_from_logits(0, q).min() >= bound - RIGHT
        assert cross_entropy_from_logits(0, np.eye(K)[0]) == pytest.approx(bound, rel=RIGHT)

"""The chapter on language models: gradients, theorems as properties, the exact coder, the study."""

import itertools
import math

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import data
from exports import language_models as chapter
from lib import arithmetic_decode, arithmetic_encode, entropy, kl_divergence, softmax
from studies import language_models as study
from studies import record
from tests.chapters.chapter_run import numbers_of

LN2 = math.log(2)
LOGITS = arrays(float, 6, elements=st.floats(-8, 8))


def printed(cell):
    return list(itertools.chain(*numbers_of("language-models", cell)))


@pytest.fixture(scope="module")
def model():
    return chapter.restored(data.load("letter_model"))


@pytest.fixture(scope="module")
def table():
    return record.read(study.TABLE)[0]


# ---- the shipped model ---------------------------------------------------------------------------


def test_the_shipped_arrays_are_half_precision_and_small():
    arrays = data.load("letter_model")
    weights = [array for name, array in arrays.items() if name != "alphabet"]
    assert {array.dtype for array in weights} == {np.dtype(np.float16)}
    assert sum(array.nbytes for array in weights) <= 250_000
    assert str(arrays["alphabet"]) == "".join(sorted(set(data.load("genesis"))))


def test_the_held_out_price_is_that_of_a_plain_forward_pass(model):
    text = data.load("genesis")
    cut = 9 * len(text) // 10
    arrays = data.load("letter_model")
    E, *layers = (arrays[name].astype(float) for name in arrays if name != "alphabet")
    ids = [str(arrays["alphabet"]).index(letter) for letter in text]
    x = np.stack([E[ids[cut - 12 + k : len(text) - 12 + k]] for k in range(12)], axis=1)
    x = x.reshape(len(text) - cut, -1)
    for W, b in zip(layers[::2], layers[1::2], strict=True):
        x = x @ W + b
        x, last = np.where(x > 0, x, 0), x
    log_q = scipy.special.log_softmax(last, axis=1)
    nats = -log_q[np.arange(len(x)), ids[cut:]]
    assert printed("load")[0] == round(nats.mean() / LN2, 3)
    own = scipy.special.entr(np.exp(log_q)).sum(axis=1).mean()
    assert numbers_of("language-models", "temperature")[-1][-1] == round(own / LN2, 3)


def test_with_the_default_start_of_pytorch_the_first_price_is_near_ln_k():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    model = chapter.new_model(
        "".join(sorted(set(data.load("genesis")))), chapter.SHAPE, np.random.default_rng(0)
    )
    ids = model.encode(data.load("genesis")[-4_000:])
    contexts, targets = (torch.from_numpy(x.copy()) for x in (model.contexts(ids), ids))
    firsts = []
    for seed in range(8):
        torch.manual_seed(seed)
        net = torch.nn.Sequential(
            torch.nn.Embedding(66, 16),
            torch.nn.Flatten(),
            torch.nn.Linear(192, 192),
            torch.nn.ReLU(),
            torch.nn.Linear(192, 192),
            torch.nn.ReLU(),
            torch.nn.Linear(192, 65),
        )
        firsts.append(torch.nn.functional.cross_entropy(net(contexts), targets).item())
    assert np.mean(firsts) == pytest.approx(4.18, abs=0.015)


# ---- temperature, cuts, rounding -----------------------------------------------------------------


@given(z=LOGITS, outcome=st.integers(0, 5))
def test_the_bill_along_the_temperature_has_the_slope_paid_less_expected(z, outcome):
    q = softmax(z)

    def bill(beta):
        return -scipy.special.log_softmax(beta * np.log(q))[outcome]

    step = 1e-5
    slope = (bill(1 + step) - bill(1 - step)) / (2 * step)
    assert slope == pytest.approx(-np.log(q[outcome]) - entropy(q), abs=1e-6)
    assert bill(0.5) + bill(1.5) >= 2 * bill(1) - 1e-12


@given(z=LOGITS, size=st.integers(1, 6), r=LOGITS)
def test_the_price_of_a_cut_is_the_mass_that_is_kept_and_no_other_pmf_there_is_nearer(z, size, r):
    q, inside = softmax(z), np.arange(6) < size
    cut = np.where(inside, q, 0) / q[inside].sum()
    other = np.where(inside, softmax(r), 0)
    other = other / other.sum()
    price = -np.log(q[inside].sum())
    assert kl_divergence(cut, q) == pytest.approx(price, rel=1e-9, abs=1e-12)
    assert kl_divergence(other, q) == pytest.approx(
        kl_divergence(other, cut) + price, rel=1e-9, abs=1e-12
    )
    if size < 6:
        assert kl_divergence(q, cut) == np.inf


@given(p=LOGITS, q=LOGITS, r=LOGITS)
def test_a_change_of_the_loss_is_a_divergence_and_a_term_without_sign(p, q, r):
    p, q, r = softmax(p), softmax(q), softmax(r)
    change = (p * np.log(q / r)).sum()
    split = kl_divergence(q, r) + ((p - q) * np.log(q / r)).sum()
    assert change == pytest.approx(split, rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("bits", [2, 5, 8])
@pytest.mark.parametrize("axis", [None, 0])
def test_a_grid_keeps_its_ends_has_so_many_values_and_errs_by_half_a_step_at_most(bits, axis):
    W = np.random.default_rng(0).standard_normal((200, 3)) * [1, 10, 100]
    rounded = chapter.on_grid(W, bits, axis)
    for part, whole in zip(
        rounded.T if axis == 0 else [rounded], W.T if axis == 0 else [W], strict=True
    ):
        step = np.ptp(whole) / (2**bits - 1)
        assert len(np.unique(part.round(9))) <= 2**bits
        np.testing.assert_allclose([part.min(), part.max()], [whole.min(), whole.max()])
        assert np.abs(part - whole).max() <= step / 2 * (1 + 1e-12)


def test_rounding_leaves_the_model_and_its_biases_as_they_were(model):
    before = model.theta.copy()
    other = chapter.quantised(model, 3, 0)
    np.testing.assert_array_equal(model.theta, before)
    for (_, b), (_, c) in zip(model.net.weights, other.net.weights, strict=True):
        np.testing.assert_array_equal(b, c)


# ---- copies --------------------------------------------------------------------------------------


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("T", [1.0, 2.0, 5.0])
def test_the_pull_of_a_teacher_is_the_slope_that_pytorch_finds(reverse, T):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    student, teacher = np.random.default_rng(0).standard_normal((2, 7, 5)) * 2
    z = torch.tensor(student, requires_grad=True)
    s, t = (torch.log_softmax(x / T, dim=1) for x in (z, torch.tensor(teacher)))
    first, second = (s, t) if reverse else (t, s)
    loss = T**2 * torch.nn.functional.kl_div(second, first, log_target=True, reduction="sum")
    loss.backward()
    got = chapter.pull_of(student, teacher, reverse, T)
    np.testing.assert_allclose(got, z.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_a_character_is_drawn_with_its_probability():
    class Even:
        def random(self, shape):
            return (np.arange(shape[0])[:, None] + 0.5) / shape[0]

    q = np.array([0.0, 0.5, 0.3, 0.0, 0.2, 0.0])
    drawn = chapter.draw(np.tile(q, (1_000, 1)), Even())
    np.testing.assert_array_equal(np.bincount(drawn, minlength=6), 1_000 * q)


# ---- the coder -----------------------------------------------------------------------------------


def test_the_exact_logits_do_not_hang_on_the_order_of_the_sums(model):
    ids = model.encode("And Joseph died.")
    rng = np.random.default_rng(0)
    for row in model.contexts(ids):
        a = chapter.fine(model.embedding)[row].ravel()
        for number, (W, b) in enumerate(model.net.weights):
            a = chapter.fine(np.maximum(a, 0)) if number else a
            order = rng.permutation(len(a))
            total = b.copy()
            for k in order:
                total = total + a[k] * W[k]
            a = total
        np.testing.assert_array_equal(chapter.exact_logits(model, row[None]), a)


def test_the_whole_held_out_tenth_arrives(model):
    text = data.load("genesis")[9 * len(data.load("genesis")) // 10 :]
    sent = arithmetic_encode(model.encode(text), chapter.Letters(model))
    back = arithmetic_decode(sent, chapter.Letters(model), len(text))
    assert model.decode(back) == text
    assert 8 * len(sent) == pytest.approx(model.prices(text).sum() / LN2, rel=1e-3)


# ---- the study -----------------------------------------------------------------------------------


def test_a_short_training_is_the_one_that_was_stored(table):
    """Single precision, and another processor's last bits: some hundredths of a nat at 30 steps."""
    _, curve = study.trained(0, 30)
    np.testing.assert_allclose(curve, table["seeds"][0, :3], rtol=0.01)
    assert curve[0].sum() == pytest.approx(np.log(65), rel=1e-6)


def test_the_rivals_are_counted_as_a_plain_table_counts_them(table):
    """Order 0 and 1 by another way: ratios of counts at each place, kept in arrays."""
    text = data.load("genesis")
    alphabet = "".join(sorted(set(text)))
    x = np.array([alphabet.index(letter) for letter in text])
    cut = study.CUT
    counts, pairs_ = np.zeros(65), np.zeros((65, 65))
    paid = []
    for i, now in enumerate(x):
        c, t = counts.sum(), np.count_nonzero(counts)
        p = (counts[now] + t / 65) / (c + t) if t else 1 / 65
        row = pairs_[x[i - 1]] if i else np.zeros(65)
        c, t = row.sum(), np.count_nonzero(row)
        if i >= cut:
            paid.append((p, (row[now] + t * p) / (c + t) if t else p))
        elif i % 4_000 == 0:
            assert c == (x[: i - 1] == x[i - 1]).sum() if i else True
        counts[now] += 1
        if i:
            row[now] += 1
    bits = -np.log2(paid).mean(axis=0)
    np.testing.assert_allclose(bits, table["rivals"][:2, 1], rtol=1e-12)


def test_a_mixture_that_keeps_its_weights_is_their_average():
    paid = np.random.default_rng(0).random((50, 3)) * 5
    even = -np.log2((2.0**-paid).mean(axis=1))
    np.testing.assert_allclose(study.mixture(paid, 1, 0), even, rtol=1e-12)
    np.testing.assert_allclose(study.mixture(paid, 0.3, 1), even, rtol=1e-12)
    whole = -np.log2((2.0 ** -paid.sum(axis=0)).mean())  # Bayes' rule: keep nothing, share nothing
    assert study.mixture(paid, 0, 0).sum() == pytest.approx(whole, rel=1e-12)


def test_pieces_are_merged_as_text_is_replaced():
    a, b = (np.array([ord(c) for c in part]) for part in ("abaabab", "aaaaa"))
    assert "".join(map(chr, study.merge(a, ord("a"), ord("b"), ord("X")))) == "abaabab".replace(
        "ab", "X"
    )
    assert "".join(map(chr, study.merge(b, ord("a"), ord("a"), ord("X")))) == "XXa"

"""The language model: its gradient against PyTorch, its contexts, copies, and what it refuses."""

import copy
import pickle

import numpy as np
import pytest

from training import MLP, LanguageModel, train_language_model

SHAPE = {"context": 4, "dim": 3, "hidden": (7, 5)}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def model_of(rng, alphabet="abc", **shape):
    model = LanguageModel(alphabet, **(SHAPE | shape), rng=rng)
    model.theta = rng.standard_normal(model.theta.size)  # biases and the last layer too
    return model


@pytest.mark.parametrize("dropped", [False, True])
def test_the_gradient_is_that_of_pytorch(rng, dropped):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    model = model_of(rng)
    ids = model.encode("abcabbacacbab")
    contexts = model.contexts(ids)  # blanks too
    masks = model.dropout(len(ids), rng, (0.2, 0.5, 0.5)) if dropped else ()
    logits, tape = model.forward(contexts, masks)
    pull = rng.standard_normal(logits.shape)
    leaves = [torch.tensor(model.embedding, requires_grad=True)]
    a = leaves[0][torch.from_numpy(contexts.copy())].reshape(len(ids), -1)
    for number, (W, b) in enumerate(model.net.weights):
        leaves += [torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)]
        a = (torch.relu(a) if number else a) * torch.from_numpy(
            masks[number] if dropped else np.ones(a.shape)
        )
        a = a @ leaves[-2] + leaves[-1]
    (a * torch.from_numpy(pull)).sum().backward()
    expected = np.concatenate([leaf.grad.numpy().ravel() for leaf in leaves])
    np.testing.assert_allclose(logits, a.detach().numpy(), rtol=1e-12, atol=1e-14)
    got = model.backward(tape, pull, masks)
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-13)


def test_dropout_keeps_the_mean_and_drops_the_share_of_each_layer(rng):
    masks = model_of(rng, hidden=(40, 30)).dropout(2_000, rng, (0.0, 0.25, 0.5))
    for mask, rate in zip(masks, (0.0, 0.25, 0.5), strict=True):
        assert set(np.unique(mask)) <= {0, 1 / (1 - rate)}
        assert (mask == 0).mean() == pytest.approx(rate, abs=0.01)


def test_a_context_is_what_stands_before_oldest_first_and_blanks_before_that(rng):
    model = model_of(rng, context=2)
    assert model.contexts(model.encode("cab")).tolist() == [[3, 3], [3, 2], [2, 0]]
    assert model.contexts(model.encode("")).shape == (0, 2)
    assert model.prices("").shape == (0,)
    assert model.decode(model.encode("cab")) == "cab"


def test_prices_come_from_the_softmax_of_one_row_after_the_other(rng):
    scipy = pytest.importorskip("scipy.special")
    model = model_of(rng)
    ids = model.encode("abcbb")
    singly = [
        -scipy.log_softmax(model(model.contexts(ids)[i : i + 1])[0])[x] for i, x in enumerate(ids)
    ]
    np.testing.assert_allclose(model.prices("abcbb"), singly, rtol=1e-12)
    blocks = model.log_probs(model.contexts(ids), block=2)
    np.testing.assert_allclose(blocks, model.log_probs(model.contexts(ids)), rtol=1e-12)


def test_arrays_in_half_precision_come_back_as_they_were_stored(rng):
    model = model_of(rng)
    again = LanguageModel.from_arrays(model.arrays(np.float16))
    assert again.theta.dtype == np.float64
    np.testing.assert_array_equal(again.theta, model.theta.astype(np.float16))
    assert (again.alphabet, again.sizes, again.context) == (
        model.alphabet,
        model.sizes,
        model.context,
    )


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_is_a_model_of_its_own(rng, copied):
    model = model_of(rng)
    before, other = model.theta.copy(), copied(model)
    np.testing.assert_array_equal(other.theta, before)
    other.theta = before + 1
    np.testing.assert_array_equal(model.theta, before)
    np.testing.assert_array_equal(other.embedding, model.embedding + 1)
    np.testing.assert_array_equal(other.net.weights[-1][1], model.net.weights[-1][1] + 1)


def test_training_starts_at_ln_k_and_learns_a_rule(rng):
    model = LanguageModel("ab", context=2, dim=2, hidden=(8,), rng=rng)
    ids = model.encode("aab" * 60)
    losses = [*train_language_model(model, ids, steps=400, rng=rng, dropout=(0, 0.1))]
    assert losses[0] == pytest.approx(np.log(2), rel=1e-12)
    assert model.prices("aabaab")[2:].max() < 0.2
    assert np.isfinite(model.prices("aab")[0])  # beginnings were seen, too


def test_what_can_not_be_is_refused(rng):
    model = model_of(rng)
    with pytest.raises(ValueError, match="'x', at place 1, is not in the model's alphabet"):
        model.encode("ax")
    with pytest.raises(ValueError, match="stands in the alphabet twice"):
        LanguageModel("aba", **SHAPE, rng=rng)
    with pytest.raises(ValueError, match=r"contexts has shape .*; expected \(N, 4\)"):
        model(np.zeros((2, 3), int))
    with pytest.raises(ValueError, match="theta has shape"):
        model.theta = np.zeros(3)
    net = MLP((2, 3, 1), rng=rng)
    with pytest.raises(ValueError, match="1 masks for 2 layers"):
        net.forward(np.ones((1, 2)), [np.ones((1, 2))])
    with pytest.raises(ValueError, match=r"storage has shape \(5,\); expected \(13,\)"):
        MLP((2, 3, 1), rng=rng, storage=np.zeros(5))

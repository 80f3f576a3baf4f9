"""The network and Adam against finite differences, and against PyTorch where it is installed."""

import copy
import math
import pickle

import numpy as np
import pytest

from training import MLP, Adam

SIZES = (4, 6, 5, 3)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_gradient_is_the_slope_of_finite_differences(rng, activation):
    net = MLP(SIZES, rng=rng, activation=activation)
    net.theta[:] = rng.standard_normal(net.theta.size)  # no unit sits on the kink of the ReLU
    x, pull = rng.standard_normal((7, 4)), rng.standard_normal((7, 3))
    grad, grad_x = net.backward(net.forward(x)[1], pull)
    step = 1e-6

    def slope(place, i):
        place.flat[i] += step
        above = (net(x) * pull).sum()
        place.flat[i] -= 2 * step
        below = (net(x) * pull).sum()
        place.flat[i] += step
        return (above - below) / (2 * step)

    # central differences err by step² and by rounding/step, both near 1e-10
    np.testing.assert_allclose(grad, [slope(net.theta, i) for i in range(grad.size)], atol=1e-8)
    np.testing.assert_allclose(grad_x.ravel(), [slope(x, i) for i in range(x.size)], atol=1e-8)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_direction_through_the_network_meets_its_gradient(rng, activation):
    net = MLP(SIZES, rng=rng, activation=activation)
    x, pull = rng.standard_normal((7, 4)), rng.standard_normal((7, 3))
    direction = rng.standard_normal(net.theta.size)
    tape = net.forward(x)[1]
    forwards = (net.jvp(tape, direction) * pull).sum()
    np.testing.assert_allclose(forwards, net.backward(tape, pull)[0] @ direction, rtol=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_network_agrees_with_autograd(rng, activation):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    net = MLP(SIZES, rng=rng, activation=activation)
    net.theta[:] = rng.standard_normal(net.theta.size)  # biases too
    x, pull = rng.standard_normal((7, 4)), rng.standard_normal((7, 3))
    act = {"tanh": torch.tanh, "relu": torch.relu}[activation]
    a = inputs = torch.from_numpy(x).requires_grad_()
    leaves = [[torch.tensor(t, requires_grad=True) for t in pair] for pair in net.weights]
    for number, (W, b) in enumerate(leaves):
        a = a @ W + b
        a = act(a) if number < len(leaves) - 1 else a
    (a * torch.from_numpy(pull)).sum().backward()
    out, tape = net.forward(x)
    grad, grad_x = net.backward(tape, pull)
    expected = np.concatenate([t.grad.numpy().ravel() for pair in leaves for t in pair])
    np.testing.assert_allclose(out, a.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(grad, expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(grad_x, inputs.grad.numpy(), rtol=1e-12, atol=1e-13)


def test_adam_takes_the_steps_of_pytorch(rng):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    theta = rng.standard_normal(20)
    other = torch.tensor(theta, requires_grad=True)
    adam, torch_adam = Adam(theta, lr=0.03), torch.optim.Adam([other], lr=0.03)
    for _ in range(50):
        grad = np.sin(theta) + 0.1 * rng.standard_normal(20)
        other.grad = torch.from_numpy(grad)
        adam.step(grad)
        torch_adam.step()
        np.testing.assert_allclose(theta, other.detach().numpy(), rtol=1e-12, atol=1e-14)


def test_the_first_step_of_adam_is_as_long_as_its_rate():
    theta = np.array([1.0, -2.0, 3.0])
    Adam(theta, lr=0.5).step(np.array([1e-3, -7.0, 4e5]))
    # ε = 1e-8 beside the smallest gradient of 1e-3 shortens its step by 1e-5
    np.testing.assert_allclose(theta, [0.5, -1.5, 2.5], atol=1e-5)


def test_weights_are_views_of_theta_and_inputs_stay_as_they_are(rng):
    net = MLP((2, 3, 1), rng=rng)
    x = rng.standard_normal((5, 2))
    kept = x.copy()
    out, tape = net.forward(x)
    pull = np.ones_like(out)
    net.backward(tape, pull)
    net.jvp(tape, np.ones_like(net.theta))
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(pull, 1)
    net.theta[:] = 0
    net.theta[-1] = 2.5
    np.testing.assert_array_equal(net(x), 2.5)
    assert all((W == 0).all() for W, _ in net.weights)


def test_single_precision_stays_single(rng):
    net = MLP((3, 4, 2), rng=rng, dtype=np.float32)
    out, tape = net.forward(np.ones((2, 3), np.float32))
    grad, grad_x = net.backward(tape, np.ones_like(out))
    assert {a.dtype for a in (out, grad, grad_x, net.theta)} == {np.dtype(np.float32)}


def backward(net, pull):
    return net.backward(net.forward(np.ones((5, 3)))[1], pull)


def jvp(net, direction):
    return net.jvp(net.forward(np.ones((5, 3)))[1], direction)


def test_inputs_may_be_lists_and_integers(rng):
    net = MLP((2, 3, 1), rng=rng)
    np.testing.assert_array_equal(net([[1, 2]]), net(np.array([[1.0, 2.0]])))
    grad, _ = net.backward(net.forward([[1, 2]])[1], [[1]])
    np.testing.assert_array_equal(grad, net.backward(net.forward([[1.0, 2.0]])[1], [[1.0]])[0])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda rng: MLP((3,), rng=rng), "at least two"),
        (lambda rng: MLP((3, 0), rng=rng), "from 1 up"),
        (lambda rng: MLP((3, 2), rng=rng, activation="sine"), "tanh"),
        (lambda rng: MLP((3, 2), rng=rng)(np.ones((5, 4))), r"x has shape \(5, 4\); .*\(N, 3\)"),
        (lambda rng: MLP((3, 2), rng=rng)(1.0), r"x has shape \(\)"),
        (lambda rng: backward(MLP((3, 2), rng=rng), np.ones((5, 3))), "grad_out has shape"),
        (lambda rng: jvp(MLP((3, 2), rng=rng), np.ones(7)), "direction has shape"),
        (lambda rng: Adam([1.0, 2.0]), "in place"),
        (lambda rng: Adam(np.arange(3)), "in place"),
        (lambda rng: Adam(np.zeros(3), lr=-1), "lr is -1 and epsilon 1e-08; both are positive"),
        (lambda rng: Adam(np.zeros(3), lr=np.nan), "lr is nan"),
        (lambda rng: Adam(np.zeros(3), epsilon=0), "epsilon 0; both are positive"),
        (lambda rng: Adam(np.zeros(3), betas=(0.9, 1)), "1 forgets nothing"),
        (lambda rng: Adam(np.zeros(3)).step(np.zeros(2)), "shape"),
    ],
)
def test_what_is_no_network_is_an_error(rng, build, message):
    with pytest.raises(ValueError, match=message):
        build(rng)


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, copy.copy, lambda net: pickle.loads(pickle.dumps(net))]
)
def test_a_copy_of_a_network_learns_as_the_network_does(rng, copied):
    net = MLP((2, 3, 1), rng=rng)
    other = copied(net)
    np.testing.assert_array_equal(other(np.ones((1, 2))), net(np.ones((1, 2))))
    Adam(other.theta, lr=0.1).step(np.ones(other.theta.size))
    assert all(np.shares_memory(W, other.theta) for layer in other.weights for W in layer)
    assert other(np.ones((1, 2))) != MLP((2, 3, 1), rng=np.random.default_rng(0))(np.ones((1, 2)))


def test_a_deep_copy_leaves_the_network_alone_and_keeps_its_optimiser_at_its_side(rng):
    net = MLP((2, 3, 1), rng=rng)
    before = net(np.ones((1, 2)))
    other, adam = copy.deepcopy((net, Adam(net.theta, lr=0.1)))
    adam.step(np.ones(net.theta.size))
    assert net(np.ones((1, 2))) == before != other(np.ones((1, 2)))


def test_assigned_parameters_are_copied_into_theta_and_so_into_the_weights(rng):
    net = MLP((2, 3, 1), rng=rng)
    theta, values = net.theta, rng.standard_normal(net.theta.size)
    net.theta = values
    assert net.theta is theta is not values
    np.testing.assert_array_equal(net.weights[0][0], values[:6].reshape(2, 3))
    net.theta += 1
    np.testing.assert_array_equal(net.weights[0][0], (values[:6] + 1).reshape(2, 3))
    with pytest.raises(ValueError, match=r"theta has shape \(13,\), not \(\)"):
        net.theta = 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda net, tape: MLP((2, 1.5), rng=net), "integer"),
        (lambda net, tape: MLP((2, 1), rng=7), "rng must be a np.random.Generator, not int"),
        (lambda net, tape: net([[10**400, 1]]), "x has dtype object; expected real numbers"),
        (lambda net, tape: net([["a", "b"]]), "x has dtype <U1"),
        (lambda net, tape: net([[1j, 2]]), "x has dtype complex"),
        (lambda net, tape: net.backward(tape, [[1j]]), "grad_out has dtype complex"),
        (lambda net, tape: net.backward(tape[-1], [[1.0]]), "tape must be the list of arrays"),
        (lambda net, tape: net.backward(tape[1:], [[1.0]]), "tape must be the list of arrays"),
        (lambda net, tape: net.jvp([1.0], net.theta), "tape must be the list of arrays"),
        (lambda net, tape: net.jvp(tape, net.theta + 0j), "direction has dtype complex"),
        (lambda net, tape: Adam(net.theta, lr="1"), "lr must be a number, not str"),
        (lambda net, tape: Adam(net.theta, epsilon=1j), "epsilon must be a number"),
        (lambda net, tape: Adam(net.theta, betas=(0.9, None)), "a beta must be a number"),
        (lambda net, tape: Adam(net.theta).step(net.theta * 1j), "the gradient has dtype complex"),
    ],
)
def test_what_is_no_number_is_a_type_error_of_the_network(rng, call, message):
    net = MLP((2, 3, 1), rng=rng)
    tape = net.forward(np.ones((1, 2)))[1]
    with pytest.raises(TypeError, match=message):
        call(net, tape)


def test_a_gradient_that_is_refused_leaves_adam_as_it_was():
    theta = np.array([1.0])
    adam, other = Adam(theta, lr=0.1), Adam(theta.copy(), lr=0.1)
    with pytest.raises(TypeError):
        adam.step(np.array([1j]))
    adam.step(np.array([2.0]))
    other.step(np.array([2.0]))
    np.testing.assert_array_equal(theta, other.theta)
    assert math.isclose(theta[0], 0.9, rel_tol=1e-8)

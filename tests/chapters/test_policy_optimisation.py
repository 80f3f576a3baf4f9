"""The chapter on TRPO and PPO: every gradient against autograd, theorems, and its table of runs."""

import inspect
import os
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from exports import policy_optimisation as chapter
from lib import entropy, gaussian_entropy, gaussian_kl, kl_divergence, ppo_clip_objective, softmax
from studies import policy_leashes, record
from tests.chapters.chapter_run import numbers_of

LEASHES = policy_leashes.LEASHES
TASKS = ("CartPole", "Pendulum")
RETURN, THERE, BACK, GAMES, ENTROPY = range(5)
TABLE = Path(os.environ.get("POLICY_LEASHES", policy_leashes.TABLE))
BANDIT = np.array([2.0, 1, -1, -2])
EVEN = np.full(4, 1 / 4)


@pytest.fixture(scope="module")
def table():
    """The stored study, or another that POLICY_LEASHES names: the claims must hold in both."""
    return record.read(TABLE)[0]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")


def a_batch(task, rng):
    """A run whose actor has moved away from the policy that gathered the batch."""
    run = chapter.start(task, rng)
    batch = chapter.collect(run)
    run.actor.theta += 0.05 * rng.standard_normal(run.actor.theta.size)
    return run, batch


# ---- against autograd ------------------------------------------------------------------------


def tensors(torch, net):
    """The layers of a network as leaves of autograd."""
    return [[torch.tensor(w, requires_grad=True) for w in pair] for pair in net.weights]


def forward(torch, layers, x):
    a = torch.from_numpy(x)
    for number, (W, b) in enumerate(layers):
        a = a @ W + b
        a = torch.tanh(a) if number < len(layers) - 1 else a
    return a


def distribution(torch, task, z):
    if task == "CartPole":
        return torch.distributions.Categorical(logits=z)
    return torch.distributions.Normal(z[:, 0], z[:, 1].exp())


def flat_gradient(torch, value, layers):
    leaves = [w for pair in layers for w in pair]
    parts = torch.autograd.grad(value, leaves)
    return np.concatenate([part.numpy().ravel() for part in parts])


def assert_same(ours, theirs):
    """To 1e-12 of the largest entry: those near 0 are differences of large ones."""
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12 * np.abs(theirs).max())


@pytest.mark.parametrize("task", TASKS)
def test_log_probabilities_scores_and_divergences_agree_with_autograd(torch, rng, task):
    head = chapter.TASKS[task]["head"]
    z, w = rng.standard_normal((2, 50, 2))
    a = rng.integers(0, 2, 50) if task == "CartPole" else rng.standard_normal(50)
    leaf, new = (torch.tensor(out, requires_grad=True) for out in (z, w))
    log_prob = distribution(torch, task, leaf).log_prob(torch.from_numpy(a))
    (score,) = torch.autograd.grad(log_prob.sum(), leaf)
    np.testing.assert_allclose(head.log_prob(z, a), log_prob.detach().numpy(), rtol=1e-12)
    assert_same(head.score(z, a), score.numpy())
    old = distribution(torch, task, torch.from_numpy(z))
    kl = torch.distributions.kl_divergence(old, distribution(torch, task, new))
    (by_new,) = torch.autograd.grad(kl.sum(), new)
    np.testing.assert_allclose(head.kl(z, w), kl.detach().numpy(), rtol=1e-12, atol=1e-15)
    assert_same(head.kl_slope(z, w), by_new.numpy())


@pytest.mark.parametrize("leash", ["none", "clip", "penalty"])
@pytest.mark.parametrize("task", TASKS)
def test_the_gradient_of_each_objective_agrees_with_autograd(torch, rng, task, leash):
    run, batch = a_batch(task, rng)
    run.beta = 0.7
    z, tape = run.actor.forward(batch.x)
    ours = run.actor.backward(tape, chapter.slope(run, leash, z, batch))[0]
    layers = tensors(torch, run.actor)
    new = distribution(torch, task, forward(torch, layers, batch.x))
    old = distribution(torch, task, torch.from_numpy(batch.z))
    a, A = torch.from_numpy(batch.a), torch.from_numpy(batch.A)
    ratio = (new.log_prob(a) - old.log_prob(a)).exp()
    gain = ratio * A
    if leash == "clip":
        gain = torch.minimum(gain, ratio.clamp(0.8, 1.2) * A)
        assert ((ratio < 0.8) | (ratio > 1.2)).any()
    if leash == "penalty":
        gain = gain - run.beta * torch.distributions.kl_divergence(old, new)
    assert_same(ours, flat_gradient(torch, gain.mean(), layers))


@pytest.mark.parametrize("task", TASKS)
def test_the_gradient_of_the_critic_agrees_with_autograd(torch, rng, task):
    run, batch = a_batch(task, rng)
    V, tape = run.critic.forward(batch.x)
    ours = run.critic.backward(tape, (V - batch.worth[:, None]) / len(V))[0]
    layers = tensors(torch, run.critic)
    error = forward(torch, layers, batch.x)[:, 0] - torch.from_numpy(batch.worth)
    assert_same(ours, flat_gradient(torch, (error**2).mean() / 2, layers))


@pytest.mark.parametrize("task", TASKS)
def test_the_fisher_product_is_the_second_derivative_of_the_kl(torch, rng, task):
    run, batch = a_batch(task, rng)
    x = batch.x[:64]
    z, tape = run.actor.forward(x)
    v = rng.standard_normal(run.actor.theta.size)
    Fv = run.head.fisher(z, run.actor.jvp(tape, v)) / len(z)
    ours = run.actor.backward(tape, Fv)[0]
    layers = tensors(torch, run.actor)
    leaves = [w for pair in layers for w in pair]
    new = distribution(torch, task, forward(torch, layers, x))
    old = distribution(torch, task, torch.from_numpy(z))
    kl = torch.distributions.kl_divergence(old, new).mean()
    slopes = torch.autograd.grad(kl, leaves, create_graph=True)
    along = (torch.cat([s.ravel() for s in slopes]) * torch.from_numpy(v)).sum()
    parts = torch.autograd.grad(along, leaves)
    theirs = np.concatenate([part.numpy().ravel() for part in parts])
    # autograd subtracts the slope of the old policy from that of the new one: a digit is lost
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-11 * np.abs(theirs).max())


# ---- the algorithms --------------------------------------------------------------------------


def test_conjugate_gradients_solve_a_positive_definite_system(rng):
    root = rng.standard_normal((8, 8))
    matrix, b = root @ root.T + np.eye(8), rng.standard_normal(8)
    x = chapter.conjugate_gradient(lambda v: matrix @ v, b, rounds=8)
    np.testing.assert_allclose(x, np.linalg.solve(matrix, b), rtol=1e-8)


@pytest.mark.parametrize("gamma", [0.9, 1.0])
def test_advantages_are_the_discounted_sums_within_an_episode(rng, gamma):
    steps = 12
    rewards, values, ahead = rng.standard_normal((3, steps, 1))
    terminated, over = np.zeros((2, steps, 1), bool)
    terminated[4] = over[4] = True  # one episode falls at step 4,
    over[9] = True  # one is cut by the clock at step 9, the last goes on
    ours = chapter.advantages(rewards, values, ahead, terminated, over, gamma)
    delta = rewards + gamma * ahead * ~terminated - values
    for t in range(steps):
        end = next(e for e in (4, 9, steps - 1) if e >= t)
        expected = sum((gamma * chapter.LAMBDA) ** (k - t) * delta[k] for k in range(t, end + 1))
        np.testing.assert_allclose(ours[t], expected, rtol=1e-12)


def test_with_lambda_1_and_no_clock_the_target_of_the_critic_is_the_return(monkeypatch):
    monkeypatch.setattr(chapter, "LAMBDA", 1.0)
    rewards, values = np.ones((5, 1)), np.array([[3.0], [1], [4], [1], [5]])
    ahead = np.append(values[1:], [[0.0]], axis=0)
    end = np.array([[False]] * 4 + [[True]])
    A = chapter.advantages(rewards, values, ahead, end, end, 1.0)
    np.testing.assert_allclose(A + values, [[5], [4], [3], [2], [1]], rtol=1e-12)


@pytest.mark.parametrize("task", TASKS)
def test_a_batch_holds_what_the_old_policy_did(rng, task):
    run = chapter.start(task, rng)
    batch = chapter.collect(run)
    assert len(batch.x) == run.copies * run.steps
    np.testing.assert_allclose(batch.z, run.actor(batch.x), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(batch.log_prob, run.head.log_prob(batch.z, batch.a), rtol=1e-12)
    assert batch.A.mean() == pytest.approx(0, abs=1e-12)
    assert batch.A.std() == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("task", TASKS)
def test_trpo_takes_the_natural_direction_up_to_its_target(rng, task):
    run = chapter.start(task, rng)
    batch = chapter.collect(run)
    old, gain = run.actor.theta.copy(), chapter.slope(run, "none", batch.z, batch)
    g = run.actor.backward(run.actor.forward(batch.x)[1], gain)[0]
    chapter.trpo_step(run, batch)
    step = run.actor.theta - old
    kl = run.head.kl(batch.z, run.actor(batch.x)).mean()
    assert 0.2 * chapter.TARGET < kl <= chapter.TARGET
    assert step @ g > 0
    # the gradient at the same KL gains less, to first order
    run.actor.theta[:] = old + g * 1e-3
    per_root_nat = g @ g * 1e-3 / np.sqrt(run.head.kl(batch.z, run.actor(batch.x)).mean())
    assert step @ g / np.sqrt(kl) > 1.2 * per_root_nat  # by curvature alone it is up to 1.03


def test_the_direction_of_trpo_solves_the_damped_system(rng, monkeypatch):
    small = {**chapter.TASKS["CartPole"], "hidden": (3,)}
    monkeypatch.setitem(chapter.TASKS, "small", small)
    run = chapter.start("small", rng)
    batch = chapter.collect(run)
    run.actor.theta += 0.5 * rng.standard_normal(run.actor.theta.size)
    z, tape = run.actor.forward(batch.x)
    batch = batch._replace(z=z, log_prob=run.head.log_prob(z, batch.a))
    outputs = np.stack([run.actor.jvp(tape, way) for way in np.eye(run.actor.theta.size)])
    weighted = np.stack([run.head.fisher(z, change) for change in outputs])
    F = np.einsum("ink,jnk->ij", outputs, weighted) / len(z)
    g = run.actor.backward(tape, chapter.slope(run, "none", z, batch))[0]
    d = np.linalg.solve(F + 0.1 * np.eye(len(g)), g)
    old = run.actor.theta.copy()
    chapter.trpo_step(run, batch)
    step = run.actor.theta - old

    def cosine(a, b):
        return a @ b / np.sqrt((a @ a) * (b @ b))

    assert cosine(step, d) > 0.999
    assert cosine(g, d) < 0.9
    longest = d * np.sqrt(2 * chapter.TARGET / (d @ F @ d + 0.1 * d @ d))
    halvings = np.log2(np.linalg.norm(longest) / np.linalg.norm(step))
    assert halvings == pytest.approx(round(halvings), abs=0.01)


def test_a_trpo_step_that_promises_less_is_not_taken(rng, monkeypatch):
    run = chapter.start("CartPole", rng)
    batch = chapter.collect(run)
    old, slope = run.actor.theta.copy(), chapter.slope
    monkeypatch.setattr(chapter, "slope", lambda *a: -slope(*a))
    chapter.trpo_step(run, batch)  # short enough at every length, and downhill
    np.testing.assert_array_equal(run.actor.theta, old)


def test_the_penalty_doubles_and_halves():
    for kl, beta in ((0.0301, 2.8), (0.0299, 1.4), (0.0134, 1.4), (0.0133, 0.7)):
        run = SimpleNamespace(beta=1.4)
        chapter.adapt(run, kl)
        assert run.beta == beta


@pytest.mark.parametrize("leash", ["penalty", "clip"])
def test_beta_follows_the_kl_of_every_update(monkeypatch, leash):
    seen, adapt = [], chapter.adapt

    def watch(run, kl):
        before = run.beta
        adapt(run, kl)
        seen.append((kl, run.beta / before, id(run)))

    monkeypatch.setattr(chapter, "adapt", watch)
    log = chapter.train("CartPole", leash, np.random.default_rng(5), 8 * 1024)
    assert [kl for kl, _, _ in seen] == (log[:, 1].tolist() if leash == "penalty" else [])
    assert len({run for *_, run in seen}) <= 1
    if leash == "penalty":  # or the run shows nothing
        assert {0.5, 2.0} & {factor for _, factor, _ in seen}


def test_a_trpo_step_that_no_shortening_helps_is_not_taken(rng, monkeypatch):
    run = chapter.start("CartPole", rng)
    batch = chapter.collect(run)
    old = run.actor.theta.copy()
    monkeypatch.setattr(run.head, "kl", lambda old, new: np.ones(len(old)))
    chapter.trpo_step(run, batch)
    np.testing.assert_array_equal(run.actor.theta, old)


def test_the_stop_comes_after_the_step_that_passed_the_target(rng, monkeypatch):
    monkeypatch.setattr(chapter, "TARGET", 1e-12)
    run = chapter.start("CartPole", rng)
    batch = chapter.collect(run)
    chapter.improve(run, "stop", batch)
    assert run.actor_adam.steps == 1
    assert run.critic_adam.steps == chapter.EPOCHS * len(batch.a) // run.rows
    assert run.head.kl(batch.z, run.actor(batch.x)).mean() > 1e-12


@pytest.mark.parametrize("leash", LEASHES)
def test_the_leashes_differ_in_the_actor_alone(leash):
    """The critic takes the same steps from the same batch, whatever the leash."""
    run = chapter.start("CartPole", np.random.default_rng(3))
    batch = chapter.collect(run)
    chapter.improve(run, leash, batch)
    other = chapter.start("CartPole", np.random.default_rng(3))
    chapter.improve(other, "clip", chapter.collect(other))
    np.testing.assert_array_equal(run.critic.theta, other.critic.theta)
    assert (run.actor_adam.steps == 0) == (leash == "trpo")
    if leash not in ("clip", "stop"):  # which may have had nothing to stop yet
        assert (run.actor.theta != other.actor.theta).any()


def test_gaussian_divergence_is_that_of_lib(rng):
    z, w = rng.standard_normal((2, 100, 2))
    theirs = gaussian_kl(z[:, 0], np.exp(z[:, 1]), w[:, 0], np.exp(w[:, 1]))
    np.testing.assert_allclose(chapter.Gaussian().kl(z, w), theirs, rtol=1e-11, atol=1e-15)


# ---- the bandit and the theorems -------------------------------------------------------------


def clipped_update(length):
    theta = np.zeros(4)
    while (g := chapter.clipped_slope(softmax(theta), EVEN, BANDIT)).any():
        theta = theta + length * g
    return softmax(theta)


def test_the_clipped_slope_is_that_of_libs_objective(rng):
    for _ in range(20):
        old, theta = softmax(rng.standard_normal(4)), rng.standard_normal(4)

        def objective(theta, old=old):
            return old @ ppo_clip_objective(np.log(softmax(theta) / old), BANDIT, 0.2)

        ways = 1e-6 * np.eye(4)
        by_hand = [(objective(theta + w) - objective(theta - w)) / 2e-6 for w in ways]
        ours = chapter.clipped_slope(softmax(theta), old, BANDIT)
        np.testing.assert_allclose(ours, by_hand, atol=1e-8)


def test_the_clip_does_not_bound_the_kl():
    ends = {length: clipped_update(length) for length in (0.1, 5, 10, 50)}
    nats = {length: kl_divergence(EVEN, end) for length, end in ends.items()}
    assert nats[0.1] == pytest.approx(0.0231, abs=5e-5)  # from an independent program
    assert nats[5] == pytest.approx(1.2435, abs=5e-5)
    assert nats[10] > 3
    assert nats[50] > 15
    for end in ends.values():  # and all of them have the largest objective there is, 0.3
        credit = EVEN @ ppo_clip_objective(np.log(end / EVEN), BANDIT, 0.2)
        assert credit == pytest.approx(0.3, rel=1e-12)


def test_kl_starts_with_the_fisher_matrix_in_both_directions(rng):
    for _ in range(20):
        theta, way = rng.standard_normal((2, 4))
        old = softmax(theta)
        square = way @ (np.diag(old) - np.outer(old, old)) @ way / 2
        # the third order is left: a tenth of the step, a tenth of the relative error
        for step, room in ((1e-2, 0.1), (1e-3, 0.01), (1e-4, 0.001)):
            new = softmax(theta + step * way)
            for kl in (kl_divergence(old, new), kl_divergence(new, old)):
                assert kl / step**2 == pytest.approx(square, rel=room)


def test_new_to_old_is_bounded_and_old_to_new_is_not(rng):
    old = softmax(rng.standard_normal(4))
    for length in (1, 10, 100):
        new = softmax(length * rng.standard_normal(4))
        assert kl_divergence(new, old) <= -np.log(old.min())
    assert kl_divergence(old, softmax(np.array([0, 0, 0, 700.0]))) > 100


def test_the_tilted_policy_is_the_best_on_a_soft_leash(rng):
    for beta in (0.3, 1, 3):
        old, A = softmax(rng.standard_normal(4)), rng.standard_normal(4)
        best = old * np.exp(A / beta)
        best /= best.sum()
        value = best @ A - beta * kl_divergence(best, old)
        assert value == pytest.approx(beta * np.log(old @ np.exp(A / beta)), rel=1e-12)
        others = softmax(np.log(best) + 0.3 * rng.standard_normal((1000, 4)))
        assert (others @ A - beta * kl_divergence(others, old) < value).all()


def test_natural_steps_are_the_same_in_all_units_and_gradients_are_not(rng):
    units = 10 ** rng.uniform(-0.5, 0.5, 64)
    same = [chapter.climb(scale, True) for scale in (np.ones(64), units, 3 * np.ones(64))]
    np.testing.assert_allclose(same[1], same[0], atol=1e-9)
    np.testing.assert_allclose(same[2], same[0], atol=1e-9)
    assert same[0][-1] == pytest.approx(0.9**5, abs=1e-4)
    plain = [chapter.climb(scale, False) for scale in (np.ones(64), units)]
    assert np.abs(plain[0] - plain[1]).max() > 0.01


def test_a_natural_step_from_the_best_policy_stays_there():
    """Its length is 0/0 there; on some kernels the chapter's 25 updates come that far."""
    values = chapter.climb(np.ones(64), True, updates=60)
    np.testing.assert_allclose(values[25:], 0.9**5, rtol=1e-12)


def test_the_grid_world_is_evaluated_as_it_is_played(rng):
    policy = softmax(rng.standard_normal((16, 4)))
    value, advantage, met = chapter.evaluate(policy)
    total, weight = 0.0, np.eye(16)[0]
    visits = np.zeros(16)
    for step in range(400):  # .9**400 is below 1e-18
        visits += chapter.GAMMA**step * weight * (chapter.CELL != chapter.GOAL)
        flow = weight[:, None] * policy * (chapter.CELL != chapter.GOAL)[:, None]
        total += chapter.GAMMA**step * (flow * chapter.PAYS).sum()
        weight = np.bincount(chapter.NEXT.ravel(), flow.ravel(), 16)
    assert value == pytest.approx(total, rel=1e-12)
    np.testing.assert_allclose(met, visits, rtol=1e-10, atol=1e-15)
    inside = chapter.CELL != chapter.GOAL
    np.testing.assert_allclose((policy * advantage).sum(axis=1)[inside], 0, atol=1e-14)


def test_performance_difference(rng):
    """Kakade & Langford (2002), lemma 6.1: the new policy's states, the old one's advantages."""
    old, new = softmax(rng.standard_normal((2, 16, 4)))
    before, advantage, _ = chapter.evaluate(old)
    after, _, met = chapter.evaluate(new)
    gain = met @ (new * advantage).sum(axis=1)
    assert after - before == pytest.approx(gain, rel=1e-12)


def played(policy):
    """Value, discounted visits and advantages of a policy, by playing 400 steps."""
    inside = chapter.CELL != chapter.GOAL
    weight, visits, V = np.eye(16)[0], np.zeros(16), np.zeros(16)
    for step in range(400):  # .9**400 is below 1e-18
        visits += chapter.GAMMA**step * weight * inside
        flow = (weight * inside)[:, None] * policy
        weight = np.bincount(chapter.NEXT.ravel(), flow.ravel(), 16)
        V = inside * (policy * (chapter.PAYS + chapter.GAMMA * V[chapter.NEXT])).sum(axis=1)
    A = inside[:, None] * (chapter.PAYS + chapter.GAMMA * V[chapter.NEXT] - V[:, None])
    return V[0], visits, A


def test_the_trust_region_bound(rng):
    """Both forms, Schulman et al. (2015), theorem 1, and with Pinsker's inequality, either way."""
    gamma = chapter.GAMMA
    for size in (1e-3, 1e-2, 0.1, 1, 3):
        for _ in range(20):
            z = rng.standard_normal((16, 4))
            old, new = softmax(z), softmax(z + size * rng.standard_normal((16, 4)))
            J, visits, A = played(old)
            promise = J + visits @ (new * A).sum(axis=1)
            error = abs(played(new)[0] - promise)
            charge = gamma * np.abs(A).max() / (1 - gamma) ** 2
            alpha = np.abs(new - old).sum(axis=1).max() / 2
            assert error <= 4 * charge * alpha**2 + 1e-14
            for D in (kl_divergence(old, new).max(), kl_divergence(new, old).max()):
                assert alpha**2 <= D / 2
                assert error <= 2 * charge * D + 1e-14


@pytest.mark.parametrize(
    ("length", "D", "promise", "charge", "gain"),
    [(0.6, 0.019, 0.02958, 1.80435, 0.03028), (0.005, 1.2e-6, 0.00023, 0.00012, 0.00023)],
)
def test_the_size_of_the_bound_in_the_grid(length, D, promise, charge, gain):
    old = np.full((16, 4), 1 / 4)
    J, visits, A = played(old)
    new = np.exp(length * A) / np.exp(length * A).sum(axis=1, keepdims=True)
    nats = (-np.log(4 * new).mean(axis=1)).max()
    assert nats == pytest.approx(D, rel=0.05)
    assert visits @ (new * A).sum(axis=1) == pytest.approx(promise, abs=6e-6)
    assert 2 * 0.9 / 0.01 * np.abs(A).max() * nats == pytest.approx(charge, abs=6e-6)
    assert played(new)[0] - J == pytest.approx(gain, abs=6e-6)


def test_the_bound_promises_a_gain_for_some_millionths_of_a_nat():
    old = np.full((16, 4), 1 / 4)
    _, visits, A = played(old)
    for length, promised in ((0.0098, True), (0.0099, False)):
        new = softmax(length * A)
        nats = kl_divergence(old, new).max()
        assert nats == pytest.approx(4.8e-6, rel=0.03)  # 4,000 times less than the target of .02
        assert (visits @ (new * A).sum(axis=1) > 180 * np.abs(A).max() * nats) == promised


def test_the_damping_turns_trpos_step_and_shortens_it():
    """By the whole matrix F: the text's 73 % to 89 % of the gain, 7 % to 35 % short."""
    gains, short = [], []
    for dice in policy_leashes.dice():
        run = chapter.start("CartPole", dice)
        batch = chapter.collect(run)
        z, tape = run.actor.forward(batch.x)
        changes = np.stack([run.actor.jvp(tape, way) for way in np.eye(run.actor.theta.size)])
        p = softmax(z)[:, 0]
        apart = (changes[..., 0] - changes[..., 1]) * np.sqrt(p * (1 - p) / len(z))
        F = apart @ apart.T
        g = run.actor.backward(tape, chapter.slope(run, "none", z, batch))[0]
        d, best = (np.linalg.solve(F + damping * np.eye(len(g)), g) for damping in (0.1, 0.001))
        gains.append(g @ d / np.sqrt(d @ F @ d) / (g @ best / np.sqrt(best @ F @ best)))
        short.append(1 - d @ F @ d / (d @ g))
    assert (min(gains), max(gains)) == pytest.approx((0.73, 0.89), abs=0.005)
    assert (min(short), max(short)) == pytest.approx((0.07, 0.35), abs=0.005)


def test_the_learning_rate_on_the_cart_is_ten_times_adams_usual_one(torch):
    usual = inspect.signature(torch.optim.Adam).parameters["lr"].default  # as Kingma & Ba's
    assert chapter.TASKS["CartPole"]["lr"] == pytest.approx(10 * usual)


def test_the_bonus_lifts_the_log_of_sigma_with_the_same_slope_everywhere():
    for log_std in (-3.0, 0.0, 5.0):
        slope = gaussian_entropy(np.exp(log_std + 0.5)) - gaussian_entropy(np.exp(log_std - 0.5))
        assert slope == pytest.approx(1, rel=1e-12)


# ---- the table of runs -----------------------------------------------------------------------


# What the chapter says of its study, with room for a study made on another processor: each bound
# held on SkylakeX and on Nehalem without AVX, most of them also in a third study.


def test_the_table_has_every_run_and_says_on_what_it_was_made(table):
    assert set(table) == set(policy_leashes.RUNS)
    assert all(runs.shape[::2] == (8, 5) for runs in table.values())
    assert not list(record.lacking(record.read(TABLE)[1]))


def test_with_the_clip_the_cart_is_solved_and_without_it_mostly_not(table):
    solved = {
        leash: (table[f"CartPole {leash}"][..., RETURN] >= 475).any(axis=1).sum()
        for leash in LEASHES
    }
    assert solved["clip"] == solved["stop"] == solved["trpo"] == 8
    assert solved["none"] <= 3
    ends = {leash: np.median(table[f"CartPole {leash}"][:, -1, RETURN]) for leash in LEASHES}
    assert ends["none"] < 200 < 475 < ends["clip"]


def test_without_a_leash_the_cart_comes_up_on_most_seeds_and_is_down_at_the_end(table):
    games = table["CartPole none"][..., GAMES]
    assert (games.max(axis=1) > 475).sum() > 4
    assert (games[:, -1] < 475).sum() > 4
    slow = table["CartPole none, lr / 10"][:, -1, GAMES]
    assert (slow > 475).sum() > 4


def test_without_a_leash_the_policy_is_certain_before_it_knows_better(table):
    none, clip = table["CartPole none"], table["CartPole clip"]
    assert (none[:, :20, THERE].max(axis=1) > 1).all()
    assert (clip[:, :20, THERE] < 0.1).all()
    assert (none[:, 10, ENTROPY] < 0.2).all()  # of ln 2
    assert (clip[:, 10, ENTROPY] > 0.45).all()
    assert np.median(none[:, 9, GAMES]) < 80


def test_only_trpo_keeps_every_update_within_the_target(table):
    for task in TASKS:
        trpo = table[f"{task} trpo"][..., THERE]
        assert (trpo <= 0.02).all()
        assert (np.median(trpo, axis=1) > 0.005).all()  # and makes use of it
        for leash in ("none", "clip", "penalty"):
            assert (table[f"{task} {leash}"][..., THERE] > 0.2).any()
        assert np.median(table[f"{task} penalty"][..., THERE]) == pytest.approx(0.02, rel=0.1)
    assert np.median(table["CartPole clip"][..., THERE]) < 0.01


def test_short_updates_make_falls_too(table):
    falls = {}
    for leash in ("none", "trpo"):
        games = table[f"CartPole {leash}"][..., GAMES]
        falls[leash] = games[:, :-1] - games[:, 1:] >= 100
    assert falls["trpo"].sum() >= 3
    assert 6 * falls["trpo"].sum() < falls["none"].sum() < 20 * falls["trpo"].sum()


def test_the_clips_policy_gets_surer_on_the_pendulum(table):
    spread = np.exp(table["Pendulum clip"][:, 10, ENTROPY]) / np.sqrt(2 * np.pi * np.e)
    assert (spread < 0.75).all()
    assert np.median(spread) == pytest.approx(0.6, abs=0.05)  # three times as many nats


def test_the_clip_and_the_penalty_lose_ground_on_the_pendulum_and_trpo_does_not(table):
    long, lost = {}, {}
    for leash in ("clip", "penalty", "trpo"):
        run = table[f"Pendulum {leash}"]
        assert (run[..., GAMES].max(axis=1) > -250).all()  # it has learned
        learned = (run[..., GAMES] >= -250).cumsum(axis=1) > 0
        lost[leash] = (learned & (run[..., GAMES] < -400)).any(axis=1).sum()
        long[leash] = (run[..., THERE] > 1).sum()
    assert long["clip"] > 15 > 4 >= long["penalty"]
    assert long["trpo"] == lost["trpo"] == 0
    assert min(lost["clip"], lost["penalty"]) > 4
    assert (table["Pendulum stop"][..., RETURN] < -250).all()
    assert np.median(table["Pendulum stop"][..., THERE]) > 0.025


def test_small_steps_alone_are_no_leash(table):
    """The last study's bound was a median above 100; this one's is 44, and 10 leaves room."""
    assert (table["Pendulum clip, lr / 10"][..., THERE] < 0.1).all()
    assert (table["Pendulum clip, lr / 10"][:, -1, RETURN] > -250).all()
    assert np.median(table["Pendulum none, lr / 10"][..., THERE]) > 10
    assert (table["Pendulum none, lr / 10"][:, -1, RETURN] < -800).all()


def test_with_a_tenth_of_the_rate_the_cart_is_mostly_solved_without_the_clip_too(table):
    """SkylakeX: 6 of 8, the median at the end 500; Nehalem without AVX: 7 of 8 and 500."""
    none, clip = table["CartPole none, lr / 10"], table["CartPole clip, lr / 10"]
    assert (none[..., RETURN] >= 475).any(axis=1).sum() >= 5
    assert (none[..., THERE].max(axis=1) > 0.5).all()
    assert (clip[..., RETURN] >= 475).any(axis=1).all()
    assert (clip[:, -1, RETURN] >= 475).all()
    assert (clip[..., THERE] < 0.05).all()


def test_which_way_round_matters_for_long_updates_alone(table):
    def factor(run):
        return np.exp(np.abs(np.log(table[run][..., BACK] / table[run][..., THERE])))

    for run in ("CartPole trpo", "Pendulum trpo"):
        assert np.median(factor(run)) < 1.15
        assert factor(run).max() < 2.5
    assert factor("Pendulum clip").max() > 100


@pytest.mark.parametrize("name", policy_leashes.RUNS)
def test_the_first_update_of_a_fresh_run_is_that_of_the_table(table, name):
    """On any kernel: rounding grows from update to update, and in one update up to `room`."""
    task = chapter.TASKS[name.split()[0]]
    one_batch = task["copies"] * task["steps"]
    for seed in (0, 5):
        dice = policy_leashes.dice()[seed]
        fresh = policy_leashes.watched_run(name, dice, one_batch)[0]
        stored = table[name][seed, 0]
        # before the update nothing has been trained
        assert fresh[[RETURN, ENTROPY]] == pytest.approx(stored[[RETURN, ENTROPY]], rel=1e-9)
        if name == "Pendulum none":
            # 160 Adam steps with ratios up to e^50 make 1e-16 into a factor of 1,000, measured on
            # six kernels: nothing to compare. At a tenth of the rate, in the last run, they don't.
            assert fresh[THERE] > 1
            continue
        # ten rounds of conjugate gradients, on an F with eigenvalues from .1 to some thousands,
        # make 1e-16 into 4e-7 on the pendulum; Adam into 5e-12
        room = 1e-5 if name == "Pendulum trpo" else 1e-9
        assert fresh[[THERE, BACK]] == pytest.approx(stored[[THERE, BACK]], rel=room)
        assert fresh[GAMES] == pytest.approx(stored[GAMES], abs=0.11)  # it is kept to a tenth


def test_the_new_games_leave_the_training_as_it_is():
    improve, dice = chapter.improve, np.random.default_rng(7)
    log = policy_leashes.watched("CartPole", "penalty", dice, 4_096)
    assert chapter.improve is improve
    alone = chapter.train("CartPole", "penalty", dice, 4_096)
    np.testing.assert_array_equal(log[:, :3], alone)


def test_the_entropy_is_that_of_the_distributions(rng):
    z = rng.standard_normal((50, 2))
    cart = entropy(softmax(z)).mean()
    assert policy_leashes.mean_entropy(z, chapter.CartPole(1, rng=rng)) == cart
    pendulum = np.mean([gaussian_entropy(std) for std in np.exp(z[:, 1])])
    ours = policy_leashes.mean_entropy(z, chapter.Pendulum(1, rng=rng))
    assert ours == pytest.approx(pendulum, rel=1e-12)


def test_new_games_end_where_they_end(rng):
    run = chapter.start("CartPole", rng)
    run.actor.weights[-1][0][:] = 0
    run.actor.weights[-1][1][:] = 0, 50  # always to the right: some ten steps
    returns = policy_leashes.play_anew(run)
    assert ((returns >= 8) & (returns <= 11)).all()
    run = chapter.start("Pendulum", rng)
    run.env = None  # its own games are left alone
    assert policy_leashes.play_anew(run, 4).shape == (4,)


def test_with_the_clip_every_run_learns_the_cart(table):
    """The best mean of 58 updates is 416 to 480 in 24 runs of three studies, at first about 20."""
    runs = table["CartPole clip"][..., RETURN]
    assert (runs[:, 0] < 50).all()
    assert (runs[:, :58].max(axis=1) > 350).all()


def test_the_live_run_with_the_clip_learns_the_cart():
    """It has 97 updates, its own on each processor."""
    clip, none = numbers_of("policy-optimisation", "cell-68")  # best, at the end, largest KL
    assert clip[0] > 350
    assert none[2] > 1


@pytest.mark.parametrize(
    ("task", "updates", "total"), [("CartPole", 4, 4_096), ("Pendulum", 2, 6_400)]
)
def test_a_fresh_run_of_trpo_keeps_to_its_target(task, updates, total):
    log = chapter.train(task, "trpo", np.random.default_rng(99), total)
    assert len(log) == updates
    assert (log[:, 1] <= chapter.TARGET).all()
    assert np.median(log[:, 1]) > chapter.TARGET / 4


def test_the_same_dice_give_the_same_run():
    dice = np.random.default_rng(7)
    state = deepcopy(dice.bit_generator.state)
    logs = [chapter.train("CartPole", "clip", dice, 4_096) for _ in range(2)]
    np.testing.assert_array_equal(*logs)
    assert dice.bit_generator.state == state

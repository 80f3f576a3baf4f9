"""The blocks of PyTorch that chapters show beside their NumPy do what the NumPy does.

Skipped, loudly (conftest.py), where PyTorch is not installed; .ci/run installs it.
"""

import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from exports import diffusion, gan, policy_optimisation, vae
from lib import normalize
from manuscript.pages import ROOT
from training import MLP

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
F = torch.nn.functional


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def shown(chapter, cell, **names):
    """Run the block of PyTorch in this Markdown cell; return its names."""
    names |= {"torch": torch, "F": F, "Categorical": torch.distributions.Categorical}
    names["kl_divergence"] = torch.distributions.kl_divergence
    exec(source_of(chapter, cell), names)
    return SimpleNamespace(**names)


def source_of(chapter, cell):
    """Return the block of PyTorch in this Markdown cell."""
    cells = {c.id: c for c in nbformat.read(ROOT / "book" / f"{chapter}.ipynb", as_version=4).cells}
    (block,) = re.findall(r"^```python\n(.*?)^```$", cells[cell].source, re.M | re.S)
    return block


ROWS = "log_q.reshape(-1, K), p.reshape(-1, K), reduction='batchmean'"
SLIPS = {
    "order": "F.kl_div(p.log().reshape(-1, K), log_q.exp().reshape(-1, K), reduction='batchmean')",
    "mean": "F.kl_div(log_q, p)",
    "sum": "F.kl_div(log_q, p, reduction='sum')",
    "tokens summed": "F.kl_div(log_q, p, reduction='batchmean')",
    "probabilities": f"F.kl_div({ROWS.replace('log_q', 'log_q.exp()', 1)})",
    "softmax twice": f"F.kl_div({ROWS.replace('log_q', 'F.log_softmax(log_q.exp(), -1)', 1)})",
    "logits": f"F.kl_div({ROWS.replace('log_q', '(log_q - 1)', 1)})",
    "the wrong axis": f"F.kl_div({ROWS.replace('log_q', 'F.log_softmax(log_q, 1)', 1)})",
    "log_target": f"F.kl_div({ROWS}, log_target=True)",
    "log target": f"F.kl_div({ROWS.replace('p.', 'p.log().', 1)})",
    "half a target": f"F.kl_div({ROWS.replace('p.', '(p / 2).', 1)})",
    "cross-entropy": "-(p * log_q).sum(-1).mean()",
    "tokens added": "F.kl_div(log_q, p, reduction='none').mean(0).sum()",
}


def test_the_two_known_lists_pass_the_right_loss():
    exec(source_of("frameworks", "two-lists"), {})


def test_the_two_known_lists_do_not_see_a_logarithm_that_comes_too_late():
    # As the page says: it shows order, logarithms and divisor, not what rounds.
    late = ROWS.replace("log_q", "(log_q + 1).softmax(-1).log()", 1)
    block = source_of("frameworks", "two-lists")
    assert "rounding and masks don't" in next(
        c.source
        for c in nbformat.read(ROOT / "book" / "frameworks.ipynb", as_version=4).cells
        if c.id == "two-lists"
    )
    exec(re.sub("return .*", f"return F.kl_div({late})", block), {})
    far, t = torch.tensor([0.0, -200.0]), torch.tensor([0.5, 0.5])
    assert F.kl_div(far.softmax(-1).log(), t, reduction="sum").isinf()
    assert F.kl_div(F.log_softmax(far, -1), t, reduction="sum").isfinite()


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("slip", SLIPS)
def test_the_two_known_lists_find_every_slip_of_order_logarithms_and_divisor(slip):
    wrong, count = re.subn(
        "return .*", f"return {SLIPS[slip]}", source_of("frameworks", "two-lists")
    )
    assert count == 1
    with pytest.raises(AssertionError, match=r"instead of 0\.1861"):
        exec(wrong, {})


def layers(net):
    return [tuple(torch.tensor(a, requires_grad=True) for a in pair) for pair in net.weights]


def run(pairs, a):
    for number, (W, b) in enumerate(pairs, start=1):
        a = a @ W + b
        a = torch.tanh(a) if number < len(pairs) else a
    return a


def flat_grad(pairs):
    return np.concatenate([leaf.grad.numpy().ravel() for pair in pairs for leaf in pair])


@pytest.fixture
def in_float64():
    """Whole numbers become float64 too, as in NumPy."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("in_float64")
@pytest.mark.parametrize("beta", [1.0, 4.0])
def test_the_six_lines_of_the_vae_are_its_gradient(rng, beta):
    base = normalize(rng.random((17, 64)), axis=0)
    options = {"latent": 3, "hidden": (7,), "dtype": np.float64}
    model = vae.VAE(base, vae.TILTS, rng=rng, **options)
    x, noise = rng.integers(17, size=(9, 64)), rng.standard_normal((9, 3))
    encoder, decoder = layers(model.encoder), layers(model.decoder)
    shown(
        "vae", "cell-34",
        encoder=lambda a: run(encoder, a), decoder=lambda z: run(decoder, z),
        base=torch.from_numpy(model.base), tilts=torch.from_numpy(model.tilts),
        x=torch.from_numpy(x), noise=torch.from_numpy(noise), beta=beta,
    )  # fmt: skip
    ours = vae.gradients(model, x, noise, beta=beta)
    for mine, net in zip(ours, (encoder, decoder), strict=True):
        theirs = flat_grad(net)
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-12 * np.abs(theirs).max())


@pytest.fixture
def cart(rng):
    """A run on the cart that has moved away from its batch."""
    run = policy_optimisation.start("CartPole", rng)
    batch = policy_optimisation.collect(run)
    run.actor.theta += 0.05 * rng.standard_normal(run.actor.theta.size)
    return run, batch


@pytest.mark.usefixtures("in_float64")
@pytest.mark.parametrize("tensor", [np.array, torch.tensor], ids=["NumPy", "PyTorch"])
def test_the_sum_of_the_advantages_is_what_the_way_back_finds(rng, tensor):
    r, V, V_next = rng.standard_normal((3, 12))
    terminated, over = np.zeros((2, 12), bool)
    terminated[4] = over[4] = over[9] = True  # one ends at step 4, the clock cuts one at step 9
    names = {"r": r, "V": V, "V_next": V_next, "terminated": terminated, "over": over}
    names = {name: tensor(column) for name, column in names.items()} | {"A": tensor(np.zeros(12))}
    names |= {"gamma": 0.9, "LAMBDA": policy_optimisation.LAMBDA}
    found = shown("policy-optimisation", "advantages-torch", **names)
    columns = (column[:, None] for column in (r, V, V_next, terminated, over))
    ours = policy_optimisation.advantages(*columns, 0.9)[:, 0]
    np.testing.assert_allclose(np.asarray(found.A), ours, rtol=1e-12)


def test_the_three_lines_of_the_clip_are_its_slope(cart):
    run, batch = cart
    z = run.actor(batch.x)
    leaf = torch.tensor(z, requires_grad=True)
    a, log_prob, A = map(torch.from_numpy, (batch.a, batch.log_prob, batch.A))
    names = {"z": leaf, "a": a, "log_prob": log_prob, "A": A}
    found = shown("policy-optimisation", "cell-59", **names, epsilon=policy_optimisation.EPSILON)
    assert ((found.ratio < 0.8) | (found.ratio > 1.2)).any()
    ours = policy_optimisation.slope(run, "clip", z, batch)
    np.testing.assert_allclose(ours, leaf.grad.numpy(), rtol=1e-11, atol=1e-17)


def test_the_three_lines_of_the_fisher_product_are_it(cart, rng):
    net, batch = cart
    x = batch.x[:64]
    z, tape = net.actor.forward(x)
    v = rng.standard_normal(net.actor.theta.size)

    def actor(theta, x):
        pairs, start = [], 0
        for W, b in net.actor.weights:
            ends = start + W.size, start + W.size + b.size
            pairs.append((theta[start : ends[0]].view(W.shape), theta[ends[0] : ends[1]]))
            start = ends[1]
        return run(pairs, x)

    theta = torch.tensor(net.actor.theta, requires_grad=True)
    found = shown(
        "policy-optimisation", "fisher-torch",
        z=torch.from_numpy(z), actor=actor, theta=theta, x=torch.from_numpy(x),
        v=torch.from_numpy(v),
    )  # fmt: skip
    assert abs(found.kl.mean().item()) < 1e-12  # both are 0 at the old policy, as the text says
    assert found.g.abs().max().item() < 1e-12
    theirs = found.Fv.numpy()
    ours = policy_optimisation.fisher_product(net, z, tape, v)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-11 * np.abs(theirs).max())


@pytest.mark.usefixtures("in_float64")
def test_the_lines_of_the_gan_are_the_gradients_of_both_players(rng):
    nets = [MLP((2, 7, out), rng=rng) for out in (2, 1)]
    noise, real = rng.standard_normal((2, 9, 2))
    generator, judge = (layers(net) for net in nets)
    block = source_of("gan", "ring-judge")
    names = {"F": F, "generator": lambda z: run(generator, z), "judge": lambda x: run(judge, x)}
    names |= {"noise": torch.from_numpy(noise), "real": torch.from_numpy(real)}
    hers, its = block.split("# ... a step of the judge")
    exec(hers, names)
    ours = gan.judge_gradient(nets[1], "non-saturating", real, nets[0](noise))
    np.testing.assert_allclose(ours, flat_grad(judge), rtol=0, atol=1e-12)
    assert all(leaf.grad is None for pair in generator for leaf in pair)  # detached
    exec(its.partition("\n")[2], names)
    ours = gan.generator_gradient(*nets, "non-saturating", noise)
    np.testing.assert_allclose(ours, flat_grad(generator), rtol=0, atol=1e-12)


def test_the_bill_of_a_denoiser(rng):
    base = diffusion.histogram(rng.integers(17, size=(40, 64)))
    model = diffusion.Denoiser(base, rng=rng, hidden=(5,), dtype=np.float64)
    model.net.theta[:] = 0.3 * rng.standard_normal(model.net.theta.size)
    v, lam = rng.integers(17, size=(7, 64)), rng.uniform(-3, 4, (7, 1))
    noise = rng.standard_normal((7, 64))
    x = diffusion.GREYS[v]
    z = diffusion.noised(x, lam, noise)
    _, tape = model.pmfs(z, lam)
    leaves = [[torch.tensor(a, requires_grad=True) for a in pair] for pair in model.net.weights]

    def net(a):
        (W1, b1), (W2, b2) = leaves
        return torch.tanh(a @ W1 + b1) @ W2 + b2

    shown(
        "diffusion",
        "torch-said",
        net=net,
        z=torch.from_numpy(z),
        level=torch.from_numpy(tape[0][:, 64:]),
        base=torch.from_numpy(model.base),
        tilts=torch.from_numpy(model.tilts),
        greys=torch.from_numpy(diffusion.GREYS),
        lam=torch.from_numpy(lam),
        x=torch.from_numpy(x),
        evidence=lambda *args: torch.from_numpy(diffusion.evidence(*(np.asarray(a) for a in args))),
    )
    theirs = np.concatenate([leaf.grad.numpy().ravel() for pair in leaves for leaf in pair])
    ours = diffusion.gradient(model, v, lam, noise)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-10)

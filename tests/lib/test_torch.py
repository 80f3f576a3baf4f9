"""lib against PyTorch: losses, gradients by its autograd, its distributions.

Skipped, loudly (conftest.py), where PyTorch is not installed; .ci/run installs it.
"""

import numpy as np
import pytest

from lib import (
    cross_entropy,
    cross_entropy_from_logits,
    cross_entropy_gradient,
    entropy,
    gaussian_cross_entropy,
    gaussian_entropy,
    gaussian_kl,
    gaussian_kl_full,
    kl_divergence,
    log_softmax,
    normalize,
    ppo_clip_objective,
    softmax,
)

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
F = torch.nn.functional
RIGHT = 1e-12


def close(actual, expected, rtol=RIGHT, atol=1e-15):
    np.testing.assert_allclose(actual, expected.detach().numpy(), rtol=rtol, atol=atol)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_agrees_with_pytorch(rng, axis):
    z = rng.standard_normal((30, 40)) * 5
    close(softmax(z, axis=axis), torch.softmax(torch.from_numpy(z), axis))
    close(log_softmax(z, axis=axis), torch.log_softmax(torch.from_numpy(z), axis), atol=1e-13)


@pytest.mark.parametrize("scale", [1.0, 30.0, 300.0])
def test_loss_and_gradient_agree_with_autograd(rng, scale):
    z = rng.standard_normal((50, 10)) * scale
    classes, pmfs = rng.integers(10, size=50), normalize(rng.random((50, 10)))
    for targets in (classes, pmfs):
        logits = torch.from_numpy(z).requires_grad_()
        loss = F.cross_entropy(logits, torch.from_numpy(targets), reduction="none")
        loss.sum().backward()
        close(cross_entropy_from_logits(targets, z), loss, atol=1e-13)
        close(cross_entropy_gradient(targets, z), logits.grad, atol=1e-14)


def test_pytorch_loses_the_surprise_of_a_class_that_is_all_but_certain():
    z = torch.tensor([40.0, 0.0], dtype=torch.float64, requires_grad=True)
    loss = F.cross_entropy(z, torch.tensor(0))
    loss.backward()
    assert loss.item() == 0
    assert z.grad[0].item() == 0
    assert cross_entropy_from_logits(0, [40.0, 0.0]) == pytest.approx(4.248354255291589e-18)
    assert cross_entropy_gradient(0, [40.0, 0.0])[0] == pytest.approx(-4.248354255291589e-18)


def test_entropy_and_kl_agree_with_pytorch_where_p_and_q_are_far_apart(rng):
    p, q = normalize(rng.random((2, 30, 40)))
    of_p, of_q = (torch.distributions.Categorical(torch.from_numpy(x)) for x in (p, q))
    close(entropy(p), of_p.entropy())
    close(kl_divergence(p, q), torch.distributions.kl_divergence(of_p, of_q))
    log_q = torch.from_numpy(np.log(q))
    kl = F.kl_div(log_q, torch.from_numpy(p), reduction="none").sum(-1)
    close(kl_divergence(p, q), kl)
    close(cross_entropy(p, q), F.cross_entropy(log_q, torch.from_numpy(p), reduction="none"))


def test_gaussians_agree_with_pytorch(rng):
    mean_p, mean_q = rng.standard_normal((2, 30))
    std_p, std_q = np.exp(rng.standard_normal((2, 30)))
    p, q = (
        torch.distributions.Normal(torch.from_numpy(mean), torch.from_numpy(std))
        for mean, std in ((mean_p, std_p), (mean_q, std_q))
    )
    close(gaussian_entropy(std_p), p.entropy())
    kl = torch.distributions.kl_divergence(p, q)
    close(gaussian_kl(mean_p, std_p, mean_q, std_q), kl, rtol=1e-10)
    close(gaussian_cross_entropy(mean_p, std_p, mean_q, std_q), kl + p.entropy(), rtol=1e-10)


def test_full_gaussians_agree_with_pytorch(rng):
    mean_p, mean_q = rng.standard_normal((2, 6, 4))
    noise = rng.standard_normal((2, 6, 4, 4))
    cov_p, cov_q = noise @ noise.mT + np.eye(4)
    p, q = (
        torch.distributions.MultivariateNormal(torch.from_numpy(mean), torch.from_numpy(cov))
        for mean, cov in ((mean_p, cov_p), (mean_q, cov_q))
    )
    expected = torch.distributions.kl_divergence(p, q)
    close(gaussian_kl_full(mean_p, cov_p, mean_q, cov_q), expected, rtol=1e-10)


def test_the_clipped_objective_agrees_with_its_usual_code(rng):
    log_ratio, advantage = rng.standard_normal((2, 200))
    ratio, gain = torch.from_numpy(log_ratio).exp(), torch.from_numpy(advantage)
    usual = torch.min(ratio * gain, torch.clamp(ratio, 0.8, 1.2) * gain)
    close(ppo_clip_objective(log_ratio, advantage, 0.2), usual)

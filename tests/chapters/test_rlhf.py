"""The chapter on RLHF: closed forms, theorems, slopes against autograd, what its study says."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from exercises import rlhf as exercises
from exports import rlhf as chapter
from lib import entropy, kl_divergence, log_softmax, normalize, softmax
from studies import aligned_lines, record
from tests.chapters.chapter_run import numbers_of
from training import LanguageModel

TABLE = Path(os.environ.get("ALIGNED_LINES", aligned_lines.TABLE))
COLUMN = {name: number for number, name in enumerate(aligned_lines.COLUMNS)}
THREE, R = np.array([0.5, 0.3, 0.2]), np.array([0.0, 1, 2])


@pytest.fixture(scope="module")
def study():
    """The stored study, or another that ALIGNED_LINES names: the claims must hold in both."""
    return record.read(TABLE)[0]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")


def close(ours, theirs):
    """Are they equal to 1e-12 of their largest number?"""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    return np.abs(ours - theirs).max() <= 1e-12 * np.abs(theirs).max()


# ---- the tilted policy, the best of n ------------------------------------------------------------


def test_the_tilted_policy_of_the_three_answers():
    weights = np.array([0.5, 0.3 * np.e, 0.2 * np.e**2])
    by_hand = weights / weights.sum()
    assert close(chapter.tilted(THREE, R, 1), by_hand)
    np.testing.assert_allclose(by_hand, [0.179, 0.292, 0.529], rtol=0, atol=5e-4)
    assert kl_divergence(by_hand, THREE) == pytest.approx(0.3228, abs=5e-5)
    assert numbers_of("rlhf", "tilted-run")[1][-1] == 0.3228


def policies(count):
    weights = st.lists(st.integers(1, 30), min_size=count, max_size=count)
    return weights.map(lambda w: np.array(w) / sum(w))


@settings(max_examples=100, deadline=None)
@given(pi=policies(4), reference=policies(4), beta=st.floats(0.1, 5), r=policies(4))
def test_the_price_of_a_reward(pi, reference, beta, r):
    r, best = 10 * r, chapter.tilted(reference, 10 * r, beta)
    log_z = np.log(reference @ np.exp(r / beta))
    left = pi @ r - beta * kl_divergence(pi, reference)
    assert left == pytest.approx(beta * (log_z - kl_divergence(pi, best)), abs=1e-9)
    both = kl_divergence(best, reference) + kl_divergence(reference, best)
    assert best @ r - reference @ r == pytest.approx(beta * both, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(
    reference=policies(5),
    n=st.integers(1, 50),
    r=st.lists(st.integers(0, 3), min_size=5, max_size=5),
)
def test_best_of_n_pays_at_most_the_formula(reference, n, r):
    best = exercises._best(reference, np.array(r, dtype=float), n)
    assert best.sum() == pytest.approx(1, abs=1e-12)
    assert kl_divergence(best, reference) <= np.log(n) - (n - 1) / n + 1e-12


def test_without_ties_best_of_n_pays_the_formula():
    even = np.full(200_000, 1 / 200_000)
    for n in (2, 4, 16, 64):
        paid = kl_divergence(chapter.best_of(n, even), even)
        assert paid == pytest.approx(np.log(n) - (n - 1) / n, abs=2e-3)


def test_the_best_of_n_of_the_three_answers():
    known = {2: (0.1406, 0.1931), 4: (0.5598, 0.6363), 16: (1.4696, 1.8351), 64: (1.6094, 3.1745)}
    shown = numbers_of("rlhf", "best-of-run")[1:]
    assert {int(line[0]): tuple(line[1:3]) for line in shown} == known
    for n, (paid, _) in known.items():
        by_hand = np.array([0.5**n, 0.8**n - 0.5**n, 1 - 0.8**n])
        assert kl_divergence(by_hand, THREE) == pytest.approx(paid, abs=5e-5)


def test_a_normal_reward_gains_the_root_of_twice_the_divergence():
    r = np.linspace(-12, 12, 4_001)
    reference = normalize(np.exp(-(r**2) / 2))
    for beta in (5, 1, 0.3):
        best = chapter.tilted(reference, r, beta)
        gain, paid = (best - reference) @ r, kl_divergence(best, reference)
        assert gain == pytest.approx(1 / beta, rel=1e-6)
        assert gain == pytest.approx(np.sqrt(2 * paid), rel=1e-6)


# ---- slopes --------------------------------------------------------------------------------------


def test_six_ways_to_charge_for_kl(torch, rng):
    """The table of the theorem, each entry against autograd of what it is said to be."""
    for _ in range(5):
        z = torch.tensor(rng.standard_normal(5), requires_grad=True)
        log_ref = torch.tensor(log_softmax(rng.standard_normal(5)))
        log_pi = torch.log_softmax(z, 0)
        fixed = log_pi.detach()

        def k(log_pi, log_ref=log_ref):
            d = log_ref - log_pi
            return {"k1": -d, "k2": d**2 / 2, "k3": d.exp() - 1 - d}

        def grad(value, z=z):
            return torch.autograd.grad(value, z, retain_graph=True)[0].numpy()

        there = grad((log_pi.exp() * (log_pi - log_ref)).sum())
        back = grad((log_ref.exp() * (log_ref - log_pi)).sum())
        mean_of_k2 = grad((log_pi.exp() * k(log_pi)["k2"]).sum())
        reward = {n: grad((fixed.exp() * v.detach() * log_pi).sum()) for n, v in k(log_pi).items()}
        loss = {n: grad((fixed.exp() * v).sum()) for n, v in k(log_pi).items()}
        assert close(reward["k1"], there)
        assert close(loss["k2"], there)
        assert close(loss["k3"], back)
        assert close(reward["k2"], mean_of_k2 - there)
        assert close(reward["k3"], there - back)
        assert np.abs(loss["k1"]).max() < 1e-15


def test_charged_from_here_on_a_bigram_model_has_the_slope_of_its_sentences(torch):
    """The printed errors against autograd through all 27 sentences, written out as products."""
    theta = torch.tensor(
        [[0.13, -0.13, 0.64], [0.1, -0.54, 0.36], [1.3, 0.95, -0.7], [-1.27, -0.62, 0.04]],
        dtype=torch.float64, requires_grad=True,
    )  # fmt: skip
    ref = torch.log_softmax(
        torch.tensor(
            [[-2.33, -0.22, -1.25], [-0.73, -0.54, -0.32],
             [0.41, 1.04, -0.13], [1.37, -0.67, 0.35]],
            dtype=torch.float64,
        ),
        1,
    )  # fmt: skip
    log_pi = torch.log_softmax(theta, 1)
    sentences = [((3, a), (a, b), (b, c)) for a in range(3) for b in range(3) for c in range(3)]
    pi = torch.stack([torch.stack([log_pi[at] for at in s]) for s in sentences])
    base = torch.stack([torch.stack([ref[at] for at in s]) for s in sentences])
    chance = pi.detach().sum(1).exp()[:, None]

    def grad(value):
        return torch.autograd.grad(value, theta, retain_graph=True)[0].numpy()

    there = grad((pi.sum(1).exp() * (pi - base).sum(1)).sum())
    back = grad((base.sum(1).exp() * -pi.sum(1)).sum())
    d = base - pi
    each = {
        "from here on": grad((chance * (-d.detach()).flip(1).cumsum(1).flip(1) * pi).sum()),
        "own": grad((chance * -d.detach() * pi).sum()),
        "k2": grad((chance * d**2 / 2).sum()),
        "k3": grad((chance * (d.exp() - 1 - d)).sum()),
    }
    off = {
        name: 100 * np.linalg.norm(g - there) / np.linalg.norm(there) for name, g in each.items()
    }
    assert off["from here on"] < 1e-10
    lines = numbers_of("rlhf", "token-table")
    printed = [line[-2] for line in lines[1:5]]  # the last number is the cosine
    np.testing.assert_allclose(printed, list(off.values()), rtol=0, atol=0.051)
    assert [round(off[name], 1) for name in ("k2", "own")] == [17.1, 17.1]
    miss = 100 * np.linalg.norm(each["k3"] - back) / np.linalg.norm(back)
    assert lines[-1][-1] == pytest.approx(miss, abs=0.051)
    assert round(miss, 1) == 19.7


def test_grpos_optimum_has_no_slope_left():
    """π (r − mean) / spread = β (π − ref) there; without the division it is β ref / (ν − r)."""
    for line, spread in zip(numbers_of("rlhf", "optima")[1:3], (True, False), strict=True):
        pi = np.array(line[:3])
        A = R - pi @ R
        A = A / np.sqrt(pi @ A**2) if spread else A
        np.testing.assert_allclose(pi * A, pi - THREE, rtol=0, atol=2e-4)


def test_covariance_tells_how_entropy_moves(rng):
    for _ in range(20):
        pi, r = softmax(rng.standard_normal(6)), rng.standard_normal(6)
        moved = [entropy(softmax(np.log(pi) + h * r)) for h in (1e-5, -1e-5)]
        slope = -(pi * np.log(pi)) @ (r - pi @ r)
        assert (moved[0] - moved[1]) / 2e-5 == pytest.approx(slope, abs=1e-8)


# ---- the methods, as their papers write them -----------------------------------------------------


@pytest.fixture
def model(rng):
    return LanguageModel(chapter.ALPHABET, context=chapter.CONTEXT, dim=3, hidden=(5,), rng=rng)


def through(torch, model, lines):
    """Return ln π of each letter as PyTorch has it, and the parameters that it hangs on."""
    parts = [model.embedding, *(a for pair in model.net.weights for a in pair)]
    E, W1, b1, W2, b2 = leaves = [torch.tensor(part.copy(), requires_grad=True) for part in parts]
    x = E[torch.tensor(chapter.contexts(lines))].reshape(*lines.shape, -1)
    z = torch.relu(x @ W1 + b1) @ W2 + b2
    log_pi = torch.log_softmax(z, -1)
    return torch.gather(log_pi, 2, torch.tensor(lines)[..., None])[..., 0], log_pi, leaves


def taken(model, lines, weights_of, alpha=0.0):
    """Return the gradient that the chapter's step hands to Adam."""
    found = []
    chapter.step(model, SimpleNamespace(step=found.append), lines, weights_of, alpha)
    return found[0]


@pytest.mark.parametrize("method", ["ppo", "grpo", "dpo", "k2 in loss", "k3 in reward", "entropy"])
def test_a_step_has_the_slope_of_the_papers_objective(torch, model, rng, method):
    model.theta = model.theta + 0.3 * rng.standard_normal(model.theta.size)
    lines = rng.integers(27, size=(8, chapter.LENGTH))
    new, table, leaves = through(torch, model, lines)
    at = new.detach().numpy()
    old, ref = (at + 0.3 * rng.standard_normal(at.shape) for _ in "ab")
    r, beta = rng.standard_normal(8), 0.2
    ratio, d = (new - torch.tensor(old)).exp(), torch.tensor(ref) - new
    k = {"k2": d**2 / 2, "k3": d.exp() - 1 - d}
    if method == "dpo":
        h = beta * (new - torch.tensor(ref)).sum(1)
        gain = torch.nn.functional.logsigmoid(h[:4] - h[4:]).sum()
        ours = taken(model, lines, lambda new: chapter.dpo_weights(new, ref, beta))
    elif method == "entropy":
        gain = -beta * (table.exp() * table).sum()
        ours = taken(model, lines, np.zeros_like, beta)
    else:
        if method == "grpo":
            A = np.repeat(((r - r.mean()) / (r.std() + 1e-4))[:, None], chapter.LENGTH, axis=1)
        else:
            d_old = ref - old
            charge = {"ppo": -d_old, "k3 in reward": np.exp(d_old) - 1 - d_old}.get(method, 0 * old)
            A = np.array(
                [
                    [r[i] - beta * charge[i, t:].sum() for t in range(chapter.LENGTH)]
                    for i in range(8)
                ]
            )
            A = A - A.mean(axis=0)
        A = torch.tensor(A)
        gain = torch.minimum(ratio * A, ratio.clamp(0.8, 1.2) * A).sum()
        gain = gain - beta * {"grpo": k["k3"], "k2 in loss": k["k2"]}.get(method, 0 * d).sum()
        ours = taken(model, lines, chapter.rule(method, beta, r, old, ref))
    theirs = torch.autograd.grad(-gain / lines.size, leaves)
    assert close(ours, np.concatenate([part.numpy().ravel() for part in theirs]))


def test_the_fitted_reward_is_a_logistic_regression(rng):
    linear = pytest.importorskip("sklearn.linear_model")
    better, worse = rng.integers(27, size=(2, 300, chapter.LENGTH))
    x = chapter.pair_counts(better) - chapter.pair_counts(worse)
    peer = linear.LogisticRegression(C=1 / 10, fit_intercept=False, tol=1e-10, max_iter=1_000)
    peer.fit(np.vstack([x, -x]), np.repeat([1, 0], 300), sample_weight=np.full(600, 0.5))
    np.testing.assert_allclose(chapter.fit_reward(better, worse), peer.coef_[0], atol=1e-5)
    w = rng.standard_normal(729)
    np.testing.assert_allclose(chapter.reward_of(better, w), chapter.pair_counts(better) @ w)


def test_lines_are_drawn_as_the_model_says(model, rng):
    model.theta = model.theta + rng.standard_normal(model.theta.size)
    lines = chapter.draw(model, 20_000, rng)
    said = np.exp(chapter.log_probs(model, lines[:1])[0, 0])
    assert np.abs(np.bincount(lines[:, 0], minlength=27) / 20_000 - said).max() < 0.015
    text = chapter.as_text(lines[:1])[0]
    ours = chapter.of_drawn(chapter.log_probs(model, lines[:1]), lines[:1])[0]
    np.testing.assert_allclose(-ours, model.prices(text), rtol=1e-12)


def test_taste_counts_different_known_words_but_not_the_last_one():
    known = {"and", "there", "light", "that"}
    text = "there light there and that".ljust(chapter.LENGTH)[: chapter.LENGTH]
    line = np.array([[chapter.ALPHABET.index(letter) for letter in text]])
    assert chapter.taste(line, known) == 4
    cut = np.array([[chapter.ALPHABET.index(letter) for letter in "that light".rjust(40)]])
    assert chapter.taste(cut, known) == 1
    words = chapter.known_words(data.load("genesis"))
    assert {"abraham", "there"} <= words
    assert not {"and", "god"} & words


# ---- what the study says -------------------------------------------------------------------------


def at_the_end(study, name, column):
    """Return the numbers of the eight seeds after the last update."""
    return study[name][:, -1, COLUMN[column]]


def test_the_study_is_of_eight_seeds_and_all_its_runs(study):
    for name in aligned_lines.RUNS:
        assert study[name].shape == (8, len(aligned_lines.STAGES), len(aligned_lines.COLUMNS))
        assert np.isfinite(study[name][..., : COLUMN["chosen"]]).all()


def test_without_a_price_reward_rises_and_taste_falls_below_the_base(study):
    for name in ("ppo 0", "grpo 0"):
        taste = study[name][..., COLUMN["taste"]]
        assert (at_the_end(study, name, "reward") > 5).all()
        assert np.median(taste.max(axis=1)) > 3.2
        assert (taste[:, -1] < taste[:, 0]).all()
        assert np.median(taste[:, -1]) < 0.5
        assert np.median(at_the_end(study, name, "lines")) < 0.2


def test_with_a_price_of_three_tenths_the_policy_stays_near_and_is_liked(study):
    for name in ("ppo 0.3", "grpo 0.3"):
        assert (at_the_end(study, name, "kl") < 10).all()
        assert (at_the_end(study, name, "taste") > 3.2).all()
        assert (at_the_end(study, name, "lines") > 0.98).all()


def test_at_the_same_divergence_the_priced_policy_is_the_better_one(study):
    """At 15 nats, by straight lines between the stages."""
    for column in ("reward", "taste"):
        found = {}
        for name in ("ppo 0", "ppo 0.1"):
            logs = study[name].astype(float)
            found[name] = np.median(
                [np.interp(15, log[:, COLUMN["kl"]], log[:, COLUMN[column]]) for log in logs]
            )
        assert found["ppo 0.1"] > found["ppo 0"] + 0.3


def test_dpo_pays_more_for_less(study):
    dpo, ppo = (study[name] for name in ("dpo 0.1", "ppo 0.3"))
    assert np.median(dpo[:, -1, COLUMN["kl"]]) > 1.5 * np.median(ppo[:, -1, COLUMN["kl"]])
    assert (dpo[:, -1, COLUMN["chosen"]] < 0).all()
    assert (dpo[:, -1, COLUMN["other"]] < dpo[:, -1, COLUMN["chosen"]] - 3).all()


def test_k1_in_the_loss_is_no_leash(study):
    assert (
        at_the_end(study, "k1 in loss 0.1", "kl") > 1.3 * at_the_end(study, "ppo 0.1", "kl")
    ).all()
    assert np.median(at_the_end(study, "k1 in loss 0.1", "taste")) < 0.5


def test_who_does_not_pay_for_the_letters_to_come_goes_further(study):
    ppo = at_the_end(study, "ppo 0.1", "kl")
    for name in ("own k1 in reward 0.1", "k2 in loss 0.1"):
        assert np.median(at_the_end(study, name, "kl")) > 1.3 * np.median(ppo)


def test_k3_in_the_reward_is_no_leash_for_twenty_updates(study):
    at = aligned_lines.STAGES.index(20)
    free, k3, k1 = (
        np.median(study[name][:, at, COLUMN["kl"]])
        for name in ("ppo 0", "k3 in reward 0.1", "ppo 0.1")
    )
    assert k3 > 0.8 * free
    assert k1 < 0.7 * free


def test_a_bonus_for_entropy_delays_and_does_not_hold(study):
    at = aligned_lines.STAGES.index(30)
    with_bonus, without = (
        np.median(study[name][..., COLUMN["entropy"]], axis=0)
        for name in ("ppo 0 entropy", "ppo 0")
    )
    assert with_bonus[at] > 2 * without[at]
    assert with_bonus[-1] < 0.4 * with_bonus[0]
    assert np.median(at_the_end(study, "ppo 0 entropy", "taste")) < 0.5


def test_paid_by_taste_it_is_liked_and_says_little_else(study):
    assert (at_the_end(study, "ppo 0 taste", "taste") > 7).all()
    assert np.median(at_the_end(study, "ppo 0 taste", "lines")) < 0.4


def test_what_is_forgotten_is_the_divergence_back(study):
    logs = np.concatenate([study[name][:, 1:] for name in aligned_lines.RUNS]).reshape(-1, 13)
    logs = logs.astype(float)
    rise = (logs[:, COLUMN["held"]] - study["ppo 0"][0, 0, COLUMN["held"]]) * np.log(2) * 40
    spread = {}
    for column in ("kl", "back"):
        low, middle, high = np.quantile(rise / logs[:, COLUMN[column]], (0.05, 0.5, 0.95))
        spread[column] = high - low
    assert 0.9 < middle < 1.05
    assert spread["back"] < 0.5 * spread["kl"]


def test_imitation_of_the_best_of_16_forgets_least_at_the_same_reward(study):
    def held(name, level=1.2):
        found = []
        for log in study[name].astype(float):
            r, bits = log[:, COLUMN["reward"]], log[:, COLUMN["held"]]
            i = np.argmax(r >= level)
            t = (level - r[i - 1]) / (r[i] - r[i - 1])
            found.append((1 - t) * bits[i - 1] + t * bits[i])
        return np.median(found)

    imitated = held("imitate 16")
    priced = [held(name) for name in ("ppo 0.3", "grpo 0.3")]
    free = [held(name) for name in ("ppo 0", "grpo 0")]
    assert imitated < min(priced) < max(priced) < min(free)


def test_best_of_n_is_the_best_for_its_bits(study):
    n = aligned_lines.BEST_OF
    bound = np.log(n) - (n - 1) / n
    for seed in range(8):
        for name in ("ppo 0", "ppo 0.3", "grpo 0.3", "dpo 0.3"):
            log = study[name][seed].astype(float)
            kl, reward = log[:, COLUMN["kl"]], log[:, COLUMN["reward"]]
            assert np.interp(4, kl, reward) < np.interp(4, bound, study["best of"][seed, :, 0])


def test_a_sum_of_k1_over_the_policys_own_lines_agrees_with_the_exact_one(study):
    for name in aligned_lines.RUNS:
        kl, k1 = (study[name][..., COLUMN[column]] for column in ("kl", "k1"))
        assert np.median(np.abs(k1 - kl)) < 0.3


def test_the_tilted_reward_gains_about_the_root(study):
    paid, gain = study["tilted"].mean(axis=0)[:8, :2].T
    np.testing.assert_allclose(gain, np.sqrt(2 * paid), rtol=0.03)

"""The chapter "Why is my KL loss negative?": closed forms, and each package asked itself.

The numbers that the page prints come from logarithms in a loop here; what the packages do comes
from the packages, called without the chapter's `Outside`.
"""

import json
import math
import re
import warnings
from importlib.metadata import version

import numpy as np
import pytest
import scipy.stats
from scipy.spatial.distance import jensenshannon
from scipy.special import kl_div, rel_entr
from sklearn.metrics import log_loss

import data
from data import outside
from exports import frameworks as chapter
from lib import cross_entropy_from_logits
from manuscript.pages import ROOT, Page
from tests.chapters.chapter_run import numbers_of

NAME = "frameworks"
P, Q = (0.5, 0.3, 0.2), (0.3, 0.6, 0.1)
KL = math.fsum(p * math.log(p / q) for p, q in zip(P, Q, strict=True))
KL_BACK = math.fsum(q * math.log(q / p) for p, q in zip(P, Q, strict=True))
H = -math.fsum(p * math.log(p) for p in P)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


@pytest.fixture(scope="module")
def pair(torch):
    return torch.tensor(P, dtype=torch.float64), torch.tensor(Q, dtype=torch.float64)


def printed(cell):
    return [number for line in numbers_of(NAME, cell) for number in line]


def rounded(*numbers, digits=4):
    return [round(number, digits) for number in numbers]


# ---- closed forms --------------------------------------------------------------------------------


def test_what_a_wrong_input_gives_is_the_theorem(rng):
    for _ in range(200):
        t, x = rng.exponential(size=4) * rng.integers(0, 2, 4), 3 * rng.normal(size=4)
        if not t.any():
            continue
        s, weights = t.sum(), np.exp(x)
        loss = math.fsum(a * (math.log(a) - b) for a, b in zip(t, x, strict=True) if a)
        divergence = rel_entr(t / s, weights / weights.sum()).sum()
        assert math.isclose(
            loss, s * divergence + s * math.log(s / weights.sum()), rel_tol=1e-9, abs_tol=1e-12
        )
        assert loss >= 0 or weights.sum() > s


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_negative_numbers_and_the_positive_wrong_ones_and_their_sums():
    rows = [row[-3:] if len(row) > 3 else row for row in numbers_of(NAME, "negative-cell")]
    of_probabilities = -H - math.fsum(p * q for p, q in zip(P, Q, strict=True))
    assert rows == [
        rounded(of_probabilities, math.fsum(map(math.exp, Q)), 1),
        rounded(KL - 1, math.e, 1),
        rounded(KL / 2 + math.log(0.5) / 2, 1, 0.5),
        rounded(KL + 1, 1 / math.e, 1),
        rounded(*_of_a_softmax_of_probabilities()),
    ]


def _of_a_softmax_of_probabilities():
    total = math.fsum(map(math.exp, Q))
    twice = [math.exp(q) / total for q in Q]
    return math.fsum(p * math.log(p / q) for p, q in zip(P, twice, strict=True)), 1, 1


def test_what_both_exclude_costs_nothing():
    kl = 0.5 * math.log(0.5 / 0.6) + 0.5 * math.log(0.5 / 0.4)
    assert printed("excluded") == rounded(kl)


def test_one_list_a_batch_and_sequences():
    rows = [row[-3:] for row in numbers_of(NAME, "factor-cell")]
    assert rows == [
        rounded(KL, KL / 3, KL / 3),
        rounded(4 * KL, KL / 3, KL),
        rounded(10 * KL, KL / 3, 5 * KL),
    ]
    assert printed("first-numbers") == rounded(KL, KL, KL, (-H - 0.35) / 3)
    rows = [KL, 0], [(-H - 0.35) / 3, (-H - 0.38) / 3], [KL_BACK, 0], [KL / 3, 0]
    assert numbers_of(NAME, "explorer-answer") == [rounded(*row) for row in rows]


def test_the_bounds_of_the_softmax_and_of_the_sigmoid_taken_twice(rng):
    perfect = [math.log1p(math.exp(-1)), math.log(2)]  # −ln σ(1), −ln (1 − σ(0))
    assert [row[1] for row in numbers_of(NAME, "sigmoid-twice")] == rounded(*perfect)
    lines = numbers_of(NAME, "perfect-cell")
    assert lines == [
        [K, *rounded(math.log(math.e + K - 1) - 1, math.log(math.e + K - 1))] for K in (2, 3, 4, 10)
    ]
    for K in (2, 3, 10):
        low, high = math.log(math.e + K - 1) - 1, math.log(math.e + K - 1)
        q = rng.dirichlet(np.full(K, 0.2), size=500)
        loss = cross_entropy_from_logits(np.zeros(500, int), q)
        assert ((low - 1e-12 <= loss) & (loss <= high + 1e-12)).all()


def test_the_gradient_of_the_softmax_taken_twice_is_pytorchs(torch, rng):
    z, labels = 4 * rng.normal(size=(20, 5)), rng.integers(5, size=20)
    leaf = torch.tensor(z, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(
        torch.softmax(leaf, dim=-1), torch.from_numpy(labels), reduction="sum"
    )
    loss.backward()
    ours, theirs = chapter.twice(labels, z), leaf.grad.numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12 * abs(theirs).max())


def test_fed_probabilities_descent_ends_at_the_likeliest_outcome():
    assert printed("linear-cell") == [0.9986, 0.0009, 0.0005, *P]
    c, ends = numbers_of(NAME, "ex-linear-code")
    constant = (1 - math.fsum(map(math.log, P))) / 3
    assert c == rounded(constant, *(math.log(p) + constant for p in P))
    a = ends[0]  # the slope along the border is 0 there
    total = math.exp(a) + math.exp(1 - a) + 1
    assert abs((math.exp(a) - math.exp(1 - a)) / total - (P[0] - P[1])) < 1e-4


def test_weighted_means_and_their_divisors():
    losses = [math.log(math.e**2 + 2) - 2, math.log(math.e + 2), math.log(math.e**3 + 2) - 3]
    total = losses[0] + losses[1] + 10 * losses[2]
    assert printed("weights") == rounded(total / 12, total / 12, total / 3, total / 3)
    assert numbers_of(NAME, "ignored")[0] == rounded((losses[0] + losses[2]) / 2)
    tokens = np.array([[2.0, 1, -1], [0, 3, 1], [1, 0, 0]])
    right = cross_entropy_from_logits(np.arange(3), tokens).mean()
    wrong = cross_entropy_from_logits(np.arange(3), tokens.T).mean()
    assert printed("axes") == [1, *rounded(right, wrong)]
    four, labels = tokens[[0, 1, 2, 0]], np.array([0, 1, 2, 0])
    logs = four - np.log(np.exp(four).sum(axis=0))  # a softmax over the tokens
    wrong = -(np.eye(3)[labels] * logs).sum() / 3  # PyTorch divides by what is not on axis 1
    right = cross_entropy_from_logits(labels, four).mean()
    assert numbers_of(NAME, "axes-4")[1] == rounded(wrong, right)
    smooth = [0.91] + [0.01] * 9
    assert numbers_of(NAME, "ignored")[2] == [10, round(scipy.stats.entropy(smooth), 4)]


def test_three_questions_or_one():
    z = 2, 1, -1
    one = math.log(math.fsum(map(math.exp, z))) - 2
    three = math.log1p(math.exp(-2)) + math.log1p(math.exp(1)) + math.log1p(math.exp(-1))
    assert printed("three-cell") == [*rounded(one, one), round(three / 3, 4), 3, round(three, 4)]


def test_where_single_and_half_precision_say_0():
    exact = [round(digits * math.log(2), 2) for digits in (24, 11)]
    assert printed("ex-saturate-code") == [17, exact[0], 8, exact[1], 8, 5.55]
    assert round(8 * math.log(2), 2) == 5.55 and math.exp(-6) <= 2**-8 < math.exp(-5)
    assert math.exp(-17) <= 2**-24 < math.exp(-16)
    assert math.exp(-8) <= 2**-11 < math.exp(-7)


# ---- the study -----------------------------------------------------------------------------------


def test_the_second_softmax_lets_linear_and_relu_models_give_up_a_digit_and_tanh_not():
    runs = data.study("softmax_twice")["runs"]
    linear, tanh, relu = slice(0, 2), 2, 3
    printed_loss, _, hits, lost = np.moveaxis(runs, -1, 0)
    assert printed_loss[:, 1].min() > math.log(math.e + 9) - 1
    assert not lost[:, 0].any() and not lost[tanh].any()
    assert ((lost[linear, 1] > 0).sum(axis=-1) >= 3).all()
    assert (lost[relu, 1] > 0).sum() >= 12
    assert abs(np.median(hits[tanh, 0]) - np.median(hits[tanh, 1])) < 0.005
    gone = lost > 0
    assert hits[gone].max() < 0.9 < hits[~gone].min()
    # In each setting the runs that give up a digit stop higher than all others: the number tells.
    for setting in (0, 1, relu):
        of_gone, of_kept = gone[setting, 1], ~gone[setting, 1]
        assert printed_loss[setting, 1, of_gone].min() > printed_loss[setting, 1, of_kept].max()
    assert [row[-2:] for row in numbers_of(NAME, "study")[1:]][1::2] == [
        [np.count_nonzero(runs[k, 1, :, 3]), 32] for k in range(4)
    ]


def test_by_the_mean_a_second_softmax_costs_more_in_every_setting():
    costs = data.study("softmax_twice")["runs"][..., 1]
    once, twice = costs.mean(axis=-1).T
    assert (twice > 1.1 * once).all()
    assert (twice[:2] > 2 * once[:2]).all() and twice[3] > 10 * once[3]


# ---- the packages --------------------------------------------------------------------------------


def calls():
    """Return what the study has stored, {call: answer}, and what it says of itself."""
    study = data.study("library_calls")
    found = zip(study["calls"].tolist(), study["answers"].tolist(), strict=True)
    return {call: json.loads(answer) for call, answer in found}, json.loads(str(study["about"]))


def test_the_stored_answers_are_those_of_the_installed_versions(torch):
    assert calls()[1]["versions"] == {
        "torch": torch.__version__.partition("+")[0],
        "scipy": version("scipy"),
        "sklearn": version("scikit-learn"),
    }


def test_without_the_packages_the_page_prints_the_same_and_says_that_it_was_stored(monkeypatch):
    answers = data.study("library_calls")
    here = outside.Outside(answers)
    monkeypatch.setattr(outside.importlib.util, "find_spec", lambda name: None)
    elsewhere = outside.Outside(answers)
    assert "stored by a run with these versions" in elsewhere._repr_html_()
    x, t = np.log(Q), np.array(P)
    kl = elsewhere("torch.nn.functional").kl_div(x, t, reduction="sum")
    assert math.isclose(kl, KL, rel_tol=1e-12)
    with pytest.raises(LookupError, match="pip install torch"):
        elsewhere("torch.nn.functional").kl_div(x, 3 * t, reduction="sum")
    with pytest.raises(ValueError, match="NaN"):
        elsewhere("sklearn.metrics").log_loss([0], np.array([[0.3, 0.6, np.nan]]), labels=[0, 1, 2])
    assert repr(elsewhere) == repr(here)


def test_every_call_of_the_page_is_stored(monkeypatch, tmp_path):
    # The whole notebook in one process that finds none of the three packages.
    monkeypatch.setattr(outside.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("MPLBACKEND", "agg")
    page = Page.read(ROOT / "book" / f"{NAME}.ipynb")
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cell in page.code:
            if "train(" not in cell.source and "interact(" not in cell.source:
                exec(cell.source, names)
    assert not any(name.found for name in names.values() if isinstance(name, outside.Name))


def test_pytorch_does_what_the_chapter_says_of_it(torch, pair):
    F = torch.nn.functional
    p, q = pair
    with pytest.warns(UserWarning, match="'mean' will be changed to behave the same as") as warned:
        F.kl_div(q.log(), p)
    page = Page.read(ROOT / "book" / f"{NAME}.ipynb").markdown
    (quoted,) = re.findall(r'"(reduction: [^"]*)"', page)
    assert str(warned[0].message).startswith(quoted)
    with pytest.raises(RuntimeError, match="Expected target size"):
        F.cross_entropy(torch.zeros(2, 5, 3), torch.zeros(2, 5, dtype=torch.long))
    normal = torch.distributions.Normal
    with_variance = torch.distributions.kl_divergence(normal(0.0, 1.0), normal(1.0, 4.0)).item()
    assert math.isclose(with_variance, math.log(4) + 2 / 32 - 0.5, rel_tol=1e-6)
    assert F.binary_cross_entropy(torch.zeros(1), torch.ones(1)).item() == 100
    ten = torch.tensor([10.0])
    assert F.binary_cross_entropy(torch.zeros(1), torch.ones(1), weight=ten).item() == 1_000
    one, both = torch.tensor([[0.5], [0.5]]), torch.tensor([[1.0], [1.0]])
    weighted = F.binary_cross_entropy(one, both, weight=torch.tensor([[3.0], [1.0]]))
    assert math.isclose(weighted.item(), 2 * math.log(2), rel_tol=1e-6)  # over 2, not over 4
    z, y, weight = torch.eye(3), torch.arange(3), torch.tensor([1.0, 1, 10])
    same = F.cross_entropy(z, y), F.cross_entropy(F.log_softmax(z, -1), y)
    assert torch.isclose(*same)
    z[0] = 2.0
    smooth = {"weight": weight, "label_smoothing": 0.1}
    by_hand = F.cross_entropy(z, 0.9 * torch.eye(3) + 0.1 / 3, weight=weight)
    assert not torch.isclose(F.cross_entropy(z, y, **smooth), by_hand)


def test_masks_in_half_precision_and_what_picking_elements_does(torch):
    F = torch.nn.functional
    hidden, t = torch.tensor([False, False, True]), torch.tensor([0.5, 0.5, 0.0])
    for dtype in (torch.float16, torch.bfloat16, torch.float32):
        z = torch.tensor([1.0, 0.0, -1.0], dtype=dtype)
        x = F.log_softmax(z.masked_fill(hidden, torch.finfo(dtype).min / 2), -1)
        loss = F.kl_div(x, t.to(dtype), reduction="sum").item()
        assert math.isclose(loss, math.log(0.5) + 0.5 * math.log(2 + math.e + 1 / math.e),
                            rel_tol=0.02)  # fmt: skip
    with pytest.raises(RuntimeError, match="without overflow"):
        torch.zeros(3, dtype=torch.float16).masked_fill(hidden, -1e9)
    x, t = torch.log(torch.tensor([[0.6, 0.4, 0.0]] * 4)), t.expand(4, 3)
    picked = F.kl_div(x[t > 0], t[t > 0], reduction="batchmean")
    filled = F.kl_div(x.masked_fill(t == 0, 0), t, reduction="batchmean")
    assert torch.isclose(filled, 2 * picked)


def test_the_line_for_padding_is_the_mean_over_the_tokens_that_count(torch, pair):
    p, q = pair
    source = Page.read(ROOT / "book" / f"{NAME}.ipynb").markdown
    (line,) = re.findall(r"`(F\.kl_div\(F\.log_softmax\(z\[mask\][^`]*)`", source)
    z, t = (q.log() + 1).repeat(2, 5, 1), p.repeat(2, 5, 1)
    mask = torch.arange(5) < torch.tensor([[5], [2]])
    z[~mask], t[~mask] = -torch.inf, 0
    names = {"F": torch.nn.functional, "z": z.requires_grad_(), "t": t, "mask": mask}
    loss = eval(line, names)
    loss.backward()
    assert math.isclose(loss.item(), KL, rel_tol=1e-12) and z.grad.isfinite().all()


@pytest.mark.parametrize(("name", "cancels"), [("AdamW", True), ("Adam", False)])
def test_a_factor_of_the_loss_cancels_beside_adamws_decay_and_not_beside_an_l2_term(
    torch, name, cancels
):
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = x @ torch.tensor([1.0, 2, -1], dtype=torch.float64)
    ends = []
    for factor in (1, 0.1):
        w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
        steps = getattr(torch.optim, name)([w], lr=0.01, weight_decay=0.5)
        for _ in range(300):
            steps.zero_grad()
            (factor * (x @ w - y).square().mean()).backward()
            steps.step()
        ends.append(w.detach())
    assert torch.allclose(*ends, rtol=1e-4) == cancels
    assert cancels or (ends[0] - ends[1]).abs().max() > 0.1


def test_distributions_cut_off_what_is_rare_by_probs_and_not_by_logits(torch):
    rare = np.array([0.6, 0.4, 1e-9], dtype=np.float32)
    epsilon = float(np.finfo(np.float32).eps)
    cut, right = (
        math.fsum(p * math.log(p / q) for p, q in zip(P, (*rare[:2].tolist(), least), strict=True))
        for least in (epsilon, 1e-9)
    )
    assert numbers_of(NAME, "rare")[0] == rounded(cut, right)
    categorical, kl = torch.distributions.Categorical, torch.distributions.kl_divergence
    by_logits = kl(categorical(torch.tensor(P)), categorical(logits=torch.from_numpy(rare).log()))
    assert math.isclose(by_logits.item(), right, rel_tol=1e-5)


def test_issue_60928_has_a_target_that_sums_to_less_than_1(torch):
    x, t = torch.tensor([[0.1132, 0.5477, 0.3390]]), torch.tensor([[0.1541, 0.0511, 0.0947]])
    with pytest.warns(UserWarning, match="batchmean"):
        loss = torch.nn.KLDivLoss()(x.log(), t).item()
    assert round(loss, 4) == -0.0648 and round(t.sum().item(), 2) == 0.30


def test_near_lists_before_and_after_float64():
    (near, single), (late, normed) = numbers_of(NAME, "near")
    q = 0.500025, 0.299975, 0.2
    bregman = math.fsum(a * math.log(a / b) - a + b for a, b in zip(P, q, strict=True))
    assert near == normed == float(f"{bregman:.1e}")
    assert abs(single - bregman) > 3 * bregman and abs(late - bregman) > 3 * bregman


def test_scipy_does_what_the_chapter_says_of_it(rng):
    assert scipy.stats.entropy([0.5, 0.5], [0.3, 0.3]) == 0
    short = rel_entr([0.5, 0.5], [0.3, 0.3]).sum(), kl_div([0.5, 0.5], [0.3, 0.3]).sum()
    assert printed("scipy-cell")[1:3] == rounded(*short) == rounded(math.log(5 / 3), short[0] - 0.4)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert math.isnan(jensenshannon([0, 0], [0.5, 0.5]))
        assert math.isnan(jensenshannon([math.inf, 1], [0.5, 0.5]))
        assert jensenshannon([-0.5, 1.5], [0.5, 0.5]) == math.inf
        near = rng.dirichlet(np.ones(5), size=2_000)
        moved = near * (1 + 1e-9 * rng.normal(size=near.shape))
        assert np.isnan(jensenshannon(near, moved, axis=1)).any()


def test_scikit_learn_clips_sorts_and_warns():
    assert log_loss([0], [[0.0, 1.0]], labels=[0, 1]) == pytest.approx(52 * math.log(2), rel=1e-12)
    rows = [[0.9, 0.1], [0.2, 0.8]]
    mixed_up = -(math.log(0.1) + math.log(0.2)) / 2
    with pytest.warns(UserWarning, match="ordered lexicographically"):
        assert log_loss(["spam", "ham"], rows, labels=["spam", "ham"]) == pytest.approx(mixed_up)
    with pytest.warns(UserWarning, match="do not sum to one"):
        loss = log_loss([0], [[0.15, 0.3, 0.05]], labels=[0, 1, 2])
    assert loss == pytest.approx(-math.log(0.15))

"""The table of symptoms in the chapter on frameworks: each row is met in the packages themselves.

A wrong call shows the symptom, the row's check finds it, and the row's mend gives the right number.
"""

import math
import re
import warnings

import numpy as np
import pytest
from scipy import special, stats
from scipy.spatial.distance import jensenshannon
from sklearn.metrics import log_loss

from lib import js_divergence
from manuscript.pages import ROOT, Page

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
F = torch.nn.functional
binary_loss = F.binary_cross_entropy_with_logits
pytestmark = pytest.mark.filterwarnings("ignore:reduction")

INF = math.inf
DOUBLE = {"dtype": torch.float64}
p = torch.tensor([[0.5, 0.3, 0.2]] * 2, **DOUBLE)
q = torch.tensor([[0.3, 0.6, 0.1]] * 2, **DOUBLE)
z = q.log() + 1
y = torch.tensor([0, 1])
KL = math.fsum(a * math.log(a / b) for a, b in zip(p[0].tolist(), q[0].tolist(), strict=True))


def kl(x, t, reduction="batchmean", **options):
    return F.kl_div(x, t, reduction=reduction, **options).item()


def tables():
    """Return the rows (symptom, cause, check, mend) of each of the three tables."""
    page = Page.read(ROOT / "book" / "frameworks.ipynb")
    (source,) = (c.source for c in page.notebook.cells if c.id == "symptoms")
    blocks = [block.splitlines() for block in source.split("\n\n") if block.startswith("| symptom")]
    return [[re.split(r"\s\|\s", line.strip("| ")) for line in block[2:]] for block in blocks]


def row(table, words):
    """Return the check and the mend of the row whose symptom and cause have these words."""
    found = [
        one for one in tables()[table] if all(w in " ".join(one[:2]) for w in words.split("+"))
    ]
    assert len(found) == 1, words
    return found[0][2:]


def run(text, which=0, **names):
    """Return what the code in a cell of the table gives."""
    code = re.findall(r"`([^`]+)`", text)[which]
    return eval(code, {"torch": torch, "F": F, "np": np, "special": special, **names})


def test_every_row_has_four_cells():
    assert [len(one) for one in tables()] == [15, 11, 5]
    assert all(len(one) == 4 for table in tables() for one in table)


# ---- F.kl_div ------------------------------------------------------------------------------------


def test_probabilities_for_logs_are_mended_by_their_logs_and_not_by_a_softmax_of_them():
    check, mend = row(0, "negative+probabilities as")
    assert kl(q, p) < 0 and (run(check, x=q) != 1).all()
    assert "of the *logits*" in mend
    assert math.isclose(kl(run(mend, 1, q=q), p), KL)
    assert 0 < kl(F.log_softmax(q, -1), p) < KL / 2  # positive, its sums are 1, and it is wrong
    assert math.isclose(kl(F.log_softmax(q, -1), p), 0.0736, abs_tol=5e-5)


def test_raw_logits_give_either_sign_and_log_softmax_mends_them():
    check, mend = row(0, "negative+raw logits")
    assert kl(z, p) < 0 < KL < kl(z - 2, p)
    for logits in (z, z - 2):
        assert (abs(run(check, x=logits) - 1) > 0.1).all()
        assert math.isclose(kl(run(mend, z=logits), p), KL)


def test_short_targets_are_seen_in_their_sums_in_logarithms_too():
    check, _ = row(0, "negative+target sums")
    assert kl(q.log(), p / 2) < 0 and (run(check, 0, t=p / 2) < 1).all()
    log_t = p.log() - 1
    assert kl(q.log(), log_t, log_target=True) < 0 and (run(check, 1, t=log_t) < 1).all()


def test_near_lists_need_float64_before_the_softmax():
    _, mend = row(0, "negative+rounding")
    near = torch.tensor([[0.500025, 0.299975, 0.2]], **DOUBLE)
    right = (p[:1] * (p[:1] / near).log() - p[:1] + near).sum().item()
    single, t = near.log().float() + 3, p[:1].log().float() - 2
    assert abs(kl(F.log_softmax(single, -1), t.softmax(-1)) - right) > right
    mended = kl(run(mend, z=single), t.double().softmax(-1))
    assert math.isclose(mended, right, rel_tol=0.02)
    too_late = kl(F.log_softmax(single, -1).double(), t.softmax(-1).double())
    assert abs(too_late - right) > right


def test_a_log_target_without_the_option():
    check, mend = row(0, "nan+forgotten")
    assert math.isnan(kl(q.log(), p.log())) and run(check, t=p.log())
    options = eval(f"dict({mend.strip('`')})")
    assert math.isclose(kl(q.log(), p.log(), **options), KL)


def test_what_both_exclude_is_filled_with_the_right_value_and_gradient():
    check, mend = row(0, "nan+excluded by both")
    leaf = torch.tensor([[0.3, -0.2, -INF]], **DOUBLE, requires_grad=True)
    x, t = F.log_softmax(leaf, -1), torch.tensor([[0.5, 0.5, 0.0]], **DOUBLE)
    assert math.isnan(kl(x, t)) and run(check, x=x, t=t)
    loss = F.kl_div(run(mend, x=x, t=t), t, reduction="sum")
    loss.backward()
    model = x.detach().exp()
    assert math.isclose(loss.item(), stats.entropy([0.5, 0.5], model[0, :2].numpy()))
    np.testing.assert_allclose(leaf.grad, model - t, atol=1e-15)
    again, mend = row(0, "nan+in spite of")
    log_t = t.log()
    assert math.isnan(kl(x, log_t, log_target=True)) and run(again, t=log_t)
    assert math.isnan(kl(x.masked_fill(t == 0, 0), log_t, log_target=True))
    plain = run(mend, 0, t=log_t)
    assert math.isclose(kl(x.masked_fill(plain == 0, 0), plain), loss.item())


def test_rows_without_any_outcome_what_the_model_excludes_and_a_late_logarithm():
    check, _ = row(0, "nan+masked whole")
    assert run(check, x=F.log_softmax(torch.full((1, 3), -INF), -1))
    assert run(check, x=F.log_softmax(torch.tensor([[INF, 0.0]]), -1))
    check, _ = row(0, "inf+what happens")
    x = torch.tensor([[0.6, 0.4, 0]], **DOUBLE).log()
    assert kl(x, p[:1]) == INF and run(check, x=x, t=p[:1])
    check, mend = row(0, "`-inf` in `x`")
    half = torch.tensor([[0.0, -20.0]], dtype=torch.float16)
    assert run(check, x=half.softmax(-1).log())
    assert run(mend, z=half)[0, 1] == -20


def test_the_wrong_divisors():
    sequences = {"x": q.log().expand(5, 2, 3), "t": p.expand(5, 2, 3)}
    _, mend = row(0, 'too small+`"mean"`')
    rows = [run(f"`{name}{mend.split('`')[1]}`", K=3, **sequences) for name in "xt"]
    assert math.isclose(kl(*sequences.values(), "mean"), KL / 3) and math.isclose(kl(*rows), KL)
    check, mend = row(0, "too large")
    rows = [run(f"`{name}{mend.split('`')[1]}`", K=3, **sequences) for name in "xt"]
    assert math.isclose(kl(*sequences.values()), 2 * KL) and run(check, **sequences)
    assert math.isclose(kl(*rows), KL)
    check, mend = row(0, "too small+no batch axis")
    assert math.isclose(kl(q[0].log(), p[0]), KL / 3) and run(check, t=p[0])
    assert math.isclose(kl(*run(mend, x=q[0].log(), t=p[0])), KL)
    check, _ = row(0, "not 0 for equal lists")
    assert kl(p, p) < -1 and (run(check, x=p) != 1).all()


# ---- cross-entropies -----------------------------------------------------------------------------


def test_nll_loss_of_what_is_no_logarithm():
    check, mend = row(1, "negative+nll_loss")
    for x, logits in ((q, z), (z + 1, z)):
        assert F.nll_loss(x, y) < 0 and (abs(run(check, x=x) - 1) > 0.1).all()
        assert F.nll_loss(run(mend, z=logits), y).isclose(F.cross_entropy(logits, y))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_softmax_and_sigmoid_twice_are_found_in_every_precision(dtype):
    check, _ = row(1, "0.7437+softmax")
    wide = 9 * torch.eye(4)
    assert run(check, z=wide.to(dtype).softmax(-1)) and not run(check, z=wide)
    assert not run(check, z=torch.tensor([[1.5, -0.5, 0, 0]]))  # logits may sum to 1
    assert 0.7437 < F.cross_entropy(wide.softmax(-1), torch.arange(4)) < 0.75
    check, _ = row(1, "0.6931+sigmoid")
    t = torch.eye(3)
    sure = torch.sigmoid((60 * t - 30).to(dtype)).float()
    assert run(check, z=sure) and not run(check, z=wide)
    assert 0.3133 < binary_loss(sure, t) < 0.6932


def test_the_floor_of_label_smoothing():
    row(1, "0.5003+label_smoothing")
    best = (0.9 * torch.eye(10, **DOUBLE) + 0.01).log()
    loss = F.cross_entropy(best, torch.arange(10), label_smoothing=0.1).item()
    assert round(loss, 4) == 0.5003
    assert math.isclose(loss, stats.entropy([0.91] + [0.01] * 9))


def test_one_logit_in_a_loss_of_classes():
    one, labels = torch.tensor([[0.3], [5.0], [1.0], [2.0]]), torch.tensor([0, 1, 1, 0])
    right = binary_loss(one[:, 0], labels.float())
    check, mend = row(1, "always 0")
    assert F.cross_entropy(one, labels[:, None].float()) == 0 and run(check, z=one)
    assert run(mend, z=one, y=labels[:, None]).isclose(right)
    with pytest.raises(ValueError, match="same as input size"):  # so (n, 1) and (n) don't slip by
        run(mend, z=one, y=labels)
    check, mend = row(1, "out of bounds")
    with pytest.raises(IndexError, match=r"Target 1 is out of bounds"):
        F.cross_entropy(one, labels)
    squeezed = run(mend, z=one)
    assert run(check, z=one) and binary_loss(squeezed, labels.float()).isclose(right)
    check, _ = row(1, "plausible+one sample")
    assert run(check, z=squeezed) and F.cross_entropy(squeezed, labels.float()) > 4


def test_classes_that_are_not_on_axis_1():
    _, mend = row(1, "Expected target size")
    tokens = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0), **DOUBLE)
    labels = torch.arange(10).reshape(2, 5) % 3
    right = F.cross_entropy(tokens.reshape(-1, 3), labels.reshape(-1))
    with pytest.raises(RuntimeError, match=r"Expected target size \[2, 3\], got \[2, 5\]"):
        F.cross_entropy(tokens, labels)
    assert F.cross_entropy(run(mend, z=tokens), labels).isclose(right)
    soft = F.one_hot(labels, 3).double()
    assert abs(F.cross_entropy(tokens, soft) - right) > 0.1  # and no error
    assert F.cross_entropy(run(mend, z=tokens), run(mend, z=soft)).isclose(right)


def test_divisors_of_nothing_and_of_labels():
    check, _ = row(1, "nan+ignored")
    ignored = torch.tensor([-100, -100])
    assert F.cross_entropy(z, ignored).isnan() and run(check, y=ignored)
    assert F.cross_entropy(z, y, weight=torch.tensor([0, 0, 1], **DOUBLE)).isnan()
    assert F.cross_entropy(z, ignored, reduction="sum") == 0
    _, mend = row(1, "times smaller+binary")
    each = binary_loss(z, p, reduction="sum") / run(mend, 1, t=p)
    assert each.isclose(3 * binary_loss(z, p))


# ---- SciPy, scikit-learn, distributions ----------------------------------------------------------


def test_scipys_rows():
    even, short = np.array([0.5, 0.5]), np.array([0.3, 0.3])
    check, mend = row(2, "0 for different lists")
    assert stats.entropy(even, short) == 0 and len(set(run(check, p=even, q=short))) == 2
    assert special.rel_entr(short, even).sum() < 0
    for lists in ((even, short), (short, even)):
        assert run(mend, p=lists[0], q=lists[1]) > 0.09
    a, b = p[0].numpy(), q[0].numpy()
    check, _ = row(2, "JS too large")
    assert math.isclose(run(check, js=jensenshannon, p=a, q=b), js_divergence(a, b))
    check, _ = row(2, "JS nan")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert math.isnan(jensenshannon([0, 0], even)) and run(check, p=np.zeros(2))[1] == 0
        assert math.isnan(jensenshannon([np.nan, 1], even))


def test_the_rows_of_log_loss_and_of_normal():
    check, _ = row(2, "36")
    model = np.array([[0.0, 1.0]])
    assert 36 < log_loss([0], model, labels=[0, 1]) < 37 and run(check, q=model)
    _, mend = row(2, "vector")
    normal = torch.distributions.Normal(torch.zeros(3), torch.ones(3))
    other = torch.distributions.Normal(torch.ones(3), torch.ones(3))
    divergence = torch.distributions.kl_divergence
    assert divergence(normal, other).shape == (3,) and mend == "`Independent(…, 1)` of both"
    whole = [torch.distributions.Independent(one, 1) for one in (normal, other)]
    assert divergence(*whole) == 1.5

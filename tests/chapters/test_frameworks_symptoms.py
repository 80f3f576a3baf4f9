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

import data
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


def near_1(sums):
    # log_softmax in bfloat16 over 50,000 classes is off by up to .0156.
    return bool(((sums - 1).abs() < 0.05).all())


def test_every_row_has_four_cells():
    assert [len(one) for one in tables()] == [17, 12, 5]
    assert all(len(one) == 4 for table in tables() for one in table)


# ---- F.kl_div ------------------------------------------------------------------------------------


def test_probabilities_for_logs_are_mended_by_their_logs_and_not_by_a_softmax_of_them():
    check, mend = row(0, "negative+probabilities as")
    assert kl(q, p) < 0 and run(check, x=q) and near_1(run(check, 1, x=q))
    assert not run(check, x=z) and not near_1(run(check, 1, x=z))  # that is the next row
    assert "of the *logits*" in mend
    assert math.isclose(kl(run(mend, 1, q=q), p), KL)
    assert 0 < kl(F.log_softmax(q, -1), p) < KL / 2  # positive, its sums are 1, and it is wrong
    assert math.isclose(kl(F.log_softmax(q, -1), p), 0.0736, abs_tol=5e-5)


def test_raw_logits_give_either_sign_and_log_softmax_mends_them():
    check, mend = row(0, "negative+raw logits")
    assert kl(z, p) < 0 < KL < kl(z - 2, p)
    for logits in (z, z - 2):
        assert not near_1(run(check, x=logits))
        assert math.isclose(kl(run(mend, z=logits), p), KL)


def test_log_softmax_over_the_rows_is_negative_too_and_found_in_the_same_row():
    check, mend = row(0, "negative+the wrong axis")
    x = F.log_softmax(z, 0)
    assert math.isclose(kl(x, p), KL + math.fsum(p[0] * q[0].log()) + math.log(2))
    assert kl(x, p) < 0 and not near_1(run(check, x=x))
    assert math.isclose(kl(run(mend, z=z), p), KL)


def test_a_right_log_softmax_of_50_000_classes_in_bfloat16_is_not_far_from_1():
    check, _ = row(0, "negative+raw logits")
    wide = 3 * torch.randn(64, 50_000, generator=torch.Generator().manual_seed(0))
    sums = run(check, x=F.log_softmax(wide.bfloat16(), -1))
    assert check.endswith("is far from 1")  # "is not 1" called these wrong
    assert (sums != 1).any() and near_1(sums)


def test_short_targets_are_seen_in_their_sums_in_logarithms_too_and_divided_by_them():
    check, mend = row(0, "negative+target sums")
    assert kl(q.log(), p / 2) < 0 and (run(check, 0, t=p / 2) < 1).all()
    assert "softmax of its *logits*" in mend
    assert math.isclose(kl(q.log(), run(mend, 0, t=p / 2)), KL)
    assert kl(q.log(), (p / 2).softmax(-1)) > 1.19 * KL  # a softmax of the target itself
    log_t = p.log() - 1
    assert kl(q.log(), log_t, log_target=True) < 0 and (run(check, 1, t=log_t) < 1).all()
    assert math.isclose(kl(q.log(), run(mend, 1, t=log_t), log_target=True), KL)


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


def test_a_log_target_without_the_option_is_told_from_logits():
    check, mend = row(0, "nan+forgotten")
    log_t, logits = p.log(), p.log() + 1
    assert math.isnan(kl(q.log(), log_t)) and math.isnan(kl(q.log(), logits))
    assert run(check, t=log_t) and near_1(run(check, 1, t=log_t))
    options = eval(f"dict({mend.strip('`')})")
    assert math.isclose(kl(q.log(), log_t, **options), KL)
    check, mend = row(0, "nan+logits as `t`")
    assert run(check, t=logits) and not near_1(run(check, 1, t=logits))
    assert kl(q.log(), logits, **options) > 3  # no nan any more, and wrong
    assert math.isclose(kl(q.log(), run(mend, t=logits)), KL)


def test_scipys_order_makes_nan_and_log_target_does_not_mend_it():
    check, mend = row(0, "nan+SciPy's order")
    assert math.isnan(kl(p, q.log())) and run(check, x=p, t=q.log())
    assert not run(check, x=q.log(), t=p.log())  # log_target forgotten, in the right order
    assert kl(p, q.log(), log_target=True) < -1.2
    assert mend == "exchange them" and math.isclose(kl(q.log(), p), KL)


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


def test_a_row_without_any_outcome_on_either_side_is_left_out_before_the_softmax():
    check, mend = row(0, "nan+masked whole")
    assert "before the softmax" in mend
    hidden = torch.tensor([[0.1, 0.2, 0.3], [-INF] * 3], **DOUBLE)
    known, kept = q.log(), torch.tensor([True, False])
    for logits, of_target in ((hidden, known), (known, hidden), (hidden, hidden)):
        x, t = F.log_softmax(logits, -1), of_target.softmax(-1)
        assert math.isnan(kl(x, t)) and run(check, x=x, t=t)
        leaf = logits.clone().requires_grad_()
        x = F.log_softmax(run(mend, 0, z=leaf, mask=kept), -1)
        loss = F.kl_div(x, run(mend, 1, t=of_target, mask=kept).softmax(-1), reduction="batchmean")
        loss.backward()
        model = logits[0].softmax(-1).numpy()
        right = stats.entropy(of_target[0].softmax(-1).numpy(), model)
        assert math.isclose(loss.item(), right, abs_tol=1e-15) and leaf.grad.isfinite().all()
    for logit in (INF, math.nan):
        x = F.log_softmax(torch.tensor([[logit, 0.0]]), -1)
        assert run(check, x=x, t=torch.tensor([[0.5, 0.5]]))
    x, t = torch.tensor([[0.6, 0.4, 0]]).log(), torch.tensor([[0.5, 0.5, 0]])
    assert not run(check, x=x, t=t)  # an honest mask on both sides


def test_a_mask_behind_the_softmax_leaves_a_right_loss_and_gradients_of_nan():
    check, _ = row(0, "its gradient is")
    leaf = torch.tensor([[0.1, 0.2, 0.3], [-INF] * 3], **DOUBLE, requires_grad=True)
    t = torch.tensor([[0.5, 0.3, 0.2], [0, 0, 0]], **DOUBLE)
    x, kept = F.log_softmax(leaf, -1), torch.tensor([True, False])
    loss = F.kl_div(x, t, reduction="none").sum(-1)[kept].mean()
    loss.backward()
    assert loss.isfinite() and leaf.grad[1].isnan().all() and run(check, x=x, t=t)


def test_a_finite_mask_makes_a_row_that_is_masked_whole_even():
    least = torch.finfo(torch.float32).min / 2
    even = F.log_softmax(torch.full((1, 3), least), -1)
    assert torch.allclose(even, torch.full((1, 3), -math.log(3)))


def test_what_the_model_excludes_is_infinite_unless_only_its_logarithm_came_too_late():
    check, mend = row(0, "inf+what happens")
    x = torch.tensor([[0.6, 0.4, 0]], **DOUBLE).log()
    assert kl(x, p[:1]) == INF and run(check, x=x, t=p[:1]) and kl(F.log_softmax(x, -1), p) == INF
    assert mend.startswith("none, if `F.log_softmax` says so too")
    far, t = torch.tensor([[0.0, -200.0]]), torch.tensor([[0.5, 0.5]])
    late = far.softmax(-1).log()
    assert kl(late, t) == INF and run(check, x=late, t=t)  # the same check, another cause
    check, mend = row(0, "`-inf` in `x`")
    assert run(check, x=late, z=far)
    assert math.isclose(kl(run(mend, z=far), t), 100 - math.log(2), rel_tol=1e-6)
    half = torch.tensor([[0.0, -20.0]], dtype=torch.float16)
    assert run(check, x=half.softmax(-1).log(), z=half)
    assert run(mend, z=half)[0, 1] == -20
    masked = torch.tensor([[0.0, 1.0, -INF]])
    assert not run(check, x=F.log_softmax(masked, -1), z=masked)  # an honest mask


def test_the_wrong_divisors():
    sequences = {"x": q.log().expand(5, 2, 3), "t": p.expand(5, 2, 3)}
    _, mend = row(0, 'too small+`"mean"`')
    rows = [run(f"`{name}{mend.split('`')[1]}`", K=3, **sequences) for name in "xt"]
    assert math.isclose(kl(*sequences.values(), "mean"), KL / 3) and math.isclose(kl(*rows), KL)
    check, mend = row(0, "too large")
    rows = [run(f"`{name}{mend.split('`')[1]}`", K=3, **sequences) for name in "xt"]
    assert math.isclose(kl(*sequences.values()), 2 * KL) and run(check, **sequences)
    assert math.isclose(kl(*rows), KL)
    mask = torch.arange(2) < torch.tensor([[1], [2], [0], [2], [2]])
    logits = sequences["x"].masked_fill(~mask[..., None], -INF).requires_grad_()
    x = F.log_softmax(run(mend, 1, z=logits, mask=mask), -1)
    loss = F.kl_div(x, run(mend, 2, t=sequences["t"], mask=mask), reduction="batchmean")
    loss.backward()
    assert math.isclose(loss.item(), KL) and logits.grad.isfinite().all()
    check, mend = row(0, "too small+no batch axis")
    assert math.isclose(kl(q[0].log(), p[0]), KL / 3) and run(check, t=p[0])
    assert math.isclose(kl(*run(mend, x=q[0].log(), t=p[0])), KL)
    check, _ = row(0, "not 0 for equal lists")
    assert kl(p, p) < -1 and (run(check, x=p) != 1).all()


# ---- cross-entropies -----------------------------------------------------------------------------


def test_nll_loss_of_what_is_no_logarithm():
    check, mend = row(1, "negative+nll_loss")
    for x, logits in ((q, z), (z + 1, z)):
        assert F.nll_loss(x, y) < 0 and not near_1(run(check, x=x))
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


def test_each_of_ten_classes_that_is_given_up_adds_a_tenth_to_where_the_loss_stops():
    symptom = next(one[0] for one in tables()[1] if "1.4612" in one[0])
    (step,) = re.findall(r"\+(\.\d) for each of ten classes given up", symptom)
    rows = torch.eye(10, **DOUBLE)
    perfect = F.cross_entropy(rows, torch.arange(10)).item()
    rows[0] = rows[1]  # a 0 is called a 1
    assert math.isclose(F.cross_entropy(rows, torch.arange(10)).item(), perfect + float(step))
    # The runs of the study print no less than that, and little more.
    runs = data.study("softmax_twice")["runs"][:, 1]
    above = runs[..., 0] - perfect - float(step) * runs[..., 3]
    assert above.min() > -0.02 and above.max() < 0.1  # no digit is exactly a tenth of them


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
    check, _ = row(1, "nan+every label ignored")
    options = eval(f"dict({re.findall('`(.*?)`', check)[0]})")
    ignored = torch.tensor([-100, -100])
    for labels, weight in ((ignored, None), (y, torch.tensor([0, 0, 1], **DOUBLE))):
        assert F.cross_entropy(z, labels, weight=weight).isnan()
        assert F.cross_entropy(z, labels, weight=weight, **options) == 0
    assert F.cross_entropy(z, y, **options) > 1
    nothing = torch.tensor([0, 0, 1], **DOUBLE)  # the page says nan for class numbers alone
    assert F.cross_entropy(z, torch.eye(3, **DOUBLE)[y], weight=nothing) == 0
    _, mend = row(1, "times smaller+binary")
    each = binary_loss(z, p, reduction="sum") / run(mend, 1, t=p)
    assert each.isclose(3 * binary_loss(z, p))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_a_mask_of_inf_spoils_soft_targets_smoothing_and_the_binary_loss(dtype):
    check, mend = row(1, "nan, inf+smoothing")
    masked = torch.tensor([[2.0, 1.0, -INF]], dtype=dtype, requires_grad=True)
    assert run(check, z=masked)
    soft, label = torch.tensor([[0.5, 0.5, 0.0]], dtype=dtype), torch.tensor([0])
    assert F.cross_entropy(masked, label).isfinite()  # a hard label minds no mask
    assert F.cross_entropy(masked, soft).isnan()
    assert F.cross_entropy(masked, label, label_smoothing=0.1) == INF
    assert binary_loss(masked, soft).isnan()
    mended = run(mend, 1, z=masked)
    loss = F.cross_entropy(mended, soft)
    loss.backward()
    right = math.log1p(math.exp(-1)) + 0.5  # of two outcomes with the logits 2 and 1
    assert math.isclose(loss.item(), right, rel_tol=0.01) and masked.grad.isfinite().all()
    assert binary_loss(mended, soft).isclose(binary_loss(masked[:, :2], soft[:, :2]) * 2 / 3)
    if dtype == torch.float32:  # smoothing prices what the mask hides: no mask mends it
        finite = masked.clamp(min=torch.finfo(dtype).min / 2)
        assert F.cross_entropy(finite, label, label_smoothing=0.1) > 1e36


# ---- SciPy, scikit-learn, distributions ----------------------------------------------------------


def test_scipys_rows():
    even, short = np.array([0.5, 0.5]), np.array([0.3, 0.3])
    check, mend = row(2, "0 for different lists")
    assert stats.entropy(even, short) == 0 and len(set(run(check, p=even, q=short)[:2])) == 2
    assert special.rel_entr(short, even).sum() < 0
    for lists in ((even, short), (short, even)):
        assert run(mend, 1, p=lists[0], q=lists[1]) > 0.09
    a, b = p[0].numpy(), q[0].numpy()
    check, _ = row(2, "JS too large")
    assert math.isclose(run(check, js=jensenshannon, p=a, q=b), js_divergence(a, b))


def test_scipy_goes_down_a_table_of_one_row_and_finds_no_difference():
    check, mend = row(2, "0 for different lists+down axis 0")
    lists = p[:1].numpy(), q[:1].numpy()
    axis = eval(f"dict({re.findall('`(.*?)`', mend)[0]})")
    *sums, shape = run(check, p=lists[0], q=lists[1])
    assert shape == (1, 3) and np.allclose(sums, 1)  # the sums are right, and it says 0
    for call in (stats.entropy, jensenshannon):
        assert not call(*lists).any()
    np.testing.assert_allclose(stats.entropy(*lists, **axis), KL)
    np.testing.assert_allclose(jensenshannon(*lists, **axis) ** 2, js_divergence(*lists))


def test_lib_mends_a_js_that_rounds_below_0_and_refuses_a_spoilt_list():
    check, mend = row(2, "JS nan")
    assert "of both" in check and mend.endswith("else mend the list")
    rng, even = np.random.default_rng(0), np.array([0.5, 0.5])
    near = rng.dirichlet(np.ones(5), size=2_000)
    moved = near * (1 + 1e-9 * rng.normal(size=near.shape))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        rounded = np.isnan(jensenshannon(near, moved, axis=1))
        for spoilt in (np.zeros(2), np.array([np.nan, 1]), np.array([np.inf, 1])):
            for lists in ((spoilt, even), (even, spoilt)):
                assert math.isnan(jensenshannon(*lists))
                with pytest.raises(ValueError, match=r"sums to 0|is nan|is inf"):
                    js_divergence(*lists)
            assert not run(check, p=spoilt)[0] or run(check, p=spoilt)[1] == 0
    assert rounded.any()
    for one, other in zip(near[rounded], moved[rounded], strict=True):
        finite, total = run(check, p=one)
        assert finite and math.isclose(total, 1) and 0 <= js_divergence(one, other) < 1e-15


def test_the_rows_of_log_loss_and_of_normal():
    check, _ = row(2, "36")
    model = np.array([[0.0, 1.0]])
    assert 36 < log_loss([0], model, labels=[0, 1]) < 37 and run(check, q=model)
    _, mend = row(2, "vector")
    normal = torch.distributions.Normal(torch.zeros(3), torch.ones(3))
    other = torch.distributions.Normal(torch.ones(3), torch.ones(3))
    divergence = torch.distributions.kl_divergence
    assert divergence(normal, other).shape == (3,)
    assert mend == "`Independent(…, 1)` of both, if the last axis is dimensions"
    whole = [torch.distributions.Independent(one, 1) for one in (normal, other)]
    assert divergence(*whole) == 1.5
    # Of three samples of one number each it adds up the batch; of rows it leaves one number each.
    rows = [torch.distributions.Normal(m * torch.ones(4, 3), torch.ones(3)) for m in (0, 1)]
    each = divergence(*(torch.distributions.Independent(one, 1) for one in rows))
    assert each.tolist() == [1.5] * 4

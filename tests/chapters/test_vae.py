"""The variational autoencoder of its chapter: gradients, bounds, the split of the rate, tables."""

import inspect
from math import comb
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.stats

from exports import vae as chapter
from lib import gaussian_kl
from studies import record, vae_sweeps
from tests.chapters.chapter_run import numbers_of

datasets = pytest.importorskip("sklearn.datasets")


@pytest.fixture(scope="module")
def data():
    images = datasets.load_digits().data.astype(int)
    learn, judge = chapter.split(len(images), np.random.default_rng(chapter.SEED))
    return SimpleNamespace(images=images[learn], held_out=images[judge], rows=(learn, judge))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(data, rng, tilts=None, **options):
    tilts = chapter.TILTS if tilts is None else tilts
    options = {"latent": 3, "hidden": (7, 5), "dtype": np.float64} | options
    vae = chapter.VAE(chapter.histogram(data.images), tilts, rng=rng, **options)
    for net in (vae.encoder, vae.decoder):
        net.theta[:] = rng.standard_normal(net.theta.size) * 0.3  # biases too
    return vae


def test_a_fifth_is_held_out_and_nothing_is_in_both_parts(data):
    learn, judge = data.rows
    assert (len(learn), len(judge)) == (1438, 359)
    assert sorted([*learn, *judge]) == list(range(1797))


def test_thirteen_people_wrote_the_pictures_of_both_parts():
    source = " ".join(datasets.load_digits().DESCR.split())
    assert "a copy of the test set" in source
    assert "30 contributed to the training set and different 13 to the test set" in source


def test_choices_were_made_on_a_quarter_of_the_training_pictures(data, monkeypatch):
    seen = []

    def watch(vae, images, **_):
        seen.append(len(images))
        raise StopIteration

    monkeypatch.setattr(chapter, "train", watch)
    for experiment in ("decay", "beta"):
        with pytest.raises(StopIteration):
            vae_sweeps.trained(experiment, {}, {}, seed=0)
    assert seen == [1438 - 359, 1438]
    assert (seen[1] - seen[0]) / seen[1] == pytest.approx(1 / 4, abs=0.001)


def test_the_weight_decay_is_20_times_that_of_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    usual = inspect.signature(torch.optim.AdamW).parameters["weight_decay"].default
    ours = inspect.signature(chapter.train).parameters["decay"].default
    assert ours == pytest.approx(20 * usual)


# ---- the decoder is a pmf ----------------------------------------------------------------------


def test_the_decoder_is_a_pmf_over_the_17_values_of_every_pixel(data, rng):
    q, _ = small(data, rng).decode(3 * rng.standard_normal((11, 3)))
    assert q.shape == (17, 11, 64)
    assert q.min() > 0
    np.testing.assert_allclose(q.sum(axis=0), 1, rtol=1e-12)


def test_without_tilt_the_decoder_is_the_histogram(data, rng):
    vae = small(data, rng)
    vae.decoder.theta[:] = 0
    q, _ = vae.decode(rng.standard_normal((4, 3)))
    np.testing.assert_allclose(q, np.repeat(chapter.histogram(data.images)[:, None], 4, 1), 1e-12)


def test_the_tilt_of_the_binomial_is_the_logit_of_its_probability(data, rng):
    base, tilts = vae_sweeps.binomial()
    vae = small(data, rng, tilts)
    vae.base[:] = np.log(base)
    q, tape = vae.decode(rng.standard_normal((4, 3)))
    heads = 1 / (1 + np.exp(-tape[-1]))
    for v in range(17):
        wanted = comb(16, v) * heads**v * (1 - heads) ** (16 - v)
        np.testing.assert_allclose(q[v], wanted, rtol=1e-10)


def test_free_logits_are_the_softmax(data, rng):
    from scipy.special import softmax

    vae = small(data, rng, np.eye(17))
    q, tape = vae.decode(rng.standard_normal((4, 3)))
    logits = tape[-1].reshape(4, 17, 64).transpose(1, 0, 2) + vae.base[:, None]
    np.testing.assert_allclose(q, softmax(logits, axis=0), rtol=1e-12)


# ---- the gradient ------------------------------------------------------------------------------


@pytest.mark.parametrize("bill", [{}, {"beta": 3.0}, {"free": 0.14}, {"beta": 0.5, "free": 9.0}])
def test_the_gradient_is_that_of_autograd(data, rng, bill):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    vae = small(data, rng)
    x, noise = data.images[:9], rng.standard_normal((9, 3))
    leaves = [
        [[torch.tensor(a, requires_grad=True) for a in pair] for pair in net.weights]
        for net in (vae.encoder, vae.decoder)
    ]

    def run(layers, a):
        for number, (W, b) in enumerate(layers, start=1):
            a = a @ W + b
            a = torch.tanh(a) if number < len(layers) else a
        return a

    mean, log_std = run(leaves[0], torch.from_numpy(x / 16 - 0.3)).chunk(2, 1)
    t = run(leaves[1], mean + log_std.exp() * torch.from_numpy(noise)).view(9, 3, 64)
    logits = torch.einsum("kv,nki->nvi", torch.from_numpy(vae.tilts), t) + torch.from_numpy(
        vae.base
    )
    paid = torch.nn.functional.cross_entropy(logits, torch.from_numpy(x), reduction="sum") / 9
    kl = ((mean**2 + (2 * log_std).exp() - 1) / 2 - log_std).mean(0)
    free = torch.tensor(bill.get("free", 0.0), dtype=torch.float64)
    (paid + bill.get("beta", 1.0) * torch.maximum(kl, free).sum()).backward()
    for layers, ours in zip(leaves, chapter.gradients(vae, x, noise, **bill), strict=True):
        theirs = np.concatenate([leaf.grad.numpy().ravel() for pair in layers for leaf in pair])
        assert np.linalg.norm(ours - theirs) <= 1e-12 * np.linalg.norm(theirs)
    if "free" in bill:  # the switch is tested on both of its sides
        assert (kl < free).sum() == (3 if bill["free"] == 9 else 1)


def test_the_slope_of_the_bills_is_the_gradient(data, rng):
    vae = small(data, rng)
    x, noise = data.images[:4], rng.standard_normal((4, 3))
    grads = chapter.gradients(vae, x, noise)
    for theta, grad in zip((vae.encoder.theta, vae.decoder.theta), grads, strict=True):
        for i in rng.choice(theta.size, 40, replace=False):
            # central differences err by step² and by rounding/step, of a bill of about 100
            wanted = chapter.slope(vae, theta, i, x, noise)
            assert grad[i] == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("pixels", "coordinates", "beta"), [(1, 1, 1), (1, 10, 0.1), (64, 10, 6.4), (64, 1, 64)]
)
def test_a_mean_in_place_of_a_sum_is_a_beta(data, rng, pixels, coordinates, beta):
    """The table "sum or mean", row by row: slopes of the averaged loss by differences."""
    vae = small(data, rng, latent=10)
    x, noise = data.images[:4], rng.standard_normal((4, 10))

    def loss():
        paid, kl = chapter.two_bills(vae, x, noise)
        return paid.mean() / pixels + kl.sum(axis=1).mean() / coordinates

    theta, grad = vae.encoder.theta, chapter.gradients(vae, x, noise, beta=beta)[0] / pixels
    for i in rng.choice(theta.size, 20, replace=False):
        ends = []
        for way in (1e-5, -2e-5):
            theta[i] += way
            ends.append(loss())
        theta[i] += 1e-5
        assert grad[i] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-6)


def test_a_coordinate_that_the_decoder_ignores_is_drawn_to_the_prior(data, rng):
    vae = small(data, rng)
    vae.decoder.weights[0][0][1] = 0  # nothing is read from coordinate 1
    x, noise = data.images[:6], rng.standard_normal((6, 3))
    mean, log_std, _ = vae.encode(x)
    grad_in, _ = chapter.gradients(vae, x, noise)
    bias = grad_in[-6:]  # of the encoder's last layer: means, then log stds
    assert bias[1] == pytest.approx(mean[:, 1].mean(), rel=1e-12)
    assert bias[4] == pytest.approx((np.exp(2 * log_std[:, 1]) - 1).mean(), rel=1e-12)


# ---- bills and bounds --------------------------------------------------------------------------


def test_kl_to_the_prior_is_that_of_lib(rng):
    mean, log_std = rng.standard_normal((2, 50)) * 2
    wanted = gaussian_kl(mean, np.exp(log_std), 0, 1)
    np.testing.assert_allclose(chapter.kl_to_prior(mean, log_std), wanted, rtol=1e-12)


def exact_surprise(vae, x):
    """−log p(x) of a model with one latent number, by the trapezoid rule on [−9, 9]."""
    z = np.linspace(-9, 9, 2001)[:, None]
    q, _ = vae.decode(z)
    log_prior = -(z[:, 0] ** 2) / 2 - np.log(2 * np.pi) / 2 + np.log(z[1, 0] - z[0, 0])
    return [
        -np.logaddexp.reduce(log_prior - chapter.price(q, np.repeat(one[None], len(z), 0)))
        for one in x
    ]


def test_minus_elbo_is_the_surprise_and_the_gap(data, rng):
    vae = small(data, rng, latent=1)
    vae.encoder.theta *= 0.1  # a posterior near the prior, wide enough to be drawn from often
    x = data.held_out[:4]
    surprise = np.array(exact_surprise(vae, x))
    paid, kl = chapter.bills(vae, x, rng, samples=20_000)
    # D(q ‖ posterior) on the same grid
    mean, log_std, _ = vae.encode(x)
    z = np.linspace(-9, 9, 2001)
    for i in range(4):
        log_q = -(((z - mean[i]) / np.exp(log_std[i])) ** 2) / 2 - log_std[i]
        q, _ = vae.decode(z[:, None])
        log_joint = -(z**2) / 2 - chapter.price(q, np.repeat(x[i][None], len(z), 0))
        weight = np.exp(log_q) / np.exp(log_q).sum()
        own = log_joint - np.log(2 * np.pi) / 2 + surprise[i]  # log posterior density
        gap = (weight * (log_q - np.log(2 * np.pi) / 2 - own)).sum()
        assert gap > 0
        # the reconstruction varies by a few nats a draw: .03 with 20,000 draws
        assert paid[i] + kl[i].sum() == pytest.approx(surprise[i] + gap, abs=0.3)


def test_the_importance_weighted_bound_lies_between(data, rng):
    vae = small(data, rng, latent=1)
    x = data.held_out[:6]
    surprise = np.mean(exact_surprise(vae, x))
    paid, kl = chapter.bills(vae, x, rng, samples=2000)
    one, many = (
        np.mean([chapter.importance(vae, x, rng, samples=k).mean() for _ in range(2000 // k)])
        for k in (1, 500)
    )
    assert one == pytest.approx(paid.mean() + kl.sum(axis=1).mean(), abs=0.5)
    assert surprise - 0.2 <= many <= one


def test_a_single_histogram_is_the_floor_of_a_decoder_that_ignores_z(data, rng):
    vae = small(data, rng)
    vae.encoder.theta[:] = 0  # mean 0, log std 0: the prior
    vae.decoder.theta[:] = 0
    paid, kl = chapter.bills(vae, data.held_out, rng, samples=1)
    floor = chapter.price(chapter.histogram(data.images), data.held_out)
    np.testing.assert_allclose(paid, floor, rtol=1e-12)
    assert not kl.any()


def test_the_rate_is_information_and_distance_of_the_aggregate(data, rng):
    vae = small(data, rng)
    vae.encoder.theta *= 3
    x = data.images[:300]
    parts = np.mean([chapter.split_rate(vae, x, rng) for _ in range(60)], axis=0)
    mean, log_std, _ = vae.encode(x)
    rate = chapter.kl_to_prior(mean, log_std).sum(axis=1).mean()
    assert sum(parts) == pytest.approx(rate, rel=0.02)
    assert 0 < parts[0] <= np.log(300)
    assert parts[1] > 0


def test_pictures_that_are_far_apart_use_up_the_information(data, rng):
    vae = small(data, rng)
    vae.encoder.weights[-1][0][:, :3] *= 1e4  # means far apart, stds as they are
    x = np.unique(data.images[:100], axis=0)
    about, _ = chapter.split_rate(vae, x, rng)
    assert about == pytest.approx(np.log(len(x)), abs=0.05)


def test_the_loss_of_a_coin_is_a_sixteenth_of_the_bill_of_the_binomial_decoder(data, rng):
    base, tilts = vae_sweeps.binomial()
    vae = small(data, rng, tilts)
    vae.base[:] = np.log(base)
    x, z = data.held_out[:30], rng.standard_normal((30, 3))
    q, tape = vae.decode(z)
    logit = tape[-1]
    # as programs write it, from the logit: softplus(t) - y t
    coin = (np.logaddexp(0, logit) - x / 16 * logit).sum(axis=1)
    log_ways = np.array([[np.log(comb(16, v)) for v in image] for image in x]).sum(axis=1)
    np.testing.assert_allclose(16 * coin, chapter.price(q, x) + log_ways, rtol=1e-12)


def test_the_loss_of_a_coin_is_the_mean_bill_of_the_pictures_tossed_from_the_grey_ones(data, rng):
    y, heads = data.held_out / 16, rng.uniform(0.05, 0.95, (len(data.held_out), 64))
    loss = -(y * np.log(heads) + (1 - y) * np.log(1 - heads)).sum(axis=1).mean()
    tossed = (rng.random((200, *y.shape)) < y).astype(int)
    one = scipy.stats.bernoulli(heads)
    bills = [-one.logpmf(picture).sum(axis=1).mean() for picture in tossed]
    assert loss == pytest.approx(np.mean(bills), abs=5 * np.std(bills) / np.sqrt(200))


# ---- the anchors and the training --------------------------------------------------------------


def test_the_anchors_are_where_a_second_computation_puts_them(data):
    counts = np.stack([np.bincount(column, minlength=17) for column in data.images.T]) + 0.5
    log_q = np.log(counts / counts.sum(axis=1, keepdims=True))
    wanted = -np.mean([log_q[np.arange(64), image].sum() for image in data.held_out])
    ours = chapter.price(chapter.histogram(data.images), data.held_out).mean()
    assert ours == pytest.approx(wanted, rel=1e-12)
    assert ours == pytest.approx(107.2, abs=0.05)


@pytest.fixture(scope="module")
def table():
    return record.read(vae_sweeps.TABLE)[0]


@pytest.fixture(scope="module")
def trained():
    """The chapter's training with the dice of seed 1: the one long training of these tests."""
    return vae_sweeps.trained("main", {}, {}, 1)[0]


def test_a_fresh_training_ends_where_the_table_says(data, table, trained, rng):
    paid, kl = chapter.bills(trained, data.held_out, rng)
    _, reconstruction, rate, total, *_ = table["main"][0, 1]
    # other draws of z; another BLAS may round otherwise, and 4,000 steps carry that on
    assert paid.mean() == pytest.approx(reconstruction, abs=0.2)
    assert kl.sum(axis=1).mean() == pytest.approx(rate, abs=0.2)
    assert paid.mean() + kl.sum(axis=1).mean() == pytest.approx(total, abs=0.2)


def test_the_histograms_are_22_nats_dearer_give_or_take_04(data, trained, rng):
    """The error of the difference by the bootstrap."""
    paid, kl = chapter.bills(trained, data.held_out, rng)
    less = chapter.price(chapter.histogram(data.images), data.held_out) - paid - kl.sum(axis=1)
    again = less[rng.integers(len(less), size=(2000, len(less)))].mean(axis=1)
    assert again.mean() == pytest.approx(22.1, abs=0.5)
    assert again.std() == pytest.approx(0.4, abs=0.05)


def test_one_draw_of_the_kl_is_below_0_in_8_of_100(data, trained):
    """log q − log p of a draw is (z² − ε²)/2 − ln σ, a parabola in ε that opens downwards."""
    mean, log_std = (a.astype(float) for a in trained.encode(data.held_out)[:2])
    a, b, c = np.exp(2 * log_std) - 1, 2 * mean * np.exp(log_std), mean**2 - 2 * log_std
    root = np.sqrt(b**2 - 4 * a * c)
    ends = np.sort([(-b - root) / (2 * a), (-b + root) / (2 * a)], axis=0)
    below = 1 - np.diff(scipy.stats.norm.cdf(ends), axis=0)
    assert a.max() < 0
    assert below.mean() == pytest.approx(0.08, abs=0.01)


def test_pictures_lie_beyond_the_outer_ring_of_the_plane_but_not_in_its_corners(data, rng):
    """The training of the plane, with other dice; two σ of the prior are no border of the data."""
    base = chapter.histogram(data.images)
    plane = chapter.VAE(base, chapter.TILTS, rng=rng, latent=2, hidden=(48, 96))
    chapter.train(plane, data.images, rng=rng, steps=1_000, lr=0.006, decay=0.1)
    for x in (data.images, data.held_out):
        radius = np.hypot(*plane.encode(x)[0].T)
        assert 0.1 < (radius > 2).mean() < 0.5
        assert radius.max() < 2.75 * np.sqrt(2)  # the explorer's chip "a corner"


def test_training_has_as_many_steps_as_it_is_told_and_4000_otherwise(data, monkeypatch):
    steps, gradients = [], chapter.gradients

    def counted(*args, **bill):
        steps.append(1)
        return gradients(*args, **bill)

    monkeypatch.setattr(chapter, "gradients", counted)
    rng = np.random.default_rng(0)
    vae = chapter.VAE(chapter.histogram(data.images), chapter.TILTS, rng=rng)
    chapter.train(vae, data.images, rng=rng, steps=30)
    assert len(steps) == 30
    assert inspect.signature(chapter.train).parameters["steps"].default == 4_000


def test_every_seed_reaches_its_bill_on_new_pictures(data, table):
    floor = chapter.price(chapter.histogram(data.images), data.held_out).mean()
    for total in table["main"][0, :, vae_sweeps.COLUMNS.index("total")]:
        assert total <= 86.5
        assert floor - total == pytest.approx(22.1, abs=0.5)


def test_the_chapters_own_model_reaches_the_bill_of_the_table(table):
    (paid, rate, total, *_), less, _ = numbers_of("vae", "cell-42")
    assert paid == pytest.approx(table["main"][0, :, 1].mean(), abs=0.5)
    assert rate == pytest.approx(table["main"][0, :, 2].mean(), abs=0.5)
    assert total <= 86.5
    assert less[0] == pytest.approx(22.1, abs=0.5)
    assert less[1] == pytest.approx(0.4, abs=0.05)


def test_the_table_has_every_experiment_once_and_says_on_what_it_was_made(table):
    wanted = {}
    for experiment, setting, *_ in vae_sweeps.jobs():
        wanted.setdefault(experiment, []).append(setting)
    assert list(table) == list(wanted)
    for experiment, rows in table.items():
        assert rows.shape == (len(wanted[experiment]), 3, len(vae_sweeps.COLUMNS))
        assert (rows[..., 0] == np.array(wanted[experiment])[:, None]).all()
        np.testing.assert_allclose(rows[..., 3], rows[..., 1] + rows[..., 2], rtol=1e-6)
    about = record.read(vae_sweeps.TABLE)[1]
    assert set(about) == set(record.NAMED)
    assert (about["script"], about["seeds"]) == ("studies.vae_sweeps", 3)


@pytest.mark.parametrize("experiment", dict.fromkeys(name for name, *_ in vae_sweeps.jobs()))
def test_a_fresh_training_of_100_steps_is_that_of_the_table(table, experiment):
    """The same model, data, bill and dice: of all experiments, whose 4,000 steps take minutes."""
    settings = [job for job in vae_sweeps.jobs() if job[0] == experiment]
    for number in {0, len(settings) - 1}:
        _, setting, model, training = settings[number]
        found = vae_sweeps.early(experiment, model, training, seed=1)
        # float32, and another BLAS may round otherwise
        assert found == pytest.approx(table[experiment][number, 1, -1], abs=0.05), setting


def test_in_the_table_the_rate_falls_with_beta_and_at_8_all_is_at_the_floor(data, table):
    floor = chapter.price(chapter.histogram(data.images), data.held_out).mean()
    beta, _, rate, total, active, *_ = np.moveaxis(table["beta"], -1, 0)
    assert total[beta >= 8] == pytest.approx(floor, abs=0.5)
    assert (active[beta >= 8] == 0).all()
    assert (np.diff(rate.mean(axis=1)) < 0).all()
    assert (np.diff(beta[:, 0]) > 0).all()

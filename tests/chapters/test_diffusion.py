"""The diffusion of its chapter: steps, bounds where the truth is known, gradients, its study."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from scipy.special import expit, logsumexp

from exports import diffusion as chapter
from exports import vae
from lib import entropy, gaussian_kl
from studies import digit_diffusion, record
from tests.chapters.chapter_run import numbers_of

datasets = pytest.importorskip("sklearn.datasets")


@pytest.fixture(scope="module")
def data():
    images = datasets.load_digits().data.astype(int)
    learn, judge = chapter.split(len(images), np.random.default_rng(chapter.SEED))
    return SimpleNamespace(images=images[learn], held_out=images[judge], rows=(learn, judge))


@pytest.fixture(scope="module")
def table():
    return record.read(digit_diffusion.TABLE)[0]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(base, rng, hidden=(7, 5)):
    model = chapter.Denoiser(base, rng=rng, hidden=hidden, dtype=np.float64)
    model.net.theta[:] = rng.standard_normal(model.net.theta.size) * 0.3  # biases too
    return model


class Known:
    """The best denoiser of pictures with n pixels that are all listed, by Bayes' rule."""

    def __init__(self, rows, p):
        self.rows, self.p = np.asarray(rows), np.asarray(p)
        self.base = np.zeros((17, self.rows.shape[1]))

    def pmfs(self, z, lam):
        alpha, sigma = np.sqrt(expit(lam)), np.sqrt(expit(-lam))
        away = z[:, None] - alpha[:, None] * (self.rows / 8 - 1)
        logits = np.log(self.p) - (away**2).sum(axis=2) / (2 * sigma**2)
        weights = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
        is_value = self.rows[None] == np.arange(17)[:, None, None]  # (17, rows, n)
        return np.einsum("nr,vri->vni", weights, is_value), None


# ---- the split, and what is taken over from the VAE ----------------------------------------------


def test_the_digits_are_split_as_those_of_the_vae(data):
    learn, judge = vae.split(len(data.images) + 359, np.random.default_rng(vae.SEED))
    np.testing.assert_array_equal(data.rows[0], learn)
    np.testing.assert_array_equal(data.rows[1], judge)


def test_histograms_prices_and_levers_are_those_of_the_vae(data):
    base = chapter.histogram(data.images)
    np.testing.assert_array_equal(base, vae.histogram(data.images))
    np.testing.assert_array_equal(
        chapter.price(base, data.held_out), vae.price(base, data.held_out)
    )
    np.testing.assert_array_equal(chapter.TILTS, vae.TILTS)


# ---- a step --------------------------------------------------------------------------------------


def test_the_two_shares_keep_the_variance_and_have_the_snr():
    lam = np.linspace(-12, 12, 49)
    alpha, sigma = chapter.shares(lam)
    np.testing.assert_allclose(alpha**2 + sigma**2, 1, rtol=1e-12)
    np.testing.assert_allclose(np.log(alpha**2 / sigma**2), lam, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("t", "s"), [(-8, -7.5), (-1, 0.5), (3, 3.01), (-8, 8)])
def test_a_reverse_step_conditions_the_joint_gaussian_of_the_chain(t, s):
    """z_s = α_s x + σ_s ε, z_t = k z_s + √ν ε′: mean and variance given z_t, by the covariances."""
    x, z_t = 0.375, -0.6
    (a_t, s_t), (a_s, s_s) = chapter.shares(t), chapter.shares(s)
    k = a_t / a_s
    covariance = k * s_s**2  # of z_s and z_t; the variance of z_t is σ_t²
    mean = a_s * x + covariance / s_t**2 * (z_t - a_t * x)
    variance = s_s**2 - covariance**2 / s_t**2
    got = chapter.reverse_step(z_t, x, t, s)
    np.testing.assert_allclose(got, [mean, np.sqrt(variance)], rtol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_the_price_of_a_step(seed):
    rng = np.random.default_rng(seed)
    t, s = np.sort(rng.uniform(-8, 8, 2))
    z, x, x_hat = rng.standard_normal((3, 10))
    mean, std = chapter.reverse_step(z, x, t, s)
    guess, same = chapter.reverse_step(z, x_hat, t, s)
    assert std == same
    kl = gaussian_kl(mean, std, guess, std).sum()
    assert kl == pytest.approx((np.exp(s) - np.exp(t)) / 2 * ((x - x_hat) ** 2).sum(), rel=1e-9)


def test_with_another_variance_the_price_is_another():
    mean, std = chapter.reverse_step(0.2, 0.5, -1, 1)
    guess, _ = chapter.reverse_step(0.2, -0.5, -1, 1)
    formula = (np.exp(1) - np.exp(-1)) / 2
    best = 1 + 2 * formula  # by which the exercise multiplies the variance
    widths = np.sqrt(best * np.array([0.9, 1, 1.1]))
    prices = gaussian_kl(mean, std, guess, std * widths)
    assert prices.argmin() == 1
    assert prices[1] == pytest.approx(np.log(1 + 2 * formula) / 2, rel=1e-12)
    assert prices[1] < formula


# ---- bills where the truth is known --------------------------------------------------------------


def test_a_coin_costs_ln_2_in_many_steps():
    def density(lam):
        root = np.exp(lam / 2)

        def square(noise):
            return (1 - np.tanh(root * (root + noise))) ** 2 * scipy.stats.norm.pdf(noise)

        return np.exp(lam) / 2 * scipy.integrate.quad(square, -9, 9, limit=200)[0]

    total, _ = scipy.integrate.quad(density, -14, 8, limit=200)
    assert total == pytest.approx(np.log(2), abs=1e-5)


def test_the_coin_of_the_page_by_another_integration():
    *rows, (ends, _) = numbers_of("diffusion", "coin-steps")
    printed = {int(row[0]): row[1] for row in rows}

    def error(lam):
        root = np.exp(lam / 2)
        f = lambda e: (1 - np.tanh(root * (root + e))) ** 2 * scipy.stats.norm.pdf(e)  # noqa: E731
        return scipy.integrate.quad(f, -9, 9, limit=200, epsabs=1e-12)[0]

    for count in (1, 4, 16, 64):
        levels = np.linspace(-8, 8, count + 1)
        wanted = sum((np.exp(b) - np.exp(a)) / 2 * error(a) for a, b in pairwise(levels))
        assert printed[count] == pytest.approx(wanted, abs=6e-5)
    # more steps are never dearer, and none goes below the entropy of what is left to tell
    assert list(printed.values()) == sorted(printed.values(), reverse=True)
    assert printed[max(printed)] + ends > np.log(2)
    alpha, sigma = np.sqrt(expit(-8)), np.sqrt(expit(8))
    assert ends == pytest.approx(gaussian_kl(alpha, sigma, 0, 1), abs=6e-5)


def test_the_best_denoiser_of_a_list_pays_the_surprise_of_each_picture(rng):
    p = np.array([0.5, 0.25, 0.125, 0.125])
    rows = np.array([[0, 16, 8], [16, 0, 8], [16, 16, 0], [4, 5, 6]])
    told = np.repeat(rows, 1000, axis=0)
    paid = chapter.bill(Known(rows, p), told, rng, levels=100).sum(axis=0).reshape(4, 1000)
    error = paid.std(axis=1) / np.sqrt(1000)
    assert (np.abs(paid.mean(axis=1) - -np.log(p)) < 4 * error).all()
    assert p @ paid.mean(axis=1) == pytest.approx(entropy(p), abs=4 * np.sqrt(p**2 @ error**2))


def test_without_levers_the_steps_cost_what_the_histograms_cost(data, rng):
    base = chapter.histogram(data.images)
    model = chapter.Denoiser(base, rng=rng)  # the last layer is 0
    prior, steps, last = chapter.bill(model, data.held_out, rng, levels=400)
    total = prior + steps + last
    wanted = chapter.price(base, data.held_out)
    # picture by picture a noise of about 2 nats: .1 in the mean
    assert total.mean() == pytest.approx(wanted.mean(), abs=0.4)


def test_the_prior_term_is_that_of_lib(data, rng):
    model = chapter.Denoiser(chapter.histogram(data.images), rng=rng)
    prior, _ = chapter.ends(model, data.held_out[:9], rng)
    alpha, sigma = np.sqrt(expit(chapter.LOW)), np.sqrt(expit(-chapter.LOW))
    wanted = gaussian_kl(alpha * (data.held_out[:9] / 8 - 1), sigma, 0, 1).sum(axis=1)
    np.testing.assert_allclose(prior, wanted, rtol=1e-9)


def test_steps_are_an_upper_sum_where_the_error_never_rises(rng):
    rows, p = np.array([[0], [16]]), np.array([0.5, 0.5])
    told = np.repeat(rows, 4000, axis=0)
    bills = [
        chapter.bill_in_steps(Known(rows, p), told, np.linspace(-8, 8, n + 1), rng).mean()
        for n in (8, 16, 32, 64)
    ]
    assert bills == sorted(bills, reverse=True)
    assert bills[-1] > np.log(2)


def test_a_bill_in_steps_is_the_sum_of_divergences(rng):
    """Each step as a divergence of two Gaussians, with the same noise as the chapter's."""
    rows, p = np.array([[0, 3], [16, 5], [9, 12]]), np.array([0.2, 0.3, 0.5])
    model, lams = Known(rows, p), np.array([-8.0, -2.0, 0.0, 1.5, 8.0])
    got = chapter.bill_in_steps(model, rows, lams, np.random.default_rng(5))
    again = np.random.default_rng(5)
    prior, last = chapter.ends(model, rows, again)
    wanted, x = prior + last, rows / 8 - 1
    for t, s in pairwise(lams):
        alpha, sigma = np.sqrt(expit(t)), np.sqrt(expit(-t))
        z = alpha * x + sigma * again.standard_normal(x.shape)
        q, _ = model.pmfs(z, np.full((3, 1), t))
        mean, std = chapter.reverse_step(z, x, t, s)
        guess, _ = chapter.reverse_step(z, np.tensordot(np.arange(17) / 8 - 1, q, 1), t, s)
        wanted = wanted + gaussian_kl(mean, std, guess, std).sum(axis=1)
    np.testing.assert_allclose(got, wanted, rtol=1e-9)


# ---- the denoiser and its gradient ---------------------------------------------------------------


def test_the_pmfs_are_bayes_rule_on_the_tilted_histograms(data, rng):
    base = chapter.histogram(data.images)
    model = small(base, rng)
    z, lam = rng.standard_normal((6, 64)), rng.uniform(-8, 8, (6, 1))
    q, tape = model.pmfs(z, lam)
    np.testing.assert_allclose(q.sum(axis=0), 1, rtol=1e-12)
    t = tape[-1].reshape(6, 3, 64)
    alpha, sigma = np.sqrt(expit(lam)), np.sqrt(expit(-lam))
    logits = np.log(base)[:, None] + np.einsum("kv,nki->vni", model.tilts, t)
    for v in range(17):
        logits[v] += scipy.stats.norm.logpdf(z, alpha * (v / 8 - 1), sigma)
    wanted = np.exp(logits - logsumexp(logits, axis=0))
    np.testing.assert_allclose(q, wanted, rtol=1e-9, atol=1e-14)


def test_the_gradient_is_that_of_autograd(data, rng):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    model = small(chapter.histogram(data.images), rng)
    v, noise = data.images[:9], rng.standard_normal((9, 64))
    lam, weight = rng.uniform(-6, 6, (9, 1)), rng.uniform(0.2, 3, (9, 1))
    pairs = [[torch.tensor(a, requires_grad=True) for a in pair] for pair in model.net.weights]
    x = torch.from_numpy(v / 8 - 1)
    levels, w = torch.from_numpy(lam), torch.from_numpy(weight)
    alpha, sigma = torch.sigmoid(levels).sqrt(), torch.sigmoid(-levels).sqrt()
    z = alpha * x + sigma * torch.from_numpy(noise)
    turn = levels * np.pi / 8
    a = [z, levels / 8, turn.sin(), turn.cos(), (2 * turn).sin(), (2 * turn).cos()]
    a = torch.cat(a, dim=1)
    for number, (W, b) in enumerate(pairs, start=1):
        a = a @ W + b
        a = torch.tanh(a) if number < len(pairs) else a
    logits = torch.einsum("kv,nki->vni", torch.from_numpy(model.tilts), a.view(9, 3, 64))
    logits = logits + torch.from_numpy(model.base)[:, None]
    greys = torch.from_numpy(model.greys)[:, None, None]
    logits = logits - (z - alpha * greys) ** 2 / (2 * sigma**2)
    guess = (greys * logits.softmax(dim=0)).sum(dim=0)
    ((w * levels.exp() / 2 * (x - guess) ** 2).sum() / 9).backward()
    theirs = np.concatenate([leaf.grad.numpy().ravel() for pair in pairs for leaf in pair])
    ours = chapter.gradient(model, v, lam, noise, weight)
    assert np.linalg.norm(ours - theirs) <= 1e-12 * np.linalg.norm(theirs)


def test_levels_by_price_leave_every_mean_as_it_is(rng):
    price = rng.uniform(0, 3, 32)
    u = (np.arange(200_000) + 0.5) / 200_000
    lam, factor = chapter.levels_by_price(price, u)
    assert lam.min() >= chapter.LOW
    assert lam.max() <= chapter.HIGH
    for f in (np.ones_like, np.sin, lambda lam: lam**2):
        wanted, _ = scipy.integrate.quad(lambda a, f=f: f(np.array(a)), -8, 8)
        assert (factor * f(lam)).mean() == pytest.approx(wanted, rel=1e-3, abs=1e-3)
    # and more of them lie where the price is high
    dear, cheap = price.argmax(), price.argmin()
    cells = np.floor((lam - chapter.LOW) / 0.5).astype(int)
    assert (cells == dear).sum() > (cells == cheap).sum()


def test_training_finds_a_dependence_that_no_histogram_has(rng):
    """Two pixels that are always alike: from 2 ln 2 towards ln 2."""
    v = np.repeat(rng.choice([0, 16], 500)[:, None], 2, axis=1)
    model = chapter.Denoiser(chapter.histogram(v), rng=rng, hidden=(16,))
    before = chapter.bill(model, v, rng).sum(axis=0).mean()
    chapter.train(model, v, rng=rng, steps=400, decay=0, lr=0.01)
    after = chapter.bill(model, v, rng).sum(axis=0).mean()
    assert before == pytest.approx(2 * np.log(2), abs=0.1)
    assert after < 0.9


def test_samples_of_the_best_denoiser_come_as_often_as_they_should(rng):
    p = np.array([0.6, 0.3, 0.1])
    rows = np.array([[0, 16], [16, 16], [8, 0]])
    *_, (_, expected) = chapter.sample(Known(rows, p), 4000, np.linspace(-8, 8, 257), rng)
    nearest = ((expected[:, None] - (rows / 8 - 1)) ** 2).sum(axis=2).argmin(axis=1)
    counts = np.bincount(nearest, minlength=3) / 4000
    np.testing.assert_allclose(counts, p, atol=0.03)  # 4 standard errors


# ---- weights -------------------------------------------------------------------------------------


def test_the_cosine_weight_is_how_fast_its_time_goes():
    def time(lam):
        return 2 / np.pi * np.arctan(np.exp(-lam / 2))  # tan(pi t / 2) = sigma / alpha

    for lam in (-5.0, -0.5, 0.0, 2.0, 7.0):
        slope = (time(lam - 1e-5) - time(lam + 1e-5)) / 2e-5
        assert chapter.cosine_weight(lam) == pytest.approx(slope, rel=1e-6)


def test_the_linear_weight_counts_the_levels_of_ddpm():
    kept = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    levels = np.log(kept / (1 - kept))
    for a, b in ((-8, -4), (-2, 1), (3, 8)):
        share = ((levels > a) & (levels < b)).mean()
        fine = np.linspace(a, b, 20_001)
        area = scipy.integrate.trapezoid(chapter.linear_weight(fine), fine)
        assert area == pytest.approx(share, abs=0.003)


def test_the_flow_weight_is_that_of_the_velocity(rng):
    """|v − v̂|² at z = (1 − t) x + t ε with t even is the bill's density times e^(−λ/2)."""
    x, x_hat, noise = rng.standard_normal((3, 10))
    for t in (0.1, 0.5, 0.9):
        z = (1 - t) * x + t * noise
        v_hat = (z - x_hat) / t
        loss = ((noise - x - v_hat) ** 2).sum()
        lam = 2 * np.log((1 - t) / t)
        per_lam = loss * t * (1 - t) / 2  # dt = t (1 − t) dλ / 2
        density = np.exp(lam) / 2 * ((x - x_hat) ** 2).sum()
        assert per_lam == pytest.approx(chapter.flow_weight(lam) * density, rel=1e-12)


def test_the_error_of_the_noise_is_that_of_the_picture_times_the_snr(rng):
    x, x_hat, noise = rng.standard_normal((3, 10))
    alpha, sigma = chapter.shares(1.3)
    z = chapter.noised(x, 1.3, noise)
    noise_hat = (z - alpha * x_hat) / sigma
    wanted = np.exp(1.3) * ((x - x_hat) ** 2).sum()
    assert ((noise - noise_hat) ** 2).sum() == pytest.approx(wanted, rel=1e-12)


def test_a_weighting_is_a_mixture_of_bills_of_noisy_pictures():
    lam = np.linspace(-8, 8, 4001)
    density = 3 * np.exp(-(((lam - 2) / 2) ** 2))
    bills = scipy.integrate.cumulative_trapezoid(density, lam, initial=0)
    for weight in (chapter.flow_weight, chapter.cosine_weight):
        w = weight(lam)
        left = scipy.integrate.trapezoid(w * density, lam)
        right = w[-1] * bills[-1] - scipy.integrate.trapezoid(np.gradient(w, lam) * bills, lam)
        assert left == pytest.approx(right, rel=1e-4)


def test_the_largest_weights_are_where_the_page_says():
    rows = numbers_of("diffusion", "weight-shares")
    kept = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    levels = np.log(kept / (1 - kept))
    closest = (-np.diff(levels)).argmin()
    assert rows[1][0] == pytest.approx(levels[closest], abs=0.1)
    assert rows[2][0] == pytest.approx(0, abs=0.05)
    assert rows[3][0] == chapter.LOW  # it falls
    assert (np.diff(chapter.flow_weight(np.linspace(-8, 8, 1601))) < 0).all()


# ---- the study -----------------------------------------------------------------------------------


def test_the_study_says_how_it_was_made():
    _, about = record.read(digit_diffusion.TABLE)
    assert not list(record.lacking(about))
    assert about["seeds"] == 8


def test_a_short_training_is_the_one_that_the_table_remembers(table):
    # another BLAS rounds otherwise; 100 steps carry that on
    assert digit_diffusion.early(0) == pytest.approx(table["bill"][0, 6], abs=0.1)
    assert digit_diffusion.vae_early(0) == pytest.approx(table["vae"][0, 3], abs=0.1)


def test_every_seed_is_below_every_bound_of_the_chapters_vae(table):
    vaes, _ = record.read(digit_diffusion.data.STUDIES / "vae_sweeps.npz")
    assert table["bill"].shape == (8, 7)
    assert table["bill"][:, 3].max() < vaes["main"][0, :, 3].min() - 2


def test_the_tighter_bound_of_the_larger_vae_can_not_be_told_from_the_bill(table):
    mean, error = table["vae_draws"].T
    assert abs(mean.mean()) < 2 * error.mean()  # the same pictures for all seeds


def test_the_parts_of_a_bill_add_up(table):
    np.testing.assert_allclose(table["bill"][:, :3].sum(axis=1), table["bill"][:, 3], rtol=1e-9)
    *curves, base = table["curve"]
    # the curve is measured with other noise than the bill, at 32 levels
    areas = np.sum(curves, axis=1) / 2
    np.testing.assert_allclose(areas, table["bill"][:, 1], atol=0.5)
    assert base.sum() / 2 == pytest.approx(107.1, abs=0.5)
    assert (base > np.mean(curves, axis=0) - 0.05).all()


def test_more_steps_are_cheaper_in_both_schedules(table):
    assert (np.diff(table["steps"], axis=1) < 0).all()
    limit = table["bill"][:, 3]
    assert (table["steps"][:, -1] > limit).all()


def test_two_weights_lower_the_bill_and_one_raises_it_for_every_seed(table):
    bill, linear, cosine, flow = table["weights"]
    assert bill.shape == (8,)
    assert (linear < bill).all()
    assert (cosine < bill).all()
    assert (flow > bill).all()


def test_trained_longer_the_cosine_weight_still_leads(table):
    bills, more, error = table["longer"].T
    assert (bills < table["bill"][:, 3]).all()
    assert (more > 2 * error).all()


def test_samples_under_the_other_weights_lie_nearer_for_every_seed(table):
    bill, *others, floor = table["energy"]
    assert (np.array(others) < bill).all()
    assert np.abs(floor).max() < 0.005


def test_the_energy_distance_of_two_normals():
    """2 E|a − b| − E|a − a'| − E|b − b'| of N(0, 1) and N(m, 1), by the folded normal."""
    rng, m = np.random.default_rng(0), 1.5
    a, b = rng.standard_normal((2, 4000, 1))
    b += m

    def mean_apart(shift):
        return scipy.stats.foldnorm(shift / np.sqrt(2), scale=np.sqrt(2)).mean()

    wanted = 2 * (mean_apart(m) - mean_apart(0))
    assert digit_diffusion.energy_distance(a, b) == pytest.approx(wanted, abs=0.06)


def test_as_many_weights_in_both_models(data):
    denoiser = chapter.Denoiser(chapter.histogram(data.images), rng=np.random.default_rng(0))
    other = vae.VAE(
        vae.histogram(data.images),
        vae.TILTS,
        rng=np.random.default_rng(0),
        **digit_diffusion.CONTROL,
    )
    sizes = denoiser.net.theta.size, other.encoder.theta.size + other.decoder.theta.size
    assert sizes == (67_264, 73_940)

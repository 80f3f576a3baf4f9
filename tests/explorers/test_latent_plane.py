"""The latent plane: what the page carries, its decoder against NumPy, hand and keys."""

import numpy as np
import pytest
import traitlets

from explorers import LatentPlane
from explorers.latent_plane import unpacked
from lib import softmax
from tests.explorers.page import PHONE, Hand, box_of, settle, swipe
from training import MLP

HAND = Hand(
    handles=4,
    sliders=3,
    tracks=1,
    pressed=".glyph ~ .glyph:not(.chosen)",
    make=lambda: latent_plane(),
)


class PlaneModel:
    """A variational autoencoder as far as the explorer asks for it, with weights at random."""

    def __init__(self, activation="tanh"):
        rng = np.random.default_rng(7)
        self.means = rng.standard_normal((40, 2)) * 1.2
        self.log_std = rng.normal(-1.5, 0.4, (40, 2))
        self.decoder = MLP((2, 16, 24, 64 * 3), rng=rng, activation=activation)
        self.decoder.theta += rng.normal(0, 0.1, self.decoder.theta.size)  # biases too
        self.base = np.log(rng.dirichlet(np.full(17, 0.5), size=64).T + 1e-3)
        self.tilts = rng.standard_normal((3, 17))
        self.images = rng.integers(0, 17, (40, 64))
        self.labels = rng.integers(0, 10, 40)

    def encode(self, images):
        return self.means[: len(images)], self.log_std[: len(images)], None

    def log_prices(self, z):
        """Log pmfs, (N, 64, 17), in the layout of the page."""
        strength = self.decoder(np.atleast_2d(z)).reshape(-1, 3, 64)
        logits = np.einsum("kv,nki->niv", self.tilts, strength) + self.base.T
        return np.log(softmax(logits))


def latent_plane(activation="tanh", **traits):
    model = PlaneModel(activation)
    return LatentPlane(model, model.images, model.labels, **traits)


def test_the_plane_carries_its_decoder_to_16_bits():
    model, plane = PlaneModel(), latent_plane()
    for (W, b), layer in zip(model.decoder.weights, plane.decoder["layers"], strict=True):
        for array, pack in ((W, layer["weights"]), (b, layer["bias"])):
            step = np.abs(array).max() / 32767
            np.testing.assert_allclose(unpacked(pack), array.ravel(), atol=step / 2 * 1.001)
        assert layer["shape"] == list(W.shape)
    np.testing.assert_allclose(unpacked(plane.decoder["base"]), model.base.ravel(), atol=2e-4)


def test_the_plane_carries_images_and_posteriors():
    model, plane = PlaneModel(), latent_plane()
    values = [[int(char, 17) for char in image] for image in plane.images]
    assert (values == model.images).all()
    assert plane.labels == [str(label) for label in model.labels]
    wanted = np.hstack([model.means, np.exp(model.log_std)])
    np.testing.assert_allclose(plane.posterior, wanted, atol=5.1e-5)
    assert np.abs(np.array(plane.posterior)[:, :2]).max() <= plane.reach


def test_a_plane_of_the_size_in_the_chapter_ships_in_150_kb():
    model = PlaneModel()
    rng = np.random.default_rng(0)
    model.decoder = MLP((2, 48, 96, 192), rng=rng)
    model.encode = lambda images: rng.standard_normal((2, len(images), 2)) * 0.9
    images, labels = np.tile(model.images, (9, 1))[:359], np.tile(model.labels, 9)[:359]
    assert len(str(box_of(LatentPlane(model, images, labels))).encode()) <= 150_000


@pytest.mark.parametrize(
    ("complaint", "change"),
    [
        ("images has shape", lambda m: setattr(m, "images", m.images[:, :63])),
        ("images has shape", lambda m: setattr(m, "images", m.images[:0])),
        ("other values", lambda m: setattr(m, "images", m.images + 1)),
        ("other values", lambda m: setattr(m, "images", m.images + 0.5)),
        ("39 labels for 40 images", lambda m: setattr(m, "labels", m.labels[:39])),
        ("needs 2 coordinates", lambda m: setattr(m, "means", np.zeros((40, 3)))),
    ],
)
def test_a_plane_says_what_does_not_fit(complaint, change):
    model = PlaneModel()
    change(model)
    with pytest.raises(ValueError, match=complaint):
        LatentPlane(model, model.images, model.labels)


@pytest.mark.parametrize("state", [{"z": [9.0, 0.0]}, {"z": [0.0]}, {"chosen": 40}, {"show": "x"}])
def test_a_plane_refuses_what_it_cannot_show(state):
    plane = latent_plane()
    with pytest.raises(traitlets.TraitError):
        plane.set_trait(*next(iter(state.items())))


# ---- the arithmetic ------------------------------------------------------------------------------


@pytest.fixture
def decoder(module_page):
    """Return a function that calls one of decoder.mjs on an explorer's decoder."""

    def call(name, explorer, *arguments):
        return module_page.evaluate(
            """([name, decoder, image, given]) =>
                import("/explorers/latent_plane/decoder.mjs").then((m) => {
                    const ready = m.unpackDecoder(decoder);
                    const pixels = m.pixelsOf(image);
                    if (name === "twoBills") return m.twoBills(ready, pixels, given[0]);
                    const pmf = m.decodedAt(ready, given[0]);
                    if (name === "decodedAt") return Array.from(pmf);
                    return name === "drawn" ? m.drawn(pmf, given[1]) : m.imagePrice(pmf, pixels);
                })""",
            [name, explorer.decoder, explorer.images[explorer.chosen], arguments],
        )

    return call


PLACES = [[0, 0], [1.5, -0.3], [-2.9, 2.9], [0.01, -3]]


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("z", PLACES, ids=str)
def test_the_page_decodes_as_numpy_does(decoder, activation, z):
    model, explorer = PlaneModel(activation), latent_plane(activation, chosen=3)
    wanted = model.log_prices(z)[0]
    # 16 bits a weight: 1e-4 of the largest, and 40 of them add up
    ours = np.reshape(decoder("decodedAt", explorer, z), (64, 17))
    np.testing.assert_allclose(np.log(ours), wanted, atol=5e-3)
    np.testing.assert_allclose(ours.sum(axis=1), 1, rtol=1e-12)
    price = -wanted[np.arange(64), model.images[3]].sum()
    assert decoder("imagePrice", explorer, z) == pytest.approx(price, abs=0.05)
    mean = np.exp(wanted) @ np.arange(17)
    np.testing.assert_allclose(decoder("drawn", explorer, z, "mean"), mean, atol=0.05)
    mode = np.array(decoder("drawn", explorer, z, "mode"))
    np.testing.assert_allclose(
        wanted[np.arange(64), mode], wanted.max(axis=1), atol=0.01
    )  # a tie within the rounding may go either way


@pytest.mark.parametrize("chosen", [0, 17, 39])
def test_the_page_prices_an_image_as_draws_do(decoder, chosen):
    model, explorer = PlaneModel(), latent_plane(chosen=chosen)
    bill = decoder("twoBills", explorer, explorer.posterior[chosen])
    mean, std = model.means[chosen], np.exp(model.log_std[chosen])
    kl = ((mean**2 + std**2 - 1) / 2 - np.log(std)).sum()
    assert bill["kl"] == pytest.approx(kl, abs=1e-3)
    z = mean + std * np.random.default_rng(0).standard_normal((20_000, 2))
    drawn = -model.log_prices(z)[:, np.arange(64), model.images[chosen]].sum(axis=1)
    allowed = 5 * drawn.std() / np.sqrt(len(z)) + 0.05
    assert bill["reconstruction"] == pytest.approx(drawn.mean(), abs=allowed)


# ---- on a page -----------------------------------------------------------------------------------


def plane_state(page):
    settle(page)
    sliders = page.get_by_role("slider")
    return [float(sliders.nth(i).get_attribute("aria-valuenow")) for i in range(3)]


def test_the_point_follows_the_mouse_and_stays_on_the_plane(open_page):
    page = open_page(latent_plane())
    box = page.locator(".point .reach").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    unit = page.locator(".explorer .ground").first.bounding_box()["width"] / (
        2 * latent_plane().reach
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + unit, y - 0.5 * unit, steps=5)
    assert plane_state(page)[:2] == pytest.approx([1, 0.5], abs=0.03)
    page.mouse.move(x + 99 * unit, y - unit, steps=5)
    page.mouse.up()
    assert plane_state(page)[0] == latent_plane().reach


def test_keys_move_the_point_and_choose_the_image(open_page):
    page = open_page(latent_plane())
    order = [one.get_attribute("aria-label") for one in page.get_by_role("slider").all()]
    assert order == ["z₁, across", "z₂, up", "The chosen image"]
    page.get_by_role("slider").nth(0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("PageUp")
    assert plane_state(page) == [0.05, -0.5, 10]
    assert page.evaluate("scrollY") == 0
    assert page.locator(".note").inner_text().startswith("Image 11 of 40")


def test_a_press_on_an_image_shows_its_ellipse_and_its_bill(open_page):
    explorer = latent_plane()
    page = open_page(explorer)
    before = page.locator(".readout").text_content()
    far = int(np.argmax(np.linalg.norm(PlaneModel().means, axis=1)))  # nothing lies over it
    page.locator(".glyph:not(.chosen)").nth(far).click()
    assert plane_state(page)[2] == far
    assert page.locator(".readout").text_content() != before
    unit = 278 / (2 * explorer.reach)
    spread = page.locator(".spread")
    wanted = [2 * explorer.posterior[far][2 + axis] * unit for axis in (0, 1)]
    drawn = [float(spread.get_attribute(name)) for name in ("rx", "ry")]
    assert drawn == pytest.approx(wanted, abs=0.01)
    kl = page.locator(".formula .cost").first.inner_text()
    mean, std = np.split(np.array(explorer.posterior[far]), 2)
    assert float(kl) == pytest.approx(((mean**2 + std**2 - 1) / 2 - np.log(std)).sum(), abs=0.006)


def test_a_finger_drags_the_point_of_the_plane(open_page):
    page = open_page(latent_plane(), viewport=PHONE, has_touch=True, is_mobile=True)
    box = page.locator(".point .reach").bounding_box()
    swipe(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, -40)
    assert plane_state(page)[1] > 0.5
    assert page.evaluate("scrollY") == 0

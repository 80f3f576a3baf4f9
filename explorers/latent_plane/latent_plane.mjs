// The latent plane: drag z and see the digit decoded there; choose an image and see its bill.

import { decodedAt, drawn, imagePrice, pixelsOf, twoBills, unpackDecoder } from "./decoder.mjs";
import { digitPicture } from "../shared/digits.mjs";
import { drawing, figure, fixed, html, minus, put, shift, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { grab, handle, tap } from "../shared/handles.mjs";
import { formula, live, symbol } from "../shared/readout.mjs";

// The plane is a square in its drawing; the marks on its edges are the sliders.
const PLANE = { size: 278, left: 36, top: 10 };
const STEPS = 5;

/**
 * The plane. reach: it goes from −reach to reach. posterior, labels: of the images. numbers: what
 * shows the two of z. zNow(): the point. set(z): called when the hand asks for another.
 * choose(index): an image is pressed.
 */
function plane({ reach, posterior, labels, numbers, zNow, set, choose }) {
  const { size, left, top } = PLANE;
  const unit = size / (2 * reach);
  const [x, y] = [(one) => left + (one + reach) * unit, (two) => top + (reach - two) * unit];
  const viewBox = "0 0 320 326";
  // What stays lies in a drawing of its own: the browser then paints hundreds of images but once.
  const ground = drawing({ viewBox, "aria-hidden": "true" });
  const root = drawing({
    viewBox, role: "group", class: "moving",
    "aria-label": "The latent plane with the held-out images; two sliders move z",
  });
  const limit = (value) => {
    const inside = Math.min(reach, Math.max(-reach, value));
    return Math.round(inside * 100) / 100 || 0;
  };

  const moveFrom = ([one, two], dx, dy) => {
    const next = [limit(one + dx / unit), limit(two - dy / unit)];
    if (!same(next, zNow())) set(next);
  };

  // Not by a transform: each would be a layer that is asked for at every frame.
  const glyphs = posterior.map(([one, two], index) => {
    const glyph = svg("text", {
      class: "glyph", "text-anchor": "middle", x: x(one).toFixed(2), y: (y(two) + 3.2).toFixed(2),
    }, labels[index]);
    glyph.addEventListener("click", () => choose(index));
    return glyph;
  });
  const ellipse = svg("ellipse", { class: "spread" });
  const chosenGlyph = svg("text", { class: "glyph chosen", "text-anchor": "middle" });
  const way = svg("path", { class: "way" });
  const point = svg("g", { class: "point q" },
    svg("circle", { class: "reach", r: 16 }),
    svg("circle", { class: "ring", r: 12 }),
    svg("circle", { class: "grip knob", r: 7 }));
  grab(point, root, { start: zNow, move: moveFrom });
  const marks = [0, 1].map((axis) => {
    const flat = axis === 0;
    const mark = svg("g", { class: "mark q" },
      svg("rect", { class: "reach", x: -14, y: -14, width: 28, height: 28 }),
      svg("rect", { class: "ring", x: -10, y: -10, width: 20, height: 20, rx: 7 }),
      svg("path", { class: "grip knob", d: flat ? "M0 -9l7 12h-14z" : "M9 0l-12 7v-14z" }));
    const describe = handle(mark, root, {
      label: `z${"₁₂"[axis]}, ${flat ? "across" : "up"}`,
      way: flat ? "horizontal" : "vertical",
      min: -reach, max: reach, step: 0.05, bigStep: 0.5,
      value: () => zNow()[axis],
      change: (value) => set(zNow().map((one, i) => (i === axis ? limit(value) : one))),
      drag: (start, dx, dy) => start + (flat ? dx : -dy) / unit,
      number: numbers[axis],
    });
    return { mark, describe };
  });
  const rings = [1, 2].map((radius) => svg("circle", {
    class: "prior", cx: x(0), cy: y(0), r: radius * unit,
  }));
  const middled = { class: "number", "text-anchor": "middle" };
  const axes = [-2, 0, 2].flatMap((one) => [
    svg("text", { ...middled, x: x(one), y: top + size + 32 }, minus(one)),
    svg("text", { ...middled, x: 10, y: y(one) + 4 }, minus(one)),
  ]);
  const names = [
    svg("text", { ...middled, x: left + size - 6, y: top + size + 32 }, "z₁"),
    svg("text", { ...middled, x: 10, y: top + 10 }, "z₂"),
  ];
  const square = svg("rect", { class: "ground", x: left, y: top, width: size, height: size });
  tap(square, root, (atX, atY) => moveFrom([-reach, reach], atX - left, atY - top));
  ground.append(square, ...rings, ...axes, ...names, ...glyphs);
  root.append(ellipse, way, chosenGlyph, ...marks.map(({ mark }) => mark), point);

  let shown = -1;
  return {
    node: figure("Drag z", "or press a place or digit; rings: 1, 2 σ",
      html("div", { class: "layers" }, ground, root)),
    draw([one, two], index) {
      const [m1, m2, s1, s2] = posterior[index];
      if (shown !== index) {
        shown = index;
        put(ellipse, {
          cx: x(m1), cy: y(m2), rx: Math.max(2, 2 * s1 * unit), ry: Math.max(2, 2 * s2 * unit),
        });
        put(chosenGlyph, { transform: shift(x(m1), y(m2) + 4.5) });
        write(chosenGlyph, labels[index]);
      }
      put(point, { transform: shift(x(one), y(two)) });
      put(way, {
        d: `M${x(m1).toFixed(2)} ${y(m2).toFixed(2)}L${x(one).toFixed(2)} ${y(two).toFixed(2)}`,
      });
      put(marks[0].mark, { transform: shift(x(one), top + size + 7) });
      put(marks[1].mark, { transform: shift(left - 9, y(two)) });
      [one, two].forEach((value, axis) => marks[axis].describe(value, fixed(value, 2)));
    },
  };
}

/** The decoded digit, the chosen image, and the digits on the way from the one to the other. */
function pictures({ labels, chosenNow, choose }) {
  const last = labels.length - 1;
  const [decoded, image] = [digitPicture("q", 8, 30, 18), digitPicture("p", 168, 30, 18)];
  const strip = Array.from({ length: STEPS }, (_, i) => digitPicture("q", 8 + i * 62, 224, 7));
  const name = svg("text", { class: "name", x: 8, y: 20 });
  const root = drawing({
    viewBox: "0 0 320 290", role: "group", "aria-label": "Decoded digit and chosen image",
  });
  const count = svg("text", { class: "number", x: 292, y: 20, "text-anchor": "middle" });
  const which = svg("g", {},
    svg("rect", { class: "reach", x: 270, y: 0, width: 46, height: 26 }), count);
  const choice = svg("g", { class: "choice" },
    svg("rect", { class: "ring", x: 164, y: 26, width: 152, height: 152, rx: 4 }),
    image.node,
    svg("rect", { class: "reach", x: 168, y: 30, width: 144, height: 144 }));
  const describe = handle(choice, root, {
    label: "The chosen image", way: "horizontal",
    max: last, step: 1, bigStep: 10,
    value: chosenNow,
    change: choose,
    drag: (start, dx) => start + dx / 12,
    number: which,
    typed: {
      min: 1, max: last + 1, value: () => chosenNow() + 1, change: (next) => choose(next - 1),
    },
  });
  root.append(decoded.node, choice, ...strip.map(({ node }) => node), name,
    svg("text", { class: "name", x: 168, y: 20 }, "image x, number"), which,
    svg("text", { class: "name", x: 8, y: 214 }, "on the way from x to z"));
  let shown = -1;
  return {
    node: figure("Drag across image x", "ink: how much of 16", root),
    draw(values, way, index, pixels, show) {
      decoded.draw(values);
      strip.forEach((one, i) => one.draw(way[i]));
      write(name, show === "mean" ? "expected at z" : "most probable at z");
      if (shown === index) return;
      shown = index;
      image.draw(pixels);
      write(count, String(index + 1));
      describe(index, `number ${index + 1} of ${last + 1}, labelled ${labels[index]}`);
    },
  };
}

/** The price at z, whose two numbers stand in `numbers`, and the bill of the chosen image. */
function account(numbers) {
  const [here, paid, kl, whole, bits] = ["q", "q", "cost", "", ""].map(live);
  const note = html("p", { class: "note" });
  return {
    nodes: [
      html("div", {},
        formula("", "At ", symbol("z"), " = (", numbers[0], ", ", numbers[1], ")"),
        formula("",
          "−ln ", symbol("p"), "(", symbol("x"), "|", symbol("z"), ") = ",
          html("strong", { class: "q" }, here, " nats")),
        note),
      html("div", {},
        formula("",
          "−ELBO of ", symbol("x"), " = ", html("strong", { class: "q" }, paid), " + ",
          html("strong", { class: "cost" }, kl)),
        formula("",
          "= ", html("strong", {}, whole, " nats"), " = ", html("strong", {}, bits, " bits")),
        html("p", { class: "soft" }, "reconstruction, at z ~ q(z|x), and KL to the prior")),
    ],
    draw(z, price, bill, text) {
      z.forEach((value, axis) => write(numbers[axis], minus(fixed(value, 2))));
      write(here, fixed(price, 2));
      const { reconstruction, kl: divergence } = bill;
      const sum = reconstruction + divergence;
      write(paid, fixed(reconstruction, 2));
      write(kl, fixed(divergence, 2));
      write(whole, fixed(sum, 2));
      write(bits, fixed(sum / Math.LN2, 1));
      write(note, text);
    },
  };
}

function render({ model, el }) {
  const decoder = unpackDecoder(model.get("decoder"));
  const [labels, posterior, reach] = ["labels", "posterior", "reach"].map((key) => model.get(key));
  const images = model.get("images").map(pixelsOf);
  const change = (key) => (value) => {
    model.set(key, value);
    model.save_changes();
  };
  const choose = change("chosen");
  const build = () => {
    const numbers = [live("q"), live("q")];
    const area = plane({
      reach, posterior, labels, numbers, zNow: () => model.get("z"), set: change("z"), choose,
    });
    const faces = pictures({ labels, chosenNow: () => model.get("chosen"), choose });
    const table = account(numbers);
    view.figures.replaceChildren(area.node, faces.node);
    view.readout.replaceChildren(...table.nodes);
    return { area, faces, table };
  };

  let parts;
  const bills = []; // of the images that were chosen
  let start = {};
  let price;
  const view = frame({
    model,
    el,
    keys: ["z", "chosen", "show"],
    draw() {
      parts ??= build();
      const [z, index, show] = ["z", "chosen", "show"].map((key) => model.get(key));
      const bill = (bills[index] ??= twoBills(decoder, images[index], posterior[index]));
      const pmf = decodedAt(decoder, z);
      price = imagePrice(pmf, images[index]);
      const values = drawn(pmf, show);
      // The first digit on the way stays while z moves, the last is the one at z.
      if (!same(start.of, [index, show])) {
        start = { of: [index, show], values: drawn(decodedAt(decoder, posterior[index]), show) };
      }
      const between = Array.from({ length: STEPS - 2 }, (_, i) => {
        const part = (i + 1) / (STEPS - 1);
        const place = z.map((one, axis) => posterior[index][axis] * (1 - part) + one * part);
        return drawn(decodedAt(decoder, place), show);
      });
      const way = [start.values, ...between, values];
      parts.area.draw(z, index);
      parts.faces.draw(values, way, index, images[index], show);
      parts.table.draw(z, price, bill, `Image ${index + 1} of ${labels.length}, a ${labels[index]}.`);
    },
    summary: () => `At z the pixels of the chosen image cost ${fixed(price, 1)} nats.`,
  });
  return view.stop;
}

export default { render };

// One Gaussian q over an exact posterior, and the ELBO as a bar before its wall, log₂ p(x).

import { bestNear, elboBill, normalDensity, posteriorOf } from "./elbo.mjs";
import { PLOT, drawing, figure, heights, html, put, rules } from "../shared/draw.mjs";
import { shift, svg, uprights, write } from "../shared/draw.mjs";
import { frame } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { boxedNumber, letteredGrip, plain } from "../shared/points.mjs";
import { formula, keepRoom, live, over, symbol } from "../shared/readout.mjs";

// As in Python.
const ENDS = { m: [-3, 3], s: [0.1, 2] };

const SIZE = 334;
const FLOOR = 226;
const HIGHEST = 1.6;
const [FIRST, LAST] = [-5, 5];
const PER_UNIT = (PLOT.right - PLOT.left) / (LAST - FIRST);
const PEAK = 1 / Math.sqrt(2 * Math.PI);
const FLANK = Math.exp(-0.5); // how high q is at m + s, as a part of its top
const ROW = { data: 36, key: 57, boxes: 70 };
const OBSERVED = {
  reading: "x = z + noise of sd .75, read to .1: 2.5",
  count: "x counted, at a Poisson rate of exp(2z): 0",
  square: "x = z² + noise of sd 1, read to .1: 4.0",
};

// The bar, in bits below 0.
const BITS = { left: 14, right: 308, most: 24 };
const PER_BIT = (BITS.right - BITS.left) / BITS.most;
const BAR = { tall: 162, top: 26, name: 42, elbo: 50, items: 84, height: 22, bottom: 112 };

const across = (z) => PLOT.left + (z - FIRST) * PER_UNIT;
const coordinate = (x) => x.toFixed(1);
/** Where so many bits stand; what is beyond the picture, at its edge. */
const bitsAt = (bits) => Math.max(BITS.left, BITS.right + bits * PER_BIT);

/** A number of bits: three decimals, or none where they say nothing. */
const bitsText = (value) => (Math.abs(value) < 1000 ? plain(value, 3)
  : plain(value, 0).replace(/\B(?=(\d{3})+$)/g, ","));

/** A key to the picture: what a mark stands for. */
const keyTo = (mark, x, y, text) =>
  [svg("g", { transform: shift(x, y) }, mark), svg("text", { class: "name", x: x + 20, y }, text)];
const line = (kind) => svg("path", { class: kind, d: "M0 -4h15" });
const tile = (kind) => svg("rect", { class: kind, y: -9, width: 15, height: 10 });

// q is the same curve wherever it lies: how high it is at m + t·s, as a part of its top.
const BELL = Array.from({ length: 71 }, (_, i) => (i - 35) / 8).map((t) =>
  ({ t, height: Math.exp((-t * t) / 2) }));

/** Prior, posterior and q. now(): { m, s }; set(q): what the hand asks for. */
function densities({ now, set }) {
  const y = heights(HIGHEST, FLOOR);
  const label = "The prior of z, its posterior, and q: sliders move the centre and the width of q";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const ground = svg("rect", {
    class: "reach", x: PLOT.left, y: PLOT.top, width: PLOT.right - PLOT.left, height: FLOOR - PLOT.top,
  });
  const zs = Array.from({ length: 201 }, (_, i) => FIRST + ((LAST - FIRST) * i) / 200);
  const curve = (density) =>
    zs.map((z) => `${coordinate(across(z))} ${coordinate(y(density(z)))}`).join("L");
  const prior = svg("path", { class: "prior-curve", d: `M${curve((z) => normalDensity(z, 0, 1))}` });
  const posterior = svg("path", { class: "area outlined p" });
  const model = svg("path", { class: "paid q" });
  const observed = svg("text", { class: "name", x: PLOT.left, y: FLOOR + ROW.data });

  const sliders = [
    {
      name: "m", label: "Centre of q", x: 52, node: letteredGrip("q centre", "m", 8, 17, { y: -13 }),
      track: ground, at: (x) => FIRST + (x - PLOT.left) / PER_UNIT,
    },
    {
      name: "s", label: "Width of q", x: 190, node: letteredGrip("q flank", "s", 6, 13, { y: -10 }),
      drag: (start, dx) => start + dx / PER_UNIT,
    },
  ].map(({ name, x, node, ...more }) => {
    const { box, number } = boxedNumber({ x, y: FLOOR + ROW.boxes, role: "q" });
    const [min, max] = ENDS[name];
    const tell = handle(node, root, {
      ...more, min, max, step: 0.05, bigStep: 0.5, way: "horizontal", number: box, blank: 68,
      value: () => now()[name],
      change: (value) => set({ [name]: value }),
    });
    return {
      node, box,
      draw(value, place) {
        const text = `${name} = ${plain(value)}`;
        write(number, text);
        put(node, { transform: place });
        tell(Math.round(value * 1e4) / 1e4, text);
      },
    };
  });
  root.append(
    rules([0, 0.5, 1, 1.5], y),
    svg("g", { class: "rules", "aria-hidden": "true" }, ...[-4, -2, 0, 2, 4].map((z) =>
      svg("text", { x: across(z), y: FLOOR + 16, "text-anchor": "middle" }, plain(z, 0)))),
    posterior, prior, ground, model, observed,
    ...keyTo(tile("area outlined p"), PLOT.left, FLOOR + ROW.key, "posterior"),
    ...keyTo(line("paid q"), 122, FLOOR + ROW.key, "q = N(m, s²)"),
    ...keyTo(line("prior-curve"), 222, FLOOR + ROW.key, "prior N(0, 1)"),
    ...sliders.map(({ box }) => box), ...sliders.map(({ node }) => node));

  let shown = "";
  return {
    node: figure("Drag q", "by its top or its flank; or press a place, or a number", root),
    draw({ data, m, s }) {
      if (shown !== data) {
        shown = data;
        const left = `M${PLOT.left} ${FLOOR}`;
        put(posterior, { d: `${left}L${curve(posteriorOf(data).density)}L${PLOT.right} ${FLOOR}z` });
        write(observed, OBSERVED[data]);
      }
      const peak = PEAK / s;
      let d = "";
      for (const { t, height } of BELL) {
        const z = m + t * s;
        if (z < FIRST || z > LAST) continue;
        d += `${d ? "L" : "M"}${coordinate(across(z))} ${coordinate(y(peak * height))}`;
      }
      put(model, { d });
      // Of a q that is higher than the picture, the flank is taken hold of where it is seen.
      const flank = FLANK * Math.min(peak, HIGHEST);
      const far = s * Math.sqrt(2 * Math.log(peak / flank));
      sliders[0].draw(m, shift(across(m), y(peak)));
      sliders[1].draw(s, shift(across(m + far), y(flank)));
    },
  };
}

/** The ELBO, the gap and the wall; below them the same bill in its two items. */
function bar() {
  const label = "The ELBO as a bar before its wall, and the items of the bill; their numbers follow";
  const root = drawing({ viewBox: `0 0 320 ${BAR.tall}`, role: "img", "aria-label": label });
  const piece = (kind, y) => svg("rect", { class: kind, y, height: BAR.height });
  const elbo = piece("area outlined q", BAR.elbo);
  const gap = piece("area outlined cost", BAR.elbo);
  const forData = piece("item", BAR.items);
  const forPrior = piece("item of-prior", BAR.items);
  const end = svg("line", { class: "same-end", y1: BAR.elbo, y2: BAR.bottom });
  const wall = svg("line", { class: "wall", y1: BAR.elbo - 4, y2: BAR.bottom });
  const wallName = svg("text", { class: "wall-name", y: BAR.name, "text-anchor": "middle" }, "log₂ p(x)");
  const beyond = [BAR.elbo, BAR.items].map((y) => `M${BITS.left + 12} ${y + 5}l-6 6l6 6`).join("");
  const goesOn = svg("path", { class: "goes-on", d: beyond });
  const key = BAR.bottom + 20;
  root.append(
    uprights([0, -4, -8, -12, -16, -20, -24], (bits) => BITS.right + bits * PER_BIT, BAR.top, BAR.bottom),
    elbo, gap, forData, forPrior, goesOn, end, wall, wallName,
    ...keyTo(tile("area outlined q"), BITS.left, key, "ELBO"),
    ...keyTo(tile("area outlined cost"), 84, key, "gap, D(q‖posterior)"),
    ...keyTo(tile("item"), BITS.left, key + 20, "x given z"),
    ...keyTo(tile("item of-prior"), 104, key + 20, "z: D(q‖prior)"));
  const spread = (rect, from, to) => put(rect, { x: from, width: to - from });
  return {
    node: figure("The bar", "in bits; below it the same bill, from 0 to the left", root),
    draw({ bill }) {
      const [top, limit, middle] = [bill.elbo, bill.logEvidence, -bill.priorBits].map(bitsAt);
      spread(elbo, BITS.left, top);
      spread(gap, top, Math.max(top, limit));
      spread(forData, top, Math.max(top, middle));
      spread(forPrior, middle, BITS.right);
      put(end, { x1: top, x2: top });
      put(wall, { x1: limit, x2: limit });
      put(wallName, { x: Math.min(limit, BITS.right - 18) });
      put(goesOn, { visibility: bill.elbo < -BITS.most ? "visible" : "hidden" });
    },
  };
}

/** The bill in a sentence. */
const sentence = ({ elbo, gap, dataBits, priorBits }) => (gap < 0.0005
  ? `The bar reaches the wall: x costs ${bitsText(-elbo)} bits, and no q makes it cheaper.`
  : `With this q, x costs ${bitsText(-elbo)} bits: ${bitsText(dataBits)} for x given z, ${
    bitsText(priorBits)} for z. The posterior would save ${bitsText(gap)} of them.`);
const LARGEST = 5e6;
const LONGEST = sentence({ elbo: -LARGEST, gap: LARGEST, dataBits: LARGEST, priorBits: 10 });

/** The numbers, the sentence, and the button. */
function account({ climb }) {
  const numbers = {
    logEvidence: live("p with-bits"), elbo: live("q with-bits"), gap: live("cost with-bits"),
  };
  const items = live("two-items");
  const bold = (name) => html("strong", {}, numbers[name]);
  const soft = (...children) => html("p", { class: "soft", translate: "no" }, ...children);
  const said = html("span", {});
  const button = html("button", { type: "button" }, "Best q near here");
  button.addEventListener("click", climb);
  return {
    nodes: [
      html("div", {},
        formula("", "log₂ p(", symbol("x"), ") = ", bold("logEvidence")),
        formula("", "ELBO = ", bold("elbo")),
        formula("", "gap = ", bold("gap")),
        soft("gap = log₂ p(x) − ELBO = D(q‖posterior)"),
        soft("−ELBO = ", items)),
      keepRoom(html("p", { class: "note line" }, over(said)), LONGEST),
      html("div", { class: "letters", role: "group", "aria-label": "Steps uphill" }, button),
    ],
    draw({ bill }) {
      for (const [name, number] of Object.entries(numbers)) write(number, `${bitsText(bill[name])} bits`);
      write(items, `${bitsText(bill.dataBits)} + ${bitsText(bill.priorBits)} bits`);
      write(said, sentence(bill));
    },
  };
}

function render({ model, el }) {
  const now = () => ({ m: model.get("m"), s: model.get("s") });
  const set = (state) => {
    for (const [name, value] of Object.entries(state)) {
      if (value !== model.get(name)) model.set(name, value);
    }
    model.save_changes();
  };
  const billNow = () => elboBill(model.get("data"), model.get("m"), model.get("s"));
  const climb = () => {
    const { m, s } = bestNear(model.get("data"), now(), ENDS);
    set({ m: Number(m.toFixed(5)), s: Number(s.toFixed(5)) });
  };

  const parts = [densities({ now, set }), bar(), account({ climb })];
  const view = frame({
    model,
    el,
    keys: ["data", "m", "s"],
    wide: "tall",
    draw() {
      const state = { data: model.get("data"), ...now(), bill: billNow() };
      for (const part of parts) part.draw(state);
    },
    summary() {
      const { logEvidence, elbo, gap } = billNow();
      return `The ELBO is ${bitsText(elbo)} bits, log₂ p(x) is ${bitsText(logEvidence)}; the gap is ${
        bitsText(gap)}.`;
    },
  });
  view.figures.append(parts[0].node, parts[1].node);
  view.readout.append(...parts[2].nodes);
  return view.stop;
}

export default { render };

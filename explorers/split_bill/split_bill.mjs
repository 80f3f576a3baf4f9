// 150 irises on a line, a threshold to drag through them, and the bill before and after the cut.

import { FINGER } from "../shared/bars.mjs";
import { PLOT, drawing, figure, fixed, hatching, html, put } from "../shared/draw.mjs";
import { shift, short, svg, write } from "../shared/draw.mjs";
import { frame } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { formula, keepRoom, ledger, live, longest, over } from "../shared/readout.mjs";
import { BEFORE, COUNT, FEATURES, SPECIES, VALUES, WHOLE } from "./splits.mjs";
import { best, cutAt, cuts, endsOf, middleOf, weighted } from "./splits.mjs";

// The flowers stand on three lines, a species each, above one axis; below is the curve of the gain.
const LINE = { tall: 352, left: 33, right: 309, knob: 26, axis: 229 };
const BASES = [122, 173, 223];
const TITLES = [44, 136, 186];
const PITCH = 4.8; // of the marks
const CURVE = { title: 256, top: 282, bottom: 344 }; // for a gain of 1 bit and of 0
const STEP = 0.05; // cm; the flowers are measured to twice that
const SIDES = ["left", "right"];
const middled = { "text-anchor": "middle" };

const coordinate = (x) => String(Math.round(x * 10) / 10);
/** A threshold, with two decimals, or all that were typed up to the fourth. */
function inCm(value) {
  const brief = value.toFixed(2);
  const full = String(Number(value.toFixed(4)));
  return `${Number(brief) === Number(full) ? brief : full} cm`;
}

/** The mark of a species around a place, as a path: a circle, a triangle, a square. */
function markAt(species, x, y) {
  const [a, b] = [coordinate(x), coordinate(y)];
  if (species === 0) return `M${a} ${b}m-2.1 0a2.1 2.1 0 1 0 4.2 0a2.1 2.1 0 1 0 -4.2 0z`;
  return species === 1 ? `M${a} ${b}m-2.4 2h4.8l-2.4 -4.2z` : `M${a} ${b}m-1.7 -1.7h3.4v3.4h-3.4z`;
}

/** All flowers of a species: those of one value above each other, side by side where there is room. */
function marksOf(feature, species, x) {
  const columns = Math.max(1, Math.floor((x(0.1) - x(0)) / PITCH));
  return VALUES[feature].flatMap(({ value, counts }) =>
    Array.from({ length: counts[species] }, (_, i) => markAt(species,
      x(value) + ((i % columns) - (columns - 1) / 2) * PITCH,
      BASES[species] - (Math.floor(i / columns) + 0.5) * PITCH))).join("");
}

/** Numbers below an axis: half or whole cm. */
function ticksOf(least, most) {
  const every = most - least > 3 ? 1 : 0.5;
  const first = Math.ceil(least / every);
  return Array.from({ length: Math.floor(most / every) - first + 1 }, (_, i) => (first + i) * every);
}

/** The gain over all thresholds: a step for each cut. */
function curveOf(feature, x, y) {
  const all = cuts(feature);
  return all.map(({ from, gain }, i) =>
    `${i === 0 ? `M${coordinate(x(from))} ${coordinate(y(gain))}` : `V${coordinate(y(gain))}`}`
    + (i + 1 < all.length ? `H${coordinate(x(all[i + 1].from))}` : "")).join("");
}

/** Where most is saved: the steps themselves, thick, and a word above the first of them. */
function bestPlaces(feature, x, y) {
  const places = best(feature);
  const [{ from, to, gain }] = places;
  return svg("g", { class: "best-cuts gain" },
    svg("path", {
      d: places.map((one) =>
        `M${coordinate(x(one.from))} ${coordinate(y(one.gain))}H${coordinate(x(one.to))}`).join(""),
    }),
    svg("text", {
      class: "name", y: y(gain) - 6, x: Math.max(64, Math.min(278, x((from + to) / 2))), ...middled,
    }, `best ${fixed(gain, 4)}`));
}

/** The line by which the flowers are cut: { grip, draw(x, threshold) }; its number stays in the picture. */
function cutLine() {
  const number = svg("text", { class: "number", x: 0, y: 0, ...middled });
  const shown = svg("g", {}, number);
  const { knob, tall } = LINE;
  return {
    grip: svg("g", { class: "cut-line pointer" },
      svg("rect", { class: "reach", x: -FINGER / 2, y: knob - 13, width: FINGER, height: tall - knob + 13 }),
      svg("path", { class: "thread", d: `M0 ${knob}V${CURVE.bottom}` }),
      svg("circle", { class: "ring", cy: knob, r: 11 }),
      svg("circle", { class: "grip knob", cy: knob, r: 7 }),
      shown),
    draw(x, threshold) {
      put(shown, { transform: shift(Math.max(34, Math.min(286, x)) - x, 11) });
      write(number, inCm(threshold));
    },
  };
}

/** The flowers in a line by one feature, the curve of the gain, and the threshold. */
function line(feature, { threshold, cut }) {
  const [least, most] = endsOf(feature);
  const { left, right, tall, axis, knob } = LINE;
  const scale = (right - left) / (most - least);
  const x = (value) => left + (value - least) * scale;
  const y = (gain) => CURVE.bottom - gain * (CURVE.bottom - CURVE.top);
  const label = `150 irises by ${FEATURES[feature]}, the threshold as a slider, and the gain of each threshold`;
  const root = drawing({ viewBox: `0 0 320 ${tall}`, role: "group", "aria-label": label });
  const area = svg("rect", { class: "reach", x: left, y: knob, width: right - left, height: CURVE.bottom - knob });
  const rules = svg("g", { class: "rules", "aria-hidden": "true" },
    ...[0, 0.5, 1].map((gain) => svg("g", {},
      svg("line", { x1: PLOT.left, x2: PLOT.right, y1: y(gain), y2: y(gain) }),
      svg("text", { x: PLOT.left - 5, y: y(gain) + 4, "text-anchor": "end" }, String(gain).replace("0.", ".")))),
    ...BASES.map((base) => svg("line", { x1: PLOT.left, x2: PLOT.right, y1: base + 1, y2: base + 1 })),
    ...ticksOf(least, most).map((value) => svg("g", {},
      svg("line", { x1: x(value), x2: x(value), y1: axis - 5, y2: axis }),
      svg("text", { x: x(value), y: axis + 12, ...middled }, String(value)))));
  const species = SPECIES.map((name, i) => svg("g", {},
    svg("path", {
      class: `flowers of-${name}`, d: markAt(i, PLOT.left + 4, TITLES[i] - 4) + marksOf(feature, i, x),
    }),
    svg("text", { class: "name", x: PLOT.left + 11, y: TITLES[i] }, name)));
  const curve = svg("path", { class: "gain-curve gain", d: curveOf(feature, x, y) });
  const now = svg("circle", { class: "gain-now gain", r: 4.5 });
  const { grip, draw } = cutLine();
  const tell = handle(grip, root, {
    label: `Threshold of ${FEATURES[feature]} in cm`, way: "horizontal", min: least, max: most,
    step: STEP, bigStep: 2 * STEP, blank: 58,
    value: threshold,
    change: cut,
    track: area,
    at: (px) => least + (px - left) / scale,
  });
  root.append(rules, area, ...species, curve, bestPlaces(feature, x, y),
    svg("text", { class: "name", x: PLOT.left, y: CURVE.title }, "gain, bits a flower"), now, grip);
  return {
    root,
    draw(state) {
      const { threshold: at, gain, sides } = state;
      put(grip, { transform: shift(x(at), 0) });
      put(now, { transform: shift(x(at), y(gain)) });
      draw(x(at), at);
      const [few, many] = sides.map(({ n }) => n);
      tell(Math.round(at * 1e4) / 1e4, `${inCm(at)}, ${few} left, ${many} right, gain ${fixed(gain, 4)} bits`);
    },
  };
}

// ---- the bills -------------------------------------------------------------------------------

// Three columns of shares, and below them two bars of all bits.
const SHARES = { columns: [24, 124, 224], wide: 58, number: 62, rows: [38, 60, 82], high: 13 };
const BILLS = { left: 24, right: 316, before: 122, after: 166, high: 15, tall: 202 };
const perBit = (BILLS.right - BILLS.left) / WHOLE.bill;

/** A column of shares: its title, and a bar and a number for each species. */
function shareColumn(column) {
  const left = SHARES.columns[column];
  const title = svg("text", { class: "name", x: left, y: 14 });
  const rows = SPECIES.map((name, i) => {
    const bar = svg("rect", {
      class: `flowers of-${name}`, x: left, y: SHARES.rows[i] - SHARES.high / 2, height: SHARES.high,
    });
    return { bar, number: svg("text", { class: "inside", x: left + SHARES.number, y: SHARES.rows[i] + 4 }) };
  });
  return {
    node: svg("g", {}, svg("path", { class: "share-axis", d: `M${left} 26V94` }), title,
      ...rows.flatMap(({ bar, number }) => [bar, number])),
    draw(name, { n, shares }) {
      write(title, `${name}: ${n}`);
      rows.forEach(({ bar, number }, i) => {
        put(bar, { width: SHARES.wide * shares[i] });
        write(number, n === 0 ? "–" : short(shares[i]));
      });
    },
  };
}

/** The species in each part, and the bill of all flowers before the cut and after it. */
function bills() {
  const columns = [0, 1, 2].map(shareColumn);
  const { left, right, before, after, high, tall } = BILLS;
  const caption = (y, text) => svg("text", { class: "name", x: left, y: y - 6 }, text);
  const parts = SIDES.map((name) => svg("rect", { class: `bill-part of-${name}`, y: after, height: high }));
  const saved = svg("rect", { class: "area outlined", y: after, height: high });
  const hatch = svg("path", { class: "hatch" });
  const anchors = { left: [left, "start"], right: [128, "middle"], saved: [right, "end"] };
  const numbers = Object.entries(anchors).map(([name, [x, anchor]]) =>
    svg("text", { class: `of-bill ${name === "saved" ? "gain" : ""}`.trim(), x, y: after + high + 14, "text-anchor": anchor }));
  const label = "The shares of the species before the cut and on either side of it, and the bills in bits; the table has the numbers";
  const root = drawing({ viewBox: `0 0 320 ${tall}`, role: "img", "aria-label": label },
    ...SPECIES.map((name, i) => svg("path", { class: `flowers of-${name}`, d: markAt(i, 12, SHARES.rows[i]) })),
    ...columns.map(({ node }) => node),
    caption(before, `bill before: ${fixed(WHOLE.bill, 2)} bits`),
    svg("rect", { class: "bill-part of-all", x: left, y: before, width: right - left, height: high }),
    caption(after, "bills after, and what is saved"),
    ...parts, svg("g", { class: "gain" }, saved, hatch), ...numbers);
  columns[0].draw("parent", WHOLE);
  return {
    node: figure("Compare the bills", "shares, and bits of all flowers", root),
    draw({ sides, gain }) {
      let x = left;
      sides.forEach((one, i) => {
        columns[i + 1].draw(SIDES[i], one);
        put(parts[i], { x, width: one.bill * perBit });
        x += one.bill * perBit;
      });
      const box = { x, y: after, width: Math.max(0, right - x), height: high };
      put(saved, { x, width: box.width });
      put(hatch, { d: hatching(box, false) });
      const texts = [...sides.map(({ bill }) => bill), COUNT * gain];
      numbers.forEach((text, i) => write(text, `${[...SIDES, "saved"][i]} ${fixed(texts[i], 2)}`));
    },
  };
}

// ---- the readout -----------------------------------------------------------------------------

const toFour = (value) => (Number.isNaN(value) ? "–" : fixed(value, 4));

/** The sum in two ways, each as letters and as numbers. */
function sums({ sides }) {
  const there = sides.map((one, i) => ({ ...one, name: SIDES[i] })).filter(({ n }) => n > 0);
  return [
    `H(parent)${there.map(({ n, name }) => ` − ${n}/${COUNT}·H(${name})`).join("")}`,
    `= ${toFour(BEFORE)}${there.map((one) => ` − ${toFour(weighted(one, one.entropy))}`).join("")}`,
    there.map(({ n, name }) => `${n}/${COUNT}·D(${name}‖parent)`).join(" + "),
    `= ${there.map((one) => toFour(weighted(one, one.apart))).join(" + ")}`,
  ];
}
const LONGEST_SUMS = [
  "H(parent) − 100/150·H(left) − 50/150·H(right)", "= 1.5850 − 0.0000 − 0.0000",
  "100/150·D(left‖parent) + 50/150·D(right‖parent)", "= 0.0000 + 0.0000",
];

const remarks = new Map();
/** Which cuts of the feature save most, and whether one of another feature saves as much. */
function remark(feature) {
  if (remarks.has(feature)) return remarks.get(feature);
  const places = best(feature);
  const ranges = places.map(({ from, to }) => `from ${from.toFixed(1)} to below ${to.toFixed(1)}`);
  const others = FEATURES.filter((_, other) =>
    other !== feature && Math.abs(best(other)[0].gain - places[0].gain) < 1e-12);
  const tie = others.length > 0 ? ` The best cut of ${others.join(", ")} saves as much.` : "";
  const text = `Every cut of ${FEATURES[feature]} ${ranges.join(" and ")} cm saves most,`
    + ` ${fixed(places[0].gain, 4)} bits.${tie}`;
  remarks.set(feature, text);
  return text;
}

/** The gain, its sum in both ways, and a table of the parts. */
function account() {
  const gain = live("gain split-gain");
  const texts = LONGEST_SUMS.map(() => html("span"));
  const lines = texts.map((text, i) =>
    keepRoom(html("p", { class: "soft line split-sum", translate: "no" }, over(text)), LONGEST_SUMS[i]));
  const cells = SIDES.map(() => ["", "", "", ""].map(live));
  const foot = ["gain", "gain", "gain"].map(live);
  const table = ledger({
    heads: { part: 18, n: 11, "bits each": 24, bill: 20, "D‖parent": 27 },
    names: ["parent", ...SIDES],
    rows: [[String(COUNT), toFour(BEFORE), fixed(WHOLE.bill, 2), ""], ...cells],
    foot: ["gain", "", ...foot],
  });
  const said = html("span");
  const note = keepRoom(html("p", { class: "note line" }, over(said)),
    longest(FEATURES.map((_, feature) => remark(feature))));
  return {
    nodes: [
      html("div", {}, formula("", "gain = ", html("strong", {}, gain), " a flower"), ...lines),
      table.node,
      note,
    ],
    draw(state) {
      write(gain, `${fixed(state.gain, 4)} bits`);
      sums(state).forEach((text, i) => write(texts[i], text));
      state.sides.forEach(({ n, entropy, bill, apart }, i) => {
        [String(n), toFour(entropy), fixed(bill, 2), toFour(apart)].forEach((text, column) =>
          write(cells[i][column], text));
      });
      const { gain: each } = state;
      [fixed(each, 4), fixed(COUNT * each, 2), fixed(each, 4)].forEach((text, i) => write(foot[i], text));
      write(said, remark(state.feature));
    },
  };
}

function render({ model, el }) {
  const set = (state) => {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
    model.save_changes();
  };
  const threshold = () => model.get("threshold");
  // A kernel may send the feature and the threshold one after the other.
  const fits = () => {
    const [least, most] = endsOf(model.get("feature"));
    return least <= threshold() && threshold() <= most;
  };
  const stateNow = () => {
    const feature = model.get("feature");
    return { feature, threshold: threshold(), ...cutAt(feature, threshold()) };
  };

  // Where each feature was cut last.
  const last = FEATURES.map((_, feature) => middleOf(feature));
  const chips = FEATURES.map((name, feature) => {
    const button = html("button", { type: "button" }, name);
    button.addEventListener("click", () => set({ feature, threshold: last[feature] }));
    return button;
  });
  const lineOf = (feature) => line(feature, { threshold, cut: (at) => set({ threshold: at }) });
  let shown = model.get("feature");
  let flowers = lineOf(shown);
  let drawn;
  const picture = figure("Drag the line", "150 irises, in cm; those on it go left", flowers.root);
  picture.append(html("div", { class: "letters", role: "group", "aria-label": "Measure" }, ...chips));
  const two = bills();
  const table = account();

  const view = frame({
    model,
    el,
    keys: ["feature", "threshold"],
    wide: "tall",
    draw() {
      if (!fits()) return;
      const state = stateNow();
      if (state.feature !== shown) {
        shown = state.feature;
        const next = lineOf(shown);
        flowers.root.replaceWith(next.root);
        flowers = next;
      }
      chips.forEach((button, feature) => put(button, { "aria-pressed": String(feature === shown) }));
      last[shown] = state.threshold;
      flowers.draw(state);
      // Between two flowers nothing else changes.
      const cut = cutAt(shown, state.threshold);
      if (cut === drawn) return;
      drawn = cut;
      two.draw(state);
      table.draw(state);
    },
    summary() {
      if (!fits()) return "";
      const { feature, threshold: at, sides: [left, right], gain } = stateNow();
      return `At ${inCm(at)} of ${FEATURES[feature]}, ${left.n} flowers go left, ${right.n} right;`
        + ` the cut saves ${fixed(gain, 4)} bits a flower.`;
    },
  });
  view.figures.append(picture, two.node);
  view.readout.append(...table.nodes);
  return view.stop;
}

export default { render };

// Two Gaussians to drag, a cloud of samples from P, and what three estimators of D(P‖Q) make of them.

import { account, logRatios, truth, valuesOf } from "./sampling.mjs";
import { PLOT, drawing, figure, heights, html, minus, put } from "../shared/draw.mjs";
import { rules, shift, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { PEAK, bell } from "../shared/gaussians.mjs";
import { tap } from "../shared/handles.mjs";
import { standardNormals } from "../shared/normals.mjs";
import { dragPoint, numberBox, plain } from "../shared/points.mjs";
import { formula, keepRoom, ledger, live, symbol } from "../shared/readout.mjs";

// As in Python.
const ENDS = { mean: [-3, 3], sd: [0.5, 2] };
const SIZES = [10, 100, 1000];
const LAST_SEED = 400;

const SIZE = 296;
const FLOOR = 148;
const HIGHEST = 0.8;
const STRIP = 31; // the height of a strip of dots
const CLOUD = { top: 173, caption: 222 };
const BOXES = { top: 236, pitch: 28 };
const [FIRST, LAST] = [-5.5, 5.5];
const PER_UNIT = (PLOT.right - PLOT.left) / (LAST - FIRST);
const KNOBS = { p: 7, q: 8 };

// The axis of the values: from −2 to 6 steps, of a length that its ladder has.
const AXIS = { left: 10, right: 310, from: -2, to: 6 };
const LADDER = [1, 1.5, 2, 3, 5, 7];
const ROW = { top: 22, pitch: 84, strip: 20, mean: 59, expected: 73 };
const raised = (text) => svg("tspan", { dy: -4, "font-size": 9 }, text);
const FORMULAS = {
  k1: () => ["k1 = −ℓ"],
  k2: () => ["k2 = ℓ²/2"],
  k3: () => ["k3 = e", raised("ℓ"), svg("tspan", { dy: 4 }, " − 1 − ℓ")],
};
const NAMES = Object.keys(FORMULAS);
// How wide a dot of so many is.
const DOTS = { 10: 5, 100: 3.4, 1000: 2 };

const across = (x) => PLOT.left + (x - FIRST) * PER_UNIT;
const within = (name, value) => Math.max(ENDS[name][0], Math.min(ENDS[name][1], value));
const twentieths = (value) => Math.round(value * 20) / 20;

// How high each dot stands in a strip, in tenths: multiples of the golden ratio never crowd.
const HEIGHTS = Array.from({ length: Math.max(...SIZES) }, (_, i) =>
  Math.round(((i * 0.6180339887498949) % 1) * STRIP * 10));

/**
 * The dots of a strip that begins at `top`, in tenths of the drawing's unit, as a path for each side;
 * and how many have no place, below and above.
 *
 * Returns a function of where they stand, and of the side, 0 or 1, that the i-th belongs to.
 */
function strip(top, [left, right]) {
  const dots = HEIGHTS.map((height) => ` ${top * 10 + height}h1`);
  return (places, side) => {
    const paths = ["", ""];
    let [before, after] = [0, 0];
    for (let i = 0; i < places.length; i += 1) {
      const x = places[i];
      if (x < left) before += 1;
      else if (x > right) after += 1;
      else paths[side(i)] += `M${Math.round(x * 10)}${dots[i]}`;
    }
    return { paths, before, after };
  };
}

/** The dots of a role as one path, since a browser takes longer over many: { node, draw(n, d) }. */
function dotLayer(role) {
  const path = svg("path", { class: `specks ${role}` });
  return {
    node: svg("g", { transform: "scale(.1)" }, path),
    draw: (n, d) => put(path, { d, "stroke-width": DOTS[n] * 10 }),
  };
}

/** What is said of dots that have no place: "‹ 2 outside 5 ›". */
const outside = (before, after) => (before + after === 0 ? ""
  : `${before ? `‹ ${before} ` : ""}outside${after ? ` ${after} ›` : ""}`);

// ---- the densities -------------------------------------------------------------------------

/** Both densities and the samples of P. now(): { P, Q }; set(role, gaussian): what the hand asks for. */
function densities({ now, set }) {
  const y = heights(HIGHEST, FLOOR);
  const perDensity = (FLOOR - PLOT.top) / HIGHEST;
  const label = "The densities of P and Q, and the samples from P; the sliders below move P and Q";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const ground = svg("rect", {
    class: "reach", x: PLOT.left, y: PLOT.top - 12, width: PLOT.right - PLOT.left,
    height: FLOOR - PLOT.top + 12,
  });
  const curves = { p: svg("path", { class: "area outlined p" }), q: svg("path", { class: "paid q" }) };
  const cloud = dotLayer("p");
  const cloudOf = strip(CLOUD.top, [PLOT.left, PLOT.right]);
  const missing = svg("text", { class: "number", x: PLOT.right, y: CLOUD.caption, "text-anchor": "end" });
  const caption = svg("text", { class: "name", x: PLOT.left, y: CLOUD.caption });

  const place = (role) => now()[role === "p" ? "P" : "Q"];
  const height = (sd) => PEAK / sd;
  const point = (role) => dragPoint(role, KNOBS[role], role.toUpperCase(), root, {
    start: () => place(role),
    move({ mean, sd }, dx, dy) {
      const asked = PEAK / Math.max(0.01, height(sd) - dy / perDensity);
      // Sideways alone leaves a typed width as it is.
      const next = Math.abs(dy) < 1 ? sd : twentieths(within("sd", asked));
      set(role, { mean: twentieths(within("mean", mean + dx / PER_UNIT)), sd: next });
    },
  });
  const points = { p: point("p"), q: point("q") };
  // Where one lies over the other, their letters stand on either side.
  put(points.p.name, { x: -11, y: -8, "text-anchor": "end" });
  put(points.q.name, { x: 11, y: -8, "text-anchor": "start" });
  // The nearer top goes where one presses; Q's, where both are as near.
  tap(ground, root, (x, at) => {
    const away = (role) => {
      const { mean, sd } = place(role);
      return Math.hypot(across(mean) - x, y(height(sd)) - at);
    };
    set(away("p") < away("q") ? "p" : "q", {
      mean: twentieths(within("mean", FIRST + (x - PLOT.left) / PER_UNIT)),
      sd: twentieths(within("sd", PEAK / Math.max(0.01, (FLOOR - at) / perDensity))),
    });
  });

  const boxes = ["p", "q"].map((role, row) => {
    const box = { y: BOXES.top + BOXES.pitch * row, role, root, width: 104 };
    const letter = role.toUpperCase();
    return {
      role,
      name: svg("text", { class: "name symbol", x: PLOT.left, y: box.y + 17 }, letter),
      mean: numberBox({
        ...box, x: 62, label: `Mean of ${letter}`, way: "horizontal",
        min: ENDS.mean[0], max: ENDS.mean[1], step: 0.05, bigStep: 0.5,
        value: () => place(role).mean,
        change: (mean) => set(role, { ...place(role), mean }),
        drag: (start, dx) => start + dx / PER_UNIT,
      }),
      sd: numberBox({
        ...box, x: 190, label: `Standard deviation of ${letter}`,
        min: ENDS.sd[0], max: ENDS.sd[1], step: 0.05, bigStep: 0.25,
        value: () => place(role).sd,
        change: (sd) => set(role, { ...place(role), sd }),
        drag: (start, dx, dy) => start - dy / 60,
      }),
    };
  });
  root.append(
    rules([0, 0.4, 0.8], y),
    svg("g", { class: "rules", "aria-hidden": "true" }, ...[-4, -2, 0, 2, 4].map((x) =>
      svg("text", { x: across(x), y: FLOOR + 16, "text-anchor": "middle" }, plain(x, 0)))),
    curves.p, ground, curves.q, cloud.node, caption, missing,
    ...boxes.flatMap(({ name, mean, sd }) => [name, mean.node, sd.node]),
    points.p.node, points.q.node);

  // Close enough that the narrowest bell is round.
  const xs = Array.from({ length: 89 }, (_, i) => FIRST + ((LAST - FIRST) * i) / 88);
  const lefts = xs.map((x) => across(x).toFixed(1));
  const curve = ({ mean, sd }) => xs.map((x, i) =>
    `${lefts[i]} ${Math.round(y(bell(x, mean, sd)) * 10) / 10}`).join("L");
  let shown = null;
  return {
    node: figure("Drag P or Q", "or press a place, or a number", root),
    draw({ P, Q, n, draws }) {
      put(curves.q, { d: `M${curve(Q)}` });
      // A hand on Q leaves the rest as it is.
      if (!same(shown, [P.mean, P.sd, draws])) {
        shown = [P.mean, P.sd, draws];
        put(curves.p, { d: `M${across(FIRST)} ${FLOOR}L${curve(P)}L${across(LAST)} ${FLOOR}z` });
        const places = draws.map((z) => across(P.mean + P.sd * z));
        const dots = cloudOf(places, () => 0);
        cloud.draw(n, dots.paths[0]);
        write(caption, `${n} samples from P`);
        write(missing, outside(dots.before, dots.after));
      }
      for (const { role, mean, sd } of boxes) {
        const { mean: at, sd: width } = role === "p" ? P : Q;
        put(points[role].node, { transform: shift(across(at), y(height(width))) });
        mean.draw(at, `mean ${plain(at)}`);
        sd.draw(width, `sd ${plain(width)}`);
      }
    },
  };
}

// ---- the values ----------------------------------------------------------------------------

/** The least step of the ladder with which the axis holds what is true of the values. */
function stepFor({ divergence, expected, logSd }) {
  const reach = 2.5 * Math.exp(logSd.k1);
  const most = Math.max(divergence + reach, expected.k2);
  const least = Math.max(0.01, (reach - divergence) / -AXIS.from, most / AXIS.to);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * (LADDER.find((one) => one * power >= least * (1 - 1e-9)) ?? 10);
}

/** A mark at (x, y), or at the edge for what lies beyond it. */
const markAt = (x, y, shape) => {
  if (x < AXIS.left) return `M${AXIS.left + 3} ${y - 5}l-5 5l5 5`;
  return x > AXIS.right ? `M${AXIS.right - 3} ${y - 5}l5 5l-5 5` : `M${x.toFixed(1)} ${y}${shape}`;
};

/** The values of the samples in three strips on one axis, their means, and what is true. */
function strips() {
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "img", "aria-label": "The values" });
  const ends = /** @type {[number, number]} */ ([AXIS.left, AXIS.right]);
  const perStep = (AXIS.right - AXIS.left) / (AXIS.to - AXIS.from);
  const zero = AXIS.left - AXIS.from * perStep;
  const ticks = [0, -2, 2, 4, 6].map((steps) => {
    const x = zero + steps * perStep;
    const anchor = { "-2": "start", 6: "end" }[steps] ?? "middle";
    const text = svg("text", { x: { "-2": 0, 6: 320 }[steps] ?? x, y: 12, "text-anchor": anchor });
    const line = svg("line", { x1: x, x2: x, y1: ROW.top, y2: ROW.top + 3 * ROW.pitch });
    return { steps, text, node: svg("g", {}, line, text) };
  });
  const divergence = svg("g", { class: "level cost" },
    svg("line", { y1: ROW.top, y2: ROW.top + 3 * ROW.pitch }),
    svg("text", { y: SIZE - 6, "text-anchor": "middle" }, "D(P‖Q)"));
  // What adds, and what is below 0.
  const layers = ["cost", "gain"].map(dotLayer);
  const marks = Object.fromEntries(["whisker", "expected-mark", "whisker-mean"].map((kind) =>
    [kind, svg("path", { class: kind })]));
  const rows = NAMES.map((name, i) => {
    const top = ROW.top + ROW.pitch * i;
    return {
      name,
      dotsOf: strip(top + ROW.strip, ends),
      mean: top + ROW.mean,
      expected: top + ROW.expected,
      title: svg("text", { class: "number", x: AXIS.left, y: top + 13 }, ...FORMULAS[name]()),
      missing: svg("text", { class: "number", x: AXIS.right, y: top + 13, "text-anchor": "end" }),
    };
  });
  root.append(
    svg("g", { class: "rules", "aria-hidden": "true" }, ...ticks.map(({ node }) => node)),
    divergence, ...layers.map(({ node }) => node), ...Object.values(marks),
    ...rows.flatMap(({ title, missing }) => [title, missing]));

  return {
    node: figure("The values", "in nats; ● mean ± se, ◇ E[k]", root),
    draw({ n, values, accounts, known }) {
      const step = stepFor(known);
      const at = (value) => zero + (value / step) * perStep;
      const kept = (value) => Math.max(ends[0], Math.min(ends[1], at(value))).toFixed(1);
      for (const { steps, text } of ticks) {
        write(text, minus(Number((steps * step).toPrecision(3))).replace(/^(−?)0\./, "$1."));
      }
      put(divergence, { transform: shift(at(known.divergence), 0) });
      const all = rows.map(({ name, dotsOf, missing }) => {
        const mine = values[name];
        const dots = dotsOf(mine.map(at), (i) => (mine[i] < 0 ? 1 : 0));
        write(missing, outside(dots.before, dots.after));
        return dots;
      });
      layers.forEach((layer, side) =>
        layer.draw(n, all.map(({ paths }) => paths[side]).join("")));
      const inAll = (mark) => rows.map((row) => mark(row, accounts[row.name])).join("");
      put(marks.whisker, {
        d: inAll(({ mean: y }, { mean, error }) => {
          const [low, high] = [kept(mean - error), kept(mean + error)];
          return `M${low} ${y - 5}v10M${low} ${y}H${high}M${high} ${y - 5}v10`;
        }),
      });
      put(marks["whisker-mean"], { d: inAll(({ mean: y }, { mean }) => markAt(at(mean), y, "h.1")) });
      put(marks["expected-mark"], {
        d: inAll(({ name, expected: y }) =>
          markAt(at(known.expected[name]), y - 6, "l5 6l-5 6l-5 -6z")),
      });
      const counts = rows.map(({ name }, i) => `${all[i].before + all[i].after} of ${name}`);
      const label = "The values of the samples; the table has their means. Outside the axis are ";
      put(root, { "aria-label": `${label}${counts.join(", ")}.` });
    },
  };
}

// ---- the readout ---------------------------------------------------------------------------

/** A result: 0.1250, 14.63, 4181.0. */
const result = (value) => plain(value, Math.abs(value) < 10 ? 4 : Math.abs(value) < 1000 ? 2 : 1);

/**
 * A number for the table, from its logarithm where it may pass what a double holds: .1250, 14.63,
 * 4259; from a hundred thousand on 1.2e48.
 */
function brief(value, log = Math.log(Math.abs(value))) {
  if (log === Infinity) return "infinite";
  const size = Math.abs(value);
  if (size < 1) return plain(value, 4).replace(/^(−?)0\./, "$1.");
  if (size < 99_999.5) return plain(value, size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
  const power = Math.floor(log / Math.LN10);
  const front = Math.exp(log - power * Math.LN10).toFixed(power < 100 ? 1 : 0);
  return power > 9999 ? "huge" : `${value < 0 ? "−" : ""}${front}e${power}`;
}

const fromLog = (log) => brief(Math.exp(log), log);

const INFINITE = "Here k3 has infinite variance (sd of Q ≥ √2 · sd of P): do not trust its ± se.";

/** D(P‖Q), the bias of k2, what is drawn, and a row for each estimator. */
function readout({ setSize, again }) {
  const total = live("cost whole");
  const bias = live("whole");
  const below = live("whole");
  const note = keepRoom(html("p", { class: "note" }), INFINITE);
  const sizes = SIZES.map((n) => {
    const button = html("button", { type: "button" }, String(n));
    button.addEventListener("click", () => setSize(n));
    return button;
  });
  const draw = html("button", { type: "button" }, "Draw again");
  draw.addEventListener("click", again);
  const cells = NAMES.map(() => Array.from({ length: 5 }, () => live("")));
  const foot = live("cost");
  const table = ledger({
    heads: { nats: 12, mean: 18, "± se": 17, "E[k]": 17, sd: 18, "sd/KL": 18 },
    names: NAMES,
    rows: cells,
    foot: ["KL", "", "", foot, "", ""],
  });
  return {
    nodes: [
      html("div", {},
        formula("", "D(", symbol("P"), "‖", symbol("Q"), ") = ",
          html("strong", { class: "cost" }, total)),
        html("p", { class: "soft", translate: "no" }, "ℓ = ln q(x)/p(x) at a sample x"),
        html("p", { class: "soft", translate: "no" }, "E[k2] − D(P‖Q) = ", bias),
        html("p", { class: "soft", translate: "no" }, "Values of k1 below 0: ", below),
        html("div", { class: "letters", role: "group", "aria-label": "The samples" },
          html("span", { class: "of-n", translate: "no" }, symbol("n"), " ="), ...sizes, draw)),
      html("div", {}, table.node, note),
    ],
    draw({ n, accounts, known }) {
      const { divergence, expected, logSd } = known;
      write(total, `${result(divergence)} nats`);
      write(foot, brief(divergence));
      const gap = expected.k2 - divergence;
      write(bias, `${gap > 0 ? "+" : ""}${result(gap)} nats`);
      sizes.forEach((button, i) => put(button, { "aria-pressed": String(SIZES[i] === n) }));
      NAMES.forEach((name, i) => {
        const { mean, error } = accounts[name];
        const texts = [
          brief(mean), brief(error), brief(expected[name]), fromLog(logSd[name]),
          divergence === 0 ? "–" : fromLog(logSd[name] - Math.log(divergence)),
        ];
        texts.forEach((text, column) => write(cells[i][column], text));
      });
      write(below, `${accounts.k1.below} of ${n}`);
      write(note, logSd.k3 === Infinity ? INFINITE : "");
    },
  };
}

function render({ model, el }) {
  const gaussian = (role) => ({ mean: model.get(`mean_${role}`), sd: model.get(`sd_${role}`) });
  const now = () => ({ P: gaussian("p"), Q: gaussian("q") });
  const set = (state) => {
    for (const [name, value] of Object.entries(state)) {
      if (value !== model.get(name)) model.set(name, value);
    }
    model.save_changes();
  };

  let drawn = { seed: NaN, n: NaN, draws: [NaN] };
  const drawsNow = () => {
    const [seed, n] = [model.get("seed"), model.get("n")];
    if (drawn.seed !== seed || drawn.n !== n) drawn = { seed, n, draws: standardNormals(seed, n) };
    return drawn;
  };
  const stateNow = () => {
    const { P, Q } = now();
    const { n, draws } = drawsNow();
    const values = valuesOf(logRatios(P, Q, draws));
    const accounts = Object.fromEntries(NAMES.map((name) => [name, account(values[name])]));
    return { P, Q, n, draws, values, accounts, known: truth(P, Q) };
  };

  const parts = [
    densities({
      now,
      set: (role, { mean, sd }) => set({ [`mean_${role}`]: mean, [`sd_${role}`]: sd }),
    }),
    strips(),
    readout({
      setSize: (n) => set({ n }),
      again: () => set({ seed: (model.get("seed") % LAST_SEED) + 1 }),
    }),
  ];
  const view = frame({
    model,
    el,
    keys: ["mean_p", "sd_p", "mean_q", "sd_q", "n", "seed"],
    draw() {
      const state = stateNow();
      for (const part of parts) part.draw(state);
    },
    summary() {
      const { accounts, known } = stateNow();
      const means = NAMES.map((name) => `${name} ${brief(accounts[name].mean)}`).join(", ");
      return `D(P‖Q) is ${result(known.divergence)} nats; the means are ${means}.`;
    },
  });
  view.figures.append(parts[0].node, parts[1].node);
  view.readout.append(...parts[2].nodes);
  return view.stop;
}

export default { render };

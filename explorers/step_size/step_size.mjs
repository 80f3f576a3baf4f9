// The length of one policy update: drag it, see KL divergence, promise and true gain along the way.

import { drawing, figure, fitter, fixed, html, minus, put, shift } from "../shared/draw.mjs";
import { short, signed, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { standingRoom } from "../shared/bars.mjs";
import { handle } from "../shared/handles.mjs";
import { mover, outcomes } from "../shared/pmf.mjs";
import { LONGEST, ratio, update } from "./policy.mjs";
import { formula, ledger, live, symbol } from "../shared/readout.mjs";

// Two panels, one above the other, in both drawings.
const PANEL = { tall: 334, left: 26, right: 316, top: 22, middle: 150, low: 196, bottom: 304 };
const MOST_NATS = 3;
const GAINS = [-2, 3];
const MOST_ADVANTAGE = 3;
const POINTS = 50;
const METHODS = { plain: "gradient", natural: "natural gradient", clip: "clip, repeated" };
// The curves: the panel, what of an update they show, the colour and the dashes.
const CURVES = [
  { panel: "nats", key: "there", role: "cost", dash: "none" },
  { panel: "nats", key: "back", role: "", dash: "7 4" },
  { panel: "nats", key: "square", role: "", dash: "2 3" },
  { panel: "gains", key: "promise", role: "q", dash: "7 4" },
  { panel: "gains", key: "clipped", role: "q", dash: "2 3" },
  { panel: "gains", key: "gain", role: "gain", dash: "none" },
];

const ofNats = (value) =>
  PANEL.middle - (value / MOST_NATS) * (PANEL.middle - PANEL.top);
const ofGain = (value) =>
  PANEL.bottom - ((value - GAINS[0]) / (GAINS[1] - GAINS[0])) * (PANEL.bottom - PANEL.low);
const ZERO = (PANEL.low + PANEL.bottom) / 2;
const UNIT = (PANEL.bottom - PANEL.low) / 2 / MOST_ADVANTAGE;

/** Rules of a panel; the first is its base line. */
const lines = (values, y) => svg("g", { class: "rules", "aria-hidden": "true" },
  ...values.map((value) => svg("g", {},
    svg("line", { x1: PANEL.left, x2: PANEL.right, y1: y(value), y2: y(value) }),
    svg("text", { x: PANEL.left - 7, y: y(value) + 4, "text-anchor": "end" },
      minus(value).replace(/^0\./, ".")))));

/** The arms: the old and the new policy above, the advantages below. */
function arms({ names, fit, old, setOld, advantage, setAdvantage }) {
  const slot = (PANEL.right - PANEL.left) / names.length;
  const y = (p) => PANEL.middle - p * (PANEL.middle - PANEL.top);
  const middled = { "text-anchor": "middle" };
  const wide = 22;
  const root = drawing({
    viewBox: `0 0 320 ${PANEL.tall}`, role: "group",
    "aria-label": "Sliders for the old policy and for the estimated advantages",
  },
    lines([0, 0.5, 1], y),
    lines([0, -2, 2], (value) => ZERO - value * UNIT));
  const columns = names.map((name, i) => {
    const x = PANEL.left + slot * (i + 0.5);
    const [left, right] = [x - 15, x + 15];
    const before = svg("rect", { class: "area outlined p", x: left - wide / 2, width: wide });
    const after = svg("rect", { class: "area outlined q", x: right - wide / 2, width: wide });
    const share = svg("text", { class: "number", x: right, y: -7, ...middled });
    const shareAt = svg("g", {}, share);
    const number = svg("text", { class: "number", x: left, y: -12, ...middled });
    const grip = svg("g", { class: "p" },
      svg("rect", { class: "reach", x: left - 15, y: -20, width: 30, height: 34 }),
      svg("rect", { class: "ring", x: left - 14, y: -9, width: 28, height: 18, rx: 9 }),
      svg("rect", { class: "grip", x: left - wide / 2, y: -2, width: wide, height: 4, rx: 2 }),
      svg("circle", { class: "grip knob", cx: left, r: 6 }),
      number);
    const above =
      standingRoom({ x: left, slot: 30, top: PANEL.top, bottom: PANEL.middle }, before);
    const tellOld = handle(grip, root, {
      label: `Old probability of ${name}`,
      value: () => old()[i],
      change: (next, typed) => setOld(i, next, typed),
      track: above,
      at: (_, at) => (PANEL.middle - at) / (PANEL.middle - PANEL.top),
    });
    const estimate = svg("rect", { class: "area outlined guess", x: x - wide / 2, width: wide });
    const real = svg("path", { class: "real", d: `M${x - 19} 0h38` });
    const amount = svg("text", { class: "number", x, y: PANEL.bottom + 22, ...middled });
    const typed = svg("g", {},
      svg("rect", { class: "reach", x: x - 20, y: PANEL.bottom + 5, width: 40, height: 26 }), amount);
    const below = standingRoom({ x, slot, top: PANEL.low, bottom: PANEL.bottom }, estimate);
    const pull = svg("g", { class: "guess" },
      svg("rect", { class: "reach", x: x - 18, y: -15, width: 36, height: 30 }),
      svg("rect", { class: "ring", x: x - 14, y: -9, width: 28, height: 18, rx: 9 }),
      svg("rect", { class: "grip", x: x - wide / 2, y: -2, width: wide, height: 4, rx: 2 }),
      svg("circle", { class: "grip knob", cx: x, r: 6 }));
    const tellEstimate = handle(pull, root, {
      label: `Estimated advantage of ${name}`,
      min: -MOST_ADVANTAGE, max: MOST_ADVANTAGE, step: 0.1, bigStep: 0.5,
      value: () => advantage()[i],
      change: (next) => setAdvantage(i, next),
      number: typed,
      track: below,
      at: (_, at) => (ZERO - at) / UNIT,
    });
    const caption = svg("text", { class: "name", x, y: PANEL.middle + 17, ...middled },
      fit(name, slot - 4));
    return {
      above, before, after, share, shareAt, number, grip, tellOld, below, estimate, real, typed,
      amount, pull, tellEstimate, caption,
    };
  });
  root.append(
    ...columns.flatMap(({ above, after, below, real, caption, typed }) =>
      [above, after, below, real, caption, typed]),
    ...columns.map(({ shareAt }) => shareAt),
    ...columns.map(({ grip }) => grip), ...columns.map(({ pull }) => pull));
  return {
    node: figure("Drag a bar's top", "blue: old policy, orange: new; below: estimate, — true", root),
    draw(p, now, estimates, truth) {
      columns.forEach((column, i) => {
        put(column.before, { y: y(p[i]), height: PANEL.middle - y(p[i]) });
        put(column.after, { y: y(now[i]), height: PANEL.middle - y(now[i]) });
        put(column.shareAt, { transform: shift(0, y(now[i])) });
        put(column.grip, { transform: shift(0, y(p[i])) });
        write(column.number, short(p[i]));
        write(column.share, short(now[i]));
        column.tellOld(Math.round(p[i] * 1e4) / 1e4, `${short(p[i])}, new ${short(now[i])}`);
        const end = ZERO - estimates[i] * UNIT;
        put(column.estimate, { y: Math.min(ZERO, end), height: Math.abs(end - ZERO) });
        put(column.real, { transform: shift(0, ZERO - truth[i] * UNIT) });
        put(column.pull, { transform: shift(0, end) });
        write(column.amount, signed(estimates[i], 1));
        column.tellEstimate(Math.round(estimates[i] * 10) / 10,
          `${signed(estimates[i], 1)}, truly ${signed(truth[i], 1)}`);
      });
    },
  };
}

/** The curves over the length of the step, and the handle that sets it. */
function way({ longest, step, setStep }) {
  const x = (value) => PANEL.left + (value / longest) * (PANEL.right - PANEL.left);
  const root = drawing({
    viewBox: `0 0 320 ${PANEL.tall}`, role: "group",
    "aria-label": "Curves over the length of the update; the table and the formulas give the values",
  },
    lines([0, 1, 2, 3], ofNats),
    lines([0, -2, 2], ofGain),
    svg("g", { "aria-hidden": "true" }, ...[0, 0.5, 1].map((share) =>
      svg("text", { class: "tick-name", x: x(share * longest), y: PANEL.bottom + 25,
        "text-anchor": share === 1 ? "end" : "middle" }, String(share * longest)))),
    svg("text", { class: "axis-name", x: PANEL.left + 4, y: PANEL.top - 8 }, "nats"),
    svg("text", { class: "axis-name", x: PANEL.left + 4, y: PANEL.low - 8 }, "gain"));
  const paths = CURVES.map(({ role, dash }) =>
    svg("path", { class: `curve ${role}`, "stroke-dasharray": dash }));
  const dots = CURVES.map(({ role }) => svg("circle", { class: `dot ${role}`, r: 3.5 }));
  const number = svg("text", {
    class: "number", x: 0, y: (PANEL.middle + PANEL.low) / 2 - 1, "text-anchor": "middle",
  });
  const inside = svg("g", {}, number);
  const grip = svg("g", { class: "pointer" },
    svg("rect", { class: "reach", x: -16, y: PANEL.top, width: 32,
      height: PANEL.bottom - PANEL.top + 14 }),
    svg("path", { class: "thread", d: `M0 ${PANEL.top}V${PANEL.bottom}` }),
    svg("circle", { class: "ring", cy: PANEL.bottom, r: 11 }),
    svg("circle", { class: "grip knob", cy: PANEL.bottom, r: 7 }),
    inside);
  const plot = svg("rect", {
    class: "reach", x: PANEL.left, y: PANEL.top, width: PANEL.right - PANEL.left,
    height: PANEL.bottom - PANEL.top,
  });
  const tell = handle(grip, root, {
    label: "Length of the update", way: "horizontal", max: longest,
    step: longest / 100, bigStep: longest / 10, blank: 30,
    value: step,
    change: setStep,
    track: plot,
    at: (to) => ((to - PANEL.left) / (PANEL.right - PANEL.left)) * longest,
  });
  root.append(plot, ...paths, ...dots, grip);
  // Where a curve is in its panel; null where it has left it.
  const height = ({ panel, key }, state) => {
    const [low, high] = panel === "nats" ? [0, MOST_NATS] : GAINS;
    const value = state[key];
    if (!(value >= low && value <= high)) return null;
    return (panel === "nats" ? ofNats : ofGain)(value);
  };
  return {
    node: figure("Drag the line", "or type the update's length", root),
    drawCurves(at) {
      const states = Array.from({ length: POINTS + 1 }, (_, i) => at((longest * i) / POINTS));
      CURVES.forEach((curve, n) => {
        let pen = "M";
        const d = states.map((state, i) => {
          const y = height(curve, state);
          const to = pen;
          pen = y === null ? "M" : "L";
          return y === null ? "" : `${to}${x((longest * i) / POINTS).toFixed(1)} ${y.toFixed(1)}`;
        });
        put(paths[n], { d: d.join("") });
      });
    },
    draw(length, state) {
      const place = x(Math.min(length, longest));
      put(grip, { transform: shift(place, 0) });
      write(number, fixed(length, 2));
      put(inside, { transform: shift(Math.max(20, Math.min(300, place)) - place, 0) });
      CURVES.forEach((curve, n) => {
        const y = height(curve, state);
        put(dots[n], { transform: shift(place, y ?? 0), visibility: y === null ? "hidden" : "visible" });
      });
      tell(length, `${fixed(length, 2)}, ${fixed(state.there, 4)} nats from old to new`);
    },
  };
}

/** A piece of a curve, as a key beside its number. */
function sample({ role, dash }) {
  return svg("svg", { class: "sample", viewBox: "0 0 28 10", "aria-hidden": "true" },
    svg("path", { class: `curve ${role}`, "stroke-dasharray": dash, d: "M0 5H28" }));
}

/** The formulas with their numbers, the three methods, and a row for each arm. */
function account({ names, choice }) {
  const texts = [
    ["D(old‖new)", "nats"], ["D(new‖old)", "nats"], ["½ δᵀFδ", "nats"],
    ["promised", ""], ["clipped", ""], ["truly gained", ""],
  ];
  const numbers = texts.map(() => live("whole"));
  const step = live("");
  const fraction = live("");
  const rows = names.map(() => [live("p"), live("q"), live(""), live(""), live("gain")]);
  const totals = [live("q"), live("gain")];
  const table = ledger({
    heads: { arm: 24, old: 15, new: 15, ratio: 15, "Â": 15, A: 16 },
    names,
    rows,
    foot: ["gain", "", "", "", ...totals],
  });
  return {
    nodes: [
      html("div", {},
        choice,
        formula("tight", "step ", symbol("η"), " = ", html("strong", {}, step)),
        ...texts.map(([name], i) => formula("tight", sample(CURVES[i]), " ", name,
          " = ", html("strong", { class: CURVES[i].role }, numbers[i]))),
        formula("tight", "clip fraction = ", html("strong", {}, fraction))),
      table.node,
    ],
    rows: table.rows,
    draw(length, p, state, estimates, truth) {
      write(step, fixed(length, 2));
      write(fraction, fixed(state.clipFraction, 2));
      texts.forEach(([, unit], i) => {
        const value = state[CURVES[i].key];
        write(numbers[i], unit ? `${fixed(value, 4)} nats` : signed(value, 4));
      });
      write(totals[0], signed(state.promise, 2));
      write(totals[1], signed(state.gain, 2));
      rows.forEach(([before, after, quotient, estimate, real], i) => {
        write(before, short(p[i]));
        write(after, short(state.now[i]));
        write(quotient, p[i] > 0 ? fixed(ratio(p[i], state.now[i]), 3) : "–");
        write(estimate, signed(estimates[i], 1));
        write(real, signed(truth[i], 1));
      });
    },
  };
}

function render({ model, el }) {
  const now = (name) => model.get(name);
  const assign = (state) => {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
    model.save_changes();
  };
  const at = (length) =>
    update(now("method"), now("p"), now("advantage"), now("truth"), length);

  const buttons = Object.entries(METHODS).map(([method, name]) => {
    const button = html("button", { type: "button" }, name);
    button.addEventListener("click", () =>
      assign({ method, step: Math.min(now("step"), LONGEST[method]) }));
    return button;
  });
  const choice = html("div", {
    class: "letters", role: "group", "aria-label": "Update along",
  }, ...buttons);

  let shape = [];
  let drawn = [];
  let parts;
  const build = (names, method) => {
    const left = arms({
      names,
      fit: fitter(view.figures),
      old: () => now("p"),
      setOld: mover(model, "p"),
      advantage: () => now("advantage"),
      setAdvantage(i, value) {
        assign({ advantage: now("advantage").map((one, n) => (n === i ? value : one)) });
      },
    });
    const right = way({
      longest: LONGEST[method],
      step: () => now("step"),
      setStep: (step) => assign({ step }),
    });
    view.figures.replaceChildren(left.node, right.node);
    if (!same(names, shape[0])) {
      const table = account({ names, choice });
      view.readout.replaceChildren(...table.nodes);
      parts = { table };
    }
    parts = { ...parts, left, right };
    drawn = [];
  };

  const view = frame({
    model,
    el,
    keys: ["p", "labels", "advantage", "truth", "method", "step"],
    draw() {
      const wanted = [outcomes(model), now("method")];
      if (!same(shape, wanted)) {
        build(...wanted);
        shape = wanted;
      }
      const given = [now("p"), now("advantage"), now("truth")];
      if (!same(drawn, given)) {
        parts.right.drawCurves(at);
        drawn = given;
      }
      const [p, estimates, truth] = given;
      const state = at(now("step"));
      parts.left.draw(p, state.now, estimates, truth);
      parts.right.draw(now("step"), state);
      parts.table.draw(now("step"), p, state, estimates, truth);
      Object.keys(METHODS).forEach((method, i) =>
        put(buttons[i], { "aria-pressed": String(method === now("method")) }));
    },
    summary() {
      const state = at(now("step"));
      return `The update costs ${fixed(state.there, 4)} nats, promises `
        + `${signed(state.promise, 3)} and gains ${signed(state.gain, 3)}.`;
    },
  });
  return view.stop;
}

export default { render };

// The logits of a classifier: drag them, see their softmax, the loss and the pull on each.

import { barGrip, standingRoom } from "../shared/bars.mjs";
import { divergence, entropy } from "../shared/measures.mjs";
import { PLOT, drawing, figure, fitter, fixed, heights, html, link, minus } from "../shared/draw.mjs";
import { put, rules, shift, short, signed, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { everyNames, mover, outcomes } from "../shared/pmf.mjs";
import { formula, keepRoom, ledger, live, symbol } from "../shared/readout.mjs";
import { lossFromLogits, softmax } from "./softmax.mjs";

// The drawing of the logits: from `HIGHEST` at `top` to −`HIGHEST` at `bottom`, and below it the
// scale of the temperature.
const HIGHEST = 5;
const LOGITS = { height: 300, top: 34, bottom: 204, track: 272, left: 62, right: 300 };
const TEMPERATURE = { min: 0.5, max: 5 };
// How long the arrow of a pull of 1 is.
const ARROW = 54;

const inNats = (value) => `${fixed(value, 4)} nats`;

/** A logit as short as two decimals allow, with a true minus sign: −1.5, 0, 4.58. */
const plain = (value) => minus(Number(value.toFixed(2)));

/** −∂H(P, Q)/∂z: what each logit is pulled by, up or down. */
const pulls = (p, q, temperature) => p.map((one, i) => (one - q[i]) / temperature);

/** An arrow from 0 up or down to `y`, as a path; nothing where it would be shorter than its head. */
function arrow(y) {
  if (Math.abs(y) < 3) return "";
  const back = y - Math.sign(y) * 5;
  return `M0 0V${y.toFixed(2)}M-4 ${back.toFixed(2)}L0 ${y.toFixed(2)}L4 ${back.toFixed(2)}`;
}

/**
 * The logits as bars from 0 up and down, with a handle and an arrow each; below, the temperature.
 * Returns { node, handles, draw(z, p, q, temperature) }.
 */
function logitBars({ names, fit, value, change, temperatureNow, heat }) {
  const { height, top, bottom, track, left, right } = LOGITS;
  const label = "Logits, one slider for each class, and the temperature";
  const y = (one) => (top + bottom) / 2 - (one / HIGHEST) * ((bottom - top) / 2);
  const root = drawing({ viewBox: `0 0 320 ${height}`, role: "group", "aria-label": label },
    svg("g", { class: "rules", "aria-hidden": "true" }, ...[0, HIGHEST, -HIGHEST].map((one) =>
      svg("g", {},
        svg("line", { x1: PLOT.left, x2: PLOT.right, y1: y(one), y2: y(one) }),
        svg("text", { x: PLOT.left - 7, y: y(one) + 4, "text-anchor": "end" }, plain(one))))));
  const slot = (PLOT.right - PLOT.left) / names.length;
  const width = Math.min(44, slot * 0.5);
  const middled = { "text-anchor": "middle" };

  const columns = names.map((name, i) => {
    const x = PLOT.left + slot * (i + 0.5);
    const bar = svg("rect", { class: "area q", x: x - width / 2, width });
    const caption = svg("text", { class: "name", x, y: bottom + 22, ...middled }, "");
    write(caption, fit(name, slot - 4));
    const number = svg("text", { class: "number", x, y: -12, ...middled });
    const grip = barGrip({ role: "q", x, width, slot, reach: 40 }, number);
    const pull = svg("path", { class: "pull" });
    const room = standingRoom({ x, slot, top, bottom }, bar);
    const describe = handle(grip, root, {
      label: `Logit of ${name}`,
      min: -HIGHEST, max: HIGHEST, step: 0.1, bigStep: 1,
      value: () => value(i),
      change: (next) => change(i, next),
      track: room,
      at: (_, at) => ((top + bottom) / 2 - at) / ((bottom - top) / 2) * HIGHEST,
    });
    return { x, bar, room, caption, number, grip, pull, describe };
  });

  const { min, max } = TEMPERATURE;
  const along = (one) => left + ((one - min) / (max - min)) * (right - left);
  const said = svg("text", { class: "number", x: PLOT.left - 20, y: track + 4 });
  const temperature = svg("g", {},
    svg("rect", { class: "reach", x: 0, y: track - 14, width: left - 18, height: 28 }), said);
  const degrees = svg("rect", {
    class: "reach", x: left, y: track - 18, width: right - left, height: 36,
  });
  const knob = svg("g", { class: "pointer" },
    svg("rect", { class: "reach", x: -18, y: track - 18, width: 36, height: 36 }),
    svg("rect", { class: "ring", x: -12, y: track - 12, width: 24, height: 24, rx: 12 }),
    svg("circle", { class: "grip knob", cy: track, r: 8 }));
  const tell = handle(knob, root, {
    label: "Temperature",
    way: "horizontal",
    min, max, step: 0.1, bigStep: 0.5,
    value: temperatureNow,
    change: heat,
    number: temperature, blank: 42,
    track: degrees,
    at: (x) => min + ((x - left) / (right - left)) * (max - min),
  });
  const one = along(1);
  root.append(
    ...columns.flatMap(({ room, caption }) => [room, caption]),
    svg("path", { class: "scale", d: `M${left} ${track}H${right}M${one} ${track - 5}v10` }),
    svg("text", { class: "soft-tick", x: one, y: track + 24, ...middled }, "1"),
    degrees, temperature,
    // Handles come last, so that no bar covers one; an arrow takes nothing from the hand.
    ...columns.map(({ grip }) => grip),
    ...columns.map(({ pull }) => pull),
    knob);

  return {
    node: figure("Drag a logit", "or type it; arrows: the pull", root),
    handles: columns.map(({ grip }) => grip),
    areas: columns.map(({ bar }) => bar),
    draw(z, p, q, heatNow) {
      const pull = pulls(p, q, heatNow);
      columns.forEach((column, i) => {
        const at = y(z[i]);
        put(column.bar, { y: Math.min(at, y(0)), height: Math.abs(at - y(0)) });
        put(column.grip, { transform: shift(0, at) });
        put(column.pull, {
          d: arrow(-ARROW * pull[i]),
          class: `pull ${pull[i] < 0 ? "cost" : "gain"}`,
          transform: shift(column.x + width / 2 + 9, at),
        });
        write(column.number, plain(z[i]));
        column.describe(Number(z[i].toFixed(4)),
          `${plain(z[i])}, probability ${short(q[i])}, pull ${signed(pull[i], 3)}`);
      });
      put(knob, { transform: shift(along(heatNow), 0) });
      write(said, `T = ${fixed(heatNow, 1)}`);
      tell(heatNow, fixed(heatNow, 1));
    },
  };
}

/**
 * The probabilities as bars, and the target as an outline with a handle on each.
 * Returns { node, handles, areas, draw(p, q) }.
 */
function targets({ names, fit, value, change }) {
  const slot = (PLOT.right - PLOT.left) / names.length;
  const width = Math.min(56, slot * 0.6);
  const y = heights(1);
  const label = "Probabilities of the model, and of the target as sliders";
  const viewBox = `0 0 ${PLOT.width} ${PLOT.bottom + 46}`;
  const root = drawing({ viewBox, role: "group", "aria-label": label }, rules([0, 0.5, 1], y));
  const middled = { "text-anchor": "middle" };

  const columns = names.map((name, i) => {
    const x = PLOT.left + slot * (i + 0.5);
    const left = x - width / 2;
    const bar = svg("rect", { class: "area q", x: left + 5, width: width - 10 });
    const outline = svg("rect", { class: "target p", x: left, width });
    const belief = svg("text", { class: "number belief q", x, y: PLOT.bottom + 38, ...middled });
    const number = svg("text", { class: "number", x, y: -14, ...middled });
    const caption = svg("text", { class: "name", x, y: PLOT.bottom + 19, ...middled });
    write(caption, fit(name, slot - 4));
    const grip = barGrip({ role: "p", x, width, slot }, number);
    const track = standingRoom({ x, slot, ...PLOT }, bar, outline);
    const describe = handle(grip, root, {
      label: `Target of ${name}`,
      value: () => value(i),
      change: (next, typed) => change(i, next, typed),
      track,
      at: (_, at) => (PLOT.bottom - at) / (PLOT.bottom - PLOT.top),
    });
    root.append(track, belief, caption);
    return { bar, outline, belief, number, grip, describe };
  });
  root.append(...columns.map(({ grip }) => grip));

  return {
    node: figure("Drag a target", "or type it; outlines: p, bars: q", root),
    handles: columns.map(({ grip }) => grip),
    areas: columns.map(({ bar }) => bar),
    draw(p, q) {
      columns.forEach(({ bar, outline, belief, number, grip, describe }, i) => {
        const [high, top] = [y(q[i]), y(p[i])];
        put(bar, { y: high, height: PLOT.bottom - high });
        put(outline, { y: top, height: PLOT.bottom - top });
        put(grip, { transform: shift(0, top) });
        write(belief, names.length > 4 ? short(q[i]) : `q ${short(q[i])}`);
        write(number, short(p[i]));
        describe(Math.round(p[i] * 1e4) / 1e4, `${short(p[i])}, the model says ${short(q[i])}`);
      });
    },
  };
}

/** The loss and its two parts, a row for each class, and a button that makes it the label. */
function losses({ names, every, choose }) {
  const results = [["H(P,Q)", "q"], ["H(P)", "p"], ["D(P‖Q)", "cost"]];
  const numbers = results.map(() => live("whole"));
  const letters = (text) => [...text].map((one) => (/[A-Z]/.test(one) ? symbol(one) : one));
  const rows = names.map(() => [live(""), live("p"), live("q"), live("")]);
  const table = ledger({
    heads: { class: 30, z: 15, p: 16, q: 16, "(p − q)/T": 23 },
    names,
    rows,
    foot: ["sum", "", "1", "1", "0"],
    most: Math.max(...every.map(({ length }) => length)),
  });
  const makeLabel = (name) => `label: ${name}`;
  const buttons = names.map((name, i) => {
    const button = html("button", { type: "button" }, makeLabel(name));
    button.addEventListener("click", () => choose(i));
    return button;
  });
  // Other names may need more lines.
  const unseen = every.map((others) => html("div", { class: "letters unseen" },
    ...others.map((name) => keepRoom(html("span"), makeLabel(name)))));
  return {
    nodes: [
      html("div", {},
        ...results.map(([name, role], i) => formula("",
          ...letters(name), " = ", html("strong", { class: role }, numbers[i]))),
        html("p", { class: "soft" }, "The loss is the sum of the two below."),
        html("div", { class: "stack" },
          html("div", { class: "letters", role: "group", "aria-label": "One-hot targets" },
            ...buttons),
          ...unseen)),
      table.node,
    ],
    rows: table.rows,
    draw(z, p, q, temperature, values) {
      values.forEach((value, i) => write(numbers[i], inNats(value)));
      const pull = pulls(p, q, temperature);
      rows.forEach(([logit, target, belief, more], i) => {
        write(logit, plain(z[i]));
        write(target, short(p[i]));
        write(belief, short(q[i]));
        write(more, signed(pull[i], 4));
        put(more, { class: `live ${Math.abs(pull[i]) < 5e-5 ? "" : pull[i] < 0 ? "cost" : "gain"}` });
      });
    },
  };
}

function render({ model, el }) {
  const pNow = () => model.get("p");
  const heatNow = () => model.get("temperature");
  // The model on a page checks nothing: a preset may bring another number of classes first.
  const zNow = () => pNow().map((_, i) => model.get("z")[i] ?? 0);
  const aim = mover(model, "p");
  const every = everyNames(model);
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  const stateNow = () => {
    const [p, t] = [pNow(), heatNow()];
    const scaled = zNow().map((one) => one / t);
    const q = softmax(scaled);
    const parts = [lossFromLogits(p, scaled), entropy(p, "nats"), divergence(p, q) * Math.LN2];
    return { z: zNow(), p, q, t, parts };
  };

  let shape = [];
  let pieces;
  const build = (names) => {
    const fit = fitter(view.figures);
    const logits = logitBars({
      names,
      fit,
      value: (i) => zNow()[i],
      change: (i, next) => set("z", zNow().map((one, k) => (k === i ? next : one))),
      temperatureNow: heatNow,
      heat: (next) => set("temperature", next),
    });
    const chances = targets({ names, fit, value: (i) => pNow()[i], change: aim });
    const table = losses({
      names,
      every: every(),
      choose: (i) => set("p", names.map((_, k) => (k === i ? 1 : 0))),
    });
    names.forEach((_, i) => {
      link(logits.handles[i], logits.areas[i], chances.handles[i], chances.areas[i], table.rows[i]);
    });
    view.figures.replaceChildren(logits.node, chances.node);
    view.readout.replaceChildren(...table.nodes);
    pieces = { logits, chances, table };
  };

  const view = frame({
    model,
    el,
    keys: ["p", "z", "temperature", "labels"],
    draw() {
      const names = outcomes(model);
      if (!same(shape, names)) build((shape = names));
      const { z, p, q, t, parts } = stateNow();
      pieces.logits.draw(z, p, q, t);
      pieces.chances.draw(p, q);
      pieces.table.draw(z, p, q, t, parts);
    },
    summary() {
      const [loss, , divergent] = stateNow().parts.map((value) => fixed(value, 4));
      return `The loss is ${loss} nats, ${divergent} more than the target's entropy.`;
    },
  });
  return view.stop;
}

export default { render };

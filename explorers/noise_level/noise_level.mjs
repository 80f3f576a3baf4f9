// A digit in noise: drag the noise level; see what is known of the digit, and what the next step costs.

import { ENDS, LEVELS, density, everything, inkOf, knownAt } from "./noise.mjs";
import { meanBill, meanError, sending, stepsOf } from "./noise.mjs";
import { digitPicture } from "../shared/digits.mjs";
import { PLOT, drawing, figure, hatching, html, keyLine, keyTile, keyTo, put } from "../shared/draw.mjs";
import { rules, shift, short, svg, write } from "../shared/draw.mjs";
import { frame } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { numberBox, plain } from "../shared/points.mjs";
import { formula, keepRoom, live, over } from "../shared/readout.mjs";

// As in Python.
const LAST_DRAW = 100;
const MOST_STEPS = 100;

const SIZE = 280; // of both drawings
const middled = { "text-anchor": "middle" };

// ---- the pictures ------------------------------------------------------------------------------

const PIXEL = 12;
const PLACES = { top: 24, x: 6, z: 112, guess: 218 };
const BARS = { title: 143, top: 155, bottom: 251, names: 268, width: 20 };
const SLOT = (PLOT.right - PLOT.left) / 10;
const COLUMNS = Array.from({ length: 10 }, (_, i) => ({ name: String(i), x: PLOT.left + SLOT * (i + 0.5) }));

/** x, z and the best guess; and how probable each class is. digitNow(), send(digit): what is sent. */
function faces({ digitNow, send }) {
  const label = "The digit x, what noise leaves of it, the best guess, and the probabilities of the classes";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const y = (p) => BARS.bottom - p * (BARS.bottom - BARS.top);
  const side = 8 * PIXEL;
  const [sent, noisy, guess] = [["p", "x"], ["grey", "z"], ["q", "guess"]].map(([role, place]) =>
    digitPicture(role, PLACES[place], PLACES.top, PIXEL, 16));
  const bars = svg("path", { class: "area outlined q" });
  const names = COLUMNS.map(({ name, x }) => svg("text", { x, y: BARS.names, ...middled }, name));
  const columns = svg("rect", {
    class: "reach", x: PLOT.left, y: BARS.top, width: PLOT.right - PLOT.left,
    height: SIZE - BARS.top,
  });
  const number = svg("text", { class: "number", x: 92, y: 16, ...middled });
  const which = svg("g", { class: "corner p" },
    svg("rect", { class: "reach", x: 66, y: -1, width: 40, height: 26 }), number);
  const choice = svg("g", { class: "choice" },
    svg("rect", { class: "ring", x: PLACES.x - 4, y: PLACES.top - 4, width: side + 8, height: side + 8, rx: 4 }),
    sent.node,
    svg("rect", { class: "reach", x: PLACES.x, y: PLACES.top, width: side, height: side }));
  const tell = handle(choice, root, {
    label: "The digit x", way: "horizontal", max: 9, step: 1, bigStep: 3, number: which, blank: 26,
    value: digitNow,
    change: send,
    drag: (start, dx) => start + dx / PIXEL,
    track: columns,
    at: (x) => Math.floor((x - PLOT.left) / SLOT),
  });
  const chance = svg("text", { class: "name", x: PLOT.right, y: BARS.title, "text-anchor": "end" });
  root.append(
    svg("text", { class: "name", x: PLACES.x, y: 16 }, "x, the digit"), which,
    svg("text", { class: "name", x: PLACES.z, y: 16 }, "z, in noise"),
    svg("text", { class: "name", x: PLACES.guess, y: 16 }, "x̂, best guess"),
    svg("text", { class: "name", x: PLOT.left, y: BARS.title }, "which digit, given z"), chance,
    svg("g", { class: "rules", "aria-hidden": "true" }, ...[0, 0.5, 1].map((p) => svg("g", {},
      svg("line", { x1: PLOT.left, x2: PLOT.right, y1: y(p), y2: y(p) }),
      svg("text", { x: PLOT.left - 7, y: y(p) + 4, "text-anchor": "end" }, String(p).replace("0.", "."))))),
    bars, ...names, columns, noisy.node, guess.node, choice);

  let shown = -1;
  return {
    node: figure("Drag across x", "or press a digit below", root),
    draw({ digit, sending: { x }, now }) {
      if (shown !== digit) {
        shown = digit;
        sent.draw(inkOf(x));
        write(number, String(digit));
        names.forEach((name, i) => put(name, { class: i === digit ? "sent-digit" : "name" }));
        tell(digit, `a ${digit}`);
      }
      noisy.draw(now.noisy);
      guess.draw(now.guess);
      put(bars, {
        d: COLUMNS.map(({ x: at }, i) => {
          const top = y(now.classes[i]).toFixed(1);
          return `M${at - BARS.width / 2} ${BARS.bottom}V${top}h${BARS.width}V${BARS.bottom}z`;
        }).join(""),
      });
      write(chance, `${digit}: ${short(now.classes[digit])}`);
    },
  };
}

// ---- the prices --------------------------------------------------------------------------------

const MOST = 6; // nats per unit of λ
const PRICES = { line: 11, knob: 27, top: 42, floor: 184, ticks: 200, keys: 221, pitch: 18, box: 252 };
const PER_UNIT = (PLOT.right - PLOT.left) / (ENDS[1] - ENDS[0]);
const across = (level) => PLOT.left + (level - ENDS[0]) * PER_UNIT;
const coordinate = (x) => Math.round(x * 10) / 10;
/** How high a price stands; what is beyond the picture, a little above it. */
const up = (price) => PRICES.floor - (Math.min(price, MOST * 1.04) / MOST) * (PRICES.floor - PRICES.top);
const dot = (level, price) => `${coordinate(across(level))} ${coordinate(up(price))}`;

/**
 * A curve of what steps without end cost: error(level) is the squared error. Returns a function that
 * gives its part below a level, as a path without its first letter; what is left of it is worked out once.
 */
function curveOf(error) {
  const point = (level) => dot(level, density(level, error(level)));
  const dots = [];
  return (level, here = error(level)) => {
    while (dots.length < LEVELS.length && LEVELS[dots.length] < level) dots.push(point(LEVELS[dots.length]));
    const count = LEVELS.findLastIndex((one) => one < level) + 1;
    return [...dots.slice(0, count), dot(level, density(level, here))].join("L");
  };
}

/** The line by which the level is dragged; its number stays in the picture. */
function levelLine() {
  const number = svg("text", { class: "number", x: 0, y: 0, ...middled });
  const label = svg("g", {}, number);
  const { knob, floor } = PRICES;
  return {
    grip: svg("g", { class: "pointer" },
      svg("rect", { class: "reach", x: -14, y: knob - 14, width: 28, height: floor - knob + 14 }),
      svg("path", { class: "thread", d: `M0 ${knob}V${floor}` }),
      svg("circle", { class: "ring", cy: knob, r: 12 }),
      svg("circle", { class: "grip knob", cy: knob, r: 7 }),
      label),
    draw(level) {
      const x = across(level);
      put(label, { transform: shift(Math.max(34, Math.min(286, x)) - x, PRICES.line) });
      write(number, `λ = ${plain(level)}`);
    },
  };
}

/** The price of the next step over what all steps before it have cost. now(): { level, steps }. */
function prices({ now, set }) {
  const label = "What the steps cost: two sliders move the noise level and the number of steps";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const { top, floor, ticks, keys, pitch, box } = PRICES;
  const ground = svg("rect", {
    class: "reach", x: PLOT.left, y: top - 30, width: PLOT.right - PLOT.left, height: floor - top + 30,
  });
  const paid = svg("path", { class: "area cost" });
  const stairs = svg("path", { class: "stairs cost" });
  const own = svg("path", { class: "own-price" });
  const bar = svg("path", { class: "step-bar cost" });
  const lines = svg("path", { class: "hatch cost" });
  const cut = svg("path", { class: "cut" });
  const { grip, draw: drawLine } = levelLine();
  const tell = handle(grip, root, {
    label: "Noise level λ", way: "horizontal", min: ENDS[0], max: ENDS[1], step: 0.05, bigStep: 1,
    blank: 60,
    value: () => now().level,
    change: (log_snr) => set({ log_snr }),
    track: ground,
    at: (x) => ENDS[0] + (x - PLOT.left) / PER_UNIT,
  });
  const count = numberBox({
    x: 180, y: box, width: 104, role: "cost", root, label: "Number of steps T", way: "horizontal",
    min: 1, max: MOST_STEPS, step: 1, bigStep: 10,
    value: () => now().steps,
    change: (steps) => set({ steps }),
    drag: (start, dx) => start + dx / 3,
  });
  root.append(
    rules([0, 2, 4, 6], (price) => up(price)),
    svg("g", { class: "rules", "aria-hidden": "true" }, ...[-8, -6, -4, -2, 0, 2, 4].map((level) =>
      svg("text", { x: across(level), y: ticks, ...middled }, plain(level, 0)))),
    paid, stairs, own, bar, lines, cut, ground,
    ...keyTo(keyTile("step-bar cost"), PLOT.left, keys, "next step, this x and ε"),
    ...keyTo(keyLine("own-price"), PLOT.left, keys + pitch, "T → ∞, this x and ε"),
    ...keyTo(keyLine("stairs cost"), 200, keys, "T steps, mean"),
    ...keyTo(keyTile("area cost"), 200, keys + pitch, "T → ∞, mean"),
    svg("text", { class: "name", x: PLOT.left, y: box + 17 }, "steps from λ = −8 to 4"),
    count.node, grip);

  const mean = curveOf(meanError);
  const ownCurves = new Map();
  let steps = { count: NaN, all: stepsOf(1) };
  return {
    node: figure("Drag the line", "nats per unit of λ = ln SNR", root),
    draw({ level, steps: T, sending: sent, now: { error, to, price } }) {
      if (!ownCurves.has(sent)) ownCurves.set(sent, curveOf((one) => knownAt(sent, one).error));
      if (steps.count !== T) steps = { count: T, all: stepsOf(T) };
      const x = across(level);
      const first = `${PLOT.left} ${floor}`;
      put(paid, { d: `M${first}L${mean(level)}L${coordinate(x)} ${floor}z` });
      put(own, { d: `M${ownCurves.get(sent)(level, error)}` });
      put(stairs, {
        d: steps.all.filter(({ from }) => from < level).reduce((path, { from, to: end, price: whole }) =>
          `${path}V${coordinate(up(whole / (end - from)))}H${coordinate(across(Math.min(end, level)))}`,
        `M${first}`),
      });
      const width = across(to) - x;
      const high = to > level ? price / (to - level) : 0;
      const place = { x, y: up(high), width, height: floor - up(high) };
      put(bar, { d: `M${coordinate(x)} ${floor}V${coordinate(place.y)}h${coordinate(width)}V${floor}z` });
      put(lines, { d: hatching(place) });
      const beyond = steps.all.filter(({ from, to: end, price: whole }) =>
        from < level && whole > MOST * (end - from)).map(({ from, to: end }) =>
        (across(from) + across(Math.min(end, level))) / 2);
      if (high > MOST) beyond.push(x + width / 2);
      put(cut, { d: beyond.map((middle) => `M${coordinate(middle - 5)} ${top - 9}l5 -6l5 6`).join("") });
      put(grip, { transform: shift(x, 0) });
      drawLine(level);
      tell(Math.round(level * 1e4) / 1e4, `λ = ${plain(level)}, the next step costs ${natsOf(price)}`);
      count.draw(T, `T = ${T}`);
    },
  };
}

// ---- the readout -------------------------------------------------------------------------------

/** A number with the figures that say something: 0.018, 1.82, 503.7. */
const inFigures = (value) => plain(value, value < 0.0995 ? 3 : value < 99.95 ? 2 : 1);
const natsOf = (nats) => `${inFigures(nats)} nats`;
const bitsOf = (nats) => `${inFigures(nats / Math.LN2)} bits`;

/** What is known, in a sentence or two. */
function sentence({ now: { classes, left, meanLeft: mean } }) {
  const likely = classes.indexOf(Math.max(...classes));
  const first = classes[likely] > 0.9995 ? `z leaves no doubt that it is a ${likely}.`
    : `From z it is a ${likely} with probability ${short(classes[likely])}.`;
  return `${first} To name x, one of 160 pictures, still costs ${natsOf(left)}; on average ${
    natsOf(mean)}, as do all steps from here for T → ∞.`;
}
const LONGEST = "From z it is a 8 with probability >.999. To name x, one of 160 pictures, still costs"
  + " 0.000 nats; on average 0.000 nats, as do all steps from here for T → ∞.";

/** The numbers, what is known in words, and the button for another noise. */
function account({ again }) {
  const [step, bill] = ["cost whole", "cost whole"].map(live);
  const [sum, ofStep, scales, ofBill] = Array.from({ length: 4 }, () => live("in-line"));
  const said = html("span", {});
  const button = html("button", { type: "button" }, "Draw again");
  button.addEventListener("click", again);
  const soft = (...children) => html("p", { class: "soft", translate: "no" }, ...children);
  return {
    nodes: [
      html("div", {},
        formula("", "next step: ", html("strong", { class: "cost" }, step)),
        soft("= ½·(SNR′ − SNR)·‖x − x̂‖²"),
        soft(sum),
        soft(ofStep),
        soft(scales),
        html("div", { class: "letters", role: "group", "aria-label": "The noise" }, button)),
      html("div", {},
        formula("", "all T steps: ", html("strong", { class: "cost" }, bill)),
        soft(ofBill),
        soft("for T → ∞: ln 160 = 5.08 nats = 7.32 bits"),
        keepRoom(html("p", { class: "note line" }, over(said)), LONGEST)),
    ],
    draw(state) {
      const { now, bill: all } = state;
      write(step, natsOf(now.price));
      const [next, snr, error] = [now.nextSnr, now.snr, now.error].map(inFigures);
      write(sum, `= ½·(${next} − ${snr})·${error}`);
      write(ofStep, `= ${bitsOf(now.price)}`);
      write(scales, `z = ${plain(now.alpha, 3)}·x + ${plain(now.sigma, 3)}·ε`);
      write(bill, natsOf(all));
      write(ofBill, `= ${bitsOf(all)}, on average over all x and ε`);
      write(said, sentence(state));
    },
  };
}

function render({ model, el }) {
  const set = (state) => {
    for (const [name, value] of Object.entries(state)) {
      if (value !== model.get(name)) model.set(name, value);
    }
    model.save_changes();
  };
  const known = new Map();
  const sendingNow = () => {
    const [digit, draw] = [model.get("digit"), model.get("draw")];
    const key = `${digit} ${draw}`;
    if (!known.has(key)) known.set(key, sending(digit, draw));
    return known.get(key);
  };
  let bill = { steps: NaN, nats: NaN };
  const stateNow = () => {
    const [digit, level, steps] = ["digit", "log_snr", "steps"].map((name) => model.get(name));
    if (bill.steps !== steps) bill = { steps, nats: meanBill(steps) };
    const sent = sendingNow();
    return { digit, level, steps, sending: sent, bill: bill.nats, now: everything(sent, { level, steps }) };
  };

  const parts = [
    faces({ digitNow: () => model.get("digit"), send: (digit) => set({ digit }) }),
    prices({ now: () => ({ level: model.get("log_snr"), steps: model.get("steps") }), set }),
    account({ again: () => set({ draw: (model.get("draw") % LAST_DRAW) + 1 }) }),
  ];
  const view = frame({
    model,
    el,
    keys: ["digit", "log_snr", "draw", "steps"],
    draw() {
      const state = stateNow();
      for (const part of parts) part.draw(state);
    },
    summary() {
      const { digit, level, now } = stateNow();
      return `At λ = ${plain(level)} the next step costs ${natsOf(now.price)}; the right digit, ${
        digit}, has probability ${short(now.classes[digit])}.`;
    },
  });
  view.figures.append(parts[0].node, parts[1].node);
  view.readout.append(...parts[2].nodes);
  return view.stop;
}

export default { render };

// Data P, a generator's Q and a discriminator D to drag: what D wins, and where it pushes Q.

import { accountant, angleOf, atLogit, humpsOf, logDensity, slopeAt } from "./game.mjs";
import { PLOT, drawing, figure, heights, html, keyLine, keyTo } from "../shared/draw.mjs";
import { minus, put, rules, shift, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { bellPath } from "../shared/gaussians.mjs";
import { bellGrips, boxedGrip, curveGrip, gripLetter } from "../shared/grips.mjs";
import { tap } from "../shared/handles.mjs";
import { plain } from "../shared/points.mjs";
import { formula, keepRoom, ledger, live, over, symbol } from "../shared/readout.mjs";

// As in Python.
const ENDS = { mean: [-5, 5], sd: [0.5, 2], middle: [-6, 6], slope: [-8, 8] };

const SIZE = 476;
const FLOOR = 202;
const HIGHEST = 0.8;
const CURVE_D = { top: 238, bottom: 350 };
const ROW = { axis: 219, key: 374, boxes: 388, pitch: 28 };
const [FIRST, LAST] = [-8.5, 8.5];
const PER_UNIT = (PLOT.right - PLOT.left) / (LAST - FIRST);
// How the hand turns the logistic curve.
const TURN = { radius: 44, wide: PER_UNIT, high: CURVE_D.bottom - CURVE_D.top };

// V, in nats below 0; and the slopes, of which any size has room.
const NATS = { left: 14, right: 308, most: 2 };
const PER_NAT = (NATS.right - NATS.left) / NATS.most;
const BLIND = -2 * Math.LN2; // the V of a D that says ½ of everything
const BAR = { tall: 242, top: 20, wall: 34, bar: 42, height: 22, bottom: 76, span: 73, name: 89 };
const PUSH = { middle: 161, half: 147, top: 120, rows: [136, 172, 208], arrow: 13, bottom: 234 };

const across = (x) => PLOT.left + (x - FIRST) * PER_UNIT;
const placeOf = (x) => FIRST + (x - PLOT.left) / PER_UNIT;
const upD = (d) => CURVE_D.bottom - d * TURN.high;
const within = (name, value) => Math.max(ENDS[name][0], Math.min(ENDS[name][1], value));
const twentieths = (value) => Math.round(value * 20) / 20;
const tenth = (value) => Math.round(value * 10) / 10;
/** Where so many nats stand; what is beyond the picture, at its edge. */
const natsAt = (nats) => Math.max(NATS.left, NATS.right + nats * PER_NAT);
/** Where an arrow of a push of this size ends: halfway to the edge for 1. */
const pushAt = (push) => PUSH.middle + (PUSH.half * push) / (1 + Math.abs(push));

// ---- P, Q and D ------------------------------------------------------------------------------

/** Both densities, and D below them. now(): the state; set(state): what the hand asks for. */
function game({ now, set }) {
  const y = heights(HIGHEST, FLOOR);
  const label = "The densities of P and Q, and D below them; sliders move all three";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const area = ({ top, bottom }) => svg("rect", {
    class: "reach", x: PLOT.left, y: top, width: PLOT.right - PLOT.left, height: bottom - top,
  });
  const [ground, groundOfD] = [area({ top: PLOT.top, bottom: FLOOR }), area(CURVE_D)];
  const curves = {
    p: svg("path", { class: "area outlined p" }),
    q: svg("path", { class: "paid q" }),
  };
  const ofD = { best: svg("path", { class: "d-curve" }), own: svg("path", { class: "d-curve" }) };

  const boxes = (row) => [62, 190].map((x) => [x, ROW.boxes + ROW.pitch * row]);
  const grips = (role, letter, row, side) => {
    const [boxOfMean, boxOfSd] = boxes(row);
    // Where one lies over the other, their letters stand on either side.
    const at = { x: 10 * side, y: -9, "text-anchor": side < 0 ? "end" : "start" };
    return bellGrips({
      role, root, side, perUnit: PER_UNIT, ends: ENDS,
      labels: { mean: `Mean of ${letter}`, sd: `Standard deviation of ${letter}` },
      marks: { mean: [gripLetter(letter, at)], sd: [] },
      boxes: { mean: boxOfMean, sd: boxOfSd },
      said: { mean: (value) => `mean ${plain(value)}`, sd: (value) => `sd ${plain(value)}` },
      now: () => now()[letter],
      set: (name, value) => set({ [`${name === "sd" ? "std" : name}_${role}`]: value }),
    });
  };
  const [gripsP, gripsQ] = [grips("p", "P", 0, -1), grips("q", "Q", 1, 1)];
  // The nearest hump goes where one presses; Q, where one of P is as near.
  tap(ground, root, (x) => {
    const at = placeOf(x);
    const { P, Q } = now();
    const near = P.humps.reduce((one, other) =>
      (Math.abs(other - at) < Math.abs(one - at) ? other : one));
    const role = Math.abs(near - at) < Math.abs(Q.mean - at) ? "p" : "q";
    const asked = role === "p" ? P.mean + at - near : at;
    set({ [`mean_${role}`]: twentieths(within("mean", asked)) });
  });

  const own = (name, change) => ({
    role: "pointer", root, min: ENDS[name][0], max: ENDS[name][1],
    value: () => now().D[name],
    change: (value) => set({ [name]: value, best: false }),
    said: (value) => `${name} ${plain(value)}`,
    ...change,
  });
  const middle = boxedGrip({
    ...own("middle", { step: 0.05, bigStep: 0.5, label: "Middle of the logistic D" }),
    node: curveGrip({ role: "pointer", kind: "middle", radius: 7, reach: 15 }),
    box: boxes(2)[0],
    track: groundOfD, at: placeOf,
  });
  const slope = boxedGrip({
    ...own("slope", { step: 0.1, bigStep: 1, label: "Slope of the logistic D" }),
    node: curveGrip({ role: "pointer", kind: "turn", radius: 6, reach: 13 }),
    box: boxes(2)[1],
    drag(start, dx, dy) {
      const angle = angleOf(start, TURN);
      const right = Math.max(0, TURN.radius * Math.cos(angle) + dx);
      return slopeAt(Math.atan2(TURN.radius * Math.sin(angle) - dy, right), TURN);
    },
  });

  const keys = [PLOT.left, 168].map((x, i) =>
    keyTo(keyLine(i === 0 ? "d-curve plays" : "d-curve"), x, ROW.key, ""));
  const names = ["P", "Q", "D"].map((letter, row) => svg("text", {
    class: "name symbol", x: PLOT.left, y: ROW.boxes + ROW.pitch * row + 17,
  }, letter));
  root.append(
    rules([0, 0.2, 0.4, 0.6], y), rules([0, 0.5, 1], upD),
    svg("g", { class: "rules", "aria-hidden": "true" }, ...[-8, -4, 0, 4, 8].map((x) =>
      svg("text", { x: across(x), y: ROW.axis, "text-anchor": "middle" }, plain(x, 0)))),
    curves.p, ground, groundOfD, curves.q, ofD.best, ofD.own,
    ...keys.flat(), ...names,
    ...gripsP.boxes, ...gripsQ.boxes, middle.box, slope.box,
    ...gripsP.nodes, ...gripsQ.nodes, middle.node, slope.node);

  const xs = Array.from({ length: 146 }, (_, i) => FIRST + ((LAST - FIRST) * i) / 145);
  const lefts = xs.map((x) => across(x).toFixed(1));
  const curveOfD = (logit) => `M${curve((x) => upD(atLogit(logit(x))))}`;
  const curve = (height) => xs.map((x, i) => `${lefts[i]} ${tenth(height(x))}`).join("L");
  const scales = { across, y, first: FIRST, last: LAST, highest: HIGHEST };
  let shown = { p: null, q: null, own: null };
  /** Whether this has changed since it was drawn. */
  const changed = (name, ...values) => {
    if (same(shown[name], values)) return false;
    shown[name] = values;
    return true;
  };
  return {
    node: figure("Drag P, Q or D", "by its grips; or press a place, or a number", root),
    draw({ P, Q, D, mixtures }) {
      const [ofP, ofQ] = mixtures;
      const newP = changed("p", P.data, P.mean, P.sd);
      const newQ = changed("q", Q.mean, Q.sd);
      if (newP) {
        const line = curve((x) => y(Math.exp(logDensity(ofP, x))));
        put(curves.p, { d: `M${PLOT.left} ${FLOOR}L${line}L${PLOT.right} ${FLOOR}z` });
        gripsP.draw(P, { ...scales, centre: P.humps[0], weight: 1 / P.humps.length });
      }
      if (newQ) {
        put(curves.q, { d: bellPath(Q, scales) });
        gripsQ.draw(Q, scales);
      }
      if (newP || newQ) {
        put(ofD.best, { d: curveOfD((x) => logDensity(ofP, x) - logDensity(ofQ, x)) });
      }
      if (changed("own", D.middle, D.slope)) {
        put(ofD.own, { d: curveOfD((x) => D.slope * (x - D.middle)) });
        const [x, y, angle] = [across(D.middle), upD(0.5), angleOf(D.slope, TURN)];
        const [right, up] = [Math.cos(angle), Math.sin(angle)].map((part) => TURN.radius * part);
        middle.draw(D.middle, shift(x, y));
        slope.draw(D.slope, shift(x + right, y - up));
      }
      if (changed("plays", D.best)) {
        const both = [ofD.best, ofD.own];
        both.forEach((path, i) => path.classList.toggle("plays", D.best === (i === 0)));
        for (const { node } of [middle, slope]) node.classList.toggle("d-waits", D.best);
        const texts = ["D*, the best", "logistic D"];
        const [plays, waits] = D.best ? texts : texts.reverse();
        [`${plays}, plays`, waits].forEach((text, i) => write(keys[i][1], text));
      }
    },
  };
}

// ---- V and the pushes ------------------------------------------------------------------------

const HEAD = 7; // of an arrow; a shorter one has none

/** An arrow from the middle of the axis to where a push ends. */
function arrowTo(end, y) {
  const shaft = `M${PUSH.middle} ${y}H${tenth(end)}`;
  if (Math.abs(end - PUSH.middle) < HEAD) return shaft;
  const back = tenth(end - Math.sign(end - PUSH.middle) * HEAD);
  return `${shaft}M${back} ${y - 4}L${tenth(end)} ${y}L${back} ${y + 4}`;
}

/** V as a bar before the most that it can be; below it where each loss pushes Q. */
function pushes() {
  const label = "V as a bar, and where each loss pushes Q, as arrows; their numbers follow";
  const root = drawing({ viewBox: `0 0 320 ${BAR.tall}`, role: "img", "aria-label": label });
  const piece = (kind) => svg("rect", { class: kind, y: BAR.bar, height: BAR.height });
  const [won, gap] = [piece("item"), piece("area outlined cost")];
  const wall = svg("line", { class: "wall pointer", y1: BAR.bar - 4, y2: BAR.bar + BAR.height + 4 });
  const middled = { "text-anchor": "middle" };
  const wallName = svg("text", { class: "wall-name pointer", y: BAR.wall, ...middled }, "V of D*");
  const span = svg("path", { class: "js-span" });
  const spanName = svg("text", { class: "name", y: BAR.name, ...middled }, "2·JS");
  const goesOn = svg("path", { class: "goes-on", d: `M${NATS.left + 12} ${BAR.bar + 5}l-6 6l6 6` });
  const mark = (x, text, top, bottom) => svg("g", {},
    svg("line", { x1: x, x2: x, y1: top, y2: bottom }),
    svg("text", { x, y: top - 8, ...middled }, text));
  const marks = (...all) => svg("g", { class: "rules", "aria-hidden": "true" }, ...all);
  const arrows = PUSH.rows.map((y) => ({
    y: y + PUSH.arrow,
    path: svg("path", { class: "push q" }),
    from: svg("circle", { class: "q grip", cx: PUSH.middle, cy: y + PUSH.arrow, r: 3 }),
  }));
  const ofQ = (...before) => [...before, svg("tspan", { class: "symbol" }, "E"),
    svg("tspan", { class: "symbol", "font-size": 9, dy: 3 }, "Q")];
  const names = [
    ["minimax: ", ...ofQ(), svg("tspan", { dy: -3 }, " ln(1 − D)")],
    ["non-saturating: −", ...ofQ(), svg("tspan", { dy: -3 }, " ln D")],
    ["Wasserstein: W1(P, Q)"],
  ].map((words, i) => svg("text", { class: "name", x: 2, y: PUSH.rows[i] }, ...words));
  root.append(
    marks(...[0, -1, -2].map((nats) =>
      mark(NATS.right + nats * PER_NAT, minus(nats), BAR.top, BAR.bottom)),
    mark(natsAt(BLIND), "−ln 4", BAR.top, BAR.bottom)),
    marks(...[0, -4, -1, -0.25, 0.25, 1, 4].map((push) => {
      const size = String(Math.abs(push)).replace("0.25", "¼");
      return mark(pushAt(push), size, PUSH.top, PUSH.bottom);
    })),
    won, gap, goesOn, wall, wallName, span, spanName, ...names,
    ...arrows.flatMap(({ path, from }) => [path, from]));
  const spread = (rect, from, to) => put(rect, { x: from, width: Math.max(0, to - from) });
  return {
    node: figure(
      "V and the pushes", "V from −ln 4, where D is blind; arrows: downhill for Q's mean", root),
    draw({ account: { value, bestValue, minimaxSlope, nonSaturatingSlope, w1Slope } }) {
      const [blind, top, limit] = [BLIND, value, bestValue].map(natsAt);
      spread(won, blind, top);
      spread(gap, top, limit);
      put(wall, { x1: limit, x2: limit });
      put(wallName, { transform: shift(Math.min(limit, NATS.right - 18), 0) });
      put(span, { d: `M${tenth(blind)} ${BAR.span - 5}v5H${tenth(limit)}v-5` });
      put(spanName, { transform: shift((blind + limit) / 2, 0) });
      put(goesOn, { visibility: value < -NATS.most ? "visible" : "hidden" });
      [minimaxSlope, nonSaturatingSlope, w1Slope].forEach((slope, i) =>
        put(arrows[i].path, { d: arrowTo(pushAt(-slope), arrows[i].y) }));
    },
  };
}

// ---- the readout -----------------------------------------------------------------------------

const natsText = (value) => plain(value, Math.abs(value) < 100 ? 4 : 2);

/** How the D that plays stands to the best, and to one that says ½ of everything. */
function verdict({ best }, { gap, value }) {
  if (best) return "No D wins more against this P and Q.";
  const more = `D* would win ${natsText(gap)} nats more.`;
  return value < BLIND - 5e-5 ? `This D wins less than one that says ½ everywhere. ${more}` : more;
}
const LONGEST_VERDICT = verdict({ best: false }, { gap: 100, value: -100 });

/** E with its index: E_Q. */
const mean = (of) => html("span", {}, symbol("E"), html("sub", {}, symbol(of)));

/** The numbers, and the button that says which D plays. */
function readout({ toggle }) {
  const numbers = {
    value: live("with-unit"), bestValue: live("whole"), gap: live("cost with-unit"),
  };
  const bold = (name) => html("strong", {}, numbers[name]);
  const soft = (...children) => html("p", { class: "soft", translate: "no" }, ...children);
  const [js, divergence] = [live(""), live("whole")];
  const said = html("span", {});
  const best = html("button", { type: "button" }, "Let D* play");
  best.addEventListener("click", toggle);
  const cells = Array.from({ length: 2 }, () => [live(""), live("q")]);
  const foot = [live(""), live("q")];
  const table = ledger({
    heads: { loss: 40, value: 30, slope: 30 },
    names: [html("span", {}, mean("Q"), " ln(1 − D)"), html("span", {}, "−", mean("Q"), " ln D")],
    rows: cells,
    foot: ["W1(P, Q)", ...foot],
  });
  return {
    nodes: [
      html("div", {},
        formula("", symbol("V"), " = ", bold("value")),
        formula("", "2·JS − ln 4 = ", bold("bestValue")),
        formula("", "gap = ", bold("gap")),
        soft(symbol("V"), " = ", mean("P"), " ln D + ", mean("Q"), " ln(1 − D)"),
        soft("JS = ", js, ", D(P‖Q) = ", divergence),
        html("div", { class: "letters", role: "group", "aria-label": "Which D plays" }, best)),
      html("div", {}, table.node,
        keepRoom(html("p", { class: "note line" }, over(said)), LONGEST_VERDICT)),
    ],
    draw({ D, account }) {
      for (const [name, number] of Object.entries(numbers)) {
        write(number, `${natsText(account[name])} nats`);
      }
      write(js, plain(account.js, 4));
      write(divergence, `${natsText(account.divergence)} nats`);
      put(best, { "aria-pressed": String(D.best) });
      const rows = [
        [account.minimaxLoss, account.minimaxSlope],
        [account.nonSaturatingLoss, account.nonSaturatingSlope],
        [account.w1, account.w1Slope],
      ];
      [...cells, foot].forEach((row, i) =>
        row.forEach((cell, j) => write(cell, plain(rows[i][j], 4))));
      write(said, verdict(D, account));
    },
  };
}

function render({ model, el }) {
  const gaussian = (role) => ({ mean: model.get(`mean_${role}`), sd: model.get(`std_${role}`) });
  const now = () => {
    const data = model.get("data");
    const P = { data, ...gaussian("p") };
    const D = { best: model.get("best"), middle: model.get("middle"), slope: model.get("slope") };
    return { P: { ...P, humps: humpsOf(data, P.mean, P.sd).means }, Q: gaussian("q"), D };
  };
  const set = (state) => {
    for (const [name, value] of Object.entries(state)) {
      if (value !== model.get(name)) model.set(name, value);
    }
    model.save_changes();
  };
  const settle = accountant();
  const stateNow = () => {
    const { P, Q, D } = now();
    const mixtures = [humpsOf(P.data, P.mean, P.sd), humpsOf("one hump", Q.mean, Q.sd)];
    return { P, Q, D, mixtures, account: settle(mixtures[0], mixtures[1], D) };
  };

  const toggle = () => set({ best: !model.get("best") });
  const parts = [game({ now, set }), pushes(), readout({ toggle })];
  const view = frame({
    model,
    el,
    keys: ["data", "mean_p", "std_p", "mean_q", "std_q", "best", "middle", "slope"],
    wide: "tall",
    draw() {
      const state = stateNow();
      for (const part of parts) part.draw(state);
    },
    summary() {
      const { value, bestValue, minimaxSlope, nonSaturatingSlope } = stateNow().account;
      return `V is ${natsText(value)} nats, that of D* ${natsText(bestValue)}; the slopes are ${
        plain(minimaxSlope, 4)} and ${plain(nonSaturatingSlope, 4)}.`;
    },
  });
  view.figures.append(parts[0].node, parts[1].node);
  view.readout.append(...parts[2].nodes);
  return view.stop;
}

export default { render };
